//! The grammar of Apache's `LogFormat`.
//!
//! `%`, then in any order a condition (`!`, statuses, commas), `<` or `>`, an argument in braces; then a
//! letter, or `^` and two letters. Source: httpd manual, mod_log_config ("Custom Log Formats",
//! "Modifiers"), mod_logio (`%I %O %S %^FB`), mod_ssl (`%{X}x`, `%{X}c`), mod_unique_id.

use super::column::{Column, Moment, Piece, Read, Sink};
use super::error::{Problem, TemplateError, nearest};
use super::plan::Dialect;
use super::strftime;
use crate::record::{ByteSemantics, Escape, TimeBasis};
use crate::token::calendar::Part;
use crate::token::time::EpochUnit;

/// What Apache's columns mean (METHOD M2.2, M5.2, M5.3).
pub(super) const DIALECT: Dialect = Dialect {
    escape: Escape::Backslash,
    begin: TimeBasis::Received,
    bytes: |name| match name.ends_with('O') {
        true => ByteSemantics::WireWritten,
        false => ByteSemantics::BodyPlanned,
    },
    dash_is_zero: true,
};

/// Cuts a `LogFormat` text into its pieces.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece>, TemplateError> {
    let mut pieces = Vec::new();
    let mut literal = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let at = text.len() - rest.len();
        if first == '%' {
            let (directive, tail) = Directive::cut(rest, at)?;
            rest = tail;
            if directive.letters == "%" {
                literal.push(b'%');
                continue;
            }
            pieces.push(Piece::Text(std::mem::take(&mut literal)));
            pieces.extend(directive.pieces()?);
            continue;
        }
        let (bytes, tail) = unescape(rest);
        literal.extend_from_slice(bytes);
        rest = tail;
    }
    pieces.push(Piece::Text(literal));
    Ok(pieces)
}

/// mod_log_config knows `\n`, `\t`, `\r` and `\\` in the text itself; any other backslash is text.
fn unescape(rest: &str) -> (&[u8], &str) {
    for (written, meant) in [("\\n", "\n"), ("\\t", "\t"), ("\\r", "\r"), ("\\\\", "\\")] {
        if let Some(tail) = rest.strip_prefix(written) {
            return (meant.as_bytes(), tail);
        }
    }
    let length = rest.chars().next().map_or(0, char::len_utf8);
    let (letter, tail) = rest.split_at_checked(length).unwrap_or((rest, ""));
    (letter.as_bytes(), tail)
}

/// One directive, taken apart.
struct Directive<'t> {
    /// As written.
    written: &'t str,
    at: usize,
    argument: Option<&'t str>,
    /// Byte offset of the argument in the template.
    argument_at: usize,
    /// `s`, `^FB`.
    letters: &'t str,
    original: bool,
    last: bool,
    conditional: bool,
}

impl<'t> Directive<'t> {
    fn cut(text: &'t str, at: usize) -> Result<(Self, &'t str), TemplateError> {
        let unfinished =
            || TemplateError { offset: at, problem: Problem::Unfinished { found: text.to_owned() } };
        let mut rest = text.strip_prefix('%').unwrap_or(text);
        let mut found = Self {
            written: "",
            at,
            argument: None,
            argument_at: at,
            letters: "",
            original: false,
            last: false,
            conditional: false,
        };
        loop {
            let letter = rest.chars().next().ok_or_else(unfinished)?;
            match letter {
                '!' | ',' | '0'..='9' => found.conditional = true,
                '<' => found.original = true,
                '>' => found.last = true,
                '{' => {
                    found.argument_at = at + (text.len() - rest.len()) + 1;
                    let (argument, tail) = rest.split_at(1).1.split_once('}').ok_or_else(unfinished)?;
                    found.argument = Some(argument);
                    rest = tail;
                    continue;
                }
                _ => break,
            }
            rest = rest.split_at(1).1;
        }
        let width = match rest.chars().next() {
            Some('^') => rest.char_indices().nth(3).map_or(rest.len(), |(end, _)| end),
            first => first.map_or(0, char::len_utf8),
        };
        let (letters, tail) = rest.split_at_checked(width).ok_or_else(unfinished)?;
        found.letters = letters;
        found.written = text.strip_suffix(tail).unwrap_or(text);
        Ok((found, tail))
    }

    /// The columns of this directive and the literals that it brings (`%t` brings its brackets).
    fn pieces(&self) -> Result<Vec<Piece>, TemplateError> {
        if self.letters == "t" && !self.conditional {
            return self.time();
        }
        let mut column = self.column()?;
        column.conditional = self.conditional;
        Ok(vec![Piece::Column(column)])
    }

    fn column(&self) -> Result<Column, TemplateError> {
        let (read, sink, rank) = match (self.letters, self.argument) {
            ("a" | "h", Some("c")) => (Read::List, Sink::Peer, u8::from(self.letters == "h")),
            ("a", _) => (Read::List, Sink::Client, 0),
            ("h", _) => (Read::List, Sink::Client, 1),
            ("l", _) => (Read::Word, Sink::Ident, 0),
            ("u", _) => (Read::Text, Sink::Login, 0),
            ("r", _) => (Read::Text, Sink::Request, 0),
            ("m", _) => (Read::Word, Sink::Method, 0),
            ("U", _) => (Read::Text, Sink::Target, 0),
            ("q", _) => (Read::Text, Sink::Query, 0),
            ("H", _) => (Read::Word, Sink::Protocol, 0),
            ("s", _) => (Read::Status, Sink::Status, if self.last { 0 } else { 1 + u8::from(self.original) }),
            ("O", _) => (Read::Bytes, Sink::Bytes, 0),
            ("b" | "B", _) => (Read::Bytes, Sink::Bytes, 1),
            ("v", _) => (Read::Word, Sink::Host, 0),
            ("V", _) => (Read::Word, Sink::Host, 1),
            ("L", _) => (Read::Word, Sink::RequestId, 1),
            ("e", Some("UNIQUE_ID")) => (Read::Word, Sink::RequestId, 0),
            // `%c` was the connection state in late 1.3; with an argument it is mod_ssl's.
            ("X", _) | ("c", None) if !self.conditional => (Read::Connection, Sink::Connection, 0),
            ("D" | "I" | "S" | "k" | "p" | "^FB", _) => (Read::Number, Sink::Drop, 0),
            ("T", None | Some("s" | "ms" | "us")) => (Read::Number, Sink::Drop, 0),
            ("T", Some(_)) => return Err(self.argument_error(&["s", "ms", "us"])),
            ("P", None | Some("pid" | "tid" | "hextid")) => (Read::Word, Sink::Drop, 0),
            ("P", Some(_)) => return Err(self.argument_error(&["pid", "tid", "hextid"])),
            ("A" | "R", _) => (Read::Word, Sink::Drop, 0),
            ("f" | "t" | "X" | "c", _) => (Read::Text, Sink::Drop, 0),
            ("i", Some(header)) => match request_header(header) {
                Sink::ForwardedFor => (Read::List, Sink::ForwardedFor, 0),
                sink => (Read::Text, sink, 2),
            },
            ("o", Some(header)) => (Read::Text, response_header(header), 0),
            ("C" | "e" | "n" | "x" | "^ti" | "^to", Some(_)) => (Read::Text, Sink::Drop, 0),
            _ => return Err(self.unknown()),
        };
        Ok(Column::new(self.written, self.at, read, sink, rank))
    }

    fn time(&self) -> Result<Vec<Piece>, TemplateError> {
        let (moment, format) = match self.argument {
            None | Some("") => (Moment::Begin, ""),
            Some(argument) => match (argument.strip_prefix("begin:"), argument.strip_prefix("end:")) {
                (Some(format), _) => (Moment::Begin, format),
                (_, Some(format)) => (Moment::End, format),
                _ => (Moment::Begin, argument),
            },
        };
        let part = match format {
            "" => {
                let time = Piece::Column(Column::time(self.written, self.at, Part::Clf, moment));
                return Ok(vec![Piece::Text(b"[".to_vec()), time, Piece::Text(b"]".to_vec())]);
            }
            "sec" => Part::Epoch(EpochUnit::Seconds),
            "msec" => Part::Epoch(EpochUnit::Milliseconds),
            "usec" => Part::Epoch(EpochUnit::Microseconds),
            "msec_frac" => Part::Milliseconds,
            "usec_frac" => Part::Microseconds,
            _ => {
                let shift = self.argument.map_or(0, str::len) - format.len();
                return strftime::pieces(self.written, self.argument_at + shift, format, moment);
            }
        };
        Ok(vec![Piece::Column(Column::time(self.written, self.at, part, moment))])
    }

    fn unknown(&self) -> TemplateError {
        const KNOWN: [&str; 36] = [
            "a", "A", "b", "B", "D", "f", "h", "H", "I", "k", "l", "L", "m", "O", "p", "P", "q", "r", "R",
            "s", "S", "t", "T", "u", "U", "v", "V", "X", "^FB", "^ti", "^to", "{X}C", "{X}e", "{X}i", "{X}n",
            "{X}o",
        ];
        let letters = |known: &'static str| known.strip_prefix("{X}").unwrap_or(known);
        let same = |known: &&&'static str| letters(known) == self.letters;
        let other_case = |known: &&&'static str| letters(known).eq_ignore_ascii_case(self.letters);
        let near = KNOWN.iter().find(same).or_else(|| KNOWN.iter().find(other_case)).copied();
        let near = near.or_else(|| nearest(self.letters, KNOWN).filter(|_| self.letters.starts_with('^')));
        let problem = Problem::UnknownDirective {
            found: self.written.to_owned(),
            nearest: near.map(|name| format!("%{name}")),
        };
        TemplateError { offset: self.at, problem }
    }

    fn argument_error(&self, known: &[&str]) -> TemplateError {
        let argument = self.argument.unwrap_or_default();
        let near = nearest(argument, known.iter().copied());
        let problem = Problem::UnknownArgument {
            found: self.written.to_owned(),
            nearest: near.map(|name| format!("%{{{name}}}{}", self.letters)),
        };
        TemplateError { offset: self.at, problem }
    }
}

/// Header names are case-insensitive (RFC 9110 section 5.1).
fn request_header(name: &str) -> Sink {
    let known = [
        ("referer", Sink::Referer),
        ("user-agent", Sink::Agent),
        ("x-forwarded-for", Sink::ForwardedFor),
        ("forwarded", Sink::Forwarded),
        ("host", Sink::Host),
        ("range", Sink::Range),
    ];
    known.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map_or(Sink::Drop, |(_, sink)| *sink)
}

fn response_header(name: &str) -> Sink {
    if name.eq_ignore_ascii_case("content-range") { Sink::ContentRange } else { Sink::Drop }
}
