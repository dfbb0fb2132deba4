//! Evidence comes in here and nowhere else: found, opened read-only, decompressed, hashed, cut into blocks.
//!
//! ```text
//! paths ── find ──▶ files ── open ──▶ byte stream ── blocks ──▶ whole lines with line number and offset
//!                              └── seal: SHA-256 of the file as handed over and of its content
//! ```
//! A file that cannot be opened or read is a state of that file ([`State`]), never an error of the run.

pub mod blocks;
pub mod find;
pub mod open;
pub mod seal;

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Read to its end.
    Read,
    /// The stream broke off; what came before is counted.
    Truncated(String),
    /// Nothing could be read.
    Unreadable(String),
}
