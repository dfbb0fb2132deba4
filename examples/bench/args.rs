//! The bench's own command line.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::{Args, Parser, Subcommand};

/// How fast accesstrail is and how much memory it takes, beside other tools and beside what the machine needs at least.
#[derive(Debug, Parser)]
#[command(name = "bench", args_conflicts_with_subcommands = true)]
pub(crate) struct Bench {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) suite: Suite,
}

/// Without one of these the suite is run.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Time and memory against size, clients, windows and objects, as a chart
    Growth(Growth),
    /// Peak memory of a large compressed log on standard input that never was a file
    Memory(Memory),
    /// Render the page and the chart again from the figures that are there
    Render(Render),
    /// One child, its cost into a file: used by the bench itself
    #[command(hide = true)]
    Supervise {
        told: PathBuf,
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        command: Vec<OsString>,
    },
}

/// The suite.
#[derive(Debug, Args)]
pub(crate) struct Suite {
    /// Size of the log
    #[arg(long, value_name = "MB", default_value_t = 1000)]
    pub(crate) megabytes: u64,
    /// Turns; figures are medians
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) runs: usize,
    /// Keep the data here and use what is there; a temporary folder without it
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Write performance.md and performance.json here: `docs` for a whole run of 1,000 MB or more, else nowhere
    #[arg(long, value_name = "DIR")]
    docs: Option<PathBuf>,
    /// Measure these only
    #[arg(long, value_name = "ID[,ID…]", value_delimiter = ',')]
    only: Vec<String>,
    /// Leave out tools that are compared only where they are installed
    #[arg(long)]
    pub(crate) no_optional: bool,
}

impl Suite {
    pub(crate) fn wants(&self, id: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == id)
    }

    /// An error for a name in --only that is none of `ids`.
    pub(crate) fn ensure_known(&self, ids: &[&str]) -> Result<()> {
        let unknown = self.only.iter().find(|only| !ids.contains(&only.as_str()));
        ensure!(
            unknown.is_none(),
            "--only names `{}`, which is not measured; there are {}",
            unknown.map_or("", String::as_str),
            ids.join(", ")
        );
        Ok(())
    }

    /// Where to write, if anywhere.
    pub(crate) fn docs(&self) -> Result<Option<PathBuf>> {
        ensure!(self.runs > 0, "--runs 0 measures nothing: ask for 1 or more");
        let whole = self.only.is_empty() && self.megabytes >= 1000;
        Ok(self.docs.clone().or_else(|| whole.then(project_docs)))
    }

    /// As it is typed.
    pub(crate) fn command(&self) -> String {
        format!(
            "cargo run --release --example bench -- --megabytes {} --runs {}{}",
            self.megabytes,
            self.runs,
            if self.no_optional { " --no-optional" } else { "" }
        )
    }
}

/// `growth`.
#[derive(Debug, Args)]
pub(crate) struct Growth {
    /// The greatest size; a tenth and a hundredth of it are measured too
    #[arg(long, value_name = "GB", default_value_t = 10.0)]
    pub(crate) gigabytes: f64,
    /// Lines of the logs whose clients, windows and objects vary
    #[arg(long, value_name = "N", default_value_t = 10_000_000)]
    pub(crate) lines: u64,
    /// Runs of each point; figures are medians
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) runs: usize,
    /// Folder for one log at a time; a temporary one without it
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Write the figures, the page and the chart here: `docs` for a run of the usual size, else nowhere
    #[arg(long, value_name = "DIR")]
    docs: Option<PathBuf>,
}

impl Growth {
    /// Where to write, if anywhere.
    pub(crate) fn docs(&self) -> Result<Option<PathBuf>> {
        ensure!(self.runs > 0 && self.lines >= 1000, "--runs must be 1 or more, and --lines 1,000 or more");
        ensure!(self.gigabytes >= 0.01, "--gigabytes must be 0.01 or more");
        let whole = self.gigabytes >= 10.0 && self.lines >= 10_000_000;
        Ok(self.docs.clone().or_else(|| whole.then(project_docs)))
    }

    /// As it is typed.
    pub(crate) fn command(&self) -> String {
        format!(
            "cargo run --release --example bench -- growth --gigabytes {} --lines {} --runs {}",
            self.gigabytes, self.lines, self.runs
        )
    }
}

/// `memory`.
#[derive(Debug, Args)]
pub(crate) struct Memory {
    /// Size of the log before it is compressed
    #[arg(long, value_name = "GB", default_value_t = 1.0)]
    pub(crate) gigabytes: f64,
    /// Exit with 1 if the peak is above this
    #[arg(long, value_name = "MIB", default_value_t = 256)]
    pub(crate) limit: u64,
    /// Every line in scope, as without -r
    #[arg(long)]
    pub(crate) all: bool,
    /// Enter the figure into performance.json here, and render the page
    #[arg(long, value_name = "DIR")]
    pub(crate) docs: Option<PathBuf>,
}

/// `render`.
#[derive(Debug, Args)]
pub(crate) struct Render {
    /// The folder that holds performance.json
    #[arg(long, value_name = "DIR")]
    docs: Option<PathBuf>,
    /// Draw the chart as PNG too, to look at
    #[arg(long, value_name = "FILE")]
    pub(crate) png: Option<PathBuf>,
}

impl Render {
    pub(crate) fn docs(&self) -> PathBuf {
        self.docs.clone().unwrap_or_else(project_docs)
    }
}

fn project_docs() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs")
}
