//! The embedded font: registered once, and measured.
//!
//! plotters without a system font library can't even write SVG before a font is registered, and a machine
//! without fonts is normal for this program. The PNG is drawn with the embedded font; an SVG viewer may
//! use another one, so everything is laid out with [`room`], which is wider than the text.

use std::sync::OnceLock;

use plotters::style::{FontStyle, IntoFont, register_font};

use super::ChartError;

/// Name of the font in plotters and, word for word, the `font-family` of the SVG's texts.
pub(super) const FAMILY: &str = "Noto Sans, Open Sans, Segoe UI, Arial, Helvetica, sans-serif";

/// plotters' font size is 1.24 em; the embedded font's ascent and descent were set to agree.
pub(super) const SIZE_PER_EM: f64 = 1.24;

static BYTES: &[u8] = include_bytes!("font/NotoSans-subset.ttf");

/// The characters of the subset, as in `font/README.md`.
const COVERED: &[(char, char)] = &[
    (' ', '~'),
    ('\u{a0}', '\u{24f}'),
    ('\u{300}', '\u{30c}'),
    ('\u{370}', '\u{377}'),
    ('\u{37a}', '\u{37f}'),
    ('\u{384}', '\u{38a}'),
    ('\u{38c}', '\u{38c}'),
    ('\u{38e}', '\u{3a1}'),
    ('\u{3a3}', '\u{3e1}'),
    ('\u{3f0}', '\u{45f}'),
    ('\u{490}', '\u{491}'),
    ('\u{1e00}', '\u{1eff}'),
    ('\u{2010}', '\u{2015}'),
    ('\u{2018}', '\u{201e}'),
    ('\u{2020}', '\u{2022}'),
    ('\u{2026}', '\u{2026}'),
    ('\u{2032}', '\u{2033}'),
    ('\u{2039}', '\u{203a}'),
    ('\u{20ac}', '\u{20ac}'),
    ('\u{2116}', '\u{2116}'),
    ('\u{2122}', '\u{2122}'),
    ('\u{2212}', '\u{2212}'),
];

/// Makes the font known to plotters; cheap after the first time.
pub(super) fn register() -> Result<(), ChartError> {
    static DONE: OnceLock<bool> = OnceLock::new();
    let done = DONE.get_or_init(|| register_font(FAMILY, FontStyle::Normal, BYTES).is_ok());
    if *done { Ok(()) } else { Err(ChartError::Font) }
}

/// Room to keep for a text: its width, and a tenth more for viewers that substitute a wider font. A
/// character the font lacks is taken to be as wide as it is high.
pub(super) fn room(text: &str, em_px: i32) -> i32 {
    let foreign = text.chars().filter(|c| !covers(*c)).count() as i32;
    let known: String = text.chars().filter(|c| covers(*c)).collect();
    let size = f64::from(em_px) * SIZE_PER_EM;
    let measured = register().ok().and_then(|()| (FAMILY, size).into_font().layout_box(&known).ok());
    let width = measured.map_or(known.chars().count() as i32 * em_px, |((x0, _), (x1, _))| x1 - x0);
    (width + foreign * em_px) * 11 / 10 + 4
}

fn covers(c: char) -> bool {
    COVERED.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_equally_wide_so_that_columns_of_counts_line_up() {
        let widths: Vec<i32> = ('0'..='9').map(|c| room(&c.to_string().repeat(20), 30)).collect();
        assert!(widths.iter().all(|w| *w == widths[0]), "{widths:?}");
    }

    #[test]
    fn a_character_outside_the_font_takes_a_full_em() {
        assert!(room("漢字", 100) >= 200);
    }
}
