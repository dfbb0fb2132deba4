use super::SAMPLE;
use crate::fault::FaultKind;
use crate::format::Unit;
use crate::format::tests::{self, fault, record, unit};
use crate::record::{Abort, Bytes, Record, Stamp, Zone};

fn text(of: Option<&[u8]>) -> Option<&str> {
    of.map(|bytes| std::str::from_utf8(bytes).unwrap())
}

fn changed(from: &str, to: &str) -> &'static str {
    tests::changed(SAMPLE, from, to)
}

fn read(from: &str, to: &str) -> Record<'static> {
    record("haproxy", changed(from, to))
}

#[test]
fn the_columns_of_the_manual_are_read() {
    let read = record("haproxy", SAMPLE);
    let time = Stamp { local_us: 1_386_593_986_633_000, zone: Zone::Absent };
    assert_eq!((text(read.client), read.time, read.status), (Some("192.0.2.7:39759"), time, Some(200)));
    assert_eq!((read.bytes, read.abort, text(read.method)), (Bytes::Logged(2750), Abort::Whole, Some("GET")));
    assert_eq!((text(read.target), text(read.protocol)), (Some("/a.csv?b=c"), Some("HTTP/1.1")));
    assert_eq!((read.host, read.agent, read.principal), (None, None, None));
}

#[test]
fn captured_headers_are_none_one_or_two_groups() {
    for headers in ["", "{a b|c} ", "{} {} ", "{Mozilla/5.0 (X11; Linux) #22x#22} {|||} "] {
        assert_eq!(
            text(read("{files.example.org|curl} {} ", headers).target),
            Some("/a.csv?b=c"),
            "{headers}"
        );
    }
    assert_eq!(fault("haproxy", changed("{} \"", "{} {} \"")).1, "http_request");
    assert_eq!(fault("haproxy", changed("|curl}", "|curl")).1, "captured_request_headers");
    assert_eq!(fault("haproxy", changed("|curl}", "|cu\"rl}")).1, "captured_request_headers");
}

/// METHOD M5.4.
#[test]
fn a_termination_state_tells_whether_the_transfer_was_cut() {
    for (state, wanted) in [
        ("CD--", Abort::Cut),
        ("SDNN", Abort::Cut),
        ("PDVN", Abort::Cut),
        ("RD--", Abort::Cut),
        ("ID--", Abort::Cut),
        ("KD--", Abort::Cut),
        ("cD--", Abort::Cut),
        ("sD--", Abort::Cut),
        ("DD--", Abort::Doubtful),
        ("CL--", Abort::Doubtful),
        ("--VR", Abort::Whole),
        ("SC--", Abort::Unlogged),
        ("cR--", Abort::Unlogged),
    ] {
        assert_eq!(read(" ---- ", &format!(" {state} ")).abort, wanted, "{state}");
    }
    assert_eq!(fault("haproxy", changed(" ---- ", " -- ")).1, "termination_state");
    assert_eq!(fault("haproxy", changed(" ---- ", " 4--- ")).1, "termination_state");
}

#[test]
fn a_line_written_before_the_transfer_states_neither_bytes_nor_their_end() {
    for (from, to) in [("/99 200 2750", "/+99 200 +275"), ("/99 ", "/+99 "), (" 2750 ", " +275 ")] {
        let read = read(from, to);
        assert_eq!(
            (read.bytes, read.abort, read.status),
            (Bytes::Unlogged, Abort::Unlogged, Some(200)),
            "{to}"
        );
    }
}

#[test]
fn a_retry_mark_is_no_part_of_the_number() {
    assert_eq!(read("/1/0 0/67", "/1/+3 0/67").status, Some(200));
    assert_eq!(
        fault("haproxy", changed("/1/0 0/67", "/1/x 0/67")).1,
        "actconn/feconn/beconn/srv_conn/retries"
    );
    assert_eq!(fault("haproxy", changed("/1/0 0/67", "/1 0/67")).1, "actconn/feconn/beconn/srv_conn/retries");
}

#[test]
fn a_bad_request_and_a_client_that_got_no_answer_are_requests() {
    let bad = "192.0.2.7:51940 [18/Jul/2011:17:05:24.339] www www/<NOSRV> -1/-1/-1/-1/6001 408 212 - - cR-- 100/89/0/0/0 0/0 \"<BADREQ>\"";
    let read = record("haproxy", bad);
    assert_eq!((read.status, read.bytes, read.target), (Some(408), Bytes::Logged(212), None));
    assert_eq!(text(read.request), Some("<BADREQ>"));
    let gone = "[2001:db8::1]:51940 [18/Jul/2011:17:05:24.339] www www/<NOSRV> -1/-1/-1/-1/5 -1 0 - - CR-- 1/1/0/0/0 0/0 {} \"GET /a HTTP/1.1\"";
    let read = record("haproxy", gone);
    assert_eq!(
        (read.status, read.bytes, text(read.client)),
        (None, Bytes::Logged(0), Some("[2001:db8::1]:51940"))
    );
}

#[test]
fn https_lines_have_two_columns_more() {
    let https = Box::leak(
        format!("{SAMPLE} 0/0/0/0/0 files.example.org/TLSv1.3/TLS_AES_256_GCM_SHA384").into_boxed_str(),
    );
    assert_eq!(record("haproxy", https).status, Some(200));
    for rest in [" x", " 0/0/0/0/0", " 0/0/0/0/0 a/b/c d", "x"] {
        let longer = Box::leak(format!("{SAMPLE}{rest}").into_boxed_str());
        assert!(matches!(unit("haproxy", longer), Unit::Fault(_)), "{rest}");
    }
}

#[test]
fn an_absolute_target_has_a_host() {
    assert_eq!(text(read("GET /a", "GET http://files.example.org:8080/a").host), Some("files.example.org"));
}

#[test]
fn a_request_that_syslog_cut_is_a_fault() {
    let cut = changed(" HTTP/1.1\"", "");
    let wanted = (FaultKind::Syntax, "http_request", "a closing quote; syslog may have cut the line");
    assert_eq!(fault("haproxy", cut), wanted);
    assert_eq!(fault("haproxy", changed(" \"GET /a.csv?b=c HTTP/1.1\"", "")).1, "http_request");
}

#[test]
fn what_is_no_request_is_a_directive() {
    for line in [
        "192.0.2.7:40962 [20/Sep/2018:15:44:23.285] main app/<NOSRV> -1/-1/1 212 SC 1/1/0/0/0 0/0",
        "192.0.2.7:40962 [20/Sep/2018:15:44:23.285] main app/db1 0/0/+1 +0 -- 1/1/0/0/0 0/0",
        "192.0.2.7:56224 [25/Feb/2019:16:20:10.111] www/1: SSL handshake failure",
        "Connect from 192.0.2.7:40780 to 198.51.100.9:5000 (main/HTTP)",
        "Proxy www started.",
        "Proxy www stopped (FE: 9 conns, BE: 9 conns).",
        "Server files/web1 is DOWN, reason: Layer4 timeout, check duration: 2002ms.",
        "Backup Server files/web2 is UP.",
        "backend files has no server available!",
        "Stopping frontend www in 0 ms.",
    ] {
        assert_eq!(unit("haproxy", line), Unit::Directive, "{line}");
    }
    for line in ["Proxy error: x", "Server files is new", "Connect from a to b", "backend x", ""] {
        assert!(matches!(unit("haproxy", line), Unit::Fault(_)), "{line}");
    }
}

#[test]
fn what_does_not_fit_is_named_by_its_column() {
    for (from, to, kind, field) in [
        ("09/Dec", "31/Feb", FaultKind::Time, "accept_date"),
        (".633]", "]", FaultKind::Syntax, "accept_date"),
        (" 200 ", " 2000 ", FaultKind::Status, "status_code"),
        (" 200 ", " - ", FaultKind::Status, "status_code"),
        (" 2750 ", " - ", FaultKind::Syntax, "bytes_read"),
        ("0/0/1/48/99", "0/0/1/48", FaultKind::Syntax, "timers"),
        ("files/web1", "files", FaultKind::Syntax, "backend_name/server_name"),
        (":39759", "", FaultKind::Syntax, "client_ip:client_port"),
        (" 0/67 ", " 0 ", FaultKind::Syntax, "srv_queue/backend_queue"),
    ] {
        let (was, column, _) = fault("haproxy", changed(from, to));
        assert_eq!((was, column), (kind, field), "{to}");
    }
    let common = r#"192.0.2.7 - - [09/Dec/2013:12:59:46 +0000] "GET / HTTP/1.1" 200 5"#;
    assert_eq!(fault("haproxy", common).1, "client_ip:client_port");
}
