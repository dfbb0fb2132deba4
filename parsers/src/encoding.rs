//! UTF-16 files: where their lines end, and their text as UTF-8.
//!
//! Told by the byte order mark alone: a file without one is bytes, whatever they look like. In UTF-16 a
//! newline is the code unit U+000A; its two byte values stand side by side in other text too (U+0A00
//! U+000A, or the halves of U+0A0A), so it is looked for at even offsets of the stream only.
//!
//! Offsets and numbers of lines stay those of the file's own bytes; only the text that formats read is
//! decoded. A line that does not decode is a fault of kind `encoding`, never repaired.
//!
//! Not done: UTF-32 (its mark begins like that of UTF-16; its lines hold NULs), and UTF-16 without a mark,
//! which also shows as NULs.

use crate::fault::{Fault, FaultKind};
use memchr::{memchr, memchr_iter, memrchr};

/// How a file writes text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Encoding {
    /// Bytes, read as they stand: ASCII, UTF-8, or an old code page.
    #[default]
    Bytes,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

/// What the first bytes of a file declare, and how long the byte order mark is: 2 for UTF-16, 3 for UTF-8,
/// 0 where there is none.
#[must_use]
pub fn told(head: &[u8]) -> (Encoding, usize) {
    match head {
        [0xff, 0xfe, ..] => (Encoding::Utf16Le, 2),
        [0xfe, 0xff, ..] => (Encoding::Utf16Be, 2),
        [0xef, 0xbb, 0xbf, ..] => (Encoding::Bytes, 3),
        _ => (Encoding::Bytes, 0),
    }
}

impl Encoding {
    /// The word used in every output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
        }
    }

    /// Index just after the first newline that begins at or after `from`. In UTF-16 `bytes` has to begin at
    /// an even offset of the stream (a byte order mark of two bytes leaves it even).
    #[must_use]
    #[inline]
    pub fn newline_end(self, bytes: &[u8], from: usize) -> Option<usize> {
        if self == Self::Bytes {
            return memchr(b'\n', bytes.get(from..)?).map(|at| from + at + 1);
        }
        let mut from = from;
        loop {
            let at = from + memchr(b'\n', bytes.get(from..)?)?;
            match self.newline_begin(bytes, at) {
                Some(begin) if begin >= from => return Some(begin + 2),
                _ => from = at + 1,
            }
        }
    }

    /// Index just after the last newline.
    #[must_use]
    pub fn last_newline_end(self, bytes: &[u8]) -> Option<usize> {
        let mut until = bytes.len();
        loop {
            let at = memrchr(b'\n', bytes.get(..until)?)?;
            if self == Self::Bytes {
                return Some(at + 1);
            }
            if let Some(begin) = self.newline_begin(bytes, at) {
                return Some(begin + 2);
            }
            until = at;
        }
    }

    /// How many newlines there are.
    #[must_use]
    pub fn count_newlines(self, bytes: &[u8]) -> u64 {
        let all = memchr_iter(b'\n', bytes);
        let count = match self {
            Self::Bytes => all.count(),
            _ => all.filter(|at| self.newline_begin(bytes, *at).is_some()).count(),
        };
        count as u64
    }

    /// Where the newline of UTF-16 begins whose byte 0x0A stands at `at`, if it is one.
    fn newline_begin(self, bytes: &[u8], at: usize) -> Option<usize> {
        let begin = if self == Self::Utf16Be { at.checked_sub(1)? } else { at };
        let unit = bytes.get(begin..)?.first_chunk::<2>()?;
        (begin.is_multiple_of(2) && self.unit(*unit) == 0x0a).then_some(begin)
    }

    const fn unit(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Utf16Be => u16::from_be_bytes(bytes),
            Self::Utf16Le | Self::Bytes => u16::from_le_bytes(bytes),
        }
    }

    /// A line without the CR of its CRLF.
    pub(crate) fn without_cr(self, line: &[u8]) -> &[u8] {
        match (self, line) {
            (Self::Bytes, [rest @ .., b'\r']) => rest,
            (Self::Utf16Le, [rest @ .., b'\r', 0]) | (Self::Utf16Be, [rest @ .., 0, b'\r']) => {
                if rest.len().is_multiple_of(2) { rest } else { line }
            }
            _ => line,
        }
    }

    /// Length of a newline in bytes.
    #[must_use]
    pub const fn newline_bytes(self) -> usize {
        match self {
            Self::Bytes => 1,
            Self::Utf16Le | Self::Utf16Be => 2,
        }
    }

    /// The text that formats read: the line itself, or its UTF-8 in `out`. A byte order mark before it is
    /// left out: files that begin with one have been written one behind the other.
    ///
    /// # Errors
    /// A fault of kind `encoding` at the first code unit that is none.
    #[inline]
    pub fn text<'a>(self, line: &'a [u8], out: &'a mut Vec<u8>) -> Result<&'a [u8], Fault<'a>> {
        if self == Self::Bytes {
            return Ok(unmarked(line));
        }
        let wanted = "UTF-16, as the file's first bytes declare";
        match decode(self, line, out) {
            Ok(()) => Ok(unmarked(out)),
            Err(offset) => Err(Fault::at(FaultKind::Encoding, "line", wanted, line, offset)),
        }
    }
}

/// A text without the byte order mark of UTF-8 at its front.
#[must_use]
#[inline]
pub fn unmarked(text: &[u8]) -> &[u8] {
    match text {
        [0xef, 0xbb, 0xbf, rest @ ..] => rest,
        _ => text,
    }
}

/// Decodes a line to UTF-8, in place of what `out` holds; bytes are copied as they are.
///
/// # Errors
/// The offset of the first lone surrogate, or of an odd last byte.
pub fn decode(encoding: Encoding, line: &[u8], out: &mut Vec<u8>) -> Result<(), usize> {
    out.clear();
    if encoding == Encoding::Bytes {
        out.extend_from_slice(line);
        return Ok(());
    }
    let (units, odd) = line.as_chunks::<2>();
    let mut offset = 0;
    for letter in char::decode_utf16(units.iter().map(|unit| encoding.unit(*unit))) {
        let letter = letter.map_err(|_lone_surrogate| offset)?;
        out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        offset += 2 * letter.len_utf16();
    }
    if odd.is_empty() { Ok(()) } else { Err(offset) }
}

#[cfg(test)]
mod tests;
