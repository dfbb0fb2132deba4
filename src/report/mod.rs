//! Writes what was found: on a screen, as JSON, as CSV tables, as an HTML report.
//!
//! Everything comes from [`crate::finding`]; nothing is computed here that is not a sum, a share or an order of
//! display. No clock, no locale, no hash order: the same answer gives the same bytes. Untrusted text leaves through
//! [`crate::escape`] only: a screen's lines all pass `terminal::page`, HTML values all pass the template's formatter,
//! CSV cells all pass `csv`'s sheet, JSON strings all pass `json`'s formatter.

pub mod csv;
mod error;
#[cfg(test)]
mod fixture;
pub mod formats;
#[cfg(feature = "table")]
pub mod html;
pub mod inspect;
pub mod json;
pub mod moment;
pub mod number;
pub mod redact;
pub mod terminal;
pub mod words;

pub use error::ReportError;
