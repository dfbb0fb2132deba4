//! AWS WAF: the log of a web ACL, one JSON object a line.
//!
//! Source: AWS WAF developer guide, "Log fields for protection pack (web ACL) traffic".
//!
//! WAF decides before the request reaches what it protects, and does not see the answer: no status, no bytes. So a line
//! never shows that anything was sent; it shows that somebody asked. `ALLOW` is no success of the request, and
//! `responseCodeSent` is that of WAF's own answer to a request that it did not let pass: neither is read as a status.
//!
//! `timestamp` counts milliseconds since 1970 (UTC by definition); the guide does not say of which moment, so the basis is
//! unknown. Headers stand in a list of names and values. One that stands there twice is left out: which of the two is
//! meant cannot be told. Fields may be redacted by the configuration: their text is then `REDACTED`, and kept as such. The
//! request id is the one of the host service: of a load balancer the trace id.
//!
//! What it cannot say: whether the request succeeded, what was sent, and who was signed in. Logging may be filtered.

use super::own::{Found, Is, Object, keys};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Escape, Meaning, Record};
use crate::token::cursor::{Read, all};
use crate::token::json::{Value, elements, members};
use crate::token::request::without_port;
use crate::token::time::{EpochUnit, TimeCache, epoch};
use std::sync::Arc;

const FAMILY: Family = Family::of("waf");

keys! {
    Time = "timestamp",
    Acl = "webaclId",
    Action = "action",
    Client = "httpRequest.clientIp",
    Headers = "httpRequest.headers",
    Uri = "httpRequest.uri",
    Args = "httpRequest.args",
    Version = "httpRequest.httpVersion",
    Method = "httpRequest.httpMethod",
    Id = "httpRequest.requestId",
}

const SAMPLE: &str = r#"{"timestamp":1682374606245,"formatVersion":1,"webaclId":"arn:aws:wafv2:us-east-1:123456789012:regional/webacl/files/47634e95","terminatingRuleId":"Default_Action","terminatingRuleType":"REGULAR","action":"ALLOW","httpSourceName":"ALB","httpSourceId":"123456789012-app/files/6a1939d39ac9ef3c","responseCodeSent":null,"httpRequest":{"clientIp":"192.0.2.7","country":"TR","headers":[{"name":"Host","value":"files.example.org"},{"name":"user-agent","value":"curl/8.1.2"},{"name":"Range","value":"bytes=0-99"}],"uri":"/a.csv","args":"b=c","httpVersion":"HTTP/1.1","httpMethod":"GET","requestId":"1-64f01dc6-7d2deb5d54820c4d7284912a"}}"#;

pub(super) const FORMATS: &[Named] = &[Named::own("waf", FAMILY, Origin::Seen, SAMPLE, || {
    let needed = &["timestamp", "webaclId", "action", "httpRequest.clientIp", "httpRequest.uri"];
    Arc::new(Object::new("waf", Meaning::UNKNOWN.escaped(Escape::Json), PATHS, needed, read))
})];

fn read<'a>(found: &mut Found<'a>, _: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    let Value::Number(time) = found.get(Key::Time) else {
        return found.refuse(FaultKind::Time, "milliseconds since 1970");
    };
    record.time = all(time, |time| epoch(time, EpochUnit::Milliseconds))?;
    for key in [Key::Acl, Key::Action] {
        if found.text(key).is_none() {
            return found.refuse(FaultKind::Syntax, "a text");
        }
    }
    record.client = found.text(Key::Client);
    record.method = found.text(Key::Method);
    record.target = found.text(Key::Uri);
    record.query = found.text(Key::Args);
    record.protocol = found.text(Key::Version);
    record.request_id = found.text(Key::Id);
    if let Value::Nested(list) = found.get(Key::Headers) {
        headers(list, record);
    }
    Ok(Is::Request)
}

/// The headers that a record has room for.
const NAMES: [&[u8]; 6] = [b"host", b"user-agent", b"referer", b"range", b"x-forwarded-for", b"forwarded"];

fn headers<'a>(list: &'a [u8], record: &mut Record<'a>) {
    let mut values = [Value::Absent; NAMES.len()];
    for header in elements(list) {
        let Value::Nested(header) = header else { continue };
        let (mut name, mut value) = (None, Value::Absent);
        for (key, member) in members(header) {
            match key {
                b"name" => name = member.written(),
                b"value" => value = member,
                _ => {}
            }
        }
        let is_it = |known: &&[u8]| name.is_some_and(|name| name.eq_ignore_ascii_case(known));
        let place = NAMES.iter().position(is_it);
        if let Some(slot) = place.and_then(|place| values.get_mut(place)) {
            // `null` marks the one that stands twice.
            *slot = if *slot == Value::Absent { value } else { Value::Null };
        }
    }
    let [host, agent, referer, range, x_forwarded_for, forwarded] = values;
    record.host = host.text().map(without_port);
    record.agent = agent.written();
    record.referer = referer.written();
    record.range = range.text();
    record.x_forwarded_for = x_forwarded_for.text();
    record.forwarded = forwarded.text();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tests::{self, fault, record};
    use crate::record::{Abort, Bytes, Stamp, Zone};

    fn text(of: Option<&[u8]>) -> Option<&str> {
        of.map(|bytes| std::str::from_utf8(bytes).unwrap())
    }

    fn changed(from: &str, to: &str) -> &'static str {
        tests::changed(SAMPLE, from, to)
    }

    #[test]
    fn the_fields_of_the_guide_are_read() {
        let read = record("waf", SAMPLE);
        let time = Stamp { local_us: 1_682_374_606_245_000, zone: Zone::Offset(0) };
        assert_eq!((text(read.client), read.time), (Some("192.0.2.7"), time));
        assert_eq!(
            (text(read.method), text(read.target), text(read.query)),
            (Some("GET"), Some("/a.csv"), Some("b=c"))
        );
        assert_eq!((text(read.host), text(read.agent)), (Some("files.example.org"), Some("curl/8.1.2")));
        assert_eq!((text(read.range), read.referer), (Some("bytes=0-99"), None));
        assert_eq!(text(read.request_id), Some("1-64f01dc6-7d2deb5d54820c4d7284912a"));
    }

    #[test]
    fn nothing_shows_that_anything_was_sent() {
        for (from, to) in [
            ("\"ALLOW\"", "\"BLOCK\""),
            ("\"responseCodeSent\":null", "\"responseCodeSent\":200"),
            ("\"ALLOW\"", "\"CAPTCHA\""),
        ] {
            let read = record("waf", changed(from, to));
            assert_eq!(
                (read.status, read.bytes, read.abort),
                (None, Bytes::Unlogged, Abort::Unlogged),
                "{to}"
            );
        }
    }

    #[test]
    fn names_of_headers_have_any_case_and_one_that_stands_twice_is_left_out() {
        let read = record("waf", changed("\"Range\"", "\"HOST\""));
        assert_eq!((read.host, read.range, text(read.agent)), (None, None, Some("curl/8.1.2")));
        let quoted = record("waf", changed("curl/8.1.2", r#"a\"},{\"name\":\"Host"#));
        assert_eq!(text(quoted.agent), Some(r#"a\"},{\"name\":\"Host"#));
        assert_eq!(text(quoted.host), Some("files.example.org"));
        assert_eq!(record("waf", changed("\"headers\":[", "\"heads\":[")).host, None);
    }

    #[test]
    fn optional_fields_may_be_empty_or_absent() {
        assert_eq!(record("waf", changed("\"args\":\"b=c\"", "\"args\":\"\"")).query, None);
        assert_eq!(record("waf", changed("\"args\":\"b=c\",", "")).query, None);
        assert_eq!(text(record("waf", changed("\"/a.csv\"", "\"REDACTED\"")).target), Some("REDACTED"));
        assert_eq!(record("waf", changed("\"httpMethod\"", "\"x\"")).method, None);
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_key() {
        for (from, to, kind, field) in [
            ("1682374606245", "\"2023-04-24\"", FaultKind::Time, "timestamp"),
            ("1682374606245", "1682374606245000000", FaultKind::Time, "timestamp"),
            ("1682374606245", "1.68e12", FaultKind::Syntax, "timestamp"),
            ("\"webaclId\"", "\"acl\"", FaultKind::Syntax, "webaclId"),
            ("\"clientIp\"", "\"ip\"", FaultKind::Syntax, "httpRequest.clientIp"),
            ("\"ALLOW\"", "7", FaultKind::Syntax, "action"),
            ("}}", "}", FaultKind::Syntax, "line"),
        ] {
            let (was, column, _) = fault("waf", changed(from, to));
            assert_eq!((was, column), (kind, field), "{to}");
        }
    }
}
