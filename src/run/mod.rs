//! The one pipeline. `inspect`, `count` and `report` call it with different ends.
//!
//! ```text
//! prepare ─▶ harvest ─▶ settle ─▶ count ─▶ assemble ─▶ check
//! paths,     one pass   canonical  partition  the answer   the ledger
//! rules                 order,     by         and its      adds up, or
//!                       duplicates partition  tables       the run ends
//! ```

pub mod assemble;
mod board;
pub mod caveats;
pub mod findings;
pub mod folds;
pub mod groups;
pub mod harvest;
pub mod inspect;
pub mod investigate;
mod kinds;
pub mod prepare;
pub mod progress;
mod reader;
pub mod rotations;
pub mod settle;
pub mod silences;
pub mod tables;
pub mod timeline;
pub mod times;
pub mod twins;
pub mod unread;
mod worker;

use thiserror::Error;

/// Why a run gives no answer.
#[derive(Debug, Error)]
pub enum RunError {
    /// The question is wrong: exit 2.
    #[error("{0}")]
    Usage(String),
    /// Nothing could be read as a record, or something broke: exit 1.
    #[error("{0}")]
    Failed(String),
    /// A defect of this program: exit 1.
    #[error(transparent)]
    Imbalance(#[from] crate::ledger::check::Imbalance),
    /// The table or its scratch space: exit 1.
    #[error(transparent)]
    Table(#[from] crate::table::frame::TableError),
}
