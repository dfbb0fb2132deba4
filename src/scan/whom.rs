//! A record's client columns → the canonical client (METHOD M3.1, M3.2).

use std::net::{IpAddr, Ipv6Addr};

use accesstrail_parsers::record::Record;

use crate::identity::forwarded::{ClientRef, Trust, Via, behind, resolve};
use crate::table::lexicon::Local;
use crate::table::row::ClientKind;

/// A canonical client as a row holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whom {
    /// What it is.
    pub kind: ClientKind,
    /// Upper half.
    pub hi: u64,
    /// Lower half.
    pub lo: u64,
    /// How it was found ([`Via`] as a number).
    pub via: u8,
}

impl Whom {
    /// The address as 128 bits, IPv4 in its mapped form; `None` where the client is no address.
    #[must_use]
    pub fn address(&self) -> Option<u128> {
        const MAPPED: u128 = 0xffff << 32;
        match self.kind {
            ClientKind::Ip4 => Some(MAPPED | u128::from(self.lo)),
            ClientKind::Ip6 => Some(u128::from(self.hi) << 64 | u128::from(self.lo)),
            ClientKind::Name | ClientKind::Unknown => None,
        }
    }
}

impl Whom {
    /// Whether `text` is the address in its canonical spelling.
    #[must_use]
    pub fn is_written(&self, text: &[u8]) -> bool {
        match self.kind {
            ClientKind::Ip4 => is_dotted(text, self.lo),
            ClientKind::Ip6 => {
                let ip = Ipv6Addr::from(u128::from(self.hi) << 64 | u128::from(self.lo));
                ip.to_string().as_bytes() == text
            }
            ClientKind::Name | ClientKind::Unknown => false,
        }
    }
}

/// Whether `text` is an IPv4 address in its one canonical spelling: four numbers without leading zeros.
fn is_dotted(text: &[u8], address: u64) -> bool {
    let mut rest = text;
    for (place, shift) in [24, 16, 8, 0].into_iter().enumerate() {
        if place > 0 {
            let Some(after) = rest.strip_prefix(b".") else { return false };
            rest = after;
        }
        let octet = address >> shift & 255;
        let digits = [octet / 100, octet / 10 % 10, octet % 10];
        let leading = if octet > 99 {
            0
        } else if octet > 9 {
            1
        } else {
            2
        };
        for digit in digits.into_iter().skip(leading) {
            match rest.split_first() {
                Some((found, after)) if u64::from(*found) == u64::from(b'0') + digit => rest = after,
                _ => return false,
            }
        }
    }
    rest.is_empty()
}

/// Who sent `record` as far as `trust` tells, and whom that machine names behind it.
#[must_use]
pub fn hops(record: &Record<'_>, trust: &Trust, who: &Whom) -> (Option<IpAddr>, Option<IpAddr>) {
    let hop = who.address().map(|bits| Ipv6Addr::from(bits).to_canonical());
    let peer = record.peer.or(record.client);
    let behind = hop.and_then(|hop| behind(peer, record.x_forwarded_for, record.forwarded, trust, hop));
    (hop, behind)
}

/// The client of `record`.
pub fn client(record: &Record<'_>, trust: &Trust, words: &mut Local<'_>) -> Whom {
    let peer = if trust.peer_is_client { record.client } else { record.peer.or(record.client) };
    let found = resolve(peer, record.x_forwarded_for, record.forwarded, trust);
    let via = found.via as u8;
    match found.client {
        ClientRef::Ip(IpAddr::V4(ip)) => {
            Whom { kind: ClientKind::Ip4, hi: 0, lo: u64::from(u32::from(ip)), via }
        }
        ClientRef::Ip(IpAddr::V6(ip)) => {
            let (hi, lo) = halves(u128::from(ip));
            Whom { kind: ClientKind::Ip6, hi, lo, via }
        }
        ClientRef::Name(name) => {
            let lower = name.to_ascii_lowercase();
            Whom { kind: ClientKind::Name, hi: 0, lo: u64::from(words.text(Some(&lower))), via }
        }
        ClientRef::Unknown => Whom { kind: ClientKind::Unknown, hi: 0, lo: 0, via },
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the halves of 128 bits are 64 bits each")]
fn halves(bits: u128) -> (u64, u64) {
    ((bits >> 64) as u64, bits as u64)
}

/// Whether the answer for a client found this way depends on a forwarded header.
#[must_use]
pub fn depends_on_header(via: u8) -> bool {
    [Via::Walked, Via::UnparsableHop, Via::AllTrusted].iter().any(|v| *v as u8 == via)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_address_is_written_only_as_it_is_shown(
            ip in prop_oneof![any::<u32>().prop_map(|n| IpAddr::from(std::net::Ipv4Addr::from(n))),
                any::<u128>().prop_map(|n| IpAddr::from(Ipv6Addr::from(n)))],
            change in prop::option::of((0usize..45, any::<u8>())),
        ) {
            let who = match ip {
                IpAddr::V4(v4) => Whom { kind: ClientKind::Ip4, hi: 0, lo: u64::from(u32::from(v4)), via: 0 },
                IpAddr::V6(v6) => {
                    let (hi, lo) = halves(u128::from(v6));
                    Whom { kind: ClientKind::Ip6, hi, lo, via: 0 }
                }
            };
            let mut text = ip.to_string().into_bytes();
            if let Some((at, byte)) = change {
                text.insert(at.min(text.len()), byte);
            }
            prop_assert_eq!(who.is_written(&text), change.is_none());
        }
    }
}
