//! One block: its bytes → rows, account, facts, faults.

use std::sync::Arc;

use accesstrail_parsers::encoding::Encoding;
use accesstrail_parsers::fault::{Fault, FaultKind};
use accesstrail_parsers::format::{Format, Unit};
use accesstrail_parsers::framing::{self, Line};
use accesstrail_parsers::joiner::{Fed, Joiner};
use accesstrail_parsers::prefix::{self, Peeled, peel};
use accesstrail_parsers::record::{Bytes, Meaning, Record, TimeBasis, Zone};
use accesstrail_parsers::sniff;
use accesstrail_parsers::token::range::{ByteRanges, byte_range, content_range};
use accesstrail_parsers::token::time::TimeCache;
use accesstrail_parsers::unit::{self, Read, read_peeled_into};

use super::faults::Note;
use super::nuls::Nuls;
use super::rules::{FileRules, Rules, semantics_bits};
use super::when::When;
use super::whom::{self, Whom};
use crate::case::path::unescape;
use crate::case::route::{Query, Router, Scratch};
use crate::coverage::order::At;
use crate::facts::Facts;
use crate::intake::blocks::{Block, Content, LINE_CAP};
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
    /// Its own copy: threads that share one would wait for each other at the memory of its automata.
    router: Router,
    words: Local<'a>,
    times: TimeCache,
    when: When,
    scratch: Scratch,
    agent: Vec<u8>,
    principal: Vec<u8>,
    /// Text of a line that the file does not write as bytes.
    decoded: Vec<u8>,
    /// What stood behind a prefix, where it had to be unescaped.
    peeled: Vec<u8>,
}

impl<'a> Scanner<'a> {
    /// A scanner for one thread.
    #[must_use]
    pub fn new(rules: &'a Rules, words: Local<'a>) -> Self {
        Self {
            rules,
            router: rules.router.clone(),
            words,
            times: TimeCache::default(),
            when: When::default(),
            scratch: Scratch::default(),
            agent: Vec::new(),
            principal: Vec::new(),
            decoded: Vec::new(),
            peeled: Vec::new(),
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
        let again = sniff::sniff_in(block.text().0, block.encoding, file.source.server);
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
        let mut sheet = Sheet::new(file, formats);
        // The caches are lent to the parsers while a record borrows from them, not from the scanner.
        let mut decoded = std::mem::take(&mut self.decoded);
        let mut peeled = std::mem::take(&mut self.peeled);
        let mut times = std::mem::take(&mut self.times);
        let mut joiner = Joiner::new(LINE_CAP);
        let (text, before) = block.text();
        // UTF-16 is full of zero bytes; a NUL in it shows only when a line is decoded.
        let mut nuls = Nuls::of(text, block.encoding != Encoding::Bytes);
        let place = |index: usize, offset: usize| Place {
            line: block.first_line + index as u64,
            last: block.first_line + index as u64,
            offset: block.offset + (before + offset) as u64,
        };
        for line in framing::lines_of(text, block.encoding) {
            let at = place(line.index, line.offset);
            let may_hold_nul = nuls.may_stand_before(line.offset + line.bytes.len());
            let bytes = match block.encoding.text(line.bytes, &mut decoded) {
                Ok(bytes) => bytes,
                Err(fault) => {
                    out.account.lines += 1;
                    note(&mut out, &fault, fault.kind, at);
                    continue;
                }
            };
            if framing::is_blank(bytes) {
                out.account.blank_line();
                continue;
            }
            if let Some(fault) = may_hold_nul.then(|| unit::nul_within(bytes)).flatten() {
                out.account.lines += 1;
                note(&mut out, &fault, fault.kind, at);
                continue;
            }
            let line = Line { bytes, ..line };
            let layer = unit::layer(formats, bytes, peel(bytes, &mut peeled), &mut times);
            match joiner.feed(&line, layer.as_ref()) {
                Fed::Alone => {
                    let mut read = Read::default();
                    read_peeled_into(formats, bytes, layer, &mut times, &mut read);
                    if layer.is_some_and(|l| framing::is_blank(l.payload)) && read.is_fault() {
                        out.account.blank_line();
                        continue;
                    }
                    out.account.repeat_notes += u64::from(is_repeat_note(&read, layer.as_ref()));
                    self.unit(&mut sheet, &read, line.terminated, at, &mut out);
                }
                Fed::Held => out.account.held += 1,
                Fed::Joined(joined) => {
                    let read = joined.read(formats, &mut times);
                    if framing::is_blank(joined.payload) && read.is_fault() {
                        out.account.blank_line();
                        continue;
                    }
                    let at = Place { last: at.line, ..place(joined.index, joined.offset) };
                    self.unit(&mut sheet, &read, line.terminated, at, &mut out);
                }
            }
        }
        for joined in joiner.finish() {
            // Its lines were held; as a unit it stands for the first of them.
            out.account.held -= 1;
            let read = joined.read(formats, &mut times);
            self.unit(&mut sheet, &read, true, place(joined.index, joined.offset), &mut out);
        }
        (self.decoded, self.peeled, self.times) = (decoded, peeled, times);
        out.facts.order.end_block(block.offset);
        out.account.bytes = block.bytes.len() as u64;
        sheet.close(&mut out.account);
        out
    }

    fn unit(
        &mut self,
        sheet: &mut Sheet<'_>,
        read: &Read<'_>,
        terminated: bool,
        place: Place,
        out: &mut BlockYield,
    ) {
        out.account.lines += 1;
        if let Some(kind) = read.prefix {
            *out.account.prefixes.entry(kind.word()).or_default() += 1;
        }
        match &read.unit {
            Unit::Directive => out.account.directives += 1,
            Unit::Fault(fault) => note(out, fault, torn_or(fault.kind, terminated), place),
            Unit::Record(record) => {
                out.account.unterminated += u64::from(!terminated);
                if let Some(used) = sheet.used.get_mut(read.format) {
                    used.records += 1;
                    out.account.prefix_times += u64::from(!used.states_time);
                    self.record(sheet.file, record, used.meaning, place, out);
                }
            }
        }
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
        let ambiguous = out.account.times.ambiguous;
        let time_us = self.when.utc(&record.time, file, place.offset, &mut out.account.times);
        let ambiguous = out.account.times.ambiguous != ambiguous;
        out.account.seen(time_us);
        out.facts.order.insert(time_us, ambiguous, At { offset: place.offset, line: place.line });
        if file.is_removed(place.line..=place.last) {
            out.account.overlap += 1;
            return;
        }
        out.account.absurd_bytes += u64::from(matches!(record.bytes, Bytes::Logged(n) if n >= ABSURD_BYTES));
        out.facts.seconds.insert(time_us);
        if let Zone::Offset(east_s) = record.time.zone {
            out.facts.offsets.insert(east_s);
        }
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
        // Nearly every line ends here: nothing is built for it.
        if self.router.is_out(target, meaning.escape) {
            return None;
        }
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
        let route = self.router.route(&query, &mut self.scratch)?;
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

/// One block's view of its file: its formats, and how many records each has read.
struct Sheet<'a> {
    file: &'a FileRules,
    formats: &'a [Arc<dyn Format>],
    used: Vec<Used>,
}

/// What is asked of a format for every record, asked once.
struct Used {
    records: u64,
    meaning: Meaning,
    states_time: bool,
}

impl<'a> Sheet<'a> {
    fn new(file: &'a FileRules, formats: &'a [Arc<dyn Format>]) -> Self {
        let used = |format: &Arc<dyn Format>| Used {
            records: 0,
            meaning: format.meaning(),
            states_time: format.states_time(),
        };
        Self { file, formats, used: formats.iter().map(used).collect() }
    }

    fn close(self, account: &mut Account) {
        for (format, used) in self.formats.iter().zip(&self.used).filter(|(_, used)| used.records > 0) {
            account.formats.insert(format.name().to_owned(), used.records);
            let basis = self.file.source.time_basis.unwrap_or(used.meaning.time_basis);
            *account.time_bases.entry(basis_word(basis)).or_default() += used.records;
        }
    }
}

/// Whether syslog says here that the message before came again.
fn is_repeat_note(read: &Read<'_>, layer: Option<&Peeled<'_>>) -> bool {
    matches!(read.unit, Unit::Directive)
        && layer.is_some_and(|l| l.kind.is_syslog() && prefix::is_repeat_note(l.payload))
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
    /// Of a joined unit the line of its last part.
    last: u64,
    offset: u64,
}

fn too_long(block: &Block) -> BlockYield {
    let mut out = BlockYield::default();
    out.account.lines = 1;
    out.account.bytes = block.bytes.len() as u64;
    let fault = Fault::at(FaultKind::TooLong, "line", "at most 1 MiB to the next newline", &block.bytes, 0);
    note(
        &mut out,
        &fault,
        FaultKind::TooLong,
        Place { line: block.first_line, last: block.first_line, offset: block.offset },
    );
    out
}

fn note(out: &mut BlockYield, fault: &Fault<'_>, kind: FaultKind, place: Place) {
    out.account.fault(kind);
    out.faults.push(Note::new(fault, kind, place.line, place.offset));
}

/// METHOD M1.2: a unit that the file's end cuts off is torn before it is anything else.
fn torn_or(kind: FaultKind, terminated: bool) -> FaultKind {
    if terminated { kind } else { kind.min(FaultKind::Torn) }
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
