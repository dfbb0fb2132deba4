//! After reading: canonical order (METHOD M1.5), duplicate files (M6.6), overlapping runs (M6.7).
//!
//! Whether two files share lines is only asked of files of one source whose time spans really meet, and those are
//! read a second time. A file that loses records is then scanned anew without them under a new id; the rows
//! of its first scan are dead.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::harvest::{Harvest, Job, Report, harvest};
use super::prepare::Prepared;
use super::progress::Silent;
use crate::count::events::FileKey;
use crate::coverage::overlap::{Kind, Print, overlap};
use crate::intake::State;
use crate::intake::blocks::{Blocks, Step};
use crate::intake::find::Place;
use crate::intake::open;
use crate::ledger::account::Account;
use crate::scan::prints::{Keys, of_block};
use crate::scan::rules::FileRules;
use crate::table::frame::TableError;
use crate::table::lexicon::Lexicon;
use crate::table::partition::Keeping;

/// One file, settled.
#[derive(Debug, Clone)]
pub struct File {
    /// Id that its live rows bear.
    pub id: u32,
    /// As shown.
    pub path: String,
    /// Source name.
    pub source: String,
    /// Vantage index.
    pub vantage: u16,
    /// What reading it showed.
    pub report: Report,
    /// Its units.
    pub account: Account,
    /// Whether it is a duplicate of an earlier one (and then not framed).
    pub duplicate_of: Option<String>,
    /// Records removed, with the file that keeps them.
    pub overlaps: Vec<(u64, String)>,
}

/// All files in canonical order, and what rows need to know of them.
pub struct Settled {
    /// In canonical order.
    pub files: Vec<File>,
    /// By file id, dead ids included.
    pub keys: Vec<FileKey>,
    /// Pairs that could not be compared, because standard input cannot be read twice.
    pub not_compared: u64,
}

/// Settles the harvest.
///
/// # Errors
/// Scratch space that fails during a second scan.
pub fn settle(
    prepared: &Prepared,
    harvested: &mut Harvest,
    lexicon: &Lexicon,
    keeping: &Keeping,
    threads: usize,
) -> Result<Settled, TableError> {
    let mut files = in_order(prepared, harvested);
    mark_duplicates(&mut files, harvested);
    let mut comparer = Comparer { prepared, keys: Keys::default(), known: BTreeMap::new(), not_compared: 0 };
    let removals = comparer.removals(&files);
    let not_compared = comparer.not_compared;
    let dead = rescan(&mut files, &removals, prepared, harvested, lexicon, keeping, threads)?;
    let count = prepared.files.len() + dead.len();
    let mut keys = vec![FileKey::default(); count];
    for (rank, file) in files.iter().enumerate() {
        if let Some(key) = keys.get_mut(file.id as usize) {
            *key = FileKey {
                rank: u32::try_from(rank).unwrap_or(u32::MAX),
                vantage: file.vantage,
                source: file.source.clone(),
                live: file.duplicate_of.is_none(),
            };
        }
    }
    Ok(Settled { files, keys, not_compared })
}

fn in_order(prepared: &Prepared, harvested: &Harvest) -> Vec<File> {
    let mut files: Vec<File> = prepared
        .files
        .iter()
        .zip(0u32..)
        .filter_map(|((found, source), id)| {
            Some(File {
                id,
                path: found.shown.clone(),
                source: source.name.clone(),
                vantage: source.vantage,
                report: harvested.reports.get(&id)?.clone(),
                account: harvested.accounts.get(&id).cloned().unwrap_or_default(),
                duplicate_of: None,
                overlaps: Vec::new(),
            })
        })
        .collect();
    files.sort_by(|a, b| order(a).cmp(&order(b)));
    files
}

/// METHOD M1.5: source name; first UTC time, none last; content hash; path bytes.
fn order(file: &File) -> (&str, bool, Option<i64>, Option<&str>, &str) {
    let first = file.account.first_us;
    (&file.source, first.is_none(), first, file.report.content_sha256.as_deref(), &file.path)
}

fn mark_duplicates(files: &mut [File], harvested: &mut Harvest) {
    let mut seen: BTreeMap<(String, String), String> = BTreeMap::new();
    for file in files {
        let (Some(content), true) = (&file.report.content_sha256, file.account.bytes > 0) else { continue };
        let key = (file.source.clone(), content.clone());
        if let Some(first) = seen.get(&key) {
            file.duplicate_of = Some(first.clone());
            file.account = Account::default();
            harvested.faults.forget(file.id);
            harvested.facts.remove(&file.id);
        } else {
            seen.insert(key, file.path.clone());
        }
    }
}

/// Which lines of which file (by place in canonical order) are another file's.
type Removals = BTreeMap<usize, Vec<(Range<u64>, String)>>;

struct Comparer<'a> {
    prepared: &'a Prepared,
    keys: Keys,
    known: BTreeMap<u32, Vec<Print>>,
    not_compared: u64,
}

impl Comparer<'_> {
    fn removals(&mut self, files: &[File]) -> Removals {
        let mut out = Removals::new();
        let pairs = candidates(files);
        // Whole files first: a file that is contained in another must not take lines from a third.
        let mut partial = Vec::new();
        for (a, b) in pairs {
            let (Some(first), Some(second)) = (files.get(a), files.get(b)) else { continue };
            let Some(found) = self.compare(first, second) else { continue };
            match found {
                Kind::AInB { .. } => {
                    out.entry(a).or_default().push((0..first.account.lines, second.path.clone()));
                }
                Kind::BInA { .. } => {
                    out.entry(b).or_default().push((0..second.account.lines, first.path.clone()));
                }
                other => partial.push((a, b, other)),
            }
        }
        // A file that is contained in another is removed whole: its run with a third is that of its container.
        let whole: std::collections::BTreeSet<usize> = out.keys().copied().collect();
        for (a, b, kind) in partial {
            let (Some(first), Some(second)) = (files.get(a), files.get(b)) else { continue };
            if whole.contains(&b) {
                continue;
            }
            // The canonically later file loses: its head, or its tail.
            let lines = second.account.lines;
            let range = match kind {
                Kind::SuffixPrefix { n } => 0..n as u64,
                Kind::PrefixSuffix { n } => lines.saturating_sub(n as u64)..lines,
                _ => continue,
            };
            out.entry(b).or_default().push((range, first.path.clone()));
        }
        out
    }

    fn compare(&mut self, a: &File, b: &File) -> Option<Kind> {
        for file in [a, b] {
            if !self.known.contains_key(&file.id) {
                let Some(prints) = self.prints(file) else {
                    self.not_compared += 1;
                    return None;
                };
                self.known.insert(file.id, prints);
            }
        }
        let (a, b) = (self.known.get(&a.id)?, self.known.get(&b.id)?);
        overlap(a, b).map(|found| found.kind)
    }

    fn prints(&self, file: &File) -> Option<Vec<Print>> {
        let (found, source) = self.prepared.files.get(file.id as usize)?;
        // A pipe is as empty as standard input when it is read a second time.
        match &found.place {
            Place::File(path) if path.metadata().is_ok_and(|m| m.is_file()) => {}
            _ => return None,
        }
        let mut blocks = Blocks::new(open::open(&found.place).ok()?);
        let mut rules: Option<FileRules> = None;
        let mut prints = Vec::new();
        let mut unterminated = false;
        loop {
            let step = match blocks.step() {
                Ok(Some(step)) => step,
                Ok(None) => break,
                // A truncated stream: what came before it was counted, and is compared.
                Err(_broken) => match blocks.salvage() {
                    Some(step) => step,
                    None => break,
                },
            };
            if let Step::Block(block) = step {
                let rules = rules.get_or_insert_with(|| FileRules {
                    file: file.id,
                    source: Arc::clone(source),
                    formats: source.format.clone().unwrap_or_else(|| {
                        accesstrail_parsers::sniff::sniff(block.text().0, source.server).formats
                    }),
                    removed: Vec::new(),
                });
                unterminated = block.bytes.last().is_some_and(|b| *b != b'\n');
                prints.extend(of_block(&self.keys, rules, &block));
            }
        }
        // The copy of a growing log ends inside a line that its successor has whole.
        if unterminated && prints.len() > 1 {
            prints.pop();
        }
        Some(prints)
    }
}

/// Pairs of live files of one source that could share lines by their times.
fn candidates(files: &[File]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    for (a, first) in files.iter().enumerate() {
        for (b, second) in files.iter().enumerate().skip(a + 1) {
            if first.source != second.source {
                break;
            }
            if first.duplicate_of.is_some() || second.duplicate_of.is_some() {
                continue;
            }
            let spans = (
                first.account.first_us,
                first.account.last_us,
                second.account.first_us,
                second.account.last_us,
            );
            let (Some(a0), Some(a1), Some(b0), Some(b1)) = spans else { continue };
            // Canonical order: b begins no earlier. Nothing later in the list can meet a either.
            if b0 > a1 {
                break;
            }
            let shares_two_times = a1 > b0;
            let contained = b1 <= a1 || a0 == b0;
            if shares_two_times || contained {
                out.push((a, b));
            }
        }
    }
    out
}

/// Scans files with removed lines anew; gives the dead ids.
fn rescan(
    files: &mut [File],
    removals: &Removals,
    prepared: &Prepared,
    harvested: &mut Harvest,
    lexicon: &Lexicon,
    keeping: &Keeping,
    threads: usize,
) -> Result<Vec<u32>, TableError> {
    let mut jobs = Vec::new();
    let mut dead = Vec::new();
    let next = u32::try_from(prepared.files.len()).unwrap_or(u32::MAX);
    for (place, ranges) in removals {
        let Some(file) = files.get_mut(*place) else { continue };
        let Some((found, source)) = prepared.files.get(file.id as usize) else { continue };
        let id = next.saturating_add(u32::try_from(dead.len()).unwrap_or(u32::MAX));
        jobs.push(Job {
            file: id,
            place: found.place.clone(),
            source: Arc::clone(source),
            removed: ranges.iter().map(|(range, _)| range.clone()).collect(),
        });
        dead.push(file.id);
        harvested.faults.forget(file.id);
        harvested.facts.remove(&file.id);
        file.id = id;
    }
    if jobs.is_empty() {
        return Ok(dead);
    }
    let again = harvest(&jobs, &prepared.rules, lexicon, keeping, threads, &Silent)?;
    for (place, ranges) in removals {
        let Some(file) = files.get_mut(*place) else { continue };
        file.account = again.accounts.get(&file.id).cloned().unwrap_or_default();
        let report = again.reports.get(&file.id);
        if let Some(report) = report.filter(|r| r.content_sha256 != file.report.content_sha256) {
            file.report.state = State::Truncated("the file changed between two readings".to_owned());
            file.report.content_sha256.clone_from(&report.content_sha256);
        }
        // Of one file's removed records it is not told which run removed which; the lines of each run are.
        file.overlaps =
            ranges.iter().map(|(range, keeper)| (range.end - range.start, keeper.clone())).collect();
    }
    harvested.partitions.absorb(again.partitions);
    harvested.faults.merge(again.faults);
    harvested.facts.extend(again.facts);
    harvested.clients.extend(again.clients);
    Ok(dead)
}
