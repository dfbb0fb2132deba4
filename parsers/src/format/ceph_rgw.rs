//! Ceph RADOS Gateway, access lines of the Beast front end in the daemon's log.
//!
//! Source: Ceph, `src/rgw/rgw_asio_frontend.cc`. A line of the daemon's log is a time, a thread, a level and a message; the
//! message `beast: 0x…: address - user [time] "method target HTTP/version" status bytes referer agent range latency=…s` is a
//! request. Every other message is a directive.
//!
//! The byte column is `get_bytes_sent() + get_bytes_received()`: uploads and downloads in one number, so what it counts of a
//! response is not known. Newer builds write the time at which the request began, in the notation of Apache with a
//! fraction, and a latency; older ones the time at which the line was written, in ISO 8601, no user and no latency. So there
//! are two formats. Referer, agent and range are written raw in their quotes; a request's target holds no space. Where
//! quotes in the texts leave several readings, the texts are left out: they prove nothing.
//!
//! What it cannot say: what was sent apart from what was received, the size of the object, what an API call was. Written
//! from the source and published lines, not yet seen in a real file.

use super::own::{Columns, Is};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{ByteSemantics, Bytes, Meaning, Record, Stamp, TimeBasis, Zone};
use crate::token::address::is_address;
use crate::token::cursor::{Cursor, Read, logged};
use crate::token::time::{TimeCache, clf_date, clock, fraction, iso8601};
use crate::token::zone::numeric;
use crate::token::{Leaf, Wrong, number, reason};
use std::sync::Arc;

const FAMILY: Family = Family::of("ceph-rgw");

const SAMPLE: &str = r#"2024-06-12T13:10:07.414+0000 7fc49be9a710  1 beast: 0x7fc49be9a710: 192.0.2.7 - kim [12/Jun/2024:13:10:07.404 +0000] "GET /exports/a.csv?b=c HTTP/1.1" 206 2770 - "curl/7.79.1" bytes=0-98 latency=0.010000000s"#;
const OLD: &str = r#"2019-12-09T13:43:19.998+0800 7fdc46624700  1 beast: 0x7fda51100940: 192.0.2.7 - - [2019-12-09T13:43:19.998047+0800] "HEAD /exports/a.csv HTTP/1.1" 404 0 - "aws-sdk-go/1.17.13" -"#;

pub(super) const FORMATS: &[Named] = &[
    Named::own("ceph-rgw", FAMILY, Origin::Documentation, SAMPLE, || {
        let meaning = meaning(TimeBasis::Received);
        Arc::new(Columns { name: "ceph-rgw", meaning, separator: b' ', may_read, read: newer })
    }),
    Named::own("ceph-rgw-old", FAMILY, Origin::Documentation, OLD, || {
        let meaning = meaning(TimeBasis::Completed);
        Arc::new(Columns { name: "ceph-rgw-old", meaning, separator: b' ', may_read, read: older })
    }),
];

const fn meaning(time_basis: TimeBasis) -> Meaning {
    Meaning { time_basis, bytes: ByteSemantics::Unknown, ..Meaning::UNKNOWN }
}

fn may_read(line: &[u8]) -> bool {
    line.get(4) == Some(&b'-') || line.starts_with(b"beast: ") || line.starts_with(b"debug ")
}

fn newer<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    if !message(line, cache)? {
        return Ok(Is::Directive);
    }
    record.time = front(line, record, |i| began(i, cache))?;
    let tail = request(line, record)?;
    line.field = "latency";
    let Some((texts, latency)) = memchr::memmem::rfind(tail, b" latency=")
        .and_then(|at| Some((tail.get(..at)?, tail.get(at + b" latency=".len()..)?)))
    else {
        return line.refuse("` latency=` at the end of the line");
    };
    if !matches!(number::skipped(latency), Ok((b"s", ()))) {
        return Err(Wrong { kind: FaultKind::Syntax, expected: "a number of seconds", at: latency });
    }
    columns(line, texts, record)
}

fn older<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    if !message(line, cache)? {
        return Ok(Is::Directive);
    }
    record.time = front(line, record, |i| iso8601(i, cache))?;
    let tail = request(line, record)?;
    if memchr::memmem::find(tail, b" latency=").is_some() {
        line.field = "latency";
        return line.refuse("the end of the line behind the range");
    }
    columns(line, tail, record)
}

/// Passes over the head of a line of the daemon's log; whether its message is a request.
fn message<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache) -> Read<'a, bool> {
    if let Some(rest) = line.rest.strip_prefix(b"debug ") {
        line.rest = rest;
    }
    if !line.rest.starts_with(b"beast: ") {
        line.by("time of the line", |i| iso8601(i, cache))?;
        let thread = line.word("thread")?;
        if thread.len() < 8 || !thread.iter().all(u8::is_ascii_hexdigit) {
            return Err(Wrong { kind: FaultKind::Syntax, expected: "the number of a thread", at: thread });
        }
        line.begin("level")?;
        line.rest = line.rest.trim_ascii_start();
        let level = line.rest.strip_prefix(b"-").unwrap_or(line.rest);
        let (rest, _) = number::unsigned(level).map_err(reason)?;
        line.rest = rest;
        line.begin("message")?;
    }
    line.field = "message";
    let Some(rest) = line.rest.strip_prefix(b"beast: ") else { return Ok(false) };
    line.rest = rest;
    Ok(true)
}

/// `0x…: address - user [time] `
fn front<'a>(
    line: &mut Cursor<'a>,
    record: &mut Record<'a>,
    time: impl FnOnce(&'a [u8]) -> Leaf<'a, Stamp<'a>>,
) -> Read<'a, Stamp<'a>> {
    line.field = "request";
    line.literal(b"0x", "`0x` and a number")?;
    until(line, b": ", "`: ` behind the request")?;
    line.field = "address";
    let client = until(line, b" - ", "` - ` behind the address")?;
    let bare = client.split(|byte| *byte == b'%').next().unwrap_or_default();
    if !is_address(bare) {
        return Err(Wrong { kind: FaultKind::Syntax, expected: "an address", at: client });
    }
    record.client = Some(client);
    line.field = "user";
    record.principal = logged(until(line, b" [", "` [` behind the user")?);
    line.field = "time";
    let (rest, stamp) = time(line.rest).map_err(reason)?;
    line.rest = rest;
    line.literal(b"] ", "`] ` behind the time")?;
    Ok(stamp)
}

/// `12/Jun/2024:13:10:07.404 +0000`
fn began<'a>(i: &'a [u8], cache: &mut TimeCache) -> Leaf<'a, Stamp<'a>> {
    const WANTED: &str = "a time such as `12/Jun/2024:13:10:07.404 +0000`";
    let (rest, days) = clf_date(i, cache)?;
    let Some(rest) = rest.strip_prefix(b":") else { return crate::token::misshapen(WANTED, rest) };
    let (rest, clock) = clock(rest)?;
    let Some(rest) = rest.strip_prefix(b".") else { return crate::token::misshapen(WANTED, rest) };
    let (rest, us) = fraction(rest)?;
    let Some(rest) = rest.strip_prefix(b" ") else { return crate::token::misshapen(WANTED, rest) };
    let (rest, east_s) = numeric(rest)?;
    let us = if clock.leap { 0 } else { us };
    Ok((rest, Stamp { local_us: clock.on(days) + us, zone: Zone::Offset(east_s) }))
}

/// `"method target HTTP/version" status bytes `; what follows.
fn request<'a>(line: &mut Cursor<'a>, record: &mut Record<'a>) -> Read<'a, &'a [u8]> {
    line.field = "request line";
    line.literal(b"\"", "a quote before the request line")?;
    let whole = line.rest;
    record.method = Some(until(line, b" ", "a space behind the method")?);
    record.target = Some(until(line, b" ", "a space behind the target")?);
    let ([b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.', b'0'..=b'9', b'"', b' ', ..], Some(protocol)) =
        (line.rest, line.rest.get(..8))
    else {
        return line.refuse("`HTTP/`, a version and a quote");
    };
    record.protocol = Some(protocol);
    // The quote and the space behind the version are no part of it.
    line.rest = line.rest.get(10..).unwrap_or_default();
    record.request = whole.get(..whole.len() - line.rest.len() - 2);
    line.field = "status";
    let (rest, status) = number::status(line.rest).map_err(reason)?;
    (line.rest, record.status) = (rest, status);
    line.literal(b" ", "a space behind the status")?;
    line.field = "bytes";
    let (rest, bytes) = number::unsigned(line.rest).map_err(reason)?;
    (line.rest, record.bytes) = (rest, Bytes::Logged(bytes));
    line.literal(b" ", "a space behind the bytes")?;
    Ok(line.rest)
}

/// Referer, agent and range, to the end.
fn columns<'a>(line: &mut Cursor<'a>, tail: &'a [u8], record: &mut Record<'a>) -> Read<'a, Is> {
    line.field = "referer";
    if !tail.starts_with(b"\"") && !tail.starts_with(b"- ") {
        return line.refuse("a referer in quotes, or `-`");
    }
    if let Some((referer, agent, range)) = texts(tail) {
        (record.referer, record.agent, record.range) = (referer, agent, logged(range));
    }
    Ok(Is::Request)
}

type Texts<'a> = (Option<&'a [u8]>, Option<&'a [u8]>, &'a [u8]);

/// The three texts, if there is one reading of them.
fn texts(tail: &[u8]) -> Option<Texts<'_>> {
    let (referer, rest) = text(tail)?;
    let (agent, range) = text(rest)?;
    let quotes = 2 * (usize::from(referer.is_some()) + usize::from(agent.is_some()));
    let one_reading = memchr::memchr_iter(b'"', tail).count() == quotes && !range.is_empty();
    one_reading.then_some((referer, agent, range))
}

/// A text in quotes or `-`, and what follows its space.
fn text(i: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    if let Some(rest) = i.strip_prefix(b"- ") {
        return Some((None, rest));
    }
    let inner = i.strip_prefix(b"\"")?;
    let end = memchr::memmem::find(inner, b"\" ")?;
    Some((Some(inner.get(..end)?), inner.get(end + 2..)?))
}

/// What stands before `stop`, which is passed over; something must.
fn until<'a>(line: &mut Cursor<'a>, stop: &[u8], expected: &'static str) -> Read<'a, &'a [u8]> {
    let cut = memchr::memmem::find(line.rest, stop)
        .filter(|at| *at > 0)
        .and_then(|at| Some((line.rest.get(..at)?, line.rest.get(at + stop.len()..)?)));
    let Some((text, rest)) = cut else { return line.refuse(expected) };
    line.rest = rest;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tests::{self, fault, record, unit};
    use crate::format::{Unit, named};

    fn with(from: &str, to: &str) -> &'static str {
        tests::changed_throughout(SAMPLE, from, to)
    }

    #[test]
    fn the_columns_of_the_source_are_read() {
        let read = record("ceph-rgw", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_718_197_807_404_000, zone: Zone::Offset(0) });
        assert_eq!((read.client, read.principal), (Some(&b"192.0.2.7"[..]), Some(&b"kim"[..])));
        assert_eq!((read.method, read.target), (Some(&b"GET"[..]), Some(&b"/exports/a.csv?b=c"[..])));
        let request = &b"GET /exports/a.csv?b=c HTTP/1.1"[..];
        assert_eq!((read.protocol, read.request), (Some(&b"HTTP/1.1"[..]), Some(request)));
        assert_eq!((read.status, read.bytes), (Some(206), Bytes::Logged(2770)));
        assert_eq!((read.referer, read.agent), (None, Some(&b"curl/7.79.1"[..])));
        assert_eq!((read.range, read.object), (Some(&b"bytes=0-98"[..]), None));
    }

    #[test]
    fn builds_differ_in_which_moment_the_time_is() {
        let meaning = |name| named(name, None).unwrap().meaning();
        assert_eq!(meaning("ceph-rgw").time_basis, TimeBasis::Received);
        assert_eq!(meaning("ceph-rgw-old").time_basis, TimeBasis::Completed);
        assert_eq!(meaning("ceph-rgw").bytes, ByteSemantics::Unknown);
        let old = record("ceph-rgw-old", OLD);
        assert_eq!(old.time, Stamp { local_us: 1_575_898_999_998_047, zone: Zone::Offset(28_800) });
        assert_eq!((old.principal, old.range, old.bytes), (None, None, Bytes::Logged(0)));
        assert_eq!(old.agent, Some(&b"aws-sdk-go/1.17.13"[..]));
        assert_eq!(fault("ceph-rgw", OLD).1, "time");
        assert_eq!(fault("ceph-rgw-old", SAMPLE).1, "time");
        assert_eq!(fault("ceph-rgw", with(" latency=0.010000000s", "")).1, "latency");
        assert_eq!(fault("ceph-rgw", with("0.010000000s", "0.01")).1, "latency");
    }

    #[test]
    fn other_messages_of_the_daemon_are_no_requests() {
        for line in [
            "2024-06-12T13:10:07.404+0000 7fc49be9a710  1 ====== starting new request req=0x7fc49be9a710 =====",
            "debug 2024-06-12T13:10:07.404+0000 7fc49be9a710 -1 failed to bind",
            "2019-06-12 13:10:07.404 7fc49be9a710 10 x",
        ] {
            assert_eq!(unit("ceph-rgw", line), Unit::Directive, "{line}");
        }
        for line in [
            "2024-06-12T13:10:07.404+0000 main 1 x",
            "2024-06-12T13:10:07.404+0000 7fc49be9a710 INFO x",
            "beast",
        ] {
            assert!(matches!(unit("ceph-rgw", line), Unit::Fault(_)), "{line}");
        }
    }

    #[test]
    fn the_head_may_be_peeled_or_longer() {
        let at = SAMPLE.find("beast").unwrap();
        let bare: &'static str = SAMPLE.get(at..).unwrap();
        assert_eq!(record("ceph-rgw", bare), record("ceph-rgw", SAMPLE));
        let debug: &'static str = Box::leak(format!("debug {SAMPLE}").into_boxed_str());
        assert_eq!(record("ceph-rgw", debug), record("ceph-rgw", SAMPLE));
        assert_eq!(record("ceph-rgw", with("192.0.2.7", "2001:db8::7")).client, Some(&b"2001:db8::7"[..]));
        assert_eq!(fault("ceph-rgw", with("192.0.2.7", "host")).1, "address");
    }

    /// Nothing is escaped in the quoted columns; status and bytes stand before them.
    #[test]
    fn what_a_client_writes_moves_no_column() {
        let forged = with("\"curl/7.79.1\"", "\"a\" bytes=0-1 latency=1s\" \"b\"");
        let read = record("ceph-rgw", forged);
        assert_eq!((read.status, read.bytes), (Some(206), Bytes::Logged(2770)));
        assert_eq!((read.referer, read.agent, read.range), (None, None, None), "several readings");
        let target = record("ceph-rgw", with("/exports/a.csv?b=c", "/a\"b"));
        assert_eq!(target.target, Some(&b"/a\"b"[..]));
        let both = record("ceph-rgw", with("2770 - ", "2770 \"http://a/ b\" "));
        assert_eq!((both.referer, both.range), (Some(&b"http://a/ b"[..]), Some(&b"bytes=0-98"[..])));
        let none = record("ceph-rgw", with("\"curl/7.79.1\" bytes=0-98", "- -"));
        assert_eq!((none.agent, none.range), (None, None));
    }

    #[test]
    fn what_is_wrong_is_named_by_its_column() {
        assert_eq!(
            fault("ceph-rgw", with("206 2770", "20 2770")),
            (FaultKind::Status, "status", "three digits or `-`")
        );
        assert_eq!(fault("ceph-rgw", with("206 2770", "206 -")).1, "bytes");
        assert_eq!(fault("ceph-rgw", with("HTTP/1.1", "FTP/1.1")).1, "request line");
        assert_eq!(fault("ceph-rgw", with("12/Jun/2024:13", "31/Jun/2024:13")).0, FaultKind::Time);
        assert_eq!(fault("ceph-rgw", with("07.404 +0000", "07 +0000")).1, "time");
        assert_eq!(fault("ceph-rgw", with("2770 - ", "2770 x ")).1, "referer");
        let combined = r#"192.0.2.7 - kim [12/Jun/2024:13:10:07 +0000] "GET /a HTTP/1.1" 200 5 "-" "curl""#;
        assert!(matches!(unit("ceph-rgw", combined), Unit::Fault(_)));
    }
}
