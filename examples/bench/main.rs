//! How fast accesstrail is and how much memory it takes: beside other tools on the same question, beside what the machine
//! needs at least, and against the size of the question. docs/performance.md is what it last printed;
//! docs/decisions/0012-how-speed-is-measured.md says why it measures so. Nothing here is a test.
//!
//! ```text
//! cargo run --release --example bench -- --megabytes 1000 --runs 5
//! cargo run --release --example bench -- growth
//! cargo run --release --example bench -- memory --gigabytes 10
//! ```

mod account;
mod args;
mod bars;
mod data;
mod figures;
mod floors;
mod growth;
mod machine;
mod memory;
mod page;
mod peers;
mod process;
mod program;
mod suite;
mod turns;
mod workloads;

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

fn main() -> Result<ExitCode> {
    let bench = args::Bench::parse();
    match bench.command {
        None => suite::run(&bench.suite)?,
        Some(args::Command::Growth(options)) => growth::run(&options)?,
        Some(args::Command::Memory(options)) => return memory::run(&options),
        Some(args::Command::Render(options)) => {
            let figures = figures::Figures::read(&options.docs())?;
            page::render(&figures, &options.docs())?;
            if let (Some(file), Some(growth)) = (&options.png, &figures.growth) {
                std::fs::write(file, growth::png(growth)?)?;
            }
        }
        Some(args::Command::Supervise { told, command }) => return process::supervise(&told, &command),
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells on stderr what is being done; nothing depends on whether anybody hears it.
fn say(text: &str) {
    let _deaf = writeln!(std::io::stderr(), "bench: {text}");
}
