//! What an inspection is, before anything of it is shown. The serialised ones are `inspect --json`.

use crate::finding::answer::Finding;
use crate::finding::table::FaultRow;
use serde::Serialize;

/// One file or archive member.
#[derive(Debug, Clone, Serialize, Default, PartialEq, Eq)]
pub struct InspectRow {
    /// Path as given.
    pub path: String,
    /// Member name inside an archive.
    pub member: Option<String>,
    /// `read`, `truncated`, `duplicate` or `unreadable`.
    pub state: String,
    /// Format, several joined by `+`; `unrecognised` where none fits.
    pub format: String,
    /// Scores of the formats tried, best first, as text.
    pub scores: String,
    /// Decompressed bytes.
    pub bytes: u64,
    /// Framing units.
    pub lines: u64,
    /// Requests.
    pub records: u64,
    /// Well-formed, no request.
    pub directives: u64,
    /// Blank.
    pub blank: u64,
    /// Unreadable units.
    pub faults: u64,
    /// Earliest record.
    pub first_utc: Option<String>,
    /// Latest record.
    pub last_utc: Option<String>,
    /// Distinct clients; null where they were not counted.
    pub clients: Option<u64>,
    /// Where the zone of its times comes from, in words (`in the record`, `assumed UTC`, …).
    pub zone: String,
    /// Silences that count as gaps (METHOD M2.5).
    pub gaps: u64,
    /// SHA-256 of the file as handed over; null where it could not be read.
    pub sha256: Option<String>,
}

/// All faults of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultKind {
    /// Kind word of METHOD M1.2.
    pub fault: String,
    /// How many.
    pub count: u64,
    /// The first one, in canonical order.
    pub first: FaultRow,
}

/// What there is to show.
#[derive(Debug, Clone, Default)]
pub struct Inspection {
    /// One row per file or member, in canonical order.
    pub rows: Vec<InspectRow>,
    /// One for each rotation set, by its first file.
    pub sources: Vec<InspectSource>,
    /// Faults by kind; [`super::fault_kinds`] makes them of all rows.
    pub faults: Vec<FaultKind>,
    /// What was noticed.
    pub findings: Vec<Finding>,
}

/// Files that a server wrote one after the other, and what to make of them.
#[derive(Debug, Clone, Serialize, Default, PartialEq, Eq)]
pub struct InspectSource {
    /// The path of its one file, or what the paths of its files have in common.
    pub name: String,
    /// Its files, in canonical order.
    pub files: Vec<String>,
    /// Formats, as in the rows.
    pub format: String,
    /// Requests of its files; copies of other files have none.
    pub records: u64,
    /// Unreadable units.
    pub faults: u64,
    /// Earliest record.
    pub first_utc: Option<String>,
    /// Latest record.
    pub last_utc: Option<String>,
    /// Distinct clients of all its files together; null where there are no records.
    pub clients: Option<u64>,
    /// Whether it can be counted as it is, in sentences.
    pub verdict: String,
    /// What to add to the command line or the case file, and why.
    pub proposals: Vec<Proposal>,
    /// What the verdict comes to.
    #[serde(skip)]
    pub standing: Standing,
    /// Places of its files among the rows.
    #[serde(skip)]
    pub rows: Vec<usize>,
}

/// Something to declare.
#[derive(Debug, Clone, Serialize, Default, PartialEq, Eq)]
pub struct Proposal {
    /// A flag (`--timezone`), or a key of the case file (`methods`).
    pub flag: String,
    /// Its value, not quoted for a shell.
    pub value: String,
    /// Why, in sentences.
    pub reason: String,
}

/// What a verdict comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing stands against counting it.
    #[default]
    Good,
    /// It can be counted, and something should be settled before.
    Care,
    /// Lines, and no format reads one of them.
    Unrecognised,
    /// Well-formed lines that are no requests.
    NoRequests,
    /// Nothing in it.
    Empty,
    /// Not to be read at all.
    Unreadable,
    /// The same content as another file.
    Copy,
}
