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
        use std::io::Write;
        let Some(bits) = self.address() else { return false };
        let mut room = [0u8; 48];
        let whole = room.len();
        let mut left = &mut room[..];
        let written = match Ipv6Addr::from(bits).to_canonical() {
            IpAddr::V4(ip) => write!(left, "{ip}"),
            IpAddr::V6(ip) => write!(left, "{ip}"),
        };
        let length = whole - left.len();
        written.is_ok() && room.get(..length) == Some(text)
    }
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
