//! `--by`: groups of events by keys of the caller, grouped with polars.
//!
//! Events are first grouped by key and client, so that each client is one row and can be counted once, and then, all
//! partitions together, by key alone.

use std::collections::BTreeMap;

use polars::prelude::DataFrame;

use super::counted::Sums;
use super::events::{Context, Event};
use super::pass::Labelled;
use super::retrieval::Retrieval;
use super::tally::{Exchange, Tally};
use crate::table::frame::{
    Measures, TableError, group, of_columns, signed, signed_of, small, small_of, unsigned, unsigned_of,
};
use crate::table::partition::Keeping;
use crate::table::row::ClientKind;
use crate::table::schema as s;

/// A key of `--by`: gives equal numbers to events that belong together.
pub trait Key: Sync {
    /// The number of an event's key.
    fn number(&self, event: &Event, context: &Context<'_>) -> u64;
}

/// Groups: (vantage, keys) → sums and distinct addresses.
pub type Grouped = BTreeMap<(u32, Vec<u64>), (Sums, u64)>;

const SUMS_AND_CLIENTS: &[&str] = &[
    s::REQUESTS,
    s::SERVED,
    s::RETRIEVALS,
    s::COMPLETE_OR_PROBABLE,
    s::COMPLETE,
    s::BYTES_SERVED,
    s::UNLOGGED,
    s::SUBJECT_UNKNOWN,
    s::CLIENTS,
];
/// What is added up before clients are told apart: all but their number.
const SUMS: &[&str] = match SUMS_AND_CLIENTS.split_last() {
    Some((_clients, sums)) => sums,
    None => &[],
};
const CLIENT: [&str; 3] = [s::KIND, s::CLIENT_HI, s::CLIENT_LO];

/// The groups of a run.
pub(super) struct Groups {
    exchange: Exchange,
}

impl Groups {
    pub(super) fn new(keeping: &Keeping, by: &[&dyn Key]) -> Self {
        let mut keys = vec![s::VANTAGE];
        keys.extend(s::GROUP_KEYS.iter().take(by.len()));
        let measures = Measures { sums: SUMS_AND_CLIENTS, minima: &[s::FIRST], maxima: &[s::LAST] };
        Self { exchange: Exchange::new(Tally { keys, measures }, keeping) }
    }

    /// Adds the events of one partition: all events of its clients.
    pub(super) fn add(
        &mut self,
        events: &[Labelled],
        context: &Context<'_>,
        by: &[&dyn Key],
    ) -> Result<(), TableError> {
        let mut all = frame(events, context)?;
        let mut keys = vec![s::VANTAGE];
        for (name, key) in s::GROUP_KEYS.iter().zip(by) {
            let values: Vec<u64> = events.iter().map(|(e, _)| key.number(e, context)).collect();
            all.with_column(unsigned(name, &values))?;
            keys.push(name);
        }
        keys.extend(CLIENT);
        let measures = Measures { sums: SUMS, minima: &[s::FIRST], maxima: &[s::LAST] };
        let mut per_client = group(&all, &keys, measures)?;
        let is_ip = |kind: u32| kind == ClientKind::Ip4 as u32 || kind == ClientKind::Ip6 as u32;
        let ones: Vec<u64> = unsigned_of(&per_client, s::SERVED)?
            .into_iter()
            .zip(small_of(&per_client, s::KIND)?)
            .map(|(served, kind)| u64::from(served > 0 && is_ip(kind)))
            .collect();
        per_client.with_column(unsigned(s::CLIENTS, &ones))?;
        self.exchange.add(&per_client)
    }

    /// (Vantage, keys) → sums and distinct addresses.
    pub(super) fn finish(self, by: usize) -> Result<Grouped, TableError> {
        let Some(frame) = self.exchange.finish()? else { return Ok(BTreeMap::new()) };
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
}

/// Events as a frame with every measure.
fn frame(events: &[Labelled], context: &Context<'_>) -> Result<DataFrame, TableError> {
    type Opened = Option<Retrieval>;
    let u64s = |f: &dyn Fn(&Event, &Opened) -> u64| events.iter().map(|(e, r)| f(e, r)).collect::<Vec<u64>>();
    let flag = |f: &dyn Fn(&Event, &Opened) -> bool| u64s(&|e, r| u64::from(f(e, r)));
    let times = |none: i64| {
        events.iter().map(|(e, _)| if e.served() { e.row.time_us } else { none }).collect::<Vec<_>>()
    };
    let captures =
        |e: &Event| context.captures_subject.get(usize::from(e.resource)).copied().unwrap_or(false);
    let vantages: Vec<u32> = events.iter().map(|(e, _)| u32::from(e.vantage)).collect();
    let kinds: Vec<u32> = events.iter().map(|(e, _)| e.row.flags().client as u32).collect();
    let columns = vec![
        small(s::VANTAGE, &vantages),
        small(s::KIND, &kinds),
        unsigned(s::CLIENT_HI, &u64s(&|e, _| e.row.client_hi)),
        unsigned(s::CLIENT_LO, &u64s(&|e, _| e.row.client_lo)),
        unsigned(s::REQUESTS, &vec![1; events.len()]),
        unsigned(s::SERVED, &flag(&|e, _| e.served())),
        unsigned(s::RETRIEVALS, &flag(&|_, r| r.is_some())),
        unsigned(s::COMPLETE_OR_PROBABLE, &flag(&|_, r| r.is_some_and(|r| r.complete_or_probable))),
        unsigned(s::COMPLETE, &flag(&|_, r| r.is_some_and(|r| r.complete))),
        unsigned(s::BYTES_SERVED, &u64s(&|e, _| e.bytes_served())),
        unsigned(s::UNLOGGED, &flag(&|e, _| e.served() && e.row.bytes < 0)),
        unsigned(s::SUBJECT_UNKNOWN, &flag(&|e, _| e.served() && captures(e) && e.subject == 0)),
        signed(s::FIRST, &times(i64::MAX)),
        signed(s::LAST, &times(i64::MIN)),
    ];
    of_columns(events.len(), columns)
}

fn sums_of(frame: &DataFrame) -> Result<Vec<Sums>, TableError> {
    let times = signed_of(frame, s::FIRST)?.into_iter().zip(signed_of(frame, s::LAST)?);
    let mut out: Vec<Sums> =
        times.map(|(first_us, last_us)| Sums { first_us, last_us, ..Sums::default() }).collect();
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
