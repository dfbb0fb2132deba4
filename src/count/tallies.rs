//! Which tallies a count runs, and the frames they are fed with: one row an event, every key and measure a column.

use polars::prelude::DataFrame;

use super::counted::{Counted, Extra};
use super::events::{Context, Event, Events};
use super::readout;
use super::tally::{Exchange, Tally};
use crate::outcome::{Outcome, Reason};
use crate::table::frame::{Measures, TableError, group, signed, small, small_of, unsigned, unsigned_of};
use crate::table::partition::Keeping;
use crate::table::row::ClientKind;
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

const NO_LIMITS: &[&str] = &[];

fn tally(keys: &[&'static str], sums: &'static [&'static str]) -> Tally {
    Tally { keys: keys.to_vec(), measures: Measures { sums, minima: NO_LIMITS, maxima: NO_LIMITS } }
}

/// All tallies of a run.
pub(super) struct Tallies {
    cells: Exchange,
    reasons: Exchange,
    semantics: Exchange,
    served_clients: Exchange,
    ip_ua: Exchange,
    clients_by: [(Exchange, &'static str); 3],
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
    pub(super) fn new(keeping: &Keeping, by: usize) -> Self {
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

    pub(super) fn add(
        &mut self,
        labelled: &Events,
        context: &Context<'_>,
        extra: &Extra<'_>,
    ) -> Result<(), TableError> {
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

    pub(super) fn finish(self, out: &mut Counted, by: usize) -> Result<(), TableError> {
        out.cells = readout::cells(self.cells.finish()?)?;
        out.reasons = readout::pairs(self.reasons.finish()?, s::REASON, s::REQUESTS)?;
        out.semantics = readout::semantics(self.semantics.finish()?)?;
        readout::distinct(self.served_clients.finish()?, &mut out.distinct)?;
        for (vantage, n) in readout::count_keys(self.ip_ua.finish()?)? {
            out.distinct.entry(vantage).or_default().ip_ua = n;
        }
        for (vantage, n) in readout::count_keys(self.principals.finish()?)? {
            out.distinct.entry(vantage).or_default().principals = n;
        }
        let [(windows, _), (resources, _), (parties, _)] = self.clients_by;
        out.clients_by_window = readout::pairs(windows.finish()?, s::WINDOW, s::CLIENTS)?;
        out.clients_by_resource = readout::pairs(resources.finish()?, s::RESOURCE, s::CLIENTS)?;
        out.clients_by_party = readout::pairs(parties.finish()?, s::PARTY, s::CLIENTS)?;
        out.objects_by_resource = readout::distinct_by(self.objects_by_resource.finish()?, s::RESOURCE)?;
        out.objects_by_party = readout::distinct_by(self.objects_by_party.finish()?, s::PARTY)?;
        out.objects_by_client = readout::by_client(self.objects_by_client.finish()?)?;
        out.subjects_by_resource = readout::distinct_by(self.subjects_by_resource.finish()?, s::RESOURCE)?;
        out.subjects_by_party = readout::distinct_by(self.subjects_by_party.finish()?, s::PARTY)?;
        readout::other_methods(self.other_methods.finish()?, &mut out.other_methods)?;
        out.groups = readout::groups(self.groups.finish()?, by)?;
        Ok(())
    }
}

/// Whether a client kind, as a frame holds it, is an address.
pub(super) fn is_ip(kind: u32) -> bool {
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
        unsigned(s::BYTES_SERVED, &u64s(&bytes_of)),
        unsigned(s::UNLOGGED, &flag(&|e| e.served() && e.row.bytes < 0)),
        unsigned(s::SUBJECT_UNKNOWN, &flag(&|e| e.served() && captures(e) && e.subject == 0)),
        signed(s::FIRST, &events.iter().map(|e| time(e, i64::MAX)).collect::<Vec<_>>()),
        signed(s::LAST, &events.iter().map(|e| time(e, i64::MIN)).collect::<Vec<_>>()),
    ];
    Ok(DataFrame::new(events.len(), columns)?)
}

/// Bytes of a served response. METHOD M6.2: a server-side copy adds nothing to them.
pub(super) fn bytes_of(event: &Event) -> u64 {
    let adds = event.served() && event.reason.outcome() != Outcome::Copied;
    if adds { event.row.logged_bytes().unwrap_or(0) } else { 0 }
}

/// One row per key and client, with a 1 to add up.
fn one_per_client(frame: &DataFrame, keys: &[&str]) -> Result<DataFrame, TableError> {
    let keys: Vec<&str> = keys.iter().copied().chain(CLIENT).collect();
    let mut out = group(frame, &keys, Measures { sums: SERVED, ..Measures::default() })?;
    out.with_column(unsigned(s::CLIENTS, &vec![1; out.height()]))?;
    Ok(out)
}
