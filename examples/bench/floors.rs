//! What the machine needs at least: the work that no program can leave out, each part alone, by hand.

use std::fs::File;
use std::hint::black_box;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use flate2::read::MultiGzDecoder;
use memchr::{memchr, memchr_iter, memrchr};
use sha2::{Digest, Sha256};

/// Each by its id, as the table calls it.
pub(crate) const FLOORS: [(&str, &str); 6] = [
    ("newlines", "newline count, 1 thread"),
    ("split", "fields of every line by hand, 2 threads"),
    ("sha256", "SHA-256, 1 thread"),
    ("inflate", "inflate of the one gzip, 1 thread"),
    ("inflate-gzips", "inflate of the 64 gzips, 1 thread"),
    ("unzstd", "decompression of the one zstd, 1 thread"),
];

/// Newlines, on one thread.
pub(crate) fn newlines(log: &Path, lines: u64) -> Result<()> {
    let mut found = 0;
    blocks(&mut File::open(log)?, |block| found += memchr_iter(b'\n', block).count() as u64)?;
    ensure!(found == lines, "{found} newlines were counted where {lines} were drawn");
    Ok(())
}

/// SHA-256, on one thread.
pub(crate) fn hash(log: &Path) -> Result<()> {
    let mut state = Sha256::new();
    blocks(&mut File::open(log)?, |block| state.update(block))?;
    black_box(state.finalize());
    Ok(())
}

/// Gzip files undone, one after the other on one thread; what comes out is looked at by nobody.
pub(crate) fn inflate(files: &[PathBuf], bytes: u64) -> Result<()> {
    let mut found = 0;
    for file in files {
        blocks(&mut MultiGzDecoder::new(File::open(file)?), |block| found += block.len() as u64)?;
    }
    ensure!(found == bytes, "{found} bytes were inflated where {bytes} were drawn");
    Ok(())
}

/// A zstd file undone, on one thread.
pub(crate) fn unzstd(file: &Path, bytes: u64) -> Result<()> {
    let mut found = 0;
    blocks(&mut zstd::Decoder::new(File::open(file)?)?, |block| found += block.len() as u64)?;
    ensure!(found == bytes, "{found} bytes were undone where {bytes} were drawn");
    Ok(())
}

fn blocks(source: &mut impl Read, mut each: impl FnMut(&[u8])) -> Result<()> {
    let mut buffer = vec![0; 1 << 20];
    loop {
        match source.read(&mut buffer)? {
            0 => return Ok(()),
            n => each(buffer.get(..n).unwrap_or_default()),
        }
    }
}

/// The fields of every line, on two threads, each of which takes half of the file.
pub(crate) fn split(log: &Path, lines: u64) -> Result<()> {
    let bytes = std::fs::metadata(log)?.len();
    let halves = [(0, bytes / 2), (bytes / 2, bytes)];
    let found = std::thread::scope(|scope| {
        let threads = halves.map(|(from, to)| scope.spawn(move || split_range(log, from, to)));
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
fn split_range(log: &Path, from: u64, to: u64) -> Result<u64> {
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
                lines += u64::from(black_box(fields(line)).is_some());
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

/// Client, time, request, status and bytes of a combined line.
type Fields<'a> = [&'a [u8]; 5];

fn fields(line: &[u8]) -> Option<Fields<'_>> {
    let (client, rest) = until(line, b' ')?;
    let (_, rest) = until(rest, b'[')?;
    let (time, rest) = until(rest, b']')?;
    let (_, rest) = until(rest, b'"')?;
    let (request, rest) = until(rest, b'"')?;
    let (_, rest) = until(rest, b' ')?;
    let (status, rest) = until(rest, b' ')?;
    let (bytes, _) = until(rest, b' ')?;
    Some([client, time, request, status, bytes])
}

fn until(text: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr(byte, text)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}
