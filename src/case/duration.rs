//! Lengths of time as a case writes them: `gap = "30m"` and `clock_offset = "-00:00:02.5"`.

use super::error::{Refusal, said};

const SECOND_US: i64 = 1_000_000;
/// A gap of more than a year joins everything and is a slip of the pen.
const MAX_SPAN_US: i64 = 366 * 86_400 * SECOND_US;

/// Reads `45s`, `30m`, `2h`, `1d` into microseconds.
///
/// # Errors
/// Another form, or more than 366 days.
pub fn span(text: &str) -> Result<i64, Refusal> {
    let shown = said(text);
    let form = || {
        Refusal::new(format!("`{shown}` is no length of time")).hint("write a number and s, m, h or d: `30m`")
    };
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(form());
    }
    let unit_s: i64 = match text.strip_prefix(digits) {
        Some("s") => 1,
        Some("m") => 60,
        Some("h") => 3_600,
        Some("d") => 86_400,
        _ => return Err(form()),
    };
    let us = digits.parse::<i64>().ok().and_then(|n| n.checked_mul(unit_s)?.checked_mul(SECOND_US));
    us.filter(|us| *us <= MAX_SPAN_US)
        .ok_or_else(|| Refusal::new(format!("`{shown}` is too long")).hint("at most `366d`"))
}

/// Reads `±HH:MM:SS[.fff]` into microseconds (METHOD M2.1; positive: the server's clock was slow).
///
/// The sign is required, hours may have up to six digits (a clock can be years off), a fraction up to six.
///
/// # Errors
/// Another form.
pub fn clock_offset(text: &str) -> Result<i64, Refusal> {
    parsed_offset(text).ok_or_else(|| {
        Refusal::new(format!("`{}` is no clock offset", said(text)))
            .hint("write `±HH:MM:SS[.fff]`, `+` if the server's clock was slow: `+00:01:30`")
    })
}

fn parsed_offset(text: &str) -> Option<i64> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let mut parts = rest.split(':');
    let hours = number(parts.next()?, 2..=6)?;
    let minutes = number(parts.next()?, 2..=2).filter(|m| *m < 60)?;
    let last = parts.next()?;
    let (seconds, fraction) = match last.split_once('.') {
        Some((seconds, fraction)) => (seconds, Some(fraction)),
        None => (last, None),
    };
    let seconds = number(seconds, 2..=2).filter(|s| *s < 60)?;
    let micros = match fraction {
        Some(digits) => {
            number(digits, 1..=6)?;
            number(&format!("{digits:0<6}"), 6..=6)?
        }
        None => 0,
    };
    if parts.next().is_some() {
        return None;
    }
    Some(sign * (((hours * 60 + minutes) * 60 + seconds) * SECOND_US + micros))
}

fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<i64> {
    let fits = digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_offset_is_signed_and_exact_to_the_microsecond() {
        for (text, us) in [
            ("+00:00:00", 0),
            ("-00:00:02.5", -2_500_000),
            ("+01:00:00", 3_600_000_000),
            ("+00:00:00.000001", 1),
            ("-8760:00:00", -31_536_000_000_000),
        ] {
            assert_eq!(clock_offset(text), Ok(us), "{text}");
        }
        for text in [
            "00:00:00",
            "+0:00:00",
            "+00:60:00",
            "+00:00:60",
            "+00:00",
            "+00:00:00.",
            "+00:00:00:00",
            "",
            "+",
        ] {
            assert!(clock_offset(text).is_err(), "{text}");
        }
        assert_eq!(
            clock_offset("1h").unwrap_err().to_string(),
            "`1h` is no clock offset\nhint: write `±HH:MM:SS[.fff]`, `+` if the server's clock was slow: `+00:01:30`"
        );
    }

    #[test]
    fn a_gap_is_a_number_and_a_unit() {
        assert_eq!(span("30m"), Ok(1_800_000_000));
        assert_eq!(span("0s"), Ok(0));
        assert_eq!(span("366d"), Ok(MAX_SPAN_US));
        assert_eq!(span("367d").unwrap_err().to_string(), "`367d` is too long\nhint: at most `366d`");
        assert_eq!(
            span("30 min").unwrap_err().to_string(),
            "`30 min` is no length of time\nhint: write a number and s, m, h or d: `30m`"
        );
        assert!(span("-5m").is_err());
        assert!(span("99999999999999999999s").is_err());
    }
}
