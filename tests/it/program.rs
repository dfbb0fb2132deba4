//! Runs the binary and keeps what came out.

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// The folder of the package.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What one run left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Exit status; a run that a signal ended has none, and the test stops.
    pub(crate) status: i32,
    /// Data.
    pub(crate) stdout: Vec<u8>,
    /// Messages.
    pub(crate) stderr: String,
}

impl Ran {
    /// Standard output as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("stdout is UTF-8")
    }

    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|e| panic!("stdout is no JSON: {e}\n{self:?}"))
    }

    /// Stops the test unless the exit status is `status`.
    #[track_caller]
    pub(crate) fn exits(self, status: i32) -> Self {
        assert_eq!(self.status, status, "stderr: {}", self.stderr);
        self
    }
}

/// The binary, to be run in `dir`, with an environment that changes no output.
pub(crate) fn command(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_accesstrail"));
    command.current_dir(dir).env_remove("NO_COLOR").env_remove("COLUMNS");
    command
}

/// Runs it with an empty standard input.
pub(crate) fn run<S: AsRef<OsStr>>(dir: &Path, arguments: impl IntoIterator<Item = S>) -> Ran {
    run_with(dir, arguments, b"")
}

/// Runs it with `stdin` on standard input.
pub(crate) fn run_with<S: AsRef<OsStr>>(
    dir: &Path,
    arguments: impl IntoIterator<Item = S>,
    stdin: &[u8],
) -> Ran {
    let mut child = command(dir)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut pipe = child.stdin.take().unwrap();
    let input = stdin.to_vec();
    let feeder = std::thread::spawn(move || {
        // A program that does not read its standard input is none of this function's business.
        drop(pipe.write_all(&input));
    });
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    Ran {
        status: output.status.code().unwrap_or_else(|| panic!("ended by a signal: {:?}", output.status)),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
    }
}

/// Runs `count … --json` in `dir` and gives the answer; exit 0 and 3 are answers.
#[track_caller]
pub(crate) fn count<S: AsRef<OsStr>>(dir: &Path, arguments: impl IntoIterator<Item = S>) -> Value {
    let mut all = vec![OsStr::new("count").to_owned(), OsStr::new("--json").to_owned()];
    all.extend(arguments.into_iter().map(|a| a.as_ref().to_owned()));
    let ran = run(dir, all);
    assert!([0, 3].contains(&ran.status), "exit {}: {}", ran.status, ran.stderr);
    ran.json()
}
