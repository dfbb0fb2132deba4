//! Directives that say how the lines after them are to be read: `#Fields` of W3C logs, the first row of a CSV file.
//!
//! A stream of such a log is a row of *stretches*: some directive lines, and the lines up to the next ones. Each stretch is
//! read by the format that its directives give ([`Format::arm`]); a stretch without any is read by those of the stretch
//! before, which travel with each block of the stream.

use super::{Format, Split};
use crate::encoding::Encoding;
use crate::framing::{is_blank, lines_of};
use memchr::memmem;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// The directives in force at a place of a stream: of each keyword the last line. Other keywords are comments; so a head is
/// small whatever a file holds, and cheap to hand on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    lines: Vec<Arc<[u8]>>,
}

/// The keywords that some format knows.
const KEYWORDS: [&[u8]; 11] = [
    b"",
    b"#Software:",
    b"#Version:",
    b"#Date:",
    b"#Fields:",
    b"#GMT-Offset:",
    b"#separator",
    b"#empty_field",
    b"#unset_field",
    b"#path",
    b"#fields",
];
/// A longer line is no directive.
const MOST_BYTES: usize = 1 << 16;

impl Head {
    /// One that holds a single line.
    #[must_use]
    pub fn of(line: &[u8]) -> Self {
        let mut head = Self::default();
        head.take(line);
        head
    }

    /// A directive comes into force.
    pub fn take(&mut self, line: &[u8]) {
        if line.len() > MOST_BYTES || !KEYWORDS.contains(&keyword(line)) {
            return;
        }
        let known = self.lines.iter_mut().find(|known| keyword(known) == keyword(line));
        match known {
            Some(known) => *known = line.into(),
            None => self.lines.push(line.into()),
        }
    }

    /// What stands behind a keyword such as `#Fields:`, without spaces around it.
    #[must_use]
    pub fn get(&self, wanted: &[u8]) -> Option<&[u8]> {
        let line = self.lines.iter().find(|line| keyword(line) == wanted)?;
        line.get(wanted.len()..).map(<[u8]>::trim_ascii)
    }

    /// The line that begins with `lead`.
    #[must_use]
    pub fn line(&self, lead: &[u8]) -> Option<&[u8]> {
        self.lines.iter().map(|line| &**line).find(|line| line.starts_with(lead))
    }
}

/// A line's first word, a colon with it; of a row of names all rows are one.
fn keyword(line: &[u8]) -> &[u8] {
    if line.first() != Some(&b'#') {
        return b"";
    }
    let end = line.iter().position(|byte| matches!(byte, b':' | b' ' | b'\t'));
    let end = end.map_or(line.len(), |end| end + usize::from(line.get(end) == Some(&b':')));
    line.get(..end).unwrap_or(line)
}

/// Where directives stand, of several formats.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leads(Vec<&'static [u8]>);

impl Leads {
    /// Those of `formats`; nothing where each line stands alone.
    #[must_use]
    pub fn of(formats: &[Arc<dyn Format>]) -> Self {
        let mut leads = Vec::new();
        for lead in formats.iter().filter(|f| f.split() == Split::Header).flat_map(|f| f.leads()) {
            if !leads.contains(lead) {
                leads.push(*lead);
            }
        }
        Self(leads)
    }

    /// Whether there is none to be looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a line is one of these.
    #[must_use]
    pub fn begin(&self, line: &[u8]) -> bool {
        self.0.iter().any(|lead| line.starts_with(lead))
    }

    /// The directive lines of `text`, each with its place and as text, in order. `text` begins at the begin of a line.
    fn lines<'t>(&self, text: &'t [u8], encoding: Encoding) -> Vec<(Range<usize>, Cow<'t, [u8]>)> {
        if encoding != Encoding::Bytes {
            return self.decoded(text, encoding);
        }
        let mut found = Vec::new();
        for lead in &self.0 {
            let is_begin = |at: &usize| *at == 0 || text.get(*at - 1) == Some(&b'\n');
            found.extend(memmem::find_iter(text, lead).filter(is_begin).map(|at| {
                let line = line(text, at);
                (at..at + line.len(), Cow::Borrowed(line))
            }));
        }
        found.sort_unstable_by_key(|(place, _)| place.start);
        found.dedup_by_key(|(place, _)| place.start);
        found
    }

    /// As [`Leads::lines`], of a text that is not written as bytes: line by line.
    fn decoded<'t>(&self, text: &'t [u8], encoding: Encoding) -> Vec<(Range<usize>, Cow<'t, [u8]>)> {
        let (mut found, mut decoded) = (Vec::new(), Vec::new());
        for line in lines_of(text, encoding) {
            match encoding.text(line.bytes, &mut decoded) {
                Ok(text) if self.begin(text) => {
                    found.push((line.offset..line.offset + line.bytes.len(), Cow::Owned(text.to_vec())));
                }
                _ => {}
            }
        }
        found
    }

    /// Brings the directives of `text` into force, one after the other.
    pub fn pass(&self, text: &[u8], encoding: Encoding, head: &mut Head) {
        self.lines(text, encoding).into_iter().for_each(|(_, line)| head.take(&line));
    }

    /// The stretches of `text`, each with the directives that are in force in it; `head` are those before it.
    #[must_use]
    pub fn stretches(&self, text: &[u8], encoding: Encoding, head: &Head) -> Vec<(Range<usize>, Head)> {
        let mut out = Vec::new();
        let mut head = head.clone();
        let (mut begin, mut body) = (0, 0);
        for (place, directive) in self.lines(text, encoding) {
            // Blank lines between directives part nothing.
            if !is_blank_text(text.get(body..place.start).unwrap_or_default(), encoding) {
                out.push((begin..place.start, head.clone()));
                begin = place.start;
            }
            head.take(&directive);
            body = place.end;
        }
        out.push((begin..text.len(), head));
        out
    }
}

/// The line that begins at `at`, without its ending.
fn line(text: &[u8], at: usize) -> &[u8] {
    let rest = text.get(at..).unwrap_or_default();
    let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let line = rest.get(..end).unwrap_or(rest);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The formats that read a stretch: those that need directives under these, the others as they are.
#[must_use]
pub fn armed(formats: &[Arc<dyn Format>], head: &Head) -> Vec<Arc<dyn Format>> {
    let arm = |format: &Arc<dyn Format>| match format.split() {
        Split::Header => format.arm(head).unwrap_or_else(|| Arc::clone(format)),
        _ => Arc::clone(format),
    };
    formats.iter().map(arm).collect()
}

/// Whether no line of `text` holds anything.
fn is_blank_text(text: &[u8], encoding: Encoding) -> bool {
    if encoding == Encoding::Bytes {
        return text.iter().all(u8::is_ascii_whitespace);
    }
    let mut decoded = Vec::new();
    lines_of(text, encoding).all(|line| encoding.text(line.bytes, &mut decoded).is_ok_and(is_blank))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn leads() -> Leads {
        Leads(vec![b"#", b"\"time\""])
    }

    #[test]
    fn the_last_directive_of_a_keyword_is_in_force() {
        let mut head = Head::default();
        for line in [
            &b"#Fields: a b"[..],
            b"#Date: 1",
            b"#Fields:  c ",
            b"#fields\tx\ty",
            b"\"time\",\"ip\"",
            b"#None: 1",
        ] {
            head.take(line);
        }
        assert_eq!(head.get(b"#Fields:"), Some(&b"c"[..]));
        assert_eq!((head.get(b"#Date:"), head.get(b"#fields")), (Some(&b"1"[..]), Some(&b"x\ty"[..])));
        assert_eq!((head.line(b"\"time\""), head.get(b"#None:")), (Some(&b"\"time\",\"ip\""[..]), None));
    }

    #[test]
    fn a_stretch_is_its_directives_and_the_lines_up_to_the_next_ones() {
        let text = b"one\r\n#Date: 1\r\n\r\n#Version: 2\r\ntwo #C: 3\r\nthree\n#Date: 4\n";
        let found = leads().stretches(text, Encoding::Bytes, &Head::of(b"#Date: 0"));
        let shown: Vec<_> = found
            .iter()
            .map(|(range, head)| {
                (text.get(range.clone()).unwrap(), head.get(b"#Date:").unwrap(), head.get(b"#Version:"))
            })
            .collect();
        type Shown<'t> = (&'t [u8], &'t [u8], Option<&'t [u8]>);
        let wanted: [Shown<'_>; 3] = [
            (b"one\r\n", b"0", None),
            (b"#Date: 1\r\n\r\n#Version: 2\r\ntwo #C: 3\r\nthree\n", b"1", Some(b"2")),
            (b"#Date: 4\n", b"4", Some(b"2")),
        ];
        assert_eq!(shown, wanted);
        assert_eq!(Leads::default().stretches(b"#Date: 1\nx\n", Encoding::Bytes, &Head::default()).len(), 1);
    }

    proptest! {
        /// Wherever a stream is cut between two lines, each line is read under the same directives.
        #[test]
        fn a_cut_between_lines_changes_no_lines_directives(
            lines in prop::collection::vec(prop_oneof![Just("#Date: 1\n"), Just("#Date: 2\n"), Just("#Version: 3\n"), Just("x\n"), Just("\n")], 0..12),
            cut in 0..13_usize,
        ) {
            let heads = |text: &str, head: &Head| -> Vec<(String, Head)> {
                let stretches = leads().stretches(text.as_bytes(), Encoding::Bytes, head);
                stretches.into_iter().flat_map(|(range, head)| {
                    let lines = text.get(range).unwrap().lines().filter(|line| *line == "x");
                    lines.map(|line| (line.to_owned(), head.clone())).collect::<Vec<_>>()
                }).collect()
            };
            let (front, back) = lines.split_at(cut.min(lines.len()));
            let (front, back) = (front.concat(), back.concat());
            let mut found = heads(&front, &Head::default());
            let mut head = Head::default();
            leads().pass(front.as_bytes(), Encoding::Bytes, &mut head);
            found.extend(heads(&back, &head));
            prop_assert_eq!(found, heads(&(front + &back), &Head::default()));
        }
    }
}
