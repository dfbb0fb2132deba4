//! Arguments as typed. Nothing is resolved here but what clap does by itself.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

/// Answers from access logs what was taken, how often, by how many clients, when, and what the logs cannot tell.
///
/// Exit status: 0 answered; 3 answered, and a fault, an unreadable or truncated file or an uncovered window was
/// found (listed on stderr and in the output); 2 usage or case-file error; 1 nothing could be read, or an internal error;
/// 130 stopped by Ctrl-C.
#[derive(Debug, Parser)]
#[command(name = "accesstrail", version, propagate_version = true)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What evidence is this: format, lines, records, faults, times, clients, gaps, hash of every file
    Inspect(Inspect),
    /// The question asked ad hoc: nested counts, clients, windows with bars, top clients
    Count(Count),
    /// The whole investigation of a case file: report, charts, tables, ledger, in one folder
    Report(Report),
    /// The log formats: the list of them; one, taken apart; or what of a file is not read, and why
    Formats(Formats),
}

/// `inspect`.
#[derive(Debug, ClapArgs)]
pub struct Inspect {
    /// Files, directories (searched below), globs, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<String>,
    /// How to read the evidence
    #[command(flatten)]
    pub reading: Reading,
    /// Zone of all times shown, such as America/Los_Angeles
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub zone: String,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// The machine and the screen
    #[command(flatten)]
    pub machine: Machine,
}

/// `count`.
#[derive(Debug, ClapArgs)]
pub struct Count {
    /// Files, directories (searched below), globs, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<String>,
    /// What was taken: a glob over paths, as GLOB or NAME=GLOB; may be repeated. Without it every request counts
    #[arg(short, long = "resource", value_name = "[NAME=]GLOB")]
    pub resources: Vec<String>,
    /// How to read the evidence
    #[command(flatten)]
    pub reading: Reading,
    /// First moment that counts: RFC 3339, or 2022-06-27 21:30 in --zone
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// First moment that no longer counts
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// Zone of all times shown and of the windows, such as America/Los_Angeles
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub zone: String,
    /// Width of the windows: 15m, 1h, 1d; it divides 24 hours or is whole days
    #[arg(long, value_name = "WIDTH")]
    pub window: Option<String>,
    /// Counting definition of the profile's figure
    #[arg(long, value_name = "NAME", default_value = "served")]
    pub profile: String,
    /// Group by client, window, resource, object, party, principal, agent, status, outcome, source, subject
    #[arg(long, value_name = "KEY[,KEY…]")]
    pub by: Option<String>,
    /// Most rows shown on the screen; files always hold all
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub top: usize,
    /// Count only what this holds for, such as 'status=206 and client in 203.0.113.0/24'
    #[arg(long = "where", value_name = "EXPRESSION")]
    pub filter: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Write all tables as CSV into this folder
    #[arg(long, value_name = "DIR")]
    pub csv: Option<PathBuf>,
    /// Draw the timeline into this file, by its ending: .svg or .png
    #[arg(long, value_name = "FILE")]
    pub chart: Option<PathBuf>,
    /// Overwrite what is already there
    #[arg(long)]
    pub force: bool,
    /// The machine and the screen
    #[command(flatten)]
    pub machine: Machine,
}

/// `report`.
#[derive(Debug, ClapArgs)]
pub struct Report {
    /// The case file
    #[arg(value_name = "CASE.toml")]
    pub case: PathBuf,
    /// Folder to write; it must not be there yet
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// Replace the folder if it is there
    #[arg(long)]
    pub force: bool,
    /// The machine and the screen
    #[command(flatten)]
    pub machine: Machine,
}

/// `formats`.
#[derive(Debug, ClapArgs)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Formats {
    /// A format to be taken apart; without it all are listed
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Or what to test
    #[command(subcommand)]
    pub test: Option<FormatsCommand>,
    /// The machine and the screen
    #[command(flatten)]
    pub machine: Machine,
}

/// What `formats` can do besides.
#[derive(Debug, Subcommand)]
pub enum FormatsCommand {
    /// Reads files and shows, line by line, what is not read: the column, what is wanted there, what stands there
    Test(FormatsTest),
}

/// `formats test`.
#[derive(Debug, ClapArgs)]
pub struct FormatsTest {
    /// Files, directories (searched below), globs, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<String>,
    /// How to read the evidence
    #[command(flatten)]
    pub reading: Reading,
    /// Most lines shown of a file
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub top: usize,
    /// The machine and the screen
    #[command(flatten)]
    pub machine: Machine,
}

/// How to read the evidence.
#[derive(Debug, ClapArgs)]
pub struct Reading {
    /// auto, a format's name, 'apache:%h %l …', 'nginx:$remote_addr …', 'w3c:date time …', 'json:client=KEY,…', or @ and the server's own configuration file
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    pub format: String,
    /// Zone of times that bear none
    #[arg(long, value_name = "ZONE")]
    pub timezone: Option<String>,
    /// Added to every time, such as +00:00:30 where the server's clock was slow
    #[arg(long, value_name = "±HH:MM:SS", allow_hyphen_values = true)]
    pub clock_offset: Option<String>,
    /// A proxy whose forwarded address is believed, as CIDR; may be repeated
    #[arg(long, value_name = "CIDR")]
    pub trusted_proxy: Vec<String>,
    /// Most content that one compressed file may unfold to
    #[arg(long, value_name = "SIZE", default_value = "1TiB")]
    pub max_decompressed: String,
    /// Most content for one compressed byte, above 64 MiB of content
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub max_ratio: u64,
}

/// The machine and the screen; no answer depends on them.
#[derive(Debug, ClapArgs)]
pub struct Machine {
    /// Threads; as many as there are cores by default
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Memory to be used before evidence rows go to disk, such as 512MiB
    #[arg(long, value_name = "SIZE", default_value = "512MiB")]
    pub memory: String,
    /// Partitions of the evidence table
    #[arg(long, value_name = "N", hide = true)]
    pub partitions: Option<usize>,
    /// No progress and no messages on stderr
    #[arg(long, short)]
    pub quiet: bool,
    /// Colours on the screen
    #[arg(long, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
}

/// `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
