//! What a column of a template is: how its text is read, and which field of a record it fills.

use crate::token::calendar::Part;

/// A template in its parts, as the grammars hand it on.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    /// Bytes that stand in every line.
    Text(Vec<u8>),
    /// A value.
    Column(Column),
}

/// One directive or variable (or one piece of a strftime time).
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// The log's own word, as written in the template.
    pub(super) name: String,
    /// Byte offset in the template.
    pub(super) at: usize,
    /// How its text is read.
    pub(super) read: Read,
    /// Which field it fills.
    pub(super) sink: Sink,
    /// Of columns that fill one field, the lowest rank wins; then the first.
    pub(super) rank: u8,
    /// Which moment a time is of.
    pub(super) moment: Moment,
    /// Whether the server prints `-` for some statuses.
    pub(super) conditional: bool,
}

impl Column {
    pub(super) fn new(name: &str, at: usize, read: Read, sink: Sink, rank: u8) -> Self {
        Self { name: name.to_owned(), at, read, sink, rank, moment: Moment::Begin, conditional: false }
    }

    pub(super) fn time(name: &str, at: usize, part: Part, moment: Moment) -> Self {
        Self { moment, ..Self::new(name, at, Read::Time(part), Sink::Time, 0) }
    }
}

/// How the text of a column is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    /// Anything, spaces too.
    Text,
    /// Anything without spaces.
    Word,
    /// A word, or a list whose members end with a comma.
    List,
    /// nginx `$upstream_*`: a list, also with ` : ` between groups.
    Upstream,
    /// Digits with an optional fraction, or `-`.
    Number,
    /// Digits, or `-`.
    Bytes,
    /// Three digits, or `-`.
    Status,
    /// Apache `%X`: `X`, `+` or `-`.
    Connection,
    /// A time or a piece of one.
    Time(Part),
}

/// Which field of a record a column fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sink {
    /// None.
    Drop,
    Client,
    Peer,
    ForwardedFor,
    Forwarded,
    Time,
    Request,
    Method,
    Target,
    Query,
    Protocol,
    Host,
    Status,
    Bytes,
    Agent,
    Referer,
    /// The identd name: fills no field, but tells how to read the login beside it.
    Ident,
    Login,
    RequestId,
    Range,
    ContentRange,
    /// Apache `%X`.
    Connection,
    /// nginx `$request_completion`.
    Completion,
}

impl Sink {
    /// Sinks that one column of a template fills.
    pub(super) const SINGLE: [Self; 21] = [
        Self::Client,
        Self::Peer,
        Self::ForwardedFor,
        Self::Forwarded,
        Self::Request,
        Self::Method,
        Self::Target,
        Self::Query,
        Self::Protocol,
        Self::Host,
        Self::Status,
        Self::Bytes,
        Self::Agent,
        Self::Referer,
        Self::Ident,
        Self::Login,
        Self::RequestId,
        Self::Range,
        Self::ContentRange,
        Self::Connection,
        Self::Completion,
    ];
}

/// Which moment of a request a time column states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// The request was received (Apache's default, `begin:`).
    Begin,
    /// The log line was written (`end:`, nginx).
    End,
}
