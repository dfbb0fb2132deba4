//! Where rows wait to be counted: by partition, in memory while they fit, else in scratch files.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::frame::{self, TableError};
use super::row::Row;
use crate::scratch::Folder;

/// How rows are kept.
#[derive(Debug, Clone)]
pub struct Keeping {
    /// Number of partitions; at least 1.
    pub partitions: usize,
    /// Bytes of rows one thread may hold before it writes them out.
    pub budget_bytes: usize,
    /// The scratch folder; removed with the last handle.
    pub scratch: Arc<Scratch>,
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
    spilled: Vec<PathBuf>,
    /// Rows in these files.
    spilled_rows: usize,
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
        self.spilled_rows += other.spilled_rows;
    }

    fn rows(&self) -> usize {
        self.chunks.iter().map(Vec::len).sum()
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

    /// Adds the rows of one block.
    ///
    /// # Errors
    /// Scratch space that fails.
    pub fn add(&mut self, rows: &[(u32, Row)]) -> Result<(), TableError> {
        for (partition, row) in rows {
            if let Some(slot) = self.slots.get_mut(*partition as usize) {
                slot.push(*row);
                self.held += size_of::<Row>();
            }
        }
        if self.held > self.keeping.budget_bytes { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), TableError> {
        for slot in &mut self.slots {
            if slot.chunks.is_empty() {
                continue;
            }
            let path = self.keeping.scratch.file()?;
            frame::spill(&mut frame::of_rows(&slot.chunks.concat())?, &path)?;
            slot.spilled.push(path);
            slot.spilled_rows += slot.rows();
            slot.chunks.clear();
        }
        self.held = 0;
        Ok(())
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

    /// How many scratch files were written.
    #[must_use]
    pub fn spilled_files(&self) -> usize {
        self.slots.iter().map(|slot| locked(slot).spilled.len()).sum()
    }

    /// Shows every row of one partition, in no order.
    ///
    /// # Errors
    /// A scratch file that is gone or broken.
    pub fn each(&self, partition: usize, mut see: impl FnMut(&Row)) -> Result<(), TableError> {
        let Some(slot) = self.slots.get(partition).map(locked) else { return Ok(()) };
        slot.chunks.iter().flatten().for_each(&mut see);
        let mut rows = Vec::new();
        for path in &slot.spilled {
            rows.clear();
            frame::to_rows(&frame::unspill(path)?, &mut rows)?;
            rows.iter().for_each(&mut see);
        }
        Ok(())
    }

    /// What the rows of one partition take in memory.
    #[must_use]
    pub fn bytes(&self, partition: usize) -> u64 {
        let slot = self.slots.get(partition).map(locked);
        slot.map_or(0, |slot| ((slot.rows() + slot.spilled_rows) * size_of::<Row>()) as u64)
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
        for path in &slot.spilled {
            let mut rows = Vec::new();
            frame::to_rows(&frame::unspill(path)?, &mut rows)?;
            take(rows)?;
        }
        Ok(())
    }

    /// Takes the rows of one partition that `keep` keeps out of here, in no order yet.
    ///
    /// # Errors
    /// A scratch file that is gone or broken.
    pub fn take(&self, partition: usize, keep: impl Fn(&Row) -> bool) -> Result<Vec<Row>, TableError> {
        let slot =
            self.slots.get(partition).map(|slot| std::mem::take(&mut *locked(slot))).unwrap_or_default();
        let mut rows: Vec<Row> = Vec::with_capacity(slot.rows());
        for chunk in slot.chunks {
            rows.extend(chunk);
        }
        for path in &slot.spilled {
            frame::to_rows(&frame::unspill(path)?, &mut rows)?;
        }
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
        let load_all = |budget_bytes| {
            let keeping = Keeping { partitions: 7, budget_bytes, scratch: Arc::default() };
            let mut threads = vec![Buffers::new(keeping.clone()), Buffers::new(keeping.clone())];
            for (i, chunk) in rows(1000).chunks(90).enumerate() {
                threads[i % 2].add(chunk).unwrap();
            }
            let all = Partitions::join(&keeping, threads);
            let spilled = all.spilled_files();
            let mut per: Vec<Vec<Row>> = (0..7).map(|p| all.take(p, |r| r.offset != 500).unwrap()).collect();
            per.iter_mut().for_each(|p| p.sort_by_key(|r| r.offset));
            (spilled, per)
        };
        let (none, kept) = load_all(usize::MAX);
        let (many, spilled) = load_all(0);
        assert_eq!((none, many), (0, 12 * 7));
        assert_eq!(kept, spilled);
        assert_eq!(kept.iter().map(Vec::len).sum::<usize>(), 999);
    }
}
