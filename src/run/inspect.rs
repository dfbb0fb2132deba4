//! What evidence is this: the scan without a question.
//!
//! Files are told about one by one, and in sets of files that a server wrote one after the other: the verdict of a set
//! says whether it can be counted as it is, and its proposals say what to declare before.

mod proposals;
mod proxy;
mod sets;
mod verdict;

use serde::Serialize;

use self::sets::Set;
use super::harvest::{Reading, harvest};
use super::kinds;
use super::prepare::{Machine, prepare};
use super::progress::Progress;
use super::settle::{File, Settled, settle};
use super::silences::SourceSilence;
use super::{RunError, assemble, findings, rotations, times};
use crate::case::Case;
use crate::clock::text::rfc3339;
use crate::coverage::silence::Seconds;
use crate::coverage::spans::Span;
use crate::finding::table::FaultRow;
use crate::finding::{Finding, Ledger, Tool};
use crate::ledger::account::Times;
use crate::ledger::check;
use crate::report::inspect::{InspectRow, InspectSource, Inspection, fault_kinds};
use crate::run::harvest::Harvest;
use crate::table::lexicon::Lexicon;
use crate::table::partition::Keeping;

/// What `inspect` found.
pub struct Inspected {
    /// For the screen.
    pub inspection: Inspection,
    /// METHOD M1.3.
    pub ledger: Ledger,
    /// Why exit 3 is due.
    pub imperfect: Vec<String>,
}

/// `inspect --json`.
#[derive(Serialize)]
pub struct InspectJson<'a> {
    tool: Tool,
    ledger: Ledger,
    files: &'a [InspectRow],
    sources: &'a [InspectSource],
    findings: &'a [Finding],
}

impl Inspected {
    /// The JSON shape.
    #[must_use]
    pub fn as_json(&self) -> InspectJson<'_> {
        InspectJson {
            tool: Tool::default(),
            ledger: self.ledger,
            files: &self.inspection.rows,
            sources: &self.inspection.sources,
            findings: &self.inspection.findings,
        }
    }
}

/// Looks at all files of the case's sources.
///
/// # Errors
/// See [`RunError`].
pub fn inspect(case: &Case, machine: &Machine, progress: &dyn Progress) -> Result<Inspected, RunError> {
    let mut prepared = prepare(case, machine)?;
    progress.expects(prepared.bytes);
    let lexicon = Lexicon::new(machine.memory_bytes, machine.threads);
    let threads = machine.threads;
    let keeping = Keeping::of_nothing(machine.memory_bytes, machine.threads);
    let reading = Reading { threads, caps: prepared.caps, first_id: 0 };
    let mut harvested = harvest(prepared.jobs(), &prepared.rules, &lexicon, &keeping, reading, progress)?;
    kinds::part(&mut prepared, case, &harvested);
    let settled = settle(&prepared, &mut harvested, &lexicon, &keeping, threads)?;
    for file in &settled.files {
        check::account(&file.name(), &file.account)?;
    }
    // Nothing is in scope of no resource: every record in the window is "not sensitive".
    let ledger = assemble::ledger(&settled, &std::collections::BTreeMap::new());
    let sets = sets::sets(&settled, &harvested, case);
    // Logs of different sites are silent at different times: each set has its own pace.
    let silent: Vec<SourceSilence> = sets.iter().map(|set| set.silence.clone()).collect();
    let whole = Span { start_us: i64::MIN, end_us: i64::MAX };
    let mut notes = findings::of_files(&settled);
    notes.extend(findings::of_silences(&silent, whole));
    notes.extend(rotations::findings(&settled));
    notes.extend(times::findings(&settled, &harvested));
    notes.sort();
    let rows: Vec<InspectRow> = settled.files.iter().map(|f| row(f, &harvested, case)).collect();
    let sources = sets.iter().map(|set| source(set, &rows, case)).collect();
    let inspection =
        Inspection { rows, sources, faults: fault_kinds(&faults(&settled, &harvested)), findings: notes };
    let imperfect = findings::imperfect(&ledger, &settled, 0);
    Ok(Inspected { inspection, ledger, imperfect })
}

fn row(file: &File, harvested: &Harvest, case: &Case) -> InspectRow {
    let a = &file.account;
    let source = assemble::source(file, &[]);
    let gaps = harvested.facts.get(&file.id).map_or(0, |f| gaps(&f.seconds, case));
    InspectRow {
        path: file.path.clone(),
        member: file.member.clone(),
        state: source.state,
        format: source.format,
        scores: scores(file),
        bytes: source.bytes,
        lines: a.lines,
        records: a.records,
        directives: a.directives,
        blank: a.blank,
        faults: a.fault_total(),
        first_utc: a.first_us.map(rfc3339),
        last_utc: a.last_us.map(rfc3339),
        clients: (a.records > 0).then(|| harvested.clients.get(&file.id).map_or(0, |c| c.len() as u64)),
        zone: zone_words(&a.times, a.records),
        gaps,
        sha256: file.report.sha256.clone(),
    }
}

fn source(set: &Set<'_>, rows: &[InspectRow], case: &Case) -> InspectSource {
    let a = &set.account;
    let format = format_of(set, rows);
    let proxies = proxy::proxies(&set.glance.hops);
    let (standing, verdict) = verdict::verdict(set, &format, proxies.as_ref(), case.zone);
    let of = set.files.first().map(|(_, file)| file.source.as_str());
    let declared = case.sources.iter().find(|s| Some(s.name.as_str()) == of).map(|s| s.format.as_str());
    let declared = declared.filter(|format| !matches!(*format, "" | "auto"));
    InspectSource {
        name: set.name.clone(),
        files: set.files.iter().map(|(_, file)| file.path.clone()).collect(),
        records: a.records,
        faults: a.fault_total(),
        first_utc: a.first_us.map(rfc3339),
        last_utc: a.last_us.map(rfc3339),
        clients: (a.records > 0).then_some(set.clients),
        proposals: proposals::proposals(set, standing, proxies.as_ref(), declared),
        verdict,
        standing,
        format,
        rows: set.files.iter().map(|(place, _)| *place).collect(),
    }
}

/// The formats of a set, most records first; those of its first file where there are no records.
fn format_of(set: &Set<'_>, rows: &[InspectRow]) -> String {
    let formats = &set.account.formats;
    let mut names: Vec<&str> = formats.keys().map(String::as_str).collect();
    names.sort_by_key(|name| std::cmp::Reverse(formats.get(*name)));
    if !names.is_empty() {
        return names.join("+");
    }
    let first = set.files.first().and_then(|(place, _)| rows.get(*place));
    first.map(|row| row.format.clone()).unwrap_or_default()
}

fn gaps(seconds: &Seconds, case: &Case) -> u64 {
    seconds.gaps(case.zone).gaps.len() as u64
}

fn scores(file: &File) -> String {
    let best: Vec<String> =
        file.report.scores.iter().take(3).map(|s| format!("{} {}/{}", s.name, s.matched, s.lines)).collect();
    best.join(", ")
}

fn zone_words(times: &Times, records: u64) -> String {
    if records == 0 {
        return String::new();
    }
    let odd = [
        (times.assumed_utc, "assumed UTC"),
        (times.declared_zone, "declared"),
        (times.unknown_zone, "unknown zone name"),
    ];
    let said: Vec<&str> = odd.iter().filter(|(n, _)| *n > 0).map(|(_, words)| *words).collect();
    let without: u64 = odd.iter().map(|(n, _)| n).sum();
    match (said.as_slice(), without < records) {
        ([], _) => "in the record".to_owned(),
        (words, false) => words.join(", "),
        (words, true) => format!("in the record, {}", words.join(", ")),
    }
}

fn faults(settled: &Settled, harvested: &Harvest) -> Vec<FaultRow> {
    settled.files.iter().flat_map(|f| super::tables::faults(&harvested.faults, f)).collect()
}
