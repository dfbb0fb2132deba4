//! The modal size of an object: which size most of its whole answers had (METHOD M5.1).
//!
//! A vote is a response with status 200 whose byte count is logged, all files and windows together. A size of more than half of the
//! votes is found in two readings, each in constant memory an object, whatever sizes there are: the first leaves one
//! [`Candidate`] that must be it if there is one (Boyer and Moore, "MJRTY", 1991; merging by Agarwal and others, "Mergeable
//! Summaries", 2012), the second counts that one exactly. Both merge in any order to the same answer. The modal size never
//! decides an outcome; it serves coverage, M6.3 (iii) and CNT-05.

/// Distinct addresses that must have seen a size before it can be modal.
const WITNESSES: usize = 3;

/// The only size that can be that of more than half of the votes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Candidate {
    size: u64,
    weight: u64,
}

impl Candidate {
    /// Counts one vote.
    pub fn add(&mut self, size: u64) {
        self.merge(Self { size, weight: 1 });
    }

    /// Adds the candidate of another part of the evidence.
    pub fn merge(&mut self, other: Self) {
        if self.size == other.size {
            self.weight = self.weight.saturating_add(other.weight);
        } else if self.weight >= other.weight {
            self.weight -= other.weight;
        } else {
            *self = Self { size: other.size, weight: other.weight - self.weight };
        }
    }
}

/// The exact count of one size among the votes of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    size: u64,
    votes: u64,
    equal: u64,
    /// The smallest distinct addresses that saw it: enough to know that there are three, whatever is merged when.
    witnesses: [Option<u128>; WITNESSES],
}

impl Count {
    /// Nothing counted yet.
    #[must_use]
    pub fn of(candidate: Candidate) -> Self {
        Self { size: candidate.size, votes: 0, equal: 0, witnesses: [None; WITNESSES] }
    }

    /// Counts one vote; a client that is no address votes, but witnesses nothing.
    pub fn add(&mut self, size: u64, address: Option<u128>) {
        self.votes = self.votes.saturating_add(1);
        if size == self.size {
            self.equal = self.equal.saturating_add(1);
            if let Some(address) = address {
                self.witness(address);
            }
        }
    }

    /// Adds the count of the same size in another part of the evidence.
    pub fn merge(&mut self, other: &Self) {
        self.votes = self.votes.saturating_add(other.votes);
        self.equal = self.equal.saturating_add(other.equal);
        other.witnesses.into_iter().flatten().for_each(|address| self.witness(address));
    }

    fn witness(&mut self, address: u128) {
        let mut next = Some(address);
        for slot in &mut self.witnesses {
            match (*slot, next) {
                (_, None) => return,
                (Some(known), Some(new)) if known == new => return,
                (Some(known), Some(new)) if known < new => {}
                (known, new) => (*slot, next) = (new, known),
            }
        }
    }

    /// The size, if more than half of all votes are for it and at least three distinct addresses saw it.
    #[must_use]
    pub fn modal(&self) -> Option<u64> {
        let is_most = u128::from(self.equal) * 2 > u128::from(self.votes);
        (is_most && self.witnesses.iter().all(Option::is_some)).then_some(self.size)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Vote = (u64, Option<u128>);

    /// Both readings, of votes in parts that are merged in the order given.
    fn modal(parts: &[&[Vote]]) -> Option<u64> {
        let mut candidate = Candidate::default();
        for part in parts {
            let mut of_part = Candidate::default();
            part.iter().for_each(|(size, _)| of_part.add(*size));
            candidate.merge(of_part);
        }
        let mut count = Count::of(candidate);
        for part in parts {
            let mut of_part = Count::of(candidate);
            part.iter().for_each(|(size, address)| of_part.add(*size, *address));
            count.merge(&of_part);
        }
        count.modal()
    }

    fn votes(list: &[(u64, u128)]) -> Vec<Vote> {
        list.iter().map(|(size, address)| (*size, Some(*address))).collect()
    }

    fn of(list: &[(u64, u128)]) -> Option<u64> {
        modal(&[&votes(list)])
    }

    /// METHOD M5.1: of all 200s, but seen from addresses.
    #[test]
    fn a_client_that_is_no_address_votes_and_witnesses_nothing() {
        let mut list = votes(&[(100, 1), (100, 2), (100, 3)]);
        assert_eq!(modal(&[&list]), Some(100));
        list.extend([(60, None); 3]);
        assert_eq!(modal(&[&list]), None, "half is not more than half");
        assert_eq!(modal(&[&[(100, None); 9]]), None);
    }

    #[test]
    fn m5_1_more_than_half_of_the_200s_from_three_addresses_make_a_modal_size() {
        assert_eq!(of(&[(500, 1), (500, 2), (500, 3)]), Some(500));
        assert_eq!(of(&[(500, 1), (500, 2), (500, 3), (7, 4), (8, 5)]), Some(500));
        assert_eq!(of(&[(7, 4), (500, 1), (8, 5), (500, 2), (500, 3)]), Some(500));
        assert_eq!(of(&[(500, 1), (500, 2), (500, 3), (7, 4), (8, 5), (9, 6)]), None, "half is not more");
        assert_eq!(of(&[(500, 1), (500, 2), (500, 2), (500, 1)]), None, "two addresses");
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn m5_1_one_client_that_asks_often_can_not_hide_the_other_two() {
        assert_eq!(of(&[(500, 9), (500, 9), (500, 9), (500, 1), (500, 1), (500, 4)]), Some(500));
        assert_eq!(of(&[(500, 5), (500, 4), (500, 3), (500, 2), (500, 1)]), Some(500));
    }

    fn part() -> impl Strategy<Value = Vec<Vote>> {
        prop::collection::vec((0u64..3, prop::option::weighted(0.9, 0u128..6)), 0..9)
    }

    proptest! {
        #[test]
        fn m5_1_the_modal_size_is_the_one_a_plain_count_finds_however_the_evidence_is_parted(
            a in part(), b in part(), c in part(),
        ) {
            let list = [a.clone(), b.clone(), c.clone()].concat();
            let plain = (0u64..3).find(|size| {
                let of_size: Vec<_> = list.iter().filter(|vote| vote.0 == *size).collect();
                let mut addresses: Vec<_> = of_size.iter().filter_map(|vote| vote.1).collect();
                addresses.sort_unstable();
                addresses.dedup();
                of_size.len() * 2 > list.len() && addresses.len() >= 3
            });
            for parts in [vec![&a[..], &b, &c], vec![&c[..], &a, &b], vec![&b[..], &c, &a], vec![&list[..]]] {
                prop_assert_eq!(modal(&parts), plain);
            }
        }
    }
}
