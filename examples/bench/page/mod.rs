//! The page `docs/performance.md`: a template with tables, rendered from the figures; and the same tables on the screen.

mod tables;

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use minijinja::{Environment, context};

use crate::figures::Figures;
use crate::{growth, say};

const TEMPLATE: &str = include_str!("performance.md.jinja");

/// The suite's tables.
pub(crate) fn print_suite(figures: &Figures) -> Result<()> {
    let Some(suite) = &figures.suite else { return Ok(()) };
    let mut out = std::io::stdout().lock();
    let tables = [tables::own(suite), tables::peers(suite), tables::floors(suite), tables::bars(suite)];
    for table in tables.iter().filter(|table| !table.is_empty()) {
        writeln!(out, "{}", tables::aligned(table))?;
    }
    Ok(())
}

/// The tables of growth.
pub(crate) fn print_growth(figures: &Figures) -> Result<()> {
    let Some(growth) = &figures.growth else { return Ok(()) };
    let mut out = std::io::stdout().lock();
    for series in &growth.series {
        writeln!(out, "{}", tables::aligned(&tables::series(series)))?;
    }
    Ok(())
}

/// Writes figures, page and chart into a folder, if there is one to write to.
pub(crate) fn write(figures: &Figures, docs: Option<&Path>) -> Result<()> {
    let Some(docs) = docs else {
        say("nothing was written: the page is for runs of the whole size, or for --docs DIR");
        return Ok(());
    };
    figures.write(docs)?;
    render(figures, docs)
}

/// Writes page and chart.
pub(crate) fn render(figures: &Figures, docs: &Path) -> Result<()> {
    let mut templates = Environment::new();
    templates.add_template("page", TEMPLATE)?;
    let series = figures.growth.iter().flat_map(|g| &g.series).map(|s| {
        context! { cause => &s.cause, held => &s.held, table => tables::markdown(&tables::series(s)) }
    });
    let values = context! {
        suite => figures.suite.as_ref().map(|s| context! {
            machine => tables::machine(&s.machine),
            version => &s.version,
            command => &s.command,
            date => &s.machine.date,
            runs => s.runs,
            megabytes => tables::thousands(s.megabytes),
            lines => tables::thousands(s.log.lines),
            served => tables::thousands(s.log.asked.served),
            clients => tables::thousands(s.log.asked.clients),
            other_lines => tables::other_lines(s),
            own => tables::markdown(&tables::own(s)),
            peers => tables::markdown(&tables::peers(s)),
            floors => tables::markdown(&tables::floors(s)),
            bars => tables::markdown(&tables::bars(s)),
        }),
        streams => tables::markdown(&tables::streams(&figures.memory)),
        has_streams => !figures.memory.is_empty(),
        growth => figures.growth.as_ref().map(|g| context! {
            machine => tables::machine(&g.machine),
            version => &g.version,
            command => &g.command,
            date => &g.machine.date,
            series => series.collect::<Vec<_>>(),
        }),
    };
    let page = templates.get_template("page")?.render(values)?;
    let file = docs.join("performance.md");
    std::fs::write(&file, page.trim_end().to_owned() + "\n")
        .with_context(|| format!("cannot write `{}`", file.display()))?;
    say(&format!("wrote {}", file.display()));
    if let Some(growth) = &figures.growth {
        let file = docs.join("growth.svg");
        std::fs::write(&file, growth::svg(growth)?)
            .with_context(|| format!("cannot write `{}`", file.display()))?;
        say(&format!("wrote {}", file.display()));
    }
    Ok(())
}
