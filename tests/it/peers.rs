//! The mistakes of other tools, as tests (PEERS, "Their mistakes are our acceptance tests"). The number in a test's name
//! is the mistake's; truth is what was drawn, or a naive count beside it, never what this program says.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, FixedOffset};
use sha2::{Digest, Sha256};

use crate::evidence::{Folder, from_agent, get, got, joined, line, member};
use crate::json::{number, text, three};
use crate::method::{NGINX, counted};
use crate::program::{count, run};

/// What became of a request for `/data.csv`, of 1,000 bytes, and how often it stands in the log.
const KINDS: [(&str, u16, &str, usize); 13] = [
    ("GET", 200, "1000", 114),
    // Answered 2xx, and no complete download of it.
    ("GET", 206, "400", 60),
    ("GET", 200, "400", 25),
    ("HEAD", 200, "0", 20),
    ("GET", 206, "1", 15),
    ("POST", 200, "1000", 10),
    ("GET", 200, "0", 5),
    // Refused, or told that the copy at hand is still good.
    ("GET", 304, "0", 2),
    ("GET", 403, "220", 1),
    ("GET", 404, "196", 1),
    ("GET", 416, "0", 1),
    ("GET", 503, "190", 1),
    // Whole answers, of other paths.
    ("GET", 200, "1000", 40),
];

/// Twelve hours from 18:00 in Los Angeles, 50 addresses. The first 48 took the object whole, 114 times in all; number 49
/// has parts only, number 50 was only refused. 23 of them come on both sides of midnight.
fn midnight() -> Vec<String> {
    let others = ["/data.csv.bak", "/DATA.CSV", "/old/data.csv", "/data.csv/"];
    let mut sides = [Vec::new(), Vec::new()];
    let mut visits = [0usize; 50];
    for (kind, (method, status, bytes, often)) in KINDS.into_iter().enumerate() {
        for n in 0..often {
            let client = match kind {
                0 => n % 48,
                1..=6 | 12 => (n + kind) % 49,
                _ => 49,
            };
            let path = if kind == 12 { others[n % 4] } else { "/data.csv" };
            let after = match client {
                0..23 => visits[client] % 2,
                23..37 => 0,
                _ => 1,
            };
            visits[client] += usize::from(kind != 12);
            sides[after].push((client, format!("{method} {path}"), status, bytes));
        }
    }
    let mut lines = Vec::new();
    for (start, mut side) in [1_656_378_000i64, 1_656_399_600].into_iter().zip(sides) {
        // So that no kind stands in one hour only.
        let count = side.len();
        let mixed: Vec<_> = (0..count).map(|n| (n * 97) % count).collect();
        assert_eq!(mixed.iter().collect::<BTreeSet<_>>().len(), count);
        let step = 21_600 / i64::try_from(count).unwrap();
        for (at, from) in mixed.into_iter().enumerate() {
            let (client, request, status, bytes) = &mut side[from];
            let second = DateTime::from_timestamp(start + i64::try_from(at).unwrap() * step, 0).unwrap();
            let local = second.with_timezone(&FixedOffset::west_opt(7 * 3600).unwrap());
            let address = format!("203.0.113.{}", *client + 1);
            let time = local.format("%d/%b/%Y:%H:%M:%S %z").to_string();
            lines.push(from_agent(&address, &time, request, *status, bytes, &format!("agent-{client}")));
        }
    }
    lines
}

/// A log of the obvious questions: hits of the path, visitors by address, agent and date, rows and addresses with 200 or
/// 206. They are the wrong answers that PEERS names; if the log no longer tempts to them, it proves nothing.
fn tempting(lines: &[String]) -> [usize; 4] {
    let (mut visitors, mut rows, mut addresses) = (BTreeSet::new(), 0, BTreeSet::new());
    let of_path: Vec<Vec<&str>> = lines
        .iter()
        .map(|line| line.split(' ').collect::<Vec<_>>())
        .filter(|words| words[6] == "/data.csv")
        .collect();
    for words in &of_path {
        visitors.insert((words[0], &words[3][1..12], words[11]));
        if ["200", "206"].contains(&words[8]) {
            rows += 1;
            addresses.insert(words[0]);
        }
    }
    [of_path.len(), visitors.len(), rows, addresses.len()]
}

#[test]
fn peers_1_a_log_across_midnight_has_114_complete_downloads_by_48_addresses() {
    let lines = midnight();
    assert_eq!(tempting(&lines), [255, 73, 249, 49]);
    let folder = Folder::of(&lines);
    let case = NGINX.replace("size = 100", "size = 1000");
    folder.bytes("case.toml", format!("[case]\nid = \"m\"\ntitle = \"m\"\nzone = \"UTC\"\n{case}"));
    let ran = run(folder.path(), ["report", "case.toml", "-o", "out", "--quiet"]);
    assert!([0, 3].contains(&ran.status), "{}", ran.stderr);
    let answer: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.at("out/summary.json")).unwrap()).unwrap();
    let outcomes = ["complete", "partial", "learned", "attempted", "probable", "copied"];
    // 60 parts and 25 cut; 20 HEAD, 15 probes, two 304; 10 POST, 5 empty, four refused.
    assert_eq!(outcomes.map(|o| number(&answer, &format!("outcomes.{o}"))), [114, 85, 37, 19, 0, 0]);
    assert_eq!(number(&answer, "counts.complete_retrievals"), 114);
    assert_eq!([number(&answer, "counts.requests"), number(&answer, "counts.served")], [255, 199]);
    assert_eq!(number(&answer, "ledger.not_sensitive"), 40);
    assert_eq!(number(&answer, "bytes_served.total"), 114 * 1000 + 85 * 400);
    let mut complete: BTreeMap<String, u32> = BTreeMap::new();
    for row in csv::Reader::from_path(folder.at("out/tables/events.csv")).unwrap().deserialize() {
        let row: BTreeMap<String, String> = row.unwrap();
        if row["outcome"] == "complete" {
            *complete.entry(row["client"].clone()).or_default() += 1;
        }
    }
    assert_eq!([complete.len(), complete.values().sum::<u32>() as usize], [48, 114]);
}

/// Plaso's psort drops events that are equal and of one second.
#[test]
fn peers_2_equal_events_of_one_second_are_all_counted_and_told() {
    let answer = counted([(); 7].map(|()| get("192.0.2.1", "10:00:00")), &[]);
    assert_eq!([number(&answer, "counts.requests"), number(&answer, "counts.served")], [7, 7]);
    assert_eq!(text(&answer, "findings[id=possible-duplicates].id"), "possible-duplicates");
    assert_eq!(crate::json::numbers(text(&answer, "findings[id=possible-duplicates].text")), [6]);
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

/// lnav hides a second file whose first lines equal those of the first.
#[test]
fn peers_3_a_file_that_begins_like_another_is_read_and_counted() {
    let folder = Folder::new();
    let lines = |second_half: &str| {
        let same = (0..5).map(|n| get(&format!("192.0.2.{n}"), &format!("10:00:0{n}")));
        let own = (10..40).map(|n| get(&format!("{second_half}.{n}"), &format!("10:01:{n}")));
        same.chain(own).collect::<Vec<_>>()
    };
    folder.lines("access.log", lines("198.51.100"));
    folder.lines("access.log.1", lines("203.0.113"));
    let answer = count(folder.path(), ["access.log", "access.log.1"]);
    assert_eq!(number(&answer, "counts.served"), 70);
    assert_eq!(number(&answer, "clients.ip"), 5 + 30 + 30);
    assert_eq!(number(&answer, "ledger.duplicate_records"), 0);
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

#[test]
fn peers_4_the_same_file_twice_is_counted_once() {
    let folder = Folder::of([get("192.0.2.1", "10:00:00"), get("192.0.2.2", "10:00:01")]);
    folder.bytes("copy-of-it.log", std::fs::read(folder.at("access.log")).unwrap());
    folder.bytes("packed.gz", member(std::fs::read(folder.at("access.log")).unwrap()));
    let answer = count(folder.path(), ["access.log", "copy-of-it.log", "packed.gz", "access.log"]);
    assert_eq!(three(&answer), [2, 2, 2]);
    let files = ["ledger.files", "ledger.duplicate_files", "ledger.records"];
    assert_eq!(files.map(|path| number(&answer, path)), [3, 2, 2]);
}

/// An export that stops at 366 rows loses every day after the first year.
#[test]
fn peers_4_a_table_of_days_is_longer_than_a_year() {
    let day = |n: i64| DateTime::from_timestamp(1_640_995_200 + n * 86_400, 0).unwrap();
    let lines = (0..400).map(|n| {
        let time = day(n).format("%d/%b/%Y:%H:%M:%S +0000").to_string();
        line("192.0.2.1", &time, "GET /data.csv", 200, "9")
    });
    let folder = Folder::of(lines);
    run(folder.path(), ["count", "access.log", "--window", "1d", "--csv", "out", "--quiet"]).exits(0);
    let table = std::fs::read_to_string(folder.at("out/windows.csv")).unwrap();
    assert_eq!(table.lines().count(), 401);
    let last = table.lines().last().unwrap();
    assert!(last.contains("2023-02-04T00:00:00Z"), "{last}");
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

/// rhit calls a log that it cannot parse an empty one.
#[test]
fn peers_5_a_log_that_cannot_be_read_is_never_called_empty() {
    let folder = Folder::of(["rubbish", "more of it", "and more"]);
    let ran = run(folder.path(), ["count", "access.log", "--json"]).exits(1);
    assert!(ran.stdout.is_empty());
    assert!(ran.stderr.contains("not one of the 3 lines of `access.log` could be read"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("empty"), "{}", ran.stderr);
    let answer = run(folder.path(), ["inspect", "access.log", "--json"]).exits(3).json();
    assert_eq!(text(&answer, "findings[0].id"), "unrecognised-format");
    assert_eq!([number(&answer, "files[0].lines"), number(&answer, "files[0].faults")], [3, 3]);
    folder.bytes("nothing.log", "");
    let ran = run(folder.path(), ["count", "nothing.log", "--json"]).exits(1);
    assert!(ran.stderr.contains("`nothing.log` is empty"), "{}", ran.stderr);
}

/// AWStats throws lines away that come more than two hours late.
#[test]
fn peers_6_a_line_that_comes_five_hours_late_is_counted() {
    let lines = ["10:00:00", "15:00:00", "10:00:05"].map(|clock| get("192.0.2.1", clock));
    assert_eq!(three(&counted(lines, &[])), [3, 3, 3]);
}

/// Elastic takes the first entry that is not private, which the client writes.
#[test]
fn peers_7_the_first_entry_of_a_forwarded_header_is_not_believed() {
    let lines: Vec<String> = (0..20)
        .map(|n| {
            let header = format!("203.0.113.{n}, 198.51.100.{}, 10.0.0.9", n % 2);
            format!("{} \"{header}\"", get("10.0.0.1", &format!("10:00:{n:02}")))
        })
        .collect();
    // Nobody trusted: the peer. The proxies trusted: whoever the outermost of them saw, never what that one said.
    let clients = |trusted: &[&str]| {
        let answer = counted(&lines, trusted);
        assert_eq!(number(&answer, "counts.served"), 20);
        number(&answer, "clients.ip")
    };
    assert_eq!(clients(&[]), 1);
    assert_eq!(clients(&["--trusted-proxy", "10.0.0.0/8"]), 2);
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

/// What comes before the break is counted, to the line; what the file is, and that it broke, is told.
#[test]
fn peers_8_a_broken_gzip_is_counted_as_far_as_it_goes() {
    let part = |from: usize| {
        joined((from..from + 500).map(|n| get("192.0.2.1", &format!("10:{:02}:{:02}", n / 60 % 60, n % 60))))
    };
    let whole = member(part(0));
    let second = member(part(500));
    // The second member lacks its last 8 bytes, checksum and length: all its lines are there, and nothing proves them.
    let bytes = [&whole[..], &second[..second.len() - 8]].concat();
    let folder = Folder::new();
    folder.bytes("access.log.gz", &bytes);
    let ran = run(folder.path(), ["count", "access.log.gz", "--json"]).exits(3);
    assert!(ran.stderr.contains("1 file breaks off"), "{}", ran.stderr);
    let answer = ran.json();
    assert_eq!(number(&answer, "counts.served"), 1000);
    assert_eq!(text(&answer, "sources[0].state"), "truncated");
    assert_eq!(text(&answer, "findings[id=truncated-stream].source"), "access.log.gz");
    let hash: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(text(&answer, "sources[0].sha256"), hash);
    // Cut anywhere: never more lines than there are whole, never none of what the first member holds.
    for cut in [whole.len() + 5, whole.len() + 40, whole.len() + second.len() / 2] {
        folder.bytes("access.log.gz", &bytes[..cut]);
        let answer = run(folder.path(), ["count", "access.log.gz", "--json"]).exits(3).json();
        let served = number(&answer, "counts.served");
        assert!((500..1000).contains(&served), "{served} of a file cut at {cut}");
        assert_eq!(text(&answer, "sources[0].state"), "truncated");
    }
}

/// hayabusa's rows change their order from run to run, and its reports let a log write HTML.
#[test]
fn peers_9_rows_keep_one_order_and_a_log_writes_no_html() {
    let agent = "</script><script>alert(1)</script>";
    let lines: Vec<String> = (0..300)
        .map(|n| {
            let client = if n % 3 == 0 { format!("2001:db8::{n:x}") } else { format!("192.0.2.{}", n % 200) };
            from_agent(&client, "01/Jun/2022:10:00:00 +0000", "GET /data.csv", 200, "100", agent)
        })
        .collect();
    let case = "[case]\nid = \"m\"\ntitle = \"m\"\nzone = \"UTC\"\n[[source]]\nname = \"web\"\n\
        paths = [\"access.log\"]\n[[resource]]\nname = \"data\"\nmatch = [\"/data.csv\"]\n";
    let folder = Folder::of(&lines);
    folder.bytes("case.toml", case);
    let mut tables = BTreeSet::new();
    for threads in ["1", "2", "8"] {
        let ran = run(folder.path(), ["report", "case.toml", "-o", threads, "--quiet", "--threads", threads]);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        let read = |name: &str| std::fs::read_to_string(folder.at(threads).join(name)).unwrap();
        tables.insert((read("tables/events.csv"), read("tables/clients.csv")));
        assert!(!read("report.html").contains("<script>alert"));
    }
    assert_eq!(tables.len(), 1);
}
