//! The clients that were served most: a bounded list, whatever the number of clients.

use std::cmp::Reverse;

use super::client::Client;
use super::counted::Sums;
use super::totals::ClientEnd;
use crate::table::lexicon::Frozen;

/// Served responses, then the client as it is shown, then as it is: the order in which a list of the first ones is shown.
type Rank = (Reverse<u64>, String, Vec<u8>);

/// One client of the list.
#[derive(Debug, Clone)]
pub struct First {
    rank: Rank,
    /// Vantage index.
    pub vantage: u16,
    /// Who.
    pub client: Client,
    /// Its sums.
    pub sums: Sums,
    /// Distinct objects.
    pub objects: u64,
    /// Parties of its served requests, in case order.
    pub parties: Vec<u32>,
}

/// The first ones of each vantage so far.
#[derive(Debug, Clone)]
pub struct Top {
    most: usize,
    held: Vec<First>,
    /// Fewer served responses than this, and a client is none of them (by vantage).
    least: Vec<u64>,
}

impl Top {
    /// At most so many of each vantage.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, held: Vec::new(), least: Vec::new() }
    }

    /// Takes note of a client.
    pub fn offer(&mut self, end: &ClientEnd<'_>, words: &Frozen) {
        let mut sums = Sums::default();
        end.parties.iter().for_each(|(_, more)| sums.add(more));
        let least = self.least.get(usize::from(end.vantage)).copied().unwrap_or(1);
        if sums.served < least.max(1) {
            return;
        }
        let served = |(party, sums): &(u32, Sums)| (sums.served > 0).then_some(*party);
        let parties = end.parties.iter().filter_map(served).collect();
        let rank = (Reverse(sums.served), end.client.shown(words), end.client.bytes(words).to_vec());
        let (vantage, client, objects) = (end.vantage, end.client, end.objects);
        self.held.push(First { rank, vantage, client, sums, objects, parties });
        if self.held.len() > self.most.saturating_mul(4).saturating_add(1024) {
            self.trim();
        }
    }

    /// Adds another thread's.
    pub fn merge(&mut self, other: Self) {
        self.held.extend(other.held);
        self.trim();
    }

    /// The first ones of a vantage, in order.
    #[must_use]
    pub fn of(mut self, vantage: u16) -> Vec<First> {
        self.trim();
        self.held.retain(|first| first.vantage == vantage);
        self.held
    }

    fn trim(&mut self) {
        self.held.sort_by(|a, b| (a.vantage, &a.rank).cmp(&(b.vantage, &b.rank)));
        let mut kept: Vec<First> = Vec::with_capacity(self.held.len().min(self.most));
        for of_vantage in self.held.chunk_by(|a, b| a.vantage == b.vantage) {
            kept.extend(of_vantage.iter().take(self.most).cloned());
            if let Some(last) = of_vantage.get(self.most.saturating_sub(1)) {
                let place = usize::from(last.vantage);
                self.least.resize(self.least.len().max(place + 1), 1);
                if let Some(least) = self.least.get_mut(place) {
                    *least = last.sums.served;
                }
            }
        }
        self.held = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::lexicon::Lexicon;
    use crate::table::row::ClientKind;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_first_ones_are_those_of_the_whole_list_however_it_is_parted(
            served in prop::collection::vec(0u64..6, 0..3000), most in 1usize..40, threads in 1usize..4,
        ) {
            let words = Lexicon::default().freeze();
            let client = |n: u64| Client { kind: ClientKind::Ip4, hi: 0, lo: n };
            let mut parts = vec![Top::new(most); threads];
            for (n, served) in served.iter().enumerate() {
                let sums = Sums { served: *served, ..Sums::default() };
                let end = ClientEnd { vantage: 0, client: client(n as u64), parties: &[(0, sums)], objects: 0 };
                parts[n % threads].offer(&end, &words);
            }
            let mut all = Top::new(most);
            parts.into_iter().for_each(|part| all.merge(part));
            let mut plain: Vec<Rank> =
                served.iter().zip(0u64..).filter(|(s, _)| **s > 0).map(|(s, n)| (Reverse(*s), client(n).text(&words), Vec::new())).collect();
            plain.sort();
            plain.truncate(most);
            prop_assert_eq!(all.of(0).into_iter().map(|first| first.rank).collect::<Vec<_>>(), plain);
        }
    }
}
