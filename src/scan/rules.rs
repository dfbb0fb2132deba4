//! What scanning needs to know, resolved beforehand.

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use accesstrail_parsers::format::{Format, Server};
use accesstrail_parsers::record::{ByteSemantics, TimeBasis};
use chrono_tz::Tz;

use crate::case::route::Router;
use crate::coverage::order::Turn;
use crate::identity::forwarded::Trust;

/// Rules of the whole run.
pub struct Rules {
    /// Target → resource, object, subject.
    pub router: Router,
    /// Per resource, in case order.
    pub resources: Vec<ResourceRule>,
    /// Half-open window in µs UTC; `None` takes every record.
    pub window: Option<Range<i64>>,
    /// How many partitions rows are spread over; at least 1.
    pub partitions: usize,
    /// Whether to collect the distinct clients of every file (for `inspect`).
    pub collect_clients: bool,
}

/// What an outcome needs to know of a resource.
#[derive(Debug, Clone, Default)]
pub struct ResourceRule {
    /// Methods that count; compared byte by byte.
    pub methods: Vec<Vec<u8>>,
    /// Declared size of its one object.
    pub size: Option<u64>,
}

/// Rules of one source of the case.
#[derive(Debug)]
pub struct SourceRules {
    /// Name in the case.
    pub name: String,
    /// Vantage it belongs to.
    pub vantage: u16,
    /// Whom to believe about forwarded addresses.
    pub trust: Trust,
    /// Added to every time.
    pub clock_offset_us: i64,
    /// Zone of times that bear none.
    pub timezone: Option<Tz>,
    /// Overrides the format's own time basis.
    pub time_basis: Option<TimeBasis>,
    /// What server wrote the log, where the operator says so.
    pub server: Option<Server>,
    /// The declared format; `None` for `auto`.
    pub format: Option<Vec<Arc<dyn Format>>>,
}

/// Rules of one file.
#[derive(Debug)]
pub struct FileRules {
    /// File id.
    pub file: u32,
    /// Which path, and the how-maniest stream of it.
    pub origin: super::faults::Origin,
    /// Its source.
    pub source: Arc<SourceRules>,
    /// Ordered templates of one family; empty where no format fits.
    pub formats: Vec<Arc<dyn Format>>,
    /// 0-based lines whose records are removed as overlap with another file.
    pub removed: Vec<Range<u64>>,
    /// Where the second passes of folds begin: from there on local times that come twice are the later ones.
    pub turns: Vec<Turn>,
}

impl FileRules {
    /// Whether the record that stands on these lines is a removed duplicate: another file has all of them.
    #[must_use]
    pub fn is_removed(&self, lines: RangeInclusive<u64>) -> bool {
        self.removed.iter().any(|r| r.contains(lines.start()) && r.contains(lines.end()))
    }
}

/// Byte semantics as two bits of a row.
#[must_use]
pub fn semantics_bits(semantics: ByteSemantics) -> u8 {
    match semantics {
        ByteSemantics::Unknown => 0,
        ByteSemantics::BodyWritten => 1,
        ByteSemantics::WireWritten => 2,
        ByteSemantics::BodyPlanned => 3,
    }
}

/// Undoes [`semantics_bits`].
#[must_use]
pub fn semantics_of(bits: u8) -> ByteSemantics {
    match bits & 3 {
        1 => ByteSemantics::BodyWritten,
        2 => ByteSemantics::WireWritten,
        3 => ByteSemantics::BodyPlanned,
        _ => ByteSemantics::Unknown,
    }
}
