//! Which UTC offsets the records of a log bear, and how many bear each.

use std::collections::BTreeMap;

/// Records by the offset written in them. Merges by addition.
///
/// Neighbouring lines nearly always share theirs: a run costs one comparison a record, and is entered at its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offsets {
    records: BTreeMap<i32, u64>,
    east_s: i32,
    run: u64,
}

impl Offsets {
    /// Counts a record whose clock stands `east_s` seconds east of UTC.
    #[inline]
    pub fn insert(&mut self, east_s: i32) {
        if east_s != self.east_s {
            self.end_run();
            self.east_s = east_s;
        }
        self.run += 1;
    }

    fn end_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        if run > 0 {
            *self.records.entry(self.east_s).or_default() += run;
        }
    }

    /// Adds another part.
    pub fn merge(&mut self, other: &Self) {
        self.end_run();
        for (east_s, records) in other.by_offset() {
            *self.records.entry(east_s).or_default() += records;
        }
    }

    /// Records by offset in seconds east of UTC, from west to east.
    #[must_use]
    pub fn by_offset(&self) -> BTreeMap<i32, u64> {
        let mut all = self.clone();
        all.end_run();
        all.records
    }
}

/// `-0700`, as Apache writes it; seconds only where there are any.
#[must_use]
pub fn written(east_s: i32) -> String {
    let east = east_s.unsigned_abs();
    let sign = if east_s < 0 { '-' } else { '+' };
    let seconds = if east.is_multiple_of(60) { String::new() } else { format!("{:02}", east % 60) };
    format!("{sign}{:02}{:02}{seconds}", east / 3_600, east / 60 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_counted_by_record_however_the_parts_are_cut() {
        let all = [0, 0, -25_200, -25_200, -25_200, 0, 19_800, -28_800];
        for cut in 0..=all.len() {
            let (head, tail) = all.split_at(cut);
            let part = |records: &[i32]| {
                let mut part = Offsets::default();
                records.iter().for_each(|east_s| part.insert(*east_s));
                part
            };
            let mut both = part(tail);
            both.merge(&part(head));
            let counts: Vec<(i32, u64)> = both.by_offset().into_iter().collect();
            assert_eq!(counts, [(-28_800, 1), (-25_200, 3), (0, 3), (19_800, 1)]);
        }
    }

    #[test]
    fn offsets_are_written_as_logs_write_them() {
        let shown = [-25_200, 0, 19_800, -28_378].map(written);
        assert_eq!(shown, ["-0700", "+0000", "+0530", "-075258"]);
    }
}
