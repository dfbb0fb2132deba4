//! Bytes → lines: one partition of a block that can be put together again.
//!
//! A line ends at LF; the CR of a CRLF belongs to the ending, not to the line. A lone CR stays in the
//! line, and so does a CR at the end of a line that has no LF yet. Whether an unterminated last line is
//! torn, and what is too long, is for the reader to say: it knows whether the stream has ended.
//! In UTF-16 the same holds of its code units ([`crate::encoding`]).

use crate::encoding::Encoding;
use memchr::memchr;

/// One line of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// The line without its ending.
    pub bytes: &'a [u8],
    /// Where it begins in the block.
    pub offset: usize,
    /// 0-based number of the line in the block.
    pub index: usize,
    /// Whether it has an ending (LF or CRLF); only the last line of a block may lack one.
    pub terminated: bool,
}

/// The lines of `block`, in order. An empty block has none.
#[must_use]
#[inline]
pub fn lines(block: &[u8]) -> Lines<'_> {
    lines_of(block, Encoding::Bytes)
}

/// The lines of `block` in its encoding, as raw bytes ([`Encoding::text`] decodes one). In UTF-16 the block
/// has to begin at an even offset of the stream.
#[must_use]
#[inline]
pub fn lines_of(block: &[u8], encoding: Encoding) -> Lines<'_> {
    Lines { block, encoding, offset: 0, index: 0 }
}

/// Iterator over the lines of a block; see [`lines_of`].
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    block: &'a [u8],
    encoding: Encoding,
    offset: usize,
    index: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    #[inline]
    fn next(&mut self) -> Option<Line<'a>> {
        let rest = self.block.get(self.offset..).filter(|rest| !rest.is_empty())?;
        let (bytes, taken, terminated) = match self.encoding.newline_end(rest, 0) {
            Some(end) => (rest.get(..end - self.encoding.newline_bytes()).unwrap_or(rest), end, true),
            None => (rest, rest.len(), false),
        };
        let bytes = if terminated { self.encoding.without_cr(bytes) } else { bytes };
        let line = Line { bytes, offset: self.offset, index: self.index, terminated };
        self.offset += taken;
        self.index += 1;
        Some(line)
    }
}

/// Whether a line holds nothing but spaces, tabs and CRs.
#[must_use]
pub fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
}

/// Whether a line holds a NUL byte (a torn page, a sparse tail, an UTF-16 file).
#[must_use]
pub fn holds_nul(line: &[u8]) -> bool {
    memchr(0, line).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shapes(block: &[u8]) -> Vec<(&[u8], usize, usize, bool)> {
        lines(block).map(|line| (line.bytes, line.offset, line.index, line.terminated)).collect()
    }

    #[test]
    fn crlf_and_lf_may_alternate_in_one_file() {
        let found = shapes(b"a\r\nb\n\nc");
        let wanted: Vec<(&[u8], usize, usize, bool)> =
            vec![(b"a", 0, 0, true), (b"b", 3, 1, true), (b"", 5, 2, true), (b"c", 6, 3, false)];
        assert_eq!(found, wanted);
    }

    #[test]
    fn an_empty_block_has_no_line() {
        assert_eq!(lines(b"").count(), 0);
    }

    #[test]
    fn torn_last_line_is_unterminated_and_keeps_its_cr() {
        assert_eq!(shapes(b"a\nb\r"), vec![(&b"a"[..], 0, 0, true), (&b"b\r"[..], 2, 1, false)]);
    }

    #[test]
    fn only_spaces_tabs_and_cr_are_blank() {
        assert!(is_blank(b" \t\r") && is_blank(b""));
        assert!(!is_blank(b" - ") && !is_blank(b"\0"));
        assert!(holds_nul(b"a\0b") && !holds_nul(b"ab"));
    }

    proptest! {
        /// METHOD M1.1: every byte belongs to exactly one line or ending.
        #[test]
        fn lines_and_endings_concatenate_to_the_block(block in prop::collection::vec(
            prop_oneof![Just(b'\n'), Just(b'\r'), Just(0), any::<u8>()], 0..200)) {
            let mut rebuilt = Vec::new();
            let all: Vec<_> = lines(&block).collect();
            for (n, line) in all.iter().enumerate() {
                prop_assert_eq!(line.offset, rebuilt.len());
                prop_assert_eq!(line.index, n);
                prop_assert!(line.terminated || n + 1 == all.len());
                let next = all.get(n + 1).map_or(block.len(), |next| next.offset);
                let ending = &block[line.offset + line.bytes.len()..next];
                prop_assert!(ending == b"\n" || ending == b"\r\n" || (!line.terminated && ending.is_empty()));
                rebuilt.extend_from_slice(line.bytes);
                rebuilt.extend_from_slice(ending);
            }
            prop_assert_eq!(rebuilt, block);
        }
    }
}
