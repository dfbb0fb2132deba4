//! A unit that could not be read as a record: data for the ledger, never an error that ends a file.

/// Why a unit is no record. The order is the order of METHOD M1.2: the first that applies is final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// Longer than the line cap; the head was kept, the rest only hashed.
    TooLong,
    /// Holds NUL bytes.
    Nul,
    /// Not in the encoding that the file declares.
    Encoding,
    /// The file ends inside this line.
    Torn,
    /// Does not follow the format.
    Syntax,
    /// The time column is not a time.
    Time,
    /// The status column is not a status.
    Status,
}

impl FaultKind {
    /// All kinds, in the order of METHOD M1.2.
    pub const ALL: [Self; 7] =
        [Self::TooLong, Self::Nul, Self::Encoding, Self::Torn, Self::Syntax, Self::Time, Self::Status];

    /// The word used in every output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::TooLong => "too-long",
            Self::Nul => "nul",
            Self::Encoding => "encoding",
            Self::Torn => "torn",
            Self::Syntax => "syntax",
            Self::Time => "time",
            Self::Status => "status",
        }
    }
}

/// What was wrong, where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault<'a> {
    /// Why.
    pub kind: FaultKind,
    /// The column that failed, in the log's own word (`%>s`, `$status`, `line`).
    pub field: &'a str,
    /// What the format wants there, in words (`a closing quote`, `three digits`).
    pub expected: &'static str,
    /// What stands there: at most [`FOUND_BYTES`] bytes, raw.
    pub found: &'a [u8],
    /// Byte offset inside the unit where the column begins to fail.
    pub offset: usize,
}

/// How many bytes of the offending text a fault keeps.
pub const FOUND_BYTES: usize = 40;

impl<'a> Fault<'a> {
    /// A fault at `offset` of `unit`; `found` is cut from there.
    #[must_use]
    pub fn at(
        kind: FaultKind,
        field: &'a str,
        expected: &'static str,
        unit: &'a [u8],
        offset: usize,
    ) -> Self {
        let rest = unit.get(offset..).unwrap_or_default();
        let found = rest.get(..FOUND_BYTES).unwrap_or(rest);
        Self { kind, field, expected, found, offset }
    }
}
