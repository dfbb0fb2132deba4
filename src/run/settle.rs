//! After reading: canonical order (METHOD M1.5), duplicate files (M6.6), overlapping runs (M6.7).
//!
//! Whether two files share lines is only asked of files of one source whose time spans really meet, and those are
//! read a second time. A file that loses records is then scanned anew without them under a new id, and so is one that
//! passes through an hour twice (`folds`); the rows of its first scan are dead.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use accesstrail_parsers::format::head::Leads;
use accesstrail_parsers::sniff::sniff_in;

use super::folds::{Folds, folds, in_order as again_in_order, shared};
use super::harvest::{Harvest, Job, Reading, Report, harvest};
use super::prepare::Prepared;
use super::progress::Silent;
use crate::count::events::FileKey;
use crate::coverage::overlap::Kind;
use crate::coverage::rotation::stem;
use crate::intake::State;
use crate::intake::blocks::{Blocks, Step};
use crate::intake::buffers::Buffers;
use crate::intake::open::{self, Stream};
use crate::ledger::account::Account;
use crate::scan::prints::{Keys, Prints};
use crate::scan::rules::{FileRules, SourceRules};
use crate::table::frame::TableError;
use crate::table::lexicon::Lexicon;
use crate::table::partition::Keeping;

/// One file, settled.
#[derive(Debug, Clone)]
pub struct File {
    /// Id that its live rows bear.
    pub id: u32,
    /// Path as shown.
    pub path: String,
    /// Member of the archive at that path.
    pub member: Option<String>,
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

impl File {
    /// Path, and member where it is one: as sentences name it.
    #[must_use]
    pub fn name(&self) -> String {
        self.member.as_ref().map_or_else(|| self.path.clone(), |member| format!("{} › {member}", self.path))
    }

    /// What all files of its rotation have in common: the name without what rotation changes. An archive is a folder.
    #[must_use]
    pub fn rotation(&self) -> String {
        match &self.member {
            None => stem(&self.path),
            Some(member) => stem(&format!("{}/{member}", self.path)),
        }
    }
}

/// All files in canonical order, and what rows need to know of them.
pub struct Settled {
    /// In canonical order.
    pub files: Vec<File>,
    /// By file id, dead ids included.
    pub keys: Vec<FileKey>,
    /// Pairs that could not be compared, because standard input cannot be read twice.
    pub not_compared: u64,
    /// Members of archives that hold no bytes, by the archive's path as shown.
    pub passed_over: Vec<(String, Vec<String>)>,
    /// Archives without a file in them, as shown.
    pub empty_archives: Vec<String>,
    /// Files whose second pass of a fold is read as the first, because they cannot be read twice.
    pub unread_folds: Vec<String>,
    /// Files whose records may stand in the second pass of a fold that began in another file of their rotation.
    pub shared_folds: Vec<String>,
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
    let folds = folds(&files, harvested, prepared);
    let shared_folds = shared(&files, harvested, |place| {
        let lines = files.get(place).map_or(0, |file| file.report.lines);
        !removals.get(&place).is_some_and(|lost| lost.iter().any(|(range, _)| *range == (0..lines)))
    });
    let dead = rescan(&mut files, &removals, &folds, prepared, harvested, lexicon, keeping, threads)?;
    if !folds.turns.is_empty() {
        again_in_order(&mut files);
    }
    let count = harvested.reports.len() + dead.len();
    let mut keys = vec![FileKey::default(); count];
    let names: BTreeSet<&str> = files.iter().map(|file| file.source.as_str()).collect();
    let numbers: BTreeMap<&str, u32> = names.into_iter().zip(0..).collect();
    for (rank, file) in files.iter().enumerate() {
        if let Some(key) = keys.get_mut(file.id as usize) {
            *key = FileKey {
                rank: u32::try_from(rank).unwrap_or(u32::MAX),
                vantage: file.vantage,
                source: file.source.clone(),
                source_number: numbers.get(file.source.as_str()).copied().unwrap_or(0),
                live: file.duplicate_of.is_none(),
            };
        }
    }
    let shown = |path: &u32| Some(prepared.files.get(*path as usize)?.0.shown.clone());
    let passed_over = harvested
        .passed_over
        .iter()
        .filter_map(|(path, names)| Some((shown(path)?, names.clone())))
        .collect();
    let empty_archives = harvested.empty_archives.iter().filter_map(shown).collect();
    Ok(Settled {
        files,
        keys,
        not_compared,
        passed_over,
        empty_archives,
        unread_folds: folds.unread,
        shared_folds,
    })
}

fn in_order(prepared: &Prepared, harvested: &Harvest) -> Vec<File> {
    let mut files: Vec<File> = harvested
        .reports
        .iter()
        .filter_map(|(id, report)| {
            let (found, source) = prepared.files.get(report.origin.0 as usize)?;
            let (source, vantage) = match prepared.kinds.get(id) {
                Some(kind) => {
                    let place = prepared.vantages.iter().position(|name| name == kind).unwrap_or(0);
                    ((*kind).to_owned(), u16::try_from(place).unwrap_or(u16::MAX))
                }
                None => (source.name.clone(), source.vantage),
            };
            Some(File {
                id: *id,
                path: found.shown.clone(),
                member: report.member.clone(),
                source,
                vantage,
                report: report.clone(),
                account: harvested.accounts.get(id).cloned().unwrap_or_default(),
                duplicate_of: None,
                overlaps: Vec::new(),
            })
        })
        .collect();
    files.sort_by(|a, b| order(a, a.account.first_us).cmp(&order(b, b.account.first_us)));
    files
}

/// METHOD M1.5: source name; first UTC time, none last; content hash; path bytes; then the member's place.
pub(super) fn order(file: &File, first: Option<i64>) -> (&str, bool, Option<i64>, Option<&str>, &str, u32) {
    let content = file.report.content_sha256.as_deref();
    (&file.source, first.is_none(), first, content, &file.path, file.report.origin.1)
}

fn mark_duplicates(files: &mut [File], harvested: &mut Harvest) {
    let mut seen: BTreeMap<(String, String), String> = BTreeMap::new();
    for file in files {
        let (Some(content), true) = (&file.report.content_sha256, file.account.bytes > 0) else { continue };
        let key = (file.source.clone(), content.clone());
        if let Some(first) = seen.get(&key) {
            file.duplicate_of = Some(first.clone());
            file.account = Account::default();
            harvested.faults.forget(file.report.origin);
            harvested.facts.remove(&file.id);
        } else {
            seen.insert(key, file.name());
        }
    }
}

/// Which lines of which file (by place in canonical order) are another file's.
type Removals = BTreeMap<usize, Vec<(Range<u64>, String)>>;

struct Comparer<'a> {
    prepared: &'a Prepared,
    keys: Keys,
    known: BTreeMap<u32, Prints>,
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
                    out.entry(a).or_default().push((0..first.report.lines, second.name()));
                }
                Kind::BInA { .. } => {
                    out.entry(b).or_default().push((0..second.report.lines, first.name()));
                }
                other => partial.push((a, b, other)),
            }
        }
        // A file that is contained in another is removed whole: its run with a third is that of its container.
        let whole: BTreeSet<usize> = out.keys().copied().collect();
        for (a, b, kind) in partial {
            let (Some(first), Some(second)) = (files.get(a), files.get(b)) else { continue };
            if whole.contains(&b) {
                continue;
            }
            // The canonically later file loses: its head, or its tail.
            let lines = second.report.lines;
            let range = match kind {
                Kind::SuffixPrefix { n } => 0..n as u64,
                Kind::PrefixSuffix { n } => lines.saturating_sub(n as u64)..lines,
                _ => continue,
            };
            out.entry(b).or_default().push((range, first.name()));
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
        a.overlap(b).map(|found| found.kind)
    }

    fn prints(&self, file: &File) -> Option<Prints> {
        let (found, source) = self.prepared.files.get(file.report.origin.0 as usize)?;
        if !found.place.reads_twice() {
            return None;
        }
        let mut prints = None;
        open::open(&found.place, &file.report.at, self.prepared.caps, &mut |entered| {
            if let Ok(stream) = entered.stream {
                prints = Some(self.prints_of(file, source, Blocks::new(stream, &Buffers::default())));
            }
        });
        prints
    }

    fn prints_of(&self, file: &File, source: &Arc<SourceRules>, mut blocks: Blocks<Stream<'_>>) -> Prints {
        let mut rules: Option<FileRules> = None;
        let mut prints = Prints::default();
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
                let rules = rules.get_or_insert_with(|| {
                    let told = || sniff_in(&block.sample(), block.encoding, source.server).formats;
                    let formats = source.format.clone().unwrap_or_else(told);
                    blocks.follow(Leads::of(&formats), &block);
                    FileRules {
                        file: file.id,
                        origin: file.report.origin,
                        source: Arc::clone(source),
                        formats,
                        removed: Vec::new(),
                        turns: Vec::new(),
                    }
                });
                let end = block.encoding.last_newline_end(&block.bytes);
                unterminated = !block.bytes.is_empty() && end != Some(block.bytes.len());
                prints.extend(&self.keys, rules, &block);
            }
        }
        // The copy of a growing log ends inside a line that its successor has whole.
        if unterminated && prints.lines.len() > 1 {
            prints.pop();
        }
        prints
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

/// Scans files with removed lines or folds anew; gives the dead ids.
#[expect(clippy::too_many_arguments, reason = "a second scan needs all that the first one had")]
fn rescan(
    files: &mut [File],
    removals: &Removals,
    folds: &Folds,
    prepared: &Prepared,
    harvested: &mut Harvest,
    lexicon: &Lexicon,
    keeping: &Keeping,
    threads: usize,
) -> Result<Vec<u32>, TableError> {
    let mut jobs = Vec::new();
    let mut dead = Vec::new();
    let mut by_origin = BTreeMap::new();
    let removed = |place| removals.get(place).map_or(&[][..], Vec::as_slice);
    let places: BTreeSet<&usize> = removals.keys().chain(folds.turns.keys()).collect();
    for place in &places {
        let Some(file) = files.get_mut(**place) else { continue };
        let origin = file.report.origin;
        let Some((found, source)) = prepared.files.get(origin.0 as usize) else { continue };
        jobs.push(Job {
            path: origin.0,
            place: found.place.clone(),
            source: Arc::clone(source),
            at: file.report.at.clone(),
            member: file.member.clone(),
            ordinal: origin.1,
            removed: removed(place).iter().map(|(range, _)| range.clone()).collect(),
            turns: folds.turns.get(place).cloned().unwrap_or_default(),
        });
        dead.push(file.id);
        by_origin.insert(origin, *place);
        harvested.faults.forget(origin);
        harvested.facts.remove(&file.id);
    }
    if jobs.is_empty() {
        return Ok(dead);
    }
    let first_id = harvested.reports.keys().last().map_or(0, |id| id + 1);
    let reading = Reading { threads, caps: prepared.caps, first_id };
    let again = harvest(jobs, &prepared.rules, lexicon, keeping, reading, &Silent)?;
    for (id, report) in &again.reports {
        if let Some(file) = by_origin.get(&report.origin).and_then(|place| files.get_mut(**place)) {
            file.id = *id;
        }
    }
    for place in places {
        let Some(file) = files.get_mut(*place) else { continue };
        file.account = again.accounts.get(&file.id).cloned().unwrap_or_default();
        let report = again.reports.get(&file.id);
        if let Some(report) = report.filter(|r| r.content_sha256 != file.report.content_sha256) {
            file.report.state = State::Truncated("the file changed between two readings".to_owned());
            file.report.content_sha256.clone_from(&report.content_sha256);
        }
        // Of one file's removed records it is not told which run removed which; the lines of each run are.
        file.overlaps =
            removed(place).iter().map(|(range, keeper)| (range.end - range.start, keeper.clone())).collect();
    }
    harvested.partitions.absorb(again.partitions);
    harvested.faults.merge(again.faults);
    harvested.facts.extend(again.facts);
    harvested.clients.extend(again.clients);
    Ok(dead)
}
