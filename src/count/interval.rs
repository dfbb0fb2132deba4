//! A union of half-open byte intervals: what the parts of one retrieval cover together (METHOD M6.4).

use std::collections::BTreeMap;

/// Disjoint, non-touching intervals `[start, end)`, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Union {
    /// End by start.
    spans: BTreeMap<u64, u64>,
}

impl Union {
    /// Adds `[start, end)`; an empty one adds nothing. Logarithmic, so that a client that asks for a file in
    /// a hundred thousand scattered pieces costs no more than one that asks in order.
    pub fn add(&mut self, start: u64, end: u64) {
        if start >= end {
            return;
        }
        let (mut start, mut end) = (start, end);
        if let Some((&before, &reach)) = self.spans.range(..=start).next_back()
            && reach >= start
        {
            (start, end) = (before, end.max(reach));
        }
        while let Some((&inside, &reach)) = self.spans.range(start..=end).next() {
            self.spans.remove(&inside);
            end = end.max(reach);
        }
        self.spans.insert(start, end);
    }

    /// Whether the union holds all of `[0, size)`. An object without bytes is never covered by parts.
    pub fn covers(&self, size: u64) -> bool {
        size > 0 && self.spans.get(&0).is_some_and(|end| *end >= size)
    }

    /// Bytes in the union.
    pub fn bytes(&self) -> u64 {
        self.spans.iter().fold(0u64, |sum, (start, end)| sum.saturating_add(end.saturating_sub(*start)))
    }
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
