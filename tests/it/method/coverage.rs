//! M2.5 and the order of times: what the logs cover, seen from outside.

use serde_json::Value;

use crate::evidence::{Folder, get, june, line, member};
use crate::json::three;
use crate::program::{count, run};

/// The texts of all findings with this id.
fn found(answer: &Value, id: &str) -> Vec<String> {
    let findings = answer["findings"].as_array().unwrap();
    findings.iter().filter(|f| f["id"] == id).map(|f| f["text"].as_str().unwrap().to_owned()).collect()
}

/// A line every ten seconds of these minutes after 10 o'clock.
fn minutes(range: std::ops::Range<u32>) -> Vec<String> {
    let clock = |n: u32| format!("{}:{:02}:{:02}", 10 + n / 360, n / 6 % 60, n % 6 * 10);
    (range.start * 6..range.end * 6).map(|n| get("192.0.2.1", &clock(n))).collect()
}

/// `access.log` of 10:30–10:40 and `access.log.2` of 10:00–10:20: number 1 is missing. Its ten minutes are no silence.
fn two_of_three() -> Folder {
    let folder = Folder::of(minutes(30..40));
    folder.lines("access.log.2", minutes(0..20));
    folder
}

const QUESTION: [&str; 5] = ["access.log*", "-r", "/data.csv", "--window", "5m"];

fn ask(folder: &Folder) -> Value {
    count(folder.path(), QUESTION)
}

fn uncovered(answer: &Value) -> Vec<usize> {
    let windows = answer["windows"].as_array().unwrap().iter().enumerate();
    windows.filter(|(_, w)| w["covered"] == false).map(|(n, _)| n).collect()
}

#[test]
fn m2_5_a_missing_rotation_number_is_a_gap_however_short() {
    let folder = two_of_three();
    let answer = ask(&folder);
    assert_eq!(
        found(&answer, "log-gap"),
        [
            "`web` has no records from 2022-06-01T10:19:51Z to 2022-06-01T10:30:00Z (10 min 9 s; number 1 of the rotation of \
          `access.log` is missing; its pace makes anything above 10 min a gap)."
        ]
    );
    assert_eq!(
        found(&answer, "missing-rotation"),
        [
            "1 number of the rotation of `access.log` is missing among the files: number 1 (between `access.log` and `access.log.2`). \
          If there was such a file, what it held is in no figure; a name is a lead, not proof."
        ]
    );
    assert_eq!(uncovered(&answer), [4, 5]);
    let inspected = run(folder.path(), ["inspect", "access.log", "access.log.2", "--json"]).json();
    assert_eq!(found(&inspected, "missing-rotation"), found(&answer, "missing-rotation"));
    // Nine minutes are no silence by the pace of this log; a missing file makes them a gap all the same.
    folder.lines("access.log", minutes(28..40));
    let answer = ask(&folder);
    assert_eq!(
        found(&answer, "log-gap"),
        [
            "`web` has no records from 2022-06-01T10:19:51Z to 2022-06-01T10:28:00Z (8 min 9 s; number 1 of the rotation of \
          `access.log` is missing)."
        ]
    );
    assert!(
        super::caveat(&answer, "GAP-01")
            .unwrap()
            .contains("from 2022-06-01T10:19:51Z to 2022-06-01T10:28:00Z")
    );
    assert_eq!(uncovered(&answer), [4]);
    // With the file, both are gone.
    folder.lines("access.log.1", minutes(20..28));
    let answer = ask(&folder);
    assert_eq!(
        [found(&answer, "log-gap"), found(&answer, "missing-rotation")],
        [const { Vec::<String>::new() }; 2]
    );
    assert!(uncovered(&answer).is_empty());
}

#[test]
fn m2_5_a_window_that_a_missing_file_leaves_empty_is_drawn_as_no_log() {
    let folder = two_of_three();
    let silences = |folder: &Folder| {
        let arguments = [&["count"], &QUESTION[..], &["--chart", "c.svg", "--force"]].concat();
        let ran = run(folder.path(), arguments);
        assert!([0, 3].contains(&ran.status), "{}", ran.stderr);
        std::fs::read_to_string(folder.at("c.svg")).unwrap().matches("no log").count()
    };
    assert!(silences(&folder) > 0);
    folder.lines("access.log.1", minutes(20..30));
    assert_eq!(silences(&folder), 0);
}

#[test]
fn m2_5_other_files_with_records_show_the_source_at_work() {
    let folder = two_of_three();
    folder.lines("access.log-other", minutes(15..35).iter().map(|l| l.replace("/data.csv", "/other")));
    let answer = ask(&folder);
    assert_eq!(found(&answer, "log-gap"), Vec::<String>::new());
    assert_eq!(found(&answer, "missing-rotation").len(), 1);
    assert!(uncovered(&answer).is_empty());
}

#[test]
fn m2_5_a_stream_that_breaks_off_is_a_gap_to_the_next_file_of_its_rotation() {
    let folder = Folder::new();
    let whole = member(minutes(0..20).join("\n"));
    folder.bytes("access.log.1.gz", &whole[..whole.len() / 2]);
    let alone = ask(&folder);
    assert_eq!(found(&alone, "truncated-stream").len(), 1);
    assert_eq!(found(&alone, "log-gap"), Vec::<String>::new());
    folder.lines("access.log", minutes(22..30));
    let answer = ask(&folder);
    let gaps = found(&answer, "log-gap");
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert!(
        gaps[0].contains("to 2022-06-01T10:22:00Z")
            && gaps[0].contains("`access.log.1.gz` could not be read on from there"),
        "{gaps:?}"
    );
}

#[test]
fn m2_5_a_file_of_a_rotation_that_cannot_be_read_is_a_gap() {
    let folder = two_of_three();
    folder.bytes("access.log.1", b"\x1f\x8b\x08");
    let answer = ask(&folder);
    let gaps = found(&answer, "log-gap");
    assert!(
        gaps.len() == 1 && gaps[0].contains("`access.log.1`, which lies between, cannot be read"),
        "{gaps:?}"
    );
    assert_eq!(found(&answer, "missing-rotation"), Vec::<String>::new());
}

#[test]
fn m2_1_small_steps_back_are_normal_and_a_minute_is_told() {
    let stepping = |clock: &str| {
        let clocks = ["10:00:00", "10:02:00", clock, "10:03:00"];
        let answer = super::counted(clocks.map(|clock| get("192.0.2.1", clock)), &[]);
        assert_eq!(three(&answer), [4, 4, 4]);
        found(&answer, "out-of-order")
    };
    assert_eq!(stepping("10:01:01"), Vec::<String>::new());
    assert_eq!(
        stepping("10:01:00"),
        [
            "1 of 4 records of `access.log` is earlier than the one before, by at most 1 min; each keeps its own time."
        ]
    );
}

#[test]
fn m2_1_a_clock_set_back_is_told_with_its_line_and_changes_no_figure() {
    let lines = [minutes(35..40), minutes(0..5)].concat();
    let answer = super::counted(&lines, &[]);
    let jumps = found(&answer, "clock-jump");
    let begin = "at line 31 the times of `access.log` go back from 2022-06-01T10:39:50Z to 2022-06-01T10:00:00Z (39 min 50 s)";
    assert!(jumps.len() == 1 && jumps[0].starts_with(begin), "{jumps:?}");
    let mut sorted = lines;
    sorted.sort();
    let in_order = super::counted(&sorted, &[]);
    assert_eq!(found(&in_order, "clock-jump"), Vec::<String>::new());
    assert_eq!(three(&answer), three(&in_order));
}

#[test]
fn m2_3_several_offsets_are_told_and_each_time_has_its_own() {
    let at = |clock: &str, offset: &str| {
        line("192.0.2.1", &june(clock).replace("+0000", offset), "GET /data.csv", 200, "9")
    };
    let one = super::counted([at("10:00:00", "-0700"), at("10:00:01", "-0700")], &[]);
    assert_eq!(found(&one, "mixed-offsets"), Vec::<String>::new());
    let two =
        super::counted([at("10:00:00", "-0700"), at("10:00:01", "-0700"), at("09:00:02", "-0800")], &[]);
    assert_eq!(
        found(&two, "mixed-offsets"),
        [
            "the records of `web` state different UTC offsets (-0700 on 2 records, -0800 on 1 record). Each time is read with its own \
          offset, so no figure depends on this."
        ]
    );
    assert_eq!(two["last_served_utc"], "2022-06-01T17:00:02Z");
}
