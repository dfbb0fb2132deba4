//! Which formats a sample of a file follows: every format is scored, not only the winner named.
//!
//! A family wins by the number of sampled lines that any of its formats reads. Error-log formats win only
//! where nothing else matches, and stand at the end of every other family's set, so that messages between
//! requests are directives. The answer depends on the sample's bytes alone.

use crate::format::{Family, Format, Named, Server, Unit, catalogue};
use crate::framing::{Line, is_blank, lines};
use crate::token::time::TimeCache;
use std::sync::Arc;

/// How many lines of a sample are looked at.
const LINES: usize = 2000;

/// How well one format fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// The format's catalogue name.
    pub name: &'static str,
    /// Its family.
    pub family: Family,
    /// Lines that it reads without fault.
    pub matched: u32,
    /// Lines looked at.
    pub lines: u32,
}

/// What a sample looks like.
#[derive(Debug, Clone)]
pub struct Sniffed {
    /// All formats that read at least one line, best first, ties in catalogue order.
    pub scores: Vec<Score>,
    /// The formats to try on each line, in order: those of the winning family that matched, by score;
    /// the rest of it in catalogue order; then the error logs. Empty if nothing was recognised.
    pub formats: Vec<Arc<dyn Format>>,
    /// The winning family.
    pub family: Option<Family>,
}

/// Scores every format of the catalogue on lines spread across `sample`. `server` settles what
/// look-alikes mean. It does not change which lines match, but for one thing: where Apache has an identd
/// name nginx writes `-` and nothing else, so a line with such a name is no line of a declared nginx.
#[must_use]
pub fn sniff(sample: &[u8], server: Option<Server>) -> Sniffed {
    let picked = pick(sample);
    let tried: Vec<Trial> = catalogue()
        .iter()
        .filter(|entry| entry.sniffed)
        .filter_map(|entry| Some(Trial::of(entry, entry.compile(server, false).ok()?, &picked)))
        .collect();
    let family = winner(&tried, picked.len());
    let lines = u32::try_from(picked.len()).unwrap_or(u32::MAX);
    let mut best: Vec<&Trial> = tried.iter().collect();
    best.sort_by_key(|trial| std::cmp::Reverse(trial.matched));
    let score = |trial: &&Trial| Score {
        name: trial.entry.name,
        family: trial.entry.family,
        matched: trial.matched,
        lines,
    };
    let scores = best.iter().filter(|trial| trial.matched > 0).map(score).collect();
    let messages = |trial: &&&Trial| trial.entry.family == Family::ErrorLog;
    let of_winner = best.iter().filter(|trial| Some(trial.entry.family) == family);
    let mut formats: Vec<Arc<dyn Format>> = of_winner.map(|trial| Arc::clone(&trial.format)).collect();
    if family.is_some_and(|family| family != Family::ErrorLog) {
        formats.extend(best.iter().filter(messages).map(|trial| Arc::clone(&trial.format)));
    }
    Sniffed { scores, formats, family }
}

/// At most [`LINES`] lines, evenly spread; blank ones and an unterminated last one (unless it is alone)
/// tell nothing.
fn pick(sample: &[u8]) -> Vec<&[u8]> {
    let all: Vec<Line<'_>> = lines(sample).filter(|line| !is_blank(line.bytes)).collect();
    let whole = all.iter().filter(|line| line.terminated).count().max(all.len().min(1));
    let stride = whole.div_ceil(LINES).max(1);
    all.iter().take(whole).step_by(stride).map(|line| line.bytes).collect()
}

/// One format on the picked lines.
struct Trial {
    entry: &'static Named,
    format: Arc<dyn Format>,
    matched: u32,
    /// For each picked line, whether the format reads it.
    reads: Vec<bool>,
}

impl Trial {
    fn of(entry: &'static Named, format: Arc<dyn Format>, picked: &[&[u8]]) -> Self {
        let mut cache = TimeCache::default();
        let reads: Vec<bool> =
            picked.iter().map(|line| !matches!(format.parse(line, &mut cache), Unit::Fault(_))).collect();
        let matched = u32::try_from(reads.iter().filter(|read| **read).count()).unwrap_or(u32::MAX);
        Self { entry, format, matched, reads }
    }
}

/// The family that reads most lines; of equals the first in the catalogue; messages only if alone.
fn winner(tried: &[Trial], lines: usize) -> Option<Family> {
    let read_by = |family: Family| {
        let of_family = || tried.iter().filter(|trial| trial.entry.family == family);
        (0..lines).filter(|at| of_family().any(|trial| trial.reads.get(*at) == Some(&true))).count()
    };
    let mut best = None;
    for family in [Family::Clf, Family::Tableau] {
        let read = read_by(family);
        if read > 0 && best.is_none_or(|(_, most)| read > most) {
            best = Some((family, read));
        }
    }
    let messages = || (read_by(Family::ErrorLog) > 0).then_some(Family::ErrorLog);
    best.map(|(family, _)| family).or_else(messages)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMON: &str = "a - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 5\n";
    const COMBINED: &str = "a - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 5 \"-\" \"-\"\n";
    const MESSAGE: &str = "[Mon Dec 26 16:22:08 2016] [error] [client 1.2.3.4] File does not exist\n";

    fn scores(sample: &str) -> Vec<(&'static str, u32, u32)> {
        sniff(sample.as_bytes(), None).scores.iter().map(|s| (s.name, s.matched, s.lines)).collect()
    }

    #[test]
    fn apache_and_nginx_combined_are_one_winner() {
        assert_eq!(scores(&COMBINED.repeat(3)), [("combined", 3, 3)]);
    }

    #[test]
    fn a_mixed_file_keeps_all_its_shapes_in_order_of_score() {
        let sample = format!("{COMMON}{COMMON}{COMBINED}\n  \n");
        let sniffed = sniff(sample.as_bytes(), None);
        assert_eq!(scores(&sample), [("common", 2, 3), ("combined", 1, 3)]);
        assert_eq!(sniffed.family, Some(Family::Clf));
        let names: Vec<_> = sniffed.formats.iter().map(|format| format.name().to_owned()).collect();
        assert_eq!(names[..2], ["common", "combined"]);
        assert_eq!(names[names.len() - 2..], ["apache_error", "nginx_error"]);
        let clf = catalogue().iter().filter(|entry| entry.sniffed && entry.family == Family::Clf);
        assert_eq!(names.len(), clf.count() + 2);
    }

    #[test]
    fn torn_last_line_is_not_looked_at_unless_alone() {
        assert_eq!(scores(&format!("{COMMON}a - - [10/Oct")), [("common", 1, 1)]);
        assert_eq!(scores(COMMON.trim_end()), [("common", 1, 1)]);
    }

    #[test]
    fn requests_win_over_messages_however_few() {
        let sample = format!("{MESSAGE}{MESSAGE}{COMMON}");
        assert_eq!(sniff(sample.as_bytes(), None).family, Some(Family::Clf));
        assert_eq!(sniff(MESSAGE.as_bytes(), None).family, Some(Family::ErrorLog));
        assert_eq!(sniff(MESSAGE.as_bytes(), None).formats.len(), 2);
    }

    #[test]
    fn what_nothing_reads_is_unrecognised() {
        for sample in [&b""[..], b"\n\n", b"hello\n", b"\0\0\0\n"] {
            let sniffed = sniff(sample, None);
            assert!(sniffed.scores.is_empty() && sniffed.formats.is_empty() && sniffed.family.is_none());
        }
    }

    #[test]
    fn a_large_sample_is_looked_at_in_many_places() {
        let sample = COMMON.repeat(5000) + &COMBINED.repeat(1000);
        let found = scores(&sample);
        assert_eq!(found, [("common", 1667, 2000), ("combined", 333, 2000)]);
    }
}
