//! Errors of a case file: one sentence, the place, the line with a caret, and a hint where one helps.
//!
//! Text of the file passes the terminal door before it is shown; messages never hold raw bytes of it.

use std::fmt;

use crate::escape::terminal;

/// The most characters of a line that an error quotes.
const QUOTED_CHARS: usize = 120;

/// A piece of the case file, as byte offsets into its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl From<std::ops::Range<usize>> for Place {
    fn from(range: std::ops::Range<usize>) -> Self {
        Self { start: range.start, end: range.end }
    }
}

/// Why a text (an option, a value) was refused: a sentence in lower case, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// What is wrong.
    pub sentence: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Refusal {
    /// A refusal without a hint.
    pub(super) fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), hint: None }
    }

    /// The same with a hint.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)?;
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

/// What is wrong with a case file. `Display` prints place, sentence, quoted line and hint, without a last newline.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.shown())]
pub struct CaseError(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    path: String,
    at: Option<Quoted>,
    refusal: Refusal,
}

/// A quoted line, escaped, with the marked part in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Quoted {
    line: usize,
    column: usize,
    text: String,
    mark_from: usize,
    mark_chars: usize,
}

impl CaseError {
    /// An error about the file as a whole.
    pub(super) fn whole(shown_path: &str, sentence: String, hint: Option<String>) -> Self {
        Self(Box::new(Inner { path: shown_path.to_owned(), at: None, refusal: Refusal { sentence, hint } }))
    }

    /// An error about one place of `text`.
    pub(super) fn at(shown_path: &str, text: &str, place: Place, refusal: Refusal) -> Self {
        let at = Some(Quoted::new(text, place));
        Self(Box::new(Inner { path: shown_path.to_owned(), at, refusal }))
    }

    /// Line of the place, from 1; `None` if the error is about the whole file.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.0.at.as_ref().map(|at| at.line)
    }

    /// Column of the place in characters, from 1.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.0.at.as_ref().map(|at| at.column)
    }

    /// The sentence alone.
    #[must_use]
    pub fn sentence(&self) -> &str {
        &self.0.refusal.sentence
    }

    /// The hint alone.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.refusal.hint.as_deref()
    }
}

impl Inner {
    fn shown(&self) -> String {
        let Some(at) = &self.at else { return format!("{}: {}", self.path, self.refusal) };
        let number = at.line.to_string();
        let margin = " ".repeat(number.len());
        let caret = format!("{}{}", " ".repeat(at.mark_from), "^".repeat(at.mark_chars));
        let mut shown = format!(
            "{}:{}:{}: {}\n {number} | {}\n {margin} | {caret}",
            self.path, at.line, at.column, self.refusal.sentence, at.text
        );
        if let Some(hint) = &self.refusal.hint {
            shown.push_str("\nhint: ");
            shown.push_str(hint);
        }
        shown
    }
}

impl Quoted {
    fn new(text: &str, place: Place) -> Self {
        let start = floor(text, place.start);
        let (before, after) = text.split_at_checked(start).unwrap_or((text, ""));
        let line = 1 + before.matches('\n').count();
        let head = before.rsplit('\n').next().unwrap_or_default();
        let tail = after.split('\n').next().unwrap_or_default().trim_end_matches('\r');
        let column = 1 + head.chars().count();
        let marked_bytes = floor(tail, place.end.saturating_sub(start).min(tail.len()));
        let (marked, rest) = tail.split_at_checked(marked_bytes).unwrap_or((tail, ""));
        let shown_head = terminal(head.as_bytes());
        let shown_head = last_chars(&shown_head, QUOTED_CHARS / 2);
        let mark = terminal(marked.as_bytes());
        let mark_from = shown_head.chars().count();
        let room = QUOTED_CHARS.saturating_sub(mark_from);
        let mark_chars = mark.chars().count().clamp(1, room.max(1));
        let shown = format!("{mark}{}", terminal(rest.as_bytes()));
        let shown = first_chars(&shown, room);
        Self {
            line,
            column,
            text: format!("{shown_head}{shown}").trim_end().to_owned(),
            mark_from,
            mark_chars,
        }
    }
}

/// The greatest character boundary of `text` that is not above `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

fn first_chars(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        text.to_owned()
    } else {
        text.chars().take(chars).chain(['…']).collect()
    }
}

fn last_chars(text: &str, chars: usize) -> String {
    let all = text.chars().count();
    if all <= chars {
        text.to_owned()
    } else {
        ['…'].into_iter().chain(text.chars().skip(all - chars)).collect()
    }
}

/// Text of the file as a sentence may quote it: escaped and not longer than a line.
pub(super) fn said(text: &str) -> String {
    first_chars(&terminal(text.as_bytes()), 80)
}
