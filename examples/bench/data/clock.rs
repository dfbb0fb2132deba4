//! The time of a request, as a log writes it: all logs begin at the same moment.

use anyhow::{Context, Result};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

/// Keeps the text of the second that it told last.
pub(super) struct Clock {
    start: NaiveDateTime,
    layout: &'static str,
    second: u64,
    text: String,
}

impl Clock {
    /// On the clock of the server, seven hours behind UTC.
    pub(super) fn local(layout: &'static str) -> Result<Self> {
        let start = NaiveDate::from_ymd_opt(2022, 6, 27).and_then(|d| d.and_hms_opt(0, 0, 0));
        let start = start.context("27 June 2022 is no date")?;
        Ok(Self { start, layout, second: u64::MAX, text: String::new() })
    }

    /// In UTC.
    pub(super) fn utc(layout: &'static str) -> Result<Self> {
        let local = Self::local(layout)?;
        Ok(Self { start: local.start + TimeDelta::hours(7), ..local })
    }

    /// So many seconds after the first request.
    pub(super) fn at(&mut self, second: u64) -> Result<&str> {
        if self.second != second {
            self.second = second;
            let now = self.start + TimeDelta::seconds(i64::try_from(second)?);
            self.text = now.format(self.layout).to_string();
        }
        Ok(&self.text)
    }
}
