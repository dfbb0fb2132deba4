use super::{ALB, ELB, NLB};
use crate::fault::FaultKind;
use crate::format::tests::{fault, record, unit};
use crate::format::{Unit, named};
use crate::record::{Bytes, Stamp, Zone};
use crate::token::time::TimeCache;

fn text(of: Option<&[u8]>) -> Option<&str> {
    of.map(|bytes| std::str::from_utf8(bytes).unwrap())
}

fn leak(line: String) -> &'static str {
    Box::leak(line.into_boxed_str())
}

#[test]
fn the_columns_of_an_application_balancer_are_read() {
    let read = record("alb", ALB);
    let time = Stamp { local_us: 1_578_761_732_115_600, zone: Zone::Offset(0) };
    assert_eq!((text(read.client), read.time, read.status), (Some("192.0.2.7:55753"), time, Some(200)));
    assert_eq!((read.bytes, text(read.method)), (Bytes::Logged(2596), Some("GET")));
    assert_eq!(text(read.target), Some("https://files.example.org:443/a.csv?b=c"));
    assert_eq!((text(read.host), text(read.protocol)), (Some("files.example.org"), Some("HTTP/2.0")));
    assert_eq!(text(read.request_id), Some("Root=1-58337262-36d228ad5d99923122bbe354"));
    assert_eq!((text(read.agent), read.referer, read.principal), (Some("curl/7.79.1"), None, None));
}

#[test]
fn a_line_may_end_behind_any_column_from_the_target_group_on_and_have_new_ones() {
    let cut = |word: &str| leak(ALB.split_once(word).unwrap().0.to_owned());
    assert_eq!(record("alb", cut(" \"Root=")).request_id, None);
    for word in [" \"files.example.org\"", " 2 2020", " \"waf", " \"198.51"] {
        assert_eq!(record("alb", cut(word)).bytes, Bytes::Logged(2596), "{word}");
    }
    let longer = leak(format!("{ALB} TID_1234abcd5678ef90 \"-\" \"/x y\" \"TransformSuccess\" 7 "));
    assert_eq!(record("alb", longer).status, Some(200));
    assert_eq!(fault("alb", cut(" arn:aws")).1, "target_group_arn");
    assert_eq!(fault("alb", cut("-36d228ad")), (FaultKind::Syntax, "trace_id", "a closing quote"));
}

#[test]
fn times_of_minus_one_and_a_request_that_reached_no_target_are_read() {
    let line = r#"http 2018-11-30T22:23:00.186641Z app/files/50dc6c495c0c9188 192.0.2.7:46532 - -1 -1 -1 400 - 0 0 "- http://files.example.org:80- -" "-" - - - "-" "-" "-" - 2018-11-30T22:22:48.364000Z "-" "-" "-""#;
    let read = record("alb", line);
    assert_eq!((read.status, read.bytes), (Some(400), Bytes::Logged(0)));
    assert_eq!((read.method, read.target, read.agent, read.request_id), (None, None, None, None));
    assert_eq!(text(read.request), Some("- http://files.example.org:80- -"));
}

/// 460 is the balancer's own word for a client that went away.
#[test]
fn a_status_may_be_absent_and_bytes_too() {
    let gone = leak(ALB.replace(" 200 200 32 2596 ", " 460 - 32 0 "));
    assert_eq!((record("alb", gone).status, record("alb", gone).bytes), (Some(460), Bytes::Logged(0)));
    let none = leak(ALB.replace(" 200 200 32 2596 ", " - - 32 - "));
    assert_eq!((record("alb", none).status, record("alb", none).bytes), (None, Bytes::Unlogged));
}

#[test]
fn quotes_inside_a_text_never_move_a_column() {
    let escaped = leak(ALB.replace("curl/7.79.1", r#"a \"b\" c"#));
    assert_eq!(text(record("alb", escaped).agent), Some(r#"a \"b\" c"#));
    for raw in [r#"a "b" c"#, r#"a" "b"#, r"a\"] {
        assert!(matches!(unit("alb", leak(ALB.replace("curl/7.79.1", raw))), Unit::Fault(_)), "{raw}");
        assert!(matches!(unit("elb", leak(ELB.replace("curl/7.38.0", raw))), Unit::Fault(_)), "{raw}");
    }
    let forged = leak(ELB.replace("/a.csv?b=c", r#"/a.csv" "x"#));
    assert_eq!(fault("elb", forged).1, "ssl_cipher");
}

#[test]
fn the_columns_of_a_classic_balancer_are_read() {
    let read = record("elb", ELB);
    let time = Stamp { local_us: 1_431_560_383_945_958, zone: Zone::Offset(0) };
    assert_eq!((text(read.client), read.time, read.status), (Some("192.0.2.7:2817"), time, Some(200)));
    assert_eq!((read.bytes, text(read.method)), (Bytes::Logged(2326), Some("GET")));
    assert_eq!(text(read.target), Some("https://files.example.org:443/a.csv?b=c"));
    assert_eq!((text(read.host), text(read.agent)), (Some("files.example.org"), Some("curl/7.38.0")));
}

#[test]
fn a_classic_line_before_2015_ends_behind_the_request() {
    let old = leak(ELB.split_once(" \"curl").unwrap().0.to_owned());
    assert_eq!((record("elb", old).status, record("elb", old).agent), (Some(200), None));
    assert_eq!(fault("elb", leak(format!("{ELB} x"))).1, "line");
    assert_eq!(fault("elb", leak(format!("{old} \"-\" -"))).1, "ssl_protocol");
}

#[test]
fn a_timed_out_upload_has_sent_nothing() {
    let line = r#"2015-04-10T08:11:09.865823Z media 192.0.2.7:55128 - -1 -1 -1 408 - 1294336 0 "PUT https://files.example.org:443/v HTTP/1.1""#;
    let read = record("elb", line);
    assert_eq!((read.status, read.bytes, text(read.method)), (Some(408), Bytes::Logged(0), Some("PUT")));
}

#[test]
fn a_tcp_connection_is_no_request() {
    for line in [
        r#"2015-05-13T23:39:43.945958Z files 192.0.2.7:2817 198.51.100.9:80 0.001069 0.000028 0.000041 - - 82 305 "- - - " "-" - -"#,
        r#"2021-05-13T23:39:46.945958Z files 192.0.2.7:2817 198.51.100.9:80 0.001065 0.000015 0.000023 - - -1 -1 "- - - " "-" ECDHE-ECDSA-AES128-GCM-SHA256 TLSv1.2"#,
    ] {
        assert_eq!(unit("elb", line), Unit::Directive);
    }
    let request = leak(ELB.replace(" 0 2326 ", " 0 -1 "));
    assert_eq!(fault("elb", request).1, "sent_bytes");
}

#[test]
fn a_tls_connection_is_no_request() {
    let short = leak(NLB.split_once(",\"http").unwrap().0.to_owned());
    for line in [NLB, short, leak(format!("{NLB} new"))] {
        assert_eq!(unit("nlb-tls", line), Unit::Directive);
    }
    assert_eq!(fault("nlb-tls", leak(NLB.replace(" 5 2 ", " five 2 "))).1, "connection_time");
    assert_eq!(fault("nlb-tls", leak(NLB.replace(":51341", ""))).1, "client:port");
}

#[test]
fn what_does_not_fit_is_named_by_its_column() {
    let of = |from: &str, to: &str| fault("alb", leak(ALB.replacen(from, to, 1)));
    assert_eq!(of("2020-01-11", "2020-02-30").0, FaultKind::Time);
    assert_eq!(of(" 200 200 ", " 2000 200 "), (FaultKind::Status, "elb_status_code", "three digits or `-`"));
    assert_eq!(
        of("192.0.2.7:55753", "192.0.2.7"),
        (FaultKind::Syntax, "client:port", "an address and a port, or `-`")
    );
    assert_eq!(of("h2 ", "h3 ").1, "type");
    let format = named("alb", None).unwrap();
    assert!(matches!(format.parse(b"", &mut TimeCache::default()), Unit::Fault(_)));
}
