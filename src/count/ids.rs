//! A set of ids of the lexicon, which are small and dense: pages of bits, each made when its first id comes.

use std::collections::BTreeMap;

/// Ids on one page: 4 KiB of bits.
const PAGE_BITS: u32 = 1 << 15;

/// Distinct ids. Merging is a union, so neither order nor threads can be seen in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ids {
    pages: BTreeMap<u32, Vec<u64>>,
    count: u64,
}

impl Ids {
    /// Adds one id; `true` if it is new.
    pub fn insert(&mut self, id: u32) -> bool {
        let page = self.pages.entry(id / PAGE_BITS).or_insert_with(|| vec![0; (PAGE_BITS / 64) as usize]);
        let Some(word) = page.get_mut((id % PAGE_BITS / 64) as usize) else { return false };
        let bit = 1 << (id % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        self.count += u64::from(is_new);
        is_new
    }

    /// Adds all of another set.
    pub fn merge(&mut self, other: Self) {
        for (number, theirs) in other.pages {
            let ours = self.pages.entry(number).or_insert_with(|| vec![0; theirs.len()]);
            for (mine, more) in ours.iter_mut().zip(theirs) {
                self.count += u64::from((more & !*mine).count_ones());
                *mine |= more;
            }
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// All of them, from the least.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.pages.iter().flat_map(|(number, words)| {
            let bits = words.iter().zip(0u32..).filter(|(word, _)| **word != 0).flat_map(|(word, at)| {
                (0..64u32).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit)
            });
            bits.map(move |bit| number * PAGE_BITS + bit)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn ids_are_a_set_however_they_are_parted(a in prop::collection::vec(0u32..100_000, 0..60),
            b in prop::collection::vec(0u32..100_000, 0..60)) {
            let set = |list: &[u32]| {
                let mut ids = Ids::default();
                let fresh = list.iter().filter(|id| ids.insert(**id)).count() as u64;
                assert_eq!(fresh, ids.count());
                ids
            };
            let plain: BTreeSet<u32> = a.iter().chain(&b).copied().collect();
            let mut merged = set(&a);
            merged.merge(set(&b));
            prop_assert_eq!(merged.count(), plain.len() as u64);
            prop_assert_eq!(merged.iter().collect::<Vec<_>>(), plain.into_iter().collect::<Vec<_>>());
            prop_assert_eq!(merged, set(&[a, b].concat()));
        }
    }
}
