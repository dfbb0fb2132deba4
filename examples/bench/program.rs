//! accesstrail itself: built by the suite, so that what is measured is what stands in `src/`, run as a whole process, its
//! answer compared with what was drawn.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::data::truth::{Served, Truth};
use crate::process::{self, Ended, Input};
use crate::say;
use crate::turns::Sample;

/// The program.
pub(crate) struct Program {
    path: PathBuf,
    pub(crate) version: String,
}

/// What it must answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected {
    pub(crate) lines: u64,
    pub(crate) served: Served,
}

impl Expected {
    /// Of the path in question.
    pub(crate) fn asked(truth: &Truth) -> Self {
        Self { lines: truth.lines, served: truth.asked }
    }

    /// Of every request.
    pub(crate) fn all(truth: &Truth) -> Self {
        Self { lines: truth.lines, served: truth.all }
    }
}

/// The part of its JSON that is compared.
#[derive(Deserialize)]
struct Answer {
    counts: Counts,
    clients: Clients,
    ledger: Ledger,
}

#[derive(Deserialize)]
struct Counts {
    served: u64,
}

#[derive(Deserialize)]
struct Clients {
    ip: u64,
}

#[derive(Deserialize)]
struct Ledger {
    lines: u64,
}

impl Program {
    /// Builds it with the cargo that runs this, or takes what is there.
    pub(crate) fn build() -> Result<Self> {
        let here = std::env::current_exe()?;
        let release = here.parent().and_then(Path::parent).context("the bench is in no target folder")?;
        if let Some(cargo) = std::env::var_os("CARGO") {
            say("building accesstrail");
            let built = Command::new(cargo)
                .args(["build", "--release", "--quiet", "--bin", "accesstrail"])
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .status()?;
            ensure!(built.success(), "accesstrail does not compile: see above");
        }
        let path = release.join("accesstrail");
        ensure!(path.is_file(), "`{}` is missing: run `cargo build --release` first", path.display());
        let version = Command::new(&path).arg("--version").output()?.stdout;
        Ok(Self { path, version: String::from_utf8(version)?.trim().to_owned() })
    }

    /// It with arguments.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(&self.path);
        command.args(arguments);
        command
    }

    /// Runs it and compares its answer: on standard output, or in the file `answer`.
    pub(crate) fn ask(
        command: &Command,
        input: Input,
        scratch: &Path,
        expected: Expected,
        answer: Option<&Path>,
    ) -> Result<Sample> {
        let ended = process::run(command, input, scratch)?;
        Self::judge(ended, expected, answer)
    }

    /// Compares the answer of a run that has ended.
    pub(crate) fn judge(ended: Ended, expected: Expected, answer: Option<&Path>) -> Result<Sample> {
        let ended = ended.ensure("accesstrail", &[0, 3])?;
        let file = answer.unwrap_or(&ended.out);
        let text = std::fs::read(file).with_context(|| format!("cannot read `{}`", file.display()))?;
        let answer: Answer = serde_json::from_slice(&text).context("accesstrail gave no JSON")?;
        let found = Served { served: answer.counts.served, clients: answer.clients.ip };
        ensure!(
            found == expected.served && answer.ledger.lines == expected.lines,
            "accesstrail answers {found:?} in {} lines, drawn were {:?} in {}",
            answer.ledger.lines,
            expected.served,
            expected.lines
        );
        Ok(ended.sample)
    }
}
