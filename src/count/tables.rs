//! What a count lists row by row, where somebody asks for it: clients, clients by window, events. Each thread collects into
//! sinks, which write sorted runs to scratch when they hold too much; a table is read back as one sorted stream.

use std::cmp::Ordering;
use std::collections::HashMap;

use foldhash::quality::RandomState;

use super::client::{Client, Order};
use super::counted::Sums;
use super::events::{Context, Event, FileKey, canonical};
use super::retrieval::Retrieval;
use super::top::Top;
use super::totals::ClientEnd;
use crate::table::frame::TableError;
use crate::table::lexicon::Frozen;
use crate::table::partition::Keeping;
use crate::table::row::{ClientKind, Row, parted, two};
use crate::table::runs::{Kept, Runs, Sink, Sorting};

/// Room for cells that is kept for the next client.
const MOST_CELLS: usize = 1 << 12;

/// Which tables are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Clients, clients by window, and events, all rows of them.
    pub all: bool,
    /// So many of the clients that were served most.
    pub top: usize,
}

/// One cell of the finest table: resource × client × window × party, of one vantage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Vantage index.
    pub vantage: u16,
    /// Resource index.
    pub resource: u16,
    /// Window index.
    pub window: u32,
    /// Party index.
    pub party: u32,
    /// Client.
    pub client: Client,
    /// In scope.
    pub requests: u64,
    /// Responses that carried data.
    pub served: u64,
    /// Retrievals opened.
    pub retrievals: u64,
    /// Bytes of served responses.
    pub bytes_served: u64,
}

/// The sums of one client and party, of one vantage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientRecord {
    /// Vantage index.
    pub vantage: u16,
    /// Party index.
    pub party: u32,
    /// Client.
    pub client: Client,
    /// Sums; of them the table shows those that it keeps.
    pub sums: Sums,
    /// Distinct objects of the client over all its parties; told with its first party, 0 with the others.
    pub objects: u64,
}

/// One in-scope event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventRecord {
    /// The row.
    pub row: Row,
    /// Party index.
    pub party: u32,
    /// Its retrieval: partition, and number there from 1; 0 where it was not served.
    pub number: (u32, u32),
    /// Whether no later event belongs to that retrieval.
    pub is_last: bool,
}

impl EventRecord {
    /// An event that was not served.
    #[must_use]
    pub fn other(event: &Event) -> Self {
        Self { row: event.row, party: event.party, number: (0, 0), is_last: true }
    }

    /// An event of a retrieval.
    #[must_use]
    pub fn served(event: &Event, number: (u32, u32)) -> Self {
        Self { number, is_last: false, ..Self::other(event) }
    }
}

/// The tables of one thread.
pub struct Tables {
    events: Option<Sink<EventRecord>>,
    cells: Option<Sink<Cell>>,
    clients: Option<Sink<ClientRecord>>,
    /// Cells of the client that is being counted: vantage, resource, window, party.
    here: HashMap<(u16, u16, u32, u32), Sums, RandomState>,
    top: Option<Top>,
}

/// The tables of a run.
#[derive(Default)]
pub struct Listing {
    /// In canonical order.
    pub events: Runs<EventRecord>,
    /// By resource, client, window.
    pub cells: Runs<Cell>,
    /// By client.
    pub clients: Runs<ClientRecord>,
    /// Those that were served most.
    pub top: Option<Top>,
}

impl Tables {
    /// Empty tables; `budget_bytes` is what all sinks of the thread may hold.
    #[must_use]
    pub fn new(wanted: Wanted, keeping: &Keeping, budget_bytes: usize) -> Self {
        let share = budget_bytes / 4;
        Self {
            events: wanted.all.then(|| Sink::new(keeping, budget_bytes / 2)),
            cells: wanted.all.then(|| Sink::new(keeping, share)),
            clients: wanted.all.then(|| Sink::new(keeping, share)),
            here: HashMap::default(),
            top: (wanted.top > 0).then(|| Top::new(wanted.top)),
        }
    }

    /// Whether objects and parties of each client are wanted.
    #[must_use]
    pub fn by_client(wanted: Wanted) -> bool {
        wanted.all || wanted.top > 0
    }

    /// The table of events, if it is wanted.
    pub fn events(&mut self) -> Option<&mut Sink<EventRecord>> {
        self.events.as_mut()
    }

    /// Adds an event of the client that is being counted.
    pub fn cell(&mut self, event: &Event, opened: Option<&Retrieval>) {
        if self.cells.is_none() {
            return;
        }
        let key = (event.vantage, event.resource, event.window, event.party);
        let sums = self.here.entry(key).or_default();
        sums.requests += 1;
        sums.served += u64::from(event.served());
        sums.retrievals += u64::from(opened.is_some());
        sums.bytes_served = sums.bytes_served.saturating_add(event.bytes_served());
    }

    /// Keeps the cells of the client that ends here.
    pub fn end_cells(&mut self, client: Client) {
        let Some(cells) = &mut self.cells else { return };
        let mut here = std::mem::take(&mut self.here);
        #[expect(clippy::iter_over_hash_type, reason = "the sink sorts them")]
        for ((vantage, resource, window, party), sums) in here.drain() {
            let Sums { requests, served, retrievals, bytes_served, .. } = sums;
            cells.push(Cell {
                vantage,
                resource,
                window,
                party,
                client,
                requests,
                served,
                retrievals,
                bytes_served,
            });
        }
        // A map that once held very much would be slow to empty for all others.
        if here.capacity() <= MOST_CELLS {
            self.here = here;
        }
    }

    /// Keeps a client that ends here.
    pub fn client(&mut self, end: &ClientEnd<'_>, words: &Frozen) {
        if let Some(top) = &mut self.top {
            top.offer(end, words);
        }
        let Some(clients) = &mut self.clients else { return };
        let mut objects = end.objects;
        for (party, sums) in end.parties {
            let (vantage, client) = (end.vantage, end.client);
            let objects = std::mem::take(&mut objects);
            clients.push(ClientRecord { vantage, party: *party, client, sums: *sums, objects });
        }
    }

    /// Writes out events that are too many to hold.
    ///
    /// # Errors
    /// Scratch space that fails.
    pub fn spill_events_if_full(&mut self, context: &Context<'_>) -> Result<(), TableError> {
        match &mut self.events {
            Some(events) if events.is_full() => events.spill(context.files),
            _ => Ok(()),
        }
    }

    /// Writes out what is too much to hold. Only between two clients.
    ///
    /// # Errors
    /// Scratch space that fails.
    pub fn spill_if_full(&mut self, context: &Context<'_>) -> Result<(), TableError> {
        if let Some(cells) = self.cells.as_mut().filter(|cells| cells.is_full()) {
            cells.spill(context.frozen)?;
        }
        if let Some(clients) = self.clients.as_mut().filter(|clients| clients.is_full()) {
            clients.spill(context.frozen)?;
        }
        Ok(())
    }

    /// Ends the thread's tables and adds them to the run's.
    pub fn end(self, all: &mut Listing, context: &Context<'_>) {
        if let Some(events) = self.events {
            all.events.absorb(events.end(context.files));
        }
        if let Some(cells) = self.cells {
            all.cells.absorb(cells.end(context.frozen));
        }
        if let Some(clients) = self.clients {
            all.clients.absorb(clients.end(context.frozen));
        }
        match (&mut all.top, self.top) {
            (Some(all), Some(top)) => all.merge(top),
            (all, top) => *all = all.take().or(top),
        }
    }
}

/// Canonical order (METHOD M1.5).
impl Sorting<EventRecord> for [FileKey] {
    fn sort(&self, records: &mut [EventRecord]) {
        records.sort_unstable_by(|a, b| self.compare(a, b));
    }

    fn compare(&self, a: &EventRecord, b: &EventRecord) -> Ordering {
        canonical(self, &a.row, &b.row)
    }
}

/// By resource, client, window.
impl Sorting<Cell> for Frozen {
    fn sort(&self, records: &mut [Cell]) {
        let order = Order::among(records.iter().map(|cell| cell.client), self);
        records.sort_unstable_by(|a, b| a.compare(b, |a, b| order.compare(a, b)));
    }

    fn compare(&self, a: &Cell, b: &Cell) -> Ordering {
        a.compare(b, |a, b| a.compare(b, self))
    }
}

/// By client.
impl Sorting<ClientRecord> for Frozen {
    fn sort(&self, records: &mut [ClientRecord]) {
        let order = Order::among(records.iter().map(|record| record.client), self);
        records.sort_unstable_by(|a, b| a.compare(b, |a, b| order.compare(a, b)));
    }

    fn compare(&self, a: &ClientRecord, b: &ClientRecord) -> Ordering {
        a.compare(b, |a, b| a.compare(b, self))
    }
}

impl Cell {
    fn rest(&self) -> (u32, u32, u16) {
        (self.window, self.party, self.vantage)
    }

    fn compare(&self, other: &Self, clients: impl Fn(Client, Client) -> Ordering) -> Ordering {
        let clients = || clients(self.client, other.client);
        self.resource.cmp(&other.resource).then_with(clients).then_with(|| self.rest().cmp(&other.rest()))
    }
}

impl ClientRecord {
    fn compare(&self, other: &Self, clients: impl Fn(Client, Client) -> Ordering) -> Ordering {
        let parties = || (self.party, self.vantage).cmp(&(other.party, other.vantage));
        clients(self.client, other.client).then_with(parties)
    }
}

/// Kind and vantage in one column, and with them another small integer.
fn place(client: Client, vantage: u16, more: u32) -> u64 {
    two(u32::from(vantage) << 8 | client.kind as u32, more)
}

fn placed(word: u64, hi: u64, lo: u64) -> (Client, u16, u32) {
    let (first, more) = parted(word);
    let [_, high, low, kind] = first.to_be_bytes();
    (Client { kind: ClientKind::from_bits(kind), hi, lo }, u16::from_be_bytes([high, low]), more)
}

impl Kept for Cell {
    const COLUMNS: &'static [&'static str] =
        &["place", "client_hi", "client_lo", "when", "requests", "served", "retrievals", "bytes_served"];

    fn word(&self, column: usize) -> u64 {
        match column {
            0 => place(self.client, self.vantage, u32::from(self.resource)),
            1 => self.client.hi,
            2 => self.client.lo,
            3 => two(self.window, self.party),
            4 => self.requests,
            5 => self.served,
            6 => self.retrievals,
            _ => self.bytes_served,
        }
    }

    fn of(word: impl Fn(usize) -> u64) -> Self {
        let (client, vantage, resource) = placed(word(0), word(1), word(2));
        let (window, party) = parted(word(3));
        Self {
            vantage,
            resource: u16::try_from(resource).unwrap_or(u16::MAX),
            window,
            party,
            client,
            requests: word(4),
            served: word(5),
            retrievals: word(6),
            bytes_served: word(7),
        }
    }
}

impl Kept for ClientRecord {
    const COLUMNS: &'static [&'static str] = &[
        "place",
        "client_hi",
        "client_lo",
        "objects",
        "requests",
        "served",
        "retrievals",
        "bytes_served",
        "first_us",
        "last_us",
    ];

    fn word(&self, column: usize) -> u64 {
        match column {
            0 => place(self.client, self.vantage, self.party),
            1 => self.client.hi,
            2 => self.client.lo,
            3 => self.objects,
            4 => self.sums.requests,
            5 => self.sums.served,
            6 => self.sums.retrievals,
            7 => self.sums.bytes_served,
            8 => self.sums.first_us.cast_unsigned(),
            _ => self.sums.last_us.cast_unsigned(),
        }
    }

    fn of(word: impl Fn(usize) -> u64) -> Self {
        let (client, vantage, party) = placed(word(0), word(1), word(2));
        let sums = Sums {
            requests: word(4),
            served: word(5),
            retrievals: word(6),
            bytes_served: word(7),
            first_us: word(8).cast_signed(),
            last_us: word(9).cast_signed(),
            ..Sums::default()
        };
        Self { vantage, party, client, sums, objects: word(3) }
    }
}

impl Kept for EventRecord {
    const COLUMNS: &'static [&'static str] = &[
        "time_us",
        "offset",
        "client_hi",
        "client_lo",
        "bytes",
        "line_request",
        "actor_peer",
        "file_codes",
        "party_last",
        "retrieval",
    ];

    fn word(&self, column: usize) -> u64 {
        match column {
            8 => two(self.party, u32::from(self.is_last)),
            9 => two(self.number.0, self.number.1),
            of_row => self.row.word(of_row),
        }
    }

    fn of(word: impl Fn(usize) -> u64) -> Self {
        let (party, last) = parted(word(8));
        Self { row: Row::of(&word), party, number: parted(word(9)), is_last: last == 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn again<T: Kept>(record: &T) -> T {
        let words: Vec<u64> = (0..T::COLUMNS.len()).map(|column| record.word(column)).collect();
        T::of(|column| words[column])
    }

    proptest! {
        #[test]
        fn records_survive_their_columns(
            small in any::<(u16, u16, u32, u32)>(), kind in 0u8..4, big in any::<[u64; 6]>(), times in any::<(i64, i64)>(),
            ids in any::<[u32; 6]>(), codes in any::<u32>(), last in any::<bool>(),
        ) {
            let (vantage, resource, window, party) = small;
            let [hi, lo, requests, served, retrievals, bytes_served] = big;
            let client = Client { kind: ClientKind::from_bits(kind), hi, lo };
            let cell = Cell { vantage, resource, window, party, client, requests, served, retrievals, bytes_served };
            prop_assert_eq!(again(&cell), cell);
            let sums = Sums { requests, served, retrievals, bytes_served, first_us: times.0, last_us: times.1, ..Sums::default() };
            let record = ClientRecord { vantage, party, client, sums, objects: hi };
            prop_assert_eq!(again(&record), record);
            let [line, request, actor, peer, file, number] = ids;
            let row = Row { time_us: times.0, offset: hi, client_hi: lo, client_lo: requests, bytes: times.1, line, request, actor,
                peer, file, status: 0, reason: 0, flags: 0 }.with_codes(codes);
            let event = EventRecord { row, party, number: (window, number), is_last: last };
            prop_assert_eq!(again(&event), event);
        }
    }
}
