//! One partition, from its rows to totals and tables: a single walk in counting order.
//!
//! Rows of one retrieval key stand together in canonical order, so they go through one fold; those of one client stand
//! together, so what is distinct by client is counted on the way. An event that opens a retrieval is counted when that
//! retrieval is over, because only then it is known what it came to.

use foldhash::quality::RandomState;
use std::collections::HashSet;

use super::client::Client;
use super::events::{Attributor, Context, Event, as_served};
use super::filter::View;
use super::order::Place;
use super::retrieval::{Fold, Retrieval, slot};
use super::tables::{EventRecord, Tables};
use super::totals::Totals;
use crate::table::frame::TableError;
use crate::table::lexicon::About;
use crate::table::row::{ClientKind, Row};

/// An event with the retrieval that it opened, as it was at its end.
pub type Labelled = (Event, Option<Retrieval>);

/// What one thread carries from partition to partition.
pub struct Pass<'a> {
    context: &'a Context<'a>,
    /// What is added up.
    pub totals: Totals,
    /// What is listed.
    pub tables: Tables,
    /// The events of the partition, where somebody groups them (`--by`).
    grouped: Option<Vec<Labelled>>,
    parties: Attributor<'a>,
    /// Lower half of the address that a /64 is met by; its events are counted as they come.
    first: u64,
    /// Of a /64: the events of its other addresses, which are sorted by address before they are counted.
    net: Vec<Labelled>,
    numbers: Numbers,
    /// The retrieval key that is being counted; its place in memory is used again for the next one.
    open: Option<Box<Key>>,
}

/// The rows of one retrieval key so far.
struct Key {
    place: Place,
    client: Client,
    fold: Fold<Event>,
    twice: Twice,
    listed: Listed,
    edges: Edges,
}

impl Key {
    fn of(place: &Place, row: &Row) -> Self {
        Self {
            place: *place,
            client: Client::of(row),
            fold: Fold::default(),
            twice: Twice::default(),
            listed: Listed::default(),
            edges: Edges::default(),
        }
    }
}

impl<'a> Pass<'a> {
    /// A thread's pass.
    #[must_use]
    pub fn new(context: &'a Context<'a>, totals: Totals, tables: Tables, group: bool) -> Self {
        Self {
            context,
            totals,
            tables,
            grouped: group.then(Vec::new),
            parties: Attributor::new(context),
            first: 0,
            net: Vec::new(),
            numbers: Numbers::default(),
            open: None,
        }
    }

    /// What comes from here on is another partition's.
    pub fn begin(&mut self, partition: u32) {
        self.totals.begin_partition();
        self.numbers = Numbers { partition, next: 0 };
        if let Some(grouped) = &mut self.grouped {
            grouped.clear();
        }
    }

    /// The next row in counting order.
    ///
    /// # Errors
    /// Scratch space that fails.
    pub fn row(&mut self, place: &Place, row: &Row, about: About) -> Result<(), TableError> {
        let mut key = match self.open.take() {
            Some(mut key) => {
                if !key.place.is_key_of(place) {
                    let is_other_client = !key.place.is_client_of(place);
                    self.end_key(&mut key, is_other_client)?;
                    (key.place, key.client) = (*place, Client::of(row));
                    if is_other_client {
                        self.begin_client(row);
                    }
                }
                key
            }
            None => {
                self.begin_client(row);
                Box::new(Key::of(place, row))
            }
        };
        self.add(&mut key, row, about);
        self.open = Some(key);
        self.tables.spill_events_if_full(self.context)
    }

    fn begin_client(&mut self, row: &Row) {
        self.totals.begin_client();
        self.first = row.client_lo;
    }

    /// Ends the partition; gives its events where they are to be grouped.
    ///
    /// # Errors
    /// Scratch space that fails.
    pub fn end(&mut self) -> Result<Option<&[Labelled]>, TableError> {
        if let Some(mut key) = self.open.take() {
            self.end_key(&mut key, true)?;
        }
        Ok(self.grouped.as_deref())
    }

    fn add(&mut self, key: &mut Key, row: &Row, about: About) {
        if self.context.has_edges {
            key.edges.look(row, about, self.context);
        }
        let Some(event) = self.event(row, about) else { return };
        key.twice.look(&event, self.context);
        if !event.served() {
            self.take((event, None));
            key.listed.other(&event, &mut self.tables);
            return;
        }
        let served = as_served(&event, about, self.context);
        let mut over = None;
        let opens =
            key.fold.take(event, &served, self.context.gap_us, |opener, r| over = Some((opener, Some(r))));
        key.listed.served(&event, slot(served.copied), opens, &mut self.numbers, &mut self.tables);
        if !opens {
            self.take((event, None));
        }
        if let Some(labelled) = over {
            self.take(labelled);
        }
    }

    /// Counts what is over by the key's end, and leaves an empty key.
    fn end_key(&mut self, key: &mut Key, ends_client: bool) -> Result<(), TableError> {
        std::mem::take(&mut key.fold).end(|opener, r| self.take((opener, Some(r))));
        key.listed.end(&mut self.tables);
        if let (vantage, found @ 1..) = key.twice.end()
            && let Some(v) = self.totals.of(vantage)
        {
            v.notes.repeated += found;
        }
        if self.context.has_edges
            && let (vantage, cut @ 1..) = std::mem::take(&mut key.edges).end()
            && let Some(v) = self.totals.of(vantage)
        {
            v.notes.cut_by_edges += cut;
        }
        if !ends_client {
            return Ok(());
        }
        match key.client {
            Client { kind: ClientKind::Ip6, hi, .. } => {
                self.end_client(Client { kind: ClientKind::Ip6, hi, lo: self.first });
                self.addresses();
            }
            client => self.end_client(client),
        }
        self.tables.spill_if_full(self.context)
    }

    /// The event of a row that is in the window and that no filter takes out.
    fn event(&mut self, row: &Row, about: About) -> Option<Event> {
        if !row.flags().in_window {
            return None;
        }
        let mut event = Event::bare(*row, about, self.context);
        event.window = self.context.grid.index(row.time_us)?;
        event.party = self.parties.of(&event);
        let view = View { event: &event, context: self.context };
        if self.context.filter.is_some_and(|filter| !filter.keeps(&view)) {
            *self.totals.filtered.entry(row.file).or_default() += 1;
            return None;
        }
        Some(event)
    }

    /// Counts an event now, or, of all but one address of a /64, when all of that are there: nearly always it has one.
    fn take(&mut self, labelled: Labelled) {
        if let Some(grouped) = &mut self.grouped {
            grouped.push(labelled);
        }
        let row = &labelled.0.row;
        if row.flags().client == ClientKind::Ip6 && row.client_lo != self.first {
            self.net.push(labelled);
        } else {
            self.count(&labelled);
        }
    }

    fn count(&mut self, (event, opened): &Labelled) {
        self.totals.take(event, opened.as_ref(), self.context);
        self.tables.cell(event, opened.as_ref());
    }

    /// The other addresses of a /64, one after the other.
    fn addresses(&mut self) {
        let mut net = std::mem::take(&mut self.net);
        // A stable sort: events of one agent and object stay together.
        net.sort_by_key(|(event, _)| event.row.client_lo);
        for address in net.chunk_by(|(a, _), (b, _)| a.row.client_lo == b.row.client_lo) {
            self.totals.begin_client();
            address.iter().for_each(|labelled| self.count(labelled));
            if let Some((event, _)) = address.first() {
                self.end_client(Client::of(&event.row));
            }
        }
        net.clear();
        self.net = net;
    }

    fn end_client(&mut self, client: Client) {
        let (tables, words) = (&mut self.tables, self.context.frozen);
        self.totals.end_client(client, |end| tables.client(end, words));
        tables.end_cells(client);
    }
}

/// How many retrievals of a key hold requests inside and outside the window (METHOD M6.3, TIM-02): they are folded once more,
/// with what lies outside.
#[derive(Default)]
struct Edges {
    fold: Fold<()>,
    /// Whether the open retrieval of each kind lies inside, and outside.
    sides: [(bool, bool); 3],
    cut: u64,
    vantage: u16,
}

impl Edges {
    fn look(&mut self, row: &Row, about: About, context: &Context<'_>) {
        let event = Event::bare(*row, about, context);
        if !event.served() {
            return;
        }
        self.vantage = event.vantage;
        let served = as_served(&event, about, context);
        let opens = self.fold.take((), &served, context.gap_us, |(), _| {});
        let Some(side) = self.sides.get_mut(slot(served.copied)) else { return };
        if opens {
            self.cut += cut(std::mem::take(side));
        }
        let inside = row.flags().in_window;
        *side = (side.0 || inside, side.1 || !inside);
    }

    /// Vantage and number.
    fn end(self) -> (u16, u64) {
        (self.vantage, self.cut + self.sides.into_iter().map(cut).sum::<u64>())
    }
}

fn cut((inside, outside): (bool, bool)) -> u64 {
    u64::from(inside && outside)
}

/// Numbers of the retrievals of one partition, in counting order. Whoever lists events numbers them anew.
#[derive(Default)]
struct Numbers {
    partition: u32,
    next: u32,
}

/// The events of one key on their way into the table of events: each waits for the next one of its retrieval, so that the last one
/// can be told.
#[derive(Default)]
struct Listed {
    waiting: [Option<EventRecord>; 3],
}

impl Listed {
    fn other(&mut self, event: &Event, tables: &mut Tables) {
        if let Some(events) = tables.events() {
            events.push(EventRecord::other(event));
        }
    }

    fn served(
        &mut self,
        event: &Event,
        slot: usize,
        opens: bool,
        numbers: &mut Numbers,
        tables: &mut Tables,
    ) {
        let Some(events) = tables.events() else { return };
        let Some(waiting) = self.waiting.get_mut(slot) else { return };
        numbers.next = numbers.next.saturating_add(u32::from(opens));
        let number = match waiting.take() {
            Some(before) => {
                let number = before.number;
                events.push(EventRecord { is_last: opens, ..before });
                if opens { (numbers.partition, numbers.next) } else { number }
            }
            None => (numbers.partition, numbers.next),
        };
        *waiting = Some(EventRecord::served(event, number));
    }

    fn end(&mut self, tables: &mut Tables) {
        let Some(events) = tables.events() else { return };
        for waiting in self.waiting.iter_mut().filter_map(Option::take) {
            events.push(EventRecord { is_last: true, ..waiting });
        }
    }
}

/// A request as far as a row tells: client with its port or spelling, request, actor, status, bytes, and its source.
type Alike = (Client, u32, u32, u32, u16, i64, u32);

/// Events that equal an earlier one of their source in every column that a row holds (METHOD M6.7). They are kept and
/// counted: two clients behind one address can ask for the same thing in the same second.
#[derive(Default)]
struct Twice {
    time_us: Option<i64>,
    first: Option<Alike>,
    /// Those of the same moment, once there are several.
    seen: Option<HashSet<Alike, RandomState>>,
    found: u64,
    vantage: u16,
}

impl Twice {
    /// Vantage and number; what comes next is another key's.
    fn end(&mut self) -> (u16, u64) {
        self.time_us = None;
        (self.vantage, std::mem::take(&mut self.found))
    }

    fn look(&mut self, event: &Event, context: &Context<'_>) {
        let row = &event.row;
        let source = context.files.get(row.file as usize).map_or(0, |f| f.source_number);
        let alike = (Client::of(row), row.peer, row.request, row.actor, row.status, row.bytes, source);
        self.vantage = event.vantage;
        if self.time_us != Some(row.time_us) {
            (self.time_us, self.first) = (Some(row.time_us), Some(alike));
            if let Some(seen) = &mut self.seen {
                seen.clear();
            }
            return;
        }
        let seen = self.seen.get_or_insert_default();
        seen.extend(self.first.take());
        self.found += u64::from(!seen.insert(alike));
    }
}
