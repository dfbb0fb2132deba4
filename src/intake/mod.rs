//! Evidence comes in here and nowhere else: found, opened read-only, decompressed, hashed, cut into blocks.
//!
//! ```text
//! paths ── find ──▶ files ── open ──▶ streams ── blocks ──▶ whole lines with line number and offset
//!                             │ magic: what the first bytes say it is
//!                             │ codec: gzip, zstd, bzip2, xz, lz4    archive: zip, tar → members
//!                             │ caps: how far it may unfold
//!                             └ raw: the bytes as handed over, counted and hashed
//! ```
//! A file that cannot be opened or read is a state of that file ([`State`]), never an error of the run.

pub mod archive;
pub mod blocks;
pub mod buffers;
pub mod caps;
pub mod codec;
pub mod find;
pub mod magic;
pub mod open;
pub mod raw;
pub mod seal;

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Read to its end.
    Read,
    /// The stream broke off; what came before is counted.
    Truncated(String),
    /// It unfolds beyond its caps; what came before is counted.
    Capped(String),
    /// Nothing could be read.
    Unreadable(String),
}
