//! Gaps of a source with what shows each of them (METHOD M2.5): its pace, a missing file, a file that breaks off.

use std::collections::BTreeSet;

use super::rotation::Lacking;
use super::spans::Span;

/// What shows that records are missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Files of a rotation are not there.
    Missing {
        /// The name they have in common.
        series: String,
        /// Which.
        lacking: Lacking,
    },
    /// This file breaks off at the gap's beginning.
    BreaksOff(String),
    /// This file, which the rotation has there, cannot be read.
    Unreadable(String),
    /// The source is silent for longer than its pace allows.
    Silence,
}

/// A stretch without records of which something shows that there should be some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogGap {
    /// From where to where.
    pub span: Span,
    /// Why it is a gap.
    pub causes: BTreeSet<Cause>,
}

impl LogGap {
    /// A gap with one cause.
    #[must_use]
    pub fn new(span: Span, cause: Cause) -> Self {
        Self { span, causes: BTreeSet::from([cause]) }
    }

    /// Whether more than the source's pace shows it.
    #[must_use]
    pub fn is_of_a_file(&self) -> bool {
        self.causes.iter().any(|cause| *cause != Cause::Silence)
    }
}

/// Makes one gap of those that overlap, with the causes of all; sorted, disjoint.
#[must_use]
pub fn joined(mut gaps: Vec<LogGap>) -> Vec<LogGap> {
    gaps.retain(|gap| gap.span.start_us < gap.span.end_us);
    gaps.sort_by_key(|gap| gap.span);
    let mut out: Vec<LogGap> = Vec::new();
    for gap in gaps {
        match out.last_mut() {
            Some(last) if gap.span.start_us < last.span.end_us => {
                last.span.end_us = last.span.end_us.max(gap.span.end_us);
                last.causes.extend(gap.causes);
            }
            _ => out.push(gap),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m2_5_a_silence_where_a_file_is_missing_is_one_gap_with_two_causes() {
        let span = |start_us, end_us| Span { start_us, end_us };
        let missing = || Cause::Missing { series: "a.log".to_owned(), lacking: Lacking::Numbers(3, 3) };
        let silent = |s| LogGap::new(s, Cause::Silence);
        let found = joined(vec![
            silent(span(50, 60)),
            silent(span(10, 30)),
            LogGap::new(span(10, 30), missing()),
            LogGap::new(span(60, 61), Cause::BreaksOff("b".to_owned())),
            LogGap::new(span(70, 70), missing()),
        ]);
        let spans: Vec<Span> = found.iter().map(|g| g.span).collect();
        assert_eq!(spans, [span(10, 30), span(50, 60), span(60, 61)]);
        assert_eq!(found[0].causes, BTreeSet::from([Cause::Silence, missing()]));
        assert_eq!(found.iter().map(LogGap::is_of_a_file).collect::<Vec<_>>(), [true, false, true]);
    }
}
