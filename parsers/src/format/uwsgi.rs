//! uWSGI's request log, as it is written where no `log-format` was chosen.
//!
//! Source: uWSGI, `core/logging.c`, `uwsgi_logit_simple`: `[pid: 1|app: 0|req: 1/1] address (user) {38 vars in 696 bytes}
//! [Sun Mar 13 22:49:12 2016] GET /a => generated 47 bytes in 129 msecs (HTTP/1.1 200) 9 headers in 378 bytes (1 switches
//! on core 3)`, with a host before it where virtual hosting is on, a memory report where that is, and ` via sendfile() `,
//! ` via route() ` or ` via offload() ` before the protocol.
//!
//! The time is the start of the request, in the server's local time: no zone is written. The bytes are the body that the
//! application made. Mostly a web server in front takes it over its own protocol and buffers it: how much of it the client
//! got, this log does not know, so nothing is claimed of what the bytes mean. The address is `REMOTE_ADDR` as the web
//! server passed it on (the value of `X-Forwarded-For` with `log-x-forwarded-for`), empty for a UNIX socket.
//!
//! Where the line would be longer than 4,096 bytes uWSGI writes `0.0.0.0`, and `-` for user, method and target: it is a
//! record of a request without a client.
//!
//! Nothing is escaped. The texts that a client writes are bounded by the log's own words, which must stand in only one
//! place. Messages of uWSGI itself are directives where they begin with its own words; so are those of `SIGPIPE` and
//! `uwsgi_response_…`, which say that somebody went away and not in which record's request.
//!
//! What it cannot say: referer and agent, ranges, the size of the object, whether the transfer was cut.

use super::own::{Columns, Is};
use super::pieces::{number, until};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Bytes, Meaning, Record, Stamp, TimeBasis};
use crate::token::calendar::{Civil, Part};
use crate::token::cursor::{Cursor, Read, all, logged};
use crate::token::time::TimeCache;
use crate::token::{Leaf, Wrong, misshapen, no_time};
use memchr::memmem;
use std::sync::Arc;

const FAMILY: Family = Family::web_server("uwsgi");

const SAMPLE: &str = "[pid: 88185|app: 0|req: 1/1] 192.0.2.7 () {38 vars in 696 bytes} [Sun May 26 11:42:52 2024] GET /a.csv?b=c => generated 2326 bytes in 129 msecs (HTTP/1.1 200) 9 headers in 378 bytes (1 switches on core 3)";

pub(super) const FORMATS: &[Named] = &[Named::own("uwsgi", FAMILY, Origin::Seen, SAMPLE, || {
    Arc::new(Columns {
        name: "uwsgi",
        meaning: Meaning { time_basis: TimeBasis::Received, ..Meaning::UNKNOWN },
        separator: b' ',
        may_read: |line| {
            memmem::find(line, b"[pid: ").is_some()
                || memmem::find(line, b"uWSGI").is_some()
                || is_of_a_pipe(line)
        },
        read,
    })
})];

fn read<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    if is_message(line.rest, cache) {
        return Ok(Is::Directive);
    }
    record.host = before(line)?;
    number(line, "pid", b"|app: ", "`|app: `")?;
    signed(line, "app", b"|req: ", "`|req: `")?;
    signed(line, "req", b"/", "`/`")?;
    number(line, "req", b"] ", "`] `")?;
    record.client = logged(until(line, "remote_addr", b" (", "` (` before the user")?);
    line.field = "generated";
    let mut places = memmem::find_iter(line.rest, b" => generated ");
    let (Some(at), None) = (places.next(), places.next()) else {
        return line.refuse("one ` => generated `");
    };
    drop(places);
    let (asked, answered) = line.rest.split_at_checked(at).unwrap_or_default();
    let (user, rest) = user(line, asked)?;
    record.principal = logged(user);
    line.field = "time";
    let (rest, stamp) = ctime(rest, cache).map_err(crate::token::reason)?;
    (record.time, line.rest) = (stamp, rest);
    line.literal(b"] ", "`] ` behind the time")?;
    let method = until(line, "method", b" ", "a space behind the method")?;
    (record.method, record.target) = (logged(method), logged(line.rest));
    line.rest = answered;
    line.literal(b" => generated ", "` => generated `")?;
    answer(line, record)?;
    if record.client == Some(b"0.0.0.0") && record.method.is_none() && record.target.is_none() {
        record.client = None;
    }
    Ok(Is::Request)
}

/// The host and the memory report, if there are any, and `[pid: `.
fn before<'a>(line: &mut Cursor<'a>) -> Read<'a, Option<&'a [u8]>> {
    let text = until(line, "pid", b"[pid: ", "`[pid: `")?;
    let (host, report) = match memmem::find(text, b"{address space usage: ") {
        Some(at) => text.split_at_checked(at).unwrap_or_default(),
        None => (text, &[][..]),
    };
    let is_of_report = |byte: &u8| byte.is_ascii_alphanumeric() || b" :/{}".contains(byte);
    let fits = report.is_empty() || (report.ends_with(b"} ") && report.iter().all(is_of_report));
    match host.strip_suffix(b" ").unwrap_or(host) {
        name if fits && !name.contains(&b' ') && (name.is_empty() == host.is_empty()) => Ok(logged(name)),
        _ => Err(Wrong {
            kind: FaultKind::Syntax,
            expected: "a host and a memory report, or neither",
            at: text,
        }),
    }
}

/// As [`number`], for one that may be -1.
fn signed<'a>(
    line: &mut Cursor<'a>,
    field: &'static str,
    end: &[u8],
    expected: &'static str,
) -> Read<'a, u64> {
    line.rest = line.rest.strip_prefix(b"-").unwrap_or(line.rest);
    number(line, field, end, expected)
}

/// The user, and what stands behind `{38 vars in 696 bytes} [`.
fn user<'a>(line: &mut Cursor<'a>, asked: &'a [u8]) -> Read<'a, (&'a [u8], &'a [u8])> {
    line.field = "user";
    let vars = |rest: &'a [u8]| -> Read<'a, &'a [u8]> {
        let mut inner = Cursor::new(rest, b' ');
        number(&mut inner, "vars", b" vars in ", "` vars in `")?;
        number(&mut inner, "vars", b" bytes} [", "` bytes} [`")?;
        Ok(inner.rest)
    };
    let mut places = memmem::find_iter(asked, b") {")
        .filter_map(|at| Some((asked.get(..at)?, vars(asked.get(at + 3..)?).ok()?)));
    match (places.next(), places.next()) {
        (Some(found), None) => Ok(found),
        _ => Err(Wrong {
            kind: FaultKind::Syntax,
            expected: "one `) {38 vars in 696 bytes} [` behind the user",
            at: asked,
        }),
    }
}

/// `2326 bytes in 129 msecs (HTTP/1.1 200) 9 headers in 378 bytes (1 switches on core 3)`.
fn answer<'a>(line: &mut Cursor<'a>, record: &mut Record<'a>) -> Read<'a, ()> {
    record.bytes = Bytes::Logged(number(line, "generated", b" bytes in ", "` bytes in `")?);
    number(line, "duration", b" ", "a space behind the number")?;
    let behind = line.rest.strip_prefix(b"msecs").or_else(|| line.rest.strip_prefix(b"micros"));
    let Some(behind) = behind else { return line.refuse("`msecs` or `micros`") };
    let vias = [&b" ("[..], b" via sendfile() (", b" via route() (", b" via offload() ("];
    let Some(rest) = vias.iter().find_map(|via| behind.strip_prefix(*via)) else {
        return line.refuse("` (` or ` via sendfile() (` before the protocol");
    };
    line.rest = rest;
    let both = until(line, "status", b") ", "`)` behind the status")?;
    let at = memchr::memrchr(b' ', both).and_then(|at| both.split_at_checked(at));
    let Some((protocol, status)) = at else {
        return Err(Wrong { kind: FaultKind::Syntax, expected: "a protocol and a status", at: both });
    };
    record.protocol = logged(protocol);
    let status = status.get(1..).unwrap_or_default();
    let value = std::str::from_utf8(status).ok().filter(|_| status.iter().all(u8::is_ascii_digit));
    record.status = match value.and_then(|value| value.parse().ok()) {
        Some(value @ 0..=999) => Some(value),
        _ => return Err(Wrong { kind: FaultKind::Status, expected: "a status below 1000", at: status }),
    };
    number(line, "headers", b" headers in ", "` headers in `")?;
    number(line, "headers", b" bytes (", "` bytes (`")?;
    number(line, "switches", b" switches on core ", "` switches on core `")?;
    number(line, "core", b")", "`)`")?;
    line.end()
}

/// `Sun Mar 13 22:49:12 2016`; a day below 10 is padded with a space.
fn ctime<'a>(i: &'a [u8], cache: &mut TimeCache) -> Leaf<'a, Stamp<'a>> {
    let mut civil = Civil::default();
    let mut rest = i;
    let parts = [Part::WeekdayName, Part::MonthName, Part::Day, Part::Clock, Part::Year];
    for (place, part) in parts.into_iter().enumerate() {
        if place > 0 {
            rest = match rest.strip_prefix(b" ") {
                Some(rest) => rest,
                None => return misshapen("a time such as `Sun Mar 13 22:49:12 2016`", rest),
            };
        }
        rest = civil.read(part, rest, cache)?.0;
    }
    match civil.stamp() {
        Ok(stamp) => Ok((rest, stamp)),
        Err(wanted) => no_time(wanted, i),
    }
}

/// A message of uWSGI itself.
fn is_message(i: &[u8], cache: &mut TimeCache) -> bool {
    const BEGINS: [&[u8]; 6] = [
        b"*** Starting uWSGI ",
        b"*** uWSGI is running in ",
        b"spawned uWSGI ",
        b"[uWSGI] ",
        b"...gracefully killing workers...",
        b"uWSGI http bound on ",
    ];
    if BEGINS.iter().any(|begin| i.starts_with(begin)) {
        return true;
    }
    is_of_a_pipe(i) && i.split_at_checked(24).is_some_and(|(time, _)| all(time, |i| ctime(i, cache)).is_ok())
}

/// A time in 24 bytes, and one of the two messages that follow it.
fn is_of_a_pipe(i: &[u8]) -> bool {
    i.split_at_checked(24).is_some_and(|(_, rest)| {
        rest.starts_with(b" - SIGPIPE: writing to a closed pipe") || rest.starts_with(b" - uwsgi_response_")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Unit;
    use crate::format::tests::{self, fault, record, unit};
    use crate::record::Zone;

    fn changed(from: &str, to: &str) -> &'static str {
        tests::changed(SAMPLE, from, to)
    }

    #[test]
    fn a_request_is_read() {
        let read = record("uwsgi", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_716_723_772_000_000, zone: Zone::Absent });
        assert_eq!((read.client, read.principal, read.host), (Some(&b"192.0.2.7"[..]), None, None));
        assert_eq!((read.method, read.target), (Some(&b"GET"[..]), Some(&b"/a.csv?b=c"[..])));
        assert_eq!((read.protocol, read.request), (Some(&b"HTTP/1.1"[..]), None));
        assert_eq!((read.status, read.bytes), (Some(200), Bytes::Logged(2326)));
    }

    #[test]
    fn what_stands_before_and_between_is_read_or_passed_over() {
        let host = record("uwsgi", changed("[pid", "www.example.org [pid"));
        assert_eq!(host.host, Some(&b"www.example.org"[..]));
        let report = "{address space usage: 43212800 bytes/41MB} {rss usage: 2207744 bytes/2MB} [pid";
        assert_eq!(record("uwsgi", changed("[pid", report)).host, None);
        let both = format!("www.example.org {report}");
        assert_eq!(record("uwsgi", changed("[pid", &both)).host, Some(&b"www.example.org"[..]));
        for via in ["sendfile", "route", "offload"] {
            let line = changed("msecs (", &format!("msecs via {via}() ("));
            assert_eq!(record("uwsgi", line).status, Some(200));
        }
        assert_eq!(record("uwsgi", changed("129 msecs", "68 micros")).status, Some(200));
        assert_eq!(record("uwsgi", changed("app: 0|req: 1/1", "app: -1|req: -1/4")).status, Some(200));
        assert_eq!(record("uwsgi", changed("May 26", "May  5")).time.local_us, 1_714_909_372_000_000);
    }

    #[test]
    fn users_errors_and_empty_bodies_are_read() {
        let read = record("uwsgi", changed("192.0.2.7 ()", "198.51.100.4, 203.0.113.9 (kim (x) lee)"));
        assert_eq!(read.client, Some(&b"198.51.100.4, 203.0.113.9"[..]));
        assert_eq!(read.principal, Some(&b"kim (x) lee"[..]));
        let read = record("uwsgi", changed("192.0.2.7 ()", " ()"));
        assert_eq!(read.client, None, "a UNIX socket");
        let read = record("uwsgi", changed("generated 2326", "generated 0"));
        assert_eq!(read.bytes, Bytes::Logged(0));
        assert_eq!(record("uwsgi", changed("1.1 200", "1.1 500")).status, Some(500));
        assert_eq!(record("uwsgi", changed("1.1 200", "1.1 0")).status, Some(0));
    }

    #[test]
    fn a_line_that_was_too_long_has_no_client() {
        let line = changed("192.0.2.7 ()", "0.0.0.0 ()").replacen("GET /a.csv?b=c", "- -", 1);
        let line = Box::leak(line.replacen("(HTTP/1.1 200)", "(- 200)", 1).into_boxed_str());
        let read = record("uwsgi", line);
        assert_eq!((read.client, read.method, read.target), (None, None, None));
        assert_eq!((read.protocol, read.status, read.bytes), (None, Some(200), Bytes::Logged(2326)));
        assert_eq!(record("uwsgi", changed("192.0.2.7 ()", "0.0.0.0 ()")).client, Some(&b"0.0.0.0"[..]));
    }

    #[test]
    fn words_of_the_log_in_a_clients_text_are_never_guessed() {
        let spaced = record("uwsgi", changed("/a.csv?b=c", "/a b) {c"));
        assert_eq!(spaced.target, Some(&b"/a b) {c"[..]));
        let forged = changed("/a.csv?b=c", "/a => generated 1 bytes in 1 msecs (HTTP/1.1 404) x");
        assert_eq!(fault("uwsgi", forged).1, "generated");
        let forged = changed("/a.csv?b=c", "/a) {1 vars in 2 bytes} [Sun May 26 11:42:52 2024] GET /b");
        assert_eq!(fault("uwsgi", forged).1, "user");
    }

    #[test]
    fn what_is_wrong_is_named_by_its_column() {
        for (from, to, field) in [
            ("[pid: 88185", "[pid: x", "pid"),
            ("[pid", "two words [pid", "pid"),
            ("May 26", "May 32", "time"),
            ("11:42:52", "24:00:00", "time"),
            ("generated 2326", "generated -", "generated"),
            ("msecs", "hours", "duration"),
            ("1.1 200", "1.1 2000", "status"),
            ("9 headers", "many headers", "headers"),
            ("core 3)", "core 3", "core"),
            ("core 3)", "core 3) x", "line"),
        ] {
            assert_eq!(fault("uwsgi", changed(from, to)).1, field, "{to}");
        }
    }

    #[test]
    fn messages_of_uwsgi_are_directives_and_others_are_not() {
        for line in [
            "*** Starting uWSGI 2.0.20 (64bit) on [Sun May 26 11:42:52 2024] ***",
            "spawned uWSGI worker 1 (pid: 8, cores: 1)",
            "Sun May 26 11:42:52 2024 - SIGPIPE: writing to a closed pipe/socket/fd (probably the client disconnected) on request /a (ip 192.0.2.7) !!!",
            "Sun May 26 11:42:52 2024 - uwsgi_response_write_body_do(): Broken pipe [core/writer.c line 296] during GET /a (192.0.2.7)",
        ] {
            assert_eq!(unit("uwsgi", line), Unit::Directive, "{line}");
        }
        for line in [
            "Traceback (most recent call last):",
            "Mon Mai 26 11:42:52 2024 - SIGPIPE: writing to a closed pipe/socket/fd",
            "192.0.2.7 - - [26/May/2024:11:42:52 +0000] \"GET /uWSGI HTTP/1.1\" 200 2326",
        ] {
            assert!(matches!(unit("uwsgi", line), Unit::Fault(_)), "{line}");
        }
    }
}
