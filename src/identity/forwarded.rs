//! The forwarded walk: which address of a chain of hops is the client (METHOD M3.2).
//!
//! A header is evidence only as far as it was written by a machine that the operator declared trusted. So
//! the walk starts at the socket's peer and goes from the right to the left; the first address that is not
//! trusted is the client, because everything to the left of it could have been written by that client.
//! `Forwarded` (RFC 7239) is used if it has any `for=`, else `X-Forwarded-For`. Several header lines come
//! joined by `, `. Where the client column itself holds a list, its right-most entry is the peer and the
//! rest is the header, unless a header column is logged as well.
//!
//! Not done: "the first non-private address", the left-most by default, or any guess at trusted networks.

use std::net::IpAddr;

use ipnet::IpNet;

pub use super::spelling::ClientRef;
use super::spelling::{is_list, read_ip, read_ref, split_list};

/// What the operator declared about proxies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    /// Networks of the operator's own proxies. Empty: every header is ignored.
    pub nets: Vec<IpNet>,
    /// The client column has already been rewritten (mod_remoteip, realip); nothing is walked.
    pub peer_is_client: bool,
}

impl Trust {
    /// Trust in `nets`; networks of IPv4-mapped addresses are folded as the addresses themselves are.
    pub fn new(nets: impl IntoIterator<Item = IpNet>, peer_is_client: bool) -> Trust {
        Trust { nets: nets.into_iter().map(fold).collect(), peer_is_client }
    }

    /// Whether `ip` is one of the declared proxies.
    #[inline]
    pub fn holds(&self, ip: IpAddr) -> bool {
        self.nets.iter().any(|net| net.contains(&ip))
    }
}

fn fold(net: IpNet) -> IpNet {
    if let IpNet::V6(six) = net
        && let (Some(four), Some(length)) = (six.network().to_ipv4_mapped(), six.prefix_len().checked_sub(96))
        && let Ok(folded) = IpNet::new(IpAddr::V4(four), length)
    {
        return folded;
    }
    net
}

/// The client, and how it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolved<'a> {
    /// The client.
    pub client: ClientRef<'a>,
    /// Why it is this one.
    pub via: Via,
}

/// How a client was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Via {
    /// The peer: there is no header.
    Peer,
    /// The peer, which is not trusted: its header is ignored.
    HeaderIgnored,
    /// The first address from the right that is not trusted.
    Walked,
    /// The last trusted hop: the next one to the left is no address.
    UnparsableHop,
    /// The left-most hop: all are trusted.
    AllTrusted,
    /// The client column, by declaration.
    PeerIsClient,
}

/// Finds the client of one request (METHOD M3.2). Allocates nothing and is linear in the header's length.
pub fn resolve<'a>(
    peer_raw: Option<&'a [u8]>,
    xff: Option<&'a [u8]>,
    forwarded: Option<&'a [u8]>,
    trust: &Trust,
) -> Resolved<'a> {
    let client = read_ref(peer_raw);
    if trust.peer_is_client {
        return Resolved { client, via: Via::PeerIsClient };
    }
    let forwarded = forwarded.map(<[u8]>::trim_ascii).filter(|header| !matches!(*header, b"" | b"-"));
    let xff = header_list(xff).or_else(|| header_list(peer_raw.and_then(|raw| split_list(raw).1)));
    let peer = match client {
        ClientRef::Ip(peer) if trust.holds(peer) => peer,
        _ => {
            let header = xff.is_some()
                || forwarded.is_some_and(|header| walk_forwarded(header, None, trust).is_some());
            return Resolved { client, via: if header { Via::HeaderIgnored } else { Via::Peer } };
        }
    };
    let (ip, via) = forwarded
        .and_then(|header| walk_forwarded(header, Some(peer), trust))
        .or_else(|| xff.map(|header| walk_list(header, peer, trust)))
        .unwrap_or((peer, Via::Peer));
    Resolved { client: ClientRef::Ip(ip), via }
}

/// The address behind `hop`, which is the client under `trust`: the one that would be the client if `hop` were trusted
/// too. `None` where the headers name nobody else.
pub fn behind(
    peer_raw: Option<&[u8]>,
    xff: Option<&[u8]>,
    forwarded: Option<&[u8]>,
    trust: &Trust,
    hop: IpAddr,
) -> Option<IpAddr> {
    let silent = xff.is_none() && forwarded.is_none() && !peer_raw.is_some_and(is_list);
    if silent || trust.peer_is_client {
        return None;
    }
    let nets = trust.nets.iter().copied().chain([IpNet::from(hop)]).collect();
    match resolve(peer_raw, xff, forwarded, &Trust { nets, peer_is_client: false }).client {
        ClientRef::Ip(ip) if ip != hop => Some(ip),
        _ => None,
    }
}

/// A list header that holds at least one entry.
fn header_list(raw: Option<&[u8]>) -> Option<&[u8]> {
    let raw = raw?.trim_ascii();
    (raw != b"-" && raw.iter().any(|byte| !matches!(byte, b',' | b' ' | b'\t'))).then_some(raw)
}

/// `X-Forwarded-For` from the right. Empty entries are no hops (RFC 9110 section 5.6.1.2).
fn walk_list(header: &[u8], peer: IpAddr, trust: &Trust) -> (IpAddr, Via) {
    let mut last = peer;
    for entry in header.rsplit(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|entry| !entry.is_empty())
    {
        match read_ip(entry) {
            None => return (last, Via::UnparsableHop),
            Some(ip) if trust.holds(ip) => last = ip,
            Some(ip) => return (ip, Via::Walked),
        }
    }
    (last, Via::AllTrusted)
}

/// `Forwarded`; `None` if it has no `for=` at all.
///
/// Quoted strings can only be read from the left, so the walk from the right is done backwards: of all hops
/// the right-most one that is not a trusted address decides, and if it is no address the hop to the right
/// of it, or the peer, is the answer. A quote that is never closed makes one unreadable hop of all that
/// follows: a client that sends half a header can't hide the hops that proxies add after it.
fn walk_forwarded(header: &[u8], peer: Option<IpAddr>, trust: &Trust) -> Option<(IpAddr, Via)> {
    let unspecified = IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);
    let (mut found, mut left_most, mut unreadable, mut any) = (None, None, false, false);
    let mut rest = header;
    while !rest.is_empty() {
        let (element, after) = element(rest);
        rest = after;
        let hop = match element {
            Element::Empty => continue,
            Element::Silent => None,
            Element::Damaged { names_for } => {
                any |= names_for;
                None
            }
            Element::For(node) => {
                any = true;
                read_ip(node)
            }
        };
        match hop {
            None => unreadable = true,
            Some(ip) if !trust.holds(ip) => (found, unreadable) = (Some((ip, Via::Walked)), false),
            Some(ip) => {
                if std::mem::take(&mut unreadable) {
                    found = Some((ip, Via::UnparsableHop));
                }
            }
        }
        left_most = left_most.or(hop);
    }
    let peer = peer.unwrap_or(unspecified);
    any.then(|| {
        if unreadable {
            (peer, Via::UnparsableHop)
        } else {
            found.unwrap_or((left_most.unwrap_or(peer), Via::AllTrusted))
        }
    })
}

/// One comma-separated element of `Forwarded`.
enum Element<'a> {
    /// Nothing between two commas.
    Empty,
    /// A hop that gives no `for=`.
    Silent,
    /// Not RFC 7239.
    Damaged {
        /// Whether a `for=` was read before the damage.
        names_for: bool,
    },
    /// The node, quotes taken off.
    For(&'a [u8]),
}

/// Reads one element; gives what follows its comma.
fn element(header: &[u8]) -> (Element<'_>, &[u8]) {
    let (mut rest, mut node, mut pairs) = (header.trim_ascii_start(), None, false);
    loop {
        match rest.split_first() {
            None => break,
            Some((b',', after)) => {
                rest = after;
                break;
            }
            Some((b';', after)) => rest = after.trim_ascii_start(),
            Some(_) => {
                let Some((name, value, after)) = pair(rest) else {
                    let names_for =
                        node.is_some() || rest.get(..4).is_some_and(|s| s.eq_ignore_ascii_case(b"for="));
                    return (Element::Damaged { names_for }, to_next_comma(rest));
                };
                pairs = true;
                rest = after;
                if name.eq_ignore_ascii_case(b"for") && node.replace(value).is_some() {
                    return (Element::Damaged { names_for: true }, to_next_comma(rest));
                }
            }
        }
    }
    let element = match (node, pairs) {
        (Some(node), _) => Element::For(node),
        (None, true) => Element::Silent,
        (None, false) => Element::Empty,
    };
    (element, rest)
}

/// After damage: on to the next comma, unless a quote is open, in which case nothing more can be told apart.
fn to_next_comma(rest: &[u8]) -> &[u8] {
    match memchr::memchr2(b',', b'"', rest) {
        Some(at) if rest.get(at) == Some(&b',') => rest.get(at + 1..).unwrap_or_default(),
        _ => &[],
    }
}

/// `name=value`, where the value is a token or a quoted string; gives what follows, spaces skipped.
fn pair(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let equals = text.iter().position(|byte| matches!(byte, b'=' | b',' | b';' | b'"'))?;
    let (name, rest) = text.split_at_checked(equals)?;
    let rest = rest.strip_prefix(b"=")?;
    // A log may show the quote as its own escape left it: `\"` (Apache, JSON) or `\x22` (nginx).
    for quote in [&b"\""[..], b"\\\"", b"\\x22"] {
        if let Some(inner) = rest.strip_prefix(quote) {
            let close = memchr::memmem::find(inner, quote)?;
            let (value, after) = inner.split_at_checked(close)?;
            let after = after.strip_prefix(quote)?.trim_ascii_start();
            let ends = matches!(after.first(), None | Some(b',' | b';'));
            return (ends && !value.contains(&b'\\')).then_some((name, value, after));
        }
    }
    let end = rest.iter().position(|byte| matches!(byte, b',' | b';')).unwrap_or(rest.len());
    let (value, after) = rest.split_at_checked(end)?;
    let value = value.trim_ascii_end();
    (!value.is_empty() && !value.iter().any(|b| matches!(b, b'"' | b'\\' | b' ' | b'\t')))
        .then_some((name, value, after))
}

#[cfg(test)]
mod tests;
