//! Real logs: every line of every file is a record, a directive, blank, or a fault with a reason (METHOD M1.1, M1.4).
//!
//! The logs lie beside the project and are no part of it; [`corpus_dir`] is the one place that knows where.

mod cuts;
mod formats;
mod origin;
mod under;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::evidence::Folder;
use crate::program::{root, run};

/// The corpus: `$ACCESSTRAIL_CORPUS`, or the folder beside the project. Where it is absent the test says loudly what
/// it did not test; with `ACCESSTRAIL_REQUIRE_CORPUS=1` it fails instead.
pub(crate) fn corpus_dir(not_tested: &str) -> Option<PathBuf> {
    let beside = || root().join("../shared/corpus");
    let dir = std::env::var_os("ACCESSTRAIL_CORPUS").map_or_else(beside, PathBuf::from);
    if dir.is_dir() {
        return Some(dir);
    }
    let required = std::env::var_os("ACCESSTRAIL_REQUIRE_CORPUS").is_some_and(|v| v == "1");
    assert!(!required, "the corpus is required and absent at {}", dir.display());
    eprintln!("CORPUS ABSENT at {}: NOT TESTED: {not_tested}", dir.display());
    None
}

/// All files below a folder, sorted.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(here) = open.pop() {
        for entry in std::fs::read_dir(here).unwrap().map(Result::unwrap) {
            match entry.file_type().unwrap() {
                kind if kind.is_dir() => open.push(entry.path()),
                _ => found.push(entry.path()),
            }
        }
    }
    found.sort();
    found
}

/// `inspect --json` of one file: exit status and answer.
fn inspect(path: &Path) -> (i32, Value) {
    let ran = run(root(), [Path::new("inspect"), Path::new("--json"), path]);
    assert!(!ran.stderr.contains("panicked"), "{}: {}", path.display(), ran.stderr);
    let answer = if ran.stdout.is_empty() { Value::Null } else { ran.json() };
    (ran.status, answer)
}

/// Runs `each` on all of `items`, on several threads; what it says is wrong comes back in order.
fn all_wrong<T: Sync>(items: &[T], each: impl Fn(&T) -> Vec<String> + Sync) -> String {
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(BTreeMap::new());
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((place, item)) = {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    items.get(place).map(|item| (place, item))
                } {
                    let said = each(item);
                    if !said.is_empty() {
                        wrong.lock().unwrap().insert(place, said.join("\n"));
                    }
                }
            });
        }
    });
    wrong.into_inner().unwrap().into_values().collect::<Vec<_>>().join("\n")
}

const COLUMNS: [&str; 4] = ["records", "directives", "blank", "faults"];

fn columns(row: &Value) -> [u64; 4] {
    COLUMNS.map(|name| row[name].as_u64().unwrap())
}

/// Every file of every family, also of formats that this version does not read.
#[test]
fn no_file_of_the_corpus_breaks_the_program_or_its_ledger() {
    let Some(corpus) = corpus_dir("that every file of the corpus is read or refused without a crash") else {
        return;
    };
    let files = files_below(&corpus);
    assert!(files.len() >= 350, "only {} files", files.len());
    let wrong = all_wrong(&files, |path| {
        let (status, answer) = inspect(path);
        let mut wrong = Vec::new();
        if ![0, 1, 3].contains(&status) {
            wrong.push(format!("{}: exit {status}", path.display()));
        }
        if status == 1 {
            return wrong;
        }
        let rows = answer["files"].as_array().unwrap();
        for row in rows {
            if columns(row).iter().sum::<u64>() != row["lines"].as_u64().unwrap() {
                wrong.push(format!("{}: lines are lost: {row}", path.display()));
            }
        }
        let faults: u64 = rows.iter().map(|row| columns(row)[3]).sum();
        if (status == 3) != (faults > 0 || rows.iter().any(|row| row["state"] != "read")) {
            wrong.push(format!("{}: exit {status} with {faults} faults", path.display()));
        }
        wrong
    });
    assert!(wrong.is_empty(), "{wrong}");
}

/// Physical lines counted by nobody but this test: newlines, and a last line without one.
#[test]
fn the_lines_of_every_plain_file_are_its_newlines() {
    let Some(corpus) = corpus_dir("that no line of a real file is lost in framing") else { return };
    let families = ["apache_", "nginx_", "ncsa_", "tableau_", "k8s_", "squid_", "ltsv", "uwsgi", "vsftpd"];
    let is_ours = |path: &PathBuf| {
        let below = path.strip_prefix(&corpus).unwrap().to_str().unwrap();
        families.iter().any(|family| below.starts_with(family))
    };
    let files: Vec<PathBuf> = files_below(&corpus).into_iter().filter(is_ours).collect();
    let wrong = all_wrong(&files, |path| {
        let bytes = std::fs::read(path).unwrap();
        if bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(b"PK\x03\x04") {
            return Vec::new();
        }
        let newlines = bytes.iter().filter(|b| **b == b'\n').count();
        let wanted = newlines + usize::from(bytes.last().is_some_and(|b| *b != b'\n'));
        let (_, answer) = inspect(path);
        let found = answer["files"][0]["lines"].as_u64().unwrap();
        if found == wanted as u64 {
            Vec::new()
        } else {
            vec![format!("{}: {found} of {wanted}", path.display())]
        }
    });
    assert!(wrong.is_empty(), "{wrong}");
}

/// Records, directives, blank lines and faults of every file of the families, read with no option.
///
/// Of `apache_directives` each file has a LogFormat of its own; read without it, its lines are faults, or records where
/// the columns look like the common format. The `expected.json` files are no logs.
const PINS: &str = include_str!("corpus/pins.csv");

fn pins() -> BTreeMap<String, [u64; 4]> {
    let mut found = BTreeMap::new();
    for row in csv::Reader::from_reader(PINS.as_bytes()).records().map(Result::unwrap) {
        let counts = [1, 2, 3, 4].map(|column| row[column].parse().unwrap());
        assert_eq!(found.insert(row[0].to_owned(), counts), None, "{} is pinned twice", &row[0]);
    }
    found
}

/// The parser's own tests pin the same logs line by line; here the whole program reads them, gzip included.
#[test]
fn every_file_of_the_web_server_families_has_its_counts() {
    let Some(corpus) = corpus_dir("the pinned counts of the web server families") else { return };
    let pinned = pins();
    let families = ["apache_", "nginx_", "ncsa_", "tableau_"];
    let files: Vec<PathBuf> = files_below(&corpus)
        .into_iter()
        .filter(|path| {
            let below = path.strip_prefix(&corpus).unwrap().to_str().unwrap();
            families.iter().any(|family| below.starts_with(family))
        })
        .collect();
    let wrong = all_wrong(&files, |path| {
        let below = path.strip_prefix(&corpus).unwrap().to_str().unwrap();
        let found = columns(&inspect(path).1["files"][0]);
        match pinned.get(below) {
            Some(wanted) if *wanted == found => Vec::new(),
            _ => vec![format!("{below},{}", found.map(|n| n.to_string()).join(","))],
        }
    });
    assert!(wrong.is_empty(), "found, and not pinned so:\n{wrong}");
    assert_eq!(files.len(), pinned.len(), "a pinned file is gone");
}

/// The file that many a course uses: 10,000 lines, one of them cut in the middle of its user agent.
#[test]
fn the_one_cut_line_of_ten_thousand_is_the_one_fault() {
    let Some(corpus) = corpus_dir("the one fault of elastic's apache_logs") else { return };
    let path = corpus.join("apache_combined/elastic+examples/Common Data Formats/apache_logs/apache_logs");
    let folder = Folder::new();
    let ran = run(
        folder.path(),
        [Path::new("count"), &path, Path::new("--json"), Path::new("--csv"), Path::new("out")],
    );
    let ledger = &ran.exits(3).json()["ledger"];
    assert_eq!(columns(ledger), [9999, 0, 0, 1]);
    let mut reader = csv::Reader::from_path(folder.at("out/faults.csv")).unwrap();
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let [fault] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!((fault["line"].as_str(), fault["fault"].as_str()), ("8899", "syntax"));
    let text = std::fs::read(&path).unwrap();
    let offset: usize = fault["offset"].parse().unwrap();
    assert_eq!(text[..offset].iter().filter(|b| **b == b'\n').count(), 8898);
}

/// A template declared on the command line reads what `auto` cannot know.
#[test]
fn a_declared_template_reads_every_line_of_its_file() {
    let Some(corpus) = corpus_dir("templates on the command line") else { return };
    let dir = corpus.join("apache_directives/saygox+duckdb-httpd-log/test/data/directives");
    for (name, template, records) in [
        ("duration", r#"%h %l %u %t "%r" %>s %b %D"#, 3),
        ("server_both", r#"%h %v %V %t "%r" %>s %b"#, 1),
        ("original_final", r#"%h %l %u %t "%<r" %>s %b"#, 3),
        ("query_string", r#"%h %l %u %t "%m %U%q %H" %>s %b"#, 3),
    ] {
        let path = dir.join(format!("{name}.log"));
        let arguments =
            ["count", "--json", path.to_str().unwrap(), "--format", &format!("apache:{template}")]
                .map(str::to_owned);
        let answer = run(root(), arguments).exits(0).json();
        assert_eq!(columns(&answer["ledger"]), [records, 0, 0, 0], "{name}");
    }
}
