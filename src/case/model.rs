//! A case, resolved and typed. Plain data: nothing here reads a file or matches a byte.
//!
//! Times are microseconds of UTC (`_us`), names are unique in their kind, patterns are known to compile.

use std::collections::BTreeMap;
use std::path::PathBuf;

use accesstrail_parsers::record::TimeBasis;
use chrono_tz::Tz;
use ipnet::IpNet;

use super::error::{CaseError, Place, Refusal};
use super::pattern::{Pattern, Subject};
use super::width::Width;
use super::words::{ClientKeyPart, EventKind, PartyKind, Robots, Server, Tier};
use crate::intake::caps::Caps;

/// A whole case file, or what the options of `count` stand for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Case {
    /// `id`; empty for an ad-hoc case.
    pub id: String,
    /// `title`, else the id.
    pub title: String,
    /// Display zone and anchor of the bins (METHOD M2.4); UTC where none is declared.
    pub zone: Tz,
    /// First moment of the window, UTC µs (METHOD M2.4).
    pub from_us: Option<i64>,
    /// First moment after the window, UTC µs.
    pub until_us: Option<i64>,
    /// Width of the bins.
    pub window: Option<Width>,
    /// The earlier report that this one replaces.
    pub supersedes: Option<String>,
    /// The vantage of the top-level figures (METHOD M6.9); the name of a vantage of [`Case::sources`].
    pub primary_vantage: Option<String>,
    /// The examiner's own reference.
    pub examiner_ref: Option<String>,
    /// `[evidence]`: how far a compressed stream may unfold.
    pub caps: Caps,
    /// `[[source]]`, in case order.
    pub sources: Vec<SourceDecl>,
    /// `[[resource]]`, in case order: the first that matches has the request (METHOD M4.1).
    pub resources: Vec<Resource>,
    /// `[[party]]`, in case order: the first that matches has the event (METHOD M7.1).
    pub parties: Vec<Party>,
    /// `[[event]]`, by time, then case order.
    pub events: Vec<CaseEvent>,
    /// `[attribution]`.
    pub attribution: Attribution,
    /// `[counting]`.
    pub counting: Counting,
    /// `[[profile]]`.
    pub profiles: Vec<ProfileDecl>,
    /// `[report]`.
    pub report: ReportDecl,
    /// Directory that relative paths are relative to.
    pub base: PathBuf,
    /// Keys that were read and checked but whose feature is not there yet, in file order.
    pub pending: Vec<Pending>,
    /// The file as errors print its name; empty for an ad-hoc case.
    pub shown_path: String,
    /// The text of the file, for errors found later ([`Case::refuse`]).
    pub text: String,
}

impl Case {
    /// The case of `count PATH…` with `-r` options and no file. Without a resource, every request is in scope.
    #[must_use]
    pub fn ad_hoc(resources: Vec<Resource>) -> Self {
        let resources = if resources.is_empty() { vec![Resource::everything()] } else { resources };
        Self { zone: Tz::UTC, resources, ..Self::default() }
    }

    /// An error of this case that only the evidence could show (a path that matches nothing), at its line.
    #[must_use]
    pub fn refuse(&self, place: Place, sentence: &str, hint: Option<&str>) -> CaseError {
        let refusal = Refusal { sentence: sentence.to_owned(), hint: hint.map(str::to_owned) };
        CaseError::at(&self.shown_path, &self.text, place, refusal)
    }
}

/// One `[[source]]`: files of one log.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceDecl {
    /// Unique name.
    pub name: String,
    /// Paths and globs as written; relative ones are relative to [`Case::base`].
    pub paths: Vec<String>,
    /// Where each of `paths` stands in the file.
    pub paths_at: Vec<Place>,
    /// Format name, template or `auto`; as written.
    pub format: String,
    /// Where `format` stands; the source's head if it isn't written.
    pub format_at: Place,
    /// Kind of place the log was written at; `origin` if not declared.
    pub tier: Tier,
    /// Vantage (METHOD M6.9); the tier's word if not declared.
    pub vantage: String,
    /// The software that wrote the log.
    pub server: Option<Server>,
    /// Proxies whose forwarded addresses are believed (METHOD M3.2).
    pub trusted_proxies: Vec<IpNet>,
    /// Added to every time, µs (METHOD M2.1).
    pub clock_offset_us: i64,
    /// Overrides the format's time basis (METHOD M2.2).
    pub time_basis: Option<TimeBasis>,
    /// Zone of times that bear none (METHOD M2.3).
    pub timezone: Option<Tz>,
    /// The log's client column is already the client (METHOD M3.2).
    pub peer_is_client: bool,
    /// The sources of this vantage are servers of one pool (METHOD M6.9).
    pub replicas: bool,
    /// N of a log that holds one request in N.
    pub sampling: Option<u32>,
    /// List of hashes handed over with the files; relative to [`Case::base`].
    pub expected_sha256: Option<PathBuf>,
    /// Our field name → the name in a generic JSON log.
    pub fields: BTreeMap<String, String>,
}

/// One `[[resource]]`: a named thing somebody could take (METHOD M4.1).
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// Unique name.
    pub name: String,
    /// Text for people; the name if not declared.
    pub label: String,
    /// Any of these matches.
    pub matches: Vec<Pattern>,
    /// None of these does.
    pub exclude: Vec<Pattern>,
    /// Requests that list the objects instead of reading one (METHOD M4.4).
    pub listing: Vec<Pattern>,
    /// Methods whose responses count (an outcome rule, METHOD M4.4); `GET` if not declared.
    pub methods: Vec<String>,
    /// ASCII case of routes; the source's own rule if not declared (METHOD M4.3).
    pub ignore_case: Option<bool>,
    /// Query keys that tell objects apart, in declared order (METHOD M4.5).
    pub object_query: Vec<String>,
    /// Size in bytes of its one object.
    pub size: Option<u64>,
    /// Records in its one object.
    pub records: Option<u64>,
    /// Table of objects and their sizes; relative to [`Case::base`].
    pub manifest: Option<PathBuf>,
    /// Table of all subjects; relative to [`Case::base`].
    pub register: Option<PathBuf>,
    /// Where a request names the person (METHOD M4.6).
    pub subject: Option<Subject>,
}

impl Resource {
    /// A resource with these patterns and every other key as if not declared.
    #[must_use]
    pub fn new(name: &str, matches: Vec<Pattern>) -> Self {
        Self {
            name: name.to_owned(),
            label: name.to_owned(),
            matches,
            exclude: Vec::new(),
            listing: Vec::new(),
            methods: vec!["GET".to_owned()],
            ignore_case: None,
            object_query: Vec::new(),
            size: None,
            records: None,
            manifest: None,
            register: None,
            subject: None,
        }
    }

    /// The resource `*` that every record belongs to, also one without a readable request.
    #[must_use]
    pub fn everything() -> Self {
        Self::new("*", vec![Pattern::default()])
    }
}

/// One `[[party]]`: somebody known (METHOD M7.1).
#[derive(Debug, Clone, PartialEq)]
pub struct Party {
    /// Unique name; never `unattributed`.
    pub name: String,
    /// What they are.
    pub kind: PartyKind,
    /// Their addresses; an IPv4-mapped network is kept as IPv4.
    pub networks: Vec<IpNet>,
    /// Globs over logins, `\` literal.
    pub principals: Vec<String>,
    /// Globs over user agents, `\` literal.
    pub agents: Vec<String>,
    /// Their autonomous systems.
    pub asn: Vec<u32>,
    /// Range files.
    pub ranges: Vec<String>,
    /// Whether a user agent alone attributes a request to them whatever their kind.
    pub agent_is_evidence: bool,
}

/// One `[[event]]` of the case's history.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseEvent {
    /// When, UTC µs.
    pub at_us: i64,
    /// End of its span, UTC µs; always there for an outage.
    pub until_us: Option<i64>,
    /// Text for people.
    pub label: String,
    /// What happened.
    pub kind: EventKind,
}

/// `[attribution]`: databases and lists about addresses.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Attribution {
    /// MMDB files, as written.
    pub mmdb: Vec<String>,
    /// Range files, as written.
    pub ranges: Vec<String>,
}

/// `[counting]` (METHOD §6).
#[derive(Debug, Clone, PartialEq)]
pub struct Counting {
    /// Profile name; `served` if not declared.
    pub profile: String,
    /// Longest pause inside one retrieval, µs (METHOD M6.3); 30 minutes if not declared.
    pub gap_us: i64,
    /// Parts of the retrieval key that stand for the client (METHOD M6.2), in canonical order.
    pub client_key: Vec<ClientKeyPart>,
    /// Fewest bytes of a counted response.
    pub min_bytes: Option<u64>,
    /// Whether robots are counted.
    pub robots: Option<Robots>,
}

impl Counting {
    /// The client key where none is declared: address (IPv6 at /64), user agent, login.
    pub const CLIENT_KEY: [ClientKeyPart; 3] =
        [ClientKeyPart::Ip64, ClientKeyPart::UserAgent, ClientKeyPart::Principal];
    /// The gap where none is declared.
    pub const GAP_US: i64 = 30 * 60 * 1_000_000;
}

impl Default for Counting {
    fn default() -> Self {
        Self {
            profile: "served".to_owned(),
            gap_us: Self::GAP_US,
            client_key: Self::CLIENT_KEY.to_vec(),
            min_bytes: None,
            robots: None,
        }
    }
}

/// One `[[profile]]`: a definition of counting of the operator's own (METHOD M6.5).
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileDecl {
    /// Unique name, none of the built-in ones.
    pub name: String,
    /// Methods that count.
    pub methods: Vec<String>,
    /// Statuses that count, 100–599.
    pub statuses: Vec<u16>,
    /// Words of its key.
    pub key: Vec<String>,
    /// How requests of one key are merged.
    pub merge: Option<MergeDecl>,
    /// Whether robots are counted.
    pub robots: Option<Robots>,
    /// Fewest bytes of a counted response.
    pub min_bytes: Option<u64>,
}

/// `merge = { rule, gap, from }` of a profile; its words are checked once profiles are counted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MergeDecl {
    /// Name of the rule.
    pub rule: Option<String>,
    /// Longest pause, µs.
    pub gap_us: Option<i64>,
    /// What the gap is measured from.
    pub from: Option<String>,
}

/// `[report]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReportDecl {
    /// Annexes, as written.
    pub annexes: Vec<String>,
    /// Charts, as written.
    pub charts: Vec<String>,
    /// Whether to make the redacted flavour for circulation.
    pub circulate: Option<bool>,
}

/// A key that was read and checked but does nothing yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Section and key (`[[resource]] register`).
    pub key: String,
    /// Line of the key in the file.
    pub line: usize,
    /// The sentence to print.
    pub text: String,
}
