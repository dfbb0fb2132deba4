//! The order of a file's records in time: where they step back, how far, and whether they stay there.
//!
//! Learned beside the rows, block by block, at the price of one comparison a record; [`Order::told`] then reads the
//! blocks in the order of the file, so neither threads nor the cut into blocks can be seen in what it tells.
//! A block leaves about 350 bytes.
//!
//! Steps back are no defect by themselves: Apache writes a line when the response ends and dates it to when the
//! request began. Nothing is sorted or moved here: each record keeps its own time (METHOD M2.1).

use std::collections::{BTreeMap, BTreeSet};

/// From here on a step back is more than the length of an ordinary response: µs.
pub const OUT_OF_ORDER_US: i64 = 60 * 1_000_000;
/// From here on it is a jump (METHOD M2.3): µs.
pub const JUMP_US: i64 = 30 * 60 * 1_000_000;
/// So many records must follow a jump before one is as late as the one before it.
pub const STAY: usize = 10;
/// Records of a block's beginning that are kept: what a jump at its second record needs.
const HEAD: usize = STAY + 1;
/// Turns of a clock are months apart; what lies nearer belongs to one.
const ONE_FOLD_US: i64 = 24 * 3_600 * 1_000_000;

/// A record's place in its file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// Byte offset in the decompressed stream.
    pub offset: u64,
    /// 0-based physical line.
    pub line: u64,
}

/// A step back of at least [`JUMP_US`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Jump {
    /// The record that is earlier.
    pub at: At,
    /// Time of the record before it.
    pub from_us: i64,
    /// Its time.
    pub to_us: i64,
}

/// Where a fold's second pass begins (METHOD M2.3): local times that come twice step back by half an hour or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn {
    /// Offset of the first record of the second pass.
    pub offset: u64,
    /// Its time, by the earlier reading.
    pub to_us: i64,
}

impl Turn {
    /// Whether a record that bears a local time of this fold stands in its second pass.
    #[must_use]
    pub fn reaches(&self, offset: u64, earlier_us: i64) -> bool {
        offset >= self.offset && self.to_us.abs_diff(earlier_us) < ONE_FOLD_US.unsigned_abs()
    }
}

/// What is known of a file's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Records that are earlier than the one before.
    pub earlier: u64,
    /// The greatest step back.
    pub greatest_us: i64,
    /// The first jump back at which the file stays.
    pub jump: Option<Jump>,
    /// How many such jumps there are.
    pub jumps: u64,
    /// Second passes of folds, one for each fold.
    pub turns: Vec<Turn>,
    /// Days since the epoch of the times that come twice, second pass or not.
    pub folds: BTreeSet<i64>,
}

impl Told {
    /// Whether its records bear times of the fold of that day.
    #[must_use]
    pub fn bears(&self, day: i64) -> bool {
        self.folds.range(day.saturating_sub(1)..=day.saturating_add(1)).next().is_some()
    }

    /// Whether it shows where the second pass of the fold of that day begins.
    #[must_use]
    pub fn turns_on(&self, day: i64) -> bool {
        self.turns.iter().any(|turn| turn.to_us.div_euclid(ONE_FOLD_US).abs_diff(day) <= 1)
    }

    fn step(&mut self, before: Seen, record: Seen) {
        let step_us = before.us.saturating_sub(record.us);
        if step_us <= 0 {
            return;
        }
        self.earlier += 1;
        self.greatest_us = self.greatest_us.max(step_us);
        if step_us >= JUMP_US && before.ambiguous && record.ambiguous {
            self.turn(Turn { offset: record.at.offset, to_us: record.us });
        }
    }

    /// The first turn of each fold counts.
    fn turn(&mut self, turn: Turn) {
        if !self.turns.iter().any(|known| known.to_us.abs_diff(turn.to_us) < ONE_FOLD_US.unsigned_abs()) {
            self.turns.push(turn);
        }
    }

    fn stays(&mut self, jump: Jump) {
        self.jumps += 1;
        self.jump = Some(self.jump.map_or(jump, |first| first.min(jump)));
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Seen {
    us: i64,
    ambiguous: bool,
    at: At,
}

/// Jumps of which it is not yet known whether the file stays; at most [`STAY`] of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Watch(Vec<(Jump, usize)>);

impl Watch {
    /// METHOD M2.1: one record with a wild time makes no jump, so both records before it must be later.
    fn open(&mut self, two: [Option<i64>; 2], record: Seen) {
        let [Some(second_last), Some(last)] = two else { return };
        if second_last.min(last).saturating_sub(record.us) >= JUMP_US {
            self.0.push((Jump { at: record.at, from_us: last, to_us: record.us }, 0));
        }
    }

    fn see(&mut self, us: i64, told: &mut Told) {
        self.0.retain_mut(|(jump, after)| {
            *after += 1;
            let goes_on = us < jump.from_us;
            if goes_on && *after == STAY {
                told.stays(*jump);
            }
            goes_on && *after < STAY
        });
    }
}

/// One block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Piece {
    /// Its first two records: a jump there can only be judged with the block before.
    first: [Seen; 2],
    /// Times of its first records: they decide whether the file stays at a jump before them.
    head: [i64; HEAD],
    /// How many of these there are.
    heads: usize,
    second_last_us: i64,
    last: Seen,
    told: Told,
    watch: Watch,
}

impl Piece {
    fn last_two(&self) -> [Option<i64>; 2] {
        [(self.heads > 1).then_some(self.second_last_us), (self.heads > 0).then_some(self.last.us)]
    }
}

/// The order of a file's records, or of a part of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order {
    /// Nothing is being watched: the next record needs no look unless it is earlier.
    calm: bool,
    now: Piece,
    /// By offset of the block.
    pieces: BTreeMap<u64, Piece>,
}

impl Order {
    /// Takes note of the next record of a block. `ambiguous`: its local time comes twice, and `us` is the earlier reading,
    /// or the one that holds already.
    #[inline]
    pub fn insert(&mut self, us: i64, ambiguous: bool, at: At) {
        if self.calm && !ambiguous && us >= self.now.last.us {
            self.now.second_last_us = self.now.last.us;
            self.now.last.us = us;
        } else {
            self.look(Seen { us, ambiguous, at });
        }
    }

    fn look(&mut self, record: Seen) {
        let now = &mut self.now;
        if record.ambiguous {
            now.told.folds.insert(record.us.div_euclid(ONE_FOLD_US));
        }
        if now.heads > 0 {
            now.told.step(now.last, record);
            now.watch.open(now.last_two(), record);
        }
        if let Some(first) = now.first.get_mut(now.heads) {
            *first = record;
        }
        if let Some(head) = now.head.get_mut(now.heads) {
            *head = record.us;
            now.heads += 1;
        }
        now.watch.see(record.us, &mut now.told);
        now.second_last_us = now.last.us;
        now.last = record;
        self.calm = now.heads == HEAD && now.watch.0.is_empty() && !record.ambiguous;
    }

    /// Ends the block that begins at `offset`.
    pub fn end_block(&mut self, offset: u64) {
        let piece = std::mem::take(&mut self.now);
        self.calm = false;
        if piece.heads > 0 {
            self.pieces.insert(offset, piece);
        }
    }

    /// Adds other blocks of the file.
    pub fn merge(&mut self, other: &Self) {
        self.pieces.extend(other.pieces.iter().map(|(offset, piece)| (*offset, piece.clone())));
    }

    /// What the blocks tell together, in the order of the file.
    #[must_use]
    pub fn told(&self) -> Told {
        let mut all = Told::default();
        let mut watch = Watch::default();
        let mut last: Option<Seen> = None;
        let mut two = [None, None];
        for piece in self.pieces.values() {
            for (index, us) in piece.head.iter().take(piece.heads).enumerate() {
                if let Some(record) = piece.first.get(index) {
                    if let (0, Some(last)) = (index, last) {
                        all.step(last, *record);
                    }
                    watch.open(two, *record);
                    let [_, before] = two;
                    two = [before, Some(*us)];
                }
                watch.see(*us, &mut all);
            }
            all.earlier += piece.told.earlier;
            all.greatest_us = all.greatest_us.max(piece.told.greatest_us);
            all.jumps += piece.told.jumps;
            all.jump = all.jump.into_iter().chain(piece.told.jump).min();
            piece.told.turns.iter().for_each(|turn| all.turn(*turn));
            all.folds.extend(&piece.told.folds);
            watch.0.extend(piece.watch.0.iter().copied());
            if piece.heads > 1 {
                two = piece.last_two();
            }
            last = Some(piece.last);
        }
        all
    }
}

#[cfg(test)]
mod tests;
