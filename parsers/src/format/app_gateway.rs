//! Azure Application Gateway: access log as JSON, one object a line.
//!
//! Source: Microsoft, "Diagnostic logs for Application Gateway", SKUs v1 and v2. v2 writes `timeStamp` with an offset, v1
//! `time` in UTC; neither page says which moment it is. `sentBytes` is the "size of packet sent, in bytes": whether headers
//! belong to it is not said. `clientIP` is "the immediate client of Application Gateway", a proxy if there is one before it.
//! `error_info` `ERRORINFO_CLIENT_CLOSED_REQUEST` is "the client closed the connection": the transfer was cut.
//! `ERRORINFO_UPSTREAM_CLOSED_CONNECTION` may mean so. JSON is written with `\/`.
//!
//! The target is what the client asked for (`originalRequestUriWithArgs`), not what was rewritten; v1 has only
//! `requestUri`, and its `requestQuery` holds columns of the gateway itself, so there a client's query is not known.
//!
//! The firewall's and performance categories of the same stream are directives. Requests of 127.0.0.1 are the gateway's
//! own ("can be safely ignored", the page says); they are read as they are written.
//!
//! What it cannot say: the size of the object, ranges, the referer, who was signed in. Written from documentation, not yet
//! seen in a real file.

use super::own::{Found, Is, Object, keys};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Abort, ByteSemantics, Escape, Meaning, Record, TimeBasis};
use crate::token::cursor::Read;
use crate::token::time::TimeCache;
use std::sync::Arc;

const FAMILY: Family = Family::of("app-gateway");

keys! {
    Category = "category",
    TimeStamp = "timeStamp",
    Time = "time",
    ClientIp = "properties.clientIP",
    Method = "properties.httpMethod",
    Original = "properties.originalRequestUriWithArgs",
    Uri = "properties.requestUri",
    Query = "properties.requestQuery",
    Agent = "properties.userAgent",
    Status = "properties.httpStatus",
    Version = "properties.httpVersion",
    Sent = "properties.sentBytes",
    Transaction = "properties.transactionId",
    OriginalHost = "properties.originalHost",
    Host = "properties.host",
    Error = "properties.error_info",
}

const SAMPLE: &str = r#"{"timeStamp": "2021-10-14T22:17:11+00:00","resourceId": "/SUBSCRIPTIONS/1/PROVIDERS/MICROSOFT.NETWORK/APPLICATIONGATEWAYS/g","listenerName": "HTTP-Listener","operationName": "ApplicationGatewayAccess","category": "ApplicationGatewayAccessLog","properties": {"instanceId": "appgw_2","clientIP": "192.0.2.7","clientPort": 45057,"httpMethod": "GET","originalRequestUriWithArgs": "\/a.csv?b=c","requestUri": "\/rewritten","requestQuery": "","userAgent": "curl\/7.79.1","httpStatus": 200,"httpVersion": "HTTP\/1.1","receivedBytes": 184,"sentBytes": 466,"clientResponseTime": 0,"timeTaken": 0.034,"transactionId": "592d1649f75a8d480a3c4dc6a975309d","sslEnabled": "on","serverRouted": "198.51.100.65:443","serverStatus": "200","originalHost": "files.example.org","host": "backend.example.org","error_info":"ERRORINFO_NO_ERROR"}}"#;

pub(super) const FORMATS: &[Named] =
    &[Named::own("app-gateway", FAMILY, Origin::Documentation, SAMPLE, || {
        let meaning = Meaning {
            time_basis: TimeBasis::Unknown,
            bytes: ByteSemantics::Unknown,
            ..Meaning::UNKNOWN.escaped(Escape::Json)
        };
        Arc::new(Object::new("app-gateway", meaning, PATHS, &["category"], read))
    })];

fn read<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    match found.text(Key::Category) {
        Some(b"ApplicationGatewayAccessLog") => {}
        Some(b"ApplicationGatewayFirewallLog" | b"ApplicationGatewayPerformanceLog") => {
            return Ok(Is::Directive);
        }
        _ => return found.refuse(FaultKind::Syntax, "a category such as `ApplicationGatewayAccessLog`"),
    }
    let key = if found.get(Key::TimeStamp).is_there() { Key::TimeStamp } else { Key::Time };
    record.time = found.utc(key, cache)?;
    record.client = found.text(Key::ClientIp);
    if record.client.is_none() {
        return found.refuse(FaultKind::Syntax, "the address of the client");
    }
    record.status = found.get(Key::Status).status()?;
    if record.status.is_none() {
        return found.refuse(FaultKind::Status, "a status");
    }
    record.bytes = found.bytes(Key::Sent)?;
    record.target = found.text(Key::Original);
    if record.target.is_none() {
        record.target = found.text(Key::Uri);
        let own = |query: &&[u8]| memchr::memmem::find(query, b"X-AzureApplicationGateway-").is_none();
        record.query = found.text(Key::Query).filter(own);
    }
    record.method = found.text(Key::Method);
    record.protocol = found.text(Key::Version);
    record.agent = found.text(Key::Agent);
    record.host = found.text(Key::OriginalHost).or_else(|| found.text(Key::Host));
    record.request_id = found.text(Key::Transaction);
    record.abort = match found.text(Key::Error) {
        Some(b"ERRORINFO_NO_ERROR") => Abort::Whole,
        Some(b"ERRORINFO_CLIENT_CLOSED_REQUEST") => Abort::Cut,
        Some(b"ERRORINFO_UPSTREAM_CLOSED_CONNECTION") => Abort::Doubtful,
        _ => Abort::Unlogged,
    };
    Ok(Is::Request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Unit;
    use crate::format::tests::{self, fault, record, unit};
    use crate::record::{Bytes, Stamp, Zone};

    const V1: &str = r#"{"resourceId": "/SUBSCRIPTIONS/1","operationName": "ApplicationGatewayAccess","time": "2017-04-26T19:27:38Z","category": "ApplicationGatewayAccessLog","properties": {"instanceId": "ApplicationGatewayRole_IN_0","clientIP": "192.0.2.7","clientPort": 46886,"httpMethod": "GET","requestUri": "/setup.php","requestQuery": "X-AzureApplicationGateway-CACHE-HIT=0&SERVER-ROUTED=198.51.100.4&SERVER-STATUS=404","userAgent": "-","httpStatus": 404,"httpVersion": "HTTP/1.0","receivedBytes": 65,"sentBytes": 553,"timeTaken": 205,"sslEnabled": "off","host": "www.example.org"}}"#;

    fn with(from: &str, to: &str) -> &'static str {
        tests::changed_throughout(SAMPLE, from, to)
    }

    #[test]
    fn the_properties_of_version_2_are_read() {
        let read = record("app-gateway", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_634_249_831_000_000, zone: Zone::Offset(0) });
        assert_eq!((read.client, read.status), (Some(&b"192.0.2.7"[..]), Some(200)));
        assert_eq!((read.bytes, read.abort), (Bytes::Logged(466), Abort::Whole));
        assert_eq!((read.target, read.query), (Some(&br"\/a.csv?b=c"[..]), None));
        assert_eq!((read.host, read.protocol), (Some(&b"files.example.org"[..]), Some(&br"HTTP\/1.1"[..])));
        assert_eq!(read.request_id, Some(&b"592d1649f75a8d480a3c4dc6a975309d"[..]));
        assert_eq!((read.agent, read.method), (Some(&br"curl\/7.79.1"[..]), Some(&b"GET"[..])));
    }

    /// The gateway writes columns of its own where a query is expected.
    #[test]
    fn version_1_has_no_query_of_the_client() {
        let read = record("app-gateway", V1);
        assert_eq!(read.time, Stamp { local_us: 1_493_234_858_000_000, zone: Zone::Offset(0) });
        assert_eq!((read.target, read.query, read.agent), (Some(&b"/setup.php"[..]), None, None));
        assert_eq!((read.status, read.bytes, read.abort), (Some(404), Bytes::Logged(553), Abort::Unlogged));
        assert_eq!((read.host, read.request_id), (Some(&b"www.example.org"[..]), None));
        let plain = V1.replace(
            "X-AzureApplicationGateway-CACHE-HIT=0&SERVER-ROUTED=198.51.100.4&SERVER-STATUS=404",
            "a=b",
        );
        assert_eq!(record("app-gateway", Box::leak(plain.into_boxed_str())).query, Some(&b"a=b"[..]));
    }

    #[test]
    fn findings_of_the_firewall_and_performance_are_no_requests() {
        for category in ["ApplicationGatewayFirewallLog", "ApplicationGatewayPerformanceLog"] {
            assert_eq!(unit("app-gateway", with("ApplicationGatewayAccessLog", category)), Unit::Directive);
        }
        assert_eq!(
            fault("app-gateway", with("ApplicationGatewayAccessLog", "FrontDoorAccessLog")).1,
            "category"
        );
        assert_eq!(fault("app-gateway", with("\"category\"", "\"kind\"")).1, "category");
    }

    #[test]
    fn a_client_that_closes_cuts_the_transfer() {
        let abort = |word| record("app-gateway", with("ERRORINFO_NO_ERROR", word)).abort;
        assert_eq!(abort("ERRORINFO_CLIENT_CLOSED_REQUEST"), Abort::Cut);
        assert_eq!(abort("ERRORINFO_UPSTREAM_CLOSED_CONNECTION"), Abort::Doubtful);
        assert_eq!(abort("ERRORINFO_INVALID_HOST"), Abort::Unlogged);
    }

    #[test]
    fn what_is_missing_is_named_by_its_key() {
        assert_eq!(fault("app-gateway", with("clientIP", "clientIp")).1, "properties.clientIP");
        assert_eq!(fault("app-gateway", with("\"httpStatus\": 200,", "")).0, FaultKind::Status);
        assert_eq!(
            fault("app-gateway", with("\"httpStatus\": 200", "\"httpStatus\": 2000")).0,
            FaultKind::Status
        );
        assert_eq!(fault("app-gateway", with("timeStamp", "when")).0, FaultKind::Time);
        assert_eq!(fault("app-gateway", with("466", "-466")).1, "properties.sentBytes");
        let bytes = |to| record("app-gateway", with("466", to)).bytes;
        assert_eq!(
            (bytes("0"), bytes("null"), bytes("\"7\"")),
            (Bytes::Logged(0), Bytes::Unlogged, Bytes::Logged(7))
        );
    }
}
