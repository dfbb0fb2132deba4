//! Opens one file read-only and undoes its compression, told by its first bytes and never by its name.

use std::fs::File;
use std::io::{self, BufReader, Read};

use flate2::read::MultiGzDecoder;

use super::find::Place;
use super::seal::{Tap, Tapped};

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const READ_BYTES: usize = 1 << 18;

/// The one reader of evidence.
pub struct Stream {
    inner: Inner,
    /// What the path said of the file when it was opened, to tell whether it changed meanwhile.
    opened: Option<(Place, Stamp)>,
}

type Raw = Box<dyn Read + Send>;

enum Inner {
    Plain(Raw),
    /// The decoder, and the hash of the file as handed over.
    Gzip(Box<MultiGzDecoder<Tapped<BufReader<Raw>>>>, Tap),
}

#[derive(PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<std::time::SystemTime>,
}

impl Stamp {
    fn of(file: &std::fs::Metadata) -> Self {
        Self { bytes: file.len(), modified: file.modified().ok() }
    }
}

/// Opens `place`.
///
/// # Errors
/// What the system says; the caller makes it the state of the file.
pub fn open(place: &Place) -> io::Result<Stream> {
    match place {
        Place::Stdin => stream(Box::new(io::stdin()), None),
        Place::File(path) => {
            let file = File::open(path)?;
            let meta = file.metadata()?;
            if meta.is_dir() {
                return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a directory"));
            }
            // A log that is still written is read up to its size at opening, so that the answer has an end.
            // Files that the kernel makes up say 0 and hold more.
            let limit = if meta.is_file() && meta.len() > 0 { meta.len() } else { u64::MAX };
            stream(Box::new(file.take(limit)), Some((place.clone(), Stamp::of(&meta))))
        }
    }
}

fn stream(mut raw: Raw, opened: Option<(Place, Stamp)>) -> io::Result<Stream> {
    let mut head = Vec::with_capacity(GZIP_MAGIC.len());
    (&mut raw).take(GZIP_MAGIC.len() as u64).read_to_end(&mut head)?;
    let gzip = head == GZIP_MAGIC;
    let whole: Raw = Box::new(io::Cursor::new(head).chain(raw));
    let inner = if gzip {
        let tap = Tap::default();
        let tapped = tap.on(BufReader::with_capacity(READ_BYTES, whole));
        Inner::Gzip(Box::new(MultiGzDecoder::new(tapped)), tap)
    } else {
        Inner::Plain(whole)
    };
    Ok(Stream { inner, opened })
}

impl Stream {
    /// SHA-256 of the file as handed over, where that is not the hash of its content. Reads what the decoder left
    /// unread: a file that is broken in the middle is hashed to its end all the same.
    ///
    /// # Errors
    /// What the system says of the rest of the file.
    pub fn outer_sha256(&mut self) -> io::Result<Option<String>> {
        match &mut self.inner {
            Inner::Plain(_) => Ok(None),
            Inner::Gzip(decoder, tap) => {
                io::copy(decoder.get_mut(), &mut io::sink())?;
                Ok(Some(tap.finish()))
            }
        }
    }

    /// Whether size or modification time changed since opening.
    #[must_use]
    pub fn changed_meanwhile(&self) -> bool {
        match &self.opened {
            Some((Place::File(path), stamp)) => {
                std::fs::metadata(path).map_or(true, |now| Stamp::of(&now) != *stamp)
            }
            _ => false,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.inner {
            Inner::Plain(raw) => raw.read(buffer),
            Inner::Gzip(decoder, _) => decoder.read(buffer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn member(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn every_member_of_a_gzip_is_read_and_both_hashes_are_taken() {
        let dir = tempfile::tempdir().unwrap();
        // No extension: the content decides.
        let path = dir.path().join("rotated");
        let bytes = [member(b"one\n"), member(b"two\n")].concat();
        std::fs::write(&path, &bytes).unwrap();
        let mut stream = open(&Place::File(path)).unwrap();
        let mut text = Vec::new();
        stream.read_to_end(&mut text).unwrap();
        assert_eq!(text, b"one\ntwo\n");
        assert_eq!(stream.outer_sha256().unwrap(), Some(super::super::seal::sha256_hex(&bytes)));
        assert!(!stream.changed_meanwhile());
    }

    /// METHOD M1.4: the hash is of the file as handed over, whatever of it can be read.
    #[test]
    fn a_gzip_that_is_broken_or_followed_by_other_bytes_is_hashed_to_its_end() {
        let dir = tempfile::tempdir().unwrap();
        let mut broken = member(&b"one\n".repeat(100_000));
        let middle = broken.len() / 2;
        broken[middle] ^= 0xff;
        for bytes in [[member(b"one\n"), b"trailing bytes".repeat(50_000)].concat(), broken] {
            let path = dir.path().join("f.gz");
            std::fs::write(&path, &bytes).unwrap();
            let mut stream = open(&Place::File(path)).unwrap();
            let mut text = Vec::new();
            assert!(stream.read_to_end(&mut text).is_err());
            assert_eq!(stream.outer_sha256().unwrap(), Some(super::super::seal::sha256_hex(&bytes)));
        }
    }

    #[test]
    fn a_file_that_grows_is_read_to_its_size_at_opening_and_said_to_have_changed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("live.log");
        std::fs::write(&path, b"first\n").unwrap();
        let mut stream = open(&Place::File(path.clone())).unwrap();
        std::fs::write(&path, b"first\nsecond\n").unwrap();
        let mut text = Vec::new();
        stream.read_to_end(&mut text).unwrap();
        assert_eq!(text, b"first\n");
        assert!(stream.changed_meanwhile());
    }

    #[test]
    fn a_file_of_one_byte_and_an_empty_file_are_streams_too() {
        let dir = tempfile::tempdir().unwrap();
        for content in [&b""[..], &b"x"[..]] {
            let path = dir.path().join("f");
            std::fs::write(&path, content).unwrap();
            let mut text = Vec::new();
            open(&Place::File(path)).unwrap().read_to_end(&mut text).unwrap();
            assert_eq!(text, content);
        }
    }
}
