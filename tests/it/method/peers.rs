//! The mistakes of other tools, as tests (PEERS, "Their mistakes are our acceptance tests").

use super::{NGINX, counted, reported};
use crate::evidence::{Folder, get, got, joined, line, member};
use crate::json::{number, text, three};
use crate::program::{count, run};

/// Twelve hours across midnight in local time, 50 addresses. 48 of them took the object whole, 114 times in all;
/// the other requests for it were cut, refused, probes, or brought nothing.
fn midnight() -> Vec<String> {
    let mut lines = Vec::new();
    let mut at = 0i64;
    let mut say = |client: usize, request: &str, status: u16, bytes: &str| {
        // 18:00 to 06:00 in Los Angeles, 172 seconds apart.
        at += 172;
        let local = chrono::DateTime::from_timestamp(1_656_352_800 + at, 0).unwrap();
        let time = format!("{} -0700", local.format("%d/%b/%Y:%H:%M:%S"));
        lines.push(line(&format!("203.0.113.{client}"), &time, request, status, bytes));
    };
    for n in 0..114 {
        say(n % 48, "GET /data.csv", 200, "1000");
        // One request beside it that is no complete download, in turn of every kind, by all 50.
        let client = n % 50;
        match n % 8 {
            0 => say(client, "HEAD /data.csv", 200, "0"),
            1 => say(client, "GET /data.csv", 200, "400"),
            2 => say(client, "GET /data.csv", 304, "0"),
            3 => say(client, "GET /data.csv", 403, "220"),
            4 => say(client, "GET /data.csv", 206, "1"),
            5 => say(client, "POST /data.csv", 200, "1000"),
            6 => say(client, "GET /data.csv", 503, "190"),
            _ => say(client, "GET /other.csv", 200, "1000"),
        }
    }
    lines
}

#[test]
fn peers_1_a_log_across_midnight_has_114_complete_downloads_by_48_addresses() {
    let lines = midnight();
    let case = NGINX.replace("size = 100", "size = 1000");
    let answer = reported(&lines, &case);
    assert_eq!(number(&answer, "outcomes.complete"), 114);
    assert_eq!(number(&answer, "counts.complete_retrievals"), 114);
    // Cut downloads are served, but not complete.
    let cut = number(&answer, "outcomes.partial");
    assert_eq!(number(&answer, "counts.served"), 114 + cut);
    assert_eq!(cut, 15);
    // The same by the answer's own table: 48 addresses with a complete one.
    let folder = Folder::of(&lines);
    let only = ["access.log", "-r", "/data.csv", "--where", "status=200 and method=GET and bytes=1000"];
    let answer = count(folder.path(), only);
    assert_eq!(three(&answer), [114, 114, 114]);
    assert_eq!(number(&answer, "clients.ip"), 48);
}

#[test]
fn peers_2_many_bad_lines_in_a_row_do_not_end_a_file() {
    let bad = (0..100).map(|n| format!("rubbish {n}"));
    let lines: Vec<String> = (0..10)
        .map(|_| get("192.0.2.1", "10:00:00"))
        .chain(bad)
        .chain([get("192.0.2.2", "10:00:01")])
        .collect();
    let answer = counted(lines, &[]);
    assert_eq!([number(&answer, "counts.served"), number(&answer, "ledger.faults")], [11, 100]);
    assert_eq!(number(&answer, "clients.ip"), 2);
}

/// A 09:00 download written after one of 10:00 is still of 09:00.
#[test]
fn peers_3_a_line_out_of_order_keeps_its_own_time() {
    let lines = ["08:00:00", "10:00:00", "09:00:00", "11:00:00"].map(|clock| get("192.0.2.1", clock));
    let window = ["--from", "2022-06-01T08:30:00Z", "--until", "2022-06-01T09:30:00Z"];
    let answer = counted(lines, &window);
    assert_eq!(three(&answer), [1, 1, 1]);
    assert_eq!(text(&answer, "first_served_utc"), "2022-06-01T09:00:00Z");
}

#[test]
fn peers_4_the_offset_of_every_line_is_respected() {
    let times = [
        "01/Jun/2022:10:00:00 +0000",
        "01/Jun/2022:03:00:00 -0700",
        "01/Jun/2022:15:30:00 +0530",
        "02/Jun/2022:00:00:00 +1400",
    ];
    let answer = counted(times.map(|time| line("192.0.2.1", time, "GET /data.csv", 200, "9")), &[]);
    assert_eq!(
        [text(&answer, "first_served_utc"), text(&answer, "last_served_utc")],
        ["2022-06-01T10:00:00Z"; 2]
    );
    assert_eq!(number(&answer, "counts.served"), 4);
}

#[test]
fn peers_4_a_client_across_midnight_is_one_client() {
    let lines = ["31/May/2022:23:59:59 +0000", "01/Jun/2022:00:00:01 +0000"];
    let answer =
        counted(lines.map(|time| line("192.0.2.1", time, "GET /data.csv", 200, "9")), &["--window", "1d"]);
    assert_eq!(number(&answer, "clients.ip"), 1);
    assert_eq!(answer["windows"].as_array().unwrap().len(), 2);
}

/// All rows go out, however many.
#[test]
fn peers_4_files_hold_every_row_and_never_a_top_n() {
    let folder = Folder::of((0..2000).map(|n| get(&format!("host-{n}.example"), "10:00:00")));
    run(folder.path(), ["count", "access.log", "--csv", "out", "--top", "3"]).exits(0);
    let rows = |name: &str| std::fs::read_to_string(folder.at("out").join(name)).unwrap().lines().count() - 1;
    assert_eq!([rows("clients.csv"), rows("client_windows.csv"), rows("events.csv")], [2000; 3]);
}

#[test]
fn peers_5_a_line_whose_byte_count_is_a_minus_is_a_record() {
    let lines = [got("192.0.2.1", "10:00:00", 200, "-"), got("192.0.2.2", "10:00:01", 304, "-")];
    let answer = counted(lines, &[]);
    assert_eq!([number(&answer, "ledger.records"), number(&answer, "counts.requests")], [2, 2]);
}

#[test]
fn peers_5_every_member_of_a_gzip_is_read() {
    let folder = Folder::new();
    let members =
        ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map(|client| member(joined([get(client, "10:00:00")])));
    // An empty member between them, as `gzip < /dev/null` makes it.
    folder.bytes("access.log.gz", [&members[0][..], &member(""), &members[1], &members[2]].concat());
    let answer = count(folder.path(), ["access.log.gz"]);
    assert_eq!([number(&answer, "counts.served"), number(&answer, "clients.ip")], [3, 3]);
}

#[test]
fn peers_5_the_query_string_is_kept() {
    let folder =
        Folder::of([line("192.0.2.1", "01/Jun/2022:10:00:00 +0000", "GET /data.csv?id=42", 200, "9")]);
    run(folder.path(), ["count", "access.log", "--csv", "out"]).exits(0);
    assert!(std::fs::read_to_string(folder.at("out/events.csv")).unwrap().contains("/data.csv?id=42"));
}

#[test]
fn peers_5_days_without_a_request_are_listed() {
    let times = ["01/Jun/2022:10:00:00 +0000", "04/Jun/2022:10:00:00 +0000"];
    let answer =
        counted(times.map(|time| line("192.0.2.1", time, "GET /data.csv", 200, "9")), &["--window", "1d"]);
    let served: Vec<u64> =
        answer["windows"].as_array().unwrap().iter().map(|w| number(w, "served")).collect();
    assert_eq!(served, [1, 0, 0, 1]);
}

/// AWStats throws lines away that come more than two hours late.
#[test]
fn peers_6_a_line_that_comes_five_hours_late_is_counted() {
    let lines = ["10:00:00", "15:00:00", "10:00:05"].map(|clock| get("192.0.2.1", clock));
    assert_eq!(three(&counted(lines, &[])), [3, 3, 3]);
}

/// linehaul deletes a source with a bad gzip; here the rest of the run goes on.
#[test]
fn peers_8_a_bad_gzip_beside_good_files_takes_nothing_from_them() {
    let folder = Folder::of([get("192.0.2.1", "10:00:00")]);
    let mut broken = member(joined([get("192.0.2.2", "10:00:00")]));
    let last = broken.len() - 6;
    broken[last] ^= 0xff;
    folder.bytes("broken.log.gz", &broken);
    let answer = run(folder.path(), ["count", ".", "--json"]).exits(3).json();
    assert!(number(&answer, "counts.served") >= 1);
    assert_eq!(text(&answer, "sources[path=./broken.log.gz].state"), "truncated");
    // The evidence is still there, byte for byte.
    assert_eq!(std::fs::read(folder.at("broken.log.gz")).unwrap(), broken);
}
