//! The bins of a timeline (METHOD M2.4): a grid anchored at local midnight, cut to the window.
//!
//! A day begins at the first instant of its local date. Widths below a day step in elapsed time from there, and
//! the last bin of a day ends at the next midnight: a day of 25 h has 25 hours, and at a width of 2 h a last bin
//! of one. Whole days go by local date; several days a bin count from the local date of the window's start.
//! All bins are listed, empty ones too. A local date that a zone never had has no bin.

use std::fmt::{self, Display, Formatter};

use chrono::{DateTime, Datelike, NaiveDate, TimeZone};
use chrono_tz::Tz;

use super::US;
use super::zone::{Resolved, offset_s, to_utc};

/// More bins than this are refused.
pub const MOST_BINS: u64 = 1_000_000;

const DAY_S: u32 = 86_400;

/// The width of a bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Width {
    /// Elapsed seconds; they divide 24 h.
    Seconds(u32),
    /// Local dates.
    Days(u32),
}

/// Why there is no such grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GridError {
    /// The width is zero, or does not divide 24 h.
    Width(Width),
    /// The window would have this many bins or more.
    TooMany(u64),
    /// The window reaches outside the calendar.
    Calendar,
}

impl Display for GridError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            GridError::Width(Width::Seconds(seconds)) => {
                write!(f, "a bin of {seconds} s does not divide 24 h")
            }
            GridError::Width(Width::Days(days)) => write!(f, "a bin of {days} days has no width"),
            GridError::TooMany(bins) => {
                write!(f, "the window has about {bins} bins of this width; at most {MOST_BINS} can be listed")
            }
            GridError::Calendar => write!(f, "the window reaches outside the calendar"),
        }
    }
}

impl std::error::Error for GridError {}

/// The bins of one window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    bins: Vec<(i64, i64)>,
    width_us: i64,
}

impl Grid {
    /// The bins of `[from_us, until_us)`; none if it is empty.
    pub fn new(tz: Tz, width: Width, from_us: i64, until_us: i64) -> Result<Grid, GridError> {
        let width_s = match width {
            Width::Seconds(seconds) if seconds > 0 && DAY_S.is_multiple_of(seconds) => u64::from(seconds),
            Width::Days(days) if days > 0 => u64::from(days) * u64::from(DAY_S),
            _ => return Err(GridError::Width(width)),
        };
        let width_us = i64::try_from(width_s).unwrap_or(i64::MAX / US).saturating_mul(US);
        if from_us >= until_us {
            return Ok(Grid { bins: Vec::new(), width_us });
        }
        let expected = until_us.abs_diff(from_us) / width_us.unsigned_abs();
        if expected > MOST_BINS {
            return Err(GridError::TooMany(expected));
        }
        let bins = match width {
            Width::Seconds(_) => elapsed(tz, width_us, from_us, until_us),
            Width::Days(days) => dates(tz, days, from_us, until_us),
        };
        bins.map(|bins| Grid { bins, width_us }).ok_or(GridError::Calendar)
    }

    /// The bins, half-open, in order, without holes: the first begins and the last ends with the window.
    pub fn bins(&self) -> &[(i64, i64)] {
        &self.bins
    }

    /// Which bin holds this instant; `None` outside the window.
    #[inline]
    pub fn index(&self, us: i64) -> Option<u32> {
        let (first, last) = (self.bins.first()?, self.bins.last()?);
        if us < first.0 || us >= last.1 {
            return None;
        }
        // But for changes of clocks all inner bins are equally wide, so the arithmetic is nearly always right.
        let steps =
            us.checked_sub(first.1).map_or(0, |past| if past < 0 { 0 } else { past / self.width_us + 1 });
        let guess = usize::try_from(steps).ok()?;
        let at = match self.bins.get(guess) {
            Some(bin) if bin.0 <= us && us < bin.1 => guess,
            _ => self.bins.partition_point(|bin| bin.1 <= us),
        };
        u32::try_from(at).ok()
    }
}

/// Bins of elapsed time, restarted at each local midnight.
fn elapsed(tz: Tz, width_us: i64, from_us: i64, until_us: i64) -> Option<Vec<(i64, i64)>> {
    let mut bins = Vec::new();
    let mut date = local_date(tz, from_us)?.pred_opt()?;
    let mut start = day_start(tz, date)?;
    while start < until_us {
        date = date.succ_opt()?;
        let next = day_start(tz, date)?.max(start);
        while start < next {
            let end = start.checked_add(width_us)?.min(next);
            push(&mut bins, (start, end), from_us, until_us);
            start = end;
        }
    }
    Some(bins)
}

/// Bins of whole local dates.
fn dates(tz: Tz, days: u32, from_us: i64, until_us: i64) -> Option<Vec<(i64, i64)>> {
    let mut bins = Vec::new();
    let mut date = local_date(tz, from_us)?;
    let mut start = day_start(tz, date)?;
    while start < until_us {
        // A bin that reaches past the calendar ends with the window like any last one.
        date = date.checked_add_days(chrono::Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX);
        let next = if date == NaiveDate::MAX { until_us } else { day_start(tz, date)?.max(start) };
        push(&mut bins, (start, next), from_us, until_us);
        start = next;
    }
    Some(bins)
}

fn push(bins: &mut Vec<(i64, i64)>, bin: (i64, i64), from_us: i64, until_us: i64) {
    let cut = (bin.0.max(from_us), bin.1.min(until_us));
    if cut.0 < cut.1 {
        bins.push(cut);
    }
}

/// The local date of an instant. Where clocks were put back over midnight the date before comes again; a day that
/// has begun stays begun.
fn local_date(tz: Tz, us: i64) -> Option<NaiveDate> {
    let date = tz.from_utc_datetime(&DateTime::from_timestamp_micros(us)?.naive_utc()).date_naive();
    let next = date.succ_opt()?;
    let begun = day_start(tz, next).is_some_and(|start| start <= us);
    // Far from the ends of the calendar, so that a window there is refused and not half counted.
    (-200_000..200_000).contains(&date.year()).then_some(if begun { next } else { date })
}

/// The first instant of a local date; for a date that was left out, the instant at which it was.
fn day_start(tz: Tz, date: NaiveDate) -> Option<i64> {
    let midnight_us = date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_micros();
    match to_utc(midnight_us, tz) {
        Resolved::Utc(us) | Resolved::Ambiguous { earlier: us, .. } => Some(us),
        Resolved::Gap { shifted } => Some(first_at_or_past(tz, midnight_us, shifted)),
    }
}

/// The first instant at which local time is not before `local_us`, given one at which it is not: the moment at
/// which clocks jumped over it.
fn first_at_or_past(tz: Tz, local_us: i64, not_before: i64) -> i64 {
    let shows = |us: i64| us.saturating_add(i64::from(offset_s(tz, us)).saturating_mul(US));
    let (mut before, mut after) = (not_before.saturating_sub(2 * i64::from(DAY_S) * US), not_before);
    while after.saturating_sub(before) > 1 {
        let middle = before.midpoint(after);
        if shows(middle) >= local_us {
            after = middle;
        } else {
            before = middle;
        }
    }
    after
}

#[cfg(test)]
mod tests;
