//! What of files is not read, line by line: for whoever writes a template or asks why a log is not counted.

use super::RunError;
use super::harvest::{Reading, harvest};
use super::prepare::{Machine, prepare};
use super::progress::Progress;
use crate::case::Case;
use crate::intake::State;
use crate::report::formats::FormatTest;
use crate::table::lexicon::Lexicon;
use crate::table::partition::Keeping;

/// Reads all files of the case's sources; of each at most `top` lines that are not read are kept.
///
/// # Errors
/// See [`RunError`].
pub fn unread(
    case: &Case,
    machine: &Machine,
    top: usize,
    progress: &dyn Progress,
) -> Result<Vec<FormatTest>, RunError> {
    let prepared = prepare(case, machine)?;
    progress.expects(prepared.bytes);
    let lexicon = Lexicon::new(machine.memory_bytes, machine.threads);
    let keeping = Keeping::of_nothing(machine.memory_bytes, machine.threads);
    let reading = Reading { threads: machine.threads, caps: prepared.caps, first_id: 0 };
    let found = harvest(prepared.jobs(), &prepared.rules, &lexicon, &keeping, reading, progress)?;
    let mut reports: Vec<_> = found.reports.iter().collect();
    reports.sort_by_key(|(_, report)| report.origin);
    let mut out = Vec::new();
    for (id, report) in reports {
        let Some((place, _)) = prepared.files.get(report.origin.0 as usize) else { continue };
        let account = found.accounts.get(id).cloned().unwrap_or_default();
        let member = report.member.as_ref().map(|member| format!(" › {member}")).unwrap_or_default();
        let state = match &report.state {
            State::Read => String::new(),
            State::Truncated(why) | State::Unreadable(why) | State::Capped(why) => format!(" ({why})"),
        };
        let notes = found.faults.of(report.origin).take(top);
        let unread = report.unread.as_deref().filter(|_| account.records == 0);
        let first = match unread {
            Some(_) => Vec::new(),
            None => notes
                .map(|note| (note.line + 1, note.field.clone(), note.expected.to_owned(), note.found.clone()))
                .collect(),
        };
        out.push(FormatTest {
            path: format!("{}{member}{state}", place.shown),
            formats: account.formats.iter().map(|(name, records)| (name.clone(), *records)).collect(),
            scores: report.scores.iter().map(|s| (s.name.to_owned(), s.matched, s.lines)).collect(),
            records: account.records,
            directives: account.directives,
            faults: account.fault_total(),
            first,
            unread: unread.map(|unread| {
                let column = format!("{} of {}", unread.field, accesstrail_parsers::unread::AGAINST);
                (unread.line as u64 + 1, column, unread.expected.to_owned(), unread.found.clone())
            }),
        });
    }
    Ok(out)
}
