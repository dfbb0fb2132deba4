//! ProFTPD's `ExtendedLog`: one line a command, in a `LogFormat` of the server's.
//!
//! Source: ProFTPD's `mod_log.c` and howto "Logging". Written from documentation; a line of the first shape has been
//! described, none was kept. Two shapes are known: `%t %a %u %m "%f" %s %b` (`proftpd-extended`: path on the server's disk)
//! and the built-in `%h %l %u %t "%r" %s %b` (`proftpd-default`). The latter is common log format by its looks, so it is
//! read only where it is asked for: a web server's reading of it would take `226` for HTTP and `RETR` for a method that is
//! not listed.
//!
//! The time is that of the log's writing, with the zone. What it says of a transfer (begin or end) and what `%b` counts
//! is not documented, and unknown here. The answer is FTP's (RFC 959): 2xx is read as status 200, anything else as 0, and
//! 426 ("connection closed; transfer aborted") is the mark of a cut. `RETR` reads; `LIST`, `NLST`, `MLSD` and `STAT` list;
//! `SIZE`, `MDTM` and `MLST` ask about a file. In `proftpd-default` the target is what the client typed: a path that
//! starts with no `/` lies in a directory that this line does not say.
//!
//! Nothing is escaped. A quote inside the quoted column can make one line look like another, so it is a fault.

use super::own::{Columns, Is, ReadColumns};
use super::{Family, Format, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Abort, Bytes, Meaning, Operation, Record};
use crate::token::cursor::{Cursor, Read, all, logged};
use crate::token::time::{TimeCache, clf};
use crate::token::{Wrong, number};
use std::sync::Arc;

const FAMILY: Family = Family::of("proftpd");

const EXTENDED: &str = r#"[10/Nov/2023:20:05:12 +0100] 192.0.2.7 kim RETR "/srv/exports/a b.csv" 226 997"#;
const DEFAULT: &str =
    r#"host.example.org - kim [10/Nov/2023:20:05:12 +0100] "RETR /exports/a b.csv" 226 997"#;

pub(super) const FORMATS: &[Named] = &[
    Named::own("proftpd-extended", FAMILY, Origin::Documentation, EXTENDED, || {
        columns("proftpd-extended", |line| line.starts_with(b"[") && ends_in_bytes(line), extended)
    }),
    Named {
        sniffed: false,
        ..Named::own("proftpd-default", FAMILY, Origin::Documentation, DEFAULT, || {
            columns("proftpd-default", ends_in_bytes, default)
        })
    },
];

fn columns(name: &'static str, may_read: fn(&[u8]) -> bool, read: ReadColumns) -> Arc<dyn Format> {
    Arc::new(Columns { name, meaning: Meaning::UNKNOWN, separator: b' ', may_read, read })
}

fn ends_in_bytes(line: &[u8]) -> bool {
    matches!(line, [.., b'0'..=b'9' | b'-'])
}

fn extended<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    line.begin("%t")?;
    time(line, cache, record)?;
    record.client = line.some("%a")?;
    record.principal = line.some("%u")?;
    let method = line.word("%m")?;
    record.operation = operation(method)?;
    if method == b"SITE" {
        line.word("%m")?;
    }
    line.begin("%f")?;
    record.target = logged(answered(line, ["%f", "%s", "%b"], record)?);
    Ok(Is::Request)
}

fn default<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    record.client = line.some("%h")?;
    line.word("%l")?;
    record.principal = line.some("%u")?;
    line.begin("%t")?;
    time(line, cache, record)?;
    line.begin("%r")?;
    let request = answered(line, ["%r", "%s", "%b"], record)?;
    let cut = memchr::memchr(b' ', request).and_then(|at| request.split_at_checked(at));
    let (method, rest) = cut.unwrap_or((request, &[]));
    line.field = "%r";
    record.operation = operation(method)?;
    record.target = rest.get(1..).and_then(logged);
    record.request = Some(request);
    Ok(Is::Request)
}

fn time<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, ()> {
    line.literal(b"[", "`[` before the time")?;
    let (rest, stamp) = clf(line.rest, cache).map_err(crate::token::reason)?;
    (line.rest, record.time) = (rest, stamp);
    line.literal(b"]", "`]` behind the time")
}

/// What a command does, by its word: capital letters, as ProFTPD compares them.
fn operation(command: &[u8]) -> Read<'_, Operation> {
    Ok(match command {
        b"RETR" => Operation::Read,
        b"LIST" | b"NLST" | b"MLSD" | b"STAT" => Operation::List,
        b"SIZE" | b"MDTM" | b"MLST" => Operation::Learn,
        _ if (3..=8).contains(&command.len()) && command.iter().all(u8::is_ascii_uppercase) => {
            Operation::Other
        }
        _ => return wrong("a command such as `RETR`", command),
    })
}

fn wrong<'a, T>(expected: &'static str, at: &'a [u8]) -> Read<'a, T> {
    Err(Wrong { kind: FaultKind::Syntax, expected, at })
}

/// `"text" 226 997` to the end of the line: the text, without its quotes.
fn answered<'a>(
    line: &mut Cursor<'a>,
    [text, code, count]: [&'static str; 3],
    record: &mut Record<'a>,
) -> Read<'a, &'a [u8]> {
    let mut back = line.rest.rsplitn(3, |byte| *byte == b' ');
    let mut next = || back.next().unwrap_or_default();
    let (bytes, answer, quoted) = (next(), next(), next());
    line.field = text;
    let Some(inner) = quoted.strip_prefix(b"\"").and_then(|inner| inner.strip_suffix(b"\"")) else {
        return wrong("a text in quotes, then answer and bytes", line.rest);
    };
    if let Some(at) = memchr::memchr(b'"', inner) {
        return wrong("a text without quotes; nothing is escaped here", inner.get(at..).unwrap_or_default());
    }
    line.field = code;
    let answer = all(answer, number::status)?;
    record.status = answer.map(|code| if (200..300).contains(&code) { 200 } else { 0 });
    record.abort = if answer == Some(426) { Abort::Cut } else { Abort::Unlogged };
    line.field = count;
    record.bytes = all(bytes, number::bytes_or_dash)?.map_or(Bytes::Unlogged, Bytes::Logged);
    line.rest = &[];
    Ok(inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tests::{fault, record};
    use crate::record::{Stamp, Zone};

    fn line(rest: &str) -> &'static str {
        Box::leak(format!("[10/Nov/2023:20:05:12 +0100] 192.0.2.7 kim {rest}").into_boxed_str())
    }

    #[test]
    fn both_shapes_state_the_same_download() {
        let time = Stamp { local_us: 1_699_646_712_000_000, zone: Zone::Offset(3600) };
        for (name, text, client, target) in [
            ("proftpd-extended", EXTENDED, "192.0.2.7", "/srv/exports/a b.csv"),
            ("proftpd-default", DEFAULT, "host.example.org", "/exports/a b.csv"),
        ] {
            let read = record(name, text);
            assert_eq!((read.time, read.client), (time, Some(client.as_bytes())));
            assert_eq!((read.principal, read.method), (Some(&b"kim"[..]), None));
            assert_eq!((read.target, read.operation), (Some(target.as_bytes()), Operation::Read));
            assert_eq!((read.status, read.bytes), (Some(200), Bytes::Logged(997)));
            assert_eq!((read.abort, read.size), (Abort::Unlogged, None));
        }
    }

    /// RFC 959.
    #[test]
    fn an_answer_of_ftp_is_no_status_of_http() {
        let read = |text| {
            let read = record("proftpd-extended", line(text));
            (read.status, read.bytes, read.abort)
        };
        assert_eq!(read(r#"RETR "/a" 426 5"#), (Some(0), Bytes::Logged(5), Abort::Cut));
        assert_eq!(read(r#"RETR "/a" 550 -"#), (Some(0), Bytes::Unlogged, Abort::Unlogged));
        assert_eq!(read(r#"RETR "/a" - -"#), (None, Bytes::Unlogged, Abort::Unlogged));
        assert_eq!(read(r#"RETR "/a" 250 0"#), (Some(200), Bytes::Logged(0), Abort::Unlogged));
    }

    #[test]
    fn commands_say_what_was_asked_for() {
        for (text, wanted) in [
            (r#"LIST "-" 226 210"#, Operation::List),
            (r#"MLSD "/srv" 226 210"#, Operation::List),
            (r#"SIZE "/srv/a" 213 -"#, Operation::Learn),
            (r#"STOR "/srv/a" 226 5"#, Operation::Other),
            (r#"SITE CHMOD "/srv/a" 200 -"#, Operation::Other),
            (r#"PASS "-" 230 -"#, Operation::Other),
        ] {
            assert_eq!(record("proftpd-extended", line(text)).operation, wanted, "{text}");
        }
        assert_eq!(record("proftpd-extended", line(r#"LIST "-" 226 210"#)).target, None);
        let login = r#"h UNKNOWN kim [10/Nov/2023:20:05:12 +0100] "QUIT" 221 -"#;
        let read = record("proftpd-default", login);
        assert_eq!((read.target, read.method), (None, None));
    }

    /// Nothing is escaped.
    #[test]
    fn a_quote_in_the_quotes_is_a_fault() {
        let forged = line(r#"RETR "/a" 226 5 PASS "-" 230 -"#);
        assert_eq!(fault("proftpd-extended", forged).1, "%f");
        let typed = r#"h UNKNOWN kim [10/Nov/2023:20:05:12 +0100] "RETR a"b" 550 -"#;
        assert_eq!(fault("proftpd-default", typed).1, "%r");
    }

    #[test]
    fn what_is_wrong_is_named_by_its_column() {
        let named = |text: &str| fault("proftpd-extended", line(text)).1;
        assert_eq!(named(r#"RETR "/a" 22 5"#), "%s");
        assert_eq!(named(r#"RETR "/a" 226 5x"#), "%b");
        assert_eq!(named(r#"RETR "/a" 226"#), "%f");
        assert_eq!(named(r#"retr "/a" 226 5"#), "%m");
        let web = r#"192.0.2.7 - kim [10/Oct/2000:13:55:36 -0700] "get /a.csv HTTP/1.1" 200 2326"#;
        assert_eq!(fault("proftpd-default", web).1, "%r");
        let ssl = r#"[10/Oct/2000:13:55:36 -0700] 192.0.2.7 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 "GET / HTTP/1.1" 1375"#;
        assert_eq!(fault("proftpd-extended", ssl).1, "%m");
    }
}
