//! The house: floor plan, arrows between rooms, who may know which crate, sizes of files, links that lead somewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::corpus::{corpus_dir, files_below};
use crate::program::root;

/// What may stand in the folder of the package, and why beyond the six that the product names.
const TOP: [(&str, &str); 21] = [
    ("Cargo.toml", "named by the product"),
    ("src", "named by the product"),
    ("parsers", "named by the product"),
    ("samples", "named by the product"),
    ("tests", "named by the product"),
    ("docs", "named by the product"),
    ("Cargo.lock", "a program pins what it was built from"),
    ("README.md", "the front page"),
    ("LICENSE-MIT", "the terms"),
    ("LICENSE-APACHE", "the terms"),
    ("CONTRIBUTING.md", "how to change it"),
    ("SECURITY.md", "whom to tell"),
    ("clippy.toml", "bans, with reasons"),
    ("rustfmt.toml", "the layout"),
    ("deny.toml", "licences and advisories"),
    ("examples", "the bench, a program of its own beside the goal it measures"),
    (".ci", "everything that must hold before a change lands"),
    (".gitignore", "git"),
    (".gitattributes", "git"),
    (".git", "git"),
    ("target", "what cargo builds"),
];

/// The true order of the rooms: a `use` points down this list only. Where it departs from the list in `src/lib.rs`,
/// which follows the data, the reason stands beside the room.
const ROOMS: [(&str, &str); 17] = [
    ("cli", ""),
    ("run", ""),
    ("scan", "before case, intake, identity and outcome, whose rules it applies to each record"),
    ("facts", "before count, whose size votes it collects"),
    ("count", "before case and table, whose rows it folds under the case's rules"),
    ("case", ""),
    ("table", "before outcome, whose reasons a row holds"),
    ("intake", ""),
    ("identity", ""),
    ("outcome", ""),
    ("ledger", ""),
    ("coverage", ""),
    ("clock", ""),
    ("chart", "before finding, which it draws"),
    ("report", "before finding and escape, which it prints through"),
    ("finding", ""),
    ("escape", "last: every room may need a door"),
];

/// Arrows that point up all the same: from, to, why.
const UP: [(&str, &str, &str); 1] =
    [("count", "scan", "the meaning of a row's packed bits stands with the room that writes them")];

/// Which crate may be known where: a path below the package, as its beginning.
const VENDORS: [(&str, &[&str]); 15] = [
    ("polars", &["src/table/", "src/count/"]),
    ("plotters", &["src/chart/"]),
    ("nom", &["parsers/src/", "src/count/filter.rs"]),
    ("clap", &["src/cli/"]),
    ("flate2", &["src/intake/"]),
    ("zstd", &["src/intake/"]),
    ("bzip2", &["src/intake/"]),
    ("lzma_rust2", &["src/intake/"]),
    ("lz4", &["src/intake/"]),
    ("deflate64", &["src/intake/"]),
    ("zip", &["src/intake/"]),
    ("tar", &["src/intake/"]),
    ("ctrlc", &["src/cli/"]),
    ("tempfile", &["src/scratch.rs"]),
    ("maxminddb", &[]),
];

const LONGEST_FILE: usize = 600;
const LONGEST_MAIN: usize = 80;

/// All sources of the workspace by their path in it.
fn sources() -> Vec<(String, String)> {
    let folders = ["src", "parsers/src", "samples/generator", "tests", "examples"];
    let files =
        folders.iter().map(|folder| root().join(folder)).filter(|f| f.is_dir()).flat_map(|f| files_below(&f));
    files
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// Code without comment lines and without the tests that follow it.
fn code(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    before_tests.lines().filter(|l| !l.trim_start().starts_with("//")).map(|l| format!("{l}\n")).collect()
}

fn is_test(name: &str) -> bool {
    name.contains("/tests/")
        || name.ends_with("/tests.rs")
        || name.starts_with("tests/")
        || name.ends_with("/fixture.rs")
}

#[test]
fn the_folder_of_the_package_holds_what_the_floor_plan_names() {
    let allowed: BTreeSet<&str> = TOP.iter().map(|(name, _)| *name).collect();
    let found = std::fs::read_dir(root()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let extra: Vec<String> = found.filter(|name| !allowed.contains(name.as_str())).collect();
    assert!(extra.is_empty(), "not on the floor plan: {extra:?}");
    for name in ["Cargo.toml", "src", "parsers", "samples", "tests", "docs", "README.md"] {
        assert!(root().join(name).exists(), "{name} is gone");
    }
}

fn room(name: &str) -> Option<&str> {
    name.strip_prefix("src/").and_then(|rest| rest.split_once('/')).map(|(room, _)| room)
}

#[test]
fn every_room_is_in_the_order_and_in_the_map() {
    let sources = sources();
    let rooms: BTreeSet<&str> = sources.iter().filter_map(|(name, _)| room(name)).collect();
    assert_eq!(rooms, ROOMS.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>());
    let library = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let map = std::fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    for room in rooms {
        assert!(library.contains(&format!("pub mod {room};")), "{room} is not in src/lib.rs");
        assert!(map.contains(&format!("`{room}/`")), "{room} is not in docs/architecture.md");
    }
}

#[test]
fn an_arrow_between_rooms_points_down() {
    let place: BTreeMap<&str, usize> = ROOMS.iter().enumerate().map(|(n, (name, _))| (*name, n)).collect();
    let used = Regex::new(r"\bcrate::\{?([a-z_]+)").unwrap();
    let mut up = BTreeSet::new();
    let mut wrong = Vec::new();
    let sources = sources();
    for (name, text) in sources.iter().filter(|(name, _)| !is_test(name)) {
        let Some(from) = room(name) else { continue };
        for found in used.captures_iter(&code(text)) {
            let to = found.get(1).unwrap().as_str();
            let Some(place_of_to) = place.get(to) else { continue };
            if to == from || place[from] < *place_of_to {
                continue;
            }
            match UP.iter().find(|(a, b, _)| *a == from && *b == to) {
                Some(exception) => drop(up.insert(*exception)),
                None => wrong.push(format!("{name} uses {to}")),
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that point up: {}", wrong.join(", "));
    assert_eq!(up, BTreeSet::from(UP), "an exception that no arrow needs");
}

/// Nothing uses `cli`, and nothing but `cli` uses `run`; what leaves the engine sees of it `finding` and `escape` only.
#[test]
fn the_ends_of_the_engine_know_nothing_of_its_inside() {
    let sources = sources();
    for (name, text) in sources.iter().filter(|(name, _)| !is_test(name)) {
        let code = code(text);
        let uses = |room: &str| {
            code.contains(&format!("crate::{room}::")) || code.contains(&format!("crate::{room};"))
        };
        match room(name) {
            Some("cli") | None => {}
            Some("run") => assert!(!uses("cli"), "{name}"),
            Some(from) => {
                assert!(!uses("cli") && !uses("run"), "{name}");
                if matches!(from, "chart" | "report") {
                    for (inside, _) in
                        ROOMS.iter().filter(|(r, _)| !matches!(*r, "finding" | "escape" | "chart" | "report"))
                    {
                        assert!(!uses(inside), "{name} uses {inside}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_vendor_crate_is_known_in_its_rooms_only() {
    for (vendor, rooms) in VENDORS {
        let named = Regex::new(&format!(r"(^|[^a-z_:]){vendor}::")).unwrap();
        let mut used: BTreeSet<&str> = BTreeSet::new();
        for (name, text) in sources() {
            let beside = ["tests/", "samples/", "examples/"].iter().any(|folder| name.starts_with(folder));
            if beside || is_test(&name) || !code(&text).lines().any(|line| named.is_match(line)) {
                continue;
            }
            let home = rooms.iter().find(|room| name.starts_with(**room));
            assert!(home.is_some(), "{name} knows {vendor}");
            used.extend(home.copied());
        }
        assert_eq!(used.len(), rooms.len(), "a room of {vendor} does not use it");
    }
}

#[test]
fn no_source_file_is_longer_than_600_lines_and_main_than_80() {
    let lines = |text: &str| text.lines().count();
    let long: Vec<_> = sources()
        .into_iter()
        .map(|(name, text)| (lines(&text), name))
        .filter(|(n, _)| *n > LONGEST_FILE)
        .collect();
    assert!(long.is_empty(), "longer than {LONGEST_FILE} lines: {long:?}");
    let main = std::fs::read_to_string(root().join("src/main.rs")).unwrap();
    assert!(lines(&main) <= LONGEST_MAIN, "main.rs has {} lines", lines(&main));
}

#[test]
fn every_module_says_what_it_does_before_anything_else() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|(name, text)| !is_test(name) && !text.starts_with("//! "))
        .map(|(name, _)| name)
        .collect();
    assert!(silent.is_empty(), "no `//!` at the head of {silent:?}");
}

#[test]
fn nothing_is_left_for_later_and_no_test_is_switched_off() {
    let later = [
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("#[", "ignore"),
        concat!("FIX", "ME"),
    ];
    for (name, text) in sources() {
        for word in later {
            assert!(!text.contains(word), "{name} has {word}");
        }
    }
}

fn documents() -> Vec<PathBuf> {
    let below = ["docs", "samples", "tests"].iter().flat_map(|folder| files_below(&root().join(folder)));
    let mut found: Vec<PathBuf> = below.filter(|path| path.extension().is_some_and(|e| e == "md")).collect();
    found.push(root().join("README.md"));
    found
}

/// What a heading is called in a link, as the usual renderers do it.
fn slug(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn every_link_of_the_documents_leads_somewhere() {
    let link = Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let mut links = 0;
    let mut broken = Vec::new();
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        for found in link.captures_iter(&text) {
            let target = found.get(1).unwrap().as_str();
            if target.starts_with("http://")
                || target.starts_with("https://")
                || target.starts_with("mailto:")
            {
                continue;
            }
            links += 1;
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let there =
                if path.is_empty() { document.clone() } else { document.parent().unwrap().join(path) };
            let leads = match std::fs::read_to_string(&there) {
                Ok(text) if !anchor.is_empty() => text
                    .lines()
                    .filter(|l| l.starts_with('#'))
                    .any(|l| slug(l.trim_start_matches('#')) == anchor),
                Ok(_) => true,
                Err(_) => there.is_dir() || there.is_file(),
            };
            if !leads {
                broken.push(format!("{}: {target}", document.strip_prefix(root()).unwrap().display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(links >= 10, "only {links} links were found");
}

/// Files that a text names in backquotes with a folder exist: a map that names what is gone leads astray.
#[test]
fn every_path_that_the_front_page_and_the_map_name_is_there() {
    let named = Regex::new(r"`((?:src|parsers|samples|tests|docs|examples|\.ci)/[A-Za-z0-9_./-]+)`").unwrap();
    let mut gone = Vec::new();
    for document in ["README.md", "docs/architecture.md", "docs/limits.md"] {
        let text = std::fs::read_to_string(root().join(document)).unwrap();
        // Fenced blocks show commands and what they print.
        let prose: String = text.split("```").step_by(2).collect();
        for found in named.captures_iter(&prose) {
            let path = found.get(1).unwrap().as_str();
            if !exists(path) {
                gone.push(format!("{document}: {path}"));
            }
        }
    }
    assert!(gone.is_empty(), "{}", gone.join("\n"));
}

/// `src/case/path` may stand for `src/case/path.rs`, and `parsers/sniff` for `parsers/src/sniff.rs`.
fn exists(path: &str) -> bool {
    [path.to_owned(), path.replacen("parsers/", "parsers/src/", 1)].iter().any(|path| {
        let whole = root().join(path);
        whole.exists() || Path::new(&format!("{}.rs", whole.display())).exists()
    })
}

/// The corpus is other people's work: it is tested against, and no file of it is copied.
#[test]
fn no_file_of_the_corpus_is_copied_into_the_project() {
    let Some(corpus) = corpus_dir("that no file of the corpus is copied") else { return };
    let mut theirs: BTreeMap<Vec<u8>, PathBuf> = BTreeMap::new();
    for path in files_below(&corpus) {
        let bytes = std::fs::read(&path).unwrap();
        if bytes.len() > 40 {
            theirs.insert(bytes, path);
        }
    }
    for folder in ["src", "parsers/src", "samples", "tests", "docs", "examples"] {
        for path in files_below(&root().join(folder)) {
            if let Some(original) = theirs.get(&std::fs::read(&path).unwrap()) {
                panic!("{} is a copy of {}", path.display(), original.display());
            }
        }
    }
}
