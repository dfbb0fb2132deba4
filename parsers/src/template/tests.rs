//! What templates promise, one fact a test. All lines are SYNTHETIC unless a corpus file is named.

use super::{Problem, Template};
use crate::fault::{Fault, FaultKind};
use crate::format::{Format, Unit};
use crate::record::{Abort, ByteSemantics, Bytes, Escape, Record, TimeBasis, Zone};
use crate::token::time::TimeCache;

const COMBINED: &str = r#"%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i""#;
const COMMON: &str = r#"%h %l %u %t "%r" %>s %b"#;

fn apache(text: &str) -> &'static Template {
    Box::leak(Box::new(Template::apache("test", text).unwrap()))
}

fn nginx(text: &str) -> &'static Template {
    Box::leak(Box::new(Template::nginx("test", text).unwrap()))
}

fn read(template: &'static Template, line: &'static [u8]) -> Result<Record<'static>, Fault<'static>> {
    match template.parse(line, &mut TimeCache::default()) {
        Unit::Record(record) => Ok(record),
        Unit::Fault(fault) => Err(fault),
        Unit::Directive => unreachable!("a template has no directives"),
    }
}

fn record(template: &'static Template, line: &'static [u8]) -> Record<'static> {
    read(template, line).unwrap_or_else(|fault| panic!("{fault:?}"))
}

fn fault(template: &'static Template, line: &'static [u8]) -> (FaultKind, &'static str, usize) {
    let fault = read(template, line).unwrap_err();
    (fault.kind, fault.field, fault.offset)
}

#[test]
fn a_combined_line_fills_every_field_it_has() {
    let line =
        br#"::1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif?x HTTP/1.0" 200 2326 "-" "Moz\"illa""#;
    let record = record(apache(COMBINED), line);
    assert_eq!(record.client, Some(&b"::1"[..]));
    assert_eq!(record.principal, Some(&b"frank"[..]));
    assert_eq!((record.time.local_us, record.time.zone), (971_186_136_000_000, Zone::Offset(-25200)));
    assert_eq!(record.request, Some(&b"GET /a.gif?x HTTP/1.0"[..]));
    assert_eq!((record.method, record.target), (Some(&b"GET"[..]), Some(&b"/a.gif?x"[..])));
    assert_eq!((record.status, record.bytes), (Some(200), Bytes::Logged(2326)));
    assert_eq!((record.referer, record.agent), (None, Some(&br#"Moz\"illa"#[..])));
    assert_eq!((record.host, record.x_forwarded_for, record.abort), (None, None, Abort::Unlogged));
}

#[test]
fn spaces_at_the_end_are_tolerated_and_nothing_else() {
    let common = apache(COMMON);
    assert!(read(common, br#"a - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 5   "#).is_ok());
    let line = br#"a - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 5 x"#;
    assert_eq!(fault(common, line), (FaultKind::Syntax, "line", 57));
    let line = br#" a - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 5"#;
    assert_eq!(fault(common, line), (FaultKind::Syntax, "%h", 0));
}

/// METHOD M1.2: a readable line whose request is `-`, empty or binary is a record.
#[test]
fn requests_that_are_no_http_are_records() {
    for line in [
        &br#"a - - [10/Oct/2000:13:55:36 -0700] "-" 408 - "-" "-""#[..],
        br#"a - - [10/Oct/2000:13:55:36 -0700] "" 400 226 "-" "-""#,
        br#"a - - [10/Oct/2000:13:55:36 -0700] "\x16\x03\x01\x01 \x02" 400 226 "-" "-""#,
        b"a - - [10/Oct/2000:13:55:36 -0700] \"\xff\xfe \x01\" 400 226 \"-\" \"-\"",
    ] {
        let record = record(apache(COMBINED), line);
        assert_eq!((record.method, record.target, record.protocol), (None, None, None));
        assert!(record.request.is_some());
    }
}

/// METHOD M1.2: `syntax`, `time`, `status`, each named by its column.
#[test]
fn a_fault_says_kind_column_and_place() {
    let combined = apache(COMBINED);
    for (line, wanted) in [
        (
            &br#"a - - [30/Feb/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 5 "-" "-""#[..],
            (FaultKind::Time, "%t", 7),
        ),
        (
            br#"a - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 20 5 "-" "-""#,
            (FaultKind::Status, "%>s", 52),
        ),
        (
            br#"a - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 x "-" "-""#,
            (FaultKind::Syntax, "%b", 56),
        ),
        (br#"a - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0""#, (FaultKind::Syntax, "%>s", 50)),
        (br"a [10/Oct/2000:13:55:36 -0700]", (FaultKind::Syntax, "%l", 2)),
        (b"", (FaultKind::Syntax, "%h", 0)),
    ] {
        assert_eq!(fault(combined, line), wanted, "{}", line.escape_ascii());
    }
}

#[test]
fn torn_last_line_without_closing_quote_is_a_fault_at_its_column() {
    let line = br#"a - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 5 "-" "Mozilla/5.0 (comp"#;
    assert_eq!(fault(apache(COMBINED), line), (FaultKind::Syntax, "%{User-Agent}i", 63));
}

/// CWE-117: apache_combined/log2timeline+plaso/test_data/apache_access.log, lines 13 and 14.
#[test]
fn raw_quotes_in_a_request_are_accepted_where_one_end_is_possible() {
    let line = br#"1.2.3.4 - - [25/Apr/2021:06:15:33 +0000] "GET /a?t=<script>alert("text")</script> HTTP/1.0" 404 1164"#;
    let record = record(apache(COMMON), line);
    assert_eq!(record.target, Some(&br#"/a?t=<script>alert("text")</script>"#[..]));
    assert_eq!((record.status, record.bytes), (Some(404), Bytes::Logged(1164)));
}

/// CWE-117: a request that carries the columns behind it makes two readings; neither is believed.
#[test]
fn raw_quotes_that_forge_columns_are_a_fault() {
    let line =
        br#"1.2.3.4 - - [25/Apr/2021:06:15:33 +0000] "GET /x" 200 5 "-" "evil" HTTP/1.1" 404 1164 "-" "ua""#;
    assert_eq!(fault(apache(COMBINED), line), (FaultKind::Syntax, "%r", 42));
    let line =
        br#"1.2.3.4 - - [25/Apr/2021:06:15:33 +0000] "GET / HTTP/1.1" 200 5 "-" "Mozilla" 404 7 "-" "x""#;
    assert_eq!(fault(apache(COMBINED), line), (FaultKind::Syntax, "%r", 42));
}

#[test]
fn a_raw_quote_outside_the_request_is_a_fault() {
    let line = br#"1.2.3.4 - - [25/Apr/2021:06:15:33 +0000] "GET / HTTP/1.1" 200 5 "-" "a"b""#;
    assert_eq!(fault(apache(COMBINED), line).0, FaultKind::Syntax);
}

#[test]
fn logins_may_hold_at_signs_spaces_quotes_and_brackets() {
    for (line, login) in [
        (&br#"a - j doe [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 5"#[..], &b"j doe"[..]),
        (br#"a - p@EXAMPLE.COM [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 5"#, b"p@EXAMPLE.COM"),
        (br#"a - "q" [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 5"#, br#""q""#),
        (br#"a - x [y [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 5"#, b"x [y"),
    ] {
        assert_eq!(record(apache(COMMON), line).principal, Some(login));
    }
}

/// nginx writes an empty login (`Authorization: Basic Og==`) as nothing.
#[test]
fn an_empty_login_is_none() {
    let line = br#"a -  [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 401 5"#;
    assert_eq!(record(apache(COMMON), line).principal, None);
}

/// A host that stands before the client must not become the client.
#[test]
fn a_shifted_line_is_a_fault_also_for_a_template_given_as_text() {
    let line = br#"www.example.org 192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 5"#;
    assert_eq!(fault(apache(COMMON), line), (FaultKind::Syntax, "%l", 16));
    let line = br#"www.example.org name - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 5"#;
    assert_eq!(fault(apache(COMMON), line), (FaultKind::Syntax, "%u", 21));
}

/// CWE-117: a login of a 401 is whatever the client sent.
#[test]
fn a_login_that_forges_a_time_is_a_fault() {
    let line =
        br#"a - x [01/Jan/2000:00:00:00 +0000] "y [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 5"#;
    assert!(read(apache(COMMON), line).is_err());
}

#[test]
fn better_columns_win_over_others_of_the_same_meaning() {
    let template = apache(r#"%h %a %{c}a %V %v %t "%r" %s %>s %b %O"#);
    let line =
        br#"name 192.0.2.1 10.0.0.1 asked served [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 302 200 - 7"#;
    let record = record(template, line);
    assert_eq!((record.client, record.peer), (Some(&b"192.0.2.1"[..]), Some(&b"10.0.0.1"[..])));
    assert_eq!(
        (record.host, record.status, record.bytes),
        (Some(&b"served"[..]), Some(200), Bytes::Logged(7))
    );
    assert_eq!(template.meaning().bytes, ByteSemantics::WireWritten);
}

/// METHOD M2.2, M5.2, M5.3: what time and bytes mean is fixed by the template.
#[test]
fn meaning_follows_the_columns_and_the_server() {
    let of = |template: &Template| {
        let meaning = template.meaning();
        (meaning.time_basis, meaning.bytes, meaning.dash_is_zero)
    };
    assert_eq!(of(apache(COMMON)), (TimeBasis::Received, ByteSemantics::BodyPlanned, true));
    assert_eq!(of(apache("%h %{end:%s}t %B")), (TimeBasis::Completed, ByteSemantics::BodyPlanned, true));
    assert_eq!(of(apache("%h %t %I %S")), (TimeBasis::Received, ByteSemantics::Unknown, true));
    assert!(!of(apache("%h %t %200b")).2);
    assert_eq!(of(nginx("$remote_addr $msec $bytes_sent")).1, ByteSemantics::WireWritten);
    let both = nginx("$remote_addr [$time_local] $bytes_sent $body_bytes_sent");
    assert_eq!(of(both), (TimeBasis::Completed, ByteSemantics::BodyWritten, true));
    assert_eq!(nginx("escape=json {\"a\":\"$remote_addr\"}").meaning().escape, Escape::Json);
}

/// METHOD M5.3: `-` is 0 for `%b`, and unlogged where a condition prints it.
#[test]
fn a_dash_in_the_byte_column_is_zero_unless_a_condition_prints_it() {
    let bytes = |template, line| record(template, line).bytes;
    assert_eq!(bytes(apache("%h %b"), b"a -"), Bytes::Logged(0));
    assert_eq!(bytes(apache("%h %200b"), b"a -"), Bytes::Unlogged);
    assert_eq!(bytes(apache("%h %s"), b"a 200"), Bytes::Unlogged);
}

/// METHOD M5.4: Apache `%X`, nginx `$request_completion`.
#[test]
fn abort_marks_are_read() {
    let abort = |template, line| record(template, line).abort;
    assert_eq!(abort(apache("%h %X"), b"a X"), Abort::Cut);
    assert_eq!(abort(apache("%h %X"), b"a +"), Abort::Whole);
    assert_eq!(abort(apache("%h %X"), b"a -"), Abort::Whole);
    assert!(read(apache("%h %X"), b"a x").is_err());
    let completion = || nginx(r#"$remote_addr "$request_completion" $status"#);
    assert_eq!(abort(completion(), br#"a "OK" 200"#), Abort::Whole);
    assert_eq!(abort(completion(), br#"a "" 200"#), Abort::Cut);
    assert!(read(completion(), br#"a "ok" 200"#).is_err());
}

#[test]
fn a_csv_logformat_is_escaped_with_backslashes() {
    let template = apache(
        r#"%v,%p,%h,%l,%u,%t,%I,%O,%S,%B,%{ms}T,%D,%^FB,%>s,"%H","%m","%U","%q","%{Referer}i","%{User-Agent}i","%{VARNAME}C",%L"#,
    );
    let line = br#"www.example.org,443,192.0.2.1,-,-,[10/Oct/2000:13:55:36 -0700],512,4096,4608,3800,12,12345,900,200,"HTTP/1.1","GET","/a,b","?c=d","-","\"Mozilla/5.0 \\x\"","-",abc/def"#;
    let record = record(template, line);
    assert_eq!((record.target, record.query), (Some(&b"/a,b"[..]), Some(&b"c=d"[..])));
    assert_eq!((record.bytes, record.status), (Bytes::Logged(4096), Some(200)));
    assert_eq!(record.agent, Some(&br#"\"Mozilla/5.0 \\x\""#[..]));
    assert_eq!(record.request_id, Some(&b"abc/def"[..]));
}

#[test]
fn path_and_query_side_by_side_are_the_target() {
    let record =
        record(apache("%h %t %m %U%q %H %>s"), b"a [10/Oct/2000:13:55:36 -0700] GET /a?b=c HTTP/1.1 200");
    assert_eq!((record.target, record.query), (Some(&b"/a?b=c"[..]), None));
    let template = nginx("$remote_addr $request_method $uri$is_args$args $server_protocol");
    assert_eq!(self::record(template, b"a GET /x?y HTTP/2.0").target, Some(&b"/x?y"[..]));
}

/// FORMATS 11: `%z` on Windows prints a name with spaces, unquoted before 2018.2.
#[test]
fn pieces_of_a_time_make_one_stamp_with_a_zone_name() {
    let template = apache(r#"%h %{%Y-%m-%d %X}t.%{msec_frac}t %{%z}t %p "%r" %>s"#);
    let line = br#"a 2015-05-18 10:12:40.573 E. Australia Standard Time 80 "" 200"#;
    let time = record(template, line).time;
    assert_eq!(time.local_us, 1_431_943_960_573_000);
    assert_eq!(time.zone, Zone::Name(b"E. Australia Standard Time"));
    let line = br#"a 2015-05-18 10:12:40.573 +1000 80 "" 200"#;
    assert_eq!(record(template, line).time.zone, Zone::Offset(36000));
    let line = br#"a 2015-05-32 10:12:40.573 +1000 80 "" 200"#;
    assert_eq!(fault(template, line), (FaultKind::Time, "%{%Y-%m-%d %X}t", 2));
    let spread = apache("%h %{%d %m %Y %R}t");
    assert_eq!(fault(spread, b"a 30 02 2015 10:00"), (FaultKind::Time, "%{%d %m %Y %R}t", 2));
}

#[test]
fn every_notation_of_a_time_is_read() {
    let us = |text: &str, line| record(apache(text), line).time.local_us;
    assert_eq!(us("%h %t %{usec_frac}t", b"a [01/Jan/1970:00:00:01 +0000] 000042"), 1_000_042);
    assert_eq!(us("%h %{sec}t", b"a 1"), 1_000_000);
    assert_eq!(us("%h %{msec}t", b"a 1001"), 1_001_000);
    assert_eq!(us("%h %{usec}t", b"a 1000001"), 1_000_001);
    assert_eq!(us("%h %{begin:sec}t %{end:sec}t", b"a 1 9"), 1_000_000);
    assert_eq!(us("%h %{%c}t", b"a Thu Jan  1 00:00:01 1970"), 1_000_000);
    assert_eq!(us("%h %{%D %r}t", b"a 01/02/70 12:00:00 AM"), 86_400_000_000);
    assert_eq!(us("%h %{%Y/%j %R}t", b"a 1970/002 00:01"), 86_460_000_000);
    assert_eq!(record(nginx("$remote_addr $msec"), b"a 1.234").time.local_us, 1_234_000);
    let iso = record(nginx("$remote_addr $time_iso8601"), b"a 1970-01-01T00:00:01+02:00").time;
    assert_eq!((iso.local_us, iso.zone), (1_000_000, Zone::Offset(7200)));
}

#[test]
fn a_template_without_time_says_so() {
    assert!(!apache("%h %>s").states_time() && apache(COMMON).states_time());
    assert!(!apache("%h %200t").states_time());
}

#[test]
fn conditions_let_a_column_be_a_dash() {
    let template = apache("%h %t %>s %400,501{User-Agent}i %!200{Referer}i");
    let agent = |line| record(template, line).agent;
    assert_eq!(agent(b"a [10/Oct/2000:13:55:36 -0700] 200 - -"), None);
    assert_eq!(agent(b"a [10/Oct/2000:13:55:36 -0700] 400 curl /x"), Some(&b"curl"[..]));
}

#[test]
fn nginx_escapes_none_json_and_default() {
    let default = nginx(r#"$remote_addr "$request" $status"#);
    let request = |template, line| record(template, line).request;
    assert_eq!(request(default, br#"a "{\x22id\x22: 1}" 400"#), Some(&br"{\x22id\x22: 1}"[..]));
    let none = nginx(r#"escape=none $remote_addr "$request" $status"#);
    assert_eq!(request(none, br#"a "GET /"x" \" HTTP/1.1" 400"#), Some(&br#"GET /"x" \" HTTP/1.1"#[..]));
    let json = nginx(r#"escape=json {"ip":"$remote_addr","r":"$request","s":$status,"t":"$time_iso8601"}"#);
    let line = br#"{"ip":"::1","r":"GET /\"x HTTP/1.1","s":200,"t":"2020-01-01T00:00:00Z"}"#;
    assert_eq!(request(json, line), Some(&br#"GET /\"x HTTP/1.1"#[..]));
}

#[test]
fn an_empty_agent_was_sent_and_an_empty_header_was_not() {
    let template = apache(r#"%h "%{X-Forwarded-For}i" "%{Referer}i" "%{User-Agent}i""#);
    let record = record(template, br#"a "" "" """#);
    assert_eq!(
        (record.x_forwarded_for, record.referer, record.agent),
        (None, Some(&b""[..]), Some(&b""[..]))
    );
}

#[test]
fn ranges_and_request_ids_are_kept_as_written() {
    let template = nginx(r#"$remote_addr "$http_range" "$sent_http_content_range" $request_id"#);
    let record = record(template, br#"a "bytes=0-1" "bytes 0-1/9" 529a"#);
    assert_eq!((record.range, record.content_range), (Some(&b"bytes=0-1"[..]), Some(&b"bytes 0-1/9"[..])));
    assert_eq!(record.request_id, Some(&b"529a"[..]));
}

#[test]
fn unknown_variables_are_text_and_reported_with_the_nearest() {
    let template = nginx(r#"$remote_addr [$my_tag] "$http_refererr" $status"#);
    assert_eq!(record(template, br#"a [x y] "z" 200"#).status, Some(200));
    let names: Vec<_> =
        template.unknown().iter().map(|u| (u.offset, u.name.as_str(), u.nearest.as_deref())).collect();
    assert_eq!(names, [(14, "$my_tag", None), (24, "$http_refererr", Some("$http_referer"))]);
}

#[test]
fn errors_in_a_template_name_the_place_and_the_nearest() {
    let error = |text| Template::apache("t", text).unwrap_err();
    assert_eq!(error("%h %Y").to_string(), "byte 3 of the template: unknown directive `%Y`");
    assert_eq!(
        error("%h %{X}N").to_string(),
        "byte 3 of the template: unknown directive `%{X}N`; the nearest known one is `%{X}n`"
    );
    assert_eq!(
        error("%h %^FC").to_string(),
        "byte 3 of the template: unknown directive `%^FC`; the nearest known one is `%^FB`"
    );
    assert_eq!(
        error("%h %{mss}T").to_string(),
        "byte 3 of the template: `%{mss}T` takes no such argument; the nearest known one is `%{ms}T`"
    );
    assert_eq!(error("%h %{%Y-%Q}t").offset, 8);
    assert_eq!(error("%h %{%Y").problem, Problem::Unfinished { found: "%{%Y".to_owned() });
    assert_eq!(error("%h %").problem, Problem::Unfinished { found: "%".to_owned() });
    assert_eq!(error("%h %{%H:%M}t").problem, Problem::IncompleteTime);
    assert_eq!(error("").problem, Problem::NoColumn);
    let left_right = Problem::Adjacent { left: "%h".to_owned(), right: "%u".to_owned() };
    assert_eq!(error("%h%u").problem, left_right);
    assert!(error("%h%u").to_string().contains("cannot be told apart"));
    let error = |text| Template::nginx("t", text).unwrap_err();
    assert_eq!(error("$remote_addr $").problem, Problem::LoneDollar);
    assert_eq!(error("escape=yes $a").problem, Problem::UnknownEscape { found: "yes".to_owned() });
    assert_eq!(error("${remote_addr").offset, 0);
}

#[test]
fn every_documented_directive_compiles() {
    let text = "%% %a %{c}a %A %B %b %{X}C %D %{X}e %f %h %{c}h %H %{X}i %k %l %L %{c}L %m %{X}n %{X}o %p \
                %{canonical}p %{local}p %{remote}p %P %{pid}P %{tid}P %{hextid}P %q %r %R %s %>s %<s %t \
                %{%Y-%m-%d %X}t %{sec}t %{begin:msec}t %{end:usec}t %{msec_frac}t %{end:usec_frac}t %T \
                %{ms}T %{us}T %{s}T %u %U %v %V %X %I %O %S %^FB %{X}^ti %{X}^to %{X}x %{UNIQUE_ID}e";
    assert!(Template::apache("all", text).is_ok());
}

#[test]
fn a_host_with_port_is_cut_at_its_port() {
    let host = |line| record(apache("%v:%p %h %>s"), line).host;
    assert_eq!(host(b"www.example.org:443 a 200"), Some(&b"www.example.org"[..]));
    assert_eq!(host(b"[2001:db8::1]:443 a 200"), Some(&b"[2001:db8::1]"[..]));
}

#[test]
fn a_client_list_is_one_column() {
    let record = record(apache(COMMON), br#"10.0.0.2, 10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "-" 408 -"#);
    assert_eq!(record.client, Some(&b"10.0.0.2, 10.0.0.1"[..]));
}
