//! accesstrail answers, from access logs, the question asked after every exposure of personal data: what was
//! taken, how many times, by how many distinct clients, when, until when, whose records, by which known parties,
//! and what can these logs not tell?
//!
//! The rooms are listed in the order the data flows; a `use` points down this list only (`run` may use all), which
//! `tests/it/tidy.rs` holds. docs/architecture.md is the map, docs/method.md says what every number means.

#[cfg(feature = "table")]
pub mod cli;
#[cfg(feature = "table")]
pub mod run;

pub mod case;
pub mod intake;
#[cfg(feature = "table")]
pub mod scan;

pub mod identity;
pub mod outcome;

#[cfg(feature = "table")]
pub mod facts;
pub mod ledger;
#[cfg(feature = "table")]
pub mod table;

pub mod scratch;

pub mod count;
pub mod coverage;

pub mod clock;
pub mod finding;

#[cfg(feature = "table")]
pub mod chart;
pub mod escape;
pub mod report;
