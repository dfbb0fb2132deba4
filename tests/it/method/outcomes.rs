//! Section 5: what one response is evidence of; and section 7, whose it was.

use super::{NGINX, caveat, counted, outcomes, reported};
use crate::evidence::{from_agent, got, june, line};
use crate::json::{number, numbers, three};

/// One line, judged without knowing the server: complete is never shown.
fn judged(request: &str, status: u16, bytes: &str) -> &'static str {
    let answer = counted([line("192.0.2.1", &june("10:00:00"), request, status, bytes)], &[]);
    match outcomes(&answer) {
        [None, Some(1), Some(0), Some(0), Some(0), Some(0)] => "probable",
        [None, Some(0), Some(1), Some(0), Some(0), Some(0)] => "partial",
        [None, Some(0), Some(0), Some(0), Some(1), Some(0)] => "learned",
        [None, Some(0), Some(0), Some(0), Some(0), Some(1)] => "attempted",
        other => panic!("{other:?}"),
    }
}

#[test]
fn m5_row_2_head_not_modified_and_probes_learn() {
    assert_eq!(judged("HEAD /data.csv", 200, "-"), "learned");
    assert_eq!(judged("GET /data.csv", 304, "-"), "learned");
    assert_eq!(judged("GET /data.csv", 206, "1"), "learned");
    assert_eq!(judged("GET /data.csv", 206, "2"), "learned");
}

#[test]
fn m5_row_3_no_data_is_an_attempt() {
    for status in [204, 205, 301, 302, 400, 401, 403, 404, 416, 499, 500, 503] {
        assert_eq!(judged("GET /data.csv", status, "100"), "attempted", "{status}");
    }
    for (request, bytes) in [
        ("GET /data.csv", "0"),
        // M5.3: in the combined family `-` is zero.
        ("GET /data.csv", "-"),
        ("POST /data.csv", "100"),
        ("OPTIONS /data.csv", "100"),
        ("get /data.csv", "100"),
    ] {
        assert_eq!(judged(request, 200, bytes), "attempted", "{request} {bytes}");
    }
}

#[test]
fn m5_rows_5_and_7_a_206_is_a_part_and_any_other_2xx_probable() {
    assert_eq!(judged("GET /data.csv", 206, "3"), "partial");
    for status in [200, 201, 202, 203, 207, 299] {
        assert_eq!(judged("GET /data.csv", status, "100"), "probable", "{status}");
    }
}

#[test]
fn m5_row_6_body_bytes_of_nginx_prove_complete_or_partial() {
    let lines = ["99", "100", "101"].map(|bytes| got("192.0.2.1", "10:00:00", 200, bytes));
    let answer = reported(lines, NGINX);
    assert_eq!(outcomes(&answer), [Some(2), Some(0), Some(1), Some(0), Some(0), Some(0)]);
    assert_eq!(number(&answer, "counts.complete_retrievals"), 2);
    assert_eq!(number(&answer, "counts.completeness_unknown"), 0);
    assert_eq!(number(&answer, "bytes_served.body_written"), 300);
}

/// The size of the planned body proves nothing: `%b` is what Apache meant to send.
#[test]
fn m5_row_6_planned_bytes_of_apache_prove_nothing() {
    let lines = ["99", "100"].map(|bytes| got("192.0.2.1", "10:00:00", 200, bytes));
    let answer = reported(lines, &NGINX.replace("nginx", "apache"));
    assert_eq!(outcomes(&answer), [None, Some(2), Some(0), Some(0), Some(0), Some(0)]);
    assert_eq!(number(&answer, "bytes_served.body_planned"), 199);
    assert_eq!(number(&answer, "counts.completeness_unknown"), 2);
}

/// Wire bytes hold the headers: fewer than the size prove a cut, more prove nothing.
#[test]
fn m5_row_6_wire_bytes_prove_a_cut_only() {
    let format = r#"apache:%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i""#;
    let lines = ["99", "100", "400"].map(|bytes| got("192.0.2.1", "10:00:00", 200, bytes));
    let case = NGINX.replace("server = \"nginx\"", &format!("format = '{format}'"));
    let answer = reported(lines, &case);
    assert_eq!(outcomes(&answer), [None, Some(2), Some(1), Some(0), Some(0), Some(0)]);
    assert_eq!(number(&answer, "bytes_served.wire_written"), 599);
}

/// METHOD M5.4: Apache's `%X` and nginx's `$request_completion`.
#[test]
fn m5_row_4_an_abort_mark_makes_a_part() {
    let marked = |mark: &str, bytes: &str, status: u16| {
        let line = format!(
            "192.0.2.1 [01/Jun/2022:10:00:00 +0000] \"GET /data.csv HTTP/1.1\" {status} {bytes} {mark}"
        );
        let answer = counted([line], &["--format", r#"apache:%h %t "%r" %>s %b %X"#]);
        outcomes(&answer)
    };
    let [partial, probable, attempted] = [2, 1, 5].map(|at: usize| {
        let mut wanted = [None, Some(0), Some(0), Some(0), Some(0), Some(0)];
        wanted[at] = Some(1);
        wanted
    });
    assert_eq!(marked("X", "50", 200), partial);
    assert_eq!(marked("+", "50", 200), probable);
    assert_eq!(marked("-", "50", 200), probable);
    assert_eq!(marked("X", "-", 200), attempted);
    assert_eq!(marked("X", "50", 404), attempted);
    let nginx = |completion: &str, status: u16| {
        let line = format!(
            "192.0.2.1 [01/Jun/2022:10:00:00 +0000] \"GET /data.csv HTTP/1.1\" {status} 50 \"{completion}\""
        );
        let format =
            r#"nginx:$remote_addr [$time_local] "$request" $status $body_bytes_sent "$request_completion""#;
        outcomes(&counted([line], &["--format", format]))[2]
    };
    assert_eq!([nginx("", 200), nginx("", 499), nginx("OK", 200)], [Some(1), Some(1), Some(0)]);
}

#[test]
fn m5_5_what_a_format_cannot_show_is_null_and_never_zero() {
    let answer = counted([got("192.0.2.1", "10:00:00", 200, "100")], &[]);
    for path in ["counts.complete_retrievals", "outcomes.complete", "resources[0].complete_retrievals"] {
        assert!(crate::json::at(&answer, path).unwrap().is_null(), "{path}");
    }
    assert_eq!(number(&answer, "counts.completeness_unknown"), 1);
    let screen = crate::program::run(
        crate::evidence::Folder::of([got("192.0.2.1", "10:00:00", 200, "100")]).path(),
        ["count", "access.log"],
    );
    assert!(screen.text().contains("this format can't show it"), "{}", screen.text());
}

/// nginx logs show the bytes of the body; without a size to hold them against they show nothing.
#[test]
fn m5_5_nginx_without_a_known_size_cannot_show_completeness() {
    let answer = reported([got("192.0.2.1", "10:00:00", 200, "100")], &NGINX.replace("size = 100\n", ""));
    assert_eq!(number(&answer, "outcomes.probable"), 1);
    let null = answer["outcomes"]["complete"].is_null() && answer["counts"]["complete_retrievals"].is_null();
    super::holds_or_is_a_told_limit(null, "nginx logs without a known size show 0 complete retrievals");
}

#[test]
fn m5_6_data_that_went_to_other_methods_stands_beside_the_figure() {
    let at = june("10:00:00");
    let lines = [
        line("192.0.2.1", &at, "GET /data.csv", 200, "1000"),
        line("192.0.2.1", &at, "POST /data.csv", 200, "2000"),
        line("192.0.2.2", &at, "POST /data.csv", 201, "3000"),
        line("192.0.2.3", &at, "POST /data.csv", 200, "0"),
        line("192.0.2.4", &at, "POST /data.csv", 403, "10"),
        line("192.0.2.5", &at, "HEAD /data.csv", 200, "10"),
    ];
    let answer = counted(&lines, &[]);
    assert_eq!(three(&answer), [6, 1, 1]);
    // "2 responses 2xx with 5,000 bytes …; with them the figures would be 3 served by 2 addresses."
    assert_eq!(numbers(caveat(&answer, "CNT-11").unwrap()), [2, 2, 5000, 3, 2]);
    assert_eq!(caveat(&counted(&lines[..1], &[]), "CNT-11"), None);
    let folder = crate::evidence::Folder::of(&lines);
    let screen = crate::program::run(folder.path(), ["count", "access.log", "-r", "/data.csv"]);
    let first_screen: Vec<&str> = screen.text().lines().take(24).collect();
    assert!(first_screen.iter().any(|l| l.contains("CNT-11")), "{first_screen:?}");
}

// ------------------------------------------------------------------------------------------------ known parties

const PARTIES: &str = "[[source]]\nname = \"web\"\npaths = [\"access.log\"]\n\
    [[resource]]\nname = \"data\"\nmatch = [\"/data.csv\"]\n\
    [[party]]\nname = \"Office\"\nkind = \"staff\"\nnetworks = [\"198.51.100.0/24\"]\nprincipals = ['DOJ\\*']\nagents = [\"Staff/*\"]\n\
    [[party]]\nname = \"Neighbours\"\nkind = \"agency\"\nnetworks = [\"198.51.100.0/25\", \"192.0.2.0/24\"]\n\
    [[party]]\nname = \"Crawler\"\nkind = \"robot\"\nagents = [\"*bot*\"]\n";

#[test]
fn m7_1_each_served_event_has_one_party_the_first_in_case_order() {
    let at = june("10:00:00");
    let from = |client: &str, agent: &str| from_agent(client, &at, "GET /data.csv", 200, "10", agent);
    let login = from("203.0.113.1", "x").replace(" - - [", " - DOJ\\\\jane [");
    let lines = [
        // In both networks: the first party of the case.
        from("198.51.100.1", "x"),
        from("192.0.2.1", "x"),
        // An agent alone is no evidence of staff, and is of a robot.
        from("203.0.113.2", "Staff/1.0"),
        from("203.0.113.3", "a bot b"),
        login,
        line("198.51.100.2", &at, "GET /data.csv", 404, "10"),
    ];
    let answer = reported(lines, PARTIES);
    let served: Vec<_> = answer["parties"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["name"].as_str().unwrap(), number(p, "served")))
        .collect();
    assert_eq!(served, [("Office", 2), ("Neighbours", 1), ("Crawler", 1), ("unattributed", 1)]);
    assert_eq!(number(&answer, "counts.served"), 5);
}

#[test]
fn m7_1_an_agent_is_evidence_of_staff_only_where_the_case_says_so() {
    let line = from_agent("203.0.113.2", &june("10:00:00"), "GET /data.csv", 200, "10", "Staff/1.0");
    let said = PARTIES.replace("agents = [\"Staff/*\"]", "agents = [\"Staff/*\"]\nagent_is_evidence = true");
    let office = |case: &str| number(&reported([&line], case), "parties[name=Office].served");
    assert_eq!([office(PARTIES), office(&said)], [0, 1]);
}
