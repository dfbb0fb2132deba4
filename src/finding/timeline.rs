//! What the timeline chart shows. Times are UTC microseconds; the zone only labels the axis.

/// One chart.
#[derive(Debug, Clone)]
pub struct Timeline {
    /// Title, e.g. the case title or the resource's label.
    pub title: String,
    /// One line below it: the headline figures in words.
    pub subtitle: String,
    /// Display zone of the axis.
    pub zone: chrono_tz::Tz,
    /// Name of the counting profile, e.g. `served`.
    pub profile: String,
    /// Width of a bin in words, e.g. `1 h`.
    pub window_label: String,
    /// First 12 hex digits of the evidence hash.
    pub evidence_hash: String,
    /// Program version.
    pub version: String,
    /// The bins, contiguous, in order.
    pub bins: Vec<Bin>,
    /// Case events.
    pub marks: Vec<Mark>,
    /// Spans without logs (`log-gap`, the log's ends), drawn unlike zero.
    pub silences: Vec<Span>,
    /// Outages the case states, drawn unlike zero and unlike silences.
    pub outages: Vec<Span>,
}

/// One bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bin {
    /// Begin, inclusive, µs UTC.
    pub start_us: i64,
    /// End, exclusive, µs UTC.
    pub end_us: i64,
    /// Responses that carried data.
    pub served: u64,
    /// Distinct addresses in this bin.
    pub clients: u64,
    /// Distinct addresses from the first bin to the end of this one.
    pub cumulative_clients: u64,
    /// False where no log covers any of it.
    pub covered: bool,
}

/// A labelled instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// µs UTC.
    pub at_us: i64,
    /// Label, untrusted text.
    pub label: String,
    /// `published`, `reported`, `outage`, `restored`, `closed`, `note`.
    pub kind: String,
}

/// A labelled span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Begin, µs UTC.
    pub start_us: i64,
    /// End, µs UTC.
    pub end_us: i64,
    /// Label, untrusted text.
    pub label: String,
}
