//! Local time in words. Times are µs UTC; the zone is the display zone of the chart.

use chrono::{DateTime, Datelike, MappedLocalTime, NaiveDateTime, Offset, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

/// The years 1 to 9999, less a day at either end: what a report can print.
const PRINTABLE_US: (i64, i64) = (-62_135_510_400_000_000, 253_402_214_400_000_000);

/// The local date and time of an instant.
pub(super) fn local(zone: Tz, at_us: i64) -> DateTime<Tz> {
    let at_us = at_us.clamp(PRINTABLE_US.0, PRINTABLE_US.1);
    DateTime::<Utc>::from_timestamp_micros(at_us).unwrap_or_default().with_timezone(&zone)
}

/// Seconds east of UTC at an instant.
pub(super) fn offset_s(zone: Tz, at_us: i64) -> i32 {
    local(zone, at_us).offset().fix().local_minus_utc()
}

/// The instants a wall clock shows `wall`: none, one, or two when clocks go back.
pub(super) fn instants(zone: Tz, wall: NaiveDateTime) -> Vec<i64> {
    match zone.from_local_datetime(&wall) {
        MappedLocalTime::Single(t) => vec![t.timestamp_micros()],
        MappedLocalTime::Ambiguous(a, b) => vec![a.timestamp_micros(), b.timestamp_micros()],
        MappedLocalTime::None => Vec::new(),
    }
}

/// `12:20`, with seconds and their fraction where there are any, and with the zone's abbreviation where
/// the wall clock shows this time twice.
pub(super) fn time(zone: Tz, at_us: i64) -> String {
    let t = local(zone, at_us);
    let mut text = match (t.second(), t.nanosecond()) {
        (0, 0) => t.format("%H:%M"),
        (_, 0) => t.format("%H:%M:%S"),
        _ => t.format("%H:%M:%S%.6f"),
    }
    .to_string();
    if instants(zone, t.naive_local()).len() > 1 {
        text.push_str(&t.format(" %Z").to_string());
    }
    text
}

/// `27 Jun`, with the year if asked for.
pub(super) fn date(zone: Tz, at_us: i64, with_year: bool) -> String {
    let t = local(zone, at_us);
    let day = t.format("%-d %b").to_string();
    if with_year { format!("{day} {}", t.year()) } else { day }
}

/// `2022-06-27 12:00`.
pub(super) fn iso(zone: Tz, at_us: i64) -> String {
    format!("{} {}", local(zone, at_us).format("%Y-%m-%d"), time(zone, at_us))
}

/// Which parts of a date a label must carry to be unambiguous in `[start_us, end_us)`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dates {
    pub(super) zone: Tz,
    day: bool,
    year: bool,
}

impl Dates {
    pub(super) fn within(zone: Tz, start_us: i64, end_us: i64) -> Self {
        let (first, last) = (local(zone, start_us), local(zone, end_us.saturating_sub(1)));
        Self { zone, day: first.date_naive() != last.date_naive(), year: first.year() != last.year() }
    }

    /// An instant inside the chart.
    pub(super) fn instant(self, at_us: i64) -> String {
        let time = time(self.zone, at_us);
        if self.day { format!("{} {time}", date(self.zone, at_us, self.year)) } else { time }
    }

    /// An instant that may lie outside: always with its full date.
    pub(super) fn full(self, at_us: i64) -> String {
        format!("{} {}", date(self.zone, at_us, true), time(self.zone, at_us))
    }

    /// A span. Whole days are said as dates; below a day the date is said once.
    pub(super) fn span(self, start_us: i64, end_us: i64) -> String {
        const DAY_US: i64 = 86_400_000_000;
        let midnight = |at_us| local(self.zone, at_us).time() == chrono::NaiveTime::MIN;
        if midnight(start_us) && midnight(end_us) && start_us < end_us {
            let (first, last) =
                (date(self.zone, start_us, self.year), date(self.zone, end_us - 1, self.year));
            return if first == last { first } else { format!("{first} – {last}") };
        }
        let short = end_us.saturating_sub(start_us) < DAY_US;
        let end = if short { time(self.zone, end_us) } else { self.instant(end_us) };
        format!("{}–{end}", self.instant(start_us))
    }
}

/// `UTC−07:00`.
pub(super) fn offset_text(offset_s: i32) -> String {
    let (sign, s) = if offset_s < 0 { ('−', -offset_s) } else { ('+', offset_s) };
    let mut text = format!("UTC{sign}{:02}:{:02}", s / 3600, s / 60 % 60);
    if s % 60 != 0 {
        text.push_str(&format!(":{:02}", s % 60));
    }
    text
}

/// The offsets in force between two instants, each with the instant it begins.
fn offsets(zone: Tz, start_us: i64, end_us: i64) -> Vec<(i64, i32)> {
    const STEP_US: i64 = 6 * 3_600_000_000;
    let (start, end) = (start_us.max(PRINTABLE_US.0), end_us.min(PRINTABLE_US.1));
    let step = STEP_US.max((end.saturating_sub(start)) / 200_000);
    let mut found = vec![(start, offset_s(zone, start))];
    let mut at = start;
    while at < end {
        let next = at.saturating_add(step).min(end);
        let before = offset_s(zone, at);
        if offset_s(zone, next) != before {
            let (mut low, mut high) = (at, next);
            while high - low > 1 {
                let middle = i64::midpoint(low, high);
                if offset_s(zone, middle) == before { low = middle } else { high = middle }
            }
            if high < end {
                found.push((high, offset_s(zone, high)));
            }
        }
        at = next;
    }
    found
}

/// The zone and its offsets in words: `America/Los_Angeles (UTC−07:00; UTC−08:00 from 6 Nov 2022 01:00)`.
pub(super) fn describe(zone: Tz, start_us: i64, end_us: i64) -> String {
    let offsets = offsets(zone, start_us, end_us);
    let mut parts: Vec<String> = Vec::new();
    if offsets.len() <= 3 {
        for (i, (since_us, offset)) in offsets.iter().enumerate() {
            let text = offset_text(*offset);
            let since = || {
                let t = local(zone, *since_us);
                format!("{text} from {}", t.format("%-d %b %Y %H:%M"))
            };
            parts.push(if i == 0 { text.clone() } else { since() });
        }
    } else {
        let mut distinct: Vec<i32> = offsets.iter().map(|(_, offset)| *offset).collect();
        distinct.sort_unstable();
        distinct.dedup();
        parts.extend(distinct.into_iter().map(offset_text));
        parts.push(format!("{} changes", offsets.len() - 1));
    }
    if zone == Tz::UTC { "UTC".to_owned() } else { format!("{} ({})", zone.name(), parts.join("; ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn us(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros()
    }

    #[test]
    fn the_offset_in_force_is_said_and_its_change() {
        let zone = chrono_tz::America::Los_Angeles;
        let summer = describe(zone, us("2022-06-27T19:00:00Z"), us("2022-06-28T19:00:00Z"));
        assert_eq!(summer, "America/Los_Angeles (UTC−07:00)");
        let autumn = describe(zone, us("2022-10-01T07:00:00Z"), us("2022-12-01T08:00:00Z"));
        assert_eq!(autumn, "America/Los_Angeles (UTC−07:00; UTC−08:00 from 6 Nov 2022 01:00)");
        let years = describe(zone, us("2019-10-01T07:00:00Z"), us("2022-12-01T08:00:00Z"));
        assert_eq!(years, "America/Los_Angeles (UTC−08:00; UTC−07:00; 7 changes)");
    }

    #[test]
    fn a_repeated_hour_says_which_one_is_meant() {
        let zone = chrono_tz::America::Los_Angeles;
        assert_eq!(time(zone, us("2022-11-06T08:30:00Z")), "01:30 PDT");
        assert_eq!(time(zone, us("2022-11-06T09:30:00Z")), "01:30 PST");
        assert_eq!(time(zone, us("2022-11-06T10:30:00Z")), "02:30");
    }

    #[test]
    fn the_extremes_of_time_print_without_a_panic() {
        for at in [i64::MIN, i64::MAX] {
            iso(chrono_tz::Pacific::Apia, at);
        }
        describe(chrono_tz::Europe::London, i64::MIN, i64::MAX);
    }
}
