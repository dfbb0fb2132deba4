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
    /// How text columns are escaped by the writer.
    pub escape: Escape,
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
}
