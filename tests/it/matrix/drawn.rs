//! The log of the matrix, and what was drawn: 3,000 lines of nine hours with a silence, neighbours out of order, 49
//! clients of both kinds of address, statuses, parts, probes' kin, and paths of two resources and of none.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;

pub(super) const LINES: usize = 3000;
/// The silence stands after this line, and no cut of a split in three.
const SILENCE_AFTER: usize = 2200;
/// Lines out of order stand before this one, all in the first third.
const ORDERLY_FROM: usize = 900;

/// One line and its second.
pub(super) struct Drawn {
    pub(super) text: String,
    pub(super) second: i64,
}

/// The sums of what was drawn, by the rules of METHOD §5 and nothing else.
#[derive(Default, Debug, PartialEq, Eq)]
pub(super) struct Truth {
    pub(super) requests: u64,
    pub(super) served: u64,
    pub(super) probable: u64,
    pub(super) partial: u64,
    pub(super) learned: u64,
    pub(super) attempted: u64,
    pub(super) bytes: u64,
    pub(super) ip4: BTreeSet<String>,
    pub(super) ip6: BTreeSet<String>,
    pub(super) by_resource: BTreeMap<&'static str, u64>,
    pub(super) first_second: i64,
    pub(super) last_second: i64,
}

/// Draws the log. The same numbers on every machine: a linear congruence, upper bits.
pub(super) fn drawn() -> (Vec<Drawn>, Truth) {
    let mut state = 20_220_601u64;
    let mut below = |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    let mut lines = Vec::new();
    let mut truth = Truth { first_second: i64::MAX, last_second: i64::MIN, ..Truth::default() };
    let mut second = 1_654_077_600i64;
    for n in 0..LINES {
        second += 1 + i64::try_from(below(19)).unwrap();
        if n == SILENCE_AFTER {
            second += 45 * 60;
        }
        let chosen = below(49);
        let client = match chosen {
            0..40 => format!("203.0.113.{chosen}"),
            _ => format!("2001:db8:0:{}::{}", chosen % 3, chosen),
        };
        let (path, resource) = match below(10) {
            0..4 => ("/data/a.csv", Some("data")),
            4..6 => ("/data/sub/b%20c.csv?id=7", Some("data")),
            6 => ("/export", Some("export")),
            7 => ("/export.html", None),
            8 => ("/", None),
            _ => ("/assets/data/a.csv", None),
        };
        let size = 1 + below(90_000) + 2;
        let (method, status, bytes) = match below(20) {
            0..12 => ("GET", 200, size),
            12..15 => ("GET", 206, size),
            15 => ("HEAD", 200, 0),
            16 => ("GET", 304, 0),
            17 => ("GET", 404, 196),
            18 => ("POST", 200, size),
            _ => ("GET", 503, 0),
        };
        let agent = ["curl/8.5.0", "Mozilla/5.0 (X11; Linux x86_64) a \\\"b\\\"", "-"]
            [usize::try_from(below(3)).unwrap()];
        let login = if below(15) == 0 { "kim" } else { "-" };
        let time = DateTime::from_timestamp(second, 0).unwrap().format("%d/%b/%Y:%H:%M:%S +0000");
        let text = format!(
            "{client} - {login} [{time}] \"{method} {path} HTTP/1.1\" {status} {bytes} \"-\" \"{agent}\""
        );
        if let Some(resource) = resource {
            truth.add(resource, (method, status, bytes), &client, second);
        }
        lines.push(Drawn { text, second });
    }
    for n in (20..ORDERLY_FROM).step_by(37) {
        lines.swap(n, n + 1);
    }
    (lines, truth)
}

impl Truth {
    fn add(
        &mut self,
        resource: &'static str,
        (method, status, bytes): (&str, u16, u64),
        client: &str,
        second: i64,
    ) {
        self.requests += 1;
        match (method, status) {
            ("GET", 200) => self.probable += 1,
            ("GET", 206) => self.partial += 1,
            ("HEAD", _) | (_, 304) => self.learned += 1,
            _ => self.attempted += 1,
        }
        if method == "GET" && (status == 200 || status == 206) {
            self.served += 1;
            self.bytes += bytes;
            *self.by_resource.entry(resource).or_default() += 1;
            let kind = if client.contains(':') { &mut self.ip6 } else { &mut self.ip4 };
            kind.insert(client.to_owned());
            self.first_second = self.first_second.min(second);
            self.last_second = self.last_second.max(second);
        }
    }
}

/// A second as the answer writes it.
pub(super) fn utc(second: i64) -> String {
    DateTime::from_timestamp(second, 0).unwrap().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The lines, each with its newline.
pub(super) fn bytes(lines: &[Drawn]) -> Vec<u8> {
    lines.iter().flat_map(|line| [line.text.as_bytes(), b"\n"].concat()).collect()
}
