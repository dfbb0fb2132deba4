//! Sections 1 and 4: what becomes of each line, and what belongs to a resource.

use super::{counted, reported};
use crate::evidence::{Folder, get, june, line};
use crate::json::{at, number, three};
use crate::program::{count, run};

fn ledger(answer: &serde_json::Value) -> [u64; 8] {
    ["lines", "records", "directives", "blank", "faults", "out_of_window", "not_sensitive", "in_scope"]
        .map(|name| number(answer, &format!("ledger.{name}")))
}

/// Each thing takes the first reason that applies: a fault is a fault also outside the window, and a record outside
/// the window is not looked at for what it asked.
#[test]
fn m1_2_the_first_reason_that_applies_is_final() {
    let other = |clock: &str| line("192.0.2.1", &june(clock), "GET /other", 200, "9");
    let lines = [
        get("192.0.2.1", "09:00:00"),
        other("09:00:00"),
        other("10:00:00"),
        get("192.0.2.1", "10:00:00"),
        String::new(),
        "192.0.2.1 - - [01/Jun/2022:09:00:00 +0000] \"GET /data.csv HT".to_owned(),
    ];
    let answer = counted(lines, &["--from", "2022-06-01T10:00:00Z", "--until", "2022-06-01T11:00:00Z"]);
    assert_eq!(ledger(&answer), [6, 4, 0, 1, 1, 2, 1, 1]);
}

/// `too-long, nul, encoding, torn, syntax, time, status`: the first that applies names the fault.
#[test]
fn m1_2_a_fault_bears_the_first_kind_that_applies() {
    let good = get("192.0.2.1", "10:00:00");
    let kinds = [
        ("too-long", format!("{}\0", "x".repeat(2 << 20))),
        ("nul", good.replace("192.0.2.1", "192.0\0.2.1").replace("10:00:00", "10:61:00")),
        ("syntax", "no log line".to_owned()),
        ("time", good.replace("01/Jun", "31/Jun")),
        ("status", good.replace("\" 200 ", "\" 2000 ")),
    ];
    let folder = Folder::new();
    let mut lines: Vec<String> = (0..20).map(|_| good.clone()).collect();
    lines.extend(kinds.iter().map(|(_, text)| text.clone()));
    let mut bytes = crate::evidence::joined(&lines);
    bytes.push_str("192.0.2.1 - - [01/Jun/2022:10:0");
    folder.bytes("access.log", bytes);
    run(folder.path(), ["count", "access.log", "--csv", "out"]).exits(3);
    let mut reader = csv::Reader::from_path(folder.at("out/faults.csv")).unwrap();
    let found: Vec<(String, String)> =
        reader.records().map(Result::unwrap).map(|r| (r[2].to_owned(), r[4].to_owned())).collect();
    let names = kinds.iter().map(|(name, _)| *name).chain(["torn"]);
    let wanted: Vec<_> = names.enumerate().map(|(n, name)| ((21 + n).to_string(), name.to_owned())).collect();
    assert_eq!(found, wanted);
}

/// A readable line whose request is `-`, empty or binary is a record.
#[test]
fn m1_2_a_line_without_a_request_is_a_record() {
    let at = june("10:00:00");
    let lines = ["-", "", r"\x16\x03\x01\x02", "GET", "quit"]
        .map(|request| format!("192.0.2.1 - - [{at}] \"{request}\" 400 9 \"-\" \"-\""));
    let folder = Folder::of(lines);
    assert_eq!(ledger(&count(folder.path(), ["access.log"])), [5, 5, 0, 0, 0, 0, 0, 5]);
}

/// A last line without a newline that reads whole is a record, and said to be one that may be cut.
#[test]
fn m1_2_a_last_line_without_newline_that_reads_whole_is_a_record() {
    let folder = Folder::new();
    folder.bytes("access.log", get("192.0.2.1", "10:00:00"));
    let answer = run(folder.path(), ["count", "access.log", "--json"]).exits(0).json();
    assert_eq!(three(&answer), [1, 1, 1]);
    assert!(at(&answer, "findings[id=unterminated-last-line]").is_some());
}

/// A line never fails a run: one flipped bit in a year leaves the other figures where they are.
#[test]
fn m1_4_one_line_of_the_year_6022_does_not_end_the_run() {
    let lines = [get("192.0.2.1", "10:00:00"), get("192.0.2.2", "10:00:01").replace("/2022:", "/6022:")];
    let folder = Folder::of(lines);
    let ran = run(folder.path(), ["count", "access.log", "--json"]);
    assert!([0, 3].contains(&ran.status), "exit {}: {}", ran.status, ran.stderr);
    assert_eq!(three(&ran.json()), [2, 2, 2]);
}

#[test]
fn m1_4_lines_that_end_in_cr_lf_are_the_same_lines() {
    let lines = [get("192.0.2.1", "10:00:00"), get("192.0.2.2", "10:00:01")];
    let folder = Folder::new();
    folder.bytes("access.log", lines.join("\r\n") + "\r\n");
    let answer = count(folder.path(), ["access.log", "--by", "agent"]);
    assert_eq!(three(&answer), [2, 2, 2]);
    assert_eq!(answer["groups"][0]["key"][0]["value"], "probe/1.0");
}

#[test]
fn m4_1_a_request_belongs_to_the_first_resource_that_matches_and_is_noted_at_the_others() {
    let paths = ["/data/secret/a.csv", "/data/secret/b.csv", "/data/a.csv", "/secret"];
    let folder =
        Folder::of(paths.map(|p| line("192.0.2.1", &june("10:00:00"), &format!("GET {p}"), 200, "9")));
    let answer = |first: &str, second: &str| {
        let answer = count(folder.path(), ["access.log", "-r", first, "-r", second]);
        let of = |name: &str, field: &str| number(&answer, &format!("resources[name={name}].{field}"));
        assert_eq!(number(&answer, "ledger.not_sensitive"), 1);
        [of("all", "served"), of("all", "also_matches"), of("secret", "served"), of("secret", "also_matches")]
    };
    assert_eq!(answer("secret=/data/secret/**", "all=/data/**"), [1, 2, 2, 0]);
    assert_eq!(answer("all=/data/**", "secret=/data/secret/**"), [3, 0, 0, 2]);
}

fn paths(targets: &[&str], glob: &str) -> serde_json::Value {
    let lines = targets.iter().map(|t| line("192.0.2.1", &june("10:00:00"), &format!("GET {t}"), 200, "9"));
    let folder = Folder::of(lines);
    count(folder.path(), ["access.log", "-r", &format!("x={glob}")])
}

#[test]
fn m4_2_every_spelling_of_a_path_is_one_object() {
    let targets = [
        "/data/a.csv",
        "//data///a.csv",
        "/./data/./a.csv",
        "/x/../data/a.csv",
        "/../data/a.csv",
        "/%64ata/%61.csv",
        "/data/a%2Ecsv",
        "/data/a.csv?x=1",
        "/data/a.csv#top",
        "http://host.example/data/a.csv",
    ];
    let answer = paths(&targets, "/data/a.csv");
    assert_eq!(three(&answer)[..2], [10, 10]);
    assert_eq!(number(&answer, "resources[0].objects"), 1);
}

#[test]
fn m4_2_an_escaped_slash_is_no_separator_and_a_bad_escape_is_itself() {
    assert_eq!(three(&paths(&["/data%2Fa.csv", "/data%2fa.csv"], "/data/a.csv"))[0], 0);
    assert_eq!(three(&paths(&["/data%2Fa.csv", "/data%2fa.csv"], "/data%2Fa.csv"))[0], 2);
    assert_eq!(three(&paths(&["/100%", "/100%zz"], "/100%*"))[0], 2);
    // Decoded once: what decodes to an escape stays one.
    assert_eq!(three(&paths(&["/%2561.csv"], "/a.csv"))[0], 0);
}

#[test]
fn m4_3_globs_are_anchored_and_two_stars_cross_slashes() {
    let targets = [
        "/views/P/a.csv",
        "/views/P/x/a.csv",
        "/views/P/a.csv.bak",
        "/x/views/P/a.csv",
        "/views/p/a.csv",
        "/views/P/.csv",
    ];
    assert_eq!(three(&paths(&targets, "/views/P/**.csv"))[0], 3);
    assert_eq!(three(&paths(&targets, "/views/P/*.csv"))[0], 2);
    assert_eq!(three(&paths(&targets, "/views/[pP]/?.csv"))[0], 2);
    assert_eq!(three(&paths(&targets, "{/x,}/views/P/a.csv"))[0], 2);
    assert_eq!(three(&paths(&["/a/b", "/a/x/b"], "/a/**/b"))[0], 2);
}

#[test]
fn m4_5_declared_query_values_tell_objects_apart() {
    let at = june("10:00:00");
    let targets = [
        "/data.csv?s=a",
        "/data.csv?x=1&s=a",
        "/data.csv?s=long+guns",
        "/data.csv?s=long%20guns",
        "/data.csv",
    ];
    let lines = targets.map(|t| line("192.0.2.1", &at, &format!("GET {t}"), 200, "9"));
    let case = "[[source]]\nname = \"web\"\npaths = [\"access.log\"]\n\
        [[resource]]\nname = \"data\"\nmatch = [\"/data.csv\"]\nobject_query = [\"s\"]\n";
    let answer = reported(lines, case);
    assert_eq!([number(&answer, "resources[0].served"), number(&answer, "resources[0].objects")], [5, 3]);
}

#[test]
fn m4_6_subjects_are_distinct_identifiers_answered_with_data() {
    let at = june("10:00:00");
    let lines = [
        line("192.0.2.1", &at, "GET /lookup?driver=D1", 200, "9"),
        line("192.0.2.2", &at, "GET /lookup?driver=D1", 200, "9"),
        line("192.0.2.2", &at, "GET /lookup?driver=D2", 200, "9"),
        line("192.0.2.2", &at, "GET /lookup?driver=D3", 404, "9"),
        line("192.0.2.2", &at, "GET /lookup", 200, "9"),
    ];
    let case = "[[source]]\nname = \"web\"\npaths = [\"access.log\"]\n\
        [[resource]]\nname = \"lookups\"\nmatch = [\"/lookup\"]\nsubject = { query = \"driver\" }\n";
    let answer = reported(lines, case);
    assert_eq!(
        [number(&answer, "resources[0].subjects"), number(&answer, "resources[0].subject_unknown")],
        [2, 1]
    );
}
