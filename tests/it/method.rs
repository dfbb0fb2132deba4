//! The rules of METHOD, each seen from outside on a log of a few lines. Test names begin with the rule.

mod coverage;
mod duplicates;
mod identity;
mod outcomes;
mod retrievals;
mod scope;
mod time;
mod twice;

use serde_json::Value;

use crate::evidence::Folder;
use crate::program::{count, run};

/// Counts `/data.csv` in `access.log` of these lines, with further arguments.
#[track_caller]
pub(crate) fn counted<S: AsRef<str>>(lines: impl IntoIterator<Item = S>, arguments: &[&str]) -> Value {
    let folder = Folder::of(lines);
    count(folder.path(), ["access.log", "-r", "data=/data.csv"].iter().chain(arguments))
}

/// Reports on `access.log` of these lines under a case whose sections follow the head, and gives the summary.
#[track_caller]
pub(crate) fn reported<S: AsRef<str>>(lines: impl IntoIterator<Item = S>, sections: &str) -> Value {
    let folder = Folder::of(lines);
    folder.bytes("case.toml", format!("[case]\nid = \"m\"\ntitle = \"m\"\nzone = \"UTC\"\n{sections}"));
    let ran = run(folder.path(), ["report", "case.toml", "-o", "out", "--quiet"]);
    assert!([0, 3].contains(&ran.status), "{}", ran.stderr);
    serde_json::from_slice(&std::fs::read(folder.at("out/summary.json")).unwrap()).unwrap()
}

/// A source of `access.log` that nginx wrote (bytes are body bytes written), and `/data.csv` of 100 bytes.
pub(crate) const NGINX: &str = "[[source]]\nname = \"web\"\npaths = [\"access.log\"]\nserver = \"nginx\"\n\
    [[resource]]\nname = \"data\"\nmatch = [\"/data.csv\"]\nsize = 100\n";

/// The outcomes in the order of the contract; `None` is null.
fn outcomes(answer: &Value) -> [Option<u64>; 6] {
    ["complete", "probable", "partial", "copied", "learned", "attempted"]
        .map(|name| answer["outcomes"][name].as_u64())
}

/// Whether a caveat is printed, and its text.
fn caveat<'a>(answer: &'a Value, id: &str) -> Option<&'a str> {
    crate::json::at(answer, &format!("caveats[id={id}].text"))?.as_str()
}

/// A rule holds, or docs/limits.md says in these words that it does not; never both, so that neither a defect nor a
/// limit that is gone stays unnoticed.
#[track_caller]
fn holds_or_is_a_told_limit(holds: bool, words: &str) {
    let limits = std::fs::read_to_string(crate::program::root().join("docs/limits.md")).unwrap();
    let told = limits.contains(words);
    assert!(holds || told, "the rule does not hold, and docs/limits.md says nothing of `{words}`");
    assert!(!(holds && told), "the rule holds: take `{words}` out of docs/limits.md");
}
