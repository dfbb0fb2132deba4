//! What only `inspect` learns beside the clients: through whom requests came, what their byte column counts, and what
//! other methods than GET took away.
//!
//! All of it is bounded, and bounded so that the order of merging cannot be seen: a set that grew too large anywhere is
//! too large as a whole.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;

use accesstrail_parsers::record::{ByteSemantics, Bytes, Record};

type Hash = foldhash::quality::RandomState;

/// With more hops than this no few of them carry nearly all requests.
const MOST_HOPS: usize = 4096;
/// Forwarded addresses are counted up to here.
const MOST_FORWARDED: usize = 100_000;
/// Methods that can carry data away and are not GET (HEAD has no body, whatever its byte column counts). What is not on
/// this list no resource will list either; logs hold whatever attackers send.
const OTHERS: [&str; 12] = [
    "COPY", "DELETE", "MOVE", "OPTIONS", "PATCH", "POST", "PROPFIND", "PUT", "QUERY", "REPORT", "SEARCH",
    "TRACE",
];

/// What one glance at a file, or at a part of it, shows.
#[derive(Debug, Default, Clone)]
pub struct Glance {
    /// By whom requests were sent, as far as the declared proxies tell.
    pub hops: Hops,
    /// Records whose byte column may count this or that.
    pub open_bytes: u64,
    /// 2xx with bytes, by methods that a resource does not count unless it lists them.
    pub others: BTreeMap<&'static str, Took>,
}

/// What a method took away.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Took {
    /// 2xx responses with bytes.
    pub responses: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// The machines that requests came from, and whom they named as the ones behind them.
#[derive(Debug, Default, Clone)]
pub struct Hops {
    /// All records.
    pub records: u64,
    through: HashMap<IpAddr, Hop, Hash>,
    crowded: bool,
    forwarded: HashSet<IpAddr, Hash>,
    more_forwarded: bool,
}

/// One machine.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Hop {
    /// Records that came from it.
    pub records: u64,
    /// Those with another address behind it.
    pub forwarded: u64,
}

impl Glance {
    /// Takes note of a record that came from `hop`, which named `behind`.
    pub fn see(
        &mut self,
        record: &Record<'_>,
        bytes: ByteSemantics,
        hop: Option<IpAddr>,
        behind: Option<IpAddr>,
    ) {
        self.hops.see(hop, behind);
        let Bytes::Logged(n) = record.bytes else { return };
        self.open_bytes += u64::from(bytes == ByteSemantics::Unknown);
        let success = record.status.is_some_and(|s| (200..300).contains(&s) && !matches!(s, 204 | 205));
        if !success || n == 0 || record.method == Some(b"GET") {
            return;
        }
        if let Some(method) = OTHERS.into_iter().find(|name| Some(name.as_bytes()) == record.method) {
            self.took(method, Took { responses: 1, bytes: n });
        }
    }

    fn took(&mut self, method: &'static str, took: Took) {
        let sum = self.others.entry(method).or_default();
        sum.responses += took.responses;
        sum.bytes = sum.bytes.saturating_add(took.bytes);
    }

    /// Adds another part.
    pub fn add(&mut self, other: &Self) {
        self.hops.add(&other.hops);
        self.open_bytes += other.open_bytes;
        for (method, took) in &other.others {
            self.took(method, *took);
        }
    }
}

impl Hops {
    fn see(&mut self, hop: Option<IpAddr>, behind: Option<IpAddr>) {
        self.records += 1;
        if let (Some(hop), false) = (hop, self.crowded) {
            let through = self.through.entry(hop).or_default();
            through.records += 1;
            through.forwarded += u64::from(behind.is_some());
        }
        if !self.more_forwarded {
            self.forwarded.extend(behind);
        }
        self.bound();
    }

    #[expect(clippy::iter_over_hash_type, reason = "sums: the order cannot be seen")]
    fn add(&mut self, other: &Self) {
        self.records += other.records;
        self.crowded |= other.crowded;
        self.more_forwarded |= other.more_forwarded;
        for (hop, theirs) in &other.through {
            let mine = self.through.entry(*hop).or_default();
            mine.records += theirs.records;
            mine.forwarded += theirs.forwarded;
        }
        self.forwarded.extend(&other.forwarded);
        self.bound();
    }

    fn bound(&mut self) {
        self.crowded |= self.through.len() > MOST_HOPS;
        if self.crowded {
            self.through.clear();
        }
        self.more_forwarded |= self.forwarded.len() > MOST_FORWARDED;
        if self.more_forwarded {
            self.forwarded.clear();
        }
    }

    /// The hops with the most records, and the most first; none where there are too many of them.
    #[must_use]
    pub fn busiest(&self, most: usize) -> Vec<(IpAddr, Hop)> {
        let mut all: Vec<(IpAddr, Hop)> = self.through.iter().map(|(ip, hop)| (*ip, *hop)).collect();
        all.sort_by_key(|(ip, hop)| (std::cmp::Reverse(hop.records), *ip));
        all.truncate(most);
        all
    }

    /// Distinct addresses behind the hops, and whether there are more than were told apart.
    #[must_use]
    pub fn forwarded(&self) -> (usize, bool) {
        if self.more_forwarded { (MOST_FORWARDED, true) } else { (self.forwarded.len(), false) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn ip(n: usize) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from(u32::try_from(n).unwrap()))
    }

    #[test]
    fn parts_add_up_in_any_order_and_too_many_hops_are_none() {
        let part = |hops: std::ops::Range<usize>| {
            let mut glance = Glance::default();
            hops.for_each(|n| glance.hops.see(Some(ip(n % 5000)), Some(ip(n + 10_000))));
            glance
        };
        let (few, many) = (part(0..100), part(50..4120));
        for (a, b) in [(&few, &many), (&many, &few)] {
            let mut both = a.clone();
            both.add(b);
            assert_eq!(both.hops.records, 100 + 4070);
            assert_eq!((both.hops.busiest(8), both.hops.forwarded()), (vec![], (4120, false)));
        }
        let mut twice = few.clone();
        twice.add(&few);
        assert_eq!(twice.hops.busiest(1), [(ip(0), Hop { records: 2, forwarded: 2 })]);
        let mut crowd = part(0..100_001);
        crowd.add(&few);
        assert_eq!(crowd.hops.forwarded(), (100_000, true));
    }

    /// METHOD M5.6.
    #[test]
    fn only_other_methods_that_carried_bytes_away_are_noted() {
        let mut glance = Glance::default();
        for (method, status, bytes) in [
            ("POST", 200, Bytes::Logged(10)),
            ("POST", 201, Bytes::Logged(5)),
            ("POST", 200, Bytes::Logged(0)),
            ("POST", 200, Bytes::Unlogged),
            ("POST", 302, Bytes::Logged(7)),
            ("POST", 204, Bytes::Logged(7)),
            ("GET", 200, Bytes::Logged(7)),
            ("HEAD", 200, Bytes::Logged(7)),
            ("post", 200, Bytes::Logged(7)),
            ("\u{1b}[2J", 200, Bytes::Logged(7)),
        ] {
            let record =
                Record { method: Some(method.as_bytes()), status: Some(status), bytes, ..Record::default() };
            glance.see(&record, ByteSemantics::Unknown, None, None);
        }
        assert_eq!(glance.others, BTreeMap::from([("POST", Took { responses: 2, bytes: 15 })]));
        assert_eq!(glance.open_bytes, 9);
    }
}
