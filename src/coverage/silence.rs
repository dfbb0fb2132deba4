//! Silence: stretches in which a source logged nothing although its own pace says it should have (METHOD M2.5).
//!
//! [`Seconds`] is learned beside the rows: which whole seconds hold a record, and how many records there are.
//! It merges in any order. [`Seconds::gaps`] then measures the pace (the 99th percentile of the times between
//! records) and gives the silences that are too long for it, split into gaps and rhythms. A gap is a lead, not
//! proof: a quiet night looks like a deleted log until the nights before are looked at.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Timelike};
use chrono_tz::Tz;

/// Seconds that one chunk holds.
const CHUNK: i64 = 1 << 16;
/// Seconds in a chunk from which on a bitmap is smaller than a list.
const DENSE: usize = 4_096;
const US: i64 = 1_000_000;
/// A silence of at most this many seconds is no gap by itself.
pub const LEAST_S: u64 = 600;
/// Local dates on which a gap must recur to be a rhythm.
const RHYTHM_DAYS: usize = 3;

/// The whole seconds in which a source has records.
///
/// Memory is bounded by the number of records, also if a damaged file scatters them over all years.
#[derive(Debug, Clone, Default)]
pub struct Seconds {
    records: u64,
    chunks: BTreeMap<i64, Chunk>,
    /// The last second inserted: most lines share theirs with the line before.
    last: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Chunk {
    /// Sorted.
    List(Vec<u16>),
    Bits(Box<[u64]>),
}

/// What a source's silences amount to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// 99th percentile (nearest rank) of the times between records, in whole seconds.
    pub p99_s: u64,
    /// A silence longer than this is a gap: `max(10 × p99, 600)`.
    pub threshold_s: u64,
    /// Gaps, in order.
    pub gaps: Vec<Gap>,
    /// Gaps that recur at the same local hours on three or more days, by local hours.
    pub rhythms: Vec<Rhythm>,
}

/// A stretch without records, half-open. It begins with the second after the last record before it and ends
/// with the second of the first record after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gap {
    /// First silent instant.
    pub start_us: i64,
    /// First instant that may hold a record again.
    pub end_us: i64,
}

/// Silence that the source keeps by habit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rhythm {
    /// Local hour in which it begins, 0–23.
    pub start_hour: u32,
    /// Local hour in which it ends, 0–23.
    pub end_hour: u32,
    /// Local midnights in it. A week-end from 22 to 5 h is no instance of the nights from 22 to 5 h.
    pub midnights: i64,
    /// Distinct local dates on which it begins.
    pub days: usize,
    /// Its instances, in order.
    pub spans: Vec<Gap>,
}

impl Seconds {
    /// Counts one record.
    #[inline]
    pub fn insert(&mut self, us: i64) {
        let second = us.div_euclid(US);
        self.records = self.records.saturating_add(1);
        if self.last != Some(second) {
            self.last = Some(second);
            self.chunks.entry(second.div_euclid(CHUNK)).or_insert_with(Chunk::empty).set(low(second));
        }
    }

    /// Adds the records of another part of the source.
    pub fn merge(&mut self, other: &Seconds) {
        self.records = self.records.saturating_add(other.records);
        for (key, theirs) in &other.chunks {
            match self.chunks.get_mut(key) {
                None => {
                    self.chunks.insert(*key, theirs.clone());
                }
                Some(ours) => theirs.each(|second| ours.set(second)),
            }
        }
    }

    /// Records counted.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// How many whole seconds from one to another, both included, hold a record.
    #[must_use]
    pub fn held_within(&self, from_s: i64, until_s: i64) -> u64 {
        let mut held = 0;
        for (key, chunk) in self.chunks.range(from_s.div_euclid(CHUNK)..=until_s.div_euclid(CHUNK)) {
            let base = key.saturating_mul(CHUNK);
            chunk.each(|low| {
                held += u64::from((from_s..=until_s).contains(&base.saturating_add(i64::from(low))));
            });
        }
        held
    }

    /// First and last second with a record, as µs of their beginning.
    pub fn span(&self) -> Option<(i64, i64)> {
        let (mut first, mut last) = (None, None);
        if let Some((key, chunk)) = self.chunks.first_key_value() {
            chunk.each(|second| first = first.or(Some(second_us(*key, second))));
        }
        if let Some((key, chunk)) = self.chunks.last_key_value() {
            chunk.each(|second| last = Some(second_us(*key, second)));
        }
        first.zip(last)
    }

    /// The stretches of `[start_us, end_us)` without a record, in order.
    #[must_use]
    pub fn silent_within(&self, start_us: i64, end_us: i64) -> Vec<Gap> {
        let (first, last) = (start_us.div_euclid(US), end_us.saturating_sub(1).div_euclid(US));
        let mut out = Vec::new();
        let mut at = start_us;
        if start_us >= end_us {
            return out;
        }
        for (key, chunk) in self.chunks.range(first.div_euclid(CHUNK)..=last.div_euclid(CHUNK)) {
            chunk.each(|low| {
                let second = second_us(*key, low);
                if second >= start_us && second < end_us {
                    out.push(Gap { start_us: at, end_us: second });
                    at = second.saturating_add(US);
                }
            });
        }
        out.push(Gap { start_us: at, end_us });
        out.retain(|gap| gap.start_us < gap.end_us);
        out
    }

    /// The source's silences (METHOD M2.5), told as gaps and rhythms by the hours of `tz`.
    pub fn gaps(&self, tz: Tz) -> Silence {
        let mut steps: BTreeMap<u64, u64> = BTreeMap::new();
        self.each_step(|from, to| *steps.entry(to.abs_diff(from)).or_default() += 1);
        let p99_s = percentile_99(self.records, &steps);
        let threshold_s = p99_s.saturating_mul(10).max(LEAST_S);
        let mut silent = Vec::new();
        if steps.last_key_value().is_some_and(|(longest, _)| *longest > threshold_s) {
            self.each_step(|from, to| {
                if to.abs_diff(from) > threshold_s {
                    let start_us = from.saturating_add(1).saturating_mul(US);
                    silent.push(Gap { start_us, end_us: to.saturating_mul(US) });
                }
            });
        }
        let (gaps, rhythms) = by_habit(silent, tz);
        Silence { p99_s, threshold_s, gaps, rhythms }
    }

    /// Each pair of neighbouring occupied seconds.
    fn each_step(&self, mut step: impl FnMut(i64, i64)) {
        let mut before = None;
        for (key, chunk) in &self.chunks {
            chunk.each(|low| {
                let second = key.saturating_mul(CHUNK).saturating_add(i64::from(low));
                if let Some(before) = before.replace(second) {
                    step(before, second);
                }
            });
        }
    }
}

impl PartialEq for Seconds {
    fn eq(&self, other: &Seconds) -> bool {
        self.records == other.records && self.chunks == other.chunks
    }
}

fn low(second: i64) -> u16 {
    u16::try_from(second.rem_euclid(CHUNK)).unwrap_or_default()
}

fn second_us(key: i64, low: u16) -> i64 {
    key.saturating_mul(CHUNK).saturating_add(i64::from(low)).saturating_mul(US)
}

impl Chunk {
    fn empty() -> Chunk {
        Chunk::List(Vec::new())
    }

    fn set(&mut self, low: u16) {
        match self {
            Chunk::Bits(words) => {
                if let Some(word) = words.get_mut(usize::from(low) / 64) {
                    *word |= 1 << (low % 64);
                }
            }
            Chunk::List(list) => {
                let at = if list.last().is_none_or(|last| *last < low) {
                    Err(list.len())
                } else {
                    list.binary_search(&low)
                };
                let Err(at) = at else { return };
                list.insert(at, low);
                if list.len() > DENSE {
                    let mut bits = Chunk::Bits(vec![0; CHUNK as usize / 64].into_boxed_slice());
                    self.each(|low| bits.set(low));
                    *self = bits;
                }
            }
        }
    }

    /// All seconds, in order.
    fn each(&self, mut take: impl FnMut(u16)) {
        match self {
            Chunk::List(list) => list.iter().copied().for_each(take),
            Chunk::Bits(words) => {
                for (base, word) in (0..=u16::MAX).step_by(64).zip(words.iter()) {
                    let mut left = *word;
                    while left != 0 {
                        take(base + left.trailing_zeros() as u16);
                        left &= left - 1;
                    }
                }
            }
        }
    }
}

/// Nearest rank: of the `records − 1` times between records, those inside one second are 0.
fn percentile_99(records: u64, steps: &BTreeMap<u64, u64>) -> u64 {
    let times = u128::from(records.saturating_sub(1));
    let rank = (times * 99).div_ceil(100);
    let longer: u64 = steps.values().sum();
    let mut below = times.saturating_sub(u128::from(longer));
    if rank <= below {
        return 0;
    }
    for (step, count) in steps {
        below += u128::from(*count);
        if rank <= below {
            return *step;
        }
    }
    0
}

/// Silences that begin and end in the same local hours, with as many midnights in them, on three or more
/// distinct local dates are rhythms; the rest are gaps.
fn by_habit(silent: Vec<Gap>, tz: Tz) -> (Vec<Gap>, Vec<Rhythm>) {
    let mut habits: BTreeMap<(u32, u32, i64), Vec<(i32, Gap)>> = BTreeMap::new();
    let mut gaps = Vec::new();
    for gap in silent {
        match (local(gap.start_us, tz), local(gap.end_us, tz)) {
            (Some((hour, date)), Some((end_hour, end_date))) => {
                let midnights = i64::from(end_date) - i64::from(date);
                habits.entry((hour, end_hour, midnights)).or_default().push((date, gap));
            }
            _ => gaps.push(gap),
        }
    }
    let mut rhythms = Vec::new();
    for ((start_hour, end_hour, midnights), held) in habits {
        // Gaps are in order of time, so equal dates stand together.
        let days = held.chunk_by(|a, b| a.0 == b.0).count();
        let spans = held.into_iter().map(|(_, gap)| gap);
        if days >= RHYTHM_DAYS {
            rhythms.push(Rhythm { start_hour, end_hour, midnights, days, spans: spans.collect() });
        } else {
            gaps.extend(spans);
        }
    }
    gaps.sort_unstable();
    (gaps, rhythms)
}

/// Local hour and local date (days since year 1); `None` outside the calendar.
fn local(us: i64, tz: Tz) -> Option<(u32, i32)> {
    let time = DateTime::from_timestamp_micros(us)?.with_timezone(&tz);
    Some((time.hour(), time.num_days_from_ce()))
}

#[cfg(test)]
mod tests;
