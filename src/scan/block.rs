//! One block: its bytes → rows, account, facts, faults.

use std::collections::HashMap;
use std::sync::Arc;

use accesstrail_parsers::fault::{Fault, FaultKind};
use accesstrail_parsers::format::{Format, Unit, parse_any};
use accesstrail_parsers::framing::{self, Line};
use accesstrail_parsers::record::{Bytes, Meaning, Record, TimeBasis};
use accesstrail_parsers::sniff;
use accesstrail_parsers::token::range::{ByteRanges, byte_range, content_range};
use accesstrail_parsers::token::time::TimeCache;

use super::faults::Note;
use super::rules::{FileRules, Rules, semantics_bits};
use super::when::When;
use super::whom::{self, Whom};
use crate::case::path::unescape;
use crate::case::route::{Query, Scratch};
use crate::facts::Facts;
use crate::intake::blocks::{Block, Content};
use crate::ledger::account::Account;
use crate::outcome::{self, Evidence, Mark, Method, Operation, Part};
use crate::table::lexicon::{Local, Request};
use crate::table::row::{Flags, Row};

/// More faults than this share of a block's units, and the block's format is told anew.
const RESNIFF_ABOVE: f64 = 0.5;

/// What one block gives.
#[derive(Default)]
pub struct BlockYield {
    /// What became of its units.
    pub account: Account,
    /// Facts beside the rows.
    pub facts: Facts,
    /// Rows with their partition.
    pub rows: Vec<(u32, Row)>,
    /// Units that could not be read.
    pub faults: Vec<Note>,
    /// Distinct clients, where asked for.
    pub clients: std::collections::HashSet<(u8, u64, u64), foldhash::quality::RandomState>,
}

/// What one thread carries from block to block: caches only, nothing an answer could show.
pub struct Scanner<'a> {
    rules: &'a Rules,
    words: Local<'a>,
    times: TimeCache,
    when: When,
    scratch: Scratch,
    agent: Vec<u8>,
    principal: Vec<u8>,
}

impl<'a> Scanner<'a> {
    /// A scanner for one thread.
    #[must_use]
    pub fn new(rules: &'a Rules, words: Local<'a>) -> Self {
        Self {
            rules,
            words,
            times: TimeCache::default(),
            when: When::default(),
            scratch: Scratch::default(),
            agent: Vec::new(),
            principal: Vec::new(),
        }
    }

    /// Reads one block of a file.
    pub fn block(&mut self, file: &FileRules, block: &Block) -> BlockYield {
        if block.content == Content::TooLong {
            return too_long(block);
        }
        let first = self.read(file, &file.formats, block);
        let units = first.account.lines - first.account.blank;
        let faults = first.account.fault_total();
        // An empty format list had its chance on this very block when the file's head was sniffed.
        if units == 0 || (faults as f64) <= RESNIFF_ABOVE * units as f64 || file.source.format.is_some() {
            return first;
        }
        let again = sniff::sniff(block.text().0, file.source.server);
        if again.formats.is_empty() {
            return first;
        }
        let mut second = self.read(file, &again.formats, block);
        if second.account.fault_total() >= faults {
            return first;
        }
        second.account.format_changes = 1;
        second
    }

    fn read(&mut self, file: &FileRules, formats: &[Arc<dyn Format>], block: &Block) -> BlockYield {
        let mut out = BlockYield::default();
        let may_hold_nul = framing::holds_nul(&block.bytes);
        let mut used: HashMap<usize, u64> = HashMap::new();
        let (text, before) = block.text();
        for line in framing::lines(text) {
            out.account.lines += 1;
            if framing::is_blank(line.bytes) {
                out.account.blank += 1;
                continue;
            }
            let place = Place {
                line: block.first_line + line.index as u64,
                offset: block.offset + (before + line.offset) as u64,
            };
            if may_hold_nul && framing::holds_nul(line.bytes) {
                let at = memchr::memchr(0, line.bytes).unwrap_or(0);
                let fault = Fault::at(FaultKind::Nul, "line", "text without NUL bytes", line.bytes, at);
                note(&mut out, &fault, FaultKind::Nul, place);
                continue;
            }
            self.unit(file, formats, &line, place, &mut out, &mut used);
        }
        out.account.bytes = block.bytes.len() as u64;
        #[expect(clippy::iter_over_hash_type, reason = "goes into a sorted map")]
        for (index, records) in used {
            let Some(format) = formats.get(index) else { continue };
            out.account.formats.insert(format.name().to_owned(), records);
            let basis = file.source.time_basis.unwrap_or(format.meaning().time_basis);
            *out.account.time_bases.entry(basis_word(basis)).or_default() += records;
        }
        out
    }

    fn unit(
        &mut self,
        file: &FileRules,
        formats: &[Arc<dyn Format>],
        line: &Line<'_>,
        place: Place,
        out: &mut BlockYield,
        used: &mut HashMap<usize, u64>,
    ) {
        if formats.is_empty() {
            let fault = Fault::at(FaultKind::Syntax, "line", "a line of a known format", line.bytes, 0);
            return note(out, &fault, torn_or(FaultKind::Syntax, line), place);
        }
        // The cache is lent to the parser while the record borrows the line, not the scanner.
        let mut times = std::mem::take(&mut self.times);
        match parse_any(formats, line.bytes, &mut times) {
            (_, Unit::Directive) => out.account.directives += 1,
            (_, Unit::Fault(fault)) => note(out, &fault, torn_or(fault.kind, line), place),
            (index, Unit::Record(record)) => {
                *used.entry(index).or_default() += 1;
                out.account.unterminated += u64::from(!line.terminated);
                if let Some(format) = formats.get(index) {
                    self.record(file, &record, format.meaning(), place, out);
                }
            }
        }
        self.times = times;
    }

    fn record(
        &mut self,
        file: &FileRules,
        record: &Record<'_>,
        meaning: Meaning,
        place: Place,
        out: &mut BlockYield,
    ) {
        out.account.records += 1;
        let time_us = self.when.utc(&record.time, &file.source, &mut out.account.times);
        out.account.seen(time_us);
        if file.is_removed(place.line) {
            out.account.overlap += 1;
            return;
        }
        out.account.absurd_bytes += u64::from(matches!(record.bytes, Bytes::Logged(n) if n >= ABSURD_BYTES));
        out.facts.seconds.insert(time_us);
        let in_window = self.rules.window.as_ref().is_none_or(|w| w.contains(&time_us));
        if self.rules.collect_clients {
            let who = whom::client(record, &file.source.trust, &mut self.words);
            out.clients.insert((who.kind as u8, who.hi, who.lo));
            let (hop, behind) = whom::hops(record, &file.source.trust, &who);
            out.facts.glance.see(record, meaning.bytes, hop, behind);
        }
        let request = self.request(record, meaning);
        match (&request, in_window) {
            (_, false) => out.account.out_of_window += 1,
            (None, true) => out.account.not_sensitive += 1,
            (Some(_), true) => out.account.in_scope += 1,
        }
        if let Some((id, request)) = request {
            self.row(file, record, meaning, place, time_us, in_window, (id, &request), out);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the one place where all that is known of a record meets")]
    fn row(
        &mut self,
        file: &FileRules,
        record: &Record<'_>,
        meaning: Meaning,
        place: Place,
        time_us: i64,
        in_window: bool,
        (id, request): (u32, &Request),
        out: &mut BlockYield,
    ) {
        let who = whom::client(record, &file.source.trust, &mut self.words);
        let reason = outcome::judge(&evidence(record, meaning, request));
        let bytes = logged(record.bytes);
        if let (Some(200), Some(size), true) =
            (record.status, bytes.filter(|b| *b > 0), request.method_allowed)
        {
            let votes = out.facts.sizes.entry(request.object).or_default();
            match who.address() {
                Some(address) => votes.add(size, address),
                None => votes.add_unwitnessed(size),
            }
        }
        let flags =
            Flags { in_window, client: who.kind, via: who.via, semantics: semantics_bits(meaning.bytes) };
        let row = Row {
            time_us,
            offset: place.offset,
            client_hi: who.hi,
            client_lo: who.lo,
            bytes: bytes.and_then(|b| i64::try_from(b).ok()).unwrap_or(-1),
            line: u32::try_from(place.line).unwrap_or(u32::MAX),
            request: id,
            actor: self.words.actor(
                record.agent.map(|text| unescape(text, meaning.escape, &mut self.agent)),
                record.principal.map(|text| unescape(text, meaning.escape, &mut self.principal)),
            ),
            peer: self.words.text(record.peer.or(record.client)),
            file: file.file,
            status: record.status.unwrap_or(0),
            reason: reason as u8,
            flags: flags.pack(),
        };
        out.rows.push((partition(&who, self.rules.partitions), row));
    }

    /// What the record asks for, if that is any resource's.
    fn request(&mut self, record: &Record<'_>, meaning: Meaning) -> Option<(u32, Arc<Request>)> {
        let target = record.target.unwrap_or_default();
        let escape = [meaning.escape as u8];
        let key = [
            record.method,
            record.host,
            record.target,
            record.query,
            record.content_range,
            record.range,
            Some(&escape[..]),
        ];
        if let Some(known) = self.words.known_request(&key) {
            return Some(known);
        }
        let query = Query {
            method: record.method,
            host: record.host,
            target,
            query: record.query,
            escape: meaning.escape,
        };
        let route = self.rules.router.route(&query, &mut self.scratch)?;
        let rule = self.rules.resources.get(usize::from(route.resource)).cloned().unwrap_or_default();
        let request = Request {
            method: self.words.text(record.method),
            host: self.words.text(record.host),
            target: self.words.text(record.target),
            path: self.words.text(Some(&route.path)),
            resource: route.resource,
            also: route.also,
            object: self.words.text(Some(&[&route.resource.to_le_bytes()[..], &route.object].concat())),
            subject: self.words.text(route.subject.as_deref()),
            method_allowed: rule.methods.iter().any(|m| Some(m.as_slice()) == record.method),
            folded: route.folded,
            host_unchecked: route.host_unchecked,
            listing: route.listing,
            part: record.content_range.and_then(content_range).map(|c| Part {
                start: c.start,
                end: c.end,
                total: c.total,
            }),
            requested: record.range.and_then(byte_range).and_then(single_length),
            size: rule.size,
        };
        // Interning the parts has changed nothing of the key that `known_request` built.
        Some(self.words.new_request(request))
    }
}

fn basis_word(basis: TimeBasis) -> &'static str {
    match basis {
        TimeBasis::Received => "request received",
        TimeBasis::Completed => "response completed",
        TimeBasis::Accepted => "connection accepted",
        TimeBasis::Unknown => "moment not known",
    }
}

#[derive(Clone, Copy)]
struct Place {
    line: u64,
    offset: u64,
}

fn too_long(block: &Block) -> BlockYield {
    let mut out = BlockYield::default();
    out.account.lines = 1;
    out.account.bytes = block.bytes.len() as u64;
    let fault = Fault::at(FaultKind::TooLong, "line", "at most 1 MiB to the next newline", &block.bytes, 0);
    note(&mut out, &fault, FaultKind::TooLong, Place { line: block.first_line, offset: block.offset });
    out
}

fn note(out: &mut BlockYield, fault: &Fault<'_>, kind: FaultKind, place: Place) {
    out.account.fault(kind);
    out.faults.push(Note::new(fault, kind, place.line, place.offset));
}

/// METHOD M1.2: a unit that the file's end cuts off is torn before it is anything else.
fn torn_or(kind: FaultKind, line: &Line<'_>) -> FaultKind {
    if line.terminated { kind } else { kind.min(FaultKind::Torn) }
}

/// More than a response can have: such a column states nothing.
const ABSURD_BYTES: u64 = 1 << 50;

fn logged(bytes: Bytes) -> Option<u64> {
    match bytes {
        Bytes::Logged(n) if n < ABSURD_BYTES => Some(n),
        Bytes::Logged(_) | Bytes::Unlogged => None,
    }
}

fn evidence(record: &Record<'_>, meaning: Meaning, request: &Request) -> Evidence {
    Evidence {
        method: Method::read(record.method),
        method_allowed: request.method_allowed,
        status: record.status,
        bytes: logged(record.bytes),
        abort: record.abort,
        mark: Mark::Verified,
        semantics: meaning.bytes,
        part: request.part,
        requested: request.requested,
        size: request.size,
        operation: if request.listing { Operation::List } else { Operation::Web },
    }
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
        crate::table::row::ClientKind::Ip6 => who.hi >> 16,
        _ => who.lo,
    };
    let mixed = key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    u32::try_from(mixed % partitions.max(1) as u64).unwrap_or(0)
}
