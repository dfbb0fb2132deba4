//! Runs the count: every partition labelled and tallied; the numbers that come of it.

use std::collections::BTreeMap;

use super::events::{Context, Event, Events, cut_by_edges, label, repeated};
use super::tallies::{Tallies, bytes_of};
use crate::scan::rules::semantics_of;
use crate::scan::whom::depends_on_header;
use crate::table::frame::TableError;
use crate::table::lexicon::ABSENT;
use crate::table::partition::{Keeping, Partitions};
use crate::table::row::{ClientKind, Row};
use accesstrail_parsers::record::ByteSemantics;

/// A client as a sortable key: kind, upper half, lower half.
pub type ClientKey = (u32, u64, u64);

/// The sums of one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    /// In scope.
    pub requests: u64,
    /// Responses that carried data.
    pub served: u64,
    /// Retrievals opened.
    pub retrievals: u64,
    /// Of them complete or probable.
    pub complete_or_probable: u64,
    /// Of them complete.
    pub complete: u64,
    /// Bytes of served responses.
    pub bytes_served: u64,
    /// Served responses without a byte count.
    pub unlogged: u64,
    /// Served requests that yield no identifier.
    pub subject_unknown: u64,
    /// Time of the first served; `i64::MAX` where nothing was.
    pub first_us: i64,
    /// Time of the last served; `i64::MIN` where nothing was.
    pub last_us: i64,
}

impl Default for Sums {
    fn default() -> Self {
        Self {
            requests: 0,
            served: 0,
            retrievals: 0,
            complete_or_probable: 0,
            complete: 0,
            bytes_served: 0,
            unlogged: 0,
            subject_unknown: 0,
            first_us: i64::MAX,
            last_us: i64::MIN,
        }
    }
}

impl Sums {
    /// Adds another group.
    pub fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.served += other.served;
        self.retrievals += other.retrievals;
        self.complete_or_probable += other.complete_or_probable;
        self.complete += other.complete;
        // A sum that does not fit is told by the check against the exact sum, not by a panic.
        self.bytes_served = self.bytes_served.saturating_add(other.bytes_served);
        self.unlogged += other.unlogged;
        self.subject_unknown += other.subject_unknown;
        self.first_us = self.first_us.min(other.first_us);
        self.last_us = self.last_us.max(other.last_us);
    }
}

/// One cell of the finest table: resource × client × window × party, of one vantage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellKey {
    /// Vantage index.
    pub vantage: u32,
    /// Resource index.
    pub resource: u32,
    /// Client.
    pub client: ClientKey,
    /// Window index.
    pub window: u32,
    /// Party index.
    pub party: u32,
}

/// Distinct clients of one vantage over served requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Distinct {
    /// IPv4 addresses.
    pub ip4: u64,
    /// IPv6 addresses.
    pub ip6: u64,
    /// Their /64, /56 and /48 networks.
    pub nets: [u64; 3],
    /// Names.
    pub names: u64,
    /// Address and agent.
    pub ip_ua: u64,
    /// Logins.
    pub principals: u64,
    /// Served requests without any client.
    pub unknown_requests: u64,
    /// Served requests whose client was found through a forwarded header.
    pub by_header: u64,
    /// Served requests whose forwarded header was not believed.
    pub header_ignored: u64,
}

/// What requests of methods that are not listed would add (CNT-11).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OtherMethods {
    /// 2xx responses with bytes.
    pub responses: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Distinct addresses over served requests and these.
    pub clients_ip: u64,
}

/// Served, bytes and unlogged responses by (vantage, byte semantics).
pub type Semantics = BTreeMap<(u32, u32), (u64, u64, u64)>;

/// Everything that was counted, by vantage index.
#[derive(Default)]
pub struct Counted {
    /// The finest sums.
    pub cells: BTreeMap<CellKey, Sums>,
    /// Requests by (vantage, reason).
    pub reasons: BTreeMap<(u32, u32), u64>,
    /// Served, bytes and unlogged by (vantage, byte semantics).
    pub semantics: Semantics,
    /// Distinct clients by vantage.
    pub distinct: BTreeMap<u32, Distinct>,
    /// Distinct addresses by (vantage, window), (vantage, resource), (vantage, party).
    pub clients_by_window: BTreeMap<(u32, u32), u64>,
    /// See above.
    pub clients_by_resource: BTreeMap<(u32, u32), u64>,
    /// See above.
    pub clients_by_party: BTreeMap<(u32, u32), u64>,
    /// Distinct objects by (vantage, resource) and (vantage, party).
    pub objects_by_resource: BTreeMap<(u32, u32), u64>,
    /// See above.
    pub objects_by_party: BTreeMap<(u32, u32), u64>,
    /// Distinct objects by vantage and client.
    pub objects_by_client: BTreeMap<(u32, ClientKey), u64>,
    /// Distinct identifiers by (vantage, resource) and (vantage, party).
    pub subjects_by_resource: BTreeMap<(u32, u32), u64>,
    /// See above.
    pub subjects_by_party: BTreeMap<(u32, u32), u64>,
    /// CNT-11 by vantage.
    pub other_methods: BTreeMap<u32, OtherMethods>,
    /// Retrievals longer than 24 hours, by vantage (CNT-10).
    pub over_24h: BTreeMap<u32, u64>,
    /// Retrievals that the window's edge cuts in two, by vantage (TIM-02).
    pub cut_by_edges: BTreeMap<u32, u64>,
    /// Bytes of served responses by vantage, added up a second time without polars and without a limit.
    pub exact_bytes: BTreeMap<u32, u128>,
    /// Served responses that no column could show to be whole, by vantage (METHOD M5.5).
    pub completeness_unknown: BTreeMap<u32, u64>,
    /// (Vantage, resource) pairs with a served response whose columns could show it.
    pub can_show: std::collections::BTreeSet<(u32, u32)>,
    /// Requests that bear a user agent, by vantage.
    pub with_agent: BTreeMap<u32, u64>,
    /// Requests that equal another one of their source in every column, by vantage (METHOD M6.7).
    pub repeated: BTreeMap<u32, u64>,
    /// 206 without a logged range, by vantage (CNT-03).
    pub parts_without_range: BTreeMap<u32, u64>,
    /// In-scope records that `--where` took out, by file id.
    pub filtered: BTreeMap<u32, u64>,
    /// Earlier resources' requests that match a later one too, by (vantage, resource).
    pub also_matches: BTreeMap<(u32, u32), u64>,
    /// Requests matched only by folding case, and without a host to check, by vantage.
    pub folded: BTreeMap<u32, u64>,
    /// See above.
    pub host_unchecked: BTreeMap<u32, u64>,
    /// Groups of `--by`: (vantage, keys) → sums and distinct addresses.
    pub groups: BTreeMap<(u32, Vec<u64>), (Sums, u64)>,
    /// All events in canonical order with the number of their retrieval from 1, where asked for.
    pub events: Vec<(Event, u32)>,
}

/// A key of `--by`: gives equal numbers to events that belong together.
pub trait Key {
    /// The number of an event's key.
    fn number(&self, event: &Event, context: &Context<'_>) -> u64;
}

/// What is counted besides the fixed blocks.
#[derive(Default)]
pub struct Extra<'a> {
    /// Keys of `--by`.
    pub by: Vec<&'a dyn Key>,
    /// Whether all events are wanted.
    pub events: bool,
}

/// Counts all partitions.
///
/// # Errors
/// Polars' own, or scratch space that fails.
pub fn count(
    partitions: &Partitions,
    keeping: &Keeping,
    context: &Context<'_>,
    extra: &Extra<'_>,
) -> Result<Counted, TableError> {
    let mut out = Counted::default();
    let mut tallies = Tallies::new(keeping, extra.by.len());
    for partition in 0..partitions.count() {
        let live = |row: &Row| context.files.get(row.file as usize).is_some_and(|f| f.live);
        let mut rows = partitions.load(partition, live)?;
        for (vantage, cut) in cut_by_edges(&rows, context) {
            *out.cut_by_edges.entry(u32::from(vantage)).or_default() += cut;
        }
        rows.retain(|row| row.flags().in_window);
        let labelled = label(rows, context);
        outside_frames(&labelled, context, &mut out);
        for (vantage, n) in repeated(&labelled.events, context) {
            *out.repeated.entry(u32::from(vantage)).or_default() += n;
        }
        tallies.add(&labelled, context, extra)?;
        if extra.events {
            // Numbers are only unique inside a partition; they are made global once all are here.
            out.events.extend(labelled.events.iter().map(|e| (*e, u32::try_from(partition).unwrap_or(0))));
        }
    }
    tallies.finish(&mut out, extra.by.len())?;
    if extra.events {
        number_retrievals(&mut out.events, context);
    }
    Ok(out)
}

/// Counts that are no grouping: they are read off single events.
fn outside_frames(labelled: &Events, context: &Context<'_>, out: &mut Counted) {
    for event in &labelled.events {
        let vantage = u32::from(event.vantage);
        let Some(request) = context.frozen.request(event.row.request) else { continue };
        for later in &request.also {
            *out.also_matches.entry((vantage, u32::from(*later))).or_default() += 1;
        }
        *out.with_agent.entry(vantage).or_default() += u64::from(event.agent != ABSENT);
        *out.folded.entry(vantage).or_default() += u64::from(request.folded);
        *out.host_unchecked.entry(vantage).or_default() += u64::from(request.host_unchecked);
        if event.served() {
            let distinct = out.distinct.entry(vantage).or_default();
            let via = event.row.flags().via;
            distinct.by_header += u64::from(depends_on_header(via));
            distinct.header_ignored += u64::from(via == crate::identity::forwarded::Via::HeaderIgnored as u8);
            distinct.unknown_requests += u64::from(event.row.flags().client == ClientKind::Unknown);
            *out.exact_bytes.entry(vantage).or_default() += u128::from(bytes_of(event));
            let size_known = request.size.is_some() || request.part.is_some_and(|p| p.total.is_some());
            let written = semantics_of(event.row.flags().semantics) == ByteSemantics::BodyWritten;
            if written && size_known {
                out.can_show.insert((vantage, u32::from(event.resource)));
            } else {
                *out.completeness_unknown.entry(vantage).or_default() += 1;
            }
            if event.row.status == 206 && request.part.is_none() {
                *out.parts_without_range.entry(vantage).or_default() += 1;
            }
            if let Some(label) = event.retrieval.filter(|l| l.opens) {
                let long = labelled.retrievals.get(label.retrieval as usize).is_some_and(|r| r.over_24h);
                *out.over_24h.entry(vantage).or_default() += u64::from(long);
            }
        }
    }
    #[expect(clippy::iter_over_hash_type, reason = "goes into a sorted map")]
    for (file, n) in &labelled.filtered {
        *out.filtered.entry(*file).or_default() += n;
    }
}

/// Retrievals get their number in the canonical order of their first event, over all partitions.
fn number_retrievals(events: &mut [(Event, u32)], context: &Context<'_>) {
    let rank = |e: &Event| context.files.get(e.row.file as usize).map_or(u32::MAX, |f| f.rank);
    events.sort_by_key(|(e, _)| (e.row.time_us, rank(e), e.row.offset));
    let mut numbers: std::collections::HashMap<(u32, u32), u32, foldhash::quality::RandomState> =
        std::collections::HashMap::default();
    for (event, slot) in events.iter_mut() {
        *slot = match event.retrieval {
            Some(label) => {
                let next = u32::try_from(numbers.len() + 1).unwrap_or(u32::MAX);
                *numbers.entry((*slot, label.retrieval)).or_insert(next)
            }
            None => 0,
        };
    }
}
