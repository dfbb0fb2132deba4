//! A line's columns, one after the other: each is asked for by its name in the log's own words, so that a fault can say
//! which one failed.

use super::{Leaf, Wrong, near, quoted, reason};
use crate::fault::FaultKind;

/// How far a line has been read.
#[derive(Debug, Clone, Copy)]
pub struct Cursor<'a> {
    /// What has not been read.
    pub rest: &'a [u8],
    /// The column that is being read.
    pub field: &'static str,
    separator: u8,
    /// Whether a column was read: the next one stands behind a separator.
    begun: bool,
}

/// A column, or why there is none.
pub type Read<'a, T> = Result<T, Wrong<'a>>;

impl<'a> Cursor<'a> {
    /// At the front of `line`, whose columns are parted by one `separator` each.
    #[must_use]
    pub const fn new(line: &'a [u8], separator: u8) -> Self {
        Self { rest: line, field: "line", separator, begun: false }
    }

    /// Whether nothing is left.
    #[must_use]
    pub const fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Begins the column `field`: passes over the separator before it.
    ///
    /// # Errors
    /// The line ends before it, or something else stands there.
    pub fn begin(&mut self, field: &'static str) -> Read<'a, ()> {
        self.field = field;
        if !std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        match self.rest.split_first() {
            Some((byte, rest)) if *byte == self.separator => {
                self.rest = rest;
                Ok(())
            }
            None => self.refuse("this column; the line ends before it"),
            Some(_) => self.refuse("the end of the column before"),
        }
    }

    /// A refusal here.
    ///
    /// # Errors
    /// Always.
    pub fn refuse<T>(&self, expected: &'static str) -> Read<'a, T> {
        Err(Wrong { kind: FaultKind::Syntax, expected, at: self.rest })
    }

    /// The column up to the next separator or the end; may be empty.
    ///
    /// # Errors
    /// The line ends before it.
    pub fn word(&mut self, field: &'static str) -> Read<'a, &'a [u8]> {
        self.begin(field)?;
        let length = near::byte(self.separator, self.rest).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(length).unwrap_or_default();
        self.rest = rest;
        Ok(word)
    }

    /// As [`Cursor::word`]; a `-` or nothing is [`None`].
    ///
    /// # Errors
    /// The line ends before it.
    pub fn some(&mut self, field: &'static str) -> Read<'a, Option<&'a [u8]>> {
        self.word(field).map(logged)
    }

    /// A column in quotes in which `\` escapes; without them.
    ///
    /// # Errors
    /// No quote before or behind it.
    pub fn quoted(&mut self, field: &'static str) -> Read<'a, &'a [u8]> {
        self.begin(field)?;
        let Some(inner) = self.rest.strip_prefix(b"\"") else {
            return self.refuse("a quote before this column");
        };
        let cut = quoted::end(inner, 0).and_then(|end| inner.split_at_checked(end));
        let Some((text, rest)) = cut else { return self.refuse("a closing quote") };
        self.rest = rest.get(1..).unwrap_or_default();
        Ok(text)
    }

    /// A column by a leaf.
    ///
    /// # Errors
    /// What the leaf refuses.
    pub fn by<T>(&mut self, field: &'static str, leaf: impl FnOnce(&'a [u8]) -> Leaf<'a, T>) -> Read<'a, T> {
        self.begin(field)?;
        let (rest, value) = leaf(self.rest).map_err(reason)?;
        self.rest = rest;
        Ok(value)
    }

    /// Text that must stand here, without a separator before it.
    ///
    /// # Errors
    /// Something else stands there.
    pub fn literal(&mut self, text: &[u8], expected: &'static str) -> Read<'a, ()> {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                Ok(())
            }
            None => self.refuse(expected),
        }
    }

    /// Nothing but spaces is left.
    ///
    /// # Errors
    /// Something is.
    pub fn end(&mut self) -> Read<'a, ()> {
        self.field = "line";
        if self.rest.iter().all(|byte| *byte == b' ') { Ok(()) } else { self.refuse("the end of the line") }
    }
}

/// The text of a column where `-` or nothing means that there is none.
#[must_use]
pub fn logged(text: &[u8]) -> Option<&[u8]> {
    Some(text).filter(|text| !matches!(*text, b"" | b"-"))
}

/// All of `text` by a leaf.
///
/// # Errors
/// What the leaf refuses, or text behind it.
pub fn all<'a, T>(text: &'a [u8], leaf: impl FnOnce(&'a [u8]) -> Leaf<'a, T>) -> Read<'a, T> {
    let (rest, value) = leaf(text).map_err(reason)?;
    match rest {
        [] => Ok(value),
        _ => Err(Wrong { kind: FaultKind::Syntax, expected: "the end of this column", at: rest }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::number;

    #[test]
    fn columns_come_one_after_the_other_and_a_refusal_names_its_own() {
        let mut line = Cursor::new(br#"a - "b \" c" 200 "#, b' ');
        assert_eq!(line.word("first"), Ok(&b"a"[..]));
        assert_eq!(line.some("second"), Ok(None));
        assert_eq!(line.quoted("third"), Ok(&br#"b \" c"#[..]));
        assert_eq!(line.by("fourth", number::status), Ok(Some(200)));
        assert_eq!(line.end(), Ok(()));
        assert_eq!(line.word("fifth"), Ok(&b""[..]));
        let wrong = line.word("sixth").unwrap_err();
        assert_eq!(
            (line.field, wrong.expected, wrong.at),
            ("sixth", "this column; the line ends before it", &b""[..])
        );
    }

    #[test]
    fn what_stands_behind_a_closing_quote_is_no_column() {
        let mut line = Cursor::new(br#""a"b c"#, b' ');
        assert_eq!(line.quoted("one"), Ok(&b"a"[..]));
        assert!(line.word("two").is_err());
        assert!(Cursor::new(b"\"a", b' ').quoted("one").is_err());
        assert_eq!(all(b"12x", number::unsigned).map_err(|wrong| wrong.at), Err(&b"x"[..]));
    }
}
