//! Every line of a file, on two threads, each of which takes half of it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use memchr::{memchr, memrchr};

use crate::data::store::Drawn;

/// Cuts each line; `cut` says whether it had the columns that it must have.
pub(super) fn split(log: &Drawn, cut: impl Fn(&[u8]) -> bool + Copy + Send) -> Result<()> {
    let (path, lines) = (log.path.as_path(), log.truth.lines);
    let bytes = std::fs::metadata(path)?.len();
    let halves = [(0, bytes / 2), (bytes / 2, bytes)];
    let found = std::thread::scope(|scope| {
        let threads = halves.map(|(from, to)| scope.spawn(move || split_range(path, from, to, cut)));
        threads
            .into_iter()
            .map(|t| t.join().ok().context("a thread of the split stopped")?)
            .sum::<Result<u64>>()
    })?;
    ensure!(found == lines, "{found} lines were split where {lines} were drawn");
    Ok(())
}

/// The lines whose first byte lies in `from..to`, except that a line which begins at `from` belongs to the range before unless
/// `from` is 0: both sides agree because the range before reads on to the end of the line that holds byte `to`.
fn split_range(log: &Path, from: u64, to: u64, cut: impl Fn(&[u8]) -> bool) -> Result<u64> {
    let mut file = File::open(log)?;
    file.seek(SeekFrom::Start(from))?;
    let (mut buffer, mut kept, mut at) = (vec![0; 1 << 20], 0, from);
    let (mut lines, mut skipping) = (0, from > 0);
    loop {
        let n = file.read(buffer.get_mut(kept..).unwrap_or_default())?;
        let filled = buffer.get(..kept + n).unwrap_or_default();
        let whole = memrchr(b'\n', filled).map_or(0, |end| end + 1);
        let mut rest = filled.get(..whole).unwrap_or_default();
        while let Some(end) = memchr(b'\n', rest) {
            let (line, after) = rest.split_at_checked(end + 1).unwrap_or_default();
            let begins = at;
            at += line.len() as u64;
            rest = after;
            if begins > to {
                return Ok(lines);
            }
            if !std::mem::take(&mut skipping) {
                lines += u64::from(cut(line));
            }
        }
        if n == 0 {
            return Ok(lines);
        }
        ensure!(whole > 0, "a line is longer than 1 MiB");
        kept = filled.len() - whole;
        buffer.copy_within(whole..whole + kept, 0);
    }
}
