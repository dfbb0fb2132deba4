//! A bar on stderr: bytes of all, rate, time left, and what is being read; nothing where nobody sees it.

use std::ffi::OsStr;
use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::escape;
use crate::report::terminal::cut_middle;
use crate::run::progress::Progress;

const WITH_TOTAL: &str =
    "{bar:20} {decimal_bytes} of {decimal_total_bytes}  {decimal_bytes_per_sec}  {eta} left\n{msg}";
const WITHOUT_TOTAL: &str = "{decimal_bytes}  {decimal_bytes_per_sec}\n{msg}";

/// The bar that is shown now, for [`clear`].
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the bar away, from whatever thread.
pub(super) fn clear() {
    if let Some(bar) = locked(&SHOWN).take() {
        bar.finish_and_clear();
    }
}

/// A bar, if it is wanted.
pub(super) struct Bar {
    bar: Option<ProgressBar>,
    reading: Mutex<Reading>,
}

impl Bar {
    /// Hidden with `--quiet`, where stderr is no terminal, and on one that cannot move its cursor.
    pub(super) fn new(quiet: bool) -> Self {
        let wanted = is_wanted(quiet, std::io::stderr().is_terminal(), std::env::var_os("TERM").as_deref());
        let bar = wanted.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            styled(&bar, WITHOUT_TOTAL);
            bar
        });
        locked(&SHOWN).clone_from(&bar);
        Self { bar, reading: Mutex::default() }
    }

    /// Takes the bar away.
    pub(super) fn done(&self) {
        clear();
    }

    fn say(&self, change: impl FnOnce(&mut Reading)) {
        let Some(bar) = &self.bar else { return };
        let mut reading = locked(&self.reading);
        change(&mut reading);
        let width = terminal_size::terminal_size_of(std::io::stderr()).map_or(80, |(w, _)| usize::from(w.0));
        bar.set_message(reading.shown(width));
    }
}

fn is_wanted(quiet: bool, terminal: bool, term: Option<&OsStr>) -> bool {
    !quiet && terminal && term != Some(OsStr::new("dumb"))
}

fn styled(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}

impl Progress for Bar {
    fn expects(&self, bytes: Option<u64>) {
        if let (Some(bar), Some(bytes)) = (&self.bar, bytes.filter(|n| *n > 0)) {
            bar.set_length(bytes);
            styled(bar, WITH_TOTAL);
        }
    }

    fn begins(&self, shown: &str) {
        self.say(|reading| reading.begins(shown));
    }

    fn advanced(&self, bytes: u64) {
        let Some(bar) = &self.bar else { return };
        bar.inc(bytes);
        // More than there should be: files that grow, or sizes that the system makes up. Then no end is in sight.
        if bar.length().is_some_and(|length| length < bar.position()) {
            styled(bar, WITHOUT_TOTAL);
            bar.unset_length();
        }
    }

    fn ended(&self, shown: &str) {
        self.say(|reading| reading.ended(shown));
    }
}

/// What is being read, in the order in which it began.
#[derive(Default)]
struct Reading(Vec<String>);

impl Reading {
    fn begins(&mut self, shown: &str) {
        self.0.push(shown.to_owned());
    }

    fn ended(&mut self, shown: &str) {
        if let Some(place) = self.0.iter().position(|name| name == shown) {
            self.0.remove(place);
        }
    }

    /// The latest one, and how many more; at most `width` columns.
    fn shown(&self, width: usize) -> String {
        let Some((latest, others)) = self.0.split_last() else { return "counting".to_owned() };
        let more = if others.is_empty() { String::new() } else { format!(" +{}", others.len()) };
        let room = width.saturating_sub("reading ".len() + more.len());
        format!("reading {}{more}", cut_middle(&escape::terminal(latest.as_bytes()), room))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_there_only_where_somebody_sees_it() {
        assert!(is_wanted(false, true, Some(OsStr::new("xterm"))) && is_wanted(false, true, None));
        assert!(!is_wanted(true, true, None) && !is_wanted(false, false, None));
        assert!(!is_wanted(false, true, Some(OsStr::new("dumb"))));
    }

    #[test]
    fn the_latest_file_is_named_and_the_others_are_counted() {
        let mut reading = Reading::default();
        assert_eq!(reading.shown(40), "counting");
        reading.begins("a.log");
        reading.begins("b.log");
        reading.begins("c.log");
        assert_eq!(reading.shown(40), "reading c.log +2");
        reading.ended("c.log");
        reading.ended("a.log");
        assert_eq!(reading.shown(40), "reading b.log");
    }

    /// HOSTILE: names of files pass the door to the terminal, and none is longer than its line.
    #[test]
    fn a_hostile_or_long_name_stays_inside_its_line() {
        let mut reading = Reading::default();
        reading.begins("x");
        reading.begins(&format!("logs/{}\u{1b}[2J\r\n\u{202e}end.log", "long/".repeat(40)));
        for width in 20..120 {
            let shown = reading.shown(width);
            assert!(shown.chars().count() <= width && shown.ends_with(" +1"), "{shown}");
            assert!(!shown.contains(['\u{1b}', '\r', '\n', '\u{202e}']), "{shown}");
        }
    }
}
