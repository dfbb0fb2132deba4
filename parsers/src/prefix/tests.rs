//! What each kind's real lines give, and that wrapping and peeling are inverse.

use super::*;
use crate::record::Zone;
use proptest::prelude::*;

/// Clock reading and zone.
type Time = Option<(i64, Zone<'static>)>;

/// Whether a run is open at the end of a block of whole lines.
fn ends_open(block: &[u8]) -> bool {
    OpenRuns::at_end_of(block).is_any()
}

/// The parts of a peeled line that a test compares.
fn peeled(line: &[u8]) -> Option<(Kind, Vec<u8>, Time)> {
    let mut scratch = Vec::new();
    let peeled = peel(line, &mut scratch)?;
    assert!(may_bear(line), "{}", line.escape_ascii());
    let time = peeled.time.map(Stamp::unnamed).map(|stamp| (stamp.local_us, stamp.zone));
    Some((peeled.kind, peeled.payload.to_vec(), time))
}

#[track_caller]
fn payload(line: &str, kind: Kind, wanted: &str) {
    let found = peeled(line.as_bytes()).map(|(kind, payload, _)| (kind, payload.escape_ascii().to_string()));
    assert_eq!(found, Some((kind, wanted.as_bytes().escape_ascii().to_string())), "{line}");
}

const SOME_TIME_US: i64 = 1_615_003_658_251_122;

#[test]
fn rfc_3164_lines_are_peeled_with_and_without_their_parts() {
    let kind = Kind::Syslog3164;
    payload("Feb 25 16:19:49 web1 nginx[31]: GET /", kind, "GET /");
    payload("<134>Feb  5 16:19:49 web1 nginx: GET /", kind, "GET /");
    payload("Feb 05 16:19:49.123 web1 /usr/sbin/x-y_z.log[1]: GET /", kind, "GET /");
    payload("<190>Feb 25 16:19:49 nginx: GET /", kind, "GET /");
    payload("Jul 13 06:25:58 10.1.1.32 app_p [1957]: GET /", kind, "GET /");
    payload("Mar 11 19:26:45 osx app[1985] <Info>: GET /", kind, "GET /");
    payload("Feb 25 16:19:49 web1 192.0.2.7 - - GET /", kind, "192.0.2.7 - - GET /");
    payload("Feb 25 16:19:49 web1 ::1 - - GET /", kind, "::1 - - GET /");
    payload("Feb 25 16:19:49 web1 nginx:", kind, "");
    payload("Nov 18 01:15:43: --- text ---", kind, "--- text ---");
    payload(
        "Mar 24 14:26:01 --- last message repeated 2 times ---",
        kind,
        "--- last message repeated 2 times ---",
    );
    payload("Feb 29 23:59:60 web1 nginx: x", kind, "x");
}

#[test]
fn an_address_or_a_list_without_a_tag_behind_it_is_no_host() {
    for rest in [
        "198.51.100.1, 10.0.0.1 - - GET /",
        "unknown, 10.0.0.1 - GET /",
        "198.51.100.1 - - GET /",
        "2001:db8::1 - - GET /",
        "[2001:db8::1] - - GET /",
        "198.51.100.1:80 - - GET /",
    ] {
        payload(&format!("Mar  5 09:00:00 {rest}"), Kind::Syslog3164, rest);
        payload(&format!("2024-03-05T09:00:00Z {rest}"), Kind::SyslogIso, rest);
        payload(&format!("<134>Mar  5 09:00:00 10.0.0.1 nginx: {rest}"), Kind::Syslog3164, rest);
    }
}

#[test]
fn rfc_3164_has_no_year_and_so_no_time() {
    assert_eq!(peeled(b"<13>Feb 25 16:19:49 web1 nginx: x").unwrap().2, None);
}

#[test]
fn what_only_looks_like_a_syslog_time_is_not_peeled() {
    for line in [
        &b"MMM 22 07:54:32 host tag: x"[..],
        b"Feb 32 07:54:32 host tag: x",
        b"Feb 25 24:54:32 host tag: x",
        b"<192>Feb 25 16:19:49 host tag: x",
        b"<>Feb 25 16:19:49 host tag: x",
        b"<134 Feb 25 16:19:49 host tag: x",
        b"<134>1 yesterday host app - - - x",
        b"2021-13-06T04:07:38Z host tag: x",
    ] {
        assert_eq!(peeled(line), None, "{}", line.escape_ascii());
    }
}

#[test]
fn rsyslog_iso_lines_keep_time_and_zone() {
    payload("2021-03-06T04:07:38.251122+00:00 web1 nginx[7]: x", Kind::SyslogIso, "x");
    payload("<15>2021-03-06T04:07:38Z web1 log_tag this is", Kind::SyslogIso, "log_tag this is");
    let (_, _, time) = peeled(b"2021-03-06T04:07:38.251122+11:30 web1 nginx: x").unwrap();
    assert_eq!(time, Some((SOME_TIME_US, Zone::Offset(41_400))));
    let (_, _, leap) = peeled(b"2016-12-31T23:59:60-04:00 web1 nginx: x").unwrap();
    assert_eq!(leap, Some((1_483_228_799_999_999, Zone::Offset(-14_400))));
    for digits in 1..=9 {
        let line = format!("2021-03-06T04:07:38.{}Z web1 nginx: x", "7".repeat(digits));
        assert!(peeled(line.as_bytes()).is_some(), "{line}");
    }
}

#[test]
fn rfc_5424_lines_lose_their_structured_data_and_mark() {
    let kind = Kind::Syslog5424;
    payload("<134>1 2021-03-06T04:07:38.251122+00:00 web1 app 12 id -  two spaces", kind, "two spaces");
    payload("<34>1 - rufus - - - - \u{feff}marked", kind, "marked");
    payload(r#"<34>10 - h a p m [a@1 x="]\"\]"][b y="\\"] text ]"#, kind, "text ]");
    payload("<34>1 2012-12-19T01:45:54Z rufus - - - [meta sequenceId=10] text", kind, "text");
    payload("<174>1 2016-12-31T23:59:60-04:00 h prg[1234] - -  info: x", kind, "info: x");
    payload("<34>1 - h a p m -", kind, "");
    let (_, _, time) = peeled(b"<134>1 2021-03-06T04:07:38.251122+00:00 web1 app 12 id - x").unwrap();
    assert_eq!(time, Some((SOME_TIME_US, Zone::Offset(0))));
    assert_eq!(peeled(b"<134>1 - web1 app 12 id - x").unwrap().2, None);
}

fn parts(line: &str) -> (String, bool, u8) {
    let mut scratch = Vec::new();
    let peeled = peel(line.as_bytes(), &mut scratch).unwrap();
    (peeled.payload.escape_ascii().to_string(), peeled.partial, peeled.stream)
}

#[test]
fn docker_objects_are_unescaped_and_lose_one_newline() {
    let line = r#"{"log":"a \"b\" \u001b\u0007é\n\n","stream":"stderr","time":"2016-01-07T16:49:10.2Z"}"#;
    assert_eq!(parts(line), (r#"a \"b\" \x1b\x07\xc3\xa9\n"#.to_owned(), false, 2));
    let line = r#"{"attrs":{"x":1},"time":"2016-01-07T16:49:10.2Z","stream":"stdout","log":"a\r\n"}"#;
    assert_eq!(parts(line), ("a".to_owned(), false, 1));
    assert_eq!(peeled(line.as_bytes()).unwrap().2, Some((1_452_185_350_200_000, Zone::Offset(0))));
    let line = r#"{"log":"a\n","stream":"stdout","time":"2016-01-07T16:49:10.0"}"#;
    assert_eq!(peeled(line.as_bytes()).unwrap().2.unwrap().1, Zone::Absent);
    let line = r#"{"log":"a\n","stream":"stdout","time":"?"}"#;
    assert_eq!(peeled(line.as_bytes()).unwrap().2, None);
}

#[test]
fn a_docker_log_without_newline_is_partial_from_16_kib_on() {
    let entry = |text: &str| format!(r#"{{"log":"{text}","stream":"stdout","time":""}}"#);
    let long = "a".repeat(16_384);
    assert_eq!(parts(&entry(&long)), (long.clone(), true, 1));
    let short = "a".repeat(16_383);
    assert_eq!(parts(&entry(&short)), (short.clone(), false, 1));
    assert_eq!(parts(&entry(&(long.clone() + "\\n"))), (long, false, 1));
    assert!(!parts(&entry(&"\\t".repeat(16_383))).1);
    assert!(parts(&entry(&"\\t".repeat(16_384))).1);
}

/// The last output of a process that ended without a newline: nothing of it goes on in the next entry.
#[test]
fn a_short_docker_log_without_newline_stands_alone() {
    assert_eq!(parts(r#"{"log":"bye","stream":"stdout","time":""}"#), ("bye".to_owned(), false, 1));
    assert_eq!(parts(r#"{"log":"","stream":"stderr"}"#), (String::new(), false, 2));
}

#[test]
fn other_objects_are_no_docker_entries() {
    for line in [
        &br#"{"log":"a\n"}"#[..],
        br#"{"log":"a\n","time":"2024-04-16T06:21:39Z"}"#,
        br#"{"log":"a\n","stream":"access","time":"2024-04-16T06:21:39Z"}"#,
        br#"{"log":"a\n","stream":null,"time":"2024-04-16T06:21:39Z"}"#,
        br#"{"log":"a\n","stream":"stdout","time":""} x"#,
        br#"{"log":{"a":1},"time":""}"#,
        br#"{"level":"info","msg":"\"log\""}"#,
        br#"{"log":"a\n","stream":"std"#,
        b"{",
    ] {
        assert_eq!(peeled(line), None, "{}", line.escape_ascii());
    }
}

#[test]
fn a_journald_message_may_be_bytes() {
    let line = br#"{"MESSAGE":[71,255,0],"__REALTIME_TIMESTAMP":"1615003658251122","PRIORITY":"6"}"#;
    let wanted = (Kind::Journald, b"G\xff\0".to_vec(), Some((SOME_TIME_US, Zone::Offset(0))));
    assert_eq!(peeled(line), Some(wanted));
    payload(r#"{"_SOURCE_REALTIME_TIMESTAMP":"1","MESSAGE":"a\tb"}"#, Kind::Journald, "a\tb");
    assert_eq!(peeled(br#"{"_SOURCE_REALTIME_TIMESTAMP":"1","MESSAGE":"a"}"#).unwrap().2, None);
    assert_eq!(peeled(br#"{"MESSAGE":null}"#), None);
    assert_eq!(peeled(br#"{"MESSAGE":[256]}"#), None);
    assert_eq!(peeled(br#"{"MESSAGE":["a","b"]}"#), None);
}

#[test]
fn cri_lines_say_stream_and_whether_they_go_on() {
    assert_eq!(parts("2024-04-16T06:21:39.0Z stdout F a b"), ("a b".to_owned(), false, 1));
    assert_eq!(parts("2016-10-06T00:17:09.669794202+01:00 stderr P:x a"), ("a".to_owned(), true, 2));
    assert_eq!(parts("2024-04-16T06:21:39Z stdout F"), (String::new(), false, 1));
    assert_eq!(parts("2024-04-16T06:21:39Z stdout F "), (String::new(), false, 1));
    assert_eq!(peeled(b"2024-04-16T06:21:39Z stdout F  a").unwrap().1, b" a");
    assert_eq!(peeled(b"2024-04-16T06:21:39Z stdout F a").unwrap().0, Kind::Cri);
}

#[test]
fn compose_names_are_cut_off_with_their_colours() {
    payload("web-1  | 192.0.2.7 - -", Kind::Compose, "192.0.2.7 - -");
    payload("caddy |", Kind::Compose, "");
    payload("2web.1-x | a", Kind::Compose, "a");
    payload("web.1.x7fn@node3    | a", Kind::Compose, "a");
    payload("\x1b[2Kweb-1  | GET /", Kind::Compose, "GET /");
    payload("\x1b[36mweb-1  | \x1b[0mGET /", Kind::Compose, "GET /");
    payload("\x1b[36mweb-1\x1b[0m  \x1b[36m|\x1b[0m GET /", Kind::Compose, "GET /");
    let timed = "\x1b[2Kweb-1  | 2021-03-06T04:07:38.251122000Z GET /";
    payload(timed, Kind::Compose, "GET /");
    assert_eq!(peeled(timed.as_bytes()).unwrap().2, Some((SOME_TIME_US, Zone::Offset(0))));
    for line in
        [&b"web-1|x"[..], b"web-1  |x", b"web 1 | x", b" web | x", b"\x1b[2", b"\x1b[2Kweb-1", b"-w | x"]
    {
        assert_eq!(peeled(line), None, "{}", line.escape_ascii());
    }
}

#[test]
fn a_time_behind_the_bar_may_be_the_logs_own() {
    let mut scratch = Vec::new();
    let peeled = peel(b"web | 2021-03-06T04:07:38Z GET /", &mut scratch).unwrap();
    assert_eq!(peeled.with_time, Some(&b"2021-03-06T04:07:38Z GET /"[..]));
}

#[test]
fn quotes_round_a_line_are_told_from_all_quotes_inside() {
    payload(r#""a b""#, Kind::Quoted, "a b");
    payload(r#""a ""b"" c""#, Kind::Quoted, r#"a "b" c"#);
    payload(r#""a \"b\" c""#, Kind::Quoted, r#"a "b" c"#);
    payload(r#""a \"\\x22\" \\ c""#, Kind::Quoted, r#"a "\x22" \ c"#);
    payload(r#""a \"\x22\" c""#, Kind::Quoted, r#"a "\x22" c"#);
    payload(r#""a \\"b\\" \"c\"""#, Kind::Quoted, r#"a \"b\" "c""#);
    payload(r#""a "b" c "" "d"""#, Kind::Quoted, r#"a "b" c "" "d""#);
    payload(r#""""#, Kind::Quoted, "");
    assert_eq!(peeled(br#"""#), None);
    assert_eq!(peeled(br#""a" b"#), None);
}

#[test]
fn a_line_that_begins_with_an_address_is_never_peeled() {
    for line in [
        &br#"192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 5 "-" "a | b""#[..],
        br#"2001:db8::7 - kim [10/Oct/2000:13:55:36 -0700] "GET /?a=1 | x HTTP/1.0" 200 5"#,
        b"192.0.2.7 | https | x",
        b"192.0.2.7, 198.51.100.1 | https | x",
        br#"www.example.org:443 192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 5"#,
    ] {
        assert!(!may_bear(line) && peeled(line).is_none(), "{}", line.escape_ascii());
    }
}

#[test]
fn words_are_unique() {
    let words: std::collections::BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.word()).collect();
    assert_eq!(words.len(), Kind::ALL.len());
}

#[test]
fn a_block_is_open_where_a_streams_last_line_is_partial() {
    let cri = |stream: &str, flag: &str| format!("2024-04-16T06:21:39Z {stream} {flag} x\n");
    assert!(!ends_open(b"") && !ends_open(b"\n\n"));
    assert!(ends_open(cri("stdout", "P").as_bytes()));
    assert!(ends_open((cri("stdout", "P") + &cri("stderr", "F")).as_bytes()));
    assert!(!ends_open((cri("stdout", "P") + &cri("stdout", "F")).as_bytes()));
    assert!(ends_open((cri("stdout", "P") + "noise\n").as_bytes()));
    let part = format!("{{\"log\":\"{}\",\"stream\":\"stdout\",\"time\":\"\"}}\n", "a".repeat(16_384));
    assert!(ends_open(part.as_bytes()));
    assert!(!ends_open(b"{\"log\":\"a\",\"stream\":\"stdout\",\"time\":\"\"}\n"));
    assert!(!ends_open(b"{\"log\":\"a\\n\",\"stream\":\"stdout\",\"time\":\"\"}\n"));
}

#[test]
fn a_run_is_given_up_after_64_kib_or_a_thousand_lines_of_others() {
    let open = "2024-04-16T06:21:39Z stdout P x\n";
    let after = |noise: &str, times| ends_open((open.to_owned() + &noise.repeat(times)).as_bytes());
    assert!(after("n\n", RUN_LINES) && !after("n\n", RUN_LINES + 1));
    let kib = "x".repeat(1023) + "\n";
    assert!(after(&kib, 64) && !after(&kib, 65));
    let noise = "noise\n".repeat(11_000);
    assert!(!after(&noise, 1));
    assert!(ends_open((noise.clone() + open).as_bytes()));
    let long = format!("2024-04-16T06:21:39Z stdout P {}\n", "x".repeat(100_000));
    assert!(ends_open((noise + &long).as_bytes()));
}

/// JSON text of a payload, as Go's encoder writes it.
fn json_text(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

proptest! {
    #[test]
    fn any_bytes_are_peeled_without_a_panic(
        head in prop::sample::select(vec!["", "<", "<13>", "<13>1 ", "{\"log\":", "\"", "web | ", "\x1b[",
            "Feb 25 16:19:49", "2021-03-06T04:07:38Z", "2021-03-06T04:07:38Z stdout ", "<1>1 - a b c d [x "]),
        tail in prop::collection::vec(prop_oneof![
            prop::sample::select(b"<>[]{}\"\\:| -\x1b\n0aZ".to_vec()), any::<u8>()], 0..60),
    ) {
        let line = [head.as_bytes(), &tail].concat();
        let mut scratch = b"rest of another line".to_vec();
        let bears = may_bear(&line);
        if let Some(peeled) = peel(&line, &mut scratch) {
            prop_assert!(bears);
            prop_assert!(peeled.payload.len() <= line.len());
            prop_assert!(peeled.stream <= 2);
        }
        let _ = ends_open(&line);
    }

    /// HOSTILE: wrap, peel, and the payload is back.
    #[test]
    fn wrapped_printable_payloads_come_back(text in "([!-~][ -~]{0,60})?") {
        for (line, kind) in [
            (format!("<134>Feb 25 16:19:49 web1 nginx[1]: {text}"), Kind::Syslog3164),
            (format!("Feb  5 16:19:49 nginx: {text}"), Kind::Syslog3164),
            (format!("2021-03-06T04:07:38.251122+00:00 web1 nginx: {text}"), Kind::SyslogIso),
            (format!("<134>1 2021-03-06T04:07:38Z web1 nginx 1 - -  {text}"), Kind::Syslog5424),
            (format!("<134>1 - web1 nginx 1 - [a@1 b=\"\\]\"] \u{feff}{text}"), Kind::Syslog5424),
            (format!("2021-03-06T04:07:38.1Z stdout F {text}"), Kind::Cri),
            (format!("web-1    | 2021-03-06T04:07:38.1Z {text}"), Kind::Compose),
            (format!("\"{}\"", text.replace('"', "\"\"")), Kind::Quoted),
        ] {
            let found = peeled(line.as_bytes()).map(|(kind, payload, _)| (kind, payload));
            prop_assert_eq!(found, Some((kind, text.clone().into_bytes())), "{}", line);
        }
    }

    #[test]
    fn payloads_in_escaped_quotes_come_back(text in "[ -~]{0,30}\"[ -~]{0,30}") {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        prop_assert_eq!(peeled(format!("\"{escaped}\"").as_bytes()).map(|p| p.1), Some(text.into_bytes()));
    }

    #[test]
    fn any_text_comes_back_from_json(text in "\\PC{0,20}[\\x00-\\x7f]{0,20}\\PC{0,20}", bytes: Vec<u8>) {
        let docker = format!(
            "{{\"log\":{},\"stream\":\"stdout\",\"time\":\"2021-03-06T04:07:38Z\"}}", json_text(&(text.clone() + "\n")));
        // A newline behind a CR is taken for a terminal's line ending.
        if !text.ends_with('\r') {
            prop_assert_eq!(peeled(docker.as_bytes()).map(|p| p.1), Some(text.clone().into_bytes()));
        }
        let journald = format!("{{\"MESSAGE\":{}}}", json_text(&text));
        prop_assert_eq!(peeled(journald.as_bytes()).map(|p| p.1), Some(text.into_bytes()));
        let journald = format!("{{\"MESSAGE\":{bytes:?}}}");
        prop_assert_eq!(peeled(journald.as_bytes()).map(|p| p.1), Some(bytes));
    }
}

/// What needs no unescaping is a slice of the line.
#[test]
fn plain_payloads_borrow_from_the_line() {
    for line in
        ["Feb 25 16:19:49 web1 nginx: text", "web | text", "2021-03-06T04:07:38Z stdout F text", "\"text\""]
    {
        let mut scratch = Vec::new();
        let payload = peel(line.as_bytes(), &mut scratch).unwrap().payload;
        assert!(line.as_bytes().as_ptr_range().contains(&payload.as_ptr()), "{line}");
    }
}
