//! The door to CSV cells (CWE-1236, formulas in spreadsheets).
//!
//! Tables are evidence and are read by programs, so a cell is left exact wherever it can be: valid UTF-8 stays as
//! it is, control and bidirectional characters too (the writer quotes CR, LF, commas and quotes). Two things are
//! changed, and both are reported so that the caller can name the column: a cell a spreadsheet would run gets a
//! leading `'`, and bytes that are no UTF-8 are written as `\xHH`, because a CSV file is UTF-8 as a whole.

use super::visible::write_byte;

/// The cell's text, and whether it differs from the bytes given.
///
/// A leading `'` is set iff the first byte is `=`, `+`, `@`, TAB, CR or LF, or the first character is one of the
/// full-width `＝` U+FF1D, `＋` U+FF0B, `－` U+FF0D, `＠` U+FF20, or the cell starts with `-` and is longer than one
/// byte. A `'` that stands in the data is left alone; the `changed` flag tells the two apart.
#[must_use]
pub fn csv(bytes: &[u8]) -> (String, bool) {
    let mut out = String::with_capacity(bytes.len() + 1);
    let formula = starts_a_formula(bytes);
    if formula {
        out.push('\'');
    }
    let mut recoded = false;
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            write_byte(&mut out, *byte);
            recoded = true;
        }
    }
    (out, formula || recoded)
}

/// The rule of docs/cli.md, byte by byte.
fn starts_a_formula(bytes: &[u8]) -> bool {
    match bytes {
        [b'=' | b'+' | b'@' | b'\t' | b'\r' | b'\n', ..] => true,
        [b'-', _, ..] => true,
        // U+FF1D, U+FF0B, U+FF0D, U+FF20 in UTF-8.
        [0xEF, 0xBC, 0x9D | 0x8B | 0x8D | 0xA0, ..] => true,
        _ => false,
    }
}
