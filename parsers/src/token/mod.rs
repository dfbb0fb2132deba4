//! The leaves that formats share, as `nom` parsers over bytes (`complete`: a line is all there is).
//!
//! A leaf eats its text from the front and hands back the rest. It says what it wanted in words, and
//! which kind of fault a refusal is ([`Wrong`]), because METHOD M1.2 tells a line that does not follow
//! the format (`syntax`) from one whose time or status column cannot be true (`time`, `status`).

pub mod address;
pub mod calendar;
pub mod ctime;
pub mod cursor;
pub mod json;
pub mod near;
pub mod number;
pub mod quoted;
pub mod range;
pub mod request;
pub mod time;
pub mod url;
pub mod zone;

use crate::fault::FaultKind;
use nom::error::{ErrorKind, ParseError};

/// What a leaf returns.
pub type Leaf<'a, T> = nom::IResult<&'a [u8], T, Wrong<'a>>;

/// Why a leaf refused, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrong<'a> {
    /// [`FaultKind::Syntax`], [`FaultKind::Time`] or [`FaultKind::Status`].
    pub kind: FaultKind,
    /// What was wanted, in words.
    pub expected: &'static str,
    /// The text from the failing byte on.
    pub at: &'a [u8],
}

impl<'a> ParseError<&'a [u8]> for Wrong<'a> {
    fn from_error_kind(at: &'a [u8], _kind: ErrorKind) -> Self {
        Self { kind: FaultKind::Syntax, expected: "the format's text", at }
    }

    fn append(_at: &'a [u8], _kind: ErrorKind, other: Self) -> Self {
        other
    }
}

/// A refusal at `at` because the text has not the shape of the column.
pub(crate) fn misshapen<'a, T>(expected: &'static str, at: &'a [u8]) -> Leaf<'a, T> {
    Err(nom::Err::Error(Wrong { kind: FaultKind::Syntax, expected, at }))
}

/// A refusal at `at` because the text has the shape of a time but is none.
pub(crate) fn no_time<'a, T>(expected: &'static str, at: &'a [u8]) -> Leaf<'a, T> {
    Err(nom::Err::Error(Wrong { kind: FaultKind::Time, expected, at }))
}

/// The reason inside a `nom` error. Leaves are complete: `Incomplete` cannot happen, and is a syntax
/// refusal at the end if a future leaf should return it.
pub(crate) fn reason(error: nom::Err<Wrong<'_>>) -> Wrong<'_> {
    match error {
        nom::Err::Error(wrong) | nom::Err::Failure(wrong) => wrong,
        nom::Err::Incomplete(_) => Wrong { kind: FaultKind::Syntax, expected: "more text", at: &[] },
    }
}
