//! Columns that end at a text of their own, for formats that no single separator parts.

use crate::token::cursor::{Cursor, Read};
use crate::token::{number, reason};

/// The text up to `end`, which is passed over.
///
/// # Errors
/// No such end.
pub(super) fn until<'a>(
    line: &mut Cursor<'a>,
    field: &'static str,
    end: &[u8],
    expected: &'static str,
) -> Read<'a, &'a [u8]> {
    line.field = field;
    let cut = memchr::memmem::find(line.rest, end)
        .and_then(|at| Some((line.rest.get(..at)?, line.rest.get(at + end.len()..)?)));
    match cut {
        Some((text, rest)) => {
            line.rest = rest;
            Ok(text)
        }
        None => line.refuse(expected),
    }
}

/// A number, and `end` behind it.
///
/// # Errors
/// Something else stands there.
pub(super) fn number<'a>(
    line: &mut Cursor<'a>,
    field: &'static str,
    end: &[u8],
    expected: &'static str,
) -> Read<'a, u64> {
    line.field = field;
    let (rest, value) = number::unsigned(line.rest).map_err(reason)?;
    line.rest = rest;
    line.literal(end, expected)?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_ends_at_its_text() {
        let mut line = Cursor::new(b"a b | 12 bytes} x", b' ');
        assert_eq!(until(&mut line, "first", b" | ", "a bar"), Ok(&b"a b"[..]));
        assert_eq!(number(&mut line, "second", b" bytes} ", "a unit"), Ok(12));
        let wrong = until(&mut line, "third", b" | ", "a bar").unwrap_err();
        assert_eq!((line.field, wrong.expected, wrong.at), ("third", "a bar", &b"x"[..]));
        assert!(number(&mut line, "third", b"", "").is_err());
    }
}
