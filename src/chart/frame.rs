//! What stands round the plot: title above; legend, key of events and provenance below.

use super::WIDTH_PX;
use super::bands;
use super::font::room;
use super::label::{clean, flow, shorten, wrap};
use super::sheet::{Anchor, Rect, Shade, Sheet, Text};
use super::zone::iso;
use crate::finding::timeline::Timeline;

/// Space left and right of everything.
pub(super) const MARGIN_PX: i32 = 70;

const INNER_PX: i32 = WIDTH_PX as i32 - 2 * MARGIN_PX;
const TITLE_EM_PX: i32 = 50;
const SUBTITLE_EM_PX: i32 = 33;
const LEGEND_EM_PX: i32 = 27;
const KEY_EM_PX: i32 = 27;
const FOOT_EM_PX: i32 = 25;

/// Draws title and subtitle from the top of the page; returns where they end.
pub(super) fn draw_header(sheet: &mut Sheet, timeline: &Timeline) -> i32 {
    let mut y = 56;
    let title = wrap(&clean(&timeline.title), TITLE_EM_PX, INNER_PX, 2);
    for line in title {
        y += TITLE_EM_PX * 5 / 4;
        sheet.text(Text::new((MARGIN_PX, y - 12), line, TITLE_EM_PX, Anchor::Start));
    }
    for line in wrap(&clean(&timeline.subtitle), SUBTITLE_EM_PX, INNER_PX, 2) {
        y += SUBTITLE_EM_PX * 7 / 5;
        sheet.text(Text::new((MARGIN_PX, y - 6), line, SUBTITLE_EM_PX, Anchor::Start).quiet());
    }
    y + 30
}

/// What a legend entry shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sample {
    Served,
    Clients,
    Running,
    NoLog,
    Outage,
}

/// Draws legend entries in as many lines as they need; returns where they end.
pub(super) fn draw_legend(sheet: &mut Sheet, from_y: i32, entries: &[(Sample, String)]) -> i32 {
    const SAMPLE_PX: i32 = 52;
    let (mut x, mut y) = (MARGIN_PX, from_y + 40);
    for (sample, text) in entries {
        let text = shorten(text, LEGEND_EM_PX, INNER_PX - SAMPLE_PX - 20);
        let wide = SAMPLE_PX + 14 + room(&text, LEGEND_EM_PX);
        if x > MARGIN_PX && x + wide > MARGIN_PX + INNER_PX {
            (x, y) = (MARGIN_PX, y + 48);
        }
        let r = Rect::new(x, y - 25, x + SAMPLE_PX, y + 5);
        match sample {
            Sample::Served => sheet.fill(r, Shade::LIGHT),
            Sample::Clients => sheet.fill(r, Shade::DARK),
            Sample::Running => {
                let middle = i32::midpoint(r.y0, r.y1);
                sheet.line(vec![(r.x0, middle), (r.x1, middle)], 5, Shade::DARK);
                sheet.dot((i32::midpoint(r.x0, r.x1), middle), 7, Shade::DARK);
            }
            Sample::NoLog => bands::draw_no_log(sheet, r),
            Sample::Outage => bands::draw_outage(sheet, r),
        }
        sheet.text(Text::new((r.x1 + 14, y), text, LEGEND_EM_PX, Anchor::Start));
        x += wide + 30;
    }
    y + 20
}

/// Draws numbered events in two columns; returns where they end.
pub(super) fn draw_key(sheet: &mut Sheet, from_y: i32, key: &[(String, String)]) -> i32 {
    const LINE_PX: i32 = 42;
    const NUMBER_PX: i32 = 44;
    let rows = key.len().div_ceil(2);
    for (i, (number, text)) in key.iter().enumerate() {
        let (column, row) = (i / rows.max(1), i % rows.max(1));
        let x = MARGIN_PX + NUMBER_PX + column as i32 * (INNER_PX / 2 + 20);
        let y = from_y + (row as i32 + 1) * LINE_PX;
        let text = shorten(text, KEY_EM_PX, INNER_PX / 2 - NUMBER_PX - 50);
        sheet.text(Text::new((x, y), number.clone(), KEY_EM_PX, Anchor::End));
        sheet.text(Text::new((x + 20, y), text, KEY_EM_PX, Anchor::Start));
    }
    from_y + rows as i32 * LINE_PX + if rows > 0 { 16 } else { 0 }
}

/// The lines at the foot: where the figures come from, and how to read them.
pub(super) fn foot_lines(timeline: &Timeline, notes: &[&str]) -> Vec<String> {
    let mut pieces = vec![
        format!("accesstrail {}", clean(&timeline.version)),
        format!("profile {}", clean(&timeline.profile)),
    ];
    if let (Some(first), Some(last)) = (timeline.bins.first(), timeline.bins.last()) {
        let (start, end) = (iso(timeline.zone, first.start_us), iso(timeline.zone, last.end_us));
        pieces.push(format!(
            "window {start} to {end}, end excluded, in steps of {}",
            clean(&timeline.window_label)
        ));
    }
    pieces.push(format!("zone {}", timeline.zone.name()));
    pieces.push(format!("evidence sha256 {}…", clean(&timeline.evidence_hash)));
    let mut lines = flow(&pieces, FOOT_EM_PX, INNER_PX);
    lines.extend(wrap(&notes.join(" "), FOOT_EM_PX, INNER_PX, 4));
    lines
}

/// Draws a rule and the lines below it; returns where the page ends.
pub(super) fn draw_foot(sheet: &mut Sheet, from_y: i32, lines: &[String]) -> i32 {
    const LINE_PX: i32 = 38;
    sheet.fill(Rect::new(MARGIN_PX, from_y, MARGIN_PX + INNER_PX, from_y + 2), Shade::GRID);
    for (line, n) in lines.iter().zip(1..) {
        let at = (MARGIN_PX, from_y + 8 + n * LINE_PX);
        sheet.text(Text::new(at, line.clone(), FOOT_EM_PX, Anchor::Start).quiet());
    }
    from_y + foot_height_px(lines)
}

/// Height of the foot.
pub(super) fn foot_height_px(lines: &[String]) -> i32 {
    8 + lines.len() as i32 * 38 + 56
}
