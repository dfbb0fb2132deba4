//! What a record states about one response, with everything that is not a rule already settled.

use accesstrail_parsers::record::{Abort, ByteSemantics};

/// The facts that METHOD section 5 judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// HEAD, or anything else.
    pub method: Method,
    /// Whether the resource counts this method (METHOD M4.4).
    pub method_allowed: bool,
    /// The final status; `Some(0)` for a logged `000`, `None` where none is logged.
    pub status: Option<u16>,
    /// The logged byte count, headers subtracted where their size is logged; `None` if unlogged (M5.3).
    pub bytes: Option<u64>,
    /// Whether the log marks the end of the transfer (M5.4).
    pub abort: Abort,
    /// How far a cut mark may be relied on.
    pub mark: Mark,
    /// What `bytes` counts (M5.2).
    pub semantics: ByteSemantics,
    /// The range that the response covers (`Content-Range`, `sc-range-start` …), if logged.
    pub part: Option<Part>,
    /// Length of the single range that the request asked for, if logged.
    pub requested: Option<u64>,
    /// Full size of the object: logged, else manifest, else declared; never modal (M5.1).
    pub size: Option<u64>,
    /// What the log says the server was asked to do.
    pub operation: Operation,
}

impl Default for Evidence {
    /// A web record that states nothing, by a method that counts.
    fn default() -> Evidence {
        Evidence {
            method: Method::Other,
            method_allowed: true,
            status: None,
            bytes: None,
            abort: Abort::Unlogged,
            mark: Mark::Verified,
            semantics: ByteSemantics::Unknown,
            part: None,
            requested: None,
            size: None,
            operation: Operation::Web,
        }
    }
}

/// The one method whose answer has no body by definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// `HEAD`, in these letters: HTTP methods are case-sensitive (RFC 9110 section 9.1).
    Head,
    /// Any other, or none.
    Other,
}

impl Method {
    /// Reads the method as written.
    pub fn read(raw: Option<&[u8]>) -> Method {
        if raw == Some(b"HEAD") { Method::Head } else { Method::Other }
    }
}

/// How far an abort mark may be relied on (METHOD M5.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mark {
    /// Its meaning is documented by the vendor.
    #[default]
    Verified,
    /// Documented, and it says that the client reset the connection (IIS win32 64, 995, 1236).
    ClientReset,
    /// Its meaning has not been verified; it is not applied, and keeps a response from being `complete`.
    Unverified,
}

/// A byte range as HTTP writes it: both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Part {
    /// First byte.
    pub start: u64,
    /// Last byte (`bytes 0-98/99` ends at 98).
    pub end: u64,
    /// Full size as the same column states it; `None` for `*` or where it is not said.
    pub total: Option<u64>,
}

impl Part {
    /// Bytes in the range; 0 for one that ends before it starts.
    pub fn length(&self) -> u64 {
        self.end.checked_sub(self.start).map_or(0, |last| last.saturating_add(1))
    }

    /// Whether the range is `[0, size)`.
    pub fn covers(&self, size: u64) -> bool {
        self.start == 0 && size > 0 && self.length() >= size
    }
}

/// What the log says the server was asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// No operation is logged: method, target and status are all there is.
    Web,
    /// The operation that reads an object.
    Read,
    /// Any other read: properties, tags, permissions (METHOD row 2).
    Learn,
    /// A listing, by operation or by the case's `listing` patterns (METHOD M4.4).
    List,
    /// The read side of a server-side copy (METHOD row 1).
    Copy,
    /// The same, of a part of the object: such parts of one copy are one retrieval (METHOD M6.2).
    CopyPart,
    /// The same, where a write with the same request id shows that the copy stayed within its bucket or container.
    CopyWithin,
}
