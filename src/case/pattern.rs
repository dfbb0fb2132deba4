//! What a `match`, `exclude` or `listing` entry asks of a request (METHOD M4.3), as data that is known to compile.

use super::error::{Refusal, said};
use super::glob::{self, Glob, Kind};
use super::model::Resource;

/// One entry: all that is given must hold. The default, with nothing given, matches every request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pattern {
    /// Glob over the normalised path; a plain text in `match` is this.
    pub path: Option<String>,
    /// Bytes the normalised path starts with.
    pub prefix: Option<String>,
    /// Regex over the normalised path, unanchored.
    pub regex: Option<String>,
    /// Regex over the target as written, unanchored.
    pub raw_regex: Option<String>,
    /// Glob over the logged host.
    pub host: Option<String>,
    /// Query key → glob over a value of it, in file order.
    pub query: Vec<(String, String)>,
    /// Glob over the bucket or container of an object-store record.
    pub bucket: Option<String>,
    /// Glob over the key of an object-store record.
    pub key: Option<String>,
}

/// Where a request names the person whose record it asks for (METHOD M4.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The value of a query key.
    Query(String),
    /// The group `subject` of a regex over the normalised path.
    Path(String),
    /// A table from objects to subjects.
    Manifest(String),
}

/// A refusal inside a pattern text: where in it, and how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) refusal: Refusal,
    pub(super) at: usize,
    pub(super) len: usize,
}

impl Flaw {
    fn all(text: &str, refusal: Refusal) -> Self {
        Self { refusal, at: 0, len: text.len() }
    }
}

impl Pattern {
    /// A pattern that is a path glob.
    #[must_use]
    pub fn glob(text: &str) -> Self {
        Self { path: Some(text.to_owned()), ..Self::default() }
    }

    /// Whether it can match one object only, so that a `size` can belong to it (METHOD M4.5).
    #[must_use]
    pub fn is_literal(&self) -> bool {
        let literal =
            |text: &String| Glob::parse(text, Kind::Route).is_ok_and(|glob| glob.literal().is_some());
        let names_one = self.path.is_some() || self.key.is_some();
        let open = self.prefix.is_some() || self.regex.is_some() || self.raw_regex.is_some();
        let globs = self.path.iter().chain(&self.host).chain(&self.bucket).chain(&self.key);
        names_one && !open && globs.chain(self.query.iter().map(|(_, value)| value)).all(literal)
    }
}

/// Checks a glob; a glob over paths must be able to match one.
pub(super) fn check_glob(text: &str, over_paths: bool) -> Result<(), Flaw> {
    let glob = Glob::parse(text, Kind::Route).map_err(|e| Flaw {
        refusal: Refusal::new(format!("bad glob: {}", e.sentence)),
        at: e.at,
        len: e.len,
    })?;
    if glob.compile(true).is_err() {
        return Err(Flaw::all(text, too_large("the glob")));
    }
    if !over_paths {
        return Ok(());
    }
    if let Some(at) = query_like(text) {
        let refusal = Refusal::new("a path glob cannot match a query: `?` is one character of the path")
            .hint("in a case file write `{ path = \"/export\", query = { sheet = \"ccw\" } }`");
        return Err(Flaw { refusal, at, len: 1 });
    }
    if !glob.can_match_path() {
        let refusal = Refusal::new(format!("`{}` can match no path: every path begins with `/`", said(text)))
            .hint("begin it with `/`, or with `**` for any depth");
        return Err(Flaw::all(text, refusal));
    }
    Ok(())
}

/// Where a glob looks like `/export?sheet=ccw`: a wildcard that was meant as the start of a query.
fn query_like(text: &str) -> Option<usize> {
    let at = text.find('?')?;
    let (name, _) = text.get(at + 1..)?.split_once('=')?;
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    plain.then_some(at)
}

/// Checks a prefix of paths.
pub(super) fn check_prefix(text: &str) -> Result<(), Flaw> {
    if text.starts_with('/') {
        return Ok(());
    }
    let refusal =
        Refusal::new(format!("`{}` is the prefix of no path: every path begins with `/`", said(text)));
    Err(Flaw::all(text, refusal))
}

/// Checks a regex; with `capture`, that it has the group `subject`.
pub(super) fn check_regex(text: &str, capture: bool) -> Result<(), Flaw> {
    let regex = match glob::compile(text) {
        Ok(regex) => regex,
        Err(regex::Error::CompiledTooBig(_)) => return Err(Flaw::all(text, too_large("the regex"))),
        Err(e) => {
            let last = e.to_string();
            let reason = last.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            return Err(Flaw::all(text, Refusal::new(format!("bad regex: {}", said(&reason)))));
        }
    };
    if capture && !regex.capture_names().flatten().any(|name| name == "subject") {
        let refusal = Refusal::new("the regex has no group `subject`")
            .hint("name the part that is the person: `(?<subject>[0-9]+)`");
        return Err(Flaw::all(text, refusal));
    }
    Ok(())
}

fn too_large(what: &str) -> Refusal {
    Refusal::new(format!("{what} is too large to be matched in linear time and bounded memory"))
}

/// The resource of an option `-r GLOB` or `-r NAME=GLOB`; an unnamed one is named by its glob.
///
/// A `=` splits off a name only if what stands before it is a plain identifier (`[A-Za-z0-9_.-]+`).
///
/// # Errors
/// A bad glob, or one that no path can match.
pub fn resource_from_flag(text: &str) -> Result<Resource, String> {
    let plain = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
    };
    let (name, glob) = match text.split_once('=') {
        Some((name, glob)) if plain(name) => (name, glob),
        _ => (text, text),
    };
    if glob.is_empty() {
        return Err(format!(
            "`-r {}` has no glob\nhint: write `-r '/path/**'` or `-r 'name=/path/**'`",
            said(text)
        ));
    }
    match check_glob(glob, true) {
        Ok(()) => Ok(Resource::new(name, vec![Pattern::glob(glob)])),
        Err(flaw) => {
            let mut refusal = flaw.refusal;
            refusal.sentence = format!("`-r {}`: {}", said(text), refusal.sentence);
            Err(refusal.to_string())
        }
    }
}

/// The resources of all `-r` options, in the order given; names are unique as in a case file.
///
/// # Errors
/// As [`resource_from_flag`], and a name given twice.
pub fn resources_from_flags<T: AsRef<str>>(texts: &[T]) -> Result<Vec<Resource>, String> {
    let mut resources: Vec<Resource> = Vec::with_capacity(texts.len());
    for text in texts {
        let resource = resource_from_flag(text.as_ref())?;
        if resources.iter().any(|earlier| earlier.name == resource.name) {
            return Err(format!(
                "`-r {}`: a second resource named `{}`\nhint: write both globs as one: `-r 'name={{/a/**,/b/**}}'`",
                said(text.as_ref()),
                said(&resource.name)
            ));
        }
        resources.push(resource);
    }
    Ok(resources)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_names_its_resource_or_is_named_by_its_glob() {
        for (text, name, glob) in [
            ("/views/**.csv", "/views/**.csv", "/views/**.csv"),
            ("permits=/views/**.csv", "permits", "/views/**.csv"),
            ("a.b-c_1=**", "a.b-c_1", "**"),
            ("/a=b", "/a=b", "/a=b"),
            ("/x/{a,b}=c", "/x/{a,b}=c", "/x/{a,b}=c"),
        ] {
            let resource = resource_from_flag(text).unwrap();
            assert_eq!(
                (resource.name.as_str(), resource.matches),
                (name, vec![Pattern::glob(glob)]),
                "{text}"
            );
            assert_eq!(resource.methods, ["GET"]);
        }
    }

    #[test]
    fn a_flag_that_could_only_count_nothing_is_refused() {
        for (text, said) in [
            (
                "*.csv",
                "`-r *.csv`: `*.csv` can match no path: every path begins with `/`\nhint: begin it with `/`, or with \
                 `**` for any depth",
            ),
            (
                "/export?sheet=ccw",
                "`-r /export?sheet=ccw`: a path glob cannot match a query: `?` is one character of the path\nhint: in a \
                 case file write `{ path = \"/export\", query = { sheet = \"ccw\" } }`",
            ),
            ("x=", "`-r x=` has no glob\nhint: write `-r '/path/**'` or `-r 'name=/path/**'`"),
            ("", "`-r ` has no glob\nhint: write `-r '/path/**'` or `-r 'name=/path/**'`"),
            ("/a[", "`-r /a[`: bad glob: `[` is never closed: quote it or close it with `]`"),
        ] {
            assert_eq!(resource_from_flag(text).unwrap_err(), said);
        }
    }

    #[test]
    fn two_flags_cannot_name_one_resource() {
        let names =
            |flags: &[&str]| resources_from_flags(flags).map(|all| all.into_iter().map(|r| r.name).collect());
        assert_eq!(names(&["a=/x", "/x", "b=/x"]), Ok(vec!["a".to_owned(), "/x".to_owned(), "b".to_owned()]));
        assert_eq!(
            names(&["a=/x", "a=/y"]),
            Err("`-r a=/y`: a second resource named `a`\nhint: write both globs as one: `-r 'name={/a/**,/b/**}'`".to_owned())
        );
    }

    #[test]
    fn only_one_path_without_wildcards_is_literal() {
        assert!(Pattern::glob("/a.csv").is_literal());
        assert!(Pattern::glob(r"/a\*.csv").is_literal());
        assert!(!Pattern::glob("/a*.csv").is_literal());
        assert!(!Pattern::glob("/{a,b}").is_literal());
        assert!(!Pattern::default().is_literal());
        assert!(!Pattern { prefix: Some("/a".into()), ..Pattern::default() }.is_literal());
        let sheet = Pattern { query: vec![("s".into(), "ccw".into())], ..Pattern::glob("/a") };
        assert!(sheet.is_literal());
        assert!(!Pattern { query: vec![("s".into(), "*".into())], ..sheet }.is_literal());
    }
}
