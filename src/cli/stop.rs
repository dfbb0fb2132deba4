//! Ctrl-C, and the signals by which a system ends a program: nothing half-written stays behind.

use std::io::Write;

use super::progress;
use crate::scratch;

/// Exit status of a run that was stopped; what a shell says of SIGINT.
const STOPPED: i32 = 130;

/// From now on SIGINT, SIGTERM and SIGHUP (Ctrl-C where there are no signals) stop the run.
///
/// A run that was started with one of them ignored (`nohup`, `&` in a script) keeps it ignored, and then none of them is
/// handled: what a run that is killed leaves behind, the next one sweeps.
pub(super) fn watch(quiet: bool) {
    drop(ctrlc::try_set_handler(move || stop(quiet)));
}

fn stop(quiet: bool) {
    progress::clear();
    let left = scratch::remove_all();
    let mut said = if quiet {
        String::new()
    } else {
        "accesstrail: stopped; nothing half-written is left behind\n".to_owned()
    };
    if !left.is_empty() {
        said.clear();
    }
    for path in left {
        let shown = crate::escape::terminal(path.display().to_string().as_bytes());
        said += &format!("accesstrail: stopped; `{shown}` cannot be removed\n");
    }
    // Nobody is left to be told if stderr is closed.
    drop(std::io::stderr().write_all(said.as_bytes()));
    std::process::exit(STOPPED)
}
