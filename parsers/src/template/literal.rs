//! The text between two columns. It is a few bytes long and is compared for every column of every line, so it is held
//! as one word beside its bytes: a call to `memcmp` costs more than the comparison.

use crate::token::near;

/// Bytes that stand in every line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    bytes: Box<[u8]>,
    /// Its first eight bytes, zero behind its end.
    word: u64,
    /// The bits of a line's next eight bytes that are compared with `word`.
    mask: u64,
}

impl Literal {
    pub(super) fn new(bytes: &[u8]) -> Self {
        let (mut word, mut mask) = ([0; 8], [0; 8]);
        for (at, byte) in bytes.iter().enumerate().take(8) {
            word.iter_mut().skip(at).take(1).for_each(|slot| *slot = *byte);
            mask.iter_mut().skip(at).take(1).for_each(|slot| *slot = 0xff);
        }
        Self { bytes: bytes.into(), word: u64::from_le_bytes(word), mask: u64::from_le_bytes(mask) }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What follows it at the front of `text`, if it stands there.
    #[inline]
    pub(super) fn strip<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        match text.first_chunk::<8>() {
            Some(front) if u64::from_le_bytes(*front) & self.mask != self.word => None,
            Some(_) if self.bytes.len() <= 8 => text.get(self.bytes.len()..),
            _ => text.strip_prefix(self.bytes()),
        }
    }

    /// First place of it in `text` at or after `from`.
    #[inline]
    pub(super) fn find(&self, text: &[u8], from: usize) -> Option<usize> {
        let first = *self.bytes.first()?;
        let mut from = from;
        loop {
            let at = from + near::byte(first, text.get(from..)?)?;
            if self.bytes.len() == 1 || self.strip(text.get(at..)?).is_some() {
                return Some(at);
            }
            from = at + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_literal_is_found_and_stripped_as_any_text_is(
            literal in "[ab]{1,10}",
            text in "[ab]{0,40}",
            from in 0..45_usize,
        ) {
            let (compiled, literal, text) = (Literal::new(literal.as_bytes()), literal.as_bytes(), text.as_bytes());
            prop_assert_eq!(compiled.strip(text), text.strip_prefix(literal));
            let rest = text.get(from..).unwrap_or_default();
            let naive = rest.windows(literal.len()).position(|window| window == literal).map(|at| from + at);
            prop_assert_eq!(compiled.find(text, from), naive);
        }
    }

    #[test]
    fn no_text_is_a_prefix_of_everything() {
        assert_eq!(Literal::new(b"").strip(b"abc"), Some(&b"abc"[..]));
        assert_eq!(Literal::new(b"").find(b"abc", 0), None);
    }
}
