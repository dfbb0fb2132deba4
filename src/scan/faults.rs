//! Units that could not be read, kept for `faults.csv`: all of them up to a bound, then the first ones.

use std::collections::BTreeMap;

use accesstrail_parsers::fault::{Fault, FaultKind};

/// How many faults a run keeps in full. All are counted in the ledger; a binary file given by mistake must
/// not fill the memory with its millions.
pub const KEPT: usize = 200_000;

/// One fault with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// 0-based physical line.
    pub line: u64,
    /// Byte offset of the line in the decompressed stream.
    pub offset: u64,
    /// Why.
    pub kind: FaultKind,
    /// Column, in the log's own word.
    pub field: String,
    /// What the format wants.
    pub expected: &'static str,
    /// What stands there.
    pub found: Vec<u8>,
}

impl Note {
    /// Keeps `fault`, which was found on `line`.
    #[must_use]
    pub fn new(fault: &Fault<'_>, kind: FaultKind, line: u64, offset: u64) -> Self {
        Self {
            line,
            offset,
            kind,
            field: fault.field.to_owned(),
            expected: fault.expected,
            found: fault.found.to_vec(),
        }
    }
}

/// Which path, and the how-maniest stream of it: an order that no thread can change, as it can that of ids.
pub type Origin = (u32, u32);

/// Notes by stream and block; always the same ones, whatever thread found them first.
#[derive(Debug, Default)]
pub struct Faults {
    blocks: BTreeMap<(Origin, u64), Vec<Note>>,
    kept: usize,
    /// How many were left out because of [`KEPT`].
    pub left_out: u64,
}

impl Faults {
    /// Adds the notes of one block.
    pub fn add(&mut self, origin: Origin, first_line: u64, notes: Vec<Note>) {
        if notes.is_empty() {
            return;
        }
        self.kept += notes.len();
        self.blocks.entry((origin, first_line)).or_default().extend(notes);
        self.trim();
    }

    /// Adds another thread's.
    pub fn merge(&mut self, other: Self) {
        self.left_out += other.left_out;
        for ((origin, line), notes) in other.blocks {
            self.add(origin, line, notes);
        }
    }

    /// Drops from the end, so that what stays does not depend on the order of arrival.
    fn trim(&mut self) {
        while let Some(last) = self.blocks.last_entry() {
            if self.kept - last.get().len() < KEPT {
                break;
            }
            let gone = last.remove().len();
            self.kept -= gone;
            self.left_out += gone as u64;
        }
    }

    /// Forgets a stream.
    pub fn forget(&mut self, origin: Origin) {
        self.blocks.retain(|(o, _), _| *o != origin);
        self.kept = self.blocks.values().map(Vec::len).sum();
    }

    /// All notes of a stream, by line.
    pub fn of(&self, origin: Origin) -> impl Iterator<Item = &Note> {
        self.blocks.range((origin, 0)..=(origin, u64::MAX)).flat_map(|(_, notes)| notes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(n: usize, line: u64) -> Vec<Note> {
        let fault = Fault::at(FaultKind::Syntax, "line", "a record", b"x", 0);
        (0..n).map(|i| Note::new(&fault, FaultKind::Syntax, line + i as u64, 0)).collect()
    }

    #[test]
    fn which_faults_are_kept_does_not_depend_on_the_order_of_arrival() {
        let blocks: Vec<(u64, usize)> = (0..50).map(|b| (b * 10_000, 9_000)).collect();
        let mut forward = Faults::default();
        let mut backward = Faults::default();
        for (line, n) in &blocks {
            forward.add((0, 1), *line, notes(*n, *line));
        }
        for (line, n) in blocks.iter().rev() {
            backward.add((0, 1), *line, notes(*n, *line));
        }
        let lines = |f: &Faults| f.of((0, 1)).map(|n| n.line).collect::<Vec<_>>();
        assert_eq!(lines(&forward), lines(&backward));
        assert_eq!(forward.left_out, backward.left_out);
        assert_eq!(forward.left_out as usize + lines(&forward).len(), 50 * 9_000);
        assert!(lines(&forward).len() >= KEPT);
    }
}
