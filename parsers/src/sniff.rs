//! Which formats a sample of a file follows: every format is scored, not only the winner named.
//!
//! A family wins by the number of sampled lines that any of its formats reads. Error-log formats win only
//! where nothing else matches, and stand at the end of every other family's set, so that messages between
//! requests are directives. The answer depends on the sample's bytes alone.
//!
//! A line that bears a prefix is scored on what stood behind it, if that reads. A format without a time
//! column is scored there only, and by its shape: a file whose prefix has no year is recognised, and each
//! of its lines then says what is missing.

mod sample;

use crate::encoding::Encoding;
use crate::format::head::Leads;
use crate::format::{Family, Format, Named, Server, catalogue};
use crate::prefix::Kind;
use crate::token::time::TimeCache;
use sample::{Picked, Sample, Seen, pick};
use std::sync::{Arc, OnceLock};

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
    /// Among the lines that some format reads: how many behind each kind of prefix, most first, ties in
    /// the order of [`Kind::ALL`].
    pub prefixes: Vec<(Kind, u32)>,
}

/// As [`sniff_in`], of a file that is no UTF-16.
#[must_use]
pub fn sniff(sample: &[u8], server: Option<Server>) -> Sniffed {
    sniff_in(sample, Encoding::Bytes, server)
}

/// Scores every format of the catalogue on lines spread across `sample`. `server` settles what
/// look-alikes mean. It does not change which lines match, but for one thing: where Apache has an identd
/// name nginx writes `-` and nothing else, so a line with such a name is no line of a declared nginx.
/// `sample` begins behind a byte order mark, if the file has one.
#[must_use]
pub fn sniff_in(sample: &[u8], encoding: Encoding, server: Option<Server>) -> Sniffed {
    let known = known(server);
    let sample = pick(sample, encoding, &known.leads);
    let tried: Vec<Trial> =
        known.formats.iter().map(|(entry, format)| Trial::of(entry, format, &sample)).collect();
    let picked = &sample.lines;
    let family = winner(&tried, picked.len()).filter(|family| is_told(&tried, *family, picked.len()));
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
    let messages = |trial: &&&Trial| trial.entry.family == Family::ERROR_LOG;
    let of_winner = best.iter().filter(|trial| Some(trial.entry.family) == family);
    let mut formats: Vec<Arc<dyn Format>> = of_winner.map(|trial| Arc::clone(trial.format)).collect();
    if family.is_some_and(|family| family != Family::ERROR_LOG) {
        formats.extend(best.iter().filter(messages).map(|trial| Arc::clone(trial.format)));
    }
    Sniffed { scores, formats, family, prefixes: prefixes(&tried, picked) }
}

/// The formats of the catalogue, compiled.
struct Known {
    formats: Vec<(&'static Named, Arc<dyn Format>)>,
    /// Where directives of any of them stand.
    leads: Leads,
}

/// The formats that are looked for, for files of `server`. They are the same for every file and are compiled once:
/// of many small files that was most of the work.
fn known(server: Option<Server>) -> &'static Known {
    static KNOWN: [OnceLock<Known>; 3] = [const { OnceLock::new() }; 3];
    let compile = || {
        let sniffed = catalogue().iter().filter(|entry| entry.sniffed);
        let formats: Vec<_> =
            sniffed.filter_map(|entry| Some((entry, entry.compile(server, false).ok()?))).collect();
        let plain: Vec<_> = formats.iter().map(|(_, format)| Arc::clone(format)).collect();
        Known { leads: Leads::of(&plain), formats }
    };
    let [any, apache, nginx] = &KNOWN;
    match server {
        None => any,
        Some(Server::Apache) => apache,
        Some(Server::Nginx) => nginx,
    }
    .get_or_init(compile)
}

/// One format on the picked lines.
struct Trial {
    entry: &'static Named,
    format: &'static Arc<dyn Format>,
    matched: u32,
    /// For each picked line up to the last one that the format reads, whether it does.
    seen: Vec<Seen>,
}

impl Trial {
    fn of(entry: &'static Named, format: &'static Arc<dyn Format>, sample: &Sample<'_>) -> Self {
        let (mut seen, mut matched) = (Vec::new(), 0);
        if let Some(armed) = sample.arm(format) {
            let mut cache = TimeCache::default();
            for (at, line) in sample.lines.iter().enumerate() {
                let read = line.seen_by(&armed, &mut cache);
                if read != Seen::Not {
                    // Most formats read nothing.
                    seen.resize(at, Seen::Not);
                    seen.push(read);
                    matched += 1;
                }
            }
        }
        Self { entry, format, matched, seen }
    }

    fn reads(&self, at: usize) -> bool {
        self.seen.get(at).is_some_and(|seen| *seen != Seen::Not)
    }
}

/// Lines behind each kind of prefix, among those that some format reads; most first.
fn prefixes(tried: &[Trial], picked: &[Picked<'_>]) -> Vec<(Kind, u32)> {
    let mut found = Kind::ALL.map(|kind| (kind, 0));
    for (at, _) in picked.iter().enumerate().filter(|(_, line)| line.bears_prefix()) {
        let behind = tried.iter().find_map(|trial| match trial.seen.get(at) {
            Some(Seen::Behind(kind)) => Some(*kind),
            _ => None,
        });
        if let Some((_, count)) = found.iter_mut().find(|(kind, _)| Some(*kind) == behind) {
            *count += 1;
        }
    }
    found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    found.into_iter().filter(|(_, count)| *count > 0).collect()
}

/// A file is one of a family if at least one line in so many is read, by it or as a message: less can be chance, and a log
/// of other things that would be read by halves.
const ONE_IN: usize = 50;

fn is_told(tried: &[Trial], family: Family, lines: usize) -> bool {
    let counts = |trial: &&Trial| [family, Family::ERROR_LOG].contains(&trial.entry.family);
    let read = (0..lines).filter(|at| tried.iter().filter(counts).any(|trial| trial.reads(*at))).count();
    read * ONE_IN >= lines
}

/// The family that reads most lines; of equals the first in the catalogue; messages only if alone.
fn winner(tried: &[Trial], lines: usize) -> Option<Family> {
    let mut families: Vec<(Family, Vec<&Trial>)> = Vec::new();
    for trial in tried.iter().filter(|trial| trial.matched > 0) {
        match families.iter_mut().find(|(family, _)| *family == trial.entry.family) {
            Some((_, of_family)) => of_family.push(trial),
            None => families.push((trial.entry.family, vec![trial])),
        }
    }
    let mut best = None;
    for (family, trials) in families.iter().filter(|(family, _)| *family != Family::ERROR_LOG) {
        let read = (0..lines).filter(|at| trials.iter().any(|trial| trial.reads(*at))).count();
        if read > 0 && best.is_none_or(|(_, most)| read > most) {
            best = Some((*family, read));
        }
    }
    let messages = || families.first().map(|(family, _)| *family);
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
        assert_eq!(sniffed.family, Some(Family::CLF));
        let names: Vec<_> = sniffed.formats.iter().map(|format| format.name().to_owned()).collect();
        assert_eq!(names[..2], ["common", "combined"]);
        assert_eq!(names[names.len() - 2..], ["apache_error", "nginx_error"]);
        let clf = catalogue().iter().filter(|entry| entry.sniffed && entry.family == Family::CLF);
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
        assert_eq!(sniff(sample.as_bytes(), None).family, Some(Family::CLF));
        assert_eq!(sniff(MESSAGE.as_bytes(), None).family, Some(Family::ERROR_LOG));
        assert_eq!(sniff(MESSAGE.as_bytes(), None).formats.len(), 2);
    }

    #[test]
    fn what_nothing_reads_is_unrecognised() {
        for sample in [&b""[..], b"\n\n", b"hello\n", b"\0\0\0\n"] {
            let sniffed = sniff(sample, None);
            assert!(sniffed.scores.is_empty() && sniffed.formats.is_empty() && sniffed.family.is_none());
            assert!(sniffed.prefixes.is_empty());
        }
    }

    #[test]
    fn one_line_in_fifty_makes_a_log_and_fewer_are_chance() {
        let sample = |noise: usize| format!("{COMMON}{}", "some other text\n".repeat(noise));
        assert_eq!(sniff(sample(49).as_bytes(), None).family, Some(Family::CLF));
        let unknown = sniff(sample(50).as_bytes(), None);
        assert!(unknown.family.is_none() && unknown.formats.is_empty());
        assert_eq!(
            unknown.scores.first().map(|score| (score.name, score.matched, score.lines)),
            Some(("common", 1, 51))
        );
    }

    #[test]
    fn formats_are_told_behind_prefixes_and_the_prefixes_counted() {
        let sample = format!(
            "web-1  | {COMMON}web-1  | {COMMON}<13>Feb 25 16:19:49 h nginx: {COMMON}{COMMON}web-1  | started\n"
        );
        assert_eq!(scores(&sample), [("common", 4, 5)]);
        let prefixes = sniff(sample.as_bytes(), None).prefixes;
        assert_eq!(prefixes, [(Kind::Compose, 2), (Kind::Syslog3164, 1)]);
        assert_eq!(sniff(COMMON.as_bytes(), None).prefixes, []);
    }

    #[test]
    fn a_shape_without_time_is_told_behind_a_prefix_only() {
        let line = "192.0.2.7 - - \"GET / HTTP/1.0\" 200 5\n";
        for prefix in ["Feb 25 16:19:49 h nginx: ", "2021-03-06T04:07:38Z stdout F ", "web | "] {
            assert_eq!(scores(&format!("{prefix}{line}")), [("common-untimed", 1, 1)], "{prefix}");
        }
        assert_eq!(scores(line), []);
    }

    #[test]
    fn a_comment_is_read_by_no_format() {
        assert_eq!(scores(&format!("# rotated\n{COMMON}")), [("common", 1, 2)]);
    }

    #[test]
    fn utf_16_is_sniffed_as_its_text() {
        for (encoding, bytes) in [
            (Encoding::Utf16Le, COMBINED.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()),
            (Encoding::Utf16Be, COMBINED.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ] {
            let found = sniff_in(&bytes, encoding, None);
            assert_eq!(found.scores.first().map(|score| (score.name, score.matched)), Some(("combined", 1)));
        }
    }

    #[test]
    fn a_large_sample_is_looked_at_in_many_places() {
        let sample = COMMON.repeat(5000) + &COMBINED.repeat(1000);
        let found = scores(&sample);
        assert_eq!(found, [("common", 1667, 2000), ("combined", 333, 2000)]);
    }
}
