//! MinIO audit log (webhook or Kafka), one JSON object a line.
//!
//! Source: MinIO, `minio/pkg` `logger/message/audit` (the keys), `minio/minio` `internal/logger/audit.go` and
//! `internal/http/response-recorder.go`. The entry is made when the request is over: `time` is taken in the same call that
//! computes `timeToResponse`, in UTC. `api.tx` is the sum of what the response's writer accepted of the body; since there
//! is `api.txHeaders` the headers are counted apart. Entries without that key are older: whether headers are in their `tx`
//! was not looked up for every release, so there it is unknown; still older ones have no `tx`. -1 is "unknown output bytes".
//!
//! The size of the object is `Content-Length` of the response, where a read was answered with 200 and no content coding.
//! Who asked is `accessKey`, in older entries that of the claims. Entries whose `trigger` is not `incoming` (the scanner,
//! replication, the healing of objects) are no requests of clients: directives.
//!
//! What it cannot say: the method, the query as written. The source of a `CopyObject` stands in a header only; the
//! entry's object is what was written, so it is no read here. Written from the source and published entries of uploads
//! and listings, not yet seen in a real file.

use super::own::{Found, Is, Object, keys};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{ByteSemantics, Bytes, Escape, Meaning, Object as Stored, Operation, Record, TimeBasis};
use crate::token::cursor::Read;
use crate::token::json::Value;
use crate::token::time::TimeCache;
use std::sync::Arc;

const FAMILY: Family = Family::of("minio");

keys! {
    Version = "version",
    Time = "time",
    Trigger = "trigger",
    Name = "api.name",
    Bucket = "api.bucket",
    Object = "api.object",
    Status = "api.statusCode",
    Sent = "api.tx",
    SentHeaders = "api.txHeaders",
    RemoteHost = "remotehost",
    RequestId = "requestID",
    Agent = "userAgent",
    Path = "requestPath",
    Host = "requestHost",
    Range = "requestHeader.Range",
    Referer = "requestHeader.Referer",
    ContentLength = "responseHeader.Content-Length",
    ContentRange = "responseHeader.Content-Range",
    Coding = "responseHeader.Content-Encoding",
    User = "accessKey",
    Claimed = "requestClaims.accessKey",
}

const SAMPLE: &str = r#"{"version":"1","deploymentid":"2c275eed-a264-495f-b7b8-c158326fd4a3","time":"2024-05-09T07:38:10.449688982Z","event":"","trigger":"incoming","api":{"name":"GetObject","bucket":"exports","object":"2024/a.csv","status":"OK","statusCode":200,"rx":0,"tx":2326,"txHeaders":411,"timeToFirstByte":"2239236ns","timeToResponse":"13309747ns"},"remotehost":"192.0.2.7","requestID":"17CDC1F4D7E69123","userAgent":"aws-cli/2.17","requestPath":"/exports/2024/a.csv","requestHost":"s3.example.org:9000","requestHeader":{"Accept-Encoding":"identity","Authorization":"AWS4-HMAC-SHA256 Credential=kim/20240509/us-east-1/s3/aws4_request"},"responseHeader":{"Accept-Ranges":"bytes","Content-Length":"2326","ETag":"84f6bd"},"accessKey":"kim"}"#;
const OLD: &str = r#"{"version":"1","deploymentid":"8a1d8091-b874-45df-b9ea-e044eede6ace","time":"2021-07-13T02:00:47.020547414Z","trigger":"incoming","api":{"name":"ListBuckets","status":"OK","statusCode":200,"timeToFirstByte":"261795ns","timeToResponse":"312490ns"},"remotehost":"192.0.2.7","requestID":"16913736591C237F","userAgent":"mc/DEVELOPMENT","requestHeader":{"X-Amz-Date":"20210713T020047Z"},"responseHeader":{"Content-Length":"547"}}"#;

pub(super) const FORMATS: &[Named] = &[
    Named::own("minio", FAMILY, Origin::Documentation, SAMPLE, || {
        let needed = &["version", "time", "trigger", "api.txHeaders"];
        Arc::new(Object::new("minio", meaning(ByteSemantics::BodyWritten), PATHS, needed, newer))
    }),
    Named::own("minio-old", FAMILY, Origin::Documentation, OLD, || {
        let needed = &["version", "time", "trigger"];
        Arc::new(Object::new("minio-old", meaning(ByteSemantics::Unknown), PATHS, needed, older))
    }),
];

const fn meaning(bytes: ByteSemantics) -> Meaning {
    Meaning { bytes, time_basis: TimeBasis::Completed, ..Meaning::UNKNOWN.escaped(Escape::Json) }
}

fn newer<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    if found.bytes(Key::SentHeaders)? == Bytes::Unlogged {
        return found.refuse(FaultKind::Syntax, "a count of bytes");
    }
    entry(found, cache, record)
}

fn older<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    if found.get(Key::SentHeaders) != Value::Absent {
        return found.refuse(FaultKind::Syntax, "an entry without this key");
    }
    entry(found, cache, record)
}

fn entry<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    if found.text(Key::Version) != Some(b"1") {
        return found.refuse(FaultKind::Syntax, "version 1");
    }
    record.time = found.utc(Key::Time, cache)?;
    match found.text(Key::Trigger) {
        Some(b"incoming") => {}
        Some(_) => return Ok(Is::Directive),
        None => return found.refuse(FaultKind::Syntax, "a trigger such as `incoming`"),
    }
    record.operation = found.text(Key::Name).map_or(Operation::Other, told);
    record.status = found.get(Key::Status).status()?;
    record.bytes = match found.get(Key::Sent) {
        Value::Number(b"-1") => Bytes::Unlogged,
        _ => found.bytes(Key::Sent)?,
    };
    if let Some(bucket) = found.text(Key::Bucket) {
        let key = found.text(Key::Object).unwrap_or_default();
        record.object = Some(Stored { bucket: Some(bucket), key });
    }
    let whole = record.operation == Operation::Read && record.status == Some(200);
    if whole && !found.get(Key::Coding).is_there() {
        record.size = found.count(Key::ContentLength);
    }
    record.client = found.text(Key::RemoteHost);
    record.request_id = found.text(Key::RequestId);
    record.agent = found.text(Key::Agent);
    record.target = found.text(Key::Path);
    record.host = found.text(Key::Host).map(without_port);
    record.range = found.text(Key::Range);
    record.content_range = found.text(Key::ContentRange);
    record.referer = found.text(Key::Referer);
    record.principal = found.text(Key::User).or_else(|| found.text(Key::Claimed));
    Ok(Is::Request)
}

/// What an API's name asks for; as METHOD section 5, rows 1 and 2, has it of S3.
fn told(name: &[u8]) -> Operation {
    match name {
        b"GetObject" => Operation::Read,
        _ if name.starts_with(b"List") => Operation::List,
        _ if name.starts_with(b"Get") || name.starts_with(b"Head") || name.starts_with(b"Select") => {
            Operation::Learn
        }
        _ => Operation::Other,
    }
}

fn without_port(host: &[u8]) -> &[u8] {
    memchr::memrchr(b':', host)
        .filter(|at| host.get(at + 1..).is_some_and(|port| port.iter().all(u8::is_ascii_digit)))
        .and_then(|at| host.get(..at))
        .unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tests::{self, fault, record, unit};
    use crate::format::{Unit, named};
    use crate::record::{Stamp, Zone};

    fn with(from: &str, to: &str) -> &'static str {
        tests::changed_throughout(SAMPLE, from, to)
    }

    #[test]
    fn the_keys_of_the_source_are_read() {
        let read = record("minio", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_715_240_290_449_688, zone: Zone::Offset(0) });
        assert_eq!((read.client, read.principal), (Some(&b"192.0.2.7"[..]), Some(&b"kim"[..])));
        assert_eq!((read.status, read.bytes, read.size), (Some(200), Bytes::Logged(2326), Some(2326)));
        assert_eq!(read.operation, Operation::Read);
        assert_eq!(read.object, Some(Stored { bucket: Some(b"exports"), key: b"2024/a.csv" }));
        assert_eq!(
            (read.target, read.host),
            (Some(&b"/exports/2024/a.csv"[..]), Some(&b"s3.example.org"[..]))
        );
        assert_eq!((read.request_id, read.method), (Some(&b"17CDC1F4D7E69123"[..]), None));
        assert_eq!((read.agent, read.range, read.referer), (Some(&b"aws-cli/2.17"[..]), None, None));
    }

    #[test]
    fn bytes_are_the_body_only_where_headers_are_counted_apart() {
        let bytes = |name| named(name, None).unwrap().meaning().bytes;
        assert_eq!(
            (bytes("minio"), bytes("minio-old")),
            (ByteSemantics::BodyWritten, ByteSemantics::Unknown)
        );
        assert_eq!(fault("minio", with("\"txHeaders\":411,", "")).1, "api.txHeaders");
        assert_eq!(fault("minio-old", SAMPLE).1, "api.txHeaders");
        assert_eq!(record("minio-old", with("\"txHeaders\":411,", "")).bytes, Bytes::Logged(2326));
        let old = record("minio-old", OLD);
        assert_eq!((old.bytes, old.operation, old.object), (Bytes::Unlogged, Operation::List, None));
        assert_eq!((old.principal, old.size), (None, None));
    }

    #[test]
    fn an_unknown_count_an_empty_body_and_a_wrong_count_are_three_things() {
        assert_eq!(record("minio", with("\"tx\":2326", "\"tx\":-1")).bytes, Bytes::Unlogged);
        assert_eq!(record("minio", with("\"tx\":2326", "\"tx\":0")).bytes, Bytes::Logged(0));
        assert_eq!(fault("minio", with("\"tx\":2326", "\"tx\":-2")).1, "api.tx");
        let error = record("minio", with("\"statusCode\":200", "\"statusCode\":403"));
        assert_eq!((error.status, error.size), (Some(403), None));
        assert_eq!(fault("minio", with("\"statusCode\":200", "\"statusCode\":\"OK\"")).0, FaultKind::Status);
    }

    #[test]
    fn the_length_of_a_part_or_of_a_coded_body_is_no_size() {
        let part = SAMPLE
            .replace("\"statusCode\":200", "\"statusCode\":206")
            .replace("\"Accept-Encoding\"", "\"Range\":\"bytes=0-98\",\"Accept-Encoding\"")
            .replace("\"Accept-Ranges\"", "\"Content-Range\":\"bytes 0-98/2326\",\"Accept-Ranges\"");
        let read = record("minio", Box::leak(part.into_boxed_str()));
        assert_eq!((read.size, read.range), (None, Some(&b"bytes=0-98"[..])));
        assert_eq!(read.content_range, Some(&b"bytes 0-98/2326"[..]));
        let coded = with("\"Accept-Ranges\"", "\"Content-Encoding\":\"gzip\",\"Accept-Ranges\"");
        assert_eq!(record("minio", coded).size, None);
        assert_eq!(record("minio", with("GetObject", "HeadObject")).size, None);
        assert_eq!(record("minio", with("\"Content-Length\":\"2326\",", "")).size, None);
    }

    #[test]
    fn names_say_what_was_asked_for() {
        for (name, wanted) in [
            ("ListObjectsV2", Operation::List),
            ("HeadObject", Operation::Learn),
            ("GetBucketPolicy", Operation::Learn),
            ("SelectObjectContent", Operation::Learn),
            ("PutObject", Operation::Other),
            ("CopyObject", Operation::Other),
            ("DeleteObject", Operation::Other),
        ] {
            assert_eq!(record("minio", with("GetObject", name)).operation, wanted, "{name}");
        }
        assert_eq!(record("minio", with("\"name\":\"GetObject\",", "")).operation, Operation::Other);
    }

    #[test]
    fn what_the_server_does_of_itself_is_no_request() {
        assert_eq!(unit("minio", with("incoming", "replicate:object")), Unit::Directive);
        let inner = r#"{"version":"1","time":"2024-05-09T07:38:10Z","event":"Expiry","trigger":"scanner","api":{"bucket":"b","rx":0,"tx":0}}"#;
        assert_eq!(unit("minio-old", inner), Unit::Directive);
        assert_eq!(fault("minio", with("\"trigger\":\"incoming\"", "\"trigger\":\"\"")).1, "trigger");
        assert_eq!(fault("minio", with("\"version\":\"1\"", "\"version\":\"2\"")).1, "version");
        assert_eq!(fault("minio", with("2024-05-09T", "2024-05-39T")).0, FaultKind::Time);
        let claims = with("\"accessKey\":\"kim\"", "\"requestClaims\":{\"accessKey\":\"pat\"}");
        assert_eq!(record("minio", claims).principal, Some(&b"pat"[..]));
        assert_eq!(record("minio", with("aws-cli/2.17", r#"a\"b"#)).agent, Some(&br#"a\"b"#[..]));
    }
}
