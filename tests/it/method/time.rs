//! Section 2: time.

use super::{caveat, counted};
use crate::evidence::{Folder, get, joined, june, line, member};
use crate::json::{number, text, three};
use crate::program::{count, run, run_with};

#[test]
fn m2_1_a_clock_offset_moves_every_time_and_the_window_sees_the_moved_one() {
    let lines = [get("192.0.2.1", "09:59:45"), get("192.0.2.2", "10:00:00")];
    let window = ["--from", "2022-06-01T10:00:00Z", "--until", "2022-06-01T11:00:00Z"];
    assert_eq!(three(&counted(&lines, &window)), [1, 1, 1]);
    let slow = [&window[..], &["--clock-offset", "+00:00:15"]].concat();
    let answer = counted(&lines, &slow);
    assert_eq!(three(&answer), [2, 2, 2]);
    assert_eq!(text(&answer, "first_served_utc"), "2022-06-01T10:00:00Z");
    let fast = [&window[..], &["--clock-offset", "-00:00:01"]].concat();
    assert_eq!(three(&counted(&lines, &fast)), [0, 0, 0]);
}

/// Local times without a zone, in Apache's own words.
const NO_ZONE: &str = r#"apache:%h %{%Y-%m-%d %H:%M:%S}t "%r" %>s %b"#;

fn local(times: &[&str], arguments: &[&str]) -> serde_json::Value {
    let lines = times.iter().map(|t| format!("192.0.2.1 {t} \"GET /data.csv HTTP/1.1\" 200 9"));
    counted(lines, &[&["--format", NO_ZONE], arguments].concat())
}

#[test]
fn m2_3_a_time_without_zone_is_utc_and_says_so_or_is_read_in_the_declared_zone() {
    let assumed = local(&["2022-06-01 10:00:00"], &[]);
    assert_eq!(text(&assumed, "first_served_utc"), "2022-06-01T10:00:00Z");
    assert!(caveat(&assumed, "TIM-01").unwrap().starts_with("1 "), "{:?}", caveat(&assumed, "TIM-01"));
    let declared = local(&["2022-06-01 10:00:00"], &["--timezone", "America/Los_Angeles"]);
    assert_eq!(text(&declared, "first_served_utc"), "2022-06-01T17:00:00Z");
}

/// On 13 March 2022 the clocks of Los Angeles went from 02:00 to 03:00.
#[test]
fn m2_3_a_local_time_that_does_not_exist_is_shifted_by_the_gap() {
    let answer = local(&["2022-03-13 02:30:00"], &["--timezone", "America/Los_Angeles"]);
    assert_eq!(text(&answer, "first_served_utc"), "2022-03-13T10:30:00Z");
    assert!(caveat(&answer, "TIM-01").unwrap().contains("do not exist"));
}

/// On 6 November 2022 they went from 02:00 back to 01:00: 01:30 came twice.
#[test]
fn m2_3_a_local_time_that_comes_twice_is_the_earlier_one() {
    let answer = local(&["2022-11-06 01:30:00"], &["--timezone", "America/Los_Angeles"]);
    assert_eq!(text(&answer, "first_served_utc"), "2022-11-06T08:30:00Z");
    assert!(caveat(&answer, "TIM-01").unwrap().contains("happen twice"));
}

#[test]
fn m2_3_after_a_backward_jump_of_half_an_hour_it_is_the_later_one() {
    let times = ["2022-11-06 01:10:00", "2022-11-06 01:50:00", "2022-11-06 01:20:00", "2022-11-06 01:55:00"];
    let answer = local(&times, &["--timezone", "America/Los_Angeles"]);
    assert_eq!(text(&answer, "first_served_utc"), "2022-11-06T08:10:00Z");
    assert_eq!(text(&answer, "last_served_utc"), "2022-11-06T09:55:00Z");
    let told = caveat(&answer, "TIM-01").unwrap();
    let twice = "4 local times happen twice (end of daylight-saving time): the earlier was taken for 2, the later for 2,";
    assert!(told.contains(twice), "{told}");
}

/// A local time of every ten minutes from `from` to `until`, in minutes of the day.
fn clocks(day: &str, from: u32, until: u32) -> impl Iterator<Item = String> {
    (from..until).step_by(10).map(move |m| format!("{day} {:02}:{:02}:00", m / 60, m % 60))
}

/// Log lines of one night in Berlin: the clocks went from 03:00 back to 02:00.
fn night(day: &str) -> Vec<String> {
    let times = clocks(day, 90, 180).chain(clocks(day, 120, 210));
    times.map(|t| format!("192.0.2.1 {t} \"GET /data.csv HTTP/1.1\" 200 9")).collect()
}

const BERLIN: [&str; 8] =
    ["-r", "/data.csv", "--timezone", "Europe/Berlin", "--window", "1h", "--format", NO_ZONE];

/// Requests of each window.
fn each_hour(answer: &serde_json::Value) -> Vec<u64> {
    answer["windows"].as_array().unwrap().iter().map(|w| number(w, "requests")).collect()
}

/// On 27 October 2024; one line each ten minutes, the whole night through.
#[test]
fn m2_3_the_second_pass_of_a_night_is_an_hour_of_its_own() {
    let folder = Folder::of(night("2024-10-27"));
    let ask = |path: &str| count(folder.path(), [path].iter().chain(&BERLIN));
    let answer = ask("access.log");
    assert_eq!(text(&answer, "first_served_utc"), "2024-10-26T23:30:00Z");
    assert_eq!(text(&answer, "last_served_utc"), "2024-10-27T02:20:00Z");
    assert_eq!(each_hour(&answer), [3, 6, 6, 3]);
    let findings = answer["findings"].to_string();
    assert!(!findings.contains("out-of-order") && !findings.contains("clock-jump"), "{findings}");
    assert!(caveat(&answer, "TIM-01").unwrap().contains("the earlier was taken for 6, the later for 6,"));
    // Compressed, and beside a copy of itself, it says the same.
    folder.bytes("access.gz", member(joined(night("2024-10-27"))));
    assert_eq!(each_hour(&ask("access.gz")), [3, 6, 6, 3]);
    let both = ask("access.*");
    assert_eq!((each_hour(&both), number(&both, "ledger.duplicate_files")), (vec![3, 6, 6, 3], 1));
}

/// Nothing in the next file shows that its times are the later ones; that is said of it, and of no file that shows it.
#[test]
fn m2_3_a_fold_that_goes_on_in_the_next_file_is_told() {
    let unresolved = |cut: usize| -> Vec<String> {
        let (before, after) = (night("2024-10-27")[..cut].to_vec(), night("2024-10-27")[cut..].to_vec());
        let folder = Folder::new();
        folder.lines("access.log.1", before);
        folder.lines("access.log", after);
        let answer = count(folder.path(), ["."].iter().chain(&BERLIN));
        let findings = answer["findings"].as_array().unwrap();
        let told = findings.iter().filter(|f| f["id"] == "fold-not-resolved");
        told.map(|f| text(f, "source").to_owned()).collect()
    };
    // Before the hour, at the turn, in the second pass, and after it.
    assert_eq!(unresolved(2), [""; 0]);
    assert_eq!(unresolved(9), ["./access.log", "./access.log.1"]);
    assert_eq!(unresolved(11), ["./access.log"]);
    assert_eq!(unresolved(16), [""; 0]);
    // Regular traffic makes the two passes look alike; they are added for all that.
    let minutes = |from: u32, until: u32| {
        let clock = move |m: u32| format!("2024-10-27 {:02}:{:02}:00", m / 60, m % 60);
        (from..until).map(move |m| format!("192.0.2.1 {} \"GET /data.csv HTTP/1.1\" 200 9", clock(m)))
    };
    let folder = Folder::new();
    folder.lines("access.log.1", minutes(119, 180));
    folder.lines("access.log", minutes(120, 181));
    let answer = count(folder.path(), ["."].iter().chain(&BERLIN));
    assert_eq!(number(&answer, "counts.served"), 122);
    assert!(answer["findings"].to_string().contains("fold-not-resolved"));
    // A year apart they are two folds.
    let folder = Folder::new();
    folder.lines("access.log.1", &night("2023-10-29")[..9]);
    folder.lines("access.log", &night("2024-10-27")[..9]);
    let answer = count(folder.path(), ["."].iter().chain(&BERLIN));
    assert!(!answer["findings"].to_string().contains("fold-not-resolved"));
}

#[test]
fn m2_3_each_autumn_of_a_file_has_its_own_turn() {
    let folder = Folder::of([night("2023-10-29"), night("2024-10-27")].concat());
    let answer = count(folder.path(), ["access.log"].iter().chain(&BERLIN));
    let windows = answer["windows"].as_array().unwrap();
    let held = |w: &&serde_json::Value| number(w, "requests") > 0;
    let held: Vec<String> =
        windows.iter().filter(held).map(|w| format!("{} {}", text(w, "start_utc"), w["requests"])).collect();
    assert_eq!(
        held,
        [
            "2023-10-28T23:30:00Z 3",
            "2023-10-29T00:00:00Z 6",
            "2023-10-29T01:00:00Z 6",
            "2023-10-29T02:00:00Z 3",
            "2024-10-26T23:00:00Z 3",
            "2024-10-27T00:00:00Z 6",
            "2024-10-27T01:00:00Z 6",
            "2024-10-27T02:00:00Z 3"
        ]
    );
}

/// A late line that does not bear a time that comes twice turns nothing, nor does a late one after the fold.
#[test]
fn m2_3_only_a_step_back_inside_the_fold_shows_that_the_later_has_begun() {
    let times = ["2022-11-06 00:50:00", "2022-11-06 00:10:00", "2022-11-06 01:20:00", "2022-11-06 02:10:00"];
    let mut times = times.to_vec();
    times.push("2022-11-06 01:30:00");
    let answer = local(&times, &["--timezone", "America/Los_Angeles"]);
    assert!(caveat(&answer, "TIM-01").unwrap().contains("the earlier was taken"));
    assert!(!caveat(&answer, "TIM-01").unwrap().contains("the later"));
}

#[test]
fn m2_3_standard_input_cannot_be_read_twice_and_that_is_said() {
    let folder = Folder::new();
    let lines = joined(night("2024-10-27"));
    let arguments = [&["count", "-", "--json"], &BERLIN[..]].concat();
    let answer = run_with(folder.path(), arguments, lines.as_bytes()).json();
    assert_eq!(each_hour(&answer), [3, 12, 0, 3]);
    assert!(answer["findings"].to_string().contains("fold-not-resolved"));
}

#[test]
fn m2_4_the_window_is_half_open() {
    let lines = ["09:59:59", "10:00:00", "10:59:59", "11:00:00"].map(|clock| get("192.0.2.1", clock));
    let answer = counted(lines, &["--from", "2022-06-01T10:00:00Z", "--until", "2022-06-01T11:00:00Z"]);
    assert_eq!(three(&answer), [2, 2, 2]);
    assert_eq!(number(&answer, "ledger.out_of_window"), 2);
}

#[test]
fn m2_4_without_a_window_it_runs_from_the_first_event_to_a_microsecond_after_the_last() {
    let lines = ["10:20:00", "11:40:00"].map(|clock| get("192.0.2.1", clock));
    let answer = counted(lines, &["--window", "1h"]);
    assert_eq!(text(&answer, "windows[0].start_utc"), "2022-06-01T10:20:00Z");
    assert_eq!(text(&answer, "windows[0].end_utc"), "2022-06-01T11:00:00Z");
    assert_eq!(text(&answer, "windows[1].start_utc"), "2022-06-01T11:00:00Z");
    assert_eq!(text(&answer, "windows[1].end_utc"), "2022-06-01T11:40:00.000001Z");
    assert_eq!(answer["windows"].as_array().unwrap().len(), 2);
}

/// Begins of the bins of one local day in Los Angeles.
fn bins(day: &str, next: &str, width: &str) -> Vec<String> {
    let from = format!("{day} 00:00");
    let until = format!("{next} 00:00");
    // One event at noon of that day, in UTC.
    let noon =
        format!("{}/{}/2022:20:00:00 +0000", &day[8..], if &day[5..7] == "03" { "Mar" } else { "Nov" });
    let folder = Folder::of([line("192.0.2.1", &noon, "GET /data.csv", 200, "9")]);
    let answer = count(
        folder.path(),
        [
            "access.log",
            "--zone",
            "America/Los_Angeles",
            "--from",
            &from,
            "--until",
            &until,
            "--window",
            width,
        ],
    );
    let windows = answer["windows"].as_array().unwrap();
    for pair in windows.windows(2) {
        assert_eq!(pair[0]["end_utc"], pair[1]["start_utc"]);
    }
    assert_eq!(number(&answer, "counts.served"), 1);
    let mut out: Vec<String> = windows.iter().map(|w| w["start_utc"].as_str().unwrap().to_owned()).collect();
    out.push(windows.last().unwrap()["end_utc"].as_str().unwrap().to_owned());
    out
}

#[test]
fn m2_4_the_day_the_clocks_go_forward_has_23_hours_and_the_day_they_go_back_25() {
    assert_eq!(bins("2022-03-13", "2022-03-14", "1h").len(), 23 + 1);
    assert_eq!(bins("2022-11-06", "2022-11-07", "1h").len(), 25 + 1);
    assert_eq!(bins("2022-11-06", "2022-11-07", "1d"), ["2022-11-06T07:00:00Z", "2022-11-07T08:00:00Z"]);
    assert_eq!(bins("2022-03-13", "2022-03-14", "1d"), ["2022-03-13T08:00:00Z", "2022-03-14T07:00:00Z"]);
}

/// Hours step in elapsed time from each local midnight; the twenty-fifth hour is a short bin of its own.
#[test]
fn m2_4_six_hour_bins_step_from_local_midnight() {
    assert_eq!(
        bins("2022-11-06", "2022-11-07", "6h"),
        [
            "2022-11-06T07:00:00Z",
            "2022-11-06T13:00:00Z",
            "2022-11-06T19:00:00Z",
            "2022-11-07T01:00:00Z",
            "2022-11-07T07:00:00Z",
            "2022-11-07T08:00:00Z"
        ]
    );
}

/// A line a minute from 10 to 11 and from 14 to 15 o'clock; between them `between`, a line a minute of another path.
fn hours(between: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for minute in 0..300 {
        let clock = format!("{}:{:02}:00", 10 + minute / 60, minute % 60);
        if !(60..240).contains(&minute) {
            lines.push(get("192.0.2.1", &clock));
        } else if between {
            lines.push(line("192.0.2.1", &june(&clock), "GET /other", 200, "9"));
        }
    }
    lines
}

#[test]
fn m2_5_a_silence_leaves_bins_uncovered_and_a_quiet_path_does_not() {
    for (between, status) in [(false, 3), (true, 0)] {
        let folder = Folder::of(hours(between));
        let ran = run(folder.path(), ["count", "access.log", "-r", "/data.csv", "--window", "1h", "--json"]);
        let answer = ran.exits(status).json();
        let windows = answer["windows"].as_array().unwrap();
        let seen: Vec<_> = windows
            .iter()
            .map(|w| (w["covered"].as_bool().unwrap(), number(w, "covered_seconds"), number(w, "served")))
            .collect();
        // The last record of the first stretch is of 10:59:00, whose second is covered.
        let first = if between { (true, 3600, 60) } else { (true, 3541, 60) };
        let quiet = if between { (true, 3600, 0) } else { (false, 0, 0) };
        assert_eq!(seen[..4], [first, quiet, quiet, quiet]);
        assert_eq!((seen[4].0, seen[4].2), (true, 60));
        let gaps = answer["findings"].as_array().unwrap().iter().filter(|f| f["id"] == "log-gap").count();
        assert_eq!(gaps, usize::from(!between));
        assert_eq!(caveat(&answer, "GAP-01").is_some(), !between);
    }
}

/// The threshold is max(10 × the 99th percentile, 10 minutes); ten minutes themselves are no gap.
#[test]
fn m2_5_ten_minutes_of_silence_are_no_gap_and_one_second_more_is() {
    let pace = |after: &str| -> Vec<String> {
        let before = (0..300).map(|n| get("192.0.2.1", &format!("10:{:02}:{:02}", n / 60, n % 60)));
        before.chain([get("192.0.2.1", after)]).collect()
    };
    let gaps = |after: &str| {
        let answer = counted(pace(after), &[]);
        answer["findings"].as_array().unwrap().iter().filter(|f| f["id"] == "log-gap").count()
    };
    // The last of five minutes of a line a second is of 10:04:59.
    assert_eq!(gaps("10:14:59"), 0);
    assert_eq!(gaps("10:15:00"), 1);
}

#[test]
fn m2_5_a_window_that_exceeds_the_log_is_uncovered_there() {
    let folder = Folder::of(["10:00:00", "10:00:30"].map(|clock| get("192.0.2.1", clock)));
    let question = ["count", "access.log", "--json", "--window", "1h"];
    let window = ["--from", "2022-06-01T09:00:00Z", "--until", "2022-06-01T12:00:00Z"];
    let answer = run(folder.path(), question.iter().chain(&window)).exits(3).json();
    let covered: Vec<_> =
        answer["windows"].as_array().unwrap().iter().map(|w| number(w, "covered_seconds")).collect();
    assert_eq!(covered, [0, 31, 0]);
    assert!(caveat(&answer, "GAP-02").is_some());
}
