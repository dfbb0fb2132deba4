//! Pure-FTPd: its messages behind syslog, and two of its alternative logs (`-O stats:`, `-O clf:`). The third, xferlog, is
//! read as such, and the fourth (`-O w3c:`) has a header of W3C's and the methods `[]sent` and `[]created`.
//!
//! Sources: Pure-FTPd's `ftpd.c` (`logfile`, `displayrate`, `doretr`), `altlog.c`, `messages_en.h`. Written from source,
//! not yet seen in a real file.
//!
//! Every transfer is logged when it ends, *however* it ends: `downloaded`, and `200` in its CLF, are also written where
//! the client broke off. The word is read as status 200, so no line tells a whole download from a cut one. The bytes
//! are those handed to the connection, from the place where the client resumed; in a text transfer each line end counts
//! twice. So a count below the file's size shows a part, but no count proves the whole: they are taken as bytes on the
//! wire.
//!
//! The message has no time; syslog's is used. Words other than `downloaded` and `uploaded` (the server can be built to
//! speak other languages) are faults if the line counts bytes; what counts no bytes is a message, a directive.
//!
//! `stats` states the time in seconds since 1970. The CLF states local time with an offset whose *sign is inverted* on
//! systems that have `tm_gmtoff` (Linux, the BSDs), and right on others: it cannot be trusted, so `pure-ftpd-clf` drops it
//! and the zone has to be declared. It looks like common log format and is read only where it is asked for.

use super::own::{Columns, Is};
use super::wrapped::{Meant, Untimed};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{ByteSemantics, Bytes, Meaning, Operation, Record, TimeBasis, Zone};
use crate::token::cursor::{Cursor, Read, all, logged};
use crate::token::time::{EpochUnit, TimeCache, epoch};
use crate::token::{Wrong, number};
use std::sync::Arc;

const FAMILY: Family = Family::of("pure-ftpd");

const MESSAGE: &str = "(kim@192.0.2.7) [NOTICE] /srv/exports/a b.csv downloaded  (40120 bytes, 931.38KB/sec)";
const STATS: &str = "1699646712 654e8b2a.1f40 kim 192.0.2.7 D 40120 3 /srv/exports/a b.csv";
const CLF: &str = r#"192.0.2.7 - kim [10/Nov/2023:20:05:12 -0100] "GET /srv/exports/a%20b.csv" 200 40120"#;

const MEANING: Meaning =
    Meaning { time_basis: TimeBasis::Completed, bytes: ByteSemantics::WireWritten, ..Meaning::UNKNOWN };

pub(super) const FORMATS: &[Named] = &[
    Named::own("pure-ftpd", FAMILY, Origin::Documentation, MESSAGE, || {
        Arc::new(Untimed(Columns {
            name: "pure-ftpd",
            meaning: Meaning { time_basis: TimeBasis::Unknown, ..MEANING },
            separator: b' ',
            may_read: |line| line.starts_with(b"("),
            read: message,
        }))
    }),
    Named::own("pure-ftpd-stats", FAMILY, Origin::Documentation, STATS, || {
        Arc::new(Columns {
            name: "pure-ftpd-stats",
            meaning: MEANING,
            separator: b' ',
            may_read: begins_in_seconds,
            read: stats,
        })
    }),
    Named {
        sniffed: false,
        ..Named::own("pure-ftpd-clf", FAMILY, Origin::Documentation, CLF, || {
            let meaning = Meaning { dash_is_zero: true, ..MEANING };
            Meant::apache("pure-ftpd-clf", r#"%h %l %u %t "%r" %>s %b"#, meaning, |record| {
                record.time.zone = Zone::Absent;
            })
        })
    },
];

fn wrong<'a, T>(expected: &'static str, at: &'a [u8]) -> Read<'a, T> {
    Err(Wrong { kind: FaultKind::Syntax, expected, at })
}

/// `(user@host) [LEVEL] text`.
fn message<'a>(line: &mut Cursor<'a>, _cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    line.field = "user";
    line.literal(b"(", "`(` before user and host")?;
    let end = memchr::memmem::find(line.rest, b") [").and_then(|at| line.rest.split_at_checked(at));
    let Some((who, rest)) = end else { return line.refuse("`) [` behind the host") };
    let Some(at) = memchr::memrchr(b'@', who) else { return wrong("`@` between user and host", who) };
    let known = |text: &'a [u8]| logged(text).filter(|text| *text != b"?");
    let (user, host) = who.split_at_checked(at).unwrap_or_default();
    (record.principal, record.client) = (known(user), host.get(1..).and_then(known));
    line.field = "level";
    line.rest = rest.get(3..).unwrap_or_default();
    let level = memchr::memmem::find(line.rest, b"] ").and_then(|at| line.rest.split_at_checked(at));
    let (level, text) = level.unwrap_or((line.rest, &[]));
    let text = text.get(2..).unwrap_or_default();
    match level {
        b"NOTICE" if text.ends_with(b"KB/sec)") => transfer(line, text, record),
        b"NOTICE" | b"INFO" | b"WARNING" | b"ERROR" | b"DEBUG" => Ok(Is::Directive),
        _ => wrong("a level such as `NOTICE`", level),
    }
}

/// `/path downloaded  (40120 bytes, 931.38KB/sec)`, read from its end.
fn transfer<'a>(line: &mut Cursor<'a>, text: &'a [u8], record: &mut Record<'a>) -> Read<'a, Is> {
    line.field = "bytes";
    let counted = text.strip_suffix(b"KB/sec)").unwrap_or_default();
    let Some(at) = memchr::memmem::rfind(counted, b" (") else {
        return wrong("bytes and a rate in brackets", text);
    };
    let (before, counted) = counted.split_at_checked(at).unwrap_or_default();
    let counted = counted.get(2..).unwrap_or_default();
    let Some(at) = memchr::memmem::find(counted, b" bytes, ") else {
        return wrong("` bytes, ` behind the number", counted);
    };
    let (count, rate) = counted.split_at_checked(at).unwrap_or_default();
    record.bytes = Bytes::Logged(all(count, number::unsigned)?);
    line.field = "rate";
    all(rate.get(8..).unwrap_or_default(), number::skipped)?;
    line.field = "action";
    let (path, operation) = match (before.strip_suffix(b" downloaded "), before.strip_suffix(b" uploaded ")) {
        (Some(path), _) => (path, Operation::Read),
        (_, Some(path)) => (path, Operation::Other),
        _ => return wrong("`downloaded` or `uploaded` before the bytes", before),
    };
    line.field = "path";
    if path.is_empty() {
        return wrong("a path", text);
    }
    (record.target, record.operation, record.status) = (Some(path), operation, Some(200));
    Ok(Is::Request)
}

/// Nine digits are seconds since 1973, which is before all FTP.
fn begins_in_seconds(line: &[u8]) -> bool {
    line.get(..9).is_some_and(|head| head.iter().all(u8::is_ascii_digit))
}

/// `1699646712 654e8b2a.1f40 kim 192.0.2.7 D 40120 3 /path`.
fn stats<'a>(line: &mut Cursor<'a>, _cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    line.field = "date";
    if !begins_in_seconds(line.rest) {
        return line.refuse("seconds since 1970");
    }
    record.time = line.by("date", |i| epoch(i, EpochUnit::Seconds))?;
    let session = line.word("start.pid")?;
    let mut parts = session.split(|byte| *byte == b'.');
    let is_hex = |part: Option<&[u8]>| {
        part.is_some_and(|part| !part.is_empty() && part.iter().all(u8::is_ascii_hexdigit))
    };
    if !(is_hex(parts.next()) && is_hex(parts.next()) && parts.next().is_none()) {
        return wrong("two hexadecimal numbers and a dot between", session);
    }
    record.principal = line.some("user")?;
    record.client = line.some("ip")?;
    let direction = line.word("u/d")?;
    record.operation = match direction {
        b"D" => Operation::Read,
        b"U" => Operation::Other,
        _ => return wrong("`D` or `U`", direction),
    };
    record.bytes = Bytes::Logged(line.by("size", number::unsigned)?);
    line.by("duration", number::unsigned)?;
    line.begin("file")?;
    if line.is_at_end() {
        return line.refuse("a path");
    }
    (record.target, record.status) = (Some(line.rest), Some(200));
    line.rest = &[];
    Ok(Is::Request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tests::{fault, record, unit};
    use crate::format::{Format, Unit, named};
    use crate::record::{Abort, Stamp};
    use crate::unit::read;

    #[test]
    fn a_download_is_read_from_its_end() {
        let read = record("pure-ftpd", MESSAGE);
        assert_eq!((read.client, read.principal), (Some(&b"192.0.2.7"[..]), Some(&b"kim"[..])));
        assert_eq!((read.target, read.bytes), (Some(&b"/srv/exports/a b.csv"[..]), Bytes::Logged(40120)));
        assert_eq!((read.status, read.abort, read.operation), (Some(200), Abort::Unlogged, Operation::Read));
        let odd = "(a@example.org@192.0.2.7) [NOTICE] /a downloaded  (5 bytes, 1.00KB/sec) downloaded  (0 bytes, 0.00KB/sec)";
        let read = record("pure-ftpd", odd);
        assert_eq!(read.principal, Some(&b"a@example.org"[..]));
        assert_eq!(
            (read.target, read.bytes),
            (Some(&b"/a downloaded  (5 bytes, 1.00KB/sec)"[..]), Bytes::Logged(0))
        );
    }

    #[test]
    fn the_time_is_that_of_syslog() {
        let formats: [Arc<dyn Format>; 1] = [named("pure-ftpd", None).unwrap()];
        let (mut scratch, mut cache) = (Vec::new(), TimeCache::default());
        let line = format!("2023-11-10T20:05:12+01:00 ftp1 pure-ftpd: {MESSAGE}");
        let unit = read(&formats, line.as_bytes(), &mut scratch, &mut cache).unit;
        let Unit::Record(record) = unit else { panic!("{unit:?}") };
        assert_eq!(record.time, Stamp { local_us: 1_699_646_712_000_000, zone: Zone::Offset(3600) });
        assert_eq!(record.target, Some(&b"/srv/exports/a b.csv"[..]));
        let yearless = format!("Nov 10 20:05:12 ftp1 pure-ftpd[77]: {MESSAGE}");
        let unit = read(&formats, yearless.as_bytes(), &mut scratch, &mut cache).unit;
        assert!(matches!(unit, Unit::Fault(fault) if fault.kind == FaultKind::Time));
    }

    #[test]
    fn an_upload_is_no_reading_and_messages_are_directives() {
        let read = record("pure-ftpd", "(?@192.0.2.7) [NOTICE] /in/b uploaded  (7 bytes, 0.10KB/sec)");
        assert_eq!((read.operation, read.principal), (Operation::Other, None));
        for text in [
            "(?@192.0.2.7) [INFO] New connection from 192.0.2.7",
            "(?@192.0.2.7) [WARNING] Authentication failed for user [kim]",
            "(kim@192.0.2.7) [NOTICE] Deleted /in/b",
            "(kim@192.0.2.7) [NOTICE] Restarting at 100",
            "(kim@192.0.2.7) [DEBUG] Command [retr] [a.csv]",
        ] {
            assert_eq!(unit("pure-ftpd", text), Unit::Directive, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_in_a_message_is_named() {
        let named = |text| fault("pure-ftpd", text).1;
        assert_eq!(named("(k@192.0.2.7) [NOTICE] /a telecharge  (5 bytes, 1.00KB/sec)"), "action");
        assert_eq!(named("(k@192.0.2.7) [NOTICE] /a downloaded  (x bytes, 1.00KB/sec)"), "bytes");
        assert_eq!(named("(k@192.0.2.7) [NOTICE] /a downloaded  (5 bytes, fastKB/sec)"), "rate");
        assert_eq!(named("(k@192.0.2.7) [LOUD] /a"), "level");
        assert_eq!(named("(k) [INFO] a"), "user");
        assert_eq!(named("(k@192.0.2.7) and more"), "user");
    }

    #[test]
    fn the_stats_log_states_a_transfer() {
        let read = record("pure-ftpd-stats", STATS);
        let time = Stamp { local_us: 1_699_646_712_000_000, zone: Zone::Offset(0) };
        assert_eq!((read.time, read.client), (time, Some(&b"192.0.2.7"[..])));
        assert_eq!((read.principal, read.operation), (Some(&b"kim"[..]), Operation::Read));
        assert_eq!((read.bytes, read.target), (Bytes::Logged(40120), Some(&b"/srv/exports/a b.csv"[..])));
        let named = |text| fault("pure-ftpd-stats", text).1;
        assert_eq!(named("12 6.1 kim h D 5 3 /a"), "date");
        assert_eq!(named("1699646712 654e8b2a kim h D 5 3 /a"), "start.pid");
        assert_eq!(named("1699646712 6.1 kim h X 5 3 /a"), "u/d");
        assert_eq!(named("1699646712 6.1 kim h D 5 3"), "file");
        assert_eq!(named("1699646712 6.1 kim h D 5 3x /a"), "file");
        let other = record("pure-ftpd-stats", "1699646712 6.1 - - U 0 0 /a");
        assert_eq!((other.client, other.operation), (None, Operation::Other));
    }

    /// The sign of its offset depends on the system that it ran on.
    #[test]
    fn the_zone_of_its_clf_is_dropped() {
        let read = record("pure-ftpd-clf", CLF);
        assert_eq!(read.time, Stamp { local_us: 1_699_646_712_000_000, zone: Zone::Absent });
        assert_eq!((read.method, read.target), (Some(&b"GET"[..]), Some(&b"/srv/exports/a%20b.csv"[..])));
        assert_eq!((read.status, read.bytes), (Some(200), Bytes::Logged(40120)));
        assert_eq!(named("pure-ftpd-clf", None).unwrap().meaning().bytes, ByteSemantics::WireWritten);
    }
}
