//! What one thread adds up over its partitions: sums by resource, window and party, and what is distinct.
//!
//! Events come client by client. Whatever is distinct by client is counted when a client is met for the first time in a group,
//! which a stamp tells. Everything merges by addition, minimum, maximum or union, so threads cannot be seen in it.

use std::collections::{BTreeMap, HashMap};

use foldhash::quality::RandomState;

use super::client::Client;
use super::counted::{Distinct, OtherMethods, Sums};
use super::events::{Context, Event};
use super::ids::Ids;
use super::retrieval::Retrieval;
use crate::identity::forwarded::Via;
use crate::scan::rules::semantics_of;
use crate::scan::whom::depends_on_header;
use crate::table::lexicon::ABSENT;
use crate::table::row::ClientKind;
use accesstrail_parsers::record::ByteSemantics;

/// So many clients that carry nearly all requests are proxies.
pub const FEW: usize = 8;

/// Sums of a group, and its distinct addresses over served requests.
#[derive(Debug, Clone, Copy, Default)]
pub struct Group {
    /// Sums.
    pub sums: Sums,
    /// Distinct addresses.
    pub clients: u64,
    stamp: u64,
}

/// Sums of one window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bin {
    /// In scope.
    pub requests: u64,
    /// Responses that carried data.
    pub served: u64,
    /// Bytes of these.
    pub bytes_served: u64,
    /// Distinct addresses over them.
    pub clients: u64,
    /// Addresses that were served here and in no window before.
    pub new_clients: u64,
    stamp: u64,
}

impl Bin {
    fn add(&mut self, one: &Sums) {
        self.requests += one.requests;
        self.served += one.served;
        self.bytes_served = self.bytes_served.saturating_add(one.bytes_served);
    }

    fn merge(&mut self, other: &Self) {
        self.requests += other.requests;
        self.served += other.served;
        self.bytes_served = self.bytes_served.saturating_add(other.bytes_served);
        self.clients += other.clients;
        self.new_clients += other.new_clients;
    }
}

/// Counts that an event alone decides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Notes {
    /// Retrievals longer than 24 hours (CNT-10).
    pub over_24h: u64,
    /// Retrievals that the window's edge cuts in two (TIM-02).
    pub cut_by_edges: u64,
    /// Served responses that no column could show to be whole (METHOD M5.5).
    pub completeness_unknown: u64,
    /// Requests that bear a user agent.
    pub with_agent: u64,
    /// Requests that equal another one of their source in every column (METHOD M6.7).
    pub repeated: u64,
    /// 206 without a logged range (CNT-03).
    pub parts_without_range: u64,
    /// Requests matched only by folding case (CNT-06).
    pub folded: u64,
    /// Requests without a host to check (CNT-09).
    pub host_unchecked: u64,
    /// Bytes of served responses, added up a second time and without a limit.
    pub exact_bytes: u128,
}

impl Notes {
    fn merge(&mut self, other: &Self) {
        self.over_24h += other.over_24h;
        self.cut_by_edges += other.cut_by_edges;
        self.completeness_unknown += other.completeness_unknown;
        self.with_agent += other.with_agent;
        self.repeated += other.repeated;
        self.parts_without_range += other.parts_without_range;
        self.folded += other.folded;
        self.host_unchecked += other.host_unchecked;
        self.exact_bytes += other.exact_bytes;
    }
}

/// Served, bytes and unlogged responses of one byte semantics.
pub type Semantics = (u64, u64, u64);

/// The totals of one vantage.
#[derive(Debug, Clone, Default)]
pub struct OfVantage {
    /// By resource index.
    pub resources: Vec<Group>,
    /// By party index.
    pub parties: Vec<Group>,
    /// By window index.
    pub windows: Vec<Bin>,
    /// By resource and window, where there are several resources.
    pub resource_windows: HashMap<(u16, u32), Bin, RandomState>,
    /// Requests by reason number.
    pub reasons: Vec<u64>,
    /// By byte semantics.
    pub semantics: [Semantics; 4],
    /// Distinct clients over served requests.
    pub distinct: Distinct,
    /// Objects served.
    pub objects: Ids,
    /// By party.
    pub party_objects: Vec<Ids>,
    /// Identifiers served, by resource.
    pub resource_subjects: Vec<Ids>,
    /// By party.
    pub party_subjects: Vec<Ids>,
    /// Logins served.
    pub principals: Ids,
    /// Served requests of the clients that were served most, the most first.
    pub most_served: [u64; FEW],
    /// CNT-11.
    pub other_methods: OtherMethods,
    /// What single events tell.
    pub notes: Notes,
    /// Requests of earlier resources that match this one too.
    pub also_matches: Vec<u64>,
    /// Resources with a served response whose columns could show that it was whole.
    pub can_show: Vec<bool>,
    /// The upper half of the last IPv6 address that was served.
    last_net: Option<u64>,
    here: Here,
}

/// The client that is being counted.
#[derive(Debug, Clone, Default)]
struct Here {
    stamp: u64,
    served: u64,
    other: bool,
    first_window: Option<u32>,
    first_of_resource: Vec<(u16, u32)>,
    agents: Vec<u32>,
    objects: Vec<u32>,
    parties: Vec<(u32, Sums)>,
}

/// What is told of a client at its end: its sums by party, and how many objects it was served.
pub struct ClientEnd<'a> {
    /// Vantage index.
    pub vantage: u16,
    /// Who.
    pub client: Client,
    /// By party.
    pub parties: &'a [(u32, Sums)],
    /// Distinct objects over served requests; 0 where nobody asked.
    pub objects: u64,
}

/// All totals of one thread.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    /// By vantage index.
    pub vantages: Vec<OfVantage>,
    /// In-scope records that `--where` took out, by file id.
    pub filtered: BTreeMap<u32, u64>,
    stamp: u64,
    several_resources: bool,
    by_client: bool,
    /// Vantages of the client that is being counted.
    touched: Vec<u16>,
}

fn at<T: Clone + Default>(list: &mut Vec<T>, place: usize) -> Option<&mut T> {
    if place >= list.len() {
        list.resize(place + 1, T::default());
    }
    list.get_mut(place)
}

impl Totals {
    /// Nothing yet. `by_client`: whether [`Totals::end_client`] is asked for objects.
    #[must_use]
    pub fn new(several_resources: bool, by_client: bool) -> Self {
        Self { several_resources, by_client, ..Self::default() }
    }

    /// The totals of a vantage.
    pub fn of(&mut self, vantage: u16) -> Option<&mut OfVantage> {
        at(&mut self.vantages, usize::from(vantage))
    }

    /// Partitions hold whole /48 networks, so no network goes on in the next one.
    pub fn begin_partition(&mut self) {
        self.vantages.iter_mut().for_each(|v| v.last_net = None);
    }

    /// All events from here on are another client's.
    pub fn begin_client(&mut self) {
        self.stamp += 1;
    }

    /// Adds an event of the client; `opened` is the retrieval that it opened, as it was at its end.
    pub fn take(&mut self, event: &Event, opened: Option<&Retrieval>, context: &Context<'_>) {
        let (stamp, by_client, several) = (self.stamp, self.by_client, self.several_resources);
        let Some(v) = at(&mut self.vantages, usize::from(event.vantage)) else { return };
        if v.here.stamp != stamp {
            v.here.begin(stamp);
            self.touched.push(event.vantage);
        }
        let captures = context.captures_subject.get(usize::from(event.resource)).copied().unwrap_or(false);
        let one = Sums::of(event, opened, captures);
        let client = event.row.flags().client;
        v.add(event, &one, client.is_ip(), stamp, several);
        v.note(event, opened, context);
        v.here.take(event, &one, by_client, several);
        if event.served() {
            v.distinguish(event);
        }
    }

    /// Ends the client, once for each vantage that shows it.
    pub fn end_client(&mut self, client: Client, mut told: impl FnMut(&ClientEnd<'_>)) {
        let mut touched = std::mem::take(&mut self.touched);
        for vantage in touched.drain(..) {
            let Some(v) = self.vantages.get_mut(usize::from(vantage)) else { continue };
            v.end_client(client);
            v.here.objects.sort_unstable();
            v.here.objects.dedup();
            v.here.parties.sort_unstable_by_key(|(party, _)| *party);
            let objects = v.here.objects.len() as u64;
            told(&ClientEnd { vantage, client, parties: &v.here.parties, objects });
        }
        self.touched = touched;
    }

    /// Adds another thread's.
    pub fn merge(&mut self, other: Self) {
        for (place, theirs) in other.vantages.into_iter().enumerate() {
            if let Some(ours) = at(&mut self.vantages, place) {
                ours.merge(theirs);
            }
        }
        for (file, n) in other.filtered {
            *self.filtered.entry(file).or_default() += n;
        }
    }
}

impl Sums {
    /// The sums of one event.
    fn of(event: &Event, opened: Option<&Retrieval>, captures: bool) -> Self {
        let served = event.served();
        let time_us = event.row.time_us;
        Self {
            requests: 1,
            served: u64::from(served),
            retrievals: u64::from(opened.is_some()),
            complete_or_probable: u64::from(opened.is_some_and(|r| r.complete_or_probable)),
            complete: u64::from(opened.is_some_and(|r| r.complete)),
            bytes_served: event.bytes_served(),
            unlogged: u64::from(served && event.row.bytes < 0),
            subject_unknown: u64::from(served && captures && event.subject == ABSENT),
            first_us: if served { time_us } else { i64::MAX },
            last_us: if served { time_us } else { i64::MIN },
        }
    }
}

impl OfVantage {
    fn add(&mut self, event: &Event, one: &Sums, is_ip: bool, stamp: u64, several: bool) {
        let counts = event.served() && is_ip;
        let groups = [
            at(&mut self.resources, usize::from(event.resource)),
            at(&mut self.parties, event.party as usize),
        ];
        for group in groups.into_iter().flatten() {
            group.sums.add(one);
            if counts && group.stamp != stamp {
                group.stamp = stamp;
                group.clients += 1;
            }
        }
        let pair = several.then(|| self.resource_windows.entry((event.resource, event.window)).or_default());
        let bins = [at(&mut self.windows, event.window as usize), pair];
        for bin in bins.into_iter().flatten() {
            bin.add(one);
            if counts && bin.stamp != stamp {
                bin.stamp = stamp;
                bin.clients += 1;
            }
        }
        if let Some(n) = at(&mut self.reasons, event.reason as usize) {
            *n += 1;
        }
        if event.is_of_other_method() {
            self.other_methods.responses += 1;
            let bytes = event.row.logged_bytes().unwrap_or(0);
            self.other_methods.bytes = self.other_methods.bytes.saturating_add(bytes);
            self.other_methods.exact_bytes += u128::from(bytes);
            self.here.other = true;
        }
    }

    fn note(&mut self, event: &Event, opened: Option<&Retrieval>, context: &Context<'_>) {
        let more = if event.has_more { context.frozen.more(event.row.request) } else { None };
        for later in more.iter().flat_map(|more| &more.also) {
            if let Some(n) = at(&mut self.also_matches, usize::from(*later)) {
                *n += 1;
            }
        }
        self.notes.with_agent += u64::from(event.agent != ABSENT);
        self.notes.folded += u64::from(more.is_some_and(|more| more.folded));
        self.notes.host_unchecked += u64::from(more.is_some_and(|more| more.host_unchecked));
        if !event.served() {
            return;
        }
        let flags = event.row.flags();
        let bytes = event.bytes_served();
        if let Some(of) = self.semantics.get_mut(usize::from(flags.semantics)) {
            *of = (of.0 + 1, of.1.saturating_add(bytes), of.2 + u64::from(event.row.bytes < 0));
        }
        self.notes.exact_bytes += u128::from(bytes);
        self.distinct.by_header += u64::from(depends_on_header(flags.via));
        self.distinct.header_ignored += u64::from(flags.via == Via::HeaderIgnored as u8);
        self.distinct.unknown_requests += u64::from(flags.client == ClientKind::Unknown);
        let part = more.and_then(|more| more.part);
        let size_known =
            more.is_some_and(|more| more.size.is_some()) || part.is_some_and(|p| p.total.is_some());
        if size_known && semantics_of(flags.semantics) == ByteSemantics::BodyWritten {
            if let Some(can) = at(&mut self.can_show, usize::from(event.resource)) {
                *can = true;
            }
        } else {
            self.notes.completeness_unknown += 1;
        }
        self.notes.parts_without_range += u64::from(event.row.status == 206 && part.is_none());
        self.notes.over_24h += u64::from(opened.is_some_and(|r| r.over_24h));
    }

    /// Sets of ids over served events.
    fn distinguish(&mut self, event: &Event) {
        let sets = [
            Some((&mut self.objects, event.object)),
            at(&mut self.party_objects, event.party as usize).map(|set| (set, event.object)),
            at(&mut self.resource_subjects, usize::from(event.resource)).map(|set| (set, event.subject)),
            at(&mut self.party_subjects, event.party as usize).map(|set| (set, event.subject)),
            Some((&mut self.principals, event.principal)),
        ];
        for (set, id) in sets.into_iter().flatten().filter(|(_, id)| *id != ABSENT) {
            set.insert(id);
        }
    }

    fn end_client(&mut self, client: Client) {
        let here = &mut self.here;
        self.other_methods.clients_ip += u64::from(client.kind.is_ip() && (here.served > 0 || here.other));
        if here.served == 0 {
            return;
        }
        insert(&mut self.most_served, here.served);
        match client.kind {
            ClientKind::Ip4 => self.distinct.ip4 += 1,
            ClientKind::Name => self.distinct.names += 1,
            ClientKind::Unknown => {}
            ClientKind::Ip6 => {
                self.distinct.ip6 += 1;
                for (net, shift) in self.distinct.nets.iter_mut().zip([0, 8, 16]) {
                    *net += u64::from(self.last_net.is_none_or(|last| last >> shift != client.hi >> shift));
                }
                self.last_net = Some(client.hi);
            }
        }
        if !client.kind.is_ip() {
            return;
        }
        here.agents.sort_unstable();
        here.agents.dedup();
        self.distinct.ip_ua += here.agents.len() as u64;
        if let Some(bin) = here.first_window.and_then(|window| self.windows.get_mut(window as usize)) {
            bin.new_clients += 1;
        }
        for key in &here.first_of_resource {
            if let Some(bin) = self.resource_windows.get_mut(key) {
                bin.new_clients += 1;
            }
        }
    }

    fn merge(&mut self, other: Self) {
        for (mine, theirs) in [(&mut self.resources, other.resources), (&mut self.parties, other.parties)] {
            each(mine, theirs, |mine, theirs| {
                mine.sums.add(&theirs.sums);
                mine.clients += theirs.clients;
            });
        }
        each(&mut self.windows, other.windows, |mine, theirs| mine.merge(&theirs));
        #[expect(clippy::iter_over_hash_type, reason = "sums of groups: the order cannot be seen")]
        for (key, bin) in other.resource_windows {
            self.resource_windows.entry(key).or_default().merge(&bin);
        }
        each(&mut self.reasons, other.reasons, |mine, theirs| *mine += theirs);
        for (mine, theirs) in self.semantics.iter_mut().zip(other.semantics) {
            *mine = (mine.0 + theirs.0, mine.1.saturating_add(theirs.1), mine.2 + theirs.2);
        }
        self.distinct.merge(&other.distinct);
        other.most_served.into_iter().for_each(|served| insert(&mut self.most_served, served));
        self.objects.merge(other.objects);
        for (mine, theirs) in [
            (&mut self.party_objects, other.party_objects),
            (&mut self.resource_subjects, other.resource_subjects),
            (&mut self.party_subjects, other.party_subjects),
        ] {
            each(mine, theirs, Ids::merge);
        }
        self.principals.merge(other.principals);
        self.other_methods.merge(&other.other_methods);
        self.notes.merge(&other.notes);
        each(&mut self.also_matches, other.also_matches, |mine, theirs| *mine += theirs);
        each(&mut self.can_show, other.can_show, |mine, theirs| *mine |= theirs);
    }
}

/// Keeps the greatest.
fn insert(most: &mut [u64; FEW], served: u64) {
    let mut next = served;
    for slot in most {
        if next > *slot {
            std::mem::swap(slot, &mut next);
        }
    }
}

/// Merges lists place by place.
fn each<T: Clone + Default>(mine: &mut Vec<T>, theirs: Vec<T>, merge: impl Fn(&mut T, T)) {
    for (place, theirs) in theirs.into_iter().enumerate() {
        if let Some(mine) = at(mine, place) {
            merge(mine, theirs);
        }
    }
}

impl Here {
    fn begin(&mut self, stamp: u64) {
        (self.stamp, self.served, self.other, self.first_window) = (stamp, 0, false, None);
        self.first_of_resource.clear();
        self.agents.clear();
        self.objects.clear();
        self.parties.clear();
    }

    fn take(&mut self, event: &Event, one: &Sums, by_client: bool, several: bool) {
        if event.served() {
            self.served += 1;
            self.first_window = Some(self.first_window.map_or(event.window, |w| w.min(event.window)));
            if several {
                match self.first_of_resource.iter_mut().find(|(resource, _)| *resource == event.resource) {
                    Some((_, window)) => *window = event.window.min(*window),
                    None => self.first_of_resource.push((event.resource, event.window)),
                }
            }
            // Events of one agent stand together, and among them those of one object.
            if self.agents.last() != Some(&event.agent) {
                self.agents.push(event.agent);
            }
        }
        if !by_client {
            return;
        }
        if event.served() && self.objects.last() != Some(&event.object) {
            self.objects.push(event.object);
        }
        match self.parties.iter_mut().find(|(party, _)| *party == event.party) {
            Some((_, sums)) => sums.add(one),
            None => self.parties.push((event.party, *one)),
        }
    }
}
