//! The case file: what is asked of the evidence, typed and checked before a byte of it is read.
//!
//! [`load`] reads a `case.toml` into a [`Case`]. Every key the product documents is parsed and checked; an
//! unknown key, a wrong type or an impossible value ends with one [`CaseError`] that points at the line and,
//! where there is one, names the near miss. A key that is read but whose feature is not there yet is listed
//! in [`Case::pending`], so that a run can say so instead of ignoring it.
//!
//! The rules that a case switches on live here too, without any input or output:
//!
//! | module | what |
//! |---|---|
//! | [`glob`] | the globs of METHOD M4.3 and M7.1 |
//! | [`path`] | a request target as routes see it (M4.2) and its query (M4.3) |
//! | [`route`] | request → resource, object, subject (M4.1, M4.5, M4.6) |
//! | [`party`] | client, login, agent → known party (M7.1) |
//! | [`moment`] | `--from` and `--until` as typed (M2.3) |
//!
//! This room opens the case file and nothing else: paths in it are text here, and whether they match a file
//! is the intake's to find out ([`Case::refuse`] makes its error point at the line).

mod duration;
mod error;
pub mod glob;
mod model;
pub mod moment;
mod near;
pub mod party;
pub mod path;
mod pattern;
mod read;
mod reader;
pub mod route;
mod size;
mod width;
mod words;

#[cfg(test)]
mod tests;

use std::path::Path;

pub use self::duration::{clock_offset, span};
pub use self::error::{CaseError, Place, Refusal};
pub use self::model::{
    Attribution, Case, CaseEvent, Counting, MergeDecl, Party, Pending, ProfileDecl, ReportDecl, Resource,
    SourceDecl,
};
pub use self::near::near;
pub use self::pattern::{Pattern, Subject, resource_from_flag, resources_from_flags};
pub use self::size::size;
pub use self::width::Width;
pub use self::words::{ClientKeyPart, EventKind, PartyKind, Robots, Server, Tier, Word};

/// Reads and checks a case file. Relative paths in it stay as written; [`Case::base`] is its directory.
///
/// # Errors
/// One sentence that points at the line, or says why the file cannot be read.
pub fn load(path: &Path) -> Result<Case, CaseError> {
    let shown = crate::escape::terminal(path.as_os_str().as_encoded_bytes());
    let bytes = std::fs::read(path)
        .map_err(|e| CaseError::whole(&shown, format!("the case file cannot be read: {e}"), None))?;
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text,
        Err(e) => {
            let good = bytes.get(..e.valid_up_to()).unwrap_or_default();
            let line = 1 + memchr::memchr_iter(b'\n', good).count();
            let sentence = format!("line {line} is not UTF-8, and a case file is TOML in UTF-8");
            return Err(CaseError::whole(&shown, sentence, None));
        }
    };
    parse(text, path.parent().unwrap_or(Path::new("")), &shown)
}

/// Checks the text of a case file. `base` is the directory its paths are relative to, `shown_path` the name
/// that errors print (already escaped for a terminal).
///
/// # Errors
/// One sentence that points at the line.
pub fn parse(text: &str, base: &Path, shown_path: &str) -> Result<Case, CaseError> {
    read::case(text, base, shown_path)
}
