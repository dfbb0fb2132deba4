//! Whether a server stands behind proxies that nobody declared (METHOD M3.3).

use std::net::IpAddr;

use crate::facts::glance::{Hop, Hops};
use crate::report::number::{counted, thousands};

/// Few means: at most so many.
const FEW: usize = 8;

/// Machines that look like proxies.
pub(super) struct Proxies {
    /// The least number of them that carries nine tenths, most records first.
    pub(super) hops: Vec<(IpAddr, Hop)>,
    /// Records they carry.
    pub(super) records: u64,
    /// All records.
    pub(super) of_records: u64,
    /// Distinct addresses named behind them, and whether there are more.
    pub(super) forwarded: (usize, bool),
}

/// At most 8 peers carry nine tenths of the records, most of these bear another address, and there are more such
/// addresses than peers.
pub(super) fn proxies(all: &Hops) -> Option<Proxies> {
    let mut hops = Vec::new();
    let (mut records, mut forwarded) = (0, 0);
    for (ip, hop) in all.busiest(FEW) {
        if records * 10 >= all.records * 9 {
            break;
        }
        records += hop.records;
        forwarded += hop.forwarded;
        hops.push((ip, hop));
    }
    let carry = records > 0 && records * 10 >= all.records * 9;
    // Who mostly names nobody is a client among the proxies.
    hops.retain(|(_, hop)| hop.forwarded * 2 > hop.records);
    let found = Proxies { records, of_records: all.records, forwarded: all.forwarded(), hops };
    (carry && forwarded * 2 > records && found.forwarded.0 > found.hops.len()).then_some(found)
}

/// `657 distinct`.
pub(super) fn shown_count(proxies: &Proxies) -> String {
    let (n, more) = proxies.forwarded;
    format!("{}{} distinct", if more { "more than " } else { "" }, thousands(n as u64))
}

/// Why to declare one of them; `first` says what would follow from declaring all.
pub(super) fn reason(proxies: &Proxies, hop: Hop, first: bool) -> String {
    let came = counted(hop.records, "record came", "records came");
    let mut text = format!("{came} through it, {} with another address behind it.", thousands(hop.forwarded));
    if first {
        text += &format!(
            " If it is a machine of yours, the clients are those that it names: {} instead of {}. Trust nobody else's machine: it \
             can name whom it likes.",
            shown_count(proxies),
            counted(proxies.hops.len() as u64, "peer", "peers")
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::glance::Glance;
    use accesstrail_parsers::record::{ByteSemantics, Record};
    use std::net::Ipv4Addr;

    fn glance(requests: &[(u32, u64, u32)]) -> Glance {
        let ip = |n: u32| IpAddr::V4(Ipv4Addr::from(n));
        let mut glance = Glance::default();
        let mut next = 1000;
        for (hop, records, distinct) in requests {
            for n in 0..*records {
                let behind = (*distinct > 0).then(|| ip(next + u32::try_from(n).unwrap() % distinct));
                glance.see(&Record::default(), ByteSemantics::Unknown, Some(ip(*hop)), behind);
            }
            next += distinct;
        }
        glance
    }

    fn named(requests: &[(u32, u64, u32)]) -> Option<(Vec<u32>, usize)> {
        let last = |ip: &IpAddr| match ip {
            IpAddr::V4(ip) => u32::from(*ip),
            IpAddr::V6(_) => 0,
        };
        proxies(&glance(requests).hops)
            .map(|p| (p.hops.iter().map(|(ip, _)| last(ip)).collect(), p.forwarded.0))
    }

    /// METHOD M3.3.
    #[test]
    fn few_peers_with_many_others_behind_them_are_proxies() {
        assert_eq!(named(&[(1, 60, 20), (2, 35, 20), (9, 5, 0)]), Some((vec![1, 2], 40)));
        // A health check among them is no proxy.
        assert_eq!(named(&[(1, 60, 20), (2, 40, 0)]), Some((vec![1], 20)));
        // Nobody is named, or fewer are than there are peers, or no few carry nearly all.
        assert_eq!(named(&[(1, 60, 0), (2, 40, 0)]), None);
        assert_eq!(named(&[(1, 60, 1)]), None);
        assert_eq!(named(&[(1, 50, 30), (2, 49, 0), (3, 1, 1)]).map(|found| found.0), Some(vec![1]));
        let crowd: Vec<_> = (0..20).map(|n| (n, 10, 5)).collect();
        assert_eq!(named(&crowd), None);
        assert_eq!(named(&[]), None);
    }
}
