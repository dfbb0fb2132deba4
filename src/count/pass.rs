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
use super::order::{Place, in_order};
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
    /// Of an IPv6 /64: its events, which are sorted by address before they are counted.
    net: Vec<Labelled>,
}

impl<'a> Pass<'a> {
    /// A thread's pass.
    #[must_use]
    pub fn new(context: &'a Context<'a>, totals: Totals, tables: Tables, group: bool) -> Self {
        let grouped = group.then(Vec::new);
        Self { context, totals, tables, grouped, parties: Attributor::new(context), net: Vec::new() }
    }

    /// Counts one partition; gives its events where they are to be grouped.
    ///
    /// # Errors
    /// Scratch space that fails.
    pub fn partition(&mut self, number: u32, rows: &[Row]) -> Result<Option<&[Labelled]>, TableError> {
        let places = in_order(rows, self.context);
        self.totals.begin_partition();
        if let Some(grouped) = &mut self.grouped {
            grouped.clear();
        }
        let mut retrievals = Numbers { partition: number, next: 0 };
        let is_cut = rows.iter().any(|row| !row.flags().in_window);
        for client in places.chunk_by(Place::is_client_of) {
            self.totals.begin_client();
            let mut one = None;
            for key in client.chunk_by(Place::is_key_of) {
                if is_cut {
                    self.edges(key, rows);
                }
                one = one.or_else(|| key.first().and_then(|p| p.row(rows)).map(Client::of));
                self.key(key, rows, &mut retrievals)?;
            }
            match one {
                Some(Client { kind: ClientKind::Ip6, .. }) => self.addresses(),
                Some(client) => self.end_client(client),
                None => {}
            }
            self.tables.spill_if_full(self.context)?;
        }
        Ok(self.grouped.as_deref())
    }

    /// The rows of one retrieval key.
    fn key(&mut self, places: &[Place], rows: &[Row], numbers: &mut Numbers) -> Result<(), TableError> {
        let mut fold: Fold<Event> = Fold::default();
        let mut twice = Twice::default();
        let mut listed = Listed::default();
        let mut over: Vec<Labelled> = Vec::new();
        for place in places {
            let Some((event, about)) = self.event(place, rows) else { continue };
            twice.look(&event, self.context);
            if !event.served() {
                self.take((event, None));
                listed.other(&event, &mut self.tables);
                continue;
            }
            let served = as_served(&event, about, self.context);
            let opens =
                fold.take(event, &served, self.context.gap_us, |opener, r| over.push((opener, Some(r))));
            listed.served(&event, slot(served.copied), opens, numbers, &mut self.tables);
            if !opens {
                self.take((event, None));
            }
            self.take_all(&mut over);
        }
        fold.end(|opener, r| over.push((opener, Some(r))));
        self.take_all(&mut over);
        listed.end(&mut self.tables);
        if let (Some(v), n @ 1..) = (self.totals.of(twice.vantage), twice.found) {
            v.notes.repeated += n;
        }
        self.tables.spill_events_if_full(self.context)
    }

    /// The event of a row that is in the window and that no filter takes out.
    fn event(&mut self, place: &Place, rows: &[Row]) -> Option<(Event, About)> {
        let row = place.row(rows).filter(|row| row.flags().in_window)?;
        let about = self.context.frozen.about(row.request)?;
        let mut event = Event::bare(*row, about, self.context);
        event.window = self.context.grid.index(row.time_us)?;
        event.party = self.parties.of(&event);
        if let Some(filter) = self.context.filter {
            let request = self.context.frozen.request(row.request)?;
            if !filter.keeps(&View { event: &event, request, context: self.context }) {
                *self.totals.filtered.entry(row.file).or_default() += 1;
                return None;
            }
        }
        Some((event, about))
    }

    fn take_all(&mut self, over: &mut Vec<Labelled>) {
        over.drain(..).for_each(|labelled| self.take(labelled));
    }

    /// Counts an event now, or, of IPv6, when all of its /64 are there.
    fn take(&mut self, labelled: Labelled) {
        if let Some(grouped) = &mut self.grouped {
            grouped.push(labelled);
        }
        if labelled.0.row.flags().client == ClientKind::Ip6 {
            self.net.push(labelled);
        } else {
            self.count(&labelled);
        }
    }

    fn count(&mut self, (event, opened): &Labelled) {
        self.totals.take(event, opened.as_ref(), self.context);
        self.tables.cell(event, opened.as_ref());
    }

    /// The addresses of a /64, one after the other.
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

    /// How many retrievals hold requests inside and outside the window (METHOD M6.3, TIM-02).
    fn edges(&mut self, places: &[Place], rows: &[Row]) {
        let inside = |place: &Place| place.row(rows).is_some_and(|row| row.flags().in_window);
        if places.iter().all(inside) || !places.iter().any(inside) {
            return;
        }
        let mut fold: Fold<()> = Fold::default();
        let mut sides = [(false, false); 3];
        let (mut cut, mut vantage) = (0, 0);
        let is_cut = |side: (bool, bool)| u64::from(side.0 && side.1);
        for row in places.iter().filter_map(|place| place.row(rows)) {
            let Some(about) = self.context.frozen.about(row.request) else { continue };
            let event = Event::bare(*row, about, self.context);
            if !event.served() {
                continue;
            }
            vantage = event.vantage;
            let served = as_served(&event, about, self.context);
            let opens = fold.take((), &served, self.context.gap_us, |(), _| {});
            let Some(side) = sides.get_mut(slot(served.copied)) else { continue };
            if opens {
                cut += is_cut(std::mem::take(side));
            }
            let inside = row.flags().in_window;
            *side = (side.0 || inside, side.1 || !inside);
        }
        cut += sides.into_iter().map(is_cut).sum::<u64>();
        if let (Some(v), 1..) = (self.totals.of(vantage), cut) {
            v.notes.cut_by_edges += cut;
        }
    }
}

/// Numbers of the retrievals of one partition, in counting order. Whoever lists events numbers them anew.
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

    fn end(self, tables: &mut Tables) {
        let Some(events) = tables.events() else { return };
        for waiting in self.waiting.into_iter().flatten() {
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
