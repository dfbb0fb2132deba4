//! vsftpd's own log (`vsftpd_log_file`; the same text behind syslog where `syslog_enable` is set).
//!
//! Source: vsftpd's `logging.c`, `postlogin.c` and `ftpdataio.c` (2.0 to 3.0), and real lines. The time is read when the
//! line is written, which for a transfer is after the connection was closed; it is local, and no zone is written. The
//! bytes are those handed to the connection, counted from the place where the client resumed (`REST`): they are written
//! only where there were any, so a transfer without them carried nothing. Of a transfer as text each line end is counted
//! twice, and the log does not say which was one: a count below the file's size shows a part, and no count proves the whole. `OK` is written where all was sent, `FAIL`
//! where reading or sending failed or nothing was sent at all: a download that failed with bytes was cut. Status 200
//! stands for `OK`, 0 for `FAIL`; FTP's own answers are not logged.
//!
//! Requests are transfers and what else is done to files. `CONNECT`, `LOGIN`, `DEBUG` and the dialogue (`FTP command`,
//! `FTP response`, with `log_ftp_protocol`) are directives.
//!
//! Users and paths are written raw; what cannot be printed is `?`, so two names may look the same. A name that holds
//! `: Client "` can be made to look like another line and is a fault.
//!
//! What it cannot say: the size of the file, where a download was resumed, whether it was sent as text (then each line end
//! is two bytes), and what was listed.

use super::own::{Columns, Is};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Abort, ByteSemantics, Bytes, Meaning, Operation, Record, TimeBasis};
use crate::token::ctime::ctime;
use crate::token::cursor::{Cursor, Read, all, logged};
use crate::token::time::TimeCache;
use crate::token::{Wrong, number};
use std::sync::Arc;

const FAMILY: Family = Family::of("vsftpd");

const SAMPLE: &str = r#"Mon Jun  6 18:44:25 2016 [pid 3] [kim] OK DOWNLOAD: Client "192.0.2.7", "/exports/a b.csv", 40120 bytes, 14548.71Kbyte/sec"#;

pub(super) const FORMATS: &[Named] = &[Named::own("vsftpd", FAMILY, Origin::Seen, SAMPLE, || {
    Arc::new(Columns {
        name: "vsftpd",
        meaning: Meaning {
            time_basis: TimeBasis::Completed,
            bytes: ByteSemantics::WireWritten,
            ..Meaning::UNKNOWN
        },
        separator: b' ',
        may_read: |line| line.get(24..).is_some_and(|rest| rest.starts_with(b" [pid ")),
        read,
    })
})];

/// Stands between what was done and who did it.
const CLIENT: &[u8] = b": Client \"";

fn read<'a>(line: &mut Cursor<'a>, _cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    record.time = line.by("time", ctime)?;
    line.field = "pid";
    line.literal(b" [pid ", "` [pid ` behind the time")?;
    let (rest, _) = number::unsigned(line.rest).map_err(crate::token::reason)?;
    line.rest = rest;
    line.literal(b"] ", "`] ` behind the process id")?;
    line.field = "action";
    let (head, tail) = parted(line)?;
    let (user, action) = match head.strip_prefix(b"[") {
        None => (None, head),
        Some(inner) => match memchr::memmem::rfind(inner, b"] ").and_then(|at| inner.split_at_checked(at)) {
            Some((user, action)) => (logged(user), action.get(2..).unwrap_or_default()),
            None => return line.refuse("`] ` behind the user"),
        },
    };
    line.field = "client";
    let quote = memchr::memchr(b'"', tail).and_then(|at| tail.split_at_checked(at));
    let Some((client, behind)) = quote else { return wrong("a quote behind the client", tail) };
    let behind = behind.get(1..).unwrap_or_default();
    (record.client, record.principal) = (logged(client), user);
    line.field = "action";
    let (is_ok, word) = match (action.strip_prefix(b"OK "), action.strip_prefix(b"FAIL ")) {
        (Some(word), _) => (true, word),
        (_, Some(word)) => (false, word),
        _ => return message(line, action, behind),
    };
    record.status = Some(if is_ok { 200 } else { 0 });
    match word {
        b"DOWNLOAD" => {
            let bytes = transfer(line, behind, record)?;
            record.operation = Operation::Read;
            record.abort = match (is_ok, bytes) {
                (true, _) => Abort::Whole,
                (false, 1..) => Abort::Cut,
                (false, 0) => Abort::Unlogged,
            };
        }
        b"UPLOAD" => {
            transfer(line, behind, record)?;
            record.operation = Operation::Other;
        }
        b"MKDIR" | b"DELETE" | b"RENAME" | b"RMDIR" | b"CHMOD" => {
            line.field = "path";
            record.target = Some(path(behind)?);
            record.operation = Operation::Other;
        }
        b"LOGIN" => return message(line, b"CONNECT", behind),
        _ => return wrong("an action such as `DOWNLOAD`", word),
    }
    Ok(Is::Request)
}

fn wrong<'a, T>(expected: &'static str, at: &'a [u8]) -> Read<'a, T> {
    Err(Wrong { kind: FaultKind::Syntax, expected, at })
}

/// What stands before and behind [`CLIENT`].
fn parted<'a>(line: &Cursor<'a>) -> Read<'a, (&'a [u8], &'a [u8])> {
    let mut marks = memchr::memmem::find_iter(line.rest, CLIENT);
    match (marks.next(), marks.next()) {
        (Some(at), None) => {
            let (head, tail) = line.rest.split_at_checked(at).unwrap_or_default();
            Ok((head, tail.get(CLIENT.len()..).unwrap_or_default()))
        }
        (None, _) => line.refuse("`: Client \"` behind the action"),
        (Some(_), Some(_)) => line.refuse("one `: Client \"`; there are several, and one is a name's"),
    }
}

/// A line that is no request.
fn message<'a>(line: &mut Cursor<'a>, action: &'a [u8], behind: &'a [u8]) -> Read<'a, Is> {
    if !matches!(action, b"CONNECT" | b"FTP command" | b"FTP response" | b"DEBUG") {
        return wrong("an action such as `OK DOWNLOAD`", action);
    }
    line.field = "text";
    match behind {
        [] | [b',', b' ', .., b'"'] => Ok(Is::Directive),
        _ => wrong("a text in quotes, or the end of the line", behind),
    }
}

/// `, "/path"`.
fn path(i: &[u8]) -> Read<'_, &[u8]> {
    match i.strip_prefix(b", \"").and_then(|inner| inner.strip_suffix(b"\"")) {
        Some(path) if !path.is_empty() => Ok(path),
        _ => wrong("a path in quotes", i),
    }
}

/// `, "/path", 40120 bytes, 14548.71Kbyte/sec`, read from its end; says how many bytes.
fn transfer<'a>(line: &mut Cursor<'a>, i: &'a [u8], record: &mut Record<'a>) -> Read<'a, u64> {
    line.field = "rate";
    let Some((before, rate)) = i.strip_suffix(b"Kbyte/sec").and_then(last) else {
        return wrong("a rate in `Kbyte/sec` at the end", i);
    };
    if !is_rate(rate) {
        return wrong("a rate such as `14548.71`", rate);
    }
    line.field = "bytes";
    let (before, bytes) = match before.strip_suffix(b" bytes") {
        None => (before, 0),
        Some(counted) => match last(counted) {
            Some((before, count)) => (before, all(count, number::unsigned)?),
            None => return wrong("a number of bytes behind a comma", counted),
        },
    };
    line.field = "path";
    (record.target, record.bytes) = (Some(path(before)?), Bytes::Logged(bytes));
    Ok(bytes)
}

/// What stands before and behind the last `, `.
fn last(i: &[u8]) -> Option<(&[u8], &[u8])> {
    let space = memchr::memrchr(b' ', i)?;
    let (before, text) = i.split_at_checked(space)?;
    Some((before.strip_suffix(b",")?, text.get(1..)?))
}

/// `14548.71`; what C prints where no time passed, or the clock was put back.
fn is_rate(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    matches!(text, b"inf" | b"nan")
        || (text.first().is_some_and(u8::is_ascii_digit)
            && text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Unit;
    use crate::format::tests::{fault, record, unit};
    use crate::record::{Stamp, Zone};

    const HEAD: &str = "Mon Jun  6 18:43:41 2016 [pid 3] ";

    fn line(rest: &str) -> &'static str {
        Box::leak(format!("{HEAD}{rest}").into_boxed_str())
    }

    #[test]
    fn a_download_is_read_to_its_end() {
        let read = record("vsftpd", SAMPLE);
        let time = Stamp { local_us: 1_465_238_665_000_000, zone: Zone::Absent };
        assert_eq!((read.time, read.client), (time, Some(&b"192.0.2.7"[..])));
        assert_eq!((read.principal, read.target), (Some(&b"kim"[..]), Some(&b"/exports/a b.csv"[..])));
        assert_eq!((read.status, read.bytes), (Some(200), Bytes::Logged(40120)));
        assert_eq!((read.operation, read.abort), (Operation::Read, Abort::Whole));
        assert_eq!((read.method, read.request, read.size, read.agent), (None, None, None, None));
    }

    #[test]
    fn a_failed_download_was_cut_if_it_carried_bytes() {
        let read = |text| {
            let read = record("vsftpd", line(text));
            (read.status, read.bytes, read.abort)
        };
        assert_eq!(
            read(r#"[kim] FAIL DOWNLOAD: Client "192.0.2.7", "/a", 5 bytes, 0.10Kbyte/sec"#),
            (Some(0), Bytes::Logged(5), Abort::Cut)
        );
        assert_eq!(
            read(r#"[kim] FAIL DOWNLOAD: Client "192.0.2.7", "/a*", 0.00Kbyte/sec"#),
            (Some(0), Bytes::Logged(0), Abort::Unlogged)
        );
    }

    #[test]
    fn an_empty_file_has_no_bytes_and_maybe_no_rate() {
        for rate in ["0.00", "-nan", "nan", "inf", "-3.10"] {
            let text = format!(r#"[kim] OK DOWNLOAD: Client "192.0.2.7", "/empty", {rate}Kbyte/sec"#);
            let read = record("vsftpd", line(&text));
            assert_eq!((read.bytes, read.status), (Bytes::Logged(0), Some(200)), "{rate}");
        }
    }

    #[test]
    fn what_is_done_to_files_is_no_reading() {
        for (text, target) in [
            (
                r#"[kim] OK UPLOAD: Client "192.0.2.7", "/in/b.jpg", 7664 bytes, 1826.35Kbyte/sec"#,
                "/in/b.jpg",
            ),
            (r#"[kim] OK MKDIR: Client "192.0.2.7", "/in""#, "/in"),
            (r#"[kim] FAIL DELETE: Client "::ffff:192.0.2.7", "/in/b.jpg""#, "/in/b.jpg"),
            (r#"[kim] OK RENAME: Client "192.0.2.7", "/a /b""#, "/a /b"),
        ] {
            let read = record("vsftpd", line(text));
            assert_eq!((read.operation, read.target), (Operation::Other, Some(target.as_bytes())), "{text}");
        }
    }

    #[test]
    fn sessions_and_dialogue_are_directives() {
        for text in [
            r#"CONNECT: Client "192.0.2.7""#,
            r#"[kim] OK LOGIN: Client "192.0.2.7""#,
            r#"[ftp] OK LOGIN: Client "192.0.2.7", anon password "n""#,
            r#"[a] b] FAIL LOGIN: Client "192.0.2.7""#,
            r#"[kim] FTP command: Client "192.0.2.7", "RETR a.csv""#,
            r#"FTP response: Client "192.0.2.7", "220 (vsFTPd 3.0.3)""#,
            r#"DEBUG: Client "192.0.2.7", "SSL version: TLSv1.2""#,
        ] {
            assert_eq!(unit("vsftpd", line(text)), Unit::Directive, "{text}");
        }
    }

    /// Nothing is escaped in names.
    #[test]
    fn quotes_and_commas_of_a_path_are_text() {
        let text = r#"[kim] OK DOWNLOAD: Client "192.0.2.7", "/a", 5 bytes", 0.00Kbyte/sec"#;
        let read = record("vsftpd", line(text));
        assert_eq!((read.target, read.bytes), (Some(&br#"/a", 5 bytes"#[..]), Bytes::Logged(0)));
    }

    /// A login that failed can have any name.
    #[test]
    fn a_name_that_looks_like_a_line_is_a_fault() {
        let text = r#"[x] OK DOWNLOAD: Client "192.0.2.9", "/a", 5 bytes, 1.00Kbyte/sec] FAIL LOGIN: Client "192.0.2.7""#;
        assert_eq!(fault("vsftpd", line(text)).1, "action");
    }

    #[test]
    fn what_is_wrong_is_named_by_its_column() {
        let named = |text: &str| fault("vsftpd", line(text)).1;
        assert_eq!(named(r#"[kim] OK DOWNLOAD: Client "192.0.2.7", "/a", 5 bytes"#), "rate");
        assert_eq!(named(r#"[kim] OK DOWNLOAD: Client "192.0.2.7", "/a", x bytes, 1.00Kbyte/sec"#), "bytes");
        assert_eq!(named(r#"[kim] OK DOWNLOAD: Client "192.0.2.7", 5 bytes, 1.00Kbyte/sec"#), "path");
        assert_eq!(named(r#"[kim] OK FETCH: Client "192.0.2.7", "/a""#), "action");
        assert_eq!(named(r#"[kim] DOWNLOAD: Client "192.0.2.7", "/a""#), "action");
        assert_eq!(named(r#"CONNECT: Client "192.0.2.7" and more"#), "text");
        assert_eq!(named("CONNECT: Client \"192.0.2.7"), "client");
        let time = r#"Tue Jun 31 18:43:41 2016 [pid 3] CONNECT: Client "192.0.2.7""#;
        assert_eq!(fault("vsftpd", time).0, FaultKind::Time);
        let xferlog = "Mon Jun  6 18:43:41 2016 1 192.0.2.7 5 /a b _ o r kim ftp 0 * c";
        assert_eq!(fault("vsftpd", xferlog).1, "pid");
    }
}
