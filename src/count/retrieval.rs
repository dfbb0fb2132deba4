//! Retrievals: how served responses merge into "one taking of one object" (METHOD M6.2 to M6.4).
//!
//! [`Fold`] takes the served events of one key in canonical order, says of each whether it opens a retrieval, and gives each
//! retrieval back once it is over. What the key is made of (address or /64, agent, login, object, vantage) is the
//! caller's.
//!
//! A copy inside the store never joins a client's request, even under an equal key.

use std::collections::BTreeMap;

use accesstrail_parsers::record::ByteSemantics;

use super::interval::Union;

/// A retrieval that lasts longer is reported (CNT-10).
pub const DAY_US: i64 = 24 * 3_600 * 1_000_000;

/// The gap after which a new retrieval opens, unless the case declares another (METHOD M6.3).
pub const DEFAULT_GAP_US: i64 = 30 * 60 * 1_000_000;

/// One served event, as far as merging is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    /// Adjusted UTC.
    pub time_us: i64,
    /// Complete, or probable with status 200.
    pub whole: bool,
    /// Outcome `complete`.
    pub complete: bool,
    /// Outcome `probable`, whatever the status.
    pub probable: bool,
    /// Set for outcome `copied`; every other field but the time is then ignored.
    pub copied: Option<CopyKind>,
    /// What this part adds (M6.4). A whole response adds nothing here: only parts and cut responses do.
    pub credit: Credit,
    /// The best full size known, the modal one included.
    pub full_size: Option<u64>,
    /// Whether `full_size` is logged, from the manifest or declared, not merely modal.
    pub full_size_firm: bool,
    /// What the byte count of the event means; only body bytes handed to the network can prove `complete`.
    pub semantics: ByteSemantics,
}

/// Which server-side copy read an object (METHOD M6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CopyKind {
    /// `OBJECT_GET`, `CopyBlobSource`, `CopyObject`: the whole object, a retrieval of its own.
    Object,
    /// `PART_GET`, `UploadPartCopy`: a part; those of one key within the gap are one retrieval.
    Part,
}

/// What a part or a cut response is known to have carried (METHOD M6.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credit {
    /// Nothing that can be credited: a whole response, several ranges at once, or no byte count.
    None,
    /// So many bytes of it, nobody knows which: a 206 without a logged range.
    Bytes(u64),
    /// The bytes `[start, end)` of the version that `validator` stands for.
    Span {
        /// First byte.
        start: u64,
        /// One past the last byte.
        end: u64,
        /// Hash of version, ETag and logged full size: parts of different ones are never united.
        validator: u64,
    },
}

impl Credit {
    /// Credit of a 206 with a logged range `first..=last` (both ends belong to it, as HTTP writes them):
    /// `[first, first + min(body bytes, last − first + 1))`. An unlogged count credits the range.
    pub fn part(first: u64, last: u64, body_bytes: Option<u64>, validator: u64) -> Credit {
        let length = last.checked_sub(first).map_or(0, |span| span.saturating_add(1));
        let carried = body_bytes.map_or(length, |bytes| bytes.min(length));
        if carried == 0 {
            return Credit::None;
        }
        Credit::Span { start: first, end: first.saturating_add(carried), validator }
    }

    /// Credit of a response with status 200 that was cut or fell short: `[0, body bytes)`.
    pub fn cut(body_bytes: Option<u64>, validator: u64) -> Credit {
        match body_bytes {
            None | Some(0) => Credit::None,
            Some(bytes) => Credit::Span { start: 0, end: bytes, validator },
        }
    }

    /// Credit of a 206 without a logged range.
    pub fn unlogged_range(body_bytes: Option<u64>) -> Credit {
        body_bytes.filter(|bytes| *bytes > 0).map_or(Credit::None, Credit::Bytes)
    }
}

/// One taking of one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retrieval {
    /// Time of its first event: the retrieval's time.
    pub first_us: i64,
    /// Time of its last event.
    pub last_us: i64,
    /// Events in it.
    pub events: u64,
    /// Shown to have taken all of the object.
    pub complete: bool,
    /// The same, or answered in a way that can't be told from it.
    pub complete_or_probable: bool,
    /// Longer than 24 h (CNT-10).
    pub over_24h: bool,
    /// Holds parts whose ranges aren't logged, and is not otherwise complete or probable.
    pub unresolved_partial: bool,
}

/// The retrievals of one key, event by event. `T` is what the caller wants back of the event that opened one.
#[derive(Debug, Clone)]
pub struct Fold<T> {
    open: Open,
    /// Who opened the retrieval that is open: of client requests, of copied parts, of copied objects.
    openers: [Option<T>; 3],
}

impl<T> Default for Fold<T> {
    fn default() -> Self {
        Self { open: Open::default(), openers: [None, None, None] }
    }
}

impl<T> Fold<T> {
    /// Takes the key's next event in canonical order (METHOD M6.3); `true` if it opens a retrieval, `false` if it belongs to
    /// the one of its kind that is open. One that is over by that is given to `ended`, with the event that opened it.
    pub fn take(
        &mut self,
        event: T,
        served: &Served,
        gap_us: i64,
        mut ended: impl FnMut(T, Retrieval),
    ) -> bool {
        let over = self.open.state(served.copied);
        let opens = self.open.offer(served, gap_us);
        if opens
            && let Some(slot) = self.openers.get_mut(slot(served.copied))
            && let Some(opener) = slot.replace(event)
        {
            ended(opener, over);
        }
        opens
    }

    /// Ends the retrievals that are still open.
    pub fn end(self, mut ended: impl FnMut(T, Retrieval)) {
        let kinds = [None, Some(CopyKind::Part), Some(CopyKind::Object)];
        for (opener, kind) in self.openers.into_iter().zip(kinds) {
            if let Some(opener) = opener {
                ended(opener, self.open.state(kind));
            }
        }
    }
}

/// Which of the retrievals that one key can have open at the same time an event of this kind belongs to.
#[must_use]
pub fn slot(copied: Option<CopyKind>) -> usize {
    match copied {
        None => 0,
        Some(CopyKind::Part) => 1,
        Some(CopyKind::Object) => 2,
    }
}

/// The open retrievals of one key: of client requests, of copied parts, of copied objects.
#[derive(Debug, Clone, Default)]
struct Open {
    client: Option<Client>,
    copies: Option<Box<Copies>>,
}

/// Copies are rare.
#[derive(Debug, Clone, Default)]
struct Copies {
    object: Option<Retrieval>,
    parts: Option<Retrieval>,
}

impl Open {
    /// Takes the next event of this key; `true` if it opens a retrieval.
    fn offer(&mut self, served: &Served, gap_us: i64) -> bool {
        match served.copied {
            Some(kind) => self.copies.get_or_insert_default().offer(kind, served, gap_us),
            None => match &mut self.client {
                Some(open) if !open.is_closed_to(served, gap_us) => {
                    extend(&mut open.retrieval, served.time_us);
                    open.take(served);
                    false
                }
                closed => {
                    let mut fresh = Client::new(served.time_us);
                    fresh.take(served);
                    *closed = Some(fresh);
                    true
                }
            },
        }
    }

    /// The retrieval that the last offered event of this kind belongs to, as it stands now.
    fn state(&self, kind: Option<CopyKind>) -> Retrieval {
        match kind {
            None => self.client.as_ref().map(|open| open.retrieval),
            Some(CopyKind::Part) => self.copies.as_ref().and_then(|copies| copies.parts),
            Some(CopyKind::Object) => self.copies.as_ref().and_then(|copies| copies.object),
        }
        .unwrap_or(at(0))
    }
}

impl Copies {
    fn offer(&mut self, kind: CopyKind, served: &Served, gap_us: i64) -> bool {
        match (kind, &mut self.parts) {
            (CopyKind::Object, _) => {
                self.object =
                    Some(Retrieval { complete: true, complete_or_probable: true, ..at(served.time_us) });
                true
            }
            (CopyKind::Part, Some(open)) if !is_apart(open, served, gap_us) => {
                extend(open, served.time_us);
                false
            }
            (CopyKind::Part, closed) => {
                *closed = Some(Retrieval { complete_or_probable: true, ..at(served.time_us) });
                true
            }
        }
    }
}

fn at(time_us: i64) -> Retrieval {
    Retrieval {
        first_us: time_us,
        last_us: time_us,
        events: 1,
        complete: false,
        complete_or_probable: false,
        over_24h: false,
        unresolved_partial: false,
    }
}

/// M6.3 (i); an equal distance joins.
fn is_apart(open: &Retrieval, served: &Served, gap_us: i64) -> bool {
    served.time_us.saturating_sub(open.last_us) > gap_us
}

fn extend(retrieval: &mut Retrieval, time_us: i64) {
    retrieval.last_us = retrieval.last_us.max(time_us);
    retrieval.events = retrieval.events.saturating_add(1);
    retrieval.over_24h = retrieval.last_us.saturating_sub(retrieval.first_us) > DAY_US;
}

/// An open retrieval of client requests, with what its parts add up to.
#[derive(Debug, Clone)]
struct Client {
    retrieval: Retrieval,
    holds_whole: bool,
    /// Whether any version, or the unplaced bytes, reached the full size (M6.3 iii).
    reached: bool,
    /// Most retrievals are one whole response and have none.
    parts: Option<Box<Parts>>,
}

#[derive(Debug, Clone, Default)]
struct Parts {
    /// The validator of the first part, and the parts that share it: nearly always all of them.
    first: Option<(u64, Version)>,
    /// The others by validator; parts of different versions don't add up.
    others: BTreeMap<u64, Version>,
    /// Parts whose ranges aren't logged.
    unplaced_bytes: u64,
    unplaced_size: Size,
}

impl Parts {
    fn version(&mut self, validator: u64) -> &mut Version {
        match &mut self.first {
            Some((known, _)) if *known != validator => self.others.entry(validator).or_default(),
            first => &mut first.get_or_insert_with(|| (validator, Version::default())).1,
        }
    }
}

/// The parts of one version of the object.
#[derive(Debug, Clone, Default)]
struct Version {
    any: Union,
    body_written: Union,
    size: Size,
}

/// The full size as the events of a group state it. Where they disagree the largest holds, and a firm one
/// goes before a modal one: parts must then reach more, never less.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    firm: Option<u64>,
    modal: Option<u64>,
}

impl Size {
    fn learn(&mut self, served: &Served) {
        let known = if served.full_size_firm { &mut self.firm } else { &mut self.modal };
        *known = (*known).max(served.full_size);
    }
    fn best(&self) -> Option<u64> {
        self.firm.or(self.modal)
    }
}

impl Client {
    fn new(time_us: i64) -> Client {
        Client { retrieval: at(time_us), holds_whole: false, reached: false, parts: None }
    }

    /// M6.3 (i), (ii), (iii).
    fn is_closed_to(&self, served: &Served, gap_us: i64) -> bool {
        is_apart(&self.retrieval, served, gap_us)
            || (served.whole && self.holds_whole)
            || (!served.whole && self.reached)
    }

    fn take(&mut self, served: &Served) {
        self.holds_whole |= served.whole;
        let mut complete = served.complete;
        let mut probable = served.complete || served.probable;
        match served.credit {
            Credit::None => {}
            Credit::Bytes(bytes) => {
                let parts = self.parts.get_or_insert_default();
                parts.unplaced_bytes = parts.unplaced_bytes.saturating_add(bytes);
                parts.unplaced_size.learn(served);
                self.reached |=
                    parts.unplaced_size.best().is_some_and(|size| size > 0 && parts.unplaced_bytes >= size);
            }
            Credit::Span { start, end, validator } => {
                let version = self.parts.get_or_insert_default().version(validator);
                version.size.learn(served);
                version.any.add(start, end);
                if served.semantics == ByteSemantics::BodyWritten {
                    version.body_written.add(start, end);
                }
                let covered = version.size.best().is_some_and(|size| version.any.covers(size));
                complete |= version.size.firm.is_some_and(|size| version.body_written.covers(size));
                probable |= covered;
                self.reached |= covered;
            }
        }
        let unplaced = self.parts.as_ref().is_some_and(|parts| parts.unplaced_bytes > 0);
        self.retrieval.complete |= complete;
        self.retrieval.complete_or_probable |= probable;
        self.retrieval.unresolved_partial = unplaced && !self.retrieval.complete_or_probable;
    }
}

#[cfg(test)]
mod tests;
