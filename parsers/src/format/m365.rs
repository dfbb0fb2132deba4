//! Microsoft 365 unified audit log: operations on files of SharePoint and OneDrive, one JSON object a line.
//!
//! Sources: Microsoft, "Office 365 Management Activity API schema" (common schema, SharePoint file operations) and "Audit log
//! activities" (file and page activities). `CreationTime` is "the date and time in UTC when the user performed the
//! activity", written without a zone; which moment of a transfer it is the pages do not say. There is no HTTP status:
//! `ResultStatus` absent, empty, `Succeeded`, `Success` or `True` is put as 200, `PartiallySucceeded` as 200 that may have
//! been cut, `Failed`, `Failure` or `False` as 0. Another word is refused.
//!
//! The object is `ObjectId`, the address of the file as text (not percent-encoded): its host is the bucket, the rest is the
//! key. `FileDownloaded`, `FileSyncDownloadedFull`, `FileSyncDownloadedPartial`, `FileAccessed`, `FileAccessedExtended` and the
//! two that `FileAccessed` replaced (`FileViewed`, `FileFetched`) read contents. `FilePreviewed` shows a part, often of many
//! files at once: it is learned. A copy inside the tenant (`FileCopied`) is no read here: METHOD counts copies of the stores
//! only that say which side read. Whatever does not begin with `File` is no operation on a file, and a directive.
//!
//! `ClientIP` has many spellings and is kept as written. Who asked is `UserId`; holders of anonymous links have one that
//! begins `urn:spo:anon#` or is `anonymous`.
//!
//! What it cannot say: bytes, sizes, whether a transfer was whole. So a read is at best probable. Accesses of one user to
//! one file may be rolled up. Read from real records of other workloads, and of file operations from documentation.

use super::own::{Found, Is, Object, keys};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Abort, Escape, Meaning, Object as Stored, Operation, Record};
use crate::token::cursor::Read;
use crate::token::json::Value;
use crate::token::time::TimeCache;
use crate::token::url;
use std::sync::Arc;

const FAMILY: Family = Family::of("m365");

keys! {
    Creation = "CreationTime",
    Id = "Id",
    Operation = "Operation",
    RecordType = "RecordType",
    Workload = "Workload",
    Result = "ResultStatus",
    UserId = "UserId",
    ClientIp = "ClientIP",
    ObjectId = "ObjectId",
    Agent = "UserAgent",
}

const SAMPLE: &str = r#"{"CreationTime":"2026-08-13T12:22:31","Id":"dd6cc5ed-4393-4beb-acc8-b35fd4405965","Operation":"FileDownloaded","OrganizationId":"8f4a1c62-77d3-4b0e-9a55-2c1de9f80b31","RecordType":6,"UserKey":"i:0h.f|membership|1003@live.com","UserType":0,"Version":1,"Workload":"SharePoint","ClientIP":"192.0.2.7","UserId":"kim@example.org","ItemType":"File","ObjectId":"https:\/\/example.sharepoint.com\/sites\/hr\/Shared Documents\/Salaries #1.xlsx","SiteUrl":"https:\/\/example.sharepoint.com\/sites\/hr\/","SourceFileName":"Salaries #1.xlsx","UserAgent":"Mozilla\/5.0 (x)"}"#;

pub(super) const FORMATS: &[Named] = &[Named::own("m365", FAMILY, Origin::Documentation, SAMPLE, || {
    let meaning = Meaning::UNKNOWN.escaped(Escape::Json);
    let needed = &["CreationTime", "Id", "Operation", "RecordType", "UserId", "Workload"];
    Arc::new(Object::new("m365", meaning, PATHS, needed, read))
})];

fn read<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    record.time = found.utc(Key::Creation, cache)?;
    let Some(operation) = found.text(Key::Operation) else {
        return found.refuse(FaultKind::Syntax, "an operation such as `FileDownloaded`");
    };

    if found.count(Key::RecordType).is_none() && found.text(Key::RecordType).is_none() {
        return found.refuse(FaultKind::Syntax, "the number or name of a type");
    }
    if found.text(Key::Workload).is_none() {
        return found.refuse(FaultKind::Syntax, "a workload such as `SharePoint`");
    }
    if !operation.starts_with(b"File") {
        return Ok(Is::Directive);
    }
    record.operation = told(operation);
    record.status = Some(200);
    match found.get(Key::Result) {
        Value::Absent | Value::Null => {}
        Value::Text(b"" | b"Succeeded" | b"Success" | b"success" | b"True") => {}
        Value::Text(b"PartiallySucceeded") => record.abort = Abort::Doubtful,
        Value::Text(b"Failed" | b"Failure" | b"failed" | b"False") => record.status = Some(0),
        _ => return found.refuse(FaultKind::Status, "a result such as `Succeeded`"),
    }
    record.client = found.text(Key::ClientIp);
    record.principal = found.text(Key::UserId);
    record.request_id = found.text(Key::Id);
    record.agent = found.text(Key::Agent);
    if let Some(id) = found.text(Key::ObjectId) {
        let of_url = url::split(id).and_then(|url| Some(Stored { bucket: Some(url.host), key: url.path? }));
        record.object = Some(of_url.unwrap_or(Stored { bucket: None, key: id }));
    }
    Ok(Is::Request)
}

/// What an operation asks for.
fn told(operation: &[u8]) -> Operation {
    match operation {
        b"FileDownloaded"
        | b"FileSyncDownloadedFull"
        | b"FileSyncDownloadedPartial"
        | b"FileAccessed"
        | b"FileAccessedExtended"
        | b"FileViewed"
        | b"FileFetched" => Operation::Read,
        b"FilePreviewed" => Operation::Learn,
        _ => Operation::Other,
    }
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
    fn the_properties_of_the_schema_are_read() {
        let read = record("m365", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_786_623_751_000_000, zone: Zone::Offset(0) });
        assert_eq!((read.client, read.principal), (Some(&b"192.0.2.7"[..]), Some(&b"kim@example.org"[..])));
        assert_eq!((read.status, read.bytes, read.operation), (Some(200), Bytes::Unlogged, Operation::Read));
        let key = &br"sites\/hr\/Shared Documents\/Salaries #1.xlsx"[..];
        assert_eq!(read.object, Some(Stored { bucket: Some(b"example.sharepoint.com"), key }));
        assert_eq!((read.agent, read.target), (Some(&br"Mozilla\/5.0 (x)"[..]), None));
        assert_eq!(read.request_id, Some(&b"dd6cc5ed-4393-4beb-acc8-b35fd4405965"[..]));
    }

    #[test]
    fn operations_say_what_was_asked_for() {
        for (word, wanted) in [
            ("FileSyncDownloadedFull", Operation::Read),
            ("FileAccessed", Operation::Read),
            ("FileViewed", Operation::Read),
            ("FilePreviewed", Operation::Learn),
            ("FileCopied", Operation::Other),
            ("FileModified", Operation::Other),
            ("FileSyncUploadedFull", Operation::Other),
        ] {
            assert_eq!(record("m365", with("FileDownloaded", word)).operation, wanted, "{word}");
        }
        for word in
            ["UserLoggedIn", "Set-MailboxPlan", "FolderCreated", "AnonymousLinkUsed", "SearchQueryPerformed"]
        {
            assert_eq!(unit("m365", with("FileDownloaded", word)), Unit::Directive, "{word}");
        }
    }

    #[test]
    fn a_result_is_success_unless_it_says_otherwise() {
        let read = |to: &str| {
            record("m365", with("\"RecordType\":6", &format!("\"RecordType\":6,\"ResultStatus\":{to}")))
        };
        for word in ["\"Succeeded\"", "\"True\"", "\"\"", "null"] {
            assert_eq!((read(word).status, read(word).abort), (Some(200), Abort::Unlogged), "{word}");
        }
        assert_eq!((read("\"Failed\"").status, read("\"False\"").status), (Some(0), Some(0)));
        assert_eq!(read("\"PartiallySucceeded\"").abort, Abort::Doubtful);
        let odd = with("\"RecordType\":6", "\"RecordType\":6,\"ResultStatus\":\"Maybe\"");
        assert_eq!(fault("m365", odd).1, "ResultStatus");
    }

    #[test]
    fn an_object_that_is_no_address_is_kept_as_it_is() {
        let plain = with(
            r"https:\/\/example.sharepoint.com\/sites\/hr\/Shared Documents\/Salaries #1.xlsx",
            "a b.xlsx",
        );
        assert_eq!(record("m365", plain).object, Some(Stored { bucket: None, key: b"a b.xlsx" }));
        let slashes = with(r"\/", "/");
        let key = &b"sites/hr/Shared Documents/Salaries #1.xlsx"[..];
        assert_eq!(
            record("m365", slashes).object,
            Some(Stored { bucket: Some(b"example.sharepoint.com"), key })
        );
    }

    #[test]
    fn addresses_are_kept_as_written_and_may_be_absent() {
        for spelling in ["[::ffff:192.0.2.7]:12345", "192.0.2.7:443", "[2001:db8::7]", "localhost:1"] {
            let read = record("m365", with("\"192.0.2.7\"", &format!("\"{spelling}\"")));
            assert_eq!(read.client, Some(spelling.as_bytes()));
        }
        let absent = record("m365", with("\"ClientIP\":\"192.0.2.7\",", ""));
        assert_eq!((absent.client, absent.status), (None, Some(200)));
        assert_eq!(record("m365", with(r"Mozilla\/5.0 (x)", r#"a\"b"#)).agent, Some(&br#"a\"b"#[..]));
        assert_eq!(record("m365", with("12:22:31\"", "12:22:31Z\"")).time.zone, Zone::Offset(0));
    }

    #[test]
    fn what_is_missing_is_named_by_its_key() {
        assert_eq!(fault("m365", with("\"Workload\"", "\"workload\"")).1, "Workload");
        assert_eq!(fault("m365", with("2026-08-13", "2026-08-32")).0, FaultKind::Time);
        assert_eq!(fault("m365", with("\"RecordType\":6", "\"RecordType\":[]")).1, "RecordType");
        assert_eq!(fault("m365", with("\"FileDownloaded\"", "\"\"")).1, "Operation");
        assert!(matches!(
            unit("m365", r#"{"AuditData":"x","CreationDate":"2026-08-13T12:22:31"}"#),
            Unit::Fault(_)
        ));
    }
}
