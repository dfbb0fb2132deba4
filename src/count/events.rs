//! Rows of one partition → events in canonical order, with window, party, outcome and retrieval.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use accesstrail_parsers::record::ByteSemantics;
use foldhash::quality::RandomState;

use super::filter::{Filter, View};
use super::retrieval::{self, CopyKind, Credit, Label, Retrieval, Served};
use crate::case::party::Parties;
use crate::clock::grid::Grid;
use crate::outcome::{Outcome, Reason};
use crate::scan::rules::semantics_of;
use crate::table::lexicon::{Frozen, Request};
use crate::table::row::{ClientKind, Row};

/// What counting needs to know of a file.
#[derive(Debug, Clone, Default)]
pub struct FileKey {
    /// Place in the canonical order of sources (METHOD M1.5).
    pub rank: u32,
    /// Vantage index.
    pub vantage: u16,
    /// Name of the source.
    pub source: String,
    /// False for files whose rows are replaced or not framed (duplicates, read anew for an overlap).
    pub live: bool,
}

/// Everything counting needs besides the rows.
pub struct Context<'a> {
    /// Text behind the ids.
    pub frozen: &'a Frozen,
    /// By file id.
    pub files: &'a [FileKey],
    /// Known parties, in case order.
    pub parties: &'a Parties,
    /// Their names.
    pub party_names: &'a [String],
    /// Whether each resource captures identifiers.
    pub captures_subject: &'a [bool],
    /// The windows.
    pub grid: &'a Grid,
    /// METHOD M6.3 (i).
    pub gap_us: i64,
    /// Modal size by (vantage, object).
    pub modal: &'a HashMap<(u16, u32), u64, RandomState>,
    /// `--where`.
    pub filter: Option<&'a Filter>,
    /// Names of resources, for the filter.
    pub resources: &'a [String],
}

/// One in-scope row with all that is derived of it.
#[derive(Debug, Clone, Copy)]
pub struct Event {
    /// The row.
    pub row: Row,
    /// Vantage index.
    pub vantage: u16,
    /// Resource index.
    pub resource: u16,
    /// Window index.
    pub window: u32,
    /// Party index; the number of parties stands for `unattributed`.
    pub party: u32,
    /// Why the outcome is what it is.
    pub reason: Reason,
    /// Text ids.
    pub object: u32,
    /// Text id, absent where none.
    pub subject: u32,
    /// Text id.
    pub agent: u32,
    /// Text id.
    pub principal: u32,
    /// For served events: the retrieval.
    pub retrieval: Option<Label>,
}

impl Event {
    /// Whether the response carried data.
    #[must_use]
    pub fn served(&self) -> bool {
        self.reason.outcome().is_served()
    }
}

/// The events of one partition.
#[derive(Default)]
pub struct Events {
    /// In canonical order.
    pub events: Vec<Event>,
    /// Retrievals, as [`Label::retrieval`] numbers them.
    pub retrievals: Vec<Retrieval>,
    /// In-scope records per file id that `--where` took out.
    pub filtered: HashMap<u32, u64, RandomState>,
}

/// The address of a row, if it is one.
#[must_use]
pub fn address(row: &Row) -> Option<IpAddr> {
    match row.flags().client {
        ClientKind::Ip4 => Some(IpAddr::V4(Ipv4Addr::from(u32::try_from(row.client_lo).unwrap_or(0)))),
        ClientKind::Ip6 => {
            Some(IpAddr::V6(Ipv6Addr::from(u128::from(row.client_hi) << 64 | u128::from(row.client_lo))))
        }
        _ => None,
    }
}

/// A row's client as text: canonical address, the name escaped for people, or empty.
#[must_use]
pub fn client_text(row: &Row, words: &Frozen) -> String {
    match (address(row), row.flags().client) {
        (Some(ip), _) => ip.to_string(),
        (None, ClientKind::Name) => {
            crate::escape::terminal(words.text(u32::try_from(row.client_lo).unwrap_or(0)))
        }
        _ => String::new(),
    }
}

/// Labels the in-window rows of one partition.
#[must_use]
pub fn label(mut rows: Vec<Row>, context: &Context<'_>) -> Events {
    sort(&mut rows, context);
    let mut out = Events::default();
    let mut parties = Attributor { context, known: HashMap::default() };
    for row in rows {
        let Some(request) = context.frozen.request(row.request) else { continue };
        let Some(window) = context.grid.index(row.time_us) else { continue };
        let mut event = bare(row, request, context);
        event.window = window;
        event.party = parties.of(&row, event.agent, event.principal);
        if context.filter.is_some_and(|f| !f.keeps(&View { event: &event, request, context })) {
            *out.filtered.entry(row.file).or_default() += 1;
            continue;
        }
        out.events.push(event);
    }
    let (labels, retrievals) = fold(&out.events, context);
    for (place, label) in labels {
        if let Some(event) = out.events.get_mut(place) {
            event.retrieval = Some(label);
        }
    }
    out.retrievals = retrievals;
    out
}

/// How many retrievals hold requests inside and outside the window, by vantage (METHOD M6.3, TIM-02).
#[must_use]
pub fn cut_by_edges(rows: &[Row], context: &Context<'_>) -> BTreeMap<u16, u64> {
    let mut out = BTreeMap::new();
    if rows.iter().all(|row| row.flags().in_window) {
        return out;
    }
    let mut rows = rows.to_vec();
    sort(&mut rows, context);
    let events: Vec<Event> = rows
        .into_iter()
        .filter_map(|row| Some(bare(row, context.frozen.request(row.request)?, context)))
        .collect();
    let (labels, retrievals) = fold(&events, context);
    let mut sides = vec![(false, false, 0u16); retrievals.len()];
    for (place, label) in labels {
        if let (Some(event), Some(side)) = (events.get(place), sides.get_mut(label.retrieval as usize)) {
            let inside = event.row.flags().in_window;
            *side = (side.0 || inside, side.1 || !inside, event.vantage);
        }
    }
    for (_, _, vantage) in sides.into_iter().filter(|(inside, outside, _)| *inside && *outside) {
        *out.entry(vantage).or_default() += 1;
    }
    out
}

/// How many events equal an earlier one of their source in every column that a row holds, by vantage (METHOD M6.7).
/// They are kept and counted: two clients behind one address can ask for the same thing in the same second.
#[must_use]
pub fn repeated(events: &[Event], context: &Context<'_>) -> BTreeMap<u16, u64> {
    let mut out = BTreeMap::new();
    let mut seen = std::collections::HashSet::<_, RandomState>::default();
    let mut time_us = None;
    for event in events {
        let row = &event.row;
        if time_us != Some(row.time_us) {
            time_us = Some(row.time_us);
            seen.clear();
        }
        let source = context.files.get(row.file as usize).map(|f| f.source.as_str());
        let client = (row.flags().client as u8, row.client_hi, row.client_lo, row.peer);
        if !seen.insert((source, client, row.request, row.actor, row.status, row.bytes)) {
            *out.entry(event.vantage).or_default() += 1;
        }
    }
    out
}

/// Canonical order (METHOD M1.5).
fn sort(rows: &mut [Row], context: &Context<'_>) {
    let rank = |row: &Row| context.files.get(row.file as usize).map_or(u32::MAX, |f| f.rank);
    rows.sort_by_cached_key(|row| (row.time_us, rank(row), row.offset));
}

/// An event without window, party and retrieval.
fn bare(row: Row, request: &Request, context: &Context<'_>) -> Event {
    let actor = context.frozen.actor(row.actor);
    Event {
        row,
        vantage: context.files.get(row.file as usize).map_or(0, |f| f.vantage),
        resource: request.resource,
        window: 0,
        party: 0,
        reason: row.reason(),
        object: request.object,
        subject: request.subject,
        agent: actor.agent,
        principal: actor.principal,
        retrieval: None,
    }
}

struct Attributor<'a> {
    context: &'a Context<'a>,
    known: HashMap<(u8, u64, u64, u32, u32), u32, RandomState>,
}

impl Attributor<'_> {
    fn of(&mut self, row: &Row, agent: u32, principal: u32) -> u32 {
        let none = u32::try_from(self.context.party_names.len()).unwrap_or(u32::MAX);
        if none == 0 {
            return none;
        }
        let key = (row.flags().client as u8, row.client_hi, row.client_lo, agent, principal);
        *self.known.entry(key).or_insert_with(|| {
            let frozen = self.context.frozen;
            let found =
                self.context.parties.attribute(address(row), frozen.logged(principal), frozen.logged(agent));
            found.party.map_or(none, u32::from)
        })
    }
}

/// METHOD M6.2: address (IPv6 cut to /64), user agent, login, object, vantage.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    kind: u8,
    hi: u64,
    lo: u64,
    actor: u32,
    object: u32,
    vantage: u16,
}

/// Labels of the served events, by their place, and the retrievals.
fn fold(events: &[Event], context: &Context<'_>) -> (Vec<(usize, Label)>, Vec<Retrieval>) {
    let served: Vec<usize> =
        events.iter().enumerate().filter(|(_, e)| e.served()).map(|(place, _)| place).collect();
    let input = served.iter().filter_map(|place| {
        let event = events.get(*place)?;
        let request = context.frozen.request(event.row.request)?;
        Some((key(event), as_served(event, request, context)))
    });
    let folded = retrieval::fold(input, context.gap_us);
    (served.iter().copied().zip(folded.labels).collect(), folded.retrievals)
}

fn key(event: &Event) -> Key {
    let kind = event.row.flags().client;
    Key {
        kind: kind as u8,
        hi: event.row.client_hi,
        lo: if kind == ClientKind::Ip6 { 0 } else { event.row.client_lo },
        actor: event.row.actor,
        object: event.object,
        vantage: event.vantage,
    }
}

fn as_served(event: &Event, request: &Request, context: &Context<'_>) -> Served {
    let outcome = event.reason.outcome();
    let firm = request.part.and_then(|p| p.total).or(request.size);
    let modal = context.modal.get(&(event.vantage, event.object)).copied();
    let bytes = event.row.logged_bytes();
    let whole = outcome == Outcome::Complete || (outcome == Outcome::Probable && event.row.status == 200);
    let full_size = firm.or(modal);
    // Parts of different versions are never united; a cut 200 names no version but the size known of it.
    let validator = request.part.and_then(|p| p.total).or(full_size).unwrap_or(0);
    let semantics = semantics_of(event.row.flags().semantics);
    // A planned size says nothing of what a transfer carried that the log marks as cut.
    let marked = matches!(event.reason, Reason::AbortMark | Reason::ClientReset);
    let written = semantics == ByteSemantics::BodyWritten;
    // Nor does a count that reaches the full size undo the mark.
    let bytes =
        if marked { bytes.map(|n| full_size.map_or(n, |size| n.min(size.saturating_sub(1)))) } else { bytes };
    let credit = match (request.part, event.row.status) {
        _ if whole || (marked && !written) => Credit::None,
        (Some(part), 206) => Credit::part(part.start, part.end, bytes, validator),
        (None, 206) => Credit::unlogged_range(bytes),
        _ if outcome == Outcome::Partial => Credit::cut(bytes, validator),
        _ => Credit::None,
    };
    Served {
        time_us: event.row.time_us,
        whole,
        complete: outcome == Outcome::Complete,
        probable: outcome == Outcome::Probable,
        copied: (outcome == Outcome::Copied).then_some(CopyKind::Object),
        credit,
        full_size,
        full_size_firm: firm.is_some(),
        semantics,
    }
}
