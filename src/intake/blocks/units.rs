//! What a block is read by: its lines, or the elements of a document's array, which are lines to whoever reads them.

use accesstrail_parsers::document::{Elements, State, elements};
use accesstrail_parsers::framing::{Line, Lines};

/// The units of a text.
#[derive(Debug)]
pub enum Units<'t> {
    /// Each line.
    Lines(Lines<'t>),
    /// Each element of a document's array, and how many there were before it.
    Elements(Elements<'t>, usize),
}

impl<'t> Units<'t> {
    pub(super) const fn elements(text: &'t [u8], state: State) -> Self {
        Self::Elements(elements(text, state), 0)
    }
}

impl<'t> Iterator for Units<'t> {
    type Item = Line<'t>;

    #[inline]
    fn next(&mut self) -> Option<Line<'t>> {
        match self {
            Self::Lines(lines) => lines.next(),
            Self::Elements(elements, before) => {
                let unit = elements.next()?;
                let index = *before;
                *before += 1;
                Some(Line { bytes: unit.bytes, offset: unit.offset, index, terminated: unit.closed })
            }
        }
    }
}
