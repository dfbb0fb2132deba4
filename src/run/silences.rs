//! What the logs of a vantage cover, and where they are silent (METHOD M2.5): by their own pace, where a file of a
//! rotation is missing or cannot be read, and after a file that breaks off.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::harvest::Harvest;
use super::rotations;
use super::settle::{File, Settled};
use crate::coverage::gaps::{Cause, LogGap, joined};
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
    /// Gaps, in order, none meeting another.
    pub gaps: Vec<LogGap>,
    /// Silences that recur.
    pub rhythms: Vec<Rhythm>,
    /// A silence is a gap above this many seconds.
    pub threshold_s: u64,
}

/// Silences of all sources, by name.
#[must_use]
pub fn silences(settled: &Settled, harvested: &Harvest, zone: Tz) -> Vec<SourceSilence> {
    let mut sources: BTreeMap<&str, Vec<&File>> = BTreeMap::new();
    for file in &settled.files {
        sources.entry(&file.source).or_default().push(file);
    }
    sources
        .into_iter()
        .filter(|(_, files)| files.iter().any(|f| f.duplicate_of.is_none()))
        .map(|(source, files)| of_files(source, &files, harvested, zone))
        .collect()
}

/// Silences of files that are looked at together.
pub(super) fn of_files(source: &str, files: &[&File], harvested: &Harvest, zone: Tz) -> SourceSilence {
    let mut seconds = Seconds::default();
    for facts in files.iter().filter_map(|file| harvested.facts.get(&file.id)) {
        seconds.merge(&facts.seconds);
    }
    let hulls = || files.iter().filter_map(|file| hull(file));
    let logged = hulls().map(|s| s.start_us).min().zip(hulls().map(|s| s.end_us).max());
    let silence = seconds.gaps(zone);
    let silent = silence.gaps.iter().map(|gap| {
        let span = Span { start_us: gap.start_us, end_us: gap.end_us };
        LogGap::new(span, Cause::Silence)
    });
    SourceSilence {
        source: source.to_owned(),
        vantage: files.first().map_or(0, |file| file.vantage),
        logged: logged.map(|(start_us, end_us)| Span { start_us, end_us }),
        gaps: joined(silent.chain(rotations::gaps(files, &seconds)).collect()),
        rhythms: silence.rhythms,
        threshold_s: silence.threshold_s,
    }
}

/// From the first to the last record of a file, the last one's second included; none of a duplicate.
pub(super) fn hull(file: &File) -> Option<Span> {
    Some(whole_seconds(file.account.first_us?, file.account.last_us?))
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
        .filter_map(|s| Some(complement(s.logged?, &s.gaps.iter().map(|gap| gap.span).collect::<Vec<_>>())))
        .flatten()
        .collect();
    union(spans)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::spans::covered_us;

    fn span(start_s: i64, end_s: i64) -> Span {
        Span { start_us: start_s * SECOND_US, end_us: end_s * SECOND_US }
    }

    fn silence(logged: Option<Span>, gaps: Vec<Span>) -> SourceSilence {
        SourceSilence {
            source: "web".into(),
            vantage: 0,
            logged,
            gaps: gaps.into_iter().map(|span| LogGap::new(span, Cause::Silence)).collect(),
            rhythms: Vec::new(),
            threshold_s: 600,
        }
    }

    /// METHOD M2.4: uncovered where gaps or the log's ends cover all of a bin; a record covers its whole second.
    #[test]
    fn m2_4_a_bin_is_uncovered_when_gaps_or_ends_fill_it() {
        let logged = whole_seconds(10 * SECOND_US + 5, 80 * SECOND_US + 5);
        let spans = covered(&[silence(Some(logged), vec![span(20, 30), span(90, 200)])], 0);
        assert_eq!(complement(span(0, 100), &spans), [span(0, 10), span(20, 30), span(81, 100)]);
        let bin = |start_us: i64, end_us: i64| covered_us(Span { start_us, end_us }, &spans);
        let seconds = |start_s: i64, end_s: i64| bin(start_s * SECOND_US, end_s * SECOND_US) / SECOND_US;
        assert_eq!(bin(0, 10 * SECOND_US), 0);
        assert_eq!(bin(0, 10 * SECOND_US + 1), 1);
        assert_eq!((seconds(22, 30), seconds(90, 100)), (0, 0));
        assert_eq!((seconds(0, 40), seconds(75, 85)), (20, 6));
        assert_eq!(bin(0, 10 * SECOND_US + 999_999) / SECOND_US, 0);
        let nothing = covered(&[silence(None, Vec::new())], 0);
        assert_eq!(complement(Span { start_us: 0, end_us: 7 }, &nothing), [Span { start_us: 0, end_us: 7 }]);
        let everything = whole_seconds(i64::MIN, i64::MAX);
        assert_eq!(complement(everything, &covered(&[silence(Some(everything), Vec::new())], 0)), []);
    }
}
