//! One request as a log line states it: raw slices of the line, and what the columns mean.
//!
//! Nothing here is decoded, folded or guessed: a field is the bytes between its delimiters, with the
//! writer's own escaping still in it ([`Escape`] says which). Interpretation (addresses, paths,
//! zones, outcomes) happens in later rooms and never overwrites these bytes.

/// A parsed request. Every slice borrows from the unit handed to the parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Record<'a> {
    /// The client column as written (`%h`, `%a`, `$remote_addr`): address, `ip:port`, list, name or `-`.
    pub client: Option<&'a [u8]>,
    /// The socket's peer where the log has it beside an already rewritten client (`%{c}a`, `$realip_remote_addr`).
    pub peer: Option<&'a [u8]>,
    /// `X-Forwarded-For` as written, without its quotes; `None` where not logged or `-` or empty.
    pub x_forwarded_for: Option<&'a [u8]>,
    /// `Forwarded` (RFC 7239) as written; `None` where not logged or `-` or empty.
    pub forwarded: Option<&'a [u8]>,
    /// When, as written.
    pub time: Stamp<'a>,
    /// Method as written; `None` where the request line has none.
    pub method: Option<&'a [u8]>,
    /// Request target as written, query included; `None` where the request is `-`, empty or not HTTP.
    pub target: Option<&'a [u8]>,
    /// Query string that the log keeps in a column of its own (`%q`, `$args`), without a leading `?`.
    pub query: Option<&'a [u8]>,
    /// Protocol as written (`HTTP/1.1`).
    pub protocol: Option<&'a [u8]>,
    /// The whole request column as written; kept because a request may be binary.
    pub request: Option<&'a [u8]>,
    /// Host column (`%v`, `%V`, `$host`, `%{Host}i`), port cut off where the format joins them.
    pub host: Option<&'a [u8]>,
    /// Final status; `None` where the log has no status column or prints `-`.
    pub status: Option<u16>,
    /// Bytes of the response, by the meaning of [`Meaning::bytes`].
    pub bytes: Bytes,
    /// `User-Agent` as written; `None` where not logged or `-`.
    pub agent: Option<&'a [u8]>,
    /// `Referer` as written; `None` where not logged or `-`.
    pub referer: Option<&'a [u8]>,
    /// Login as written (`%u`, `$remote_user`); `None` where not logged or `-`.
    pub principal: Option<&'a [u8]>,
    /// Request id the server gave (`%{UNIQUE_ID}e`, `$request_id`, `%L`); `None` where not logged or `-`.
    pub request_id: Option<&'a [u8]>,
    /// `Range` request header as written.
    pub range: Option<&'a [u8]>,
    /// `Content-Range` response header as written.
    pub content_range: Option<&'a [u8]>,
    /// Whether the log itself says that the transfer was cut (`%X`, `$request_completion`).
    pub abort: Abort,
    /// What the server was asked to do, where the log has a word of its own for it.
    pub operation: Operation,
    /// The object as an object store names it, where the log has columns for it.
    pub object: Option<Object<'a>>,
    /// Full size of the object in bytes, where the log states it.
    pub size: Option<u64>,
    /// The range that was answered, where first and last byte have columns of their own.
    pub span: Option<Span>,
}

/// An object in a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Object<'a> {
    /// Bucket or container as written.
    pub bucket: Option<&'a [u8]>,
    /// Key as written, without a `/` put before it; escaped by [`Meaning::key`].
    pub key: &'a [u8],
}

/// First and last byte of a range; both belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: u64,
    /// Last byte.
    pub end: u64,
}

/// What a log's own word says that the server was asked to do. Which words are which is the format's to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum Operation {
    /// No such word: method, target and status are all there is.
    #[default]
    Web,
    /// An object was read.
    Read,
    /// Properties, tags, permissions or the like were read.
    Learn,
    /// Objects were listed.
    List,
    /// The read side of a copy inside the store.
    Copy,
    /// The same, of a part of an object.
    CopyPart,
    /// Anything else: a write, a deletion, a session.
    Other,
}

/// A time as written, with the zone as written. Calendar-checked, not yet UTC unless the zone is numeric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stamp<'a> {
    /// Microseconds since 1970-01-01T00:00:00 of the *written* clock reading (no zone applied).
    /// For an epoch column it is UTC and `zone` is `Offset(0)`. A second of 60 is kept as 59.999999.
    pub local_us: i64,
    /// The zone as written.
    pub zone: Zone<'a>,
}

impl Stamp<'_> {
    /// The stamp without its borrow; a zone name is let go. The times of prefixes have numeric zones only.
    #[must_use]
    pub const fn unnamed(self) -> Stamp<'static> {
        let zone = match self.zone {
            Zone::Offset(seconds) => Zone::Offset(seconds),
            Zone::Name(_) | Zone::Absent => Zone::Absent,
        };
        Stamp { local_us: self.local_us, zone }
    }
}

/// A zone as a log writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Zone<'a> {
    /// Seconds east of UTC (`-0700`, `+03:30`, `Z`), or fixed by the format's own definition.
    Offset(i32),
    /// A name (`Pacific Daylight Time`, `GMT`) to be resolved by a zone table.
    Name(&'a [u8]),
    /// Nothing written.
    #[default]
    Absent,
}

/// A byte column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bytes {
    /// A number was written, or `-` where [`Meaning::dash_is_zero`] holds (then 0).
    Logged(u64),
    /// No column, or `-` in a format where that means "not recorded".
    #[default]
    Unlogged,
}

/// What the log says of the end of the transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Abort {
    /// No column tells.
    #[default]
    Unlogged,
    /// The column says that the transfer ended normally.
    Whole,
    /// The column says that the transfer was cut.
    Cut,
    /// The column says that the client reset the connection: the body may have been whole.
    Reset,
    /// The column may say that the transfer was cut; the vendor's page for it has not been read.
    Doubtful,
}

/// What the columns of a format mean; fixed per compiled template (METHOD M2.2, M5.2, M5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// Which moment the time column is.
    pub time_basis: TimeBasis,
    /// What the byte column counts.
    pub bytes: ByteSemantics,
    /// Whether `-` in the byte column is 0 (Apache `%b`, combined family) or "not recorded".
    pub dash_is_zero: bool,
    /// How text columns (agent, referer, login) are escaped by the writer.
    pub escape: Escape,
    /// How the target is; mostly as the text is.
    pub target: Escape,
    /// How an object's key is.
    pub key: Escape,
}

impl Meaning {
    /// That of a format which says nothing of time and bytes.
    pub const UNKNOWN: Self = Self {
        time_basis: TimeBasis::Unknown,
        bytes: ByteSemantics::Unknown,
        dash_is_zero: false,
        escape: Escape::None,
        target: Escape::None,
        key: Escape::None,
    };

    /// The same, all columns escaped alike.
    #[must_use]
    pub const fn escaped(self, escape: Escape) -> Self {
        Self { escape, target: escape, key: escape, ..self }
    }
}

/// Which moment of the request a time column states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeBasis {
    /// The request was received.
    Received,
    /// The response was finished.
    Completed,
    /// The connection was accepted.
    Accepted,
    /// The format does not say.
    Unknown,
}

/// What a byte column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ByteSemantics {
    /// Body bytes handed to the network (nginx `$body_bytes_sent`).
    BodyWritten,
    /// All bytes handed to the network, headers included (Apache `%O`, nginx `$bytes_sent`).
    WireWritten,
    /// Size of the response the server meant to send (Apache `%b`).
    BodyPlanned,
    /// Not known (combined of an undeclared server).
    Unknown,
}

/// How a writer escapes text in its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Escape {
    /// Apache `\"` `\\` `\n` `\t` `\xhh`, nginx default `\xHH`.
    Backslash,
    /// nginx `escape=json`.
    Json,
    /// Nothing is escaped (nginx `escape=none`, Apache before 2.0.46).
    None,
    /// A space is written `+` (W3C extended, of texts that clients sent).
    Plus,
    /// `%hh`, one layer (CloudFront; keys in S3's access log).
    Percent,
    /// `"` is written twice (CSV).
    Doubled,
    /// HTML entities (Azure Storage Analytics).
    Entities,
    /// `#hh` (HAProxy).
    Hash,
}
