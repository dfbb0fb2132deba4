use super::{ISTIO, SAMPLE, object};
use crate::fault::FaultKind;
use crate::format::Unit;
use crate::format::tests::{fault, record, unit};
use crate::record::{Abort, Bytes, Record, Stamp, Zone};

fn text(of: Option<&[u8]>) -> Option<&str> {
    of.map(|bytes| std::str::from_utf8(bytes).unwrap())
}

fn changed(sample: &str, from: &str, to: &str) -> &'static str {
    assert!(sample.contains(from), "{from}");
    Box::leak(sample.replacen(from, to, 1).into_boxed_str())
}

fn read(from: &str, to: &str) -> Record<'static> {
    record("envoy", changed(SAMPLE, from, to))
}

#[test]
fn the_columns_of_the_default_are_read() {
    let read = record("envoy", SAMPLE);
    let time = Stamp { local_us: 1_460_751_420_310_000, zone: Zone::Offset(0) };
    assert_eq!((read.client, text(read.x_forwarded_for), read.time), (None, Some("192.0.2.7"), time));
    assert_eq!((read.status, read.bytes, read.abort), (Some(200), Bytes::Logged(2326), Abort::Unlogged));
    assert_eq!((text(read.method), text(read.target)), (Some("GET"), Some("/a.csv?b=c")));
    assert_eq!((text(read.protocol), text(read.host)), (Some("HTTP/2"), Some("files.example.org")));
    assert_eq!(text(read.agent), Some("curl/8.5.0"));
    assert_eq!(text(read.request_id), Some("cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2"));
}

#[test]
fn istio_logs_who_connected() {
    let read = record("envoy-istio", ISTIO);
    assert_eq!((text(read.client), read.x_forwarded_for), (Some("192.0.2.7:37652"), None));
    assert_eq!(
        (read.status, read.bytes, text(read.host)),
        (Some(200), Bytes::Logged(2326), Some("files.example.org"))
    );
    assert_eq!((text(read.target), text(read.agent)), (Some("/a.csv?b=c"), Some("curl/8.5.0")));
    let old = record("envoy-istio", changed(ISTIO, "via_upstream - \"-\"", "\"-\" \"-\""));
    assert_eq!((old.status, old.bytes), (Some(200), Bytes::Logged(2326)), "the text of 1.3 to 1.8");
    for (from, to) in
        [(" default", ""), (" default", " a b"), ("\"-\" 0 2326", "- 0 2326"), ("via_upstream - ", "- ")]
    {
        assert!(matches!(unit("envoy-istio", changed(ISTIO, from, to)), Unit::Fault(_)), "{to}");
    }
}

#[test]
fn json_says_the_same_as_the_text() {
    let read = record("envoy-json", object::SAMPLE);
    let time = Stamp { local_us: 1_606_339_578_409_000, zone: Zone::Offset(0) };
    assert_eq!((text(read.client), read.x_forwarded_for, read.time), (Some("192.0.2.7:37652"), None, time));
    assert_eq!((read.status, read.bytes, read.abort), (Some(200), Bytes::Logged(2326), Abort::Unlogged));
    assert_eq!((text(read.method), text(read.target)), (Some("GET"), Some("/a.csv?b=c")));
    assert_eq!((text(read.host), text(read.agent)), (Some("files.example.org"), Some("curl/8.5.0")));
}

#[test]
fn json_values_may_be_texts_or_null() {
    let of = |from: &str, to: &str| record("envoy-json", changed(object::SAMPLE, from, to));
    assert_eq!(of("\"bytes_sent\":2326", "\"bytes_sent\":\"2326\"").bytes, Bytes::Logged(2326));
    assert_eq!(of("\"bytes_sent\":2326", "\"bytes_sent\":null").bytes, Bytes::Unlogged);
    assert_eq!(of("\"response_flags\":\"-\"", "\"response_flags\":\"DC\"").abort, Abort::Cut);
    assert_eq!(of("\"response_code\":200", "\"response_code\":0").status, Some(0));
    let without = fault("envoy-json", changed(object::SAMPLE, "\"response_flags\"", "\"flags\""));
    assert_eq!(without.1, "response_flags");
    let time = fault("envoy-json", changed(object::SAMPLE, "2020-11-25T", "2020-11-31T"));
    assert_eq!((time.0, time.1), (FaultKind::Time, "start_time"));
}

#[test]
fn a_tcp_connection_is_no_request() {
    let tcp = r#"[2016-04-15T20:17:00.310Z] "- - -" 0 - 87 254 12 - "-" "-" "-" "-" "198.51.100.9:80""#;
    assert_eq!(unit("envoy", tcp), Unit::Directive);
    let istio = r#"[2020-11-25T21:26:18.409Z] "- - -" 0 - - - "-" 87 254 12 - "-" "-" "-" "-" "198.51.100.9:80" outbound|80|| 10.44.1.27:1 10.44.1.27:80 192.0.2.7:37652 - -"#;
    assert_eq!(unit("envoy-istio", istio), Unit::Directive);
    let json = r#"{"bytes_sent":254,"downstream_remote_address":"192.0.2.7:37652","method":null,"protocol":null,"response_code":0,"response_flags":"-","start_time":"2020-11-25T21:26:18.409Z"}"#;
    assert_eq!(unit("envoy-json", json), Unit::Directive);
}

#[test]
fn what_was_no_http_is_a_request_that_was_answered() {
    let read = read("GET /a.csv?b=c HTTP/2\" 200 - 0 2326", "- - HTTP/1.1\" 400 DPE 0 11");
    assert_eq!((read.method, read.target, read.status), (None, None, Some(400)));
    assert_eq!((read.bytes, read.abort), (Bytes::Logged(11), Abort::Doubtful));
}

#[test]
fn a_client_that_left_is_a_cut() {
    assert_eq!(read(" 200 - 0 2326 226 100 ", " 200 DC 0 1000 226 100 ").abort, Abort::Cut);
    let early = read(" 200 - 0 2326 226 100 ", " 0 UH,DC 0 0 226 - ");
    assert_eq!((early.abort, early.status, early.bytes), (Abort::Cut, Some(0), Bytes::Logged(0)));
    assert_eq!(read(" 200 - ", " 503 UF,URX ").abort, Abort::Unlogged);
    assert_eq!(read(" 200 - ", " 200 UC ").abort, Abort::Doubtful);
}

#[test]
fn raw_quotes_are_text_unless_two_readings_are_possible() {
    assert_eq!(text(read("/a.csv", "/a\"b.csv").target), Some("/a\"b.csv?b=c"));
    assert_eq!(text(read("curl/8.5.0", "a \"b\" c").agent), Some("a \"b\" c"));
    let several = read("curl/8.5.0", "a\" \"b");
    assert_eq!((several.agent, several.x_forwarded_for, several.host), (None, None, None));
    assert_eq!((several.status, several.bytes), (Some(200), Bytes::Logged(2326)));
    let forged = fault("envoy", changed(SAMPLE, "curl/8.5.0", "x\" 404 - 0 0 1 1 \"y"));
    assert_eq!(forged.1, "REQ(:METHOD)");
}

#[test]
fn texts_that_are_not_there_are_none() {
    let read = read("\"192.0.2.7\" \"curl/8.5.0\"", "\"-\" \"-\"");
    assert_eq!((read.x_forwarded_for, read.agent), (None, None));
    let empty = record("envoy", changed(SAMPLE, "\"curl/8.5.0\"", "\"\""));
    assert_eq!(text(empty.agent), Some(""));
}

#[test]
fn what_does_not_fit_is_named_by_its_column() {
    for (from, to, kind, field) in [
        ("2016-04-15", "2016-04-31", FaultKind::Time, "START_TIME"),
        ("[2016", "2016", FaultKind::Syntax, "START_TIME"),
        (" 200 ", " 2000 ", FaultKind::Syntax, "REQ(:METHOD)"),
        (" 2326 ", " - ", FaultKind::Syntax, "REQ(:METHOD)"),
        (" \"tcp://198.51.100.9:80\"", "", FaultKind::Syntax, "REQ(X-FORWARDED-FOR)"),
        (":80\"", ":80", FaultKind::Syntax, "REQ(X-FORWARDED-FOR)"),
        (":80\"", ":80\" x", FaultKind::Syntax, "REQ(X-FORWARDED-FOR)"),
    ] {
        let (was, column, _) = fault("envoy", changed(SAMPLE, from, to));
        assert_eq!((was, column), (kind, field), "{to}");
    }
    assert!(
        matches!(unit("envoy", ISTIO), Unit::Fault(_))
            && matches!(unit("envoy-istio", SAMPLE), Unit::Fault(_))
    );
}
