//! How a cost grows: curves over two logarithmic axes, measured points marked, linear growth as a dashed line.
//!
//! Not a chart of evidence. The bench draws with it what the program took, in time and in memory, so that its pictures and
//! the program's have one hand. Panels stand two in a row. On two logarithmic axes everything that grows in step is a line of
//! one slope, so one dashed line, from the first point of the first curve, tells whether a curve grows faster than its cause.
//! What a logarithm has no place for (zero, what is negative, what is no number) is left out.

mod axis;
mod panel;
#[cfg(test)]
mod tests;

use super::frame::MARGIN_PX;
use super::label::{clean, flow, wrap};
use super::sheet::{Anchor, Rect, Shade, Sheet, Text};
use super::{ChartError, WIDTH_PX, paint};

/// A page of panels.
#[derive(Debug, Clone, Default)]
pub struct Growth {
    /// The heading.
    pub title: String,
    /// What is common to all panels, in a sentence or two.
    pub subtitle: String,
    /// Drawn two in a row, left before right.
    pub panels: Vec<Panel>,
    /// Where the figures come from; pieces that each stay on one line.
    pub foot: Vec<String>,
}

/// Curves that share their axes.
#[derive(Debug, Clone, Default)]
pub struct Panel {
    /// What grows against what.
    pub title: String,
    /// The cause, with its unit.
    pub x_title: String,
    /// The cost, with its unit.
    pub y_title: String,
    /// At most [`CURVES`] can be told apart; further ones look like the last.
    pub curves: Vec<Curve>,
}

/// One series of measured points.
#[derive(Debug, Clone, Default)]
pub struct Curve {
    /// Its name in the legend.
    pub label: String,
    /// Cause and cost, by rising cause.
    pub points: Vec<(f64, f64)>,
}

/// So many curves of a panel differ in lightness and in the shape of their points.
pub const CURVES: usize = 2;

const INNER_PX: i32 = WIDTH_PX as i32 - 2 * MARGIN_PX;
const BETWEEN_PX: i32 = 60;
const ROW_PX: i32 = 680;

/// The page as an SVG document in UTF-8; the same page gives the same bytes.
pub fn growth_svg(growth: &Growth) -> Result<String, ChartError> {
    paint::svg(&compose(growth))
}

/// The same page as the bytes of an RGB PNG file, [`WIDTH_PX`] wide.
pub fn growth_png(growth: &Growth) -> Result<Vec<u8>, ChartError> {
    paint::png(&compose(growth))
}

fn compose(growth: &Growth) -> Sheet {
    let mut sheet = Sheet::default();
    let mut y = 50;
    for (text, em_px, quiet) in [(&growth.title, 50, false), (&growth.subtitle, 33, true)] {
        for line in wrap(&clean(text), em_px, INNER_PX, 3) {
            y += em_px * 7 / 5;
            let text = Text::new((MARGIN_PX, y - em_px / 4), line, em_px, Anchor::Start);
            sheet.text(if quiet { text.quiet() } else { text });
        }
    }
    y += 40;
    let wide = (INNER_PX - BETWEEN_PX) / 2;
    for row in growth.panels.chunks(2) {
        for (panel, column) in row.iter().zip(0..) {
            let x = MARGIN_PX + column * (wide + BETWEEN_PX);
            panel::draw(&mut sheet, Rect::new(x, y, x + wide, y + ROW_PX), panel);
        }
        y += ROW_PX + 50;
    }
    sheet.fill(Rect::new(MARGIN_PX, y, MARGIN_PX + INNER_PX, y + 2), Shade::GRID);
    let pieces: Vec<String> = growth.foot.iter().map(|piece| clean(piece)).collect();
    for line in flow(&pieces, 25, INNER_PX) {
        y += 40;
        sheet.text(Text::new((MARGIN_PX, y), line, 25, Anchor::Start).quiet());
    }
    sheet.height_px = u32::try_from(y + 50).unwrap_or(WIDTH_PX);
    sheet
}
