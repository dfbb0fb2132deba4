//! Squid's native `access.log` (`logformat squid`), with or without the column of the type, which Squid 1 had not.
//!
//! Sources: Squid's source, `src/log/FormatSquidNative.cc` (the columns) and `src/LogTags.h` (the tags of the result).
//!
//! **Time** is when the line was written, at the end of the transaction, in seconds and milliseconds since 1970 (UTC by
//! definition). Some guides call it the time of receipt; the source takes the current time. **Bytes** are the whole reply
//! to the client, headers included.
//!
//! **Result**: tags and a status, `TCP_MISS/200`. The tag `ABORTED` is "other abnormal termination (e.g., I/O error)",
//! `TIMEDOUT` "terminated due to a lifetime or I/O timeout": both are cuts. That these tags are absent is no proof of the
//! contrary, as old versions had none. A status of `000` means that there was none.
//!
//! Elapsed time is aligned to the right by spaces. The target is absolute, or `host:port` of a CONNECT; whitespace in it is
//! encoded. Where there was no usable request Squid writes a word of its own (`error:invalid-request`): it is no target.
//! Behind the type may stand one column more, or the two headers in brackets of `log_mime_hdrs`.
//!
//! What it cannot say: the size of the object, which range was asked for, the user agent, and (`strip_query_terms`, on by
//! default) what stood behind the `?` of a target.

use super::own::{Columns, Is};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Abort, ByteSemantics, Bytes, Meaning, Record, TimeBasis};
use crate::token::cursor::{Cursor, Read, all, logged};
use crate::token::time::{EpochUnit, TimeCache, epoch};
use crate::token::{Wrong, number, request};
use std::sync::Arc;

const FAMILY: Family = Family::of("squid");

const SAMPLE: &str = "1286536309.450    917 192.0.2.7 TCP_MISS/200 20670 GET http://files.example.org/a.csv? - HIER_DIRECT/198.51.100.9 text/csv";

pub(super) const FORMATS: &[Named] = &[Named::own("squid", FAMILY, Origin::Seen, SAMPLE, || {
    Arc::new(Columns {
        name: "squid",
        meaning: Meaning {
            time_basis: TimeBasis::Completed,
            bytes: ByteSemantics::WireWritten,
            ..Meaning::UNKNOWN
        },
        separator: b' ',
        may_read: |line| line.get(..SECONDS).is_some_and(|text| text.iter().all(u8::is_ascii_digit)),
        read,
    })
})];

/// `%9ld`: at least so many digits, from March 1973 on.
const SECONDS: usize = 9;

fn read<'a>(line: &mut Cursor<'a>, _: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    record.time = all(time(line.word("time")?)?, |i| epoch(i, EpochUnit::Seconds))?;
    line.begin("elapsed")?;
    while let Some(rest) = line.rest.strip_prefix(b" ") {
        line.rest = rest;
    }
    let digits = line.rest.strip_prefix(b"-").unwrap_or(line.rest);
    (line.rest, _) = number::unsigned(digits).map_err(crate::token::reason)?;
    record.client = line.some("client")?;
    let result = line.word("code/status")?;
    let (code, status) = parted(result, "a result such as `TCP_MISS/200`")?;
    if code.is_empty() || !code.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_') {
        return refuse("a result such as `TCP_MISS/200`", result);
    }
    record.status = Some(match all(status, number::status)? {
        Some(status) => status,
        None => return Err(Wrong { kind: FaultKind::Status, expected: "three digits", at: status }),
    });
    let is_cut = |tag: &[u8]| matches!(tag, b"ABORTED" | b"TIMEDOUT" | b"TIMEOUT");
    if code.split(|byte| *byte == b'_').any(is_cut) {
        record.abort = Abort::Cut;
    }
    record.bytes = Bytes::Logged(line.by("bytes", number::unsigned)?);
    let method = line.word("method")?;
    let is_method = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'%');
    if method.is_empty() || !method.iter().all(is_method) {
        return refuse("a method", method);
    }
    let url = line.word("url")?;
    if url.is_empty() {
        return refuse("a URL", url);
    }
    if !url.starts_with(b"error:") {
        record.method = logged(method).filter(|method| *method != b"NONE");
        record.target = logged(url);
        record.host = request::host(url);
    }
    record.principal = line.some("user")?;
    let peer = line.word("hierarchy/peer")?;
    let (hierarchy, _) = parted(peer, "a hierarchy code such as `HIER_DIRECT/192.0.2.7`")?;
    if hierarchy.is_empty() || !hierarchy.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_') {
        return refuse("a hierarchy code such as `HIER_DIRECT/192.0.2.7`", peer);
    }
    rest(line)?;
    Ok(Is::Request)
}

/// `1286536309.450`: three digits behind the point.
fn time(word: &[u8]) -> Read<'_, &[u8]> {
    const WANTED: &str = "seconds and milliseconds since 1970, such as `1286536309.450`";
    let mut parts = word.split(|byte| *byte == b'.');
    let (seconds, milliseconds) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let fits = seconds.len() >= SECONDS && milliseconds.len() == 3 && parts.next().is_none();
    if fits { Ok(word) } else { refuse(WANTED, word) }
}

/// What stands before and behind the first `/`.
fn parted<'a>(word: &'a [u8], expected: &'static str) -> Read<'a, (&'a [u8], &'a [u8])> {
    let mut parts = word.splitn(2, |byte| *byte == b'/');
    match (parts.next(), parts.next()) {
        (Some(before), Some(behind)) => Ok((before, behind)),
        _ => refuse(expected, word),
    }
}

/// The type, and what may follow it.
fn rest<'a>(line: &mut Cursor<'a>) -> Read<'a, ()> {
    if line.is_at_end() {
        return Ok(());
    }
    let kind = line.word("type")?;
    if kind != b"-" && !kind.contains(&b'/') {
        return refuse("a media type, or `-`", kind);
    }
    if line.rest.starts_with(b" [") {
        for field in ["request headers", "reply headers"] {
            line.begin(field)?;
            let end = memchr::memchr(b']', line.rest).filter(|_| line.rest.starts_with(b"["));
            let Some(end) = end else { return line.refuse("headers in brackets") };
            line.rest = line.rest.get(end + 1..).unwrap_or_default();
        }
    } else if !line.is_at_end() {
        line.word("later column")?;
    }
    line.end()
}

fn refuse<'a, T>(expected: &'static str, at: &'a [u8]) -> Read<'a, T> {
    Err(Wrong { kind: FaultKind::Syntax, expected, at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Unit;
    use crate::format::tests::{self, fault, record, unit};
    use crate::record::{Stamp, Zone};

    fn text(of: Option<&[u8]>) -> Option<&str> {
        of.map(|bytes| std::str::from_utf8(bytes).unwrap())
    }

    fn changed(from: &str, to: &str) -> &'static str {
        tests::changed(SAMPLE, from, to)
    }

    fn read(from: &str, to: &str) -> Record<'static> {
        record("squid", changed(from, to))
    }

    #[test]
    fn the_columns_of_the_source_are_read() {
        let read = record("squid", SAMPLE);
        let time = Stamp { local_us: 1_286_536_309_450_000, zone: Zone::Offset(0) };
        assert_eq!((text(read.client), read.time, read.status), (Some("192.0.2.7"), time, Some(200)));
        assert_eq!((read.bytes, read.abort, read.principal), (Bytes::Logged(20670), Abort::Unlogged, None));
        assert_eq!(
            (text(read.method), text(read.target)),
            (Some("GET"), Some("http://files.example.org/a.csv?"))
        );
        assert_eq!((text(read.host), read.agent, read.request), (Some("files.example.org"), None, None));
    }

    #[test]
    fn the_type_may_be_absent_or_have_a_column_behind_it() {
        for rest in
            ["", " -", " text/csv", " text/csv 902351708.872", " - [User-Agent: a b%0d%0a] [HTTP/1.1 200 OK]"]
        {
            assert_eq!(read(" text/csv", rest).status, Some(200), "{rest}");
        }
        for (rest, field) in [
            (" csv", "type"),
            (" text/csv 1 2", "line"),
            (" - [a", "request headers"),
            (" - [a] b", "reply headers"),
            (" - [a] [b] c", "line"),
        ] {
            assert_eq!(fault("squid", changed(" text/csv", rest)).1, field, "{rest}");
        }
    }

    #[test]
    fn elapsed_time_is_aligned_by_spaces_and_may_be_negative() {
        for elapsed in ["917", "     0", "    -1", "1234567"] {
            assert_eq!(text(read("   917", elapsed).client), Some("192.0.2.7"), "{elapsed}");
        }
        assert_eq!(fault("squid", changed("917", "x")).1, "elapsed");
    }

    #[test]
    fn a_login_is_the_principal() {
        assert_eq!(text(read("? - HIER", "? kim%20a HIER").principal), Some("kim%20a"));
    }

    #[test]
    fn the_tags_aborted_and_timed_out_are_cuts() {
        for code in
            ["TCP_MISS_ABORTED/200", "TCP_HIT_ABORTED/206", "TCP_MISS_TIMEDOUT/200", "TCP_TUNNEL_ABORTED/200"]
        {
            assert_eq!(read("TCP_MISS/200", code).abort, Abort::Cut, "{code}");
        }
        let none = "1426235912.366     16 192.0.2.7 TCP_MISS_ABORTED/000 0 GET http://files.example.org/a - HIER_DIRECT/198.51.100.9 -";
        let read = record("squid", none);
        assert_eq!((read.status, read.bytes, read.abort), (Some(0), Bytes::Logged(0), Abort::Cut));
    }

    #[test]
    fn a_connect_has_an_authority_for_a_target() {
        let line = "1525344856.899  16867 192.0.2.7 TCP_TUNNEL/200 6256 CONNECT files.example.org:443 - HIER_DIRECT/198.51.100.9 -";
        let read = record("squid", line);
        assert_eq!((text(read.method), text(read.target)), (Some("CONNECT"), Some("files.example.org:443")));
        assert_eq!(read.host, None);
    }

    #[test]
    fn what_was_no_usable_request_has_no_target() {
        for (method, url) in
            [("NONE", "error:invalid-request"), ("-", "error:transaction-end-before-headers")]
        {
            let line = format!(
                "1525344856.899      0 192.0.2.7 NONE_NONE/400 3500 {method} {url} - HIER_NONE/- text/html"
            );
            let read = record("squid", Box::leak(line.into_boxed_str()));
            assert_eq!((read.method, read.target, read.status), (None, None, Some(400)));
        }
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_column() {
        for (from, to, kind, field) in [
            ("309.450", "309", FaultKind::Syntax, "time"),
            ("309.450", "309.45", FaultKind::Syntax, "time"),
            ("1286536309", "999999999999", FaultKind::Time, "time"),
            ("/200 ", "/2000 ", FaultKind::Status, "code/status"),
            ("/200 ", "/- ", FaultKind::Status, "code/status"),
            ("TCP_MISS/200", "200", FaultKind::Syntax, "code/status"),
            ("TCP_MISS/200", "TCP_MISS/200/DIRECT", FaultKind::Syntax, "code/status"),
            (" 20670 ", " - ", FaultKind::Syntax, "bytes"),
            ("GET ", "\"GET ", FaultKind::Syntax, "method"),
            ("HIER_DIRECT/198.51.100.9", "198.51.100.9", FaultKind::Syntax, "hierarchy/peer"),
        ] {
            let (was, column, _) = fault("squid", changed(from, to));
            assert_eq!((was, column), (kind, field), "{to}");
        }
        assert_eq!(fault("squid", changed(" HIER_DIRECT/198.51.100.9 text/csv", "")).1, "hierarchy/peer");
        let common = r#"192.0.2.7 - - [09/Dec/2013:12:59:46 +0000] "GET / HTTP/1.1" 200 5"#;
        assert!(matches!(unit("squid", common), Unit::Fault(_)));
    }
}
