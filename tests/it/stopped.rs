//! Runs that are stopped or killed: an output is whole or not there, and nothing temporary stays behind.
//!
//! Nothing here waits for a time to pass: a run is stopped when a file shows how far it is, and one that reads standard
//! input goes no further than what it was given.
#![cfg(unix)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::evidence::{Folder, get, joined};
use crate::program::command;

const SIGNALS: [&str; 3] = ["INT", "TERM", "HUP"];

const NOTHING: [PathBuf; 0] = [];

/// Whether whoever started these tests has the signals ignored, which the program keeps so.
fn ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or("0");
    // Bit 0 is signal 1: HUP 1, INT 2, TERM 15.
    let ignored = u64::from_str_radix(mask.trim(), 16).unwrap() & (1 | 1 << 1 | 1 << 14) != 0;
    if ignored {
        eprintln!("SIGNALS ARE IGNORED HERE: NOT TESTED: a run that is stopped");
    }
    ignored
}

fn log(lines: u32) -> String {
    joined((0..lines).map(|n| {
        let client = format!("192.0.{}.{}", n / 250 % 250, n % 250);
        get(&client, &format!("{:02}:{:02}:{:02}", n / 3600 % 24, n / 60 % 60, n % 60))
    }))
}

fn start(folder: &Folder, arguments: &[&str]) -> Child {
    std::fs::create_dir_all(folder.at("tmp")).unwrap();
    command(folder.path())
        .env("TMPDIR", folder.at("tmp"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("sh").args(["-c", &format!("kill -{name} {}", child.id())]).status().unwrap();
    assert!(sent.success());
}

/// What lies in a folder that begins so.
fn beginning(folder: &Path, start: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    entries.filter(|p| p.file_name().unwrap().to_str().unwrap().starts_with(start)).collect()
}

/// Waits until `there` or the end of the run; says which.
fn until(child: &mut Child, there: impl Fn() -> bool) -> bool {
    while !there() {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::yield_now();
    }
    true
}

/// A run that has rows in its scratch folder and waits for more input.
fn spilling(folder: &Folder, arguments: &[&str]) -> (Child, ChildStdin) {
    let mut child = start(folder, arguments);
    let mut input = child.stdin.take().unwrap();
    // Three blocks of 1 MiB and a bit of a fourth.
    input.write_all(log(40_000).as_bytes()).unwrap();
    let temp = folder.at("tmp");
    let rows =
        || beginning(&temp, "accesstrail-scratch-").iter().any(|f| !beginning(f, "0.arrow").is_empty());
    assert!(until(&mut child, rows), "the run ended before it was fed");
    (child, input)
}

const SPILL: [&str; 7] = ["count", "-", "--memory", "1KiB", "--csv", "out", "--json"];

#[test]
fn a_run_that_is_stopped_while_it_reads_leaves_neither_rows_nor_output() {
    if ignored() {
        return;
    }
    for name in SIGNALS {
        let folder = Folder::new();
        let (child, input) = spilling(&folder, &SPILL);
        signal(&child, name);
        let ended = child.wait_with_output().unwrap();
        drop(input);
        assert_eq!(ended.status.code(), Some(130), "{name}");
        assert_eq!(
            String::from_utf8(ended.stderr).unwrap(),
            "accesstrail: stopped; nothing half-written is left behind\n"
        );
        assert_eq!(beginning(&folder.at("tmp"), ""), NOTHING);
        assert_eq!(beginning(folder.path(), ""), [folder.at("tmp")]);
    }
}

/// The moment is when the half-written folder is there; the run may be quicker than the signal.
#[test]
fn a_run_that_is_stopped_while_it_writes_leaves_a_whole_output_or_none() {
    if ignored() {
        return;
    }
    for (name, old) in SIGNALS.into_iter().flat_map(|name| [(name, false), (name, true)]) {
        let folder = Folder::new();
        folder.bytes("access.log", log(30_000));
        if old {
            folder.bytes("out/events.csv", "old");
        }
        let arguments = ["count", "access.log", "--csv", "out", "--force", "--memory", "1KiB"];
        let mut child = start(&folder, &arguments);
        if until(&mut child, || !beginning(folder.path(), ".accesstrail-").is_empty()) {
            signal(&child, name);
        }
        let status = child.wait().unwrap().code();
        assert!(matches!(status, Some(0 | 3 | 130)), "{name} {status:?}");
        assert_eq!(beginning(&folder.at("tmp"), ""), NOTHING);
        assert_eq!(beginning(folder.path(), ".accesstrail-"), NOTHING);
        let events = std::fs::read_to_string(folder.at("out/events.csv")).ok();
        match events.as_deref() {
            None => assert!(!old && status == Some(130) && !folder.at("out").exists()),
            Some("old") => assert!(old && status == Some(130)),
            Some(whole) => {
                assert_eq!(whole.lines().count(), 30_001);
                assert!(folder.at("out/ledger.csv").is_file());
            }
        }
    }
}

/// HOSTILE: spill files are removed on the next run; those of a run that goes on are not.
#[test]
fn the_scratch_of_a_killed_run_is_removed_by_the_next_one() {
    let folder = Folder::new();
    let temp = folder.at("tmp");
    let (mut killed, input) = spilling(&folder, &SPILL);
    killed.kill().unwrap();
    killed.wait().unwrap();
    drop(input);
    let dead = beginning(&temp, "");
    assert_eq!(dead.len(), 1, "a killed run can remove nothing");
    folder.bytes("tmp/accesstrail-scratch-mine/thesis.txt", "precious");
    folder.bytes("tmp/other", "precious");
    let (live, input) = spilling(&folder, &SPILL);
    assert!(!dead[0].exists());
    let of_live = beginning(&temp, "accesstrail-scratch-");
    assert_eq!(of_live.len(), 2);
    folder.bytes("access.log", log(10));
    assert_eq!(start(&folder, &["count", "access.log"]).wait().unwrap().code(), Some(0));
    assert_eq!(beginning(&temp, "accesstrail-scratch-"), of_live);
    assert!(
        folder.at("tmp/accesstrail-scratch-mine/thesis.txt").is_file() && folder.at("tmp/other").is_file()
    );
    // The end of its input ends the run that went on, whole.
    drop(input);
    assert_eq!(live.wait_with_output().unwrap().status.code(), Some(0));
    assert_eq!(std::fs::read_to_string(folder.at("out/events.csv")).unwrap().lines().count(), 40_001);
    assert_eq!(beginning(&temp, "accesstrail-scratch-").len(), 1);
}
