//! Event labels above the plot: planned before the page is laid out, drawn after.

use super::events::{Event, Side};
use super::font::room;
use super::label::shorten;
use super::numbers::numbers;
use super::placement::{Flag, Want, place};
use super::scale::TimeScale;
use super::sheet::{Anchor, Rect, Shade, Sheet, Text};

/// Size of labels.
const EM_PX: i32 = 29;

/// Height of a row of labels.
const ROW_PX: i32 = 46;

/// Between a pole and its label, and after the label.
const SPACE_PX: i32 = 12;

/// A label is no wider than this; it is shortened.
const WIDEST_PX: i32 = 900;

/// Rows of labels before numbers are used instead.
const MAX_ROWS: usize = 7;

/// With more events than this, numbers are used at once.
const MAX_LABELS: usize = 14;

/// Entries of the key; the rest is counted.
const MAX_KEY: usize = 60;

/// One flag with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hung {
    x: i32,
    text: String,
    flag: Flag,
}

/// Where every label goes.
#[derive(Debug)]
pub(super) struct Plan {
    hung: Vec<Hung>,
    /// Poles that run into the plot.
    poles: Vec<i32>,
    /// Events too many to be labelled in place: the entries of the key.
    pub(super) key: Vec<(String, String)>,
}

/// Plans the labels of all events.
pub(super) fn plan(events: &[Event], scale: &TimeScale) -> Plan {
    let bounds = (scale.x0 - 60, scale.x1 + 50);
    let xs: Vec<i32> = events.iter().map(|e| scale.x(e.at_us)).collect();
    let within = |(event, x): (&Event, &i32)| (event.side == Side::Within).then_some(*x);
    let poles = events.iter().zip(&xs).filter_map(within).collect();
    if events.len() <= MAX_LABELS {
        let texts: Vec<String> = events.iter().map(|e| shorten(&e.text, EM_PX, WIDEST_PX)).collect();
        let want = |(x, text): (&i32, &String)| Want { x: *x, width: room(text, EM_PX) + 2 * SPACE_PX };
        let wants: Vec<Want> = xs.iter().zip(&texts).map(want).collect();
        if let Some(flags) = place(&wants, bounds, MAX_ROWS) {
            let all = xs.iter().zip(texts).zip(flags);
            let hung = all.map(|((x, text), flag)| Hung { x: *x, text, flag }).collect();
            return Plan { hung, poles, key: Vec::new() };
        }
    }
    let hung = numbers(&xs, EM_PX, 2 * SPACE_PX, bounds);
    let hung = hung.into_iter().map(|n| Hung { x: n.x, text: n.text, flag: n.flag }).collect();
    Plan { hung, poles, key: key(events) }
}

/// Numbers and texts of the key. The last entry has no number if there are more events than it can hold.
pub(super) fn key(events: &[Event]) -> Vec<(String, String)> {
    let numbered =
        events.iter().take(MAX_KEY).zip(1..).map(|(e, n): (_, u32)| (n.to_string(), e.text.clone()));
    let mut key: Vec<(String, String)> = numbered.collect();
    if events.len() > MAX_KEY {
        key.push((
            String::new(),
            format!("and {} more events, listed in the report", events.len() - MAX_KEY),
        ));
    }
    key
}

impl Plan {
    /// Height of all rows, and a little space below them.
    pub(super) fn height_px(&self) -> i32 {
        self.hung.iter().map(|h| h.flag.row as i32 + 1).max().map_or(0, |rows| rows * ROW_PX + 10)
    }

    /// Poles through the panels. They are drawn before bars and lines, so that no data is hidden.
    pub(super) fn draw_poles(&self, sheet: &mut Sheet, panels: &[Rect]) {
        let mut poles = self.poles.clone();
        poles.dedup();
        for (x, panel) in poles.iter().flat_map(|x| panels.iter().map(move |panel| (*x, panel))) {
            sheet.fill(Rect::new(x - 1, panel.y0, x + 1, panel.y1), Shade::POLE);
        }
    }

    /// Labels and the poles from them down to `y_plot`.
    pub(super) fn draw(&self, sheet: &mut Sheet, y_plot: i32) {
        for h in &self.hung {
            let bottom = y_plot - 10 - h.flag.row as i32 * ROW_PX;
            let within = self.poles.contains(&h.x);
            let foot = if within { y_plot } else { bottom };
            sheet.fill(Rect::new(h.x - 1, bottom - ROW_PX + 8, h.x + 1, foot), Shade::POLE);
            let (x, anchor) =
                if h.flag.left { (h.x - SPACE_PX, Anchor::End) } else { (h.x + SPACE_PX, Anchor::Start) };
            sheet.text(Text::new((x, bottom - 10), h.text.clone(), EM_PX, anchor));
        }
    }
}
