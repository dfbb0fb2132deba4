//! Whole screens. `screens/` holds them as files; UPDATE_SCREENS=1 writes them anew, to be read before they go in.

use super::fit::width;
use super::{Screen, count};
use crate::finding::answer::{Answer, Group, GroupKey, Window};
use crate::finding::table::Tables;
use crate::report::fixture;
use crate::report::inspect::{
    FaultKind, InspectRow, InspectSource, Inspection, Proposal, Standing, fault_kinds, inspect,
};
use chrono_tz::America::Los_Angeles;
use std::path::Path;

fn screen(width: usize) -> Screen {
    Screen {
        width,
        colour: false,
        zone: Los_Angeles,
        top: 10,
        case_title: Some("Permit dashboard exposure".to_owned()),
    }
}

fn counted(answer: &Answer, tables: &Tables, screen: &Screen) -> String {
    let mut out = Vec::new();
    count(&mut out, answer, tables, screen).unwrap();
    String::from_utf8(out).unwrap()
}

fn inspected(inspection: &Inspection, screen: &Screen) -> String {
    let mut out = Vec::new();
    inspect(&mut out, inspection, screen).unwrap();
    String::from_utf8(out).unwrap()
}

fn inspection(files: usize) -> Inspection {
    let rows: Vec<InspectRow> = fixture::answer()
        .sources
        .iter()
        .take(files)
        .map(|source| InspectRow {
            path: source.path.clone(),
            member: source.member.clone(),
            state: source.state.clone(),
            format: source.format.clone(),
            scores: "combined 1.00, common 0.31".to_owned(),
            bytes: source.bytes,
            lines: source.lines,
            records: source.records,
            directives: source.directives,
            blank: source.blank,
            faults: source.faults,
            first_utc: source.first_utc.clone(),
            last_utc: source.last_utc.clone(),
            clients: source.first_utc.as_ref().map(|_| 1_204),
            zone: "in the record".to_owned(),
            gaps: u64::from(source.faults > 5),
            sha256: source.sha256.clone(),
        })
        .collect();
    let sources = vec![
        of_rows("logs/gateway/2022/06/frontend-a/httpd/access_log.gz", &rows, 0..2, Standing::Care),
        of_rows("logs/gateway/copy of access_log-20220627.gz", &rows, 2..3, Standing::Copy),
        of_rows("logs/gateway/access_log-20220629.gz", &rows, 3..4, Standing::Unreadable),
    ];
    let sources = sources.into_iter().filter(|source| !source.rows.is_empty()).collect();
    let faults = fault_kinds(&fixture::tables().faults);
    Inspection { rows, sources, faults, findings: fixture::answer().findings }
}

fn of_rows(
    name: &str,
    rows: &[InspectRow],
    places: std::ops::Range<usize>,
    standing: Standing,
) -> InspectSource {
    let mine: Vec<&InspectRow> = rows.iter().take(places.end).skip(places.start).collect();
    let proposal = |flag: &str, value: &str, reason: &str| Proposal {
        flag: flag.to_owned(),
        value: value.to_owned(),
        reason: reason.to_owned(),
    };
    let (verdict, proposals) = match standing {
        Standing::Copy => {
            ("Not counted again: it has the same content as `logs/gateway/access_log-20220627.gz`.", vec![])
        }
        Standing::Unreadable => ("Cannot be counted: it cannot be read (it is no gzip stream).", vec![]),
        Standing::Good => {
            ("Good to count: combined, 9 records of 2 clients, zone in the record, no fault.", vec![])
        }
        _ => (
            "Count with care: combined, 120,866 records of 1,204 clients from 2022-06-27 11:41:09 to 2022-06-28 12:02:44 PDT, zone \
             in the record, 1 gap, 30 faults (0.02 %). 1 file breaks off; what came before that is counted. It stands behind a \
             proxy: 1 peer carries 100 % of the records, and most of these bear another address (1,204 distinct): counts of peers \
             are not counts of clients.",
            vec![
                proposal(
                    "--trusted-proxy",
                    "10.0.0.5",
                    "120,866 records came through it, 120,800 with another address behind it.",
                ),
                proposal(
                    "--timezone",
                    "<zone of the server, such as Europe/Berlin>",
                    "12 records bear no zone that is known.",
                ),
                proposal(
                    "--format",
                    "apache:%h %l '%u'",
                    "If Apache wrote it: its bytes are the size that was to be sent.",
                ),
                proposal(
                    "methods",
                    "[\"GET\", \"POST\"]",
                    "14 responses 2xx to POST carried 18,144 bytes (18.1 kB).",
                ),
            ],
        ),
    };
    InspectSource {
        name: name.to_owned(),
        files: mine.iter().map(|row| row.path.clone()).collect(),
        format: "combined".to_owned(),
        records: mine.iter().map(|row| row.records).sum(),
        faults: mine.iter().map(|row| row.faults).sum(),
        first_utc: mine.iter().find_map(|row| row.first_utc.clone()),
        last_utc: mine.iter().rev().find_map(|row| row.last_utc.clone()),
        clients: Some(1_204),
        verdict: verdict.to_owned(),
        proposals,
        standing,
        rows: places.take(mine.len()).collect(),
    }
}

/// A folder with so many logs that only what stands against one is said.
fn many_logs() -> Inspection {
    let row = |n: usize| {
        let path = format!("logs/site-{n:02}.log");
        let (records, lines) = (100 * n as u64, 100 * n as u64 + 28);
        let log = InspectRow { path: path.clone(), records, lines, ..inspection(1).rows.remove(0) };
        let (format, zone) = ("unrecognised".to_owned(), String::new());
        let nothing = InspectRow { path, format, zone, state: log.state.clone(), ..InspectRow::default() };
        match n {
            0..10 => log,
            10..35 => InspectRow { lines: 7, faults: 7, bytes: 70, ..nothing },
            _ => nothing,
        }
    };
    let rows: Vec<InspectRow> = (0..40).map(row).collect();
    let standing = |n: usize| match n {
        0..10 => {
            if n % 4 == 3 {
                Standing::Care
            } else {
                Standing::Good
            }
        }
        10..35 => Standing::Unrecognised,
        _ => Standing::Empty,
    };
    let sources = (0..40)
        .map(|n| {
            let of = of_rows(&format!("logs/site-{n:02}.log"), &rows, n..n + 1, standing(n));
            let proposals = of
                .proposals
                .into_iter()
                .filter(|p| n < 10 || (n < 35 && p.value.starts_with("apache")))
                .collect();
            InspectSource { proposals, ..of }
        })
        .collect();
    Inspection { rows, sources, ..Inspection::default() }
}

fn same_as_file(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report/terminal/screens").join(name);
    if std::env::var_os("UPDATE_SCREENS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(&path).unwrap(), "{name}");
}

fn fits(text: &str, columns: usize) {
    for line in text.lines() {
        assert!(width(line) <= columns, "{} columns: {line}", width(line));
        assert_eq!(line.trim_end(), line);
    }
}

#[test]
fn the_screens_of_count_are_as_they_were_read_and_approved() {
    for columns in [60, 80, 120] {
        let text = counted(&fixture::answer(), &fixture::tables(), &screen(columns));
        fits(&text, columns);
        same_as_file(&format!("count-{columns}.txt"), &text);
    }
}

#[test]
fn the_screens_of_inspect_are_as_they_were_read_and_approved() {
    for columns in [60, 80, 120] {
        let text = inspected(&inspection(4), &screen(columns));
        fits(&text, columns);
        same_as_file(&format!("inspect-{columns}.txt"), &text);
    }
    same_as_file("inspect-two-files-80.txt", &inspected(&inspection(2), &screen(80)));
    for columns in [60, 120] {
        let text = inspected(&many_logs(), &screen(columns));
        fits(&text, columns);
        same_as_file(&format!("inspect-many-{columns}.txt"), &text);
    }
}

#[test]
fn no_line_is_longer_than_the_screen_and_nothing_hostile_gets_out() {
    for columns in 40..140 {
        let mut tables = fixture::tables();
        for client in &mut tables.top_clients {
            client.client = fixture::HOSTILE.to_owned();
            client.party = fixture::HOSTILE.to_owned();
        }
        let mut screen = screen(columns);
        screen.case_title = Some(fixture::HOSTILE.to_owned());
        let mut inspection = inspection(4);
        for row in &mut inspection.rows {
            row.path = fixture::HOSTILE.to_owned();
            row.format = fixture::HOSTILE.to_owned();
            row.zone = fixture::HOSTILE.to_owned();
        }
        for source in &mut inspection.sources {
            source.name = fixture::HOSTILE.to_owned();
            source.verdict = fixture::HOSTILE.to_owned();
            for proposal in &mut source.proposals {
                proposal.value = fixture::HOSTILE.to_owned();
                proposal.reason = fixture::HOSTILE.to_owned();
            }
        }
        for answer in [fixture::hostile_answer(), fixture::answer(), Answer::default()] {
            let text = counted(&answer, &tables, &screen) + &inspected(&inspection, &screen);
            assert!(!text.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}', '\r', '\u{200b}']));
            if columns >= 60 && answer.profile.name != fixture::HOSTILE {
                fits(&counted(&answer, &fixture::tables(), &screen), columns);
            }
        }
    }
}

#[test]
fn colour_only_sets_off_what_is_there_without_it() {
    let plain = counted(&fixture::answer(), &fixture::tables(), &screen(80));
    let coloured = counted(&fixture::answer(), &fixture::tables(), &Screen { colour: true, ..screen(80) });
    assert!(coloured.contains("\u{1b}[1m") && coloured != plain);
    let mut bare = coloured;
    for code in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[33m", "\u{1b}[36m"] {
        bare = bare.replace(code, "");
    }
    assert_eq!(bare, plain);
}

#[test]
fn nothing_served_says_so_instead_of_a_zero_alone() {
    let mut answer = Answer::default();
    answer.counts.requests = 3;
    let text = counted(&answer, &Tables::default(), &screen(80));
    assert!(text.contains("No response that carried data, in 3 requests\n"), "{text}");
}

fn window(start: &str, end: &str, served: u64, covered_seconds: u64) -> Window {
    Window {
        start_utc: start.to_owned(),
        end_utc: end.to_owned(),
        covered: covered_seconds > 0,
        covered_seconds,
        requests: served,
        served,
        clients_ip: served,
        bytes_served: 0,
    }
}

#[test]
fn the_hour_that_comes_twice_is_told_apart() {
    let windows = vec![
        window("2022-11-06T07:00:00Z", "2022-11-06T08:00:00Z", 1, 3_600),
        window("2022-11-06T08:00:00Z", "2022-11-06T09:00:00Z", 2, 3_600),
        window("2022-11-06T09:00:00Z", "2022-11-06T10:00:00Z", 3, 3_600),
    ];
    let text = counted(&Answer { windows, ..Answer::default() }, &Tables::default(), &screen(80));
    assert!(text.contains("  01:00 PDT       2") && text.contains("  01:00 PST       3"), "{text}");
}

#[test]
fn a_month_of_quarter_hours_is_shown_by_day() {
    let at = |i: u32| {
        let minutes = 7 * 60 + i * 15;
        format!("2022-06-{:02}T{:02}:{:02}:00Z", 1 + minutes / 1_440, minutes / 60 % 24, minutes % 60)
    };
    let windows = (0..27 * 96).map(|i| window(&at(i), &at(i + 1), u64::from(i % 3), 900)).collect();
    let text = counted(&Answer { windows, ..Answer::default() }, &Tables::default(), &screen(80));
    assert!(text.contains("2,592 windows, shown by day; --csv DIR writes each"), "{text}");
    assert!(text.contains("  Wed 2022-06-01      96  █"), "{text}");
    assert_eq!(text.matches("2022-06-").count(), 27, "{text}");
    assert!(!text.contains("addresses  █"));
}

#[test]
fn groups_take_the_place_of_the_top_clients() {
    let group = |client: &str, status: &str, served: u64| Group {
        key: vec![
            GroupKey { by: "client".to_owned(), value: client.to_owned() },
            GroupKey { by: "status".to_owned(), value: status.to_owned() },
        ],
        requests: served + 1,
        served,
        retrievals: served,
        clients_ip: 1,
        bytes_served: served * 1_000,
    };
    let groups = vec![group("192.0.2.1", "206", 4), group("192.0.2.2", "200", 1_200), group("", "404", 0)];
    let answer = Answer { groups: Some(groups), ..fixture::answer() };
    let text = counted(&answer, &fixture::tables(), &Screen { top: 2, ..screen(80) });
    assert!(!text.contains("clients with the most"));
    let section = text.lines().skip_while(|line| *line != "by client, status");
    let shown: String = section.take(5).map(|line| format!("{line}\n")).collect();
    assert_eq!(
        shown,
        "by client, status\n\
         \x20 client     status  requests  served  retrievals  addresses   bytes\n\
         \x20 192.0.2.2  200        1,201   1,200       1,200          1  1.2 MB\n\
         \x20 192.0.2.1  206            5       4           4          1  4.0 kB\n\
         \x20 2 of 3 groups; --json holds all\n"
    );
}

#[test]
fn a_fault_is_shown_where_it_stands_and_what_it_is() {
    let kinds: Vec<FaultKind> = fault_kinds(&fixture::tables().faults);
    let counts: Vec<_> =
        kinds.iter().map(|kind| (kind.fault.as_str(), kind.count, kind.first.line)).collect();
    assert_eq!(counts, [("syntax", 27, 812), ("time", 3, 839)]);
}
