//! A tally declares its key; one mechanism adds it up over all partitions.
//!
//! Rows are partitioned by address, and what is keyed by client is finished in the walk through a partition. A tally of another key
//! goes through this second exchange: each partition gives reduced rows, which are partitioned again by the tally's own
//! key and then grouped.

use std::path::PathBuf;

use polars::prelude::{BooleanChunked, DataFrame, NewChunkedArray};

use crate::table::frame::{Measures, TableError, group, small_of, spill, stack, unsigned_of, unspill};
use crate::table::partition::Keeping;

/// What is grouped and added.
#[derive(Debug, Clone)]
pub struct Tally {
    /// Key columns.
    pub keys: Vec<&'static str>,
    /// What is added up.
    pub measures: Measures<'static>,
}

/// Buckets of reduced rows at most: each is a pass over the rows of a partition.
const BUCKETS: usize = 16;

/// Adds up the parts of one tally.
pub struct Exchange {
    tally: Tally,
    keeping: Keeping,
    buckets: Vec<Bucket>,
}

#[derive(Default)]
struct Bucket {
    memory: Vec<DataFrame>,
    held: usize,
    spilled: Vec<PathBuf>,
}

impl Exchange {
    /// An empty one.
    #[must_use]
    pub fn new(tally: Tally, keeping: &Keeping) -> Self {
        let n = keeping.partitions.clamp(1, BUCKETS);
        let buckets = std::iter::repeat_with(Bucket::default).take(n).collect();
        Self { tally, keeping: keeping.clone(), buckets }
    }

    /// Groups `frame` by the tally's key and keeps the reduced rows.
    ///
    /// # Errors
    /// Polars' own, or scratch space that fails.
    pub fn add(&mut self, frame: &DataFrame) -> Result<(), TableError> {
        if frame.height() == 0 {
            return Ok(());
        }
        let reduced = group(frame, &self.tally.keys, self.tally.measures)?;
        let parts = self.split(reduced)?;
        for (bucket, part) in self.buckets.iter_mut().zip(parts) {
            bucket.hold(part, &self.keeping)?;
        }
        Ok(())
    }

    /// The whole tally: every key once, in no order.
    ///
    /// # Errors
    /// Polars' own, or scratch space that fails.
    pub fn finish(self) -> Result<Option<DataFrame>, TableError> {
        let mut done = Vec::new();
        for bucket in self.buckets {
            let mut frames = bucket.memory;
            for path in &bucket.spilled {
                frames.push(unspill(path)?);
            }
            let Some(all) = stack(frames)? else { continue };
            done.push(group(&all, &self.tally.keys, self.tally.measures)?);
        }
        stack(done)
    }

    fn split(&self, frame: DataFrame) -> Result<Vec<DataFrame>, TableError> {
        let n = self.buckets.len();
        if n == 1 {
            return Ok(vec![frame]);
        }
        let mut hashes = vec![0u64; frame.height()];
        for key in &self.tally.keys {
            let values = match unsigned_of(&frame, key) {
                Ok(values) => values,
                Err(_other_width) => small_of(&frame, key)?.into_iter().map(u64::from).collect(),
            };
            for (hash, value) in hashes.iter_mut().zip(values) {
                *hash = (*hash ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
            }
        }
        (0..n)
            .map(|bucket| {
                let mask: Vec<bool> = hashes.iter().map(|h| (h >> 32) % n as u64 == bucket as u64).collect();
                Ok(frame.filter(&BooleanChunked::from_slice("mask".into(), &mask))?)
            })
            .collect()
    }
}

impl Bucket {
    fn hold(&mut self, frame: DataFrame, keeping: &Keeping) -> Result<(), TableError> {
        if frame.height() == 0 {
            return Ok(());
        }
        self.held += frame.height() * frame.width() * size_of::<u64>();
        self.memory.push(frame);
        if self.held > keeping.share(0) / 8 {
            if let Some(mut all) = stack(std::mem::take(&mut self.memory))? {
                let path = keeping.scratch.file()?;
                spill(&mut all, &path)?;
                self.spilled.push(path);
            }
            self.held = 0;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::frame::{small, unsigned};
    use crate::table::schema as s;
    use std::sync::Arc;

    fn exchange(partitions: usize, memory_bytes: usize) -> Vec<(u32, u64)> {
        let tally = Tally {
            keys: vec![s::OBJECT],
            measures: Measures { sums: &[s::SERVED], minima: &[], maxima: &[] },
        };
        let keeping = Keeping { partitions, memory_bytes, threads: 1, scratch: Arc::default() };
        let mut exchange = Exchange::new(tally, &keeping);
        for part in 0..5u32 {
            let objects: Vec<u32> = (0..100).map(|i| (i * 7 + part) % 31).collect();
            let served: Vec<u64> = objects.iter().map(|o| u64::from(*o) + 1).collect();
            let frame =
                DataFrame::new(100, vec![small(s::OBJECT, &objects), unsigned(s::SERVED, &served)]).unwrap();
            exchange.add(&frame).unwrap();
        }
        let all = exchange.finish().unwrap().unwrap();
        let mut rows: Vec<_> = small_of(&all, s::OBJECT)
            .unwrap()
            .into_iter()
            .zip(unsigned_of(&all, s::SERVED).unwrap())
            .collect();
        rows.sort_unstable();
        rows
    }

    #[test]
    fn the_second_exchange_gives_the_same_with_one_partition_seven_and_forced_spill() {
        let one = exchange(1, usize::MAX);
        assert_eq!(one.len(), 31);
        let total: u64 = one.iter().map(|r| r.1).sum();
        assert_eq!(total, (0..5).flat_map(|p| (0..100u64).map(move |i| (i * 7 + p) % 31 + 1)).sum::<u64>());
        assert_eq!(exchange(7, usize::MAX), one);
        assert_eq!(exchange(7, 0), one);
    }
}
