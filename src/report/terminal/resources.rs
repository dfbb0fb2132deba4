//! Resources: a table where there are several, a line where there is one.

use super::grid::{Column, Grid};
use super::page::{Ink, Page};
use crate::finding::answer::{Answer, Resource};
use crate::report::number::{counted, human_bytes, thousands};
use std::io;

pub(super) fn resources(page: &mut Page<'_>, answer: &Answer) -> io::Result<()> {
    match answer.resources.as_slice() {
        [] => Ok(()),
        [one] => page.facts("resource", &facts(one)),
        several => table(page, answer, several),
    }
}

fn facts(resource: &Resource) -> Vec<String> {
    let name = if resource.name == "*" { "every request (none was named)" } else { &resource.name };
    let mut facts = vec![name.to_owned(), counted(resource.objects, "object", "objects")];
    if let Some(subjects) = resource.subjects {
        facts.push(counted(subjects, "identifier", "identifiers"));
        if resource.subject_unknown > 0 {
            facts.push(counted(resource.subject_unknown, "response without one", "responses without one"));
        }
    }
    facts
}

fn table(page: &mut Page<'_>, answer: &Answer, resources: &[Resource]) -> io::Result<()> {
    page.heading("resources", "")?;
    let mut grid = Grid::new(&[
        Column::long_text("resource", 0),
        Column::number("requests", 3),
        Column::number("served", 0),
        Column::number("retrievals", 2),
        Column::number("complete", 7),
        Column::number("addresses", 1),
        Column::number("objects", 5),
        Column::number("identifiers", 4),
        Column::number("bytes", 6),
    ]);
    for r in resources {
        grid.row(vec![
            r.name.clone(),
            thousands(r.requests),
            thousands(r.served),
            thousands(r.retrievals),
            r.complete_retrievals.map(thousands).unwrap_or_default(),
            thousands(r.clients_ip),
            thousands(r.objects),
            r.subjects.map(thousands).unwrap_or_default(),
            human_bytes(r.bytes_served),
        ]);
    }
    grid.total(vec![
        "all".to_owned(),
        thousands(answer.counts.requests),
        thousands(answer.counts.served),
        thousands(answer.counts.retrievals),
        answer.counts.complete_retrievals.map(thousands).unwrap_or_default(),
        thousands(answer.clients.ip),
        String::new(),
        String::new(),
        human_bytes(answer.bytes_served.total),
    ]);
    grid.drop_empty();
    grid.write(page)?;
    page.prose(Ink::Plain, "  ", Ink::Faint, "addresses don't add up: one may have fetched several")
}
