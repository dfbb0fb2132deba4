//! The command line: [`args`] is the text as typed, `plan` everything resolved, the commands call [`crate::run`]
//! and hand what it found to [`crate::report`] and [`crate::chart`].

pub mod args;
mod count;
mod files;
mod formats;
mod inspect;
mod plan;
mod progress;
mod report;
mod stop;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::run::RunError;
use crate::scratch;

/// Exit status of an answered question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// 0: answered; no fault, unreadable file, truncated stream or uncovered bin was detected.
    Answered,
    /// 3: answered, and at least one was.
    Imperfect,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Answered => 0,
            Status::Imperfect => 3,
        })
    }
}

/// Exit status of a question that was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// 1: internal error, output not writable, or nothing could be read as a record.
    Failed,
    /// 2: usage or case-file error.
    Usage,
}

impl From<Failure> for ExitCode {
    fn from(failure: Failure) -> Self {
        Self::from(match failure {
            Failure::Failed => 1,
            Failure::Usage => 2,
        })
    }
}

/// Why there is no answer: one clear sentence and a status.
#[derive(Debug)]
pub struct CliError {
    failure: Failure,
    error: anyhow::Error,
}

impl CliError {
    fn usage(text: impl Into<String>) -> Self {
        Self { failure: Failure::Usage, error: anyhow::anyhow!("{}", text.into()) }
    }

    fn failed(error: impl Into<anyhow::Error>) -> Self {
        Self { failure: Failure::Failed, error: error.into() }
    }

    /// The exit status.
    #[must_use]
    pub fn status(&self) -> Failure {
        self.failure
    }

    /// Whether the reader of our output went away, which is success.
    #[must_use]
    pub fn is_broken_pipe(&self) -> bool {
        self.error.chain().any(|cause| {
            cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
        })
    }
}

impl From<RunError> for CliError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Usage(text) => Self::usage(text),
            other => Self::failed(other),
        }
    }
}

/// Runs one command line.
///
/// # Errors
/// [`CliError`] with its exit status.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<Status, CliError> {
    let parsed = match args::Args::try_parse_from(arguments) {
        Ok(parsed) => parsed,
        // Help and version are answers; everything else is a usage error that clap words itself.
        Err(message) if !message.use_stderr() => {
            message.print().map_err(CliError::failed)?;
            return Ok(Status::Answered);
        }
        Err(message) => return Err(CliError::usage(plain(&message.to_string()))),
    };
    let machine = match &parsed.command {
        args::Command::Inspect(command) => &command.machine,
        args::Command::Count(command) => &command.machine,
        args::Command::Report(command) => &command.machine,
        args::Command::Formats(command) => match &command.test {
            Some(args::FormatsCommand::Test(test)) => &test.machine,
            None => &command.machine,
        },
    };
    stop::watch(machine.quiet);
    scratch::sweep();
    let result = match &parsed.command {
        args::Command::Inspect(command) => inspect::run(command),
        args::Command::Count(command) => count::run(command),
        args::Command::Report(command) => report::run(command),
        args::Command::Formats(command) => formats::run(command),
    };
    scratch::wait_if_stopping();
    result
}

/// clap begins with `error: `, which [`complain`] says already.
fn plain(message: &str) -> String {
    message.strip_prefix("error: ").unwrap_or(message).trim_end().to_owned()
}

/// Prints why there is no answer, on stderr. Line breaks are ours; everything else of it is made visible.
pub fn complain(error: &CliError) {
    let text = format!("{:#}", error.error);
    let shown: Vec<String> = text.lines().map(|line| crate::escape::terminal(line.as_bytes())).collect();
    // Nobody is left to be told if stderr is closed.
    drop(writeln!(std::io::stderr(), "accesstrail: {}", shown.join("\n")));
}

/// Says on stderr why exit 3 is due, and gives the status.
fn status(imperfect: &[String], quiet: bool) -> Status {
    if imperfect.is_empty() {
        return Status::Answered;
    }
    if !quiet {
        drop(writeln!(std::io::stderr(), "accesstrail: answered (exit 3), and: {}", imperfect.join("; ")));
    }
    Status::Imperfect
}
