//! The door to Markdown (case notes, answer sheets, issue texts).

use super::visible::write_visible;

/// Untrusted bytes as one line of Markdown text without any meaning: no markup, HTML, list, heading or table cell
/// border, and no link made of a URL.
///
/// Hidden characters are made visible as in [`super::terminal()`]; then every ASCII punctuation character gets a
/// backslash, which CommonMark allows for all of them, so nothing depends on where in a line the text is put.
/// Blanks at both ends are written as `&#32;`, as they would begin a code block or break the line.
/// Not to be applied twice. Some renderers still turn `name@host` into a mail link after unescaping.
#[must_use]
pub fn markdown(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    write_visible(&mut text, bytes, String::push);
    let inner = text.trim_matches(' ');
    let before = text.len() - text.trim_start_matches(' ').len();
    let after = text.len() - before - inner.len();
    let mut out = String::with_capacity(text.len() * 2);
    out.push_str(&"&#32;".repeat(before));
    for c in inner.chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
    }
    out.push_str(&"&#32;".repeat(after));
    out
}
