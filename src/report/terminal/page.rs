//! The one place that writes to a screen: every line passes the terminal door here, whatever was done before.

use super::fit::{flow, width, wrap};
use crate::escape;
use std::io::{self, Write};

/// What a piece of text is, for those who see colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Ink {
    Plain,
    Strong,
    Faint,
    Bar,
    Alert,
}

impl Ink {
    const fn code(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Strong => Some("\x1b[1m"),
            Self::Faint => Some("\x1b[2m"),
            Self::Bar => Some("\x1b[36m"),
            Self::Alert => Some("\x1b[33m"),
        }
    }
}

/// A screen being written from the top.
pub(in crate::report) struct Page<'a> {
    out: &'a mut dyn Write,
    /// Columns no line is longer than.
    pub(in crate::report) width: usize,
    colour: bool,
}

impl<'a> Page<'a> {
    pub(in crate::report) fn new(out: &'a mut dyn Write, width: usize, colour: bool) -> Self {
        Self { out, width: width.max(40), colour }
    }

    /// One line of pieces; blanks at its end are dropped.
    pub(in crate::report) fn line(&mut self, pieces: &[(Ink, &str)]) -> io::Result<()> {
        let last = pieces.iter().rposition(|(_, text)| !text.trim_end_matches(' ').is_empty());
        for (i, (ink, text)) in pieces.iter().enumerate().take(last.map_or(0, |i| i + 1)) {
            let text = if Some(i) == last { text.trim_end_matches(' ') } else { text };
            let shown = escape::terminal(text.as_bytes());
            match ink.code().filter(|_| self.colour && !shown.trim_matches(' ').is_empty()) {
                Some(code) => write!(self.out, "{code}{shown}\x1b[0m")?,
                None => self.out.write_all(shown.as_bytes())?,
            }
        }
        self.out.write_all(b"\n")
    }

    /// An empty line.
    pub(in crate::report) fn gap(&mut self) -> io::Result<()> {
        self.line(&[])
    }

    /// A section's heading, with a remark in brackets behind it (on the next line where there is no room).
    pub(in crate::report) fn heading(&mut self, title: &str, remark: &str) -> io::Result<()> {
        self.gap()?;
        let title = escape::terminal(title.as_bytes());
        if remark.is_empty() {
            return self.prose(Ink::Plain, "", Ink::Strong, &title);
        }
        let remark = format!("({})", escape::terminal(remark.as_bytes()));
        if width(&title) + 1 + width(&remark) <= self.width {
            return self.line(&[(Ink::Strong, &title), (Ink::Plain, " "), (Ink::Faint, &remark)]);
        }
        self.prose(Ink::Plain, "", Ink::Strong, &title)?;
        self.prose(Ink::Plain, "  ", Ink::Faint, &remark)
    }

    /// A text behind a label; its further lines hang under its first.
    pub(in crate::report) fn prose(
        &mut self,
        label_ink: Ink,
        label: &str,
        ink: Ink,
        text: &str,
    ) -> io::Result<()> {
        let label = escape::terminal(label.as_bytes());
        let text = escape::terminal(text.as_bytes());
        let indent = width(&label);
        let hang = " ".repeat(indent);
        for (i, row) in wrap(&text, self.width.saturating_sub(indent)).iter().enumerate() {
            self.line(&[(label_ink, if i == 0 { &label } else { &hang }), (ink, row)])?;
        }
        Ok(())
    }

    /// Short facts behind a label, ` · ` between them, a line broken between two facts rather than inside one.
    pub(in crate::report) fn facts(&mut self, label: &str, facts: &[String]) -> io::Result<()> {
        self.pieces(label, LABEL, &flow(&escaped(facts), " · ", self.width.saturating_sub(LABEL)))
    }

    /// [`Page::facts`] at the left edge.
    pub(in crate::report) fn facts_bare(&mut self, facts: &[String]) -> io::Result<()> {
        self.pieces("", 0, &flow(&escaped(facts), " · ", self.width))
    }

    /// Sums behind a label, each on a line of its own, broken before a sign only.
    pub(in crate::report) fn sums(&mut self, label: &str, sums: &[Vec<String>]) -> io::Result<()> {
        let room = self.width.saturating_sub(LABEL);
        let rows: Vec<String> = sums.iter().flat_map(|terms| flow(&escaped(terms), " ", room)).collect();
        self.pieces(label, LABEL, &rows)
    }

    fn pieces(&mut self, label: &str, room: usize, rows: &[String]) -> io::Result<()> {
        for (i, row) in rows.iter().enumerate() {
            let label = format!("{:<room$}", if i == 0 { label } else { "" });
            self.line(&[(Ink::Strong, &label), (Ink::Plain, row)])?;
        }
        Ok(())
    }
}

/// Columns of the label in front of facts.
const LABEL: usize = 14;

fn escaped(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| escape::terminal(text.as_bytes())).collect()
}
