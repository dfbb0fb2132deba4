//! Ceph RADOS Gateway, ops log as JSON: one object a line (`rgw_ops_log_file_path`).
//!
//! Source: Ceph, `src/rgw/rgw_log.cc` (`rgw_format_ops_log_entry`) and `src/rgw/rgw_rest.cc` (`end_header` turns the accounting
//! on behind the headers). So `bytes_sent` counts the body that was handed to the network. `time` is that of the request, in
//! UTC; which moment it is was not looked up. `object_size` is the object's; 0 where nothing is known of one. The key
//! `object` is there in newer releases only; `uri` is the whole request line.
//!
//! `get_obj` reads an object, unless the method is `HEAD`. A `copy_obj` names what is written, so it is no read here.
//!
//! What it cannot say: which range was asked for, whether the client got the last bytes. Requests that name no bucket are
//! not logged. The stream of the socket, whose objects end with a comma, is not read. Written from the source, not yet
//! seen in a real file.

use super::own::{Found, Is, Object, keys};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{ByteSemantics, Escape, Meaning, Object as Stored, Operation, Record, TimeBasis};
use crate::token::cursor::Read;
use crate::token::time::TimeCache;
use std::sync::Arc;

const FAMILY: Family = Family::of("ceph-ops");

keys! {
    Bucket = "bucket",
    Object = "object",
    Time = "time",
    Remote = "remote_addr",
    User = "user",
    Operation = "operation",
    Uri = "uri",
    Status = "http_status",
    Sent = "bytes_sent",
    Size = "object_size",
    Agent = "user_agent",
    Referrer = "referrer",
    Transaction = "trans_id",
}

const SAMPLE: &str = r#"{"bucket":"exports","object":"2024/a.csv","time":"2024-06-12T13:10:07.404012Z","time_local":"2024-06-12T15:10:07.404012+0200","remote_addr":"192.0.2.7","user":"kim","operation":"get_obj","uri":"GET /exports/2024/a.csv?b=c HTTP/1.1","http_status":"200","error_code":"","bytes_sent":2326,"bytes_received":0,"object_size":2326,"total_time":4,"user_agent":"curl/7.79.1","referrer":"","trans_id":"tx-1"}"#;

pub(super) const FORMATS: &[Named] = &[Named::own("ceph-ops", FAMILY, Origin::Documentation, SAMPLE, || {
    let meaning = Meaning {
        time_basis: TimeBasis::Unknown,
        bytes: ByteSemantics::BodyWritten,
        ..Meaning::UNKNOWN.escaped(Escape::Json)
    };
    let needed = &["bucket", "time", "remote_addr", "operation", "uri", "http_status", "bytes_sent"];
    Arc::new(Object::new("ceph-ops", meaning, PATHS, needed, read))
})];

fn read<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    record.time = found.utc(Key::Time, cache)?;
    let Some(operation) = found.text(Key::Operation) else {
        return found.refuse(FaultKind::Syntax, "an operation such as `get_obj`");
    };
    if let Some(line) = found.text(Key::Uri) {
        record.request = Some(line);
        let Some((method, target, protocol)) = parts(line) else {
            return found.refuse(FaultKind::Syntax, "a method and a target");
        };
        (record.method, record.target, record.protocol) = (Some(method), Some(target), protocol);
    }
    record.operation = told(operation, record.method);
    record.status = found.get(Key::Status).status()?;
    record.bytes = found.bytes(Key::Sent)?;
    record.size = found.count(Key::Size).filter(|size| *size > 0 && record.operation == Operation::Read);
    let bucket = found.text(Key::Bucket);
    if found.get(Key::Object).is_there() && bucket.is_some() {
        record.object = Some(Stored { bucket, key: found.text(Key::Object).unwrap_or_default() });
    }
    record.client = found.text(Key::Remote);
    record.principal = found.text(Key::User);
    record.agent = found.text(Key::Agent);
    record.referer = found.text(Key::Referrer);
    record.request_id = found.text(Key::Transaction);
    Ok(Is::Request)
}

/// What an operation asks for.
fn told(operation: &[u8], method: Option<&[u8]>) -> Operation {
    match operation {
        b"get_obj" if method != Some(b"HEAD") => Operation::Read,
        b"list_bucket" | b"list_buckets" | b"list_multipart" | b"list_bucket_multiparts" => Operation::List,
        _ if operation.starts_with(b"get_") || operation.starts_with(b"stat_") => Operation::Learn,
        _ => Operation::Other,
    }
}

/// Method, target and protocol.
type Parts<'a> = (&'a [u8], &'a [u8], Option<&'a [u8]>);

/// The parts of a request line in which a `/` may be written `\/`.
fn parts(line: &[u8]) -> Option<Parts<'_>> {
    let space = memchr::memchr(b' ', line)?;
    let (method, rest) = (line.get(..space)?, line.get(space + 1..)?);
    let cut = memchr::memrchr(b' ', rest).and_then(|at| Some((rest.get(..at)?, rest.get(at + 1..)?)));
    let (target, protocol) = match cut {
        Some((target, protocol)) if protocol.starts_with(b"HTTP/") || protocol.starts_with(br"HTTP\/") => {
            (target, Some(protocol))
        }
        _ => (rest, None),
    };
    if method.is_empty() || target.is_empty() { None } else { Some((method, target, protocol)) }
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
    fn the_keys_of_the_source_are_read() {
        let read = record("ceph-ops", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_718_197_807_404_012, zone: Zone::Offset(0) });
        assert_eq!((read.client, read.principal), (Some(&b"192.0.2.7"[..]), Some(&b"kim"[..])));
        assert_eq!((read.status, read.bytes, read.size), (Some(200), Bytes::Logged(2326), Some(2326)));
        assert_eq!(read.operation, Operation::Read);
        assert_eq!(read.object, Some(Stored { bucket: Some(b"exports"), key: b"2024/a.csv" }));
        assert_eq!((read.method, read.target), (Some(&b"GET"[..]), Some(&b"/exports/2024/a.csv?b=c"[..])));
        assert_eq!((read.protocol, read.referer), (Some(&b"HTTP/1.1"[..]), None));
        assert_eq!((read.agent, read.request_id), (Some(&b"curl/7.79.1"[..]), Some(&b"tx-1"[..])));
    }

    #[test]
    fn a_head_reads_nothing_and_copies_and_writes_are_no_reads() {
        let head = record("ceph-ops", with("GET /", "HEAD /"));
        assert_eq!((head.operation, head.size), (Operation::Learn, None));
        for (word, wanted) in [
            ("list_bucket", Operation::List),
            ("get_acls", Operation::Learn),
            ("stat_bucket", Operation::Learn),
            ("put_obj", Operation::Other),
            ("copy_obj", Operation::Other),
            ("delete_obj", Operation::Other),
        ] {
            assert_eq!(record("ceph-ops", with("get_obj", word)).operation, wanted, "{word}");
        }
        assert_eq!(fault("ceph-ops", with("get_obj", "")).1, "operation");
    }

    #[test]
    fn older_releases_name_no_object_and_an_object_may_be_none() {
        let old = record("ceph-ops", with("\"object\":\"2024/a.csv\",", ""));
        assert!(old.object.is_none() && old.target.is_some());
        let none = record("ceph-ops", with("\"object\":\"2024/a.csv\"", "\"object\":\"-\""));
        assert_eq!(none.object, Some(Stored { bucket: Some(b"exports"), key: b"" }));
        let space =
            with("\"time\":\"2024-06-12T13:10:07.404012Z\"", "\"time\":\"2024-06-12 13:10:07.404012\"");
        assert_eq!(record("ceph-ops", space).time.zone, Zone::Offset(0));
    }

    /// A size of 0 beside a body would make every read a whole one.
    #[test]
    fn a_size_of_zero_is_no_size() {
        assert_eq!(record("ceph-ops", with("\"object_size\":2326", "\"object_size\":0")).size, None);
        assert_eq!(record("ceph-ops", with(",\"object_size\":2326", "")).size, None);
        assert_eq!(
            record("ceph-ops", with("\"bytes_sent\":2326", "\"bytes_sent\":0")).bytes,
            Bytes::Logged(0)
        );
        assert_eq!(
            record("ceph-ops", with("\"http_status\":\"200\"", "\"http_status\":\"404\"")).status,
            Some(404)
        );
        assert_eq!(fault("ceph-ops", with("\"bytes_sent\":2326", "\"bytes_sent\":-3")).1, "bytes_sent");
        assert_eq!(
            fault("ceph-ops", with("\"http_status\":\"200\"", "\"http_status\":\"OK\"")).0,
            FaultKind::Status
        );
    }

    #[test]
    fn request_lines_may_have_escaped_slashes_spaces_or_no_version() {
        let escaped = record(
            "ceph-ops",
            with("GET /exports/2024/a.csv?b=c HTTP/1.1", r"GET \/exports\/a b.csv HTTP\/1.1"),
        );
        assert_eq!(
            (escaped.target, escaped.protocol),
            (Some(&br"\/exports\/a b.csv"[..]), Some(&br"HTTP\/1.1"[..]))
        );
        let bare = record("ceph-ops", with(" HTTP/1.1\"", "\""));
        assert_eq!((bare.target, bare.protocol), (Some(&b"/exports/2024/a.csv?b=c"[..]), None));
        assert_eq!(fault("ceph-ops", with("GET /exports/2024/a.csv?b=c HTTP/1.1", "GET")).1, "uri");
    }

    #[test]
    fn objects_of_others_are_none_of_it() {
        assert_eq!(fault("ceph-ops", with("\"bytes_sent\"", "\"bytes\"")).1, "bytes_sent");
        assert_eq!(fault("ceph-ops", with("2024-06-12T13", "2024-06-31T13")).0, FaultKind::Time);
        assert!(matches!(unit("ceph-ops", with("\"tx-1\"}", "\"tx-1\"},")), Unit::Fault(_)));
        assert_eq!(record("ceph-ops", with("curl/7.79.1", r#"a\"b"#)).agent, Some(&br#"a\"b"#[..]));
    }
}
