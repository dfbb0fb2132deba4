//! Times that a format spreads over pieces: strftime conversions, a fraction of its own, a zone of its own.
//!
//! The pieces of a line are collected in a [`Civil`] and become one [`Stamp`] at the line's end. Names of
//! months and days are those of the C locale: a server that logs in another language faults.
//!
//! Source: strftime of POSIX.1-2017, as mod_log_config `%{format}t` hands it to the system.

use super::time::{self, Clock, EpochUnit, TimeCache, digits};
use super::{Leaf, misshapen, no_time};
use crate::record::{Stamp, Zone};

/// One piece of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `18/Sep/2011:19:18:28 -0400`.
    Clf,
    /// ISO 8601 with zone.
    Iso8601,
    /// A time since 1970.
    Epoch(EpochUnit),
    /// `2011-09-18`.
    IsoDate,
    /// `18/Sep/2011`.
    ClfDate,
    /// `19:18:28`.
    Clock,
    /// Three digits of milliseconds.
    Milliseconds,
    /// Six digits of microseconds.
    Microseconds,
    /// A zone, numeric or a name; delimited by the text that follows.
    Zone,
    /// Four digits.
    Year,
    /// Two digits: 69–99 are 1969–1999.
    ShortYear,
    /// 01–12.
    Month,
    /// English name, short or full.
    MonthName,
    /// 01–31, or padded with a space.
    Day,
    /// 001–366.
    YearDay,
    /// 00–23, or padded with a space.
    Hour,
    /// 01–12, or padded with a space.
    HalfHour,
    /// `AM` or `PM`, any case.
    HalfDay,
    /// 00–59.
    Minute,
    /// 00–60.
    Second,
    /// A day's name: eaten, not checked against the date.
    WeekdayName,
    /// So many digits that say nothing new (week numbers, centuries): eaten.
    Digits(u8),
}

/// What a set of parts settles, as bits.
pub mod settles {
    /// The date.
    pub const DATE: u8 = YEAR | MONTH | DAY;
    /// Date, hour and minute: enough to place a record. Seconds not written are 0.
    pub const ENOUGH: u8 = DATE | HOUR | MINUTE;
    /// All but the fraction.
    pub const STAMP: u8 = ENOUGH | SECOND | ZONE;
    /// Everything.
    pub const ALL: u8 = STAMP | FRACTION;
    /// Year.
    pub const YEAR: u8 = 1;
    /// Month.
    pub const MONTH: u8 = 2;
    /// Day.
    pub const DAY: u8 = 4;
    /// Hour.
    pub const HOUR: u8 = 8;
    /// Minute.
    pub const MINUTE: u8 = 16;
    /// Second.
    pub const SECOND: u8 = 32;
    /// Fraction of a second.
    pub const FRACTION: u8 = 64;
    /// Zone.
    pub const ZONE: u8 = 128;
}

impl Part {
    /// Whether it is a time by itself.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        matches!(self, Self::Clf | Self::Iso8601 | Self::Epoch(_))
    }

    /// The bits of [`settles`] that this part settles.
    #[must_use]
    pub const fn settles(self) -> u8 {
        match self {
            Self::Clf | Self::Iso8601 => settles::STAMP,
            Self::Epoch(_) => settles::ALL,
            Self::IsoDate | Self::ClfDate => settles::DATE,
            Self::Clock => settles::HOUR | settles::MINUTE | settles::SECOND,
            Self::Milliseconds | Self::Microseconds => settles::FRACTION,
            Self::Zone => settles::ZONE,
            Self::Year | Self::ShortYear => settles::YEAR,
            Self::Month | Self::MonthName => settles::MONTH,
            Self::Day => settles::DAY,
            Self::YearDay => settles::MONTH | settles::DAY,
            Self::Hour | Self::HalfHour => settles::HOUR,
            Self::Minute => settles::MINUTE,
            Self::Second => settles::SECOND,
            Self::HalfDay | Self::WeekdayName | Self::Digits(_) => 0,
        }
    }
}

/// A time that stands in one piece.
fn whole<'a>(part: Part, i: &'a [u8], cache: &mut TimeCache) -> Leaf<'a, Stamp<'a>> {
    match part {
        Part::Clf => time::clf(i, cache),
        Part::Iso8601 => time::iso8601(i, cache),
        Part::Epoch(unit) => time::epoch(i, unit),
        _ => misshapen("a time in one piece", i),
    }
}

/// As `whole`, into `stamp`. The time of the line before, which most lines have, is put there without a detour: through
/// the result of a leaf it took as long as to read it anew.
#[inline]
pub fn whole_into<'a>(part: Part, i: &'a [u8], cache: &mut TimeCache, stamp: &mut Stamp<'a>) -> Leaf<'a, ()> {
    if part == Part::Clf
        && let Some((rest, known)) = cache.known_clf(i)
    {
        *stamp = known;
        return Ok((rest, ()));
    }
    let (rest, read) = whole(part, i, cache)?;
    *stamp = read;
    Ok((rest, ()))
}

/// The pieces of one time, as far as they are read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Civil<'a> {
    whole: Option<Stamp<'a>>,
    days: Option<i64>,
    clock: Option<Clock>,
    year: Option<u32>,
    month: Option<u32>,
    day: Option<u32>,
    year_day: Option<u32>,
    hour: Option<u32>,
    half_hour: Option<u32>,
    afternoon: Option<bool>,
    minute: Option<u32>,
    second: u32,
    fraction_us: Option<i64>,
    zone: Option<Zone<'a>>,
}

impl<'a> Civil<'a> {
    /// Reads one part (not [`Part::Zone`], which has no end of its own).
    pub fn read(&mut self, part: Part, i: &'a [u8], cache: &mut TimeCache) -> Leaf<'a, ()> {
        let rest = match part {
            Part::Clf | Part::Iso8601 | Part::Epoch(_) => keep(whole(part, i, cache)?, &mut self.whole),
            Part::IsoDate => keep(time::iso_date(i, cache)?, &mut self.days),
            Part::ClfDate => keep(time::clf_date(i, cache)?, &mut self.days),
            Part::Clock => keep(time::clock(i)?, &mut self.clock),
            Part::Milliseconds => keep(fixed::<3>(i)?, &mut self.fraction_us),
            Part::Microseconds => keep(fixed::<6>(i)?, &mut self.fraction_us),
            Part::Year => keep(number::<4>(i)?, &mut self.year),
            Part::ShortYear => {
                let (rest, short) = number::<2>(i)?;
                keep((rest, if short < 69 { 2000 + short } else { 1900 + short }), &mut self.year)
            }
            Part::Month => keep(number::<2>(i)?, &mut self.month),
            Part::MonthName => keep(month_name(i)?, &mut self.month),
            Part::Day => keep(number::<2>(i)?, &mut self.day),
            Part::YearDay => keep(number::<3>(i)?, &mut self.year_day),
            Part::Hour => keep(number::<2>(i)?, &mut self.hour),
            Part::HalfHour => keep(number::<2>(i)?, &mut self.half_hour),
            Part::HalfDay => keep(half_day(i)?, &mut self.afternoon),
            Part::Minute => keep(number::<2>(i)?, &mut self.minute),
            Part::Second => {
                let (rest, second) = number::<2>(i)?;
                self.second = second;
                rest
            }
            Part::WeekdayName => weekday_name(i)?.0,
            Part::Digits(count) => skip_digits(i, usize::from(count))?.0,
            Part::Zone => return misshapen("a zone with an end", i),
        };
        Ok((rest, ()))
    }

    /// Notes a zone column that has been delimited.
    pub const fn zone(&mut self, zone: Zone<'a>) {
        self.zone = Some(zone);
    }

    /// The one time that the pieces make; the words say what cannot be.
    pub fn stamp(&self) -> Result<Stamp<'a>, &'static str> {
        let stamp = match self.whole {
            Some(whole) => whole,
            None => {
                let clock = self.clock().ok_or("a clock below 24:00:00")?;
                let days = self.days().ok_or("a date that is in the calendar")?;
                Stamp { local_us: clock.on(days), zone: Zone::Absent }
            }
        };
        let zone = self.zone.unwrap_or(stamp.zone);
        // A leap second already stands on its last microsecond: a fraction would leave the minute.
        let leap = stamp.local_us.rem_euclid(1_000_000) == 999_999;
        let local_us = match self.fraction_us {
            Some(fraction) if !leap => stamp.local_us - stamp.local_us.rem_euclid(1_000_000) + fraction,
            _ => stamp.local_us,
        };
        Ok(Stamp { local_us, zone })
    }

    fn clock(&self) -> Option<Clock> {
        if self.clock.is_some() {
            return self.clock;
        }
        let hour = match (self.hour, self.half_hour, self.afternoon) {
            (Some(hour), ..) => hour,
            (None, Some(hour @ 1..=12), Some(afternoon)) => hour % 12 + if afternoon { 12 } else { 0 },
            _ => return None,
        };
        Clock::new(hour, self.minute?, self.second)
    }

    fn days(&self) -> Option<i64> {
        if self.days.is_some() {
            return self.days;
        }
        let year = self.year?.cast_signed();
        match (self.month, self.day, self.year_day) {
            (Some(month), Some(day), _) => time::days(year, month, day),
            (_, _, Some(nth @ 1..)) => {
                let days = time::days(year, 1, 1)? + i64::from(nth) - 1;
                (days < time::days(year + 1, 1, 1)?).then_some(days)
            }
            _ => None,
        }
    }
}

fn keep<'a, T>((rest, value): (&'a [u8], T), slot: &mut Option<T>) -> &'a [u8] {
    *slot = Some(value);
    rest
}

/// `N` digits; leading ones may be spaces.
fn number<const N: usize>(i: &[u8]) -> Leaf<'_, u32> {
    let Some((text, rest)) = i.split_first_chunk::<N>() else { return misshapen("digits of a time", i) };
    match digits(text.trim_ascii_start()) {
        Some(value) if !text.ends_with(b" ") => Ok((rest, value)),
        _ => misshapen("digits of a time", i),
    }
}

fn fixed<const N: usize>(i: &[u8]) -> Leaf<'_, i64> {
    let (rest, text) = skip_digits(i, N)?;
    time::fraction(text).map(|(_, us)| (rest, us))
}

fn skip_digits(i: &[u8], count: usize) -> Leaf<'_, &[u8]> {
    match i.split_at_checked(count) {
        Some((text, rest)) if text.iter().all(u8::is_ascii_digit) => Ok((rest, text)),
        _ => misshapen("digits of a time", i),
    }
}

/// The rest of `i` behind `name` or its first three letters, any case.
fn named<'a>(i: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let full = i.split_at_checked(name.len());
    let short = i.split_at_checked(3).zip(name.as_bytes().get(..3));
    match (full, short) {
        (Some((text, rest)), _) if text.eq_ignore_ascii_case(name.as_bytes()) => Some(rest),
        (_, Some(((text, rest), short))) if text.eq_ignore_ascii_case(short) => Some(rest),
        _ => None,
    }
}

fn month_name(i: &[u8]) -> Leaf<'_, u32> {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let found = (1_u32..).zip(NAMES).find_map(|(month, name)| Some((named(i, name)?, month)));
    found.map_or_else(|| misshapen("an English month", i), Ok)
}

fn weekday_name(i: &[u8]) -> Leaf<'_, ()> {
    const NAMES: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    match NAMES.iter().find_map(|name| named(i, name)) {
        Some(rest) => Ok((rest, ())),
        None => misshapen("an English day of the week", i),
    }
}

fn half_day(i: &[u8]) -> Leaf<'_, bool> {
    match i {
        [b'A' | b'a', b'M' | b'm', rest @ ..] => Ok((rest, false)),
        [b'P' | b'p', b'M' | b'm', rest @ ..] => Ok((rest, true)),
        [_, ..] => no_time("`AM` or `PM`", i),
        [] => misshapen("`AM` or `PM`", i),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(parts: &[(Part, &'static [u8])]) -> Result<i64, &'static str> {
        let mut civil = Civil::default();
        for (part, text) in parts {
            let (rest, ()) = civil.read(*part, text, &mut TimeCache::default()).unwrap();
            assert_eq!(rest, b"");
        }
        civil.stamp().map(|stamp| stamp.local_us)
    }

    #[test]
    fn pieces_make_one_stamp() {
        let parts: [(Part, &[u8]); 3] =
            [(Part::IsoDate, b"1970-01-02"), (Part::Clock, b"00:00:01"), (Part::Milliseconds, b"042")];
        assert_eq!(stamp(&parts), Ok(86_401_042_000));
    }

    #[test]
    fn twelve_hour_clocks_need_their_half() {
        let noon: [(Part, &[u8]); 4] = [
            (Part::IsoDate, b"1970-01-01"),
            (Part::HalfHour, b"12"),
            (Part::Minute, b"00"),
            (Part::HalfDay, b"PM"),
        ];
        assert_eq!(stamp(&noon), Ok(43_200_000_000));
        assert!(stamp(&noon[..3]).is_err());
    }

    #[test]
    fn a_day_of_the_year_is_checked_against_the_year() {
        let at = |day| {
            [(Part::Year, &b"2011"[..]), (Part::YearDay, day), (Part::Hour, b"00"), (Part::Minute, b"00")]
        };
        assert_eq!(stamp(&at(b"001")), Ok(1_293_840_000_000_000));
        assert!(stamp(&at(b"366")).is_err() && stamp(&at(b"000")).is_err());
    }

    #[test]
    fn a_fraction_does_not_push_a_leap_second_over() {
        let parts: [(Part, &[u8]); 2] =
            [(Part::Clf, b"31/Dec/2016:23:59:60 +0000"), (Part::Milliseconds, b"500")];
        assert_eq!(stamp(&parts), Ok(1_483_228_799_999_999));
    }
}
