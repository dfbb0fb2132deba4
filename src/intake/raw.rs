//! The bytes of one file as handed over: read once, in full buffers, counted, and hashed where the content is
//! something else than they are.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::rc::Rc;

use sha2::{Digest, Sha256};

use super::find::Place;
use super::seal::hex;

/// What the path said of a file when it was opened, to tell whether it changed meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    bytes: u64,
    modified: Option<std::time::SystemTime>,
    /// Device and number of the file: another one may have been renamed to the path.
    node: (u64, u64),
}

impl Stamp {
    fn of(file: &std::fs::Metadata) -> Self {
        Self { bytes: file.len(), modified: file.modified().ok(), node: node(file) }
    }

    /// Whether the file at `path` is still as it was.
    #[must_use]
    pub fn holds(&self, path: &Path) -> bool {
        std::fs::metadata(path).is_ok_and(|now| Self::of(&now) == *self)
    }
}

#[cfg(unix)]
fn node(file: &std::fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (file.dev(), file.ino())
}

#[cfg(not(unix))]
fn node(_file: &std::fs::Metadata) -> (u64, u64) {
    (0, 0)
}

struct Inner {
    reader: Box<dyn Read>,
    bytes: u64,
    sha256: Option<Sha256>,
    /// A failed read fails for good: a later reader must not take its end for the file's.
    failed: bool,
}

/// One open file. Decoders read a clone; the original still counts, and reads the rest they left.
#[derive(Clone)]
pub struct Raw {
    inner: Rc<RefCell<Inner>>,
    opened: Option<Rc<(Place, Stamp)>>,
    regular: bool,
}

impl Raw {
    /// Opens `place` read-only.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(place: &Place) -> io::Result<Self> {
        let path = match place {
            Place::Stdin => return Ok(Self::of(Box::new(io::stdin()), None, false)),
            Place::File(path) => path,
        };
        let file = File::open(path)?;
        let meta = file.metadata()?;
        if meta.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a directory"));
        }
        // A log that is still written is read up to its size at opening, so that the answer has an end.
        // Files that the kernel makes up say 0 and hold more.
        let limit = if meta.is_file() && meta.len() > 0 { meta.len() } else { u64::MAX };
        let opened = Some(Rc::new((place.clone(), Stamp::of(&meta))));
        Ok(Self::of(Box::new(file.take(limit)), opened, meta.is_file()))
    }

    /// Opens one stretch of a regular file.
    ///
    /// # Errors
    /// What the system says.
    pub fn stretch(path: &Path, offset: u64, bytes: u64) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let opened = Some(Rc::new((Place::File(path.to_owned()), Stamp::of(&file.metadata()?))));
        file.seek(io::SeekFrom::Start(offset))?;
        Ok(Self::of(Box::new(file.take(bytes)), opened, false))
    }

    fn of(reader: Box<dyn Read>, opened: Option<Rc<(Place, Stamp)>>, regular: bool) -> Self {
        let inner = Inner { reader, bytes: 0, sha256: None, failed: false };
        Self { inner: Rc::new(RefCell::new(inner)), opened, regular }
    }

    /// Whether it is a regular file, which can be opened again and read anywhere.
    #[must_use]
    pub fn is_regular(&self) -> bool {
        self.regular
    }

    /// Bytes read so far.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.inner.borrow().bytes
    }

    /// Hashes from here on; `head` is what was read before.
    pub fn seal(&self, head: &[u8]) {
        self.inner.borrow_mut().sha256 = Some(Sha256::new_with_prefix(head));
    }

    /// Reads what the decoders left, so that a file that is broken in the middle is hashed to its end all the same,
    /// and gives the hash; `None` where nothing was sealed.
    ///
    /// # Errors
    /// What the system says of the rest of the file.
    pub fn sha256(&mut self) -> io::Result<Option<String>> {
        if self.inner.borrow().sha256.is_none() {
            return Ok(None);
        }
        io::copy(&mut io::BufReader::with_capacity(1 << 18, self.clone()), &mut io::sink())?;
        Ok(self.inner.borrow_mut().sha256.take().map(|state| hex(&state.finalize())))
    }

    /// Whether size or modification time changed since opening.
    #[must_use]
    pub fn changed_meanwhile(&self) -> bool {
        match self.opened.as_deref() {
            Some((Place::File(path), stamp)) => !stamp.holds(path),
            _ => false,
        }
    }

    /// What the path said of the file when it was opened.
    #[must_use]
    pub fn stamp(&self) -> Option<Stamp> {
        self.opened.as_deref().map(|(_, stamp)| stamp.clone())
    }
}

impl Read for Raw {
    /// Fills the buffer unless the file ends: what a decoder has taken at some point of its content then depends on
    /// the file alone, and not on how fast a pipe is.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut inner = self.inner.borrow_mut();
        if inner.failed {
            return Err(io::Error::other("the file could not be read"));
        }
        let mut filled = 0;
        while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
            match inner.reader.read(room) {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                // What came before the error is given first.
                Err(_again) if filled > 0 => break,
                Err(e) => {
                    inner.failed = true;
                    return Err(e);
                }
            }
        }
        inner.bytes += filled as u64;
        let got = buffer.get(..filled).unwrap_or_default();
        if let Some(state) = &mut inner.sha256 {
            state.update(got);
        }
        Ok(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A member is opened by its archive's path: another file there, of the same length and time, is another state.
    #[cfg(unix)]
    #[test]
    fn a_file_renamed_over_another_of_the_same_length_and_time_does_not_hold_its_stamp() {
        let dir = tempfile::tempdir().unwrap();
        let (path, other) = (dir.path().join("logs.tar"), dir.path().join("other.tar"));
        std::fs::write(&path, b"one\n").unwrap();
        std::fs::write(&other, b"two\n").unwrap();
        let raw = Raw::open(&Place::File(path.clone())).unwrap();
        let stamp = raw.stamp().unwrap();
        let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
        File::options().write(true).open(&other).unwrap().set_modified(modified).unwrap();
        assert!(stamp.holds(&path) && !raw.changed_meanwhile());
        std::fs::rename(&other, &path).unwrap();
        assert!(!stamp.holds(&path) && raw.changed_meanwhile());
        std::fs::remove_file(&path).unwrap();
        assert!(!stamp.holds(&path));
    }
}
