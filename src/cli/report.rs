//! `accesstrail report`.

use std::io::Write;
use std::path::Path;

use super::args::Report;
use super::progress::Bar;
use super::{CliError, Status, files, plan, status};
use crate::case::{self, Case};
use crate::chart;
use crate::clock::text;
use crate::count::profile::{self, Profile};
use crate::count::tables::Wanted;
use crate::intake::find::neighbour;
use crate::report::html::{CaseEvent, ReportInput, TOP_CLIENTS, html};
use crate::report::number::thousands;
use crate::report::{csv, json};
use crate::run::investigate::{Investigation, Question, investigate};

pub(super) fn run(typed: &Report) -> Result<Status, CliError> {
    files::free(&typed.output, typed.force)?;
    let case = case::load(&typed.case).map_err(|e| unread(&typed.case, &e))?;
    let mut read = plan::evidence(&case);
    read.push(typed.case.clone());
    files::spares(&typed.output, &read)?;
    let question = Question {
        case: &case,
        // The case file knows more profiles than this version counts, and its findings say which.
        profile: Profile::named(&case.counting.profile).unwrap_or(profile::SERVED),
        filter: None,
        by: Vec::new(),
        wanted: Wanted { all: true, top: TOP_CLIENTS },
        machine: plan::machine(&typed.machine)?,
    };
    let progress = Bar::new(typed.machine.quiet);
    let found = investigate(&question, &progress);
    progress.done();
    let found = found?;
    let names = ["report.html", "summary.json", "charts", "tables"];
    files::folder(&typed.output, typed.force, &names, |inside| fill(inside, &case, &found))?;
    say(typed, &found)?;
    Ok(status(&found.imperfect, typed.machine.quiet))
}

/// A case file that is not there names its nearest neighbour.
fn unread(path: &Path, error: &case::CaseError) -> CliError {
    let near = if path.exists() { None } else { neighbour(path) };
    CliError::usage(match (near, error.hint()) {
        (Some(near), None) => format!("{error}\nhint: {near}"),
        _ => error.to_string(),
    })
}

/// Writes the report's files.
fn fill(inside: &Path, case: &Case, found: &Investigation<'_>) -> Result<(), CliError> {
    let folder = |name: &str| {
        let path = inside.join(name);
        std::fs::create_dir(&path).map(|()| path).map_err(CliError::failed)
    };
    let tables = folder("tables")?;
    csv::write_tables(&tables, &found.answer, &found.tables).map_err(CliError::failed)?;
    let charts = folder("charts")?;
    let mut drawn = Vec::new();
    for (name, timeline) in &found.timelines {
        let svg = chart::timeline_svg(timeline).map_err(CliError::failed)?;
        files::write(&charts.join(format!("{name}.svg")), svg.as_bytes())?;
        let png = chart::timeline_png(timeline).map_err(CliError::failed)?;
        files::write(&charts.join(format!("{name}.png")), &png)?;
        drawn.push(svg);
    }
    let mut summary = Vec::new();
    json::json(&mut summary, &found.answer).map_err(CliError::failed)?;
    files::write(&inside.join("summary.json"), &summary)?;
    let page =
        html(&input(case, found, drawn.iter().map(String::as_str).collect())).map_err(CliError::failed)?;
    files::write(&inside.join("report.html"), page.as_bytes())
}

fn input<'a>(case: &Case, found: &'a Investigation<'a>, charts: Vec<&'a str>) -> ReportInput<'a> {
    let local = |us: i64| text::local(us, case.zone);
    ReportInput {
        answer: &found.answer,
        tables: &found.tables,
        case_id: case.id.clone(),
        case_title: case.title.clone(),
        zone: case.zone,
        from: local(found.window.start_us),
        until: local(found.window.end_us),
        charts,
        evidence_sha256: &found.evidence_sha256,
        events: case
            .events
            .iter()
            .map(|e| CaseEvent {
                at: local(e.at_us),
                until: e.until_us.map(local),
                label: e.label.clone(),
                kind: e.kind.word().to_owned(),
            })
            .collect(),
        // The case file lies where the reader put it; its own name is all that is the same everywhere.
        command: format!("accesstrail report {} -o REPORT", shell_name(&case.shown_path)),
        notes: notes(case),
    }
}

/// What the reader must know of the case besides its figures.
fn notes(case: &Case) -> Vec<String> {
    let supersedes = case.supersedes.as_ref().map(|id| format!("This report supersedes {id}."));
    let examiner = case.examiner_ref.as_ref().map(|name| format!("Examiner's reference: {name}."));
    supersedes.into_iter().chain(examiner).chain(case.pending.iter().map(|p| p.text.clone())).collect()
}

fn shell_name(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if plain { name.to_owned() } else { format!("'{}'", name.replace('\'', "'\\''")) }
}

/// What was found and made, on stdout.
fn say(typed: &Report, found: &Investigation<'_>) -> Result<(), CliError> {
    if typed.machine.quiet {
        return Ok(());
    }
    let text =
        said(found, |name| crate::escape::terminal(typed.output.join(name).display().to_string().as_bytes()));
    std::io::stdout().lock().write_all(text.as_bytes()).map_err(CliError::failed)
}

/// The headline of everything, then of each resource where there are several, then where the files are.
fn said(found: &Investigation<'_>, shown: impl Fn(&str) -> String) -> String {
    let pair = |served: u64, retrievals: u64, clients: u64| {
        format!(
            "{} responses that carried data (served), in {} retrievals, by {} distinct addresses\n",
            thousands(served),
            thousands(retrievals),
            thousands(clients)
        )
    };
    let answer = &found.answer;
    let mut text = pair(answer.counts.served, answer.counts.retrievals, answer.clients.ip);
    if answer.resources.len() > 1 {
        for resource in &answer.resources {
            let name = crate::escape::terminal(resource.name.as_bytes());
            text += &format!("  {name}: {}", pair(resource.served, resource.retrievals, resource.clients_ip));
        }
    }
    text += &format!("report: {}\n", shown("report.html"));
    for (name, _) in &found.timelines {
        text += &format!("chart:  {}\n", shown(&format!("charts/{name}.png")));
    }
    text + &format!("tables: {}\n", shown("tables"))
}
