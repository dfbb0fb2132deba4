//! Lines that a container runtime wrote in parts, put together again before they are read (METHOD M1.1).
//!
//! Docker and CRI cut a long line into partial ones; a part goes on in the next line *of the same stream*.
//! The reader of a block feeds each line with what was peeled off it:
//!
//! ```text
//! for line in lines(block) {
//!     let peeled = peel(line.bytes, &mut scratch);
//!     match joiner.feed(&line, peeled.as_ref()) {
//!         Fed::Alone => read_peeled(formats, line.bytes, peeled, cache),   // nearly every line
//!         Fed::Held => continue,                                           // no unit of its own
//!         Fed::Joined(joined) => joined.read(formats, cache),              // at joined.offset, joined.index
//!     };
//! }
//! for joined in joiner.finish() { joined.read(formats, cache) }
//! ```
//!
//! Where no line is partial, nothing is copied and nothing allocated. What a run takes in memory is
//! bounded by the cap, whatever the file holds; the number of runs by the streams there are.
//!
//! A run is given up as torn where too much lies between two of its parts ([`RUN_LINES`], [`RUN_BYTES`]).
//!
//! Not done: runs over the ends of blocks ([`crate::prefix::OpenRuns`] lets the cutter avoid them).

use crate::fault::{Fault, FaultKind};
use crate::format::{Format, Unit};
use crate::framing::Line;
use crate::prefix::{Kind, Peeled, RUN_BYTES, RUN_LINES};
use crate::record::Stamp;
use crate::token::time::TimeCache;
use crate::unit::{PREFIX, Read, nul_within, read_payload};
use std::sync::Arc;

/// Joins the partial lines of one block, stream by stream.
#[derive(Debug)]
pub struct Joiner {
    cap: usize,
    open: Vec<Run>,
    /// Runs whose next part was too far away.
    given_up: Vec<Run>,
    /// Runs given back last; their buffers are lent out until the next call.
    closed: Vec<Run>,
}

/// What became of a line that was fed.
#[derive(Debug)]
pub enum Fed<'a> {
    /// No run has to do with it: read it in place.
    Alone,
    /// Part of a run that goes on. It is no unit of its own.
    Held,
    /// The last part of this run.
    Joined(Joined<'a>),
}

/// A run of partial lines as one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined<'a> {
    /// The payloads of its parts, one behind the other; at most the cap.
    pub payload: &'a [u8],
    /// Where its first part begins in the block.
    pub offset: usize,
    /// 0-based number of its first part in the block.
    pub index: usize,
    /// How many lines it is made of.
    pub lines: usize,
    /// The prefix of its parts.
    pub kind: Kind,
    /// The prefix time of its first part.
    pub time: Option<Stamp<'static>>,
    /// Whether all of it is there.
    pub end: End,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With a full line.
    Whole,
    /// Not within the block, or not near enough to what was there.
    Torn,
    /// It was longer than the cap: the payload is its head.
    TooLong,
}

/// A run that is open, or was.
#[derive(Debug)]
struct Run {
    stream: u8,
    kind: Kind,
    time: Option<Stamp<'static>>,
    offset: usize,
    index: usize,
    lines: usize,
    /// Number of its last part, and where that ends.
    last: (usize, usize),
    payload: Vec<u8>,
    too_long: bool,
    whole: bool,
}

impl Joiner {
    /// A joiner that keeps at most `cap` bytes of a run.
    #[must_use]
    pub const fn new(cap: usize) -> Self {
        Self { cap, open: Vec::new(), given_up: Vec::new(), closed: Vec::new() }
    }

    /// Takes the next line of the block, with what was peeled off it.
    #[inline]
    pub fn feed(&mut self, line: &Line<'_>, peeled: Option<&Peeled<'_>>) -> Fed<'_> {
        match peeled {
            Some(peeled) if peeled.partial || !self.open.is_empty() => self.part(line, peeled),
            _ => Fed::Alone,
        }
    }

    fn part(&mut self, line: &Line<'_>, peeled: &Peeled<'_>) -> Fed<'_> {
        let of_stream = |run: &Run| (run.kind, run.stream) == (peeled.kind, peeled.stream);
        let mut known = self.open.iter().position(of_stream);
        if let Some(run) = known.and_then(|at| self.open.get(at)).filter(|run| !run.reaches(line)) {
            let of = (run.kind, run.stream);
            self.given_up.extend(self.open.extract_if(.., |run| (run.kind, run.stream) == of));
            known = None;
        }
        match known {
            None if !peeled.partial => Fed::Alone,
            None => {
                let mut run = Run::begin(line, peeled);
                run.add(line, peeled.payload, self.cap);
                self.open.push(run);
                Fed::Held
            }
            Some(at) => {
                if let Some(run) = self.open.get_mut(at) {
                    run.add(line, peeled.payload, self.cap);
                }
                if peeled.partial {
                    return Fed::Held;
                }
                let mut run = self.open.remove(at);
                run.whole = true;
                self.closed.clear();
                self.closed.push(run);
                self.closed.first().map_or(Fed::Held, |run| Fed::Joined(run.joined()))
            }
        }
    }

    /// Gives back the runs that were given up or that the block left open, in the order of their first lines, and is ready for
    /// the next block.
    pub fn finish(&mut self) -> impl Iterator<Item = Joined<'_>> {
        self.closed = std::mem::take(&mut self.open);
        self.closed.append(&mut self.given_up);
        self.closed.sort_by_key(|run| run.offset);
        self.closed.iter().map(Run::joined)
    }
}

impl Run {
    fn begin(line: &Line<'_>, peeled: &Peeled<'_>) -> Self {
        Self {
            stream: peeled.stream,
            kind: peeled.kind,
            time: peeled.time.map(Stamp::unnamed),
            offset: line.offset,
            index: line.index,
            lines: 0,
            last: (line.index, line.offset),
            payload: Vec::new(),
            too_long: false,
            whole: false,
        }
    }

    /// Whether a part in this line would be near enough to the last one.
    fn reaches(&self, line: &Line<'_>) -> bool {
        let (index, end) = self.last;
        line.index <= index + 1 + RUN_LINES && line.offset <= end + RUN_BYTES
    }

    fn add(&mut self, line: &Line<'_>, payload: &[u8], cap: usize) {
        self.lines += 1;
        self.last = (line.index, line.offset + line.bytes.len());
        let room = cap.saturating_sub(self.payload.len());
        self.too_long |= payload.len() > room;
        self.payload.extend_from_slice(payload.get(..room).unwrap_or(payload));
    }

    fn joined(&self) -> Joined<'_> {
        let end = match self {
            Self { too_long: true, .. } => End::TooLong,
            Self { whole: true, .. } => End::Whole,
            _ => End::Torn,
        };
        let Self { offset, index, lines, kind, time, .. } = *self;
        Joined { payload: &self.payload, offset, index, lines, kind, time, end }
    }
}

impl<'a> Joined<'a> {
    /// Reads the unit as [`crate::unit::read`] reads a line; there is no raw line to fall back to. A torn or
    /// over-long one is a fault whatever its head says.
    pub fn read(&self, formats: &'a [Arc<dyn Format>], cache: &mut TimeCache) -> Read<'a> {
        let nul = if self.end == End::TooLong { None } else { nul_within(self.payload) };
        if let Some(fault) = nul {
            return Read { format: 0, unit: Unit::Fault(fault), prefix: Some(self.kind), time: self.time };
        }
        let (kind, expected) = match self.end {
            End::Whole => return read_payload(formats, self.payload, (self.kind, self.time), cache),
            End::Torn => (FaultKind::Torn, "the last part of a line that was written in parts"),
            End::TooLong => (FaultKind::TooLong, "at most 1 MiB in all parts of a line"),
        };
        let fault = Fault::at(kind, PREFIX, expected, self.payload, 0);
        Read { format: 0, unit: Unit::Fault(fault), prefix: Some(self.kind), time: self.time }
    }
}

#[cfg(test)]
mod tests;
