//! The upper panel: per window a light bar for what was served and, inside it, a dark bar for how many
//! distinct addresses took it. Both count on one axis from zero.

use super::bands::Interval;
use super::scale::{CountScale, TimeScale};
use super::sheet::{Anchor, Rect, Shade, Sheet, Text};
use super::zone::Dates;
use crate::finding::timeline::Bin;
use crate::report::number::thousands;

/// From this width on a bar has space beside it.
const SPACED_PX: i32 = 4;

/// A bar spans its window, also when the window is the whole chart; the inner one stays nearly as wide.
const WIDEST_INSET_PX: i32 = 24;

/// From this width on a logged zero is written as `0`.
const ZERO_PX: i32 = 26;

/// What stands on one range of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) x0: i32,
    pub(super) x1: i32,
    pub(super) served: u64,
    pub(super) clients: u64,
    /// More than one window shares these pixels, and the column shows the greatest of each count.
    pub(super) shared: bool,
}

/// The columns of the bins. Windows are never added up: where several begin on one pixel, the column
/// shows the greatest, which is what drawing them over each other would show.
pub(super) fn columns(bins: &[Bin], scale: &TimeScale) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::with_capacity(bins.len().min(4096));
    for bin in bins {
        let (x0, x1) = (scale.x(bin.start_us), scale.x(bin.end_us));
        let (served, clients) = (bin.served, bin.clients);
        match columns.last_mut() {
            Some(last) if x0 < last.x1 => {
                last.served = last.served.max(served);
                last.clients = last.clients.max(clients);
                last.shared = true;
                last.x1 = last.x1.max(x1);
            }
            _ => columns.push(Column { x0, x1: x1.max(x0 + 1), served, clients, shared: false }),
        }
    }
    columns
}

/// Draws columns and, where logs exist, the baseline.
pub(super) fn draw(sheet: &mut Sheet, columns: &[Column], y: CountScale, logged: &[Interval], x: &TimeScale) {
    for c in columns {
        let wide = c.x1 - c.x0;
        let space = if wide >= SPACED_PX { (wide / 6).clamp(1, 10) } else { 0 };
        let (x0, x1) = (c.x0 + space - space / 2, c.x1 - space / 2);
        let inset = if x1 - x0 >= 8 { ((x1 - x0) / 4).min(WIDEST_INSET_PX) } else { 0 };
        for (count, inset, shade) in [(c.served, 0, Shade::LIGHT), (c.clients, inset, Shade::DARK)] {
            if count > 0 {
                sheet.fill(Rect::new(x0 + inset, y.y(count), x1 - inset, y.y_zero), shade);
            }
        }
        let whole = logged.iter().any(|(from, to)| x.x(*from) <= c.x0 && c.x1 <= x.x(*to));
        if c.served == 0 && whole && wide >= ZERO_PX {
            let middle = i32::midpoint(c.x0, c.x1);
            sheet.text(Text::new((middle, y.y_zero - 8), "0", 22, Anchor::Middle).quiet());
        }
    }
    for (start_us, end_us) in logged {
        sheet.fill(
            Rect::new(x.x(*start_us), y.y_zero - 1, x.x(*end_us).max(x.x(*start_us) + 1), y.y_zero + 3),
            Shade::INK,
        );
    }
}

/// The note on the window that served most, above its bar.
pub(super) fn peak(bins: &[Bin], panel: Rect, x: &TimeScale, y: CountScale, dates: Dates) -> Option<Text> {
    let most = bins.iter().map(|b| b.served).max().filter(|most| *most > 0)?;
    let first = bins.iter().find(|b| b.served == most)?;
    let windows = bins.iter().filter(|b| b.served == most).count();
    let more = if windows > 1 { format!(", the first of {windows} such") } else { String::new() };
    let when = dates.span(first.start_us, first.end_us);
    let label = format!("peak {}, {when}{more}", thousands(most));
    let middle = i32::midpoint(x.x(first.start_us), x.x(first.end_us));
    let text = Text::new((middle, y.y(most) - 14), label, 28, Anchor::Middle);
    let half = text.bounds().width() / 2 + 12;
    let inside = middle.min(panel.x1 - half).max(panel.x0 + half);
    Some(Text { at: (inside, text.at.1), ..text })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bin(i: i64, served: u64) -> Bin {
        Bin { start_us: i, end_us: i + 1, served, clients: served / 2, cumulative_clients: 0, covered: true }
    }

    #[test]
    fn ten_thousand_windows_are_thinned_to_pixels_without_losing_the_greatest() {
        let bins: Vec<Bin> = (0..10_000).map(|i| bin(i, if i == 7_777 { 900 } else { 3 })).collect();
        let scale = TimeScale { start_us: 0, end_us: 10_000, x0: 200, x1: 2330 };
        let columns = columns(&bins, &scale);
        assert!(columns.len() <= 2131 && columns.windows(2).all(|c| c[0].x1 <= c[1].x0));
        assert_eq!(columns.iter().filter(|c| c.served == 900).count(), 1);
        assert!(columns.iter().any(|c| c.shared));
    }

    #[test]
    fn each_window_keeps_its_own_column_while_there_are_pixels() {
        let bins: Vec<Bin> = (0..700).map(|i| bin(i, 5)).collect();
        let scale = TimeScale { start_us: 0, end_us: 700, x0: 200, x1: 2330 };
        let columns = columns(&bins, &scale);
        assert_eq!(columns.len(), 700);
        assert!(columns.iter().all(|c| !c.shared));
    }
}
