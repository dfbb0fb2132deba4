//! The rows of `--by`.

use super::Screen;
use super::grid::{Column, Grid};
use super::page::{Ink, Page};
use crate::finding::answer::Group;
use crate::report::number::{counted, human_bytes, thousands};
use std::io;

/// Keys whose own order is worth more than the order by figure.
fn keeps_order(rows: &[Group]) -> bool {
    rows.first().is_some_and(|row| row.key.first().is_some_and(|key| key.by == "window"))
}

/// At most `top` rows, those with the most responses first, except by window, where time goes first.
pub(super) fn groups(page: &mut Page<'_>, rows: &[Group], screen: &Screen) -> io::Result<()> {
    let Some(first) = rows.first() else {
        page.gap()?;
        return page.line(&[(Ink::Faint, "no groups: nothing is in scope")]);
    };
    let keys: Vec<&str> = first.key.iter().map(|key| key.by.as_str()).collect();
    page.heading(&format!("by {}", keys.join(", ")), "")?;
    let mut columns: Vec<Column> =
        first.key.iter().map(|key| Column::long_text(heading(&key.by), 0)).collect();
    columns.extend([
        Column::number("requests", 2),
        Column::number("served", 0),
        Column::number("retrievals", 3),
        Column::number("addresses", 1),
        Column::number("bytes", 4),
    ]);
    let mut order: Vec<&Group> = rows.iter().collect();
    if !keeps_order(rows) {
        order.sort_by(|a, b| {
            b.served.cmp(&a.served).then(b.requests.cmp(&a.requests)).then_with(|| a.key.cmp(&b.key))
        });
    }
    let mut grid = Grid::new(&columns);
    for group in order.iter().take(screen.top) {
        let mut cells: Vec<String> = group.key.iter().map(|key| shown(&key.by, &key.value, screen)).collect();
        cells.extend([
            thousands(group.requests),
            thousands(group.served),
            thousands(group.retrievals),
            thousands(group.clients_ip),
            human_bytes(group.bytes_served),
        ]);
        grid.row(cells);
    }
    grid.write(page)?;
    if rows.len() > screen.top {
        let all = counted(u64::try_from(rows.len()).unwrap_or(u64::MAX), "group", "groups");
        let text = format!("{} of {all}; --json holds all", screen.top);
        page.prose(Ink::Plain, "  ", Ink::Faint, &text)?;
    }
    Ok(())
}

/// Times in the zone of the screen; an empty value says so, since a blank cell looks like a mistake.
fn shown(by: &str, value: &str, screen: &Screen) -> String {
    match (by, value) {
        (_, "") => "(none)".to_owned(),
        ("window", utc) => crate::report::moment::moment(utc, screen.zone),
        (_, value) => value.to_owned(),
    }
}

/// The keys of the command line; another one (there is none) would be headed `key`.
fn heading(by: &str) -> &'static str {
    const KEYS: [&str; 13] = [
        "client",
        "window",
        "resource",
        "object",
        "party",
        "principal",
        "agent",
        "status",
        "outcome",
        "country",
        "asn",
        "source",
        "subject",
    ];
    KEYS.into_iter().find(|key| *key == by).unwrap_or("key")
}
