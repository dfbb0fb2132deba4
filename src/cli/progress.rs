//! A bar on stderr with bytes, rate and time left; nothing where stderr is no terminal.

use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The bar that is shown now, for [`clear`].
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Takes the bar away, from whatever thread.
pub(super) fn clear() {
    if let Some(bar) = SHOWN.lock().unwrap_or_else(PoisonError::into_inner).take() {
        bar.finish_and_clear();
    }
}

/// A bar over the content that will be read, as far as the sizes of the files tell it.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar, hidden with `--quiet`.
    pub(super) fn new(paths: &[String], base: Option<&std::path::Path>, quiet: bool) -> Self {
        if quiet || !std::io::stderr().is_terminal() {
            return Self { bar: ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()) };
        }
        // A wrong path is told by the run itself.
        let found = crate::intake::find::find(paths, base).unwrap_or_default();
        let bytes: u64 = found
            .iter()
            .filter_map(|f| match &f.place {
                crate::intake::find::Place::File(path) => std::fs::metadata(path).ok().map(|m| m.len()),
                crate::intake::find::Place::Stdin => None,
            })
            .sum();
        let bar = ProgressBar::new(bytes);
        if let Ok(style) =
            ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes}  {bytes_per_sec}  {eta} left")
        {
            bar.set_style(style);
        }
        *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar.clone());
        Self { bar }
    }

    /// So many bytes more were read. Compressed files hold more than their size.
    pub(super) fn add(&self, bytes: u64) {
        self.bar.inc(bytes);
        if self.bar.length().is_some_and(|length| length < self.bar.position()) {
            self.bar.set_length(self.bar.position());
        }
    }

    /// Takes the bar away.
    pub(super) fn done(&self) {
        self.bar.finish_and_clear();
    }
}
