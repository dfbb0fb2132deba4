//! What can go wrong while a report is written. Faults in the evidence are not errors; they are data.

use std::path::PathBuf;

/// A report or table that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A file that is already there is never written over.
    #[error("`{}` is already there", crate::escape::terminal(path.as_os_str().as_encoded_bytes()))]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Disk full, permission, and the like.
    #[error("can't write `{}`: {source}", crate::escape::terminal(path.as_os_str().as_encoded_bytes()))]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The rows of a table cannot be had back from scratch space.
    #[error("the rows for `{}` cannot be read: {source}", crate::escape::terminal(path.as_os_str().as_encoded_bytes()))]
    Rows {
        /// The file they were for.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The chart given is no plain drawing.
    #[error("the chart can't go into the report: {0}")]
    Chart(&'static str),
    /// The report's template does not fit its data: a mistake in this program.
    #[cfg(feature = "table")]
    #[error("the report's template failed: {0}")]
    Template(#[from] minijinja::Error),
}
