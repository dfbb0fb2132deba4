//! Azure Front Door: access log as JSON, one object a line. Standard and Premium write the category `FrontDoorAccessLog`,
//! the classic tier `FrontdoorAccessLog`; they mean different things by `time`, so there is a format for each.
//!
//! Source: Microsoft, "Monitor metrics and logs in Azure Front Door", both tiers. In Standard and Premium `Time` is "the
//! date and time when the Azure Front Door edge delivered requested contents to client (in UTC)": the end. For the classic
//! tier the page does not say. `responseBytes` is "bytes sent by the backend server as the response" in older copies of
//! the page and "the size of the HTTP response message" in newer ones: what it counts is not known. `httpStatusCode` is 0
//! where the origin timed out. `errorInfo` `ClientDisconnected` is "request failure because of client network connection":
//! the transfer was cut. `OriginConnectionAborted` may mean so.
//!
//! `clientIp` is taken from `X-Forwarded-For` where a client sends it, so it can be forged; `socketIp`, where it is logged,
//! is the peer. Numbers are written as texts.
//!
//! Where the edge asks its origin shield, the classic tier logs the request twice. The shield's own line has
//! `isReceivedFromClient` false: no client made it, so it is a directive. So are the other categories (health probes, the
//! firewall's findings) that may stand in the same stream.
//!
//! What it cannot say: the size of the object, ranges, who was signed in. Written from documentation and one published
//! line of each tier.

use super::own::{Found, Is, Object, keys};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Abort, ByteSemantics, Escape, Meaning, Record, TimeBasis};
use crate::token::cursor::Read;
use crate::token::json::Value;
use crate::token::time::TimeCache;
use crate::token::url;
use std::sync::Arc;

const FAMILY: Family = Family::of("front-door");

keys! {
    Time = "time",
    Category = "category",
    Tracking = "properties.trackingReference",
    Method = "properties.httpMethod",
    Version = "properties.httpVersion",
    Uri = "properties.requestUri",
    Host = "properties.hostName",
    ResponseBytes = "properties.responseBytes",
    Agent = "properties.userAgent",
    ClientIp = "properties.clientIp",
    SocketIp = "properties.socketIp",
    Status = "properties.httpStatusCode",
    Error = "properties.errorInfo",
    ErrorCapital = "properties.ErrorInfo",
    Referer = "properties.referer",
    FromClient = "properties.isReceivedFromClient",
}

const SAMPLE: &str = r#"{"time":"2021-06-09T22:32:17.8383427Z","category":"FrontDoorAccessLog","operationName":"Microsoft.Cdn/Profiles/AccessLog/Write","properties":{"trackingReference":"08Q3gXgAAAAAe0s71BET","httpMethod":"GET","httpVersion":"2.0.0.0","requestUri":"https://files.example.org:443/a.csv?b=c","sni":"files.example.org","requestBytes":"715","responseBytes":"3116","userAgent":"curl/7.79.1","clientIp":"192.0.2.7","clientPort":"52097","socketIp":"198.51.100.7","timeToFirstByte":"0.278","timeTaken":"0.298","requestProtocol":"HTTPS","httpStatusCode":"200","httpStatusDetails":"200","pop":"WST","cacheStatus":"CONFIG_NOCACHE","errorInfo":"NoError","hostName":"files.example.org","referer":""}}"#;
const CLASSIC: &str = r#"{"time":"2020-06-09T22:32:17.8383427Z","category":"FrontdoorAccessLog","operationName":"Microsoft.Network/FrontDoor/AccessLog/Write","properties":{"trackingReference":"08Q3gXgAAAAAe0s71BET","httpMethod":"GET","httpVersion":"2.0","requestUri":"https://files.example.org:443/a.csv","requestBytes":"715","responseBytes":"3116","userAgent":"curl/7.79.1","clientIp":"192.0.2.7","timeTaken":"0.298","securityProtocol":"TLS 1.2","routingRuleName":"r","backendHostname":"b.example.org:443","isReceivedFromClient":true,"httpStatusCode":"200","httpStatusDetails":"200"}}"#;

pub(super) const FORMATS: &[Named] = &[
    Named::own("front-door", FAMILY, Origin::Documentation, SAMPLE, || {
        Arc::new(Object::new("front-door", meaning(TimeBasis::Completed), PATHS, NEEDED, newer))
    }),
    Named::own("front-door-classic", FAMILY, Origin::Documentation, CLASSIC, || {
        Arc::new(Object::new("front-door-classic", meaning(TimeBasis::Unknown), PATHS, NEEDED, classic))
    }),
];

const NEEDED: &[&str] = &["time", "category"];

const fn meaning(time_basis: TimeBasis) -> Meaning {
    Meaning { time_basis, bytes: ByteSemantics::Unknown, ..Meaning::UNKNOWN.escaped(Escape::Json) }
}

fn newer<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    match found.text(Key::Category) {
        Some(b"FrontDoorAccessLog") => access(found, cache, record),
        Some(b"FrontDoorHealthProbeLog" | b"FrontDoorWebApplicationFirewallLog") => Ok(Is::Directive),
        _ => found.refuse(FaultKind::Syntax, "a category such as `FrontDoorAccessLog`"),
    }
}

fn classic<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    match found.text(Key::Category) {
        Some(b"FrontdoorAccessLog") => access(found, cache, record),
        Some(b"FrontdoorWebApplicationFirewallLog") => Ok(Is::Directive),
        _ => found.refuse(FaultKind::Syntax, "a category such as `FrontdoorAccessLog`"),
    }
}

fn access<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    record.time = found.utc(Key::Time, cache)?;
    match found.get(Key::FromClient) {
        Value::Absent | Value::Null | Value::Bool(true) | Value::Text(b"true" | b"True") => {}
        Value::Bool(false) | Value::Text(b"false" | b"False") => return Ok(Is::Directive),
        _ => return found.refuse(FaultKind::Syntax, "`true` or `false`"),
    }
    record.target = found.text(Key::Uri);
    if record.target.is_none() {
        return found.refuse(FaultKind::Syntax, "the URI of the request");
    }
    record.status = found.get(Key::Status).status()?;
    if record.status.is_none() {
        return found.refuse(FaultKind::Status, "a status");
    }
    record.bytes = found.bytes(Key::ResponseBytes)?;
    let host = record.target.and_then(url::split).map(|url| url.host);
    record.host = found.text(Key::Host).or(host);
    record.client = found.text(Key::ClientIp);
    record.peer = found.text(Key::SocketIp);
    record.method = found.text(Key::Method);
    record.protocol = found.text(Key::Version);
    record.agent = found.text(Key::Agent);
    record.referer = found.text(Key::Referer);
    record.request_id = found.text(Key::Tracking);
    record.abort = match found.text(Key::Error).or_else(|| found.text(Key::ErrorCapital)) {
        Some(b"NoError") => Abort::Whole,
        Some(b"ClientDisconnected") => Abort::Cut,
        Some(b"OriginConnectionAborted") => Abort::Doubtful,
        _ => Abort::Unlogged,
    };
    Ok(Is::Request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tests::{fault, record, unit};
    use crate::format::{Unit, named};
    use crate::record::{Bytes, Stamp, Zone};

    fn with(from: &str, to: &str) -> &'static str {
        changed(SAMPLE, from, to)
    }

    fn changed(line: &str, from: &str, to: &str) -> &'static str {
        assert!(line.contains(from), "{from}");
        Box::leak(line.replace(from, to).into_boxed_str())
    }

    #[test]
    fn the_properties_of_the_page_are_read() {
        let read = record("front-door", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_623_277_937_838_342, zone: Zone::Offset(0) });
        assert_eq!((read.client, read.peer), (Some(&b"192.0.2.7"[..]), Some(&b"198.51.100.7"[..])));
        assert_eq!((read.status, read.bytes, read.abort), (Some(200), Bytes::Logged(3116), Abort::Whole));
        assert_eq!(read.target, Some(&b"https://files.example.org:443/a.csv?b=c"[..]));
        assert_eq!((read.method, read.protocol), (Some(&b"GET"[..]), Some(&b"2.0.0.0"[..])));
        assert_eq!((read.host, read.referer), (Some(&b"files.example.org"[..]), None));
        assert_eq!(read.request_id, Some(&b"08Q3gXgAAAAAe0s71BET"[..]));
    }

    #[test]
    fn only_the_newer_tiers_say_which_moment_the_time_is() {
        let basis = |name| named(name, None).unwrap().meaning().time_basis;
        assert_eq!(
            (basis("front-door"), basis("front-door-classic")),
            (TimeBasis::Completed, TimeBasis::Unknown)
        );
        let read = record("front-door-classic", CLASSIC);
        assert_eq!((read.peer, read.abort), (None, Abort::Unlogged));
        assert_eq!(read.host, Some(&b"files.example.org"[..]), "from the URI, without its port");
        assert_eq!(fault("front-door-classic", SAMPLE).1, "category");
        assert_eq!(fault("front-door", CLASSIC).1, "category");
    }

    /// Counted, they would double the requests.
    #[test]
    fn what_an_edge_asks_of_its_shield_is_no_request_of_a_client() {
        for no in ["false", "\"false\"", "\"False\""] {
            let line =
                changed(CLASSIC, "isReceivedFromClient\":true", &format!("isReceivedFromClient\":{no}"));
            assert_eq!(unit("front-door-classic", line), Unit::Directive);
        }
        let absent = changed(CLASSIC, "\"isReceivedFromClient\":true,", "");
        assert_eq!(record("front-door-classic", absent).status, Some(200));
        let odd = changed(CLASSIC, "isReceivedFromClient\":true", "isReceivedFromClient\":1");
        assert_eq!(fault("front-door-classic", odd).1, "properties.isReceivedFromClient");
    }

    #[test]
    fn other_categories_of_the_stream_are_no_requests() {
        for category in ["FrontDoorHealthProbeLog", "FrontDoorWebApplicationFirewallLog"] {
            assert_eq!(unit("front-door", with("FrontDoorAccessLog", category)), Unit::Directive);
        }
        let firewall = changed(CLASSIC, "FrontdoorAccessLog", "FrontdoorWebApplicationFirewallLog");
        assert_eq!(unit("front-door-classic", firewall), Unit::Directive);
        assert_eq!(
            fault("front-door", with("FrontDoorAccessLog", "ApplicationGatewayAccessLog")).1,
            "category"
        );
    }

    #[test]
    fn a_client_that_goes_away_cuts_the_transfer() {
        let abort = |word| record("front-door", with("NoError", word)).abort;
        assert_eq!(abort("ClientDisconnected"), Abort::Cut);
        assert_eq!(abort("OriginConnectionAborted"), Abort::Doubtful);
        assert_eq!((abort("OriginTimeout"), abort("")), (Abort::Unlogged, Abort::Unlogged));
        assert_eq!(record("front-door", with("errorInfo", "ErrorInfo")).abort, Abort::Whole);
    }

    #[test]
    fn numbers_are_texts_or_numbers_and_nothing_else() {
        let bytes = |to| record("front-door", with("\"3116\"", to)).bytes;
        assert_eq!((bytes("3116"), bytes("\"0\"")), (Bytes::Logged(3116), Bytes::Logged(0)));
        assert_eq!((bytes("\"\""), bytes("null")), (Bytes::Unlogged, Bytes::Unlogged));
        assert_eq!(fault("front-door", with("\"3116\"", "\"x\"")).1, "properties.responseBytes");
        assert_eq!(
            record("front-door", with("\"httpStatusCode\":\"200\"", "\"httpStatusCode\":\"0\"")).status,
            Some(0)
        );
        assert_eq!(
            record("front-door", with("\"httpStatusCode\":\"200\"", "\"httpStatusCode\":404")).status,
            Some(404)
        );
        assert_eq!(fault("front-door", with("\"httpStatusCode\":\"200\",", "")).0, FaultKind::Status);
        assert_eq!(fault("front-door", with("2021-06-09", "2021-06-31")).0, FaultKind::Time);
    }

    #[test]
    fn an_escaped_quote_ends_no_agent_and_optional_columns_may_be_absent() {
        let line = with("curl/7.79.1", r#"a\" ,\"clientIp\":\"203.0.113.9"#);
        assert_eq!(record("front-door", line).client, Some(&b"192.0.2.7"[..]));
        let bare = with(r#""socketIp":"198.51.100.7","#, "");
        assert_eq!(record("front-door", bare).peer, None);
        assert_eq!(fault("front-door", with("requestUri", "uri")).1, "properties.requestUri");
    }
}
