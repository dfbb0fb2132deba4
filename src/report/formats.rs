//! Formats on the screen: the list of them, one taken apart, and what of a file is not read.

use super::terminal::{Column, Grid, Ink, Page, Screen};
use crate::escape;
use crate::report::number::thousands;
use serde::Serialize;
use std::io::{self, Write};

/// A format in the list.
#[derive(Debug, Clone, Serialize)]
pub struct FormatRow {
    /// What `--format` is given.
    pub name: String,
    /// Formats that may share a file.
    pub family: String,
    /// Files of different kinds are never added (METHOD M6.9).
    pub kind: String,
    /// Whether it is looked for in a file, or only used where it is named.
    pub detected: bool,
    /// `real logs` or `documentation`: where its layout is known from.
    pub known_from: String,
    /// Which moment the time is.
    pub time: String,
    /// What the byte column counts.
    pub bytes: String,
    /// Columns of its sample line.
    pub tells: Vec<String>,
}

/// A format, taken apart.
#[derive(Debug, Clone)]
pub struct FormatSheet {
    /// Its row in the list.
    pub row: FormatRow,
    /// Template text, if it is one.
    pub template: Option<String>,
    /// Directives before the sample line.
    pub directives: Vec<String>,
    /// The sample line.
    pub line: String,
    /// Its columns.
    pub columns: Vec<(String, Vec<u8>)>,
}

/// What is not read of a file.
#[derive(Debug, Clone, Default)]
pub struct FormatTest {
    /// The file as shown.
    pub path: String,
    /// How the file is read: formats and how many records each reads.
    pub formats: Vec<(String, u64)>,
    /// Formats by how many of the sampled lines they read, best first: name, lines, of how many.
    pub scores: Vec<(String, u32, u32)>,
    /// Lines that are requests, and those that are messages or headers.
    pub records: u64,
    /// Headers and messages.
    pub directives: u64,
    /// Lines that are not read.
    pub faults: u64,
    /// The first of them: 1-based line, column, what was wanted there, what stands there.
    pub first: Vec<(u64, String, String, Vec<u8>)>,
    /// Where no format reads it: what the commonest one says of its first line.
    pub unread: Option<(u64, String, String, Vec<u8>)>,
}

/// The columns that the list has marks for: heading, and the names in [`FormatRow::tells`].
const MARKS: [(&str, &[&str]); 6] = [
    ("size", &["size"]),
    ("range", &["range asked for", "content range", "range answered"]),
    ("login", &["login"]),
    ("agent", &["agent"]),
    ("host", &["host"]),
    ("id", &["request id"]),
];

/// Writes the list.
///
/// # Errors
/// What the writer says.
pub fn list(out: &mut impl Write, rows: &[FormatRow], screen: &Screen) -> io::Result<()> {
    let mut page = Page::new(out, screen.width, screen.colour);
    page.heading("formats", &format!("{} of them, by family", thousands(rows.len() as u64)))?;
    let mut columns = vec![Column::text("format", 0), Column::text("time", 1), Column::text("bytes", 2)];
    columns.extend(MARKS.iter().map(|(head, _)| Column::text(head, 3)));
    columns.push(Column::text("known from", 4));
    let mut grid = Grid::new(&columns);
    let mut family = "";
    for row in rows {
        if row.family != family {
            family = &row.family;
            grid.row(vec![family.to_owned()]);
        }
        let mut cells = vec![format!("  {}", row.name), row.time.clone(), row.bytes.clone()];
        let has = |names: &[&str]| row.tells.iter().any(|known| names.contains(&known.as_str()));
        cells
            .extend(MARKS.iter().map(|(_, names)| if has(names) { "yes".to_owned() } else { String::new() }));
        cells.push(if row.detected { row.known_from.clone() } else { "by name only".to_owned() });
        grid.row(cells);
    }
    grid.write(&mut page)?;
    page.gap()?;
    page.prose(Ink::Plain, "", Ink::Faint, "time: the moment of a request that is logged. bytes: of the body as sent, of all that was sent (wire), or of what was planned to be sent; nothing where none are logged. yes: the format's sample line has this column; `accesstrail formats NAME` shows that line.")
}

/// Writes one format.
///
/// # Errors
/// What the writer says.
pub fn sheet(out: &mut impl Write, sheet: &FormatSheet, screen: &Screen) -> io::Result<()> {
    let mut page = Page::new(out, screen.width, screen.colour);
    let row = &sheet.row;
    page.heading(&row.name, &format!("family {}, kind {}", row.family, row.kind))?;
    let found = if row.detected { "found by itself" } else { "used where it is named" };
    page.facts("known from", &[row.known_from.clone(), found.to_owned()])?;
    page.facts("time", std::slice::from_ref(&row.time))?;
    page.facts("bytes", std::slice::from_ref(&row.bytes))?;
    if let Some(template) = &sheet.template {
        page.facts("template", std::slice::from_ref(template))?;
    }
    page.heading("a line of it", "synthetic")?;
    for line in sheet.directives.iter().chain([&sheet.line]) {
        page.line(&[(Ink::Plain, &format!("  {}", escape::terminal(line.as_bytes())))])?;
    }
    page.gap()?;
    let mut grid = Grid::new(&[Column::text("column", 0), Column::long_text("what stands there", 0)]);
    for (name, value) in &sheet.columns {
        grid.row(vec![name.clone(), escape::terminal(value)]);
    }
    grid.write(&mut page).map(drop)
}

/// Writes what is not read of a file.
///
/// # Errors
/// What the writer says.
pub fn test(out: &mut impl Write, test: &FormatTest, screen: &Screen) -> io::Result<()> {
    let mut page = Page::new(out, screen.width, screen.colour);
    page.heading(&test.path, "")?;
    let read: Vec<String> =
        test.formats.iter().map(|(name, lines)| format!("{name} {}", thousands(*lines))).collect();
    page.facts(
        "read as",
        &if read.is_empty() { vec!["nothing: no format reads it".to_owned()] } else { read },
    )?;
    let scores: Vec<String> =
        test.scores.iter().take(3).map(|(name, lines, of)| format!("{name} {lines}/{of}")).collect();
    if !scores.is_empty() {
        page.facts("best scores", &scores)?;
    }
    let counts = [(test.records, "records"), (test.directives, "directives"), (test.faults, "faults")];
    page.facts("lines", &counts.map(|(n, what)| format!("{} {what}", thousands(n))))?;
    let rows = test.first.iter().chain(&test.unread);
    let mut grid = Grid::new(&[
        Column::number("line", 0),
        Column::long_text("column", 0),
        Column::long_text("what is wanted there", 0),
        Column::long_text("what stands there", 0),
    ]);
    let mut shown = 0;
    for (line, field, wanted, found) in rows {
        grid.row(vec![thousands(*line), field.clone(), wanted.clone(), escape::terminal(found)]);
        shown += 1;
    }
    if shown > 0 {
        page.gap()?;
        grid.write(&mut page)?;
    }
    let more = test.faults.saturating_sub(shown);
    if more > 0 {
        page.line(&[(Ink::Faint, &format!("  and {} more lines", thousands(more)))])?;
    }
    Ok(())
}
