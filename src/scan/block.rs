//! One block: its bytes → rows, account, facts, faults.

use std::sync::Arc;

use accesstrail_parsers::encoding::{self, Encoding};
use accesstrail_parsers::fault::{Fault, FaultKind};
use accesstrail_parsers::format::{Format, Unit};
use accesstrail_parsers::framing::{self, Line};
use accesstrail_parsers::joiner::{Fed, Joiner};
use accesstrail_parsers::prefix::{self, Peeled, peel};
use accesstrail_parsers::record::{Bytes, Meaning, Record, TimeBasis, Zone};
use accesstrail_parsers::sniff;
use accesstrail_parsers::token::time::TimeCache;
use accesstrail_parsers::unit::{self, Read, read_peeled_into};

use super::faults::Note;
use super::nuls::Nuls;
use super::rules::{FileRules, Rules};
use super::scope::{ABSURD_BYTES, Batch, Waiting};
use super::stretch::{Stretch, stretches};
use super::when::When;
use super::whom;
use crate::case::route::{Router, Scratch};
use crate::coverage::order::At;
use crate::facts::Facts;
use crate::intake::blocks::{Block, Content, LINE_CAP};
use crate::ledger::account::Account;
use crate::table::lexicon::Local;
use crate::table::row::Row;

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
    pub(super) rules: &'a Rules,
    /// Its own copy: threads that share one would wait for each other at the memory of its automata.
    pub(super) router: Router,
    pub(super) words: Local<'a>,
    times: TimeCache,
    when: When,
    pub(super) scratch: Scratch,
    /// Agent and login, where they are written with escapes.
    pub(super) unescaped: [Vec<u8>; 2],
    /// The room of rows that were taken.
    spare: Vec<(u32, Row)>,
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
            unescaped: [Vec::new(), Vec::new()],
            spare: Vec::new(),
            decoded: Vec::new(),
            peeled: Vec::new(),
        }
    }

    /// Takes back the room of the rows of a block.
    pub fn reuse(&mut self, mut rows: Vec<(u32, Row)>) {
        rows.clear();
        self.spare = rows;
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
        let again = sniff::sniff_in(&block.sample(), block.encoding, file.source.server);
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
        let mut out = BlockYield { rows: std::mem::take(&mut self.spare), ..BlockYield::default() };
        for stretch in stretches(formats, block) {
            self.stretch(file, &stretch, block, &mut out);
        }
        out.facts.order.end_block(block.offset);
        out.account.bytes = block.bytes.len() as u64;
        out
    }

    fn stretch(&mut self, file: &FileRules, stretch: &Stretch<'_>, block: &Block, out: &mut BlockYield) {
        let formats = &*stretch.formats;
        let mut sheet = Sheet::new(file, formats);
        // The caches are lent to the parsers while a record borrows from them, not from the scanner.
        let mut decoded = std::mem::take(&mut self.decoded);
        let mut peeled = std::mem::take(&mut self.peeled);
        let mut times = std::mem::take(&mut self.times);
        let mut joiner = Joiner::new(LINE_CAP);
        let Stretch { text, offset: before, lines_before, .. } = *stretch;
        // UTF-16 is full of zero bytes; a NUL in it shows only when a line is decoded.
        let mut nuls = Nuls::of(text, block.encoding != Encoding::Bytes);
        let place = |index: usize, offset: usize| Place {
            line: block.first_line + (lines_before + index) as u64,
            last: block.first_line + (lines_before + index) as u64,
            offset: block.offset + (before + offset) as u64,
        };
        let mut batch = Batch::default();
        let mut lone = Read::default();
        for line in block.units_of(text) {
            let at = place(line.index, line.offset);
            let may_hold_nul = nuls.may_stand_before(line.offset + line.bytes.len());
            let bytes = match block.encoding.text(line.bytes, &mut decoded) {
                Ok(bytes) => bytes,
                Err(fault) => {
                    out.account.lines += 1;
                    note(out, &fault, fault.kind, at);
                    continue;
                }
            };
            if framing::is_blank(bytes) {
                out.account.blank_line();
                continue;
            }
            if let Some(fault) = may_hold_nul.then(|| unit::nul_within(bytes)).flatten() {
                out.account.lines += 1;
                note(out, &fault, fault.kind, at);
                continue;
            }
            if block.encoding == Encoding::Bytes && !prefix::may_bear(bytes) {
                // It stands alone, and so do its slices: they may wait for others.
                let bytes = encoding::unmarked(line.bytes);
                read_peeled_into(formats, bytes, None, &mut times, &mut lone);
                self.unit(&mut sheet, &lone, line.terminated, at, &mut batch, out);
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
                    self.alone(&mut sheet, &read, line.terminated, at, out);
                }
                Fed::Held => out.account.held += 1,
                Fed::Joined(joined) => {
                    let read = joined.read(formats, &mut times);
                    if framing::is_blank(joined.payload) && read.is_fault() {
                        out.account.blank_line();
                        continue;
                    }
                    let at = Place { last: at.line, ..place(joined.index, joined.offset) };
                    self.alone(&mut sheet, &read, line.terminated, at, out);
                }
            }
        }
        for joined in joiner.finish() {
            // Its lines were held; as a unit it stands for the first of them.
            out.account.held -= 1;
            let read = joined.read(formats, &mut times);
            self.alone(&mut sheet, &read, true, place(joined.index, joined.offset), out);
        }
        self.resolve(file, &mut batch, out);
        (self.decoded, self.peeled, self.times) = (decoded, peeled, times);
        sheet.close(&mut out.account);
    }

    /// A unit whose text is gone with the next line.
    fn alone(
        &mut self,
        sheet: &mut Sheet<'_>,
        read: &Read<'_>,
        terminated: bool,
        place: Place,
        out: &mut BlockYield,
    ) {
        let mut batch = Batch::default();
        self.unit(sheet, read, terminated, place, &mut batch, out);
        self.resolve(sheet.file, &mut batch, out);
    }

    fn unit<'r>(
        &mut self,
        sheet: &mut Sheet<'_>,
        read: &Read<'r>,
        terminated: bool,
        place: Place,
        batch: &mut Batch<'r>,
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
                    self.record(sheet.file, record, used.meaning, place, batch, out);
                }
            }
        }
    }

    fn record<'r>(
        &mut self,
        file: &FileRules,
        record: &Record<'r>,
        meaning: Meaning,
        place: Place,
        batch: &mut Batch<'r>,
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
        // Nearly every line ends here: nothing is built for it. An object is what it is by its own columns.
        let target = record.target.unwrap_or_default();
        if record.object.is_none() && self.router.is_out(target, meaning.target) {
            Self::out_of_scope(in_window, out);
            return;
        }
        let waiting = Waiting { record: *record, meaning, place, time_us, in_window };
        self.wait(waiting, batch);
        if batch.is_full() {
            self.resolve(file, batch, out);
        }
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
            *account.formats.entry(format.name().to_owned()).or_default() += used.records;
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

#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) line: u64,
    /// Of a joined unit the line of its last part.
    last: u64,
    pub(super) offset: u64,
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
