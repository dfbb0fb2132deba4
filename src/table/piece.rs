//! Frames of many partitions in one scratch file, each with its place in it: a thread that writes out what it holds makes one file,
//! however many partitions there are.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::frame::{self, TableError};
use super::row::Row;

/// Rows of one partition in a scratch file.
#[derive(Debug, Clone)]
pub struct Piece {
    path: Arc<Path>,
    offset: u64,
    bytes: u64,
    rows: usize,
}

impl Piece {
    /// How many rows it holds.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Adds its rows to `out`.
    ///
    /// # Errors
    /// A scratch file that is gone or broken.
    pub fn read(&self, out: &mut Vec<Row>) -> Result<(), TableError> {
        let attempt = || {
            let mut file = File::open(&self.path)?;
            file.seek(SeekFrom::Start(self.offset))?;
            let mut bytes = Vec::new();
            file.take(self.bytes).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let bytes = attempt().map_err(|e| TableError::scratch(&self.path, e))?;
        frame::to_rows(&frame::of_bytes(&bytes)?, out)
    }
}

/// A scratch file being written.
pub struct Pieces {
    path: Arc<Path>,
    out: BufWriter<File>,
    offset: u64,
}

impl Pieces {
    /// Makes the file.
    ///
    /// # Errors
    /// Scratch space that fails.
    pub fn create(path: PathBuf) -> Result<Self, TableError> {
        let file = File::create(&path).map_err(|e| TableError::scratch(&path, e))?;
        Ok(Self { path: Arc::from(path), out: BufWriter::with_capacity(1 << 18, file), offset: 0 })
    }

    /// Writes the rows of one partition.
    ///
    /// # Errors
    /// Scratch space that fails.
    pub fn add(&mut self, rows: &[Row]) -> Result<Piece, TableError> {
        let bytes = frame::to_bytes(&mut frame::of_rows(rows)?)?;
        self.out.write_all(&bytes).map_err(|e| TableError::scratch(&self.path, e))?;
        let piece = Piece {
            path: Arc::clone(&self.path),
            offset: self.offset,
            bytes: bytes.len() as u64,
            rows: rows.len(),
        };
        self.offset += piece.bytes;
        Ok(piece)
    }

    /// Ends the writing.
    ///
    /// # Errors
    /// Scratch space that fails.
    pub fn end(mut self) -> Result<(), TableError> {
        self.out.flush().map_err(|e| TableError::scratch(&self.path, e))
    }
}
