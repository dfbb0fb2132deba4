//! What rotation writes into a file's name: a number, a date, the ending of a compression.
//!
//! Names only: nothing is opened. Years before 1970 and after 2099 are no dates, and a number inside a word
//! (`web1.log`) counts nothing.

use chrono::{Datelike, NaiveDate};

const COMPRESSED: [&str; 6] = [".gz", ".bz2", ".xz", ".zst", ".lz4", ".zip"];
const MARKS: [char; 3] = ['.', '-', '_'];
/// Digits that are a date even without a mark before them (`ex220627`).
const LONG_NUMBER: usize = 6;
/// A number of more digits counts no files.
const COUNTER_DIGITS: usize = 9;

/// A path without what rotation changes: digits with the marks around them, and compression.
#[must_use]
pub fn stem(path: &str) -> String {
    let (folder, name) = split(path);
    let mut out = String::new();
    let mut rest = plain(name);
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, tail) = rest.split_at(at);
        let (number, after) = tail.split_at(leading_digits(tail));
        out.push_str(before);
        // A short number that is part of a word names a server (`web1`); others count or date the file.
        let counts = out.is_empty() || out.ends_with(MARKS) || number.len() >= LONG_NUMBER;
        if counts {
            out.truncate(out.trim_end_matches(MARKS).len());
        } else {
            out.push_str(number);
        }
        rest = after;
    }
    out.push_str(rest);
    if folder.is_empty() { out } else { format!("{folder}/{out}") }
}

/// Where a file stands among its like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// No number: the file that is written to.
    Bare,
    /// Counted.
    Number(i64),
    /// Dated; days since the epoch.
    Day(i64),
}

/// A name, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    /// Equal for all files of one series: what stands before and after the number or the date.
    pub(super) pattern: (String, String),
    /// The name without number or date; the bare file of a numbered series has this name.
    pub(super) bare: String,
    /// Its place in the series.
    pub(super) turn: Turn,
}

/// Reads a name without its folder.
pub(super) fn read(name: &str) -> Reading {
    let name = plain(name);
    if let Some((before, day, after)) = dated(name) {
        // What follows a date is the time of the day, or a number among several files of the day.
        let after = stem(after);
        return reading(before, &after, Turn::Day(day));
    }
    match numbered(name) {
        Some((before, number, after)) => reading(before, after, Turn::Number(number)),
        None => {
            Reading { pattern: (name.to_owned(), String::new()), bare: name.to_owned(), turn: Turn::Bare }
        }
    }
}

fn reading(before: &str, after: &str, turn: Turn) -> Reading {
    Reading {
        pattern: (before.to_owned(), after.to_owned()),
        bare: format!("{}{after}", before.trim_end_matches(MARKS)),
        turn,
    }
}

/// Folder and name.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Without the endings of compressions, in any case.
fn plain(name: &str) -> &str {
    let mut name = name;
    while let Some((start, _)) = COMPRESSED.iter().find_map(|ending| {
        let (start, tail) = name.split_at_checked(name.len().checked_sub(ending.len())?)?;
        (!start.is_empty() && tail.eq_ignore_ascii_case(ending)).then_some((start, tail))
    }) {
        name = start;
    }
    name
}

fn leading_digits(text: &str) -> usize {
    text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len()
}

/// Runs of digits: what stands before, the run, what follows.
fn runs(name: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = name.get(at..)?;
        let start = at + rest.find(|c: char| c.is_ascii_digit())?;
        let (before, tail) = name.split_at_checked(start)?;
        let (run, after) = tail.split_at(leading_digits(tail));
        at = start + run.len();
        Some((before, run, after))
    })
}

/// The last number of a name, if it is set off by marks on both sides (or ends the name).
fn numbered(name: &str) -> Option<(&str, i64, &str)> {
    let (before, run, after) = runs(name).last()?;
    let set_off = before.ends_with(MARKS) && (after.is_empty() || after.starts_with(MARKS));
    (set_off && run.len() <= COUNTER_DIGITS).then_some(())?;
    Some((before, run.parse().ok()?, after))
}

/// The first date of a name: `20240102` (a time of the day may follow), `2024-01-02`, `2024_01_02`, `2024.01.02`.
fn dated(name: &str) -> Option<(&str, i64, &str)> {
    runs(name).find_map(|(before, run, after)| match run.len() {
        8 | 10 | 12 | 14 => Some((before, day(run.get(..4)?, run.get(4..6)?, run.get(6..8)?)?, after)),
        4 => {
            let mark = after.chars().next().filter(|c| MARKS.contains(c))?;
            let (month, rest) = two_digits(after.strip_prefix(mark)?)?;
            let (day_of_month, rest) = two_digits(rest.strip_prefix(mark)?)?;
            Some((before, day(run, month, day_of_month)?, rest))
        }
        _ => None,
    })
}

fn two_digits(text: &str) -> Option<(&str, &str)> {
    (leading_digits(text) == 2).then(|| text.split_at_checked(2)).flatten()
}

fn day(year: &str, month: &str, day: &str) -> Option<i64> {
    let year = year.parse().ok().filter(|year| (1970..=2099).contains(year))?;
    let date = NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)?;
    Some(i64::from(date.num_days_from_ce() - EPOCH_FROM_CE))
}

/// 1970-01-01, counted from the year 1.
pub(super) const EPOCH_FROM_CE: i32 = 719_163;
