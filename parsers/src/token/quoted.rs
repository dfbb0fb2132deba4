//! The end of a quoted column.
//!
//! Apache writes `"` as `\"` and `\` as `\\` since 2.0.46; nginx writes both as `\xHH`. Either way the
//! first quote that no backslash escapes ends the column. Writers before 2.0.46 escape nothing, so a raw
//! quote may stand in a request line; which of several quotes is then the end is decided by
//! [`crate::template`], from the text that must follow, and never guessed.

use super::{Leaf, misshapen, near};
use memchr::memchr2;

/// The text up to the closing quote, which stays in the rest. `i` begins after the opening quote.
pub fn quoted(i: &[u8]) -> Leaf<'_, &[u8]> {
    match end(i, 0).and_then(|end| i.split_at_checked(end)) {
        Some((text, rest)) => Ok((rest, text)),
        None => misshapen("a closing quote", i),
    }
}

/// Position of the first unescaped quote of `i` at or after `from`, where `from` is not inside an escape.
#[must_use]
#[inline]
pub fn end(i: &[u8], from: usize) -> Option<usize> {
    // Nearly always nothing is escaped, and one byte is looked for faster than two.
    let found = from + near::byte(b'"', i.get(from..)?)?;
    match i.get(from..found) {
        Some([.., b'\\']) => behind_escapes(i, from),
        _ => Some(found),
    }
}

/// As [`end`], where the first quote may be an escaped one.
fn behind_escapes(i: &[u8], from: usize) -> Option<usize> {
    let mut from = from;
    loop {
        let found = from + memchr2(b'"', b'\\', i.get(from..)?)?;
        if i.get(found) == Some(&b'"') {
            return Some(found);
        }
        from = found + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_escaped_quote_does_not_end_the_column() {
        assert_eq!(quoted(br#"a \"b\" c" 200"#), Ok((&b"\" 200"[..], &br#"a \"b\" c"#[..])));
        assert_eq!(quoted(br#"a\\" 200"#), Ok((&b"\" 200"[..], &br"a\\"[..])));
        assert_eq!(quoted(br#"\x22" 200"#), Ok((&b"\" 200"[..], &br"\x22"[..])));
    }

    proptest! {
        #[test]
        fn the_end_is_the_first_quote_that_is_not_escaped(
            text in prop::collection::vec(prop_oneof![Just(b'"'), Just(b'\\'), Just(b'x')], 0..60),
            from in 0..8_usize,
        ) {
            let (mut at, mut wanted) = (from, None);
            while wanted.is_none() && at < text.len() {
                match text[at] {
                    b'"' => wanted = Some(at),
                    b'\\' => at += 2,
                    _ => at += 1,
                }
            }
            prop_assert_eq!(end(&text, from), wanted);
        }
    }

    #[test]
    fn a_cut_column_has_no_end() {
        assert!(quoted(b"Mozilla/5.0 (compatible").is_err());
        assert!(quoted(br"a\").is_err() && quoted(br#"a\""#).is_err());
    }
}
