//! Elastic Load Balancing of AWS: Application Load Balancer (`alb`), Classic Load Balancer (`elb`), TLS listeners of the
//! Network Load Balancer (`nlb-tls`). Their lines may share a file.
//!
//! Sources, each the AWS user guide of its balancer: "Access logs for your Application Load Balancer", "Access logs for
//! your Classic Load Balancer", "Access logs for your Network Load Balancer" and its table in the Athena guide.
//!
//! **ALB.** `time` is when the balancer generated the response (of a WebSocket: when the connection was closed), in UTC;
//! the time of receipt is a later column, which is not kept. `sent_bytes` is the response as sent to the client, headers
//! included (of a WebSocket: everything sent on the connection). The request holds the absolute URL with its port, made
//! from the Host header. Columns were added at the end over the years; the guide asks to let pass the unknown ones.
//!
//! **Classic.** `timestamp` is when the request was received, in UTC. `sent_bytes` of an HTTP listener is the response's
//! body without its headers. Lines before 2015 end behind the request. A TCP or SSL listener writes `"- - - "` for the
//! request, and no status: that is a connection, a directive.
//!
//! **NLB.** A line is a TLS connection: no request, no status, a time without a zone. Always a directive.
//!
//! No page says that quotes in a request or a user agent are escaped. A backslash before a quote is taken for an escape; a
//! line in which quotes leave columns that do not fit is a fault.
//!
//! What they cannot say: the size of the object, which range was asked for, whether the client got all that was sent, who
//! was signed in, and, as delivery is best effort, that there were no other requests. If a proxy stands before the
//! balancer, the client is that proxy.

use super::own::{Columns, Is};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{ByteSemantics, Bytes, Meaning, Record, TimeBasis};
use crate::token::cursor::{Cursor, Read, all, logged};
use crate::token::time::{TimeCache, iso8601};
use crate::token::{Leaf, Wrong, number, request};
use std::sync::Arc;

#[cfg(test)]
mod tests;

const FAMILY: Family = Family::of("elb");

const ALB: &str = r#"h2 2020-01-11T16:55:32.115600Z app/files/50dc6c495c0c9188 192.0.2.7:55753 198.51.100.9:8080 0.010 0.004 0.000 200 200 32 2596 "GET https://files.example.org:443/a.csv?b=c HTTP/2.0" "curl/7.79.1" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/files/73e2d6bc24d8a067 "Root=1-58337262-36d228ad5d99923122bbe354" "files.example.org" "session-reused" 2 2020-01-11T16:55:32.101000Z "waf,forward" "-" "-" "198.51.100.9:8080" "200" "-" "-""#;
const ELB: &str = r#"2015-05-13T23:39:43.945958Z files 192.0.2.7:2817 198.51.100.9:80 0.000086 0.001048 0.001337 200 200 0 2326 "GET https://files.example.org:443/a.csv?b=c HTTP/1.1" "curl/7.38.0" DHE-RSA-AES128-SHA TLSv1.2"#;
const NLB: &str = r#"tls 2.0 2020-04-01T08:51:42 net/files/c6e77e28c25b2234 g3d4b5e8bb8464cd 192.0.2.7:51341 198.51.100.9:443 5 2 98 246 - arn:aws:acm:us-east-2:123456789012:certificate/2a108f19 - ECDHE-RSA-AES128-SHA tlsv12 - files.elb.us-east-2.amazonaws.com h2 h2 "h2","http/1.1" 2020-04-01T08:51:20"#;

pub(super) const FORMATS: &[Named] = &[
    Named::own("alb", FAMILY, Origin::Seen, ALB, || {
        Arc::new(Columns {
            name: "alb",
            meaning: meaning(TimeBasis::Completed, ByteSemantics::WireWritten),
            separator: b' ',
            may_read: |line| line.split(|byte| *byte == b' ').next().is_some_and(is_type),
            read: application,
        })
    }),
    Named::own("elb", FAMILY, Origin::Seen, ELB, || {
        Arc::new(Columns {
            name: "elb",
            meaning: meaning(TimeBasis::Received, ByteSemantics::BodyWritten),
            separator: b' ',
            may_read: |line| matches!(line.get(10), Some(b'T' | b't')) && line.first() <= Some(&b'9'),
            read: classic,
        })
    }),
    Named::own("nlb-tls", FAMILY, Origin::Seen, NLB, || {
        Arc::new(Columns {
            name: "nlb-tls",
            meaning: Meaning::UNKNOWN,
            separator: b' ',
            may_read: |line| line.starts_with(b"tls "),
            read: network,
        })
    }),
];

const fn meaning(time_basis: TimeBasis, bytes: ByteSemantics) -> Meaning {
    Meaning { time_basis, bytes, ..Meaning::UNKNOWN }
}

fn is_type(word: &[u8]) -> bool {
    matches!(word, b"http" | b"https" | b"h2" | b"grpcs" | b"ws" | b"wss")
}

fn application<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    let kind = line.word("type")?;
    if !is_type(kind) {
        return refuse("`http`, `https`, `h2`, `grpcs`, `ws` or `wss`", kind);
    }
    let time = line.word("time")?;
    record.time = all(time, |time| iso8601(time, cache))?;
    let sent = middle(line, ["target:port", "target_processing_time", "target_status_code"], record)?;
    record.bytes = all(sent, number::bytes_or_dash)?.map_or(Bytes::Unlogged, Bytes::Logged);
    put_request(line.quoted("request")?, record);
    record.agent = Some(line.quoted("user_agent")?).filter(|text| *text != b"-");
    for field in ["ssl_cipher", "ssl_protocol", "target_group_arn"] {
        plain(line, field)?;
    }
    let mut later = LATER.iter();
    while !is_done(line) {
        match later.next().copied() {
            Some(Later::Trace) => record.request_id = logged(line.quoted("trace_id")?),
            Some(Later::Created) => {
                let created = plain(line, "request_creation_time")?;
                if created != b"-" {
                    all(created, |time| iso8601(time, cache))?;
                }
            }
            Some(Later::Quoted(field)) => line.quoted(field).map(drop)?,
            Some(Later::Plain(field)) => plain(line, field).map(drop)?,
            None if line.rest.starts_with(b" \"") => line.quoted("later column").map(drop)?,
            None => plain(line, "later column").map(drop)?,
        }
    }
    Ok(Is::Request)
}

/// A column that a line of the Application Load Balancer has or, being older, has not.
#[derive(Debug, Clone, Copy)]
enum Later {
    Trace,
    Created,
    Quoted(&'static str),
    Plain(&'static str),
}

const LATER: [Later; 13] = [
    Later::Trace,
    Later::Quoted("domain_name"),
    Later::Quoted("chosen_cert_arn"),
    Later::Plain("matched_rule_priority"),
    Later::Created,
    Later::Quoted("actions_executed"),
    Later::Quoted("redirect_url"),
    Later::Quoted("error_reason"),
    Later::Quoted("target:port_list"),
    Later::Quoted("target_status_code_list"),
    Later::Quoted("classification"),
    Later::Quoted("classification_reason"),
    Later::Plain("conn_trace_id"),
];

fn classic<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    let time = line.word("timestamp")?;
    record.time = all(time, |time| iso8601(time, cache))?;
    let sent = middle(line, ["backend:port", "backend_processing_time", "backend_status_code"], record)?;
    let request = line.quoted("request")?;
    let is_connection = request == b"- - - ";
    if !is_connection {
        line.field = "sent_bytes";
        record.bytes = all(sent, number::bytes_or_dash)?.map_or(Bytes::Unlogged, Bytes::Logged);
        put_request(request, record);
    }
    if !is_done(line) {
        record.agent = Some(line.quoted("user_agent")?).filter(|text| *text != b"-");
        plain(line, "ssl_cipher")?;
        plain(line, "ssl_protocol")?;
        line.end()?;
    }
    Ok(if is_connection { Is::Directive } else { Is::Request })
}

fn network<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache, _: &mut Record<'a>) -> Read<'a, Is> {
    let kind = line.word("type")?;
    if kind != b"tls" {
        return refuse("`tls`", kind);
    }
    line.by("version", number::skipped)?;
    let time = line.word("time")?;
    all(time, |time| iso8601(time, cache))?;
    plain(line, "elb")?;
    plain(line, "listener")?;
    end_point(line, "client:port")?;
    end_point(line, "destination:port")?;
    for field in ["connection_time", "tls_handshake_time", "received_bytes", "sent_bytes"] {
        line.by(field, signed)?;
    }
    for field in [
        "incoming_tls_alert",
        "chosen_cert_arn",
        "chosen_cert_serial",
        "tls_cipher",
        "tls_protocol_version",
        "tls_named_group",
        "domain_name",
        "alpn_fe_protocol",
        "alpn_be_protocol",
    ] {
        plain(line, field)?;
    }
    // The list of protocols stands in quotes, the time behind it came later.
    while !is_done(line) {
        line.word("alpn_client_preference_list")?;
    }
    Ok(Is::Directive)
}

/// The columns from the balancer's name to the bytes sent, which are handed back. `words` are what the two balancers call
/// differently.
fn middle<'a>(
    line: &mut Cursor<'a>,
    words: [&'static str; 3],
    record: &mut Record<'a>,
) -> Read<'a, &'a [u8]> {
    let [target, target_time, target_status] = words;
    plain(line, "elb")?;
    record.client = end_point(line, "client:port")?;
    end_point(line, target)?;
    for field in ["request_processing_time", target_time, "response_processing_time"] {
        line.by(field, signed)?;
    }
    record.status = line.by("elb_status_code", number::status)?;
    line.by(target_status, number::status)?;
    line.by("received_bytes", signed)?;
    line.word("sent_bytes")
}

fn put_request<'a>(text: &'a [u8], record: &mut Record<'a>) {
    let request::Request { method, target, protocol } = request::split(text);
    (record.request, record.method, record.target, record.protocol) = (Some(text), method, target, protocol);
    record.host = target.and_then(request::host);
}

/// `192.0.2.7:2817`, or `-` where there was nobody.
fn end_point<'a>(line: &mut Cursor<'a>, field: &'static str) -> Read<'a, Option<&'a [u8]>> {
    let word = line.word(field)?;
    let ends_in_a_port = || {
        let mut parts = word.rsplitn(2, |byte| *byte == b':');
        let port = parts.next().unwrap_or_default();
        parts.next().is_some() && !port.is_empty() && port.iter().all(u8::is_ascii_digit)
    };
    match word {
        b"-" => Ok(None),
        _ if ends_in_a_port() => Ok(Some(word)),
        _ => refuse("an address and a port, or `-`", word),
    }
}

/// A column without quotes.
fn plain<'a>(line: &mut Cursor<'a>, field: &'static str) -> Read<'a, &'a [u8]> {
    let word = line.word(field)?;
    if word.is_empty() || word.contains(&b'"') { refuse("a column without quotes", word) } else { Ok(word) }
}

/// A number that is -1 where nothing was measured.
fn signed(i: &[u8]) -> Leaf<'_, ()> {
    match i {
        [b'-', rest @ ..] if rest.first().is_some_and(u8::is_ascii_digit) => number::skipped(rest),
        _ => number::skipped(i),
    }
}

/// Whether nothing but spaces is left.
fn is_done(line: &Cursor<'_>) -> bool {
    line.rest.iter().all(|byte| *byte == b' ')
}

fn refuse<'a, T>(expected: &'static str, at: &'a [u8]) -> Read<'a, T> {
    Err(Wrong { kind: FaultKind::Syntax, expected, at })
}
