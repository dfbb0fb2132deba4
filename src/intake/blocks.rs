//! A byte stream → blocks of whole lines, each knowing its place in the file.
//!
//! A block holds the lines whose first byte lies in one [`BLOCK_BYTES`] stretch of the decompressed stream,
//! so the cut depends on the content alone: plain and compressed files, fast and slow readers give the same
//! blocks. A line longer than [`LINE_CAP`] is a block of its own that keeps only the head; memory stays
//! bounded whatever the file holds. Lines that a container runtime wrote in parts are not parted from each other: a block
//! goes on to the end of the run.

use std::borrow::Cow;
use std::io::{self, Read};
use std::sync::Arc;

use accesstrail_parsers::document::{self, State};
use accesstrail_parsers::encoding::{self, Encoding};
use accesstrail_parsers::format::head::{Head, Leads};
use accesstrail_parsers::framing;
use accesstrail_parsers::prefix::OpenRuns;

use super::buffers::{Buffer, Buffers};

mod units;
mod wrapped;

pub use units::Units;
use wrapped::Wrapped;

/// Length of the stretch whose lines make one block.
pub const BLOCK_BYTES: usize = 1 << 20;
/// Longest line that is parsed; a longer one is the fault `too-long`.
pub const LINE_CAP: usize = 1 << 20;

const STEP_BYTES: usize = 1 << 14;
/// Most by which a block goes on for runs of partial lines; what still goes on then is parted. Memory stays
/// bounded if a file holds nothing else.
const RUNS_BYTES: usize = 4 << 20;

/// What a block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Whole lines with their endings; only the last block of a file may lack the last one.
    Lines,
    /// The head of one line that was longer than the cap.
    TooLong,
    /// Whole elements of a JSON document's array, and what stands between them; where the block begins. Only the last
    /// block of a file may lack the end of the last one.
    Elements(State),
}

/// A piece of a file, shared by the thread that hashes and the one that parses.
#[derive(Debug, Clone)]
pub struct Block {
    /// The bytes.
    pub bytes: Arc<Buffer>,
    /// What they are.
    pub content: Content,
    /// How the file writes text.
    pub encoding: Encoding,
    /// Offset of the first byte in the decompressed stream.
    pub offset: u64,
    /// Number of lines before this block.
    pub first_line: u64,
    /// The directives in force before it, where its format has any ([`Blocks::follow`]).
    pub head: Arc<Head>,
}

impl Block {
    /// The bytes to be read as text, and how many of the block stand before them: a byte order mark at the
    /// beginning of a file belongs to no line.
    #[must_use]
    pub fn text(&self) -> (&[u8], usize) {
        let mark = if self.offset == 0 { encoding::told(&self.bytes).1 } else { 0 };
        (self.bytes.get(mark..).unwrap_or_default(), mark)
    }

    /// Its units, in order, with their places in [`Block::text`].
    #[must_use]
    pub fn units(&self) -> Units<'_> {
        self.units_of(self.text().0)
    }

    /// As [`Block::units`], of a stretch of lines.
    #[must_use]
    pub fn units_of<'t>(&self, text: &'t [u8]) -> Units<'t> {
        match self.content {
            Content::Elements(state) => Units::elements(text, state),
            _ => Units::Lines(framing::lines_of(text, self.encoding)),
        }
    }

    /// Its text as lines, for whoever only looks at lines.
    #[must_use]
    pub fn sample(&self) -> Cow<'_, [u8]> {
        let Content::Elements(_) = self.content else { return Cow::Borrowed(self.text().0) };
        let mut lines = Vec::with_capacity(self.bytes.len());
        for unit in self.units() {
            // A newline inside of an element is a space of its grammar.
            lines.extend(
                unit.bytes.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }),
            );
            lines.push(b'\n');
        }
        Cow::Owned(lines)
    }
}

/// Cuts a stream into blocks.
pub struct Blocks<R> {
    reader: R,
    /// Read and not yet given out; begins at a line start.
    carry: Buffer,
    offset: u64,
    lines: u64,
    encoding: Option<Encoding>,
    ended: bool,
    /// Rest of an over-long line still to be passed over.
    skipping: bool,
    /// Where directives stand, once that is known.
    leads: Leads,
    head: Arc<Head>,
    /// Where the reading stands, of a document with its records in an array.
    wrapped: Option<Wrapped>,
}

impl<R: Read> Blocks<R> {
    /// Blocks of `reader`, read into `buffers`.
    pub fn new(reader: R, buffers: &Buffers) -> Self {
        Self {
            reader,
            carry: buffers.take(),
            offset: 0,
            lines: 0,
            encoding: None,
            ended: false,
            skipping: false,
            leads: Leads::default(),
            head: Arc::default(),
            wrapped: None,
        }
    }

    /// From here on each block bears the directives before it: those of `first`, the block that was given last, and of
    /// all after it. Told when the format is, by the first block.
    pub fn follow(&mut self, leads: Leads, first: &Block) {
        self.leads = leads;
        self.pass(first);
    }

    /// Brings the directives of a block into force.
    fn pass(&mut self, block: &Block) {
        if self.leads.is_empty() || block.content == Content::TooLong {
            return;
        }
        self.leads.pass(block.text().0, block.encoding, Arc::make_mut(&mut self.head));
    }

    /// Bytes consumed so far.
    #[must_use]
    pub fn consumed(&self) -> u64 {
        self.offset
    }

    /// Physical lines given out so far.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// The reader, to ask it about its file.
    #[must_use]
    pub fn reader(&self) -> &R {
        &self.reader
    }

    /// The next block and, where an over-long line was passed over, the bytes that only the hash needs.
    ///
    /// # Errors
    /// What the reader says; bytes read before stay available through [`Blocks::salvage`].
    pub fn step(&mut self) -> io::Result<Option<Step>> {
        if self.skipping {
            return self.skip();
        }
        if let Some(wrapped) = self.wrapped {
            return self.step_wrapped(wrapped);
        }
        // The stretch ends at a multiple of BLOCK_BYTES, so `want` bytes from here reach its end.
        let want = BLOCK_BYTES - usize::try_from(self.offset % BLOCK_BYTES as u64).unwrap_or(0);
        self.fill(want)?;
        if self.carry.is_empty() {
            return Ok(None);
        }
        if self.encoding.is_none() {
            let (encoding, mark) = encoding::told(&self.carry);
            self.encoding = Some(encoding);
            if encoding == Encoding::Bytes && document::begins(self.carry.get(mark..).unwrap_or_default()) {
                return self.step_wrapped(Wrapped::new(mark));
            }
        }
        if self.carry.len() <= want && self.ended {
            return Ok(Some(self.give(self.carry.len(), Content::Lines)));
        }
        self.cut(want)
    }

    /// Ends the stream where the reader failed and gives what had been read by then.
    pub fn salvage(&mut self) -> Option<Step> {
        self.ended = true;
        if let Some(wrapped) = self.wrapped {
            return self.salvage_wrapped(wrapped);
        }
        self.encoding.get_or_insert_with(|| encoding::told(&self.carry).0);
        (!self.carry.is_empty()).then(|| self.give(self.carry.len(), Content::Lines))
    }

    /// The last line that begins in the stretch runs over its end: find where it ends.
    fn cut(&mut self, want: usize) -> io::Result<Option<Step>> {
        let encoding = self.encoding();
        let stretch = self.carry.get(..want).unwrap_or_default();
        let last = encoding.last_newline_end(stretch).unwrap_or(0);
        // A newline at the stretch's very end ends its last line exactly there.
        if last == want {
            return self.whole_run(want);
        }
        // Read on in small steps: nearly always the line ends soon.
        let mut searched = want;
        loop {
            if let Some(end) = encoding.newline_end(&self.carry, searched) {
                if self.line_fits(last, end) {
                    return self.whole_run(end);
                }
                break;
            }
            searched = self.carry.len();
            if self.ended || searched - last > LINE_CAP + 2 * encoding.newline_bytes() {
                break;
            }
            self.fill(searched + STEP_BYTES)?;
        }
        if self.ended && searched == self.carry.len() && searched - last <= LINE_CAP {
            return Ok(Some(self.give(searched, Content::Lines)));
        }
        if last > 0 {
            return Ok(Some(self.give(last, Content::Lines)));
        }
        self.skipping = true;
        Ok(Some(self.give(LINE_CAP, Content::TooLong)))
    }

    /// Whether the line with its ending is one that is parsed: the CR of a CRLF belongs to the ending.
    fn line_fits(&self, begin: usize, end: usize) -> bool {
        let line = self.carry.get(begin..end).unwrap_or_default();
        framing::lines_of(line, self.encoding()).all(|line| line.bytes.len() <= LINE_CAP)
    }

    /// Gives the block that would end at `end`, longer if that is inside a run of partial lines.
    fn whole_run(&mut self, end: usize) -> io::Result<Option<Step>> {
        let mut to = end;
        if self.encoding() == Encoding::Bytes {
            let mut runs = OpenRuns::at_end_of(self.carry.get(..to).unwrap_or_default());
            while runs.is_any() && to - end < RUNS_BYTES {
                let Some(next) = self.line_end(to)? else { break };
                runs.pass(self.carry.get(to..next).unwrap_or_default());
                to = next;
            }
        }
        Ok(Some(self.give(to, Content::Lines)))
    }

    /// End of the line that begins at `from`, if it has one and is not too long.
    fn line_end(&mut self, from: usize) -> io::Result<Option<usize>> {
        let mut searched = from;
        loop {
            if let Some(end) = self.encoding().newline_end(&self.carry, searched) {
                return Ok(self.line_fits(from, end).then_some(end));
            }
            searched = self.carry.len();
            if self.ended || searched - from > LINE_CAP + 2 * self.encoding().newline_bytes() {
                return Ok(None);
            }
            self.fill(searched + STEP_BYTES)?;
        }
    }

    /// How the file writes text; bytes before anything was read.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding.unwrap_or_default()
    }

    fn skip(&mut self) -> io::Result<Option<Step>> {
        self.fill(BLOCK_BYTES)?;
        if self.carry.is_empty() {
            self.skipping = false;
            return Ok(None);
        }
        let end = match self.encoding().newline_end(&self.carry, 0) {
            Some(end) => {
                self.skipping = false;
                end
            }
            None => self.carry.len(),
        };
        let bytes = self.take(end);
        Ok(Some(Step::Skipped(Arc::new(bytes))))
    }

    fn fill(&mut self, want: usize) -> io::Result<()> {
        while !self.ended && self.carry.len() < want {
            match self.reader.read(self.carry.room(want)) {
                Ok(0) => self.ended = true,
                Ok(n) => self.carry.fill(n),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    fn take(&mut self, length: usize) -> Buffer {
        let rest = self.carry.split_off(length);
        let taken = std::mem::replace(&mut self.carry, rest);
        self.offset += taken.len() as u64;
        taken
    }

    fn give(&mut self, length: usize, content: Content) -> Step {
        let (offset, first_line) = (self.offset, self.lines);
        let bytes = self.take(length);
        self.lines += match content {
            Content::TooLong => 1,
            // Counted by who knows where it begins.
            Content::Elements(_) => 0,
            Content::Lines => lines_in(&bytes, self.encoding()),
        };
        let (encoding, head) = (self.encoding(), Arc::clone(&self.head));
        let block = Block { bytes: Arc::new(bytes), content, encoding, offset, first_line, head };
        self.pass(&block);
        Step::Block(block)
    }
}

/// What [`Blocks::step`] gives.
#[derive(Debug)]
pub enum Step {
    /// To be hashed and parsed.
    Block(Block),
    /// The rest of an over-long line: to be hashed only.
    Skipped(Arc<Buffer>),
}

fn lines_in(bytes: &[u8], encoding: Encoding) -> u64 {
    let unterminated = !bytes.is_empty() && encoding.last_newline_end(bytes) != Some(bytes.len());
    encoding.count_newlines(bytes) + u64::from(unterminated)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use accesstrail_parsers::joiner::{End, Fed, Joined, Joiner};
    use accesstrail_parsers::prefix::peel;
    use proptest::prelude::*;

    /// A reader that gives at most `step` bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let n = buffer.len().min(self.1).min(self.0.len());
            buffer[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    pub(super) fn blocks(bytes: &[u8], step: usize) -> Vec<Step> {
        let mut blocks = Blocks::new(Slow(bytes, step), &Buffers::default());
        std::iter::from_fn(|| blocks.step().unwrap()).collect()
    }

    pub(super) fn bytes_of(step: &Step) -> &[u8] {
        match step {
            Step::Block(b) => &b.bytes,
            Step::Skipped(b) => b,
        }
    }

    fn big(seed: u64, lines: usize, longest: u64) -> Vec<u8> {
        let mut state = seed;
        let mut out = Vec::new();
        for _ in 0..lines {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            out.extend(std::iter::repeat_n(b'x', ((state >> 33) % longest) as usize));
            out.push(b'\n');
        }
        out
    }

    #[test]
    fn a_line_belongs_to_the_block_where_its_first_byte_lies() {
        let text = big(7, 30_000, 200);
        let mut at = 0u64;
        for step in blocks(&text, 4096) {
            let Step::Block(block) = &step else { panic!("no line is over-long") };
            assert_eq!(block.offset, at);
            assert_eq!(block.bytes.last(), Some(&b'\n'));
            let last_start =
                block.bytes[..block.bytes.len() - 1].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
            let stretch = (block.offset + last_start as u64) / BLOCK_BYTES as u64;
            assert_eq!(stretch, block.offset / BLOCK_BYTES as u64);
            assert_eq!(block.first_line, text[..at as usize].iter().filter(|b| **b == b'\n').count() as u64);
            at += block.bytes.len() as u64;
        }
        assert_eq!(at, text.len() as u64);
    }

    #[test]
    fn a_line_over_the_cap_keeps_its_head_and_the_next_line_its_number() {
        let mut text = b"short\n".to_vec();
        text.extend(std::iter::repeat_n(b'a', LINE_CAP * 3));
        text.extend(b"\nafter\n");
        let steps = blocks(&text, 1 << 16);
        let parsed: Vec<_> = steps
            .iter()
            .filter_map(|s| match s {
                Step::Block(b) => Some((b.content, b.first_line, b.offset, b.bytes.len())),
                Step::Skipped(_) => None,
            })
            .collect();
        assert_eq!(
            parsed,
            [
                (Content::Lines, 0, 0, 6),
                (Content::TooLong, 1, 6, LINE_CAP),
                (Content::Lines, 2, (6 + LINE_CAP * 3 + 1) as u64, 6),
            ]
        );
        assert_eq!(steps.iter().map(|s| bytes_of(s).len()).sum::<usize>(), text.len());
    }

    #[test]
    fn a_line_of_exactly_the_cap_is_a_line() {
        let mut text = vec![b'a'; LINE_CAP];
        text.push(b'\n');
        let steps = blocks(&text, 1 << 20);
        assert!(
            matches!(&steps[..], [Step::Block(b)] if b.content == Content::Lines && b.bytes.len() == LINE_CAP + 1)
        );
    }

    /// What a stream's lines become: number of the first line, length, number of lines, end.
    fn units(text: &[u8]) -> Vec<(u64, usize, usize, End)> {
        let mut out = Vec::new();
        for step in blocks(text, 1 << 16) {
            let Step::Block(block) = step else { continue };
            let (mut joiner, mut scratch) = (Joiner::new(LINE_CAP), Vec::new());
            let mut show = |joined: Joined<'_>| {
                let index = block.first_line + joined.index as u64;
                out.push((index, joined.payload.len(), joined.lines, joined.end));
            };
            for line in framing::lines(&block.bytes) {
                let peeled = peel(line.bytes, &mut scratch);
                if let Fed::Joined(joined) = joiner.feed(&line, peeled.as_ref()) {
                    show(joined);
                }
            }
            joiner.finish().for_each(show);
        }
        out.sort_by_key(|unit| unit.0);
        out
    }

    /// METHOD M1.1: what is a run depends on its lines, not on where a block ends.
    #[test]
    fn runs_are_the_same_behind_any_number_of_lines() {
        let cri = |stream: &str, flag: &str, length: usize| {
            format!("2024-04-16T06:21:39Z {stream} {flag} {}\n", "x".repeat(length))
        };
        for (lines, length) in [(2, 16_000), (5, 16_000), (900, 10), (1000, 1), (1001, 1), (3, 21_800)] {
            let others = cri("stderr", "F", length).repeat(lines);
            let run = cri("stdout", "P", 300) + &others + &cri("stdout", "P", 300) + &others;
            let run = run + &cri("stdout", "F", 300) + &cri("stdout", "F", 7);
            let behind = |n: usize| {
                let filler = "f".repeat(1023) + "\n";
                let found = units((filler.repeat(n) + &run).as_bytes());
                found.into_iter().map(|unit| (unit.0 - n as u64, unit.1, unit.2, unit.3)).collect::<Vec<_>>()
            };
            let wanted = behind(0);
            assert!(!wanted.is_empty());
            for n in (1020_usize.saturating_sub(run.len() / 1024)..1026).step_by(3) {
                assert_eq!(behind(n), wanted, "{lines} of {length} bytes behind {n}");
            }
        }
    }

    #[test]
    fn the_cr_of_a_crlf_does_not_count_towards_the_cap() {
        for (length, before, content) in [
            (LINE_CAP, &b""[..], Content::Lines),
            (LINE_CAP, b"short\r\n", Content::Lines),
            (LINE_CAP + 1, b"", Content::TooLong),
        ] {
            let text = [before, &vec![b'a'; length], b"\r\nafter\r\n"].concat();
            for step in [1 << 14, 1 << 20] {
                let long = blocks(&text, step).into_iter().find_map(|step| match step {
                    Step::Block(block) if block.bytes.len() >= LINE_CAP => Some(block.content),
                    _ => None,
                });
                assert_eq!(long, Some(content), "{length} behind {}", before.len());
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn blocks_rebuild_the_stream_whatever_the_reader_gives(seed: u64, lines in 0usize..4000, longest in 1u64..3000, step in 1usize..70_000, torn: bool) {
            let mut text = big(seed, lines, longest);
            if torn { text.extend(b"torn"); }
            let given = blocks(&text, step.max(64));
            let again: Vec<u8> = given.iter().flat_map(|s| bytes_of(s).to_vec()).collect();
            prop_assert_eq!(again, text.clone());
            let whole = blocks(&text, 1 << 22);
            let cuts = |s: &[Step]| s.iter().map(|s| bytes_of(s).len()).collect::<Vec<_>>();
            prop_assert_eq!(cuts(&given), cuts(&whole));
        }
    }
}
