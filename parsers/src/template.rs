//! `LogFormat` and `log_format` text → a compiled [`Template`].
//!
//! The text is cut into literals and columns by the grammar of its server (`template/apache.rs`,
//! `template/nginx.rs`), the columns are matched to fields of a [`Record`]
//! (`template/choose.rs`) and laid out as a flat list of steps (`template/plan.rs`) that
//! `template/walk.rs` takes once per line, without allocating.
//!
//! # What a template promises
//!
//! * A line matches from its first to its last byte; only spaces at its end are tolerated.
//! * The writer's escaping is respected: in a quoted column `\"` is text. Where a server escapes nothing,
//!   a raw quote in the *request* column is accepted only if exactly one place in the line can be the
//!   column's end (`template/places.rs`); the same holds for unquoted text with spaces. Else: a fault.
//! * Where several columns say the same, the better one is used: `%O` before `%b`, `%>s` before `%s`,
//!   `%a` before `%h`, `%v` before `%V` before `%{Host}i`, `$host` before `$http_host` before
//!   `$server_name`, `%r` before `%m %U`. The others are still checked for their shape.
//! * Pieces of one time (`%{%Y-%m-%d %X}t.%{msec_frac}t %{%z}t`) become one stamp. The first complete time
//!   counts; of `begin:` and `end:` the beginning does.
//! * A column that is no field of a record is kept as text and skipped.
//! * A condition (`%!200{Referer}i`) lets a column be `-`. A time under a condition is not used.
//! * `-` means "not there" (`None`) for every text column but the request, which is kept as written. An
//!   empty `""` is "not there" too, except for agent and referer: a client can send those empty.
//!
//! Not done: undoing the escapes of a configuration file (`\"` → `"`; see [`crate::config`]), decoding any
//! field, resolving zone names, pairing a log file with its template (see [`crate::sniff`]).

mod apache;
mod choose;
mod column;
mod error;
mod literal;
mod nginx;
mod outline;
mod places;
mod plan;
mod strftime;
mod walk;

pub(crate) use error::nearest;
pub use error::{Problem, TemplateError, Unknown};
pub(crate) use plan::Reading;

use crate::format::{Format, Marks, Split, Unit, parsed};
use crate::record::{ByteSemantics, Meaning, Record, TimeBasis};
use crate::token::time::TimeCache;
use plan::Plan;

/// A compiled access-log template.
#[derive(Debug)]
pub struct Template {
    name: String,
    plan: Plan,
    unknown: Vec<Unknown>,
}

impl Template {
    /// Compiles the text of an Apache `LogFormat` (or the inline format of a `CustomLog`), escapes of the
    /// configuration file already undone. `\t`, `\n`, `\r` and `\\` mean what Apache makes of them.
    ///
    /// # Errors
    /// An unknown directive, or columns that cannot be told apart; see [`Problem`].
    pub fn apache(name: &str, text: &str) -> Result<Self, TemplateError> {
        Self::apache_as(name, text, Reading::default())
    }

    /// Compiles the text of an nginx `log_format`, its quoted strings already joined. The parameter
    /// `escape=default|json|none` may stand before it, with one space between.
    ///
    /// # Errors
    /// A malformed variable, or columns that cannot be told apart; see [`Problem`].
    pub fn nginx(name: &str, text: &str) -> Result<Self, TemplateError> {
        Self::nginx_as(name, text, Reading::default())
    }

    pub(crate) fn apache_as(name: &str, text: &str, reading: Reading) -> Result<Self, TemplateError> {
        let pieces = apache::pieces(text)?;
        let plan = Plan::build(pieces, &apache::DIALECT, reading)?;
        Ok(Self { name: name.to_owned(), plan, unknown: Vec::new() })
    }

    pub(crate) fn nginx_as(name: &str, text: &str, reading: Reading) -> Result<Self, TemplateError> {
        let parsed = nginx::pieces(text)?;
        let dialect = nginx::dialect(parsed.escape);
        let plan = Plan::build(parsed.pieces, &dialect, reading)?;
        Ok(Self { name: name.to_owned(), plan, unknown: parsed.unknown })
    }

    /// Whether a column (or several) states when the request was. A template without one can only be
    /// used behind a prefix that has a time; its records carry an empty stamp.
    #[must_use]
    pub const fn states_time(&self) -> bool {
        self.plan.states_time()
    }

    /// Variables that nginx does not define, kept as text columns. They may be set by the configuration,
    /// or misspelt.
    #[must_use]
    pub fn unknown(&self) -> &[Unknown] {
        &self.unknown
    }

    /// The same columns, of a server that is not declared: what the time and the bytes mean is unknown.
    pub(crate) fn undeclared(mut self) -> Self {
        self.plan.meaning.time_basis = TimeBasis::Unknown;
        self.plan.meaning.bytes = ByteSemantics::Unknown;
        self
    }
}

impl Format for Template {
    fn name(&self) -> &str {
        &self.name
    }

    fn split(&self) -> Split {
        Split::Lines
    }

    fn meaning(&self) -> Meaning {
        self.plan.meaning
    }

    fn states_time(&self) -> bool {
        self.plan.states_time()
    }

    fn may_read(&self, unit: &[u8], marks: &Marks) -> bool {
        self.plan.outline.admits(unit, marks)
    }

    fn parse<'a>(&'a self, unit: &'a [u8], cache: &mut TimeCache) -> Unit<'a> {
        parsed(self, unit, cache)
    }

    fn parse_into<'a>(&'a self, unit: &'a [u8], cache: &mut TimeCache, read: &mut Unit<'a>) {
        *read = Unit::Record(Record::default());
        let Unit::Record(record) = read else { return };
        if let Err(stop) = self.plan.walk(unit, cache, None, record) {
            *read = match places::decide(&self.plan, unit, cache, stop) {
                Ok(record) => Unit::Record(record),
                Err(fault) => Unit::Fault(fault),
            };
        }
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
