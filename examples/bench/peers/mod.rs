//! What else people would use for the question, each as a whole process.

mod venv;

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::data::requests::PATH;
use crate::data::store::Drawn;
use crate::data::truth::Served;
use crate::process::{self, Input};
use crate::turns::{Contender, Pace};
pub(crate) use venv::Venv;

/// A tool.
pub(crate) struct Peer {
    pub(crate) id: &'static str,
    /// As the table calls it.
    pub(crate) title: &'static str,
    /// What it does of the question, for the table.
    pub(crate) answers: &'static str,
    /// Programs it needs, and the Debian package of each.
    programs: &'static [(&'static str, &'static str)],
    /// A Python library it needs.
    library: Option<&'static str>,
    /// Without it the suite does not run.
    pub(crate) required: bool,
    /// Takes minutes for a gigabyte: it reads a tenth of the log, once.
    pub(crate) slow: bool,
    how: How,
    /// Whether it prints how many and by how many addresses.
    answer: bool,
}

/// How it is started: the log is `$1`, the path in question `$2`.
enum How {
    Shell(&'static str),
    Python(&'static str),
}

const BOTH: &str = "the same two numbers";

/// All of them, in the order of a turn.
pub(crate) const PEERS: &[Peer] = &[
    Peer {
        title: "`rg … | mawk`",
        answers: "the same two numbers; looks at matching lines only",
        ..shell(
            "rg",
            &[("rg", "ripgrep"), ("mawk", "mawk")],
            r#"rg --no-config -F "\"GET $2 " "$1" | mawk '$9 == 200 { n++; if (!($1 in seen)) { seen[$1]; clients++ } } END { print n + 0, clients + 0 }'"#,
        )
    },
    shell(
        "mawk",
        &[("mawk", "mawk")],
        r#"mawk -v path="$2" '$6 == "\"GET" && $7 == path && $9 == 200 { n++; if (!($1 in seen)) { seen[$1]; clients++ } } END { print n + 0, clients + 0 }' "$1""#,
    ),
    Peer {
        answers: "the hash only",
        answer: false,
        ..shell("sha256sum", &[("sha256sum", "coreutils")], r#"sha256sum "$1""#)
    },
    python("polars", "Python polars, regex, streaming", "polars", include_str!("polars.py")),
    python("duckdb", "Python DuckDB, regex", "duckdb", include_str!("duckdb.py")),
    Peer {
        required: false,
        ..python("chdb", "Python chDB (ClickHouse), regex", "chdb", include_str!("chdb.py"))
    },
    Peer {
        required: false,
        answers: "how many, by how many addresses not",
        answer: false,
        ..shell(
            "rhit",
            &[("rhit", "rhit")],
            r#"rhit --color no --silent-load --method GET --status 200 --path "^$2\$" "$1" 2>&1"#,
        )
    },
    Peer {
        required: false,
        slow: true,
        ..shell(
            "lnav",
            &[("lnav", "lnav")],
            r#"lnav -n -c ";SELECT count(*), count(DISTINCT c_ip) FROM access_log WHERE cs_method = 'GET' AND cs_uri_stem = '$2' AND sc_status = 200" -c ':write-csv-to -' "$1""#,
        )
    },
    Peer {
        required: false,
        slow: true,
        answers: "a report of the whole file",
        answer: false,
        ..shell(
            "goaccess",
            &[("goaccess", "goaccess")],
            r#"out=$(mktemp --suffix=.json) && goaccess "$1" --log-format=COMBINED --no-global-config --no-progress -o "$out" && rm "$out""#,
        )
    },
];

const fn shell(
    id: &'static str,
    programs: &'static [(&'static str, &'static str)],
    line: &'static str,
) -> Peer {
    Peer {
        id,
        title: id,
        answers: BOTH,
        programs,
        library: None,
        required: true,
        slow: false,
        how: How::Shell(line),
        answer: true,
    }
}

const fn python(id: &'static str, title: &'static str, library: &'static str, script: &'static str) -> Peer {
    Peer { title, library: Some(library), how: How::Python(script), ..shell(id, &[], "") }
}

impl Peer {
    /// Whether it can be run; an error if it cannot and must.
    pub(crate) fn there(&self, venv: &Venv) -> Result<bool> {
        for (program, package) in self.programs {
            let found = std::env::var_os("PATH").is_some_and(|path| {
                std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
            });
            ensure!(
                found || !self.required,
                "`{program}` is missing, and the suite compares with it: apt-get install {package}"
            );
            if !found {
                return Ok(false);
            }
        }
        Ok(self.library.is_none_or(|library| venv.has(library)))
    }

    /// Which one it is, such as `ripgrep 13.0.0`.
    pub(crate) fn version(&self, venv: &Venv) -> Option<String> {
        if let Some(library) = self.library {
            return venv.version(library);
        }
        let versions = self.programs.iter().filter_map(|(program, _)| {
            let option: &[&str] = if *program == "mawk" { &["-W", "version"] } else { &["--version"] };
            let said = Command::new(program).args(option).stdin(Stdio::null()).output().ok()?;
            let said =
                String::from_utf8(if said.stdout.is_empty() { said.stderr } else { said.stdout }).ok()?;
            let digits =
                said.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
            let digits = digits.trim_end_matches(['.', ',']).to_owned();
            Some(format!("{} {digits}", if *program == "rg" { "ripgrep" } else { program }))
        });
        Some(versions.collect::<Vec<_>>().join(", "))
    }

    /// Ready to run in turns.
    pub(crate) fn contender<'a>(
        &'static self,
        venv: &Venv,
        drawn: &'a Drawn,
        scratch: &Path,
    ) -> Result<Contender<'a>> {
        let folder = scratch.join(self.id);
        std::fs::create_dir_all(&folder)?;
        let mut command = match self.how {
            How::Shell(line) => {
                let mut command = Command::new("sh");
                command.args(["-c", line, "sh"]);
                command
            }
            How::Python(script) => {
                let mut command = Command::new(venv.python());
                command.args(["-c", script]);
                command
            }
        };
        command.arg(&drawn.path).arg(PATH);
        let run = move || {
            let ended = process::run(&command, Input::Nothing, &folder)?.ensure(self.id, &[0])?;
            if self.answer {
                let said = std::fs::read_to_string(&ended.out)?;
                let found =
                    numbers(&said).with_context(|| format!("{} gave no two numbers: {said}", self.id))?;
                if found != drawn.truth.asked {
                    bail!("{} answers {found:?}, drawn were {:?}", self.id, drawn.truth.asked);
                }
            }
            Ok(ended.sample)
        };
        let pace = if self.slow { Pace::Once } else { Pace::InTurns };
        Ok(Contender { id: self.id, pace, run: Box::new(run) })
    }
}

/// The two numbers of the last line that is not empty.
fn numbers(said: &str) -> Option<Served> {
    let line = said.lines().rev().find(|line| !line.trim().is_empty())?;
    let mut numbers = line.split([' ', '\t', ',']).map(str::parse);
    Some(Served { served: numbers.next()?.ok()?, clients: numbers.next()?.ok()? })
}
