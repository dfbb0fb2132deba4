//! A set of ids of the lexicon, which are small and dense: pages of bits, each made when its first id comes.

/// Ids on one page: 4 KiB of bits.
const PAGE_BITS: u32 = 1 << 15;

/// Distinct ids. Merging is a union, so neither order nor threads can be seen in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ids {
    /// By number; one without an id is empty.
    pages: Vec<Vec<u64>>,
    count: u64,
}

impl Ids {
    /// Adds one id; `true` if it is new.
    #[inline]
    pub fn insert(&mut self, id: u32) -> bool {
        let Some(word) = self.page(id / PAGE_BITS).get_mut((id % PAGE_BITS / 64) as usize) else {
            return false;
        };
        let bit = 1 << (id % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        self.count += u64::from(is_new);
        is_new
    }

    #[inline]
    fn page(&mut self, number: u32) -> &mut [u64] {
        let number = number as usize;
        if number >= self.pages.len() {
            self.pages.resize(number + 1, Vec::new());
        }
        let Some(page) = self.pages.get_mut(number) else { return &mut [] };
        if page.is_empty() {
            *page = vec![0; (PAGE_BITS / 64) as usize];
        }
        page
    }

    /// Adds all of another set.
    pub fn merge(&mut self, other: Self) {
        for (number, theirs) in (0u32..).zip(other.pages).filter(|(_, theirs)| !theirs.is_empty()) {
            let mut more = 0;
            for (mine, theirs) in self.page(number).iter_mut().zip(theirs) {
                more += u64::from((theirs & !*mine).count_ones());
                *mine |= theirs;
            }
            self.count += more;
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// All of them, from the least.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0u32..).zip(&self.pages).flat_map(|(number, words)| {
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
