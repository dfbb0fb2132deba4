//! A case and its options → files to read and rules to read them by. Whatever can be wrong with the question
//! is told here, before a byte of evidence is read.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use accesstrail_parsers::config;
use accesstrail_parsers::format::mapped::Mapped;
use accesstrail_parsers::format::{self, Format, named};
use accesstrail_parsers::template::Template;

use super::RunError;
use super::harvest::Job;
use crate::case::route::{Router, RouterOptions};
use crate::case::{Case, Server, SourceDecl};
use crate::identity::forwarded::Trust;
use crate::intake::archive::At;
use crate::intake::caps::Caps;
use crate::intake::find::{self, Found};
use crate::scan::rules::{ResourceRule, Rules, SourceRules};

/// How the machine is used; no answer depends on it.
#[derive(Debug, Clone)]
pub struct Machine {
    /// Workers.
    pub threads: usize,
    /// Memory of the run; what would be more goes to scratch files.
    pub memory_bytes: usize,
    /// Number of partitions; chosen by the size of the evidence where `None`.
    pub partitions: Option<usize>,
    /// Collect the distinct clients of every file.
    pub collect_clients: bool,
}

impl Default for Machine {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { threads, memory_bytes: 512 << 20, partitions: None, collect_clients: false }
    }
}

/// Everything a run needs.
pub struct Prepared {
    /// Bytes of all files on disk; `None` where one has no size (standard input).
    pub bytes: Option<u64>,
    /// Paths, in the order of their names; each may hold several streams.
    pub files: Vec<(Found, Arc<SourceRules>)>,
    /// Names of the vantages, sorted.
    pub vantages: Vec<String>,
    /// By file id the kind of log, where files of one undeclared source are of several (`src/run/kinds.rs`).
    pub kinds: std::collections::BTreeMap<u32, &'static str>,
    /// Rules of the scan.
    pub rules: Rules,
    /// How far a compressed stream may unfold.
    pub caps: Caps,
}

impl Prepared {
    /// One job for each path.
    #[must_use]
    pub fn jobs(&self) -> Vec<Job> {
        self.files
            .iter()
            .zip(0u32..)
            .map(|((found, source), path)| Job {
                path,
                place: found.place.clone(),
                source: Arc::clone(source),
                at: At::Whole,
                member: None,
                ordinal: 0,
                removed: Vec::new(),
                turns: Vec::new(),
            })
            .collect()
    }
}

/// Resolves everything.
///
/// # Errors
/// [`RunError::Usage`]: one sentence with what, where, and what to do.
pub fn prepare(case: &Case, machine: &Machine) -> Result<Prepared, RunError> {
    let mut vantages: Vec<String> = case.sources.iter().map(|s| s.vantage.clone()).collect();
    vantages.sort();
    vantages.dedup();
    let mut files = Vec::new();
    let base = (!case.base.as_os_str().is_empty()).then_some(case.base.as_path());
    for source in &case.sources {
        let rules = Arc::new(source_rules(source, &vantages, base)?);
        let found = find::find(&source.paths, base).map_err(|e| not_found(case, source, &e))?;
        files.extend(found.into_iter().map(|f| (f, Arc::clone(&rules))));
    }
    let sized = files.iter().all(|(f, _)| matches!(f.place, find::Place::File(_)));
    let bytes = sized.then(|| files.iter().map(|(f, _)| size_of_file(f)).sum());
    let partitions = machine.partitions.unwrap_or_else(|| partitions_for(bytes)).max(1);
    let router =
        Router::new(&case.resources, RouterOptions::default()).map_err(|e| RunError::Usage(e.to_string()))?;
    let window = window(case)?;
    let resources = case.resources.iter().map(resource_rule).collect();
    let rules = Rules { router, resources, window, partitions, collect_clients: machine.collect_clients };
    let kinds = std::collections::BTreeMap::new();
    Ok(Prepared { bytes, files, vantages, kinds, rules, caps: case.caps })
}

/// A path of a case file that leads nowhere is shown where it stands.
fn not_found(case: &Case, source: &SourceDecl, error: &find::FindError) -> RunError {
    let place = source.paths.iter().position(|p| p == error.path()).and_then(|i| source.paths_at.get(i));
    let text = error.to_string();
    match place.filter(|_| !case.text.is_empty()) {
        None => RunError::Usage(text),
        Some(place) => {
            let (sentence, hint) =
                text.split_once("\nhint: ").map_or((text.as_str(), None), |(s, h)| (s, Some(h)));
            RunError::Usage(case.refuse(*place, sentence, hint).to_string())
        }
    }
}

fn size_of_file(found: &Found) -> u64 {
    match &found.place {
        find::Place::File(path) => std::fs::metadata(path).map_or(0, |m| m.len()),
        find::Place::Stdin => 0,
    }
}

/// So many partitions that each is sorted in a core's own cache, were every line in scope, and that a few of them fit
/// into memory whatever the input.
fn partitions_for(bytes: Option<u64>) -> usize {
    const EACH_BYTES: u64 = 2 << 20;
    const MOST: usize = 1024;
    // A line of 100 bytes is short; its row has 64. What comes through a pipe may be of any length, and logs that are
    // compressed unfold to about ten times theirs.
    let rows_bytes = bytes.map_or(u64::MAX, |bytes| bytes / 100 * 64);
    usize::try_from(rows_bytes / EACH_BYTES + 1).unwrap_or(MOST).min(MOST)
}

fn window(case: &Case) -> Result<Option<Range<i64>>, RunError> {
    match (case.from_us, case.until_us) {
        (None, None) => Ok(None),
        (from, until) => {
            let window = from.unwrap_or(i64::MIN)..until.unwrap_or(i64::MAX);
            if window.is_empty() {
                return Err(RunError::Usage(
                    "the window ends before it begins\nhint: --from must be earlier than --until".to_owned(),
                ));
            }
            Ok(Some(window))
        }
    }
}

fn resource_rule(resource: &crate::case::Resource) -> ResourceRule {
    ResourceRule {
        methods: resource.methods.iter().map(|m| m.clone().into_bytes()).collect(),
        size: resource.size,
    }
}

fn source_rules(
    source: &SourceDecl,
    vantages: &[String],
    base: Option<&Path>,
) -> Result<SourceRules, RunError> {
    let server = source.server.and_then(as_sniffed);
    let place = vantages.binary_search(&source.vantage).unwrap_or(0);
    Ok(SourceRules {
        name: source.name.clone(),
        vantage: u16::try_from(place).unwrap_or(u16::MAX),
        trust: Trust::new(source.trusted_proxies.iter().copied(), source.peer_is_client),
        clock_offset_us: source.clock_offset_us,
        timezone: source.timezone,
        time_basis: source.time_basis,
        server,
        format: match source.fields.is_empty() {
            true => declared(&source.format, server, base)?,
            false => Some(vec![mapped(source)?]),
        },
    })
}

/// The map of a case file is the format of its source.
fn mapped(source: &SourceDecl) -> Result<Arc<dyn Format>, RunError> {
    if source.format != "auto" {
        let name = &source.name;
        return Err(RunError::Usage(format!(
            "source `{name}` has both `format` and `fields`\nhint: `fields` says how JSON lines are read; leave `format` out"
        )));
    }
    let map: Vec<(&str, &str)> =
        source.fields.iter().map(|(field, path)| (field.as_str(), path.as_str())).collect();
    let mapped = Mapped::new("json", &map)
        .map_err(|why| RunError::Usage(format!("source `{}`: fields: {why}", source.name)))?;
    Ok(Arc::new(mapped))
}

fn as_sniffed(server: Server) -> Option<format::Server> {
    match server {
        Server::Apache => Some(format::Server::Apache),
        Server::Nginx => Some(format::Server::Nginx),
    }
}

/// `auto` → `None`; a name or template → one format (without a time column it reads what stands behind a prefix with one); `@config` → all formats the configuration declares.
fn declared(
    spec: &str,
    server: Option<format::Server>,
    base: Option<&Path>,
) -> Result<Option<Vec<Arc<dyn Format>>>, RunError> {
    if spec.is_empty() || spec == "auto" {
        return Ok(None);
    }
    let Some(path) = spec.strip_prefix('@') else {
        let format = named(spec, server).map_err(|e| RunError::Usage(format!("--format: {e}")))?;
        return Ok(Some(vec![format]));
    };
    let full = base.map_or_else(|| Path::new(path).to_owned(), |b| b.join(path));
    let bytes = std::fs::read(&full)
        .map_err(|e| RunError::Usage(format!("--format: `{path}` cannot be read: {e}\nhint: give the path of the server's own configuration after `@`")))?;
    let text = String::from_utf8(bytes)
        .map_err(|e| RunError::Usage(format!("--format: `{path}` is not text: {e}")))?;
    from_config(path, &text).map(Some)
}

fn from_config(path: &str, text: &str) -> Result<Vec<Arc<dyn Format>>, RunError> {
    let declared = config::log_formats(text);
    if declared.is_empty() {
        return Err(RunError::Usage(format!(
            "--format: `{path}` declares no LogFormat and no log_format\nhint: give the file that holds the directive itself"
        )));
    }
    declared
        .iter()
        .map(|d| {
            let name = d.nickname.as_deref().unwrap_or("the default LogFormat");
            let compiled = match d.server {
                format::Server::Apache => Template::apache(name, &d.template),
                format::Server::Nginx => Template::nginx(name, &d.template),
            };
            compiled
                .map(|t| Arc::new(t) as Arc<dyn Format>)
                .map_err(|e| RunError::Usage(format!("--format: `{path}`, line {}, {name}: {e}", d.line)))
        })
        .collect()
}
