//! The tables that go out as CSV, of the primary vantage (events: of all), every row.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::settle::{File, Settled};
use crate::case::Case;
use crate::clock::grid::Grid;
use crate::clock::text::rfc3339;
use crate::count::counted::{ClientKey, Counted, Sums};
use crate::count::events::{Event, address, client_text};
use crate::finding::table::{ClientRow, ClientWindow, Event as EventRow, FaultRow, RecordsOf, Tables};
use crate::scan::faults::Faults;
use crate::table::lexicon::Frozen;
use crate::table::row::ClientKind;

/// What the tables are made of.
pub struct Parts<'a> {
    /// The case.
    pub case: &'a Case,
    /// Files.
    pub settled: &'a Settled,
    /// Numbers.
    pub counted: &'a Counted,
    /// Text behind the ids.
    pub frozen: &'a Frozen,
    /// Bins.
    pub grid: &'a Grid,
    /// Vantage names.
    pub vantages: &'a [String],
    /// Index of the primary one.
    pub primary: u16,
    /// Units that could not be read.
    pub faults: &'a Faults,
}

impl Parts<'_> {
    fn party(&self, place: u32) -> String {
        self.case.parties.get(place as usize).map_or_else(|| "unattributed".to_owned(), |p| p.name.clone())
    }

    fn client(&self, key: ClientKey) -> Client {
        let (kind, hi, lo) = key;
        match ClientKind::from_bits(u8::try_from(kind).unwrap_or(0)) {
            ClientKind::Ip4 => Client::Ip(IpAddr::V4(Ipv4Addr::from(u32::try_from(lo).unwrap_or(0)))),
            ClientKind::Ip6 => Client::Ip(IpAddr::V6(Ipv6Addr::from(u128::from(hi) << 64 | u128::from(lo)))),
            ClientKind::Name => {
                Client::Name(crate::escape::terminal(self.frozen.text(u32::try_from(lo).unwrap_or(0))))
            }
            ClientKind::Unknown => Client::Unknown,
        }
    }
}

/// Sorts IPv4, IPv6, names, unknown: never by an id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Client {
    Ip(IpAddr),
    Name(String),
    Unknown,
}

impl Client {
    fn text(&self) -> String {
        match self {
            Self::Ip(ip) => ip.to_string(),
            Self::Name(name) => name.clone(),
            Self::Unknown => "-".to_owned(),
        }
    }

    fn kind(&self) -> ClientKind {
        match self {
            Self::Ip(IpAddr::V4(_)) => ClientKind::Ip4,
            Self::Ip(IpAddr::V6(_)) => ClientKind::Ip6,
            Self::Name(_) => ClientKind::Name,
            Self::Unknown => ClientKind::Unknown,
        }
    }
}

/// All tables.
#[must_use]
pub fn tables(parts: &Parts<'_>) -> Tables {
    Tables {
        client_windows: client_windows(parts),
        clients: clients(parts),
        events: parts.counted.events.iter().filter_map(|(e, n)| event(parts, e, *n)).collect(),
        faults: parts.settled.files.iter().flat_map(|f| faults(parts.faults, f)).collect(),
        records: parts.settled.files.iter().map(|f| records(parts.counted, f)).collect(),
    }
}

/// Sums with the parties they were attributed to (by served requests).
#[derive(Default)]
struct Mixed {
    sums: Sums,
    parties: BTreeSet<u32>,
}

impl Mixed {
    fn add(&mut self, sums: &Sums, party: u32) {
        self.sums.add(sums);
        if sums.served > 0 {
            self.parties.insert(party);
        }
    }

    fn party(&self, parts: &Parts<'_>) -> String {
        self.parties.iter().map(|p| parts.party(*p)).collect::<Vec<_>>().join("; ")
    }
}

fn client_windows(parts: &Parts<'_>) -> Vec<ClientWindow> {
    let mut rows: BTreeMap<(u32, Client, u32), Mixed> = BTreeMap::new();
    for (key, sums) in parts.counted.cells.iter().filter(|(k, _)| k.vantage == u32::from(parts.primary)) {
        rows.entry((key.resource, parts.client(key.client), key.window)).or_default().add(sums, key.party);
    }
    rows.into_iter()
        .map(|((resource, client, window), mixed)| {
            let (start, end) = parts.grid.bins().get(window as usize).copied().unwrap_or_default();
            ClientWindow {
                resource: parts
                    .case
                    .resources
                    .get(resource as usize)
                    .map_or_else(String::new, |r| r.name.clone()),
                client: client.text(),
                window_start_utc: rfc3339(start),
                window_end_utc: rfc3339(end),
                requests: mixed.sums.requests,
                served: mixed.sums.served,
                retrievals: mixed.sums.retrievals,
                bytes_served: mixed.sums.bytes_served,
                party: mixed.party(parts),
            }
        })
        .collect()
}

fn clients(parts: &Parts<'_>) -> Vec<ClientRow> {
    let primary = u32::from(parts.primary);
    let mut rows: BTreeMap<Client, (Mixed, u64)> = BTreeMap::new();
    for (key, sums) in parts.counted.cells.iter().filter(|(k, _)| k.vantage == primary) {
        rows.entry(parts.client(key.client)).or_default().0.add(sums, key.party);
    }
    for ((vantage, key), objects) in &parts.counted.objects_by_client {
        if let (true, Some(row)) = (*vantage == primary, rows.get_mut(&parts.client(*key))) {
            row.1 += objects;
        }
    }
    rows.into_iter()
        .map(|(client, (mixed, objects))| {
            let served = mixed.sums.served > 0;
            ClientRow {
                client: client.text(),
                kind: client.kind().word().to_owned(),
                party: mixed.party(parts),
                requests: mixed.sums.requests,
                served: mixed.sums.served,
                retrievals: mixed.sums.retrievals,
                objects,
                bytes_served: mixed.sums.bytes_served,
                first_served_utc: if served { rfc3339(mixed.sums.first_us) } else { String::new() },
                last_served_utc: if served { rfc3339(mixed.sums.last_us) } else { String::new() },
            }
        })
        .collect()
}

fn event(parts: &Parts<'_>, event: &Event, retrieval: u32) -> Option<EventRow> {
    let words = parts.frozen;
    let request = words.request(event.row.request)?;
    let rank = parts.settled.keys.get(event.row.file as usize)?.rank;
    let file = parts.settled.files.get(rank as usize)?;
    let client = client_text(&event.row, words);
    let peer = words.text(event.row.peer);
    let same = match (address(&event.row), crate::identity::spelling::read_ip(peer)) {
        (Some(a), Some(b)) => a == b,
        _ => peer == client.as_bytes(),
    };
    Some(EventRow {
        time_utc: rfc3339(event.row.time_us),
        client: if client.is_empty() { "-".to_owned() } else { client },
        peer: if same { Vec::new() } else { peer.to_vec() },
        principal: words.text(event.principal).to_vec(),
        agent: words.text(event.agent).to_vec(),
        method: words.text(request.method).to_vec(),
        host: words.text(request.host).to_vec(),
        target: words.text(request.target).to_vec(),
        status: if event.row.status == 0 { String::new() } else { event.row.status.to_string() },
        bytes: event.row.logged_bytes().map_or_else(String::new, |b| b.to_string()),
        resource: parts.case.resources.get(usize::from(event.resource))?.name.clone(),
        outcome: event.reason.outcome().word().to_owned(),
        reason: event.reason.word().to_owned(),
        party: if event.served() { parts.party(event.party) } else { String::new() },
        retrieval: if retrieval == 0 { String::new() } else { retrieval.to_string() },
        vantage: parts.vantages.get(usize::from(event.vantage))?.clone(),
        source: file.path.clone(),
        member: file.member.clone().unwrap_or_default(),
        line: u64::from(event.row.line) + 1,
        offset: event.row.offset,
    })
}

fn records(counted: &Counted, file: &File) -> RecordsOf {
    let a = &file.account;
    let filtered = counted.filtered.get(&file.id).copied().unwrap_or(0);
    RecordsOf {
        duplicate_records: a.overlap,
        out_of_window: a.out_of_window,
        not_sensitive: a.not_sensitive + filtered,
        in_scope: a.in_scope - filtered.min(a.in_scope),
    }
}

/// Rows of `faults.csv` for one file.
#[must_use]
pub fn faults(faults: &Faults, file: &File) -> Vec<FaultRow> {
    faults
        .of(file.report.origin)
        .map(|note| FaultRow {
            source: file.path.clone(),
            member: file.member.clone().unwrap_or_default(),
            line: note.line + 1,
            offset: note.offset,
            fault: note.kind.word().to_owned(),
            field: note.field.clone(),
            expected: note.expected.to_owned(),
            found: note.found.clone(),
        })
        .collect()
}
