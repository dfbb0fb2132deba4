//! Times that are written in one piece: Apache `%t` and nginx `$time_local`, ISO 8601, epochs.
//!
//! Every date is checked against the calendar: what has the shape of a time but is none (`31/Feb`,
//! `24:00:00`) is a fault of kind `time`, anything else one of kind `syntax`. A leap second (`:60`) is
//! kept as the last microsecond of its minute. No zone is applied here.
//!
//! Sources: mod_log_config (`%t`), ngx_http_log_module (`$time_local`, `$time_iso8601`, `$msec`),
//! RFC 3339.

use super::number::unsigned;
use super::zone::{numeric, offset_seconds};
use super::{Leaf, misshapen, no_time};
use crate::record::{Stamp, Zone};
use chrono::{Datelike, NaiveDate};

/// The date read last, in each notation, and the last whole time: consecutive lines of a log nearly always share
/// the one and mostly the other.
#[derive(Debug, Clone)]
pub struct TimeCache {
    clf: [u8; 11],
    clf_days: i64,
    iso: [u8; 10],
    iso_days: i64,
    /// With a numeric zone.
    whole: [u8; 26],
    whole_us: i64,
    whole_east_s: i32,
}

impl TimeCache {
    /// The last time in the notation of [`clf`], if it stands at the front of `i`, and what follows it.
    #[inline]
    pub(super) fn known_clf<'a>(&self, i: &'a [u8]) -> Option<(&'a [u8], Stamp<'static>)> {
        let (_, rest) = i.split_first_chunk::<26>().filter(|(text, _)| **text == self.whole)?;
        Some((rest, Stamp { local_us: self.whole_us, zone: Zone::Offset(self.whole_east_s) }))
    }
}

impl Default for TimeCache {
    /// Filled with what is true, so that no text is ever taken for a time because nothing was read yet.
    fn default() -> Self {
        Self {
            clf: *b"01/Jan/1970",
            clf_days: 0,
            iso: *b"1970-01-01",
            iso_days: 0,
            whole: *b"01/Jan/1970:00:00:00 +0000",
            whole_us: 0,
            whole_east_s: 0,
        }
    }
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar; [`None`] if there is no such date.
#[must_use]
pub fn days(year: i32, month: u32, day: u32) -> Option<i64> {
    /// `NaiveDate` counts from 0001-01-01 = 1.
    const EPOCH: i64 = 719_163;
    Some(i64::from(NaiveDate::from_ymd_opt(year, month, day)?.num_days_from_ce()) - EPOCH)
}

/// `18/Sep/2011:19:18:28 -0400`, without brackets. A zone name in capitals (`GMT`) is kept as a name.
#[inline]
pub fn clf<'a>(i: &'a [u8], cache: &mut TimeCache) -> Leaf<'a, Stamp<'a>> {
    match cache.known_clf(i) {
        Some((rest, stamp)) => Ok((rest, stamp)),
        None => clf_anew(i, cache),
    }
}

/// As [`clf`], of another time than the last.
fn clf_anew<'a>(i: &'a [u8], cache: &mut TimeCache) -> Leaf<'a, Stamp<'a>> {
    const WANTED: &str = "a time such as `18/Sep/2011:19:18:28 -0400`";
    let (rest, days) = clf_date(i, cache)?;
    let Some(rest) = rest.strip_prefix(b":") else { return misshapen(WANTED, rest) };
    let (rest, clock) = clock(rest)?;
    let Some(rest) = rest.strip_prefix(b" ") else { return misshapen(WANTED, rest) };
    let local_us = clock.on(days);
    let offset = rest.split_first_chunk::<5>().and_then(|(text, rest)| Some((rest, offset_seconds(*text)?)));
    if let Some((rest, east_s)) = offset {
        if let Some(text) = i.first_chunk::<26>() {
            (cache.whole, cache.whole_us, cache.whole_east_s) = (*text, local_us, east_s);
        }
        return Ok((rest, Stamp { local_us, zone: Zone::Offset(east_s) }));
    }
    let (rest, zone) = clf_zone(rest)?;
    Ok((rest, Stamp { local_us, zone }))
}

fn clf_zone(i: &[u8]) -> Leaf<'_, Zone<'_>> {
    let letters = i.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    match i.split_at_checked(letters) {
        Some((name @ [_, ..], rest)) => Ok((rest, Zone::Name(name))),
        _ => numeric(i).map(|(rest, seconds)| (rest, Zone::Offset(seconds))),
    }
}

/// `18/Sep/2011`, as days since 1970-01-01.
pub fn clf_date<'a>(i: &'a [u8], cache: &mut TimeCache) -> Leaf<'a, i64> {
    const WANTED: &str = "a date such as `18/Sep/2011`";
    let Some((date, rest)) = i.split_first_chunk::<11>() else { return misshapen(WANTED, i) };
    if *date == cache.clf {
        return Ok((rest, cache.clf_days));
    }
    let [d1, d2, b'/', m1, m2, m3, b'/', y1, y2, y3, y4] = *date else { return misshapen(WANTED, i) };
    let (Some(day), Some(year)) = (digits(&[d1, d2]), digits(&[y1, y2, y3, y4])) else {
        return misshapen(WANTED, i);
    };
    let Some(month) = month_of(&[m1, m2, m3]) else { return misshapen(WANTED, i) };
    let Some(days) = days(year.cast_signed(), month, day) else {
        return no_time("a date that is in the calendar", i);
    };
    cache.clf = *date;
    cache.clf_days = days;
    Ok((rest, days))
}

/// `2011-09-18`, as days since 1970-01-01.
pub fn iso_date<'a>(i: &'a [u8], cache: &mut TimeCache) -> Leaf<'a, i64> {
    const WANTED: &str = "a date such as `2011-09-18`";
    let Some((date, rest)) = i.split_first_chunk::<10>() else { return misshapen(WANTED, i) };
    if *date == cache.iso {
        return Ok((rest, cache.iso_days));
    }
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *date else { return misshapen(WANTED, i) };
    let parts = (digits(&[y1, y2, y3, y4]), digits(&[m1, m2]), digits(&[d1, d2]));
    let (Some(year), Some(month), Some(day)) = parts else { return misshapen(WANTED, i) };
    let Some(days) = days(year.cast_signed(), month, day) else {
        return no_time("a date that is in the calendar", i);
    };
    cache.iso = *date;
    cache.iso_days = days;
    Ok((rest, days))
}

/// A clock reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// Seconds since midnight; 59 for a leap second.
    pub seconds: u32,
    /// Whether `:60` was written.
    pub leap: bool,
}

impl Clock {
    /// Checks a reading: hour below 24, minute below 60, second up to 60.
    #[must_use]
    pub const fn new(hour: u32, minute: u32, second: u32) -> Option<Self> {
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let leap = second == 60;
        let second = if leap { 59 } else { second };
        Some(Self { seconds: hour * 3600 + minute * 60 + second, leap })
    }

    /// Microseconds since 1970-01-01T00:00:00 of this reading on a day, fraction not added.
    #[must_use]
    pub fn on(self, days: i64) -> i64 {
        (days * 86_400 + i64::from(self.seconds)) * 1_000_000 + if self.leap { 999_999 } else { 0 }
    }
}

/// `19:18:28`.
pub fn clock(i: &[u8]) -> Leaf<'_, Clock> {
    const WANTED: &str = "a clock such as `19:18:28`";
    let Some((text, rest)) = i.split_first_chunk::<8>() else { return misshapen(WANTED, i) };
    let [h1, h2, b':', m1, m2, b':', s1, s2] = *text else { return misshapen(WANTED, i) };
    let parts = (digits(&[h1, h2]), digits(&[m1, m2]), digits(&[s1, s2]));
    let (Some(hour), Some(minute), Some(second)) = parts else { return misshapen(WANTED, i) };
    match Clock::new(hour, minute, second) {
        Some(clock) => Ok((rest, clock)),
        None => no_time("a clock below 24:00:00", i),
    }
}

/// `2011-09-18T19:18:28.123456789-04:00`: `T`, `t` or a space between, 1–9 digits of fraction after `.`
/// or `,`, any numeric zone or none. Digits below a microsecond are dropped.
pub fn iso8601<'a>(i: &'a [u8], cache: &mut TimeCache) -> Leaf<'a, Stamp<'a>> {
    let (rest, days) = iso_date(i, cache)?;
    let (rest, clock) = match rest {
        [b'T' | b't' | b' ', tail @ ..] => clock(tail)?,
        _ => return misshapen("`T` between date and clock", rest),
    };
    let (rest, fraction_us) = match rest {
        [b'.' | b',', tail @ ..] => fraction(tail)?,
        _ => (rest, 0),
    };
    let (rest, zone) = match rest {
        [b'Z' | b'z' | b'+' | b'-', ..] => numeric(rest).map(|(rest, zone)| (rest, Zone::Offset(zone)))?,
        _ => (rest, Zone::Absent),
    };
    let fraction_us = if clock.leap { 0 } else { fraction_us };
    Ok((rest, Stamp { local_us: clock.on(days) + fraction_us, zone }))
}

/// 1–9 digits of a fraction of a second, as microseconds.
pub fn fraction(i: &[u8]) -> Leaf<'_, i64> {
    let length = i.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let Some((text, rest)) = i.split_at_checked(length).filter(|(text, _)| (1..=9).contains(&text.len()))
    else {
        return misshapen("one to nine digits of a fraction", i);
    };
    let kept = text.iter().chain(std::iter::repeat(&b'0')).take(6);
    Ok((rest, kept.fold(0, |us, digit| us * 10 + i64::from(digit - b'0'))))
}

/// What an epoch column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EpochUnit {
    /// Seconds, with a fraction where written (nginx `$msec`).
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Microseconds.
    Microseconds,
}

/// A time since 1970-01-01T00:00:00Z, in UTC by definition.
pub fn epoch(i: &[u8], unit: EpochUnit) -> Leaf<'_, Stamp<'_>> {
    let (rest, count) = unsigned(i)?;
    let (rest, fraction_us) = match (unit, rest) {
        (EpochUnit::Seconds, [b'.', tail @ ..]) => fraction(tail)?,
        _ => (rest, 0),
    };
    let scale = match unit {
        EpochUnit::Seconds => 1_000_000,
        EpochUnit::Milliseconds => 1_000,
        EpochUnit::Microseconds => 1,
    };
    /// 9999-12-31T23:59:59.999999.
    const LAST: i64 = 253_402_300_799_999_999;
    let local_us = i64::try_from(count).ok().and_then(|count| count.checked_mul(scale));
    match local_us.map(|us| us.saturating_add(fraction_us)).filter(|us| *us <= LAST) {
        Some(local_us) => Ok((rest, Stamp { local_us, zone: Zone::Offset(0) })),
        None => no_time("a time before the year 10000", i),
    }
}

/// The number that some ASCII digits write; [`None`] if one is none. For at most nine digits.
#[must_use]
pub fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0_u32, |value, byte| {
        byte.is_ascii_digit().then(|| value.wrapping_mul(10).wrapping_add(u32::from(byte - b'0')))
    })
}

/// 1–12 of an English month's first three letters, any case.
#[must_use]
pub fn month_of(text: &[u8; 3]) -> Option<u32> {
    const NAMES: &[u8; 36] = b"janfebmaraprmayjunjulaugsepoctnovdec";
    let lower = text.to_ascii_lowercase();
    let at = NAMES.chunks_exact(3).position(|name| name == lower.as_slice())?;
    u32::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::super::reason;
    use super::*;
    use crate::fault::FaultKind;

    fn clf_stamp(text: &[u8]) -> Result<Stamp<'_>, FaultKind> {
        clf(text, &mut TimeCache::default()).map(|(_, stamp)| stamp).map_err(|e| reason(e).kind)
    }

    #[test]
    fn a_clf_time_is_the_written_clock_and_zone() {
        let wanted = Stamp { local_us: 1_316_373_508_000_000, zone: Zone::Offset(-14400) };
        assert_eq!(clf_stamp(b"18/Sep/2011:19:18:28 -0400"), Ok(wanted));
        assert_eq!(clf_stamp(b"18/Sep/2011:19:18:28 GMT").map(|s| s.zone), Ok(Zone::Name(b"GMT")));
    }

    /// METHOD M1.2: the time column is not a time.
    #[test]
    fn a_date_outside_the_calendar_is_a_time_fault() {
        for bad in [
            &b"30/Feb/2011:19:18:28 -0400"[..],
            b"00/Jan/2011:19:18:28 -0400",
            b"29/Feb/2011:00:00:00 +0000",
            b"18/Sep/2011:24:00:00 -0400",
            b"18/Sep/2011:19:60:28 -0400",
            b"18/Sep/2011:19:18:28 -2400",
        ] {
            assert_eq!(clf_stamp(bad), Err(FaultKind::Time), "{}", bad.escape_ascii());
        }
        assert!(clf_stamp(b"29/Feb/2012:00:00:00 +0000").is_ok());
        for bad in [&b"18-Sep-2011:19:18:28 -0400"[..], b"18/Xxx/2011:19:18:28 -0400", b"18/Sep/2011", b""] {
            assert_eq!(clf_stamp(bad), Err(FaultKind::Syntax), "{}", bad.escape_ascii());
        }
    }

    #[test]
    fn a_leap_second_is_the_last_microsecond_of_its_minute() {
        let leap = clf_stamp(b"31/Dec/2016:23:59:60 +0000").unwrap().local_us;
        assert_eq!(leap, 1_483_228_799_999_999);
        let mut cache = TimeCache::default();
        let (_, stamp) = iso8601(b"2016-12-31T23:59:60.5Z", &mut cache).unwrap();
        assert_eq!(stamp.local_us, leap);
    }

    #[test]
    fn the_cache_never_changes_an_answer() {
        let mut cache = TimeCache::default();
        let lines = [
            &b"18/Sep/2011:19:18:28 -0400"[..],
            b"18/Sep/2011:00:00:00 -0400",
            b"19/Sep/2011:00:00:00 +0100",
        ];
        for line in lines.iter().chain(&lines) {
            assert_eq!(clf(line, &mut cache).map(|(_, s)| s), Ok(clf_stamp(line).unwrap()));
        }
    }

    #[test]
    fn iso_fractions_have_one_to_nine_digits() {
        let us =
            |text| iso8601(text, &mut TimeCache::default()).map(|(rest, s)| (rest.len(), s.local_us, s.zone));
        assert_eq!(us(b"1970-01-01T00:00:01.5Z"), Ok((0, 1_500_000, Zone::Offset(0))));
        assert_eq!(us(b"1970-01-01 00:00:01,123456789+01:00"), Ok((0, 1_123_456, Zone::Offset(3600))));
        assert_eq!(us(b"1970-01-01T00:00:01 x"), Ok((2, 1_000_000, Zone::Absent)));
        assert!(us(b"1970-01-01T00:00:01.Z").is_err() && us(b"1970-01-01T00:00:01.1234567890Z").is_err());
    }

    #[test]
    fn epochs_count_seconds_milliseconds_or_microseconds() {
        let us = |text, unit| epoch(text, unit).map(|(_, stamp)| stamp.local_us);
        assert_eq!(us(b"1609459200.123", EpochUnit::Seconds), Ok(1_609_459_200_123_000));
        assert_eq!(us(b"1609459200123", EpochUnit::Milliseconds), Ok(1_609_459_200_123_000));
        assert_eq!(us(b"1609459200123456", EpochUnit::Microseconds), Ok(1_609_459_200_123_456));
        assert!(us(b"99999999999999999999", EpochUnit::Seconds).is_err());
        let late = us(b"999999999999999999", EpochUnit::Seconds).map_err(|e| reason(e).kind);
        assert_eq!(late, Err(FaultKind::Time));
    }
}
