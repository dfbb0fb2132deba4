//! Real logs, column by column: the parsers alone on every file of the web-server families; records, faults and what
//! the templates of configuration files read are pinned.

use accesstrail_parsers::config::{Declared, log_formats};
use accesstrail_parsers::fault::{Fault, FaultKind};
use accesstrail_parsers::format::{Family, Format, Server, Unit, catalogue, named, parse_any};
use accesstrail_parsers::framing::{is_blank, lines};
use accesstrail_parsers::record::{Bytes, Record, Zone};
use accesstrail_parsers::sniff::sniff;
use accesstrail_parsers::token::time::TimeCache;
use std::sync::Arc;

use crate::corpus::corpus_dir;

/// Records, directives, blank lines, faults.
type Counts = [usize; 4];

struct Read {
    counts: Counts,
    /// 1-based line, kind, column, offset in the line.
    faults: Vec<(usize, FaultKind, String, usize)>,
}

fn read(bytes: &[u8], formats: &[Arc<dyn Format>]) -> Read {
    let mut found = Read { counts: [0; 4], faults: Vec::new() };
    let mut cache = TimeCache::default();
    for line in lines(bytes) {
        if is_blank(line.bytes) {
            found.counts[2] += 1;
            continue;
        }
        match parse_any(formats, line.bytes, &mut cache).1 {
            Unit::Record(_) => found.counts[0] += 1,
            Unit::Directive => found.counts[1] += 1,
            Unit::Fault(Fault { kind, field, offset, .. }) => {
                found.counts[3] += 1;
                found.faults.push((line.index + 1, kind, field.to_owned(), offset));
            }
        }
    }
    found
}

const AUTO: [(&str, Counts); 40] = [
    ("apache_combined/Ironholds+webreadr/inst/extdata/combined_log.clf", [12, 0, 0, 0]),
    ("apache_combined/elastic+examples/Common Data Formats/apache_logs/apache_logs", [9999, 0, 0, 1]),
    ("apache_combined/log2timeline+plaso/test_data/apache_access.log", [14, 0, 0, 1]),
    ("apache_combined/logstash-plugins+logstash-patterns-core/extracted/httpd_spec.lines.log", [3, 8, 0, 0]),
    ("apache_combined/ruflin+beats/filebeat/module/apache/access/test/darwin-2.4.23.log", [6, 0, 0, 0]),
    ("apache_combined/ruflin+beats/filebeat/module/apache/access/test/ssl-request.log", [2, 0, 0, 0]),
    ("apache_combined/ruflin+beats/filebeat/module/apache/access/test/test-vhost.log", [1, 0, 0, 0]),
    ("apache_combined/ruflin+beats/filebeat/module/apache/access/test/test.log", [7, 0, 0, 0]),
    ("apache_combined/ruflin+beats/filebeat/module/apache/access/test/ubuntu-2.2.22.log", [9, 0, 0, 0]),
    ("apache_combined/tstack+lnav/test/logfile_access_log.0", [3, 0, 0, 0]),
    ("apache_combined/tstack+lnav/test/logfile_access_log.1", [1, 0, 0, 0]),
    ("apache_combined/tstack+lnav/test/logfile_bad_access_log.0", [2, 0, 0, 1]),
    ("apache_combined/tstack+lnav/test/logfile_regexp_access_log.0", [2, 0, 0, 0]),
    // No access logs: lnav's files of syslog and free text.
    ("apache_combined/tstack+lnav/test/logfile_rollover.0", [0, 0, 0, 6]),
    ("apache_combined/tstack+lnav/test/logfile_rollover.1", [0, 0, 0, 5]),
    ("apache_combined/tstack+lnav/test/logfile_rollover.2", [0, 0, 0, 375]),
    ("apache_combined/wvanbergen+request-log-analyzer/spec/fixtures/apache_combined.log", [5, 0, 0, 0]),
    ("apache_common/Ironholds+webreadr/inst/extdata/log.clf", [2, 0, 0, 0]),
    ("apache_common/wvanbergen+request-log-analyzer/spec/fixtures/apache_common.log", [10, 0, 0, 0]),
    ("apache_error/ruflin+beats/filebeat/module/apache/error/test/darwin-2.4.23.log", [0, 2, 0, 0]),
    ("apache_error/ruflin+beats/filebeat/module/apache/error/test/test.log", [0, 4, 0, 0]),
    ("apache_error/ruflin+beats/filebeat/module/apache/error/test/ubuntu-2.2.22.log", [0, 7, 0, 0]),
    ("k8s_ingress_nginx/ruflin+beats/filebeat/module/nginx/ingress_controller/test/test.log", [24, 0, 0, 0]),
    ("ncsa_large/nielsbasjes+logparser/examples/demolog/hackers-access.log", [3456, 0, 0, 0]),
    (
        "ncsa_large/nielsbasjes+logparser/httpdlog/httpdlog-inputformat/src/test/resources/access.log",
        [1, 0, 0, 0],
    ),
    ("nginx_combined_extended/ruflin+beats/filebeat/module/nginx/access/test/access.log", [14, 0, 0, 0]),
    (
        "nginx_combined_extended/ruflin+beats/filebeat/module/nginx/access/test/test-with-host.log",
        [10, 0, 0, 0],
    ),
    ("nginx_combined_extended/ruflin+beats/filebeat/module/nginx/access/test/test.log", [10, 0, 1, 0]),
    ("nginx_combined_extended/tstack+lnav/test/logfile_shop_access_log.0", [1000, 0, 0, 0]),
    // Two lines are the second and third of one message; they have no form of their own.
    ("nginx_error/ruflin+beats/filebeat/module/nginx/error/test/error.log", [0, 4, 0, 2]),
    ("tableau_server/tableau+Logshark/extracted/ApachePluginTests.lines.log", [15, 0, 0, 0]),
    ("apache_directives/saygox+duckdb-httpd-log/test/data/common/with_errors.log", [3, 0, 0, 2]),
    ("apache_directives/saygox+duckdb-httpd-log/test/data/combined/combined_with_errors.log", [3, 0, 0, 2]),
    ("apache_directives/saygox+duckdb-httpd-log/test/data/edge_cases/malformed.log", [2, 0, 0, 3]),
    ("apache_directives/saygox+duckdb-httpd-log/test/data/edge_cases/special_chars.log", [3, 0, 0, 0]),
    ("apache_directives/saygox+duckdb-httpd-log/test/data/common/sample.log", [6, 0, 0, 0]),
    ("apache_directives/saygox+duckdb-httpd-log/test/data/combined/combined.log", [6, 0, 0, 0]),
    ("apache_directives/saygox+duckdb-httpd-log/test/data/multi_file/server1.log", [2, 0, 0, 0]),
    ("apache_directives/saygox+duckdb-httpd-log/test/data/multi_file/server2.log", [2, 0, 0, 0]),
    ("apache_directives/saygox+duckdb-httpd-log/test/data/multi_file/server3.log", [2, 0, 0, 0]),
];

/// METHOD M1.2, M1.4: every line is a record, a directive, blank, or a fault with a reason.
#[test]
fn every_file_of_the_families_has_its_counts() {
    let Some(corpus) = corpus_dir("counts of 40 real and synthetic files") else { return };
    let mut wrong = Vec::new();
    for (path, wanted) in AUTO {
        let bytes = std::fs::read(corpus.join(path)).unwrap();
        let found = read(&bytes, &sniff(&bytes, None).formats);
        assert_eq!(found.counts.iter().sum::<usize>(), lines(&bytes).count(), "{path}");
        if found.counts != wanted {
            wrong.push((path, found.counts, wanted));
        }
        for server in [Server::Apache, Server::Nginx] {
            let declared = read(&bytes, &sniff(&bytes, Some(server)).formats);
            // lnav's lines have an identd name, which nginx never writes.
            let other = path.ends_with("logfile_regexp_access_log.0") && server == Server::Nginx;
            let wanted = if other { [0, 0, 0, 2] } else { wanted };
            assert_eq!(declared.counts, wanted, "{path} with {server:?}");
        }
    }
    assert_eq!(wrong, []);
}

#[test]
fn no_real_line_is_read_by_two_sniffed_shapes() {
    let Some(corpus) = corpus_dir("that shapes exclude each other") else { return };
    let formats: Vec<Arc<dyn Format>> = catalogue()
        .iter()
        .filter(|entry| entry.sniffed)
        .map(|entry| named(entry.name, None).unwrap())
        .collect();
    let mut cache = TimeCache::default();
    for (path, _) in AUTO {
        let bytes = std::fs::read(corpus.join(path)).unwrap();
        for line in lines(&bytes).filter(|line| !is_blank(line.bytes)) {
            let mut reads =
                formats.iter().filter(|f| !matches!(f.parse(line.bytes, &mut cache), Unit::Fault(_)));
            let (first, second) = (reads.next(), reads.next());
            assert!(second.is_none(), "{path}:{}: {:?} {:?}", line.index + 1, first, second);
        }
    }
}

fn faults(corpus: &std::path::Path, path: &str) -> Vec<(usize, FaultKind, String, usize)> {
    let bytes = std::fs::read(corpus.join(path)).unwrap();
    read(&bytes, &sniff(&bytes, None).formats).faults
}

#[test]
fn the_one_cut_line_of_ten_thousand_is_the_one_fault() {
    let Some(corpus) = corpus_dir("the cut line 8899 of elastic's apache_logs") else { return };
    let found =
        faults(&corpus, "apache_combined/elastic+examples/Common Data Formats/apache_logs/apache_logs");
    assert_eq!(found, [(8899, FaultKind::Syntax, "%{User-Agent}i".to_owned(), 111)]);
}

#[test]
fn a_line_without_identd_and_login_is_a_fault_at_the_identd_column() {
    let Some(corpus) = corpus_dir("the missing columns of lnav's bad_access_log") else { return };
    let found = faults(&corpus, "apache_combined/tstack+lnav/test/logfile_bad_access_log.0");
    assert_eq!(found, [(2, FaultKind::Syntax, "%l".to_owned(), 16)]);
}

/// Reads a file with formats, or what is sniffed where there are none, and hands every record on.
fn each(bytes: &[u8], formats: &[Arc<dyn Format>], mut see: impl FnMut(usize, &Record<'_>)) {
    let mut cache = TimeCache::default();
    for line in lines(bytes).filter(|line| !is_blank(line.bytes)) {
        if let (_, Unit::Record(record)) = parse_any(formats, line.bytes, &mut cache) {
            see(line.index + 1, &record);
        }
    }
}

fn text(field: Option<&[u8]>) -> String {
    field.map_or_else(|| "-".to_owned(), |bytes| bytes.escape_ascii().to_string())
}

/// FORMATS 0.5, 2: host first, client as list, the forwarded header before the address.
#[test]
fn hosts_clients_and_forwarded_lists_are_told_apart() {
    let Some(corpus) = corpus_dir("host-first nginx logs") else { return };
    let path = "nginx_combined_extended/ruflin+beats/filebeat/module/nginx/access/test/test-with-host.log";
    let bytes = std::fs::read(corpus.join(path)).unwrap();
    let mut found = Vec::new();
    each(&bytes, &sniff(&bytes, None).formats, |_, record| {
        let forwarded = record.x_forwarded_for.map_or(0, |list| list.split(|byte| *byte == b',').count());
        found.push((text(record.host), text(record.client), forwarded));
    });
    let row = |host: &str, client: &str, forwarded| (host.to_owned(), client.to_owned(), forwarded);
    let wanted = [
        row("example.com", "10.0.0.2, 10.0.0.1, 127.0.0.1", 0),
        row("example.com", "172.17.0.1", 0),
        row("example.com", "10.0.0.2, 10.0.0.1, 85.181.35.98", 0),
        row("example.com", "85.181.35.98", 0),
        row("example.com", "10.2.1.185", 3),
        row("1.2.3.4", "10.2.2.121", 2),
        row("1.2.3.4", "127.0.0.1", 0),
        row("example.com", "unix:", 0),
        row("1.2.3.4", "localhost", 0),
        row("example.com", "localhost, localhost", 0),
    ];
    assert_eq!(found, wanted);
}

/// FORMATS 11: generations, zone names, host and client columns, requests without a method.
#[test]
fn tableau_lines_of_all_generations_have_client_zone_and_target() {
    let Some(corpus) = corpus_dir("Tableau's gateway lines") else { return };
    let path = "tableau_server/tableau+Logshark/extracted/ApachePluginTests.lines.log";
    let bytes = std::fs::read(corpus.join(path)).unwrap();
    let mut found = Vec::new();
    each(&bytes, &sniff(&bytes, None).formats, |line, record| {
        let zone = match record.time.zone {
            Zone::Offset(seconds) => seconds.to_string(),
            Zone::Name(name) => text(Some(name)),
            Zone::Absent => "absent".to_owned(),
        };
        assert_eq!(record.time.local_us % 1000, 0);
        found.push((line, text(record.client), zone, text(record.method), text(record.request_id)));
    });
    let pick = |line: usize| found.iter().find(|row| row.0 == line).cloned().unwrap();
    let row = |line, a: &str, b: &str, c: &str, d: &str| {
        (line, a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned())
    };
    assert_eq!(pick(1), row(1, "10.55.555.555", "-25200", "POST", "YNul@aDcsiH97so8z7I@CAAAAMU"));
    assert_eq!(pick(4), row(4, "::1", "Pacific Daylight Time", "POST", "XZbXzBPVoXiKAmfcaR4JPAAAAUM"));
    assert_eq!(pick(9), row(9, "127.0.0.1", "GMT Daylight Time", "-", "WvMOzgKIhfzh9kFWO@ow2gAAA1Y"));
    assert_eq!(
        pick(13),
        row(13, "127.0.0.1", "E. Australia Standard Time", "HEAD", "VVkueAr1Ay4AAEQENzQAAAJO")
    );
    assert_eq!(pick(14), row(14, "45.56.79.13", "0", "-", "-"));
    assert_eq!(sniff(&bytes, None).family, Some(Family::TABLEAU));
}

#[test]
fn raw_quotes_logins_and_mixed_shapes_of_plaso_are_read() {
    let Some(corpus) = corpus_dir("plaso's apache_access.log") else { return };
    let bytes =
        std::fs::read(corpus.join("apache_combined/log2timeline+plaso/test_data/apache_access.log")).unwrap();
    let mut found = Vec::new();
    each(&bytes, &sniff(&bytes, None).formats, |line, record| {
        found.push((line, text(record.target), text(record.principal), text(record.host), record.bytes));
    });
    let at = |line: usize| found.iter().find(|row| row.0 == line).cloned().unwrap();
    assert_eq!(at(7).4, Bytes::Logged(0));
    assert_eq!(at(9).3, "plaso.log2timeline.net");
    assert!(at(13).1.ends_with("<script>alert(\\\"text\\\")</script>"));
    assert!(at(14).1.ends_with("/actionChain1.action"));
    assert_eq!(at(15).2, "pyllyukko@EXAMPLE.COM");
    assert!(found.iter().all(|row| row.0 != 8), "line 8 is cut in its user agent");
}

/// Each file of `apache_directives/…/directives` with the template its name and columns show.
const DIRECTIVES: [(&str, &str, Counts); 46] = [
    ("all_pairs", r#"%h %v %V %t "%r" %>s %s %b %B"#, [1, 0, 0, 0]),
    ("bytes_b_and_B", r#"%h %l %u %t "%r" %>s %b %B"#, [3, 0, 0, 0]),
    ("bytes_both", r#"%h %t "%r" %>s %b %B"#, [1, 0, 0, 0]),
    ("bytes_with_dash", r#"%h %l %u %t "%r" %>s %b"#, [3, 0, 0, 0]),
    ("bytes_with_zero", r#"%h %l %u %t "%r" %>s %B"#, [3, 0, 0, 0]),
    ("collision_test", "%h %{X}C %{X}e %{X}n %{X}^ti %{X}^to %{X}i %{X}o", [2, 0, 0, 0]),
    ("cookie_env_note", "%h %{session}C", [2, 0, 0, 0]),
    ("duration", r#"%h %l %u %t "%r" %>s %b %D"#, [3, 0, 0, 0]),
    ("duration_both", r#"%h %l %u %t "%r" %>s %b %D %T"#, [3, 0, 0, 0]),
    ("duration_sec", r#"%h %l %u %t "%r" %>s %b %T"#, [3, 0, 0, 0]),
    ("duration_unit", r#"%h %l %u %t "%r" %>s %b %{ms}T"#, [3, 0, 0, 0]),
    ("filename_logid", "%h %f %L", [3, 0, 0, 0]),
    ("handler", "%h %R", [4, 0, 0, 0]),
    ("header_collision", r#"%h %l %u %t "%r" %>s %b %{Content-Length}o"#, [3, 0, 0, 0]),
    ("hostname", r#"%h %A %t "%r" %>s %b"#, [1, 0, 0, 0]),
    ("ip_address", r#"%a %A %{c}a %t "%r" %>s %b"#, [2, 0, 0, 0]),
    ("logio", "%h %I %O %S", [3, 0, 0, 0]),
    ("original_final", r#"%h %l %u %t "%<r" %>s %b"#, [3, 0, 0, 0]),
    ("peer_ip", r#"%a %{c}a %t "%r" %>s %b"#, [1, 0, 0, 0]),
    ("port", "%h %p %{local}p %{remote}p", [2, 0, 0, 0]),
    ("process_thread", "%h %P %{tid}P %{hextid}P %k %X", [3, 0, 0, 0]),
    ("query_string", r#"%h %l %u %t "%m %U%q %H" %>s %b"#, [3, 0, 0, 0]),
    ("redirect", r#"%h %t "%r" %>s %b %s"#, [1, 0, 0, 0]),
    ("request_collision", r#"%h %l %u %t "%r" %>s %b %m %U %q %H"#, [2, 0, 0, 0]),
    ("server_V_directive", r#"%h %V %t "%r" %>s %b"#, [1, 0, 0, 0]),
    ("server_both", r#"%h %v %V %t "%r" %>s %b"#, [1, 0, 0, 0]),
    ("server_v_only", r#"%h %v %t "%r" %>s %b"#, [1, 0, 0, 0]),
    ("status_both", r#"%h %t "%r" %>s %b %s"#, [1, 0, 0, 0]),
    ("status_condition", "%h %t %>s %200,500{User-Agent}i %!404,500{Referer}i", [3, 0, 0, 0]),
    ("status_gt_s_only", r#"%h %l %u %t "%r" %>s %b"#, [1, 0, 0, 0]),
    ("status_s_only", r#"%h %l %u %t "%r" %s %b"#, [1, 0, 0, 0]),
    ("timestamp_combined", "%h %{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t", [2, 0, 0, 0]),
    ("timestamp_frac", "%h %l %u %t %{msec_frac}t", [2, 0, 0, 0]),
    ("timestamp_msec", "%h %{msec}t", [2, 0, 0, 0]),
    ("timestamp_sec", "%h %{sec}t", [3, 0, 0, 0]),
    ("timestamp_strftime", "%h %{%Y-%m-%d %H:%M:%S}t", [2, 0, 0, 0]),
    ("timestamp_strftime_tz", "%h %{%d/%b/%Y %T %z}t", [2, 0, 0, 0]),
    ("timestamp_usec", "%h %{usec}t", [2, 0, 0, 0]),
    ("timestamp_usec_frac", "%h %l %u %t %{usec_frac}t", [2, 0, 0, 0]),
    ("typed_headers", r#"%h %l %u %t "%r" %>s %b %{Age}o"#, [3, 0, 0, 0]),
    ("typed_headers_edge_cases", r#"%h %l %u %t "%r" %>s %{X-Number}i"#, [4, 0, 0, 0]),
    ("typed_headers_mixed", r#"%h %l %u %t "%r" %>s %b %{X-A}i %{Age}o"#, [3, 0, 0, 0]),
    ("typed_headers_request", r#"%h %l %u %t "%r" %>s %{Max-Forwards}i"#, [3, 0, 0, 0]),
    (
        "../timestamp_begin_end/begin_end",
        r#"%h %{begin:%d/%b/%Y:%H:%M:%S %z}t %{end:%d/%b/%Y:%H:%M:%S %z}t "%r" %>s"#,
        [3, 0, 0, 0],
    ),
    ("../edge_cases/special_chars", r#"%h %l %u %t "%r" %>s %b"#, [3, 0, 0, 0]),
    ("../common/empty", r#"%h %l %u %t "%r" %>s %b"#, [0, 0, 0, 0]),
];

#[test]
fn synthetic_directive_files_are_read_by_their_templates() {
    let Some(corpus) = corpus_dir("46 files of one LogFormat each") else { return };
    let dir = corpus.join("apache_directives/saygox+duckdb-httpd-log/test/data/directives");
    for (name, template, wanted) in DIRECTIVES {
        let bytes = std::fs::read(dir.join(format!("{name}.log"))).unwrap();
        let found = read(&bytes, &[named(&format!("apache:{template}"), None).unwrap()]);
        assert_eq!(found.counts, wanted, "{name} {:?}", found.faults);
    }
}

#[test]
fn synthetic_times_have_the_values_written() {
    let Some(corpus) = corpus_dir("values of synthetic times") else { return };
    let dir = corpus.join("apache_directives/saygox+duckdb-httpd-log/test/data/directives");
    let times = |name: &str| {
        let template = DIRECTIVES.iter().find(|row| row.0 == name).unwrap().1;
        let bytes = std::fs::read(dir.join(format!("{name}.log"))).unwrap();
        let mut found = Vec::new();
        each(&bytes, &[named(&format!("apache:{template}"), None).unwrap()], |_, record| {
            found.push(record.time.local_us);
        });
        found
    };
    assert_eq!(times("timestamp_combined"), [1_609_509_336_123_000, 1_640_995_199_999_000]);
    assert_eq!(times("timestamp_usec_frac"), [1_609_509_336_123_456, 1_609_509_336_654_321]);
    assert_eq!(times("timestamp_usec"), [1_609_459_200_000_000, 1_609_459_200_123_456]);
    assert_eq!(times("timestamp_sec"), [1_609_459_200_000_000, 0, 1_735_574_400_000_000]);
    assert_eq!(times("../timestamp_begin_end/begin_end")[1], 1_705_305_602_000_000);
}

#[test]
fn declared_templates_of_a_httpd_conf_are_found() {
    let Some(corpus) = corpus_dir("LogFormats of httpd.conf") else { return };
    let path = "apache_directives/saygox+duckdb-httpd-log/test/data/conf/httpd.conf";
    let declared = log_formats(&std::fs::read_to_string(corpus.join(path)).unwrap());
    let found: Vec<_> =
        declared.iter().map(|d| (d.line, d.nickname.as_deref(), d.template.as_str())).collect();
    let wanted = [
        (4, Some("common"), r#"%h %l %u %t "%r" %>s %b"#),
        (5, Some("combined"), r#"%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i""#),
        (8, None, r#"%h %l %u %t "%r" %>s %b"#),
        (14, None, r#"%h %l %u %t "%r" %>s"#),
        (26, Some("continuation_test"), r#"%h %l %u %t "%r" %>s %b"#),
        (31, Some("common"), r#"%v %h %l %u %t "%r" %>s %b"#),
    ];
    assert_eq!(found, wanted);
    assert!(declared.iter().all(|d| named(&format!("apache:{}", d.template), None).is_ok()));
}

#[test]
fn the_logformats_of_a_tableau_server_compile_and_read_its_lines() {
    let Some(corpus) = corpus_dir("LogFormats of a Tableau 10.5 server") else { return };
    let path = "tableau_server/tableau+Logshark/unpacked_logs_clean_tabadmin/httpd/httpd.conf.logformat.txt";
    let grep = std::fs::read_to_string(corpus.join(path)).unwrap();
    let text: String =
        grep.lines().filter_map(|line| line.split_once(':')).map(|(_, line)| format!("{line}\n")).collect();
    let declared: Vec<Declared> = log_formats(&text);
    let nicknames: Vec<_> = declared.iter().filter_map(|d| d.nickname.as_deref()).collect();
    assert_eq!(nicknames, ["combined", "common", "balancer", "combinedio"]);
    let formats: Vec<_> =
        declared.iter().map(|d| named(&format!("apache:{}", d.template), None).unwrap()).collect();
    let lines = "tableau_server/tableau+Logshark/extracted/ApachePluginTests.lines.log";
    let bytes = std::fs::read(corpus.join(lines)).unwrap();
    assert_eq!(read(&bytes, &formats).counts, [4, 0, 0, 11]);
}
