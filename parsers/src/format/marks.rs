//! A line's marks, counted: how a format that cannot read it is told without reading.
//!
//! A file is sniffed by trying every format on many of its lines, and nearly every try fails. Each literal of a template
//! takes bytes of the line for itself, so a line with fewer quotes than the template has is none of its lines.

use memchr::{memchr_iter, memrchr};

/// How many of the marks that stand between columns a unit holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    /// `"`
    pub quotes: usize,
    /// `[`
    pub brackets: usize,
    /// Spaces.
    pub spaces: usize,
    /// Those of them before the last bracket: columns before the time.
    pub spaces_before: usize,
}

impl Marks {
    /// Those of `text`.
    #[must_use]
    pub fn of(text: &[u8]) -> Self {
        let count = |byte, text| memchr_iter(byte, text).count();
        let before = memrchr(b'[', text).and_then(|last| text.get(..last)).unwrap_or_default();
        Self {
            quotes: count(b'"', text),
            brackets: count(b'[', text),
            spaces: count(b' ', text),
            spaces_before: count(b' ', before),
        }
    }

    /// Whether there are at least as many of each.
    #[must_use]
    pub const fn reach(&self, other: &Self) -> bool {
        self.quotes >= other.quotes
            && self.brackets >= other.brackets
            && self.spaces >= other.spaces
            && self.spaces_before >= other.spaces_before
    }
}
