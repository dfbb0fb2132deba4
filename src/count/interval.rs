//! A union of half-open byte intervals: what the parts of one retrieval cover together (METHOD M6.4).

use std::collections::BTreeMap;

/// Disjoint, non-touching intervals `[start, end)`.
///
/// Parts nearly always follow each other and are one interval, which needs no tree; a tree keeps a client that
/// asks for a file in a hundred thousand scattered pieces from costing more than one that asks in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Union {
    /// At most one interval; empty if it ends where it starts.
    One(u64, u64),
    /// Several: end by start.
    Many(BTreeMap<u64, u64>),
}

impl Default for Union {
    fn default() -> Union {
        Union::One(0, 0)
    }
}

impl Union {
    /// Adds `[start, end)`; an empty one adds nothing.
    pub fn add(&mut self, start: u64, end: u64) {
        if start >= end {
            return;
        }
        match self {
            Union::One(from, until) if *from >= *until => *self = Union::One(start, end),
            Union::One(from, until) if start <= *until && *from <= end => {
                (*from, *until) = (start.min(*from), end.max(*until));
            }
            Union::One(from, until) => *self = Union::Many(BTreeMap::from([(*from, *until), (start, end)])),
            Union::Many(spans) => add(spans, start, end),
        }
    }

    /// Whether the union holds all of `[0, size)`. An object without bytes is never covered by parts.
    pub fn covers(&self, size: u64) -> bool {
        let end = match self {
            Union::One(0, end) => Some(end),
            Union::One(..) => None,
            Union::Many(spans) => spans.get(&0),
        };
        size > 0 && end.is_some_and(|end| *end >= size)
    }

    /// Bytes in the union.
    pub fn bytes(&self) -> u64 {
        match self {
            Union::One(start, end) => end.saturating_sub(*start),
            Union::Many(spans) => {
                spans.iter().fold(0u64, |sum, (start, end)| sum.saturating_add(end.saturating_sub(*start)))
            }
        }
    }
}

fn add(spans: &mut BTreeMap<u64, u64>, mut start: u64, mut end: u64) {
    if let Some((&before, &reach)) = spans.range(..=start).next_back()
        && reach >= start
    {
        (start, end) = (before, end.max(reach));
    }
    while let Some((&inside, &reach)) = spans.range(start..=end).next() {
        spans.remove(&inside);
        end = end.max(reach);
    }
    spans.insert(start, end);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn union(spans: &[(u64, u64)]) -> Union {
        let mut union = Union::default();
        spans.iter().for_each(|(start, end)| union.add(*start, *end));
        union
    }

    #[test]
    fn m6_4_touching_parts_make_a_whole_and_a_missing_byte_does_not() {
        assert!(union(&[(0, 10), (10, 20)]).covers(20));
        assert!(union(&[(10, 20), (0, 10)]).covers(20));
        assert!(!union(&[(0, 9), (10, 20)]).covers(20));
        assert!(!union(&[(1, 20)]).covers(20));
        assert!(union(&[(0, 25)]).covers(20));
        assert!(!union(&[]).covers(0));
        assert!(union(&[(0, u64::MAX)]).covers(u64::MAX));
        assert_eq!(union(&[(0, 10), (5, 15), (20, 20), (30, 29), (40, 41)]).bytes(), 16);
    }

    proptest! {
        #[test]
        fn m6_4_the_union_is_the_set_of_its_bytes(spans in prop::collection::vec((0u64..60, 0u64..60), 0..12), size in 0u64..60) {
            let held: Vec<bool> = (0..60).map(|byte| spans.iter().any(|(start, end)| (*start..*end).contains(&byte))).collect();
            let union = union(&spans);
            prop_assert_eq!(union.bytes(), held.iter().filter(|held| **held).count() as u64);
            prop_assert_eq!(union.covers(size), size > 0 && held.iter().take(size as usize).all(|held| *held));
        }
    }
}
