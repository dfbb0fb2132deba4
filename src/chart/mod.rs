//! The timeline chart, as SVG and as PNG: the only room that knows plotters. Beside it the bench's chart of growth
//! (`growth`), which no run of the program draws.
//!
//! A [`Timeline`] comes in, a picture goes out. In between stands a *sheet*: a plain list of rectangles,
//! lines and texts that `picture` composes and `paint` hands to plotters, to the SVG backend and to the
//! bitmap backend alike. So both files show the same picture, and tests can ask the sheet whether two
//! texts overlap.
//!
//! The chart is made to be put into a report unchanged, often printed in grey: series differ by lightness
//! and shape, not by hue; counts start at zero; a span without a log is hatched and has no baseline, so it
//! can't be taken for zero. Nothing is re-binned. No clock, no hash order, no font of the machine is read,
//! and the same timeline gives the same bytes.
//!
//! Not done here: right-to-left layout, and scripts outside the embedded font (see `font/README.md`).

mod bands;
mod bars;
mod calendar;
mod count_axis;
mod cumulative;
mod events;
mod flags;
mod font;
mod frame;
mod growth;
mod label;
mod numbers;
mod paint;
mod picture;
mod placement;
mod scale;
mod sheet;
mod silences;
#[cfg(test)]
mod tests;
mod time_axis;
mod zone;

use crate::finding::timeline::Timeline;

pub use growth::{CURVES, Curve, Growth, Panel, growth_png, growth_svg};

/// Width of every chart in PNG pixels, and in SVG user units. The SVG declares half of it as its size.
pub const WIDTH_PX: u32 = 2400;

/// Least height of a chart in PNG pixels. More event labels than fit make it taller, never smaller.
pub const MIN_HEIGHT_PX: u32 = 1500;

/// Why a chart could not be drawn. None of these depends on the evidence.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// The embedded font was refused.
    #[error("the embedded font can't be read")]
    Font,
    /// The drawing library refused a shape.
    #[error("the chart can't be drawn: {0}")]
    Draw(String),
    /// The picture could not be encoded.
    #[error("the chart can't be written as PNG")]
    Png(#[from] png::EncodingError),
}

/// The chart as an SVG document in UTF-8, with nothing remote and no script in it.
pub fn timeline_svg(timeline: &Timeline) -> Result<String, ChartError> {
    paint::svg(&picture::compose(timeline))
}

/// The same picture as the bytes of an RGB PNG file, [`WIDTH_PX`] wide.
pub fn timeline_png(timeline: &Timeline) -> Result<Vec<u8>, ChartError> {
    paint::png(&picture::compose(timeline))
}
