//! A row and a bar for each window. A window without a log is drawn unlike one in which nothing was served.

mod rows;

use super::Screen;
use super::fit::{pad, width};
use super::page::{Ink, Page};
use crate::finding::answer::Window;
use crate::report::number::{duration, thousands};
use rows::{Row, Served, rows};
use std::io;

/// Longer bars tell nothing more.
const LONGEST_BAR: usize = 60;

pub(super) fn timeline(page: &mut Page<'_>, windows: &[Window], screen: &Screen) -> io::Result<()> {
    let Some(rows) = rows(windows, screen.zone) else { return Ok(()) };
    let step = if rows.step_seconds == 0 { "under 1 s".to_owned() } else { duration(rows.step_seconds) };
    let title = format!("served in windows of {step}");
    page.heading(&title, &format!("times of {}", screen.zone.name()))?;
    if rows.by_day {
        let text = format!("{} windows, shown by day; --csv DIR writes each", thousands(rows.windows));
        page.prose(Ink::Plain, "  ", Ink::Faint, &text)?;
    }
    let figures =
        |pick: fn(&Served) -> String| rows.served().map(|served| width(&pick(served))).max().unwrap_or(0);
    let columns = Columns {
        label: rows.rows.iter().map(|row| row.label().map_or(0, width)).max().unwrap_or(0),
        served: figures(|served| thousands(served.served)).max("served".len()),
        clients: if rows.by_day {
            0
        } else {
            figures(|served| thousands(served.clients)).max("addresses".len())
        },
        logged: if rows.step_seconds > 0 && rows.served().any(|served| served.logged_percent < 100) {
            "logged".len()
        } else {
            0
        },
    };
    columns.heading(page)?;
    let most = rows.served().map(|served| served.served).max().unwrap_or(0);
    for row in &rows.rows {
        columns.row(page, row, most)?;
    }
    if columns.logged > 0 {
        let text = "logged: how much of the window the logs cover, where not all of it";
        page.prose(Ink::Plain, "  ", Ink::Faint, text)?;
    }
    Ok(())
}

/// Widths; a column of width 0 is not there.
struct Columns {
    label: usize,
    served: usize,
    clients: usize,
    logged: usize,
}

impl Columns {
    fn cells(&self, label: &str, served: &str, clients: &str, logged: &str) -> String {
        let mut line = format!("  {}  {}", pad(label, self.label, false), pad(served, self.served, true));
        for (cell, room) in [(clients, self.clients), (logged, self.logged)] {
            if room > 0 {
                line.push_str("  ");
                line.push_str(&pad(cell, room, true));
            }
        }
        line.push_str("  ");
        line
    }

    fn heading(&self, page: &mut Page<'_>) -> io::Result<()> {
        page.line(&[(Ink::Faint, &self.cells("", "served", "addresses", "logged"))])
    }

    fn row(&self, page: &mut Page<'_>, row: &Row, most: u64) -> io::Result<()> {
        match row {
            Row::Date(date) => page.line(&[(Ink::Strong, date)]),
            Row::Served(s) => {
                let logged =
                    if s.logged_percent < 100 { format!("{} %", s.logged_percent) } else { String::new() };
                let clients = thousands(s.clients);
                let cells = self.cells(&s.label, &thousands(s.served), &clients, &logged);
                let room = page.width.saturating_sub(width(&cells)).min(LONGEST_BAR);
                page.line(&[(Ink::Plain, &cells), (Ink::Bar, &bar(s.served, most, room))])
            }
            Row::Nothing { label, text } => {
                let head = format!("  {}  ", pad(label, self.label, false));
                page.prose(Ink::Plain, &head, Ink::Faint, text)
            }
            Row::NoLog { label, text } => {
                let head = format!("  {}  ", pad(label, self.label, false));
                page.prose(Ink::Plain, &head, Ink::Alert, text)
            }
        }
    }
}

/// A bar in eighths of a column; anything above zero shows.
fn bar(n: u64, most: u64, room: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if n == 0 || most == 0 {
        return String::new();
    }
    let full = u128::from(n) * 8 * u128::try_from(room).unwrap_or(0) / u128::from(most);
    let eighths = usize::try_from(full).unwrap_or(0).max(1);
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS.get(eighths % 8).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn a_bar_shows_the_least_and_fills_the_room_with_the_most() {
        assert_eq!(bar(0, 10, 10), "");
        assert_eq!(bar(1, 1_000_000, 10), "▏");
        assert_eq!(bar(10, 10, 3), "███");
        assert_eq!(bar(5, 16, 2), "▋");
        assert_eq!(bar(9, 16, 2), "█▏");
    }
}
