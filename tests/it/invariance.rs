//! Same evidence, same case, same bytes out (METHOD M1.5, M9.4), whatever the machine does and however the lines
//! were handed over.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::evidence::{Folder, member};
use crate::program::{root, run};

fn incident() -> PathBuf {
    root().join("samples/incidents/doj-dashboard")
}

/// Every file below a folder, by its path in it.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(here) = open.pop() {
        for entry in std::fs::read_dir(here).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn report(case: &Path, options: &[&str]) -> BTreeMap<PathBuf, Vec<u8>> {
    let folder = Folder::new();
    let output = folder.at("report");
    let mut arguments: Vec<OsString> =
        ["report".into(), case.into(), "-o".into(), output.clone().into()].into();
    arguments.extend(options.iter().map(OsString::from));
    run(folder.path(), arguments).exits(3);
    contents(&output)
}

/// The incident in a folder of its own, so that nobody changes it while it is read.
fn copied(name: &str) -> Folder {
    let folder = Folder::new();
    for (file, bytes) in contents(&incident()) {
        folder.bytes(&format!("{name}/{}", file.display()), bytes);
    }
    folder
}

/// Says which files differ, not what is in them.
#[track_caller]
fn assert_same(a: &BTreeMap<PathBuf, Vec<u8>>, b: &BTreeMap<PathBuf, Vec<u8>>, what: &str) {
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>(), "{what}");
    let differ: Vec<_> = a.iter().filter(|(name, bytes)| b[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(differ.is_empty(), "{what}: {differ:?} differ");
}

#[test]
fn threads_partitions_and_memory_change_no_byte_of_a_report() {
    let folder = copied("evidence");
    let case = folder.at("evidence/case.toml");
    let usual = report(&case, &[]);
    assert!(usual.contains_key(Path::new("summary.json")));
    assert_eq!(usual.keys().filter(|name| name.extension().is_some_and(|e| e == "csv")).count(), 8);
    for options in [
        &["--threads", "1"][..],
        &["--threads", "2"],
        &["--threads", "4"],
        &["--partitions", "1"],
        &["--partitions", "7"],
        &["--memory", "1KiB"],
        &["--memory", "1KiB", "--partitions", "7"],
        &["--memory", "1KiB", "--partitions", "7", "--threads", "4"],
        &["--quiet", "--color", "always"],
    ] {
        assert_same(&usual, &report(&case, options), &options.join(" "));
    }
}

/// METHOD M9.4: paths in outputs are relative to the case file, so the folder's own name is in none of them.
#[test]
fn the_name_of_the_evidence_folder_changes_no_byte_of_a_report() {
    let [here, there] = ["evidence", "elsewhere/under another name"].map(copied);
    let case = there.at("elsewhere/under another name/case.toml");
    assert_same(&report(&here.at("evidence/case.toml"), &[]), &report(&case, &[]), "another folder");
}

#[test]
fn evidence_is_left_as_it_was_found() {
    let folder = copied("evidence");
    let evidence = folder.at("evidence");
    let stamps = |below: &Path| -> Vec<_> {
        contents(below)
            .keys()
            .map(|n| std::fs::metadata(below.join(n)).unwrap().modified().unwrap())
            .collect()
    };
    read_only(&evidence, true);
    let before = (contents(&evidence), stamps(&evidence));
    run(&evidence, ["report", "case.toml", "-o", "../out"]).exits(3);
    run(&evidence, ["count", "logs/gateway", "-r", "/views/**", "--csv", "../csv", "--chart", "../c.svg"])
        .exits(3);
    run(&evidence, ["inspect", "logs"]).exits(3);
    assert_eq!(before, (contents(&evidence), stamps(&evidence)));
    read_only(&evidence, false);
}

fn read_only(folder: &Path, on: bool) {
    for name in contents(folder).keys().map(|name| folder.join(name)).chain([folder.to_owned()]) {
        let mut rights = std::fs::metadata(&name).unwrap().permissions();
        rights.set_readonly(on);
        std::fs::set_permissions(name, rights).unwrap();
    }
}

/// Gateway logs of the incident, decompressed, duplicates left out: what a count needs.
fn gateway() -> Vec<(String, Vec<u8>)> {
    let logs = contents(&incident().join("logs/gateway"));
    logs.into_iter()
        .filter(|(name, _)| name.extension().is_some_and(|e| e == "log") && !name.starts_with("backup"))
        .map(|(name, bytes)| (name.display().to_string(), bytes))
        .collect()
}

const QUESTION: [&str; 10] = [
    "--json",
    "-r",
    "permits=/views/Permits/**.csv",
    "-r",
    "rest=/views/**.csv",
    "--trusted-proxy",
    "10.0.0.0/8",
    "--window",
    "1h",
    "--quiet",
];

fn answer(folder: &Folder, paths: &[String]) -> String {
    let arguments = ["count"].into_iter().map(str::to_owned).chain(paths.iter().cloned());
    let ran = run(folder.path(), arguments.chain(QUESTION.map(str::to_owned))).exits(3);
    ran.text().to_owned()
}

#[test]
fn the_order_of_arguments_changes_no_byte_of_a_count() {
    let folder = Folder::new();
    let mut names = Vec::new();
    for (name, bytes) in gateway() {
        folder.bytes(&name, bytes);
        names.push(name);
    }
    let forward = answer(&folder, &names);
    names.reverse();
    assert_eq!(forward, answer(&folder, &names));
    names.push(names[0].clone());
    assert_eq!(forward, answer(&folder, &names), "a file named twice is read once");
}

/// The answer without what tells the files apart: their rows, their number, sentences that name them.
fn figures(text: &str) -> Value {
    let mut answer: Value = serde_json::from_str(text).unwrap();
    let all = answer.as_object_mut().unwrap();
    for block in ["sources", "findings"] {
        all.remove(block).unwrap();
    }
    all["ledger"].as_object_mut().unwrap().remove("files").unwrap();
    answer
}

/// Cuts after the newline that follows the middle.
fn halves(bytes: &[u8]) -> (&[u8], &[u8]) {
    let middle = bytes.len() / 2;
    let newline = bytes[middle..].iter().position(|b| *b == b'\n').unwrap();
    bytes.split_at(middle + newline + 1)
}

#[test]
fn split_compressed_and_joined_files_give_the_same_figures() {
    let whole = Folder::new();
    let split = Folder::new();
    let gzip = Folder::new();
    let members = Folder::new();
    for (name, bytes) in gateway() {
        let (first, second) = halves(&bytes);
        whole.bytes(&name, &bytes);
        split.bytes(&format!("{name}.1"), first);
        split.bytes(&format!("{name}.2"), second);
        // The name does not say that it is compressed; the content does.
        gzip.bytes(&name, member(&bytes));
        members.bytes(&format!("{name}.gz"), [member(first), member(second)].concat());
    }
    let here = |folder: &Folder| figures(&answer(folder, &[".".to_owned()]));
    let wanted = here(&whole);
    assert!(crate::json::number(&wanted, "counts.served") > 3000);
    assert_eq!(wanted, here(&split), "split at a line");
    assert_eq!(wanted, here(&gzip), "compressed");
    assert_eq!(wanted, here(&members), "two gzip members");
}

/// A stream cannot be read twice, and says so; the figures are the same.
#[test]
fn standard_input_gives_the_same_figures_as_the_file() {
    let (name, bytes) = gateway().pop().unwrap();
    let folder = Folder::new();
    folder.bytes(&name, &bytes);
    let from_file = answer(&folder, &[name]);
    let arguments = ["count", "-"].into_iter().chain(QUESTION);
    let from_stdin = crate::program::run_with(folder.path(), arguments, &bytes).exits(3);
    assert_eq!(figures(&from_file), figures(from_stdin.text()));
}
