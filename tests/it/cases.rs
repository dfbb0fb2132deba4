//! One file of `tests/cases/` is one run from end to end.
//!
//! ```toml
//! fact = "an overlong window"          # the sentence that holds if the case passes
//! arguments = ["count", "access.log"]  # run in a folder that holds nothing but the files below
//! exit = 0
//! stdin = "…"                          # optional
//! silent = true                        # nothing at all on stdout
//! stdout = ["…"]                       # each must stand in it
//! stdout_lacks = ["…"]                 # none may
//! stderr = ["…"]                       # each must stand in it; without the key, stderr must be empty
//! [json]                               # stdout is JSON, and at this path stands this value
//! "counts.served" = 2
//! "resources[name=a].subjects" = { is = "null" }   # or "absent"
//! "caveats[id=CNT-11].text" = { has = "41 responses" }
//! "windows" = { length = 3 }
//! [[file]]
//! path = "access.log"
//! lines = ["…"]                        # or: text = "…", members = [["…"], ["…"]] (gzip), copy = "samples/…"
//! ```
//! A key that is not listed here is an error, so that no expectation is lost to a typing mistake.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::evidence::{Folder, joined, member};
use crate::json;
use crate::program::{Ran, root, run_with};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    fact: String,
    arguments: Vec<String>,
    exit: i32,
    #[serde(default)]
    stdin: String,
    #[serde(default)]
    silent: bool,
    #[serde(default)]
    stdout: Vec<String>,
    #[serde(default)]
    stdout_lacks: Vec<String>,
    #[serde(default)]
    stderr: Vec<String>,
    #[serde(default)]
    json: BTreeMap<String, Expected>,
    #[serde(default, rename = "file")]
    files: Vec<File>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    path: String,
    lines: Option<Vec<String>>,
    text: Option<String>,
    members: Option<Vec<Vec<String>>>,
    copy: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Expected {
    Told(Told),
    Value(serde_json::Value),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
enum Told {
    Is(String),
    Has(String),
    Length(usize),
}

impl File {
    fn write(&self, folder: &Folder) {
        let bytes = match self {
            Self { lines: Some(lines), .. } => joined(lines).into_bytes(),
            Self { text: Some(text), .. } => text.clone().into_bytes(),
            Self { members: Some(members), .. } => members.iter().flat_map(|m| member(joined(m))).collect(),
            Self { copy: Some(from), .. } => std::fs::read(root().join(from)).unwrap(),
            _ => panic!("`{}` has no content", self.path),
        };
        folder.bytes(&self.path, bytes);
    }
}

impl Case {
    fn run(&self) -> Ran {
        let folder = Folder::new();
        for file in &self.files {
            file.write(&folder);
        }
        run_with(folder.path(), &self.arguments, self.stdin.as_bytes())
    }

    /// What is wrong, in words.
    fn wrong(&self, ran: &Ran) -> Vec<String> {
        let mut wrong = Vec::new();
        let out = ran.text();
        if ran.status != self.exit {
            wrong.push(format!("exit {} instead of {}", ran.status, self.exit));
        }
        if self.silent && !out.is_empty() {
            wrong.push(format!("stdout is not empty: {out}"));
        }
        if self.stderr.is_empty() && !ran.stderr.is_empty() {
            wrong.push("stderr is not empty".to_owned());
        }
        let missing = |name: &str, text: &str, wanted: &[String]| {
            let absent = wanted.iter().filter(|w| !text.contains(w.as_str()));
            absent.map(|w| format!("{name} lacks `{w}`")).collect::<Vec<_>>()
        };
        wrong.extend(missing("stdout", out, &self.stdout));
        wrong.extend(missing("stderr", &ran.stderr, &self.stderr));
        wrong.extend(
            self.stdout_lacks
                .iter()
                .filter(|w| out.contains(w.as_str()))
                .map(|w| format!("stdout has `{w}`")),
        );
        if !self.json.is_empty() {
            match serde_json::from_str(out) {
                Ok(answer) => wrong.extend(self.json.iter().filter_map(|(p, e)| e.differs(p, &answer))),
                Err(error) => wrong.push(format!("stdout is no JSON: {error}")),
            }
        }
        wrong
    }
}

impl Expected {
    fn differs(&self, path: &str, answer: &serde_json::Value) -> Option<String> {
        let found = json::at(answer, path);
        let good = match self {
            Self::Value(value) => found == Some(value),
            Self::Told(Told::Is(what)) if what == "null" => found.is_some_and(serde_json::Value::is_null),
            Self::Told(Told::Is(what)) if what == "absent" => found.is_none(),
            Self::Told(Told::Is(what)) => panic!("`is` knows `null` and `absent`, not `{what}`"),
            Self::Told(Told::Has(part)) => {
                found.and_then(serde_json::Value::as_str).is_some_and(|t| t.contains(part.as_str()))
            }
            Self::Told(Told::Length(n)) => {
                found.and_then(serde_json::Value::as_array).is_some_and(|a| a.len() == *n)
            }
        };
        (!good).then(|| match found {
            Some(value) => format!("{path} is {value}"),
            None => format!("{path} is absent"),
        })
    }
}

fn read(path: &Path) -> Case {
    let text = std::fs::read_to_string(path).unwrap();
    toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
fn every_case_comes_out_as_written() {
    let mut paths: Vec<_> =
        std::fs::read_dir(root().join("tests/cases")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut failures = String::new();
    for path in &paths {
        let case = read(path);
        let ran = case.run();
        for wrong in case.wrong(&ran) {
            let name = path.file_stem().unwrap().display();
            failures.push_str(&format!("{name} ({}): {wrong}\n  stderr: {}\n", case.fact, ran.stderr));
        }
    }
    assert!(paths.len() >= 30, "only {} cases were found", paths.len());
    assert!(failures.is_empty(), "{failures}");
}

/// A runner that accepts everything would accept every case; this one is seen to refuse.
#[test]
fn a_case_that_expects_something_else_is_refused_for_every_reason() {
    let case: Case = toml::from_str(
        r#"
        fact = "all of it is wrong"
        arguments = ["count", "access.log", "--json"]
        exit = 2
        silent = true
        stdout = ["no such text"]
        stdout_lacks = ["counts"]
        stderr = ["no such message"]
        [json]
        "counts.served" = 7
        "counts.nothing" = 1
        "counts.requests" = { is = "null" }
        "counts" = { is = "absent" }
        "primary_vantage" = { has = "edge" }
        "windows" = { length = 9 }
        [[file]]
        path = "access.log"
        lines = ['192.0.2.1 - - [01/Jun/2022:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x"']
        "#,
    )
    .unwrap();
    assert_eq!(case.wrong(&case.run()).len(), 11);
    assert!(toml::from_str::<Case>("fact = ''\narguments = []\nexit = 0\nstdot = []").is_err());
}
