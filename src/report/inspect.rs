//! What `accesstrail inspect` shows: which evidence this is, before anything is known about it.

use crate::escape;
use crate::finding::answer::Finding;
use crate::finding::table::FaultRow;
use crate::report::moment::{moment_bare, span};
use crate::report::number::{bytes_both, counted, human_bytes, thousands};
use crate::report::terminal::{Column, Grid, Ink, Page, Screen, cut_middle, findings};
use serde::Serialize;
use std::io::{self, Write};

/// One file or archive member.
#[derive(Debug, Clone, Serialize, Default, PartialEq, Eq)]
pub struct InspectRow {
    /// Path as given.
    pub path: String,
    /// Member name inside an archive.
    pub member: Option<String>,
    /// `read`, `truncated`, `duplicate` or `unreadable`.
    pub state: String,
    /// Format, several joined by `+`; `unrecognised` where none fits.
    pub format: String,
    /// Scores of the formats tried, best first, as text.
    pub scores: String,
    /// Decompressed bytes.
    pub bytes: u64,
    /// Framing units.
    pub lines: u64,
    /// Requests.
    pub records: u64,
    /// Well-formed, no request.
    pub directives: u64,
    /// Blank.
    pub blank: u64,
    /// Unreadable units.
    pub faults: u64,
    /// Earliest record.
    pub first_utc: Option<String>,
    /// Latest record.
    pub last_utc: Option<String>,
    /// Distinct clients; null where they were not counted.
    pub clients: Option<u64>,
    /// Where the zone of its times comes from, in words (`in the record`, `assumed UTC`, …).
    pub zone: String,
    /// Silences that count as gaps (METHOD M2.5).
    pub gaps: u64,
    /// SHA-256 of the file as handed over; null where it could not be read.
    pub sha256: Option<String>,
}

/// All faults of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultKind {
    /// Kind word of METHOD M1.2.
    pub fault: String,
    /// How many.
    pub count: u64,
    /// The first one, in canonical order.
    pub first: FaultRow,
}

/// What there is to show.
#[derive(Debug, Clone, Default)]
pub struct Inspection {
    /// One row per file or member, in canonical order.
    pub rows: Vec<InspectRow>,
    /// Faults by kind; [`fault_kinds`] makes them of all rows.
    pub faults: Vec<FaultKind>,
    /// What was noticed.
    pub findings: Vec<Finding>,
}

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

/// Up to so many files each get a block of lines that says everything; more of them a table.
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
        for row in &inspection.rows {
            block(page, row, screen)?;
        }
    } else {
        table(page, &inspection.rows, screen)?;
    }
    faults(page, &inspection.faults)?;
    findings(page, &inspection.findings)
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

fn name(row: &InspectRow) -> String {
    row.member.as_ref().map_or_else(|| row.path.clone(), |member| format!("{} › {member}", row.path))
}

/// The format, or why there is none.
fn kind(row: &InspectRow) -> String {
    let format = match row.format.split_once('+') {
        Some((most, others)) => format!("{most} +{}", others.split('+').count()),
        None => row.format.clone(),
    };
    let format = cut_middle(&format, FORMAT_COLUMNS);
    if row.state == "read" {
        format
    } else if row.records == 0 {
        row.state.clone()
    } else {
        format!("{format} (cut)")
    }
}

/// Widest name of a format in the table.
const FORMAT_COLUMNS: usize = 22;

/// `06-27 11:41 – 06-28 12:02` where one year stands in the line above the table, else dates with their year.
fn short_span(row: &InspectRow, screen: &Screen, one_year: bool) -> String {
    let kept = if one_year { 5..16 } else { 0..10 };
    let short = |utc: &Option<String>| -> Option<String> {
        let text = moment_bare(utc.as_deref()?, screen.zone);
        Some(text.get(kept.clone()).map_or_else(|| text.clone(), str::to_owned))
    };
    match (short(&row.first_utc), short(&row.last_utc)) {
        (Some(first), Some(last)) => format!("{first} – {last}"),
        _ => String::new(),
    }
}

fn within_one_year(rows: &[InspectRow], screen: &Screen) -> bool {
    let mut years = rows
        .iter()
        .flat_map(|row| [&row.first_utc, &row.last_utc])
        .filter_map(|utc| moment_bare(utc.as_deref()?, screen.zone).get(..4).map(str::to_owned));
    let first = years.next();
    years.all(|year| Some(&year) == first.as_ref())
}

fn block(page: &mut Page<'_>, row: &InspectRow, screen: &Screen) -> io::Result<()> {
    page.gap()?;
    let room = page.width;
    page.line(&[(Ink::Strong, &cut_middle(&escape::terminal(name(row).as_bytes()), room))])?;
    let mut format = vec![kind(row)];
    if !row.scores.is_empty() {
        format.push(format!("scores {}", row.scores));
    }
    page.facts("  format", &format)?;
    page.facts(
        "  lines",
        &[sum(row.lines, [row.records, row.directives, row.blank, row.faults]), bytes_both(row.bytes)],
    )?;
    if let (Some(first), Some(last)) = (&row.first_utc, &row.last_utc) {
        page.facts("  time", &[span(first, last, screen.zone), format!("zone {}", row.zone)])?;
    }
    if let Some(clients) = row.clients {
        page.facts("  clients", &[counted(clients, "distinct client", "distinct clients")])?;
    }
    if row.gaps > 0 {
        page.facts(
            "  gaps",
            &[counted(row.gaps, "silence longer than usual", "silences longer than usual")],
        )?;
    }
    if let Some(sha256) = &row.sha256 {
        page.facts("  sha256", std::slice::from_ref(sha256))?;
    }
    Ok(())
}

/// The folder all paths share, with its `/`: said once, so that the names have more room.
fn common_folder(rows: &[InspectRow]) -> &str {
    let mut paths = rows.iter().map(|row| row.path.as_str());
    let mut folder = paths.next().and_then(folder_of).unwrap_or_default();
    for path in paths {
        while !path.starts_with(folder) {
            folder = folder.strip_suffix('/').and_then(folder_of).unwrap_or_default();
        }
    }
    folder
}

fn folder_of(path: &str) -> Option<&str> {
    path.rfind('/').and_then(|slash| path.get(..=slash))
}

fn table(page: &mut Page<'_>, rows: &[InspectRow], screen: &Screen) -> io::Result<()> {
    let folder = common_folder(rows);
    let title = if folder.is_empty() { "files".to_owned() } else { format!("files in {folder}") };
    page.heading(&title, &format!("times of {}", screen.zone.name()))?;
    let mut grid = Grid::new(&[
        Column::long_text("file", 0),
        Column::text("format", 0),
        Column::number("records", 0),
        Column::number("faults", 1),
        Column::text("time", 2),
        Column::number("clients", 3),
        Column::number("gaps", 4),
        Column::number("lines", 5),
        Column::number("bytes", 6),
        Column::text("zone", 7),
    ]);
    let one_year = within_one_year(rows, screen);
    for row in rows {
        let name = name(row);
        grid.row(vec![
            name.strip_prefix(folder).unwrap_or(&name).to_owned(),
            kind(row),
            thousands(row.records),
            thousands(row.faults),
            short_span(row, screen, one_year),
            row.clients.map(thousands).unwrap_or_default(),
            if row.gaps == 0 { String::new() } else { thousands(row.gaps) },
            thousands(row.lines),
            human_bytes(row.bytes),
            row.zone.clone(),
        ]);
    }
    let total = |pick: fn(&InspectRow) -> u64| thousands(rows.iter().map(pick).sum());
    grid.total(vec![
        "all".to_owned(),
        String::new(),
        total(|row| row.records),
        total(|row| row.faults),
        String::new(),
        String::new(),
        total(|row| row.gaps),
        total(|row| row.lines),
        human_bytes(rows.iter().map(|row| row.bytes).sum()),
        String::new(),
    ]);
    grid.drop_empty();
    let left_out = grid.write(page)?;
    if rows.iter().any(|row| row.state == "truncated") {
        let text = "(cut): the stream ends early; what came before that is counted";
        page.prose(Ink::Plain, "  ", Ink::Faint, text)?;
    }
    if left_out.is_empty() {
        return Ok(());
    }
    let text = format!("no room for {}; --json holds all, with hashes", left_out.join(", "));
    page.prose(Ink::Plain, "  ", Ink::Faint, &text)
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
