//! Lines under headers of every kind.

use crate::fault::FaultKind;
use crate::format::tests::{fault, record, unit};
use crate::format::{Head, Unit, named};
use crate::record::{Abort, Bytes, Operation, Record, Zone};

/// A line under the header of these names.
fn under(names: &str, line: &str) -> &'static str {
    Box::leak(format!("#Fields: {names}\n{line}").into_boxed_str())
}

const DEFAULT: &str = "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken";

fn iis(rest: &str) -> Record<'static> {
    record("iis", under(DEFAULT, rest))
}

#[test]
fn the_default_columns_of_iis_are_read_in_utc_and_have_no_bytes() {
    let read = iis(
        "2021-04-01 00:00:21 198.51.100.1 GET /a+b.asp x=1+2 80 CORP\\kim 192.0.2.7 Mozilla/5.0+(X) http://example.org/ 200 0 0 65",
    );
    assert_eq!((read.time.local_us, read.time.zone), (1_617_235_221_000_000, Zone::Offset(0)));
    assert_eq!((read.client, read.principal), (Some(&b"192.0.2.7"[..]), Some(&b"CORP\\kim"[..])));
    assert_eq!(
        (read.method, read.target, read.query),
        (Some(&b"GET"[..]), Some(&b"/a+b.asp"[..]), Some(&b"x=1+2"[..]))
    );
    assert_eq!((read.agent, read.status), (Some(&b"Mozilla/5.0+(X)"[..]), Some(200)));
    assert_eq!((read.bytes, read.abort, read.operation), (Bytes::Unlogged, Abort::Unlogged, Operation::Web));
}

/// Logs of both kinds are met.
#[test]
fn two_spaces_are_an_empty_column_or_one_separator_and_the_number_of_columns_tells() {
    let empty = iis("2022-01-01 00:01:24 ::1 POST /powershell a=b;c 444  ::1%0 Client - 200 0 0 15");
    assert_eq!((empty.principal, empty.client), (None, Some(&b"::1%0"[..])));
    let padded =
        iis("2022-01-01 00:01:24 ::1 POST /powershell a=b;c 444  random\\kim ::1%0 Client - 200 0 0 15");
    assert_eq!((padded.principal, padded.client), (Some(&b"random\\kim"[..]), Some(&b"::1%0"[..])));
}

/// METHOD M5.4.
#[test]
fn a_reset_by_the_client_is_a_mark_and_other_errors_are_none() {
    for (error, wanted) in [
        ("64", Abort::Reset),
        ("995", Abort::Reset),
        ("1236", Abort::Reset),
        ("0", Abort::Unlogged),
        ("2", Abort::Unlogged),
        ("67567567567", Abort::Unlogged),
    ] {
        let line = format!("2021-04-01 00:00:21 ::1 GET /a - 80 - ::1 - - 200 0 {error} 65");
        assert_eq!(iis(&line).abort, wanted, "{error}");
    }
}

#[test]
fn as_many_columns_as_names_and_no_more() {
    let short = under(DEFAULT, "2021-04-01 00:00:21 ::1 GET /a - 80 - ::1 - - 200 0 0");
    assert_eq!(
        fault("iis", short),
        (FaultKind::Syntax, "time-taken", "this column; the line ends before it")
    );
    let long = under(DEFAULT, "2021-04-01 00:00:21 ::1 GET /a - 80 - ::1 - - 200 0 0 65 more");
    assert_eq!(fault("iis", long), (FaultKind::Syntax, "line", "as many columns as there are names"));
    let bad = under(DEFAULT, "2021-04-31 00:00:21 ::1 GET /a - 80 - ::1 - - 200 0 0 65");
    assert_eq!(fault("iis", bad), (FaultKind::Time, "date", "a date that is in the calendar"));
    let status = under(DEFAULT, "2021-04-01 00:00:21 ::1 GET /a - 80 - ::1 - - 2000 0 0 65");
    assert_eq!(fault("iis", status).0, FaultKind::Status);
}

#[test]
fn bytes_host_and_forwarded_address_are_read_where_the_header_has_them() {
    let names = "date time s-sitename cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs-version cs(User-Agent) cs(Cookie) cs(Referer) cs-host sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken X-Forwarded-For";
    let line = "2018-01-01 09:10:11 W3SVC1 GET / - 80 - 10.0.0.4 HTTP/1.1 curl - - example.org 206 0 0 123 456 789 192.0.2.7,+198.51.100.9";
    let read = record("iis", under(names, line));
    assert_eq!((read.bytes, read.host), (Bytes::Logged(123), Some(&b"example.org"[..])));
    assert_eq!(
        (read.x_forwarded_for, read.protocol),
        (Some(&b"192.0.2.7,+198.51.100.9"[..]), Some(&b"HTTP/1.1"[..]))
    );
}

/// The file rolls over at midnight and has no date column.
#[test]
fn without_a_date_column_the_directive_has_the_day_and_a_clock_before_its_own_is_the_next() {
    let names = "time s-ip cs-method cs-uri-stem s-port c-ip sc-status";
    let read = |clock: &str| {
        let text = format!("#Date: 2013-07-30 22:00:00\n#Fields: {names}\n{clock} ::1 GET /a 80 ::1 200");
        record("iis", Box::leak(text.into_boxed_str())).time.local_us / 1_000_000
    };
    assert_eq!(
        (read("22:00:00"), read("23:59:59"), read("00:00:01")),
        (1_375_221_600, 1_375_228_799, 1_375_228_801)
    );
    let dateless = under(names, "22:00:00 ::1 GET /a 80 ::1 200");
    assert_eq!(fault("iis", dateless).0, FaultKind::Time);
}

#[test]
fn what_http_sys_refused_has_no_bytes_and_an_idle_connection_is_no_request() {
    let names = "date time c-ip c-port s-ip s-port cs-version cs-method cs-uri streamid sc-status s-siteid s-reason s-queuename";
    let read = record(
        "iis-httperr",
        under(names, "2018-01-01 08:09:10 ::1%0 2094 ::1 80 HTTP/1.1 GET /a?b - 503 - ConnLimit -"),
    );
    assert_eq!((read.status, read.bytes, read.target), (Some(503), Bytes::Unlogged, Some(&b"/a?b"[..])));
    let idle = "2018-12-30 14:22:07 ::1%0 49958 ::1%0 80 - - - - - - Timer_ConnectionIdle -";
    assert_eq!(unit("iis-httperr", under(names, idle)), Unit::Directive);
    let no_status =
        "2018-12-30 14:22:07 ::1%0 49958 ::1%0 80 HTTP/1.1 GET /a - - 1 Timer_MinBytesPerSecond Pool";
    assert_eq!(record("iis-httperr", under(names, no_status)).status, None);
}

#[test]
fn downloads_by_ftp_are_reads_and_other_commands_are_not() {
    let of = |line: &str| {
        let text =
            format!("#Date: 2002-03-27 16:44:49\n#Fields: time c-ip cs-method cs-uri-stem sc-status\n{line}");
        let read = record("iis-ftp", Box::leak(text.into_boxed_str()));
        (read.operation, read.target, read.status, read.method)
    };
    assert_eq!(
        of("16:44:49 192.0.2.7 [2]sent /a.csv 226"),
        (Operation::Read, Some(&b"/a.csv"[..]), Some(226), None)
    );
    assert_eq!(of("16:44:49 192.0.2.7 [2]USER anonymous 331").0, Operation::Other);
    assert_eq!(of("16:44:49 192.0.2.7 [2]RETR /a.csv 550").2, Some(550));
}

#[test]
fn other_writers_part_columns_by_runs_and_quote_values() {
    let names = "  date-local time-local   s-ip   cs-method cs-uri-stem c-ip cs(User-Agent) sc-status";
    let line =
        r#"2012-08-15 17:00:00.363 10.10.28.140 GET /Topic/hw43061 "192.0.2.7" "Mozilla/5.0 (""x"") y" 404"#;
    let read = record("w3c", under(names, line));
    assert_eq!((read.time.zone, read.time.local_us), (Zone::Absent, 1_345_050_000_363_000));
    assert_eq!((read.client, read.agent), (Some(&b"192.0.2.7"[..]), Some(&br#"Mozilla/5.0 (""x"") y"#[..])));
    let cut = r#"2012-08-15 17:00:00.363 10.10.28.140 GET /Topic/hw43061 - "Mozilla/5.0"#;
    assert_eq!(fault("w3c", under(names, cut)), (FaultKind::Syntax, "cs(User-Agent)", "a closing quote"));
}

#[test]
fn headers_of_others_arm_nothing_and_lines_without_a_header_say_so() {
    let arms = |name: &str, fields: &str| {
        let head = Head::of(format!("#Fields: {fields}").as_bytes());
        named(name, None).unwrap().arm(&head).is_some()
    };
    for name in ["iis", "w3c", "iis-httperr", "iis-ftp"] {
        assert!(
            !arms(name, "date time x-edge-location c-ip cs-method cs(Host) cs-uri-stem sc-status"),
            "{name}"
        );
        assert!(!arms(name, "something else"), "{name}");
        assert_eq!(arms(name, DEFAULT), name == "iis", "{name}");
        assert_eq!(
            fault(name, "2021-04-01 00:00:21 ::1 GET /a"),
            (FaultKind::Syntax, "#Fields", "a `#Fields` line before it that names its columns")
        );
        assert_eq!(unit(name, "#Software: x"), Unit::Directive);
    }
}

/// Files that were cut lose their header.
#[test]
fn the_names_of_a_lost_header_can_be_stated() {
    let read = |spec: &str, line: &str| {
        let format = named(spec, None).unwrap();
        let mut cache = crate::token::time::TimeCache::default();
        match format.parse(line.as_bytes(), &mut cache) {
            Unit::Record(record) => (format.name().to_owned(), record.status),
            other => panic!("{other:?}"),
        }
    };
    let names = format!("w3c:{DEFAULT}");
    let line = "2021-04-01 00:00:21 ::1 GET /a - 80 - ::1 - - 200 0 0 65";
    assert_eq!(read(&names, line), ("iis".to_owned(), Some(200)));
    let cloudfront = "w3c:date time x-edge-location c-ip sc-status";
    assert_eq!(
        read(cloudfront, "2012-05-25\t22:01:30\tAMS1\t192.0.2.7\t206"),
        ("cloudfront".to_owned(), Some(206))
    );
    assert!(named("w3c:foo bar", None).unwrap_err().to_string().contains("names no columns"));
}

#[test]
fn iis_4_called_itself_a_server() {
    let text = "#Software: Microsoft Internet Information Server 4.0\n#Date: 2000-10-09 16:44:49\n#Fields: time c-ip cs-method cs-uri-stem sc-status\n16:44:49 192.0.2.7 [3]sent /user/test.c 226";
    assert_eq!(record("iis-ftp", text).operation, Operation::Read);
    let web = "#Software: Microsoft Internet Information Server 4.0\n#Fields: date time c-ip cs-method cs-uri-stem s-port sc-status sc-win32-status\n2000-10-09 16:44:49 192.0.2.7 GET /a 80 200 64";
    assert_eq!(record("iis", web).abort, Abort::Reset);
}

#[test]
fn an_empty_number_in_quotes_is_none() {
    let names = "date time c-ip cs-method cs-uri sc-status bytes";
    let read = record("w3c", under(names, r#""2017-06-28" "07:26:35" "192.0.2.7" "GET" "/a" "" """#));
    assert_eq!((read.status, read.bytes), (None, Bytes::Unlogged));
}

#[test]
fn a_clock_with_an_offset_of_unknown_meaning_bears_no_zone() {
    let text = "#GMT-Offset: -0800\n#Fields: c-ip date time cs-method cs-uri sc-status\n192.0.2.7  2001-10-31  00:00:18  GET  /a  200";
    assert_eq!(record("w3c", text).time.zone, Zone::Absent);
}
