//! What became of everything that was read, as sums that hold (METHOD M1.3).

use super::page::Page;
use crate::finding::answer::Ledger;
use crate::report::number::{bytes_both, counted, thousands};
use std::io;

pub(super) fn ledger(page: &mut Page<'_>, ledger: &Ledger) -> io::Result<()> {
    page.gap()?;
    page.sums("ledger", &sums(ledger))
}

/// The sums, term by term; one that is zero is left out, but not the faults.
fn sums(l: &Ledger) -> Vec<Vec<String>> {
    let read = l.files.saturating_sub(l.duplicate_files).saturating_sub(l.unreadable_files);
    let mut facts = Vec::new();
    let files = counted(l.files, "file", "files");
    if read == l.files {
        facts.push(vec![format!("{files}, {}", bytes_both(l.bytes))]);
    } else {
        let parts = [(read, "read"), (l.duplicate_files, "duplicate"), (l.unreadable_files, "unreadable")];
        facts.push(sum(&files, &parts));
        facts.push(vec![format!("{} read", bytes_both(l.bytes))]);
    }
    let records = counted(l.records, "record", "records");
    let mut parts = vec![(l.records, if l.records == 1 { "record" } else { "records" })];
    parts.extend([(l.directives, "directives"), (l.blank, "blank")].into_iter().filter(|(n, _)| *n > 0));
    parts.push((l.faults, if l.faults == 1 { "fault" } else { "faults" }));
    facts.push(sum(&counted(l.lines, "line", "lines"), &parts));
    let parts = [
        (l.duplicate_records, "duplicate"),
        (l.out_of_window, "outside the window"),
        (l.not_sensitive, "of no resource"),
    ];
    let mut parts: Vec<_> = parts.into_iter().filter(|(n, _)| *n > 0).collect();
    parts.push((l.in_scope, "in scope"));
    facts.push(sum(&records, &parts));
    facts
}

/// `whole`, `= a`, `+ b`, `+ c`.
fn sum(whole: &str, parts: &[(u64, &str)]) -> Vec<String> {
    let terms = parts.iter().enumerate().map(|(i, (n, word))| {
        let sign = if i == 0 { '=' } else { '+' };
        format!("{sign} {} {word}", thousands(*n))
    });
    std::iter::once(whole.to_owned()).chain(terms).collect()
}
