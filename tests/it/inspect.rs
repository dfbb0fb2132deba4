//! What `inspect` makes of evidence: the verdict of each source, and what it proposes to declare.

use serde_json::Value;

use crate::evidence::{Folder, get, joined, june, line};
use crate::program::run;

/// The sources that `inspect` tells of, with further arguments.
fn sources(folder: &Folder, arguments: &[&str]) -> Vec<Value> {
    let ran = run(folder.path(), ["inspect", ".", "--json"].iter().chain(arguments));
    assert!([0, 3].contains(&ran.status), "{}", ran.stderr);
    ran.json()["sources"].as_array().unwrap().clone()
}

fn source(folder: &Folder, arguments: &[&str]) -> Value {
    let mut all = sources(folder, arguments);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap()
}

/// `flag value` of each proposal.
fn proposed(source: &Value) -> Vec<String> {
    let all = source["proposals"].as_array().unwrap();
    all.iter().map(|p| format!("{} {}", text(p, "flag"), text(p, "value"))).collect()
}

fn reason(source: &Value, place: usize) -> String {
    text(&source["proposals"][place], "reason").to_owned()
}

/// Forty requests that came through 10.0.0.5 and 10.0.0.6, for ten clients, and one that came by itself.
fn proxied() -> Folder {
    let lines = (0..40).map(|n| {
        let proxy = 5 + n % 2;
        format!("{} \"203.0.113.{}\"", get(&format!("10.0.0.{proxy}"), &format!("10:00:{n:02}")), n % 10)
    });
    Folder::of(lines.chain([format!("{} \"-\"", get("192.0.2.1", "10:01:00"))]))
}

#[test]
fn a_plain_log_is_good_to_count_and_its_byte_column_is_open() {
    let folder = Folder::of([get("192.0.2.1", "10:00:00"), get("192.0.2.2", "10:00:01")]);
    let found = source(&folder, &[]);
    assert_eq!(
        text(&found, "verdict"),
        "Good to count: combined, 2 records of 2 clients from 2022-06-01 10:00:00 to 2022-06-01 10:00:01 UTC, zone in the record, \
         no fault. Apache and nginx write these columns alike, so it is open what the byte column counts."
    );
    assert_eq!(proposed(&found), ["--format nginx-combined", "--format apache-combined"]);
    assert!(reason(&found, 0).contains("only then can a download be shown to be complete"));
    // What was proposed settles it.
    for name in ["nginx-combined", "apache-combined"] {
        let settled = source(&folder, &["--format", name]);
        assert_eq!(proposed(&settled), [""; 0]);
        assert!(text(&settled, "verdict").ends_with("no fault."), "{settled}");
    }
}

/// METHOD M3.3.
#[test]
fn proxies_are_named_and_declaring_them_gives_the_clients_that_were_told() {
    let folder = proxied();
    let found = source(&folder, &[]);
    assert!(
        text(&found, "verdict").starts_with("Count with care: nginx-xff, 41 records of 3 clients"),
        "{found}"
    );
    assert!(text(&found, "verdict").contains("2 peers carry 98 % of the records"), "{found}");
    let proxies = ["--trusted-proxy 10.0.0.5", "--trusted-proxy 10.0.0.6"];
    assert_eq!(proposed(&found)[..2], proxies);
    assert!(reason(&found, 0).starts_with("20 records came through it, 20 with another address behind it."));
    assert!(reason(&found, 0).contains("10 distinct instead of 2 peers"), "{}", reason(&found, 0));
    let declared = source(&folder, &["--trusted-proxy", "10.0.0.5", "--trusted-proxy", "10.0.0.6"]);
    assert_eq!(declared["clients"], 11);
    assert!(text(&declared, "verdict").starts_with("Good to count"), "{declared}");
    assert!(proposed(&declared).iter().all(|p| !p.starts_with("--trusted-proxy")));
}

/// METHOD M2.3: a zone is asked for, never guessed.
#[test]
fn times_without_a_zone_ask_for_it() {
    let row = |n: u32| format!("192.0.2.{n} [2022-06-01 10:00:0{n}] \"GET /a HTTP/1.1\" 200 5");
    let folder = Folder::of((0..5).map(row));
    let format = ["--format", "apache:%h [%{%Y-%m-%d %H:%M:%S}t] \"%r\" %>s %b"];
    let found = source(&folder, &format);
    assert!(text(&found, "verdict").contains("5 times have no zone and were taken as UTC."), "{found}");
    assert_eq!(proposed(&found), ["--timezone <zone of the server, such as Europe/Berlin>"]);
    let declared = source(&folder, &[&format[..], &["--timezone", "Europe/Berlin"]].concat());
    assert_eq!(proposed(&declared), [""; 0]);
    assert!(text(&declared, "verdict").starts_with("Good to count"), "{declared}");
}

/// METHOD M5.6.
#[test]
fn other_methods_that_carried_data_away_are_proposed() {
    let post = |n: u32| line("192.0.2.1", &june(&format!("10:00:0{n}")), "POST /export", 200, "1000");
    let folder = Folder::of([post(1), post(2), get("192.0.2.1", "10:00:03")]);
    let found = source(&folder, &["--format", "nginx-combined"]);
    assert_eq!(proposed(&found), ["methods [\"GET\", \"POST\"]"]);
    assert!(
        reason(&found, 0).starts_with("2 responses 2xx to POST carried 2,000 bytes (2.0 kB)."),
        "{found}"
    );
}

#[test]
fn what_nothing_reads_shows_its_first_line_and_the_column_that_fails() {
    let folder = Folder::of(["10.0.0.1 - - [yesterday] \"GET / HTTP/1.1\" 200 5 \u{1b}[2J"]);
    let found = source(&folder, &[]);
    assert_eq!(text(&found, "verdict"), "Not recognised: its one line could not be read as a record.");
    assert_eq!(proposed(&found), ["--format apache:%h …"]);
    let reason = reason(&found, 0);
    assert!(
        reason.contains("Line 1 is `10.0.0.1 - - [yesterday] \"GET / HTTP/1.1\" 200 5 \\x1B[2J`"),
        "{reason}"
    );
    assert!(reason.contains("stops at %t, which wants "), "{reason}");
}

#[test]
fn a_declared_format_that_reads_little_is_told_of_a_better_one() {
    let folder = Folder::of((0..9).map(|n| get("192.0.2.1", &format!("10:00:0{n}"))));
    let found = source(&folder, &["--format", "common"]);
    assert_eq!(proposed(&found), ["--format combined"]);
    assert!(reason(&found, 0).starts_with("`common` leaves 9 of 9 lines unread;"), "{found}");
}

#[test]
fn rotated_files_are_one_source_with_the_clients_of_all_together() {
    let folder = Folder::of([get("192.0.2.1", "10:00:00"), get("192.0.2.2", "10:00:01")]);
    folder.lines("access.log.1", [get("192.0.2.1", "09:00:00"), get("192.0.2.3", "09:00:01")]);
    folder.bytes("other.log", joined([get("192.0.2.9", "12:00:00")]));
    folder.bytes("other.log.1", joined([get("192.0.2.9", "12:00:00")]));
    folder.lines("error.log", ["[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.1] File does not exist"]);
    folder.bytes("empty.log", "");
    let all = sources(&folder, &[]);
    let shown: Vec<_> = all.iter().map(|s| (text(s, "name"), s["files"].as_array().unwrap().len())).collect();
    assert_eq!(shown, [("./access.log", 2), ("./other.log", 2), ("./error.log", 1), ("./empty.log", 1)]);
    assert_eq!((&all[0]["records"], &all[0]["clients"]), (&4.into(), &3.into()));
    assert!(
        text(&all[0], "verdict").contains("4 records of 3 clients from 2022-06-01 09:00:00"),
        "{}",
        all[0]
    );
    assert!(
        text(&all[1], "verdict").ends_with("1 file is a copy of another and is not counted again."),
        "{}",
        all[1]
    );
    assert_eq!(text(&all[3], "verdict"), "Nothing to count: it is empty.");
    assert_eq!(
        text(&all[2], "verdict"),
        "Nothing to count: it holds no requests; 1 line is a message (apache_error)."
    );
}
