//! Akamai DataStream 2, delivery log, JSON: one object a line, with the data set fields that the stream was told to write.
//!
//! Source: Akamai TechDocs, DataStream 2, "Data set parameters" and "Log format". Written from documentation, not yet seen
//! in a real file.
//!
//! `reqTimeSec` is when the edge server accepted the request from the client, in seconds since 1970 (field 1100). `bytes`
//! is "the content bytes served in the response body. For HTTP/2, this includes overhead bytes" (field 1005), and no field
//! tells which of the two a request was: so the bytes are taken as bytes on the wire, which may show that a response was
//! cut short and never that it was whole. Fields that are `-` or null are left out of the object: a field that is not there
//! was not logged or was empty. Texts are percent-encoded where they hold anything outside 0x21–0x7E.
//!
//! `reqPath` is written without its leading `/` (a sample that Google's documentation of its parser shows; Akamai's own
//! shows both). A target without one would be no path, so it is stated as an object's key as well: a key has no `/`
//! before it. Such a request is told by its path alone, without host and query.
//!
//! `range` is the range that was asked for, without its unit (`37334-42356`). `errorCode` names the reason where a
//! request failed; of `ERR_CLIENT_ABORT` no page of Akamai's was read, so it is a doubtful mark.
//!
//! What it cannot say: the size of the object (`objSize` is not documented for ranges), which range was answered, who
//! signed in, and what was not sampled: a stream may be told to log a part of the requests only.

use super::own::{Found, Is, Object, keys};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Abort, ByteSemantics, Bytes, Escape, Meaning, Object as Stored, Record, TimeBasis};
use crate::token::cursor::{Read, all};
use crate::token::json::Value;
use crate::token::time::{EpochUnit, TimeCache, epoch};
use std::sync::Arc;

const FAMILY: Family = Family::of("akamai");

keys! {
    Time = "reqTimeSec",
    ClientIp = "cliIP",
    Status = "statusCode",
    Bytes = "bytes",
    Method = "reqMethod",
    Host = "reqHost",
    Path = "reqPath",
    Query = "queryStr",
    Agent = "UA",
    Referer = "referer",
    ForwardedFor = "xForwardedFor",
    Range = "range",
    Protocol = "proto",
    Error = "errorCode",
    Id = "reqId",
}

const SAMPLE: &str = r#"{"version":1,"cp":"123456","reqId":"1239f220","reqTimeSec":"1716723772.601","bytes":"2326","cliIP":"192.0.2.7","statusCode":"200","proto":"HTTP/2","reqHost":"files.example.org","reqMethod":"GET","reqPath":"x/a.csv","queryStr":"b=c","reqPort":"443","UA":"curl/8.5.0","referer":"https://example.org/"}"#;

pub(super) const FORMATS: &[Named] =
    &[Named::own("akamai-ds2", FAMILY, Origin::Documentation, SAMPLE, || {
        let meaning = Meaning {
            bytes: ByteSemantics::WireWritten,
            time_basis: TimeBasis::Received,
            key: Escape::Percent,
            ..Meaning::UNKNOWN.escaped(Escape::Json)
        };
        let needed = &["reqTimeSec", "cliIP", "statusCode", "reqPath"];
        Arc::new(Object::new("akamai-ds2", meaning, PATHS, needed, read))
    })];

fn read<'a>(found: &mut Found<'a>, _cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    record.time = match found.get(Key::Time) {
        Value::Text(digits) | Value::Number(digits) => all(digits, |i| epoch(i, EpochUnit::Seconds))?,
        _ => return found.refuse(FaultKind::Time, "seconds since 1970"),
    };
    record.status = found.get(Key::Status).status()?;
    record.client = found.text(Key::ClientIp);
    if record.client.is_none() {
        return found.refuse(FaultKind::Syntax, "a client");
    }
    record.bytes = match found.get(Key::Bytes) {
        Value::Absent | Value::Null | Value::Text(b"" | b"-") => Bytes::Unlogged,
        value => match value.count() {
            Some(bytes) => Bytes::Logged(bytes),
            None => return found.refuse(FaultKind::Syntax, "a number of bytes"),
        },
    };
    record.method = found.text(Key::Method);
    record.host = found.text(Key::Host);
    record.target = found.text(Key::Path);
    record.object = record
        .target
        .filter(|path| path.first() != Some(&b'/'))
        .map(|path| Stored { bucket: None, key: path });
    record.protocol = found.text(Key::Protocol);
    record.query = found.text(Key::Query);
    record.agent = found.text(Key::Agent);
    record.referer = found.text(Key::Referer);
    record.x_forwarded_for = found.text(Key::ForwardedFor);
    record.range = found.text(Key::Range);
    record.request_id = found.text(Key::Id);
    if found.text(Key::Error).is_some_and(|code| code.starts_with(b"ERR_CLIENT_ABORT")) {
        record.abort = Abort::Doubtful;
    }
    Ok(Is::Request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tests::{self, fault, record};
    use crate::record::{Stamp, Zone};

    fn changed(from: &str, to: &str) -> &'static str {
        tests::changed(SAMPLE, from, to)
    }

    #[test]
    fn an_object_is_read() {
        let read = record("akamai-ds2", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_716_723_772_601_000, zone: Zone::Offset(0) });
        assert_eq!((read.client, read.method), (Some(&b"192.0.2.7"[..]), Some(&b"GET"[..])));
        assert_eq!((read.target, read.query), (Some(&b"x/a.csv"[..]), Some(&b"b=c"[..])));
        assert_eq!((read.host, read.request_id), (Some(&b"files.example.org"[..]), Some(&b"1239f220"[..])));
        assert_eq!((read.status, read.bytes, read.size), (Some(200), Bytes::Logged(2326), None));
        assert_eq!((read.agent, read.abort), (Some(&b"curl/8.5.0"[..]), Abort::Unlogged));
        assert_eq!(read.referer, Some(&b"https://example.org/"[..]));
        assert_eq!((read.range, read.x_forwarded_for), (None, None));
        assert_eq!(read.protocol, Some(&b"HTTP/2"[..]));
    }

    #[test]
    fn a_path_without_its_slash_is_a_key_as_well() {
        let key = Stored { bucket: None, key: b"x/a.csv" };
        assert_eq!(record("akamai-ds2", SAMPLE).object, Some(key));
        assert_eq!(record("akamai-ds2", changed("x/a.csv", "/x/a.csv")).object, None);
    }

    #[test]
    fn fields_that_are_left_out_were_not_logged() {
        let least = r#"{"reqTimeSec":1716723772,"cliIP":"2001:db8::7","statusCode":404,"reqPath":"/a"}"#;
        let read = record("akamai-ds2", least);
        assert_eq!((read.bytes, read.method, read.query), (Bytes::Unlogged, None, None));
        assert_eq!((read.agent, read.referer, read.status), (None, None, Some(404)));
        assert_eq!(read.time.local_us, 1_716_723_772_000_000);
        for dash in [r#""bytes":"-""#, r#""bytes":null"#] {
            assert_eq!(record("akamai-ds2", changed(r#""bytes":"2326""#, dash)).bytes, Bytes::Unlogged);
        }
        let dash = record("akamai-ds2", changed(r#""UA":"curl/8.5.0""#, r#""UA":"-""#));
        assert_eq!(dash.agent, None);
    }

    #[test]
    fn numbers_may_be_texts_or_numbers() {
        let read = record("akamai-ds2", changed(r#""bytes":"2326""#, r#""bytes":0"#));
        assert_eq!(read.bytes, Bytes::Logged(0));
        let read = record("akamai-ds2", changed(r#""statusCode":"200""#, r#""statusCode":206"#));
        assert_eq!(read.status, Some(206));
    }

    #[test]
    fn an_abort_that_akamais_pages_do_not_explain_is_doubtful() {
        let line = |code: &str| changed(r#""cp""#, &format!(r#""errorCode":"{code}","range":"0-99","cp""#));
        let read = record("akamai-ds2", line("ERR_CLIENT_ABORT"));
        assert_eq!((read.abort, read.range), (Abort::Doubtful, Some(&b"0-99"[..])));
        assert_eq!(record("akamai-ds2", line("ERR_ACCESS_DENIED|fwd_acl")).abort, Abort::Unlogged);
    }

    #[test]
    fn escapes_stay_as_they_are_written() {
        let read = record("akamai-ds2", changed("x/a.csv", r#"/a\"b%20c"#));
        assert_eq!(read.target, Some(&br#"/a\"b%20c"#[..]));
    }

    #[test]
    fn what_is_wrong_is_named_by_its_key() {
        for (from, to, field) in [
            (r#""reqTimeSec":"1716723772.601","#, "", "reqTimeSec"),
            ("1716723772.601", "26/May/2024", "reqTimeSec"),
            ("1716723772.601", "1716723772601000", "reqTimeSec"),
            (r#""cliIP":"192.0.2.7""#, r#""cliIP":"-""#, "cliIP"),
            (r#""statusCode":"200""#, r#""statusCode":"abc""#, "statusCode"),
            (r#""bytes":"2326""#, r#""bytes":"2.5""#, "bytes"),
            (r#""reqPath":"x/a.csv","#, "", "reqPath"),
            (r#""bytes":"2326""#, r#""bytes":"2326","bytes":"1""#, "line"),
        ] {
            assert_eq!(fault("akamai-ds2", changed(from, to)).1, field, "{from} {to}");
        }
    }

    /// Its predecessor nests the same names.
    #[test]
    fn a_line_of_its_nearest_twin_is_refused() {
        let line = r#"{"type":"cloud_monitor","format":"default","version":"1.0","id":"9437c7","start":"1379543560.807","cp":"180370","message":{"proto":"http","status":"200","cliIP":"192.0.2.7","reqHost":"www.example.org","reqMethod":"GET","reqPath":"/jobs","bytes":"3278","UA":"x"}}"#;
        assert_eq!(fault("akamai-ds2", line).1, "reqTimeSec");
    }
}
