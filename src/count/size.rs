//! The modal size of an object: which size most of its whole answers had (METHOD M5.1).
//!
//! A vote is a response with status 200 whose byte count is logged. Votes of all blocks and files are merged
//! before anything is counted, so merging is commutative and associative. The modal size never decides an
//! outcome; it serves coverage, M6.3 (iii) and CNT-05.

use std::collections::BTreeMap;

/// Distinct addresses that must have seen a size before it can be modal.
const WITNESSES: usize = 3;

/// Size votes of one object in one vantage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Votes {
    sizes: BTreeMap<u64, Tally>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Tally {
    responses: u64,
    /// The smallest distinct keys, in order: enough to know that there are three, whatever is merged when.
    clients: Vec<u128>,
}

impl Tally {
    fn witness(&mut self, client: u128) {
        if let Err(at) = self.clients.binary_search(&client)
            && at < WITNESSES
        {
            self.clients.insert(at, client);
            self.clients.truncate(WITNESSES);
        }
    }
}

impl Votes {
    /// Counts one 200 of `size` bytes by the address with this key.
    pub fn add(&mut self, size: u64, address_key: u128) {
        self.add_unwitnessed(size);
        self.sizes.entry(size).or_default().witness(address_key);
    }

    /// Counts one 200 of `size` bytes by a client that is no address: it votes, but witnesses nothing.
    pub fn add_unwitnessed(&mut self, size: u64) {
        let tally = self.sizes.entry(size).or_default();
        tally.responses = tally.responses.saturating_add(1);
    }

    /// Adds the votes of another part of the evidence.
    pub fn merge(&mut self, other: &Votes) {
        for (size, theirs) in &other.sizes {
            let ours = self.sizes.entry(*size).or_default();
            ours.responses = ours.responses.saturating_add(theirs.responses);
            theirs.clients.iter().for_each(|client| ours.witness(*client));
        }
    }

    /// The size of more than half of all 200s, if at least three distinct addresses saw it.
    pub fn modal(&self) -> Option<u64> {
        let all: u128 = self.sizes.values().map(|tally| u128::from(tally.responses)).sum();
        self.sizes
            .iter()
            .find(|(_, tally)| u128::from(tally.responses) * 2 > all && tally.clients.len() >= WITNESSES)
            .map(|(size, _)| *size)
    }

    /// Number of different sizes seen.
    pub fn distinct(&self) -> usize {
        self.sizes.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// METHOD M5.1: of all 200s, but seen from addresses.
    #[test]
    fn a_client_that_is_no_address_votes_and_witnesses_nothing() {
        let mut three_addresses = votes(&[(100, 1), (100, 2), (100, 3)]);
        assert_eq!(three_addresses.modal(), Some(100));
        (0..3).for_each(|_| three_addresses.add_unwitnessed(60));
        assert_eq!(three_addresses.modal(), None, "half is not more than half");
        let mut names_only = Votes::default();
        (0..9).for_each(|_| names_only.add_unwitnessed(100));
        assert_eq!(names_only.modal(), None);
    }

    fn votes(list: &[(u64, u128)]) -> Votes {
        let mut votes = Votes::default();
        list.iter().for_each(|(size, client)| votes.add(*size, *client));
        votes
    }
    fn merged(a: &Votes, b: &Votes) -> Votes {
        let mut sum = a.clone();
        sum.merge(b);
        sum
    }

    #[test]
    fn m5_1_more_than_half_of_the_200s_from_three_addresses_make_a_modal_size() {
        assert_eq!(votes(&[(500, 1), (500, 2), (500, 3)]).modal(), Some(500));
        assert_eq!(votes(&[(500, 1), (500, 2), (500, 3), (7, 4), (8, 5)]).modal(), Some(500));
        assert_eq!(
            votes(&[(500, 1), (500, 2), (500, 3), (7, 4), (8, 5), (9, 6)]).modal(),
            None,
            "half is not more"
        );
        assert_eq!(votes(&[(500, 1), (500, 2), (500, 2), (500, 1)]).modal(), None, "two addresses");
        assert_eq!(votes(&[]).modal(), None);
    }

    #[test]
    fn m5_1_one_client_that_asks_often_can_not_hide_the_other_two() {
        assert_eq!(votes(&[(500, 9), (500, 9), (500, 9), (500, 1), (500, 1), (500, 4)]).modal(), Some(500));
        assert_eq!(
            votes(&[(500, 5), (500, 4), (500, 3), (500, 2), (500, 1)]).sizes[&500].clients,
            vec![1, 2, 3]
        );
    }

    proptest! {
        #[test]
        fn m5_1_merging_is_commutative_associative_and_the_same_as_counting_at_once(
            a in prop::collection::vec((0u64..3, 0u128..6), 0..9),
            b in prop::collection::vec((0u64..3, 0u128..6), 0..9),
            c in prop::collection::vec((0u64..3, 0u128..6), 0..9),
        ) {
            let at_once = votes(&[a.clone(), b.clone(), c.clone()].concat());
            let (a, b, c) = (votes(&a), votes(&b), votes(&c));
            prop_assert_eq!(merged(&a, &b), merged(&b, &a));
            prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
            prop_assert_eq!(merged(&merged(&c, &a), &b), at_once);
        }

        #[test]
        fn m5_1_the_modal_size_is_the_one_a_plain_count_finds(list in prop::collection::vec((0u64..3, 0u128..6), 0..14)) {
            let plain = (0u64..3).find(|size| {
                let of_size: Vec<_> = list.iter().filter(|vote| vote.0 == *size).collect();
                let mut clients: Vec<_> = of_size.iter().map(|vote| vote.1).collect();
                clients.sort_unstable();
                clients.dedup();
                of_size.len() * 2 > list.len() && clients.len() >= 3
            });
            prop_assert_eq!(votes(&list).modal(), plain);
        }
    }
}
