//! Whether two files of one source hold the same stretch of log (METHOD M6.7).
//!
//! Works on fingerprints of units in file order, so that two files can be compared without holding them.
//! Nothing is removed here: the answer says which stretch repeats, and the caller removes its records.
//! Shorter runs, and equal lines inside one file, are no overlap; they are kept and reported elsewhere.

/// Lines that a shared end and beginning must have at least.
pub const LEAST_LINES: usize = 16;

/// One unit of a file, as far as overlap is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Print {
    /// Hash of the line.
    pub hash: u128,
    /// UTC, where the unit has a time.
    pub time_us: Option<i64>,
    /// Hash of the client column; 0 where the unit has none.
    pub client: u64,
}

/// What two files share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    /// How, and how much.
    pub kind: Kind,
}

/// The ways in which two files may repeat each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// All of A stands in B, from B's unit `at`.
    AInB {
        /// Index of the first such unit.
        at: usize,
    },
    /// All of B stands in A, from A's unit `at`.
    BInA {
        /// Index of the first such unit.
        at: usize,
    },
    /// The last `n` units of A are the first `n` of B.
    SuffixPrefix {
        /// The greatest such number.
        n: usize,
    },
    /// The first `n` units of A are the last `n` of B.
    PrefixSuffix {
        /// The greatest such number.
        n: usize,
    },
}

/// Compares two files (METHOD M6.7), in time linear in their lengths.
///
/// Equal files are `AInB { at: 0 }`. If both ends qualify, the longer run is the answer, then `SuffixPrefix`.
/// A shorter run is part of the greatest one and never has more times or clients, so only that one is tried.
pub fn overlap(a: &[Print], b: &[Print]) -> Option<Overlap> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let a_in_b = search(a, b);
    if let Some(at) = a_in_b.found {
        return Some(Overlap { kind: Kind::AInB { at } });
    }
    let b_in_a = search(b, a);
    if let Some(at) = b_in_a.found {
        return Some(Overlap { kind: Kind::BInA { at } });
    }
    let (tail, head) = (b_in_a.open, a_in_b.open);
    let tail_counts = b.get(..tail).is_some_and(is_telling);
    let head_counts = a.get(..head).is_some_and(is_telling);
    match (tail_counts, head_counts) {
        (true, true) if head > tail => Some(Overlap { kind: Kind::PrefixSuffix { n: head } }),
        (true, _) => Some(Overlap { kind: Kind::SuffixPrefix { n: tail } }),
        (false, true) => Some(Overlap { kind: Kind::PrefixSuffix { n: head } }),
        (false, false) => None,
    }
}

/// Whether a shared run is long and varied enough not to be chance: a health check can fill sixteen lines.
fn is_telling(run: &[Print]) -> bool {
    run.len() >= LEAST_LINES
        && differs(run.iter().filter_map(|print| print.time_us))
        && differs(run.iter().map(|print| print.client).filter(|client| *client != 0))
}

fn differs<T: PartialEq>(mut values: impl Iterator<Item = T>) -> bool {
    values.next().is_some_and(|first| values.any(|other| other != first))
}

struct Search {
    /// Where the whole pattern first stands in the text.
    found: Option<usize>,
    /// How much of the pattern's beginning is the text's end.
    open: usize,
}

/// Knuth, Morris and Pratt: the pattern in the text, and the pattern cut off by the text's end.
fn search(pattern: &[Print], text: &[Print]) -> Search {
    let borders = borders(pattern);
    let mut matched = 0usize;
    for (index, print) in text.iter().enumerate() {
        matched = advance(pattern, &borders, matched, print.hash);
        if matched == pattern.len() {
            return Search { found: Some((index + 1).saturating_sub(matched)), open: matched };
        }
    }
    Search { found: None, open: matched }
}

/// For each prefix of the pattern the length of its longest proper border.
fn borders(pattern: &[Print]) -> Vec<usize> {
    let mut borders = Vec::with_capacity(pattern.len());
    let mut length = 0usize;
    for (index, print) in pattern.iter().enumerate() {
        if index > 0 {
            length = advance(pattern, &borders, length, print.hash);
        }
        borders.push(length);
    }
    borders
}

/// The longest beginning of the pattern that ends with `hash`, given that `matched` units stood before it.
fn advance(pattern: &[Print], borders: &[usize], mut matched: usize, hash: u128) -> usize {
    loop {
        if pattern.get(matched).is_some_and(|print| print.hash == hash) {
            return matched + 1;
        }
        let Some(shorter) = matched.checked_sub(1).and_then(|last| borders.get(last)) else { return 0 };
        matched = *shorter;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Lines with distinct times and clients unless their numbers are equal.
    fn file(lines: impl IntoIterator<Item = u64>) -> Vec<Print> {
        lines
            .into_iter()
            .map(|n| Print { hash: u128::from(n), time_us: Some(n as i64), client: n + 1 })
            .collect()
    }
    fn kind(a: &[Print], b: &[Print]) -> Option<Kind> {
        overlap(a, b).map(|overlap| overlap.kind)
    }

    #[test]
    fn m6_7_a_file_contained_in_another_needs_no_least_length() {
        assert_eq!(kind(&file(3..5), &file(0..9)), Some(Kind::AInB { at: 3 }));
        assert_eq!(kind(&file(0..9), &file(8..9)), Some(Kind::BInA { at: 8 }));
        assert_eq!(kind(&file(0..9), &file(0..9)), Some(Kind::AInB { at: 0 }));
        assert_eq!(kind(&file([1, 2, 1, 2, 3]), &file([1, 2, 3])), Some(Kind::BInA { at: 2 }));
    }

    #[test]
    fn m6_7_an_empty_file_overlaps_nothing() {
        assert_eq!(kind(&[], &file(0..9)), None);
        assert_eq!(kind(&file(0..9), &[]), None);
        assert_eq!(kind(&[], &[]), None);
    }

    #[test]
    fn m6_7_sixteen_shared_lines_at_the_ends_overlap_and_fifteen_do_not() {
        assert_eq!(kind(&file(0..40), &file(24..60)), Some(Kind::SuffixPrefix { n: 16 }));
        assert_eq!(kind(&file(0..40), &file(25..60)), None);
        assert_eq!(kind(&file(24..60), &file(0..40)), Some(Kind::PrefixSuffix { n: 16 }));
        assert_eq!(kind(&file(0..40), &file(50..60)), None);
    }

    #[test]
    fn m6_7_a_run_of_one_time_or_one_client_is_no_overlap() {
        let same_time = |from, to| {
            file(from..to).into_iter().map(|p| Print { time_us: Some(7), ..p }).collect::<Vec<_>>()
        };
        let no_time =
            |from, to| file(from..to).into_iter().map(|p| Print { time_us: None, ..p }).collect::<Vec<_>>();
        let same_client =
            |from, to| file(from..to).into_iter().map(|p| Print { client: 7, ..p }).collect::<Vec<_>>();
        let no_client =
            |from, to| file(from..to).into_iter().map(|p| Print { client: 0, ..p }).collect::<Vec<_>>();
        assert_eq!(kind(&same_time(0, 40), &same_time(20, 60)), None);
        assert_eq!(kind(&no_time(0, 40), &no_time(20, 60)), None);
        assert_eq!(kind(&same_client(0, 40), &same_client(20, 60)), None);
        assert_eq!(kind(&no_client(0, 40), &no_client(20, 60)), None);
        assert_eq!(kind(&file(0..40), &file(20..60)), Some(Kind::SuffixPrefix { n: 20 }));
    }

    #[test]
    fn m6_7_the_greatest_run_is_taken() {
        let a: Vec<u64> = (100..120).chain((0..20).cycle().take(60)).collect();
        let b: Vec<u64> = (0..20).cycle().take(80).collect();
        assert_eq!(kind(&file(a), &file(b)), Some(Kind::SuffixPrefix { n: 60 }));
    }

    #[test]
    fn m6_7_when_both_ends_qualify_the_longer_run_is_the_answer() {
        let a: Vec<u64> = (0..20).chain(50..60).chain(100..117).collect();
        let b: Vec<u64> = (100..117).chain(70..80).chain(0..20).collect();
        assert_eq!(kind(&file(a.clone()), &file(b.clone())), Some(Kind::PrefixSuffix { n: 20 }));
        assert_eq!(kind(&file(b), &file(a)), Some(Kind::SuffixPrefix { n: 20 }));
    }

    /// The rule as worded, tried at every place.
    fn naive(a: &[Print], b: &[Print], least: usize) -> Option<Kind> {
        let hashes = |prints: &[Print]| prints.iter().map(|print| print.hash).collect::<Vec<_>>();
        let (x, y) = (hashes(a), hashes(b));
        if x.is_empty() || y.is_empty() {
            return None;
        }
        if let Some(at) = y.windows(x.len()).position(|run| run == x) {
            return Some(Kind::AInB { at });
        }
        if let Some(at) = x.windows(y.len()).position(|run| run == y) {
            return Some(Kind::BInA { at });
        }
        let counts = |run: &[Print]| {
            let mut times: Vec<_> = run.iter().filter_map(|p| p.time_us).collect();
            let mut clients: Vec<_> = run.iter().map(|p| p.client).filter(|c| *c != 0).collect();
            times.sort_unstable();
            times.dedup();
            clients.sort_unstable();
            clients.dedup();
            run.len() >= least && times.len() >= 2 && clients.len() >= 2
        };
        for n in (1..x.len().min(y.len())).rev() {
            if x[x.len() - n..] == y[..n] && counts(&b[..n]) {
                return Some(Kind::SuffixPrefix { n });
            }
            if x[..n] == y[y.len() - n..] && counts(&a[..n]) {
                return Some(Kind::PrefixSuffix { n });
            }
        }
        None
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn m6_7_the_linear_search_agrees_with_trying_every_place(
            a in prop::collection::vec(0u64..3, 0..12), b in prop::collection::vec(0u64..3, 0..12),
        ) {
            let (a, b) = (file(a), file(b));
            prop_assert_eq!(kind(&a, &b), naive(&a, &b, LEAST_LINES));
        }

        #[test]
        fn m6_7_spliced_files_agree_with_trying_every_place(
            a in prop::collection::vec(0u64..4, 0..30), shared in prop::collection::vec(0u64..4, 10..30), b in prop::collection::vec(0u64..4, 0..30),
            times in 1u64..3, swap: bool,
        ) {
            let print = |n: &u64| Print { hash: u128::from(*n), time_us: Some((*n % times) as i64), client: *n };
            let left: Vec<_> = a.iter().chain(&shared).map(print).collect();
            let right: Vec<_> = shared.iter().chain(&b).map(print).collect();
            let (left, right) = if swap { (right, left) } else { (left, right) };
            prop_assert_eq!(kind(&left, &right), naive(&left, &right, LEAST_LINES));
        }
    }
}
