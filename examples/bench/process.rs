//! A whole process, measured. This program starts itself a second time as a supervisor that has one child: what `getrusage`
//! says of the supervisor's children is then said of that child alone (and of the children it waited for).
//!
//! Starting the child straight from here would not do: the peak of a process counts the memory of the one that it was forked
//! from, until it executes its own program, and this one reads large answers. The supervisor has a few MiB; no smaller peak
//! can be told.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::account;
use crate::turns::Sample;

/// What the supervisor writes.
#[derive(Serialize, Deserialize)]
struct Told {
    wall_us: u64,
    cpu_us: u64,
    peak_kib: u64,
    code: Option<i32>,
}

/// A process that ended.
pub(crate) struct Ended {
    pub(crate) sample: Sample,
    pub(crate) code: i32,
    /// Its standard output.
    pub(crate) out: PathBuf,
    err: PathBuf,
}

impl Ended {
    /// An error with what it said, if it ended otherwise than `codes`.
    pub(crate) fn ensure(self, name: &str, codes: &[i32]) -> Result<Self> {
        if !codes.contains(&self.code) {
            let said = std::fs::read(&self.err).unwrap_or_default();
            let said = said.utf8_chunks().map(|c| c.valid()).collect::<String>();
            let said = said.trim().lines().next_back().unwrap_or("it said nothing").to_owned();
            bail!("{name} ended with {}: {said}", self.code);
        }
        Ok(self)
    }
}

/// Where a process reads from.
pub(crate) enum Input {
    Nothing,
    Bytes(File),
}

/// Runs a program to its end. Its standard output goes into a file of `scratch`.
pub(crate) fn run(command: &Command, input: Input, scratch: &Path) -> Result<Ended> {
    let mut child = start(command, scratch)?
        .stdin(match input {
            Input::Nothing => Stdio::null(),
            Input::Bytes(file) => Stdio::from(file),
        })
        .spawn()?;
    child.wait()?;
    ended(command, scratch)
}

/// The supervisor of a command, not yet started; afterwards [`ended`] says what it told.
pub(crate) fn start(command: &Command, scratch: &Path) -> Result<Command> {
    let told = scratch.join("told.json");
    if told.exists() {
        std::fs::remove_file(&told)?;
    }
    let mut supervisor = Command::new(std::env::current_exe()?);
    supervisor.arg("supervise").arg(told).arg(command.get_program()).args(command.get_args());
    supervisor.stdout(File::create(scratch.join("out"))?).stderr(File::create(scratch.join("err"))?);
    Ok(supervisor)
}

/// What became of a command after its supervisor ended.
pub(crate) fn ended(command: &Command, scratch: &Path) -> Result<Ended> {
    let (name, err) = (command.get_program().display(), scratch.join("err"));
    let Ok(told) = std::fs::read(scratch.join("told.json")) else {
        bail!("`{name}` could not be started: {}", std::fs::read_to_string(err)?.trim());
    };
    let told: Told = serde_json::from_slice(&told)?;
    let code = told.code.with_context(|| format!("`{name}` was killed by a signal (too little memory?)"))?;
    let sample = Sample {
        wall: Duration::from_micros(told.wall_us),
        cpu: Duration::from_micros(told.cpu_us),
        peak_kib: Some(told.peak_kib),
    };
    Ok(Ended { sample, code, out: scratch.join("out"), err })
}

/// The supervisor: one child, its cost into the file `told`.
pub(crate) fn supervise(told: &Path, command: &[OsString]) -> Result<ExitCode> {
    let (program, arguments) = command.split_first().context("no program to supervise")?;
    let began = Instant::now();
    let status = Command::new(program).args(arguments).status()?;
    let wall = began.elapsed();
    let used = account::children()?;
    let figures = Told {
        wall_us: u64::try_from(wall.as_micros())?,
        cpu_us: u64::try_from(used.cpu.as_micros())?,
        peak_kib: used.peak_kib,
        code: status.code(),
    };
    std::fs::write(told, serde_json::to_vec(&figures)?)?;
    Ok(ExitCode::SUCCESS)
}
