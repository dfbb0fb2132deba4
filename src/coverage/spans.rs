//! Half-open spans of time in µs: what several logs of one vantage cover together.

/// `[start, end)` in µs UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Inclusive.
    pub start_us: i64,
    /// Exclusive.
    pub end_us: i64,
}

/// Joins spans that touch or overlap; sorted, disjoint.
#[must_use]
pub fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|s| s.start_us < s.end_us);
    spans.sort_unstable();
    let mut out: Vec<Span> = Vec::new();
    for span in spans {
        match out.last_mut() {
            Some(last) if span.start_us <= last.end_us => last.end_us = last.end_us.max(span.end_us),
            _ => out.push(span),
        }
    }
    out
}

/// What of `whole` none of the sorted, disjoint `spans` holds.
#[must_use]
pub fn complement(whole: Span, spans: &[Span]) -> Vec<Span> {
    let mut out = Vec::new();
    let mut at = whole.start_us;
    for span in spans {
        if span.end_us <= at {
            continue;
        }
        if span.start_us >= whole.end_us {
            break;
        }
        if span.start_us > at {
            out.push(Span { start_us: at, end_us: span.start_us });
        }
        at = at.max(span.end_us);
    }
    if at < whole.end_us {
        out.push(Span { start_us: at, end_us: whole.end_us });
    }
    out
}

/// How many µs of `whole` the sorted, disjoint `spans` hold.
#[must_use]
pub fn covered_us(whole: Span, spans: &[Span]) -> i64 {
    spans
        .iter()
        .map(|s| s.end_us.min(whole.end_us).saturating_sub(s.start_us.max(whole.start_us)).max(0))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn span(start_us: i64, end_us: i64) -> Span {
        Span { start_us, end_us }
    }

    #[test]
    fn touching_spans_are_one() {
        assert_eq!(union(vec![span(5, 9), span(0, 5), span(20, 21), span(3, 3)]), [span(0, 9), span(20, 21)]);
    }

    fn set(spans: &[Span]) -> Vec<bool> {
        (0..40).map(|at| spans.iter().any(|s| (s.start_us..s.end_us).contains(&at))).collect()
    }

    proptest! {
        #[test]
        fn m2_4_span_arithmetic_is_that_of_sets(a in proptest::collection::vec((0i64..40, 0i64..40), 0..6), bin in (0i64..40, 0i64..40)) {
            let a: Vec<Span> = a.into_iter().map(|(start, end)| span(start, end)).collect();
            let one = union(a.clone());
            prop_assert_eq!(set(&one), set(&a));
            let held = (bin.0..bin.1).filter(|at| set(&a)[*at as usize]).count() as i64;
            prop_assert_eq!(covered_us(span(bin.0, bin.1), &one), held);
        }

        #[test]
        fn union_and_complement_share_the_whole_without_rest(parts in proptest::collection::vec((0i64..60, 0i64..12), 0..12)) {
            let whole = span(10, 50);
            let spans = union(parts.iter().map(|(a, n)| span(*a, a + n)).collect());
            let holes = complement(whole, &spans);
            for t in 10..50 {
                let inside = parts.iter().any(|(a, n)| (*a..a + n).contains(&t));
                prop_assert_eq!(inside, spans.iter().any(|s| (s.start_us..s.end_us).contains(&t)));
                prop_assert_eq!(!inside, holes.iter().any(|s| (s.start_us..s.end_us).contains(&t)));
            }
            let open: i64 = holes.iter().map(|s| s.end_us - s.start_us).sum();
            prop_assert_eq!(open + covered_us(whole, &spans), 40);
        }
    }
}
