//! Spans that are not zero: no log (hatched), outage (tinted and dotted).

use super::sheet::{Point, Rect, Shade, Sheet};

/// Distance between hatch lines, measured along the time axis.
const HATCH_PITCH_PX: i32 = 18;

/// Distance between dots.
const DOT_PITCH_PX: i32 = 18;

/// A half-open span of time, µs UTC.
pub(super) type Interval = (i64, i64);

/// The parts of `spans` inside `domain`, joined where they meet, in order.
pub(super) fn merge(spans: impl IntoIterator<Item = Interval>, domain: Interval) -> Vec<Interval> {
    let clipped = spans.into_iter().map(|(a, b)| (a.max(domain.0), b.min(domain.1)));
    let mut sorted: Vec<Interval> = clipped.filter(|(a, b)| a < b).collect();
    sorted.sort_unstable();
    let mut merged: Vec<Interval> = Vec::new();
    for (start, end) in sorted {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

/// What of `domain` is outside `merged` spans.
pub(super) fn complement(merged: &[Interval], domain: Interval) -> Vec<Interval> {
    let mut rest = Vec::new();
    let mut from = domain.0;
    for (start, end) in merged {
        if from < *start {
            rest.push((from, *start));
        }
        from = *end;
    }
    if from < domain.1 {
        rest.push((from, domain.1));
    }
    rest
}

/// Rising diagonals of a rectangle. They lie on one grid, so neighbouring rectangles join without a seam.
pub(super) fn hatch_lines(r: Rect) -> Vec<[Point; 2]> {
    let first = (r.x0 + r.y0).div_euclid(HATCH_PITCH_PX) * HATCH_PITCH_PX;
    let sums = (first..r.x1 + r.y1).step_by(HATCH_PITCH_PX as usize);
    let ends = sums.map(|sum| {
        let left = (sum - r.y1).max(r.x0);
        let right = (sum - r.y0).min(r.x1);
        [(left, sum - left), (right, sum - right)]
    });
    ends.filter(|[a, b]| b.0 - a.0 > 1).collect()
}

/// Draws a span without a log.
pub(super) fn draw_no_log(sheet: &mut Sheet, r: Rect) {
    for [a, b] in hatch_lines(r) {
        sheet.line(vec![a, b], 2, Shade::HATCH);
    }
    for x in [r.x0, r.x1 - 2] {
        sheet.fill(Rect::new(x, r.y0, x + 2, r.y1), Shade::HATCH);
    }
}

/// Draws an outage.
pub(super) fn draw_outage(sheet: &mut Sheet, r: Rect) {
    sheet.fill(r, Shade::TINT);
    for (row, y) in (r.y0 + 8..r.y1 - 4).step_by(DOT_PITCH_PX as usize).enumerate() {
        let shift = if row % 2 == 0 { 0 } else { DOT_PITCH_PX / 2 };
        let first = (r.x0 + 5).div_euclid(DOT_PITCH_PX) * DOT_PITCH_PX + shift;
        let columns = (first..r.x1 - 5).step_by(DOT_PITCH_PX as usize).filter(|x| *x >= r.x0 + 3);
        for x in columns {
            sheet.fill(Rect::new(x, y, x + 4, y + 4), Shade::STIPPLE);
        }
    }
    for x in [r.x0, r.x1 - 2] {
        sheet.fill(Rect::new(x, r.y0, x + 2, r.y1), Shade::STIPPLE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_clipped_and_joined() {
        let merged = merge([(50, 60), (-5, 10), (10, 20), (15, 18), (90, 200), (7, 7)], (0, 100));
        assert_eq!(merged, [(0, 20), (50, 60), (90, 100)]);
        assert_eq!(complement(&merged, (0, 100)), [(20, 50), (60, 90)]);
        assert_eq!(complement(&[], (0, 100)), [(0, 100)]);
    }

    #[test]
    fn hatch_lines_stay_inside_and_rise() {
        let r = Rect::new(103, 57, 391, 211);
        let lines = hatch_lines(r);
        assert!(lines.len() > 20);
        for [a, b] in lines {
            for p in [a, b] {
                assert!((r.x0..=r.x1).contains(&p.0) && (r.y0..=r.y1).contains(&p.1), "{a:?} {b:?}");
            }
            assert_eq!(b.0 - a.0, a.1 - b.1);
        }
    }
}
