//! Tables that repeat a block of the answer: windows, resources, parties, the ledger. Columns carry the names of the
//! JSON fields.

use super::sheet::Sheet;
use crate::finding::answer::{Ledger, Party, Resource, Source, Window};
use crate::finding::table::RecordsOf;
use crate::report::ReportError;
use std::path::{Path, PathBuf};

const WINDOWS: &[&str] = &[
    "start_utc",
    "end_utc",
    "covered",
    "covered_seconds",
    "requests",
    "served",
    "clients_ip",
    "bytes_served",
];

pub(super) fn windows(dir: &Path, rows: &[Window]) -> Result<PathBuf, ReportError> {
    let mut sheet = Sheet::create(dir, "windows.csv", WINDOWS)?;
    for row in rows {
        sheet.text(&row.start_utc).text(&row.end_utc).truth(row.covered).number(row.covered_seconds);
        sheet.number(row.requests).number(row.served).number(row.clients_ip).number(row.bytes_served);
        sheet.end_row()?;
    }
    sheet.finish()
}

const RESOURCES: &[&str] = &[
    "name",
    "requests",
    "served",
    "retrievals",
    "complete_retrievals",
    "clients_ip",
    "objects",
    "subjects",
    "subject_unknown",
    "also_matches",
    "bytes_served",
    "first_served_utc",
    "last_served_utc",
];

pub(super) fn resources(dir: &Path, rows: &[Resource]) -> Result<PathBuf, ReportError> {
    let mut sheet = Sheet::create(dir, "resources.csv", RESOURCES)?;
    for row in rows {
        sheet.text(&row.name).number(row.requests).number(row.served).number(row.retrievals);
        sheet.maybe(row.complete_retrievals).number(row.clients_ip).number(row.objects);
        sheet.maybe(row.subjects).number(row.subject_unknown).number(row.also_matches);
        sheet.number(row.bytes_served);
        sheet.text(row.first_served_utc.as_deref().unwrap_or_default());
        sheet.text(row.last_served_utc.as_deref().unwrap_or_default()).end_row()?;
    }
    sheet.finish()
}

const PARTIES: &[&str] = &["name", "kind", "served", "clients_ip", "objects", "subjects", "bytes_served"];

pub(super) fn parties(dir: &Path, rows: &[Party]) -> Result<PathBuf, ReportError> {
    let mut sheet = Sheet::create(dir, "parties.csv", PARTIES)?;
    for row in rows {
        sheet.text(&row.name).text(row.kind.as_deref().unwrap_or_default());
        sheet.number(row.served).number(row.clients_ip).number(row.objects).maybe(row.subjects);
        sheet.number(row.bytes_served).end_row()?;
    }
    sheet.finish()
}

const LEDGER: &[&str] = &[
    "row",
    "source",
    "path",
    "member",
    "state",
    "vantage",
    "format",
    "sha256",
    "files",
    "unreadable_files",
    "duplicate_files",
    "bytes",
    "lines",
    "records",
    "directives",
    "blank",
    "faults",
    "duplicate_records",
    "out_of_window",
    "not_sensitive",
    "in_scope",
];

/// A row `file` for each file or member, and a row `total`. What became of the records (the last four columns) is
/// known to this room in total only.
pub(super) fn ledger(
    dir: &Path,
    total: &Ledger,
    sources: &[Source],
    records: &[RecordsOf],
) -> Result<PathBuf, ReportError> {
    let mut sheet = Sheet::create(dir, "ledger.csv", LEDGER)?;
    for (place, row) in sources.iter().enumerate() {
        let went = records.get(place);
        sheet.text("file").text(&row.source).text(&row.path).text(row.member.as_deref().unwrap_or_default());
        sheet.text(&row.state).text(&row.vantage).text(&row.format);
        sheet.text(row.sha256.as_deref().unwrap_or_default()).number(1);
        sheet.number(u64::from(row.state == "unreadable")).number(u64::from(row.state == "duplicate"));
        sheet.number(row.bytes).number(row.lines).number(row.records).number(row.directives);
        sheet.number(row.blank).number(row.faults);
        sheet.maybe(went.map(|w| w.duplicate_records)).maybe(went.map(|w| w.out_of_window));
        sheet.maybe(went.map(|w| w.not_sensitive)).maybe(went.map(|w| w.in_scope)).end_row()?;
    }
    for cell in ["total", "", "", "", "", "", "", ""] {
        sheet.text(cell);
    }
    sheet.number(total.files).number(total.unreadable_files).number(total.duplicate_files);
    sheet.number(total.bytes).number(total.lines).number(total.records).number(total.directives);
    sheet.number(total.blank).number(total.faults).number(total.duplicate_records);
    sheet.number(total.out_of_window).number(total.not_sensitive).number(total.in_scope).end_row()?;
    sheet.finish()
}
