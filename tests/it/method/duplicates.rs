//! M6.6 to M6.9: what is there twice, and what must not be added.

use crate::evidence::{Folder, get, joined, line, member};
use crate::json::{at, number, text};
use crate::program::{count, run};

/// `n` lines, a second apart, of three clients.
fn lines(from: usize, until: usize) -> Vec<String> {
    (from..until)
        .map(|n| {
            get(
                &format!("192.0.2.{}", n % 3),
                &format!("{:02}:{:02}:{:02}", 10 + n / 3600, n / 60 % 60, n % 60),
            )
        })
        .collect()
}

fn duplicates(folder: &Folder) -> [u64; 4] {
    let answer = count(folder.path(), ["."]);
    ["ledger.files", "ledger.duplicate_files", "ledger.duplicate_records", "counts.served"]
        .map(|path| number(&answer, path))
}

/// PEERS 4: the same file twice is not double.
#[test]
fn m6_6_a_copy_under_another_name_or_compressed_is_not_counted_again() {
    let folder = Folder::new();
    folder.lines("access.log", lines(0, 50));
    folder.lines("backup/copy.log", lines(0, 50));
    folder.bytes("access.log.gz", member(joined(lines(0, 50))));
    assert_eq!(duplicates(&folder), [3, 2, 0, 50]);
    let answer = count(folder.path(), ["."]);
    let states: Vec<&str> =
        answer["sources"].as_array().unwrap().iter().map(|s| s["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["read", "duplicate", "duplicate"]);
    assert_eq!(number(&answer, "ledger.lines"), 50);
    assert!(text(&answer, "findings[id=duplicate-file].text").contains("same content"));
}

#[test]
fn m6_6_two_empty_files_are_no_duplicates() {
    let folder = Folder::new();
    folder.lines("access.log", lines(0, 2));
    folder.bytes("a.log", "");
    folder.bytes("b.log", "");
    assert_eq!(duplicates(&folder), [3, 0, 0, 2]);
}

/// PEERS 3: a second file with an equal beginning is not hidden, and not counted twice.
#[test]
fn m6_7_sixteen_shared_lines_of_rotated_files_are_counted_once_and_fifteen_stay() {
    for (shared, removed) in [(15, 0), (16, 16), (40, 40)] {
        let folder = Folder::new();
        folder.lines("access.log.1", lines(0, 100));
        folder.lines("access.log", lines(100 - shared, 200));
        let total = 200 + shared as u64;
        assert_eq!(duplicates(&folder), [2, 0, removed, total - removed], "{shared} shared lines");
    }
}

#[test]
fn m6_7_a_shared_run_of_one_client_or_of_one_second_stays() {
    let one_client = |from: usize, until: usize| -> Vec<String> {
        (from..until).map(|n| get("192.0.2.1", &format!("10:{:02}:{:02}", n / 60, n % 60))).collect()
    };
    let folder = Folder::new();
    folder.lines("access.log.1", one_client(0, 100));
    folder.lines("access.log", one_client(80, 200));
    assert_eq!(duplicates(&folder), [2, 0, 0, 220]);
    let one_second = |from: usize, until: usize| -> Vec<String> {
        (from..until)
            .map(|n| line(&format!("192.0.2.{n}"), "01/Jun/2022:10:00:00 +0000", "GET /data.csv", 200, "9"))
            .collect()
    };
    let folder = Folder::new();
    folder.lines("access.log.1", one_second(0, 100));
    folder.lines("access.log", one_second(80, 200));
    assert_eq!(duplicates(&folder), [2, 0, 0, 220]);
}

#[test]
fn m6_7_a_file_contained_in_another_needs_no_least_length() {
    let folder = Folder::new();
    folder.lines("access.log", lines(0, 100));
    folder.lines("excerpt.log", lines(40, 43));
    assert_eq!(duplicates(&folder), [2, 0, 3, 100]);
    let answer = count(folder.path(), ["."]);
    assert_eq!(text(&answer, "findings[id=overlap].source"), "./excerpt.log");
}

#[test]
fn m6_7_an_overlap_of_a_compressed_and_a_plain_file_is_one_too() {
    let folder = Folder::new();
    folder.bytes("access.log.1.gz", member(joined(lines(0, 100))));
    folder.lines("access.log", lines(70, 200));
    assert_eq!(duplicates(&folder), [2, 0, 30, 200]);
}

/// METHOD M1.2: a record that is there twice is a duplicate first, also outside the window.
#[test]
fn m1_2_a_duplicate_record_is_one_before_it_is_out_of_the_window() {
    let folder = Folder::new();
    folder.lines("access.log.1", lines(0, 100));
    folder.lines("access.log", lines(60, 200));
    let window = ["--from", "2022-06-01T10:02:00Z", "--until", "2022-06-01T11:00:00Z"];
    let answer = count(folder.path(), ["."].iter().chain(&window));
    let l = |name: &str| number(&answer, &format!("ledger.{name}"));
    assert_eq!([l("records"), l("duplicate_records"), l("out_of_window"), l("in_scope")], [240, 40, 120, 80]);
}

/// PEERS 2: equal events of one second are all kept.
#[test]
fn m6_7_equal_lines_inside_one_file_all_count_and_are_reported() {
    let folder = Folder::of((0..25).map(|_| get("192.0.2.1", "10:00:00")));
    let answer = count(folder.path(), ["access.log"]);
    assert_eq!([number(&answer, "counts.served"), number(&answer, "ledger.duplicate_records")], [25, 0]);
    let reported = at(&answer, "findings[id=possible-duplicates]").is_some();
    super::holds_or_is_a_told_limit(reported, "the finding `possible-duplicates`");
}

/// A front server's and a backend's logs given together are refused, not added.
#[test]
fn m6_9_two_logs_of_the_same_requests_are_refused_and_not_added() {
    let folder = Folder::new();
    let front: Vec<String> = lines(0, 100);
    // The same requests by the same clients, seen by a second server that writes another agent column.
    let back: Vec<String> = front.iter().map(|l| l.replace("probe/1.0", "-")).collect();
    folder.lines("front/front-access.log", front);
    folder.lines("back/backend-access.log", back);
    let ran = run(folder.path(), ["count", "front", "back", "--json"]);
    assert_eq!(ran.status, 2, "the same 100 requests were added to {}", number(&ran.json(), "counts.served"));
    assert!(ran.stderr.contains("vantage"), "{}", ran.stderr);
}

#[test]
fn m6_9_sources_of_two_vantages_are_never_added() {
    let folder = Folder::new();
    folder.lines("front.log", lines(0, 30));
    folder.lines("back.log", lines(0, 20));
    let case = "[case]\nid = \"m\"\ntitle = \"m\"\nzone = \"UTC\"\n\
        [[source]]\nname = \"front\"\npaths = [\"front.log\"]\ntier = \"edge\"\n\
        [[source]]\nname = \"back\"\npaths = [\"back.log\"]\ntier = \"origin\"\n\
        [[resource]]\nname = \"data\"\nmatch = [\"/data.csv\"]\n";
    folder.bytes("case.toml", case);
    run(folder.path(), ["report", "case.toml", "-o", "out"]).exits(0);
    let answer: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.at("out/summary.json")).unwrap()).unwrap();
    // The primary vantage is the one that served most.
    assert_eq!(text(&answer, "primary_vantage"), "edge");
    assert_eq!(number(&answer, "counts.served"), 30);
    assert_eq!(number(&answer, "vantages[name=origin].served"), 20);
    assert_eq!(number(&answer, "ledger.in_scope"), 50);
    assert!(at(&answer, "findings[id=several-vantages]").is_some());
}
