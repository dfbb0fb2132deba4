//! A realistic answer for tests: the permit dashboard (2,734 responses, 507 addresses, 24 windows, an outage), and
//! texts an attacker would log.

use crate::finding::answer::{
    Answer, BytesServed, Caveat, Clients, Counts, Exposure, Finding, Ledger, Outcomes, Party, ProfileCount,
    Resource, Source, Vantage, Window,
};
use crate::finding::table::{ClientRow, ClientWindow, Event, FaultRow, Tables};

/// Escapes, markup, formulas, reversed text, in one string.
pub(crate) const HOSTILE: &str = "\u{1b}]0;owned\u{7}\u{9b}31m</script><img src=x onerror=alert(1)>\u{202e}fdp.exe\r\n=cmd|' /C calc'!A0\u{200b}";

/// Served and distinct addresses per hour from 12:00 PDT; `None` where no log covers the hour.
const HOURS: [Option<(u64, u64)>; 24] = [
    Some((61, 22)),
    Some((188, 61)),
    Some((402, 118)),
    Some((517, 149)),
    Some((455, 130)),
    Some((391, 112)),
    Some((244, 71)),
    None,
    None,
    Some((63, 31)),
    Some((151, 58)),
    Some((87, 40)),
    Some((31, 15)),
    Some((9, 5)),
    Some((0, 0)),
    Some((0, 0)),
    Some((0, 0)),
    Some((0, 0)),
    Some((0, 0)),
    Some((4, 3)),
    Some((22, 12)),
    Some((41, 20)),
    Some((52, 25)),
    Some((16, 9)),
];

fn hour(i: usize) -> String {
    let (day, hour) = ((i + 19) / 24, (i + 19) % 24);
    format!("2022-06-{:02}T{hour:02}:00:00Z", 27 + day)
}

fn windows() -> Vec<Window> {
    HOURS
        .iter()
        .enumerate()
        .map(|(i, hour_of)| {
            let (served, clients_ip) = hour_of.unwrap_or_default();
            let covered_seconds = match i {
                6 => 2_460,
                7 | 8 => 0,
                9 => 1_800,
                _ => 3_600,
            };
            Window {
                start_utc: hour(i),
                end_utc: hour(i + 1),
                covered: hour_of.is_some(),
                covered_seconds,
                requests: if i == 15 { 5 } else { served + served / 5 },
                served,
                clients_ip,
                bytes_served: served * 41_234_567,
            }
        })
        .collect()
}

fn source(path: &str, state: &str, records: u64, faults: u64) -> Source {
    let read = state != "unreadable" && state != "duplicate";
    Source {
        path: path.to_owned(),
        member: None,
        source: "gateway".to_owned(),
        state: state.to_owned(),
        sha256: (state != "unreadable")
            .then(|| "3f2a9c41d07be85566a1f0c2d4e69b83a7750d1be2c94f6087a3d5b1c6e8f902".to_owned()),
        content_sha256: None,
        vantage: "origin".to_owned(),
        format: if read { "combined" } else { "unrecognised" }.to_owned(),
        bytes: records * 211,
        lines: if read { records + faults + 1 } else { 0 },
        records,
        directives: 0,
        blank: u64::from(read),
        faults,
        first_utc: read.then(|| "2022-06-27T18:41:09Z".to_owned()),
        last_utc: read.then(|| "2022-06-28T19:02:44Z".to_owned()),
    }
}

/// The dashboard.
pub(crate) fn answer() -> Answer {
    let windows = windows();
    Answer {
        profile: ProfileCount {
            name: "served".to_owned(),
            sha256: "9b1c7de20a6f43558e0d2c91b7fa664c3012d58ee9a0417f6b2c8d35e1f09a74".to_owned(),
            count: 2_734,
        },
        ledger: Ledger {
            files: 4,
            bytes: 25_502_726,
            lines: 120_898,
            records: 120_866,
            directives: 0,
            blank: 2,
            faults: 30,
            unreadable_files: 1,
            duplicate_files: 1,
            duplicate_records: 17,
            out_of_window: 1_204,
            not_sensitive: 116_366,
            in_scope: 3_279,
        },
        sources: vec![
            source("logs/gateway/2022/06/frontend-a/httpd/access_log-20220627.gz", "read", 80_866, 27),
            source("logs/gateway/2022/06/frontend-a/httpd/access_log-20220628.gz", "truncated", 40_000, 3),
            source("logs/gateway/copy of access_log-20220627.gz", "duplicate", 0, 0),
            source("logs/gateway/access_log-20220629.gz", "unreadable", 0, 0),
        ],
        primary_vantage: "origin".to_owned(),
        counts: Counts {
            requests: 3_279,
            served: 2_734,
            retrievals: 2_518,
            complete_or_probable_retrievals: 2_391,
            complete_retrievals: None,
            completeness_unknown: 2_734,
        },
        exposure: Exposure {
            from_utc: Some("2022-06-27T19:00:00Z".to_owned()),
            until_utc: Some("2022-06-28T19:00:00Z".to_owned()),
            covered_seconds: 76_260,
        },
        outcomes: Outcomes {
            complete: None,
            probable: 2_502,
            partial: 232,
            copied: 0,
            learned: 41,
            attempted: 504,
        },
        clients: Clients {
            ip: 507,
            ip4: 489,
            ip6_128: 18,
            ip6_64: 15,
            ip6_56: 14,
            ip6_48: 12,
            name: 2,
            unknown_requests: 1,
            ip_ua: 548,
            principal: 3,
            credential: 0,
        },
        bytes_served: BytesServed {
            total: 112_735_306_178,
            body_written: 0,
            wire_written: 0,
            body_planned: 0,
            unknown: 112_735_306_178,
            unlogged_responses: 0,
        },
        first_served_utc: Some("2022-06-27T19:04:11Z".to_owned()),
        last_served_utc: Some("2022-06-28T18:58:40Z".to_owned()),
        resources: vec![
            Resource {
                name: "permits".to_owned(),
                requests: 2_702,
                served: 2_301,
                retrievals: 2_110,
                complete_retrievals: None,
                clients_ip: 466,
                objects: 3,
                subjects: None,
                subject_unknown: 0,
                also_matches: 0,
                bytes_served: 94_880_738_667,
                first_served_utc: Some("2022-06-27T19:04:11Z".to_owned()),
                last_served_utc: Some("2022-06-28T18:58:40Z".to_owned()),
            },
            Resource {
                name: "safety certificates".to_owned(),
                requests: 577,
                served: 433,
                retrievals: 408,
                complete_retrievals: None,
                clients_ip: 140,
                objects: 1,
                subjects: Some(1_204),
                subject_unknown: 12,
                also_matches: 4,
                bytes_served: 17_854_567_511,
                first_served_utc: Some("2022-06-27T20:11:00Z".to_owned()),
                last_served_utc: Some("2022-06-28T17:20:31Z".to_owned()),
            },
        ],
        windows,
        parties: vec![
            Party {
                name: "Department staff".to_owned(),
                kind: Some("staff".to_owned()),
                served: 112,
                clients_ip: 6,
                objects: 4,
                subjects: None,
                bytes_served: 4_618_271_504,
            },
            Party {
                name: "unattributed".to_owned(),
                kind: None,
                served: 2_622,
                clients_ip: 503,
                objects: 4,
                subjects: None,
                bytes_served: 108_117_034_674,
            },
        ],
        vantages: vec![
            Vantage { name: "edge".to_owned(), requests: 3_402, served: 2_801 },
            Vantage { name: "origin".to_owned(), requests: 3_279, served: 2_734 },
        ],
        findings: vec![
            Finding {
                id: "log-gap".to_owned(),
                source: Some("gateway".to_owned()),
                text: "No record from 2022-06-28T01:41:00Z to 2022-06-28T04:30:00Z (2 h 49 min); the case states an outage in this span.".to_owned(),
            },
            Finding {
                id: "unreadable-file".to_owned(),
                source: Some("logs/gateway/access_log-20220629.gz".to_owned()),
                text: "The file could not be read: it is no gzip stream.".to_owned(),
            },
        ],
        caveats: vec![
            Caveat {
                id: "CNT-01".to_owned(),
                text: "The figures are nested counts by stated definitions, not bounds on the truth; `accesstrail reconcile` shows what other definitions give.".to_owned(),
            },
            Caveat {
                id: "CNT-02".to_owned(),
                text: "2,734 responses are not provably complete, because the format does not say whether all bytes were sent.".to_owned(),
            },
            Caveat {
                id: "CNT-11".to_owned(),
                text: "14 successful responses with 577,283,938 bytes went to POST requests, which the case does not list; with them the figures would be 2,748 by 509 addresses.".to_owned(),
            },
            Caveat { id: "ID-01".to_owned(), text: "An address is not a person.".to_owned() },
            Caveat {
                id: "INT-02".to_owned(),
                text: "30 units could not be read; each may hold a further request.".to_owned(),
            },
        ],
        ..Answer::default()
    }
}

/// The same answer with hostile text wherever text can come from a log or a file name.
pub(crate) fn hostile_answer() -> Answer {
    let mut answer = answer();
    for resource in &mut answer.resources {
        resource.name = HOSTILE.to_owned();
    }
    for party in &mut answer.parties {
        party.name = HOSTILE.to_owned();
        party.kind = Some(HOSTILE.to_owned());
    }
    for source in &mut answer.sources {
        source.path = HOSTILE.to_owned();
        source.member = Some(HOSTILE.to_owned());
        source.format = HOSTILE.to_owned();
        source.first_utc = Some(HOSTILE.to_owned());
    }
    for finding in &mut answer.findings {
        finding.source = Some(HOSTILE.to_owned());
        finding.text = HOSTILE.to_owned();
    }
    for caveat in &mut answer.caveats {
        caveat.text = HOSTILE.to_owned();
    }
    for vantage in &mut answer.vantages {
        vantage.name = HOSTILE.to_owned();
    }
    for window in &mut answer.windows {
        window.start_utc = HOSTILE.to_owned();
    }
    answer.profile.name = HOSTILE.to_owned();
    answer.profile.sha256 = HOSTILE.to_owned();
    answer.primary_vantage = HOSTILE.to_owned();
    answer.first_served_utc = Some(HOSTILE.to_owned());
    answer
}

/// Clients and events that go with [`answer`].
pub(crate) fn tables() -> Tables<'static> {
    let client = |i: u64| ClientRow {
        client: if i == 3 { "2001:db8:4f0:1::9".to_owned() } else { format!("192.0.2.{}", 17 + i) },
        kind: if i == 3 { "ip6" } else { "ip4" }.to_owned(),
        party: if i == 1 { "Department staff".to_owned() } else { String::new() },
        requests: 120 - i * 7,
        served: 96 - i * 7,
        retrievals: 80 - i * 5,
        objects: 4,
        bytes_served: (96 - i * 7) * 41_234_567,
        first_served_utc: "2022-06-27T19:04:11Z".to_owned(),
        last_served_utc: "2022-06-28T18:58:40Z".to_owned(),
    };
    let window = |resource: &str, client: &str, served, party: &str| ClientWindow {
        resource: resource.to_owned(),
        client: client.to_owned(),
        window_start_utc: "2022-06-27T19:00:00Z".to_owned(),
        window_end_utc: "2022-06-27T20:00:00Z".to_owned(),
        requests: if served == 5 { 6 } else { served },
        served,
        retrievals: if served == 5 { 4 } else { served },
        bytes_served: if served == 5 { 206_172_835 } else { 0 },
        party: party.to_owned(),
    };
    let event = |principal: &[u8], agent: &str, target: &[u8], host: &[u8]| Event {
        time_utc: "2022-06-27T19:04:11Z".to_owned(),
        client: "192.0.2.17".to_owned(),
        peer: Vec::new(),
        principal: principal.to_vec(),
        agent: agent.as_bytes().to_vec(),
        method: b"GET".to_vec(),
        host: host.to_vec(),
        target: target.to_vec(),
        status: "200".to_owned(),
        bytes: "41234567".to_owned(),
        resource: "permits".to_owned(),
        outcome: "probable".to_owned(),
        reason: String::new(),
        party: "unattributed".to_owned(),
        retrieval: "1".to_owned(),
        vantage: "origin".to_owned(),
        source: "logs/gateway/access_log".to_owned(),
        member: String::new(),
        line: 812,
        offset: 171_332,
    };
    Tables {
        client_windows: Box::new(vec![
            window("permits", "192.0.2.17", 5, ""),
            window("=cmd|' /C calc'!A0", "-host", 1, "@staff"),
        ]),
        clients: Box::new((0..12).map(client).collect::<Vec<_>>()),
        top_clients: (0..12).map(client).collect(),
        clients_served: 12,
        events: Box::new(vec![
            event(b"-", "curl/7.81.0", b"/views/Permits/data.csv?:format=csv", b"dashboard.example"),
            event(
                b"=cmd|' /C calc'!A0",
                "＝HYPERLINK(1)",
                b"/caf\xe9</script><img onerror=alert(1)>",
                b"a,\"b\"\nc",
            ),
        ]),
        faults: faults(),
        records: Vec::new(),
    }
}

fn faults() -> Vec<FaultRow> {
    (0..30)
        .map(|i| FaultRow {
            source: "logs/gateway/2022/06/frontend-a/httpd/access_log-20220627.gz".to_owned(),
            member: String::new(),
            line: 812 + i,
            offset: 171_332 + i * 40,
            fault: if i < 27 { "syntax" } else { "time" }.to_owned(),
            field: if i < 27 { "%r" } else { "%t" }.to_owned(),
            expected: if i < 27 { "a closing quote" } else { "a day of the month" }.to_owned(),
            found: if i == 0 {
                b"\"GET /x?sig=SECRET \x1b[2J</script>\xff".to_vec()
            } else {
                b"[31/Jun/2022:12:00:00".to_vec()
            },
        })
        .collect()
}
