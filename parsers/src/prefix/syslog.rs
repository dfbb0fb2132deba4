//! What syslog daemons write before a message: RFC 3164, RFC 5424, and rsyslog's RFC 3339 time with the
//! rest of RFC 3164.
//!
//! The host may be missing (nginx `nohostname`), and so may the tag; then the payload is what follows the
//! word behind the time. `TIME: text` and `TIME --- last message repeated 2 times ---` are the daemon's
//! own. Where no tag shows that the word before it is a host, it may be the log's first column, so the
//! payload is tried with it first; an address, or a word with a comma behind it (forwarded addresses), is no host.
//! A tag is a word before `: `, with a process id in brackets (a space before it has been seen) and a
//! level in angle brackets (macOS). One or two spaces before the payload belong to the prefix: RFC 5424's
//! separator is followed by the space that RFC 3164 has behind its tag.

use super::{Kind, Peeled, has_clock, is_dated, rfc3339, word};
use crate::record::Stamp;
use crate::token::time::{clock, digits, fraction, month_of};
use std::net::{IpAddr, SocketAddr};

pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    let Some(rest) = line.strip_prefix(b"<") else { return dated(line) };
    let rest = priority(rest)?;
    match version(rest) {
        Some(rest) => rfc5424(rest),
        None => dated(rest),
    }
}

fn dated(i: &[u8]) -> Option<Peeled<'_>> {
    if is_dated(i) {
        let (time, rest) = rfc3339(i)?;
        return message(rest, Kind::SyslogIso, Some(time));
    }
    message(after_rfc3164_time(i)?, Kind::Syslog3164, None)
}

/// `134>`, at most 191 (facility 23, severity 7).
fn priority(i: &[u8]) -> Option<&[u8]> {
    let length = i.iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    let (number, rest) = i.split_at_checked(length)?;
    let known = (1..=3).contains(&length) && digits(number)? <= 191;
    rest.strip_prefix(b">").filter(|_| known)
}

/// `1 `: RFC 5424 is the only one that has a version.
fn version(i: &[u8]) -> Option<&[u8]> {
    match i {
        [b'1'..=b'9', b' ', rest @ ..] | [b'1'..=b'9', b'0'..=b'9', b' ', rest @ ..] => Some(rest),
        _ => None,
    }
}

/// What follows `Feb 25 16:19:49`, with or without a fraction. The date has no year, so it is only
/// checked for its shape: a 29 February may be right.
fn after_rfc3164_time(i: &[u8]) -> Option<&[u8]> {
    if !has_clock(i) {
        return None;
    }
    let (month, rest) = i.split_first_chunk::<3>()?;
    month_of(month)?;
    let [b' ', tens, ones, b' ', rest @ ..] = rest else { return None };
    let tens = if *tens == b' ' { b'0' } else { *tens };
    if !(1..=31).contains(&digits(&[tens, *ones])?) {
        return None;
    }
    let (rest, _) = clock(rest).ok()?;
    match rest.strip_prefix(b".") {
        Some(rest) => fraction(rest).ok().map(|(rest, _)| rest),
        None => Some(rest),
    }
}

/// The payload behind the time: `: payload`, ` tag[pid]: payload`, ` host tag[pid]: payload`,
/// ` host payload`.
fn message<'a>(i: &'a [u8], kind: Kind, time: Option<Stamp<'a>>) -> Option<Peeled<'a>> {
    let of = |payload| Some(Peeled::of(kind, payload, time));
    if let Some(text) = i.strip_prefix(b":") {
        return of(unspaced(text));
    }
    let rest = i.strip_prefix(b" ")?;
    if is_repeat_note(rest) {
        return of(rest);
    }
    if let Some(text) = tagged(rest) {
        return of(text);
    }
    let (host, behind) = word(rest)?;
    match tagged(behind) {
        Some(text) => of(text),
        None if is_no_host(host) => of(rest),
        None => Some(Peeled { with_host: Some(rest), ..Peeled::of(kind, behind, time) }),
    }
}

/// Whether the word behind the time is an address, or one of a list.
fn is_no_host(word: &[u8]) -> bool {
    let text = str::from_utf8(word).unwrap_or_default();
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    text.ends_with(',') || inner.parse::<IpAddr>().is_ok() || text.parse::<SocketAddr>().is_ok()
}

/// What follows `tag:`, `tag[pid]:`, `tag [pid]:` or `tag[pid] <level>:` and its space.
fn tagged(i: &[u8]) -> Option<&[u8]> {
    let length = i.iter().take_while(|byte| is_of_tag(**byte)).count();
    let rest = i.get(length..).filter(|_| length > 0)?;
    let rest = bracketed(rest, b'[', b']')?;
    let rest = bracketed(rest, b'<', b'>')?;
    let rest = rest.strip_prefix(b":")?;
    matches!(rest, [] | [b' ', ..]).then(|| unspaced(rest))
}

const fn is_of_tag(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'@' | b'<' | b'>' | b'+' | b'~' | b'#' | b'%')
}

/// What follows a word in brackets, if one stands at the front or behind one space.
fn bracketed(i: &[u8], open: u8, close: u8) -> Option<&[u8]> {
    let inner = match i {
        [first, rest @ ..] | [b' ', first, rest @ ..] if *first == open => rest,
        _ => return Some(i),
    };
    let length = inner.iter().take_while(|byte| byte.is_ascii_graphic() && **byte != close).count();
    match inner.get(length..)? {
        [end, rest @ ..] if *end == close => Some(rest),
        _ => None,
    }
}

fn unspaced(i: &[u8]) -> &[u8] {
    match i {
        [b' ', b' ', rest @ ..] | [b' ', rest @ ..] => rest,
        _ => i,
    }
}

/// `TIME host app procid msgid SD payload`. Collectors that leave out the structured data have been seen.
fn rfc5424(i: &[u8]) -> Option<Peeled<'_>> {
    let (time, rest) = match i {
        [b'-', b' ', rest @ ..] => (None, rest),
        _ => {
            let (time, rest) = rfc3339(i)?;
            (Some(time), rest.strip_prefix(b" ")?)
        }
    };
    let mut rest = rest;
    for _ in ["host", "app", "procid", "msgid"] {
        let (field, behind) = word(rest)?;
        if field.is_empty() {
            return None;
        }
        rest = behind;
    }
    let rest = unspaced(structured(rest).unwrap_or(rest));
    let payload = rest.strip_prefix(b"\xef\xbb\xbf").unwrap_or(rest);
    Some(Peeled::of(Kind::Syslog5424, payload, time))
}

/// What follows the structured data: `-`, or elements in brackets; in a quoted value `\]` and `\"` are text.
fn structured(i: &[u8]) -> Option<&[u8]> {
    let mut rest = match i {
        [b'-'] | [b'-', b' ', ..] => return i.get(1..),
        [b'[', ..] => i,
        _ => return None,
    };
    while let Some(element) = rest.strip_prefix(b"[") {
        let (mut quoted, mut escaped) = (false, false);
        let end = element.iter().position(|byte| {
            let plain = !std::mem::take(&mut escaped);
            match byte {
                b'"' if plain => quoted = !quoted,
                b'\\' if plain => escaped = true,
                _ => {}
            }
            *byte == b']' && !quoted
        })?;
        rest = element.get(end + 1..)?;
    }
    matches!(rest, [] | [b' ', ..]).then_some(rest)
}

/// Whether a payload is the daemon's note that the message before it came again: `last message repeated 2
/// times`, with or without `---` on both sides.
#[must_use]
pub fn is_repeat_note(payload: &[u8]) -> bool {
    let inner = payload.trim_ascii();
    let inner = inner.strip_prefix(b"--- ").and_then(|i| i.strip_suffix(b" ---")).unwrap_or(inner);
    let count = inner
        .strip_prefix(b"last message repeated ")
        .and_then(|i| i.strip_suffix(b" times").or_else(|| i.strip_suffix(b" time")));
    count.is_some_and(|count| !count.is_empty() && count.iter().all(u8::is_ascii_digit))
}
