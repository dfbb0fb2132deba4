//! What the machine needs at least: the work that no program can leave out, each part alone, by hand.

mod columns;
mod halves;

use std::fs::File;
use std::hint::black_box;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use flate2::read::MultiGzDecoder;
use memchr::memchr_iter;
use sha2::{Digest, Sha256};

use crate::data::store::{Drawn, Store};
use crate::data::{caddy, cloudfront, iis, packing, s3};
use crate::turns::{Contender, Pace, inside};

/// An entry of the list.
pub(crate) struct Floor {
    pub(crate) id: &'static str,
    /// As the table calls it.
    pub(crate) title: &'static str,
    make: fn(&Store) -> Result<Drawn>,
    work: fn(&Drawn) -> Result<()>,
}

/// All of them, in the order of a turn.
pub(crate) const FLOORS: [Floor; 13] = [
    floor("newlines", "newline count, 1 thread", packing::plain, newlines),
    floor("split", "fields of every line by hand, 2 threads", packing::plain, |d| {
        halves::split(d, |line| black_box(columns::of_combined(line)).is_some())
    }),
    floor("sha256", "SHA-256, 1 thread", packing::plain, hash),
    floor("inflate", "inflate of the one gzip, 1 thread", packing::one_gzip, inflate),
    floor("inflate-gzips", "inflate of the 64 gzips, 1 thread", packing::many_gzips, inflate),
    floor("unzstd", "decompression of the one zstd, 1 thread", packing::one_zstd, unzstd),
    floor("split-s3", "S3: columns of every line by hand, 2 threads", s3::plain, |d| {
        halves::split(d, |line| black_box(columns::quoted::<27>(line)).is_some())
    }),
    floor("sha256-s3", "S3: SHA-256, 1 thread", s3::plain, hash),
    floor(
        "split-cloudfront",
        "CloudFront: columns of every line by hand, 2 threads",
        cloudfront::plain,
        |d| {
            halves::split(d, |line| {
                is_directive(line) || black_box(columns::parted::<33>(line, b'\t')).is_some()
            })
        },
    ),
    floor("sha256-cloudfront", "CloudFront: SHA-256, 1 thread", cloudfront::plain, hash),
    floor("split-iis", "IIS: columns of every line by hand, 2 threads", iis::plain, |d| {
        halves::split(d, |line| is_directive(line) || black_box(columns::parted::<16>(line, b' ')).is_some())
    }),
    floor("sha256-iis", "IIS: SHA-256, 1 thread", iis::plain, hash),
    floor("sha256-caddy", "JSON lines: SHA-256, 1 thread", caddy::plain, hash),
];

const fn floor(
    id: &'static str,
    title: &'static str,
    make: fn(&Store) -> Result<Drawn>,
    work: fn(&Drawn) -> Result<()>,
) -> Floor {
    Floor { id, title, make, work }
}

impl Floor {
    /// Its data made, ready to run in turns.
    pub(crate) fn contender<'a>(&'static self, store: &Store) -> Result<Contender<'a>> {
        let drawn = (self.make)(store)?;
        Ok(Contender {
            id: self.id,
            pace: Pace::InTurns,
            run: Box::new(move || inside(|| (self.work)(&drawn))),
        })
    }
}

/// Newlines, on one thread.
fn newlines(log: &Drawn) -> Result<()> {
    let (mut found, lines) = (0, log.truth.lines);
    blocks(&mut File::open(&log.path)?, |block| found += memchr_iter(b'\n', block).count() as u64)?;
    ensure!(found == lines, "{found} newlines were counted where {lines} were drawn");
    Ok(())
}

/// SHA-256, on one thread.
fn hash(log: &Drawn) -> Result<()> {
    let mut state = Sha256::new();
    blocks(&mut File::open(&log.path)?, |block| state.update(block))?;
    black_box(state.finalize());
    Ok(())
}

/// A gzip file or a folder of them undone, one after the other on one thread; what comes out is looked at by nobody.
fn inflate(packed: &Drawn) -> Result<()> {
    let (mut found, bytes) = (0, packed.truth.bytes);
    for file in files(&packed.path)? {
        blocks(&mut MultiGzDecoder::new(File::open(file)?), |block| found += block.len() as u64)?;
    }
    ensure!(found == bytes, "{found} bytes were inflated where {bytes} were drawn");
    Ok(())
}

/// A zstd file undone, on one thread.
fn unzstd(packed: &Drawn) -> Result<()> {
    let (mut found, bytes) = (0, packed.truth.bytes);
    blocks(&mut zstd::Decoder::new(File::open(&packed.path)?)?, |block| found += block.len() as u64)?;
    ensure!(found == bytes, "{found} bytes were undone where {bytes} were drawn");
    Ok(())
}

fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.sort();
    Ok(files)
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

/// A line that names columns and has none.
fn is_directive(line: &[u8]) -> bool {
    line.starts_with(b"#")
}
