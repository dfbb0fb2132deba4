//! Zip: the list at the file's end, and one member's bytes.
//!
//! Read: stored, deflate, deflate64, bzip2, zstd, xz. Not read: encrypted members, and the methods that zip
//! programs gave up. Source: PKWARE APPNOTE 6.3.10, 4.4.5.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
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
    let mut out = Contents { broken: unlisted(&mut archive, path)?, ..Contents::default() };
    let mut listed_bytes = 0;
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
        let end = file.data_start().map(|start| start.saturating_add(file.compressed_size()));
        listed_bytes += end.map_or(0, |end| end.saturating_sub(file.header_start())) + DESCRIPTOR_BYTES;
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
    let directory = archive.central_directory_start();
    if out.broken.is_none() && directory > listed_bytes {
        out.broken = Some(format!(
            "as a zip archive it holds some {} bytes that belong to no member of its list; what they are is not read",
            directory - listed_bytes
        ));
    }
    Ok(out)
}

/// What may stand behind a member that was written as a stream: signature, checksum and two lengths of 8 bytes.
const DESCRIPTOR_BYTES: u64 = 24;

/// Whether the list at the archive's end can be all of it: a second archive behind or before it, members that it does
/// not list, or two of one name would be lost without a word.
fn unlisted(archive: &mut zip::ZipArchive<BufReader<File>>, path: &Path) -> io::Result<Option<String>> {
    if archive.has_duplicate_names() {
        let why = "two of its members have the same name, and only one of them is listed; unpack it";
        return Ok(Some(why.to_owned()));
    }
    if archive.offset() > 0 {
        let before = archive.offset();
        return Ok(Some(format!(
            "as a zip archive it has {before} bytes before its first member, perhaps another archive; they are not read"
        )));
    }
    if let Err(error) = archive.validate_header_consistency() {
        return Ok(Some(format!(
            "its list and its members contradict each other ({error}); it is read by the list"
        )));
    }
    let behind = behind_the_end(path, archive.comment())?;
    Ok((behind > 0).then(|| format!("{behind} bytes follow the end of the zip archive; they are not read")))
}

/// How many bytes stand behind the end record (APPNOTE 4.3.16), whose last field is the comment.
fn behind_the_end(path: &Path, comment: &[u8]) -> io::Result<u64> {
    const RECORD: &[u8] = b"PK\x05\x06";
    const RECORD_BYTES: u64 = 22;
    let mut file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let tail = bytes.min(RECORD_BYTES + u64::from(u16::MAX) + MOST_BEHIND);
    file.seek(io::SeekFrom::Start(bytes - tail))?;
    let mut last = Vec::new();
    file.read_to_end(&mut last)?;
    let at = memchr::memmem::rfind_iter(&last, RECORD).find(|at| {
        let commented = last.get(at + RECORD_BYTES as usize..).unwrap_or_default();
        commented.starts_with(comment)
    });
    let end = at.map_or(tail, |at| at as u64 + RECORD_BYTES + comment.len() as u64);
    Ok(tail.saturating_sub(end))
}

/// How far from the end its record is looked for, beside the longest comment.
const MOST_BEHIND: u64 = 1 << 20;

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
