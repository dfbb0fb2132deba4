//! The report as one self-contained HTML file: no scripts, nothing remote, every figure with an id.
//!
//! The template and the style sheet are beside this file and compiled in. Every value the template prints passes
//! [`crate::escape::html()`] in the template engine's formatter, so no filter can be forgotten; only the chart and the
//! `<data>` elements made in `figures` are written as they are. Secrets in URLs are cut out first
//! ([`crate::report::redact`]), since this file is handed round.

mod chart;
mod facts;
mod figures;
mod policy;

#[cfg(test)]
mod tests;

use super::ReportError;
use crate::escape;
use crate::finding::answer::Answer;
use crate::finding::table::Tables;
use chrono_tz::Tz;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

/// Clients shown; `clients.csv` holds all.
pub const TOP_CLIENTS: usize = 20;
/// Faults shown; `faults.csv` holds all.
const FIRST_FAULTS: usize = 20;
/// With more windows than this, those in which nothing was asked for are left to `windows.csv`.
const MOST_WINDOWS: usize = 240;

/// What a report is made of.
#[derive(Clone)]
pub struct ReportInput<'a> {
    /// All figures.
    pub answer: &'a Answer,
    /// Rows of clients and faults.
    pub tables: &'a Tables<'a>,
    /// `[case] id`.
    pub case_id: String,
    /// `[case] title`.
    pub case_title: String,
    /// Zone of all times shown.
    pub zone: Tz,
    /// Begin of the window: RFC 3339, shown in the zone, or any other text, shown as it is.
    pub from: String,
    /// End of the window, in the same way.
    pub until: String,
    /// The timelines, as the chart room draws them: of everything first, then of each resource.
    pub charts: Vec<&'a str>,
    /// Hash over the evidence, in hex.
    pub evidence_sha256: &'a str,
    /// Events of the case.
    pub events: Vec<CaseEvent>,
    /// The command line that makes this report again.
    pub command: String,
    /// Sentences that come first, e.g. that a handed-over hash does not match.
    pub notes: Vec<String>,
}

/// One event of the case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseEvent {
    /// When, RFC 3339.
    pub at: String,
    /// Until when, for a span.
    pub until: Option<String>,
    /// Its label.
    pub label: String,
    /// Its kind.
    pub kind: String,
}

/// The whole file.
///
/// # Errors
/// When the chart is no plain drawing, or the template does not fit its data.
pub fn html(input: &ReportInput<'_>) -> Result<String, ReportError> {
    let charts: Vec<_> = input.charts.iter().map(|c| chart::checked(c)).collect::<Result<_, _>>()?;
    let style = include_str!("template/report.css");
    let mut env = Environment::new();
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    env.set_formatter(|out, _state, value| {
        if value.is_safe() {
            return write(out, value.as_str().unwrap_or_default());
        }
        match value.as_str() {
            Some(text) => write(out, &escape::html(text.as_bytes())),
            None => write(out, &escape::html(value.to_string().as_bytes())),
        }
    });
    figures::add(&mut env, input.zone);
    env.add_template("report.html", include_str!("template/report.html.j2"))?;
    let facts = facts::facts(input);
    let page = env.get_template("report.html")?.render(context! {
        a => Serde(input.answer),
        f => Serde(facts),
        charts => charts.into_iter().map(Value::from_safe_string).collect::<Vec<_>>(),
        policy => policy::policy(style),
        style => Value::from_safe_string(style.to_owned()),
    })?;
    Ok(page)
}

fn write(out: &mut minijinja::Output<'_>, text: &str) -> Result<(), minijinja::Error> {
    out.write_str(text).map_err(|error| {
        minijinja::Error::new(minijinja::ErrorKind::WriteFailure, "the page could not be written")
            .with_source(error)
    })
}
