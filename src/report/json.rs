//! The answer as JSON: the output contract, two blanks of indent, one line break at the end, fields in the order of
//! [`crate::finding::answer`].

use crate::escape;
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use std::io::{self, Write};

/// Writes `value` (an [`crate::finding::answer::Answer`], or rows of an inspection).
///
/// # Errors
/// When `out` can't be written.
pub fn json<T: Serialize + ?Sized>(out: &mut impl Write, value: &T) -> io::Result<()> {
    let layout = Layout { pretty: PrettyFormatter::with_indent(b"  ") };
    value.serialize(&mut Serializer::with_formatter(&mut *out, layout)).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// The usual layout; strings pass the JSON door.
struct Layout {
    pretty: PrettyFormatter<'static>,
}

impl Formatter for Layout {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        out.write_all(escape::json(fragment).as_bytes())
    }
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.begin_array(out)
    }
    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.end_array(out)
    }
    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.pretty.begin_array_value(out, first)
    }
    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.end_array_value(out)
    }
    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.begin_object(out)
    }
    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.end_object(out)
    }
    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.pretty.begin_object_key(out, first)
    }
    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.begin_object_value(out)
    }
    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn the_answer_is_pretty_ends_with_a_line_break_and_keeps_the_order() {
        let mut out = Vec::new();
        json(&mut out, &fixture::answer()).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("{\n  \"tool\": {\n    \"name\": \"accesstrail\",\n"), "{text}");
        assert!(text.ends_with("\n}\n"));
        let order: Vec<usize> =
            ["\"profile\"", "\"ledger\"", "\"sources\"", "\"counts\"", "\"windows\"", "\"caveats\""]
                .iter()
                .map(|key| text.find(key).unwrap())
                .collect();
        assert!(order.is_sorted());
        assert!(!text.contains("\"groups\""));
    }

    #[test]
    fn hidden_characters_stay_exact_and_are_not_obeyed() {
        let mut out = Vec::new();
        json(&mut out, fixture::HOSTILE).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{9b}', '\u{7}']));
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), fixture::HOSTILE);
    }
}
