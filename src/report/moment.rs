//! UTC texts of the answer, shown in the zone of the case. The zone comes from the caller, never from the machine.

use crate::finding::answer::Window;
use chrono::{DateTime, Datelike, NaiveDate, Offset, TimeZone, Timelike, Utc};
use chrono_tz::{OffsetName, Tz};
use std::collections::BTreeMap;

/// The instant of an RFC 3339 text in `zone`; none where it is no such text.
#[must_use]
pub fn local(utc: &str, zone: Tz) -> Option<DateTime<Tz>> {
    DateTime::parse_from_rfc3339(utc).ok().map(|at| at.with_timezone(&zone))
}

/// `2022-06-27 12:04:11 PDT`, cut to the second; a text that is no time is given back as it is.
#[must_use]
pub fn moment(utc: &str, zone: Tz) -> String {
    local(utc, zone).map_or_else(|| utc.to_owned(), |at| format!("{} {}", day_and_time(&at), zone_name(&at)))
}

/// `2022-06-27 12:04:11`, for columns whose heading names the zone.
#[must_use]
pub fn moment_bare(utc: &str, zone: Tz) -> String {
    local(utc, zone).map_or_else(|| utc.to_owned(), |at| day_and_time(&at))
}

/// The width that most windows have, in seconds; of equals the greater. The first and the last window are cut, and a
/// day can have 23 or 25 hours.
#[must_use]
pub fn usual_step(windows: &[Window]) -> u64 {
    let mut widths: BTreeMap<u64, usize> = BTreeMap::new();
    for width in windows.iter().filter_map(|w| seconds_between(&w.start_utc, &w.end_utc)) {
        *widths.entry(width).or_default() += 1;
    }
    widths.into_iter().max_by_key(|(width, n)| (*n, *width)).map_or(0, |(width, _)| width)
}

/// `2022-06-27 12:04:11 to 2022-06-28 11:58:40 PDT`; both zone names where they differ.
#[must_use]
pub fn span(from_utc: &str, until_utc: &str, zone: Tz) -> String {
    match (local(from_utc, zone), local(until_utc, zone)) {
        (Some(from), Some(until)) if zone_name(&from) == zone_name(&until) => {
            format!("{} to {} {}", day_and_time(&from), day_and_time(&until), zone_name(&until))
        }
        _ => format!("{} to {}", moment(from_utc, zone), moment(until_utc, zone)),
    }
}

fn day_and_time<Z: TimeZone>(at: &DateTime<Z>) -> String {
    let at = at.naive_local();
    format!("{} {:02}:{:02}:{:02}", iso_day(at.date()), at.hour(), at.minute(), at.second())
}

/// `2022-06-27`.
pub(super) fn iso_day(day: NaiveDate) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day())
}

/// `PDT`, or `+03` where the zone has no name for it.
pub(super) fn zone_name(at: &DateTime<Tz>) -> String {
    at.offset().abbreviation().map_or_else(|| at.offset().fix().to_string(), str::to_owned)
}

/// Whole seconds between two RFC 3339 texts; none where one is no time or they are in the wrong order.
#[must_use]
pub fn seconds_between(from_utc: &str, until_utc: &str) -> Option<u64> {
    let seconds = |text| DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc).timestamp());
    u64::try_from(seconds(until_utc)? - seconds(from_utc)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{America::Los_Angeles, Asia::Kathmandu, UTC};

    #[test]
    fn a_moment_names_its_zone() {
        assert_eq!(moment("2022-06-27T19:04:11.250000Z", Los_Angeles), "2022-06-27 12:04:11 PDT");
        assert_eq!(moment("2022-06-27T19:04:11Z", UTC), "2022-06-27 19:04:11 UTC");
        assert_eq!(moment("2022-06-27T19:04:11Z", Kathmandu), "2022-06-28 00:49:11 +05:45");
        assert_eq!(moment("yesterday", UTC), "yesterday");
    }

    #[test]
    fn a_span_over_a_change_of_the_clock_names_both() {
        assert_eq!(
            span("2022-11-06T08:30:00Z", "2022-11-06T09:30:00Z", Los_Angeles),
            "2022-11-06 01:30:00 PDT to 2022-11-06 01:30:00 PST"
        );
        assert_eq!(
            span("2022-06-27T19:00:00Z", "2022-06-28T19:00:00Z", Los_Angeles),
            "2022-06-27 12:00:00 to 2022-06-28 12:00:00 PDT"
        );
    }

    #[test]
    fn a_span_has_whole_seconds() {
        assert_eq!(seconds_between("2022-06-27T19:00:00Z", "2022-06-27T20:00:00Z"), Some(3_600));
        assert_eq!(seconds_between("2022-06-27T20:00:00Z", "2022-06-27T19:00:00Z"), None);
    }
}
