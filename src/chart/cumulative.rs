//! The lower panel: distinct addresses since the beginning, as a line through the ends of the windows.
//! Dashed where no log exists: there the line does not say that nobody came.

use super::scale::{CountScale, TimeScale};
use super::sheet::{Anchor, Point, Rect, Shade, Sheet, Text};
use crate::finding::timeline::Bin;
use crate::report::number::thousands;

/// From this window width on the known values, at the ends of windows, are marked by dots.
const DOTS_PX: i32 = 40;

/// A stretch of the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) points: Vec<Point>,
    pub(super) logged: bool,
}

/// The line, cut where coverage begins or ends. It starts at zero, at the first window's start.
pub(super) fn stretches(bins: &[Bin], x: &TimeScale, y: CountScale) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut from = bins.first().map_or((x.x0, y.y_zero), |b| (x.x(b.start_us), y.y_zero));
    for bin in bins {
        let to = (x.x(bin.end_us), y.y(bin.cumulative_clients));
        match stretches.last_mut() {
            Some(last) if last.logged == bin.covered => {
                // Several windows on one pixel: the last of them, the count never falls.
                if last.points.len() > 1 && last.points.last().is_some_and(|p| p.0 == to.0) {
                    last.points.pop();
                }
                last.points.push(to);
            }
            _ => stretches.push(Stretch { points: vec![from, to], logged: bin.covered }),
        }
        from = to;
    }
    stretches
}

/// Pieces of a polyline that runs right: it is seen on every other stretch of a grid along the time axis,
/// so that short segments make dashes too.
fn dashes(points: &[Point]) -> Vec<[Point; 2]> {
    const DASH_PX: i32 = 12;
    let mut pieces = Vec::new();
    for pair in points.windows(2) {
        let [a, b] = pair else { continue };
        let on = |x: i32| {
            (x, a.1 + (i64::from(b.1 - a.1) * i64::from(x - a.0) / i64::from(b.0 - a.0).max(1)) as i32)
        };
        let mut from = a.0;
        while from < b.0 {
            let cell = from.div_euclid(DASH_PX);
            let to = ((cell + 1) * DASH_PX).min(b.0);
            if cell % 2 == 0 {
                pieces.push([on(from), on(to)]);
            }
            from = to;
        }
    }
    pieces
}

/// Draws the line; returns the label of its last value.
pub(super) fn draw(sheet: &mut Sheet, bins: &[Bin], x: &TimeScale, y: CountScale) -> Option<Text> {
    for stretch in stretches(bins, x, y) {
        if stretch.logged {
            sheet.line(stretch.points, 5, Shade::DARK);
        } else {
            for [a, b] in dashes(&stretch.points) {
                sheet.line(vec![a, b], 4, Shade::DARK);
            }
        }
    }
    let wide = (x.x1 - x.x0) / (bins.len() as i32).max(1);
    let dotted = bins.iter().filter(|b| b.covered && (wide >= DOTS_PX));
    for bin in dotted {
        sheet.dot((x.x(bin.end_us), y.y(bin.cumulative_clients)), 7, Shade::DARK);
    }
    let last = bins.last()?;
    let addresses = if last.cumulative_clients == 1 { "address" } else { "addresses" };
    let label = format!("{} distinct {addresses} in all", thousands(last.cumulative_clients));
    Some(Text::new((x.x1 - 6, y.y(last.cumulative_clients) - 20), label, 28, Anchor::End))
}

/// The baseline, solid over the whole panel: the running total is known to start at zero.
pub(super) fn draw_baseline(sheet: &mut Sheet, panel: Rect) {
    sheet.fill(Rect::new(panel.x0, panel.y1 - 1, panel.x1, panel.y1 + 2), Shade::INK);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_starts_at_zero_and_is_cut_where_the_log_ends() {
        let bins: Vec<Bin> = (0..6)
            .map(|i| Bin {
                start_us: i,
                end_us: i + 1,
                served: 1,
                clients: 1,
                cumulative_clients: i as u64 + 1,
                covered: i < 4,
            })
            .collect();
        let x = TimeScale { start_us: 0, end_us: 6, x0: 0, x1: 600 };
        let y = CountScale { top: 10, y_zero: 100, y_top: 0 };
        let stretches = stretches(&bins, &x, y);
        assert_eq!(stretches.len(), 2);
        assert_eq!(stretches[0].points.first(), Some(&(0, 100)));
        assert_eq!(stretches[0].points.last(), stretches[1].points.first());
        assert!(stretches[0].logged && !stretches[1].logged);
    }
}
