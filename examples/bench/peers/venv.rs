//! Python and the libraries that are compared, in an environment of their own in the target folder, made once from PyPI.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::say;

/// What the suite cannot do without, and what it uses where it can be had.
const REQUIRED: [&str; 2] = ["polars", "duckdb"];
const OPTIONAL: [&str; 1] = ["chdb"];

/// The environment.
pub(crate) struct Venv {
    python: PathBuf,
}

impl Venv {
    /// Makes it where it is not there yet.
    pub(crate) fn open(with_optional: bool) -> Result<Self> {
        let here = std::env::current_exe()?;
        let target = here.ancestors().nth(3).context("the bench is in no target folder")?;
        let folder = target.join("bench-venv");
        let venv = Self { python: folder.join("bin/python") };
        if !REQUIRED.iter().all(|library| venv.has(library)) {
            say(&format!("making `{}` with {}", folder.display(), REQUIRED.join(" and ")));
            let made = done(Command::new("python3").args(["-m", "venv"]).arg(&folder));
            ensure!(
                made,
                "`python3 -m venv` failed: install Python 3 with its venv module (Debian: apt-get install python3-venv)"
            );
            ensure!(
                venv.install(&REQUIRED),
                "pip cannot install {} into `{}`: the suite compares with them, and needs PyPI once",
                REQUIRED.join(" and "),
                folder.display()
            );
        }
        for library in OPTIONAL.iter().filter(|library| with_optional && !venv.has(library)) {
            say(&format!("trying to install {library}"));
            if !venv.install(&[library]) {
                say(&format!("{library} cannot be installed and is left out"));
            }
        }
        Ok(venv)
    }

    /// Its interpreter.
    pub(crate) fn python(&self) -> &Path {
        &self.python
    }

    /// Whether a library is there.
    pub(crate) fn has(&self, library: &str) -> bool {
        done(Command::new(&self.python).args(["-c", &format!("import {library}")]))
    }

    /// The version of a library.
    pub(crate) fn version(&self, library: &str) -> Option<String> {
        let ask = format!("import importlib.metadata as m; print(m.version({library:?}))");
        let said = Command::new(&self.python).args(["-c", &ask]).output().ok()?;
        Some(format!("{library} {}", String::from_utf8(said.stdout).ok()?.trim()))
    }

    fn install(&self, libraries: &[&str]) -> bool {
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        done(Command::new(&self.python).args(pip).args(libraries))
    }
}

fn done(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
