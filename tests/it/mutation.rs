//! Every sample, wounded at random places thousands of times: never a panic, never an exit that is not documented, and
//! the sums of METHOD M1.3 hold in what comes out.
//!
//! Seeds are fixed, so every run tries the same inputs. Many go into one process, a folder at a time; where a folder
//! fails, its files are tried one by one, and those that fail are kept below cargo's folder for what tests leave behind.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::corpus::files_below;
use crate::evidence::Folder;
use crate::json::number;
use crate::program::{Ran, root, run};

/// Folders, and files in each: what 20 to 30 seconds allow on two cores.
const FOLDERS: u64 = 120;
const FILES: usize = 80;
/// So many files of each folder are also counted, one process each.
const COUNTED: usize = 4;

/// SplitMix64: the same wounds on every machine.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n.max(1) as u64).unwrap()
    }

    /// A stretch of something so long; short ones more often.
    fn stretch(&mut self, length: usize) -> std::ops::Range<usize> {
        let (from, most) = (self.below(length), 1 << self.below(13));
        from..(from + self.below(most) + 1).min(length)
    }
}

fn wounded(draw: &mut Draw, samples: &[(String, Vec<u8>)]) -> (String, Vec<u8>) {
    let (name, sound) = &samples[draw.below(samples.len())];
    let mut bytes = sound.clone();
    let mut done = String::new();
    for _ in 0..1 + draw.below(3) {
        match draw.below(4) {
            0 => {
                bytes.truncate(draw.below(bytes.len()));
                done.push_str("cut-");
            }
            1 => {
                for _ in 0..1 + draw.below(8) {
                    let (at, bit) = (draw.below(bytes.len()), draw.below(8));
                    bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= 1 << bit);
                }
                done.push_str("flipped-");
            }
            2 => {
                let stretch = draw.stretch(bytes.len());
                let (again, at) = (bytes[stretch].to_vec(), draw.below(bytes.len()));
                bytes.splice(at..at, again);
                done.push_str("doubled-");
            }
            _ => {
                let (_, other) = &samples[draw.below(samples.len())];
                bytes.truncate(draw.below(bytes.len()));
                bytes.extend(&other[draw.below(other.len())..]);
                done.push_str("spliced-");
            }
        }
    }
    (format!("{done}{name}"), bytes)
}

/// The samples by name; what is in folders stands in the name with a dash.
fn samples() -> Vec<(String, Vec<u8>)> {
    let logs = root().join("samples/logs");
    files_below(&logs)
        .into_iter()
        .filter(|path| path.parent() != Some(&logs) && path.extension().is_some_and(|e| e != "toml"))
        .map(|path| {
            let name = path.strip_prefix(&logs).unwrap().to_str().unwrap().replace('/', "-");
            (name, std::fs::read(path).unwrap())
        })
        .collect()
}

/// Every sum of M1.3 that the ledger and the rows of files show.
fn sums(ledger: &Value, files: &[Value]) -> Result<(), String> {
    let of = |key: &str| number(ledger, key);
    let over = |key: &str| files.iter().map(|file| number(file, key)).sum::<u64>();
    let state = |word: &str| files.iter().filter(|file| file["state"] == word).count() as u64;
    let mut sums = vec![
        ("files", of("files"), files.len() as u64),
        ("duplicate_files", of("duplicate_files"), state("duplicate")),
        ("unreadable_files", of("unreadable_files"), state("unreadable")),
        ("lines", of("lines"), of("records") + of("directives") + of("blank") + of("faults")),
        (
            "records",
            of("records"),
            of("duplicate_records") + of("out_of_window") + of("not_sensitive") + of("in_scope"),
        ),
    ];
    sums.extend(["bytes", "lines", "records", "directives", "blank", "faults"].map(|k| (k, of(k), over(k))));
    sums.extend(files.iter().map(|file| {
        let parts = ["records", "directives", "blank", "faults"].map(|key| number(file, key));
        ("lines of a file", number(file, "lines"), parts.iter().sum())
    }));
    match sums.iter().find(|(_, a, b)| a != b) {
        Some((what, a, b)) => Err(format!("{what}: {a} is not {b}")),
        None => Ok(()),
    }
}

fn answered(ran: &Ran, files: &str) -> Result<Value, String> {
    if ran.stderr.contains("panicked") {
        return Err(ran.stderr.clone());
    }
    if ![0, 3].contains(&ran.status) {
        return Err(format!("exit {}: {}", ran.status, ran.stderr));
    }
    let answer: Value = serde_json::from_slice(&ran.stdout).map_err(|e| format!("stdout is no JSON: {e}"))?;
    sums(&answer["ledger"], answer[files].as_array().ok_or("no files")?)?;
    Ok(answer)
}

fn inspected(folder: &Path, name: &str) -> Result<Value, String> {
    answered(&run(folder, ["inspect", name, "--json"]), "files")
}

/// `count` may also say that there is no record at all, in one of its documented sentences, and nothing else.
fn counted(folder: &Path, name: &str) -> Result<(), String> {
    const NO_RECORD: [&str; 4] =
        ["could be read as a record", "cannot be read", "is empty", "holds no requests"];
    let ran = run(folder, ["count", name, "--json"]);
    if ran.status == 1 && ran.stdout.is_empty() && NO_RECORD.iter().any(|s| ran.stderr.contains(s)) {
        return if ran.stderr.contains("panicked") { Err(ran.stderr) } else { Ok(()) };
    }
    let answer = answered(&ran, "sources")?;
    let over = |list: &str, key: &str| -> u64 {
        answer[list].as_array().unwrap().iter().map(|row| number(row, key)).sum()
    };
    let of = |path: &str| number(&answer, path);
    let outcomes = ["probable", "partial", "copied", "learned", "attempted"];
    let outcomes: u64 = outcomes.iter().map(|o| of(&format!("outcomes.{o}"))).sum::<u64>()
        + answer["outcomes"]["complete"].as_u64().unwrap_or(0);
    let (requests, served) = (of("counts.requests"), of("counts.served"));
    for (what, a, b) in [
        ("in_scope", of("ledger.in_scope"), over("vantages", "requests")),
        ("outcomes", requests, outcomes),
        ("requests of resources", requests, over("resources", "requests")),
        ("requests of windows", requests, over("windows", "requests")),
        ("served of resources", served, over("resources", "served")),
        ("served of windows", served, over("windows", "served")),
        ("served of parties", served, over("parties", "served")),
        ("bytes of windows", of("bytes_served.total"), over("windows", "bytes_served")),
        ("bytes of resources", of("bytes_served.total"), over("resources", "bytes_served")),
        ("addresses", of("clients.ip"), of("clients.ip4") + of("clients.ip6_128")),
    ] {
        if a != b {
            return Err(format!("{what}: {a} is not {b}"));
        }
    }
    Ok(())
}

/// Keeps an input that failed, so that it can become a sample.
fn kept(name: &str, bytes: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutation");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// One folder of wounded samples: what failed, in words, with the file that was kept.
fn tried(seed: u64, samples: &[(String, Vec<u8>)]) -> Vec<String> {
    let mut draw = Draw(seed);
    let folder = Folder::new();
    let mut inputs = Vec::new();
    for n in 0..FILES {
        let (name, bytes) = wounded(&mut draw, samples);
        let name = format!("{seed:03}-{n:03}-{name}");
        folder.bytes(&format!("all/{name}"), &bytes);
        inputs.push((name, bytes));
    }
    let mut failed = Vec::new();
    let mut fail = |(name, bytes): &(String, Vec<u8>), why: String| {
        failed.push(format!("{}: {why}", kept(name, bytes).display()));
    };
    if let Err(together) = inspected(folder.path(), "all") {
        let alone: Vec<_> = inputs
            .iter()
            .filter_map(|input| Some((input, inspected(&folder.at("all"), &input.0).err()?)))
            .collect();
        if alone.is_empty() {
            inputs.iter().for_each(|input| fail(input, format!("only together: {together}")));
        }
        alone.into_iter().for_each(|(input, why)| fail(input, why));
    }
    for input in inputs.iter().take(COUNTED) {
        if let Err(why) = counted(&folder.at("all"), &input.0) {
            fail(input, why);
        }
    }
    failed
}

/// Half of the seeds, so that two cores share them.
fn every_second(first: u64) {
    let samples = samples();
    assert!(samples.len() >= 80, "only {} samples were found", samples.len());
    let failed: Vec<String> = (first..FOLDERS).step_by(2).flat_map(|seed| tried(seed, &samples)).collect();
    assert!(failed.is_empty(), "{} inputs failed:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn wounded_samples_never_panic_and_every_ledger_adds_up_even_seeds() {
    every_second(0);
}

#[test]
fn wounded_samples_never_panic_and_every_ledger_adds_up_odd_seeds() {
    every_second(1);
}

/// A check that passes whatever it is given would pass everything.
#[test]
fn a_ledger_that_does_not_add_up_is_seen() {
    let ledger = serde_json::json!({"files": 1, "bytes": 9, "lines": 3, "records": 1, "directives": 1, "blank": 1,
        "faults": 0, "unreadable_files": 0, "duplicate_files": 0, "duplicate_records": 0, "out_of_window": 0,
        "not_sensitive": 1, "in_scope": 0});
    let file = serde_json::json!({"state": "read", "bytes": 9, "lines": 3, "records": 1, "directives": 1, "blank": 1, "faults": 0});
    let files = [file];
    assert_eq!(sums(&ledger, &files), Ok(()));
    for key in ["files", "bytes", "lines", "records", "faults", "unreadable_files", "not_sensitive"] {
        let mut other = ledger.clone();
        other[key] = (number(&ledger, key) + 1).into();
        assert!(sums(&other, &files).is_err(), "{key}");
    }
}

/// What is wounded differs from what was sound, and the same seed wounds it alike.
#[test]
fn wounds_are_wounds_and_the_same_every_time() {
    let samples = samples();
    let (mut one, mut other) = (Draw(7), Draw(7));
    let mut changed = 0;
    for _ in 0..200 {
        let (name, bytes) = wounded(&mut one, &samples);
        assert_eq!((name, bytes.clone()), wounded(&mut other, &samples));
        changed += usize::from(samples.iter().all(|(_, sound)| *sound != bytes));
    }
    assert!(changed > 180, "{changed} of 200");
}
