//! The door to SVG (and to text drawn into a bitmap).

use super::visible::write_visible;

/// Untrusted text for a label in a chart.
///
/// Makes control, bidirectional and invisible characters visible as in [`super::terminal()`]; that also removes
/// everything XML 1.0 forbids. `& < > " '` are left alone, because the drawing crate writes text through its own
/// XML escaping and would escape twice. So the result is fit for the drawing crate's text calls and for nothing
/// that writes SVG by hand; there, use [`super::html()`], whose entities are valid XML.
#[must_use]
pub fn svg(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    write_visible(&mut out, text.as_bytes(), String::push);
    out
}
