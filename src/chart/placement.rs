//! Where flags go: labels in rows above the plot, each beside a pole that runs down into it.
//!
//! A flag lies to the right of its pole, near the right edge to the left of it. No two flags overlap, and
//! no pole runs through a flag: if the pole of `j` stands inside the flag of `i`, then `i` must hang
//! higher than `j`, because a pole runs only downwards from its flag.

/// A label that wants a place: its pole, and its width with the space around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Want {
    pub(super) x: i32,
    pub(super) width: i32,
}

/// Its place. Row 0 is next to the plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flag {
    pub(super) row: usize,
    pub(super) x0: i32,
    pub(super) x1: i32,
    /// Whether it lies to the left of its pole.
    pub(super) left: bool,
}

/// Places all labels between `bounds` in at most `max_rows` rows, or none. `wants` are ordered by `x`.
///
/// A flag near the right edge must point left, and a crowd takes half as many rows if its earlier flags
/// point left and its later ones right. So the flags before `a` and from `b` on point left, and all choices
/// of the two are tried. Of those with few rows the one that turns the fewest flags wins, else the one with
/// the fewest rows.
pub(super) fn place(wants: &[Want], bounds: (i32, i32), max_rows: usize) -> Option<Vec<Flag>> {
    let n = wants.len();
    let choices: Vec<(usize, usize)> = if n <= MANY {
        (0..=n).flat_map(|a| (a..=n).map(move |b| (a, b))).collect()
    } else {
        vec![(0, wants.iter().position(|w| w.x + w.width > bounds.1).unwrap_or(n))]
    };
    let tried = choices.into_iter().filter_map(|(a, b)| {
        let flags = turned(wants, a, b, bounds)?;
        let rows = flags.iter().map(|f| f.row + 1).max().unwrap_or(0);
        (rows <= max_rows).then_some(((rows.max(FEW_ROWS), a + n - b, rows, a), flags))
    });
    tried.min_by_key(|(cost, _)| *cost).map(|(_, flags)| flags)
}

/// So many rows are not worth turning a flag round.
const FEW_ROWS: usize = 3;

/// With more labels than this only the right edge turns them.
const MANY: usize = 16;

fn turned(wants: &[Want], a: usize, b: usize, (first, last): (i32, i32)) -> Option<Vec<Flag>> {
    let boxes = wants.iter().enumerate().map(|(i, w)| {
        let left = i < a || i >= b;
        let (x0, x1) = if left { (w.x - w.width, w.x) } else { (w.x, w.x + w.width) };
        (x0 >= first && x1 <= last).then_some(Flag { row: 0, x0, x1, left })
    });
    rows(wants, &boxes.collect::<Option<Vec<Flag>>>()?)
}

/// The lowest row for each flag, lower flags first, and of equals the later, so that they read downwards; none if two flags would each have to be the higher.
fn rows(wants: &[Want], boxes: &[Flag]) -> Option<Vec<Flag>> {
    let mut placed: Vec<Option<Flag>> = vec![None; boxes.len()];
    for _ in boxes {
        let ready = boxes.iter().enumerate().rev().find(|(i, own)| {
            let waits = || pierced_by(wants, own).any(|j| placed.get(j).is_some_and(Option::is_none));
            placed.get(*i).is_some_and(Option::is_none) && !waits()
        });
        let (i, own) = ready?;
        let below = pierced_by(wants, own).filter_map(|j| placed.get(j).copied().flatten());
        let mut row = below.map(|f| f.row + 1).max().unwrap_or(0);
        let taken = |row| placed.iter().flatten().any(|f| f.row == row && f.x0 < own.x1 && own.x0 < f.x1);
        while taken(row) {
            row += 1;
        }
        if let Some(slot) = placed.get_mut(i) {
            *slot = Some(Flag { row, ..*own });
        }
    }
    placed.into_iter().collect()
}

/// The labels whose poles stand inside a flag.
fn pierced_by(wants: &[Want], flag: &Flag) -> impl Iterator<Item = usize> {
    let inside = flag.x0 + 1..flag.x1;
    wants.iter().enumerate().filter(move |(_, w)| inside.contains(&w.x)).map(|(i, _)| i)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BOUNDS: (i32, i32) = (200, 2330);

    fn proves_clear(wants: &[Want], flags: &[Flag]) {
        for (i, a) in flags.iter().enumerate() {
            assert!(a.x0 >= BOUNDS.0 && a.x1 <= BOUNDS.1);
            for (j, b) in flags.iter().enumerate().filter(|(j, _)| *j != i) {
                assert!(a.row != b.row || a.x1 <= b.x0 || b.x1 <= a.x0, "{a:?} overlaps {b:?}");
                let pole_through = b.row > a.row && a.x0 < wants[j].x && wants[j].x < a.x1;
                assert!(!pole_through, "the pole of {b:?} runs through {a:?}");
            }
        }
    }

    #[test]
    fn labels_of_one_minute_hang_above_each_other() {
        let wants = [Want { x: 900, width: 400 }; 4];
        let flags = place(&wants, BOUNDS, 6).unwrap();
        proves_clear(&wants, &flags);
        assert!(flags.iter().map(|f| f.row).max() <= Some(2));
    }

    #[test]
    fn labels_at_both_edges_stay_on_the_page() {
        let wants = [200, 205, 210, 2320, 2330, 2330].map(|x| Want { x, width: 500 });
        let flags = place(&wants, BOUNDS, 6).unwrap();
        proves_clear(&wants, &flags);
        assert!(!flags[0].left && flags[5].left);
    }

    proptest! {
        #[test]
        fn no_two_flags_overlap_and_no_pole_runs_through_one(
            mut xs in prop::collection::vec((200..=2330_i32, 40..1000_i32), 0..14)
        ) {
            xs.sort_unstable();
            let wants: Vec<Want> = xs.into_iter().map(|(x, width)| Want { x, width }).collect();
            if let Some(flags) = place(&wants, BOUNDS, 20) {
                prop_assert_eq!(flags.len(), wants.len());
                proves_clear(&wants, &flags);
            } else {
                prop_assert!(wants.iter().any(|w| w.width > 400), "{:?}", wants);
            }
        }
    }
}
