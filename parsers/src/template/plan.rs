//! Pieces → a flat list of steps: before each column the literal that must stand there, then how its end
//! is found, what it may hold, and where it goes.

use super::choose::{join_targets, settle_fields, settle_time};
use super::column::{Column, Moment, Piece, Read, Sink};
use super::error::{Problem, TemplateError};
use super::literal::Literal;
use super::outline::Outline;
use crate::record::{ByteSemantics, Escape, Meaning, TimeBasis};
use crate::token::calendar::Part;

/// What a server's columns mean.
pub(super) struct Dialect {
    /// How it escapes text.
    pub(super) escape: Escape,
    /// What its ordinary time column states.
    pub(super) begin: TimeBasis,
    /// What the byte column of this name counts.
    pub(super) bytes: fn(&str) -> ByteSemantics,
    /// Whether its `-` in a byte column is 0.
    pub(super) dash_is_zero: bool,
}

/// How strictly unquoted columns are read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reading {
    /// Unquoted columns hold no spaces (Tableau's gateway).
    pub(crate) words: bool,
    /// The template is one of several that are tried on every line: columns that would let a line of
    /// another template pass (a host read as client, a client read as identd name) are refused.
    pub(crate) look_alike: bool,
}

/// A compiled template.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) steps: Box<[Step]>,
    /// The literal after the last column, without trailing spaces.
    pub(super) tail: Literal,
    pub(super) meaning: Meaning,
    pub(super) time: Time,
    pub(super) outline: Outline,
}

/// How a line states its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    /// Not at all.
    Absent,
    /// In one column and one piece.
    Whole,
    /// In pieces that make one time at the line's end; a bad combination is blamed on this step.
    Pieces(usize),
}

/// One column and the literal before it.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) lead: Literal,
    pub(super) name: Box<str>,
    pub(super) read: Read,
    pub(super) act: Act,
    pub(super) end: End,
    pub(super) rule: Rule,
    pub(super) sink: Sink,
    /// Whether another place than the first may be tried as the column's end.
    pub(super) elastic: bool,
}

/// What is done at a step, told once for all lines: one jump a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// The time of the record, all of it.
    WholeTime(Part),
    /// A piece of time, or a time that is not the record's.
    Time(Part),
    Status,
    Bytes,
    Number,
    Connection,
    /// Anything that is delimited.
    Text,
}

impl Act {
    fn of(step: &Step, time: Time) -> Self {
        match step.read {
            Read::Time(part) if time == Time::Whole && step.sink == Sink::Time => Self::WholeTime(part),
            Read::Time(Part::Zone) | Read::Text | Read::Word | Read::List | Read::Upstream => Self::Text,
            Read::Time(part) => Self::Time(part),
            Read::Status => Self::Status,
            Read::Bytes => Self::Bytes,
            Read::Number => Self::Number,
            Read::Connection => Self::Connection,
        }
    }
}

/// Where a column ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// Its own shape says.
    Itself,
    /// At the first unescaped quote.
    Quoted,
    /// Where this literal first stands.
    Until(Literal),
    /// At the first space that no comma precedes.
    List,
    /// As a list, with ` : ` between groups.
    Upstream,
    /// At the first space that a digit or a dash follows (a zone name before a number).
    SpaceDigit,
    /// At the colon before a port; a bracketed IPv6 host holds colons of its own.
    Colon,
    /// At the end of the line.
    Rest,
}

/// What a column may hold, beyond its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// Anything.
    Any,
    /// No spaces.
    Word,
    /// Something.
    Some,
    /// Something but `-`: the column after a host in a look-alike.
    NoDash,
    /// A list with a comma.
    Comma,
    /// A host without port: no comma, and a colon in brackets only.
    BareHost,
    /// A host whose port follows: no comma or space.
    PortHost,
    /// An identd name: no opening bracket (else the line has no such column and the time stands here),
    /// and no address (else a host stands before the client).
    Ident,
    /// `-` only.
    Dash,
    /// A login; with spaces only where it cannot be a shifted line.
    Login,
}

impl Plan {
    pub(super) fn build(
        pieces: Vec<Piece>,
        dialect: &Dialect,
        reading: Reading,
    ) -> Result<Self, TemplateError> {
        let mut pieces = join_targets(pieces);
        let mut columns: Vec<&mut Column> = pieces
            .iter_mut()
            .filter_map(|piece| match piece {
                Piece::Column(column) => Some(column),
                Piece::Text(_) => None,
            })
            .collect();
        if columns.is_empty() {
            return Err(TemplateError { offset: 0, problem: Problem::NoColumn });
        }
        settle_fields(&mut columns);
        let moment = settle_time(&mut columns)?;
        let meaning = meaning(&columns, moment, dialect);
        let (leads, tail) = leads(pieces);
        let mut steps = steps(&leads, &tail, dialect, reading)?;
        let time = time(&steps);
        steps.iter_mut().for_each(|step| step.act = Act::of(step, time));
        let tail = tail.trim_ascii_end();
        let outline = Outline::of(&steps, tail);
        Ok(Self { steps, tail: Literal::new(tail), meaning, time, outline })
    }

    pub(super) const fn states_time(&self) -> bool {
        !matches!(self.time, Time::Absent)
    }
}

fn time(steps: &[Step]) -> Time {
    let mut pieces = steps.iter().enumerate().filter(|(_, step)| step.sink == Sink::Time);
    match (pieces.next(), pieces.next()) {
        (None, _) => Time::Absent,
        (Some((_, Step { read: Read::Time(part), .. })), None) if part.is_whole() => Time::Whole,
        (Some((first, _)), _) => Time::Pieces(first),
    }
}

fn meaning(columns: &[&mut Column], moment: Option<Moment>, dialect: &Dialect) -> Meaning {
    let bytes = columns.iter().find(|column| column.sink == Sink::Bytes);
    Meaning {
        time_basis: match moment {
            Some(Moment::Begin) => dialect.begin,
            Some(Moment::End) => TimeBasis::Completed,
            None => TimeBasis::Unknown,
        },
        bytes: bytes.map_or(ByteSemantics::Unknown, |column| (dialect.bytes)(&column.name)),
        dash_is_zero: dialect.dash_is_zero && !bytes.is_some_and(|column| column.conditional),
        escape: dialect.escape,
        target: dialect.escape,
        key: dialect.escape,
    }
}

/// Each column with the literal before it, and the literal after the last.
fn leads(pieces: Vec<Piece>) -> (Vec<(Vec<u8>, Column)>, Vec<u8>) {
    let mut leads = Vec::new();
    let mut literal = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => literal.extend(text),
            Piece::Column(column) => leads.push((std::mem::take(&mut literal), column)),
        }
    }
    (leads, literal)
}

fn steps(
    leads: &[(Vec<u8>, Column)],
    tail: &[u8],
    dialect: &Dialect,
    reading: Reading,
) -> Result<Box<[Step]>, TemplateError> {
    let mut steps: Vec<Step> = Vec::with_capacity(leads.len());
    let timeless = !leads.iter().any(|(_, column)| column.sink == Sink::Time);
    for (at, (lead, column)) in leads.iter().enumerate() {
        let next = leads.get(at + 1);
        let follow = next.map_or(tail, |(lead, _)| lead.as_slice());
        let end = end(lead, column, follow, next.map(|(_, column)| column), dialect)?;
        let rule = match rule(column, &end, follow, &steps, reading) {
            // Where no time stands between login and request, a login with spaces would swallow the time of
            // another template's line.
            Rule::Login if timeless && reading.look_alike => Rule::Word,
            rule => rule,
        };
        // Where lines of other templates are tried, only a login may give way: any other column would
        // swallow the columns by which the templates differ.
        let swallows = reading.look_alike && column.sink != Sink::Login;
        let free = column.read == Read::Text && !reading.words && !swallows;
        let elastic = match &end {
            End::Quoted => column.sink == Sink::Request,
            End::Until(_) => free,
            _ => false,
        };
        steps.push(Step {
            lead: Literal::new(lead),
            name: column.name.as_str().into(),
            read: column.read,
            act: Act::Text,
            end,
            rule,
            sink: column.sink,
            elastic,
        });
    }
    Ok(steps.into())
}

fn end(
    lead: &[u8],
    column: &Column,
    follow: &[u8],
    next: Option<&Column>,
    dialect: &Dialect,
) -> Result<End, TemplateError> {
    let zone = column.read == Read::Time(Part::Zone);
    let number = matches!(column.read, Read::Number | Read::Bytes | Read::Status | Read::Connection);
    if matches!(column.read, Read::Time(_)) && !zone {
        return Ok(End::Itself);
    }
    if follow.is_empty() {
        return match next {
            // A number ends where digits end, but only before something that is no number.
            Some(next) if number && next.read == Read::Connection => Ok(End::Itself),
            Some(next) => Err(TemplateError {
                offset: next.at,
                problem: Problem::Adjacent { left: column.name.clone(), right: next.name.clone() },
            }),
            None if number => Ok(End::Itself),
            None => Ok(End::Rest),
        };
    }
    if number {
        return Ok(End::Itself);
    }
    let numeric = next.is_some_and(|next| matches!(next.read, Read::Number | Read::Bytes | Read::Status));
    let quoted = lead.ends_with(b"\"") && follow.starts_with(b"\"");
    Ok(match column.read {
        _ if quoted && dialect.escape != Escape::None => End::Quoted,
        _ if column.sink == Sink::Host && follow.starts_with(b":") => End::Colon,
        _ if zone && follow == b" " && numeric => End::SpaceDigit,
        Read::List if follow.starts_with(b" ") => End::List,
        Read::Upstream if follow.starts_with(b" ") => End::Upstream,
        _ => End::Until(Literal::new(follow)),
    })
}

/// `steps` are those before the column.
fn rule(column: &Column, end: &End, follow: &[u8], steps: &[Step], reading: Reading) -> Rule {
    let Reading { words, look_alike } = reading;
    if *end == End::Quoted || *end == End::Itself {
        return Rule::Any;
    }
    let shifted = steps.iter().any(|step| matches!(step.sink, Sink::Host | Sink::ForwardedFor));
    let port = steps.iter().any(|step| step.end == End::Colon);
    match column.sink {
        Sink::Client if look_alike && shifted => Rule::NoDash,
        Sink::Client => Rule::Some,
        Sink::ForwardedFor if look_alike => Rule::Comma,
        Sink::Host if look_alike && *end == End::Colon => Rule::PortHost,
        Sink::Host if look_alike => Rule::BareHost,
        Sink::Ident if look_alike && shifted && !port => Rule::Dash,
        Sink::Ident => Rule::Ident,
        Sink::Login => Rule::Login,
        _ if column.read == Read::Word || (words && column.read == Read::Text) => {
            if follow.starts_with(b" ") { Rule::Any } else { Rule::Word }
        }
        _ => Rule::Any,
    }
}
