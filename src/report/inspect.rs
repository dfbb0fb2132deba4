//! What `accesstrail inspect` shows: which evidence this is, before anything is known about it.
//!
//! Few files each get a block that says everything. More of them stand in one table per source, with its verdict and what
//! to declare below; where there are many sources, one table holds them all and only what stands against one is said.

mod files;
mod shapes;
mod sources;

pub use self::shapes::{FaultKind, InspectRow, InspectSource, Inspection, Proposal, Standing};

use crate::escape;
use crate::finding::answer::Finding;
use crate::finding::table::FaultRow;
use crate::report::moment::span;
use crate::report::number::{bytes_both, counted, thousands};
use crate::report::terminal::{Ink, Page, Screen, cut_middle, findings};
use std::io::{self, Write};

/// Groups faults by kind, most frequent first, then by name; of each the first in the order given.
#[must_use]
pub fn fault_kinds(faults: &[FaultRow]) -> Vec<FaultKind> {
    let mut kinds: Vec<FaultKind> = Vec::new();
    for row in faults {
        match kinds.iter_mut().find(|kind| kind.fault == row.fault) {
            Some(kind) => kind.count += 1,
            None => kinds.push(FaultKind { fault: row.fault.clone(), count: 1, first: row.clone() }),
        }
    }
    kinds.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.fault.cmp(&b.fault)));
    kinds
}

/// Up to so many files each get a block of lines that says everything; more of them tables.
const BLOCKS: usize = 3;

/// Prints an inspection.
///
/// # Errors
/// When `out` can't be written.
pub fn inspect(out: &mut impl Write, inspection: &Inspection, screen: &Screen) -> io::Result<()> {
    let page = &mut Page::new(out, screen.width, screen.colour);
    if let Some(title) = &screen.case_title {
        page.prose(Ink::Plain, "", Ink::Faint, title)?;
    }
    headline(page, &inspection.rows, screen)?;
    if inspection.rows.len() <= BLOCKS {
        sources::blocks(page, inspection, screen)?;
    } else {
        sources::tables(page, inspection, screen)?;
    }
    faults(page, &inspection.faults)?;
    // The verdicts have said it of each source.
    let said = |finding: &&Finding| finding.id == "unrecognised-format" && !inspection.sources.is_empty();
    let rest: Vec<Finding> = inspection.findings.iter().filter(|f| !said(f)).cloned().collect();
    findings(page, &rest)
}

fn headline(page: &mut Page<'_>, rows: &[InspectRow], screen: &Screen) -> io::Result<()> {
    let total = |pick: fn(&InspectRow) -> u64| rows.iter().map(pick).sum::<u64>();
    let files = counted(u64::try_from(rows.len()).unwrap_or(u64::MAX), "file", "files");
    let records = counted(total(|row| row.records), "record", "records");
    page.prose(Ink::Plain, "", Ink::Strong, &format!("{files}, {records}"))?;
    let mut facts = vec![sum(
        total(|r| r.lines),
        [total(|r| r.records), total(|r| r.directives), total(|r| r.blank), total(|r| r.faults)],
    )];
    facts.push(bytes_both(total(|row| row.bytes)));
    for (state, words) in [
        ("truncated", ["truncated file", "truncated files"]),
        ("duplicate", ["duplicate file", "duplicate files"]),
        ("unreadable", ["unreadable file", "unreadable files"]),
    ] {
        let n = rows.iter().filter(|row| row.state == state).count();
        if n > 0 {
            let [one, many] = words;
            facts.push(counted(u64::try_from(n).unwrap_or(u64::MAX), one, many));
        }
    }
    page.facts_bare(&facts)?;
    let first = rows.iter().filter_map(|row| row.first_utc.as_deref()).min();
    let last = rows.iter().filter_map(|row| row.last_utc.as_deref()).max();
    match (first, last) {
        (Some(first), Some(last)) => page.prose(Ink::Plain, "", Ink::Plain, &span(first, last, screen.zone)),
        _ => Ok(()),
    }
}

/// `812 lines = 800 records + 4 directives + 1 blank + 7 faults`.
fn sum(lines: u64, [records, directives, blank, faults]: [u64; 4]) -> String {
    let mut text = format!("{} = {}", counted(lines, "line", "lines"), counted(records, "record", "records"));
    if directives > 0 {
        text.push_str(&format!(" + {}", counted(directives, "directive", "directives")));
    }
    if blank > 0 {
        text.push_str(&format!(" + {} blank", thousands(blank)));
    }
    text.push_str(&format!(" + {}", counted(faults, "fault", "faults")));
    text
}

fn faults(page: &mut Page<'_>, kinds: &[FaultKind]) -> io::Result<()> {
    if kinds.is_empty() {
        return Ok(());
    }
    page.heading("lines that could not be read", "each may hold a further request")?;
    for kind in kinds {
        let f = &kind.first;
        let member = if f.member.is_empty() { String::new() } else { format!(" › {}", f.member) };
        page.line(&[(
            Ink::Strong,
            &format!("  {} {}", thousands(kind.count), escape::terminal(kind.fault.as_bytes())),
        )])?;
        let place = format!("{}{member}:{}", f.source, f.line);
        let room = page.width.saturating_sub(11);
        let place = cut_middle(&escape::terminal(place.as_bytes()), room);
        page.prose(Ink::Faint, "    first  ", Ink::Plain, &place)?;
        let wanted =
            if f.field.is_empty() { f.expected.clone() } else { format!("{} in {}", f.expected, f.field) };
        page.prose(Ink::Faint, "    wants  ", Ink::Plain, &wanted)?;
        let found = cut_middle(&escape::terminal(&f.found), room * 2);
        page.prose(Ink::Faint, "    found  ", Ink::Plain, if found.is_empty() { "nothing" } else { &found })?;
    }
    Ok(())
}
