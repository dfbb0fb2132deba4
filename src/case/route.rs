//! Request → resource, object, subject (METHOD M4.1, M4.3–M4.6).
//!
//! A [`Router`] is compiled once and shared by all threads; each thread has its own [`Scratch`]. Nearly all lines
//! of a log belong to no resource. [`Router::is_out`] tells most of them by the two ends of their path and the rest by
//! one automaton over the paths of all patterns; only what passes is looked at pattern by pattern.
//!
//! The router says where a request belongs and what it asks for. It does not look at the method or the status
//! (those are outcome rules, METHOD M4.4 and §5) and does not know the window.
//!
//! Decisions where METHOD is silent:
//! - `listing` is looked at before `match`, so that a listing never counts as a read of an object.
//! - A record without a host matches a `host` pattern, but an `exclude` must be *shown* to apply: without a host it
//!   does not. Both set `host_unchecked`.
//! - Hosts have no case; a port 80 or 443 and a final dot are cut off.
//! - With folded case the path of an object is in ASCII lower case; values of `object_query` are data and stay.
//! - A repeated key of `object_query` gives all its values; a subject is its first value that is not empty.

use std::borrow::Cow;

use accesstrail_parsers::record::Escape;
use regex::bytes::{RegexSet, RegexSetBuilder};

use super::glob::SIZE_LIMIT;
use super::model::Resource;
use super::path::{self, Buffer, TargetKind, normalise, query_values};

mod ends;
mod host;
mod object;
mod rule;

#[cfg(test)]
mod tests;

use self::ends::Ends;
pub use self::object::object_parts;
use self::rule::{Facts, Gates, Rule, SubjectRule};

/// Memory that the automata over all patterns may take for states met while scanning, per thread and set.
const STATES_LIMIT: usize = 8 << 20;

/// Why a router cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// A pattern does not compile; those of a loaded case do.
    #[error("resource `{resource}`: {reason}")]
    Pattern {
        /// Name of the resource.
        resource: String,
        /// What is wrong.
        reason: String,
    },
    /// All patterns together are too large for one automaton.
    #[error(
        "the patterns of all resources are too large together\nhint: join many literal paths into one glob: `/a/{{b,c}}.csv`"
    )]
    TooLarge,
}

/// What holds for all resources that don't say otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RouterOptions {
    /// Whether routes have no ASCII case where a resource has no `ignore_case` (METHOD M4.3: IIS).
    pub default_ignore_case: bool,
}

/// A request of a web log, as its columns are written.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// Method; the router does not look at it.
    pub method: Option<&'a [u8]>,
    /// Host column; empty and `-` are none.
    pub host: Option<&'a [u8]>,
    /// Request target; empty where the record has none.
    pub target: &'a [u8],
    /// Query column, with or without its `?`; where there is one, it is the query and not what the target holds.
    pub query: Option<&'a [u8]>,
    /// How the writer escapes text.
    pub escape: Escape,
}

/// A request of a log with an object column (METHOD M4.1).
#[derive(Debug, Clone, Copy)]
pub struct ObjectQuery<'a> {
    /// Bucket or container.
    pub bucket: Option<&'a [u8]>,
    /// Object key, without a `/` put before it.
    pub key: &'a [u8],
    /// How the writer escapes text.
    pub escape: Escape,
}

/// Where a request belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Index of the first resource in case order that matches.
    pub resource: u16,
    /// Later resources that match too, in case order.
    pub also: Vec<u16>,
    /// It matched by folding case only (CNT-06).
    pub folded: bool,
    /// A host pattern had a say and the record has no host (CNT-09).
    pub host_unchecked: bool,
    /// It lists objects and reads none (METHOD M4.4).
    pub listing: bool,
    /// Key of the object inside the resource; [`object_parts`] takes it apart.
    pub object: Vec<u8>,
    /// Identifier of the person (METHOD M4.6).
    pub subject: Option<Vec<u8>>,
    /// Normalised path.
    pub path: Vec<u8>,
}

/// Room that a thread reuses from line to line.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    buffer: Buffer,
    query: Vec<u8>,
    host: Vec<u8>,
}

/// All resources of a case, compiled.
#[derive(Debug, Clone)]
pub struct Router {
    ends: Ends,
    /// The path patterns that `ends` knows nothing of.
    endless: RegexSet,
    paths: RegexSet,
    raws: RegexSet,
    /// Some pattern looks neither at the path nor at the target.
    open: bool,
    rules: Vec<Rule>,
}

impl Router {
    /// Compiles the resources.
    ///
    /// # Errors
    /// A pattern that does not compile, or too many of them for bounded memory.
    pub fn new(resources: &[Resource], options: RouterOptions) -> Result<Self, RouteError> {
        let mut gates = Gates::default();
        let mut rules = Vec::with_capacity(resources.len());
        for resource in resources {
            let ignore_case = resource.ignore_case.unwrap_or(options.default_ignore_case);
            let rule = Rule::new(resource, ignore_case, &mut gates).map_err(|reason| {
                RouteError::Pattern { resource: crate::escape::terminal(resource.name.as_bytes()), reason }
            })?;
            rules.push(rule);
        }
        let (ends, endless) = Ends::of(&gates.paths);
        let (endless, paths, raws) = (set(&endless)?, set(&gates.paths)?, set(&gates.raws)?);
        Ok(Self { ends, endless, paths, raws, open: gates.open, rules })
    }

    /// True only if a request with this target belongs to no resource: told without a copy, and without the rest of
    /// the record.
    #[must_use]
    #[inline]
    pub fn is_out(&self, target: &[u8], escape: Escape) -> bool {
        if self.open || !self.raws.is_empty() {
            return false;
        }
        let Some(path) = path::plain(target, escape) else { return false };
        let by_ends = self.ends.may_match(path) && self.paths.is_match(path);
        !by_ends && (self.endless.is_empty() || !self.endless.is_match(path))
    }

    /// The resource of a request of a web log; `None` if it belongs to none.
    #[must_use]
    pub fn route(&self, query: &Query<'_>, scratch: &mut Scratch) -> Option<Route> {
        let Scratch { buffer, query: query_buffer, host: host_buffer } = scratch;
        let target = normalise(query.target, query.escape, TargetKind::Web, buffer);
        if !self.may_match(target.path, query.target) {
            return None;
        }
        let column = query.query.map(|column| {
            let text = path::unescape(column, query.escape, query_buffer);
            text.strip_prefix(b"?").unwrap_or(text)
        });
        self.decide(&Facts {
            path: target.path,
            raw: query.target,
            query: column.or(target.query),
            host: host::canonical(query.host, host_buffer),
            store: None,
        })
    }

    /// The resource of a request of a log with an object column; `None` if it belongs to none.
    #[must_use]
    pub fn route_object(&self, query: &ObjectQuery<'_>, scratch: &mut Scratch) -> Option<Route> {
        let target = normalise(query.key, query.escape, TargetKind::ObjectColumn, &mut scratch.buffer);
        if !self.may_match(target.path, query.key) {
            return None;
        }
        let key = target.path.get(1..).unwrap_or_default();
        self.decide(&Facts {
            path: target.path,
            raw: query.key,
            query: None,
            host: None,
            store: Some((query.bucket, key)),
        })
    }

    /// False only if no pattern can match.
    fn may_match(&self, path: &[u8], raw: &[u8]) -> bool {
        self.open || self.paths.is_match(path) || (!self.raws.is_empty() && self.raws.is_match(raw))
    }

    fn decide(&self, facts: &Facts<'_>) -> Option<Route> {
        let (paths, raws) = (self.paths.matches(facts.path), self.raws.matches(facts.raw));
        let mut route: Option<(u16, &Rule, rule::Verdict)> = None;
        let mut also = Vec::new();
        for (index, rule) in (0_u16..).zip(&self.rules) {
            if !rule.gates_open(&paths, &raws) {
                continue;
            }
            if let Some(verdict) = rule.verdict(facts, rule.ignore_case) {
                match route {
                    None => route = Some((index, rule, verdict)),
                    Some(_) => also.push(index),
                }
            }
        }
        let (resource, rule, verdict) = route?;
        Some(Route {
            resource,
            also,
            folded: rule.ignore_case && rule.verdict(facts, false).is_none(),
            host_unchecked: verdict.host_unchecked,
            listing: verdict.listing,
            object: object::key(rule, facts),
            subject: subject(rule, facts),
            path: facts.path.to_vec(),
        })
    }
}

/// The identifier a request names, if any (METHOD M4.6).
fn subject(rule: &Rule, facts: &Facts<'_>) -> Option<Vec<u8>> {
    let found = match rule.subject.as_ref()? {
        SubjectRule::Query(key) => {
            query_values(facts.query?, key, rule.ignore_case).find(|value| !value.is_empty())?
        }
        SubjectRule::Path(regex) => Cow::Borrowed(regex.captures(facts.path)?.name("subject")?.as_bytes()),
    };
    (!found.is_empty()).then(|| found.into_owned())
}

fn set(sources: &[String]) -> Result<RegexSet, RouteError> {
    let mut builder = RegexSetBuilder::new(sources);
    builder.unicode(false).size_limit(4 * SIZE_LIMIT).dfa_size_limit(STATES_LIMIT);
    // Each source compiled alone before, so all that can be wrong with them together is their size.
    builder.build().map_err(|_too_large| RouteError::TooLarge)
}
