//! What the logs of a vantage cover, and where they are silent (METHOD M2.5).

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::harvest::Harvest;
use super::settle::Settled;
use crate::coverage::silence::{Rhythm, Seconds};
use crate::coverage::spans::{Span, complement, union};

const SECOND_US: i64 = 1_000_000;

/// The silences of one source.
#[derive(Debug, Clone)]
pub struct SourceSilence {
    /// Source name.
    pub source: String,
    /// Vantage index.
    pub vantage: u16,
    /// First and last record, the last one's second included.
    pub logged: Option<Span>,
    /// Silences that are gaps.
    pub gaps: Vec<Span>,
    /// Silences that recur.
    pub rhythms: Vec<Rhythm>,
    /// A silence is a gap above this many seconds.
    pub threshold_s: u64,
}

/// Silences of all sources, by name.
#[must_use]
pub fn silences(settled: &Settled, harvested: &Harvest, zone: Tz) -> Vec<SourceSilence> {
    let mut seconds: BTreeMap<&str, (u16, Seconds, Option<Span>)> = BTreeMap::new();
    for file in settled.files.iter().filter(|f| f.duplicate_of.is_none()) {
        let entry = seconds.entry(&file.source).or_insert_with(|| (file.vantage, Seconds::default(), None));
        if let Some(facts) = harvested.facts.get(&file.id) {
            entry.1.merge(&facts.seconds);
        }
        if let (Some(first), Some(last)) = (file.account.first_us, file.account.last_us) {
            let span = whole_seconds(first, last);
            entry.2 = Some(entry.2.map_or(span, |s| Span {
                start_us: s.start_us.min(span.start_us),
                end_us: s.end_us.max(span.end_us),
            }));
        }
    }
    seconds
        .into_iter()
        .map(|(source, (vantage, seconds, logged))| {
            let silence = seconds.gaps(zone);
            let gaps = silence.gaps.iter().map(|g| Span { start_us: g.start_us, end_us: g.end_us }).collect();
            SourceSilence {
                source: source.to_owned(),
                vantage,
                logged,
                gaps,
                rhythms: silence.rhythms,
                threshold_s: silence.threshold_s,
            }
        })
        .collect()
}

fn whole_seconds(first_us: i64, last_us: i64) -> Span {
    let start_us = first_us.div_euclid(SECOND_US).saturating_mul(SECOND_US);
    let end_us = last_us.div_euclid(SECOND_US).saturating_add(1).saturating_mul(SECOND_US);
    Span { start_us, end_us }
}

/// What the sources of one vantage cover together: their logged spans without their gaps.
#[must_use]
pub fn covered(silences: &[SourceSilence], vantage: u16) -> Vec<Span> {
    let spans = silences
        .iter()
        .filter(|s| s.vantage == vantage)
        .filter_map(|s| Some(complement(s.logged?, &union(s.gaps.clone()))))
        .flatten()
        .collect();
    union(spans)
}
