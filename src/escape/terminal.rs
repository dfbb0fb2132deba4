//! The door to a terminal: standard output, standard error, the progress line, our own error messages.
//!
//! It is used whether or not the other end is a terminal, since a pipe may end in one.

use super::visible::write_visible;

/// Untrusted bytes as one line of text that no terminal obeys.
///
/// Control characters (also TAB and LF), bidirectional controls, invisible characters and bytes that are no UTF-8
/// are written as `\xHH` or `\u{HHHH}`. Printable characters stay. Applying it twice changes nothing more.
#[must_use]
pub fn terminal(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    write_visible(&mut out, bytes, String::push);
    out
}
