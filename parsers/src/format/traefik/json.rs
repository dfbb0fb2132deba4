//! One object a line; which fields are in it, the operator chose.
//!
//! `DownstreamContentSize` adds up what `Write` of the body returned, behind compression and without headers: the body as
//! it was handed to the connection. (A HEAD response counts the body that was made for it, too; a body may end in
//! buffers.) `OriginContentSize` is the body that came from the service: it is no full size, and is not read.
//! `DownstreamStatus` is the status that the client got. Header fields are there only if they are kept
//! (`request_User-Agent`, `downstream_Content-Range` …); `downstream_Content-Length` of a 200 without a
//! `Content-Encoding` is the full size.
//!
//! Messages of Traefik itself are directives if they bear a name of its own (`entryPointName`, `routerName` …): the
//! logging library writes `level` and `time` for every other program, too.

use crate::fault::FaultKind;
use crate::format::Format;
use crate::format::own::{Found, Is, Object, keys};
use crate::record::{ByteSemantics, Bytes, Escape, Meaning, Record, Stamp, TimeBasis};
use crate::token::cursor::{Read, all};
use crate::token::json::Value;
use crate::token::time::{TimeCache, iso8601};
use std::sync::Arc;

keys! {
    Level = "level",
    Logged = "time",
    StartUtc = "StartUTC",
    StartLocal = "StartLocal",
    ClientAddr = "ClientAddr",
    ClientHost = "ClientHost",
    User = "ClientUsername",
    Status = "DownstreamStatus",
    Size = "DownstreamContentSize",
    Method = "RequestMethod",
    Path = "RequestPath",
    Protocol = "RequestProtocol",
    Host = "RequestHost",
    Agent = "request_User-Agent",
    Referer = "request_Referer",
    ForwardedFor = "request_X-Forwarded-For",
    Forwarded = "request_Forwarded",
    Range = "request_Range",
    Length = "downstream_Content-Length",
    ContentRange = "downstream_Content-Range",
    Encoding = "downstream_Content-Encoding",
    EntryPoint = "entryPointName",
    Router = "routerName",
    Provider = "providerName",
    Middleware = "middlewareName",
    Service = "serviceName",
}

pub(super) const SAMPLE: &str = r#"{"ClientAddr":"192.0.2.7:57398","ClientHost":"192.0.2.7","ClientPort":"57398","ClientUsername":"-","DownstreamContentSize":2326,"DownstreamStatus":200,"Duration":5386497,"OriginContentSize":2326,"OriginStatus":200,"RequestHost":"files.example.org","RequestMethod":"GET","RequestPath":"/a.csv?b=c","RequestProtocol":"HTTP/1.1","RetryAttempts":0,"RouterName":"files@docker","StartLocal":"2024-05-26T13:42:52.601480726+02:00","StartUTC":"2024-05-26T11:42:52.601480726Z","entryPointName":"web","level":"info","msg":"","request_User-Agent":"curl/8.5.0","time":"2024-05-26T13:42:52+02:00"}"#;

pub(super) fn make() -> Arc<dyn Format> {
    let meaning = Meaning {
        bytes: ByteSemantics::BodyWritten,
        time_basis: TimeBasis::Received,
        ..Meaning::UNKNOWN.escaped(Escape::Json)
    };
    Arc::new(Object::new("traefik-json", meaning, PATHS, &["level", "time"], read))
}

fn read<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    const OF_A_REQUEST: [Key; 4] = [Key::Status, Key::StartUtc, Key::Method, Key::Path];
    if !OF_A_REQUEST.into_iter().any(|key| found.get(key).is_there()) {
        return message(found, cache);
    }
    record.time = moment(found, cache)?;
    record.status = found.get(Key::Status).status()?;
    if record.status.is_none() {
        return found.refuse(FaultKind::Syntax, "a status; the request has none");
    }
    record.bytes = match found.get(Key::Size) {
        Value::Absent => Bytes::Unlogged,
        value => match value.count() {
            Some(size) => Bytes::Logged(size),
            None => return found.refuse(FaultKind::Syntax, "a number of bytes"),
        },
    };
    let peer = found.text(Key::ClientAddr);
    (record.client, record.peer) = match found.text(Key::ClientHost) {
        Some(client) => (Some(client), peer),
        None => (peer, None),
    };
    if record.client.is_none() {
        return found.refuse(FaultKind::Syntax, "a client; the request has none");
    }
    record.x_forwarded_for = found.text(Key::ForwardedFor);
    record.forwarded = found.text(Key::Forwarded);
    record.method = found.text(Key::Method);
    record.target = found.text(Key::Path);
    record.protocol = found.text(Key::Protocol);
    record.host = found.text(Key::Host);
    record.principal = found.text(Key::User);
    record.agent = found.get(Key::Agent).written();
    record.referer = found.get(Key::Referer).written();
    record.range = found.text(Key::Range);
    record.content_range = found.text(Key::ContentRange);
    if record.status == Some(200) && !found.get(Key::Encoding).is_there() {
        record.size = found.count(Key::Length);
    }
    Ok(Is::Request)
}

fn moment<'a>(found: &mut Found<'a>, cache: &mut TimeCache) -> Read<'a, Stamp<'a>> {
    let key = if found.get(Key::StartUtc).is_there() { Key::StartUtc } else { Key::StartLocal };
    match found.get(key) {
        Value::Text(text) => all(text, |i| iso8601(i, cache)),
        _ => found.refuse(FaultKind::Time, "a time such as `2024-05-26T11:42:52Z`"),
    }
}

fn message<'a>(found: &mut Found<'a>, cache: &mut TimeCache) -> Read<'a, Is> {
    const OWN: [Key; 5] = [Key::EntryPoint, Key::Router, Key::Provider, Key::Middleware, Key::Service];
    if !OWN.into_iter().any(|key| found.text(key).is_some()) {
        found.get(Key::Status);
        return found.refuse(FaultKind::Syntax, "a request, or a message with a name of Traefik's own");
    }
    if found.text(Key::Level).is_none() {
        return found.refuse(FaultKind::Syntax, "a level such as `info`");
    }
    match found.get(Key::Logged) {
        Value::Text(text) => all(text, |i| iso8601(i, cache)).map(|_| Is::Directive),
        _ => found.refuse(FaultKind::Time, "a time such as `2024-05-26T11:42:52Z`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Unit;
    use crate::format::tests::{self, fault, record, unit};
    use crate::record::Zone;

    fn changed(from: &str, to: &str) -> &'static str {
        tests::changed(SAMPLE, from, to)
    }

    #[test]
    fn an_access_line_is_read() {
        let read = record("traefik-json", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_716_723_772_601_480, zone: Zone::Offset(0) });
        assert_eq!((read.client, read.peer), (Some(&b"192.0.2.7"[..]), Some(&b"192.0.2.7:57398"[..])));
        assert_eq!((read.method, read.target), (Some(&b"GET"[..]), Some(&b"/a.csv?b=c"[..])));
        assert_eq!((read.host, read.protocol), (Some(&b"files.example.org"[..]), Some(&b"HTTP/1.1"[..])));
        assert_eq!((read.status, read.bytes, read.size), (Some(200), Bytes::Logged(2326), None));
        assert_eq!((read.principal, read.agent, read.referer), (None, Some(&b"curl/8.5.0"[..]), None));
    }

    /// The header's value stands in the place of the peer's address.
    #[test]
    fn a_forwarded_client_stays_beside_its_peer() {
        let read = record(
            "traefik-json",
            changed(r#""ClientHost":"192.0.2.7""#, r#""ClientHost":"198.51.100.4, 203.0.113.9""#),
        );
        assert_eq!(read.client, Some(&b"198.51.100.4, 203.0.113.9"[..]));
        assert_eq!(read.peer, Some(&b"192.0.2.7:57398"[..]));
        let reduced = record("traefik-json", changed(r#""ClientHost":"192.0.2.7","#, ""));
        assert_eq!(reduced.client, Some(&b"192.0.2.7:57398"[..]));
    }

    #[test]
    fn the_local_start_serves_where_the_other_was_dropped() {
        let read = record("traefik-json", changed(r#""StartUTC":"2024-05-26T11:42:52.601480726Z","#, ""));
        assert_eq!(read.time, Stamp { local_us: 1_716_730_972_601_480, zone: Zone::Offset(7200) });
        let none = changed(
            r#""StartLocal":"2024-05-26T13:42:52.601480726+02:00","StartUTC":"2024-05-26T11:42:52.601480726Z","#,
            "",
        );
        assert_eq!(fault("traefik-json", none).1, "StartLocal", "the time of the log line is another moment");
    }

    #[test]
    fn kept_headers_tell_ranges_and_sizes() {
        let part = record(
            "traefik-json",
            changed(
                r#""DownstreamStatus":200"#,
                r#""downstream_Content-Length":"2326","downstream_Content-Range":"bytes 0-2325/9000","request_Range":"bytes=0-2325","DownstreamStatus":206"#,
            ),
        );
        assert_eq!((part.size, part.content_range), (None, Some(&b"bytes 0-2325/9000"[..])));
        assert_eq!(part.range, Some(&b"bytes=0-2325"[..]));
        let with =
            |more: &str| record("traefik-json", changed(r#""level""#, &format!(r#"{more}"level""#))).size;
        assert_eq!(with(r#""downstream_Content-Length":"2326","#), Some(2326));
        let encoded = r#""downstream_Content-Length":"99","downstream_Content-Encoding":"gzip","#;
        assert_eq!(with(encoded), None);
    }

    #[test]
    fn errors_aborts_and_empty_bodies_are_read() {
        let read = |status: &str, bytes: &str| {
            let line = changed(
                r#""DownstreamContentSize":2326,"DownstreamStatus":200"#,
                &format!(r#""DownstreamContentSize":{bytes},"DownstreamStatus":{status}"#),
            );
            let read = record("traefik-json", line);
            (read.status, read.bytes)
        };
        assert_eq!(read("404", "19"), (Some(404), Bytes::Logged(19)));
        assert_eq!(read("499", "21"), (Some(499), Bytes::Logged(21)));
        assert_eq!(read("304", "0"), (Some(304), Bytes::Logged(0)));
        let dropped = record("traefik-json", changed(r#""DownstreamContentSize":2326,"#, ""));
        assert_eq!(dropped.bytes, Bytes::Unlogged, "what came from the service is no substitute");
        assert_eq!(fault("traefik-json", changed(r#""DownstreamStatus":200,"#, "")).1, "DownstreamStatus");
        assert_eq!(
            fault("traefik-json", changed(r#"Size":2326,"Down"#, r#"Size":-1,"Down"#)).1,
            "DownstreamContentSize"
        );
    }

    /// The gateway of another product keeps a few fields only.
    #[test]
    fn a_reduced_set_of_fields_is_read() {
        let read = record(
            "traefik-json",
            r#"{"ClientAddr":"192.0.2.7:29226","DownstreamContentSize":61,"DownstreamStatus":200,"Duration":4854119812,"Overhead":746372,"RequestMethod":"PUT","RequestPath":"/a/b","ServiceAddr":"localhost:8081","StartUTC":"2026-09-10T16:04:02.291926158Z","level":"info","msg":"","request_User-Agent":"curl/8.7.1","time":"2026-09-10T16:04:07Z"}"#,
        );
        assert_eq!((read.method, read.bytes), (Some(&b"PUT"[..]), Bytes::Logged(61)));
        assert_eq!(read.host, None);
    }

    #[test]
    fn messages_with_a_name_of_traefiks_own_are_directives() {
        for line in [
            r#"{"level":"error","routerName":"a@docker","time":"2024-05-26T11:42:52Z","message":"no certificate"}"#,
            r#"{"entryPointName":"web","level":"debug","msg":"Added outgoing tracing","time":"2024-05-26T11:42:52Z"}"#,
        ] {
            assert_eq!(unit("traefik-json", line), Unit::Directive, "{line}");
        }
        for line in [
            r#"{"level":"info","msg":"started","time":"2024-05-26T11:42:52Z"}"#,
            r#"{"level":"info","ts":1761019822.31,"msg":"serving initial configuration"}"#,
        ] {
            assert!(matches!(unit("traefik-json", line), Unit::Fault(_)), "{line}");
        }
    }
}
