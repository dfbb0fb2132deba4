//! A row → an event: with its vantage, resource, window, party, and what merging needs to know of it.

use std::cmp::Ordering;
use std::collections::HashMap;

use accesstrail_parsers::record::ByteSemantics;
use foldhash::quality::RandomState;

use super::client::Client;
use super::filter::Filter;
use super::retrieval::{CopyKind, Credit, Served};
use crate::case::party::Parties;
use crate::clock::grid::Grid;
use crate::outcome::{Outcome, Reason};
use crate::scan::rules::semantics_of;
use crate::table::lexicon::{About, Frozen};
use crate::table::row::Row;

/// What counting needs to know of a file.
#[derive(Debug, Clone, Default)]
pub struct FileKey {
    /// Place in the canonical order of sources (METHOD M1.5).
    pub rank: u32,
    /// Vantage index.
    pub vantage: u16,
    /// Name of the source.
    pub source: String,
    /// Number of the source: equal for files of one source.
    pub source_number: u32,
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
    /// Whether rows can lie outside the window: it is declared.
    pub has_edges: bool,
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
    /// Whether there is more to its request than its row tells.
    pub has_more: bool,
}

/// Canonical order of events (METHOD M1.5).
#[must_use]
pub fn canonical(files: &[FileKey], a: &Row, b: &Row) -> Ordering {
    let rank = |row: &Row| files.get(row.file as usize).map_or(u32::MAX, |f| f.rank);
    a.time_us.cmp(&b.time_us).then_with(|| (rank(a), a.offset).cmp(&(rank(b), b.offset)))
}

impl Event {
    /// Whether the response carried data.
    #[must_use]
    pub fn served(&self) -> bool {
        self.reason.outcome().is_served()
    }

    /// An event whose window and party are not known yet.
    #[must_use]
    pub fn bare(row: Row, about: About, context: &Context<'_>) -> Self {
        let actor = context.frozen.actor(row.actor);
        Self {
            row,
            vantage: context.files.get(row.file as usize).map_or(0, |f| f.vantage),
            resource: about.resource,
            window: 0,
            party: 0,
            reason: row.reason(),
            object: about.object,
            subject: about.subject,
            agent: actor.agent,
            principal: actor.principal,
            has_more: about.has_more,
        }
    }

    /// Bytes of a served response. METHOD M6.2: a server-side copy adds nothing to them.
    #[must_use]
    pub fn bytes_served(&self) -> u64 {
        let adds = self.served() && self.reason.outcome() != Outcome::Copied;
        if adds { self.row.logged_bytes().unwrap_or(0) } else { 0 }
    }

    /// METHOD M5.6: a 2xx response with bytes that is not served only because its method is not listed.
    #[must_use]
    pub fn is_of_other_method(&self) -> bool {
        self.reason == Reason::Method
            && (200..300).contains(&self.row.status)
            && !matches!(self.row.status, 204 | 205)
            && self.row.bytes > 0
    }
}

/// The party of events: asked once for events of one client, agent and login that stand together.
pub struct Attributor<'a> {
    context: &'a Context<'a>,
    last: Option<((Client, u32), u32)>,
}

impl<'a> Attributor<'a> {
    /// Nothing known yet.
    #[must_use]
    pub fn new(context: &'a Context<'a>) -> Self {
        Self { context, last: None }
    }

    /// Index of the party; the number of parties stands for `unattributed`.
    pub fn of(&mut self, event: &Event) -> u32 {
        let none = u32::try_from(self.context.party_names.len()).unwrap_or(u32::MAX);
        if none == 0 {
            return none;
        }
        let client = Client::of(&event.row);
        let key = (client, event.row.actor);
        if let Some((known, party)) = self.last
            && known == key
        {
            return party;
        }
        let frozen = self.context.frozen;
        let (principal, agent) = (frozen.logged(event.principal), frozen.logged(event.agent));
        let found = self.context.parties.attribute(client.address(), principal, agent);
        let party = found.party.map_or(none, u32::from);
        self.last = Some((key, party));
        party
    }
}

/// What merging needs to know of a served event (METHOD M6.3, M6.4).
#[must_use]
pub fn as_served(event: &Event, about: About, context: &Context<'_>) -> Served {
    let more = if about.has_more { context.frozen.more(event.row.request) } else { None };
    let part = more.and_then(|more| more.part);
    let outcome = event.reason.outcome();
    let firm = part.and_then(|p| p.total).or(more.and_then(|more| more.size));
    let modal = context.modal.get(&(event.vantage, event.object)).copied();
    let bytes = event.row.logged_bytes();
    let whole = outcome == Outcome::Complete || (outcome == Outcome::Probable && event.row.status == 200);
    let full_size = firm.or(modal);
    // Parts of different versions are never united; a cut 200 names no version but the size known of it.
    let validator = part.and_then(|p| p.total).or(full_size).unwrap_or(0);
    let semantics = semantics_of(event.row.flags().semantics);
    // A planned size says nothing of what a transfer carried that the log marks as cut.
    let marked = matches!(event.reason, Reason::AbortMark | Reason::ClientReset);
    let written = semantics == ByteSemantics::BodyWritten;
    // Nor does a count that reaches the full size undo the mark.
    let bytes =
        if marked { bytes.map(|n| full_size.map_or(n, |size| n.min(size.saturating_sub(1)))) } else { bytes };
    let credit = match (part, event.row.status) {
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
        copied: match event.reason {
            Reason::ServerCopyPart => Some(CopyKind::Part),
            _ => (outcome == Outcome::Copied).then_some(CopyKind::Object),
        },
        credit,
        full_size,
        full_size_firm: firm.is_some(),
        semantics,
    }
}
