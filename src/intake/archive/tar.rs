//! Tar: its members in order, or, where it is a plain file, their places.
//!
//! Read: v7, ustar, GNU (long names, sparse files), pax. Links and devices hold no bytes and are passed over by
//! name; directories without a word. Source: POSIX.1-2017 pax, GNU tar manual.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::rc::Rc;

use tar::{Archive, EntryType};

use super::exact::{Exact, Stated};
use super::{At, Contents, MOST_MEMBERS, Member, Names, name_of};
use crate::intake::codec::Bytes;

/// What the archive at `path` holds; `None` where a member is no single stretch of the file (GNU sparse), so that
/// the archive has to be read in its order.
///
/// # Errors
/// What the system says.
pub fn list(path: &Path) -> io::Result<Option<Contents>> {
    let tail = Tail::default();
    let mut archive = Archive::new(tail.of(File::open(path)?));
    let mut out = Contents::default();
    let mut names = Names::default();
    for entry in archive.entries_with_seek()? {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                out.broken = Some(breaks_off(out.members.len(), &error));
                break;
            }
        };
        if out.members.len() == MOST_MEMBERS {
            out.broken = Some(too_many());
            break;
        }
        match kind(entry.header().entry_type()) {
            Held::Nothing => {}
            Held::NoBytes => out.passed_over.push(name_of(&entry.path_bytes())),
            Held::Pieces => return Ok(None),
            Held::Bytes => {
                let name = names.unique(name_of(&entry.path_bytes()));
                let at = At::Stored { offset: entry.raw_file_position(), bytes: entry.size() };
                out.members.push(Member { name, at });
            }
        }
    }
    out.broken = out.broken.or_else(|| tail.missing(out.members.len()));
    Ok(Some(out))
}

/// Reads an archive in its order: `take` is given each member with its number and name.
pub fn each(archive: Bytes<'_>, take: &mut dyn FnMut(u32, String, Bytes<'_>)) -> Contents {
    let tail = Tail::default();
    let mut archive = Archive::new(tail.of(archive));
    let mut out = Contents::default();
    let mut names = Names::default();
    let entries = match archive.entries() {
        Ok(entries) => entries,
        Err(error) => return Contents { broken: Some(breaks_off(0, &error)), ..out },
    };
    let mut number = 0;
    for entry in entries {
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                out.broken = Some(breaks_off(number as usize, &error));
                break;
            }
        };
        if number as usize == MOST_MEMBERS {
            out.broken = Some(too_many());
            break;
        }
        let name = name_of(&entry.path_bytes());
        let stated = Stated { bytes: entry.size(), crc32: None };
        let member: Bytes<'_> = match kind(entry.header().entry_type()) {
            Held::Nothing => continue,
            Held::NoBytes => {
                out.passed_over.push(name);
                continue;
            }
            Held::Pieces => Box::new(&mut entry),
            Held::Bytes => Box::new(Exact::new(&mut entry, stated)),
        };
        take(number, names.unique(name), member);
        number += 1;
    }
    out.broken = out.broken.or_else(|| tail.missing(number as usize));
    out
}

/// How many zero bytes the reader met last: an archive ends with blocks of them, and one that is cut between two
/// members ends without.
#[derive(Default)]
struct Tail {
    zeros: Rc<Cell<u64>>,
}

struct Tailed<R> {
    inner: R,
    zeros: Rc<Cell<u64>>,
}

impl Tail {
    fn of<R>(&self, inner: R) -> Tailed<R> {
        Tailed { inner, zeros: Rc::clone(&self.zeros) }
    }

    fn missing(&self, members: usize) -> Option<String> {
        const BLOCK: u64 = 512;
        (self.zeros.get() < BLOCK).then(|| {
            format!("as a tar archive it ends after {members} members without an end mark; what came after is lost")
        })
    }
}

impl<R: Read> Read for Tailed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        let got = buffer.get(..n).unwrap_or_default();
        let last = got.iter().rev().take_while(|b| **b == 0).count() as u64;
        self.zeros.set(if last == n as u64 { self.zeros.get() + last } else { last });
        Ok(n)
    }
}

impl<R: Seek> Seek for Tailed<R> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.zeros.set(0);
        self.inner.seek(to)
    }
}

/// What a member is to its archive.
enum Held {
    /// A file in one stretch.
    Bytes,
    /// A file whose holes are left out.
    Pieces,
    /// A link or a device.
    NoBytes,
    /// A directory, or a header for all members.
    Nothing,
}

fn kind(entry: EntryType) -> Held {
    match entry {
        EntryType::Regular | EntryType::Continuous => Held::Bytes,
        EntryType::GNUSparse => Held::Pieces,
        EntryType::Directory | EntryType::XGlobalHeader => Held::Nothing,
        EntryType::Link | EntryType::Symlink | EntryType::Char | EntryType::Block | EntryType::Fifo => {
            Held::NoBytes
        }
        // POSIX: a type that is not known is read as a file.
        _ => Held::Bytes,
    }
}

fn breaks_off(members: usize, error: &io::Error) -> String {
    format!("as a tar archive it breaks off after {members} members ({error}); what comes after is lost")
}

fn too_many() -> String {
    format!("it holds more than {MOST_MEMBERS} members; the rest was not read")
}
