//! One file per log family. A [`Format`] turns one unit into a record, a directive or a fault.

use crate::fault::Fault;
use crate::record::{Meaning, Record};
use crate::token::time::TimeCache;

/// What one unit turned out to be. (Blank units never reach a format; framing tells them.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "returned by value on the hot path; a box would cost an allocation a line")]
pub enum Unit<'a> {
    /// A request.
    Record(Record<'a>),
    /// Well-formed, but no request: header, comment, message, footer.
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
    /// Reads one unit (without its line ending). Never panics, never looks outside `unit`.
    fn parse<'a>(&'a self, unit: &'a [u8], cache: &mut TimeCache) -> Unit<'a>;
}
