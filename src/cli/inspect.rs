//! `accesstrail inspect`.

use std::io::{BufWriter, Write};

use super::args::Inspect;
use super::progress::Bar;
use super::{CliError, Status, plan, status};
use crate::report::{inspect as screen_inspect, json};
use crate::run::inspect::inspect;
use crate::run::prepare::Machine;

pub(super) fn run(typed: &Inspect) -> Result<Status, CliError> {
    let zone = plan::zone("--zone", &typed.zone)?;
    let case = plan::looked_at(&typed.paths, &typed.reading, zone)?;
    let machine = Machine { collect_clients: true, ..plan::machine(&typed.machine)? };
    let progress = Bar::new(typed.machine.quiet);
    let found = inspect(&case, &machine, &progress);
    progress.done();
    let found = found?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    if typed.json {
        json::json(&mut out, &found.as_json()).map_err(CliError::failed)?;
    } else {
        let screen = plan::screen(&typed.machine, zone);
        screen_inspect::inspect(&mut out, &found.inspection, &screen).map_err(CliError::failed)?;
    }
    out.flush().map_err(CliError::failed)?;
    Ok(status(&found.imperfect, typed.machine.quiet))
}
