//! Whether lines end inside a run of partial ones, so that no run is cut in two.
//!
//! A run is given up where too much lies between two of its parts; [`crate::joiner`] has the same bounds,
//! so that it makes no difference where a block ends.

use super::{Kind, cri, docker, is_dated};
use crate::encoding::unmarked;
use crate::framing::{holds_nul, lines};
use memchr::memrchr;

/// Most lines between two parts of a run.
pub const RUN_LINES: usize = 1000;
/// Most bytes between two parts of a run.
pub const RUN_BYTES: usize = 64 << 10;

/// The runs that could go on behind the lines that were passed. Formats are not asked, so it may be that
/// none does.
#[derive(Debug, Default)]
pub struct OpenRuns {
    runs: Vec<Open>,
    scratch: Vec<u8>,
}

#[derive(Debug)]
struct Open {
    of: (Kind, u8),
    /// What was passed behind its last part.
    lines: usize,
    bytes: usize,
}

impl OpenRuns {
    /// The runs open at the end of a block of whole lines.
    #[must_use]
    pub fn at_end_of(block: &[u8]) -> Self {
        let mut runs = Self::default();
        runs.pass(block.get(tail_begin(block)..).unwrap_or_default());
        runs
    }

    /// Goes on behind whole lines.
    pub fn pass(&mut self, text: &[u8]) {
        let mut all = lines(text).peekable();
        while let Some(line) = all.next() {
            let next = all.peek().map_or(text.len(), |next| next.offset);
            for run in &mut self.runs {
                run.lines += 1;
                run.bytes += next - line.offset;
            }
            if let Some((kind, stream, partial)) = part(unmarked(line.bytes), &mut self.scratch) {
                self.runs.retain(|run| run.of != (kind, stream));
                if partial {
                    self.runs.push(Open { of: (kind, stream), lines: 0, bytes: 0 });
                }
            }
            self.runs.retain(|run| run.lines <= RUN_LINES && run.bytes <= RUN_BYTES);
        }
    }

    /// Whether there is one.
    #[must_use]
    pub fn is_any(&self) -> bool {
        !self.runs.is_empty()
    }
}

/// Where the first line begins whose end is near enough to the block's for its run to go on.
fn tail_begin(block: &[u8]) -> usize {
    let before = block.len().saturating_sub(RUN_BYTES + 1);
    memrchr(b'\n', block.get(..before).unwrap_or_default()).map_or(0, |at| at + 1)
}

/// Kind, stream, and whether the line is partial, of a line that could be. One with a NUL is a fault.
fn part(line: &[u8], scratch: &mut Vec<u8>) -> Option<(Kind, u8, bool)> {
    match line.first()? {
        _ if holds_nul(line) => None,
        b'{' => docker::open(line, scratch).map(|layer| (layer.kind, layer.stream, layer.partial)),
        b'0'..=b'9' if is_dated(line) => {
            cri::peel(line).map(|peeled| (peeled.kind, peeled.stream, peeled.partial))
        }
        _ => None,
    }
}
