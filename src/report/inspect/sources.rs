//! Sources on the screen of `inspect`: their files, what to make of them, and what to declare.

use super::files::{block, common_folder, short_format, short_span, table, within_one_year};
use super::shapes::{InspectRow, InspectSource, Inspection, Proposal, Standing};
use crate::escape;
use crate::report::number::{counted, thousands};
use crate::report::terminal::{Column, Grid, Ink, Page, Screen, cut_middle};
use std::collections::BTreeSet;
use std::io;

/// More sources than this that hold requests share one table.
const MANY: usize = 8;
/// Of sources that share a proposal so many are named, at most this wide.
const NAMED: usize = 3;
const NAME_COLUMNS: usize = 40;
/// Most rows of files that hold no requests.
const ROWS: usize = 20;
const LABEL: &str = "  verdict     ";

/// A block for each file, and below the files of a source its verdict.
pub(super) fn blocks(page: &mut Page<'_>, inspection: &Inspection, screen: &Screen) -> io::Result<()> {
    for source in &inspection.sources {
        for row in rows_of(inspection, source) {
            block(page, row, screen)?;
        }
        if source.rows.len() > 1 {
            page.heading(&source.name, &files(source.rows.len()))?;
        }
        verdict(page, source)?;
        source.proposals.iter().try_for_each(|p| proposal(page, p, ""))?;
    }
    Ok(())
}

/// Tables of files, or one of sources where there are many.
pub(super) fn tables(page: &mut Page<'_>, inspection: &Inspection, screen: &Screen) -> io::Result<()> {
    let folder = common_folder(inspection.sources.iter().map(|s| s.name.as_str()));
    let (logs, others): (Vec<_>, Vec<_>) = inspection.sources.iter().partition(|s| holds_requests(s));
    let mut left_out = BTreeSet::new();
    if !folder.is_empty() {
        page.prose(Ink::Plain, "", Ink::Plain, &format!("all below {folder}"))?;
    }
    if logs.len() > MANY {
        left_out.extend(many(page, &logs, inspection, folder, screen)?);
    } else {
        let one_year = within_one_year(&inspection.rows, screen);
        for (place, source) in logs.iter().enumerate() {
            left_out.extend(one(page, source, inspection, folder, screen, one_year, place == 0)?);
        }
    }
    for standing in
        [Standing::Unrecognised, Standing::NoRequests, Standing::Empty, Standing::Unreadable, Standing::Copy]
    {
        let alike: Vec<_> = others.iter().copied().filter(|s| s.standing == standing).collect();
        left_out.extend(no_log(page, standing, &alike, inspection, screen)?);
    }
    if inspection.rows.iter().any(|row| row.state == "truncated") {
        page.gap()?;
        let text = "(cut): the stream ends early; what came before that is counted";
        page.prose(Ink::Plain, "", Ink::Faint, text)?;
    }
    if left_out.is_empty() {
        return Ok(());
    }
    page.gap()?;
    let left_out: Vec<&str> = left_out.into_iter().collect();
    let text = format!("no room for {}; --json holds all, with hashes", left_out.join(", "));
    page.prose(Ink::Plain, "", Ink::Faint, &text)
}

fn rows_of<'a>(inspection: &'a Inspection, source: &InspectSource) -> Vec<&'a InspectRow> {
    source.rows.iter().filter_map(|place| inspection.rows.get(*place)).collect()
}

fn holds_requests(source: &InspectSource) -> bool {
    matches!(source.standing, Standing::Good | Standing::Care)
}

fn below<'a>(name: &'a str, folder: &str) -> &'a str {
    name.strip_prefix(folder).unwrap_or(name)
}

/// One source: heading, table, verdict, proposals.
fn one(
    page: &mut Page<'_>,
    source: &InspectSource,
    inspection: &Inspection,
    folder: &str,
    screen: &Screen,
    one_year: bool,
    first: bool,
) -> io::Result<Vec<&'static str>> {
    let rows = rows_of(inspection, source);
    let mut remark = Vec::new();
    if rows.len() > 1 {
        remark.push(files(rows.len()));
    }
    if first {
        remark.push(format!("times of {}", screen.zone.name()));
    }
    page.heading(below(&source.name, folder), &remark.join(", "))?;
    let left_out = table(page, &rows, screen, one_year, rows.len() > 1, usize::MAX)?;
    verdict(page, source)?;
    source.proposals.iter().try_for_each(|p| proposal(page, p, ""))?;
    Ok(left_out)
}

fn files(n: usize) -> String {
    counted(u64::try_from(n).unwrap_or(u64::MAX), "file", "files")
}

fn verdict(page: &mut Page<'_>, source: &InspectSource) -> io::Result<()> {
    let ink = if source.standing == Standing::Good { Ink::Plain } else { Ink::Alert };
    page.prose(Ink::Strong, LABEL, ink, &source.verdict)
}

/// What to write, and why. `of` says for whom, where that is not plain.
fn proposal(page: &mut Page<'_>, proposal: &Proposal, of: &str) -> io::Result<()> {
    page.prose(Ink::Strong, "  add         ", Ink::Strong, &as_typed(proposal))?;
    page.prose(Ink::Plain, "              ", Ink::Plain, &format!("{}{of}", proposal.reason))
}

/// As it is typed: a flag with its value quoted for a shell, or a line of the case file.
fn as_typed(proposal: &Proposal) -> String {
    let Proposal { flag, value, .. } = proposal;
    let plain = |c: char| c.is_ascii_alphanumeric() || "._:/@%+-,".contains(c);
    // What stands in angle brackets is to be filled in.
    if !flag.starts_with("--") {
        format!("{flag} = {value} (in the case file)")
    } else if value.starts_with('<') || value.chars().all(plain) {
        format!("{flag} {value}")
    } else {
        format!("{flag} '{}'", value.replace('\'', "'\\''"))
    }
}

/// One row for each source, then only what stands against one, and the proposals, each once.
fn many(
    page: &mut Page<'_>,
    sources: &[&InspectSource],
    inspection: &Inspection,
    folder: &str,
    screen: &Screen,
) -> io::Result<Vec<&'static str>> {
    page.heading("sources", &format!("times of {}", screen.zone.name()))?;
    let mut grid = Grid::new(&[
        Column::long_text("source", 0),
        Column::number("files", 5),
        Column::text("format", 3),
        Column::number("records", 0),
        Column::number("faults", 1),
        Column::text("time", 2),
        Column::number("clients", 4),
        Column::text("verdict", 0),
    ]);
    let one_year = within_one_year(&inspection.rows, screen);
    for source in sources {
        grid.row(vec![
            below(&source.name, folder).to_owned(),
            if source.files.len() > 1 { source.files.len().to_string() } else { String::new() },
            short_format(&source.format),
            thousands(source.records),
            thousands(source.faults),
            short_span(source.first_utc.as_deref(), source.last_utc.as_deref(), screen, one_year),
            source.clients.map(thousands).unwrap_or_default(),
            if source.standing == Standing::Good { "good" } else { "care" }.to_owned(),
        ]);
    }
    grid.drop_empty();
    let left_out = grid.write(page)?;
    let care: Vec<_> = sources.iter().filter(|s| s.standing == Standing::Care).collect();
    if !care.is_empty() {
        page.heading("before these are counted", "")?;
        for source in care {
            let text = format!("{}: {}", below(&source.name, folder), source.verdict);
            page.prose(Ink::Alert, "  ! ", Ink::Plain, &text)?;
        }
    }
    let mut alike: Vec<(&Proposal, Vec<&str>)> = Vec::new();
    for (source, one) in sources.iter().flat_map(|s| s.proposals.iter().map(move |p| (s, p))) {
        let name = below(&source.name, folder);
        match alike.iter_mut().find(|(known, _)| known.flag == one.flag && known.value == one.value) {
            Some((_, names)) => names.push(name),
            None => alike.push((one, vec![name])),
        }
    }
    if !alike.is_empty() {
        page.heading("what to declare", "")?;
        alike.iter().try_for_each(|(one, names)| {
            // A reason that counts something begins with it.
            let with_figures = one.reason.starts_with(|c: char| c.is_ascii_digit());
            proposal(page, one, &for_whom(names, with_figures))
        })?;
    }
    Ok(left_out)
}

/// ` (For `a.log`, `b.log` and 3 more.)`; the reason before it is that of the first.
fn for_whom(names: &[&str], with_figures: bool) -> String {
    let shown = |name: &&str| format!("`{}`", cut_middle(&escape::terminal(name.as_bytes()), NAME_COLUMNS));
    let named: Vec<String> = names.iter().take(NAMED).map(shown).collect();
    let more = match names.len().saturating_sub(NAMED) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let first = if names.len() > 1 && with_figures { "; the figures are of the first" } else { "" };
    format!(" (For {}{more}{first}.)", named.join(", "))
}

/// Files that hold no requests, those of one kind together.
fn no_log(
    page: &mut Page<'_>,
    standing: Standing,
    sources: &[&InspectSource],
    inspection: &Inspection,
    screen: &Screen,
) -> io::Result<Vec<&'static str>> {
    let Some(first) = sources.first() else { return Ok(Vec::new()) };
    let rows: Vec<&InspectRow> = sources.iter().flat_map(|s| rows_of(inspection, s)).collect();
    let title = match standing {
        Standing::Unrecognised => "not recognised",
        Standing::NoRequests => "no requests",
        Standing::Empty => "empty",
        Standing::Unreadable => "not readable",
        _ => "copies",
    };
    let folder = common_folder(rows.iter().map(|row| row.path.as_str()));
    let remark =
        if folder.is_empty() { files(rows.len()) } else { format!("{} below {folder}", files(rows.len())) };
    page.heading(title, &remark)?;
    let left_out = table(page, &rows, screen, true, true, ROWS)?;
    if let Some(text) = together(standing, sources) {
        page.prose(Ink::Strong, LABEL, Ink::Alert, &text)?;
    } else {
        sources.iter().take(ROWS).try_for_each(|source| {
            let named = format!("{}: {}", below(&source.name, folder), source.verdict);
            let text = if sources.len() > 1 { &named } else { &source.verdict };
            page.prose(Ink::Strong, LABEL, Ink::Alert, text)
        })?;
    }
    let of = if sources.len() > 1 { for_whom(&[below(&first.name, folder)], false) } else { String::new() };
    first.proposals.iter().try_for_each(|p| proposal(page, p, &of))?;
    Ok(left_out)
}

/// One sentence for several sources, where it says as much as one for each.
fn together(standing: Standing, sources: &[&InspectSource]) -> Option<String> {
    let lines: u64 = sources.iter().map(|s| s.faults).sum();
    let text = match standing {
        _ if sources.len() < 2 => return None,
        Standing::Unrecognised => {
            format!("Not recognised: not one of their {} lines could be read as a record.", thousands(lines))
        }
        Standing::NoRequests => "Nothing to count: they hold messages and no requests.".to_owned(),
        Standing::Empty => "Nothing to count: they are empty.".to_owned(),
        Standing::Copy => "Not counted again: each has the same content as another file (below).".to_owned(),
        _ => return None,
    };
    Some(text)
}
