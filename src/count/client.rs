//! A client as a key, as text, and in the order in which tables list clients.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use foldhash::quality::RandomState;

use crate::table::lexicon::Frozen;
use crate::table::row::{ClientKind, Row};

/// A client: kind, and the two halves that a row holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Client {
    /// What it is.
    pub kind: ClientKind,
    /// Upper half.
    pub hi: u64,
    /// Lower half.
    pub lo: u64,
}

impl Client {
    /// The client of a row.
    #[must_use]
    pub fn of(row: &Row) -> Self {
        Self { kind: row.flags().client, hi: row.client_hi, lo: row.client_lo }
    }

    /// The client at an address.
    #[must_use]
    pub fn at(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(ip) => Self { kind: ClientKind::Ip4, hi: 0, lo: u64::from(u32::from(ip)) },
            IpAddr::V6(ip) => {
                let [a, b, c, d, e, f, g, h, low @ ..] = ip.octets();
                let hi = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
                Self { kind: ClientKind::Ip6, hi, lo: u64::from_be_bytes(low) }
            }
        }
    }

    /// Its address, if it is one.
    #[must_use]
    pub fn address(self) -> Option<IpAddr> {
        match self.kind {
            ClientKind::Ip4 => Some(IpAddr::V4(Ipv4Addr::from(u32::try_from(self.lo).unwrap_or(0)))),
            ClientKind::Ip6 => {
                Some(IpAddr::V6(Ipv6Addr::from(u128::from(self.hi) << 64 | u128::from(self.lo))))
            }
            ClientKind::Name | ClientKind::Unknown => None,
        }
    }

    /// The address as 128 bits, IPv4 in its mapped form.
    #[must_use]
    pub fn bits(self) -> Option<u128> {
        self.address().map(|ip| match ip {
            IpAddr::V4(ip) => u128::from(ip.to_ipv6_mapped()),
            IpAddr::V6(ip) => u128::from(ip),
        })
    }

    /// Canonical address, the name escaped for people, or empty.
    #[must_use]
    pub fn text(self, words: &Frozen) -> String {
        match (self.address(), self.kind) {
            (Some(ip), _) => ip.to_string(),
            (None, ClientKind::Name) => name(self.lo, words).0,
            _ => String::new(),
        }
    }

    /// As a table shows it: its text, or `-` where there is none.
    #[must_use]
    pub fn shown(self, words: &Frozen) -> String {
        if self.kind == ClientKind::Unknown { "-".to_owned() } else { self.text(words) }
    }

    /// What tells clients apart that are shown alike.
    #[must_use]
    pub fn bytes(self, words: &Frozen) -> &[u8] {
        match self.kind {
            ClientKind::Name => words.text(u32::try_from(self.lo).unwrap_or(0)),
            _ => &[],
        }
    }

    /// IPv4, IPv6, names, unknown; addresses by number and names by their text, never by an id. Names that show alike and
    /// are not go by their bytes.
    #[must_use]
    pub fn compare(self, other: Self, words: &Frozen) -> Ordering {
        self.compare_by(
            other,
            |a, b| if a == b { Ordering::Equal } else { name(a, words).cmp(&name(b, words)) },
        )
    }

    fn compare_by(self, other: Self, names: impl Fn(u64, u64) -> Ordering) -> Ordering {
        let place = |kind| match kind {
            ClientKind::Ip4 => 0,
            ClientKind::Ip6 => 1,
            ClientKind::Name => 2,
            ClientKind::Unknown => 3,
        };
        place(self.kind).cmp(&place(other.kind)).then_with(|| match self.kind {
            ClientKind::Name => names(self.lo, other.lo),
            ClientKind::Unknown => Ordering::Equal,
            ClientKind::Ip4 | ClientKind::Ip6 => (self.hi, self.lo).cmp(&(other.hi, other.lo)),
        })
    }
}

/// A name as it is shown, and as it is.
fn name(id: u64, words: &Frozen) -> (String, &[u8]) {
    let bytes = words.text(u32::try_from(id).unwrap_or(0));
    (crate::escape::terminal(bytes), bytes)
}

/// [`Client::compare`] for sorting many: the text of each name is made once.
pub struct Order {
    ranks: HashMap<u64, usize, RandomState>,
}

impl Order {
    /// The order of these clients.
    #[must_use]
    pub fn among(clients: impl Iterator<Item = Client>, words: &Frozen) -> Self {
        let mut ids: Vec<u64> = clients.filter(|c| c.kind == ClientKind::Name).map(|c| c.lo).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.sort_by_cached_key(|id| name(*id, words));
        Self { ranks: ids.into_iter().zip(0..).collect() }
    }

    /// Which comes first.
    #[must_use]
    pub fn compare(&self, a: Client, b: Client) -> Ordering {
        a.compare_by(b, |a, b| self.ranks.get(&a).cmp(&self.ranks.get(&b)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::lexicon::Lexicon;

    #[test]
    fn m1_5_clients_are_listed_by_address_then_name_and_never_by_id() {
        let lexicon = Lexicon::default();
        let mut local = lexicon.local();
        // The last two are shown alike.
        let named = [b"zebra.example".as_slice(), b"a.example", b"m.example", b"z\x01", br"z\x01"]
            .map(|t| u64::from(local.text(Some(t))));
        drop(local);
        let words = lexicon.freeze();
        let ip4 = |lo| Client { kind: ClientKind::Ip4, hi: 0, lo };
        let ip6 = |hi, lo| Client { kind: ClientKind::Ip6, hi, lo };
        let of = |lo| Client { kind: ClientKind::Name, hi: 0, lo };
        let unknown = Client { kind: ClientKind::Unknown, hi: 0, lo: 0 };
        let mut all =
            vec![unknown, of(named[4]), ip6(2, 0), ip4(9), of(named[1]), ip6(1, 5), of(named[2]), ip4(1)];
        all.extend([of(named[0]), of(named[3])]);
        assert_eq!(of(named[3]).text(&words), of(named[4]).text(&words));
        let mut wanted = vec![ip4(1), ip4(9), ip6(1, 5), ip6(2, 0), of(named[1]), of(named[2])];
        wanted.extend([of(named[3]), of(named[4]), of(named[0]), unknown]);
        let order = Order::among(all.iter().copied(), &words);
        all.sort_by(|a, b| order.compare(*a, *b));
        assert_eq!(all, wanted);
        all.sort_by(|a, b| a.compare(*b, &words));
        assert_eq!(all, wanted);
    }
}
