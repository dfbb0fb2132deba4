//! What became of the units of one file. Merging is addition, so the order of blocks does not matter.

use std::collections::BTreeMap;

use accesstrail_parsers::fault::FaultKind;

/// The account of one file, or of a part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Decompressed bytes.
    pub bytes: u64,
    /// Framing units.
    pub lines: u64,
    /// Requests.
    pub records: u64,
    /// Well-formed, no request.
    pub directives: u64,
    /// Blank.
    pub blank: u64,
    /// Unreadable, by kind in the order of [`FaultKind::ALL`].
    pub faults: [u64; FaultKind::ALL.len()],
    /// Records removed because another file of the source holds the same run of lines.
    pub overlap: u64,
    /// Records removed because they are outside the window.
    pub out_of_window: u64,
    /// Records that match no resource (or that a filter takes out).
    pub not_sensitive: u64,
    /// Records that are counted.
    pub in_scope: u64,
    /// Earliest of them, adjusted UTC µs.
    pub scope_first_us: Option<i64>,
    /// Latest of them, adjusted UTC µs.
    pub scope_last_us: Option<i64>,
    /// Earliest record, adjusted UTC µs.
    pub first_us: Option<i64>,
    /// Latest record, adjusted UTC µs.
    pub last_us: Option<i64>,
    /// Records per format name.
    pub formats: BTreeMap<String, u64>,
    /// Records per moment that their time column states (METHOD M2.2).
    pub time_bases: BTreeMap<&'static str, u64>,
    /// What was odd about times.
    pub times: Times,
    /// 1 where the file's last line has no newline and reads as a record all the same.
    pub unterminated: u64,
    /// Records whose byte count is more than any response has; it is taken as not logged.
    pub absurd_bytes: u64,
    /// Units behind a prefix, by its word.
    pub prefixes: BTreeMap<&'static str, u64>,
    /// Physical lines that are parts of another unit: they were written in parts and joined.
    pub held: u64,
    /// Records whose time is that of their prefix.
    pub prefix_times: u64,
    /// Syslog's notes that the message before came again; each stands for further lines.
    pub repeat_notes: u64,
    /// Blocks that were read in another format than the file's first megabyte.
    pub format_changes: u64,
}

/// METHOD M2.3, for TIM-01.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// Records without a zone, read in the declared one.
    pub declared_zone: u64,
    /// Records without a zone and without a declared one: read as UTC.
    pub assumed_utc: u64,
    /// Records whose zone name is in no table.
    pub unknown_zone: u64,
    /// Local times that happen twice.
    pub ambiguous: u64,
    /// Those of them for which the later was taken, because the file's order shows that it has begun.
    pub later: u64,
    /// Local times that do not exist; shifted by the gap.
    pub nonexistent: u64,
}

impl Account {
    /// All unreadable units.
    #[must_use]
    pub fn fault_total(&self) -> u64 {
        self.faults.iter().sum()
    }

    /// Unreadable units of one kind.
    #[must_use]
    pub fn fault_of(&self, kind: FaultKind) -> u64 {
        FaultKind::ALL.iter().zip(self.faults).filter(|(k, _)| **k == kind).map(|(_, n)| n).sum()
    }

    /// Counts one blank unit.
    pub fn blank_line(&mut self) {
        self.lines += 1;
        self.blank += 1;
    }

    /// Counts one fault.
    pub fn fault(&mut self, kind: FaultKind) {
        let place = FaultKind::ALL.iter().position(|k| *k == kind).unwrap_or(0);
        if let Some(n) = self.faults.get_mut(place) {
            *n += 1;
        }
    }

    /// Takes note of a record's time.
    pub fn seen(&mut self, time_us: i64) {
        widen(&mut self.first_us, &mut self.last_us, time_us);
    }

    /// Counts one record in scope.
    pub fn in_scope_at(&mut self, time_us: i64) {
        self.in_scope += 1;
        widen(&mut self.scope_first_us, &mut self.scope_last_us, time_us);
    }

    /// Adds another part of the same file, or another file for a total.
    pub fn add(&mut self, other: &Self) {
        self.bytes += other.bytes;
        self.lines += other.lines;
        self.records += other.records;
        self.directives += other.directives;
        self.blank += other.blank;
        for (mine, theirs) in self.faults.iter_mut().zip(other.faults) {
            *mine += theirs;
        }
        self.overlap += other.overlap;
        self.out_of_window += other.out_of_window;
        self.not_sensitive += other.not_sensitive;
        self.in_scope += other.in_scope;
        for time in [other.first_us, other.last_us].into_iter().flatten() {
            self.seen(time);
        }
        for time in [other.scope_first_us, other.scope_last_us].into_iter().flatten() {
            widen(&mut self.scope_first_us, &mut self.scope_last_us, time);
        }
        for (name, records) in &other.formats {
            *self.formats.entry(name.clone()).or_default() += records;
        }
        for (word, records) in &other.time_bases {
            *self.time_bases.entry(word).or_default() += records;
        }
        self.times.declared_zone += other.times.declared_zone;
        self.times.assumed_utc += other.times.assumed_utc;
        self.times.unknown_zone += other.times.unknown_zone;
        self.times.ambiguous += other.times.ambiguous;
        self.times.later += other.times.later;
        self.times.nonexistent += other.times.nonexistent;
        self.unterminated += other.unterminated;
        self.absurd_bytes += other.absurd_bytes;
        for (word, units) in &other.prefixes {
            *self.prefixes.entry(word).or_default() += units;
        }
        self.held += other.held;
        self.prefix_times += other.prefix_times;
        self.repeat_notes += other.repeat_notes;
        self.format_changes += other.format_changes;
    }
}

fn widen(first_us: &mut Option<i64>, last_us: &mut Option<i64>, time_us: i64) {
    *first_us = Some(first_us.map_or(time_us, |t| t.min(time_us)));
    *last_us = Some(last_us.map_or(time_us, |t| t.max(time_us)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_in_any_order() {
        let mut a = Account { lines: 2, records: 2, ..Account::default() };
        a.seen(50);
        let mut b = Account { lines: 1, ..Account::default() };
        b.fault(FaultKind::Torn);
        b.seen(10);
        let (mut ab, mut ba) = (a.clone(), b.clone());
        ab.add(&b);
        ba.add(&a);
        assert_eq!(ab, ba);
        assert_eq!((ab.lines, ab.fault_total(), ab.first_us, ab.last_us), (3, 1, Some(10), Some(50)));
    }
}
