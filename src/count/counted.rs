//! Runs the count: every partition labelled, tallied, and the tallies read out as plain numbers.

use std::collections::BTreeMap;

use polars::prelude::DataFrame;

use super::events::{Context, Event, Events, cut_by_edges, label, repeated};
use super::tally::{Exchange, Tally};
use crate::outcome::{Outcome, Reason};
use crate::scan::whom::depends_on_header;
use crate::table::frame::{
    Measures, TableError, group, signed, signed_of, small, small_of, unsigned, unsigned_of,
};
use crate::table::lexicon::ABSENT;
use crate::table::partition::{Keeping, Partitions};
use crate::table::row::{ClientKind, Row};
use crate::table::schema as s;

const SUMS: &[&str] = &[
    s::REQUESTS,
    s::SERVED,
    s::RETRIEVALS,
    s::COMPLETE_OR_PROBABLE,
    s::COMPLETE,
    s::BYTES_SERVED,
    s::UNLOGGED,
    s::SUBJECT_UNKNOWN,
];
const CLIENT: [&str; 3] = [s::KIND, s::CLIENT_HI, s::CLIENT_LO];

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
        self.bytes_served += other.bytes_served;
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
    /// Distinct addresses by the window in which they were first served.
    pub new_clients: BTreeMap<(u32, u32), u64>,
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

const NO_LIMITS: &[&str] = &[];

fn tally(keys: &[&'static str], sums: &'static [&'static str]) -> Tally {
    Tally { keys: keys.to_vec(), measures: Measures { sums, minima: NO_LIMITS, maxima: NO_LIMITS } }
}

/// All tallies of a run.
struct Tallies {
    cells: Exchange,
    reasons: Exchange,
    semantics: Exchange,
    served_clients: Exchange,
    ip_ua: Exchange,
    clients_by: [(Exchange, &'static str); 3],
    new_clients: Exchange,
    objects_by_resource: Exchange,
    objects_by_party: Exchange,
    objects_by_client: Exchange,
    subjects_by_resource: Exchange,
    subjects_by_party: Exchange,
    principals: Exchange,
    other_methods: Exchange,
    groups: Exchange,
}

const REQUESTS: &[&str] = &[s::REQUESTS];
const SERVED: &[&str] = &[s::SERVED];
const CLIENTS: &[&str] = &[s::CLIENTS];

impl Tallies {
    fn new(keeping: &Keeping, by: usize) -> Self {
        let with = |keys: &[&'static str], sums| Exchange::new(tally(keys, sums), keeping);
        let full = |keys: Vec<&'static str>, sums| {
            let measures = Measures { sums, minima: &[s::FIRST], maxima: &[s::LAST] };
            Exchange::new(Tally { keys, measures }, keeping)
        };
        let cell = vec![s::VANTAGE, s::RESOURCE, s::KIND, s::CLIENT_HI, s::CLIENT_LO, s::WINDOW, s::PARTY];
        let mut groups = vec![s::VANTAGE];
        groups.extend(s::GROUP_KEYS.iter().take(by));
        Self {
            cells: full(cell, SUMS),
            reasons: with(&[s::VANTAGE, s::REASON], REQUESTS),
            semantics: with(&[s::VANTAGE, s::SEMANTICS], &[s::SERVED, s::BYTES_SERVED, s::UNLOGGED]),
            served_clients: with(&[s::VANTAGE, s::KIND, s::CLIENT_HI, s::CLIENT_LO], SERVED),
            ip_ua: with(&[s::VANTAGE, s::KIND, s::CLIENT_HI, s::CLIENT_LO, s::AGENT], SERVED),
            clients_by: [s::WINDOW, s::RESOURCE, s::PARTY]
                .map(|key| (with(&[s::VANTAGE, key], CLIENTS), key)),
            new_clients: with(&[s::VANTAGE, s::WINDOW], CLIENTS),
            objects_by_resource: with(&[s::VANTAGE, s::RESOURCE, s::OBJECT], SERVED),
            objects_by_party: with(&[s::VANTAGE, s::PARTY, s::OBJECT], SERVED),
            objects_by_client: with(&[s::VANTAGE, s::KIND, s::CLIENT_HI, s::CLIENT_LO, s::OBJECT], SERVED),
            subjects_by_resource: with(&[s::VANTAGE, s::RESOURCE, s::SUBJECT], SERVED),
            subjects_by_party: with(&[s::VANTAGE, s::PARTY, s::SUBJECT], SERVED),
            principals: with(&[s::VANTAGE, s::PRINCIPAL], SERVED),
            other_methods: with(
                &[s::VANTAGE, s::KIND, s::CLIENT_HI, s::CLIENT_LO],
                &[s::REQUESTS, s::SERVED, s::BYTES_SERVED],
            ),
            groups: full(
                groups,
                &[
                    s::REQUESTS,
                    s::SERVED,
                    s::RETRIEVALS,
                    s::COMPLETE_OR_PROBABLE,
                    s::COMPLETE,
                    s::BYTES_SERVED,
                    s::UNLOGGED,
                    s::SUBJECT_UNKNOWN,
                    s::CLIENTS,
                ],
            ),
        }
    }

    fn add(&mut self, labelled: &Events, context: &Context<'_>, extra: &Extra<'_>) -> Result<(), TableError> {
        let all: Vec<&Event> = labelled.events.iter().collect();
        let frame = frame(&all, labelled, context)?;
        self.cells.add(&frame)?;
        self.reasons.add(&frame)?;
        self.add_served(labelled, context)?;
        self.add_other_methods(labelled, context)?;
        if !extra.by.is_empty() {
            self.add_groups(frame, &all, context, extra)?;
        }
        Ok(())
    }

    fn add_served(&mut self, labelled: &Events, context: &Context<'_>) -> Result<(), TableError> {
        let served: Vec<&Event> = labelled.events.iter().filter(|e| e.served()).collect();
        let all = frame(&served, labelled, context)?;
        for exchange in [
            &mut self.semantics,
            &mut self.served_clients,
            &mut self.objects_by_resource,
            &mut self.objects_by_party,
            &mut self.objects_by_client,
        ] {
            exchange.add(&all)?;
        }
        let ip: Vec<&Event> = served.iter().copied().filter(|e| e.row.flags().client.is_ip()).collect();
        let by_ip = frame(&ip, labelled, context)?;
        self.ip_ua.add(&by_ip)?;
        for (exchange, key) in &mut self.clients_by {
            exchange.add(&one_per_client(&by_ip, &[s::VANTAGE, key])?)?;
        }
        self.new_clients.add(&first_windows(&by_ip)?)?;
        let subjects: Vec<&Event> = served.iter().copied().filter(|e| e.subject != 0).collect();
        let with_subject = frame(&subjects, labelled, context)?;
        self.subjects_by_resource.add(&with_subject)?;
        self.subjects_by_party.add(&with_subject)?;
        let logins: Vec<&Event> = served.iter().copied().filter(|e| e.principal != 0).collect();
        self.principals.add(&frame(&logins, labelled, context)?)
    }

    /// Served requests and those that only their method keeps out, by client.
    fn add_other_methods(&mut self, labelled: &Events, context: &Context<'_>) -> Result<(), TableError> {
        let events: Vec<&Event> =
            labelled.events.iter().filter(|e| e.served() || carried_by_other_method(e)).collect();
        let mut all = frame(&events, labelled, context)?;
        let other: Vec<u64> = events.iter().map(|e| u64::from(carried_by_other_method(e))).collect();
        let bytes: Vec<u64> = events
            .iter()
            .map(|e| if carried_by_other_method(e) { e.row.logged_bytes().unwrap_or(0) } else { 0 })
            .collect();
        all.with_column(unsigned(s::REQUESTS, &other))?;
        all.with_column(unsigned(s::BYTES_SERVED, &bytes))?;
        self.other_methods.add(&all)
    }

    fn add_groups(
        &mut self,
        mut all: DataFrame,
        events: &[&Event],
        context: &Context<'_>,
        extra: &Extra<'_>,
    ) -> Result<(), TableError> {
        let mut keys = vec![s::VANTAGE];
        for (name, key) in s::GROUP_KEYS.iter().zip(&extra.by) {
            let values: Vec<u64> = events.iter().map(|e| key.number(e, context)).collect();
            all.with_column(unsigned(name, &values))?;
            keys.push(name);
        }
        // First by key and client, so that each client is one row and can be counted once.
        keys.extend(CLIENT);
        let measures = Measures { sums: SUMS, minima: &[s::FIRST], maxima: &[s::LAST] };
        let mut per_client = group(&all, &keys, measures)?;
        let ones: Vec<u64> = unsigned_of(&per_client, s::SERVED)?
            .into_iter()
            .zip(small_of(&per_client, s::KIND)?)
            .map(|(served, kind)| u64::from(served > 0 && is_ip(kind)))
            .collect();
        per_client.with_column(unsigned(s::CLIENTS, &ones))?;
        self.groups.add(&per_client)
    }

    fn finish(self, out: &mut Counted, by: usize) -> Result<(), TableError> {
        out.cells = cells(self.cells.finish()?)?;
        out.reasons = pairs(self.reasons.finish()?, s::REASON, s::REQUESTS)?;
        out.semantics = semantics(self.semantics.finish()?)?;
        distinct(self.served_clients.finish()?, &mut out.distinct)?;
        for (vantage, n) in count_keys(self.ip_ua.finish()?)? {
            out.distinct.entry(vantage).or_default().ip_ua = n;
        }
        for (vantage, n) in count_keys(self.principals.finish()?)? {
            out.distinct.entry(vantage).or_default().principals = n;
        }
        let [(windows, _), (resources, _), (parties, _)] = self.clients_by;
        out.clients_by_window = pairs(windows.finish()?, s::WINDOW, s::CLIENTS)?;
        out.clients_by_resource = pairs(resources.finish()?, s::RESOURCE, s::CLIENTS)?;
        out.clients_by_party = pairs(parties.finish()?, s::PARTY, s::CLIENTS)?;
        out.new_clients = pairs(self.new_clients.finish()?, s::WINDOW, s::CLIENTS)?;
        out.objects_by_resource = distinct_by(self.objects_by_resource.finish()?, s::RESOURCE)?;
        out.objects_by_party = distinct_by(self.objects_by_party.finish()?, s::PARTY)?;
        out.objects_by_client = by_client(self.objects_by_client.finish()?)?;
        out.subjects_by_resource = distinct_by(self.subjects_by_resource.finish()?, s::RESOURCE)?;
        out.subjects_by_party = distinct_by(self.subjects_by_party.finish()?, s::PARTY)?;
        other_methods(self.other_methods.finish()?, &mut out.other_methods)?;
        out.groups = groups(self.groups.finish()?, by)?;
        Ok(())
    }
}

fn is_ip(kind: u32) -> bool {
    kind == ClientKind::Ip4 as u32 || kind == ClientKind::Ip6 as u32
}

/// METHOD M5.6: a 2xx response with bytes that is not served only because its method is not listed.
fn carried_by_other_method(event: &Event) -> bool {
    event.reason == Reason::Method
        && (200..300).contains(&event.row.status)
        && !matches!(event.row.status, 204 | 205)
        && event.row.bytes > 0
}

/// Events as a frame with every key and measure.
fn frame(events: &[&Event], labelled: &Events, context: &Context<'_>) -> Result<DataFrame, TableError> {
    let u32s = |f: &dyn Fn(&Event) -> u32| events.iter().map(|e| f(e)).collect::<Vec<u32>>();
    let u64s = |f: &dyn Fn(&Event) -> u64| events.iter().map(|e| f(e)).collect::<Vec<u64>>();
    let flag = |f: &dyn Fn(&Event) -> bool| u64s(&|e| u64::from(f(e)));
    let opened = |e: &Event| {
        e.retrieval.filter(|l| l.opens).and_then(|l| labelled.retrievals.get(l.retrieval as usize))
    };
    let captures =
        |e: &Event| context.captures_subject.get(usize::from(e.resource)).copied().unwrap_or(false);
    let time = |e: &Event, none: i64| if e.served() { e.row.time_us } else { none };
    let columns = vec![
        small(s::VANTAGE, &u32s(&|e| u32::from(e.vantage))),
        small(s::RESOURCE, &u32s(&|e| u32::from(e.resource))),
        small(s::KIND, &u32s(&|e| e.row.flags().client as u32)),
        unsigned(s::CLIENT_HI, &u64s(&|e| e.row.client_hi)),
        unsigned(s::CLIENT_LO, &u64s(&|e| e.row.client_lo)),
        small(s::WINDOW, &u32s(&|e| e.window)),
        small(s::PARTY, &u32s(&|e| e.party)),
        small(s::REASON, &u32s(&|e| e.reason as u32)),
        small(s::SEMANTICS, &u32s(&|e| u32::from(e.row.flags().semantics))),
        small(s::OBJECT, &u32s(&|e| e.object)),
        small(s::SUBJECT, &u32s(&|e| e.subject)),
        small(s::AGENT, &u32s(&|e| e.agent)),
        small(s::PRINCIPAL, &u32s(&|e| e.principal)),
        unsigned(s::REQUESTS, &vec![1; events.len()]),
        unsigned(s::SERVED, &flag(&Event::served)),
        unsigned(s::RETRIEVALS, &flag(&|e| opened(e).is_some())),
        unsigned(s::COMPLETE_OR_PROBABLE, &flag(&|e| opened(e).is_some_and(|r| r.complete_or_probable))),
        unsigned(s::COMPLETE, &flag(&|e| opened(e).is_some_and(|r| r.complete))),
        unsigned(
            s::BYTES_SERVED,
            &u64s(&|e| if adds_bytes(e) { e.row.logged_bytes().unwrap_or(0) } else { 0 }),
        ),
        unsigned(s::UNLOGGED, &flag(&|e| e.served() && e.row.bytes < 0)),
        unsigned(s::SUBJECT_UNKNOWN, &flag(&|e| e.served() && captures(e) && e.subject == 0)),
        signed(s::FIRST, &events.iter().map(|e| time(e, i64::MAX)).collect::<Vec<_>>()),
        signed(s::LAST, &events.iter().map(|e| time(e, i64::MIN)).collect::<Vec<_>>()),
    ];
    Ok(DataFrame::new(events.len(), columns)?)
}

/// METHOD M6.2: a server-side copy adds nothing to the bytes served.
fn adds_bytes(event: &Event) -> bool {
    event.served() && event.reason.outcome() != Outcome::Copied
}

/// One row per key and client, with a 1 to add up.
fn one_per_client(frame: &DataFrame, keys: &[&str]) -> Result<DataFrame, TableError> {
    let keys: Vec<&str> = keys.iter().copied().chain(CLIENT).collect();
    let mut out = group(frame, &keys, Measures { sums: SERVED, ..Measures::default() })?;
    out.with_column(unsigned(s::CLIENTS, &vec![1; out.height()]))?;
    Ok(out)
}

/// One row per client, with the first window it was served in.
fn first_windows(frame: &DataFrame) -> Result<DataFrame, TableError> {
    let keys: Vec<&str> = [s::VANTAGE].into_iter().chain(CLIENT).collect();
    let mut out = group(frame, &keys, Measures { sums: SERVED, minima: &[s::WINDOW], maxima: NO_LIMITS })?;
    out.with_column(unsigned(s::CLIENTS, &vec![1; out.height()]))?;
    Ok(out)
}

fn client_keys(frame: &DataFrame) -> Result<Vec<ClientKey>, TableError> {
    let (hi, lo) = (unsigned_of(frame, s::CLIENT_HI)?, unsigned_of(frame, s::CLIENT_LO)?);
    Ok(small_of(frame, s::KIND)?.into_iter().zip(hi).zip(lo).map(|((kind, hi), lo)| (kind, hi, lo)).collect())
}

fn sums_of(frame: &DataFrame) -> Result<Vec<Sums>, TableError> {
    let first = signed_of(frame, s::FIRST)?;
    let last = signed_of(frame, s::LAST)?;
    let mut out: Vec<Sums> = first
        .into_iter()
        .zip(last)
        .map(|(first_us, last_us)| Sums { first_us, last_us, ..Sums::default() })
        .collect();
    let mut put = |name: &str, set: fn(&mut Sums, u64)| -> Result<(), TableError> {
        for (sums, value) in out.iter_mut().zip(unsigned_of(frame, name)?) {
            set(sums, value);
        }
        Ok(())
    };
    put(s::REQUESTS, |o, v| o.requests = v)?;
    put(s::SERVED, |o, v| o.served = v)?;
    put(s::RETRIEVALS, |o, v| o.retrievals = v)?;
    put(s::COMPLETE_OR_PROBABLE, |o, v| o.complete_or_probable = v)?;
    put(s::COMPLETE, |o, v| o.complete = v)?;
    put(s::BYTES_SERVED, |o, v| o.bytes_served = v)?;
    put(s::UNLOGGED, |o, v| o.unlogged = v)?;
    put(s::SUBJECT_UNKNOWN, |o, v| o.subject_unknown = v)?;
    Ok(out)
}

fn cells(frame: Option<DataFrame>) -> Result<BTreeMap<CellKey, Sums>, TableError> {
    let Some(frame) = frame else { return Ok(BTreeMap::new()) };
    let places = small_of(&frame, s::VANTAGE)?.into_iter().zip(small_of(&frame, s::RESOURCE)?);
    let times = small_of(&frame, s::WINDOW)?.into_iter().zip(small_of(&frame, s::PARTY)?);
    let keys = places.zip(client_keys(&frame)?).zip(times).map(
        |(((vantage, resource), client), (window, party))| CellKey {
            vantage,
            resource,
            client,
            window,
            party,
        },
    );
    Ok(keys.zip(sums_of(&frame)?).collect())
}

fn pairs(frame: Option<DataFrame>, key: &str, value: &str) -> Result<BTreeMap<(u32, u32), u64>, TableError> {
    let Some(frame) = frame else { return Ok(BTreeMap::new()) };
    let keys = small_of(&frame, s::VANTAGE)?.into_iter().zip(small_of(&frame, key)?);
    Ok(keys.zip(unsigned_of(&frame, value)?).collect())
}

fn semantics(frame: Option<DataFrame>) -> Result<Semantics, TableError> {
    let Some(frame) = frame else { return Ok(BTreeMap::new()) };
    let keys = small_of(&frame, s::VANTAGE)?.into_iter().zip(small_of(&frame, s::SEMANTICS)?);
    let values = unsigned_of(&frame, s::SERVED)?
        .into_iter()
        .zip(unsigned_of(&frame, s::BYTES_SERVED)?)
        .zip(unsigned_of(&frame, s::UNLOGGED)?)
        .map(|((served, bytes), unlogged)| (served, bytes, unlogged));
    Ok(keys.zip(values).collect())
}

/// Counts the rows of a finished tally per vantage: its keys are distinct.
fn count_keys(frame: Option<DataFrame>) -> Result<BTreeMap<u32, u64>, TableError> {
    let mut out = BTreeMap::new();
    for vantage in frame.map_or(Ok(Vec::new()), |f| small_of(&f, s::VANTAGE))? {
        *out.entry(vantage).or_default() += 1;
    }
    Ok(out)
}

fn distinct_by(frame: Option<DataFrame>, key: &str) -> Result<BTreeMap<(u32, u32), u64>, TableError> {
    let mut out = BTreeMap::new();
    if let Some(frame) = frame {
        for pair in small_of(&frame, s::VANTAGE)?.into_iter().zip(small_of(&frame, key)?) {
            *out.entry(pair).or_default() += 1;
        }
    }
    Ok(out)
}

fn by_client(frame: Option<DataFrame>) -> Result<BTreeMap<(u32, ClientKey), u64>, TableError> {
    let mut out = BTreeMap::new();
    if let Some(frame) = frame {
        for pair in small_of(&frame, s::VANTAGE)?.into_iter().zip(client_keys(&frame)?) {
            *out.entry(pair).or_default() += 1;
        }
    }
    Ok(out)
}

fn distinct(frame: Option<DataFrame>, out: &mut BTreeMap<u32, Distinct>) -> Result<(), TableError> {
    let Some(frame) = frame else { return Ok(()) };
    let mut nets: [std::collections::BTreeSet<(u32, u64)>; 3] = Default::default();
    for (vantage, (kind, hi, _)) in small_of(&frame, s::VANTAGE)?.into_iter().zip(client_keys(&frame)?) {
        let entry = out.entry(vantage).or_default();
        if kind == ClientKind::Ip4 as u32 {
            entry.ip4 += 1;
        } else if kind == ClientKind::Name as u32 {
            entry.names += 1;
        } else if kind == ClientKind::Ip6 as u32 {
            entry.ip6 += 1;
            for ((net, shift), seen) in entry.nets.iter_mut().zip([0, 8, 16]).zip(&mut nets) {
                *net += u64::from(seen.insert((vantage, hi >> shift)));
            }
        }
    }
    Ok(())
}

fn other_methods(frame: Option<DataFrame>, out: &mut BTreeMap<u32, OtherMethods>) -> Result<(), TableError> {
    let Some(frame) = frame else { return Ok(()) };
    let values = unsigned_of(&frame, s::REQUESTS)?.into_iter().zip(unsigned_of(&frame, s::BYTES_SERVED)?);
    for ((vantage, (kind, _, _)), (responses, bytes)) in
        small_of(&frame, s::VANTAGE)?.into_iter().zip(client_keys(&frame)?).zip(values)
    {
        let entry = out.entry(vantage).or_default();
        entry.responses += responses;
        entry.bytes += bytes;
        entry.clients_ip += u64::from(is_ip(kind));
    }
    Ok(())
}

type Groups = BTreeMap<(u32, Vec<u64>), (Sums, u64)>;

fn groups(frame: Option<DataFrame>, by: usize) -> Result<Groups, TableError> {
    let Some(frame) = frame else { return Ok(BTreeMap::new()) };
    let mut keys: Vec<(u32, Vec<u64>)> =
        small_of(&frame, s::VANTAGE)?.into_iter().map(|v| (v, Vec::with_capacity(by))).collect();
    for name in s::GROUP_KEYS.iter().take(by) {
        for (key, value) in keys.iter_mut().zip(unsigned_of(&frame, name)?) {
            key.1.push(value);
        }
    }
    let values = sums_of(&frame)?.into_iter().zip(unsigned_of(&frame, s::CLIENTS)?);
    Ok(keys.into_iter().zip(values).collect())
}
