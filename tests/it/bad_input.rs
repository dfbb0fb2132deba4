//! Wrong questions and broken evidence that a case file cannot describe: links, pipes, cut streams, folders that
//! cannot be written. The plain ones are `tests/cases/bad-*.toml`.
//!
//! Each: the exit status, one clear sentence on stderr, nothing on stdout where there is no answer.

use std::io::Read;
use std::process::Stdio;

use proptest::prelude::*;

use crate::evidence::{Folder, generated, get, joined, member};
use crate::json::number;
use crate::program::{Ran, command, count, run, run_with};

/// One sentence, in lower case, and at most hints below it; nothing else anywhere.
#[track_caller]
fn refused(ran: &Ran, status: i32, sentence: &str) {
    assert_eq!(ran.status, status, "{}", ran.stderr);
    assert_eq!(ran.text(), "", "an answer that is none");
    let mut lines = ran.stderr.lines();
    let first = lines.next().unwrap_or_default();
    assert!(first.starts_with("accesstrail: ") && first.contains(sentence), "{}", ran.stderr);
    assert!(lines.all(|line| line.starts_with("hint: ")), "{}", ran.stderr);
}

fn two() -> Folder {
    Folder::of([get("192.0.2.1", "10:00:00"), get("192.0.2.2", "10:00:01")])
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_in_a_circle_is_an_unreadable_file_and_the_others_are_counted() {
    let folder = two();
    std::os::unix::fs::symlink("circle.log", folder.at("circle.log")).unwrap();
    refused(&run(folder.path(), ["count", "circle.log"]), 1, "`circle.log` cannot be read: ");
    let ran = run(folder.path(), ["count", ".", "--json"]).exits(3);
    assert!(ran.stderr.contains("1 file could not be read"), "{}", ran.stderr);
    let answer = ran.json();
    assert_eq!(number(&answer, "ledger.unreadable_files"), 1);
    assert_eq!(number(&answer, "counts.served"), 2);
    let row = crate::json::at(&answer, "sources[path=./circle.log]").unwrap();
    assert_eq!((&row["state"], &row["sha256"]), (&"unreadable".into(), &serde_json::Value::Null));
    assert_eq!(crate::json::text(&answer, "findings[id=unreadable-file].source"), "./circle.log");
}

#[cfg(unix)]
#[test]
fn links_to_folders_are_not_followed_so_that_a_circle_of_folders_ends() {
    let folder = two();
    std::fs::create_dir(folder.at("below")).unwrap();
    std::os::unix::fs::symlink("..", folder.at("below/up")).unwrap();
    let answer = count(folder.path(), ["."]);
    assert_eq!(number(&answer, "ledger.files"), 1);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_is_that_file_once() {
    let folder = two();
    std::os::unix::fs::symlink("access.log", folder.at("link.log")).unwrap();
    let answer = count(folder.path(), ["."]);
    assert_eq!([number(&answer, "ledger.files"), number(&answer, "counts.served")], [1, 2]);
}

/// HOSTILE: a truncated stream is a finding, and what was read is counted.
#[test]
fn a_gzip_that_breaks_off_is_counted_up_to_there_and_said_to_be_cut() {
    let lines: Vec<String> = (0..4000).map(|n| get(&format!("192.0.2.{}", n % 250), "10:00:00")).collect();
    let whole = member(joined(&lines));
    let folder = Folder::new();
    folder.bytes("access.log.gz", &whole[..whole.len() - 9]);
    let ran = run(folder.path(), ["count", "access.log.gz", "--json"]).exits(3);
    assert!(ran.stderr.contains("1 file breaks off"), "{}", ran.stderr);
    let answer = ran.json();
    assert_eq!(crate::json::text(&answer, "sources[0].state"), "truncated");
    assert_eq!(crate::json::text(&answer, "findings[id=truncated-stream].source"), "access.log.gz");
    let lines = number(&answer, "ledger.lines");
    assert!((1..=4000).contains(&lines), "{lines}");
    assert_eq!(number(&answer, "counts.served") + number(&answer, "ledger.faults"), lines);
}

#[test]
fn a_gzip_whose_second_member_is_rubbish_keeps_the_first() {
    let folder = Folder::new();
    let first = member(joined([get("192.0.2.1", "10:00:00"), get("192.0.2.2", "10:00:01")]));
    let mut broken = member(joined([get("192.0.2.3", "10:00:02")]));
    for byte in broken.iter_mut().skip(12) {
        *byte ^= 0x55;
    }
    folder.bytes("access.log.gz", [first, broken].concat());
    let ran = run(folder.path(), ["count", "access.log.gz", "--json"]).exits(3);
    let answer = ran.json();
    assert_eq!(crate::json::text(&answer, "sources[0].state"), "truncated");
    assert_eq!(number(&answer, "counts.served"), 2);
}

#[test]
fn a_gzip_without_content_is_unreadable_alone_and_beside_others() {
    let folder = two();
    folder.bytes("broken.log.gz", [0x1f, 0x8b, 8, 0, 0]);
    let ran = run(folder.path(), ["count", "broken.log.gz"]);
    assert_eq!((ran.status, ran.text()), (1, ""), "{}", ran.stderr);
    assert!(
        ran.stderr.starts_with("accesstrail: ") && ran.stderr.contains("`broken.log.gz`"),
        "{}",
        ran.stderr
    );
    let both = run(folder.path(), ["count", ".", "--json"]).exits(3);
    assert_eq!(number(&both.json(), "counts.served"), 2);
}

#[test]
fn binary_rubbish_is_faults_and_no_answer() {
    let folder = Folder::new();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let bytes: Vec<u8> = (0..200_000)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[3]
        })
        .collect();
    folder.bytes("core", &bytes);
    let lines = bytes.iter().filter(|b| **b == b'\n').count() + usize::from(bytes.last() != Some(&b'\n'));
    let sentence = format!("not one of the {lines} lines of `core` could be read as a record");
    refused(&run(folder.path(), ["count", "core"]), 1, &sentence);
    let answer = run(folder.path(), ["inspect", "core", "--json"]).exits(3).json();
    assert_eq!(number(&answer, "ledger.lines"), lines as u64);
    assert_eq!(number(&answer, "ledger.faults") + number(&answer, "ledger.blank"), lines as u64);
}

/// HOSTILE: a line of 3 MiB and a stretch of NULs are one fault each, and the records around them are counted.
#[test]
fn an_endless_line_and_a_run_of_nul_bytes_are_one_fault_each() {
    let folder = Folder::new();
    let endless = "x".repeat(3 << 20);
    let nul = "\0".repeat(4096);
    let (a, b, c) =
        (get("192.0.2.1", "10:00:00"), get("192.0.2.2", "10:00:01"), get("192.0.2.3", "10:00:02"));
    folder.lines("access.log", [a.as_str(), &endless, &b, &nul, &c]);
    let ran = run(folder.path(), ["count", "access.log", "--json", "--csv", "out"]).exits(3);
    let answer = ran.json();
    assert_eq!([number(&answer, "counts.served"), number(&answer, "ledger.faults")], [3, 2]);
    assert_eq!(number(&answer, "ledger.bytes"), std::fs::metadata(folder.at("access.log")).unwrap().len());
    let faults = std::fs::read_to_string(folder.at("out/faults.csv")).unwrap();
    assert!(faults.contains("access.log,,2,") && faults.contains(",too-long,"), "{faults:.300}");
    assert!(faults.contains("access.log,,4,") && faults.contains(",nul,"));
}

/// `accesstrail … | head -1` is success: the reader had what it wanted.
#[test]
fn a_reader_that_goes_away_is_success() {
    let folder = Folder::of((0..2000).map(|n| get(&format!("host-{n}.example"), "10:00:00")));
    let mut child = command(folder.path())
        .args(["count", "access.log", "--json", "--by", "client"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdout.take().unwrap();
    let mut first = [0u8; 2];
    pipe.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"{\n");
    drop(pipe);
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}

#[test]
fn what_is_already_there_is_overwritten_only_by_force() {
    let folder = two();
    for (option, name) in [("--chart", "chart.svg"), ("--chart", "chart.png")] {
        folder.bytes(name, "precious");
        let sentence = format!("`{name}` is already there");
        refused(&run(folder.path(), ["count", "access.log", option, name]), 2, &sentence);
        assert_eq!(std::fs::read(folder.at(name)).unwrap(), b"precious");
        run(folder.path(), ["count", "access.log", option, name, "--force"]).exits(0);
        assert_ne!(std::fs::read(folder.at(name)).unwrap(), b"precious", "{name}");
    }
    assert!(std::fs::read(folder.at("chart.png")).unwrap().starts_with(b"\x89PNG\r\n"));
    let tables = ["count", "access.log", "--csv", "tables"];
    run(folder.path(), tables).exits(0);
    folder.bytes("tables/events.csv", "stale");
    refused(&run(folder.path(), tables), 2, "`tables` is already there");
    run(folder.path(), ["count", "access.log", "--csv", "tables", "--force"]).exits(0);
    assert_ne!(std::fs::read(folder.at("tables/events.csv")).unwrap(), b"stale");
}

/// Force replaces what this program made, and nothing else: evidence is opened read-only.
#[test]
fn force_replaces_a_report_and_never_a_folder_of_anything_else() {
    let folder = two();
    folder.bytes("case.toml", CASE);
    run(folder.path(), ["report", "case.toml", "-o", "out"]).exits(0);
    folder.bytes("out/report.html", "stale");
    refused(&run(folder.path(), ["report", "case.toml", "-o", "out"]), 2, "`out` is already there");
    run(folder.path(), ["report", "case.toml", "-o", "out", "--force"]).exits(0);
    assert_ne!(std::fs::read(folder.at("out/report.html")).unwrap(), b"stale");
    folder.bytes("out/precious", "x");
    let ran = run(folder.path(), ["report", "case.toml", "-o", "out", "--force"]);
    refused(
        &ran,
        2,
        "`out` holds other things than this program writes; it is not replaced, not even with --force",
    );
    assert!(folder.at("out/precious").is_file());
}

#[test]
fn an_output_never_takes_the_place_of_the_evidence_or_the_case_file() {
    let folder = two();
    folder.bytes("case.toml", CASE);
    folder.bytes("logs/events.csv", std::fs::read_to_string(folder.at("access.log")).unwrap());
    folder.bytes("ev.svg", std::fs::read_to_string(folder.at("access.log")).unwrap());
    let here = folder.path().display().to_string();
    for arguments in [
        &["report", "case.toml", "-o", &here, "--force"][..],
        &["count", "logs", "--csv", "logs", "--force"],
        &["count", "ev.svg", "--chart", "ev.svg", "--force"],
    ] {
        refused(&run(folder.path(), arguments), 2, "which is read for this answer; it is not overwritten");
    }
    assert!(folder.at("access.log").is_file() && folder.at("case.toml").is_file());
    assert!(folder.at("logs/events.csv").is_file());
}

/// METHOD M1.3: a sum is right or there is none.
#[test]
fn byte_counts_that_no_response_has_are_not_added_up() {
    let folder = two();
    let line = |n: u32, bytes: &str| {
        format!(
            "192.0.2.{n} - - [01/Jun/2022:10:00:0{n} +0000] \"GET /a.csv HTTP/1.1\" 200 {bytes} \"-\" \"a\"\n"
        )
    };
    let text: String = (1..=5).map(|n| line(n, "9223372036854775807")).collect::<String>() + &line(6, "52");
    folder.bytes("huge.log", &text);
    let ran = run(folder.path(), ["count", "huge.log", "--json"]);
    let answer = ran.exits(0).json();
    assert_eq!(answer["bytes_served"]["total"], 52);
    assert_eq!(answer["bytes_served"]["unlogged_responses"], 5);
    assert_eq!(answer["findings"][0]["id"], "absurd-bytes");
}

/// METHOD M3.1: a byte order mark is no part of the first client.
#[test]
fn a_byte_order_mark_makes_no_client_of_its_own() {
    let folder = two();
    let text = std::fs::read_to_string(folder.at("access.log")).unwrap();
    folder.bytes("bom.log", format!("\u{feff}{text}"));
    let [plain, marked] =
        ["access.log", "bom.log"].map(|name| run(folder.path(), ["count", name, "--json"]).json());
    assert_eq!(plain["clients"], marked["clients"]);
    assert_eq!(marked["clients"]["name"], 0);
    assert_eq!(marked["ledger"]["bytes"], plain["ledger"]["bytes"].as_u64().unwrap() + 3);
}

/// GAP-02: a window after the log's end is no clean "nothing".
#[test]
fn a_window_that_begins_after_the_log_ends_is_not_covered() {
    let folder = two();
    let ran = run(folder.path(), ["count", "access.log", "--json", "--from", "2030-01-01T00:00:00Z"]);
    let answer = ran.exits(3).json();
    assert_eq!(answer["counts"]["served"], 0);
    assert!(answer["caveats"].as_array().unwrap().iter().any(|c| c["id"] == "GAP-02"));
}

#[test]
fn brackets_without_end_are_a_sentence_and_no_crash() {
    let folder = two();
    let deep = format!("{}status=200{}", "(".repeat(10_000), ")".repeat(10_000));
    refused(
        &run(folder.path(), ["count", "access.log", "--where", &deep]),
        2,
        "--where: more than 64 brackets",
    );
}

const CASE: &str = "[case]\nid = \"x\"\ntitle = \"x\"\nzone = \"UTC\"\n\
    [[source]]\nname = \"web\"\npaths = [\"access.log\"]\n\
    [[resource]]\nname = \"data\"\nmatch = [\"/data.csv\"]\n";

/// The message names the place that was asked for, not a temporary one that exists nowhere.
#[test]
fn an_output_that_cannot_be_written_is_exit_1_and_leaves_nothing_behind() {
    let folder = two();
    folder.bytes("case.toml", CASE);
    folder.bytes("file", "x");
    for place in ["nowhere/out", "file/out"] {
        for arguments in [
            &["count", "access.log", "--csv", place][..],
            &["count", "access.log", "--chart", &format!("{place}.svg")],
            &["report", "case.toml", "-o", place],
        ] {
            let ran = run(folder.path(), arguments);
            refused(&ran, 1, "cannot be written: ");
            assert!(ran.stderr.contains(&format!("`{place}")), "{}", ran.stderr);
        }
    }
    let mut left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["access.log", "case.toml", "file"]);
}

/// HOSTILE: error messages are the same on every run, too.
#[test]
fn an_output_that_cannot_be_written_is_told_in_the_same_words_every_time() {
    let folder = two();
    let say = || run(folder.path(), ["count", "access.log", "--csv", "nowhere/out"]).stderr;
    assert_eq!(say(), say());
}

#[test]
fn a_full_disk_is_exit_1() {
    let full = std::path::Path::new("/dev/full");
    if !full.exists() {
        eprintln!("NO /dev/full: NOT TESTED: a full disk");
        return;
    }
    let folder = two();
    let out = std::fs::OpenOptions::new().write(true).open(full).unwrap();
    let output = command(folder.path()).args(["count", "access.log", "--json"]).stdout(out).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("accesstrail: ") && said.lines().count() == 1, "{said}");
}

#[test]
fn a_minus_is_standard_input() {
    let folder = Folder::new();
    let lines = joined([get("192.0.2.1", "10:00:00"), get("192.0.2.2", "10:00:01")]);
    for input in [lines.as_bytes().to_vec(), member(&lines)] {
        let ran = run_with(folder.path(), ["count", "-", "--json"], &input).exits(0);
        let answer = ran.json();
        assert_eq!(crate::json::text(&answer, "sources[0].path"), "-");
        assert_eq!([number(&answer, "counts.served"), number(&answer, "clients.ip")], [2, 2]);
    }
    let nothing = run_with(folder.path(), ["count", "-"], b"");
    refused(&nothing, 1, "`-` is empty");
}

/// PEERS 5: what cannot be read is never called an empty log.
#[test]
fn a_folder_whose_files_are_no_logs_says_how_many_lines_could_not_be_read() {
    let folder = Folder::new();
    folder.lines("a.txt", ["dear diary", "today"]);
    folder.lines("b.txt", ["milk", "bread", "butter"]);
    refused(
        &run(folder.path(), ["count", "."]),
        1,
        "not one of the 5 lines of 2 files could be read as a record",
    );
}

/// One wound to a log: where (in thousandths of it), what, and how much.
#[derive(Debug, Clone, Copy)]
enum Wound {
    Flip(usize, u8),
    Cut(usize, usize),
    Repeat(usize, usize),
    Splice(usize, usize),
    End(usize),
}

fn a_wound() -> impl Strategy<Value = Wound> {
    let place = || 0usize..1000;
    prop_oneof![
        (place(), 1u8..).prop_map(|(at, mask)| Wound::Flip(at, mask)),
        (place(), 1usize..300).prop_map(|(at, n)| Wound::Cut(at, n)),
        (place(), 1usize..300).prop_map(|(at, n)| Wound::Repeat(at, n)),
        (place(), place()).prop_map(|(at, from)| Wound::Splice(at, from)),
        place().prop_map(Wound::End),
    ]
}

fn wounded(whole: &[u8], wounds: &[Wound]) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for wound in wounds {
        let at = |place: usize, bytes: &[u8]| bytes.len() * place / 1000;
        match *wound {
            Wound::Flip(place, mask) => {
                let at = at(place, &bytes);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= mask;
                }
            }
            Wound::Cut(place, n) => {
                let at = at(place, &bytes);
                bytes.drain(at..(at + n).min(bytes.len()));
            }
            Wound::Repeat(place, n) => {
                let at = at(place, &bytes);
                let piece = bytes[at..(at + n).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            Wound::Splice(place, from) => {
                let (at, from) = (at(place, &bytes), at(from, &bytes));
                let piece = bytes[from..(from + 100).min(bytes.len())].to_vec();
                let end = (at + piece.len()).min(bytes.len());
                bytes.splice(at..end, piece);
            }
            Wound::End(place) => bytes.truncate(at(place.max(500), &bytes)),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(generated(64))]

    /// HOSTILE: whatever is done to a log, it is read or refused, and not one of its lines is lost.
    #[test]
    fn wounded_logs_lose_no_line(wounds in prop::collection::vec(a_wound(), 1..12), pack: bool, sample in 0usize..3) {
        let samples = [
            "logs/gateway/access.2022_06_27_21_29_41.log",
            "logs/gateway/access.2022_06_27_15_00_00.log",
            "logs/front/front-access.log",
        ];
        let path = crate::program::root().join("samples/incidents/doj-dashboard").join(samples[sample]);
        let whole = std::fs::read(path).unwrap();
        let plain = whole.iter().enumerate().filter(|(_, b)| **b == b'\n').nth(300).unwrap().0;
        // The wounds go to the text, or to the compressed file.
        let bytes = if pack { wounded(&member(&whole[..plain]), &wounds) } else { wounded(&whole[..plain], &wounds) };
        let folder = Folder::new();
        folder.bytes("access.log", &bytes);
        let ran = run(folder.path(), ["count", "access.log", "--json"]);
        prop_assert!([0, 1, 3].contains(&ran.status), "exit {}: {}", ran.status, ran.stderr);
        prop_assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
        if ran.status == 1 {
            prop_assert!(ran.stdout.is_empty() && ran.stderr.starts_with("accesstrail: "), "{}", ran.stderr);
            return Ok(());
        }
        let answer = ran.json();
        let l = |name: &str| number(&answer, &format!("ledger.{name}"));
        prop_assert_eq!(l("lines"), l("records") + l("directives") + l("blank") + l("faults"));
        prop_assert_eq!(l("records"), l("in_scope"));
        if !pack {
            let newlines = bytes.iter().filter(|b| **b == b'\n').count();
            let lines = newlines + usize::from(bytes.last().is_some_and(|b| *b != b'\n'));
            prop_assert_eq!(l("lines"), lines as u64);
            prop_assert_eq!(l("bytes"), bytes.len() as u64);
        }
    }
}
