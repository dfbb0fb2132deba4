//! Sorted runs: records of a table that is too large for memory, sorted part by part, and read back as one sorted stream.
//!
//! A [`Sink`] collects; when it holds more than its budget it sorts what it holds and writes it out as one run, in chunks, so
//! that reading a run back holds one chunk of it. Many runs are merged into one, so that the files that are open at a time
//! stay few. [`Runs::each`] merges the runs of all threads.

use std::cmp::Ordering;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::frame::{self, TableError};
use super::partition::{Keeping, Scratch};

/// Records of one chunk of a run on disk; the least that a run has.
const CHUNK: usize = 4096;
/// So many runs on disk may be open at a time; each thread has its share of them, and merges what is more into one.
const MOST_FILES: usize = 128;

/// A record of a table: a fixed number of integers.
pub trait Kept: Copy + Send {
    /// Names of its columns.
    const COLUMNS: &'static [&'static str];
    /// The value of one column, by its place in [`Kept::COLUMNS`].
    fn word(&self, column: usize) -> u64;
    /// The record that has these values.
    fn of(word: impl Fn(usize) -> u64) -> Self;
}

/// An order of records.
pub trait Sorting<T> {
    /// Sorts many, by the same order as [`Sorting::compare`].
    fn sort(&self, records: &mut [T]);
    /// Which of two comes first.
    fn compare(&self, a: &T, b: &T) -> Ordering;
}

/// One sorted run.
#[derive(Debug)]
enum Run<T> {
    Memory(Vec<T>),
    /// A file of the scratch folder.
    File(PathBuf),
}

/// Collects records of one thread.
#[derive(Debug)]
pub struct Sink<T> {
    keeping: Keeping,
    budget_bytes: usize,
    held: Vec<T>,
    runs: Vec<Run<T>>,
}

impl<T: Kept> Sink<T> {
    /// An empty one that writes out what it holds above `budget_bytes`.
    #[must_use]
    pub fn new(keeping: &Keeping, budget_bytes: usize) -> Self {
        Self { keeping: keeping.clone(), budget_bytes, held: Vec::new(), runs: Vec::new() }
    }

    /// Adds a record.
    #[inline]
    pub fn push(&mut self, record: T) {
        // Never twice what is held, where much is: the budget is about memory, not about records.
        if self.held.len() == self.held.capacity() && size_of::<T>() * self.held.len() > self.budget_bytes / 4
        {
            self.held.reserve_exact((self.budget_bytes / 4 / size_of::<T>()).max(CHUNK));
        }
        self.held.push(record);
    }

    /// Whether it holds more than it may: the next [`Sink::spill`] is due.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.held.len() >= CHUNK && size_of::<T>() * self.held.len() > self.budget_bytes
    }

    /// Sorts what is held and writes it out as a run.
    ///
    /// # Errors
    /// Scratch space that fails.
    pub fn spill(&mut self, order: &(impl Sorting<T> + ?Sized)) -> Result<(), TableError> {
        order.sort(&mut self.held);
        let path = self.keeping.scratch.file()?;
        let mut file = Writer::create(&path)?;
        self.held.iter().try_for_each(|record| file.push(*record))?;
        file.end()?;
        self.runs.push(Run::File(path));
        self.held.clear();
        let most = (MOST_FILES / self.keeping.threads.max(1)).max(2);
        if self.runs.len() < most { Ok(()) } else { self.merge(order) }
    }

    /// Makes one run of all.
    fn merge(&mut self, order: &(impl Sorting<T> + ?Sized)) -> Result<(), TableError> {
        let path = self.keeping.scratch.file()?;
        let mut file = Writer::create(&path)?;
        let runs = std::mem::take(&mut self.runs);
        let all = Runs { runs, scratch: None };
        all.each(order, |record| file.push(*record))?;
        file.end()?;
        self.runs.push(Run::File(path));
        Ok(())
    }

    /// Ends the writing.
    #[must_use]
    pub fn end(mut self, order: &(impl Sorting<T> + ?Sized)) -> Runs<T> {
        if !self.held.is_empty() {
            order.sort(&mut self.held);
            self.held.shrink_to_fit();
            self.runs.push(Run::Memory(self.held));
        }
        Runs { runs: self.runs, scratch: Some(self.keeping.scratch) }
    }
}

/// A whole table in sorted runs.
#[derive(Debug)]
pub struct Runs<T> {
    runs: Vec<Run<T>>,
    /// Keeps the scratch folder alive.
    scratch: Option<Arc<Scratch>>,
}

/// Its files are of no use any more, and the disk may be needed.
impl<T> Drop for Runs<T> {
    fn drop(&mut self) {
        for run in self.runs.drain(..) {
            if let Run::File(path) = run {
                // What cannot be removed goes with the scratch folder.
                drop(std::fs::remove_file(path));
            }
        }
    }
}

impl<T> Default for Runs<T> {
    fn default() -> Self {
        Self { runs: Vec::new(), scratch: None }
    }
}

impl<T: Kept> Runs<T> {
    /// Adds the runs of another thread.
    pub fn absorb(&mut self, mut other: Self) {
        self.runs.append(&mut other.runs);
        self.scratch = self.scratch.take().or(other.scratch.take());
    }

    /// Gives all records in the order by which each run was sorted.
    ///
    /// # Errors
    /// A scratch file that is gone or broken, or what `take` says.
    pub fn each<E: From<TableError>>(
        &self,
        sorting: &(impl Sorting<T> + ?Sized),
        mut take: impl FnMut(&T) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut cursors = self.runs.iter().map(Cursor::open).collect::<Result<Vec<_>, _>>()?;
        let mut heap = Heap { order: Vec::new(), cursors: &mut cursors, sorting };
        heap.fill();
        while let Some(least) = heap.least() {
            take(&least)?;
            heap.advance()?;
        }
        Ok(())
    }
}

/// The cursors that still hold something, the least at the front.
struct Heap<'c, 'r, T, S: ?Sized> {
    order: Vec<usize>,
    cursors: &'c mut Vec<Cursor<'r, T>>,
    sorting: &'c S,
}

impl<T: Kept, S: Sorting<T> + ?Sized> Heap<'_, '_, T, S> {
    fn fill(&mut self) {
        self.order = (0..self.cursors.len()).filter(|at| self.head(*at).is_some()).collect();
        for at in (0..self.order.len() / 2).rev() {
            self.sink(at);
        }
    }

    fn head(&self, cursor: usize) -> Option<T> {
        self.cursors.get(cursor).and_then(Cursor::head)
    }

    fn least(&self) -> Option<T> {
        self.order.first().and_then(|cursor| self.head(*cursor))
    }

    fn advance(&mut self) -> Result<(), TableError> {
        let Some(first) = self.order.first().copied() else { return Ok(()) };
        if let Some(cursor) = self.cursors.get_mut(first) {
            cursor.advance()?;
        }
        if self.head(first).is_none() {
            self.order.swap_remove(0);
        }
        self.sink(0);
        Ok(())
    }

    fn sink(&mut self, mut at: usize) {
        loop {
            let smaller = [2 * at + 1, 2 * at + 2].into_iter().filter(|child| *child < self.order.len());
            let Some(child) = smaller.min_by(|a, b| self.compare_at(*a, *b)) else { return };
            if self.compare_at(at, child) != Ordering::Greater {
                return;
            }
            self.order.swap(at, child);
            at = child;
        }
    }

    fn compare_at(&self, a: usize, b: usize) -> Ordering {
        let of = |place: usize| self.order.get(place).and_then(|cursor| self.head(*cursor));
        match (of(a), of(b)) {
            (Some(a), Some(b)) => self.sorting.compare(&a, &b),
            _ => Ordering::Equal,
        }
    }
}

/// A place in a run.
enum Cursor<'a, T> {
    Memory(&'a [T]),
    File { path: &'a Path, reader: BufReader<File>, chunk: Vec<T>, at: usize },
}

impl<'a, T: Kept> Cursor<'a, T> {
    fn open(run: &'a Run<T>) -> Result<Self, TableError> {
        let path = match run {
            Run::Memory(records) => return Ok(Self::Memory(records)),
            Run::File(path) => path,
        };
        let file = File::open(path).map_err(|e| TableError::scratch(path, e))?;
        let mut cursor = Self::File { path, reader: BufReader::new(file), chunk: Vec::new(), at: 0 };
        cursor.read()?;
        Ok(cursor)
    }

    fn head(&self) -> Option<T> {
        match self {
            Self::Memory(records) => records.first().copied(),
            Self::File { chunk, at, .. } => chunk.get(*at).copied(),
        }
    }

    fn advance(&mut self) -> Result<(), TableError> {
        match self {
            Self::Memory(records) => {
                *records = records.get(1..).unwrap_or_default();
                Ok(())
            }
            Self::File { chunk, at, .. } => {
                *at += 1;
                if *at < chunk.len() { Ok(()) } else { self.read() }
            }
        }
    }

    fn read(&mut self) -> Result<(), TableError> {
        let Self::File { path, reader, chunk, at } = self else { return Ok(()) };
        (*at, *chunk) = (0, Vec::new());
        let mut length = [0; 8];
        match reader.read(&mut length[..1]).map_err(|e| TableError::scratch(path, e))? {
            0 => return Ok(()),
            _ => reader.read_exact(&mut length[1..]).map_err(|e| TableError::scratch(path, e))?,
        }
        let length = usize::try_from(u64::from_le_bytes(length)).unwrap_or(usize::MAX);
        let mut bytes = Vec::new();
        reader.take(length as u64).read_to_end(&mut bytes).map_err(|e| TableError::scratch(path, e))?;
        let frame = frame::of_bytes(&bytes)?;
        let columns: Vec<Vec<u64>> =
            T::COLUMNS.iter().map(|name| frame::unsigned_of(&frame, name)).collect::<Result<_, _>>()?;
        let word = |row: usize, column: usize| {
            columns.get(column).and_then(|values| values.get(row)).copied().unwrap_or_default()
        };
        chunk.extend((0..frame.height()).map(|row| T::of(|column| word(row, column))));
        Ok(())
    }
}

/// A run being written: chunks of an Arrow IPC stream each, with its length before it.
struct Writer<'p, T> {
    path: &'p Path,
    out: BufWriter<File>,
    chunk: Vec<T>,
}

impl<'p, T: Kept> Writer<'p, T> {
    fn create(path: &'p Path) -> Result<Self, TableError> {
        let file = File::create(path).map_err(|e| TableError::scratch(path, e))?;
        Ok(Self { path, out: BufWriter::with_capacity(1 << 18, file), chunk: Vec::with_capacity(CHUNK) })
    }

    fn push(&mut self, record: T) -> Result<(), TableError> {
        self.chunk.push(record);
        if self.chunk.len() < CHUNK { Ok(()) } else { self.write() }
    }

    fn write(&mut self) -> Result<(), TableError> {
        let chunk = &self.chunk;
        let columns = T::COLUMNS.iter().enumerate().map(|(place, name)| {
            frame::unsigned(name, &chunk.iter().map(|record| record.word(place)).collect::<Vec<_>>())
        });
        let bytes = frame::to_bytes(&mut frame::of_columns(chunk.len(), columns.collect())?)?;
        let written =
            self.out.write_all(&(bytes.len() as u64).to_le_bytes()).and_then(|()| self.out.write_all(&bytes));
        self.chunk.clear();
        written.map_err(|e| TableError::scratch(self.path, e))
    }

    fn end(mut self) -> Result<(), TableError> {
        if !self.chunk.is_empty() {
            self.write()?;
        }
        self.out.flush().map_err(|e| TableError::scratch(self.path, e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    struct Pair(u64, u64);

    impl Kept for Pair {
        const COLUMNS: &'static [&'static str] = &["a", "b"];
        fn word(&self, column: usize) -> u64 {
            [self.0, self.1][column]
        }
        fn of(word: impl Fn(usize) -> u64) -> Self {
            Self(word(0), word(1))
        }
    }

    struct Plain;

    impl Sorting<Pair> for Plain {
        fn sort(&self, records: &mut [Pair]) {
            records.sort_unstable();
        }
        fn compare(&self, a: &Pair, b: &Pair) -> Ordering {
            a.cmp(b)
        }
    }

    fn through(records: &[Pair], threads: usize, budget_bytes: usize) -> Vec<Pair> {
        let keeping = Keeping { partitions: 1, memory_bytes: 0, threads: 1, scratch: Arc::default() };
        let mut all = Runs::default();
        for thread in 0..threads {
            let mut sink = Sink::new(&keeping, budget_bytes);
            for record in records.iter().skip(thread).step_by(threads) {
                sink.push(*record);
                if sink.is_full() {
                    sink.spill(&Plain).unwrap();
                }
            }
            all.absorb(sink.end(&Plain));
        }
        let mut out = Vec::new();
        all.each(&Plain, |record| {
            out.push(*record);
            Ok::<(), TableError>(())
        })
        .unwrap();
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn runs_in_memory_and_on_disk_give_the_records_sorted(
            seed in any::<u64>(), length in 0..6 * CHUNK as u64, threads in 1usize..4,
            budget in prop::sample::select(vec![0usize, 2 * CHUNK * size_of::<Pair>(), 1 << 20]),
        ) {
            let drawn = |n: u64| n.wrapping_mul(seed | 1).rotate_left(23) % 1000;
            let records: Vec<Pair> = (0..length).map(|n| Pair(drawn(n), n % 5)).collect();
            let mut plain = records.clone();
            plain.sort_unstable();
            prop_assert_eq!(through(&records, threads, budget), plain);
        }
    }

    #[test]
    fn more_runs_than_may_be_open_are_merged_into_one() {
        let records: Vec<Pair> =
            (0..(MOST_FILES * 2 + 7) as u64 * CHUNK as u64).map(|n| Pair(n * 7919 % 1013, n)).collect();
        let mut plain = records.clone();
        plain.sort_unstable();
        assert_eq!(through(&records, 1, 0), plain);
    }
}
