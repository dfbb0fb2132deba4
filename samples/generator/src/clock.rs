//! Moments in milliseconds of UTC, and the spellings that the logs use. No time zone table: the sample
//! days have one offset each.

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

/// 2022-06-27T00:00:00-07:00, the local midnight that [`pacific`] counts from.
pub const MIDNIGHT: Moment = Moment(1_656_313_200_000);

/// Pacific daylight time in June 2022, seconds east of UTC.
pub const PACIFIC_S: i64 = -7 * 3600;

/// A local time of the story. Hours go on after midnight: hour 36 is noon of 28 June.
#[must_use]
pub const fn pacific(hour: i64, minute: i64, second: i64, ms: i64) -> Moment {
    Moment(MIDNIGHT.0 + ((hour * 60 + minute) * 60 + second) * 1000 + ms)
}

struct Civil {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    ms: i64,
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Moment {
    /// This moment and `ms` more.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0 + ms)
    }

    /// This moment and `s` seconds more.
    #[must_use]
    pub const fn plus_s(self, s: i64) -> Self {
        Self(self.0 + s * 1000)
    }

    /// The whole second this moment lies in.
    #[must_use]
    pub const fn second(self) -> Self {
        Self(self.0 - self.0.rem_euclid(1000))
    }

    /// RFC 3339 in UTC; milliseconds only where there are any.
    #[must_use]
    pub fn utc(self) -> String {
        let c = self.civil(0);
        let head = c.date_and_time();
        if c.ms == 0 { format!("{head}Z") } else { format!("{head}.{:03}Z", c.ms) }
    }

    /// `2022-06-27T12:00:00.000` in local time, as `%{%Y-%m-%dT%X}t.%{msec_frac}t` prints it.
    #[must_use]
    pub fn tableau(self) -> String {
        let c = self.civil(PACIFIC_S);
        format!("{}.{:03}", c.date_and_time(), c.ms)
    }

    /// `27/Jun/2022:12:00:00 -0700`, as `$time_local` prints it.
    #[must_use]
    pub fn clf(self) -> String {
        let c = self.civil(PACIFIC_S);
        let month = usize::try_from(c.month - 1).ok().and_then(|m| MONTHS.get(m)).copied().unwrap_or("???");
        format!("{:02}/{month}/{:04}:{:02}:{:02}:{:02} -0700", c.day, c.year, c.hour, c.minute, c.second)
    }

    fn civil(self, offset_s: i64) -> Civil {
        let local = self.0 + offset_s * 1000;
        let (days, in_day) = (local.div_euclid(86_400_000), local.rem_euclid(86_400_000));
        // Days to a date of the proleptic Gregorian calendar, by 400-year eras that begin on 1 March.
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        Civil {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month,
            day: day_of_year - (153 * from_march + 2) / 5 + 1,
            hour: in_day / 3_600_000,
            minute: in_day / 60_000 % 60,
            second: in_day / 1000 % 60,
            ms: in_day % 1000,
        }
    }
}

impl Civil {
    fn date_and_time(&self) -> String {
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
            self.year, self.month, self.day, self.hour, self.minute, self.second
        )
    }
}

#[cfg(test)]
mod tests {
    use super::pacific;

    #[test]
    fn one_moment_in_its_three_spellings() {
        let noon = pacific(12, 0, 0, 7);
        assert_eq!(noon.utc(), "2022-06-27T19:00:00.007Z");
        assert_eq!(noon.tableau(), "2022-06-27T12:00:00.007");
        assert_eq!(pacific(36, 0, 0, 0).clf(), "28/Jun/2022:12:00:00 -0700");
        assert_eq!(pacific(36, 0, 0, 0).utc(), "2022-06-28T19:00:00Z");
    }
}
