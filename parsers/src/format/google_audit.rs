//! Google Cloud audit logs (`protoPayload` of type `AuditLog`): Cloud Storage's requests, one JSON object a line.
//!
//! Sources: Google Cloud, "Cloud Audit Logs with Cloud Storage", "Understand audit logs", `google.cloud.audit.AuditLog`.
//! Which moment `timestamp` is these pages do not say. There is no HTTP status: where `protoPayload.status.code` is
//! absent or 0 the call succeeded, which is put as 200; any other code is put as 0.
//!
//! The object is `resourceName`, `projects/_/buckets/BUCKET/objects/KEY`. Who asked is `principalEmail`, or the principal's
//! subject. `storage.objects.get` is the method of reading an object's data and of reading its metadata.
//!
//! Calls of other services, and entries of the same export that are no calls (text and JSON payloads of applications), are
//! directives. An entry with an `httpRequest` is a request of another log and is refused.
//!
//! What it cannot say: bytes, sizes, ranges. So a read is at best probable. Data access logs are off by default, and reads
//! of public objects are not in them as they are in the usage logs.

use super::own::{Found, Is, Object, keys};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Escape, Meaning, Object as Stored, Operation, Record};
use crate::token::cursor::Read;
use crate::token::json::Value;
use crate::token::time::TimeCache;
use std::sync::Arc;

const FAMILY: Family = Family::of("google-audit");

keys! {
    LogName = "logName",
    InsertId = "insertId",
    Timestamp = "timestamp",
    HttpRequest = "httpRequest",
    Json = "jsonPayload",
    Text = "textPayload",
    Service = "protoPayload.serviceName",
    Method = "protoPayload.methodName",
    Name = "protoPayload.resourceName",
    Code = "protoPayload.status.code",
    CallerIp = "protoPayload.requestMetadata.callerIp",
    Agent = "protoPayload.requestMetadata.callerSuppliedUserAgent",
    Email = "protoPayload.authenticationInfo.principalEmail",
    Subject = "protoPayload.authenticationInfo.principalSubject",
}

const SAMPLE: &str = r#"{"insertId":"-kj1h22dqg3c","logName":"projects/p/logs/cloudaudit.googleapis.com%2Fdata_access","protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","authenticationInfo":{"principalEmail":"kim@example.org"},"authorizationInfo":[{"granted":true,"permission":"storage.objects.get","resource":"projects/_/buckets/exports/objects/2021/a.csv"}],"methodName":"storage.objects.get","requestMetadata":{"callerIp":"192.0.2.7","callerSuppliedUserAgent":"gsutil/4.67,gzip(gfe)","requestAttributes":{"time":"2021-09-13T03:03:08.926017323Z"}},"resourceName":"projects/_/buckets/exports/objects/2021/a.csv","serviceName":"storage.googleapis.com","status":{}},"receiveTimestamp":"2021-09-13T03:03:09.9Z","resource":{"labels":{"bucket_name":"exports","project_id":"p"},"type":"gcs_bucket"},"severity":"INFO","timestamp":"2021-09-13T03:03:08.918318174Z"}"#;

pub(super) const FORMATS: &[Named] = &[Named::own("google-audit", FAMILY, Origin::Seen, SAMPLE, || {
    let meaning = Meaning::UNKNOWN.escaped(Escape::Json);
    Arc::new(Object::new("google-audit", meaning, PATHS, &["logName", "insertId", "timestamp"], read))
})];

fn read<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    if found.text(Key::LogName).is_none() {
        return found.refuse(FaultKind::Syntax, "the name of a log");
    }
    record.time = found.utc(Key::Timestamp, cache)?;
    if found.get(Key::HttpRequest).is_there() {
        return found.refuse(FaultKind::Syntax, "an entry without an HTTP request");
    }
    let Some(service) = found.text(Key::Service) else {
        if found.get(Key::Json).is_there() || found.get(Key::Text).is_there() {
            return Ok(Is::Directive);
        }
        found.get(Key::Service);
        return found.refuse(FaultKind::Syntax, "the service of a call, or another payload");
    };
    let Some(method) = found.text(Key::Method) else {
        return found.refuse(FaultKind::Syntax, "a method such as `storage.objects.get`");
    };
    if service != b"storage.googleapis.com" {
        return Ok(Is::Directive);
    }
    record.operation = told(method);
    record.status = match found.get(Key::Code) {
        Value::Absent | Value::Null => Some(200),
        value => match value.count() {
            Some(0) => Some(200),
            Some(_) => Some(0),
            None => return found.refuse(FaultKind::Status, "the number of a status"),
        },
    };
    record.object = found.text(Key::Name).and_then(object);
    record.client = found.text(Key::CallerIp);
    record.agent = found.text(Key::Agent);
    record.principal = found.text(Key::Email).or_else(|| found.text(Key::Subject));
    record.request_id = found.text(Key::InsertId);
    Ok(Is::Request)
}

/// What a method asks for.
fn told(method: &[u8]) -> Operation {
    match method {
        b"storage.objects.get" => Operation::Read,
        b"storage.objects.list" | b"storage.buckets.list" => Operation::List,
        b"storage.buckets.get" | b"storage.getIamPermissions" => Operation::Learn,
        _ if method.ends_with(b".getIamPolicy") || method.ends_with(b".testIamPermissions") => {
            Operation::Learn
        }
        _ => Operation::Other,
    }
}

/// Bucket and key of `projects/_/buckets/BUCKET/objects/KEY`.
fn object(name: &[u8]) -> Option<Stored<'_>> {
    let rest = name.strip_prefix(b"projects/_/buckets/")?;
    let (bucket, key) = match memchr::memmem::find(rest, b"/objects/") {
        Some(at) => (rest.get(..at)?, rest.get(at + b"/objects/".len()..)?),
        None => (rest, &[][..]),
    };
    if bucket.is_empty() || bucket.contains(&b'/') {
        None
    } else {
        Some(Stored { bucket: Some(bucket), key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Unit;
    use crate::format::tests::{self, fault, record, unit};
    use crate::record::{Abort, Bytes, Stamp, Zone};

    fn with(from: &str, to: &str) -> &'static str {
        tests::changed_throughout(SAMPLE, from, to)
    }

    #[test]
    fn the_fields_of_a_read_are_read() {
        let read = record("google-audit", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_631_502_188_918_318, zone: Zone::Offset(0) });
        assert_eq!((read.client, read.principal), (Some(&b"192.0.2.7"[..]), Some(&b"kim@example.org"[..])));
        assert_eq!((read.status, read.bytes, read.abort), (Some(200), Bytes::Unlogged, Abort::Unlogged));
        assert_eq!(read.operation, Operation::Read);
        assert_eq!(read.object, Some(Stored { bucket: Some(b"exports"), key: b"2021/a.csv" }));
        assert_eq!(read.agent, Some(&b"gsutil/4.67,gzip(gfe)"[..]));
        assert_eq!(read.request_id, Some(&b"-kj1h22dqg3c"[..]));
    }

    #[test]
    fn a_code_of_a_status_is_a_failure_unless_it_is_zero() {
        let status = |to| record("google-audit", with("\"status\":{}", to)).status;
        assert_eq!(status(r#""status":{"code":7,"message":"denied"}"#), Some(0));
        assert_eq!(
            (status(r#""status":{"code":0}"#), status(r#""status":{"code":"5"}"#)),
            (Some(200), Some(0))
        );
        assert_eq!(record("google-audit", with(",\"status\":{}", "")).status, Some(200));
        let bad = with("\"status\":{}", r#""status":{"code":"x"}"#);
        assert_eq!(
            fault("google-audit", bad),
            (FaultKind::Status, "protoPayload.status.code", "the number of a status")
        );
    }

    #[test]
    fn methods_say_what_was_asked_for() {
        let told = |method: &str| {
            record("google-audit", with("\"methodName\":\"storage.objects.get\"", method)).operation
        };
        for (method, wanted) in [
            ("storage.objects.list", Operation::List),
            ("storage.buckets.get", Operation::Learn),
            ("storage.objects.getIamPolicy", Operation::Learn),
            ("storage.objects.create", Operation::Other),
            ("storage.objects.delete", Operation::Other),
        ] {
            assert_eq!(told(&format!("\"methodName\":\"{method}\"")), wanted, "{method}");
        }
        assert_eq!(fault("google-audit", with("\"methodName\"", "\"method\"")).1, "protoPayload.methodName");
    }

    #[test]
    fn a_name_is_a_bucket_with_or_without_a_key() {
        assert_eq!(object(b"projects/_/buckets/b"), Some(Stored { bucket: Some(b"b"), key: b"" }));
        let twice = Some(Stored { bucket: Some(&b"b"[..]), key: b"objects/objects/c" });
        assert_eq!(object(b"projects/_/buckets/b/objects/objects/objects/c"), twice);
        for name in
            [&b"projects/p/global/networks/n"[..], b"projects/_/buckets/", b"projects/_/buckets/b/x/c"]
        {
            assert_eq!(object(name), None);
        }
    }

    #[test]
    fn calls_of_other_services_and_other_payloads_are_no_requests() {
        let other = with("storage.googleapis.com", "iam.googleapis.com");
        assert_eq!(unit("google-audit", other), Unit::Directive);
        let head = r#"{"insertId":"1","logName":"projects/p/logs/l","timestamp":"2021-10-19T02:04:00Z","#;
        let line =
            |payload: &str| -> &'static str { Box::leak(format!("{head}{payload}}}").into_boxed_str()) };
        assert_eq!(unit("google-audit", line("\"textPayload\":\"t\"")), Unit::Directive);
        assert_eq!(unit("google-audit", line("\"jsonPayload\":{\"a\":1}")), Unit::Directive);
        assert_eq!(fault("google-audit", line("\"severity\":\"INFO\"")).1, "protoPayload.serviceName");
        assert_eq!(fault("google-audit", line("\"jsonPayload\":{},\"httpRequest\":{}")).1, "httpRequest");
    }

    #[test]
    fn what_is_absent_or_wrong_is_told() {
        let email = r#""principalEmail":"kim@example.org""#;
        assert_eq!(record("google-audit", with(email, "")).principal, None);
        let subject = with(email, r#""principalSubject":"user:kim@example.org""#);
        assert_eq!(record("google-audit", subject).principal, Some(&b"user:kim@example.org"[..]));
        assert_eq!(record("google-audit", with("\"callerIp\":\"192.0.2.7\",", "")).client, None);
        assert_eq!(fault("google-audit", with("\"insertId\"", "\"id\"")).1, "insertId");
        assert_eq!(
            fault("google-audit", with("2021-09-13T03:03:08.918", "2021-09-31T03:03:08.918")).0,
            FaultKind::Time
        );
        let quote = with("gsutil/4.67,gzip(gfe)", r#"a\"b"#);
        assert_eq!(record("google-audit", quote).agent, Some(&br#"a\"b"#[..]));
    }
}
