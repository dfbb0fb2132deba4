//! What one request is evidence of (METHOD section 5: the first row that matches).
//!
//! [`judge`] is a pure function from what a record states to a [`Reason`], and the reason fixes the
//! [`Outcome`]. It reads no log: which operation a record is, which method is allowed and which full size
//! holds are settled before. The modal size of an object never comes here (METHOD M5.1).

mod evidence;
mod judge;

pub use evidence::{Evidence, Mark, Method, Operation, Part};
pub use judge::judge;

/// What a request is evidence of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Outcome {
    /// The log shows that the whole object was handed to the network.
    Complete,
    /// Answered with data; the log can't show how much of it.
    Probable,
    /// Answered with a part of the object.
    Partial,
    /// Read by a copy inside the store.
    Copied,
    /// No content, but the client learned that it exists, or its properties.
    Learned,
    /// Nothing was handed out.
    Attempted,
}

impl Outcome {
    /// All of them, in their order in tables.
    pub const ALL: [Outcome; 6] = [
        Outcome::Complete,
        Outcome::Probable,
        Outcome::Partial,
        Outcome::Copied,
        Outcome::Learned,
        Outcome::Attempted,
    ];

    /// The word in tables and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Complete => "complete",
            Outcome::Probable => "probable",
            Outcome::Partial => "partial",
            Outcome::Copied => "copied",
            Outcome::Learned => "learned",
            Outcome::Attempted => "attempted",
        }
    }

    /// Whether data was carried: complete, probable, partial or copied (METHOD M1.3, `served`).
    pub fn is_served(self) -> bool {
        !matches!(self, Outcome::Learned | Outcome::Attempted)
    }

    /// The outcome with this number.
    pub fn from_u8(number: u8) -> Option<Outcome> {
        Outcome::ALL.get(usize::from(number)).copied()
    }
}

macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal => $outcome:ident,)+) => {
        /// Why a request has its outcome: which row of METHOD section 5 fired, and by which of its clauses.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Reason { $($(#[doc = $doc])+ $name,)+ }

        impl Reason {
            /// All of them, in the order of their numbers.
            pub const ALL: &'static [Reason] = &[$(Reason::$name,)+];

            /// The word in tables and JSON.
            pub fn word(self) -> &'static str {
                match self { $(Reason::$name => $word,)+ }
            }

            /// The outcome that this reason means.
            pub fn outcome(self) -> Outcome {
                match self { $(Reason::$name => Outcome::$outcome,)+ }
            }
        }
    };
}

reasons! {
    /// Row 1: a server-side copy read the object.
    ServerCopy = "server-copy" => Copied,
    /// Row 1: the copy stayed in its bucket or container.
    CopiedWithin = "copied-within" => Learned,
    /// Row 2: HEAD, answered.
    Head = "head" => Learned,
    /// Row 2: 304, the client already holds the object.
    NotModified = "not-modified" => Learned,
    /// Row 2: a listing was read.
    Listing = "listing" => Learned,
    /// Row 2: properties, tags, permissions or the like were read.
    Metadata = "metadata" => Learned,
    /// Row 2: one or two bytes were asked for or given.
    Probe = "probe" => Learned,
    /// Row 3: the method is not one that the resource counts.
    Method = "method" => Attempted,
    /// Row 3: the status is outside 200-299.
    Status = "status" => Attempted,
    /// Row 3: no status was logged, so none inside 200-299.
    NoStatus = "no-status" => Attempted,
    /// Row 3: 204 or 205, which have no body.
    NoContent = "no-content" => Attempted,
    /// Row 3: the logged byte count is 0.
    ZeroBody = "zero-body" => Attempted,
    /// Row 3's exception or row 4: the log marks the transfer as cut.
    AbortMark = "abort-mark" => Partial,
    /// As `abort-mark`, where the mark is a reset by the client: the body may have been whole (M5.4).
    ClientReset = "client-reset" => Partial,
    /// Row 5: 206 that is not shown to cover the whole.
    Part = "part" => Partial,
    /// Rows 5 and 6: 206 that covers the whole, all of it handed to the network.
    CoversAll = "covers-all" => Complete,
    /// Row 6: body bytes reach the full size.
    FullSize = "full-size" => Complete,
    /// Row 6: fewer bytes than the full size.
    ShortOfSize = "short-of-size" => Partial,
    /// Row 7: 2xx with an abort mark whose meaning is not verified (M5.4).
    AbortMarkUnverified = "abort-mark-unverified" => Probable,
    /// Rows 5 and 7: 206 that covers the whole by its range; the bytes can't show it.
    CoversAllByRange = "covers-all-by-range" => Probable,
    /// Row 7: 2xx without a logged byte count.
    BytesUnlogged = "bytes-unlogged" => Probable,
    /// Row 7: every other 2xx.
    Default = "default" => Probable,
    /// Row 1: a server-side copy read a part of the object.
    ServerCopyPart = "server-copy-part" => Copied,
}

impl Reason {
    /// The reason with this number.
    pub fn from_u8(number: u8) -> Option<Reason> {
        Reason::ALL.get(usize::from(number)).copied()
    }
}

#[cfg(test)]
mod tests;
