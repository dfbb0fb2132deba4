//! Google Cloud Logging, external application load balancers (`resource.type` `http_load_balancer`): one JSON object a line.
//!
//! Sources: Google Cloud, "Global external Application Load Balancer logging and monitoring" (log fields; `statusDetails`)
//! and `google.logging.type.HttpRequest`. `timestamp` is "the time when the first layer GFE receives the request".
//! `responseSize` is "the size of the HTTP response message sent back to the client, in bytes, including the response headers
//! and the response body". Numbers may be written as texts.
//!
//! `jsonPayload.statusDetails` says how the response ended. `client_disconnected_*`, `client_timed_out`, the words that end in
//! `after_partial_response` or `after_partial_response_sent` and `byte_range_caching_aborted` are described as a response
//! that was broken off: cut. `backend_timeout` may be one. The four words for success are a whole response. The status is 0
//! where the client went away before any response.
//!
//! What it cannot say: the size of the object, ranges, who was signed in, what was not sampled (the sample rate may be below
//! 1), redirects that the balancer itself gave. Internal and regional balancers have other pages and are not read.

use super::own::{Found, Is, Object, keys};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Abort, ByteSemantics, Escape, Meaning, Record, TimeBasis};
use crate::token::cursor::Read;
use crate::token::time::TimeCache;
use crate::token::url;
use std::sync::Arc;

const FAMILY: Family = Family::of("google-lb");

keys! {
    Timestamp = "timestamp",
    InsertId = "insertId",
    Resource = "resource.type",
    Method = "httpRequest.requestMethod",
    Url = "httpRequest.requestUrl",
    Status = "httpRequest.status",
    ResponseSize = "httpRequest.responseSize",
    Agent = "httpRequest.userAgent",
    RemoteIp = "httpRequest.remoteIp",
    Referer = "httpRequest.referer",
    Details = "jsonPayload.statusDetails",
}

const SAMPLE: &str = r#"{"httpRequest":{"cacheLookup":true,"latency":"0.006s","referer":"https://example.org/","remoteIp":"192.0.2.7","requestMethod":"GET","requestSize":"512","requestUrl":"https://files.example.org/a.csv?b=c","responseSize":"2770","serverIp":"198.51.100.7","status":200,"userAgent":"curl/7.79.1"},"insertId":"1k28f3cfv7aknt","jsonPayload":{"@type":"type.googleapis.com/google.cloud.loadbalancing.type.LoadBalancerLogEntry","statusDetails":"response_sent_by_backend"},"logName":"projects/p/logs/requests","receiveTimestamp":"2021-10-19T02:05:42.496590981Z","resource":{"labels":{"project_id":"p","zone":"global"},"type":"http_load_balancer"},"severity":"INFO","timestamp":"2021-10-19T02:05:41.496590Z"}"#;

pub(super) const FORMATS: &[Named] = &[Named::own("google-lb", FAMILY, Origin::Seen, SAMPLE, || {
    let meaning = Meaning {
        time_basis: TimeBasis::Received,
        bytes: ByteSemantics::WireWritten,
        ..Meaning::UNKNOWN.escaped(Escape::Json)
    };
    let needed = &["timestamp", "resource.type", "httpRequest.requestUrl"];
    Arc::new(Object::new("google-lb", meaning, PATHS, needed, read))
})];

fn read<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    if found.text(Key::Resource) != Some(b"http_load_balancer") {
        return found.refuse(FaultKind::Syntax, "`http_load_balancer`");
    }
    record.time = found.utc(Key::Timestamp, cache)?;
    record.target = found.text(Key::Url);
    if record.target.is_none() {
        return found.refuse(FaultKind::Syntax, "the URL of the request");
    }
    record.host = record.target.and_then(url::split).map(|url| url.host);
    record.status = found.get(Key::Status).status()?;
    record.bytes = found.bytes(Key::ResponseSize)?;
    record.method = found.text(Key::Method);
    record.client = found.text(Key::RemoteIp);
    record.agent = found.text(Key::Agent);
    record.referer = found.text(Key::Referer);
    record.request_id = found.text(Key::InsertId);
    record.abort = found.text(Key::Details).map_or(Abort::Unlogged, ended);
    Ok(Is::Request)
}

/// How the response ended.
fn ended(details: &[u8]) -> Abort {
    match details {
        b"response_sent_by_backend"
        | b"response_from_cache"
        | b"response_from_cache_validated"
        | b"byte_range_caching" => Abort::Whole,
        b"client_timed_out" | b"byte_range_caching_aborted" => Abort::Cut,
        b"backend_timeout" => Abort::Doubtful,
        _ if details.starts_with(b"client_disconnected_")
            || details.ends_with(b"after_partial_response")
            || details.ends_with(b"after_partial_response_sent") =>
        {
            Abort::Cut
        }
        _ => Abort::Unlogged,
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
    fn the_fields_of_the_page_are_read() {
        let read = record("google-lb", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_634_609_141_496_590, zone: Zone::Offset(0) });
        assert_eq!((read.client, read.status), (Some(&b"192.0.2.7"[..]), Some(200)));
        assert_eq!((read.bytes, read.abort), (Bytes::Logged(2770), Abort::Whole));
        assert_eq!(read.target, Some(&b"https://files.example.org/a.csv?b=c"[..]));
        assert_eq!((read.host, read.method), (Some(&b"files.example.org"[..]), Some(&b"GET"[..])));
        assert_eq!(
            (read.agent, read.referer),
            (Some(&b"curl/7.79.1"[..]), Some(&b"https://example.org/"[..]))
        );
        assert_eq!(read.request_id, Some(&b"1k28f3cfv7aknt"[..]));
    }

    #[test]
    fn a_response_that_was_broken_off_is_cut() {
        for (word, wanted) in [
            ("client_disconnected_after_partial_response", Abort::Cut),
            ("client_disconnected_before_any_response", Abort::Cut),
            ("backend_connection_closed_after_partial_response_sent", Abort::Cut),
            ("cache_lookup_failed_after_partial_response", Abort::Cut),
            ("client_timed_out", Abort::Cut),
            ("byte_range_caching_aborted", Abort::Cut),
            ("response_from_cache", Abort::Whole),
            ("backend_timeout", Abort::Doubtful),
            ("denied_by_security_policy", Abort::Unlogged),
        ] {
            assert_eq!(record("google-lb", with("response_sent_by_backend", word)).abort, wanted, "{word}");
        }
        let absent = with(r#","statusDetails":"response_sent_by_backend""#, "");
        assert_eq!(record("google-lb", absent).abort, Abort::Unlogged);
    }

    #[test]
    fn numbers_are_texts_or_numbers_and_nothing_else() {
        let bytes = |to| record("google-lb", with("\"2770\"", to)).bytes;
        assert_eq!((bytes("2770"), bytes("\"0\"")), (Bytes::Logged(2770), Bytes::Logged(0)));
        assert_eq!(record("google-lb", with(r#""responseSize":"2770","#, "")).bytes, Bytes::Unlogged);
        assert_eq!(fault("google-lb", with("\"2770\"", "\"a\"")).1, "httpRequest.responseSize");
        let status = |to| record("google-lb", with("\"status\":200", to)).status;
        assert_eq!((status("\"status\":\"404\""), status("\"status\":0")), (Some(404), Some(0)));
        assert_eq!(fault("google-lb", with("\"status\":200", "\"status\":\"OK\"")).0, FaultKind::Status);
        assert_eq!(fault("google-lb", with("2021-10-19T02:05:41", "2021-10-19T02:65:41")).0, FaultKind::Time);
    }

    #[test]
    fn entries_of_other_resources_are_none_of_it() {
        assert_eq!(fault("google-lb", with("http_load_balancer", "cloud_run_revision")).1, "resource.type");
        assert_eq!(fault("google-lb", with("requestUrl", "url")).1, "httpRequest.requestUrl");
        let text = r#"{"insertId":"1","logName":"projects/p/logs/l","textPayload":"t","timestamp":"2021-10-19T02:04:00Z"}"#;
        assert!(matches!(unit("google-lb", text), Unit::Fault(_)));
        let escaped = with("curl/7.79.1", r#"a\"},\"status\":404"#);
        assert_eq!(record("google-lb", escaped).status, Some(200));
    }
}
