//! Where no format reads a file: its first line, and the column at which the commonest format stops.
//!
//! Whoever has to write a template needs one line to look at and one column to begin with. Which of all formats comes
//! furthest is no help: those with free text in front read far into anything.

use crate::fault::Fault;
use crate::format::{Unit, named};
use crate::framing::{is_blank, lines};
use crate::token::time::TimeCache;

/// The format that the line is held against.
pub const AGAINST: &str = "combined";
/// How many bytes of the line are kept.
const LINE_BYTES: usize = 160;

/// A line that is no record of [`AGAINST`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// 0-based line of the sample.
    pub line: usize,
    /// Its beginning.
    pub text: Vec<u8>,
    /// Whether the line is longer.
    pub cut: bool,
    /// The column that fails, in the log's own word.
    pub field: String,
    /// What the format wants there.
    pub expected: &'static str,
    /// What stands there, cut.
    pub found: Vec<u8>,
}

/// The first line of `sample` that is not blank, if [`AGAINST`] does not read it.
#[must_use]
pub fn first_unread(sample: &[u8]) -> Option<Unread> {
    let line = lines(sample).find(|line| !is_blank(line.bytes))?;
    let format = named(AGAINST, None).ok()?;
    let mut cache = TimeCache::default();
    let Unit::Fault(Fault { field, expected, found, .. }) = format.parse(line.bytes, &mut cache) else {
        return None;
    };
    Some(Unread {
        line: line.index,
        text: line.bytes.get(..LINE_BYTES).unwrap_or(line.bytes).to_vec(),
        cut: line.bytes.len() > LINE_BYTES,
        field: field.to_owned(),
        expected,
        found: found.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_nearly_fits_names_the_column_that_stops_it() {
        let sample = b"\n192.0.2.7 - kim [yesterday] \"GET /a HTTP/1.1\" 200 5 \"-\" \"curl\"\n";
        let found = first_unread(sample).unwrap();
        assert_eq!((found.line, found.field.as_str(), found.cut), (1, "%t", false));
        assert!(found.text.starts_with(b"192.0.2.7 - kim [") && found.found.starts_with(b"yesterday]"));
    }

    #[test]
    fn what_is_read_or_blank_is_not_unread_and_a_long_line_is_cut() {
        let read = b"a - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 5 \"-\" \"-\"\n";
        assert_eq!(first_unread(read), None);
        assert_eq!(first_unread(b"\n \n"), None);
        let long = first_unread(&[b'x'; 500]).unwrap();
        assert!(long.cut && long.text.len() == LINE_BYTES);
    }
}
