//! A member that must have the length, and the checksum, that its archive states. An archive that is cut gives
//! short members without a word; here they are errors.

use std::io::{self, Read};

/// What an archive states of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stated {
    /// Length of its content.
    pub bytes: u64,
    /// CRC-32 of its content, where there is one.
    pub crc32: Option<u32>,
}

/// A reader held to what was stated.
pub struct Exact<R> {
    inner: R,
    stated: Stated,
    given: u64,
    crc: flate2::Crc,
}

impl<R: Read> Exact<R> {
    /// Holds `inner` to `stated`.
    pub fn new(inner: R, stated: Stated) -> Self {
        Self { inner, stated, given: 0, crc: flate2::Crc::new() }
    }
}

impl<R: Read> Read for Exact<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wrong = |text: &str| Err(io::Error::new(io::ErrorKind::InvalidData, text));
        let n = self.inner.read(buffer)?;
        self.given += n as u64;
        self.crc.update(buffer.get(..n).unwrap_or_default());
        if self.given > self.stated.bytes {
            return wrong("it is longer than its archive states");
        }
        if n == 0 && !buffer.is_empty() {
            if self.given < self.stated.bytes {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "its archive ends within it"));
            }
            if self.stated.crc32.is_some_and(|crc| crc != self.crc.sum()) {
                return wrong("its checksum is not the one its archive states");
            }
        }
        Ok(n)
    }
}

/// A member that lies as it is in its archive.
pub fn stored<R: Read>(stretch: R, bytes: u64) -> Exact<R> {
    Exact::new(stretch, Stated { bytes, crc32: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8], bytes: u64, crc32: Option<u32>) -> Result<usize, io::ErrorKind> {
        let mut out = Vec::new();
        Exact::new(text, Stated { bytes, crc32 }).read_to_end(&mut out).map_err(|e| e.kind())
    }

    #[test]
    fn a_member_that_is_short_long_or_changed_is_an_error() {
        const CRC_OF_ABC: u32 = 0x3524_41c2;
        assert_eq!(read(b"abc", 3, Some(CRC_OF_ABC)), Ok(3));
        assert_eq!(read(b"abc", 3, None), Ok(3));
        assert_eq!(read(b"abc", 4, None), Err(io::ErrorKind::UnexpectedEof));
        assert_eq!(read(b"abc", 2, None), Err(io::ErrorKind::InvalidData));
        assert_eq!(read(b"abd", 3, Some(CRC_OF_ABC)), Err(io::ErrorKind::InvalidData));
    }
}
