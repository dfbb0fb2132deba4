//! AWS CloudTrail: S3 data events, one event object a line (`cloudtrail`), and the export of `lookup-events`
//! (`cloudtrail-lookup`). A file that is one object with a list `Records` is read
//! element by element ([`crate::document`]).
//!
//! Sources: AWS CloudTrail user guide, "CloudTrail record contents for management, data, and network activity events" and
//! "CloudTrail userIdentity element"; Amazon S3 user guide, "Amazon S3 CloudTrail events". Of events by line only
//! management events were seen; data events are written from documentation.
//!
//! **Which events**: those of `s3.amazonaws.com` whose category is `Data`. Before event version 1.08 there is no category:
//! there the object operations below count. All others (management, insight, other services) are directives: they read no
//! object. `lookup-events` asks the event history, which records no data events (S3 user guide): its lines are directives
//! all, and the event inside, a JSON text in a JSON text, need not be read.
//!
//! **Time** is "the date and time the request was completed", UTC, by the clock of the host that served it. **Status**:
//! there is none. No `errorCode` is a success and read as 200, an `errorCode` as 0. A GET with a `Range` among its
//! parameters is read as 206, which is what S3 answers it with. **Bytes** are `bytesTransferredOut`, a floating-point
//! number; what they count is not documented, so it is unknown.
//!
//! **Copies**: `CopyObject` and `UploadPartCopy` name the destination by bucket and key. What was read is
//! `x-amz-copy-source`, and that is the object of the record; it is percent-encoded, other than the keys of other events,
//! and kept as written. Without a source the event is a write.
//!
//! The request id is `eventID`, one for each event. The client may be the name of a service or `AWS Internal`. The login is
//! the ARN, else the access key, else the principal's id; a request that nobody signed has none of them.
//!
//! What it cannot say: the size of the object, whether the transfer was cut, and, as data events are off by default, that
//! there were no other requests.

use super::own::{Found, Is, Object as Keyed, keys};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Bytes, Escape, Meaning, Object, Operation, Record, TimeBasis};
use crate::token::cursor::{Read, all};
use crate::token::json::Value;
use crate::token::time::{TimeCache, iso8601};
use std::sync::Arc;

mod lookup;
#[cfg(test)]
mod tests;

const FAMILY: Family = Family::of("cloudtrail");

keys! {
    Time = "eventTime",
    Version = "eventVersion",
    Id = "eventID",
    Source = "eventSource",
    Name = "eventName",
    Category = "eventCategory",
    Client = "sourceIPAddress",
    Agent = "userAgent",
    Error = "errorCode",
    Arn = "userIdentity.arn",
    Access = "userIdentity.accessKeyId",
    Principal = "userIdentity.principalId",
    Bucket = "requestParameters.bucketName",
    Path = "requestParameters.key",
    Host = "requestParameters.Host",
    Range = "requestParameters.Range",
    CopySource = "requestParameters.x-amz-copy-source",
    Out = "additionalEventData.bytesTransferredOut",
}

const SAMPLE: &str = r#"{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE","arn":"arn:aws:iam::123456789012:user/kim","accountId":"123456789012","accessKeyId":"AKIAEXAMPLE","userName":"kim"},"eventTime":"2025-02-10T05:04:32Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.7","userAgent":"[aws-cli/2.9.0]","requestParameters":{"bucketName":"example-bucket","Host":"example-bucket.s3.us-east-1.amazonaws.com","key":"exports/2019/a b.csv"},"responseElements":null,"additionalEventData":{"bytesTransferredIn":0.0,"bytesTransferredOut":2326.0,"x-amz-id-2":"abc"},"requestID":"HQJGBHZK9QH33KG7","eventID":"8d96391c-83f4-3491-bb84-4b389122ffb9","readOnly":true,"resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::example-bucket/exports/2019/a b.csv"}],"eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"123456789012","eventCategory":"Data"}"#;

pub(super) const FORMATS: &[Named] = &[
    Named::own("cloudtrail", FAMILY, Origin::Documentation, SAMPLE, || {
        let meaning = Meaning { time_basis: TimeBasis::Completed, ..Meaning::UNKNOWN.escaped(Escape::Json) };
        let needed = &["eventTime", "eventVersion", "eventID"];
        Arc::new(Keyed::new("cloudtrail", meaning, PATHS, needed, read))
    }),
    Named::own("cloudtrail-lookup", FAMILY, Origin::Seen, lookup::SAMPLE, || Arc::new(lookup::format())),
];

fn read<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    let Value::Text(time) = found.get(Key::Time) else {
        return found.refuse(FaultKind::Time, "a time such as `2025-02-10T05:04:32Z`");
    };
    record.time = all(time, |time| iso8601(time, cache))?;
    for key in [Key::Version, Key::Id] {
        if found.text(key).is_none() {
            return found.refuse(FaultKind::Syntax, "a text");
        }
    }
    let is_data = match found.get(Key::Category) {
        Value::Text(category) => category == b"Data",
        _ => is_of_objects(found.text(Key::Name).unwrap_or_default()),
    };
    if found.text(Key::Source) != Some(b"s3.amazonaws.com") || !is_data {
        return Ok(Is::Directive);
    }
    let Some(name) = found.text(Key::Name) else {
        return found.refuse(FaultKind::Syntax, "the name of an operation");
    };
    record.operation = operation(name);
    record.object = stored(found, &mut record.operation);
    record.client = found.text(Key::Client);
    record.agent = found.get(Key::Agent).written();
    record.host = found.text(Key::Host);
    record.range = found.text(Key::Range);
    record.request_id = found.text(Key::Id);
    record.principal = [Key::Arn, Key::Access, Key::Principal].into_iter().find_map(|key| found.text(key));
    record.status = Some(match (found.get(Key::Error).is_there(), record.operation, record.range) {
        (true, ..) => 0,
        (false, Operation::Read, Some(_)) => 206,
        (false, ..) => 200,
    });
    record.bytes = match found.get(Key::Out) {
        Value::Absent | Value::Null => Bytes::Unlogged,
        value => match value.digits().and_then(whole) {
            Some(bytes) => Bytes::Logged(bytes),
            None => return found.refuse(FaultKind::Syntax, "a whole number of bytes"),
        },
    };
    Ok(Is::Request)
}

/// METHOD section 5, rows 1 and 2.
fn operation(name: &[u8]) -> Operation {
    match name {
        b"GetObject" => Operation::Read,
        b"CopyObject" => Operation::Copy,
        b"UploadPartCopy" => Operation::CopyPart,
        b"SelectObjectContent" => Operation::Learn,
        _ if name.starts_with(b"List") => Operation::List,
        _ if name.starts_with(b"Get") || name.starts_with(b"Head") => Operation::Learn,
        _ => Operation::Other,
    }
}

/// Operations on objects, as events without a category name them.
fn is_of_objects(name: &[u8]) -> bool {
    matches!(
        name,
        b"AbortMultipartUpload"
            | b"CompleteMultipartUpload"
            | b"CopyObject"
            | b"CreateMultipartUpload"
            | b"DeleteObject"
            | b"DeleteObjectTagging"
            | b"DeleteObjects"
            | b"GetObject"
            | b"GetObjectAcl"
            | b"GetObjectLegalHold"
            | b"GetObjectRetention"
            | b"GetObjectTagging"
            | b"GetObjectTorrent"
            | b"HeadObject"
            | b"ListParts"
            | b"PostObject"
            | b"PutObject"
            | b"PutObjectAcl"
            | b"PutObjectLegalHold"
            | b"PutObjectRetention"
            | b"PutObjectTagging"
            | b"RestoreObject"
            | b"SelectObjectContent"
            | b"UploadPart"
            | b"UploadPartCopy"
    )
}

/// The object that was asked for. A copy without a source becomes a write of its destination.
fn stored<'a>(found: &mut Found<'a>, operation: &mut Operation) -> Option<Object<'a>> {
    if matches!(*operation, Operation::Copy | Operation::CopyPart) {
        if let Some(source) = found.text(Key::CopySource).and_then(source) {
            return Some(source);
        }
        *operation = Operation::Other;
    }
    let bucket = found.text(Key::Bucket)?;
    // A key may be `-`; only an absent one is none.
    Some(Object { bucket: Some(bucket), key: found.get(Key::Path).written().unwrap_or_default() })
}

/// `/bucket/key?versionId=…`, or the ARN of an access point, `/object/` and the key. A `?` of the key is encoded.
fn source(text: &[u8]) -> Option<Object<'_>> {
    let text = text.split(|byte| *byte == b'?').next()?;
    let text = text.strip_prefix(b"/").unwrap_or(text);
    if text.starts_with(b"arn:") {
        let at = memchr::memmem::find(text, b"/object/")?;
        return Some(Object { bucket: None, key: text.get(at + b"/object/".len()..)? });
    }
    let at = memchr::memchr(b'/', text).filter(|at| *at > 0)?;
    let key = text.get(at + 1..).filter(|key| !key.is_empty())?;
    Some(Object { bucket: text.get(..at), key })
}

/// A floating-point number that is whole: `2326`, `2326.0`, `1.048576E7`.
fn whole(text: &[u8]) -> Option<u64> {
    let mut parts = text.splitn(2, |byte| matches!(byte, b'e' | b'E'));
    let (number, exponent) = (parts.next()?, parts.next());
    let mut places = match exponent {
        None => 0,
        Some(digits) => {
            let digits = digits.strip_prefix(b"+").unwrap_or(digits);
            let short = (1..=2).contains(&digits.len());
            short.then(|| crate::token::time::digits(digits)).flatten()?
        }
    };
    let mut halves = number.splitn(2, |byte| *byte == b'.');
    let (units, fraction) = (halves.next()?, halves.next().unwrap_or_default());
    let add = |value: Option<u64>, digit: u8| value?.checked_mul(10)?.checked_add(u64::from(digit));
    let mut value = (!units.is_empty()).then_some(0);
    for byte in units.iter().chain(fraction) {
        value = Some(value?).filter(|_| byte.is_ascii_digit());
    }
    for byte in units {
        value = add(value, byte - b'0');
    }
    for byte in fraction {
        if places > 0 {
            (value, places) = (add(value, byte - b'0'), places - 1);
        } else if *byte != b'0' {
            return None;
        }
    }
    (0..places).fold(value, |value, _| add(value, 0))
}
