//! One file per log family. A [`Format`] turns one unit into a record, a directive or a fault.
//!
//! The named formats are listed in [`catalogue()`], asked for with [`named`], found in a sample by
//! [`crate::sniff`], and tried in order on one line by [`parse_any`].

pub mod akamai;
pub mod apache;
pub mod app_gateway;
pub mod atlassian;
pub mod azure_monitor;
pub mod azure_storage;
pub mod caddy;
pub mod catalogue;
pub mod ceph_ops;
pub mod ceph_rgw;
pub mod cloudflare;
pub mod cloudfront;
pub mod cloudtrail;
pub mod edgar;
pub mod elb;
pub mod envoy;
pub mod error_log;
pub mod fastly;
mod fielded;
pub mod front_door;
pub mod gcs;
pub mod google_audit;
pub mod google_drive;
pub mod google_lb;
pub mod haproxy;
pub mod head;
pub mod iis;
pub mod ltsv;
pub mod m365;
pub mod mapped;
mod marks;
pub mod minio;
pub mod nextcloud;
pub mod nginx;
pub mod openssh_sftp;
pub mod own;
mod pieces;
pub mod proftpd;
pub mod pure_ftpd;
pub mod s3;
pub mod servers;
pub mod sftpgo;
pub mod squid;
pub mod tableau;
mod tells;
pub mod traefik;
pub mod untimed;
pub mod uwsgi;
pub mod vsftpd;
pub mod w3c;
pub mod waf;
pub mod wrapped;
pub mod xferlog;
pub mod zeek;

pub use head::Head;
pub use marks::Marks;
pub use tells::Dissected;

pub use catalogue::{Family, FormatError, Named, Origin, Server, Vendor, catalogue, named};

use crate::fault::{Fault, FaultKind};
use crate::record::{Meaning, Record};
use crate::token::time::TimeCache;
use std::sync::Arc;

/// What one unit turned out to be. (Blank units never reach a format; framing tells them.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(
    clippy::large_enum_variant,
    reason = "returned by value on the hot path; a box would cost an allocation a line"
)]
pub enum Unit<'a> {
    /// A request.
    Record(Record<'a>),
    /// Well-formed, but no request: header, comment, message, footer.
    #[default]
    Directive,
    /// Neither.
    Fault(Fault<'a>),
}

/// Whether a stream may be cut into blocks that are parsed apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// Every line stands alone.
    Lines,
    /// Lines need the directives in force where they stand.
    Header,
    /// The stream is one task.
    Whole,
}

/// A log format: immutable, shared by threads.
pub trait Format: Send + Sync + std::fmt::Debug {
    /// The name shown in outputs (`combined`, `tableau-2018.2`, or the template text).
    fn name(&self) -> &str;
    /// How a stream of it may be cut.
    fn split(&self) -> Split;
    /// What its columns mean.
    fn meaning(&self) -> Meaning;
    /// Whether its records state when the request was. If not, a prefix has to; the stamp is empty.
    fn states_time(&self) -> bool {
        true
    }
    /// False only if [`Format::parse`] gives a fault for a unit like this, with these marks: a cheap look, for whoever
    /// tries many formats and does not ask why one fails.
    fn may_read(&self, _unit: &[u8], _marks: &Marks) -> bool {
        true
    }
    /// Whether it reads lines that begin with `{` and no others.
    fn reads_objects(&self) -> bool {
        false
    }
    /// Of a format whose lines need directives ([`Split::Header`]): how each line that holds one begins.
    fn leads(&self) -> &'static [&'static [u8]] {
        &[]
    }
    /// Of such a format: the one that reads lines under these directives; none where they do not suffice.
    fn arm(&self, _head: &Head) -> Option<Arc<dyn Format>> {
        None
    }
    /// Reads one unit (without its line ending). Never panics, never looks outside `unit`.
    fn parse<'a>(&'a self, unit: &'a [u8], cache: &mut TimeCache) -> Unit<'a>;
    /// As [`Format::parse`], into `read`, whatever was there: a record is long, and a format that is asked for every line
    /// fills it in where it stays.
    fn parse_into<'a>(&'a self, unit: &'a [u8], cache: &mut TimeCache, read: &mut Unit<'a>) {
        *read = self.parse(unit, cache);
    }
}

/// [`Format::parse`] of a format that fills a record in.
pub(crate) fn parsed<'a>(format: &'a impl Format, unit: &'a [u8], cache: &mut TimeCache) -> Unit<'a> {
    let mut read = Unit::Directive;
    format.parse_into(unit, cache, &mut read);
    read
}

/// Reads a unit with the first of `formats` that gives no fault, and says which that was. If all fault,
/// the answer is the fault of the first: it depends on the unit and the order only, never on lines before.
pub fn parse_any<'a>(
    formats: &'a [Arc<dyn Format>],
    unit: &'a [u8],
    cache: &mut TimeCache,
) -> (usize, Unit<'a>) {
    let mut first = None;
    for (index, format) in formats.iter().enumerate() {
        match format.parse(unit, cache) {
            Unit::Fault(fault) => first = first.or(Some(fault)),
            read => return (index, read),
        }
    }
    let unrecognised = || Fault::at(FaultKind::Syntax, "line", "a known format", unit, 0);
    (0, Unit::Fault(first.unwrap_or_else(unrecognised)))
}

#[cfg(test)]
pub(crate) mod tests;
