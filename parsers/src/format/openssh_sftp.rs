//! OpenSSH's `sftp-server` and `internal-sftp`, behind syslog, at log level `INFO` or above (by default they log nothing).
//!
//! Sources: OpenSSH's `sftp-server.c`, sftp-server(8). Written from source, not yet seen in a real file.
//!
//! `close "/f" bytes read N written M` is written when a handle is closed and is the one line that says what was
//! read: if N is above zero it is a download, else anything else. `forced close` is written for handles that are open
//! when the session ends: that reading was cut. A file that is opened twice has two lines. The time is syslog's: when
//! the line was written.
//!
//! **The client's address is not on this line.** It is on `session opened for local user kim from [192.0.2.7]`, with the
//! same process id, and so is the user. Each line is read alone here, so the records have neither: they have to be joined
//! by hand for now.
//!
//! N is the sum of all reads: what was read twice counts twice, and which parts were read is not said. So a sum below
//! the file's size shows a part, but no sum proves the whole: it is taken as bytes on the wire. Status 200 stands for a
//! handle that was open.
//!
//! Directives: `session opened`, `session closed`, and what is logged *before* it is tried (`open`, `opendir`, `remove`,
//! `rename`, `set`, …), because whether it succeeded is another line's to say (`sent status`). Lines of a chroot that
//! sshd writes itself end in ` [postauth]`. Other messages of sshd are faults: the log has to be filtered first.

use super::own::{Columns, Is};
use super::wrapped::Untimed;
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Abort, ByteSemantics, Bytes, Meaning, Operation, Record};
use crate::token::cursor::{Cursor, Read, all};
use crate::token::time::TimeCache;
use crate::token::{Wrong, number};
use std::sync::Arc;

const FAMILY: Family = Family::of("openssh-sftp");

const SAMPLE: &str = r#"close "/exports/a b.csv" bytes read 40120 written 0"#;

pub(super) const FORMATS: &[Named] =
    &[Named::own("openssh-sftp", FAMILY, Origin::Documentation, SAMPLE, || {
        Arc::new(Untimed(Columns {
            name: "openssh-sftp",
            meaning: Meaning { bytes: ByteSemantics::WireWritten, ..Meaning::UNKNOWN },
            separator: b' ',
            may_read: |line| line.starts_with(CLOSE) || line.starts_with(FORCED) || is_message(line),
            read,
        }))
    })];

const CLOSE: &[u8] = b"close \"";
const FORCED: &[u8] = b"forced close \"";

/// What lines that are no requests begin with.
const QUOTED: [&[u8]; 18] = [
    b"open \"",
    b"opendir \"",
    b"closedir \"",
    b"forced closedir \"",
    b"remove name \"",
    b"mkdir name \"",
    b"rmdir name \"",
    b"rename old \"",
    b"posix-rename old \"",
    b"symlink old \"",
    b"hardlink old \"",
    b"stat name \"",
    b"lstat name \"",
    b"realpath \"",
    b"readlink \"",
    b"statvfs \"",
    b"statfs \"",
    b"set \"",
];
const SESSIONS: [&[u8]; 2] = [b"session opened for local user ", b"session closed for local user "];
const PLAIN: [&[u8]; 2] = [b"sent status ", b"received client version "];

fn is_message(line: &[u8]) -> bool {
    let begins = |begins: &[&[u8]]| begins.iter().any(|begin| line.starts_with(begin));
    let quotes = || memchr::memchr_iter(b'"', line).nth(1).is_some();
    (begins(&QUOTED) && quotes()) || (begins(&SESSIONS) && line.ends_with(b"]")) || begins(&PLAIN)
}

fn read<'a>(line: &mut Cursor<'a>, _cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    line.field = "message";
    let text = line.rest.strip_suffix(b" [postauth]").unwrap_or(line.rest);
    let (is_forced, rest) = match (text.strip_prefix(CLOSE), text.strip_prefix(FORCED)) {
        (Some(rest), _) => (false, rest),
        (_, Some(rest)) => (true, rest),
        _ if is_message(text) => return Ok(Is::Directive),
        _ => return line.refuse("a message such as `close \"`"),
    };
    // A name may hold quotes and words, numbers hold none: so from the end.
    line.field = "written";
    let Some((before, written)) = last(rest, b" written ") else {
        return wrong("` written ` and a number", rest);
    };
    all(written, number::unsigned)?;
    line.field = "bytes read";
    let Some((name, read)) = last(before, b"\" bytes read ") else {
        return wrong("` bytes read ` and a number behind the name", before);
    };
    let read = all(read, number::unsigned)?;
    (record.target, record.status, record.bytes) = (Some(name), Some(200), Bytes::Logged(read));
    record.operation = if read > 0 { Operation::Read } else { Operation::Other };
    record.abort = if is_forced { Abort::Cut } else { Abort::Unlogged };
    Ok(Is::Request)
}

fn wrong<'a, T>(expected: &'static str, at: &'a [u8]) -> Read<'a, T> {
    Err(Wrong { kind: FaultKind::Syntax, expected, at })
}

/// What stands before and behind the last `mark`.
fn last<'a>(i: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = memchr::memmem::rfind(i, mark)?;
    Some((i.get(..at)?, i.get(at + mark.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tests::{fault, record, unit};
    use crate::format::{Format, Unit, named};
    use crate::record::{Stamp, Zone};

    #[test]
    fn what_was_read_is_a_download_without_a_client() {
        let read = record("openssh-sftp", SAMPLE);
        assert_eq!((read.target, read.bytes), (Some(&b"/exports/a b.csv"[..]), Bytes::Logged(40120)));
        assert_eq!((read.operation, read.status), (Operation::Read, Some(200)));
        assert_eq!((read.client, read.principal, read.abort), (None, None, Abort::Unlogged));
        assert_eq!(read.time, Stamp::default());
    }

    #[test]
    fn what_was_not_read_is_no_download() {
        let operation = |text| record("openssh-sftp", text).operation;
        assert_eq!(operation(r#"close "/a" bytes read 0 written 5"#), Operation::Other);
        assert_eq!(operation(r#"close "/a" bytes read 0 written 0"#), Operation::Other);
        assert_eq!(operation(r#"close "/a" bytes read 7 written 5"#), Operation::Read);
    }

    #[test]
    fn a_forced_close_is_a_cut() {
        let read = record("openssh-sftp", r#"forced close "/a" bytes read 7 written 0 [postauth]"#);
        assert_eq!((read.abort, read.bytes), (Abort::Cut, Bytes::Logged(7)));
    }

    /// Names are written raw.
    #[test]
    fn a_name_that_looks_like_counts_is_a_name() {
        let read = record("openssh-sftp", r#"close "/a" bytes read 9 written 9" bytes read 0 written 0"#);
        assert_eq!(
            (read.target, read.bytes),
            (Some(&br#"/a" bytes read 9 written 9"#[..]), Bytes::Logged(0))
        );
    }

    #[test]
    fn sessions_and_attempts_are_directives() {
        for text in [
            "session opened for local user kim from [192.0.2.7]",
            "session closed for local user kim from [192.0.2.7] [postauth]",
            r#"open "/a" flags READ mode 0666"#,
            r#"opendir "/""#,
            r#"closedir "/""#,
            r#"forced closedir "/""#,
            r#"remove name "/a""#,
            r#"set "/a" mode 0644"#,
            "sent status No such file",
            "received client version 3",
        ] {
            assert_eq!(unit("openssh-sftp", text), Unit::Directive, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(fault("openssh-sftp", r#"close "/a" bytes read 7"#).1, "written");
        assert_eq!(fault("openssh-sftp", r#"close "/a" bytes read 7 written 5 x"#).1, "written");
        assert_eq!(fault("openssh-sftp", r#"close "/a" bytes read x written 5"#).1, "bytes read");
        assert_eq!(fault("openssh-sftp", r#"close "/a bytes read 7 written 5"#).1, "bytes read");
        assert_eq!(
            fault("openssh-sftp", "Accepted publickey for kim from 192.0.2.7 port 5 ssh2").1,
            "message"
        );
    }

    #[test]
    fn the_time_is_that_of_syslog() {
        let formats: [Arc<dyn Format>; 1] = [named("openssh-sftp", None).unwrap()];
        let (mut scratch, mut cache) = (Vec::new(), TimeCache::default());
        for tag in ["internal-sftp[77]", "sftp-server[77]", "sshd[77]"] {
            let line = format!("2023-11-10T20:05:12+01:00 sftp1 {tag}: {SAMPLE}");
            let unit = crate::unit::read(&formats, line.as_bytes(), &mut scratch, &mut cache).unit;
            let Unit::Record(record) = unit else { panic!("{unit:?}") };
            let time = Stamp { local_us: 1_699_646_712_000_000, zone: Zone::Offset(3600) };
            assert_eq!((record.time, record.bytes), (time, Bytes::Logged(40120)));
        }
    }
}
