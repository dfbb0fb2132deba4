//! A whole line in one more pair of double quotes, as spreadsheets and scripts leave it.
//!
//! What the writer did to the quotes inside is told from all of them together: each doubled (CSV), each
//! behind a backslash, or nothing. Where all backslashes stand in pairs of their own or before a quote, the
//! writer doubled its backslashes as well, and both are undone; else a backslash is the log's own.

use super::{Kind, Peeled};
use memchr::{memchr, memchr_iter};

pub(super) fn peel<'a>(line: &'a [u8], scratch: &'a mut Vec<u8>) -> Option<Peeled<'a>> {
    let inner = line.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let payload = if memchr(b'"', inner).is_none() {
        inner
    } else if all_doubled(inner) {
        without(inner, scratch, |pair| pair == *b"\"\"");
        scratch
    } else if all_behind_backslash(inner) {
        let both = backslashes_are_escaped(inner);
        without(inner, scratch, |pair| pair == *b"\\\"" || (both && pair == *b"\\\\"));
        scratch
    } else {
        inner
    };
    Some(Peeled::of(Kind::Quoted, payload, None))
}

/// Whether quotes stand in pairs only.
fn all_doubled(inner: &[u8]) -> bool {
    pairs(inner, b'"').all(|next| next == Some(b'"'))
}

/// Whether a backslash stands right before each quote.
fn all_behind_backslash(inner: &[u8]) -> bool {
    memchr_iter(b'"', inner).all(|at| at.checked_sub(1).and_then(|before| inner.get(before)) == Some(&b'\\'))
}

/// Whether, read from left to right, each backslash escapes a quote or a backslash and no quote stands alone.
fn backslashes_are_escaped(inner: &[u8]) -> bool {
    let mut escaped = false;
    for byte in inner {
        match (escaped, byte) {
            (true, b'"' | b'\\') => escaped = false,
            (true, _) | (false, b'"') => return false,
            (false, _) => escaped = *byte == b'\\',
        }
    }
    !escaped
}

/// What follows each `first`, from left to right, where what follows is passed over.
fn pairs(inner: &[u8], first: u8) -> impl Iterator<Item = Option<u8>> {
    let mut rest = inner;
    std::iter::from_fn(move || {
        let after = rest.get(memchr(first, rest)? + 1..)?;
        rest = after.get(1..).unwrap_or_default();
        Some(after.first().copied())
    })
}

/// Copies `inner` to `scratch`; of each pair that `undone` accepts only the second byte.
fn without(inner: &[u8], scratch: &mut Vec<u8>, undone: impl Fn([u8; 2]) -> bool) {
    scratch.clear();
    let mut rest = inner;
    while let [first, tail @ ..] = rest {
        rest = match tail {
            [second, after @ ..] if undone([*first, *second]) => {
                scratch.push(*second);
                after
            }
            _ => {
                scratch.push(*first);
                tail
            }
        };
    }
}
