//! Labels inside spans without a log, where there is room for them; the legend names them all.

use super::bars::Column;
use super::label::clean;
use super::scale::{CountScale, TimeScale};
use super::sheet::{Anchor, Rect, Sheet, Text};
use crate::finding::timeline::Timeline;

const EM_PX: i32 = 27;

/// Least room inside the band on either side of its label.
const SIDE_PX: i32 = 14;

/// Said where the silence has no label, or one too long for its band: a label cut short would puzzle.
const NO_LOG: &str = "no log";

/// Draws one label per silence across or up its band, unless it would cover a bar, `taken`, or another.
pub(super) fn draw_labels(
    sheet: &mut Sheet,
    timeline: &Timeline,
    panel: Rect,
    x: &TimeScale,
    columns: &[Column],
    y: CountScale,
    taken: Rect,
) {
    let mut taken = vec![taken];
    for silence in &timeline.silences {
        let (x0, x1) = (x.x(silence.start_us), x.x(silence.end_us));
        if x1 - x0 < EM_PX + 2 * SIDE_PX {
            continue;
        }
        let middle = (i32::midpoint(x0, x1), i32::midpoint(panel.y0, panel.y1));
        let across = |said: &str| Text::new(middle, said, EM_PX, Anchor::Middle);
        let up = |said| Text { at: (middle.0 + EM_PX / 3, middle.1), ..across(said) }.upright();
        let free = |text: &Text| {
            let b = text.bounds();
            let over_bar = |c: &Column| c.x0 < b.x1 && b.x0 < c.x1 && y.y(c.served) < b.y1;
            let inside = b.x0 - SIDE_PX >= x0 && b.x1 + SIDE_PX <= x1 && b.height() <= panel.height() - 80;
            inside && !columns.iter().any(over_bar) && !taken.iter().any(|t| t.overlaps(&b))
        };
        let said = clean(&silence.label);
        let whole = (!said.is_empty()).then(|| [across(&said), up(&said)]);
        let plain = [across(NO_LOG), up(NO_LOG)];
        if let Some(text) = whole.into_iter().flatten().chain(plain).find(free) {
            taken.push(text.bounds());
            sheet.backed_text(text);
        }
    }
}
