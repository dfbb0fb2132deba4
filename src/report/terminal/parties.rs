//! Known parties, and vantages: the first add up, the second never.

use super::grid::{Column, Grid};
use super::page::{Ink, Page};
use crate::finding::answer::Answer;
use crate::report::number::{human_bytes, thousands};
use std::io;

/// Printed when the case knows any party.
pub(super) fn parties(page: &mut Page<'_>, answer: &Answer) -> io::Result<()> {
    if !answer.parties.iter().any(|party| party.name != "unattributed") {
        return Ok(());
    }
    page.heading("known parties", "")?;
    let mut grid = Grid::new(&[
        Column::long_text("party", 0),
        Column::text("kind", 1),
        Column::number("served", 0),
        Column::number("addresses", 2),
        Column::number("objects", 4),
        Column::number("identifiers", 3),
        Column::number("bytes", 5),
    ]);
    for party in &answer.parties {
        grid.row(vec![
            party.name.clone(),
            party.kind.clone().unwrap_or_default(),
            thousands(party.served),
            thousands(party.clients_ip),
            thousands(party.objects),
            party.subjects.map(thousands).unwrap_or_default(),
            human_bytes(party.bytes_served),
        ]);
    }
    grid.total(vec![
        "all".to_owned(),
        String::new(),
        thousands(answer.counts.served),
        thousands(answer.clients.ip),
        String::new(),
        String::new(),
        human_bytes(answer.bytes_served.total),
    ]);
    grid.drop_empty();
    grid.write(page)?;
    page.prose(Ink::Plain, "  ", Ink::Faint, "addresses don't add up: one may belong to several")
}

/// Printed when there is more than one.
pub(super) fn vantages(page: &mut Page<'_>, answer: &Answer) -> io::Result<()> {
    if answer.vantages.len() < 2 {
        return Ok(());
    }
    page.heading("vantages", "the same requests, seen from several places; never added")?;
    let mut grid = Grid::new(&[
        Column::long_text("vantage", 0),
        Column::number("requests", 0),
        Column::number("served", 0),
        Column::text("", 1),
    ]);
    for vantage in &answer.vantages {
        let primary = if vantage.name == answer.primary_vantage { "primary: all figures above" } else { "" };
        grid.row(vec![
            vantage.name.clone(),
            thousands(vantage.requests),
            thousands(vantage.served),
            primary.to_owned(),
        ]);
    }
    grid.write(page)?;
    Ok(())
}
