//! Whether a block of lines ends inside a run of partial ones, so that no run is cut in two.

use super::{Kind, cri, docker, is_dated};
use crate::framing::lines;
use memchr::{memchr, memrchr};

/// How much of a block's end is looked at.
const TAIL_BYTES: usize = 64 << 10;

/// Whether the block (whole lines) ends inside a run of partial lines: for one of the streams, the last
/// line of docker json-file or CRI among those that begin in the last 64 KiB is a partial one. The last
/// line is looked at however long it is. The answer depends on the block's bytes alone.
#[must_use]
pub fn ends_open(block: &[u8]) -> bool {
    let tail = block.get(tail_begin(block)..).unwrap_or_default();
    let mut scratch = Vec::new();
    let mut last: Vec<(Kind, u8, bool)> = Vec::new();
    for line in lines(tail) {
        let Some((kind, stream, partial)) = part(line.bytes, &mut scratch) else { continue };
        match last.iter_mut().find(|known| (known.0, known.1) == (kind, stream)) {
            Some(known) => known.2 = partial,
            None => last.push((kind, stream, partial)),
        }
    }
    last.iter().any(|(_, _, partial)| *partial)
}

/// Where the first line begins that is looked at.
fn tail_begin(block: &[u8]) -> usize {
    let from = block.len().saturating_sub(TAIL_BYTES);
    let Some(before) = from.checked_sub(1) else { return 0 };
    let next = memchr(b'\n', block.get(before..).unwrap_or_default()).map(|at| before + at + 1);
    let last = || {
        let ended = block.strip_suffix(b"\n").unwrap_or(block);
        memrchr(b'\n', ended).map_or(0, |at| at + 1)
    };
    next.filter(|begin| *begin < block.len()).unwrap_or_else(last)
}

/// Kind, stream, and whether the line is partial, of a line that could be.
fn part(line: &[u8], scratch: &mut Vec<u8>) -> Option<(Kind, u8, bool)> {
    match line.first()? {
        b'{' => docker::open(line, scratch).map(|layer| (layer.kind, layer.stream, layer.partial)),
        b'0'..=b'9' if is_dated(line) => {
            cri::peel(line).map(|peeled| (peeled.kind, peeled.stream, peeled.partial))
        }
        _ => None,
    }
}
