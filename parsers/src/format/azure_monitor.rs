//! Azure Monitor resource logs of storage (`StorageRead`, `StorageWrite`, `StorageDelete`): one JSON object a line.
//!
//! Source: Microsoft, "Azure Storage monitoring data reference", resource logs (the table `StorageBlobLogs` has the same
//! columns in other spelling). `time` is "the UTC time when the request was received by storage". `responseBodySize` is
//! "the size of the response packets written by the storage service", its header has a property of its own. It is left
//! out where it is 0 (METHOD M5.3); "if a request is unsuccessful, this value may be empty", so where the status' word is
//! no success and no size stands there, nothing is known. `statusCode` may be `Unknown` where the request was interrupted,
//! which is kept as 0; SMB and NFS have a status of their own, so there success by `statusText` is 200 and anything else 0.
//! `statusText` ends in `NetworkError` or `ClientTimeoutError` where the transfer was cut (as in [`super::azure_storage`]).
//!
//! `downloadRange` is the range that was asked for. Who asked is the user principal name, else the object id, else the
//! hash of the key or signature. A Copy Blob writes three objects with one `correlationId`; `CopyBlobSource` is the read
//! one, and its `objectKey` is an URL. Only `objectKey` is taken for the object: `uri` may name an account or a container.
//!
//! What it cannot say: the size of the blob. Callers in the same region may show internal addresses. The wrapping
//! `{"records": […]}` is read element by element ([`crate::document`]).

use super::azure_storage::{abort, object, told};
use super::own::{Found, Is, Object, keys};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Abort, ByteSemantics, Bytes, Escape, Meaning, Operation, Record, TimeBasis};
use crate::token::cursor::Read;
use crate::token::json::Value;
use crate::token::time::TimeCache;
use crate::token::url;
use std::sync::Arc;

const FAMILY: Family = Family::of("azure-monitor");

keys! {
    Time = "time",
    Category = "category",
    Operation = "operationName",
    StatusCode = "statusCode",
    StatusText = "statusText",
    Caller = "callerIpAddress",
    Correlation = "correlationId",
    Uri = "uri",
    Protocol = "protocol",
    Upn = "identity.requester.upn",
    ObjectId = "identity.requester.objectId",
    TokenHash = "identity.tokenHash",
    Blob = "properties.objectKey",
    Bytes = "properties.responseBodySize",
    Range = "properties.downloadRange",
    Agent = "properties.userAgentHeader",
    Referrer = "properties.referrerHeader",
}

const SAMPLE: &str = r#"{"time":"2022-07-05T12:32:21.4573166Z","resourceId":"/subscriptions/1/providers/Microsoft.Storage/storageAccounts/account/blobServices/default","category":"StorageRead","operationName":"GetBlob","operationVersion":"2018-11-09","schemaVersion":"1.0","statusCode":206,"statusText":"SASSuccess","durationMs":19,"callerIpAddress":"192.0.2.7:64758","correlationId":"64b88499-101e-0006-326b-900570000000","identity":{"type":"SAS","tokenHash":"key1(4C81),SasSignature(9F02)"},"location":"West Europe","properties":{"accountName":"account","userAgentHeader":"AzCopy/10.16.2","etag":"\"0x8DA5E826848D428\"","serviceType":"blob","objectKey":"/account/exports/2022/a.csv","operationCount":0,"requestHeaderSize":714,"responseHeaderSize":252,"responseBodySize":99,"downloadRange":"bytes=0-98","tlsVersion":"TLS 1.2"},"uri":"https://account.blob.core.windows.net:443/exports/2022/a.csv?sv=2018-11-09&sig=XXXXX","protocol":"HTTPS"}"#;

pub(super) const FORMATS: &[Named] = &[Named::own("azure-monitor", FAMILY, Origin::Seen, SAMPLE, || {
    let meaning = Meaning {
        time_basis: TimeBasis::Received,
        bytes: ByteSemantics::BodyWritten,
        ..Meaning::UNKNOWN.escaped(Escape::Json)
    };
    let needed = &["time", "category", "operationName", "statusCode", "statusText"];
    Arc::new(Object::new("azure-monitor", meaning, PATHS, needed, read))
})];

fn read<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    if !matches!(found.text(Key::Category), Some(b"StorageRead" | b"StorageWrite" | b"StorageDelete")) {
        return found.refuse(FaultKind::Syntax, "`StorageRead`, `StorageWrite` or `StorageDelete`");
    }
    record.time = found.utc(Key::Time, cache)?;
    let Some(operation) = found.text(Key::Operation) else {
        return found.refuse(FaultKind::Syntax, "an operation such as `GetBlob`");
    };
    let Some(word) = found.text(Key::StatusText) else {
        return found.refuse(FaultKind::Syntax, "a status such as `Success`");
    };
    record.abort = abort(word);
    let succeeded = record.abort == Abort::Whole;
    if matches!(found.text(Key::Protocol), Some(b"SMB" | b"NFS")) {
        record.status = Some(if succeeded { 200 } else { 0 });
        record.operation = if operation == b"Read" { Operation::Read } else { told(operation) };
    } else {
        record.operation = told(operation);
        record.status = match found.get(Key::StatusCode) {
            Value::Text(b"Unknown") => Some(0),
            value => value.status()?,
        };
    }
    record.bytes = match found.bytes(Key::Bytes)? {
        Bytes::Unlogged if succeeded => Bytes::Logged(0),
        bytes => bytes,
    };
    record.client = found.text(Key::Caller);
    record.request_id = found.text(Key::Correlation);
    record.target = found.text(Key::Uri);
    record.host = record.target.and_then(url::split).map(|url| url.host);
    record.object = found.text(Key::Blob).and_then(object);
    record.range = found.text(Key::Range);
    record.agent = found.text(Key::Agent);
    record.referer = found.text(Key::Referrer);
    let named = found.text(Key::Upn).or_else(|| found.text(Key::ObjectId));
    record.principal = named.or_else(|| found.text(Key::TokenHash));
    Ok(Is::Request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tests::{self, fault, record, unit};
    use crate::format::{Unit, named};
    use crate::record::{Object as Stored, Stamp, Zone};

    /// The sample with one text replaced by another.
    fn with(from: &str, to: &str) -> &'static str {
        tests::changed_throughout(SAMPLE, from, to)
    }

    #[test]
    fn the_properties_of_the_page_are_read() {
        let read = record("azure-monitor", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_657_024_341_457_316, zone: Zone::Offset(0) });
        assert_eq!((read.client, read.status), (Some(&b"192.0.2.7:64758"[..]), Some(206)));
        assert_eq!((read.bytes, read.size, read.range), (Bytes::Logged(99), None, Some(&b"bytes=0-98"[..])));
        assert_eq!((read.operation, read.abort), (Operation::Read, Abort::Whole));
        assert_eq!(read.object, Some(Stored { bucket: Some(b"exports"), key: b"2022/a.csv" }));
        assert_eq!(read.host, Some(&b"account.blob.core.windows.net"[..]));
        assert_eq!(read.principal, Some(&b"key1(4C81),SasSignature(9F02)"[..]));
        assert_eq!(read.request_id, Some(&b"64b88499-101e-0006-326b-900570000000"[..]));
        assert_eq!((read.agent, read.referer, read.method), (Some(&b"AzCopy/10.16.2"[..]), None, None));
        let meaning = named("azure-monitor", None).unwrap().meaning();
        assert_eq!((meaning.time_basis, meaning.bytes), (TimeBasis::Received, ByteSemantics::BodyWritten));
    }

    /// METHOD M5.3, and what the page says of unsuccessful requests.
    #[test]
    fn an_absent_size_is_zero_unless_the_request_failed() {
        let absent = r#""responseBodySize":99,"#;
        assert_eq!(record("azure-monitor", with(absent, "")).bytes, Bytes::Logged(0));
        assert_eq!(record("azure-monitor", with("99,", "0,")).bytes, Bytes::Logged(0));
        let failed = SAMPLE.replace(absent, "").replace("SASSuccess", "SASNetworkError");
        let read = record("azure-monitor", Box::leak(failed.into_boxed_str()));
        assert_eq!((read.bytes, read.abort), (Bytes::Unlogged, Abort::Cut));
        assert_eq!(fault("azure-monitor", with("99,", "-1,")).1, "properties.responseBodySize");
        assert_eq!(record("azure-monitor", with("99,", "\"99\",")).bytes, Bytes::Logged(99));
    }

    #[test]
    fn an_interrupted_request_has_no_status_of_its_own() {
        let read = record(
            "azure-monitor",
            with("206,\"statusText\":\"SASSuccess\"", "\"Unknown\",\"statusText\":\"NetworkError\""),
        );
        assert_eq!((read.status, read.abort, read.bytes), (Some(0), Abort::Cut, Bytes::Logged(99)));
        assert_eq!(record("azure-monitor", with("206", "\"404\"")).status, Some(404));
        assert_eq!(record("azure-monitor", with("SASSuccess", "BlobNotFound")).abort, Abort::Unlogged);
        assert_eq!(fault("azure-monitor", with("206", "\"OK\"")).0, FaultKind::Status);
    }

    #[test]
    fn who_asked_is_a_name_before_an_id_before_a_hash() {
        let identity =
            r#"{"type":"OAuth","requester":{"objectId":"fde5ba15","upn":"kim@example.org"},"tokenHash":"h"}"#;
        let sas = r#"{"type":"SAS","tokenHash":"key1(4C81),SasSignature(9F02)"}"#;
        assert_eq!(record("azure-monitor", with(sas, identity)).principal, Some(&b"kim@example.org"[..]));
        let id = identity.replace(r#","upn":"kim@example.org""#, "");
        assert_eq!(record("azure-monitor", with(sas, &id)).principal, Some(&b"fde5ba15"[..]));
        assert_eq!(record("azure-monitor", with(sas, r#"{"type":"Anonymous"}"#)).principal, None);
    }

    /// The three objects of one copy, as a real log has them.
    #[test]
    fn only_the_source_of_a_copy_reads() {
        let key = r#""objectKey":"/account/exports/2022/a.csv""#;
        let source = r#""objectKey":"https://account.blob.core.windows.net/other/b.csv?sp=r&sig=XXXXX""#;
        let line = SAMPLE.replace("GetBlob", "CopyBlobSource").replace(key, source);
        let read = record("azure-monitor", Box::leak(line.into_boxed_str()));
        assert_eq!(read.operation, Operation::Copy);
        assert_eq!(read.object, Some(Stored { bucket: Some(b"other"), key: b"b.csv" }));
        let written = |name| record("azure-monitor", with("GetBlob", name)).operation;
        assert_eq!(
            (written("CopyBlobDestination"), written("CopyBlob")),
            (Operation::Other, Operation::Other)
        );
        assert_eq!((written("ListBlobs"), written("GetBlobTags")), (Operation::List, Operation::Learn));
    }

    #[test]
    fn without_a_key_there_is_no_object_and_the_range_may_be_absent() {
        let read = record("azure-monitor", with(r#""objectKey":"/account/exports/2022/a.csv","#, ""));
        assert!(read.object.is_none() && read.target.is_some());
        assert_eq!(record("azure-monitor", with(r#""downloadRange":"bytes=0-98","#, "")).range, None);
        let quote = record("azure-monitor", with("AzCopy/10.16.2", r#"a\"b"#));
        assert_eq!(quote.agent, Some(&br#"a\"b"#[..]));
    }

    #[test]
    fn smb_has_a_status_of_its_own() {
        let line =
            SAMPLE.replace("\"HTTPS\"", "\"SMB\"").replace("206", "\"0x0\"").replace("GetBlob", "Read");
        let read = record("azure-monitor", Box::leak(line.into_boxed_str()));
        assert_eq!((read.status, read.operation), (Some(200), Operation::Read));
        let failed = SAMPLE.replace("\"HTTPS\"", "\"SMB\"").replace("SASSuccess", "AccessDenied");
        assert_eq!(record("azure-monitor", Box::leak(failed.into_boxed_str())).status, Some(0));
    }

    #[test]
    fn logs_of_other_resources_are_none_of_it() {
        assert_eq!(fault("azure-monitor", with("StorageRead", "AuditEvent")).1, "category");
        assert_eq!(fault("azure-monitor", with("\"time\"", "\"timeStamp\"")).1, "time");
        assert_eq!(fault("azure-monitor", with("2022-07-05T", "2022-07-32T")).0, FaultKind::Time);
        assert!(matches!(unit("azure-monitor", "{\"records\":[]}"), Unit::Fault(_)));
        assert!(matches!(unit("azure-monitor", with("\"protocol\":\"HTTPS\"}", "")), Unit::Fault(_)));
    }
}
