//! The figures, counted a second time by programs that share no code with this one: a few lines of awk on real
//! logs, and a naive count in this file on real and on generated ones.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::path::PathBuf;
use std::process::Command;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::Value;

use crate::corpus::{corpus_dir, files_below};
use crate::evidence::{Folder, generated, joined};
use crate::json::{self, number};
use crate::program::count;

/// A path of many requests by many addresses in the largest file of the folder.
const PREFIX: &str = "/images/";

/// Requests and served responses of one path, and the distinct addresses of the served ones. A line is a record if
/// six quotes that no backslash escapes cut it into seven pieces; served is GET, 2xx but 204 and 205, bytes that are neither `-` nor 0, and
/// no 206 of one or two bytes.
const AWK: &str = r#"
{ gsub(/\\"/, "") }
split($0, piece, "\"") == 7 {
    split(piece[1], who, " "); split(piece[2], request, " "); split(piece[3], answer, " ")
    path = request[2]; sub(/[?#].*/, "", path); gsub("//+", "/", path)
    if (index(path, prefix) != 1) next
    requests++
    status = answer[1]; bytes = answer[2]
    if (request[1] != "GET" || status < 200 || status > 299 || status == 204 || status == 205) next
    if (bytes == "-" || bytes + 0 == 0 || (status == 206 && bytes <= 2)) next
    served++; total += bytes
    if (!(who[1] in seen)) { seen[who[1]] = 1; clients++ }
}
END { printf "%d %d %d %.0f\n", requests, served, clients, total }
"#;

#[test]
fn a_few_lines_of_awk_give_the_figures_of_a_real_path() {
    let Some(corpus) = corpus_dir("the recount of real logs by awk") else { return };
    let folder = corpus.join("apache_combined");
    // The folder holds expected outputs as JSON beside the logs; their lines are faults to accesstrail.
    let logs: Vec<PathBuf> = files_below(&folder)
        .into_iter()
        .filter(|path| path.extension().is_none_or(|e| e != "json"))
        .collect();
    let output =
        Command::new("awk").arg("-v").arg(format!("prefix={PREFIX}")).arg(AWK).args(&logs).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let awk = json::numbers(std::str::from_utf8(&output.stdout).unwrap());
    let glob = format!("images={PREFIX}**");
    let answer = count(&corpus, ["apache_combined", "-r", glob.as_str()]);
    let paths = ["counts.requests", "counts.served", "clients.ip", "bytes_served.total"];
    assert_eq!(paths.map(|path| number(&answer, path)).to_vec(), awk);
    assert!(awk[1] > 500 && awk[2] > 100, "a path that few took proves little: {awk:?}");
}

/// The same by the naive count below, with windows, outcomes and retrievals, for several paths of the real file.
#[test]
fn a_naive_program_gives_the_figures_of_real_paths() {
    let Some(corpus) = corpus_dir("the recount of ten thousand real lines by a naive program") else {
        return;
    };
    let path = corpus.join("apache_combined/elastic+examples/Common Data Formats/apache_logs/apache_logs");
    let text = String::from_utf8(std::fs::read(&path).unwrap()).unwrap();
    for (glob, chosen) in [
        ("/presentations/logstash-monitorama-2013/**", "/presentations/logstash-monitorama-2013/"),
        ("/files/**", "/files/"),
        ("/images/**", "/images/"),
        ("/blog/**", "/blog/"),
        ("/favicon.ico", "/favicon.ico"),
    ] {
        let answer = count(&corpus, [path.to_str().unwrap(), "-r", glob, "--window", "1h"]);
        let naive = Naive::of(&text, &|path| path.starts_with(chosen), None);
        assert!(naive.served() > 20, "{glob}");
        naive.assert_is(&answer);
    }
}

// -------------------------------------------------------------------------------------- the naive second program

/// One request in scope.
struct Request {
    at: DateTime<Utc>,
    /// An address in one spelling, or a name in lower case; empty where there is none.
    client: String,
    agent: String,
    login: String,
    path: String,
    outcome: &'static str,
    status: u16,
    bytes: u64,
    is_get: bool,
}

/// What is counted, from text to figures by splitting at quotes and blanks.
struct Naive {
    requests: Vec<Request>,
    not_sensitive: usize,
    out_of_window: usize,
}

impl Naive {
    /// Reads lines whose decoded path `chosen` accepts and that lie in `window`, half-open.
    fn of(text: &str, chosen: &dyn Fn(&str) -> bool, window: Option<(DateTime<Utc>, DateTime<Utc>)>) -> Self {
        let mut found = Self { requests: Vec::new(), not_sensitive: 0, out_of_window: 0 };
        for line in text.lines() {
            // An escaped quote is no end of a column.
            let line = line.replace("\\\"", "'");
            let pieces: Vec<&str> = line.split('"').collect();
            let [before, request, answer, _referer, _blank, agent, _end] = pieces[..] else { continue };
            let before: Vec<&str> = before.split([' ', '[', ']']).filter(|word| !word.is_empty()).collect();
            let [client, _identd, login, time, zone] = before[..] else { continue };
            let at = DateTime::parse_from_str(&format!("{time} {zone}"), "%d/%b/%Y:%H:%M:%S %z").unwrap();
            let at = at.to_utc();
            let mut words = request.split(' ');
            let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            let mut path = decoded(target.split(['?', '#']).next().unwrap_or(""));
            // Real clients write `//favicon.ico`.
            while path.contains("//") {
                path = path.replace("//", "/");
            }
            if window.is_some_and(|(from, until)| at < from || at >= until) {
                found.out_of_window += 1;
                continue;
            }
            if !chosen(&path) {
                found.not_sensitive += 1;
                continue;
            }
            let mut answer = answer.split_whitespace();
            let status: u16 = answer.next().unwrap().parse().unwrap();
            let bytes = answer.next().unwrap().parse().unwrap_or(0);
            found.requests.push(Request {
                at,
                client: client_key(client),
                agent: agent.to_owned(),
                login: login.to_owned(),
                path,
                outcome: outcome(method, status, bytes),
                status,
                bytes,
                is_get: method == "GET",
            });
        }
        // A stable sort: lines of one time keep the order of the file.
        found.requests.sort_by_key(|r| r.at);
        found
    }

    fn of_served(&self) -> impl Iterator<Item = &Request> {
        self.requests.iter().filter(|r| matches!(r.outcome, "probable" | "partial"))
    }

    fn served(&self) -> usize {
        self.of_served().count()
    }

    /// METHOD M5.1: the size of more than half of an object's 200s, seen from three addresses.
    fn modal_sizes(&self) -> BTreeMap<&str, u64> {
        let mut votes: BTreeMap<&str, BTreeMap<u64, Vec<&str>>> = BTreeMap::new();
        for r in self.requests.iter().filter(|r| r.is_get && r.status == 200 && r.bytes > 0) {
            votes.entry(&r.path).or_default().entry(r.bytes).or_default().push(&r.client);
        }
        let mut modal = BTreeMap::new();
        for (path, sizes) in votes {
            let all: usize = sizes.values().map(Vec::len).sum();
            for (size, clients) in sizes {
                let addresses: BTreeSet<_> = clients.iter().filter(|c| is_address(c)).collect();
                if clients.len() * 2 > all && addresses.len() >= 3 {
                    modal.insert(path, size);
                }
            }
        }
        modal
    }

    /// METHOD M6.2, M6.3 with a gap of 30 minutes: all retrievals, and those that hold a whole response.
    fn retrievals(&self) -> (usize, usize) {
        struct Open {
            last: DateTime<Utc>,
            holds_whole: bool,
            part_bytes: u64,
        }
        let modal = self.modal_sizes();
        let mut open: HashMap<(String, &str, &str, &str), Open> = HashMap::new();
        let (mut all, mut whole) = (0, 0);
        for r in self.of_served() {
            let key = (network64(&r.client), r.agent.as_str(), r.login.as_str(), r.path.as_str());
            let is_whole = r.status != 206;
            let size = modal.get(r.path.as_str()).copied();
            let joins = open.get(&key).is_some_and(|o| {
                r.at - o.last <= TimeDelta::minutes(30)
                    && !(is_whole && o.holds_whole)
                    && (is_whole || size.is_none_or(|size| o.part_bytes < size))
            });
            if !joins {
                all += 1;
                open.insert(key.clone(), Open { last: r.at, holds_whole: false, part_bytes: 0 });
            }
            let here = open.get_mut(&key).unwrap();
            here.last = r.at;
            if is_whole {
                whole += usize::from(!here.holds_whole);
                here.holds_whole = true;
            } else {
                here.part_bytes += r.bytes;
            }
        }
        (all, whole)
    }

    /// Compares every figure that both programs know.
    #[track_caller]
    fn assert_is(&self, answer: &Value) {
        let same = |path: &str, wanted: usize| {
            assert_eq!(number(answer, path), wanted as u64, "{path}");
        };
        same("ledger.in_scope", self.requests.len());
        same("ledger.not_sensitive", self.not_sensitive);
        same("ledger.out_of_window", self.out_of_window);
        same("counts.requests", self.requests.len());
        same("counts.served", self.served());
        for outcome in ["probable", "partial", "learned", "attempted"] {
            let n = self.requests.iter().filter(|r| r.outcome == outcome).count();
            same(&format!("outcomes.{outcome}"), n);
        }
        let clients: BTreeSet<&str> = self.of_served().map(|r| r.client.as_str()).collect();
        let addresses: BTreeSet<&str> = clients.iter().copied().filter(|c| is_address(c)).collect();
        same("clients.ip", addresses.len());
        same(
            "clients.ip6_64",
            addresses.iter().filter(|a| a.contains(':')).map(|a| network64(a)).collect::<BTreeSet<_>>().len(),
        );
        same("clients.name", clients.iter().filter(|c| !is_address(c) && !c.is_empty()).count());
        same("clients.unknown_requests", self.of_served().filter(|r| r.client.is_empty()).count());
        let pairs: BTreeSet<_> =
            self.of_served().filter(|r| is_address(&r.client)).map(|r| (&r.client, &r.agent)).collect();
        same("clients.ip_ua", pairs.len());
        let bytes: u64 = self.of_served().map(|r| r.bytes).sum();
        assert_eq!(number(answer, "bytes_served.total"), bytes);
        let objects: BTreeSet<&str> = self.of_served().map(|r| r.path.as_str()).collect();
        same("resources[0].objects", objects.len());
        let (retrievals, whole) = self.retrievals();
        same("counts.retrievals", retrievals);
        same("counts.complete_or_probable_retrievals", whole);
        let written = |r: Option<&Request>| match r {
            Some(r) => Value::String(r.at.to_rfc3339_opts(SecondsFormat::Secs, true)),
            None => Value::Null,
        };
        assert_eq!(answer["first_served_utc"], written(self.of_served().next()));
        assert_eq!(answer["last_served_utc"], written(self.of_served().last()));
        self.assert_windows(answer);
    }

    /// Every hour by its requests, served, addresses and bytes.
    #[track_caller]
    fn assert_windows(&self, answer: &Value) {
        let hour = |at: DateTime<Utc>| at.timestamp().div_euclid(3600);
        let mut wanted: BTreeMap<i64, (u64, u64, BTreeSet<&str>, u64)> = BTreeMap::new();
        for r in &self.requests {
            wanted.entry(hour(r.at)).or_default().0 += 1;
        }
        for r in self.of_served() {
            let here = wanted.get_mut(&hour(r.at)).unwrap();
            here.1 += 1;
            here.3 += r.bytes;
            if is_address(&r.client) {
                here.2.insert(&r.client);
            }
        }
        for window in answer["windows"].as_array().unwrap() {
            let start: DateTime<Utc> = window["start_utc"].as_str().unwrap().parse().unwrap();
            let (requests, served, clients, bytes) = wanted.remove(&hour(start)).unwrap_or_default();
            let found = ["requests", "served", "clients_ip", "bytes_served"].map(|f| number(window, f));
            assert_eq!(found, [requests, served, clients.len() as u64, bytes], "{start}");
        }
        assert!(wanted.is_empty(), "hours without a window: {wanted:?}");
    }
}

/// METHOD section 5 for a log whose byte column means nothing certain.
fn outcome(method: &str, status: u16, bytes: u64) -> &'static str {
    let good = (200..300).contains(&status);
    if status == 304 || (good && method == "HEAD") || (status == 206 && (1..=2).contains(&bytes)) {
        "learned"
    } else if method != "GET" || !good || status == 204 || status == 205 || bytes == 0 {
        "attempted"
    } else if status == 206 {
        "partial"
    } else {
        "probable"
    }
}

/// Percent escapes undone one by one; the generated and the chosen real paths need no more.
fn decoded(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        match rest.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if byte.is_ascii() && byte != b'/' => {
                out.push(char::from(byte));
                rest = &rest[at + 3..];
            }
            _ => {
                out.push('%');
                rest = &rest[at + 1..];
            }
        }
    }
    out + rest
}

fn client_key(written: &str) -> String {
    if written == "-" {
        return String::new();
    }
    match written.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().to_string(),
        Err(_) => written.to_ascii_lowercase(),
    }
}

fn is_address(client: &str) -> bool {
    client.parse::<IpAddr>().is_ok()
}

/// The /64 of an IPv6 address; anything else as it is.
fn network64(client: &str) -> String {
    match client.parse::<IpAddr>() {
        Ok(IpAddr::V6(six)) => Ipv6Addr::from_bits(six.to_bits() >> 64 << 64).to_string(),
        _ => client.to_owned(),
    }
}

// ------------------------------------------------------------------------------------------------ generated logs

const CLIENTS: [&str; 12] = [
    "192.0.2.1",
    "::ffff:192.0.2.1",
    "192.0.2.2",
    "198.51.100.7",
    "203.0.113.9",
    "2001:db8::1",
    "2001:DB8:0:0:0:0:0:1",
    "2001:db8::2",
    "2001:db8:0:1::1",
    "Host.Example",
    "192.0.2.999",
    "-",
];
const PATHS: [&str; 8] = [
    "/data/a.csv",
    "/data/%61.csv",
    "/data/a.csv?sheet=1",
    "/data/b.csv",
    "/data/sub/c.csv",
    "/data/a.csv.bak",
    "/other/a.csv",
    "/",
];
const METHODS: [&str; 3] = ["GET", "HEAD", "POST"];
const STATUSES: [u16; 9] = [200, 200, 200, 206, 206, 304, 204, 403, 500];
const BYTES: [&str; 8] = ["100", "100", "60", "40", "0", "-", "1", "2"];
const ZONES: [(&str, i64); 4] = [("+0000", 0), ("-0700", -25_200), ("+0530", 19_800), ("+1400", 50_400)];
const AGENTS: [&str; 2] = ["a/1", "b/2"];
const LOGINS: [&str; 3] = ["-", "-", "jane"];

/// 28 June 2022, 22:00 UTC: the hours drawn run over midnight.
const BEGIN: i64 = 1_656_453_600;

fn a_line() -> impl Strategy<Value = String> {
    let often_get = prop_oneof![6 => Just(0usize), 1 => Just(1), 1 => Just(2)];
    (
        (0..CLIENTS.len(), 0..PATHS.len(), often_get, 0..STATUSES.len(), 0..BYTES.len()),
        (0..ZONES.len(), 0..AGENTS.len(), 0..LOGINS.len()),
        // Ten minutes apart, so that retrievals join, part, and meet the gap exactly.
        prop_oneof![(0i64..24).prop_map(|n| n * 600), 0i64..14_400],
    )
        .prop_map(|((client, path, method, status, bytes), (zone, agent, login), after)| {
            let (zone, offset) = ZONES[zone];
            let local = DateTime::from_timestamp(BEGIN + after + offset, 0).unwrap();
            format!(
                "{} - {} [{} {zone}] \"{} {} HTTP/1.1\" {} {} \"-\" \"{}\"",
                CLIENTS[client],
                LOGINS[login],
                local.format("%d/%b/%Y:%H:%M:%S"),
                METHODS[method],
                PATHS[path],
                STATUSES[status],
                BYTES[bytes],
                AGENTS[agent],
            )
        })
}

proptest! {
    #![proptest_config(generated(96))]

    /// PEERS 1, 3, 4, 5 at once: out-of-order lines, offsets, midnight, `-` for bytes, IPv6, one path spelled twice.
    #[test]
    fn a_naive_program_agrees_on_generated_logs(lines in prop::collection::vec(a_line(), 1..120)) {
        let folder = Folder::of(&lines);
        let chosen = |path: &str| path.starts_with("/data/") && path.ends_with(".csv");
        let question = ["access.log", "-r", "data=/data/**.csv", "--window", "1h"];
        let naive = Naive::of(&joined(&lines), &chosen, None);
        naive.assert_is(&count(folder.path(), question));
    }

    /// METHOD M2.4: the same inside a half-open window, whose ends fall on the times of lines.
    #[test]
    fn a_naive_program_agrees_inside_a_window(
        lines in prop::collection::vec(a_line(), 1..120), from in 0i64..12, hours in 1i64..4,
    ) {
        let at = |seconds: i64| DateTime::from_timestamp(BEGIN + seconds, 0).unwrap();
        let (from, until) = (at(from * 600), at(from * 600 + hours * 3600));
        let folder = Folder::of(&lines);
        let chosen = |path: &str| path.starts_with("/data/") && path.ends_with(".csv");
        let written = |t: DateTime<Utc>| t.to_rfc3339_opts(SecondsFormat::Secs, true);
        let naive = Naive::of(&joined(&lines), &chosen, Some((from, until)));
        // Modal sizes are voted on by all lines, the window ignored.
        let all = Naive::of(&joined(&lines), &chosen, None);
        prop_assume!(naive.modal_sizes() == all.modal_sizes());
        let (from, until) = (written(from), written(until));
        let question =
            ["access.log", "-r", "data=/data/**.csv", "--window", "1h", "--from", &from, "--until", &until];
        // A window that starts inside an hour has a first bin that does too.
        naive.assert_is(&count(folder.path(), question));
    }
}
