//! A logarithmic axis: its ends, its ticks, and the pixel of a value.

use crate::report::number::thousands;

/// From the decade below the least value to the one above the greatest, or to 2 and 5 times one where that is nearer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    from_px: i32,
    to_px: i32,
}

/// With fewer decades than this 2 and 5 times a decade are ticks too.
const SPARSE_DECADES: f64 = 2.5;

/// Whether a logarithm has a place for it.
pub(super) fn drawable(value: f64) -> bool {
    value.is_normal() && value > 0.0
}

impl Axis {
    /// An axis for `values` over pixels; the second may be less than the first, for what runs up. From 1 to 10 if there is
    /// nothing to show.
    pub(super) fn new(values: impl Iterator<Item = f64>, from_px: i32, to_px: i32) -> Self {
        let (mut least, mut most) = (f64::INFINITY, 0.0_f64);
        for value in values.filter(|v| drawable(*v)) {
            (least, most) = (least.min(value), most.max(value));
        }
        let (low, high) = if least <= most { (below(least), above(most)) } else { (1.0, 10.0) };
        Self { low, high: if high > low { high } else { low * 10.0 }, from_px, to_px }
    }

    /// The pixel of a value; values outside are put where they would be.
    pub(super) fn px(&self, value: f64) -> i32 {
        let share = (value / self.low).log10() / self.decades();
        self.from_px + (share * f64::from(self.to_px - self.from_px)).round() as i32
    }

    /// The greatest value.
    pub(super) fn high(&self) -> f64 {
        self.high
    }

    fn decades(&self) -> f64 {
        (self.high / self.low).log10()
    }

    /// The round values on it, rising, each with its text.
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        let leads: &[f64] = if self.decades() < SPARSE_DECADES { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let decades = self.low.log10().floor() as i32..=self.high.log10().ceil() as i32;
        let all = decades.flat_map(|d| leads.iter().map(move |lead| round(*lead, d)));
        all.filter(|v| *v >= self.low * 0.999 && *v <= self.high * 1.001).map(|v| (v, text(v))).collect()
    }
}

/// `lead` times a power of ten, as near as floating point has it.
fn round(lead: f64, decade: i32) -> f64 {
    if decade < 0 { lead / 10_f64.powi(-decade) } else { lead * 10_f64.powi(decade) }
}

/// The nearest of 1, 2 and 5 times a power of ten that is not above.
fn below(value: f64) -> f64 {
    let decade = value.log10().floor() as i32;
    let fits = |lead: &f64| round(*lead, decade) <= value * 1.000_001;
    round([5.0, 2.0, 1.0].into_iter().find(fits).unwrap_or(0.5), decade)
}

/// The nearest of 1, 2, 5 and 10 times a power of ten that is above by a twentieth at least, so that a point has room.
fn above(value: f64) -> f64 {
    let decade = value.log10().floor() as i32;
    let fits = |lead: &f64| round(*lead, decade) >= value * 1.05;
    round([1.0, 2.0, 5.0, 10.0].into_iter().find(fits).unwrap_or(20.0), decade)
}

/// A measured value, to about two digits and to whole numbers from 100 on.
pub(super) fn precise(value: f64) -> String {
    match value {
        v if v >= 99.5 => thousands(v.round() as u64),
        v if v >= 9.995 => trimmed(format!("{v:.1}")),
        v if v >= 0.0995 => format!("{v:.2}"),
        v => format!("{v:.3}"),
    }
}

/// A round value, with no more digits than it has.
fn text(value: f64) -> String {
    if value >= 1.0 { thousands(value.round() as u64) } else { trimmed(format!("{value:.6}")) }
}

fn trimmed(text: String) -> String {
    let bare = text.trim_end_matches('0').trim_end_matches('.');
    if bare.is_empty() { text } else { bare.to_owned() }
}
