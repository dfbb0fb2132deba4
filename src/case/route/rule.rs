//! One resource, compiled: its patterns, and the verdict on one request.

use regex::bytes::{Regex, SetMatches};

use super::super::glob::{self, Glob, Kind};
use super::super::model::Resource;
use super::super::path::query_values;
use super::super::pattern::{Pattern, Subject};

/// A request in the forms that patterns look at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts<'a> {
    /// Normalised path.
    pub(super) path: &'a [u8],
    /// Target as written.
    pub(super) raw: &'a [u8],
    /// Query, unescaped.
    pub(super) query: Option<&'a [u8]>,
    /// Host in its canonical form.
    pub(super) host: Option<&'a [u8]>,
    /// Bucket and key of an object-store record.
    pub(super) store: Option<(Option<&'a [u8]>, &'a [u8])>,
}

/// Regex sources of the automata over all patterns, gathered while resources compile.
#[derive(Debug, Default)]
pub(super) struct Gates {
    pub(super) paths: Vec<String>,
    pub(super) raws: Vec<String>,
    pub(super) open: bool,
}

/// What must be seen before a pattern is worth a look.
#[derive(Debug, Clone, Copy)]
enum Gate {
    Path(usize),
    Raw(usize),
    Open,
}

/// Why a resource has a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) listing: bool,
    pub(super) host_unchecked: bool,
}

/// Ordered, so that the best of several patterns is their maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Held {
    No,
    /// All but a host pattern, which had nothing to look at.
    HostUnknown,
    Yes,
}

#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) ignore_case: bool,
    pub(super) object_query: Vec<Vec<u8>>,
    pub(super) subject: Option<SubjectRule>,
    matches: Vec<Compiled>,
    exclude: Vec<Compiled>,
    listing: Vec<Compiled>,
}

#[derive(Debug, Clone)]
pub(super) enum SubjectRule {
    Query(Vec<u8>),
    Path(Regex),
}

/// A regex in both senses of case; `folded` is `None` where the resource never folds.
#[derive(Debug, Clone)]
struct Cased {
    exact: Regex,
    folded: Option<Regex>,
}

#[derive(Debug, Clone)]
struct Compiled {
    gate: Gate,
    path: Vec<Cased>,
    raw: Option<Cased>,
    host: Option<Regex>,
    query: Vec<(Vec<u8>, Cased)>,
    bucket: Option<Cased>,
    key: Option<Cased>,
}

impl Rule {
    pub(super) fn new(resource: &Resource, ignore_case: bool, gates: &mut Gates) -> Result<Self, String> {
        let mut opening = |patterns: &[Pattern]| -> Result<Vec<Compiled>, String> {
            patterns.iter().map(|pattern| Compiled::new(pattern, ignore_case, Some(gates))).collect()
        };
        let (matches, listing) = (opening(&resource.matches)?, opening(&resource.listing)?);
        let exclude =
            resource.exclude.iter().map(|p| Compiled::new(p, ignore_case, None)).collect::<Result<_, _>>()?;
        let subject = match &resource.subject {
            Some(Subject::Query(key)) => Some(SubjectRule::Query(key.as_bytes().to_vec())),
            Some(Subject::Path(source)) => {
                Some(SubjectRule::Path(compile(&regex_source(source, ignore_case))?))
            }
            Some(Subject::Manifest(_)) | None => None,
        };
        let object_query = resource.object_query.iter().map(|key| key.as_bytes().to_vec()).collect();
        Ok(Self { ignore_case, object_query, subject, matches, exclude, listing })
    }

    /// Whether any pattern that could take the request in passed its gate.
    pub(super) fn gates_open(&self, paths: &SetMatches, raws: &SetMatches) -> bool {
        self.matches.iter().chain(&self.listing).any(|pattern| match pattern.gate {
            Gate::Path(index) => paths.matched(index),
            Gate::Raw(index) => raws.matched(index),
            Gate::Open => true,
        })
    }

    /// Whether and how the request is this resource's, with or without folding case.
    pub(super) fn verdict(&self, facts: &Facts<'_>, fold: bool) -> Option<Verdict> {
        let best =
            |patterns: &[Compiled]| patterns.iter().map(|p| p.held(facts, fold)).max().unwrap_or(Held::No);
        let (listing, matches) = (best(&self.listing), best(&self.matches));
        let (listing, held) = match (listing, matches) {
            (Held::No, Held::No) => return None,
            (Held::HostUnknown, Held::Yes) => (false, matches),
            (Held::No, _) => (false, matches),
            _ => (true, listing),
        };
        match best(&self.exclude) {
            Held::Yes => None,
            excluded => Some(Verdict {
                listing,
                host_unchecked: held == Held::HostUnknown || excluded == Held::HostUnknown,
            }),
        }
    }
}

impl Compiled {
    fn new(pattern: &Pattern, ignore_case: bool, gates: Option<&mut Gates>) -> Result<Self, String> {
        let glob = |text: &String| Cased::new(|fold| glob_source(text, fold), ignore_case);
        let prefix = |text: &String| Cased::new(|fold| Ok(prefix_source(text, fold)), ignore_case);
        let regex = |text: &String| Cased::new(|fold| Ok(regex_source(text, fold)), ignore_case);
        let path: Vec<Cased> = [
            pattern.path.as_ref().map(glob),
            pattern.prefix.as_ref().map(prefix),
            pattern.regex.as_ref().map(regex),
        ]
        .into_iter()
        .flatten()
        .collect::<Result<_, _>>()?;
        let raw = pattern.raw_regex.as_ref().map(regex).transpose()?;
        let gate = gates.map_or(Gate::Open, |gates| gates.add(path.first(), raw.as_ref()));
        Ok(Self {
            gate,
            path,
            raw,
            host: pattern.host.as_ref().map(|text| compile(&glob_source(text, true)?)).transpose()?,
            query: pattern
                .query
                .iter()
                .map(|(key, value)| Ok((key.as_bytes().to_vec(), glob(value)?)))
                .collect::<Result<_, String>>()?,
            bucket: pattern.bucket.as_ref().map(glob).transpose()?,
            key: pattern.key.as_ref().map(glob).transpose()?,
        })
    }

    fn held(&self, facts: &Facts<'_>, fold: bool) -> Held {
        let paths = self.path.iter().all(|regex| regex.is_match(facts.path, fold));
        let raw = self.raw.as_ref().is_none_or(|regex| regex.is_match(facts.raw, fold));
        if !paths || !raw {
            return Held::No;
        }
        let query = self.query.iter().all(|(key, glob)| {
            query_values(facts.query.unwrap_or_default(), key, fold).any(|value| glob.is_match(&value, fold))
        });
        let bucket = facts.store.and_then(|(bucket, _)| bucket);
        let stored = holds(self.bucket.as_ref(), bucket, fold)
            && holds(self.key.as_ref(), facts.store.map(|(_, key)| key), fold);
        if !query || !stored {
            return Held::No;
        }
        match (&self.host, facts.host) {
            (None, _) => Held::Yes,
            (Some(_), None) => Held::HostUnknown,
            (Some(glob), Some(host)) if glob.is_match(host) => Held::Yes,
            (Some(_), Some(_)) => Held::No,
        }
    }
}

/// Whether a column that a pattern asks for is there and matches.
fn holds(wanted: Option<&Cased>, column: Option<&[u8]>, fold: bool) -> bool {
    wanted.is_none_or(|glob| column.is_some_and(|text| glob.is_match(text, fold)))
}

impl Gates {
    fn add(&mut self, path: Option<&Cased>, raw: Option<&Cased>) -> Gate {
        if let Some(path) = path {
            self.paths.push(path.widest().as_str().to_owned());
            return Gate::Path(self.paths.len() - 1);
        }
        if let Some(raw) = raw {
            self.raws.push(raw.widest().as_str().to_owned());
            return Gate::Raw(self.raws.len() - 1);
        }
        self.open = true;
        Gate::Open
    }
}

impl Cased {
    fn new(source: impl Fn(bool) -> Result<String, String>, ignore_case: bool) -> Result<Self, String> {
        let exact = compile(&source(false)?)?;
        let folded = if ignore_case { Some(compile(&source(true)?)?) } else { None };
        Ok(Self { exact, folded })
    }

    /// The one of the two that matches more.
    fn widest(&self) -> &Regex {
        self.folded.as_ref().unwrap_or(&self.exact)
    }

    fn is_match(&self, text: &[u8], fold: bool) -> bool {
        if fold { self.widest().is_match(text) } else { self.exact.is_match(text) }
    }
}

fn compile(source: &str) -> Result<Regex, String> {
    glob::compile(source).map_err(|e| crate::escape::terminal(e.to_string().as_bytes()))
}

fn glob_source(text: &str, fold: bool) -> Result<String, String> {
    let glob = Glob::parse(text, Kind::Route).map_err(|e| e.to_string())?;
    Ok(glob.regex_source(fold))
}

fn prefix_source(text: &str, fold: bool) -> String {
    format!("{}^{}", if fold { "(?i)" } else { "" }, regex::escape(text))
}

fn regex_source(text: &str, fold: bool) -> String {
    format!("{}{text}", if fold { "(?i)" } else { "" })
}
