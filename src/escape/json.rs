//! The door to JSON: exact, and yet nothing a terminal obeys.

use super::visible::is_hidden;
use std::borrow::Cow;
use std::fmt::Write;

/// A piece of a JSON string, with hidden characters as `\uHHHH`.
///
/// JSON text may hold DEL, C1 and bidirectional controls as themselves, and `count --json` is often read on a
/// terminal. JSON's own escape is exact, so a program that reads it gets the same text. The piece holds no `"`, `\`
/// or C0 character; the JSON writer has dealt with these before.
#[must_use]
pub fn json(piece: &str) -> Cow<'_, str> {
    if !piece.chars().any(is_hidden) {
        return Cow::Borrowed(piece);
    }
    let mut out = String::with_capacity(piece.len() + 16);
    for c in piece.chars() {
        if is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}
