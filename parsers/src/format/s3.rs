//! Amazon S3 server access log.
//!
//! Source: Amazon S3 User Guide, "Amazon S3 server access log format". Columns are parted by a space; request URI, referer
//! and user agent stand in quotes in which *nothing is escaped*: a client can write a quote, and text that looks like
//! columns, into them. So the columns before the URI are read from the front, the columns behind the user agent from the
//! back, and between them the one place is looked for where status, error code, bytes, size and two times stand in a
//! row. If there are several such places it cannot be told which is the log's own, and the line is a fault.
//!
//! Columns were added over the years, at the end: lines end behind the version id (2012), or any later column. More
//! columns than are known are let pass.
//!
//! `time` is when the request was received, in UTC. `Bytes Sent` is the response "excluding HTTP protocol overhead", and
//! `-` if zero where the object's size is logged; where both are `-` nothing is known. The requester is `-` where nobody
//! signed in. The key is URL-encoded.
//!
//! What it cannot say: which range was asked for (206, and fewer bytes than the size, show that there was one), whether
//! the transfer was cut, and, as delivery is best effort, that there were no other requests.

use super::own::{Columns, Is};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{ByteSemantics, Bytes, Escape, Meaning, Object, Operation, Record, TimeBasis};
use crate::token::cursor::{Cursor, Read, all, logged};
use crate::token::time::{TimeCache, clf};
use crate::token::{Wrong, near, number, request};
use std::sync::Arc;

const FAMILY: Family = Family::of("s3");

const SAMPLE: &str = r#"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be example-bucket [06/Feb/2019:00:00:38 +0000] 192.0.2.7 - 3E57427F33A59F07 REST.GET.OBJECT exports/2019/a%20b.csv "GET /example-bucket/exports/2019/a%20b.csv HTTP/1.1" 200 - 2326 2326 41 28 "-" "curl/7.79.1" - s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader example-bucket.s3.us-west-1.amazonaws.com TLSv1.2 - -"#;

pub(super) const FORMATS: &[Named] = &[Named::own("s3", FAMILY, Origin::Seen, SAMPLE, || {
    Arc::new(Columns {
        name: "s3",
        meaning: Meaning {
            time_basis: TimeBasis::Received,
            bytes: ByteSemantics::BodyWritten,
            key: Escape::Percent,
            ..Meaning::UNKNOWN
        },
        separator: b' ',
        // The owner's id, a bucket, then the time.
        may_read: |line| {
            line.split(|byte| *byte == b' ').nth(2).is_some_and(|time| time.first() == Some(&b'['))
        },
        read,
    })
})];

fn read<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    line.word("bucket owner")?;
    let bucket = line.some("bucket")?;
    line.begin("time")?;
    line.literal(b"[", "`[` before the time")?;
    record.time = {
        let (rest, stamp) = clf(line.rest, cache).map_err(crate::token::reason)?;
        line.rest = rest;
        stamp
    };
    line.literal(b"]", "`]` behind the time")?;
    record.client = line.some("remote ip")?;
    record.principal = line.some("requester")?;
    record.request_id = line.some("request id")?;
    let operation = line.word("operation")?;
    record.operation = told(operation).ok_or(Wrong {
        kind: FaultKind::Syntax,
        expected: "an operation such as `REST.GET.OBJECT`",
        at: operation,
    })?;
    let key = line.some("key")?;
    record.object = bucket.map(|bucket| Object { bucket: Some(bucket), key: key.unwrap_or_default() });
    line.begin("request uri")?;
    let (uri, middle) = uri(line.rest)?;
    if uri != b"-" {
        let request::Request { method, target, protocol } = request::split(uri);
        (record.request, record.method, record.target, record.protocol) =
            (Some(uri), method, target, protocol);
    }
    line.field = "http status";
    record.status = all(middle.status, number::status)?;
    line.field = "bytes sent";
    let bytes = all(middle.bytes, number::bytes_or_dash)?;
    line.field = "object size";
    record.size = all(middle.size, number::bytes_or_dash)?;
    record.bytes = match (bytes, record.size) {
        (Some(bytes), _) => Bytes::Logged(bytes),
        (None, Some(_)) => Bytes::Logged(0),
        (None, None) => Bytes::Unlogged,
    };
    line.field = "referer";
    texts(middle.rest, record);
    Ok(Is::Request)
}

/// What the server was asked to do: the words of METHOD section 5, rows 1 and 2.
fn told(word: &[u8]) -> Option<Operation> {
    let mut parts = word.split(|byte| *byte == b'.');
    let (api, verb, what) = (parts.next()?, parts.next()?, parts.next().unwrap_or_default());
    Some(match (api, verb, what) {
        (b"REST" | b"WEBSITE", b"GET", b"OBJECT") => Operation::Read,
        (b"REST", b"COPY", b"OBJECT_GET") => Operation::Copy,
        (b"REST", b"COPY", b"PART_GET") => Operation::CopyPart,
        (b"REST", b"GET", b"BUCKET" | b"BUCKETVERSIONS") => Operation::List,
        (b"REST" | b"WEBSITE" | b"SOAP", b"GET" | b"HEAD", _) => Operation::Learn,
        (b"REST" | b"WEBSITE" | b"SOAP" | b"BATCH" | b"S3", _, _) => Operation::Other,
        _ => return None,
    })
}

/// The columns that hold no client's text, between request URI and referer.
struct Middle<'a> {
    status: &'a [u8],
    bytes: &'a [u8],
    size: &'a [u8],
    /// From the referer on.
    rest: &'a [u8],
}

/// The request URI, and what stands behind it.
fn uri(i: &[u8]) -> Read<'_, (&[u8], Middle<'_>)> {
    let refuse = |expected| Err(Wrong { kind: FaultKind::Syntax, expected, at: i });
    if let Some(rest) = i.strip_prefix(b"- ") {
        return match middle(rest) {
            Some(middle) => Ok((b"-", middle)),
            None => refuse("status, error code, bytes, size and two times behind the request"),
        };
    }
    let Some(inner) = i.strip_prefix(b"\"") else { return refuse("a request in quotes, or `-`") };
    let mut places = memchr::memchr_iter(b'"', inner)
        .filter_map(|end| Some((inner.get(..end)?, middle(inner.get(end + 1..)?.strip_prefix(b" ")?)?)));
    match (places.next(), places.next()) {
        (Some(found), None) => Ok(found),
        (None, _) => refuse("status, error code, bytes, size and two times behind the request"),
        (Some(_), Some(_)) => refuse("one end of the request; there are several places that can be it"),
    }
}

/// `200 - 2326 2326 41 28` and the quote of the referer. Each column is looked at before the next is cut: nearly every place
/// that is asked about is none.
fn middle(i: &[u8]) -> Option<Middle<'_>> {
    let (status, i) = column(i, is_number)?;
    let (_, i) = column(i?, |text| text == b"-" || text.iter().all(u8::is_ascii_alphanumeric))?;
    let (bytes, i) = column(i?, is_number)?;
    let (size, i) = column(i?, is_number)?;
    let (_, i) = column(i?, is_number)?;
    // A line may end here, or behind the next one.
    let rest = match i {
        None => &[],
        Some(i) => column(i, is_number)?.1.unwrap_or_default(),
    };
    let fits = rest.is_empty() || rest.starts_with(b"\"") || rest.starts_with(b"-");
    fits.then_some(Middle { status, bytes, size, rest })
}

/// The column at the front, if it is what it must be, and what stands behind its space; none at the line's end.
fn column(i: &[u8], is_it: impl Fn(&[u8]) -> bool) -> Option<(&[u8], Option<&[u8]>)> {
    if !matches!(i.first(), Some(b'-' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z')) {
        return None;
    }
    let end = near::byte(b' ', i).unwrap_or(i.len());
    let text = i.get(..end).filter(|text| is_it(text))?;
    Some((text, i.get(end + 1..)))
}

fn is_number(text: &[u8]) -> bool {
    text == b"-" || text.iter().all(u8::is_ascii_digit)
}

/// Puts referer, agent and host header into the record, from the columns behind the times. Where quotes in the texts leave
/// several readings, these are left out: they prove nothing.
fn texts<'a>(i: &'a [u8], record: &mut Record<'a>) {
    // ` version host-id …` has no quotes: the agent ends at the last of them.
    let Some(end) = memchr::memrchr(b'"', i) else { return };
    let (quoted, behind) = i.split_at_checked(end).unwrap_or_default();
    let tail = behind.get(2..).unwrap_or_default();
    let mut spaces = memchr::memchr_iter(b' ', tail);
    let host = spaces.nth(4).and_then(|at| tail.get(at + 1..spaces.next().unwrap_or(tail.len())));
    record.host = host.and_then(logged);
    let Some(inner) = quoted.strip_prefix(b"\"") else { return };
    let is_cut = |at: &usize| inner.get(*at..).is_some_and(|text| text.starts_with(b"\" \""));
    let mut cuts = memchr::memchr_iter(b'"', inner).filter(is_cut);
    if let (Some(at), None) = (cuts.next(), cuts.next()) {
        let sent = |text: &&[u8]| **text != *b"-";
        record.referer = inner.get(..at).filter(sent);
        record.agent = inner.get(at + 3..).filter(sent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tests::{fault, record, unit};
    use crate::format::{Unit, named};

    const HEAD: &str =
        "owner bucket [06/Feb/2019:00:00:38 +0000] 192.0.2.7 arn:aws:iam::1:user/kim 3E57427F33A59F07 ";

    fn line(rest: &str) -> &'static str {
        Box::leak(format!("{HEAD}{rest}").into_boxed_str())
    }

    #[test]
    fn the_columns_of_the_guide_are_read() {
        let read = record("s3", SAMPLE);
        assert_eq!((read.client, read.principal, read.status), (Some(&b"192.0.2.7"[..]), None, Some(200)));
        assert_eq!((read.bytes, read.size), (Bytes::Logged(2326), Some(2326)));
        assert_eq!(read.operation, Operation::Read);
        let object = Object { bucket: Some(b"example-bucket"), key: b"exports/2019/a%20b.csv" };
        assert_eq!((read.object, read.method), (Some(object), Some(&b"GET"[..])));
        assert_eq!((read.referer, read.agent), (None, Some(&b"curl/7.79.1"[..])));
        assert_eq!(read.host, Some(&b"example-bucket.s3.us-west-1.amazonaws.com"[..]));
    }

    #[test]
    fn a_line_may_end_behind_any_column_from_the_total_time_on() {
        let whole = "REST.GET.OBJECT k \"GET /k HTTP/1.1\" 200 - 5 9 41 28 \"-\" \"curl\" - host SigV4 - AuthHeader h TLSv1.2 - Yes us-east-1 new";
        let mut ends: Vec<usize> = whole.match_indices(' ').map(|(at, _)| at).collect();
        ends.push(whole.len());
        let read = |end: &usize| unit("s3", line(whole.get(..*end).unwrap()));
        let records =
            ends.iter().filter(|end| matches!(read(end), Unit::Record(r) if r.size == Some(9))).count();
        assert_eq!(records, ends.len() - 9, "nothing before it is enough");
    }

    /// Nothing is escaped in the quoted columns.
    #[test]
    fn raw_quotes_of_a_client_are_text_unless_two_places_can_be_the_end() {
        let uri = r#"GET //?s=index/\think&x<?php$p="xinba";" HTTP/1.1"#;
        let read = record(
            "s3",
            line(&format!(r#"REST.GET.OBJECT / "{uri}" 404 NoSuchKey 278 - 12 - "-" ""Mozilla/5.0 (x)"" -"#)),
        );
        assert_eq!((read.request, read.status), (Some(uri.as_bytes()), Some(404)));
        assert_eq!(read.agent, Some(&br#""Mozilla/5.0 (x)""#[..]));
        let forged = line(
            r#"REST.GET.OBJECT k "GET /k" 200 - 5 9 1 1 "-" HTTP/1.1" 403 AccessDenied 243 - 1 - "-" "x" -"#,
        );
        assert_eq!(fault("s3", forged).1, "request uri");
        let split =
            record("s3", line(r#"REST.GET.OBJECT k "GET /k HTTP/1.1" 200 - 5 9 1 1 "a" "b" "c" "d" -"#));
        assert_eq!((split.referer, split.agent), (None, None), "which is which cannot be told");
    }

    /// METHOD M5.3.
    #[test]
    fn a_dash_for_bytes_is_zero_where_the_size_is_logged() {
        let read = |bytes: &str| {
            record(
                "s3",
                line(&format!("REST.GET.OBJECT k \"GET /k HTTP/1.1\" 200 - {bytes} 1 1 \"-\" \"-\" -")),
            )
            .bytes
        };
        assert_eq!(
            (read("- 9"), read("- -"), read("7 -")),
            (Bytes::Logged(0), Bytes::Unlogged, Bytes::Logged(7))
        );
    }

    /// METHOD section 5, rows 1 and 2.
    #[test]
    fn operations_say_what_was_asked_for() {
        for (word, wanted) in [
            ("WEBSITE.GET.OBJECT", Operation::Read),
            ("REST.COPY.OBJECT_GET", Operation::Copy),
            ("REST.COPY.PART_GET", Operation::CopyPart),
            ("REST.GET.BUCKET", Operation::List),
            ("REST.GET.BUCKETVERSIONS", Operation::List),
            ("REST.HEAD.OBJECT", Operation::Learn),
            ("REST.GET.ACL", Operation::Learn),
            ("REST.PUT.OBJECT", Operation::Other),
            ("BATCH.DELETE.OBJECT", Operation::Other),
            ("S3.EXPIRE.OBJECT", Operation::Other),
        ] {
            let read = record("s3", line(&format!("{word} k - 200 - 5 9 1 1 \"-\" \"-\" -")));
            assert_eq!((read.operation, read.request), (wanted, None), "{word}");
        }
        assert_eq!(fault("s3", line("GET k - 200 - 5 9 1 1 \"-\" \"-\" -")).1, "operation");
    }

    #[test]
    fn what_is_missing_is_named_by_its_column() {
        let cut = "owner bucket [06/Feb/2019:00:00:38 +0000] 192.0.2.7 - 3E57";
        assert_eq!(fault("s3", cut).1, "operation");
        let bad = line("REST.GET.OBJECT k \"GET /k HTTP/1.1\" 2000 - 5 9 1 1 \"-\" \"-\" -");
        assert_eq!(fault("s3", bad), (FaultKind::Status, "http status", "three digits or `-`"));
        let time = "owner bucket [31/Feb/2019:00:00:38 +0000] 192.0.2.7 - 3E57 REST.GET.OBJECT k - 200 - 5 9 1 1 \"-\" \"-\" -";
        assert_eq!(fault("s3", time).0, FaultKind::Time);
        assert!(named("s3", None).unwrap().parse(b"", &mut TimeCache::default()) != Unit::Directive);
    }
}
