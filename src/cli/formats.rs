//! `accesstrail formats`.

use std::io::{BufWriter, Write};

use accesstrail_parsers::format::{Named, Origin, catalogue, named};
use accesstrail_parsers::record::{ByteSemantics, Meaning, TimeBasis};

use super::args::{Formats, FormatsCommand, FormatsTest};
use super::progress::Bar;
use super::{CliError, Status, plan};
use crate::report::formats::{self, FormatRow, FormatSheet};
use crate::report::json;
use crate::run::prepare::Machine;
use crate::run::unread;

pub(super) fn run(typed: &Formats) -> Result<Status, CliError> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let screen = plan::screen(&typed.machine, chrono_tz::UTC);
    match (&typed.test, &typed.name) {
        (Some(FormatsCommand::Test(test)), _) => return tested(test),
        (None, Some(name)) => {
            // A name nobody knows is refused with the nearest one.
            let format = named(name, None).map_err(|error| CliError::usage(error.to_string()))?;
            let entry = catalogue().iter().find(|entry| entry.name == format.name());
            let entry =
                entry.ok_or_else(|| CliError::usage(format!("`{name}` is a template, and has no name")))?;
            let sheet = sheet(entry);
            if typed.json {
                json::json(&mut out, &sheet.row).map_err(CliError::failed)?;
            } else {
                formats::sheet(&mut out, &sheet, &screen).map_err(CliError::failed)?;
            }
        }
        (None, None) => {
            let rows: Vec<FormatRow> = catalogue().iter().map(|entry| sheet(entry).row).collect();
            if typed.json {
                json::json(&mut out, &rows).map_err(CliError::failed)?;
            } else {
                formats::list(&mut out, &rows, &screen).map_err(CliError::failed)?;
            }
        }
    }
    out.flush().map_err(CliError::failed)?;
    Ok(Status::Answered)
}

fn tested(typed: &FormatsTest) -> Result<Status, CliError> {
    let case = plan::looked_at(&typed.paths, &typed.reading, chrono_tz::UTC)?;
    let machine: Machine = plan::machine(&typed.machine)?;
    let progress = Bar::new(typed.machine.quiet);
    let found = unread::unread(&case, &machine, typed.top, &progress);
    progress.done();
    let found = found?;
    let screen = plan::screen(&typed.machine, chrono_tz::UTC);
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut status = Status::Answered;
    for (place, test) in found.iter().enumerate() {
        if place > 0 {
            writeln!(out).map_err(CliError::failed)?;
        }
        formats::test(&mut out, test, &screen).map_err(CliError::failed)?;
        if test.faults > 0 {
            status = Status::Imperfect;
        }
    }
    out.flush().map_err(CliError::failed)?;
    Ok(status)
}

fn sheet(entry: &Named) -> FormatSheet {
    let found = entry.dissect();
    let template = Some(entry.template().to_owned()).filter(|text| !text.is_empty());
    let columns: Vec<(String, Vec<u8>)> = found
        .iter()
        .flat_map(|found| &found.columns)
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    let row = FormatRow {
        name: entry.name.to_owned(),
        family: entry.family.name.to_owned(),
        kind: entry.family.kind.to_owned(),
        detected: entry.sniffed,
        known_from: match entry.origin {
            Origin::Seen => "real logs",
            Origin::Documentation => "documentation",
        }
        .to_owned(),
        time: found.as_ref().map_or_else(String::new, |found| moment(&found.meaning, found.states_time)),
        bytes: found
            .as_ref()
            .filter(|found| found.has("bytes"))
            .map_or_else(String::new, |found| counted(&found.meaning)),
        tells: columns.iter().map(|(name, _)| name.clone()).collect(),
    };
    FormatSheet {
        row,
        template,
        directives: found.as_ref().map(|found| found.directives.clone()).unwrap_or_default(),
        line: found.map(|found| found.line).unwrap_or_default(),
        columns,
    }
}

fn moment(meaning: &Meaning, states_time: bool) -> String {
    let moment = match meaning.time_basis {
        _ if !states_time => "its prefix's",
        TimeBasis::Received => "received",
        TimeBasis::Completed => "completed",
        TimeBasis::Accepted => "accepted",
        TimeBasis::Unknown => "unknown",
    };
    moment.to_owned()
}

fn counted(meaning: &Meaning) -> String {
    let counted = match meaning.bytes {
        ByteSemantics::BodyWritten => "body sent",
        ByteSemantics::WireWritten => "wire sent",
        ByteSemantics::BodyPlanned => "planned",
        ByteSemantics::Unknown => "unknown",
    };
    counted.to_owned()
}
