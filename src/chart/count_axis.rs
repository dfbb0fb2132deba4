//! The axis of counts: round ticks from zero, whole numbers with thousands separators, grid lines.

use super::font::room;
use super::label::shorten;
use super::scale::CountScale;
use super::sheet::{Anchor, Rect, Shade, Sheet, Text};
use crate::report::number::thousands;

/// Size of tick labels.
const EM_PX: i32 = 30;

/// Size of the axis' title.
const TITLE_EM_PX: i32 = 27;

/// The count at the axis' upper edge: the greatest one and room for a label above it.
pub(super) fn top(greatest: u64) -> u64 {
    greatest.saturating_add(greatest / 5).max(greatest.saturating_add(1)).max(2)
}

/// Multiples of 1, 2 or 5 times a power of ten, from zero to `top`, at most `most` above zero.
pub(super) fn ticks(top: u64, most: u64) -> Vec<u64> {
    let mut step: u64 = 1;
    while top / step > most.max(1) {
        let lead = step.to_string().chars().next();
        step = match lead {
            Some('2') => step / 2 * 5,
            _ => step.saturating_mul(2),
        };
        if step == u64::MAX {
            break;
        }
    }
    (0..=top / step).map(|n| n * step).collect()
}

/// Room the widest label of an axis needs.
pub(super) fn label_room(top: u64) -> i32 {
    ticks(top, MOST_TICKS).last().map_or(0, |tick| room(&thousands(*tick), EM_PX))
}

const MOST_TICKS: u64 = 5;

/// Draws grid lines and labels left of `panel`, and the title, one line of it per entry, upright.
pub(super) fn draw(sheet: &mut Sheet, panel: Rect, scale: CountScale, title: &[String], title_x: i32) {
    for tick in ticks(scale.top, MOST_TICKS) {
        let y = if tick == 0 { scale.y_zero } else { scale.y(tick) };
        if tick > 0 {
            sheet.fill(Rect::new(panel.x0, y - 1, panel.x1, y + 1), Shade::GRID);
        }
        sheet.text(Text::new((panel.x0 - 18, y + EM_PX * 36 / 100), thousands(tick), EM_PX, Anchor::End));
    }
    let middle = i32::midpoint(panel.y0, panel.y1);
    for (i, line) in title.iter().enumerate() {
        let x = title_x + i as i32 * (TITLE_EM_PX * 5 / 4);
        let line = shorten(line, TITLE_EM_PX, panel.height() + 20);
        sheet.text(Text::new((x, middle), line, TITLE_EM_PX, Anchor::Middle).upright().quiet());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_whole_and_start_at_zero() {
        assert_eq!(ticks(2, 5), [0, 1, 2]);
        assert_eq!(ticks(12, 5), [0, 5, 10]);
        assert_eq!(ticks(600, 5), [0, 200, 400, 600]);
        assert_eq!(ticks(1_200_000_000, 5), [0, 500_000_000, 1_000_000_000]);
        for greatest in [0, 1, 2, 3, 9, 10, 99, 12_345, u64::MAX / 2, u64::MAX] {
            let top = top(greatest);
            let ticks = ticks(top, 5);
            assert!(ticks.len() >= 2 && ticks.len() <= 6, "{greatest}: {ticks:?}");
        }
    }
}
