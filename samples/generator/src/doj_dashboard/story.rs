//! The list of drawn requests, and the check that the planned figures came out.

use std::collections::BTreeSet;

use super::plan::{
    CRASH, DEALER, DEALER_SERVED, FIRST_AFTER_RESTART, FROM, LAST_BEFORE_CRASH, LOG_END, MIDNIGHT, PERMITS,
    PERMITS_CLIENTS, PERMITS_SERVED, REGISTRY, REGISTRY_SERVED, SAFETY, SAFETY_SERVED, Thing, UNTIL,
};
use super::request::{Actor, Client, InFront, Meant, Request};
use crate::PlanError;
use crate::clock::{Moment, pacific};
use crate::rng::Rng;

/// The story so far.
#[derive(Debug)]
pub(super) struct Story {
    pub(super) rng: Rng,
    pub(super) requests: Vec<Request>,
    retrievals: u32,
}

impl Story {
    /// An empty story.
    pub(super) fn new(seed: u64) -> Self {
        Self { rng: Rng::new(seed), requests: Vec::new(), retrievals: 0 }
    }

    /// Opens a retrieval: the scene decides that a request begins a new one (M6.3).
    pub(super) fn retrieval(&mut self) -> u32 {
        self.retrievals += 1;
        self.retrievals
    }

    /// Adds a request; draws its duration where the scene did not fix one.
    ///
    /// # Errors
    /// A request that the gateway could not have logged, since it was down.
    pub(super) fn put(&mut self, mut request: Request) -> Result<(), PlanError> {
        if request.at_gateway() && !up(request.at) {
            return Err(PlanError::new(format!("{} is in the outage", request.at.utc())));
        }
        if request.took_us.is_none() {
            let per_ms = u64::try_from(self.rng.between(700, 6000)).unwrap_or(700);
            let drawn = i64::try_from(request.bytes / per_ms).unwrap_or(0) * 1000;
            request.took_us = Some(drawn + self.rng.between(9_000, 420_000));
        }
        // Nothing ends while the gateway is down, or in the last ten seconds before midnight, which
        // belong to the three lines that are written twice.
        if request.at_gateway() {
            if request.at < CRASH && request.done() >= CRASH {
                request.took_us = Some((CRASH.0 - request.at.0 - 400) * 1000);
            }
            let quiet = pacific(23, 59, 50, 0);
            if request.again.is_none() && request.done() >= quiet && request.done() < MIDNIGHT {
                request.took_us = Some((MIDNIGHT.0 - request.at.0 + 900) * 1000);
            }
        }
        self.requests.push(request);
        Ok(())
    }

    /// A whole answer to `who` at `at`, a retrieval of its own.
    pub(super) fn whole(&mut self, who: &Actor, at: Moment, thing: &Thing) -> Result<(), PlanError> {
        let retrieval = self.retrieval();
        let bytes = self.size(thing, at);
        self.put(Request::get(who, at, thing).whole(bytes, retrieval))
    }

    /// The size of a whole answer.
    pub(super) fn size(&mut self, thing: &Thing, at: Moment) -> u64 {
        thing.size_at(at) + self.rng.below(thing.spread + 1)
    }

    /// A page view and the calls behind it, shortly before `at`. Skipped where the gateway is down.
    pub(super) fn page_view(&mut self, who: &Actor, at: Moment, page: &Thing) -> Result<(), PlanError> {
        let at = at.plus_ms(-self.rng.between(4_000, 70_000));
        if !up(at) || !up(at.plus_ms(1_500)) {
            return Ok(());
        }
        let bytes = page.bytes + self.rng.below(400);
        self.put(Request { bytes, ..Request::get(who, at, page) })?;
        if self.rng.percent(45) {
            let book = page.target.split('/').nth(2).unwrap_or("Permits");
            let session = self.session();
            let target = format!("/vizql/w/{book}/v/Applicants/bootstrapSession/sessions/{session}");
            let upload = self.rng.between(700, 990);
            let later = at.plus_ms(self.rng.between(300, 1_500));
            let bytes = 131_000 + self.rng.below(9000);
            let call = Request { method: "POST", bytes, ..Request::get(who, later, page) };
            self.put(Request { upload: uploads(upload), ..call.spelled(target) })?;
        }
        Ok(())
    }

    /// A session id as the server prints it.
    pub(super) fn session(&mut self) -> String {
        format!("{:016X}{:016X}-0:{}", self.rng.bits(), self.rng.bits(), self.rng.below(4))
    }

    /// Served requests and distinct addresses of a resource so far, lines written twice included.
    pub(super) fn tally(&self, resource: &str) -> (usize, BTreeSet<Client>) {
        let counted = self.requests.iter().filter(|r| {
            r.thing.resource == resource && r.meant.served() && r.at_gateway() && FROM <= r.at && r.at < UNTIL
        });
        let (mut served, mut clients) = (0, BTreeSet::new());
        for request in counted {
            served += 1 + usize::from(request.again.is_some());
            if let Client::Ip(_) = request.who.client {
                clients.insert(request.who.client.clone());
            }
        }
        (served, clients)
    }

    /// Whether the planned figures came out.
    pub(super) fn check(&self) -> Result<(), PlanError> {
        let wanted = [
            (PERMITS, PERMITS_SERVED),
            (SAFETY, SAFETY_SERVED),
            (DEALER, DEALER_SERVED),
            (REGISTRY, REGISTRY_SERVED),
        ];
        for (resource, planned) in wanted {
            let (served, clients) = self.tally(resource);
            if served != planned {
                return Err(PlanError::new(format!("{resource}: {served} served, {planned} planned")));
            }
            if resource == PERMITS && clients.len() != PERMITS_CLIENTS {
                return Err(PlanError::new(format!("{resource}: {} clients", clients.len())));
            }
        }
        match self.requests.iter().find(|r| r.meant.served() != (r.retrieval != 0)) {
            Some(odd) => Err(PlanError::new(format!("{} {}: retrieval", odd.at.utc(), odd.target))),
            None => Ok(()),
        }
    }
}

/// Whether the gateway runs at `at`. Its last record and its first one are the monitor's, to the second.
pub(super) fn up(at: Moment) -> bool {
    at <= LAST_BEFORE_CRASH || (at >= FIRST_AFTER_RESTART && at < LOG_END.plus_s(60))
}

/// Request bodies of the calls, as the header column shows them.
fn uploads(n: i64) -> &'static str {
    const UPLOADS: [&str; 5] = ["784", "812", "848", "931", "977"];
    usize::try_from(n % 5).ok().and_then(|n| UPLOADS.get(n)).copied().unwrap_or("784")
}

/// What the front's log keeps of a request, where the front has one.
pub(super) fn front_answer(request: &Request) -> Option<(u16, u64, Meant)> {
    let sensitive = !request.thing.resource.is_empty();
    match request.front {
        InFront::Absent => None,
        InFront::Same | InFront::Only => Some((request.status, request.bytes, request.meant)),
        InFront::Cut(bytes) => Some((request.status, bytes, request.meant)),
        InFront::Left => Some((499, 0, if sensitive { Meant::Status } else { Meant::Elsewhere })),
    }
}
