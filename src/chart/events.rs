//! What is labelled along the time axis: the case's events and its outages, in order, in words.

use super::label::clean;
use super::zone::Dates;
use crate::finding::timeline::Timeline;

/// Where an event lies with respect to the chart's window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    Within,
    After,
}

/// One thing to label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) at_us: i64,
    pub(super) side: Side,
    /// When and what, in one line of clean text.
    pub(super) text: String,
}

/// Marks and outages by time, then text. An outage that a mark of the same instant and label already
/// names is labelled once, with its end.
pub(super) fn events(timeline: &Timeline, domain: (i64, i64), dates: Dates) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    let mut push = |at_us: i64, until_us: Option<i64>, what: String| {
        let touches = until_us.unwrap_or(at_us);
        let side = match at_us {
            _ if touches < domain.0 => Side::Before,
            _ if at_us > domain.1 => Side::After,
            _ => Side::Within,
        };
        let inside = side == Side::Within && at_us >= domain.0 && until_us.is_none_or(|u| u <= domain.1);
        let when = match until_us {
            None if inside => dates.instant(at_us),
            None => dates.full(at_us),
            Some(until_us) if inside => dates.span(at_us, until_us),
            Some(until_us) => format!("{}–{}", dates.full(at_us), dates.full(until_us)),
        };
        let outside = match side {
            Side::Before => " (before this window)",
            Side::After => " (after this window)",
            Side::Within => "",
        };
        events.push(Event { at_us, side, text: format!("{when} · {what}{outside}") });
    };
    for mark in &timeline.marks {
        let named_by_outage =
            timeline.outages.iter().any(|o| o.start_us == mark.at_us && o.label == mark.label);
        if !named_by_outage {
            let label = clean(&mark.label);
            push(mark.at_us, None, if label.is_empty() { clean(&mark.kind) } else { label });
        }
    }
    for outage in &timeline.outages {
        let label = clean(&outage.label);
        let what = if label.is_empty() { "outage".to_owned() } else { label };
        push(outage.start_us, Some(outage.end_us), what);
    }
    events.sort_by(|a, b| (a.at_us, &a.text).cmp(&(b.at_us, &b.text)));
    events
}
