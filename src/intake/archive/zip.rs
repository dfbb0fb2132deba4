//! Zip: the list at the file's end, and one member's bytes.
//!
//! Read: stored, deflate, deflate64, bzip2, zstd, xz. Not read: encrypted members, and the methods that zip
//! programs gave up. Source: PKWARE APPNOTE 6.3.10, 4.4.5.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use deflate64::Deflate64Decoder;
use flate2::read::DeflateDecoder;
use zip::CompressionMethod;

use super::exact::{Exact, Stated};
use super::{At, Contents, MOST_MEMBERS, Member, Names, name_of};
use crate::intake::codec::{Bytes, decode};
use crate::intake::magic::Codec;

/// One member's place and what the archive states of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zipped {
    offset: u64,
    compressed_bytes: u64,
    method: CompressionMethod,
    stated: Stated,
}

/// What the archive at `path` holds.
///
/// # Errors
/// Where it has no list, or a list that cannot be trusted.
pub fn list(path: &Path) -> io::Result<Contents> {
    let mut archive = zip::ZipArchive::new(BufReader::new(File::open(path)?)).map_err(plain)?;
    // Members that share bytes are how a small zip unfolds to petabytes, each member within every ratio.
    if archive.has_overlapping_entries().map_err(plain)? {
        return Err(refused("its members lie over each other, as they do in a decompression bomb"));
    }
    let mut out = Contents::default();
    if archive.has_duplicate_names() {
        out.broken = Some(
            "two of its members have the same name, and only one of them is listed; unpack it".to_owned(),
        );
    }
    let mut names = Names::default();
    for index in 0..archive.len() {
        if out.members.len() == MOST_MEMBERS {
            out.broken = Some(format!("it holds more than {MOST_MEMBERS} members; the rest was not read"));
            break;
        }
        let file = match archive.by_index_raw(index) {
            Ok(file) => file,
            Err(error) => {
                out.broken = Some(format!("its member {} cannot be found: {}", index + 1, plain(error)));
                continue;
            }
        };
        let name = file.name().map_or_else(|_not_text| name_of(file.name_raw()), |n| n.into_owned());
        if file.is_dir() {
            continue;
        }
        if file.is_symlink() {
            out.passed_over.push(name);
            continue;
        }
        let method = file.compression();
        let at = match file.data_start() {
            _ if file.encrypted() => {
                At::Refused("it is encrypted; unpack it with its password first".to_owned())
            }
            None => At::Refused("its place in the archive cannot be told".to_owned()),
            Some(offset) => At::Zipped(Zipped {
                offset,
                compressed_bytes: file.compressed_size(),
                method,
                stated: Stated { bytes: file.size(), crc32: Some(file.crc32()) },
            }),
        };
        out.members.push(Member { name: names.unique(name), at });
    }
    Ok(out)
}

impl Zipped {
    /// Offset and length of the member's stretch of the archive.
    #[must_use]
    pub fn stretch(&self) -> (u64, u64) {
        (self.offset, self.compressed_bytes)
    }

    /// The member's content, from its stretch.
    ///
    /// # Errors
    /// A method that is not read.
    pub fn read<'a>(&self, packed: Bytes<'a>) -> io::Result<Bytes<'a>> {
        let content: Bytes<'a> = match self.method {
            CompressionMethod::STORE => packed,
            CompressionMethod::DEFLATE => Box::new(DeflateDecoder::new(packed)),
            CompressionMethod::DEFLATE64 => Box::new(Deflate64Decoder::new(packed)),
            CompressionMethod::BZIP2 => decode(Codec::Bzip2, packed)?,
            CompressionMethod::ZSTD => decode(Codec::Zstd, packed)?,
            CompressionMethod::XZ => decode(Codec::Xz, packed)?,
            other => {
                return Err(refused(&format!("its zip method ({other}) is not read here; unpack it first")));
            }
        };
        Ok(Box::new(Exact::new(content, self.stated)))
    }
}

fn refused(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, text)
}

fn plain(error: zip::result::ZipError) -> io::Error {
    match error {
        zip::result::ZipError::Io(error) => error,
        other => {
            io::Error::new(io::ErrorKind::InvalidData, format!("as a zip archive it is broken: {other}"))
        }
    }
}
