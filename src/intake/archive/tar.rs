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
    // Archives that were joined end in several marks; all of them are read.
    archive.set_ignore_zeros(true);
    let mut out = Contents::default();
    let mut names = Names::default();
    for entry in archive.entries_with_seek()? {
        tail.in_headers();
        let mut entry = match entry {
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
                let at = if is_pax_sparse(&mut entry) {
                    At::Refused(PAX_SPARSE.to_owned())
                } else {
                    At::Stored { offset: entry.raw_file_position(), bytes: entry.size() }
                };
                out.members.push(Member { name, at });
            }
        }
    }
    out.broken = out.broken.or_else(|| tail.missing(out.members.len()));
    Ok(Some(out))
}

/// Reads an archive in its order: `take` is given each member with its number and name.
pub fn each(archive: Bytes<'_>, take: &mut dyn FnMut(u32, String, io::Result<Bytes<'_>>)) -> Contents {
    let tail = Tail::default();
    let mut archive = Archive::new(tail.of(archive));
    // With this the reader goes on to the end of the bytes, where a compression's checksum is.
    archive.set_ignore_zeros(true);
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
        tail.in_member();
        match kind(entry.header().entry_type()) {
            Held::Nothing => {}
            Held::NoBytes => out.passed_over.push(name),
            Held::Bytes if is_pax_sparse(&mut entry) => {
                let refused = io::Error::new(io::ErrorKind::Unsupported, PAX_SPARSE);
                take(number, names.unique(name), Err(refused));
                number += 1;
            }
            held => {
                let member: Bytes<'_> = match held {
                    Held::Pieces => Box::new(&mut entry),
                    _ => Box::new(Exact::new(&mut entry, stated)),
                };
                take(number, names.unique(name), Ok(member));
                number += 1;
            }
        }
        // What of the member was not wanted is passed over; an error there is met again by the next header.
        let _read_or_met_again = io::copy(&mut entry, &mut io::sink());
        tail.in_headers();
    }
    out.broken = out.broken.or_else(|| tail.missing(number as usize));
    out
}

const PAX_SPARSE: &str =
    "it is a sparse file in pax form, whose holes are described inside it; unpack it first";

/// Whether the member is GNU tar's sparse file in pax form, which looks like an ordinary one.
fn is_pax_sparse<R: Read>(entry: &mut tar::Entry<'_, R>) -> bool {
    let Ok(Some(extensions)) = entry.pax_extensions() else { return false };
    extensions.flatten().any(|e| e.key_bytes().starts_with(b"GNU.sparse."))
}

/// What the archive's reader takes besides the members: its headers, and the zeros at its end.
#[derive(Default, Clone)]
struct Tail {
    state: Rc<Cell<Taken>>,
}

#[derive(Default, Clone, Copy)]
struct Taken {
    /// Zero bytes met last: an archive ends with blocks of them, and one that is cut between two members ends without.
    zeros: u64,
    /// Bytes of headers since the last member, and those of them that are not zero.
    headers: u64,
    text: u64,
    in_member: bool,
}

/// Long names and attributes of one member; the library holds them in memory, whatever their header says.
const MOST_HEADERS: u64 = 1 << 20;
/// The same, zeros included.
const MOST_ZEROS: u64 = 16 << 20;

struct Tailed<R> {
    inner: R,
    tail: Tail,
}

impl Tail {
    fn of<R>(&self, inner: R) -> Tailed<R> {
        Tailed { inner, tail: self.clone() }
    }

    fn in_member(&self) {
        self.state.set(Taken { in_member: true, ..self.state.get() });
    }

    fn in_headers(&self) {
        self.state.set(Taken { in_member: false, headers: 0, text: 0, ..self.state.get() });
    }

    fn missing(&self, members: usize) -> Option<String> {
        const BLOCK: u64 = 512;
        (self.state.get().zeros < BLOCK).then(|| {
            format!("as a tar archive it ends after {members} members without an end mark; what came after is lost")
        })
    }
}

impl<R: Read> Read for Tailed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        let got = buffer.get(..n).unwrap_or_default();
        let mut taken = self.tail.state.get();
        let last = got.iter().rev().take_while(|b| **b == 0).count() as u64;
        taken.zeros = if last == n as u64 { taken.zeros + last } else { last };
        if !taken.in_member {
            taken.text += got.iter().filter(|b| **b != 0).count() as u64;
            // Zeros before a header are padding, those after one can be its own.
            taken.headers += if taken.text > 0 { n as u64 } else { 0 };
        }
        self.tail.state.set(taken);
        if taken.text > MOST_HEADERS || taken.headers > MOST_ZEROS {
            return Err(io::Error::other("the headers of one member are longer than 1 MiB"));
        }
        Ok(n)
    }
}

impl<R: Seek> Seek for Tailed<R> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        // The library asks where it is by seeking nowhere.
        if to != io::SeekFrom::Current(0) {
            self.tail.state.set(Taken { zeros: 0, ..self.tail.state.get() });
        }
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
    format!(
        "as a tar archive it cannot be read on after {members} members ({error}); what comes after is lost, and where a checksum fails what came before may be damaged"
    )
}

fn too_many() -> String {
    format!("it holds more than {MOST_MEMBERS} members; the rest was not read")
}
