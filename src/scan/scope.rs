//! A record that may be in scope → what it asks for, who asks, what came of it, and its row.
//!
//! Records wait in a small [`Batch`] and are looked up together: what most requests of a large case are about lies far
//! apart in memory, and the processor fetches for all of a batch in the time that one takes.

use accesstrail_parsers::record::{self, Abort, Bytes, Escape, Meaning, Object, Record, Span};
use accesstrail_parsers::token::range::{ByteRanges, byte_range, content_range};

use super::block::{BlockYield, Place, Scanner};
use super::rules::{FileRules, semantics_bits};
use super::whom::{self, Whom};
use crate::case::path::unescape;
use crate::case::route::{ObjectQuery, Query};
use crate::outcome::{self, Evidence, Mark, Method, Operation, Part};
use crate::table::lexicon::{AS_TARGET, Asked, Asking, CLIENT, Met, More, Request};
use crate::table::row::{ClientKind, Flags, Row};

/// Records that are looked up together.
const TOGETHER: usize = 96;

/// A record that passed the first look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting<'r> {
    pub(super) record: Record<'r>,
    pub(super) meaning: Meaning,
    pub(super) place: Place,
    pub(super) time_us: i64,
    pub(super) in_window: bool,
}

/// Records that wait to be looked up.
#[derive(Default)]
pub(super) struct Batch<'r> {
    waiting: Vec<Waiting<'r>>,
    asked: Vec<Asked>,
    asking: Asking,
    answers: Vec<Option<Met>>,
}

impl Batch<'_> {
    /// Whether it is time to look them up.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= TOGETHER
    }
}

impl Scanner<'_> {
    /// Counts a record of no resource.
    pub(super) fn out_of_scope(in_window: bool, out: &mut BlockYield) {
        if in_window {
            out.account.not_sensitive += 1;
        } else {
            out.account.out_of_window += 1;
        }
    }

    /// Puts a record into the batch.
    pub(super) fn wait<'r>(&self, waiting: Waiting<'r>, batch: &mut Batch<'r>) {
        let Waiting { record, meaning, .. } = &waiting;
        // All that decides what a request is about: texts, and what else there is as one text more.
        let kind = [meaning.target as u8, meaning.key as u8, record.operation as u8];
        let numbers = (record.span.is_some() || record.size.is_some()).then(|| numbers(record));
        let columns = [
            record.method,
            record.host,
            record.target,
            record.query,
            record.content_range,
            record.range,
            Some(&kind[..]),
            record.object.and_then(|object| object.bucket),
            record.object.map(|object| object.key),
            numbers.as_ref().map(|numbers| &numbers[..]),
        ];
        batch.asked.push(self.words.ask(&columns, &mut batch.asking));
        batch.waiting.push(waiting);
    }

    /// Looks up all records that wait, and makes their rows.
    pub(super) fn resolve(&mut self, file: &FileRules, batch: &mut Batch<'_>, out: &mut BlockYield) {
        let Batch { waiting, asked, asking, answers } = batch;
        self.words.look_up(asked, asking, answers);
        for ((waiting, asked), known) in waiting.drain(..).zip(asked.drain(..)).zip(answers.drain(..)) {
            let request = known.or_else(|| self.request(&waiting, &asked, asking));
            match request {
                None => Self::out_of_scope(waiting.in_window, out),
                Some(request) => {
                    match waiting.in_window {
                        true => out.account.in_scope_at(waiting.time_us),
                        false => out.account.out_of_window += 1,
                    }
                    let (partition, row) = self.row(file, &waiting, request);
                    out.facts.parts |= row.is_part();
                    out.rows.push((partition, row));
                }
            }
        }
        asking.clear();
    }

    fn row(&mut self, file: &FileRules, waiting: &Waiting<'_>, request: Met) -> (u32, Row) {
        let Waiting { record, meaning, place, time_us, in_window } = waiting;
        let who = whom::client(record, &file.source.trust, &mut self.words);
        let reason = outcome::judge(&self.evidence(record, *meaning, request));
        let flags = Flags {
            in_window: *in_window,
            client: who.kind,
            via: who.via,
            semantics: semantics_bits(meaning.bytes),
        };
        let row = Row {
            time_us: *time_us,
            offset: place.offset,
            client_hi: who.hi,
            client_lo: who.lo,
            bytes: logged(record.bytes).and_then(|b| i64::try_from(b).ok()).unwrap_or(-1),
            line: u32::try_from(place.line).unwrap_or(u32::MAX),
            request: request.id,
            actor: self.actor(record, meaning.escape),
            peer: self.peer(record, &who),
            file: file.file,
            status: record.status.unwrap_or(0),
            reason: reason as u8,
            flags: flags.pack(),
        };
        (partition(&who, self.rules.partitions), row)
    }

    fn evidence(&self, record: &Record<'_>, meaning: Meaning, request: Met) -> Evidence {
        let rule = self.rules.resources.get(usize::from(request.plain.resource));
        Evidence {
            method: Method::read(record.method),
            method_allowed: request.plain.method_allowed,
            status: record.status,
            bytes: logged(record.bytes),
            abort: if mark(record.abort).is_some() { Abort::Cut } else { record.abort },
            mark: mark(record.abort).unwrap_or_default(),
            semantics: meaning.bytes,
            part: part(record),
            requested: record.range.and_then(byte_range).and_then(single_length),
            // The log's own size goes before what the case declares (METHOD M5.1).
            size: record.size.or_else(|| rule.and_then(|rule| rule.size)),
            operation: match record.operation {
                _ if request.plain.listing => Operation::List,
                record::Operation::Web | record::Operation::Other => Operation::Web,
                record::Operation::Read => Operation::Read,
                record::Operation::Learn => Operation::Learn,
                record::Operation::List => Operation::List,
                record::Operation::Copy => Operation::Copy,
                record::Operation::CopyPart => Operation::CopyPart,
            },
        }
    }

    /// Id of agent and login.
    fn actor(&mut self, record: &Record<'_>, escape: Escape) -> u32 {
        let (agent, principal) = (record.agent, record.principal);
        if let Some(id) = self.words.last_actor(agent, principal, escape) {
            return id;
        }
        let [first, second] = &mut self.unescaped;
        let id = self.words.actor(
            agent.map(|text| unescape(text, escape, first)),
            // No writer puts a `+` for a space into a login.
            principal.map(|text| if escape == Escape::Plus { text } else { unescape(text, escape, second) }),
        );
        self.words.keep_actor(agent, principal, escape, id);
        id
    }

    /// Text id of the peer; of one that is the client itself, as it would be written here, a mark.
    fn peer(&mut self, record: &Record<'_>, who: &Whom) -> u32 {
        let peer = record.peer.or(record.client);
        if peer.is_some_and(|text| who.is_written(text)) { CLIENT } else { self.words.text(peer) }
    }

    /// What a record asks for that was never asked before, if that is any resource's.
    fn request(&mut self, waiting: &Waiting<'_>, asked: &Asked, asking: &Asking) -> Option<Met> {
        let Waiting { record, meaning, .. } = waiting;
        let route = match record.object {
            Some(Object { bucket, key }) => {
                let object = ObjectQuery { bucket, key, escape: meaning.key };
                self.router.route_object(&object, &mut self.scratch)
            }
            None => {
                let query = Query {
                    method: record.method,
                    host: record.host,
                    target: record.target.unwrap_or_default(),
                    query: record.query,
                    escape: meaning.target,
                };
                self.router.route(&query, &mut self.scratch)
            }
        }?;
        let rule = self.rules.resources.get(usize::from(route.resource)).cloned().unwrap_or_default();
        // Most targets are written as their path.
        let is_path = record.object.is_none() && record.target == Some(route.path.as_slice());
        let more = More {
            also: route.also,
            folded: route.folded,
            host_unchecked: route.host_unchecked,
            part: part(record),
            size: record.size.or(rule.size),
        };
        let request = Request {
            path: if is_path { AS_TARGET } else { self.words.text(Some(&route.path)) },
            resource: route.resource,
            object: self.words.text(Some(&[&route.resource.to_le_bytes()[..], &route.object].concat())),
            subject: self.words.text(route.subject.as_deref()),
            method_allowed: is_allowed(record, &rule.methods),
            listing: route.listing,
            more: (more != More::default()).then(|| Box::new(more)),
        };
        Some(self.words.new_request(asked, asking, request))
    }
}

/// More than a response can have: such a column states nothing.
pub(super) const ABSURD_BYTES: u64 = 1 << 50;

fn logged(bytes: Bytes) -> Option<u64> {
    match bytes {
        Bytes::Logged(n) if n < ABSURD_BYTES => Some(n),
        Bytes::Logged(_) | Bytes::Unlogged => None,
    }
}

/// The range and the size that a record states, as one text.
fn numbers(record: &Record<'_>) -> [u8; 24] {
    let (start, end) = record.span.map_or((u64::MAX, 0), |span| (span.start, span.end));
    let mut text = [0; 24];
    for (slot, number) in text.chunks_exact_mut(8).zip([start, end, record.size.unwrap_or(u64::MAX)]) {
        slot.copy_from_slice(&number.to_le_bytes());
    }
    text
}

/// Whether the resource counts the method. Where a log has operations and no methods, a read is what a GET is.
fn is_allowed(record: &Record<'_>, methods: &[Vec<u8>]) -> bool {
    let asks_for = match (record.method, record.operation) {
        (None, record::Operation::Web | record::Operation::Other) => None,
        (None, _) => Some(&b"GET"[..]),
        (method, _) => method,
    };
    asks_for.is_some_and(|asked| methods.iter().any(|method| method == asked))
}

/// How far a mark of the end may be relied on, if it says that the transfer was cut.
fn mark(abort: Abort) -> Option<Mark> {
    match abort {
        Abort::Unlogged | Abort::Whole => None,
        Abort::Cut => Some(Mark::Verified),
        Abort::Reset => Some(Mark::ClientReset),
        Abort::Doubtful => Some(Mark::Unverified),
    }
}

/// The part that the log states was answered: in columns of its own, or as a `Content-Range`.
fn part(record: &Record<'_>) -> Option<Part> {
    if let Some(Span { start, end }) = record.span {
        return Some(Part { start, end, total: None });
    }
    let range = record.content_range.and_then(content_range)?;
    Some(Part { start: range.start, end: range.end, total: range.total })
}

fn single_length(ranges: ByteRanges) -> Option<u64> {
    match ranges {
        ByteRanges::Single { start: Some(start), end: Some(end) } => end.checked_sub(start)?.checked_add(1),
        ByteRanges::Single { start: None, end: Some(suffix) } => Some(suffix),
        _ => None,
    }
}

/// All that is keyed by address stays in one partition: an IPv4 address, the /48 of an IPv6 one, a name.
fn partition(who: &Whom, partitions: usize) -> u32 {
    let key = match who.kind {
        ClientKind::Ip6 => who.hi >> 16,
        _ => who.lo,
    };
    let mixed = key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    u32::try_from(mixed % partitions.max(1) as u64).unwrap_or(0)
}
