//! Names of a source's files → series that rotation made, and the numbers and days that are not among them
//! (METHOD M2.5).
//!
//! Rotation counts (`access.log`, `access.log.1`, `access.log.2.gz`, also `access.1.log`) or dates (`access.log-20240102`,
//! `access-2024-01-02.log`) its files. Only what lies between two files that are there can be shown to be
//! missing: nobody knows how many files there were before the first or after the last. A name is a lead, not
//! proof: a server may skip a number, and a day without requests may leave no file.

mod names;

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::ops::RangeInclusive;

use chrono::NaiveDate;

use self::names::{EPOCH_FROM_CE, Turn, read, split};
use super::spans::Span;

pub use self::names::stem;

/// So many missing numbers in a row are believed of any series …
const WIDE: i64 = 100;
/// … and of a long one so many for each file that is there. Else the numbers name something else: ports, years.
const WIDE_PER_FILE: i64 = 10;
/// A series is daily only if it has at least so many days.
const LEAST_DAYS: usize = 3;
/// Equal holes (weekday, length) from this number on are a habit: a server that rests at week-ends.
const HABIT: usize = 3;

/// How a file is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name<'a> {
    /// Path as shown.
    pub path: &'a str,
    /// Name inside an archive, where it is one.
    pub member: Option<&'a str>,
}

/// What is not there, from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lacking {
    /// Numbers.
    Numbers(i64, i64),
    /// Days since the epoch.
    Days(i64, i64),
}

impl Lacking {
    /// How many files at least.
    #[must_use]
    pub fn count(self) -> u64 {
        let (Self::Numbers(first, last) | Self::Days(first, last)) = self;
        u64::try_from(last.saturating_sub(first)).unwrap_or(0).saturating_add(1)
    }
}

impl Display for Lacking {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Numbers(first, last) if first == last => write!(f, "number {first}"),
            Self::Numbers(first, last) => write!(f, "numbers {first} {} {last}", to(first, last)),
            Self::Days(first, last) if first == last => write!(f, "the day {}", Date(first)),
            Self::Days(first, last) => {
                write!(f, "the days {} {} {}", Date(first), to(first, last), Date(last))
            }
        }
    }
}

fn to(first: i64, last: i64) -> &'static str {
    if last == first + 1 { "and" } else { "to" }
}

struct Date(i64);

impl Display for Date {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let date = date(self.0);
        date.map_or(Ok(()), |date| write!(f, "{date}"))
    }
}

fn date(day: i64) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(day).ok()?.checked_add(EPOCH_FROM_CE)?)
}

/// Files that one rotation made: which of them stand at which number or day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// The name they have in common, with its folder (and archive).
    pub shown: String,
    dated: bool,
    places: BTreeMap<i64, Vec<usize>>,
}

/// The series among `names`, by name. A file that counts and dates nothing, and has no like, is in none.
#[must_use]
pub fn series(names: &[Name<'_>]) -> Vec<Series> {
    type Key<'a> = (Option<&'a str>, &'a str, (String, String), bool);
    let mut found: BTreeMap<Key<'_>, (String, Series)> = BTreeMap::new();
    let mut bare: BTreeMap<(Option<&str>, &str, String), Vec<usize>> = BTreeMap::new();
    for (index, name) in names.iter().enumerate() {
        let archive = name.member.map(|_| name.path);
        let (folder, file) = split(name.member.unwrap_or(name.path));
        let reading = read(file);
        let (place, dated) = match reading.turn {
            Turn::Bare => {
                bare.entry((archive, folder, reading.bare)).or_default().push(index);
                continue;
            }
            Turn::Number(number) => (number, false),
            Turn::Day(day) => (day, true),
        };
        let shown = shown(archive, folder, &reading.bare);
        let (_, series) = found
            .entry((archive, folder, reading.pattern, dated))
            .or_insert_with(|| (reading.bare, Series { shown, dated, places: BTreeMap::new() }));
        series.places.entry(place).or_default().push(index);
    }
    for ((archive, folder, _, dated), (name, series)) in &mut found {
        // The file that is written to is as number 0.
        if let (false, Some(files)) = (*dated, bare.get(&(*archive, *folder, name.clone()))) {
            series.places.entry(0).or_default().extend(files);
        }
    }
    found.into_values().map(|(_, series)| series).collect()
}

fn shown(archive: Option<&str>, folder: &str, name: &str) -> String {
    let inside = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    match archive {
        Some(archive) => format!("{archive} › {inside}"),
        None => inside,
    }
}

impl Series {
    /// What is missing between the files that are there, in order.
    #[must_use]
    pub fn holes(&self) -> Vec<Lacking> {
        let keys: Vec<i64> = self.places.keys().copied().collect();
        let steps: Vec<(i64, i64)> = keys.iter().copied().zip(keys.iter().copied().skip(1)).collect();
        let holes = steps.iter().filter(|(a, b)| b - a > 1).map(|(a, b)| (a + 1, b - 1));
        if !self.dated {
            let files = self.places.values().map(Vec::len).sum::<usize>();
            let widest = i64::try_from(files).unwrap_or(i64::MAX).saturating_mul(WIDE_PER_FILE).max(WIDE);
            return holes.filter(|(a, b)| b - a < widest).map(|(a, b)| Lacking::Numbers(a, b)).collect();
        }
        let of_a_day = steps.iter().filter(|(a, b)| b - a == 1).count();
        if keys.len() < LEAST_DAYS || of_a_day * 3 < steps.len() * 2 {
            return Vec::new();
        }
        let mut habits: BTreeMap<(i64, i64), usize> = BTreeMap::new();
        for (a, b) in holes.clone() {
            *habits.entry((a.rem_euclid(7), b - a)).or_default() += 1;
        }
        let odd = |(a, b): &(i64, i64)| habits.get(&(a.rem_euclid(7), b - a)).is_none_or(|n| *n < HABIT);
        holes.filter(odd).map(|(a, b)| Lacking::Days(a, b)).collect()
    }

    /// The files that stand next to what is missing: of the lower number or day, and of the higher.
    #[must_use]
    pub fn beside(&self, lacking: Lacking) -> (&[usize], &[usize]) {
        let range = range(lacking);
        let lower = self.places.range(..range.start()).next_back().map_or(&[][..], |(_, files)| files);
        let higher = self.places.range(range.end() + 1..).next().map_or(&[][..], |(_, files)| files);
        (lower, higher)
    }

    /// The time between the nearest files with records on both sides of what is missing; `None` where these meet.
    ///
    /// Most servers give the older file the higher number, some the lower: the times say which it is.
    #[must_use]
    pub fn gap(&self, lacking: Lacking, hulls: &[Option<Span>]) -> Option<Span> {
        let hull = |files: &Vec<usize>| {
            let spans = files.iter().filter_map(|file| hulls.get(*file).copied().flatten());
            spans.reduce(|a, b| Span { start_us: a.start_us.min(b.start_us), end_us: a.end_us.max(b.end_us) })
        };
        let range = range(lacking);
        let lower = self.places.range(..range.start()).rev().find_map(|(_, files)| hull(files))?;
        let higher = self.places.range(range.end() + 1..).find_map(|(_, files)| hull(files))?;
        between(lower, higher)
    }

    /// Numbers or days of which no file satisfies `is_there`.
    pub fn without(&self, is_there: impl Fn(usize) -> bool) -> impl Iterator<Item = (Lacking, &[usize])> {
        let lacking = |key| if self.dated { Lacking::Days(key, key) } else { Lacking::Numbers(key, key) };
        self.places
            .iter()
            .filter(move |(_, files)| !files.iter().any(|file| is_there(*file)))
            .map(move |(key, files)| (lacking(*key), files.as_slice()))
    }
}

fn range(lacking: Lacking) -> RangeInclusive<i64> {
    let (Lacking::Numbers(first, last) | Lacking::Days(first, last)) = lacking;
    first..=last
}

/// What lies between two spans that do not meet.
#[must_use]
pub fn between(a: Span, b: Span) -> Option<Span> {
    let (first, second) = if a.end_us <= b.start_us { (a, b) } else { (b, a) };
    (first.end_us < second.start_us).then_some(Span { start_us: first.end_us, end_us: second.start_us })
}

#[cfg(test)]
mod tests;
