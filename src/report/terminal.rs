//! The answer on a screen. The same text goes through a pipe, at the width the caller says.
//!
//! Nothing depends on colour: it only sets off what words and layout say as well. Figures have thousands
//! separators here; programs read `--json` and `--csv`.

mod clients;
mod fit;
mod grid;
mod groups;
mod headline;
mod ledger;
mod nested;
mod notes;
mod page;
mod parties;
mod resources;
mod timeline;

#[cfg(test)]
mod tests;

pub(crate) use self::fit::cut_middle;
pub(super) use self::grid::{Column, Grid};
#[cfg(feature = "table")]
pub(super) use self::headline::{headline_text, is_on_first_screen};
pub(super) use self::notes::findings;
pub(super) use self::page::{Ink, Page};

use crate::finding::answer::Answer;
use crate::finding::table::Tables;
use chrono_tz::Tz;
use std::io::{self, Write};

/// How a screen looks.
#[derive(Debug, Clone)]
pub struct Screen {
    /// Columns; below 40 is taken as 40.
    pub width: usize,
    /// Whether colours may be used.
    pub colour: bool,
    /// Zone of all times shown.
    pub zone: Tz,
    /// Most rows of a table of clients or groups; files always hold all.
    pub top: usize,
    /// Title of the case, printed first.
    pub case_title: Option<String>,
}

impl Default for Screen {
    fn default() -> Self {
        Self { width: 80, colour: false, zone: Tz::UTC, top: 10, case_title: None }
    }
}

/// Prints what `accesstrail count` found.
///
/// With `--by` the groups take the place of the top clients.
///
/// # Errors
/// When `out` can't be written; a closed pipe is such an error, and success to the caller.
pub fn count(out: &mut impl Write, answer: &Answer, tables: &Tables<'_>, screen: &Screen) -> io::Result<()> {
    let page = &mut Page::new(out, screen.width, screen.colour);
    headline::headline(page, answer, screen)?;
    nested::nested(page, answer)?;
    clients::definitions(page, answer, screen)?;
    resources::resources(page, answer)?;
    timeline::timeline(page, &answer.windows, screen)?;
    match &answer.groups {
        Some(rows) => groups::groups(page, rows, screen)?,
        None => clients::top(page, tables, screen)?,
    }
    parties::parties(page, answer)?;
    parties::vantages(page, answer)?;
    ledger::ledger(page, &answer.ledger)?;
    notes::findings(page, &answer.findings)?;
    notes::caveats(page, &answer.caveats)
}
