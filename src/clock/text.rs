//! Times as text: RFC 3339 in UTC for machines, local time with its zone for people.
//!
//! The fraction is written only as far as it says something: none, milliseconds, or microseconds. No µs value
//! fails; a year that RFC 3339 can't hold is written with a sign (ISO 8601 expanded form).

use std::fmt::{self, Display, Formatter, Write};

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::{OffsetName, Tz};

const US: i64 = 1_000_000;
const DAY_S: i64 = 86_400;

/// Microseconds since the epoch, shown as `2022-06-27T19:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rfc3339(pub i64);

impl Display for Rfc3339 {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        date_time(f, self.0, 'T')?;
        f.write_char('Z')
    }
}

/// RFC 3339 in UTC: `2022-06-27T19:00:00Z`, `….123Z` for whole milliseconds, `….123456Z` otherwise.
pub fn rfc3339(us: i64) -> String {
    Rfc3339(us).to_string()
}

/// Local time for people: `2022-06-27 12:00:00 PDT (UTC-07:00)`, or without the abbreviation where the zone has
/// none that is a word. A time outside the calendar is shown in UTC.
pub fn local(us: i64, tz: Tz) -> String {
    let Some(utc) = DateTime::from_timestamp_micros(us) else { return rfc3339(us) };
    let offset = tz.offset_from_utc_datetime(&utc.naive_utc());
    let east_s = offset.fix().local_minus_utc();
    let mut text = String::new();
    // Writing to a string can't fail.
    _ = date_time(&mut text, us.saturating_add(i64::from(east_s).saturating_mul(US)), ' ');
    let word = offset.abbreviation().filter(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic()));
    _ = match (word, east_s) {
        (Some("UTC"), 0) => write!(text, " UTC"),
        (Some(word), _) => write!(text, " {word} ({})", UtcOffset(east_s)),
        (None, _) => write!(text, " {}", UtcOffset(east_s)),
    };
    text
}

/// An offset, shown as `UTC-07:00`; seconds only where there are any.
struct UtcOffset(i32);

impl Display for UtcOffset {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { '-' } else { '+' };
        let east = self.0.unsigned_abs();
        write!(f, "UTC{sign}{:02}:{:02}", east / 3_600, east / 60 % 60)?;
        if east.is_multiple_of(60) { Ok(()) } else { write!(f, ":{:02}", east % 60) }
    }
}

fn date_time(out: &mut impl Write, us: i64, between: char) -> fmt::Result {
    let (seconds, fraction) = (us.div_euclid(US), us.rem_euclid(US));
    let (year, month, day) = civil(seconds.div_euclid(DAY_S));
    let second = seconds.rem_euclid(DAY_S);
    match year {
        0..=9_999 => write!(out, "{year:04}")?,
        _ => write!(out, "{year:+07}")?,
    }
    write!(
        out,
        "-{month:02}-{day:02}{between}{:02}:{:02}:{:02}",
        second / 3_600,
        second / 60 % 60,
        second % 60
    )?;
    match fraction {
        0 => Ok(()),
        _ if fraction % 1_000 == 0 => write!(out, ".{:03}", fraction / 1_000),
        _ => write!(out, ".{fraction:06}"),
    }
}

/// Proleptic Gregorian date of a day number. Counts in eras of 400 years that begin on the first of March, so
/// that the leap day is the last of its year.
fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (year + era * 400 + carry, month, day)
}

#[cfg(test)]
mod tests {
    use chrono::SecondsFormat;
    use chrono_tz::America::{Los_Angeles, Sao_Paulo};
    use chrono_tz::Asia::Kolkata;
    use proptest::prelude::*;

    use super::*;

    const T: i64 = 1_656_356_400_000_000;

    #[test]
    fn the_fraction_is_as_long_as_it_must_be() {
        assert_eq!(rfc3339(T), "2022-06-27T19:00:00Z");
        assert_eq!(rfc3339(T + 123_000), "2022-06-27T19:00:00.123Z");
        assert_eq!(rfc3339(T + 123_456), "2022-06-27T19:00:00.123456Z");
        assert_eq!(rfc3339(T + 1), "2022-06-27T19:00:00.000001Z");
        assert_eq!(rfc3339(-1), "1969-12-31T23:59:59.999999Z");
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn leap_days_and_absurd_years_are_written() {
        assert_eq!(rfc3339(951_782_400_000_000), "2000-02-29T00:00:00Z");
        assert_eq!(rfc3339(253_402_300_799_999_999), "9999-12-31T23:59:59.999999Z");
        assert_eq!(rfc3339(253_402_300_800_000_000), "+010000-01-01T00:00:00Z");
        assert_eq!(rfc3339(i64::MAX), "+294247-01-10T04:00:54.775807Z");
        assert_eq!(rfc3339(i64::MIN), "-290308-12-21T19:59:05.224192Z");
    }

    #[test]
    fn local_text_names_its_zone_and_its_offset() {
        assert_eq!(local(T, Los_Angeles), "2022-06-27 12:00:00 PDT (UTC-07:00)");
        assert_eq!(local(T, Kolkata), "2022-06-28 00:30:00 IST (UTC+05:30)");
        assert_eq!(local(T, Sao_Paulo), "2022-06-27 16:00:00 UTC-03:00");
        assert_eq!(local(T, Tz::UTC), "2022-06-27 19:00:00 UTC");
        assert_eq!(local(T + 5_000, Los_Angeles), "2022-06-27 12:00:00.005 PDT (UTC-07:00)");
        assert_eq!(local(-5_000_000_000_000_000, Los_Angeles), "1811-07-23 07:13:42 LMT (UTC-07:52:58)");
        assert_eq!(local(i64::MAX, Los_Angeles), rfc3339(i64::MAX));
    }

    proptest! {
        #[test]
        fn text_is_that_of_the_calendar_library(us in -62_167_219_200_000_000i64..253_402_300_800_000_000) {
            let time = DateTime::from_timestamp_micros(us).unwrap();
            let format = match us { _ if us % 1_000_000 == 0 => SecondsFormat::Secs, _ if us % 1_000 == 0 => SecondsFormat::Millis, _ => SecondsFormat::Micros };
            prop_assert_eq!(rfc3339(us), time.to_rfc3339_opts(format, true));
        }
    }
}
