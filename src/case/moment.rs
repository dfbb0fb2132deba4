//! Moments as people write them: RFC 3339, or a local time in a declared zone (METHOD M2.3). All in µs of UTC.

use chrono::{DateTime, NaiveDateTime, TimeZone, Timelike};
use chrono_tz::Tz;

use super::error::{Refusal, said};

/// Reads `--from` and `--until`: RFC 3339, or `2022-06-27 21:30[:SS[.fff]]` in `zone`.
///
/// # Errors
/// Another form; a local time that the zone's clocks showed twice or never (METHOD M2.3).
pub fn moment(text: &str, zone: Tz) -> Result<i64, Refusal> {
    if DateTime::parse_from_rfc3339(text).is_ok() {
        return rfc3339(text);
    }
    let Some(local) = local_time(text) else {
        let hint = "write `2022-06-27T21:30:00-07:00`, or a local time: `2022-06-27 21:30`";
        return Err(Refusal::new(format!("`{}` is no moment", said(text))).hint(hint));
    };
    in_zone(text, local, zone)
}

/// Reads a moment that bears its zone (RFC 3339); digits beyond the microsecond are cut.
///
/// # Errors
/// Another form, or a leap second, which names no moment that the tool's clock can show.
pub fn rfc3339(text: &str) -> Result<i64, Refusal> {
    let Ok(time) = DateTime::parse_from_rfc3339(text) else {
        let hint = "write RFC 3339: `2022-06-27T21:30:00-07:00`";
        return Err(Refusal::new(format!("`{}` is no moment", said(text))).hint(hint));
    };
    if time.nanosecond() >= 1_000_000_000 {
        return Err(
            Refusal::new(format!("`{}` is a leap second", said(text))).hint("write the second after it")
        );
    }
    Ok(time.timestamp_micros())
}

/// A date and a time of day without a zone.
pub(super) fn local_time(text: &str) -> Option<NaiveDateTime> {
    let forms = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%.f"];
    // chrono takes signs, blanks and single digits that no reader would.
    let strict = text.bytes().enumerate().all(|(i, b)| match i {
        4 | 7 => b == b'-',
        10 => b == b' ' || b == b'T',
        13 | 16 => b == b':',
        19 => b == b'.',
        _ => b.is_ascii_digit(),
    });
    let whole = strict && matches!(text.len(), 16 | 19 | 21..=26);
    let time =
        whole.then(|| forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok()))??;
    (time.nanosecond() < 1_000_000_000).then_some(time)
}

/// A local time as UTC µs, if the zone's clocks showed it exactly once.
fn in_zone(text: &str, local: NaiveDateTime, zone: Tz) -> Result<i64, Refusal> {
    let shown = said(text);
    match zone.from_local_datetime(&local) {
        chrono::LocalResult::Single(time) => Ok(time.timestamp_micros()),
        chrono::LocalResult::Ambiguous(first, second) => {
            let sentence = format!("`{shown}` came twice in `{zone}`: clocks were set back");
            Err(Refusal::new(sentence).hint(format!(
                "write `{}` or `{}`",
                first.to_rfc3339(),
                second.to_rfc3339()
            )))
        }
        chrono::LocalResult::None => {
            let sentence = format!("`{shown}` never came in `{zone}`: clocks were set forward over it");
            Err(Refusal::new(sentence).hint("write the moment with its offset: `2022-06-27T21:30:00-07:00`"))
        }
    }
}

/// A zone-less time with the offset that `zone` had then, to be proposed in a hint.
pub(super) fn proposed(local: NaiveDateTime, zone: Tz) -> Option<String> {
    zone.from_local_datetime(&local).single().map(|time| time.to_rfc3339())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LA: Tz = Tz::America__Los_Angeles;

    #[test]
    fn a_moment_is_rfc_3339_or_local_time_of_the_zone() {
        for (text, us) in [
            ("2022-06-27T21:30:00-07:00", 1_656_390_600_000_000),
            ("2022-06-28T04:30:00Z", 1_656_390_600_000_000),
            ("2022-06-27 21:30", 1_656_390_600_000_000),
            ("2022-06-27 21:30:00", 1_656_390_600_000_000),
            ("2022-06-27T21:30", 1_656_390_600_000_000),
            ("2022-06-27 21:30:00.000001", 1_656_390_600_000_001),
            ("2022-06-27T21:30:00.0000019-07:00", 1_656_390_600_000_001),
        ] {
            assert_eq!(moment(text, LA), Ok(us), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        let hint = "\nhint: write `2022-06-27T21:30:00-07:00`, or a local time: `2022-06-27 21:30`";
        for text in [
            "",
            "yesterday",
            "2022-06-27",
            "2022-6-27 21:30",
            "2022-06-27 25:00",
            "2022-06-27 +1:30",
            "2022-02-30 00:00",
        ] {
            assert_eq!(moment(text, LA).unwrap_err().to_string(), format!("`{text}` is no moment{hint}"));
        }
        assert_eq!(
            moment("2016-12-31T23:59:60Z", LA).unwrap_err().to_string(),
            "`2016-12-31T23:59:60Z` is a leap second\nhint: write the second after it"
        );
    }

    #[test]
    fn an_ambiguous_or_missing_local_time_is_a_usage_error() {
        assert_eq!(
            moment("2022-11-06 01:30", LA).unwrap_err().to_string(),
            "`2022-11-06 01:30` came twice in `America/Los_Angeles`: clocks were set back\nhint: write \
             `2022-11-06T01:30:00-07:00` or `2022-11-06T01:30:00-08:00`"
        );
        assert_eq!(
            moment("2022-03-13 02:30", LA).unwrap_err().to_string(),
            "`2022-03-13 02:30` never came in `America/Los_Angeles`: clocks were set forward over it\nhint: write the \
             moment with its offset: `2022-06-27T21:30:00-07:00`"
        );
    }
}
