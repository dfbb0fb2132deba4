//! Round local times: full hours, midnights, Mondays, firsts of months and years, as UTC instants.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta};
use chrono_tz::Tz;

use super::zone::{instants, local};

/// Distances between ticks, the finest first. Days, months and years follow the local calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Seconds(i64),
    Days(i32),
    Months(u32),
    Years(i32),
}

impl Step {
    /// Its length in seconds, about.
    pub(super) fn about_s(self) -> i64 {
        match self {
            Self::Seconds(s) => s,
            Self::Days(n) => i64::from(n) * 24 * HOUR,
            Self::Months(n) => i64::from(n) * 30 * 24 * HOUR,
            Self::Years(n) => i64::from(n) * 365 * 24 * HOUR,
        }
    }
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

pub(super) const STEPS: &[Step] = &[
    Step::Seconds(1),
    Step::Seconds(5),
    Step::Seconds(15),
    Step::Seconds(30),
    Step::Seconds(MINUTE),
    Step::Seconds(2 * MINUTE),
    Step::Seconds(5 * MINUTE),
    Step::Seconds(10 * MINUTE),
    Step::Seconds(15 * MINUTE),
    Step::Seconds(30 * MINUTE),
    Step::Seconds(HOUR),
    Step::Seconds(2 * HOUR),
    Step::Seconds(3 * HOUR),
    Step::Seconds(6 * HOUR),
    Step::Seconds(12 * HOUR),
    Step::Days(1),
    Step::Days(2),
    Step::Days(7),
    Step::Days(14),
    Step::Months(1),
    Step::Months(3),
    Step::Months(6),
    Step::Years(1),
    Step::Years(2),
    Step::Years(5),
    Step::Years(10),
    Step::Years(50),
    Step::Years(500),
];

/// The round local times of `[start_us, end_us]`, in order. A midnight that clocks skip is the first
/// instant of its day.
pub(super) fn round_instants(zone: Tz, step: Step, start_us: i64, end_us: i64) -> Vec<i64> {
    let (first, last) = (local(zone, start_us).naive_local(), local(zone, end_us).naive_local());
    let mut found = Vec::new();
    match step {
        Step::Seconds(step_s) => {
            // Two hours either side: a clock that goes back shows times beyond its first and last ones.
            let mut wall = first.date().and_time(NaiveTime::MIN);
            let ahead = (first - wall).num_seconds() - 2 * HOUR;
            wall += TimeDelta::seconds(ahead.div_euclid(step_s) * step_s);
            while wall <= last + TimeDelta::hours(2) {
                let midnight = wall.time() == NaiveTime::MIN;
                found.extend(if midnight { first_of_day(zone, wall.date()) } else { instants(zone, wall) });
                wall += TimeDelta::seconds(step_s);
            }
        }
        Step::Days(n) => {
            let mut day = Some(first.date());
            while let Some(d) = day.filter(|d| *d <= last.date()) {
                if (d.num_days_from_ce() - 1) % n == 0 {
                    found.extend(first_of_day(zone, d));
                }
                day = d.checked_add_days(Days::new(1));
            }
        }
        Step::Months(n) => {
            let mut month = first.date().with_day(1);
            while let Some(d) = month.filter(|d| *d <= last.date()) {
                if d.month0() % n == 0 {
                    found.extend(first_of_day(zone, d));
                }
                month = d.checked_add_months(Months::new(1));
            }
        }
        Step::Years(n) => {
            for year in (first.year()..=last.year()).filter(|y| y % n == 0) {
                found.extend(
                    NaiveDate::from_ymd_opt(year, 1, 1).into_iter().flat_map(|d| first_of_day(zone, d)),
                );
            }
        }
    }
    found.retain(|at| (start_us..=end_us).contains(at));
    found.sort_unstable();
    found.dedup();
    found
}

/// The first instant of a local date; none for a date that a zone skipped whole.
fn first_of_day(zone: Tz, day: NaiveDate) -> Vec<i64> {
    let midnight = day.and_time(NaiveTime::MIN);
    let quarters = (0..=24 * 4).map(|n| midnight + TimeDelta::minutes(15 * n));
    let first =
        quarters.take_while(|wall| wall.date() == day).find_map(|wall| instants(zone, wall).first().copied());
    first.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn us(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros()
    }

    #[test]
    fn the_day_that_samoa_skipped_has_no_midnight() {
        let days = round_instants(
            chrono_tz::Pacific::Apia,
            Step::Days(1),
            us("2011-12-29T10:00:00Z"),
            us("2012-01-01T00:00:00Z"),
        );
        assert_eq!(
            days,
            [us("2011-12-29T10:00:00Z"), us("2011-12-30T10:00:00Z"), us("2011-12-31T10:00:00Z")]
        );
    }

    #[test]
    fn hours_on_both_sides_of_a_repeated_hour_are_all_found() {
        let hours = round_instants(
            chrono_tz::Europe::Berlin,
            Step::Seconds(HOUR),
            us("2022-10-29T22:00:00Z"),
            us("2022-10-30T23:00:00Z"),
        );
        assert_eq!(hours.len(), 26);
        assert!(hours.windows(2).all(|h| h[1] - h[0] == 3_600_000_000));
    }

    #[test]
    fn weeks_begin_on_mondays() {
        let weeks = round_instants(
            chrono_tz::UTC,
            Step::Days(7),
            us("2022-10-01T00:00:00Z"),
            us("2022-10-31T00:00:00Z"),
        );
        assert_eq!(weeks.first(), Some(&us("2022-10-03T00:00:00Z")));
        assert_eq!(weeks.len(), 5);
    }
}
