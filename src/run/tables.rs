//! The tables that go out as CSV, of the primary vantage (events: of all), every row. Rows are made one by one from sorted runs
//! of integers, so that a table may be longer than memory.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::sync::Arc;

use foldhash::quality::RandomState;

use super::settle::{File, Settled};
use crate::case::Case;
use crate::clock::grid::Grid;
use crate::clock::text::rfc3339;
use crate::count::client::Client;
use crate::count::counted::{Counted, Sums};
use crate::count::tables::{Cell, ClientRecord, EventRecord, Listing};
use crate::finding::table::{ClientRow, ClientWindow, Event as EventRow, FaultRow, RecordsOf, Rows, Tables};
use crate::scan::faults::Faults;
use crate::table::frame::TableError;
use crate::table::lexicon::{CLIENT, Column, Frozen};
use crate::table::row::Row;

/// What rows are made of.
pub struct Evidence<'a> {
    /// The case.
    pub case: &'a Case,
    /// Files.
    pub settled: Settled,
    /// Text behind the ids.
    pub frozen: Frozen,
    /// Bins.
    pub grid: Grid,
    /// Vantage names.
    pub vantages: Vec<String>,
    /// Index of the primary one.
    pub primary: u16,
    /// Sorted runs.
    pub listing: Listing,
}

/// All tables.
#[must_use]
pub fn tables<'a>(evidence: Evidence<'a>, counted: &Counted, faults_kept: &Faults) -> Tables<'a> {
    let clients_served = counted.of(evidence.primary).clients_served();
    let files = &evidence.settled.files;
    let faults = files.iter().flat_map(|f| faults(faults_kept, f)).collect();
    let records = files.iter().map(|f| records(counted, f)).collect();
    let top_clients = evidence.top_clients();
    let evidence = Arc::new(evidence);
    Tables {
        client_windows: Box::new(ClientWindows(Arc::clone(&evidence))),
        clients: Box::new(Clients(Arc::clone(&evidence))),
        events: Box::new(Events(evidence)),
        top_clients,
        clients_served,
        faults,
        records,
    }
}

/// An error on the way to `take`, or one of the scratch files.
enum Stopped {
    Table(TableError),
    Taker(io::Error),
}

impl From<TableError> for Stopped {
    fn from(error: TableError) -> Self {
        Self::Table(error)
    }
}

impl From<Stopped> for io::Error {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Table(error) => io::Error::other(error),
            Stopped::Taker(error) => error,
        }
    }
}

impl Evidence<'_> {
    fn party(&self, place: u32) -> String {
        self.case.parties.get(place as usize).map_or_else(|| "unattributed".to_owned(), |p| p.name.clone())
    }

    fn parties<'p>(&self, places: impl IntoIterator<Item = &'p u32>) -> String {
        places.into_iter().map(|p| self.party(*p)).collect::<Vec<_>>().join("; ")
    }

    fn top_clients(&self) -> Vec<ClientRow> {
        let Some(top) = &self.listing.top else { return Vec::new() };
        let first = top.clone().of(self.primary);
        first.iter().map(|f| self.client_row(f.client, &f.sums, f.objects, &f.parties)).collect()
    }

    fn client_row<'p>(
        &self,
        client: Client,
        sums: &Sums,
        objects: u64,
        parties: impl IntoIterator<Item = &'p u32>,
    ) -> ClientRow {
        let time = |us: i64| if sums.served > 0 { rfc3339(us) } else { String::new() };
        ClientRow {
            client: client.shown(&self.frozen),
            kind: client.kind.word().to_owned(),
            party: self.parties(parties),
            requests: sums.requests,
            served: sums.served,
            retrievals: sums.retrievals,
            objects,
            bytes_served: sums.bytes_served,
            first_served_utc: time(sums.first_us),
            last_served_utc: time(sums.last_us),
        }
    }

    fn client_window(&self, mixed: &Mixed<Cell>) -> ClientWindow {
        let cell = &mixed.first;
        let (start, end) = self.grid.bins().get(cell.window as usize).copied().unwrap_or_default();
        let resource = self.case.resources.get(usize::from(cell.resource));
        ClientWindow {
            resource: resource.map_or_else(String::new, |r| r.name.clone()),
            client: cell.client.shown(&self.frozen),
            window_start_utc: rfc3339(start),
            window_end_utc: rfc3339(end),
            requests: mixed.sums.requests,
            served: mixed.sums.served,
            retrievals: mixed.sums.retrievals,
            bytes_served: mixed.sums.bytes_served,
            party: self.parties(&mixed.parties),
        }
    }

    fn event(&self, record: &EventRecord, retrieval: u64) -> Option<EventRow> {
        let (row, words) = (&record.row, &self.frozen);
        let about = words.about(row.request)?;
        let column = |column| words.column(row.request, column).unwrap_or_default().to_vec();
        let actor = words.actor(row.actor);
        let key = self.settled.keys.get(row.file as usize)?;
        let file = self.settled.files.get(key.rank as usize)?;
        let client = Client::of(row);
        let outcome = row.reason().outcome();
        Some(EventRow {
            time_utc: rfc3339(row.time_us),
            client: client.shown(&self.frozen),
            peer: self.peer(row, client),
            principal: words.text(actor.principal).to_vec(),
            agent: words.text(actor.agent).to_vec(),
            method: column(Column::Method),
            host: column(Column::Host),
            target: column(Column::Target),
            status: if row.status == 0 { String::new() } else { row.status.to_string() },
            bytes: row.logged_bytes().map_or_else(String::new, |b| b.to_string()),
            resource: self.case.resources.get(usize::from(about.resource))?.name.clone(),
            outcome: outcome.word().to_owned(),
            reason: row.reason().word().to_owned(),
            party: if outcome.is_served() { self.party(record.party) } else { String::new() },
            retrieval: if retrieval == 0 { String::new() } else { retrieval.to_string() },
            vantage: self.vantages.get(usize::from(key.vantage))?.clone(),
            source: file.path.clone(),
            member: file.member.clone().unwrap_or_default(),
            line: u64::from(row.line) + 1,
            offset: row.offset,
        })
    }

    /// The peer as logged, where it is another than the client.
    fn peer(&self, row: &Row, client: Client) -> Vec<u8> {
        if row.peer == CLIENT {
            return Vec::new();
        }
        let peer = self.frozen.text(row.peer);
        let same = match (client.address(), crate::identity::spelling::read_ip(peer)) {
            (Some(a), Some(b)) => a == b,
            _ => peer == client.text(&self.frozen).as_bytes(),
        };
        if same { Vec::new() } else { peer.to_vec() }
    }
}

/// Rows of one key, with the parties that their served requests belong to.
struct Mixed<T> {
    first: T,
    sums: Sums,
    objects: u64,
    parties: BTreeSet<u32>,
}

impl<T: Copy> Mixed<T> {
    fn of(first: &T) -> Self {
        Self { first: *first, sums: Sums::default(), objects: 0, parties: BTreeSet::new() }
    }

    fn add(&mut self, sums: &Sums, party: u32) {
        self.sums.add(sums);
        if sums.served > 0 {
            self.parties.insert(party);
        }
    }
}

struct ClientWindows<'a>(Arc<Evidence<'a>>);

impl Rows<ClientWindow> for ClientWindows<'_> {
    fn each(&self, take: &mut dyn FnMut(&ClientWindow) -> io::Result<()>) -> io::Result<()> {
        let evidence = &self.0;
        let mut give = |mixed: &Mixed<Cell>| take(&evidence.client_window(mixed)).map_err(Stopped::Taker);
        let mut open: Option<Mixed<Cell>> = None;
        evidence.listing.cells.each(&evidence.frozen, |cell| {
            if cell.vantage != evidence.primary {
                return Ok(());
            }
            let is_same = |first: &Cell| {
                (first.resource, first.window, first.client) == (cell.resource, cell.window, cell.client)
            };
            if let Some(done) = open.take_if(|mixed| !is_same(&mixed.first)) {
                give(&done)?;
            }
            let Cell { requests, served, retrievals, bytes_served, .. } = *cell;
            let sums = Sums { requests, served, retrievals, bytes_served, ..Sums::default() };
            open.get_or_insert_with(|| Mixed::of(cell)).add(&sums, cell.party);
            Ok::<(), Stopped>(())
        })?;
        open.map_or(Ok(()), |done| give(&done).map_err(io::Error::from))
    }
}

struct Clients<'a>(Arc<Evidence<'a>>);

impl Rows<ClientRow> for Clients<'_> {
    fn each(&self, take: &mut dyn FnMut(&ClientRow) -> io::Result<()>) -> io::Result<()> {
        let evidence = &self.0;
        let mut give = |mixed: &Mixed<ClientRecord>| {
            let row =
                evidence.client_row(mixed.first.client, &mixed.sums, mixed.objects, mixed.parties.iter());
            take(&row).map_err(Stopped::Taker)
        };
        let mut open: Option<Mixed<ClientRecord>> = None;
        evidence.listing.clients.each(&evidence.frozen, |record| {
            if record.vantage != evidence.primary {
                return Ok(());
            }
            if let Some(done) = open.take_if(|mixed| mixed.first.client != record.client) {
                give(&done)?;
            }
            let mixed = open.get_or_insert_with(|| Mixed::of(record));
            mixed.add(&record.sums, record.party);
            mixed.objects += record.objects;
            Ok::<(), Stopped>(())
        })?;
        open.map_or(Ok(()), |done| give(&done).map_err(io::Error::from))
    }
}

struct Events<'a>(Arc<Evidence<'a>>);

impl Rows<EventRow> for Events<'_> {
    /// Retrievals get their number in the canonical order of their first event; only those that are still open are kept
    /// in mind.
    fn each(&self, take: &mut dyn FnMut(&EventRow) -> io::Result<()>) -> io::Result<()> {
        let evidence = &self.0;
        let mut numbers: HashMap<(u32, u32), u64, RandomState> = HashMap::default();
        let mut last = 0;
        evidence.listing.events.each(evidence.settled.keys.as_slice(), |record| {
            let retrieval = match (record.number, record.is_last) {
                ((_, 0), _) => 0,
                (key, true) => numbers.remove(&key).unwrap_or_else(|| next(&mut last)),
                (key, false) => *numbers.entry(key).or_insert_with(|| next(&mut last)),
            };
            match evidence.event(record, retrieval) {
                Some(row) => take(&row).map_err(Stopped::Taker),
                None => Ok(()),
            }
        })?;
        Ok(())
    }
}

fn next(last: &mut u64) -> u64 {
    *last += 1;
    *last
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
