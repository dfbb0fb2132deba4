//! The door to HTML.

use super::visible::write_visible;

/// Untrusted bytes as HTML text, fit for an element's content and for a quoted attribute value.
///
/// Not fit for an unquoted attribute, a URL, a style or a script; the reports have none of these with data in
/// them. Hidden characters are made visible as in [`super::terminal()`], then `& < > " '` become entities.
/// Not to be applied twice.
#[must_use]
pub fn html(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    write_visible(&mut out, bytes, |out, c| match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        _ => out.push(c),
    });
    out
}
