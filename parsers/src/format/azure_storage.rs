//! Azure Storage Analytics logs (`$logs`), versions 1.0 (30 columns) and 2.0 (38), parted by `;`.
//!
//! Sources: Microsoft, Azure Storage REST API, "Storage Analytics log format" and "Storage Analytics logged operations and
//! status messages". Written from documentation, not yet seen in a real file. A column that may hold a quote, a `;` or a
//! line end is "HTML encoded and quoted"; the quote that ends it is the one before the next `;` or the end. The pages'
//! own samples have entity tags in doubled quotes and a policy with raw quotes in the last column; both are read so.
//!
//! `request-start-time` is "the time in UTC when the request was received". `response-packet-size` is "the size of the
//! response packets written by the storage service"; the header has a column of its own, so this is the body, and it
//! "may be empty" if the request failed: then nothing is known. `http-status-code` "may be set to `Unknown`" where the
//! request was interrupted, which is kept as 0. `request-status` ends in `NetworkError` where the request "failed due to
//! network errors. Most commonly occurs when a client prematurely closes a connection", in `ClientTimeoutError` where it
//! timed out on the client's side: the transfer was cut. It ends in `Success` where it was not.
//!
//! The object is `requested-object-key`, `/account/container/blob`; for the source of a copy it is an URL. Whether its
//! characters are percent-encoded the page does not say. A Copy Blob writes three lines with one request id: `CopyBlob`,
//! `CopyBlobSource` (the only one that reads) and `CopyBlobDestination`. Who asked is the user principal name, else the
//! object id of the principal, else the account; a holder of a signature and an anonymous client have no name.
//!
//! What it cannot say: the size of the blob, which range was asked for, the method; failed anonymous requests are not
//! logged but for server errors and timeouts, lines may be missing, late or twice.

use super::own::{Columns, Is};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{
    Abort, ByteSemantics, Bytes, Escape, Meaning, Object, Operation, Record, Stamp, TimeBasis, Zone,
};
use crate::token::cursor::{Cursor, Read, all, logged};
use crate::token::time::{TimeCache, iso8601};
use crate::token::{Wrong, number, url};
use std::sync::Arc;

const FAMILY: Family = Family::of("azure-storage");

const SAMPLE: &str = r#"1.0;2014-06-19T22:59:23.1967767Z;GetBlob;AnonymousSuccess;200;17;16;anonymous;;account;blob;"https://account.blob.core.windows.net/exports/a.csv?x=1&amp;y=2";"/account/exports/a.csv";61d2e3f6-bcb7-4cd1-a81e-4f8f497f0da2;0;192.0.2.7:4362;2014-02-14;283;0;354;2326;0;;;""0x8D15A2913C934DE"";Thursday, 19-Jun-14 22:58:10 GMT;;"curl/7.79.1 (&quot;x&quot;; y)";;"44dfd78e-7288-4898-8f70-c3478983d3b6""#;

pub(super) const FORMATS: &[Named] =
    &[Named::own("azure-storage", FAMILY, Origin::Documentation, SAMPLE, || {
        Arc::new(Columns {
            name: "azure-storage",
            meaning: Meaning {
                time_basis: TimeBasis::Received,
                bytes: ByteSemantics::BodyWritten,
                ..Meaning::UNKNOWN.escaped(Escape::Entities)
            },
            separator: b';',
            may_read: |line| line.starts_with(b"1.0;") || line.starts_with(b"2.0;"),
            read,
        })
    })];

fn read<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    let version = line.word("version-number")?;
    let newer = match version {
        b"1.0" => false,
        b"2.0" => true,
        _ => return Err(Wrong { kind: FaultKind::Syntax, expected: "`1.0` or `2.0`", at: version }),
    };
    let start = line.word("request-start-time")?;
    let stamp = all(start, |i| iso8601(i, cache))?;
    let zone = if stamp.zone == Zone::Absent { Zone::Offset(0) } else { stamp.zone };
    record.time = Stamp { zone, ..stamp };
    let operation = word(line, "operation-type")?;
    record.operation = told(operation);
    record.abort = abort(word(line, "request-status")?);
    let status = line.word("http-status-code")?;
    record.status = if status == b"Unknown" { Some(0) } else { all(status, number::status)? };
    count(line, "end-to-end-latency-in-ms")?;
    count(line, "server-latency-in-ms")?;
    line.word("authentication-type")?;
    let account = text(line, "requester-account-name")?;
    text(line, "owner-account-name")?;
    line.word("service-type")?;
    record.target = text(line, "request-url")?;
    record.host = record.target.and_then(url::split).map(|url| url.host);
    record.object = text(line, "requested-object-key")?.and_then(object);
    record.request_id = text(line, "request-id-header")?;
    count(line, "operation-count")?;
    record.client = text(line, "requester-ip-address")?;
    line.word("request-version-header")?;
    count(line, "request-header-size")?;
    count(line, "request-packet-size")?;
    count(line, "response-header-size")?;
    record.bytes = count(line, "response-packet-size")?.map_or(Bytes::Unlogged, Bytes::Logged);
    count(line, "request-content-length")?;
    for name in ["request-md5", "server-md5", "etag-identifier", "last-modified-time", "conditions-used"] {
        text(line, name)?;
    }
    record.agent = text(line, "user-agent-header")?;
    record.referer = text(line, "referrer-header")?;
    text(line, "client-request-id")?;
    record.principal = account;
    if newer {
        let object_id = text(line, "user-object-id")?;
        for name in ["tenant-id", "application-id", "resource-id", "issuer"] {
            text(line, name)?;
        }
        record.principal = text(line, "user-principal-name")?.or(object_id).or(account);
        text(line, "reserved-field")?;
        text(line, "authorization-detail")?;
    }
    line.end()?;
    Ok(Is::Request)
}

/// A word of letters and digits that must be there.
fn word<'a>(line: &mut Cursor<'a>, field: &'static str) -> Read<'a, &'a [u8]> {
    let word = line.word(field)?;
    if word.is_empty() || !word.iter().all(u8::is_ascii_alphanumeric) {
        return Err(Wrong { kind: FaultKind::Syntax, expected: "a word such as `GetBlob`", at: word });
    }
    Ok(word)
}

/// A number, or nothing.
fn count<'a>(line: &mut Cursor<'a>, field: &'static str) -> Read<'a, Option<u64>> {
    match line.word(field)? {
        b"" => Ok(None),
        digits => all(digits, number::unsigned).map(Some),
    }
}

/// A column, in quotes or not; none where it is empty or `-`.
fn text<'a>(line: &mut Cursor<'a>, field: &'static str) -> Read<'a, Option<&'a [u8]>> {
    line.begin(field)?;
    let Some(inner) = line.rest.strip_prefix(b"\"") else {
        let end = memchr::memchr(b';', line.rest).unwrap_or(line.rest.len());
        let (text, rest) = line.rest.split_at_checked(end).unwrap_or_default();
        line.rest = rest;
        return Ok(logged(text));
    };
    let cut = match memchr::memmem::find(inner, b"\";") {
        Some(end) => inner.get(..end).zip(inner.get(end + 1..)),
        None => inner.strip_suffix(b"\"").map(|text| (text, &[][..])),
    };
    let Some((text, rest)) = cut else { return line.refuse("a closing quote before `;` or the end") };
    line.rest = rest;
    Ok(logged(text))
}

/// What an operation asks for, METHOD section 5, rows 1 and 2. `ReadFile` (Data Lake) and `GetFile` (files) read contents
/// as `GetBlob` does.
pub(super) fn told(operation: &[u8]) -> Operation {
    let begins = |word: &[u8]| operation.starts_with(word);
    match operation {
        b"GetBlob" | b"ReadFile" | b"GetFile" => Operation::Read,
        b"CopyBlobSource" => Operation::Copy,
        b"FindBlobsByTags" => Operation::List,
        _ if begins(b"List") => Operation::List,
        _ if begins(b"Get") || begins(b"Query") || begins(b"Peek") => Operation::Learn,
        _ => Operation::Other,
    }
}

/// What the request's status says of the end of the transfer.
pub(super) fn abort(status: &[u8]) -> Abort {
    if status.ends_with(b"NetworkError") || status.ends_with(b"ClientTimeoutError") {
        Abort::Cut
    } else if status.ends_with(b"Success") {
        Abort::Whole
    } else {
        Abort::Unlogged
    }
}

/// Container and blob of `/account/container/blob`, or of a copy's source as an URL, whose query is no part of the key.
pub(super) fn object(key: &[u8]) -> Option<Object<'_>> {
    if let Some(url) = url::split(key) {
        return match url::segment(url::without_query(url.path?)) {
            (b"", _) => None,
            (container, Some(key)) => Some(Object { bucket: Some(container), key }),
            // A blob of the root container; the URL does not name it.
            (key, None) => Some(Object { bucket: None, key }),
        };
    }
    let (b"", Some(rest)) = url::segment(key) else { return None };
    let (container, key) = url::segment(url::segment(rest).1?);
    if container.is_empty() {
        return None;
    }
    Some(Object { bucket: Some(container), key: key.unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tests::{fault, record, unit};
    use crate::format::{Unit, named};

    fn leak(line: String) -> &'static str {
        Box::leak(line.into_boxed_str())
    }

    /// The sample, one column of it changed; columns count from 1 as on the vendor's page.
    fn with(changes: &[(usize, &str)]) -> &'static str {
        let mut columns: Vec<String> = Vec::new();
        let mut quoted = false;
        for part in SAMPLE.split(';') {
            if quoted {
                let last = columns.last_mut().unwrap();
                last.push(';');
                last.push_str(part);
            } else {
                columns.push(part.to_owned());
            }
            let last = columns.last().unwrap();
            quoted = last.starts_with('"') && (last.len() == 1 || !last.ends_with('"'));
        }
        assert_eq!(columns.len(), 30);
        for (column, text) in changes {
            (*text).clone_into(&mut columns[column - 1]);
        }
        leak(columns.join(";"))
    }

    const NEWER: &str = r#";"e5981635-dcf0-4279-ab7b-ca1cbdf4a5c7";"72f988bf";"691458b9";"https://storage.azure.com/";"https://sts.windows.net/72f988bf/";"kim@example.org";;"[{"action":"Microsoft.Storage/read", "principalType":"User"}]""#;

    fn newer(changes: &[(usize, &str)], behind: &str) -> &'static str {
        leak(format!("{}{behind}", with(&[&[(1, "2.0")], changes].concat())))
    }

    #[test]
    fn the_columns_of_the_page_are_read() {
        let read = record("azure-storage", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_403_218_763_196_776, zone: Zone::Offset(0) });
        assert_eq!((read.client, read.principal), (Some(&b"192.0.2.7:4362"[..]), None));
        assert_eq!((read.status, read.bytes, read.size), (Some(200), Bytes::Logged(2326), None));
        assert_eq!((read.operation, read.abort), (Operation::Read, Abort::Whole));
        assert_eq!(read.object, Some(Object { bucket: Some(b"exports"), key: b"a.csv" }));
        let target = &b"https://account.blob.core.windows.net/exports/a.csv?x=1&amp;y=2"[..];
        assert_eq!((read.target, read.host), (Some(target), Some(&b"account.blob.core.windows.net"[..])));
        assert_eq!(read.request_id, Some(&b"61d2e3f6-bcb7-4cd1-a81e-4f8f497f0da2"[..]));
        assert_eq!((read.agent, read.referer), (Some(&b"curl/7.79.1 (&quot;x&quot;; y)"[..]), None));
        assert_eq!((read.method, read.range, read.request), (None, None, None));
        assert_eq!(named("azure-storage", None).unwrap().meaning().key, Escape::Entities);
    }

    #[test]
    fn version_2_has_eight_columns_more_and_version_1_has_none_of_them() {
        assert_eq!(record("azure-storage", newer(&[], NEWER)).principal, Some(&b"kim@example.org"[..]));
        let without = NEWER.replace("\"kim@example.org\"", "");
        let id = &b"e5981635-dcf0-4279-ab7b-ca1cbdf4a5c7"[..];
        assert_eq!(record("azure-storage", newer(&[(9, "account")], &without)).principal, Some(id));
        assert_eq!(
            record("azure-storage", newer(&[(9, "account")], ";;;;;;;;")).principal,
            Some(&b"account"[..])
        );
        assert_eq!(fault("azure-storage", newer(&[], "")).1, "user-object-id");
        assert_eq!(fault("azure-storage", newer(&[], ";;;;;;;")).1, "authorization-detail");
        assert_eq!(fault("azure-storage", newer(&[], ";;;;;;;;;")).1, "line");
        assert_eq!(fault("azure-storage", leak(format!("{SAMPLE};"))).1, "line");
        assert_eq!(
            fault("azure-storage", with(&[(1, "3.0")])),
            (FaultKind::Syntax, "version-number", "`1.0` or `2.0`")
        );
    }

    /// METHOD M5.4; the page of the status messages.
    #[test]
    fn a_client_that_goes_away_cuts_the_transfer() {
        for (word, wanted) in [
            ("SASNetworkError", Abort::Cut),
            ("AnonymousNetworkError", Abort::Cut),
            ("ClientTimeoutError", Abort::Cut),
            ("OAuthSuccess", Abort::Whole),
            ("ServerTimeoutError", Abort::Unlogged),
            ("BlobNotFound", Abort::Unlogged),
        ] {
            assert_eq!(record("azure-storage", with(&[(4, word)])).abort, wanted, "{word}");
        }
        let cut = record("azure-storage", with(&[(4, "NetworkError"), (5, "Unknown"), (21, "512")]));
        assert_eq!((cut.status, cut.bytes), (Some(0), Bytes::Logged(512)));
    }

    #[test]
    fn an_error_an_empty_body_and_an_unknown_size_are_three_things() {
        let read = |status, bytes| {
            let read = record("azure-storage", with(&[(5, status), (20, ""), (21, bytes)]));
            (read.status, read.bytes)
        };
        assert_eq!(read("404", "215"), (Some(404), Bytes::Logged(215)));
        assert_eq!(read("200", "0"), (Some(200), Bytes::Logged(0)));
        assert_eq!(read("403", ""), (Some(403), Bytes::Unlogged));
        assert_eq!(fault("azure-storage", with(&[(21, "many")])).1, "response-packet-size");
        assert_eq!(fault("azure-storage", with(&[(21, "12x")])).1, "response-packet-size");
        assert_eq!(fault("azure-storage", with(&[(5, "20")])).0, FaultKind::Status);
        assert_eq!(fault("azure-storage", with(&[(2, "2014-06-31T22:59:23Z")])).0, FaultKind::Time);
    }

    /// METHOD section 5, rows 1 and 2.
    #[test]
    fn operations_say_what_was_asked_for_and_only_the_source_of_a_copy_reads() {
        for (word, wanted) in [
            ("GetBlob", Operation::Read),
            ("ReadFile", Operation::Read),
            ("CopyBlob", Operation::Other),
            ("CopyBlobSource", Operation::Copy),
            ("CopyBlobDestination", Operation::Other),
            ("ListBlobs", Operation::List),
            ("FindBlobsByTags", Operation::List),
            ("GetBlobProperties", Operation::Learn),
            ("GetContainerACL", Operation::Learn),
            ("QueryBlobContents", Operation::Learn),
            ("PutBlob", Operation::Other),
            ("DeleteBlob", Operation::Other),
        ] {
            assert_eq!(record("azure-storage", with(&[(3, word)])).operation, wanted, "{word}");
        }
        assert_eq!(fault("azure-storage", with(&[(3, "")])).1, "operation-type");
        let source = r#""https://account.blob.core.windows.net/exports/2019/b.csv?sig=XXXXX""#;
        let read =
            record("azure-storage", with(&[(3, "CopyBlobSource"), (5, "202"), (13, source), (15, "1")]));
        assert_eq!(read.object, Some(Object { bucket: Some(b"exports"), key: b"2019/b.csv" }));
    }

    #[test]
    fn a_key_may_name_an_account_a_container_or_a_blob() {
        assert_eq!(object(b"/account"), None);
        assert_eq!(object(b"/account/"), None);
        assert_eq!(object(b"account/exports/a"), None);
        assert_eq!(object(b"/account/exports"), Some(Object { bucket: Some(b"exports"), key: b"" }));
        assert_eq!(
            object(b"/account/exports/a/b?c"),
            Some(Object { bucket: Some(b"exports"), key: b"a/b?c" })
        );
        assert_eq!(object(b"https://example.org/a.csv?sv=1"), Some(Object { bucket: None, key: b"a.csv" }));
    }

    #[test]
    fn semicolons_and_quotes_inside_a_quoted_column_end_nothing() {
        let conditions = r#""If-Match=&quot;0x8D&quot;;If-None-Match=*""#;
        let read = record("azure-storage", with(&[(27, conditions), (28, "\"\""), (29, "\"http://a/;b\"")]));
        assert_eq!((read.agent, read.referer), (None, Some(&b"http://a/;b"[..])));
        assert_eq!(
            fault("azure-storage", with(&[(30, "\"open")])),
            (FaultKind::Syntax, "client-request-id", "a closing quote before `;` or the end")
        );
        // A client cannot write `";`. If a line has it, columns are counted, and there are too many.
        assert_eq!(fault("azure-storage", with(&[(28, "\"a\";\"b\"")])).1, "line");
    }

    #[test]
    fn lines_of_others_are_no_lines_of_it() {
        for line in
            ["1.0", "1.0;a", "1.0 2014-06-19T22:59:23.1967767Z GetBlob", "{\"version\":\"1.0\"}", "2.0;;;"]
        {
            assert!(matches!(unit("azure-storage", line), Unit::Fault(_)), "{line}");
        }
    }
}
