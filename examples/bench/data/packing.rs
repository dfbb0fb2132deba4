//! The combined log, packed as logs are found: whole, in parts, compressed.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::store::{Drawn, Store};

const SMALL_FILES: u64 = 10_000;
const GZIPS: u64 = 64;

/// One plain file.
pub(crate) fn plain(store: &Store) -> Result<Drawn> {
    store.combined(store.bytes())
}

/// The first tenth of it, for tools that would take minutes.
pub(crate) fn tenth(store: &Store) -> Result<Drawn> {
    store.combined(store.bytes() / 10)
}

/// One megabyte.
pub(crate) fn megabyte(store: &Store) -> Result<Drawn> {
    store.combined(1_000_000)
}

/// One gzip of the usual level.
pub(crate) fn one_gzip(store: &Store) -> Result<Drawn> {
    of_plain(store, "access.log.gz", |plain, path| {
        let mut packed = GzEncoder::new(File::create(path)?, Compression::default());
        std::io::copy(&mut File::open(plain)?, &mut packed)?;
        packed.finish()?.flush()?;
        Ok(())
    })
}

/// One zstd of the usual level.
pub(crate) fn one_zstd(store: &Store) -> Result<Drawn> {
    of_plain(store, "access.log.zst", |plain, path| {
        Ok(zstd::stream::copy_encode(File::open(plain)?, File::create(path)?, 0)?)
    })
}

/// A folder of gzips, as a rotation leaves it.
pub(crate) fn many_gzips(store: &Store) -> Result<Drawn> {
    of_plain(store, "gzips", |plain, folder| {
        parts(plain, GZIPS, |n, text| {
            let file = File::create(folder.join(format!("access-{n:02}.log.gz")))?;
            let mut packed = GzEncoder::new(file, Compression::default());
            packed.write_all(text)?;
            packed.finish()?;
            Ok(())
        })
    })
}

/// A folder of small plain files.
pub(crate) fn small_files(store: &Store) -> Result<Drawn> {
    of_plain(store, "small-files", |plain, folder| {
        parts(plain, SMALL_FILES, |n, text| {
            Ok(std::fs::write(folder.join(format!("access-{n:05}.log")), text)?)
        })
    })
}

fn of_plain(store: &Store, name: &str, pack: impl FnOnce(&Path, &Path) -> Result<()>) -> Result<Drawn> {
    let Drawn { path: plain, truth } = plain(store)?;
    let path = store.made(name, |path| {
        if !name.contains('.') {
            std::fs::create_dir(path)?;
        }
        pack(&plain, path)
    })?;
    Ok(Drawn { path, truth })
}

/// Cuts a file at line ends into `count` parts of about one size; fewer if there are not so many lines.
fn parts(file: &Path, count: u64, mut each: impl FnMut(u64, &[u8]) -> Result<()>) -> Result<()> {
    let bytes = std::fs::metadata(file)?.len();
    let mut lines = BufReader::with_capacity(1 << 20, File::open(file)?);
    let (mut part, mut read, mut text) = (0, 0, Vec::new());
    loop {
        let n = lines.read_until(b'\n', &mut text)? as u64;
        read += n;
        if (n == 0 || read >= bytes * (part + 1) / count) && !text.is_empty() {
            each(part, &text)?;
            text.clear();
            part += 1;
        }
        if n == 0 {
            return Ok(());
        }
    }
}

/// A stream of gzip members of 4 MiB of text each, as programs write that compress while they log.
pub(crate) fn members(
    bytes: u64,
    mut log: super::spread::Spread,
    mut each: impl FnMut(Vec<u8>) -> Result<bool>,
) -> Result<super::truth::Truth> {
    const MEMBER_BYTES: usize = 4 << 20;
    let mut text = Vec::with_capacity(MEMBER_BYTES + 512);
    while log.bytes() < bytes {
        text.clear();
        while text.len() < MEMBER_BYTES && log.bytes() < bytes {
            log.line(&mut text)?;
        }
        let mut member = GzEncoder::new(Vec::with_capacity(MEMBER_BYTES / 4), Compression::fast());
        member.write_all(&text)?;
        if !each(member.finish()?)? {
            break;
        }
    }
    Ok(log.truth())
}

/// Writes `lines` of a log into a plain file.
pub(crate) fn write_lines(
    path: &Path,
    lines: u64,
    mut log: super::spread::Spread,
) -> Result<super::truth::Truth> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut text = Vec::new();
    for _ in 0..lines {
        text.clear();
        log.line(&mut text)?;
        out.write_all(&text)?;
    }
    out.flush()?;
    Ok(log.truth())
}
