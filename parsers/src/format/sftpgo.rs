//! SFTPGo's log, one JSON object a line: the transfers and commands in it.
//!
//! Sources: SFTPGo documentation, "Logs"; `common/transfer.go`, where the line of a transfer is written when it is closed, so
//! `time` is its end. It is local and has no zone. `size_bytes` is the "size, as bytes, of the download/upload"; a part that
//! is read twice may be counted twice, so what it counts is unknown. The line is written whether or not the transfer
//! failed, and no word of it says so but `error`, in releases that have one: a transfer is put as 200, one with an `error` as
//! 200 that may have been cut, a command as 200.
//!
//! The object is `file_path`, a path of the server's own. Every other sender (application messages, failed connections, the
//! web interface's requests, whose downloads have transfer lines too) is a directive.
//!
//! What it cannot say: the size of the file, which part was read. Older releases do not log the client's address in these
//! lines. Written from documentation, not yet seen in a real file.

use super::own::{Found, Is, Object, keys};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Abort, ByteSemantics, Escape, Meaning, Object as Stored, Operation, Record, TimeBasis};
use crate::token::cursor::Read;
use crate::token::time::TimeCache;
use std::sync::Arc;

const FAMILY: Family = Family::of("sftpgo");

keys! {
    Sender = "sender",
    Time = "time",
    Level = "level",
    Message = "message",
    Error = "error",
    Status = "resp_status",
    Remote = "remote_addr",
    Size = "size_bytes",
    User = "username",
    Path = "file_path",
    Connection = "connection_id",
}

const SAMPLE: &str = r#"{"level":"info","time":"2021-03-26T13:07:19.738","sender":"Download","local_addr":"198.51.100.7:2022","remote_addr":"192.0.2.7:50112","elapsed_ms":20171,"size_bytes":2326,"username":"kim","file_path":"/srv/sftpgo/data/kim/a.csv","connection_id":"SFTP_0_13","protocol":"SFTP"}"#;

pub(super) const FORMATS: &[Named] = &[Named::own("sftpgo", FAMILY, Origin::Documentation, SAMPLE, || {
    let meaning = Meaning {
        time_basis: TimeBasis::Completed,
        bytes: ByteSemantics::Unknown,
        ..Meaning::UNKNOWN.escaped(Escape::Json)
    };
    Arc::new(Object::new("sftpgo", meaning, PATHS, &["sender", "time", "level"], read))
})];

fn read<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    if !matches!(found.text(Key::Level), Some(b"debug" | b"info" | b"warn" | b"error")) {
        return found.refuse(FaultKind::Syntax, "a level such as `info`");
    }
    record.time = found.time(Key::Time, cache)?;
    let Some(sender) = found.text(Key::Sender) else {
        return found.refuse(FaultKind::Syntax, "a sender such as `Download`");
    };
    record.operation = match sender {
        b"Download" => Operation::Read,
        b"Upload" | b"Rename" | b"Rmdir" | b"Mkdir" | b"Symlink" | b"Remove" | b"Chmod" | b"Chown"
        | b"Chtimes" | b"Truncate" | b"SSHCommand" => Operation::Other,
        _ => {
            let any = [Key::Status, Key::Error, Key::Message].map(|key| found.get(key).is_there());
            if any.contains(&true) {
                return Ok(Is::Directive);
            }
            return found.refuse(FaultKind::Syntax, "a message");
        }
    };
    let Some(path) = found.text(Key::Path) else {
        if sender == b"SSHCommand" {
            return Ok(Is::Directive);
        }
        return found.refuse(FaultKind::Syntax, "the path of a file");
    };
    record.object = Some(Stored { bucket: None, key: path.strip_prefix(b"/").unwrap_or(path) });
    record.bytes = found.bytes(Key::Size)?;
    record.status = Some(200);
    if found.get(Key::Error).is_there() {
        record.abort = Abort::Doubtful;
    }
    record.client = found.text(Key::Remote);
    record.principal = found.text(Key::User);
    record.request_id = found.text(Key::Connection);
    Ok(Is::Request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Unit;
    use crate::format::tests::{self, fault, record, unit};
    use crate::record::{Bytes, Stamp, Zone};

    fn with(from: &str, to: &str) -> &'static str {
        tests::changed_throughout(SAMPLE, from, to)
    }

    #[test]
    fn the_fields_of_a_transfer_are_read() {
        let read = record("sftpgo", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_616_764_039_738_000, zone: Zone::Absent });
        assert_eq!((read.client, read.principal), (Some(&b"192.0.2.7:50112"[..]), Some(&b"kim"[..])));
        assert_eq!((read.status, read.bytes, read.size), (Some(200), Bytes::Logged(2326), None));
        assert_eq!((read.operation, read.abort), (Operation::Read, Abort::Unlogged));
        assert_eq!(read.object, Some(Stored { bucket: None, key: b"srv/sftpgo/data/kim/a.csv" }));
        assert_eq!(read.request_id, Some(&b"SFTP_0_13"[..]));
    }

    #[test]
    fn uploads_and_commands_are_no_reads() {
        for sender in ["Upload", "Rename", "Remove", "Truncate", "SSHCommand"] {
            assert_eq!(record("sftpgo", with("Download", sender)).operation, Operation::Other, "{sender}");
        }
        let command = r#"{"level":"info","time":"2021-03-26T13:07:19.738","sender":"SSHCommand","ssh_command":"md5sum"}"#;
        assert_eq!(unit("sftpgo", command), Unit::Directive);
    }

    #[test]
    fn messages_and_failed_connections_are_no_requests() {
        for line in [
            r#"{"level":"debug","time":"2021-03-26T13:06:59.461","sender":"FTP","connection_id":"FTP_0_13","message":"transfer added"}"#,
            r#"{"level":"debug","time":"2021-03-26T13:06:59.461","sender":"connection_failed","client_ip":"192.0.2.7","username":"x","error":"no"}"#,
            r#"{"level":"info","time":"2021-03-26T13:06:59.461","sender":"httpd","remote_addr":"192.0.2.7:1","uri":"/a","resp_status":200}"#,
        ] {
            assert_eq!(unit("sftpgo", line), Unit::Directive, "{line}");
        }
        let other = r#"{"level":"info","time":"2021-03-26T13:06:59.461","sender":"x","msg":"y"}"#;
        assert_eq!(fault("sftpgo", other), (FaultKind::Syntax, "message", "a message"));
    }

    #[test]
    fn an_error_makes_a_transfer_doubtful_and_older_lines_have_no_address() {
        let failed = record("sftpgo", with("\"protocol\"", "\"error\":\"closed\",\"protocol\""));
        assert_eq!((failed.abort, failed.status), (Abort::Doubtful, Some(200)));
        let old = record("sftpgo", with("\"remote_addr\":\"192.0.2.7:50112\",", ""));
        assert_eq!((old.client, old.bytes), (None, Bytes::Logged(2326)));
        assert_eq!(record("sftpgo", with("2326", "0")).bytes, Bytes::Logged(0));
        assert_eq!(
            record("sftpgo", with("a.csv", r#"a\"b.csv"#)).object.map(|object| object.key.len()),
            Some(28)
        );
    }

    #[test]
    fn what_is_wrong_is_named_by_its_key() {
        assert_eq!(fault("sftpgo", with("\"file_path\"", "\"path\"")).1, "file_path");
        assert_eq!(fault("sftpgo", with("2326", "-1")).1, "size_bytes");
        assert_eq!(fault("sftpgo", with("2021-03-26T", "2021-03-36T")).0, FaultKind::Time);
        assert_eq!(fault("sftpgo", with("\"level\":\"info\"", "\"level\":\"INFO\"")).1, "level");
        assert_eq!(fault("sftpgo", with("\"sender\"", "\"logger\"")).1, "sender");
    }
}
