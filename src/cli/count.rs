//! `accesstrail count`.

use std::io::{BufWriter, Write};

use super::args::Count;
use super::progress::Bar;
use super::{CliError, Status, files, plan, status};
use crate::chart;
use crate::count::filter::Filter;
use crate::count::profile::Profile;
use crate::count::tables::Wanted;
use crate::report::{csv, json, terminal};
use crate::run::groups::By;
use crate::run::investigate::{Investigation, Question, investigate};

pub(super) fn run(typed: &Count) -> Result<Status, CliError> {
    let case = plan::ad_hoc(typed)?;
    let question = Question {
        case: &case,
        profile: Profile::named(&typed.profile).map_err(|e| CliError::usage(format!("--profile: {e}")))?,
        filter: typed.filter.as_deref().map(Filter::parse).transpose().map_err(CliError::usage)?,
        by: typed.by.as_deref().map(By::parse).transpose().map_err(CliError::usage)?.unwrap_or_default(),
        wanted: Wanted { all: typed.csv.is_some(), top: if typed.json { 0 } else { typed.top } },
        machine: plan::machine(&typed.machine)?,
    };
    let format = typed.chart.as_deref().map(chart_format).transpose()?;
    for path in typed.chart.iter().chain(&typed.csv) {
        files::free(path, typed.force)?;
        files::spares(path, &plan::evidence(&case))?;
    }
    let progress = Bar::new(typed.machine.quiet);
    let found = investigate(&question, &progress);
    progress.done();
    let found = found?;
    write_files(typed, &found, format)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    if typed.json {
        json::json(&mut out, &found.answer).map_err(CliError::failed)?;
    } else {
        let screen = terminal::Screen { top: typed.top, ..plan::screen(&typed.machine, case.zone) };
        terminal::count(&mut out, &found.answer, &found.tables, &screen).map_err(CliError::failed)?;
    }
    out.flush().map_err(CliError::failed)?;
    Ok(status(&found.imperfect, typed.machine.quiet))
}

#[derive(Clone, Copy)]
enum ChartFormat {
    Svg,
    Png,
}

fn chart_format(path: &std::path::Path) -> Result<ChartFormat, CliError> {
    match path.extension().and_then(|e| e.to_str()) {
        Some("svg") => Ok(ChartFormat::Svg),
        Some("png") => Ok(ChartFormat::Png),
        _ => Err(CliError::usage(format!(
            "--chart: `{}` ends in neither .svg nor .png\nhint: the ending chooses the kind of picture",
            path.display()
        ))),
    }
}

fn write_files(
    typed: &Count,
    found: &Investigation<'_>,
    format: Option<ChartFormat>,
) -> Result<(), CliError> {
    if let Some(folder) = &typed.csv {
        files::folder(folder, typed.force, &csv::TABLE_FILES, |inside| {
            csv::write_tables(inside, &found.answer, &found.tables).map(drop).map_err(CliError::failed)
        })?;
    }
    if let (Some(path), Some(format), Some((_, timeline))) = (&typed.chart, format, found.timelines.first()) {
        let bytes = match format {
            ChartFormat::Svg => chart::timeline_svg(timeline).map(String::into_bytes),
            ChartFormat::Png => chart::timeline_png(timeline),
        };
        files::write(path, &bytes.map_err(CliError::failed)?)?;
    }
    Ok(())
}
