//! LTSV: `label:value` columns parted by tabs, in any order, with labels by convention.
//!
//! Source: ltsv.org, "Labels for Web server's Log", and the `log_format`s and `LogFormat`s that follow it: `time`, `host`
//! (the client), `forwardedfor`, `req` or `method` with `uri` and `protocol`, `status`, `size`, `referer`, `ua`, `vhost`,
//! `user`; beside them the same columns under the names of the servers' own variables (`remote_host`, `remote_addr`,
//! `remote_user`, `datetime`, `request`, `user_agent` …), as a parser's test data has them. Real files of it were not
//! seen. Other labels are passed over.
//!
//! The convention does not say which moment `time` is, nor what `size` counts: the recommended variables of Apache
//! (planned) and nginx (sent) differ. So nothing is claimed of either. `-` in `size` is "not recorded".
//!
//! A line needs a time, a client (or `forwardedfor`) and a request; a label, or another label for the same column, may
//! stand only once. Where a client stands beside `host`, the latter may be a second client or the host that was asked
//! for: it is not read. A column without a label is a fault.
//!
//! What it cannot say: whether a transfer was cut, and the size of the object.

use super::own::{Columns, Is};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Bytes, Escape, Meaning, Record, Stamp};
use crate::token::cursor::{Cursor, Read, all, logged};
use crate::token::time::{EpochUnit, TimeCache, clf, epoch, iso8601};
use crate::token::{Wrong, number, request};
use std::sync::Arc;

const FAMILY: Family = Family::web_server("ltsv");

const SAMPLE: &str = "time:[26/May/2024:11:42:52 +0000]\thost:192.0.2.7\tforwardedfor:-\treq:GET /a.csv?b=c HTTP/1.1\tstatus:200\tsize:2326\treferer:-\tua:curl/8.5.0\tvhost:files.example.org\tuser:kim\treqtime:0.017";

pub(super) const FORMATS: &[Named] = &[Named::own("ltsv", FAMILY, Origin::Documentation, SAMPLE, || {
    Arc::new(Columns {
        name: "ltsv",
        meaning: Meaning::UNKNOWN.escaped(Escape::Backslash),
        separator: b'\t',
        // The first column has a label, and there is a second.
        may_read: |line| {
            let end = line.iter().position(|byte| !is_of_label(*byte));
            end.is_some_and(|end| end > 0 && line.get(end) == Some(&b':'))
                && memchr::memchr(b'\t', line).is_some()
        },
        read,
    })
})];

const fn is_of_label(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

/// What the labels of a line name. The first of a column's labels is what a fault calls it.
#[derive(Debug, Default)]
struct Seen<'a> {
    time: Option<&'a [u8]>,
    client: Option<&'a [u8]>,
    host: Option<&'a [u8]>,
    forwarded_for: Option<&'a [u8]>,
    request: Option<&'a [u8]>,
    method: Option<&'a [u8]>,
    uri: Option<&'a [u8]>,
    protocol: Option<&'a [u8]>,
    status: Option<&'a [u8]>,
    size: Option<&'a [u8]>,
    referer: Option<&'a [u8]>,
    agent: Option<&'a [u8]>,
    vhost: Option<&'a [u8]>,
    user: Option<&'a [u8]>,
    id: Option<&'a [u8]>,
}

impl<'a> Seen<'a> {
    /// The column that a label names, and its name.
    fn column(&mut self, label: &[u8]) -> Option<(&mut Option<&'a [u8]>, &'static str)> {
        Some(match label {
            b"time" | b"datetime" | b"time_local" | b"time_iso8601" => (&mut self.time, "time"),
            b"remote_host" | b"remote_addr" => (&mut self.client, "remote_host"),
            b"host" => (&mut self.host, "host"),
            b"forwardedfor" | b"x_forwarded_for" => (&mut self.forwarded_for, "forwardedfor"),
            b"req" | b"request" => (&mut self.request, "req"),
            b"method" | b"request_method" => (&mut self.method, "method"),
            b"uri" | b"request_uri" => (&mut self.uri, "uri"),
            b"protocol" | b"server_protocol" => (&mut self.protocol, "protocol"),
            b"status" => (&mut self.status, "status"),
            b"size" | b"body_bytes_sent" => (&mut self.size, "size"),
            b"referer" | b"http_referer" => (&mut self.referer, "referer"),
            b"ua" | b"user_agent" | b"http_user_agent" => (&mut self.agent, "ua"),
            b"vhost" => (&mut self.vhost, "vhost"),
            b"user" | b"remote_user" => (&mut self.user, "user"),
            b"reqid" | b"request_id" => (&mut self.id, "reqid"),
            _ => return None,
        })
    }
}

fn read<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    let mut seen = Seen::default();
    loop {
        let column = line.word("label")?;
        let end = column.iter().position(|byte| !is_of_label(*byte)).unwrap_or(column.len());
        let (label, value) = column.split_at_checked(end).unwrap_or_default();
        let Some(value) = value.strip_prefix(b":").filter(|_| end > 0) else {
            return wrong("a label and a colon", column);
        };
        if let Some((slot, name)) = seen.column(label)
            && slot.replace(value).is_some()
        {
            line.field = name;
            return wrong("one column of this label, or of another for the same", column);
        }
        if line.is_at_end() {
            break;
        }
    }
    fill(line, &seen, cache, record)
}

fn fill<'a>(
    line: &mut Cursor<'a>,
    seen: &Seen<'a>,
    cache: &mut TimeCache,
    record: &mut Record<'a>,
) -> Read<'a, Is> {
    line.field = "time";
    let Some(time) = seen.time else { return wrong("this label; the line has none", line.rest) };
    record.time = moment(time, cache)?;
    line.field = "host";
    record.client = seen.client.or(seen.host).and_then(logged);
    record.x_forwarded_for = seen.forwarded_for.and_then(logged);
    if seen.client.or(seen.host).or(record.x_forwarded_for).is_none() {
        return wrong("this label, `remote_host` or `forwardedfor`; the line has none", line.rest);
    }
    line.field = "req";
    match (seen.request, seen.method, seen.uri) {
        (Some(asked), None, None) => {
            let request::Request { method, target, protocol } = request::split(asked);
            (record.request, record.method, record.target, record.protocol) =
                (Some(asked), method, target, protocol);
        }
        (None, Some(method), Some(uri)) => {
            (record.method, record.target) = (logged(method), logged(uri));
            record.protocol = seen.protocol.and_then(logged);
        }
        (Some(asked), ..) => return wrong("a request in one column or in several, not both", asked),
        (None, ..) => return wrong("this label, or `method` and `uri`", line.rest),
    }
    line.field = "status";
    record.status = match seen.status {
        Some(status) => all(status, number::status)?,
        None => None,
    };
    line.field = "size";
    record.bytes = match seen.size {
        Some(size) => all(size, number::bytes_or_dash)?.map_or(Bytes::Unlogged, Bytes::Logged),
        None => Bytes::Unlogged,
    };
    let sent = |text: &&[u8]| **text != *b"-";
    record.referer = seen.referer.filter(sent);
    record.agent = seen.agent.filter(sent);
    record.host = seen.vhost.and_then(logged);
    record.principal = seen.user.and_then(logged);
    record.request_id = seen.id.and_then(logged);
    Ok(Is::Request)
}

fn wrong<'a, T>(expected: &'static str, at: &'a [u8]) -> Read<'a, T> {
    Err(Wrong { kind: FaultKind::Syntax, expected, at })
}

/// Apache's `%t` with or without brackets, ISO 8601, or seconds since 1970.
fn moment<'a>(text: &'a [u8], cache: &mut TimeCache) -> Read<'a, Stamp<'a>> {
    let bare = text.strip_prefix(b"[").and_then(|text| text.strip_suffix(b"]")).unwrap_or(text);
    match bare {
        [_, _, b'/', ..] => all(bare, |i| clf(i, cache)),
        [_, _, _, _, b'-', ..] => all(bare, |i| iso8601(i, cache)),
        _ => all(bare, |i| epoch(i, EpochUnit::Seconds)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tests::{self, fault, record};
    use crate::record::Zone;

    fn changed(from: &str, to: &str) -> &'static str {
        tests::changed(SAMPLE, from, to)
    }

    #[test]
    fn the_labels_of_the_convention_are_read() {
        let read = record("ltsv", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_716_723_772_000_000, zone: Zone::Offset(0) });
        assert_eq!((read.client, read.x_forwarded_for), (Some(&b"192.0.2.7"[..]), None));
        assert_eq!(read.request, Some(&b"GET /a.csv?b=c HTTP/1.1"[..]));
        assert_eq!((read.method, read.target), (Some(&b"GET"[..]), Some(&b"/a.csv?b=c"[..])));
        assert_eq!((read.status, read.bytes), (Some(200), Bytes::Logged(2326)));
        assert_eq!((read.referer, read.agent), (None, Some(&b"curl/8.5.0"[..])));
        assert_eq!((read.host, read.principal), (Some(&b"files.example.org"[..]), Some(&b"kim"[..])));
    }

    #[test]
    fn the_servers_own_names_are_read() {
        let read = record(
            "ltsv",
            "remote_host:2001:db8::7\tremote_logname:-\tremote_user:-\tdatetime:[12/Mar/2023:10:55:36 +0100]\trequest:GET / HTTP/1.1\tstatus:404\tsize:0\treferer:\tuser_agent:x:y",
        );
        assert_eq!((read.client, read.principal), (Some(&b"2001:db8::7"[..]), None));
        assert_eq!((read.status, read.bytes), (Some(404), Bytes::Logged(0)));
        assert_eq!((read.referer, read.agent), (Some(&b""[..]), Some(&b"x:y"[..])));
        assert_eq!(read.time.zone, Zone::Offset(3600));
    }

    #[test]
    fn a_request_may_stand_in_several_columns() {
        let several = "method:GET\turi:/a b\tprotocol:HTTP/1.1";
        let read = record("ltsv", changed("req:GET /a.csv?b=c HTTP/1.1", several));
        assert_eq!((read.request, read.method), (None, Some(&b"GET"[..])));
        assert_eq!((read.target, read.protocol), (Some(&b"/a b"[..]), Some(&b"HTTP/1.1"[..])));
        assert_eq!(fault("ltsv", changed("status:200", "method:GET\turi:/")).1, "req");
        assert_eq!(fault("ltsv", changed("req:GET /a.csv?b=c HTTP/1.1", "method:GET")).1, "req");
        let dash = record("ltsv", changed("GET /a.csv?b=c HTTP/1.1", "-"));
        assert_eq!((dash.request, dash.target), (Some(&b"-"[..]), None));
    }

    #[test]
    fn times_are_told_by_their_shape() {
        let time = |to| record("ltsv", changed("[26/May/2024:11:42:52 +0000]", to)).time;
        assert_eq!(time("26/May/2024:13:42:52 +0200").zone, Zone::Offset(7200));
        assert_eq!(time("2024-05-26T11:42:52+00:00").local_us, 1_716_723_772_000_000);
        assert_eq!(time("2024-05-26T11:42:52").zone, Zone::Absent);
        assert_eq!(time("1716723772.601").local_us, 1_716_723_772_601_000);
        for bad in ["-", "[26/May/2024:11:42:52 +0000", "31/Feb/2024:11:42:52 +0000", "yesterday"] {
            assert_eq!(fault("ltsv", changed("[26/May/2024:11:42:52 +0000]", bad)).1, "time", "{bad}");
        }
    }

    #[test]
    fn a_host_beside_a_client_is_not_read() {
        let read = record("ltsv", changed("host:192.0.2.7", "host:www.example.org\tremote_addr:192.0.2.7"));
        assert_eq!((read.client, read.host), (Some(&b"192.0.2.7"[..]), Some(&b"files.example.org"[..])));
        let forwarded = record("ltsv", changed("host:192.0.2.7\tforwardedfor:-", "forwardedfor:192.0.2.7"));
        assert_eq!((forwarded.client, forwarded.x_forwarded_for), (None, Some(&b"192.0.2.7"[..])));
        assert_eq!(fault("ltsv", changed("host:192.0.2.7\t", "")).1, "host");
    }

    #[test]
    fn columns_that_are_not_there_were_not_logged() {
        let read = record("ltsv", "host:192.0.2.7\ttime:1716723772\treq:GET /a HTTP/1.1");
        assert_eq!((read.status, read.bytes), (None, Bytes::Unlogged));
        assert_eq!((read.agent, read.host), (None, None));
        let dash = record("ltsv", changed("status:200\tsize:2326", "status:-\tsize:-"));
        assert_eq!((dash.status, dash.bytes), (None, Bytes::Unlogged));
    }

    #[test]
    fn a_label_stands_once_and_a_column_has_one() {
        assert_eq!(fault("ltsv", changed("user:kim", "user:kim\tremote_user:lee")).1, "user");
        assert_eq!(fault("ltsv", changed("status:200", "200")).1, "label");
        assert_eq!(fault("ltsv", changed("req:GET", "GET")).1, "label");
        assert_eq!(fault("ltsv", changed("status:200", "status:2000")).0, FaultKind::Status);
        assert_eq!(fault("ltsv", changed("size:2326", "size:2k")).1, "size");
        assert_eq!(fault("ltsv", changed("\tuser:kim", "\t")).1, "label");
        assert_eq!(record("ltsv", changed("reqtime:0.017", "x:1\tx:2")).status, Some(200));
    }

    #[test]
    fn lines_of_its_twins_are_refused() {
        for line in [
            "1716723772.601\tCabc\t192.0.2.7\t50000\t198.51.100.1\t80\t1\tGET\twww.example.org\t/a",
            "2024-05-26\t11:42:52\tFRA2\t2390\t192.0.2.7\tGET\td1.cloudfront.net\t/a\t200",
            "a:1\tb:2",
        ] {
            assert!(matches!(fault("ltsv", line), (FaultKind::Syntax, "label" | "time", _)), "{line}");
        }
    }
}
