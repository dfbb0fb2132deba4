//! From a case to an answer: the pipeline in order, and what it leaves behind for the ends.

use std::collections::HashMap;
use std::sync::Arc;

use accesstrail_parsers::fault::FaultKind;
use foldhash::quality::RandomState;

use super::RunError;
use super::assemble::{self, Parts};
use super::caveats::{self, Grounds, OtherMethods};
use super::findings;
use super::groups::{By, Grouping};
use super::harvest::{Harvest, Reading, harvest};
use super::kinds;
use super::prepare::{Machine, Prepared, prepare};
use super::progress::Progress;
use super::settle::{File, Settled, settle};
use super::silences::{SourceSilence, covered, silences};
use super::tables::Evidence;
use super::timeline::{Words, timeline};
use super::{rotations, tables, times, twins};
use crate::case::party::Parties;
use crate::case::{Case, Width};
use crate::clock::grid::{self, Grid};
use crate::clock::text::rfc3339;
use crate::count::by::Key;
use crate::count::counted::{Counted, Extra, count};
use crate::count::events::Context;
use crate::count::filter::Filter;
use crate::count::modal::{self, Object};
use crate::count::profile::Profile;
use crate::count::tables::Wanted;
use crate::count::totals::OfVantage;
use crate::coverage::spans::{Span, complement};
use crate::finding::table::Tables;
use crate::finding::timeline::Timeline;
use crate::finding::{Answer, Finding, ProfileCount};
use crate::intake::State;
use crate::intake::seal::sha256_hex;
use crate::ledger::check;
use crate::outcome::Reason;
use crate::report::number::thousands;
use crate::table::lexicon::{Frozen, Lexicon};
use crate::table::partition::Keeping;

/// What is asked besides the case.
pub struct Question<'a> {
    /// The case, read from a file or made of flags.
    pub case: &'a Case,
    /// `--profile`, else the case's.
    pub profile: Profile,
    /// `--where`.
    pub filter: Option<Filter>,
    /// `--by`.
    pub by: Vec<By>,
    /// Which tables are wanted.
    pub wanted: Wanted,
    /// How the machine is used.
    pub machine: Machine,
}

/// Everything a run found.
pub struct Investigation<'a> {
    /// The answer.
    pub answer: Answer,
    /// The tables that were asked for.
    pub tables: Tables<'a>,
    /// One chart of everything, then one for each resource where there are several.
    pub timelines: Vec<(String, Timeline)>,
    /// SHA-256 over the hashes of all evidence, in canonical order.
    pub evidence_sha256: String,
    /// The window in force.
    pub window: Span,
    /// Whether exit 3 is due: a fault, an unreadable or truncated file, an uncovered bin.
    pub imperfect: Vec<String>,
}

/// Runs the pipeline.
///
/// # Errors
/// See [`RunError`].
pub fn investigate<'a>(
    question: &Question<'a>,
    progress: &dyn Progress,
) -> Result<Investigation<'a>, RunError> {
    let case = question.case;
    let mut prepared = prepare(case, &question.machine)?;
    progress.expects(prepared.bytes);
    let threads = question.machine.threads;
    let lexicon = Lexicon::new(question.machine.memory_bytes, threads);
    let keeping = keeping(&prepared, &question.machine);
    let reading = Reading { threads, caps: prepared.caps, first_id: 0 };
    let mut harvested = harvest(prepared.jobs(), &prepared.rules, &lexicon, &keeping, reading, progress)?;
    kinds::part(&mut prepared, case, &harvested);
    let settled = settle(&prepared, &mut harvested, &lexicon, &keeping, threads)?;
    something_read(&settled)?;
    for file in &settled.files {
        check::account(&file.name(), &file.account)?;
    }
    let frozen = lexicon.freeze();
    let twins = twins::refuse(question.case, &settled, &harvested, &frozen)?;
    let scene = Scene {
        question,
        prepared: &prepared,
        harvested: &harvested,
        settled: &settled,
        frozen: &frozen,
        twins,
    };
    let Told { answer, timelines, evidence_sha256, window, imperfect, grid, mut counted, primary } =
        scene.answer(&keeping)?;
    let listing = std::mem::take(&mut counted.listing);
    let vantages = prepared.vantages;
    let evidence = Evidence { case, settled, frozen, grid, vantages, primary, listing };
    let tables = tables::tables(evidence, &counted, &harvested.faults);
    Ok(Investigation { answer, tables, timelines, evidence_sha256, window, imperfect })
}

/// Charts by the names of their files.
type Timelines = Vec<(String, Timeline)>;

/// The answer, and what the tables are made of.
struct Told {
    answer: Answer,
    timelines: Vec<(String, Timeline)>,
    evidence_sha256: String,
    window: Span,
    imperfect: Vec<String>,
    grid: Grid,
    counted: Counted,
    primary: u16,
}

fn keeping(prepared: &Prepared, machine: &Machine) -> Keeping {
    let Machine { memory_bytes, threads, .. } = *machine;
    Keeping { partitions: prepared.rules.partitions, memory_bytes, threads, scratch: Arc::default() }
}

/// Exit 1 where not one unit of any source could be read as a record.
fn something_read(settled: &Settled) -> Result<(), RunError> {
    let readable = settled.files.iter().any(|f| f.account.records > 0 || f.duplicate_of.is_some());
    if readable {
        return Ok(());
    }
    let why = match settled.files.as_slice() {
        [one] => match &one.report.state {
            State::Unreadable(reason) => format!("`{}` cannot be read: {reason}", one.name()),
            _ if one.account.bytes == 0 => format!("`{}` is empty", one.name()),
            _ if one.account.fault_total() == 0 => {
                format!("`{}` holds no requests ({} lines of other kinds)", one.name(), one.account.lines)
            }
            _ => format!(
                "not one of the {} lines of `{}` could be read as a record",
                one.account.lines,
                one.name()
            ),
        },
        many => {
            let lines: u64 = many.iter().map(|f| f.account.lines).sum();
            format!("not one of the {lines} lines of {} files could be read as a record", many.len())
        }
    };
    if settled.files.iter().all(only_times_lack) {
        return Err(RunError::Failed(format!(
            "{why}: none states when its request was\nhint: a request without a time cannot be counted; declare a format with the column that holds it, such as %t or $time_local"
        )));
    }
    Err(RunError::Failed(format!(
        "{why}\nhint: `accesstrail inspect` shows what each file is; declare a format of your own with --format"
    )))
}

/// Whether every line that is no record is one for want of a time.
fn only_times_lack(file: &File) -> bool {
    let faults = file.account.fault_total();
    faults > 0 && file.account.fault_of(FaultKind::Time) == faults
}

struct Scene<'a> {
    question: &'a Question<'a>,
    prepared: &'a Prepared,
    harvested: &'a Harvest,
    settled: &'a Settled,
    frozen: &'a Frozen,
    twins: Vec<Finding>,
}

impl Scene<'_> {
    fn answer(&self, keeping: &Keeping) -> Result<Told, RunError> {
        let case = self.question.case;
        let window = self.window();
        let width = case.window.unwrap_or_else(|| width_for(window));
        let bad_grid = |e: grid::GridError| {
            RunError::Usage(format!("{e}\nhint: choose a wider --window, or a shorter --from/--until"))
        };
        let grid = Grid::new(case.zone, width, window.start_us, window.end_us).map_err(bad_grid)?;
        let parties = Parties::new(&case.parties, false).map_err(|e| RunError::Usage(e.to_string()))?;
        let party_names: Vec<String> = case.parties.iter().map(|p| p.name.clone()).collect();
        let modal = self.modal_sizes()?;
        let captures: Vec<bool> = case.resources.iter().map(|r| r.subject.is_some()).collect();
        let names: Vec<String> = case.resources.iter().map(|r| r.name.clone()).collect();
        let context = Context {
            frozen: self.frozen,
            files: &self.settled.keys,
            parties: &parties,
            party_names: &party_names,
            captures_subject: &captures,
            grid: &grid,
            has_edges: self.prepared.rules.window.is_some(),
            gap_us: case.counting.gap_us,
            modal: &modal,
            filter: self.question.filter.as_ref(),
            resources: &names,
        };
        let groupings: Vec<Grouping> = self.question.by.iter().map(|by| Grouping::new(*by)).collect();
        let by = groupings.iter().map(|g| g as &dyn Key).collect();
        let extra = Extra { by, wanted: self.question.wanted, threads: self.question.machine.threads };
        let counted = count(&self.harvested.partitions, keeping, &context, &extra)?;
        let silences = silences(self.settled, self.harvested, case.zone);
        let stage = Stage { window, width, grid: &grid, counted: &counted, silences: &silences };
        let (answer, timelines, primary) = self.assembled(&stage, &groupings)?;
        let evidence_sha256 = evidence_sha256(&answer);
        let uncovered = answer.windows.iter().filter(|w| !w.covered).count() as u64;
        let imperfect = findings::imperfect(&answer.ledger, self.settled, uncovered);
        Ok(Told { answer, timelines, evidence_sha256, window, imperfect, grid, counted, primary })
    }

    /// METHOD M5.1: over live files. Nothing but parts needs to know how large the whole is.
    fn modal_sizes(&self) -> Result<HashMap<Object, u64, RandomState>, RunError> {
        let keys = &self.settled.keys;
        let live = |file: &u32| keys.get(*file as usize).is_some_and(|key| key.live);
        if !self.harvested.facts.iter().any(|(file, facts)| facts.parts && live(file)) {
            return Ok(HashMap::default());
        }
        let threads = self.question.machine.threads;
        Ok(modal::modal_sizes(&self.harvested.partitions, keys, self.frozen, threads)?)
    }

    /// METHOD M2.4: from the first to 1 µs after the last in-scope event, where the case gives no ends.
    fn window(&self) -> Span {
        let case = self.question.case;
        let live = || self.settled.files.iter().filter(|f| f.duplicate_of.is_none()).map(|f| &f.account);
        let first = live().filter_map(|a| a.scope_first_us).min().unwrap_or(i64::MAX);
        let last = live().filter_map(|a| a.scope_last_us).max().unwrap_or(i64::MIN);
        let start_us = case.from_us.unwrap_or(first);
        let end_us = case.until_us.unwrap_or_else(|| last.saturating_add(1));
        if start_us < end_us {
            return Span { start_us, end_us };
        }
        // Nothing in scope. Where an end is declared, the answer is of that moment, and it says whether a log covers it.
        match (case.from_us, case.until_us) {
            (Some(from), _) => Span { start_us: from, end_us: from.saturating_add(1) },
            (_, Some(until)) => Span { start_us: until.saturating_sub(1), end_us: until },
            (None, None) => Span { start_us: 0, end_us: 0 },
        }
    }

    fn assembled(
        &self,
        stage: &Stage<'_>,
        groupings: &[Grouping],
    ) -> Result<(Answer, Timelines, u16), RunError> {
        let case = self.question.case;
        let counted = stage.counted;
        let vantages = &self.prepared.vantages;
        let primary = assemble::primary(case, vantages, counted);
        let parts = Parts {
            case,
            settled: self.settled,
            counted,
            vantages,
            primary,
            grid: stage.grid,
            silences: stage.silences,
        };
        let mut answer = Answer {
            ledger: assemble::ledger(self.settled, &counted.filtered),
            sources: assemble::sources(self.settled, vantages),
            primary_vantage: vantages.get(usize::from(primary)).cloned().unwrap_or_default(),
            counts: assemble::counts(&parts),
            exposure: assemble::exposure(&parts),
            outcomes: assemble::outcomes(&parts),
            clients: assemble::clients(&parts),
            bytes_served: assemble::bytes_served(&parts),
            resources: assemble::resources(&parts),
            windows: assemble::windows(&parts),
            parties: assemble::parties(&parts),
            vantages: assemble::vantages(counted, vantages),
            groups: (!groupings.is_empty()).then(|| assemble::groups(&parts, groupings)),
            ..Answer::default()
        };
        let total = parts.totals().total();
        answer.first_served_utc = (total.served > 0).then(|| rfc3339(total.first_us));
        answer.last_served_utc = (total.served > 0).then(|| rfc3339(total.last_us));
        answer.profile = self.profile(&answer);
        answer.findings = self.findings(&answer, stage, counted);
        answer.caveats = caveats::caveats(&self.grounds(&answer, stage, &parts));
        let totals = counted.of(primary);
        check::bytes(answer.bytes_served.total, totals.notes.exact_bytes)?;
        let other_methods = totals.other_methods;
        check::bytes(other_methods.bytes, other_methods.exact_bytes)?;
        check::answer(&answer)?;
        let timelines = self.timelines(&answer, &parts, stage, &evidence_sha256(&answer));
        Ok((answer, timelines, primary))
    }

    fn profile(&self, answer: &Answer) -> ProfileCount {
        let profile = self.question.profile;
        let count = match profile.name {
            "requests" => answer.counts.requests,
            "retrievals" => answer.counts.retrievals,
            _ => answer.counts.served,
        };
        ProfileCount {
            name: profile.name.to_owned(),
            sha256: profile.sha256(self.question.case.counting.gap_us),
            count,
        }
    }

    fn findings(&self, answer: &Answer, stage: &Stage<'_>, counted: &Counted) -> Vec<Finding> {
        let mut out = findings::of_files(self.settled);
        out.extend(findings::of_silences(stage.silences, stage.window));
        out.extend(rotations::findings(self.settled));
        out.extend(times::findings(self.settled, self.harvested));
        out.extend(self.twins.iter().cloned());
        let whole = |id: &str, text: String| Finding { id: id.to_owned(), source: None, text };
        if answer.vantages.iter().filter(|v| v.requests > 0).count() > 1 {
            let each: Vec<String> = answer
                .vantages
                .iter()
                .map(|v| {
                    format!("{}: {} requests, {} served", v.name, thousands(v.requests), thousands(v.served))
                })
                .collect();
            out.push(whole(
                "several-vantages",
                format!(
                    "the logs were written at {} vantages ({}); the same request can stand in each, so they are never added. The figures are those of `{}`.",
                    answer.vantages.len(),
                    each.join("; "),
                    answer.primary_vantage
                ),
            ));
        }
        if let Some(filter) = &self.question.filter {
            let removed: u64 = counted.filtered.values().sum();
            out.push(whole(
                "filter",
                format!(
                    "--where `{}` took {removed} of {} in-scope records out; the ledger has them under not_sensitive.",
                    filter.text,
                    removed + answer.ledger.in_scope
                ),
            ));
        }
        out.extend(findings::behind_a_proxy(counted));
        out.extend(findings::possible_duplicates(counted.repeated()));
        let left_out = self.harvested.faults.left_out;
        if left_out > 0 {
            out.push(whole(
                "faults-not-listed",
                format!("{left_out} faults are counted in the ledger but not listed one by one; the first ones are."),
            ));
        }
        for pending in &self.question.case.pending {
            out.push(whole("not-yet", pending.text.clone()));
        }
        out.sort();
        out
    }

    fn grounds<'b>(&self, answer: &'b Answer, stage: &Stage<'_>, parts: &Parts<'_>) -> Grounds<'b> {
        let counted = stage.counted;
        let totals = counted.of(parts.primary);
        let (distinct, notes) = (totals.distinct, totals.notes);
        let reasons = |reason: Reason| totals.reasons.get(reason as usize).copied().unwrap_or(0);
        let mut times = crate::ledger::account::Account::default();
        for file in &self.settled.files {
            times.add(&file.account);
        }
        Grounds {
            answer,
            other_methods: self.other_methods(answer, totals),
            not_modified: reasons(Reason::NotModified),
            parts_without_range: notes.parts_without_range,
            by_header: distinct.by_header,
            header_ignored: distinct.header_ignored,
            times: times.times,
            semantics: semantics_words(totals),
            time_bases: self.time_bases(parts.primary),
            folded: notes.folded,
            host_unchecked: notes.host_unchecked,
            over_24h: notes.over_24h,
            gaps: gaps_in_words(stage, parts.primary),
            beyond: beyond_in_words(stage, parts.primary),
            agents_logged: notes.with_agent > 0,
            cut_by_edges: notes.cut_by_edges,
        }
    }

    /// Moments that the times of the primary vantage state.
    fn time_bases(&self, primary: u16) -> Vec<&'static str> {
        let mut words: Vec<&'static str> = self
            .settled
            .files
            .iter()
            .filter(|f| f.vantage == primary && f.duplicate_of.is_none())
            .flat_map(|f| f.account.time_bases.keys().copied())
            .collect();
        words.sort_unstable();
        words.dedup();
        words
    }

    fn other_methods(&self, answer: &Answer, totals: &OfVantage) -> Option<OtherMethods> {
        let o = Some(totals.other_methods).filter(|o| o.responses > 0)?;
        let mut listed: Vec<&str> =
            self.question.case.resources.iter().flat_map(|r| r.methods.iter().map(String::as_str)).collect();
        listed.sort_unstable();
        listed.dedup();
        Some(OtherMethods {
            responses: o.responses,
            bytes: o.bytes,
            served: answer.counts.served + o.responses,
            clients_ip: o.clients_ip,
            listed: listed.join(", "),
        })
    }

    fn timelines(
        &self,
        answer: &Answer,
        parts: &Parts<'_>,
        stage: &Stage<'_>,
        evidence: &str,
    ) -> Vec<(String, Timeline)> {
        let case = self.question.case;
        let words = |title: String, served: u64, retrievals: u64, clients: u64| Words {
            title,
            subtitle: format!(
                "{} responses that carried data (served), in {} retrievals, by {} distinct addresses",
                thousands(served),
                thousands(retrievals),
                thousands(clients)
            ),
            window_label: stage.width.to_string(),
            evidence_sha256: evidence.to_owned(),
        };
        let title = match (case.title.as_str(), case.resources.as_slice()) {
            ("", [one]) if one.name != "*" => format!("Recorded access: {}", one.label),
            ("", _) => "Recorded access".to_owned(),
            (title, _) => title.to_owned(),
        };
        let c = &answer.counts;
        let mut out = Vec::new();
        let several = answer.resources.len() > 1;
        let all = if several { format!("{title}: all resources") } else { title.clone() };
        out.push((
            "timeline".to_owned(),
            timeline(parts, None, words(all, c.served, c.retrievals, answer.clients.ip)),
        ));
        if several {
            for (place, (resource, decl)) in answer.resources.iter().zip(&case.resources).enumerate() {
                let mut name = format!("timeline-{}", file_name(&resource.name));
                if out.iter().any(|(taken, _)| *taken == name) {
                    name = format!("{name}-{}", place + 1);
                }
                let words = words(
                    format!("{title}: {}", decl.label),
                    resource.served,
                    resource.retrievals,
                    resource.clients_ip,
                );
                out.push((name, timeline(parts, Some(place), words)));
            }
        }
        out
    }
}

struct Stage<'a> {
    window: Span,
    width: Width,
    grid: &'a Grid,
    counted: &'a Counted,
    silences: &'a [SourceSilence],
}

/// A width that gives a readable number of bins, where none is declared. One line with a wild year must not end a run:
/// the wider the window, the wider the bins.
fn width_for(window: Span) -> Width {
    const HOUR_US: i64 = 3_600_000_000;
    const MOST_BINS: i64 = 20_000;
    let hours = window.end_us.saturating_sub(window.start_us) / HOUR_US;
    match hours {
        0..=5 => Width::Seconds(900),
        6..=96 => Width::Seconds(3_600),
        _ => {
            let days = [1, 7, 30, 365].into_iter().find(|days| hours / 24 / i64::from(*days) < MOST_BINS);
            Width::Days(days.unwrap_or(3_650))
        }
    }
}

fn semantics_words(totals: &OfVantage) -> Vec<&'static str> {
    let words = [
        "not known (servers write this column with different meanings, or its maker does not say which)",
        "body bytes written to the network",
        "bytes written to the network, headers included",
        "size of the response the server meant to send",
    ];
    let used = totals.semantics.iter().map(|(served, _, _)| *served > 0);
    words.into_iter().zip(used).filter(|(_, used)| *used).map(|(word, _)| word).collect()
}

/// What of the window the sources of the vantage leave open between their first and their last record, in words.
/// Shorter than a gap of any of them is not worth a word, unless a file is known to be missing there.
fn gaps_in_words(stage: &Stage<'_>, primary: u16) -> Vec<String> {
    let Some(hull) = hull(stage, primary) else { return Vec::new() };
    let sources = stage.silences.iter().filter(|s| s.vantage == primary);
    let least_s = sources.map(|s| s.threshold_s).min().unwrap_or(0);
    let long = |s: &Span| u64::try_from((s.end_us - s.start_us) / 1_000_000).is_ok_and(|n| n > least_s);
    let gaps = || stage.silences.iter().filter(|s| s.vantage == primary).flat_map(|s| &s.gaps);
    let meets = |s: &Span, g: &Span| g.start_us < s.end_us && g.end_us > s.start_us;
    let of_a_file = |s: &Span| gaps().any(|gap| gap.is_of_a_file() && meets(s, &gap.span));
    let inside = Span {
        start_us: hull.start_us.max(stage.window.start_us),
        end_us: hull.end_us.min(stage.window.end_us),
    };
    complement(inside, &covered(stage.silences, primary))
        .iter()
        .filter(|s| long(s) || of_a_file(s))
        .map(|g| format!("from {} to {}", rfc3339(g.start_us), rfc3339(g.end_us)))
        .collect()
}

fn beyond_in_words(stage: &Stage<'_>, primary: u16) -> Vec<String> {
    let Some(hull) = hull(stage, primary) else { return Vec::new() };
    complement(stage.window, &[hull])
        .iter()
        .map(|s| format!("no log from {} to {}", rfc3339(s.start_us), rfc3339(s.end_us)))
        .collect()
}

/// From the first to the last record of a vantage.
fn hull(stage: &Stage<'_>, primary: u16) -> Option<Span> {
    let logged = || stage.silences.iter().filter(|s| s.vantage == primary).filter_map(|s| s.logged);
    let start_us = logged().map(|s| s.start_us).min()?;
    Some(Span { start_us, end_us: logged().map(|s| s.end_us).max()? })
}

/// SHA-256 over the hashes of the files as handed over, one a line, in canonical order.
#[must_use]
pub fn evidence_sha256(answer: &Answer) -> String {
    let lines: String =
        answer.sources.iter().map(|s| format!("{}\n", s.sha256.as_deref().unwrap_or("unreadable"))).collect();
    sha256_hex(lines.as_bytes())
}

/// A resource's name as part of a file name.
fn file_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' })
        .collect();
    plain.trim_matches(['-', '.']).chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// METHOD M1.4: no time that a log can state makes more bins than can be listed.
    #[test]
    fn the_widest_window_of_all_still_has_a_grid() {
        let year_us = 365 * 86_400_000_000;
        for years in [1, 60, 4_000, 9_998] {
            let window = Span { start_us: 0, end_us: years * year_us };
            assert!(
                Grid::new(chrono_tz::Tz::UTC, width_for(window), window.start_us, window.end_us).is_ok(),
                "{years}"
            );
        }
    }

    #[test]
    fn bins_are_quarter_hours_hours_or_days_by_the_span() {
        let width = |hours: i64| width_for(Span { start_us: 0, end_us: hours * 3_600_000_000 });
        assert_eq!(
            [width(5), width(6), width(96), width(97)],
            [Width::Seconds(900), Width::Seconds(3_600), Width::Seconds(3_600), Width::Days(1)]
        );
    }
}
