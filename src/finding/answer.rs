//! The output contract, field by field. A change here is a breaking change (see docs/changelog.md).

use serde::Serialize;

/// Everything one run found.
#[derive(Debug, Clone, Serialize, Default)]
pub struct Answer {
    /// What computed it.
    pub tool: Tool,
    /// The chosen profile and its count.
    pub profile: ProfileCount,
    /// What became of every file and every unit.
    pub ledger: Ledger,
    /// One row per file or archive member, in canonical order.
    pub sources: Vec<Source>,
    /// The vantage of all blocks below.
    pub primary_vantage: String,
    /// The nested counts.
    pub counts: Counts,
    /// The span the data was exposed, where the case gives it.
    pub exposure: Exposure,
    /// Requests by outcome (METHOD §5).
    pub outcomes: Outcomes,
    /// Distinct clients by every definition (METHOD M3.4), over served requests.
    pub clients: Clients,
    /// Bytes of served responses by what the logs' columns mean.
    pub bytes_served: BytesServed,
    /// Time of the first served request.
    pub first_served_utc: Option<String>,
    /// Time of the last served request.
    pub last_served_utc: Option<String>,
    /// Per resource, in case order.
    pub resources: Vec<Resource>,
    /// Per bin of the window grid, empty ones too.
    pub windows: Vec<Window>,
    /// Per party in case order, `unattributed` last.
    pub parties: Vec<Party>,
    /// The nested counts' outer two for every vantage, in order of name.
    pub vantages: Vec<Vantage>,
    /// What was noticed about the evidence.
    pub findings: Vec<Finding>,
    /// What the figures cannot say.
    pub caveats: Vec<Caveat>,
    /// Present only with `--by`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<Group>>,
}

/// Name and version of the program.
#[derive(Debug, Clone, Serialize)]
pub struct Tool {
    /// `accesstrail`.
    pub name: String,
    /// Semantic version.
    pub version: String,
}

impl Default for Tool {
    fn default() -> Self {
        Self { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// The count of the chosen profile.
#[derive(Debug, Clone, Serialize, Default)]
pub struct ProfileCount {
    /// Profile name.
    pub name: String,
    /// SHA-256 of the profile's canonical definition.
    pub sha256: String,
    /// Its count.
    pub count: u64,
}

/// METHOD M1.3.
#[derive(Debug, Clone, Copy, Serialize, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Files and members looked at.
    pub files: u64,
    /// Decompressed bytes of the files read.
    pub bytes: u64,
    /// Framing units.
    pub lines: u64,
    /// Units that are requests.
    pub records: u64,
    /// Well-formed units that are no request.
    pub directives: u64,
    /// Blank units.
    pub blank: u64,
    /// Units that could not be read.
    pub faults: u64,
    /// Files that could not be opened or read at all.
    pub unreadable_files: u64,
    /// Files whose content was already there.
    pub duplicate_files: u64,
    /// Records removed as duplicates.
    pub duplicate_records: u64,
    /// Records outside the window.
    pub out_of_window: u64,
    /// Records that match no resource.
    pub not_sensitive: u64,
    /// Records that are counted somewhere below.
    pub in_scope: u64,
}

/// One file or archive member.
#[derive(Debug, Clone, Serialize, Default)]
pub struct Source {
    /// Path as given (relative to the case file in a report).
    pub path: String,
    /// Member name inside an archive.
    pub member: Option<String>,
    /// Name of the source in the case.
    pub source: String,
    /// `read`, `truncated`, `duplicate` or `unreadable`.
    pub state: String,
    /// SHA-256 of the file as handed over; null where it could not be read.
    pub sha256: Option<String>,
    /// SHA-256 of the decompressed content.
    pub content_sha256: Option<String>,
    /// Vantage it belongs to.
    pub vantage: String,
    /// Format, several joined by `+`; `unrecognised` where none fits.
    pub format: String,
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
}

/// METHOD M6.1: nested counts, not bounds on the truth.
#[derive(Debug, Clone, Serialize, Default)]
pub struct Counts {
    /// In scope.
    pub requests: u64,
    /// Responses that carried data.
    pub served: u64,
    /// Served requests grouped by client and object (METHOD M6.2, M6.3).
    pub retrievals: u64,
    /// Of them, complete or probable.
    pub complete_or_probable_retrievals: u64,
    /// Of them, provably complete; null where no source can show it.
    pub complete_retrievals: Option<u64>,
    /// Served responses of sources that cannot show completeness.
    pub completeness_unknown: u64,
}

/// The exposure span of the case (events `published` and `closed`) and how much of it the logs cover.
#[derive(Debug, Clone, Serialize, Default)]
pub struct Exposure {
    /// From the `published` event.
    pub from_utc: Option<String>,
    /// From the `closed` event.
    pub until_utc: Option<String>,
    /// Seconds of it that the primary vantage's logs cover.
    pub covered_seconds: u64,
}

/// METHOD §5.
#[derive(Debug, Clone, Serialize, Default)]
pub struct Outcomes {
    /// Provably whole; null where no source can show it.
    pub complete: Option<u64>,
    /// 2xx with data, nothing says it was cut.
    pub probable: u64,
    /// Cut or a part.
    pub partial: u64,
    /// Server-side copy.
    pub copied: u64,
    /// Existence or metadata learnt, no body.
    pub learned: u64,
    /// No data.
    pub attempted: u64,
}

/// METHOD M3.4.
#[derive(Debug, Clone, Serialize, Default)]
pub struct Clients {
    /// `ip4 + ip6_128`.
    pub ip: u64,
    /// IPv4 addresses.
    pub ip4: u64,
    /// IPv6 addresses.
    pub ip6_128: u64,
    /// IPv6 /64 networks.
    pub ip6_64: u64,
    /// IPv6 /56 networks.
    pub ip6_56: u64,
    /// IPv6 /48 networks.
    pub ip6_48: u64,
    /// Opaque names (hostnames, masked addresses).
    pub name: u64,
    /// Served requests without any client.
    pub unknown_requests: u64,
    /// Address + user agent pairs.
    pub ip_ua: u64,
    /// Logins.
    pub principal: u64,
    /// Keys, signatures, accounts.
    pub credential: u64,
}

/// METHOD M5.2: never one bare sum.
#[derive(Debug, Clone, Serialize, Default)]
pub struct BytesServed {
    /// Sum of all below.
    pub total: u64,
    /// Body bytes written to the network.
    pub body_written: u64,
    /// Bytes written to the network, headers included.
    pub wire_written: u64,
    /// Size of the response the server meant to send.
    pub body_planned: u64,
    /// Bytes of a column whose meaning is not known.
    pub unknown: u64,
    /// Served responses whose byte count was not logged.
    pub unlogged_responses: u64,
}

/// One resource.
#[derive(Debug, Clone, Serialize, Default)]
pub struct Resource {
    /// Name in the case, or the glob.
    pub name: String,
    /// In scope.
    pub requests: u64,
    /// Responses that carried data.
    pub served: u64,
    /// Retrievals.
    pub retrievals: u64,
    /// Complete ones; null where no source can show it.
    pub complete_retrievals: Option<u64>,
    /// Distinct addresses over served requests.
    pub clients_ip: u64,
    /// Distinct objects over served requests.
    pub objects: u64,
    /// Distinct captured identifiers; null where the resource captures none.
    pub subjects: Option<u64>,
    /// Served requests that yield no identifier, where the resource captures them.
    pub subject_unknown: u64,
    /// Requests of earlier resources that match here too.
    pub also_matches: u64,
    /// Bytes of served responses.
    pub bytes_served: u64,
    /// First served.
    pub first_served_utc: Option<String>,
    /// Last served.
    pub last_served_utc: Option<String>,
}

/// One bin.
#[derive(Debug, Clone, Serialize, Default, PartialEq, Eq)]
pub struct Window {
    /// Begin, inclusive.
    pub start_utc: String,
    /// End, exclusive.
    pub end_utc: String,
    /// False where gaps or the log's ends cover all of it.
    pub covered: bool,
    /// Seconds of it that are covered.
    pub covered_seconds: u64,
    /// All in scope.
    pub requests: u64,
    /// Responses that carried data.
    pub served: u64,
    /// Distinct addresses over served requests; not additive over windows.
    pub clients_ip: u64,
    /// Bytes of served responses.
    pub bytes_served: u64,
}

/// One known party, or `unattributed`.
#[derive(Debug, Clone, Serialize, Default)]
pub struct Party {
    /// Name in the case.
    pub name: String,
    /// Kind in the case; null for `unattributed`.
    pub kind: Option<String>,
    /// Served requests.
    pub served: u64,
    /// Distinct addresses; does not add up over parties.
    pub clients_ip: u64,
    /// Distinct objects.
    pub objects: u64,
    /// Distinct identifiers; null where no resource captures any.
    pub subjects: Option<u64>,
    /// Bytes of served responses.
    pub bytes_served: u64,
}

/// One vantage.
#[derive(Debug, Clone, Serialize, Default, PartialEq, Eq)]
pub struct Vantage {
    /// Name.
    pub name: String,
    /// In scope.
    pub requests: u64,
    /// Responses that carried data.
    pub served: u64,
}

/// Something noticed about the evidence.
#[derive(Debug, Clone, Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Stable id (`log-gap`, `unterminated-last-line`, …).
    pub id: String,
    /// Source or file it concerns; null for the whole run.
    pub source: Option<String>,
    /// A full sentence.
    pub text: String,
}

/// A limit of the figures.
#[derive(Debug, Clone, Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub struct Caveat {
    /// Id of METHOD §8.
    pub id: String,
    /// A full sentence.
    pub text: String,
}

/// One row of `--by`.
#[derive(Debug, Clone, Serialize, Default, PartialEq, Eq)]
pub struct Group {
    /// Value per key, in the order of the keys asked for.
    pub key: Vec<GroupKey>,
    /// In scope.
    pub requests: u64,
    /// Responses that carried data.
    pub served: u64,
    /// Retrievals.
    pub retrievals: u64,
    /// Distinct addresses over served requests.
    pub clients_ip: u64,
    /// Bytes of served responses.
    pub bytes_served: u64,
}

/// One key of a group.
#[derive(Debug, Clone, Serialize, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupKey {
    /// Key name (`client`, `window`, …).
    pub by: String,
    /// Its value as text.
    pub value: String,
}
