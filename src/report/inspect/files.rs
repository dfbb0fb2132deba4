//! Files on the screen of `inspect`: a block of lines for each, or rows of a table.

use super::shapes::InspectRow;
use super::sum;
use crate::escape;
use crate::report::moment::{moment_bare, span};
use crate::report::number::{bytes_both, counted, human_bytes, thousands};
use crate::report::terminal::{Column, Grid, Ink, Page, Screen, cut_middle};
use std::io;

/// A file, or the member of one.
pub(super) fn name(row: &InspectRow) -> String {
    row.member.as_ref().map_or_else(|| row.path.clone(), |member| format!("{} › {member}", row.path))
}

/// The format, or why there is none.
fn kind(row: &InspectRow) -> String {
    let format = short_format(&row.format);
    if row.state == "read" {
        format
    } else if row.records == 0 {
        row.state.clone()
    } else {
        format!("{format} (cut)")
    }
}

/// The format with the most records, and how many others there are.
pub(super) fn short_format(format: &str) -> String {
    let format = match format.split_once('+') {
        Some((most, others)) => format!("{most} +{}", others.split('+').count()),
        None => format.to_owned(),
    };
    cut_middle(&format, FORMAT_COLUMNS)
}

/// Widest name of a format in the table.
const FORMAT_COLUMNS: usize = 22;

/// `06-27 11:41 – 06-28 12:02` where one year stands in the line above the table, else dates with their year.
pub(super) fn short_span(
    first_utc: Option<&str>,
    last_utc: Option<&str>,
    screen: &Screen,
    one_year: bool,
) -> String {
    let kept = if one_year { 5..16 } else { 0..10 };
    let short = |utc: Option<&str>| -> Option<String> {
        let text = moment_bare(utc?, screen.zone);
        Some(text.get(kept.clone()).map_or_else(|| text.clone(), str::to_owned))
    };
    match (short(first_utc), short(last_utc)) {
        (Some(first), Some(last)) => format!("{first} – {last}"),
        _ => String::new(),
    }
}

/// Whether the year need not be said with each time.
pub(super) fn within_one_year(rows: &[InspectRow], screen: &Screen) -> bool {
    let mut years = rows
        .iter()
        .flat_map(|row| [&row.first_utc, &row.last_utc])
        .filter_map(|utc| moment_bare(utc.as_deref()?, screen.zone).get(..4).map(str::to_owned));
    let first = years.next();
    years.all(|year| Some(&year) == first.as_ref())
}

/// Everything about one file.
pub(super) fn block(page: &mut Page<'_>, row: &InspectRow, screen: &Screen) -> io::Result<()> {
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
pub(super) fn common_folder<'a>(mut paths: impl Iterator<Item = &'a str>) -> &'a str {
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

/// A table of files; gives back the headings there was no room for. A single file needs no name where the heading has it.
pub(super) fn table(
    page: &mut Page<'_>,
    rows: &[&InspectRow],
    screen: &Screen,
    one_year: bool,
    named: bool,
    most: usize,
) -> io::Result<Vec<&'static str>> {
    let folder = common_folder(rows.iter().map(|row| row.path.as_str()));
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
    for row in rows.iter().take(most) {
        let name = name(row);
        grid.row(vec![
            if named { name.strip_prefix(folder).unwrap_or(&name).to_owned() } else { String::new() },
            kind(row),
            thousands(row.records),
            thousands(row.faults),
            short_span(row.first_utc.as_deref(), row.last_utc.as_deref(), screen, one_year),
            row.clients.map(thousands).unwrap_or_default(),
            if row.gaps == 0 { String::new() } else { thousands(row.gaps) },
            thousands(row.lines),
            human_bytes(row.bytes),
            row.zone.clone(),
        ]);
    }
    if rows.len() > 1 {
        let total = |pick: fn(&InspectRow) -> u64| thousands(rows.iter().map(|row| pick(row)).sum());
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
    }
    grid.drop_empty();
    let left_out = grid.write(page)?;
    if rows.len() > most {
        let text = format!("{most} of {} files; --json holds all", rows.len());
        page.prose(Ink::Plain, "  ", Ink::Faint, &text)?;
    }
    Ok(left_out)
}
