//! The width of the bins of a timeline (METHOD M2.4): seconds that divide a day, or whole days.

use std::fmt;

use super::error::{Refusal, said};

const DAY_S: u32 = 86_400;
/// More days than any log is long; keeps bin arithmetic far from its limits.
const MAX_DAYS: u32 = 3_660;

pub use crate::clock::grid::Width;

impl Width {
    /// Reads `30s`, `15m`, `1h`, `1d`, `7d`.
    ///
    /// # Errors
    /// Another form, a width of nothing, or one that does not divide 24 hours; the hint names the nearest that do.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let shown = said(text);
        let form = || {
            Refusal::new(format!("`{shown}` is no width"))
                .hint("write a number and s, m, h or d: `15m`, `1h`, `1d`")
        };
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(form());
        }
        let unit_s = match text.strip_prefix(digits) {
            Some("s") => 1,
            Some("m") => 60,
            Some("h") => 3_600,
            Some("d") => DAY_S,
            _ => return Err(form()),
        };
        let Ok(count) = digits.parse::<u32>() else {
            return Err(Refusal::new(format!("`{shown}` is too wide")).hint(format!("at most `{MAX_DAYS}d`")));
        };
        if count == 0 {
            return Err(Refusal::new(format!("`{shown}` is a width of nothing")));
        }
        if unit_s == DAY_S {
            return match count {
                1..=MAX_DAYS => Ok(Self::Days(count)),
                _ => {
                    Err(Refusal::new(format!("`{shown}` is too wide")).hint(format!("at most `{MAX_DAYS}d`")))
                }
            };
        }
        match count.checked_mul(unit_s) {
            Some(seconds) if DAY_S.is_multiple_of(seconds) => Ok(Self::Seconds(seconds)),
            Some(seconds) => {
                Err(Refusal::new(format!("`{shown}` does not divide 24 hours"))
                    .hint(nearest(seconds, unit_s)))
            }
            None => {
                Err(Refusal::new(format!("`{shown}` does not divide 24 hours"))
                    .hint("write whole days: `7d`"))
            }
        }
    }
}

/// The divisors of a day on both sides of `seconds`, in whole units.
fn nearest(seconds: u32, unit_s: u32) -> String {
    if seconds > DAY_S {
        return "above a day a width is whole days: `2d`, `7d`".to_owned();
    }
    let divides = |s: &u32| *s > 0 && DAY_S.is_multiple_of(*s);
    let below = (1..=seconds / unit_s).rev().map(|n| n * unit_s).find(divides).unwrap_or(1);
    let above = (seconds / unit_s..=DAY_S / unit_s).map(|n| n * unit_s).find(divides).unwrap_or(DAY_S);
    format!("the nearest that do: `{}` and `{}`", Width::Seconds(below), Width::Seconds(above))
}

impl fmt::Display for Width {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Days(days) => write!(f, "{days}d"),
            Self::Seconds(s) if s.is_multiple_of(3_600) => write!(f, "{}h", s / 3_600),
            Self::Seconds(s) if s.is_multiple_of(60) => write!(f, "{}m", s / 60),
            Self::Seconds(s) => write!(f, "{s}s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_width_divides_a_day_or_is_whole_days() {
        for (text, width) in [
            ("15m", Width::Seconds(900)),
            ("1h", Width::Seconds(3_600)),
            ("24h", Width::Seconds(86_400)),
            ("90m", Width::Seconds(5_400)),
            ("1d", Width::Days(1)),
            ("7d", Width::Days(7)),
        ] {
            assert_eq!(Width::parse(text), Ok(width), "{text}");
            assert_eq!(Width::parse(&width.to_string()), Ok(width), "{text} survives its display");
        }
    }

    #[test]
    fn a_width_that_is_none_says_why() {
        for (text, said) in [
            ("7h", "`7h` does not divide 24 hours\nhint: the nearest that do: `6h` and `8h`"),
            ("11m", "`11m` does not divide 24 hours\nhint: the nearest that do: `10m` and `12m`"),
            ("48h", "`48h` does not divide 24 hours\nhint: above a day a width is whole days: `2d`, `7d`"),
            ("0h", "`0h` is a width of nothing"),
            ("1", "`1` is no width\nhint: write a number and s, m, h or d: `15m`, `1h`, `1d`"),
            ("h", "`h` is no width\nhint: write a number and s, m, h or d: `15m`, `1h`, `1d`"),
            ("1.5h", "`1.5h` is no width\nhint: write a number and s, m, h or d: `15m`, `1h`, `1d`"),
            ("4000d", "`4000d` is too wide\nhint: at most `3660d`"),
            ("99999999999s", "`99999999999s` is too wide\nhint: at most `3660d`"),
            ("4294967295h", "`4294967295h` does not divide 24 hours\nhint: write whole days: `7d`"),
        ] {
            assert_eq!(Width::parse(text).unwrap_err().to_string(), said);
        }
    }
}
