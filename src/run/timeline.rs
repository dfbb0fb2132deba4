//! The answer → what the timeline chart shows, of everything or of one resource.

use super::assemble::Parts;
use super::silences::covered;
use crate::case::EventKind;
use crate::coverage::spans::{Span as Stretch, complement, covered_us};
use crate::finding::timeline::{Bin, Mark, Span, Timeline};

/// The words on the picture.
pub struct Words {
    /// Title.
    pub title: String,
    /// Below it.
    pub subtitle: String,
    /// Width of a bin.
    pub window_label: String,
    /// Hash of all evidence.
    pub evidence_sha256: String,
}

/// The chart of one resource, or of all.
#[must_use]
pub fn timeline(parts: &Parts<'_>, resource: Option<usize>, words: Words) -> Timeline {
    let logged = covered(parts.silences, parts.primary);
    let bins = parts.grid.bins();
    let whole = Stretch { start_us: bins.first().map_or(0, |b| b.0), end_us: bins.last().map_or(0, |b| b.1) };
    let outages: Vec<Span> = parts
        .case
        .events
        .iter()
        .filter(|e| e.kind == EventKind::Outage)
        .filter_map(|e| Some(Span { start_us: e.at_us, end_us: e.until_us?, label: e.label.clone() }))
        .collect();
    Timeline {
        title: words.title,
        subtitle: words.subtitle,
        zone: parts.case.zone,
        profile: "served".to_owned(),
        window_label: words.window_label,
        evidence_hash: words.evidence_sha256.chars().take(12).collect(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        bins: filled(parts, resource, &logged),
        marks: parts
            .case
            .events
            .iter()
            .filter(|e| e.kind != EventKind::Outage)
            .map(|e| Mark { at_us: e.at_us, label: e.label.clone(), kind: e.kind.word().to_owned() })
            .collect(),
        silences: complement(whole, &logged)
            .into_iter()
            .map(|s| Span { start_us: s.start_us, end_us: s.end_us, label: "no log".to_owned() })
            .collect(),
        outages,
    }
}

fn filled(parts: &Parts<'_>, resource: Option<usize>, logged: &[Stretch]) -> Vec<Bin> {
    let totals = parts.totals();
    let bin_at = |place: u32| match resource {
        None => totals.windows.get(place as usize).copied(),
        Some(resource) => {
            u16::try_from(resource).ok().and_then(|r| totals.resource_windows.get(&(r, place)).copied())
        }
    };
    let mut cumulative_clients = 0;
    parts
        .grid
        .bins()
        .iter()
        .zip(0u32..)
        .map(|((start_us, end_us), place)| {
            let bin = bin_at(place).unwrap_or_default();
            cumulative_clients += bin.new_clients;
            Bin {
                start_us: *start_us,
                end_us: *end_us,
                served: bin.served,
                clients: bin.clients,
                cumulative_clients,
                covered: covered_us(Stretch { start_us: *start_us, end_us: *end_us }, logged) > 0,
            }
        })
        .collect()
}
