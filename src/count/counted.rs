//! Runs the count: threads take partitions, walk through them, and what they added up is merged.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::by::{Grouped, Groups, Key};
use super::events::Context;
use super::order::in_order;
use super::pass::Pass;
use super::tables::{Listing, Tables, Wanted};
use super::totals::{FEW, OfVantage, Totals};
use super::turns::share_out;
use crate::table::frame::TableError;
use crate::table::partition::{Keeping, Partitions};

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
    /// Served requests without any client.
    pub unknown_requests: u64,
    /// Served requests whose client was found through a forwarded header.
    pub by_header: u64,
    /// Served requests whose forwarded header was not believed.
    pub header_ignored: u64,
}

impl Distinct {
    /// Adds the clients of other partitions: no client is in two.
    pub fn merge(&mut self, other: &Self) {
        self.ip4 += other.ip4;
        self.ip6 += other.ip6;
        for (mine, theirs) in self.nets.iter_mut().zip(other.nets) {
            *mine += theirs;
        }
        self.names += other.names;
        self.ip_ua += other.ip_ua;
        self.unknown_requests += other.unknown_requests;
        self.by_header += other.by_header;
        self.header_ignored += other.header_ignored;
    }
}

/// What requests of methods that are not listed would add (CNT-11).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OtherMethods {
    /// 2xx responses with bytes.
    pub responses: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The same, added up without a limit.
    pub exact_bytes: u128,
    /// Distinct addresses over served requests and these.
    pub clients_ip: u64,
}

impl OtherMethods {
    /// Adds those of other partitions.
    pub fn merge(&mut self, other: &Self) {
        self.responses += other.responses;
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.exact_bytes += other.exact_bytes;
        self.clients_ip += other.clients_ip;
    }
}

/// Everything that was counted.
#[derive(Default)]
pub struct Counted {
    vantages: Vec<OfVantage>,
    nothing: OfVantage,
    /// Distinct objects served by (vantage, resource).
    pub objects_by_resource: BTreeMap<(u16, u16), u64>,
    /// In-scope records that `--where` took out, by file id.
    pub filtered: BTreeMap<u32, u64>,
    /// Groups of `--by`: (vantage, keys) → sums and distinct addresses.
    pub groups: Grouped,
    /// Tables, where asked for.
    pub listing: Listing,
}

impl Counted {
    /// The totals of a vantage.
    #[must_use]
    pub fn of(&self, vantage: u16) -> &OfVantage {
        self.vantages.get(usize::from(vantage)).unwrap_or(&self.nothing)
    }

    /// Requests of all vantages that equal another one of their source (METHOD M6.7).
    #[must_use]
    pub fn repeated(&self) -> u64 {
        self.vantages.iter().map(|v| v.notes.repeated).sum()
    }

    /// Served requests of all vantages.
    #[must_use]
    pub fn served(&self) -> u64 {
        self.vantages.iter().map(|v| v.total().served).sum()
    }

    /// Served requests of the [`FEW`] clients (each at one vantage) that were served most.
    #[must_use]
    pub fn served_by_few(&self) -> u64 {
        let mut shares: Vec<u64> = self.vantages.iter().flat_map(|v| v.most_served).collect();
        shares.sort_unstable_by(|a, b| b.cmp(a));
        shares.iter().take(FEW).sum()
    }

    /// Served requests of all vantages whose forwarded header was not believed.
    #[must_use]
    pub fn header_ignored(&self) -> u64 {
        self.vantages.iter().map(|v| v.distinct.header_ignored).sum()
    }
}

impl OfVantage {
    /// How many clients were served, those of no client as one.
    #[must_use]
    pub fn clients_served(&self) -> u64 {
        let d = &self.distinct;
        d.ip4 + d.ip6 + d.names + u64::from(d.unknown_requests > 0)
    }

    /// The sums of all resources.
    #[must_use]
    pub fn total(&self) -> Sums {
        let mut total = Sums::default();
        self.resources.iter().for_each(|group| total.add(&group.sums));
        total
    }
}

/// What is counted besides the fixed blocks, and how.
pub struct Extra<'a> {
    /// Keys of `--by`.
    pub by: Vec<&'a dyn Key>,
    /// Tables that are wanted.
    pub wanted: Wanted,
    /// Counting threads.
    pub threads: usize,
}

/// Counts all partitions, and takes their rows.
///
/// # Errors
/// Polars' own, or scratch space that fails.
pub fn count(
    partitions: &Partitions,
    keeping: &Keeping,
    context: &Context<'_>,
    extra: &Extra<'_>,
) -> Result<Counted, TableError> {
    let groups = Mutex::new(Groups::new(keeping, &extra.by));
    let shares = share_out(partitions.count(), extra.threads, |numbers| {
        work(partitions, numbers, keeping, context, extra, &groups)
    });
    let mut totals = Totals::default();
    let mut out = Counted::default();
    for share in shares {
        let Pass { totals: more, tables, .. } = share?;
        totals.merge(more);
        tables.end(&mut out.listing, context);
    }
    let groups = groups.into_inner().unwrap_or_else(PoisonError::into_inner);
    out.groups = groups.finish(extra.by.len())?;
    out.objects_by_resource = objects_by_resource(&totals, context);
    (out.vantages, out.filtered) = (totals.vantages, totals.filtered);
    Ok(out)
}

/// One thread with its partitions.
fn work<'a>(
    partitions: &Partitions,
    numbers: &mut dyn Iterator<Item = usize>,
    keeping: &Keeping,
    context: &'a Context<'a>,
    extra: &Extra<'_>,
    groups: &Mutex<Groups>,
) -> Result<Pass<'a>, TableError> {
    let totals = Totals::new(context.resources.len() > 1, Tables::by_client(extra.wanted));
    let share = keeping.share(context.frozen.bytes() + partitions.held_bytes());
    // A quarter is for the partition that is counted.
    let tables = Tables::new(extra.wanted, keeping, share - share / 4);
    let mut pass = Pass::new(context, totals, tables, !extra.by.is_empty());
    for number in numbers {
        pass.begin(u32::try_from(number).unwrap_or(u32::MAX));
        in_order(partitions, number, keeping, share / 8, context, |place, row, about| {
            pass.row(place, row, about)
        })?;
        if let Some(events) = pass.end()? {
            groups.lock().unwrap_or_else(PoisonError::into_inner).add(events, context, &extra.by)?;
        }
    }
    Ok(pass)
}

/// An object belongs to one resource; its key begins with the number of that.
fn objects_by_resource(totals: &Totals, context: &Context<'_>) -> BTreeMap<(u16, u16), u64> {
    let mut out = BTreeMap::new();
    for (vantage, of) in (0u16..).zip(&totals.vantages) {
        for object in of.objects.iter() {
            if let Some(resource) = context.frozen.text(object).first_chunk::<2>() {
                *out.entry((vantage, u16::from_le_bytes(*resource))).or_default() += 1;
            }
        }
    }
    out
}
