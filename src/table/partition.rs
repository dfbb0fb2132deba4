//! Where rows wait to be counted: by partition, in memory while they fit, else in scratch files.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::frame::TableError;
use super::piece::{Piece, Pieces};
use super::row::Row;
use crate::scratch::Folder;

/// How much memory a run may take, and where what is more goes.
#[derive(Debug, Clone)]
pub struct Keeping {
    /// Number of partitions; at least 1.
    pub partitions: usize,
    /// Memory of the whole run.
    pub memory_bytes: usize,
    /// Threads that share it.
    pub threads: usize,
    /// The scratch folder; removed with the last handle.
    pub scratch: Arc<Scratch>,
}

impl Keeping {
    /// For a run that keeps no rows.
    #[must_use]
    pub fn of_nothing(memory_bytes: usize, threads: usize) -> Self {
        Self { partitions: 1, memory_bytes, threads, scratch: Arc::default() }
    }

    /// What one thread may hold, where `held_bytes` are taken by what all share: texts, rows that wait.
    #[must_use]
    pub fn share(&self, held_bytes: usize) -> usize {
        /// Blocks on their way, decoders, the program itself.
        const ELSEWHERE_BYTES: usize = 64 << 20;
        /// With less a run would write one small file after the other.
        const LEAST_BYTES: usize = 4 << 20;
        let threads = self.threads.max(1);
        let rest = self.memory_bytes.saturating_sub(held_bytes.saturating_add(ELSEWHERE_BYTES));
        // A quarter for what is not counted here: growing buffers, the frames of what is written out.
        (rest / 4 * 3 / threads).max(LEAST_BYTES.min(self.memory_bytes / 2 / threads))
    }
}

/// A scratch folder that is made when the first rows are written out.
#[derive(Debug, Default)]
pub struct Scratch {
    folder: std::sync::OnceLock<Option<Folder>>,
    next: std::sync::atomic::AtomicU64,
}

impl Scratch {
    /// A path for one more file.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn file(&self) -> Result<PathBuf, TableError> {
        let folder = self.folder.get_or_init(|| Folder::for_rows().ok());
        let n = self.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        folder.as_ref().map(|f| f.path().join(format!("{n}.arrow"))).ok_or_else(|| TableError::Scratch {
            path: std::env::temp_dir(),
            source: std::io::Error::other("no folder can be made there"),
        })
    }
}

/// Rows of a full chunk: rows are never moved once they are in one.
const CHUNK: usize = 128;

/// The rows of one partition: in memory, and in scratch files.
#[derive(Debug, Default)]
struct Slot {
    chunks: Vec<Vec<Row>>,
    spilled: Vec<Piece>,
}

impl Slot {
    #[inline]
    fn push(&mut self, row: Row) {
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => chunk.push(row),
            Some(_) => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(row);
                self.chunks.push(chunk);
            }
            // The first one grows, so that many partitions of a small log take little.
            None => self.chunks.push(vec![row]),
        }
    }

    fn absorb(&mut self, other: Self) {
        self.chunks.extend(other.chunks);
        self.spilled.extend(other.spilled);
    }

    fn rows(&self) -> usize {
        self.chunks.iter().map(Vec::len).sum()
    }

    fn spilled_rows(&self) -> usize {
        self.spilled.iter().map(Piece::rows).sum()
    }
}

/// The rows of one thread.
#[derive(Debug)]
pub struct Buffers {
    keeping: Keeping,
    slots: Vec<Slot>,
    held: usize,
}

impl Buffers {
    /// Empty buffers.
    #[must_use]
    pub fn new(keeping: Keeping) -> Self {
        let slots = std::iter::repeat_with(Slot::default).take(keeping.partitions.max(1)).collect();
        Self { keeping, slots, held: 0 }
    }

    /// Adds the rows of one block; `elsewhere_bytes` is the memory that all threads hold together besides rows.
    ///
    /// # Errors
    /// Scratch space that fails.
    pub fn add(&mut self, rows: &[(u32, Row)], elsewhere_bytes: usize) -> Result<(), TableError> {
        for (partition, row) in rows {
            if let Some(slot) = self.slots.get_mut(*partition as usize) {
                slot.push(*row);
                self.held += size_of::<Row>();
            }
        }
        if self.held > self.keeping.share(elsewhere_bytes) { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), TableError> {
        let mut file = Pieces::create(self.keeping.scratch.file()?)?;
        for slot in &mut self.slots {
            if !slot.chunks.is_empty() {
                slot.spilled.push(file.add(&std::mem::take(&mut slot.chunks).concat())?);
            }
        }
        self.held = 0;
        file.end()
    }
}

/// All rows of a run.
#[derive(Debug)]
pub struct Partitions {
    slots: Vec<Mutex<Slot>>,
    /// Keeps the scratch folder alive.
    _scratch: Arc<Scratch>,
}

impl Partitions {
    /// Joins what the threads hold.
    #[must_use]
    pub fn join(keeping: &Keeping, threads: Vec<Buffers>) -> Self {
        let slots = std::iter::repeat_with(Mutex::default).take(keeping.partitions.max(1)).collect();
        let all = Self { slots, _scratch: Arc::clone(&keeping.scratch) };
        for thread in threads {
            for (mine, theirs) in all.slots.iter().zip(thread.slots) {
                locked(mine).absorb(theirs);
            }
        }
        all
    }

    /// Adds another scan's rows of the same partitioning.
    pub fn absorb(&self, other: Self) {
        for (mine, theirs) in self.slots.iter().zip(other.slots) {
            locked(mine).absorb(theirs.into_inner().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.slots.len()
    }

    /// What all rows that are in memory take there.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.slots.iter().map(|slot| locked(slot).rows() * size_of::<Row>()).sum()
    }

    /// How many rows were written out.
    #[must_use]
    pub fn spilled_rows(&self) -> usize {
        self.slots.iter().map(|slot| locked(slot).spilled_rows()).sum()
    }

    /// Shows every row of one partition, in no order.
    ///
    /// # Errors
    /// A scratch file that is gone or broken.
    pub fn each(&self, partition: usize, mut see: impl FnMut(&Row)) -> Result<(), TableError> {
        let Some(slot) = self.slots.get(partition).map(locked) else { return Ok(()) };
        slot.chunks.iter().flatten().for_each(&mut see);
        let mut rows = Vec::new();
        for piece in &slot.spilled {
            rows.clear();
            piece.read(&mut rows)?;
            rows.iter().for_each(&mut see);
        }
        Ok(())
    }

    /// What the rows of one partition take in memory.
    #[must_use]
    pub fn bytes(&self, partition: usize) -> u64 {
        let slot = self.slots.get(partition).map(locked);
        slot.map_or(0, |slot| ((slot.rows() + slot.spilled_rows()) * size_of::<Row>()) as u64)
    }

    /// Takes the rows of one partition out of here, part by part.
    ///
    /// # Errors
    /// A scratch file that is gone or broken, or what `take` says.
    pub fn drain(
        &self,
        partition: usize,
        mut take: impl FnMut(Vec<Row>) -> Result<(), TableError>,
    ) -> Result<(), TableError> {
        let Some(slot) = self.slots.get(partition).map(|slot| std::mem::take(&mut *locked(slot))) else {
            return Ok(());
        };
        slot.chunks.into_iter().try_for_each(&mut take)?;
        for piece in &slot.spilled {
            let mut rows = Vec::new();
            piece.read(&mut rows)?;
            take(rows)?;
        }
        Ok(())
    }

    /// Takes the rows of one partition that `keep` keeps out of here, in no order yet.
    ///
    /// # Errors
    /// A scratch file that is gone or broken.
    pub fn take(&self, partition: usize, keep: impl Fn(&Row) -> bool) -> Result<Vec<Row>, TableError> {
        let held = self.slots.get(partition).map_or(0, |slot| locked(slot).rows());
        let mut rows: Vec<Row> = Vec::with_capacity(held);
        self.drain(partition, |part| {
            rows.extend(part);
            Ok(())
        })?;
        rows.retain(keep);
        Ok(rows)
    }
}

fn locked(slot: &Mutex<Slot>) -> MutexGuard<'_, Slot> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(n: u64) -> Vec<(u32, Row)> {
        (0..n)
            .map(|i| {
                let row = Row {
                    time_us: i as i64,
                    offset: i,
                    client_hi: 0,
                    client_lo: i,
                    bytes: 1,
                    line: 0,
                    request: 0,
                    actor: 0,
                    peer: 0,
                    file: 0,
                    status: 200,
                    reason: 0,
                    flags: 0,
                };
                ((i % 7) as u32, row)
            })
            .collect()
    }

    #[test]
    fn spilled_and_kept_rows_are_the_same_rows() {
        let load_all = |memory_bytes| {
            let keeping = Keeping { partitions: 7, memory_bytes, threads: 1, scratch: Arc::default() };
            let mut threads = vec![Buffers::new(keeping.clone()), Buffers::new(keeping.clone())];
            for (i, chunk) in rows(1000).chunks(90).enumerate() {
                threads[i % 2].add(chunk, 0).unwrap();
            }
            let all = Partitions::join(&keeping, threads);
            let spilled = all.spilled_rows();
            let mut per: Vec<Vec<Row>> = (0..7).map(|p| all.take(p, |r| r.offset != 500).unwrap()).collect();
            per.iter_mut().for_each(|p| p.sort_by_key(|r| r.offset));
            (spilled, per)
        };
        let (none, kept) = load_all(usize::MAX);
        let (many, spilled) = load_all(0);
        assert_eq!((none, many), (0, 1000));
        assert_eq!(kept, spilled);
        assert_eq!(kept.iter().map(Vec::len).sum::<usize>(), 999);
    }
}
