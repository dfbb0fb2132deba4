//! When labels do not fit in rows: numbers on the poles, and the labels in a key below the chart.
//! Poles too close for a number each share one, such as `4–9`.

use super::font::room;
use super::placement::{Flag, Want, place};

/// Rows that numbers may take.
const MAX_ROWS: usize = 3;

/// A number, or the first and last of a run, and the pole it hangs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) x: i32,
    pub(super) text: String,
    pub(super) flag: Flag,
}

/// Numbers for poles at `xs` (ordered), counted from 1.
pub(super) fn numbers(xs: &[i32], em_px: i32, space_px: i32, bounds: (i32, i32)) -> Vec<Number> {
    // Hundreds of poles: no number has room on fewer pixels.
    let mut reach = if xs.len() > 60 { 12 } else { 0 };
    loop {
        let runs = runs(xs, reach);
        let texts: Vec<String> = runs.iter().map(|(_, first, last)| run_text(*first, *last)).collect();
        let want = |((x, ..), text): (&(i32, usize, usize), &String)| Want {
            x: *x,
            width: room(text, em_px) + space_px,
        };
        let wants: Vec<Want> = runs.iter().zip(&texts).map(want).collect();
        if let Some(flags) = place(&wants, bounds, MAX_ROWS) {
            let all = wants.iter().zip(texts).zip(flags);
            return all.map(|((want, text), flag)| Number { x: want.x, text, flag }).collect();
        }
        if runs.len() <= 1 {
            return Vec::new();
        }
        reach = reach * 3 / 2 + 8;
    }
}

/// Poles within `reach` of the first of their run, at least those on one pixel: its place, its first and its last number.
fn runs(xs: &[i32], reach: i32) -> Vec<(i32, usize, usize)> {
    let mut runs: Vec<(i32, usize, usize)> = Vec::new();
    for (i, x) in xs.iter().enumerate() {
        match runs.last_mut() {
            Some((start, _, last)) if x - *start <= reach => *last = i + 1,
            _ => runs.push((*x, i + 1, i + 1)),
        }
    }
    runs
}

fn run_text(first: usize, last: usize) -> String {
    if first == last { first.to_string() } else { format!("{first}–{last}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pole_is_in_exactly_one_number() {
        let xs: Vec<i32> = (0..200).map(|i| 300 + i * i % 37 + i).collect::<Vec<_>>();
        let mut xs = xs;
        xs.sort_unstable();
        let numbers = numbers(&xs, 26, 24, (200, 2330));
        assert!(numbers.first().unwrap().text.starts_with('1'));
        assert!(numbers.last().unwrap().text.ends_with("200"));
    }

    #[test]
    fn a_hundred_events_at_one_instant_share_one_number() {
        let numbers = numbers(&[2330; 100], 26, 24, (200, 2330));
        assert_eq!(numbers.len(), 1);
        assert_eq!(numbers[0].text, "1–100");
        assert!(numbers[0].flag.left);
    }
}
