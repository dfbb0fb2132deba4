//! One address, many spellings (METHOD M3.1; the spellings seen are listed in FORMATS 0.5).
//!
//! A client column is read as an address if, after taking off a port, brackets and a zone id, it is a
//! strict dotted quad or an RFC 4291 text form; IPv4-mapped IPv6 becomes the IPv4 address. Whatever else
//! stands there is an opaque name, and `-` or nothing is [`Client::Unknown`].
//!
//! Not done on purpose: `010.0.0.1` is not 10.0.0.1 (some programs read it as octal, so the text has two
//! meanings), masked octets (`1.2.3.xxx`) are not filled in, names are not resolved, and the deprecated
//! IPv4-compatible form `::10.0.0.1` stays IPv6.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A client as counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Client {
    /// An IPv4 address, also one written as IPv4-mapped IPv6.
    Ip4(Ipv4Addr),
    /// An IPv6 address, without its zone id.
    Ip6(Ipv6Addr),
    /// Text that is no address, port and brackets taken off, ASCII letters in lower case.
    Name(Vec<u8>),
    /// Nothing was logged.
    Unknown,
}

/// A client that still borrows from the line. A name keeps its letters as written: compare and store it
/// through [`ClientRef::to_client`], or fold ASCII case while hashing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientRef<'a> {
    /// An address, folded and stripped.
    Ip(IpAddr),
    /// Text that is no address, port and brackets taken off, letters as written.
    Name(&'a [u8]),
    /// Nothing was logged.
    Unknown,
}

impl ClientRef<'_> {
    /// The owned, comparable form.
    pub fn to_client(self) -> Client {
        match self {
            ClientRef::Ip(IpAddr::V4(ip)) => Client::Ip4(ip),
            ClientRef::Ip(IpAddr::V6(ip)) => Client::Ip6(ip),
            ClientRef::Name(text) => Client::Name(text.to_ascii_lowercase()),
            ClientRef::Unknown => Client::Unknown,
        }
    }
}

/// Reads a client column (METHOD M3.1).
pub fn read(raw: Option<&[u8]>) -> Client {
    read_ref(raw).to_client()
}

/// Reads a client column without copying (METHOD M3.1).
///
/// A comma list is a forwarded list that the server wrote into its client column. Its right-most entry is
/// the hop nearest to the server and the only one that a client can't have written ahead of it, so that
/// entry is read; the left-most never is.
pub fn read_ref(raw: Option<&[u8]>) -> ClientRef<'_> {
    let Some(raw) = raw else { return ClientRef::Unknown };
    if let Some((ip, rest)) = quad_and_rest(raw)
        && (rest.is_empty() || is_port(rest))
    {
        return ClientRef::Ip(IpAddr::V4(ip));
    }
    let one = split_list(raw).0;
    match read_ip(one) {
        Some(ip) => ClientRef::Ip(ip),
        None => match bare_name(one) {
            b"" | b"-" => ClientRef::Unknown,
            name => ClientRef::Name(name),
        },
    }
}

/// Reads one spelling of one address; `None` for a list, a name, a masked or damaged address.
#[inline]
pub fn read_ip(raw: &[u8]) -> Option<IpAddr> {
    match quad_and_rest(raw) {
        Some((ip, rest)) if rest.is_empty() || is_port(rest) => Some(IpAddr::V4(ip)),
        _ => read_ip_slowly(raw.trim_ascii()),
    }
}

/// Whether a client column holds a list rather than one client.
pub fn is_list(raw: &[u8]) -> bool {
    memchr::memchr(b',', raw).is_some()
}

/// Cuts a client column at its last comma: the nearest hop, and the list to the left of it if there is one.
/// Entries that are empty or `-` are no hops.
pub fn split_list(raw: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mut rest = raw;
    while let Some(at) = memchr::memrchr(b',', rest) {
        let (left, right) = rest.split_at(at);
        let entry = right.trim_ascii_start().strip_prefix(b",").unwrap_or(right).trim_ascii();
        if !matches!(entry, b"" | b"-") {
            return (entry, Some(left));
        }
        rest = left;
    }
    (rest.trim_ascii(), None)
}

fn read_ip_slowly(raw: &[u8]) -> Option<IpAddr> {
    if let Some(inner) = raw.strip_prefix(b"[") {
        let close = memchr::memchr(b']', inner)?;
        let (host, rest) = inner.split_at_checked(close)?;
        return matches!(rest.strip_prefix(b"]"), Some(after) if after.is_empty() || is_port(after))
            .then(|| quad(host).map(IpAddr::V4).or_else(|| v6(host)))
            .flatten();
    }
    match memchr::memchr(b':', raw) {
        None => quad(raw).map(IpAddr::V4),
        // A dotted quad holds no colon, so `quad:port` has its only colon before the port. Bare IPv6 can't
        // carry a port: `2001:db8::1:443` is an address that ends in `443`.
        Some(at) => match raw.split_at_checked(at)? {
            (host, port) if is_port(port) => quad(host).map(IpAddr::V4),
            _ => v6(raw),
        },
    }
}

/// `:` and a port number, or `:_` and an RFC 7239 obfuscated port.
fn is_port(text: &[u8]) -> bool {
    match text {
        [b':', b'_', rest @ ..] => {
            !rest.is_empty() && rest.iter().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(b))
        }
        [b':', digits @ ..] => {
            (1..=5).contains(&digits.len())
                && digits.iter().all(u8::is_ascii_digit)
                && digits.iter().fold(0u32, |n, d| n * 10 + u32::from(d - b'0')) <= 65_535
        }
        _ => false,
    }
}

/// An IPv6 text form, `%zone` taken off, IPv4-mapped folded.
fn v6(raw: &[u8]) -> Option<IpAddr> {
    let host = match memchr::memchr(b'%', raw) {
        Some(at) if at + 1 < raw.len() => raw.get(..at)?,
        Some(_) => return None,
        None => raw,
    };
    let ip: Ipv6Addr = std::str::from_utf8(host).ok()?.parse().ok()?;
    Some(ip.to_ipv4_mapped().map_or(IpAddr::V6(ip), IpAddr::V4))
}

/// A strict dotted quad: four decimal octets of at most 255 without leading zeros, and nothing else.
fn quad(raw: &[u8]) -> Option<Ipv4Addr> {
    quad_and_rest(raw).filter(|(_, rest)| rest.is_empty()).map(|(ip, _)| ip)
}

/// A strict dotted quad and what follows it. Read once per line of evidence, hence without a loop.
#[inline]
fn quad_and_rest(raw: &[u8]) -> Option<(Ipv4Addr, &[u8])> {
    let (a, rest) = octet(raw)?;
    let (b, rest) = octet(rest.strip_prefix(b".")?)?;
    let (c, rest) = octet(rest.strip_prefix(b".")?)?;
    let (d, rest) = octet(rest.strip_prefix(b".")?)?;
    Some((Ipv4Addr::from_bits(a << 24 | b << 16 | c << 8 | d), rest))
}

/// One to three digits, of which the first is 0 only alone, and what follows them.
#[inline]
fn octet(raw: &[u8]) -> Option<(u32, &[u8])> {
    let digit = |byte: &u8| Some(u32::from(byte.wrapping_sub(b'0'))).filter(|digit| *digit <= 9);
    let (first, rest) = raw.split_first()?;
    let a = digit(first)?;
    let Some((b, after)) = rest.split_first().and_then(|(byte, after)| Some((digit(byte)?, after))) else {
        return Some((a, rest));
    };
    let Some((c, end)) = after.split_first().and_then(|(byte, end)| Some((digit(byte)?, end))) else {
        return (a != 0).then_some((a * 10 + b, after));
    };
    let value = a * 100 + b * 10 + c;
    (a != 0 && value <= 255).then_some((value, end))
}

/// A name without its port and brackets. The port changes with every connection, so a name that kept it
/// would be a new client each time.
fn bare_name(raw: &[u8]) -> &[u8] {
    if let Some(inner) = raw.strip_prefix(b"[")
        && let Some(close) = memchr::memchr(b']', inner)
        && let Some((host, rest)) = inner.split_at_checked(close)
        && let Some(after) = rest.strip_prefix(b"]")
        && (after.is_empty() || is_port(after))
    {
        return host;
    }
    match memchr::memchr(b':', raw).and_then(|at| raw.split_at_checked(at)) {
        Some((host, port)) if is_port(port) => host,
        _ => raw,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn four(a: u8, b: u8, c: u8, d: u8) -> Client {
        Client::Ip4(Ipv4Addr::new(a, b, c, d))
    }
    fn six(text: &str) -> Client {
        Client::Ip6(text.parse().unwrap())
    }
    fn name(text: &str) -> Client {
        Client::Name(text.as_bytes().to_vec())
    }

    #[test]
    fn m3_1_every_spelling_seen_in_real_logs_reads_as_its_canonical_client() {
        let rows: &[(&str, Client)] = &[
            ("10.11.12.13", four(10, 11, 12, 13)),
            ("0.0.0.0", four(0, 0, 0, 0)),
            ("255.255.255.255", four(255, 255, 255, 255)),
            (" 10.11.12.13 ", four(10, 11, 12, 13)),
            ("10.11.12.13:12345", four(10, 11, 12, 13)),
            ("255.255.255.255:65535", four(255, 255, 255, 255)),
            ("10.11.12.13:0", four(10, 11, 12, 13)),
            ("10.11.12.13:_gw-1", four(10, 11, 12, 13)),
            ("[10.11.12.13]:12345", four(10, 11, 12, 13)),
            ("[10.11.12.13]", four(10, 11, 12, 13)),
            ("::ffff:10.11.12.13", four(10, 11, 12, 13)),
            ("::FFFF:0a0b:0c0d", four(10, 11, 12, 13)),
            ("0:0:0:0:0:ffff:10.11.12.13", four(10, 11, 12, 13)),
            ("::ffff:10.11.12.13%0", four(10, 11, 12, 13)),
            ("[::ffff:10.11.12.13]:12345", four(10, 11, 12, 13)),
            ("[::ffff:10.11.12.13%25eth0]:12345", four(10, 11, 12, 13)),
            ("2001:db8::abcd", six("2001:db8::abcd")),
            ("2001:DB8:0:0::ABCD", six("2001:db8::abcd")),
            ("[2001:db8::abcd]:12345", six("2001:db8::abcd")),
            ("[2001:db8::abcd]", six("2001:db8::abcd")),
            ("::1%0", six("::1")),
            ("fe80::1%25eth0", six("fe80::1")),
            ("[fe80::1%eth0]:443", six("fe80::1")),
            ("0:0:0:0:0:0:0:1", six("::1")),
            ("2001:db8::1:443", six("2001:db8::1:443")),
            ("::10.0.0.1", six("::a00:1")),
            ("64:ff9b::10.0.0.1", six("64:ff9b::a00:1")),
            ("63.246.22.199,172.16.1.187", four(172, 16, 1, 187)),
            ("10.0.0.2, 10.0.0.1, 127.0.0.1", four(127, 0, 0, 1)),
            ("10.0.0.2, 10.0.0.1:80, -", four(10, 0, 0, 1)),
            ("10.0.0.2,,", four(10, 0, 0, 2)),
            ("10.0.0.2, unknown", name("unknown")),
            ("10.0.0.2, [2001:db8::1]:9", six("2001:db8::1")),
            ("localhost:12345", name("localhost")),
            ("[cool.client.local]:12345", name("cool.client.local")),
            ("Host-7.Example.ORG", name("host-7.example.org")),
            ("101.81.133.jja", name("101.81.133.jja")),
            ("x.0.0.0:50337", name("x.0.0.0")),
            ("X.X.X.X", name("x.x.x.x")),
            ("12.34.178.90.32:40860", name("12.34.178.90.32")),
            ("10.55.555.555", name("10.55.555.555")),
            ("010.0.0.1", name("010.0.0.1")),
            ("10.0.0.01", name("10.0.0.01")),
            ("00.0.0.1", name("00.0.0.1")),
            ("1.2.3", name("1.2.3")),
            ("1.2.3.", name("1.2.3.")),
            ("1..2.3", name("1..2.3")),
            ("1.2.3.4.", name("1.2.3.4.")),
            ("256.1.1.1", name("256.1.1.1")),
            ("10.11.12.13:65536", name("10.11.12.13:65536")),
            ("10.11.12.13:", name("10.11.12.13:")),
            ("10.11.12.13/24", name("10.11.12.13/24")),
            ("[::1", name("[::1")),
            ("[::1]x", name("[::1]x")),
            ("::1%", name("::1%")),
            ("::ffff:010.0.0.1", name("::ffff:010.0.0.1")),
            ("0:0:0:0:0:0:0:1:443", name("0:0:0:0:0:0:0:1:443")),
            ("3232235777", name("3232235777")),
            ("0x7f.1.1.1", name("0x7f.1.1.1")),
            ("AWS Internal", name("aws internal")),
            ("unknown", name("unknown")),
            ("-", Client::Unknown),
            ("", Client::Unknown),
            ("  ", Client::Unknown),
            ("-, -", Client::Unknown),
            ("-:443", Client::Unknown),
        ];
        for (raw, want) in rows {
            assert_eq!(&read(Some(raw.as_bytes())), want, "{raw}");
        }
        assert_eq!(read(None), Client::Unknown);
    }

    #[test]
    fn m3_1_bytes_that_are_no_text_stay_a_name() {
        assert_eq!(read(Some(b"\xff\xfeA")), Client::Name(b"\xff\xfea".to_vec()));
    }

    #[test]
    fn m3_1_a_list_is_not_one_address() {
        assert_eq!(read_ip(b"10.0.0.1,10.0.0.2"), None);
        assert_eq!(split_list(b"a, b ,c"), (&b"c"[..], Some(&b"a, b "[..])));
        assert_eq!(split_list(b"a"), (&b"a"[..], None));
        assert!(is_list(b"a,b") && !is_list(b"a"));
    }

    proptest! {
        #[test]
        fn m3_1_every_ipv4_and_ipv6_address_reads_back_in_every_spelling(a: u32, b: u128, port: u16) {
            let (a, b) = (Ipv4Addr::from_bits(a), Ipv6Addr::from_bits(b));
            for text in [format!("{a}"), format!("{a}:{port}"), format!("[{a}]:{port}"), format!("::ffff:{a}"),
                         format!("[::ffff:{a}]:{port}"), format!("::ffff:{a}%1")] {
                prop_assert_eq!(read(Some(text.as_bytes())), Client::Ip4(a), "{}", text);
            }
            let want = b.to_ipv4_mapped().map_or(Client::Ip6(b), Client::Ip4);
            for text in [format!("{b}"), format!("[{b}]"), format!("[{b}]:{port}"), format!("{b}%eth0")] {
                prop_assert_eq!(read(Some(text.as_bytes())), want.clone(), "{}", text);
            }
        }

        #[test]
        fn m3_1_the_quad_reader_agrees_with_the_standard_library(
            text in prop_oneof!["[0-9.]{0,17}", "[0-3]{0,3}(\\.[0-9]{1,3}){3}", "[0-9]{1,3}(\\.[0-9]{1,3}){2,4}", "[0-9./:; -]{6,16}"],
            at in 0usize..16, byte: u8, swap: bool,
        ) {
            prop_assert_eq!(quad(text.as_bytes()), text.parse::<Ipv4Addr>().ok(), "{}", text);
            let mut raw = text.into_bytes();
            if let Some(place) = raw.get_mut(at).filter(|_| swap) {
                *place = byte;
            }
            let want = std::str::from_utf8(&raw).ok().and_then(|text| text.parse::<Ipv4Addr>().ok());
            prop_assert_eq!(quad(&raw), want, "{:?}", raw);
        }

        #[test]
        fn m3_1_no_bytes_make_it_fail_and_a_name_is_never_an_address(raw in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Client::Name(name) = read(Some(&raw)) {
                prop_assert!(!name.is_empty());
                prop_assert_eq!(name.to_ascii_lowercase(), name);
            }
        }
    }
}
