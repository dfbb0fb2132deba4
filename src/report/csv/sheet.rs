//! One CSV file being written, cell by cell, each text cell through the door.

use crate::escape;
use crate::finding::table::Rows;
use crate::report::ReportError;
use csv::{Terminator, Writer, WriterBuilder};
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

/// A file with its heading already written.
pub(super) struct Sheet {
    path: PathBuf,
    heading: &'static [&'static str],
    writer: Writer<BufWriter<File>>,
    row: Vec<String>,
    changed: Vec<&'static str>,
}

impl Sheet {
    /// Makes a new file; one that is already there is an error.
    pub(super) fn create(
        dir: &Path,
        name: &str,
        heading: &'static [&'static str],
    ) -> Result<Self, ReportError> {
        let path = dir.join(name);
        let file = match File::create_new(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(ReportError::Exists { path });
            }
            Err(source) => return Err(ReportError::Write { path, source }),
        };
        let mut writer =
            WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(BufWriter::new(file));
        if let Err(error) = writer.write_record(heading) {
            return Err(ReportError::Write { path, source: error.into() });
        }
        Ok(Self { path, heading, writer, row: Vec::with_capacity(heading.len()), changed: Vec::new() })
    }

    /// Untrusted text or bytes.
    pub(super) fn text(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let (cell, changed) = escape::csv(bytes.as_ref());
        if changed {
            self.changed.extend(self.heading.get(self.row.len()).copied());
        }
        self.row.push(cell);
        self
    }

    /// An integer.
    pub(super) fn number(&mut self, n: u64) -> &mut Self {
        self.row.push(n.to_string());
        self
    }

    /// An integer that may not be known: an empty cell then.
    pub(super) fn maybe(&mut self, n: Option<u64>) -> &mut Self {
        self.row.push(n.map(|n| n.to_string()).unwrap_or_default());
        self
    }

    /// `true` or `false`.
    pub(super) fn truth(&mut self, yes: bool) -> &mut Self {
        self.row.push(yes.to_string());
        self
    }

    /// The names of the columns of this row that the door changed, between blanks.
    pub(super) fn changed(&mut self) -> &mut Self {
        self.row.push(self.changed.join(" "));
        self
    }

    /// Ends the row. A row of another length than the heading is an error, so columns can't slip.
    pub(super) fn end_row(&mut self) -> Result<(), ReportError> {
        let written = self.writer.write_record(&self.row);
        self.row.clear();
        self.changed.clear();
        written.map_err(|error| ReportError::Write { path: self.path.clone(), source: error.into() })
    }

    /// Writes all rows of a table, each with `write`.
    pub(super) fn rows<T>(
        &mut self,
        rows: &dyn Rows<T>,
        write: impl Fn(&mut Self, &T) -> Result<(), ReportError>,
    ) -> Result<(), ReportError> {
        let mut failed = None;
        let read = rows.each(&mut |row| {
            write(self, row).map_err(|error| {
                let told = io::Error::other(error.to_string());
                failed = Some(error);
                told
            })
        });
        match (failed, read) {
            (Some(error), _) => Err(error),
            (None, Err(source)) => Err(ReportError::Rows { path: self.path.clone(), source }),
            (None, Ok(())) => Ok(()),
        }
    }

    /// Writes what is buffered; an error on the way to the disk is not lost.
    pub(super) fn finish(mut self) -> Result<PathBuf, ReportError> {
        match self.writer.flush() {
            Ok(()) => Ok(self.path),
            Err(source) => Err(ReportError::Write { path: self.path, source }),
        }
    }
}
