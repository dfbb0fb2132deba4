//! xferlog, the transfer log that wu-ftpd began and ProFTPD (`TransferLog`), vsftpd (`xferlog_std_format`) and Pure-FTPd
//! (`AltLog xferlog:`) write. Written from documentation and source, not yet seen in a real file.
//!
//! Sources: xferlog(5) of ProFTPD and its howto "Logging"; ProFTPD's `xferlog.c`, vsftpd's `logging.c`, Pure-FTPd's
//! `altlog.c`. The time is read when the line is written, after the transfer; it is local, and no zone is written. The
//! bytes are "bytes transferred", counted from the place where the client resumed. Direction `o` is a download. The
//! completion status is `c` (complete) or `i` (incomplete): status 200 stands for the one and 0 for the other; FTP's own
//! answers are not logged. Access mode `a` is an anonymous guest, whose "name" is whatever was typed as password: that
//! is no login, and is left out.
//!
//! Pure-FTPd writes `c` always, also where the transfer was cut; it shows by its constant `1 *` (identd asked, no answer).
//! There `c` says nothing. Of a text transfer (`a`), whose bytes count each line end twice, the end is in doubt whoever wrote
//! the line: no count proves that all of the file left.
//!
//! ProFTPD and Pure-FTPd write `_` for spaces and control characters in a file's name, so two names may look the same;
//! vsftpd writes spaces as they are. So the columns are looked for from both ends, and a line in which several places can
//! be the end of the name is a fault.
//!
//! What it cannot say: the size of the file, where a download was resumed, and what was listed.

use super::own::{Columns, Is};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Abort, ByteSemantics, Bytes, Meaning, Operation, Record, TimeBasis};
use crate::token::ctime::ctime;
use crate::token::cursor::{Cursor, Read, logged};
use crate::token::time::TimeCache;
use crate::token::{Wrong, number};
use std::sync::Arc;

const FAMILY: Family = Family::of("xferlog");

const SAMPLE: &str = "Mon Jun  6 18:44:25 2016 1 192.0.2.7 40120 /exports/a_b.csv b _ o r kim ftp 0 * c";

pub(super) const FORMATS: &[Named] = &[Named::own("xferlog", FAMILY, Origin::Documentation, SAMPLE, || {
    Arc::new(Columns {
        name: "xferlog",
        meaning: Meaning {
            time_basis: TimeBasis::Completed,
            bytes: ByteSemantics::BodyWritten,
            ..Meaning::UNKNOWN
        },
        separator: b' ',
        may_read: |line| matches!(line, [_, _, _, b' ', .., b' ', b'c' | b'i']),
        read,
    })
})];

fn read<'a>(line: &mut Cursor<'a>, _cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    record.time = line.by("current-time", ctime)?;
    line.by("transfer-time", number::unsigned)?;
    record.client = line.some("remote-host")?;
    record.bytes = Bytes::Logged(line.by("file-size", number::unsigned)?);
    line.begin("filename")?;
    let mut back = line.rest.rsplitn(5, |byte| *byte == b' ');
    let mut next = || back.next().unwrap_or_default();
    let (completion, user_id, method, service, middle) = (next(), next(), next(), next(), next());
    line.field = "completion-status";
    let is_whole = match completion {
        b"c" => true,
        b"i" => false,
        _ => return wrong("`c` or `i`", completion),
    };
    line.field = "authentication-method";
    if !matches!(method, b"0" | b"1") {
        return wrong("`0` or `1`", method);
    }
    line.field = "service-name";
    if service.is_empty() || user_id.is_empty() {
        return wrong("a service such as `ftp`", service);
    }
    line.field = "filename";
    let (name, flags) = name(middle)?;
    record.target = Some(name);
    record.operation = if flags.direction == b'o' { Operation::Read } else { Operation::Other };
    record.principal = logged(flags.user).filter(|_| flags.mode != b'a');
    record.status = Some(if is_whole { 200 } else { 0 });
    let says_nothing = method == b"1" && user_id == b"*";
    record.abort = match (is_whole, says_nothing, flags.kind) {
        (false, ..) => Abort::Cut,
        // Each line end of a text is counted twice: no count proves the whole.
        (true, _, b'a') => Abort::Doubtful,
        (true, false, _) => Abort::Whole,
        (true, true, _) => Abort::Unlogged,
    };
    Ok(Is::Request)
}

fn wrong<'a, T>(expected: &'static str, at: &'a [u8]) -> Read<'a, T> {
    Err(Wrong { kind: FaultKind::Syntax, expected, at })
}

/// The columns behind the name: `b _ o r kim`.
struct Flags<'a> {
    kind: u8,
    direction: u8,
    mode: u8,
    user: &'a [u8],
}

/// The file's name, and the columns behind it: at the one place where they can begin.
fn name(i: &[u8]) -> Read<'_, (&[u8], Flags<'_>)> {
    let mut places = memchr::memchr_iter(b' ', i)
        .filter_map(|at| Some((i.get(..at)?, flags(i.get(at + 1..)?)?)))
        .filter(|(name, _)| !name.is_empty());
    match (places.next(), places.next()) {
        (Some(found), None) => Ok(found),
        (None, _) => wrong("a name, then transfer type, action, direction, access mode and user", i),
        (Some(_), Some(_)) => wrong("one end of the name; there are several places that can be it", i),
    }
}

fn flags(i: &[u8]) -> Option<Flags<'_>> {
    let mut columns = i.splitn(5, |byte| *byte == b' ');
    let mut next = || columns.next();
    let (kind, actions, direction, mode, user) = (next()?, next()?, next()?, next()?, next()?);
    let is_action = |byte: &u8| b"CUT_".contains(byte);
    match (kind, direction, mode) {
        ([kind @ (b'a' | b'b')], [direction @ (b'o' | b'i' | b'd')], [mode @ (b'a' | b'g' | b'r')])
            if !actions.is_empty() && actions.iter().all(is_action) =>
        {
            Some(Flags { kind: *kind, direction: *direction, mode: *mode, user })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tests::{fault, record};
    use crate::record::{Stamp, Zone};

    const HEAD: &str = "Mon Jun 06 18:43:41 2016 1 192.0.2.7 40120 ";

    fn line(rest: &str) -> &'static str {
        Box::leak(format!("{HEAD}{rest}").into_boxed_str())
    }

    #[test]
    fn the_columns_of_the_manual_are_read() {
        let read = record("xferlog", SAMPLE);
        let time = Stamp { local_us: 1_465_238_665_000_000, zone: Zone::Absent };
        assert_eq!((read.time, read.client), (time, Some(&b"192.0.2.7"[..])));
        assert_eq!((read.principal, read.target), (Some(&b"kim"[..]), Some(&b"/exports/a_b.csv"[..])));
        assert_eq!((read.status, read.bytes), (Some(200), Bytes::Logged(40120)));
        assert_eq!((read.operation, read.abort), (Operation::Read, Abort::Whole));
        assert_eq!((read.method, read.size), (None, None));
    }

    #[test]
    fn an_incomplete_transfer_was_cut() {
        let read = record("xferlog", line("/a b _ o r kim ftp 0 * i"));
        assert_eq!((read.status, read.abort), (Some(0), Abort::Cut));
        let empty =
            record("xferlog", "Mon Jun 06 18:43:41 2016 1 host.example.org 0 /a a _ o r kim ftp 0 * c");
        assert_eq!((empty.bytes, empty.client), (Bytes::Logged(0), Some(&b"host.example.org"[..])));
    }

    #[test]
    fn what_was_not_outgoing_was_not_read() {
        for text in ["/a b _ i r kim ftp 0 * c", "/a b _ d r kim ftp 0 * c"] {
            assert_eq!(record("xferlog", line(text)).operation, Operation::Other, "{text}");
        }
    }

    #[test]
    fn an_anonymous_guest_has_no_login() {
        let login = |text| record("xferlog", line(text)).principal;
        assert_eq!(login("/a b _ o a someone@example.org ftp 0 * c"), None);
        assert_eq!(login("/a b _ o a  ftp 0 * c"), None, "an empty password");
        assert_eq!(login("/a b _ o g kim sftp 0 * c"), Some(&b"kim"[..]));
        assert_eq!(login("/a b CT o r kim ftp 1 kim c"), Some(&b"kim"[..]));
    }

    #[test]
    fn pure_ftpd_never_says_that_a_transfer_was_cut() {
        let abort = |text| record("xferlog", line(text)).abort;
        assert_eq!(abort("/a b _ o r kim ftp 1 * c"), Abort::Unlogged);
        assert_eq!(abort("/a a _ o r kim ftp 1 * c"), Abort::Doubtful);
        assert_eq!(abort("/a b _ o r kim ftp 1 kim c"), Abort::Whole);
        assert_eq!(abort("/a a _ o r kim ftp 1 kim c"), Abort::Doubtful, "a text, whoever wrote it");
    }

    /// vsftpd writes spaces as they are, in names of files and of guests.
    #[test]
    fn a_name_with_spaces_is_whole_unless_two_places_can_be_its_end() {
        let read = record("xferlog", line("/a b _ c.csv b _ o r kim ftp 0 * c"));
        assert_eq!(read.target, Some(&b"/a b _ c.csv"[..]));
        let guest = record("xferlog", line("/a b _ o a two words ftp 0 * c"));
        assert_eq!((guest.target, guest.operation), (Some(&b"/a"[..]), Operation::Read));
        let forged = line("/a b _ o r x b _ i r kim ftp 0 * c");
        assert_eq!(fault("xferlog", forged).1, "filename");
    }

    #[test]
    fn what_is_wrong_is_named_by_its_column() {
        let named = |text: &str| fault("xferlog", line(text)).1;
        assert_eq!(named("/a b _ o r kim ftp 0 * x"), "completion-status");
        assert_eq!(named("/a b _ o r kim ftp 2 * c"), "authentication-method");
        assert_eq!(named("/a b _ x r kim ftp 0 * c"), "filename");
        assert_eq!(named("/a b _ o r kim ftp 0 * c and more"), "completion-status");
        assert_eq!(fault("xferlog", "Mon Jun 06 18:43:41 2016 1 192.0.2.7 4x").1, "filename");
        assert_eq!(fault("xferlog", "Mon Jun 06 18:43:41 2016 1 192.0.2.7").1, "file-size");
        assert_eq!(
            fault("xferlog", "Mon Jun 31 18:43:41 2016 1 h 5 /a b _ o r k ftp 0 * c").0,
            FaultKind::Time
        );
        let vsftpd = r#"Mon Jun  6 18:44:25 2016 [pid 3] [kim] OK LOGIN: Client "192.0.2.7""#;
        assert_eq!(fault("xferlog", vsftpd).1, "transfer-time");
    }
}
