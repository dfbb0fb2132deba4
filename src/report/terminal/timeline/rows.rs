//! Windows as rows: dates between them, long runs of empty ones folded, days where there are too many.

use crate::finding::answer::Window;
use crate::report::moment::{iso_day, local, seconds_between, usual_step, zone_name};
use crate::report::number::{counted, percent};
use chrono::{DateTime, Datelike, Timelike};
use chrono_tz::Tz;

/// A run of at least so many windows without anything served, or without a log, becomes one row.
const FOLD_FROM: usize = 4;
/// More rows than this are shown by day.
const MOST_ROWS: usize = 120;

/// The rows of one timeline.
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    /// Width of a whole window.
    pub(super) step_seconds: u64,
    /// How many windows there are.
    pub(super) windows: u64,
    /// Rows are sums of local days; distinct addresses can't be summed and are left out.
    pub(super) by_day: bool,
}

/// One row.
pub(super) enum Row {
    /// The date of the rows below it.
    Date(String),
    /// A window, or a day.
    Served(Served),
    /// A run in which nothing was served.
    Nothing { label: String, text: String },
    /// A run no log covers.
    NoLog { label: String, text: String },
}

/// Figures of one window.
pub(super) struct Served {
    pub(super) label: String,
    pub(super) served: u64,
    pub(super) clients: u64,
    pub(super) logged_percent: u64,
}

impl Row {
    pub(super) fn label(&self) -> Option<&str> {
        match self {
            Self::Date(_) => None,
            Self::Served(served) => Some(&served.label),
            Self::Nothing { label, .. } | Self::NoLog { label, .. } => Some(label),
        }
    }
}

impl Rows {
    pub(super) fn served(&self) -> impl Iterator<Item = &Served> {
        self.rows.iter().filter_map(|row| if let Row::Served(served) = row { Some(served) } else { None })
    }
}

/// Rows for the windows; none where there are no windows.
pub(super) fn rows(windows: &[Window], zone: Tz) -> Option<Rows> {
    let clock = Clock::of(windows, zone)?;
    let count = u64::try_from(windows.len()).unwrap_or(u64::MAX);
    let rows = clock.rows(windows);
    let by_day = rows.len() > MOST_ROWS && clock.step_seconds < 86_400;
    if !by_day {
        return Some(Rows { rows, step_seconds: clock.step_seconds, windows: count, by_day });
    }
    let days = days(windows, zone);
    let rows = Clock { step_seconds: 86_400, ..clock }.rows(&days);
    Some(Rows { rows, step_seconds: clock.step_seconds, windows: count, by_day })
}

/// One window for each local day. Addresses are set to 0, since they can't be added up.
fn days(windows: &[Window], zone: Tz) -> Vec<Window> {
    let mut days: Vec<Window> = Vec::new();
    let day_of = |window: &Window| local(&window.start_utc, zone).map(|at| at.date_naive());
    for window in windows {
        match days.last_mut() {
            Some(day) if day_of(day) == day_of(window) => {
                day.end_utc.clone_from(&window.end_utc);
                day.covered |= window.covered;
                day.covered_seconds += window.covered_seconds;
                day.requests += window.requests;
                day.served += window.served;
            }
            _ => days.push(Window { clients_ip: 0, ..window.clone() }),
        }
    }
    days
}

/// How instants are labelled.
#[derive(Clone, Copy)]
struct Clock {
    zone: Tz,
    step_seconds: u64,
    /// The span holds a change of the clock, so that `01:00` alone would not say which.
    name_zone: bool,
}

impl Clock {
    fn of(windows: &[Window], zone: Tz) -> Option<Self> {
        let step_seconds = usual_step(windows);
        let first = windows.first()?;
        let name = |utc: &str| local(utc, zone).map(|at| zone_name(&at));
        let name_zone = windows.iter().any(|window| name(&window.start_utc) != name(&first.start_utc));
        Some(Self { zone, step_seconds, name_zone })
    }

    /// Windows of a day carry their date themselves; a change of the clock inside them matters less than the date.
    const fn whole_days(self) -> bool {
        self.step_seconds >= 82_800
    }

    fn label(self, utc: &str) -> String {
        let Some(at) = local(utc, self.zone) else { return utc.to_owned() };
        if self.whole_days() {
            return date(&at);
        }
        let seconds = if at.second() == 0 { String::new() } else { format!(":{:02}", at.second()) };
        let name = if self.name_zone { format!(" {}", zone_name(&at)) } else { String::new() };
        format!("{:02}:{:02}{seconds}{name}", at.hour(), at.minute())
    }

    fn rows(self, windows: &[Window]) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut day = None;
        let mut rest = windows;
        while let Some(first) = rest.first() {
            let run = rest.iter().take_while(|window| kind(window) == kind(first)).count();
            let taken = match kind(first) {
                Kind::Served => 1,
                _ if run < FOLD_FROM => 1,
                _ => run,
            };
            let (these, after) = rest.split_at(taken);
            rest = after;
            let today = local(&first.start_utc, self.zone);
            if !self.whole_days() && today.map(|at| at.date_naive()) != day {
                day = today.map(|at| at.date_naive());
                rows.extend(today.map(|at| Row::Date(date(&at))));
            }
            rows.push(self.row(first, these));
        }
        rows
    }

    fn row(self, first: &Window, run: &[Window]) -> Row {
        let label = self.label(&first.start_utc);
        let count = u64::try_from(run.len()).unwrap_or(u64::MAX);
        let windows = if self.whole_days() {
            counted(count, "day", "days")
        } else {
            counted(count, "window", "windows")
        };
        let until = run.last().map(|last| self.until(first, last)).unwrap_or_default();
        let requests: u64 = run.iter().map(|window| window.requests).sum();
        let asked = if requests == 0 {
            String::new()
        } else {
            format!(" ({} that gave no data)", counted(requests, "request", "requests"))
        };
        match (kind(first), run) {
            (Kind::NoLog, [_]) => Row::NoLog { label, text: "░ no log".to_owned() },
            (Kind::NoLog, _) => Row::NoLog { label, text: format!("░ no log in {windows}, until {until}") },
            (Kind::Nothing, [_, _, ..]) => {
                Row::Nothing { label, text: format!("… {windows}, nothing served{asked}, until {until}") }
            }
            _ => Row::Served(Served {
                label,
                served: first.served,
                clients: first.clients_ip,
                logged_percent: seconds_between(&first.start_utc, &first.end_utc)
                    .map_or(100, |whole| percent(first.covered_seconds, whole)),
            }),
        }
    }

    /// The end of a run; with its date where that is another one than the run's first.
    fn until(self, first: &Window, last: &Window) -> String {
        match (local(&first.start_utc, self.zone), local(&last.end_utc, self.zone)) {
            (Some(from), Some(until)) if !self.whole_days() && from.date_naive() != until.date_naive() => {
                format!("{} {}", date(&until), self.label(&last.end_utc))
            }
            _ => self.label(&last.end_utc),
        }
    }
}

fn date(at: &DateTime<Tz>) -> String {
    format!("{} {}", at.weekday(), iso_day(at.date_naive()))
}

/// What a window has to show.
#[derive(PartialEq, Eq, Clone, Copy)]
enum Kind {
    Served,
    Nothing,
    NoLog,
}

/// A window that served something has a row of its own even where the evidence says it is not covered.
const fn kind(window: &Window) -> Kind {
    match (window.served, window.covered) {
        (0, false) => Kind::NoLog,
        // Partly covered: its row says how much, so it is not folded away.
        (0, true) if window.covered_seconds > 0 => Kind::Nothing,
        _ => Kind::Served,
    }
}
