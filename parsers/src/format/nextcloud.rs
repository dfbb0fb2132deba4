//! Nextcloud's logs, one JSON object a line: `audit.log` of the app `admin_audit`, and `nextcloud.log`.
//!
//! Sources: Nextcloud's source, `lib/private/Log/LogDetails.php` (the keys; `--` is "nothing"; the time has the offset of
//! `logtimezone`) and `apps/admin_audit` (`Files.php`, older and newer: the texts of its messages). Real lines of
//! `nextcloud.log` were seen; those of `audit.log` are written from the source, not yet seen in a real file.
//!
//! A record is a message of `admin_audit` that a file was accessed (`Read`), a preview of it (`Learn`: an image made of the
//! file, not the file), or a copy made inside the server (`Copy`). Every other well-formed line is a directive: other
//! actions of users, and everything else in `nextcloud.log`.
//!
//! It is no HTTP log: success is the log's word `accessed`, read as status 200. The line is written *before* the file is
//! read, so the time is that of the request, and a read that failed or was cut stands there as well. A download in parts has a
//! line for each. Lines of background jobs and the command line have neither address nor method: they are no requests,
//! and directives. Where jobs are started by requests for `cron.php`, their reads stand under its address.
//!
//! The path is relative to the files of the *owner*, who is not named: the user is who read it. Two owners' files of one
//! path cannot be told apart. Its first `/` is not part of the key. Quotes in a path are not marked in the message's own grammar; what is ambiguous is a fault.
//!
//! What it cannot say: bytes, ranges, sizes, whether the transfer was cut; and `remoteAddr` is a proxy's where
//! `trusted_proxies` is not set. `ownCloud` writes the same keys and more (`action`): its lines are refused, because its
//! messages are others and would be passed over.

use super::own::{Found, Is, Object, keys};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Escape, Meaning, Object as Stored, Operation, Record, TimeBasis};
use crate::token::cursor::{Read, all};
use crate::token::json::Value;
use crate::token::time::{TimeCache, iso8601};
use memchr::memmem;
use std::sync::Arc;

const FAMILY: Family = Family::of("nextcloud");

keys! {
    Id = "reqId",
    Level = "level",
    Time = "time",
    Address = "remoteAddr",
    User = "user",
    App = "app",
    Method = "method",
    Url = "url",
    Message = "message",
    Agent = "userAgent",
    Action = "action",
}

const SAMPLE: &str = r#"{"reqId":"twvbRFk1OwgHo2bqggnx","level":1,"time":"2024-05-26T11:42:52+00:00","remoteAddr":"192.0.2.7","user":"kim","app":"admin_audit","method":"GET","url":"/remote.php/dav/files/kim/a.csv","message":"File with id \"42\" accessed: \"/Reports/a.csv\"","userAgent":"curl/8.5.0","version":"29.1.1.0","data":{"app":"admin_audit"}}"#;

pub(super) const FORMATS: &[Named] =
    &[Named::own("nextcloud", FAMILY, Origin::Documentation, SAMPLE, || {
        let meaning = Meaning { time_basis: TimeBasis::Received, ..Meaning::UNKNOWN.escaped(Escape::Json) };
        let needed = &["reqId", "level", "time", "remoteAddr", "user", "app", "method", "url", "message"];
        Arc::new(Object::new("nextcloud", meaning, PATHS, needed, read))
    })];

fn read<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    if found.get(Key::Action).is_there() {
        return found.refuse(FaultKind::Syntax, "no such key; ownCloud writes it");
    }
    if found.count(Key::Level).is_none_or(|level| level > 4) {
        return found.refuse(FaultKind::Syntax, "a level from 0 to 4");
    }
    record.time = match found.get(Key::Time) {
        Value::Text(text) => all(text, |i| iso8601(i, cache))?,
        _ => return found.refuse(FaultKind::Time, "a time such as `2023-10-01T02:39:09+00:00`"),
    };
    let is_audit = found.text(Key::App) == Some(b"admin_audit");
    let message = match found.get(Key::Message) {
        Value::Text(message) => message,
        Value::Nested(_) if !is_audit => return Ok(Is::Directive),
        _ => return found.refuse(FaultKind::Syntax, "a message"),
    };
    if !is_audit {
        return Ok(Is::Directive);
    }
    let Some(told) = told(message) else { return Ok(Is::Directive) };
    let Some((operation, path)) = told else {
        return found.refuse(FaultKind::Syntax, "one path in quotes, in the words of this message");
    };
    let written = |text: Option<&'a [u8]>| text.filter(|text| *text != b"--");
    record.client = found.text(Key::Address);
    record.method = written(found.text(Key::Method));
    if record.client.is_none() && record.method.is_none() {
        return Ok(Is::Directive);
    }
    record.operation = operation;
    record.object = Some(Stored { bucket: None, key: path.strip_prefix(b"/").unwrap_or(path) });
    record.status = Some(200);
    record.principal = written(found.text(Key::User));
    record.target = written(found.text(Key::Url));
    record.agent = written(found.text(Key::Agent));
    record.request_id = written(found.text(Key::Id));
    Ok(Is::Request)
}

/// What was done to which path; [`None`] for other messages, [`None`] inside where the path cannot be told. Quotes of the
/// message are escaped in JSON.
fn told(message: &[u8]) -> Option<Option<(Operation, &[u8])>> {
    if let Some(rest) = message.strip_prefix(br#"File accessed: \""#) {
        return Some(ended(rest, br#"\""#).map(|path| (Operation::Read, path)));
    }
    if let Some(rest) = message.strip_prefix(br#"File with id \""#) {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let rest = rest.get(digits..)?.strip_prefix(br#"\" accessed: \""#)?;
        return Some(ended(rest, br#"\""#).map(|path| (Operation::Read, path)));
    }
    if let Some(rest) = message.strip_prefix(b"Preview accessed: ") {
        return Some(preview(rest).map(|path| (Operation::Learn, path)));
    }
    if let Some(rest) = message.strip_prefix(br#"File copied: \""#) {
        return Some(source(rest).map(|path| (Operation::Copy, path)));
    }
    let rest = message.strip_prefix(br#"File id copied from: \""#)?;
    let between = br#", path from \""#;
    let paths = memmem::find(rest, between).and_then(|at| rest.get(at + between.len()..));
    Some(paths.and_then(source).map(|path| (Operation::Copy, path)))
}

fn ended<'a>(i: &'a [u8], end: &[u8]) -> Option<&'a [u8]> {
    i.strip_suffix(end).filter(|path| !path.is_empty())
}

/// `"path" (width: …)`, or `(id: …, path: "path")`: what stands before or behind the path is the server's.
fn preview(i: &[u8]) -> Option<&[u8]> {
    if let Some(rest) = i.strip_prefix(br#"\""#) {
        let at = memmem::rfind(rest, br#"\" (width: \""#)?;
        return rest.get(..at).filter(|path| !path.is_empty() && rest.ends_with(b")"));
    }
    let before = br#", path: \""#;
    let rest = i.strip_prefix(br#"(id: \""#)?;
    let at = memmem::find(rest, before)?;
    ended(rest.get(at + before.len()..)?, br#"\")"#)
}

/// The first of `path" to "path"`.
fn source(i: &[u8]) -> Option<&[u8]> {
    let both = ended(i, br#"\""#)?;
    let mut cuts = memmem::find_iter(both, br#"\" to \""#);
    match (cuts.next(), cuts.next()) {
        (Some(at), None) => both.get(..at).filter(|path| !path.is_empty()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Unit;
    use crate::format::tests::{self, fault, record, unit};
    use crate::record::{Bytes, Stamp, Zone};

    const MESSAGE: &str = r#"File with id \"42\" accessed: \"/Reports/a.csv\""#;

    fn changed(from: &str, to: &str) -> &'static str {
        tests::changed(SAMPLE, from, to)
    }

    fn said(message: &str) -> &'static str {
        changed(MESSAGE, message)
    }

    #[test]
    fn an_access_is_read() {
        let read = record("nextcloud", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_716_723_772_000_000, zone: Zone::Offset(0) });
        assert_eq!((read.client, read.principal), (Some(&b"192.0.2.7"[..]), Some(&b"kim"[..])));
        assert_eq!(read.operation, Operation::Read);
        assert_eq!(read.object, Some(Stored { bucket: None, key: b"Reports/a.csv" }));
        assert_eq!((read.status, read.bytes, read.size), (Some(200), Bytes::Unlogged, None));
        assert_eq!(
            (read.method, read.target),
            (Some(&b"GET"[..]), Some(&b"/remote.php/dav/files/kim/a.csv"[..]))
        );
        assert_eq!(
            (read.agent, read.request_id),
            (Some(&b"curl/8.5.0"[..]), Some(&b"twvbRFk1OwgHo2bqggnx"[..]))
        );
    }

    #[test]
    fn each_wording_names_its_path() {
        for (message, operation, path) in [
            (r#"File accessed: \"/a.csv\""#, Operation::Read, "a.csv"),
            (r#"File with id \"\" accessed: \"/a\\\"b\""#, Operation::Read, r#"a\\\"b"#),
            (
                r#"Preview accessed: \"/a.jpg\" (width: \"64\", height: \"64\" crop: \"1\", mode: \"fill\")"#,
                Operation::Learn,
                "a.jpg",
            ),
            (
                r#"Preview accessed: (id: \"42\", width: \"64\", height: \"64\" crop: \"\", mode: \"fill\", path: \"/a.jpg\")"#,
                Operation::Learn,
                "a.jpg",
            ),
            (r#"File copied: \"/a\" to \"/b\""#, Operation::Copy, "a"),
            (r#"File id copied from: \"1\" to \"2\", path from \"/a\" to \"/b\""#, Operation::Copy, "a"),
        ] {
            let read = record("nextcloud", said(message));
            assert_eq!(read.operation, operation, "{message}");
            assert_eq!(read.object.map(|object| object.key), Some(path.as_bytes()), "{message}");
        }
    }

    #[test]
    fn a_path_that_cannot_be_told_is_a_fault() {
        for message in [
            r#"File accessed: \"/a"#,
            r#"File accessed: \"\""#,
            r#"File copied: \"/a\" to \"b\" to \"/c\""#,
            r#"File copied: \"/a\""#,
            r#"Preview accessed: \"/a\" ("#,
            r#"Preview accessed: /a"#,
            r#"File id copied from: \"1\" to \"2\""#,
        ] {
            assert_eq!(fault("nextcloud", said(message)).1, "message", "{message}");
        }
    }

    #[test]
    fn what_is_not_there_is_written_as_two_dashes_or_nothing() {
        let line = changed(r#""remoteAddr":"192.0.2.7","user":"kim""#, r#""remoteAddr":"","user":"--""#);
        let read = record("nextcloud", line);
        assert_eq!((read.client, read.principal), (None, None));
        let line = changed(r#""url":"/remote.php/dav/files/kim/a.csv""#, r#""url":"--""#);
        assert_eq!(record("nextcloud", line).target, None);
        assert_eq!(record("nextcloud", changed(r#""userAgent":"curl/8.5.0","#, "")).agent, None);
        assert_eq!(record("nextcloud", changed("+00:00", "+02:00")).time.zone, Zone::Offset(7200));
    }

    #[test]
    fn lines_without_an_access_are_directives() {
        for message in [
            r#"File with id \"42\" created: \"/a\""#,
            r#"File with id \"42\" written to: \"/a\""#,
            r#"File deleted: \"/a\""#,
            r#"Login attempt: \"kim\""#,
            r#"The file \"/a\" with ID \"42\" has been shared via link"#,
        ] {
            assert_eq!(unit("nextcloud", said(message)), Unit::Directive, "{message}");
        }
        let job =
            changed(r#""remoteAddr":"192.0.2.7""#, r#""remoteAddr":"""#).replacen(r#""GET""#, r#""""#, 1);
        assert_eq!(unit("nextcloud", Box::leak(job.into_boxed_str())), Unit::Directive, "a background job");
        let other = changed(r#""app":"admin_audit""#, r#""app":"files""#);
        assert_eq!(unit("nextcloud", other), Unit::Directive, "another app's text proves nothing");
    }

    #[test]
    fn what_is_wrong_is_named_by_its_key() {
        for (from, to, field) in [
            (r#""level":1"#, r#""level":9"#, "level"),
            (r#""level":1"#, r#""level":"info""#, "level"),
            ("2024-05-26T", "2024-02-31T", "time"),
            ("2024-05-26T11:42:52+00:00", "May 26, 2024 11:42:52", "time"),
            (r#""reqId":"twvbRFk1OwgHo2bqggnx","#, "", "reqId"),
            (r#""version":"29.1.1.0""#, r#""action":"file_read""#, "action"),
        ] {
            assert_eq!(fault("nextcloud", changed(from, to)).1, field, "{to}");
        }
    }
}
