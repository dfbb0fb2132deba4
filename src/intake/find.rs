//! Paths, directories and globs as typed → the files they mean, each once, in a fixed order.
//!
//! Directories are walked without following links to directories. Order here is by path bytes; the order of
//! every output is the canonical one of METHOD M1.5, which needs the content and comes later.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// Where bytes come from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A file.
    File(PathBuf),
    /// Standard input (`-`).
    Stdin,
}

impl Place {
    /// Whether its bytes can be read a second time: standard input and pipes are empty then.
    #[must_use]
    pub fn reads_twice(&self) -> bool {
        matches!(self, Self::File(path) if path.metadata().is_ok_and(|m| m.is_file()))
    }
}

/// One file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where its bytes are.
    pub place: Place,
    /// How it is shown: the path as typed, joined with what was found below it.
    pub shown: String,
}

/// A path that leads nowhere: a usage error, found before anything is read.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum FindError {
    /// Nothing there.
    #[error("`{path}` does not exist{}", hint_line(hint))]
    Missing {
        /// As typed.
        path: String,
        /// A neighbour with a similar name.
        hint: Option<String>,
    },
    /// The glob is malformed.
    #[error("`{path}` is not a valid glob: {reason}")]
    BadGlob {
        /// As typed.
        path: String,
        /// Why.
        reason: String,
    },
    /// The glob is well-formed and matches no file.
    #[error("the glob `{path}` matches no file{}", hint_line(hint))]
    Nothing {
        /// As typed.
        path: String,
        /// The nearest directory that exists.
        hint: Option<String>,
    },
    /// A directory without a single file below it.
    #[error(
        "the directory `{path}` holds no files\nhint: give a directory with log files in it, or the files themselves"
    )]
    EmptyDirectory {
        /// As typed.
        path: String,
    },
    /// A directory that cannot be listed.
    #[error("the directory `{path}` cannot be listed: {reason}")]
    Unlistable {
        /// As found.
        path: String,
        /// The system's words.
        reason: String,
    },
    /// A place that this version does not read.
    #[error(
        "`{path}` is a remote path, which this version does not read yet\nhint: copy the objects to a local folder and give that"
    )]
    Remote {
        /// As typed.
        path: String,
    },
}

impl FindError {
    /// The path as typed.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Missing { path, .. }
            | Self::BadGlob { path, .. }
            | Self::Nothing { path, .. }
            | Self::EmptyDirectory { path }
            | Self::Unlistable { path, .. }
            | Self::Remote { path } => path,
        }
    }
}

fn hint_line(hint: &Option<String>) -> String {
    hint.as_ref().map_or_else(String::new, |h| format!("\nhint: {h}"))
}

/// Resolves `paths` (relative ones against `base`) to files, sorted by path, none twice.
///
/// # Errors
/// The first path that leads nowhere.
pub fn find(paths: &[String], base: Option<&Path>) -> Result<Vec<Found>, FindError> {
    let mut found = Vec::new();
    for path in paths {
        if path == "-" {
            found.push(Found { place: Place::Stdin, shown: "-".to_owned() });
        } else {
            one(path, base, &mut found)?;
        }
    }
    found.sort_by(|a, b| a.place.cmp(&b.place).then_with(|| a.shown.cmp(&b.shown)));
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|f| match &f.place {
        Place::Stdin => seen.insert(PathBuf::from("-")),
        Place::File(p) => seen.insert(p.canonicalize().unwrap_or_else(|_| p.clone())),
    });
    Ok(found)
}

fn one(path: &str, base: Option<&Path>, found: &mut Vec<Found>) -> Result<(), FindError> {
    if ["s3://", "az://", "gs://"].iter().any(|scheme| path.starts_with(scheme)) {
        return Err(FindError::Remote { path: path.to_owned() });
    }
    let full = base.map_or_else(|| PathBuf::from(path), |b| b.join(path));
    if full.is_dir() {
        let before = found.len();
        walk(&full, path, found)?;
        if found.len() == before {
            return Err(FindError::EmptyDirectory { path: path.to_owned() });
        }
        return Ok(());
    }
    // A name that exists is that name, even if it looks like a glob.
    if full.symlink_metadata().is_ok() {
        found.push(Found { place: Place::File(full), shown: path.to_owned() });
        return Ok(());
    }
    if !path.contains(['*', '?', '[', '{']) {
        return Err(FindError::Missing { path: path.to_owned(), hint: neighbour(&full) });
    }
    glob_files(path, &full, base, found)
}

fn glob_files(path: &str, full: &Path, base: Option<&Path>, found: &mut Vec<Found>) -> Result<(), FindError> {
    let bad = |reason: String| FindError::BadGlob { path: path.to_owned(), reason };
    let pattern = full.to_str().ok_or_else(|| bad("it is not valid UTF-8".to_owned()))?;
    let options = glob::MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: false,
    };
    let matches = glob::glob_with(pattern, options).map_err(|e| bad(e.to_string()))?;
    let before = found.len();
    for entry in matches {
        let hit = entry.map_err(|e| FindError::Unlistable {
            path: e.path().display().to_string(),
            reason: e.error().to_string(),
        })?;
        let shown = base.and_then(|b| hit.strip_prefix(b).ok()).unwrap_or(&hit).display().to_string();
        if hit.is_dir() {
            // `logs/**` names the directories too; their files come by themselves.
            if !pattern.ends_with("**") {
                walk(&hit, &shown, found)?;
            }
        } else {
            found.push(Found { place: Place::File(hit), shown });
        }
    }
    if found.len() == before {
        return Err(FindError::Nothing { path: path.to_owned(), hint: existing_part(full) });
    }
    Ok(())
}

fn walk(directory: &Path, shown: &str, found: &mut Vec<Found>) -> Result<(), FindError> {
    let unlistable =
        |e: std::io::Error| FindError::Unlistable { path: shown.to_owned(), reason: e.to_string() };
    let mut entries = std::fs::read_dir(directory)
        .map_err(unlistable)?
        .collect::<Result<Vec<_>, _>>()
        .map_err(unlistable)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let below = Path::new(shown).join(&name).display().to_string();
        let kind = entry.file_type().map_err(unlistable)?;
        let path = entry.path();
        if kind.is_dir() {
            walk(&path, &below, found)?;
        } else if kind.is_file() || (kind.is_symlink() && !path.is_dir()) {
            found.push(Found { place: Place::File(path), shown: below });
        }
    }
    Ok(())
}

/// The most similar name beside a missing one.
#[must_use]
pub fn neighbour(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    if !parent.is_dir() {
        return existing_part(path);
    }
    let mut names: Vec<String> =
        std::fs::read_dir(parent).ok()?.filter_map(|e| e.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    let best = names.iter().min_by_key(|n| strsim::damerau_levenshtein(n, name))?;
    (strsim::damerau_levenshtein(best, name) <= 3)
        .then(|| format!("did you mean `{}`?", path.with_file_name(best).display()))
}

fn existing_part(path: &Path) -> Option<String> {
    let there = path.ancestors().skip(1).find(|p| p.is_dir())?;
    Some(format!("`{}` exists; look there", there.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("a/b")).unwrap();
        for name in ["a/access.log", "a/access.log.1", "a/b/front.log"] {
            std::fs::write(dir.path().join(name), b"x\n").unwrap();
        }
        dir
    }

    fn shown(found: &[Found]) -> Vec<&str> {
        found.iter().map(|f| f.shown.as_str()).collect()
    }

    #[test]
    fn a_directory_means_every_file_below_it() {
        let dir = folder();
        let found = find(&["a".to_owned()], Some(dir.path())).unwrap();
        assert_eq!(shown(&found), ["a/access.log", "a/access.log.1", "a/b/front.log"]);
    }

    #[test]
    fn a_file_named_twice_is_read_once() {
        let dir = folder();
        let found = find(&["a/access.log".into(), "a/*.log".into(), "a".into()], Some(dir.path())).unwrap();
        assert_eq!(shown(&found), ["a/access.log", "a/access.log.1", "a/b/front.log"]);
    }

    #[test]
    fn a_glob_that_matches_nothing_names_the_folder_that_exists() {
        let dir = folder();
        let error = find(&["a/*.gz".into()], Some(dir.path())).unwrap_err().to_string();
        assert!(error.starts_with("the glob `a/*.gz` matches no file\nhint: `"), "{error}");
    }

    #[test]
    fn a_missing_file_names_its_nearest_neighbour() {
        let dir = folder();
        let error = find(&["a/acess.log".into()], Some(dir.path())).unwrap_err().to_string();
        assert!(
            error.contains("does not exist\nhint: did you mean `") && error.contains("a/access.log`?"),
            "{error}"
        );
    }

    #[test]
    fn an_empty_directory_is_an_error_and_not_an_empty_answer() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("logs")).unwrap();
        assert_eq!(
            find(&["logs".into()], Some(dir.path())),
            Err(FindError::EmptyDirectory { path: "logs".into() })
        );
    }
}
