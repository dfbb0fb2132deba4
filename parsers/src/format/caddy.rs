//! Caddy's access log, as its JSON encoder writes it: one object a line, between Caddy's other messages.
//!
//! Sources: Caddy documentation, "How Logging Works" and the Caddyfile directive `log`; Caddy's source, `caddyhttp`:
//! `Server.ServeHTTP` writes `handled request` in a deferred function, so `ts` is when the response was finished;
//! `responseRecorder` adds up what `Write` of the body returned, headers not counted, so `size` is the body as it was
//! handed to the connection. (A HEAD response counts the body that was made for it, too.) Where the client went, up to a
//! few KiB may have stayed in buffers.
//!
//! Up to 2.4 the peer is `remote_addr` with its port, later `remote_ip`; `client_ip` (2.7) is what Caddy made of
//! forwarded addresses of trusted proxies. `ts` is seconds since 1970, or ISO 8601 where the encoder was told so; its
//! other spellings (milliseconds, nanoseconds, a clock without a zone) are faults. The full size of the object is
//! `Content-Length` of a 200 that has no `Content-Encoding`.
//!
//! Only a line with the message `handled request` is a request. Other lines of Caddy's own modules are directives, those
//! of `http.log.error` as well: the request stands in its access line again. A line that names where in the source it was
//! written (`caller`) is some other program's.
//!
//! What it cannot say: whether the client aborted, and what a filter of the encoder took out.

use super::own::{Found, Is, Object, keys};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{ByteSemantics, Bytes, Escape, Meaning, Record, Stamp, TimeBasis};
use crate::token::cursor::{Read, all};
use crate::token::json::Value;
use crate::token::time::{EpochUnit, TimeCache, epoch, iso8601};
use std::sync::Arc;

const FAMILY: Family = Family::web_server("caddy");

keys! {
    Level = "level",
    Ts = "ts",
    Logger = "logger",
    Msg = "msg",
    Caller = "caller",
    RemoteIp = "request.remote_ip",
    RemoteAddr = "request.remote_addr",
    ClientIp = "request.client_ip",
    Protocol = "request.proto",
    Method = "request.method",
    Host = "request.host",
    Uri = "request.uri",
    Agent = "request.headers.User-Agent.0",
    Referer = "request.headers.Referer.0",
    ForwardedFor = "request.headers.X-Forwarded-For.0",
    Forwarded = "request.headers.Forwarded.0",
    Range = "request.headers.Range.0",
    User = "user_id",
    Size = "size",
    Status = "status",
    Length = "resp_headers.Content-Length.0",
    ContentRange = "resp_headers.Content-Range.0",
    Encoding = "resp_headers.Content-Encoding.0",
}

const SAMPLE: &str = r#"{"level":"info","ts":1716723772.6014807,"logger":"http.log.access.log0","msg":"handled request","request":{"remote_ip":"192.0.2.7","remote_port":"38574","client_ip":"198.51.100.4","proto":"HTTP/2.0","method":"GET","host":"files.example.org","uri":"/a.csv?b=c","headers":{"Accept":["*/*"],"User-Agent":["curl/8.5.0"],"X-Forwarded-For":["198.51.100.4"]}},"bytes_read":0,"user_id":"","duration":0.017557019,"size":2326,"status":200,"resp_headers":{"Content-Length":["2326"],"Server":["Caddy"]}}"#;

pub(super) const FORMATS: &[Named] = &[Named::own("caddy", FAMILY, Origin::Seen, SAMPLE, || {
    let meaning = Meaning {
        bytes: ByteSemantics::BodyWritten,
        time_basis: TimeBasis::Completed,
        ..Meaning::UNKNOWN.escaped(Escape::Json)
    };
    Arc::new(Object::new("caddy", meaning, PATHS, &["level", "ts", "msg"], read))
})];

fn read<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    record.time = moment(found, cache)?;
    if found.get(Key::Msg).written() != Some(b"handled request") {
        return message(found);
    }
    record.bytes = match found.get(Key::Size) {
        Value::Absent => Bytes::Unlogged,
        value => match value.count() {
            Some(size) => Bytes::Logged(size),
            None => return found.refuse(FaultKind::Syntax, "a number of bytes"),
        },
    };
    record.status = found.get(Key::Status).status()?;
    if record.status.is_none() {
        return found.refuse(FaultKind::Syntax, "a status; the request has none");
    }
    let peer = found.text(Key::RemoteIp).or_else(|| found.text(Key::RemoteAddr));
    (record.client, record.peer) = match found.text(Key::ClientIp) {
        Some(client) => (Some(client), peer),
        None => (peer, None),
    };
    if record.client.is_none() {
        return found.refuse(FaultKind::Syntax, "a client; the request has none");
    }
    record.x_forwarded_for = found.text(Key::ForwardedFor);
    record.forwarded = found.text(Key::Forwarded);
    record.method = found.text(Key::Method);
    record.target = found.text(Key::Uri);
    record.protocol = found.text(Key::Protocol);
    record.host = found.text(Key::Host);
    record.agent = found.get(Key::Agent).written();
    record.referer = found.get(Key::Referer).written();
    record.principal = found.text(Key::User);
    record.range = found.text(Key::Range);
    record.content_range = found.text(Key::ContentRange);
    if record.status == Some(200) && !found.get(Key::Encoding).is_there() {
        record.size = found.count(Key::Length);
    }
    Ok(Is::Request)
}

fn moment<'a>(found: &mut Found<'a>, cache: &mut TimeCache) -> Read<'a, Stamp<'a>> {
    match found.get(Key::Ts) {
        Value::Number(digits) => all(digits, |i| epoch(i, EpochUnit::Seconds)),
        Value::Text(text) => all(text, |i| iso8601(i, cache)),
        _ => found.refuse(FaultKind::Time, "seconds since 1970, or a time in ISO 8601"),
    }
}

/// A message of Caddy, told from those of other programs that log by the same library.
fn message<'a>(found: &mut Found<'a>) -> Read<'a, Is> {
    const LEVELS: [&[u8]; 7] = [b"debug", b"info", b"warn", b"error", b"dpanic", b"panic", b"fatal"];
    const MODULES: [&[u8]; 8] =
        [b"admin", b"caddy", b"docker-proxy", b"events", b"http", b"layer4", b"pki", b"tls"];
    if found.get(Key::Msg).written().is_none() {
        return found.refuse(FaultKind::Syntax, "a text");
    }
    let level = found.get(Key::Level).written().unwrap_or_default();
    if !LEVELS.iter().any(|known| level.eq_ignore_ascii_case(known)) {
        return found.refuse(FaultKind::Syntax, "a level such as `info`");
    }
    if found.get(Key::Caller).is_there() {
        return found.refuse(FaultKind::Syntax, "no such key; Caddy writes none");
    }
    match found.get(Key::Logger) {
        Value::Absent => Ok(Is::Directive),
        Value::Text(name)
            if MODULES.contains(&name.split(|byte| *byte == b'.').next().unwrap_or_default()) =>
        {
            Ok(Is::Directive)
        }
        _ => found.refuse(FaultKind::Syntax, "a module of Caddy"),
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
        let read = record("caddy", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_716_723_772_601_480, zone: Zone::Offset(0) });
        assert_eq!((read.client, read.peer), (Some(&b"198.51.100.4"[..]), Some(&b"192.0.2.7"[..])));
        assert_eq!((read.method, read.target), (Some(&b"GET"[..]), Some(&b"/a.csv?b=c"[..])));
        assert_eq!((read.host, read.protocol), (Some(&b"files.example.org"[..]), Some(&b"HTTP/2.0"[..])));
        assert_eq!((read.status, read.bytes, read.size), (Some(200), Bytes::Logged(2326), Some(2326)));
        assert_eq!((read.agent, read.referer), (Some(&b"curl/8.5.0"[..]), None));
        assert_eq!((read.principal, read.x_forwarded_for), (None, Some(&b"198.51.100.4"[..])));
        assert_eq!((read.range, read.content_range, read.operation), (None, None, Default::default()));
    }

    #[test]
    fn the_client_is_the_best_column_that_is_there() {
        let before = record("caddy", changed(r#","client_ip":"198.51.100.4""#, ""));
        assert_eq!((before.client, before.peer), (Some(&b"192.0.2.7"[..]), None));
        let old = changed(
            r#""remote_ip":"192.0.2.7","remote_port":"38574","client_ip":"198.51.100.4""#,
            r#""remote_addr":"192.0.2.7:38574""#,
        );
        assert_eq!(record("caddy", old).client, Some(&b"192.0.2.7:38574"[..]));
        let none =
            changed(r#""remote_ip":"192.0.2.7","remote_port":"38574","client_ip":"198.51.100.4","#, "");
        assert_eq!(fault("caddy", none).2, "a client; the request has none");
    }

    #[test]
    fn a_part_has_its_range_and_no_full_size() {
        let line = changed(
            r#""status":200,"resp_headers":{"Content-Length":["2326"]"#,
            r#""status":206,"resp_headers":{"Content-Length":["2326"],"Content-Range":["bytes 0-2325/9000"]"#,
        );
        let read = record("caddy", line);
        assert_eq!((read.size, read.content_range), (None, Some(&b"bytes 0-2325/9000"[..])));
        let asked = changed(r#""Accept":["*/*"]"#, r#""Range":["bytes=0-9"]"#);
        assert_eq!(record("caddy", asked).range, Some(&b"bytes=0-9"[..]));
    }

    #[test]
    fn the_length_of_an_encoded_response_is_not_the_size_of_the_object() {
        let line = changed(r#""Server":["Caddy"]"#, r#""Content-Encoding":["gzip"]"#);
        assert_eq!((record("caddy", line).size, record("caddy", line).bytes), (None, Bytes::Logged(2326)));
        let dynamic = changed(r#""Content-Length":["2326"],"#, "");
        assert_eq!(record("caddy", dynamic).size, None);
    }

    #[test]
    fn errors_empty_bodies_and_logins_are_read() {
        let line = changed(
            r#""user_id":"","duration":0.017557019,"size":2326,"status":200"#,
            r#""user_id":"kim","duration":0.01,"size":0,"status":404"#,
        );
        let read = record("caddy", line);
        assert_eq!((read.status, read.bytes), (Some(404), Bytes::Logged(0)));
        assert_eq!((read.size, read.principal), (None, Some(&b"kim"[..])));
        assert_eq!(record("caddy", changed(r#""size":2326,"#, "")).bytes, Bytes::Unlogged);
        assert_eq!(fault("caddy", changed(r#""size":2326"#, r#""size":-1"#)).1, "size");
        assert_eq!(fault("caddy", changed(r#","status":200"#, "")).1, "status");
        assert_eq!(fault("caddy", changed(r#""status":200"#, r#""status":2000"#)).0, FaultKind::Status);
    }

    #[test]
    fn escapes_stay_as_they_are_written() {
        let line = changed("/a.csv?b=c", r#"/a\"b\\c"#);
        assert_eq!(record("caddy", line).target, Some(&br#"/a\"b\\c"#[..]));
    }

    #[test]
    fn times_are_seconds_or_iso_8601_and_nothing_else() {
        let time = |to| record("caddy", changed("1716723772.6014807", to)).time;
        assert_eq!(time("1716723772").local_us, 1_716_723_772_000_000);
        let zoned = time(r#""2024-05-26T13:42:52.601+0200""#);
        assert_eq!(zoned, Stamp { local_us: 1_716_730_972_601_000, zone: Zone::Offset(7200) });
        for bad in ["1716723772601.48", "1716723772601480700", "\"2024/05/26 11:42:52\"", "null"] {
            assert_eq!(fault("caddy", changed("1716723772.6014807", bad)).1, "ts", "{bad}");
        }
    }

    #[test]
    fn messages_of_caddy_are_directives() {
        for line in [
            r#"{"level":"info","ts":1761019822.31,"msg":"serving initial configuration"}"#,
            r#"{"level":"warn","ts":1761019822.31,"logger":"http.auto_https","msg":"server is listening only on the HTTP port"}"#,
            r#"{"level":"error","ts":1761019822.31,"logger":"http.log.error","msg":"dial tcp","request":{"remote_ip":"192.0.2.7","uri":"/a"},"duration":0.1,"status":502,"err_id":"a"}"#,
        ] {
            assert_eq!(unit("caddy", line), Unit::Directive, "{line}");
        }
    }

    #[test]
    fn messages_of_other_programs_are_refused() {
        for (line, field) in [
            (
                r#"{"level":"info","ts":1761019822.31,"caller":"etcdmain/etcd.go:73","msg":"Running"}"#,
                "caller",
            ),
            (r#"{"level":"info","ts":1761019822.31,"logger":"setup","msg":"starting manager"}"#, "logger"),
            (r#"{"level":30,"ts":1761019822.31,"msg":"a"}"#, "level"),
            (r#"{"level":"info","ts":1761019822.31}"#, "msg"),
            (r#"{"level":"info","time":"2024-01-01T00:00:00Z","msg":"a"}"#, "ts"),
        ] {
            assert_eq!(fault("caddy", line).1, field, "{line}");
        }
    }
}
