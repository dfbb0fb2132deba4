use super::{SAMPLE, lookup, whole};
use crate::fault::FaultKind;
use crate::format::Unit;
use crate::format::tests::{self, fault, record, unit};
use crate::record::{Bytes, Object, Operation, Record, Stamp, Zone};

fn text(of: Option<&[u8]>) -> Option<&str> {
    of.map(|bytes| std::str::from_utf8(bytes).unwrap())
}

fn changed(from: &str, to: &str) -> &'static str {
    tests::changed_throughout(SAMPLE, from, to)
}

fn read(from: &str, to: &str) -> Record<'static> {
    record("cloudtrail", changed(from, to))
}

#[test]
fn the_fields_of_a_data_event_are_read() {
    let read = record("cloudtrail", SAMPLE);
    let time = Stamp { local_us: 1_739_163_872_000_000, zone: Zone::Offset(0) };
    assert_eq!((text(read.client), read.time, read.status), (Some("192.0.2.7"), time, Some(200)));
    assert_eq!((read.bytes, read.operation), (Bytes::Logged(2326), Operation::Read));
    let object = Object { bucket: Some(&b"example-bucket"[..]), key: b"exports/2019/a b.csv" };
    assert_eq!((read.object, read.method, read.target), (Some(object), None, None));
    assert_eq!(text(read.principal), Some("arn:aws:iam::123456789012:user/kim"));
    assert_eq!(text(read.request_id), Some("8d96391c-83f4-3491-bb84-4b389122ffb9"));
    assert_eq!((text(read.agent), read.size), (Some("[aws-cli/2.9.0]"), None));
    assert_eq!(text(read.host), Some("example-bucket.s3.us-east-1.amazonaws.com"));
}

#[test]
fn an_error_code_is_no_success() {
    assert_eq!(read("\"awsRegion\"", "\"errorCode\":\"AccessDenied\",\"awsRegion\"").status, Some(0));
    assert_eq!(read("\"awsRegion\"", "\"errorCode\":null,\"awsRegion\"").status, Some(200));
}

#[test]
fn a_range_among_the_parameters_is_answered_with_a_part() {
    let part = read("\"bucketName\"", "\"Range\":\"bytes=0-99\",\"bucketName\"");
    assert_eq!((part.status, text(part.range)), (Some(206), Some("bytes=0-99")));
}

/// METHOD section 5, rows 1 and 2.
#[test]
fn operations_say_what_was_asked_for() {
    for (name, wanted) in [
        ("HeadObject", Operation::Learn),
        ("GetObjectAcl", Operation::Learn),
        ("GetObjectTagging", Operation::Learn),
        ("SelectObjectContent", Operation::Learn),
        ("ListObjectsV2", Operation::List),
        ("ListObjectVersions", Operation::List),
        ("PutObject", Operation::Other),
        ("DeleteObjects", Operation::Other),
        ("CopyObject", Operation::Other),
    ] {
        assert_eq!(read("\"GetObject\"", &format!("\"{name}\"")).operation, wanted, "{name}");
    }
}

#[test]
fn the_object_of_a_copy_is_its_source() {
    let of = |name: &str, source: &str| {
        let line = SAMPLE
            .replace("\"GetObject\"", &format!("\"{name}\""))
            .replace("\"bucketName\"", &format!("\"x-amz-copy-source\":\"{source}\",\"bucketName\""));
        let read = record("cloudtrail", Box::leak(line.into_boxed_str()));
        (read.operation, read.object.unwrap())
    };
    let wanted = Object { bucket: Some(&b"from"[..]), key: b"a/b%20c.csv" };
    for source in ["from/a/b%20c.csv", "/from/a/b%20c.csv", "from/a/b%20c.csv?versionId=7"] {
        assert_eq!(of("CopyObject", source), (Operation::Copy, wanted), "{source}");
    }
    let point = "arn:aws:s3:us-west-2:123456789012:accesspoint/p/object/a/b.csv";
    assert_eq!(of("UploadPartCopy", point), (Operation::CopyPart, Object { bucket: None, key: b"a/b.csv" }));
    assert_eq!(of("CopyObject", "from").0, Operation::Other);
}

#[test]
fn a_request_that_nobody_signed_has_no_principal() {
    let anonymous = r#"{"type":"AWSAccount","principalId":"","accountId":"anonymous"}"#;
    let begin = SAMPLE.find("{\"type\":\"IAMUser\"").unwrap();
    let (front, rest) = SAMPLE.split_at(begin);
    let line = format!("{front}{anonymous}{}", rest.split_once('}').unwrap().1);
    assert_eq!(record("cloudtrail", Box::leak(line.into_boxed_str())).principal, None);
    let key = read("\"arn\":\"arn:aws:iam::123456789012:user/kim\",", "");
    assert_eq!(text(key.principal), Some("AKIAEXAMPLE"));
}

#[test]
fn bytes_are_a_floating_point_number() {
    for (text, wanted) in [
        ("89.0", Some(89)),
        ("0.0", Some(0)),
        ("2326", Some(2326)),
        ("1.048576E7", Some(10_485_760)),
        ("4.229E+2", None),
        ("4.229e3", Some(4229)),
        ("1E3", Some(1000)),
        ("1.5", None),
        ("-1", None),
        ("1E-3", None),
        ("1E20", None),
        (".5", None),
        ("", None),
    ] {
        assert_eq!(whole(text.as_bytes()), wanted, "{text}");
    }
    assert_eq!(read("2326.0", "null").bytes, Bytes::Unlogged);
    assert_eq!(read("\"bytesTransferredOut\":2326.0,", "").bytes, Bytes::Unlogged);
    let half = fault("cloudtrail", changed("2326.0", "0.5"));
    assert_eq!(half.1, "additionalEventData.bytesTransferredOut");
}

#[test]
fn what_is_no_data_event_of_s3_is_a_directive() {
    for (from, to) in [
        ("\"Data\"", "\"Management\""),
        ("s3.amazonaws.com\",\"eventName", "lambda.amazonaws.com\",\"eventName"),
        ("\"eventName\":\"GetObject\",", "\"eventCategory\":\"Insight\",\"x\":\"y\","),
    ] {
        let line = changed(from, to);
        let line = if to.contains("Insight") {
            Box::leak(line.replace(",\"eventCategory\":\"Data\"", "").into_boxed_str())
        } else {
            line
        };
        assert_eq!(unit("cloudtrail", line), Unit::Directive, "{to}");
    }
}

#[test]
fn an_event_without_a_category_is_told_by_its_name() {
    let old = |name: &str| {
        let line = SAMPLE
            .replace(",\"eventCategory\":\"Data\"", "")
            .replace("\"GetObject\"", &format!("\"{name}\""));
        unit("cloudtrail", Box::leak(line.into_boxed_str()))
    };
    assert!(matches!(old("GetObject"), Unit::Record(read) if read.operation == Operation::Read));
    assert_eq!((old("GetBucketAcl"), old("ListBuckets")), (Unit::Directive, Unit::Directive));
}

#[test]
fn the_event_history_has_no_data_events() {
    assert_eq!(unit("cloudtrail-lookup", lookup::SAMPLE), Unit::Directive);
    let of = |from: &str, to: &str| {
        fault("cloudtrail-lookup", Box::leak(lookup::SAMPLE.replacen(from, to, 1).into_boxed_str())).1
    };
    assert_eq!(of("\"CloudTrailEvent\"", "\"Event\""), "CloudTrailEvent");
    assert_eq!(of("\"{\\\"event", "\"\\\"event"), "CloudTrailEvent");
}

#[test]
fn what_does_not_fit_is_named_by_its_key() {
    for (from, to, kind, field) in [
        ("2025-02-10T", "2025-02-30T", FaultKind::Time, "eventTime"),
        ("\"2025-02-10T05:04:32Z\"", "7", FaultKind::Time, "eventTime"),
        ("\"eventID\"", "\"id\"", FaultKind::Syntax, "eventID"),
        ("\"eventVersion\"", "\"version\"", FaultKind::Syntax, "eventVersion"),
        ("\"eventName\":\"GetObject\",", "", FaultKind::Syntax, "eventName"),
        ("\"readOnly\":true", "\"readOnly\":tru", FaultKind::Syntax, "line"),
    ] {
        let (was, column, _) = fault("cloudtrail", changed(from, to));
        assert_eq!((was, column), (kind, field), "{to}");
    }
    assert!(matches!(unit("cloudtrail", lookup::SAMPLE), Unit::Fault(_)));
    assert!(matches!(unit("cloudtrail", "{\"Records\":[]}"), Unit::Fault(_)));
}
