//! A table on a screen: columns that fit, in a stated order of importance.

use super::fit::{cut_middle, pad, width};
use super::page::{Ink, Page};
use crate::escape;
use std::io;

/// Least columns a text column is cut to before a less important column is left out.
const READABLE: usize = 18;

/// One column.
#[derive(Debug, Clone, Copy)]
pub(in crate::report) struct Column {
    /// Heading.
    pub(in crate::report) head: &'static str,
    /// Numbers stand at the right.
    pub(in crate::report) right: bool,
    /// Whether its texts may be cut in the middle.
    pub(in crate::report) cut: bool,
    /// 0 is always shown; the highest number is left out first.
    pub(in crate::report) rank: u8,
}

impl Column {
    pub(in crate::report) const fn number(head: &'static str, rank: u8) -> Self {
        Self { head, right: true, cut: false, rank }
    }
    pub(in crate::report) const fn text(head: &'static str, rank: u8) -> Self {
        Self { head, right: false, cut: false, rank }
    }
    pub(in crate::report) const fn long_text(head: &'static str, rank: u8) -> Self {
        Self { head, right: false, cut: true, rank }
    }
}

/// Columns and rows; a total row, if there is one, is set off below.
#[derive(Debug)]
pub(in crate::report) struct Grid {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
    total: Option<Vec<String>>,
}

impl Grid {
    pub(in crate::report) fn new(columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new(), total: None }
    }

    /// One row, a text for each column.
    pub(in crate::report) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells.iter().map(|cell| escape::terminal(cell.as_bytes())).collect());
    }

    /// The row that sums the others up.
    pub(in crate::report) fn total(&mut self, cells: Vec<String>) {
        self.total = Some(cells.iter().map(|cell| escape::terminal(cell.as_bytes())).collect());
    }

    /// Leaves out columns that are empty in all rows.
    pub(in crate::report) fn drop_empty(&mut self) {
        let empty = |i: usize| self.rows.iter().all(|row| row.get(i).is_none_or(String::is_empty));
        let keep: Vec<bool> = (0..self.columns.len()).map(|i| !empty(i)).collect();
        self.keep(&keep);
    }

    fn keep(&mut self, keep: &[bool]) {
        fn only<T>(all: &mut Vec<T>, keep: &[bool]) {
            let mut keep = keep.iter();
            all.retain(|_| keep.next().copied().unwrap_or(true));
        }
        only(&mut self.columns, keep);
        for row in self.rows.iter_mut().chain(&mut self.total) {
            only(row, keep);
        }
    }

    /// Writes heading, rows and total, indented by two; gives back the headings it had to leave out.
    pub(in crate::report) fn write(mut self, page: &mut Page<'_>) -> io::Result<Vec<&'static str>> {
        let mut left_out = Vec::new();
        let widths = loop {
            match self.fitting(page.width) {
                Ok(widths) => break widths,
                Err(worst) => {
                    left_out.extend(self.columns.get(worst).map(|column| column.head));
                    let keep: Vec<bool> = (0..self.columns.len()).map(|i| i != worst).collect();
                    self.keep(&keep);
                }
            }
        };
        let heads: Vec<String> = self.columns.iter().map(|column| column.head.to_owned()).collect();
        self.write_row(page, Ink::Faint, &heads, &widths)?;
        for row in &self.rows {
            self.write_row(page, Ink::Plain, row, &widths)?;
        }
        if let Some(total) = &self.total {
            let rules: Vec<String> = widths.iter().map(|w| "─".repeat(*w)).collect();
            self.write_row(page, Ink::Faint, &rules, &widths)?;
            self.write_row(page, Ink::Strong, total, &widths)?;
        }
        left_out.reverse();
        Ok(left_out)
    }

    fn write_row(&self, page: &mut Page<'_>, ink: Ink, row: &[String], widths: &[usize]) -> io::Result<()> {
        let mut line = String::new();
        for ((cell, column), room) in row.iter().zip(&self.columns).zip(widths) {
            line.push_str("  ");
            line.push_str(&pad(&cut_middle(cell, *room), *room, column.right));
        }
        page.line(&[(ink, &line)])
    }

    /// The width of each column, or the index of the column to leave out.
    fn fitting(&self, room: usize) -> Result<Vec<usize>, usize> {
        let mut widths: Vec<usize> = self.columns.iter().map(|column| width(column.head)).collect();
        for row in self.rows.iter().chain(&self.total) {
            for (widest, cell) in widths.iter_mut().zip(row) {
                *widest = (*widest).max(width(cell));
            }
        }
        let over = |widths: &[usize]| (widths.iter().sum::<usize>() + 2 * widths.len()).saturating_sub(room);
        let least_important =
            self.columns.iter().enumerate().filter(|(_, c)| c.rank > 0).max_by_key(|(_, c)| c.rank);
        let floor = if least_important.is_some() { READABLE } else { 6 };
        while over(&widths) > 0 {
            let widest_cut = widths
                .iter_mut()
                .zip(&self.columns)
                .filter(|(w, column)| column.cut && **w > floor)
                .max_by_key(|(w, _)| **w);
            match (widest_cut, least_important) {
                (Some((w, _)), _) => *w -= 1,
                (None, Some((worst, _))) => return Err(worst),
                // Numbers are never cut; the last resort is a text column below what is readable.
                (None, None) => break,
            }
        }
        Ok(widths)
    }
}
