//! Tables whose rows come from the evidence: clients, windows of clients, events, faults.

use super::sheet::Sheet;
use crate::finding::table::{ClientRow, ClientWindow, Event, FaultRow, Rows};
use crate::report::ReportError;
use std::path::{Path, PathBuf};

const CLIENT_WINDOWS: &[&str] = &[
    "resource",
    "client",
    "window_start_utc",
    "window_end_utc",
    "requests",
    "served",
    "retrievals",
    "bytes_served",
    "party",
];

pub(super) fn client_windows(dir: &Path, rows: &dyn Rows<ClientWindow>) -> Result<PathBuf, ReportError> {
    let mut sheet = Sheet::create(dir, "client_windows.csv", CLIENT_WINDOWS)?;
    sheet.rows(rows, |sheet, row| {
        sheet.text(&row.resource).text(&row.client).text(&row.window_start_utc).text(&row.window_end_utc);
        sheet.number(row.requests).number(row.served).number(row.retrievals).number(row.bytes_served);
        sheet.text(&row.party).end_row()
    })?;
    sheet.finish()
}

const CLIENTS: &[&str] = &[
    "client",
    "kind",
    "party",
    "requests",
    "served",
    "retrievals",
    "objects",
    "bytes_served",
    "first_served_utc",
    "last_served_utc",
];

pub(super) fn clients(dir: &Path, rows: &dyn Rows<ClientRow>) -> Result<PathBuf, ReportError> {
    let mut sheet = Sheet::create(dir, "clients.csv", CLIENTS)?;
    sheet.rows(rows, |sheet, row| {
        sheet.text(&row.client).text(&row.kind).text(&row.party);
        sheet.number(row.requests).number(row.served).number(row.retrievals);
        sheet.number(row.objects).number(row.bytes_served);
        sheet.text(&row.first_served_utc).text(&row.last_served_utc).end_row()
    })?;
    sheet.finish()
}

const EVENTS: &[&str] = &[
    "time_utc",
    "client",
    "peer",
    "principal",
    "agent",
    "method",
    "host",
    "target",
    "status",
    "bytes",
    "resource",
    "outcome",
    "reason",
    "party",
    "retrieval",
    "vantage",
    "source",
    "member",
    "line",
    "offset",
    "changed_columns",
];

pub(super) fn events(dir: &Path, rows: &dyn Rows<Event>) -> Result<PathBuf, ReportError> {
    let mut sheet = Sheet::create(dir, "events.csv", EVENTS)?;
    sheet.rows(rows, |sheet, row| {
        sheet.text(&row.time_utc).text(&row.client).text(&row.peer).text(&row.principal).text(&row.agent);
        sheet.text(&row.method).text(&row.host).text(&row.target).text(&row.status).text(&row.bytes);
        sheet.text(&row.resource).text(&row.outcome).text(&row.reason).text(&row.party).text(&row.retrieval);
        sheet.text(&row.vantage).text(&row.source).text(&row.member).number(row.line).number(row.offset);
        sheet.changed().end_row()
    })?;
    sheet.finish()
}

const FAULTS: &[&str] =
    &["source", "member", "line", "offset", "fault", "field", "expected", "found", "changed_columns"];

pub(super) fn faults(dir: &Path, rows: &[FaultRow]) -> Result<PathBuf, ReportError> {
    let mut sheet = Sheet::create(dir, "faults.csv", FAULTS)?;
    for row in rows {
        sheet.text(&row.source).text(&row.member).number(row.line).number(row.offset);
        sheet.text(&row.fault).text(&row.field).text(&row.expected).text(&row.found);
        sheet.changed().end_row()?;
    }
    sheet.finish()
}
