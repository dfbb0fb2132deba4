//! HAProxy: `option httplog`, and `option httpslog`, which has two columns more.
//!
//! Source: HAProxy configuration manual, section 8 "Logging": 8.2.1 to 8.2.5 (the formats), 8.3.2 (`option logasap`), 8.5
//! (termination states), 8.6 (characters); `default_https_log_format` in HAProxy's source. Behind syslog the prefix is
//! peeled before a line comes here.
//!
//! **Time** is local and has no zone. Up to 1.6 it is when the connection was accepted; from 1.7 on (`%tr`) when the first
//! byte of the request came. The two look the same, so its basis is unknown.
//!
//! **Bytes** (`bytes_read`) are all that was sent to the client, headers included. With `option logasap` the line is written
//! before the transfer: total time or bytes then bear a `+`, and the bytes are those of the headers. They are left out
//! then, and so is the termination state, which says nothing yet. A status of `-1` means that none was sent.
//!
//! **Aborts** (METHOD M5.4): a first letter `C S P R I K c s` with a second letter `D` (the session ended during the data
//! phase) is a cut. `----` is a normal end. `L` as the second letter (the client died while it received the last data),
//! and `D` behind other letters, is doubtful. Before the data phase (`CR`, `SC`, `PR` …) nothing was sent of a response
//! but HAProxy's own, and the status tells.
//!
//! **Captured headers** stand in none, one or two pairs of braces, and only the configuration says which they are: they are
//! checked and not kept. HAProxy writes quotes, `#` and unprintable bytes of a request as `#` and two hex digits, and in
//! captured headers braces and bars too: no quote and no brace inside is the client's ([`Escape::Hash`]).
//!
//! No requests, so directives: the TCP format (three times), the default format (`Connect from …`), the error format
//! (`frontend/bind: SSL handshake failure`), and the notices of proxies and servers that start, stop, go up or down.
//!
//! A request that syslog cut (1,024 bytes by default) has no closing quote and is a fault: where its path ends is not known.
//!
//! What it cannot say: the size of the object, which range was asked for, who was signed in, the user agent and forwarded
//! addresses (unless captured), and what `dontlognull` and `dontlog-normal` left out.

use super::own::{Columns, Is};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Abort, ByteSemantics, Bytes, Escape, Meaning, Record, Stamp, TimeBasis, Zone};
use crate::token::cursor::{Cursor, Read, all};
use crate::token::time::{TimeCache, clf_date, clock, fraction};
use crate::token::{Leaf, Wrong, misshapen, number, request};
use memchr::memchr;
use std::sync::Arc;

mod notice;
#[cfg(test)]
mod tests;

const FAMILY: Family = Family::web_server("haproxy");

const SAMPLE: &str = r#"192.0.2.7:39759 [09/Dec/2013:12:59:46.633] www~ files/web1 0/0/1/48/99 200 2750 - - ---- 87/87/87/1/0 0/67 {files.example.org|curl} {} "GET /a.csv?b=c HTTP/1.1""#;

pub(super) const FORMATS: &[Named] = &[Named::own("haproxy", FAMILY, Origin::Seen, SAMPLE, || {
    Arc::new(Columns {
        name: "haproxy",
        meaning: Meaning {
            time_basis: TimeBasis::Unknown,
            bytes: ByteSemantics::WireWritten,
            target: Escape::Hash,
            ..Meaning::UNKNOWN
        },
        separator: b' ',
        may_read: |line| {
            let second = || line.split(|byte| *byte == b' ').nth(1);
            notice::may_be(line) || second().is_some_and(|time| time.first() == Some(&b'['))
        },
        read,
    })
})];

fn read<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    if notice::is(line.rest) {
        return Ok(Is::Directive);
    }
    let client = line.word("client_ip:client_port")?;
    if !client.contains(&b':') {
        return refuse("an address and a port", client);
    }
    record.client = Some(client);
    record.time = line.by("accept_date", |i| date(i, cache))?;
    let frontend = line.word("frontend_name")?;
    if let Some(name) = frontend.strip_suffix(b":") {
        // The error format: `frontend/bind: message`.
        return if name.contains(&b'/') && line.rest.len() > 1 {
            Ok(Is::Directive)
        } else {
            refuse("`frontend/bind:` and a message", frontend)
        };
    }
    let server = line.word("backend_name/server_name")?;
    if !server.contains(&b'/') {
        return refuse("a backend, `/` and a server", server);
    }
    let timers = line.word("timers")?;
    let (times, early) = self::timers(timers)?;
    if times == TCP_TIMES {
        return tcp(line);
    }
    record.status = status(line.word("status_code")?)?;
    let (bytes, growing) = bytes(line.word("bytes_read")?)?;
    line.word("captured_request_cookie")?;
    line.word("captured_response_cookie")?;
    let state = state(line.word("termination_state")?, 4)?;
    if !(early || growing) {
        record.bytes = Bytes::Logged(bytes);
        record.abort = end(state);
    }
    counters(line)?;
    captured(line)?;
    let text = quoted(line)?;
    let request::Request { method, target, protocol } = request::split(text);
    (record.request, record.method, record.target, record.protocol) = (Some(text), method, target, protocol);
    record.host = target.and_then(request::host);
    if !line.is_at_end() {
        slashes(line.word("fc_err/ssl_fc_err/ssl_c_err/ssl_c_ca_err/ssl_fc_is_resumed")?, 5)?;
        slashes(line.word("ssl_fc_sni/ssl_version/ssl_ciphers")?, 3)?;
        line.end()?;
    }
    Ok(Is::Request)
}

/// What follows the times of a TCP line.
fn tcp<'a>(line: &mut Cursor<'a>) -> Read<'a, Is> {
    bytes(line.word("bytes_read")?)?;
    state(line.word("termination_state")?, 2)?;
    counters(line)?;
    line.end()?;
    Ok(Is::Directive)
}

/// `[09/Dec/2013:12:59:46.633]`.
fn date<'a>(i: &'a [u8], cache: &mut TimeCache) -> Leaf<'a, Stamp<'a>> {
    const WANTED: &str = "a time such as `[09/Dec/2013:12:59:46.633]`";
    let Some(rest) = i.strip_prefix(b"[") else { return misshapen(WANTED, i) };
    let (rest, days) = clf_date(rest, cache)?;
    let Some(rest) = rest.strip_prefix(b":") else { return misshapen(WANTED, rest) };
    let (rest, clock) = clock(rest)?;
    let Some(rest) = rest.strip_prefix(b".") else { return misshapen(WANTED, rest) };
    let (rest, fraction_us) = fraction(rest)?;
    let Some(rest) = rest.strip_prefix(b"]") else { return misshapen(WANTED, rest) };
    let fraction_us = if clock.leap { 0 } else { fraction_us };
    Ok((rest, Stamp { local_us: clock.on(days) + fraction_us, zone: Zone::Absent }))
}

/// How many times a line of the TCP format has.
const TCP_TIMES: usize = 3;
/// And one of the HTTP format.
const HTTP_TIMES: usize = 5;

/// `0/0/1/48/99`: how many times there are, and whether the last bears a `+`.
fn timers(word: &[u8]) -> Read<'_, (usize, bool)> {
    let (mut count, mut early) = (0, false);
    for time in word.split(|byte| *byte == b'/') {
        let digits = match time {
            [b'-', digits @ ..] => digits,
            [b'+', digits @ ..] => {
                early = true;
                digits
            }
            digits => digits,
        };
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return refuse("five times, or three of a TCP line, parted by `/`", word);
        }
        count += 1;
    }
    match count {
        TCP_TIMES | HTTP_TIMES => Ok((count, early)),
        _ => refuse("five times, or three of a TCP line, parted by `/`", word),
    }
}

fn status(word: &[u8]) -> Read<'_, Option<u16>> {
    match word {
        b"-1" => Ok(None),
        b"-" => Err(Wrong { kind: FaultKind::Status, expected: "three digits or `-1`", at: word }),
        _ => all(word, number::status),
    }
}

/// A count, and whether it bears a `+`.
fn bytes(word: &[u8]) -> Read<'_, (u64, bool)> {
    let (digits, growing) = word.strip_prefix(b"+").map_or((word, false), |digits| (digits, true));
    Ok((all(digits, number::unsigned)?, growing))
}

/// `----`, or `--` in a TCP line.
fn state(word: &[u8], letters: usize) -> Read<'_, &[u8]> {
    let is_state =
        word.len() == letters && word.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'-');
    if is_state { Ok(word) } else { refuse("the letters of a termination state", word) }
}

/// What a termination state says of the transfer.
const fn end(state: &[u8]) -> Abort {
    match state {
        [b'-', b'-', ..] => Abort::Whole,
        [b'C' | b'S' | b'P' | b'R' | b'I' | b'K' | b'c' | b's', b'D', ..] => Abort::Cut,
        [_, b'D' | b'L', ..] => Abort::Doubtful,
        _ => Abort::Unlogged,
    }
}

/// `87/87/87/1/0 0/67`; retries bear a `+` where the server was changed.
fn counters<'a>(line: &mut Cursor<'a>) -> Read<'a, ()> {
    for (field, parts) in [("actconn/feconn/beconn/srv_conn/retries", 5), ("srv_queue/backend_queue", 2)] {
        let word = line.word(field)?;
        slashes(word, parts)?;
        if !word.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'/' | b'+')) {
            return refuse("counters parted by `/`", word);
        }
    }
    Ok(())
}

/// So many parts between slashes.
fn slashes(word: &[u8], parts: usize) -> Read<'_, ()> {
    if word.split(|byte| *byte == b'/').count() == parts {
        Ok(())
    } else {
        refuse("as many parts between `/` as the column has", word)
    }
}

/// None, one or two ` {…}`.
fn captured<'a>(line: &mut Cursor<'a>) -> Read<'a, ()> {
    for field in ["captured_request_headers", "captured_response_headers"] {
        if !line.rest.starts_with(b" {") {
            break;
        }
        line.begin(field)?;
        let Some(end) = memchr(b'}', line.rest) else { return line.refuse("`}` behind captured headers") };
        let (text, rest) = line.rest.split_at_checked(end + 1).unwrap_or_default();
        if text.iter().skip(1).any(|byte| matches!(byte, b'"' | b'{')) {
            return refuse("captured headers, in which quotes and braces are written `#22`, `#7B`", text);
        }
        line.rest = rest;
    }
    Ok(())
}

/// The request, in which no quote stands.
fn quoted<'a>(line: &mut Cursor<'a>) -> Read<'a, &'a [u8]> {
    line.begin("http_request")?;
    let Some(inner) = line.rest.strip_prefix(b"\"") else { return line.refuse("a request in quotes") };
    let cut = memchr(b'"', inner).and_then(|end| inner.split_at_checked(end));
    let Some((text, rest)) = cut else { return line.refuse("a closing quote; syslog may have cut the line") };
    line.rest = rest.get(1..).unwrap_or_default();
    Ok(text)
}

fn refuse<'a, T>(expected: &'static str, at: &'a [u8]) -> Read<'a, T> {
    Err(Wrong { kind: FaultKind::Syntax, expected, at })
}
