//! The case file as a whole: the documented example, every key, every refusal with its exact words.

mod example;
mod refused;

use std::path::Path;

use super::*;

/// A case with one source and one resource on lines 1–8; `more` begins on line 9.
fn with(more: &str) -> Result<Case, CaseError> {
    let base = "[case]\nid = \"T-1\"\n[[source]]\nname = \"web\"\npaths = [\"*.log\"]\n[[resource]]\nname = \"a\"\n\
                match = [\"/a.csv\"]\n";
    parse(&format!("{base}{more}"), Path::new("/case"), "case.toml")
}
