//! What accesstrail is measured on. A workload is a name, how its data is made, the arguments, and what the answer must be; a
//! log of another format joins by one more entry and one more maker in `data`.

use std::ffi::OsString;
use std::path::Path;

use anyhow::Result;

use crate::data::store::{Drawn, Store};
use crate::data::truth::Truth;
use crate::data::{caddy, case_file, cloudfront, iis, packing, requests, s3};
use crate::process::{self, Input};
use crate::program::{Expected, Program};
use crate::turns::{Contender, Pace};

/// An entry of the list.
pub(crate) struct Workload {
    pub(crate) id: &'static str,
    /// As the table calls it.
    pub(crate) title: &'static str,
    make: fn(&Store) -> Result<Drawn>,
    /// The arguments; the folder is for what they need or write, and the same for each run.
    ask: fn(&Drawn, &Path) -> Result<Vec<OsString>>,
    /// What was drawn; nothing where no question is asked.
    expected: Option<fn(&Truth) -> Expected>,
    /// The file in the folder that holds the answer; standard output without it.
    answer: Option<&'static str>,
    /// The floor that is the SHA-256 of what is read, where that is a log of the whole size.
    pub(crate) hashed: Option<&'static str>,
}

const ALL_2_GIB: [&str; 4] = ["--json", "--quiet", "--memory", "2GiB"];
const ALL_512_MIB: [&str; 4] = ["--json", "--quiet", "--memory", "512MiB"];
const ASKED: [&str; 4] = ["-r", requests::PATH, "--json", "--quiet"];

/// All of them, in the order of a turn.
pub(crate) const WORKLOADS: &[Workload] = &[
    count("combined", "combined log, 0.03 % in scope", packing::plain, asked),
    Workload {
        expected: Some(Expected::all),
        ..count("all-2GiB", "the same, every line in scope, `--memory 2GiB`", packing::plain, |d, _| {
            Ok(counting(d, &ALL_2_GIB))
        })
    },
    Workload {
        expected: Some(Expected::all),
        ..count("all-512MiB", "the same, every line in scope, `--memory 512MiB`", packing::plain, |d, _| {
            Ok(counting(d, &ALL_512_MIB))
        })
    },
    count("gzip", "as one gzip", packing::one_gzip, asked),
    count("gzips", "as 64 gzips", packing::many_gzips, asked),
    count("zstd", "as one zstd", packing::one_zstd, asked),
    count("small-files", "as 10,000 small files", packing::small_files, asked),
    report("case-small", "`report` of a case with one pattern", |d, folder| {
        reporting(folder, &case_file::small(&d.path))
    }),
    report("case-large", "`report` of a case with 200 patterns and 50 parties", |d, folder| {
        reporting(folder, &case_file::large(&d.path))
    }),
    of_format("s3", "S3 server access log, 0.03 % in scope", s3::plain, "sha256-s3"),
    of_format(
        "cloudfront",
        "CloudFront standard log, 0.03 % in scope",
        cloudfront::plain,
        "sha256-cloudfront",
    ),
    of_format("iis", "IIS W3C log, 0.03 % in scope", iis::plain, "sha256-iis"),
    of_format("caddy", "JSON lines of Caddy, 0.03 % in scope", caddy::plain, "sha256-caddy"),
    Workload {
        hashed: None,
        ..count("tenth", "a tenth of the combined log, for the slow tools", packing::tenth, asked)
    },
    Workload { hashed: None, ..count("megabyte", "a combined log of 1 MB", packing::megabyte, asked) },
    Workload {
        expected: None,
        hashed: None,
        ..count("version", "`accesstrail --version`", packing::megabyte, |_, _| Ok(vec!["--version".into()]))
    },
];

const fn count(
    id: &'static str,
    title: &'static str,
    make: fn(&Store) -> Result<Drawn>,
    ask: fn(&Drawn, &Path) -> Result<Vec<OsString>>,
) -> Workload {
    let expected: Option<fn(&Truth) -> Expected> = Some(Expected::asked);
    Workload { id, title, make, ask, expected, answer: None, hashed: Some("sha256") }
}

const fn of_format(
    id: &'static str,
    title: &'static str,
    make: fn(&Store) -> Result<Drawn>,
    hashed: &'static str,
) -> Workload {
    Workload { hashed: Some(hashed), ..count(id, title, make, asked) }
}

const fn report(
    id: &'static str,
    title: &'static str,
    ask: fn(&Drawn, &Path) -> Result<Vec<OsString>>,
) -> Workload {
    Workload { answer: Some("report/summary.json"), ..count(id, title, packing::plain, ask) }
}

#[expect(clippy::unnecessary_wraps, reason = "other workloads write files, which can fail")]
fn asked(drawn: &Drawn, _folder: &Path) -> Result<Vec<OsString>> {
    Ok(counting(drawn, &ASKED))
}

fn counting(drawn: &Drawn, options: &[&str]) -> Vec<OsString> {
    let mut arguments = vec!["count".into(), drawn.path.clone().into_os_string()];
    arguments.extend(options.iter().map(OsString::from));
    arguments
}

fn reporting(folder: &Path, case: &str) -> Result<Vec<OsString>> {
    let (file, report) = (folder.join("case.toml"), folder.join("report"));
    std::fs::write(&file, case)?;
    Ok(vec!["report".into(), file.into(), "-o".into(), report.into(), "--quiet".into()])
}

impl Workload {
    /// What is known of its log, if that has the whole size.
    pub(crate) fn whole(&self, store: &Store) -> Result<Option<Truth>> {
        self.hashed.map(|_| Ok((self.make)(store)?.truth)).transpose()
    }

    /// Its data made, ready to run in turns. `scratch` is there for all of them.
    pub(crate) fn contender<'a>(
        &'static self,
        program: &'a Program,
        store: &Store,
        scratch: &Path,
    ) -> Result<Contender<'a>> {
        let drawn = (self.make)(store)?;
        let folder = scratch.join(self.id);
        std::fs::create_dir_all(&folder)?;
        let command = program.command((self.ask)(&drawn, &folder)?);
        let run = move || {
            // `report` writes into a folder that is not there.
            let former = folder.join("report");
            if former.exists() {
                std::fs::remove_dir_all(&former)?;
            }
            match self.expected {
                None => {
                    Ok(process::run(&command, Input::Nothing, &folder)?.ensure("accesstrail", &[0])?.sample)
                }
                Some(expected) => {
                    let answer = self.answer.map(|name| folder.join(name));
                    let expected = expected(&drawn.truth);
                    Program::ask(&command, Input::Nothing, &folder, expected, answer.as_deref())
                }
            }
        };
        Ok(Contender { id: self.id, pace: Pace::InTurns, run: Box::new(run) })
    }
}
