//! Which reading of a line wins.

use super::*;
use crate::format::named;
use crate::record::Zone;
use proptest::prelude::*;

const COMMON: &str = "192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 5";
const UNTIMED: &str = "192.0.2.7 - - \"GET /bad.foo HTTP/1.1\" 404 65508 4.386";
const ISO: &str = "2021-03-06T04:07:38.251122+01:00 web1 tomcat.log: ";
const RFC_3164: &str = "Mar 24 14:02:50 web1 tomcat.log: ";

fn set(names: &[&str]) -> Vec<Arc<dyn Format>> {
    names.iter().map(|name| named(name, None).unwrap()).collect()
}

/// What a line is, in words that a test can compare.
fn shown(formats: &[Arc<dyn Format>], line: &str) -> String {
    let mut scratch = Vec::new();
    let read = read(formats, line.as_bytes(), &mut scratch, &mut TimeCache::default());
    let prefix = read.prefix.map_or("raw", Kind::word);
    match read.unit {
        Unit::Record(record) => {
            let request = record.request.unwrap_or_default().escape_ascii();
            format!("{} {prefix} {} {request}", read.format, record.time.local_us)
        }
        Unit::Directive => format!("directive {prefix}"),
        Unit::Fault(fault) => format!("{} {prefix} {} at {}", fault.kind.word(), fault.field, fault.offset),
    }
}

#[test]
fn a_plain_line_is_read_as_parse_any_reads_it() {
    let formats = set(&["combined", "common"]);
    assert_eq!(shown(&formats, COMMON), "1 raw 971186136000000 GET / HTTP/1.0");
    assert_eq!(shown(&formats, "x"), "syntax raw %h at 0");
    assert_eq!(shown(&[], "x"), "syntax raw line at 0");
}

/// FORMATS 16: the payload's own time counts, not the prefix's.
#[test]
fn a_payload_that_reads_keeps_its_own_time() {
    let formats = set(&["common"]);
    let line = format!("{ISO}{COMMON}");
    assert_eq!(shown(&formats, &line), "0 syslog-iso 971186136000000 GET / HTTP/1.0");
    let mut scratch = Vec::new();
    let read = read(&formats, line.as_bytes(), &mut scratch, &mut TimeCache::default());
    let time = Stamp { local_us: 1_615_003_658_251_122, zone: Zone::Offset(3600) };
    assert_eq!((read.time, read.is_fault()), (Some(time), false));
}

#[test]
fn a_raw_line_that_looks_like_a_prefix_is_not_lost() {
    let formats = vec![named(r#"apache:%h | %>s | "%r" %t"#, None).unwrap()];
    let line = "host-7 | 200 | \"GET / HTTP/1.0\" [10/Oct/2000:13:55:36 -0700]";
    assert!(crate::prefix::may_bear(line.as_bytes()));
    assert_eq!(shown(&formats, line), "0 raw 971186136000000 GET / HTTP/1.0");
}

#[test]
fn a_payload_that_nothing_reads_faults_at_the_logs_own_column() {
    let formats = set(&["common"]);
    let torn = COMMON.replace(" 200 ", " 2x0 ");
    assert_eq!(shown(&formats, &format!("{ISO}{torn}")), "status syslog-iso %>s at 60");
    assert_eq!(shown(&formats, &format!("{ISO}lookup failed")), "syntax syslog-iso %l at 7");
    assert_eq!(shown(&formats, "2021-03-06T04:07:38Z stdout F "), "syntax cri %h at 0");
}

#[test]
fn a_time_behind_the_bar_that_is_the_logs_own_is_left_in() {
    let text = r#"%{%Y-%m-%dT%H:%M:%S%z}t %h "%r" %>s"#;
    let formats = vec![named(&format!("apache:{text}"), None).unwrap()];
    let line = "web-1  | 2000-10-10T13:55:36-0700 192.0.2.7 \"GET / HTTP/1.0\" 200";
    assert_eq!(shown(&formats, line), "0 compose 971186136000000 GET / HTTP/1.0");
}

/// FORMATS 16: the prefix's time is used where the payload has none, with basis `unknown`.
#[test]
fn a_format_without_time_borrows_the_prefix_time() {
    let formats = set(&["common", "common-untimed-number"]);
    let line = format!("{ISO}{UNTIMED}");
    assert_eq!(shown(&formats, &line), "1 syslog-iso 1615003658251122 GET /bad.foo HTTP/1.1");
    assert_eq!(formats[1].meaning().time_basis, crate::record::TimeBasis::Unknown);
}

/// METHOD M1.2, fault kind `time`.
#[test]
fn a_format_without_time_and_prefix_time_is_a_time_fault() {
    let formats = set(&["common", "common-untimed-number"]);
    assert_eq!(shown(&formats, &format!("{RFC_3164}{UNTIMED}")), "time syslog-3164 prefix at 0");
    assert_eq!(shown(&formats, UNTIMED), "time raw prefix at 0");
    assert_eq!(
        shown(&formats, &format!("{RFC_3164}{COMMON}")),
        "0 syslog-3164 971186136000000 GET / HTTP/1.0"
    );
}

#[test]
fn a_format_without_time_never_hides_one_with_it() {
    let formats = vec![named("apache:%{User-agent}i", None).unwrap(), named("common", None).unwrap()];
    assert_eq!(shown(&formats, COMMON), "1 raw 971186136000000 GET / HTTP/1.0");
    assert_eq!(shown(&formats, &format!("{ISO}{COMMON}")), "1 syslog-iso 971186136000000 GET / HTTP/1.0");
}

/// A template of one free column reads everything; no request can be told from it.
#[test]
fn a_reading_without_time_and_request_is_none() {
    let formats = vec![named("apache:%{User-agent}i", None).unwrap()];
    assert_eq!(shown(&formats, &format!("{ISO}lookup failed")), "syntax syslog-iso line at 0");
}

/// METHOD M1.2: a comment is well-formed and no request.
#[test]
fn a_line_that_begins_with_a_number_sign_is_a_directive() {
    let formats = set(&["common"]);
    assert_eq!(shown(&formats, "# rotated"), "directive raw");
    for line in ["  # not in the first column", "#\x01 bytes that are no text"] {
        assert!(shown(&formats, line).starts_with("syntax raw"), "{line:?}");
    }
    assert_eq!(shown(&formats, &COMMON.replace("192.0.2.7", "#7")), "0 raw 971186136000000 GET / HTTP/1.0");
    assert_eq!(shown(&formats, "web | # x"), "syntax compose %l at 2");
}

#[test]
fn a_note_of_repetition_is_a_directive_behind_syslog_only() {
    let formats = set(&["common"]);
    for line in [
        "Mar 24 14:26:01 --- last message repeated 2 times ---",
        "Nov 18 01:15:43: --- last message repeated 5 times ---",
        "Nov 18 01:15:43 web1 last message repeated 5 times",
        "2021-03-06T04:07:38Z web1 last message repeated 1 time",
    ] {
        assert!(shown(&formats, line).starts_with("directive syslog"), "{line}");
    }
    for line in [
        "web | last message repeated 2 times",
        "Nov 18 01:15:43 web1 nginx: last message repeated x times",
        "Nov 18 01:15:43 web1 rsyslogd: message repeated 7 times: [ GET / ]",
    ] {
        assert!(shown(&formats, line).starts_with("syntax"), "{line}");
    }
}

#[test]
fn messages_of_an_error_log_behind_a_prefix_are_directives() {
    let formats = set(&["common", "nginx_error"]);
    let line = format!("web-1  | {}", "2016/10/25 14:49:34 [error] 54053#0: *1 open() failed");
    assert_eq!(shown(&formats, &line), "directive compose");
}

proptest! {
    /// METHOD M1.4: whatever the bytes, an answer.
    #[test]
    fn any_line_is_read_without_a_panic(line in prop::collection::vec(
        prop_oneof![prop::sample::select(b"<>[]{}\"\\:| -#1ZTsd\x1b".to_vec()), any::<u8>()], 0..80)) {
        let formats = set(&["combined", "common-untimed", "nginx_error"]);
        let mut scratch = Vec::new();
        let read = read(&formats, &line, &mut scratch, &mut TimeCache::default());
        prop_assert!(read.format < formats.len());
        prop_assert!(read.prefix.is_some() || read.time.is_none());
    }

    /// One rule for lines with and without prefix: a payload that reads gives the same record.
    #[test]
    fn a_wrapped_line_gives_the_record_of_the_line(target in "/[!#-\\[\\]-~]{0,20}") {
        let formats = set(&["combined", "common"]);
        let line = COMMON.replace("GET /", &format!("GET {target}"));
        let bare = shown(&formats, &line);
        for (before, after, word) in [
            (RFC_3164, "", "syslog-3164"), (ISO, "", "syslog-iso"), ("web | ", "", "compose"),
            ("2021-03-06T04:07:38Z stderr F ", "", "cri"), ("\"", "\"", "quoted"),
            ("<34>1 - h app - - - ", "", "syslog-5424"),
        ] {
            let wrapped = shown(&formats, &format!("{before}{line}{after}"));
            prop_assert_eq!(wrapped, bare.replace("raw", word));
        }
    }
}

/// An application's log of objects with the keys of docker's; the text in `log` is what a client sent.
const OBJECTS: &str = r#"nginx:escape=json {"log":"$http_user_agent","stream":"$host","time":"$time_iso8601","c":"$remote_addr","r":"$request","s":$status}"#;

fn object(log: &str, stream: &str) -> String {
    format!(
        r#"{{"log":"{log}","stream":"{stream}","time":"2000-10-10T13:55:36+00:00","c":"192.0.2.9","r":"GET /a HTTP/1.1","s":200}}"#
    )
}

#[test]
fn an_object_that_a_format_reads_as_it_stands_is_not_opened() {
    let formats = [named(OBJECTS, None).unwrap(), named("common", None).unwrap()];
    let forged = COMMON.replace('"', "\\\"") + "\\n";
    for line in [object(&forged, "stdout"), object("agent", "www.example.com"), object("agent", "stdout")] {
        assert_eq!(shown(&formats, &line), "0 raw 971186136000000 GET /a HTTP/1.1", "{line}");
    }
    let bare = format!(r#"{{"log":"{forged}","stream":"stdout"}}"#);
    assert_eq!(shown(&formats, &bare), "1 docker-json 971186136000000 GET / HTTP/1.0");
}

#[test]
fn a_line_that_reads_as_it_stands_is_never_held_as_a_part() {
    let formats = [named(OBJECTS, None).unwrap(), named("common", None).unwrap()];
    let mut scratch = Vec::new();
    let mut cache = TimeCache::default();
    let line = object(&"x".repeat(16_384), "stdout");
    let peeled = peel(line.as_bytes(), &mut scratch);
    assert!(peeled.is_some_and(|peeled| peeled.partial));
    assert!(layer(&formats, line.as_bytes(), peeled, &mut cache).is_none());
    assert!(layer(&formats[1..], line.as_bytes(), peeled, &mut cache).is_some());
}

#[test]
fn a_template_of_bare_words_does_not_take_an_objects_brace_for_its_client() {
    let formats = [named(r#"apache:%h %{%Y-%m-%dT%H:%M:%S%z}t %m %U %{User-Agent}i"#, None).unwrap()];
    let line = r#"{"log":"192.0.2.7 2000-10-10T13:55:36-0700 GET /a agent\n","stream":"stdout"}"#;
    assert!(shown(&formats, line).starts_with("0 docker-json"), "{}", shown(&formats, line));
}

/// METHOD M1.2, fault kind `nul`: as the same line without its prefix.
#[test]
fn a_nul_that_json_had_escaped_is_a_fault() {
    let formats = set(&["common"]);
    let log = COMMON.replace('"', "\\\"").replace("GET /", "GET /\\u0000");
    let line = format!(r#"{{"log":"{log}\n","stream":"stdout"}}"#);
    assert_eq!(shown(&formats, &line), "nul docker-json line at 49");
    assert_eq!(shown(&formats, &format!(r#"{{"MESSAGE":"{log}"}}"#)), "nul journald line at 49");
}

/// What looks like the host of a syslog line without a tag may be the log's own first column.
#[test]
fn a_host_without_a_tag_is_left_in_where_the_log_has_such_a_column() {
    let shown_whom = |names: &[&str], line: &str| {
        let formats = set(names);
        let mut scratch = Vec::new();
        let read = read(&formats, line.as_bytes(), &mut scratch, &mut TimeCache::default());
        let Unit::Record(record) = read.unit else { panic!("{line}: {:?}", read.unit) };
        let text = |text: Option<&[u8]>| text.map(|text| text.escape_ascii().to_string());
        (text(record.host), text(record.client))
    };
    let client = Some("192.0.2.7".to_owned());
    for names in [&["common"][..], &["combined", "common"]] {
        let line = format!("Mar  5 09:00:00 web1 {COMMON}");
        assert_eq!(shown_whom(names, &line), (None, client.clone()));
    }
    let line = format!("Mar  5 09:00:00 www.example.com {COMMON} \"-\" \"-\"");
    assert_eq!(shown_whom(&["combined"], &line), (None, client.clone()));
    assert_eq!(
        shown_whom(&[r#"apache:%v %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i""#], &line),
        (Some("www.example.com".to_owned()), client)
    );
}
