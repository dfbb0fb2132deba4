//! Two of the shapes that operators of Fastly's CDN chose for their log lines. Fastly itself prescribes none: the format
//! is a string of variables, mostly behind a syslog prefix, which is taken off before.
//!
//! `fastly-json` is the object of a package registry's real-time log, versions with and without details, seen in real
//! lines; `fastly-text` is `address date path status agent`, seen in test data of another registry only.
//!
//! Which variables stand behind `bytes` and `date_time` only the operator's configuration tells (`resp.bytes_written`
//! counts headers, `resp.body_bytes_written` does not; `begin:` and `end:` times): nothing is claimed of either.
//!
//! What they cannot say: which range was asked for, the size of the object, whether the transfer was cut, and in
//! `fastly-text` the method and the bytes: as no request of it is known to be a GET, none counts as served by itself.

use super::own::{Columns, Found, Is, Object, keys};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Bytes, Escape, Meaning, Record, Zone};
use crate::token::address::is_address;
use crate::token::calendar::{Civil, Part};
use crate::token::cursor::{Cursor, Read, all};
use crate::token::json::Value;
use crate::token::time::{TimeCache, iso8601};
use crate::token::{Leaf, misshapen, no_time, number};
use std::sync::Arc;

const FAMILY: Family = Family::of("fastly");

keys! {
    Bytes = "bytes",
    Time = "date_time",
    Ip = "ip",
    Method = "method",
    Status = "status",
    Url = "url",
    Version = "version",
    Host = "host",
    Protocol = "http.protocol",
    Referer = "http.referer",
    Agent = "http.useragent",
}

const JSON: &str = r#"{"bytes":2326,"content_type":"text/csv","date_time":"2024-05-26T11:42:52.601480726Z","host":"files.example.org","http":{"protocol":"HTTP/2","referer":null,"useragent":"curl/8.5.0"},"ip":"192.0.2.7","method":"GET","status":200,"url":"https://files.example.org/a.csv?b=c","version":"1"}"#;
const TEXT: &str = "192.0.2.7 Mon, 30 Nov 2015 21:00:05 GMT /a.csv?b=c 200 curl/8.5.0 (x 200 y)";

pub(super) const FORMATS: &[Named] = &[
    Named::own("fastly-json", FAMILY, Origin::Seen, JSON, || {
        let meaning = Meaning::UNKNOWN.escaped(Escape::Json);
        let needed = &["ip", "date_time", "method", "status", "url", "bytes", "version"];
        Arc::new(Object::new("fastly-json", meaning, PATHS, needed, object))
    }),
    Named::own("fastly-text", FAMILY, Origin::Documentation, TEXT, || {
        Arc::new(Columns {
            name: "fastly-text",
            meaning: Meaning::UNKNOWN,
            separator: b' ',
            // `Mon,` is the second word.
            may_read: |line| {
                line.split(|byte| *byte == b' ').nth(1).is_some_and(|day| matches!(day, [_, _, _, b',']))
            },
            read: text,
        })
    }),
];

fn object<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    if found.text(Key::Version) != Some(b"1") {
        return found.refuse(FaultKind::Syntax, "version `1`");
    }
    record.time = match found.get(Key::Time) {
        Value::Text(text) => all(text, |i| iso8601(i, cache))?,
        _ => return found.refuse(FaultKind::Time, "a time such as `2024-01-16T23:53:20Z`"),
    };
    record.bytes = match found.count(Key::Bytes) {
        Some(bytes) => Bytes::Logged(bytes),
        None => return found.refuse(FaultKind::Syntax, "a number of bytes"),
    };
    record.status = found.get(Key::Status).status()?;
    record.client = found.text(Key::Ip);
    if record.client.is_none() {
        return found.refuse(FaultKind::Syntax, "a client");
    }
    record.method = found.text(Key::Method);
    record.target = found.text(Key::Url);
    let is_url = |url: &[u8]| url.starts_with(b"https://") || url.starts_with(b"http://");
    if !record.target.is_some_and(is_url) {
        return found.refuse(FaultKind::Syntax, "a URL with its scheme");
    }
    record.host = found.text(Key::Host);
    record.protocol = found.text(Key::Protocol);
    record.referer = found.get(Key::Referer).written();
    record.agent = found.get(Key::Agent).written();
    Ok(Is::Request)
}

fn text<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    let client = line.word("address")?;
    if !is_address(client) {
        line.rest = client;
        return line.refuse("an address");
    }
    record.client = Some(client);
    record.time.local_us = line.by("date", |i| date(i, cache))?;
    record.time.zone = Zone::Offset(0);
    // A request line holds no space inside its target, the agent may hold anything.
    line.begin("path")?;
    if line.rest.first() != Some(&b'/') {
        return line.refuse("a path");
    }
    let length = line.rest.iter().position(|byte| *byte == b' ').unwrap_or(line.rest.len());
    let (path, rest) = line.rest.split_at_checked(length).unwrap_or_default();
    (record.target, line.rest) = (Some(path), rest);
    record.status = line.by("status", number::status)?;
    line.begin("agent")?;
    record.agent = Some(std::mem::take(&mut line.rest)).filter(|agent| *agent != b"-");
    Ok(Is::Request)
}

/// `Mon, 30 Nov 2015 21:00:05 GMT` (RFC 9110 section 5.6.7).
fn date<'a>(i: &'a [u8], cache: &mut TimeCache) -> Leaf<'a, i64> {
    const WANTED: &str = "a date such as `Mon, 30 Nov 2015 21:00:05 GMT`";
    let mut civil = Civil::default();
    let mut rest = i;
    for (part, behind) in [
        (Part::WeekdayName, &b", "[..]),
        (Part::Day, b" "),
        (Part::MonthName, b" "),
        (Part::Year, b" "),
        (Part::Clock, b" GMT"),
    ] {
        rest = civil.read(part, rest, cache)?.0;
        rest = match rest.strip_prefix(behind) {
            Some(rest) => rest,
            None => return misshapen(WANTED, rest),
        };
    }
    match civil.stamp() {
        Ok(stamp) => Ok((rest, stamp.local_us)),
        Err(wanted) => no_time(wanted, i),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tests::{fault, record};
    use crate::record::Stamp;

    fn changed(sample: &str, from: &str, to: &str) -> &'static str {
        assert!(sample.contains(from), "{from}");
        Box::leak(sample.replacen(from, to, 1).into_boxed_str())
    }

    #[test]
    fn an_object_is_read() {
        let read = record("fastly-json", JSON);
        assert_eq!(read.time, Stamp { local_us: 1_716_723_772_601_480, zone: Zone::Offset(0) });
        assert_eq!((read.client, read.method), (Some(&b"192.0.2.7"[..]), Some(&b"GET"[..])));
        assert_eq!(read.target, Some(&b"https://files.example.org/a.csv?b=c"[..]));
        assert_eq!((read.status, read.bytes), (Some(200), Bytes::Logged(2326)));
        assert_eq!((read.host, read.protocol), (Some(&b"files.example.org"[..]), Some(&b"HTTP/2"[..])));
        assert_eq!((read.referer, read.agent), (None, Some(&b"curl/8.5.0"[..])));
    }

    #[test]
    fn the_short_object_is_read() {
        let read = record(
            "fastly-json",
            r#"{"bytes":0,"date_time":"2024-01-16T23:53:20.4Z","ip":"2001:db8::7","method":"HEAD","status":404,"url":"https://files.example.org/a%2Bb","version":"1"}"#,
        );
        assert_eq!((read.status, read.bytes, read.host), (Some(404), Bytes::Logged(0), None));
        assert_eq!((read.method, read.agent), (Some(&b"HEAD"[..]), None));
    }

    #[test]
    fn damaged_objects_are_faults_of_their_column() {
        for (from, to, field) in [
            (r#""version":"1""#, r#""version":"42""#, "version"),
            (r#""url":"https://files.example.org/a.csv?b=c""#, r#""url":"foo""#, "url"),
            (r#""bytes":2326"#, r#""bytes":-1"#, "bytes"),
            (r#""ip":"192.0.2.7""#, r#""ip":"""#, "ip"),
            (r#""status":200"#, r#""status":2000"#, "status"),
            ("2024-05-26", "2024-02-31", "date_time"),
            (r#""method":"GET","#, "", "method"),
            (r#""version":"1"}"#, r#""version":"1""#, "line"),
        ] {
            assert_eq!(fault("fastly-json", changed(JSON, from, to)).1, field, "{from}");
        }
    }

    #[test]
    fn a_line_of_text_is_read() {
        let read = record("fastly-text", TEXT);
        assert_eq!(read.time, Stamp { local_us: 1_448_917_205_000_000, zone: Zone::Offset(0) });
        assert_eq!((read.client, read.status), (Some(&b"192.0.2.7"[..]), Some(200)));
        assert_eq!((read.target, read.method), (Some(&b"/a.csv?b=c"[..]), None));
        assert_eq!((read.bytes, read.agent), (Bytes::Unlogged, Some(&b"curl/8.5.0 (x 200 y)"[..])));
        let read = record("fastly-text", changed(TEXT, "200 curl/8.5.0 (x 200 y)", "404 -"));
        assert_eq!((read.status, read.agent), (Some(404), None));
        assert_eq!(record("fastly-text", changed(TEXT, "192.0.2.7", "2001:db8::7")).status, Some(200));
    }

    #[test]
    fn damaged_lines_of_text_are_faults_of_their_column() {
        for (from, to, field) in [
            ("192.0.2.7", "files.example.org", "address"),
            ("Mon, 30 Nov", "Mon, 31 Nov", "date"),
            ("GMT", "UTC", "date"),
            ("/a.csv?b=c", "a.csv", "path"),
            (" 200 curl", " 2000 curl", "status"),
            (" 200 curl/8.5.0 (x 200 y)", "", "status"),
            (" curl/8.5.0 (x 200 y)", "", "agent"),
        ] {
            assert_eq!(fault("fastly-text", changed(TEXT, from, to)).1, field, "{from}");
        }
    }
}
