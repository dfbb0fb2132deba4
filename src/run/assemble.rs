//! Plain numbers → the answer in the shape of the output contract.

use std::collections::BTreeMap;

use super::settle::{File, Settled};
use super::silences::{SourceSilence, covered};
use crate::case::{Case, EventKind};
use crate::clock::grid::Grid;
use crate::clock::text::rfc3339;
use crate::count::counted::Counted;
use crate::count::ids::Ids;
use crate::count::totals::OfVantage;
use crate::coverage::spans::{Span, covered_us};
use crate::finding::{
    BytesServed, Clients, Counts, Exposure, Group, GroupKey, Ledger, Outcomes, Party, Resource, Source,
    Vantage, Window,
};
use crate::intake::State;
use crate::outcome::{Outcome, Reason};
use crate::run::groups::Grouping;

const SECOND_US: i64 = 1_000_000;

/// Everything the blocks are made of.
pub struct Parts<'a> {
    /// The case.
    pub case: &'a Case,
    /// Files.
    pub settled: &'a Settled,
    /// Numbers.
    pub counted: &'a Counted,
    /// Vantage names.
    pub vantages: &'a [String],
    /// Index of the primary one.
    pub primary: u16,
    /// Bins.
    pub grid: &'a Grid,
    /// Silences of all sources.
    pub silences: &'a [SourceSilence],
}

impl Parts<'_> {
    /// The totals of the primary vantage.
    #[must_use]
    pub fn totals(&self) -> &OfVantage {
        self.counted.of(self.primary)
    }

    /// METHOD M5.5: a number of complete ones only where a served response could be shown to be whole.
    fn if_shown(&self, n: u64, resource: Option<usize>) -> Option<u64> {
        let here = |r: usize| resource.is_none_or(|wanted| r == wanted);
        let shown = n > 0 || self.totals().can_show.iter().enumerate().any(|(r, can)| *can && here(r));
        shown.then_some(n)
    }
}

/// Vantage with the most served requests, ties by name; the declared one where there is one.
#[must_use]
pub fn primary(case: &Case, vantages: &[String], counted: &Counted) -> u16 {
    if let Some(place) = case.primary_vantage.as_ref().and_then(|p| vantages.iter().position(|v| v == p)) {
        return u16::try_from(place).unwrap_or(0);
    }
    let mut best = (0u64, 0usize);
    for (place, _) in vantages.iter().enumerate() {
        let served = counted.of(u16::try_from(place).unwrap_or(u16::MAX)).total().served;
        if served > best.0 {
            best = (served, place);
        }
    }
    u16::try_from(best.1).unwrap_or(0)
}

/// METHOD M1.3.
#[must_use]
pub fn ledger(settled: &Settled, filtered: &BTreeMap<u32, u64>) -> Ledger {
    let mut l = Ledger { files: settled.files.len() as u64, ..Ledger::default() };
    for file in &settled.files {
        if file.duplicate_of.is_some() {
            l.duplicate_files += 1;
            continue;
        }
        if matches!(file.report.state, State::Unreadable(_)) {
            l.unreadable_files += 1;
            continue;
        }
        let a = &file.account;
        let out = filtered.get(&file.id).copied().unwrap_or(0);
        // The reader's last offset; the sources state what went through the hash.
        l.bytes += file.report.consumed;
        l.lines += a.lines;
        l.records += a.records;
        l.directives += a.directives;
        l.blank += a.blank;
        l.faults += a.fault_total();
        l.duplicate_records += a.overlap;
        l.out_of_window += a.out_of_window;
        l.not_sensitive += a.not_sensitive + out;
        l.in_scope += a.in_scope - out.min(a.in_scope);
    }
    l
}

/// One row per file.
#[must_use]
pub fn sources(settled: &Settled, vantages: &[String]) -> Vec<Source> {
    settled.files.iter().map(|f| source(f, vantages)).collect()
}

/// The row of one file.
#[must_use]
pub fn source(file: &File, vantages: &[String]) -> Source {
    let a = &file.account;
    let state = match (&file.duplicate_of, &file.report.state) {
        (Some(_), _) => "duplicate",
        (None, State::Read) => "read",
        (None, State::Truncated(_) | State::Capped(_)) => "truncated",
        (None, State::Unreadable(_)) => "unreadable",
    };
    // The one most records were read in comes first.
    let mut formats: Vec<&str> = a.formats.keys().map(String::as_str).collect();
    formats.sort_by_key(|name| std::cmp::Reverse(a.formats.get(*name)));
    let format = if formats.is_empty() { told(file) } else { formats.join("+") };
    Source {
        path: file.path.clone(),
        member: file.member.clone(),
        source: file.source.clone(),
        state: state.to_owned(),
        sha256: file.report.sha256.clone(),
        content_sha256: file.report.content_sha256.clone(),
        vantage: vantages.get(usize::from(file.vantage)).cloned().unwrap_or_default(),
        format,
        bytes: if state == "duplicate" { 0 } else { file.report.hashed },
        lines: a.lines,
        records: a.records,
        directives: a.directives,
        blank: a.blank,
        faults: a.fault_total(),
        first_utc: a.first_us.map(rfc3339),
        last_utc: a.last_us.map(rfc3339),
    }
}

/// Format of a file without records: the best score (an error log, say), or none.
fn told(file: &File) -> String {
    file.report.scores.first().map_or_else(|| "unrecognised".to_owned(), |s| s.name.to_string())
}

/// METHOD M6.1.
#[must_use]
pub fn counts(parts: &Parts<'_>) -> Counts {
    let t = parts.totals().total();
    Counts {
        requests: t.requests,
        served: t.served,
        retrievals: t.retrievals,
        complete_or_probable_retrievals: t.complete_or_probable,
        complete_retrievals: parts.if_shown(t.complete, None),
        completeness_unknown: parts.totals().notes.completeness_unknown,
    }
}

/// METHOD §5.
#[must_use]
pub fn outcomes(parts: &Parts<'_>) -> Outcomes {
    let mut n: BTreeMap<u8, u64> = BTreeMap::new();
    for (reason, requests) in (0u8..).zip(&parts.totals().reasons) {
        if let Some(reason) = Reason::from_u8(reason) {
            *n.entry(reason.outcome() as u8).or_default() += requests;
        }
    }
    let of = |o: Outcome| n.get(&(o as u8)).copied().unwrap_or(0);
    Outcomes {
        complete: parts.if_shown(of(Outcome::Complete), None),
        probable: of(Outcome::Probable),
        partial: of(Outcome::Partial),
        copied: of(Outcome::Copied),
        learned: of(Outcome::Learned),
        attempted: of(Outcome::Attempted),
    }
}

/// METHOD M3.4.
#[must_use]
pub fn clients(parts: &Parts<'_>) -> Clients {
    let d = parts.totals().distinct;
    let [n64, n56, n48] = d.nets;
    Clients {
        ip: d.ip4 + d.ip6,
        ip4: d.ip4,
        ip6_128: d.ip6,
        ip6_64: n64,
        ip6_56: n56,
        ip6_48: n48,
        name: d.names,
        unknown_requests: d.unknown_requests,
        ip_ua: d.ip_ua,
        principal: parts.totals().principals.count(),
        // Web logs name no key, signature or account.
        credential: 0,
    }
}

/// METHOD M5.2.
#[must_use]
pub fn bytes_served(parts: &Parts<'_>) -> BytesServed {
    let mut out = BytesServed::default();
    for (semantics, (_, bytes, unlogged)) in (0u8..).zip(parts.totals().semantics) {
        // A sum that does not fit is told by the check against the exact one.
        out.total = out.total.saturating_add(bytes);
        out.unlogged_responses += unlogged;
        match semantics {
            1 => out.body_written = out.body_written.saturating_add(bytes),
            2 => out.wire_written = out.wire_written.saturating_add(bytes),
            3 => out.body_planned = out.body_planned.saturating_add(bytes),
            _ => out.unknown = out.unknown.saturating_add(bytes),
        }
    }
    out
}

fn count_of(sets: &[Ids], place: usize) -> u64 {
    sets.get(place).map_or(0, Ids::count)
}

/// Per resource, in case order.
#[must_use]
pub fn resources(parts: &Parts<'_>) -> Vec<Resource> {
    let totals = parts.totals();
    parts
        .case
        .resources
        .iter()
        .enumerate()
        .map(|(place, resource)| {
            let group = totals.resources.get(place).copied().unwrap_or_default();
            let t = group.sums;
            let key = (parts.primary, u16::try_from(place).unwrap_or(u16::MAX));
            Resource {
                name: resource.name.clone(),
                requests: t.requests,
                served: t.served,
                retrievals: t.retrievals,
                complete_retrievals: parts.if_shown(t.complete, Some(place)),
                clients_ip: group.clients,
                objects: parts.counted.objects_by_resource.get(&key).copied().unwrap_or(0),
                subjects: resource.subject.is_some().then(|| count_of(&totals.resource_subjects, place)),
                subject_unknown: t.subject_unknown,
                also_matches: totals.also_matches.get(place).copied().unwrap_or(0),
                bytes_served: t.bytes_served,
                first_served_utc: (t.served > 0).then(|| rfc3339(t.first_us)),
                last_served_utc: (t.served > 0).then(|| rfc3339(t.last_us)),
            }
        })
        .collect()
}

/// Per bin.
#[must_use]
pub fn windows(parts: &Parts<'_>) -> Vec<Window> {
    let logged = covered(parts.silences, parts.primary);
    parts
        .grid
        .bins()
        .iter()
        .enumerate()
        .map(|(place, (start, end))| {
            let bin = parts.totals().windows.get(place).copied().unwrap_or_default();
            let covered = covered_us(Span { start_us: *start, end_us: *end }, &logged);
            Window {
                start_utc: rfc3339(*start),
                end_utc: rfc3339(*end),
                covered: covered > 0,
                covered_seconds: u64::try_from(covered / SECOND_US).unwrap_or(0),
                requests: bin.requests,
                served: bin.served,
                clients_ip: bin.clients,
                bytes_served: bin.bytes_served,
            }
        })
        .collect()
}

/// Per party, `unattributed` last.
#[must_use]
pub fn parties(parts: &Parts<'_>) -> Vec<Party> {
    let totals = parts.totals();
    let captured = parts.case.resources.iter().any(|r| r.subject.is_some());
    let named = parts.case.parties.iter().map(|p| (p.name.clone(), Some(p.kind.word().to_owned())));
    named
        .chain(std::iter::once(("unattributed".to_owned(), None)))
        .enumerate()
        .map(|(place, (name, kind))| {
            let group = totals.parties.get(place).copied().unwrap_or_default();
            Party {
                name,
                kind,
                served: group.sums.served,
                clients_ip: group.clients,
                objects: count_of(&totals.party_objects, place),
                subjects: captured.then(|| count_of(&totals.party_subjects, place)),
                bytes_served: group.sums.bytes_served,
            }
        })
        .collect()
}

/// The outer two counts of every vantage.
#[must_use]
pub fn vantages(counted: &Counted, names: &[String]) -> Vec<Vantage> {
    names
        .iter()
        .enumerate()
        .map(|(place, name)| {
            let total = counted.of(u16::try_from(place).unwrap_or(u16::MAX)).total();
            Vantage { name: name.clone(), requests: total.requests, served: total.served }
        })
        .collect()
}

/// The span between the events `published` and `closed`.
#[must_use]
pub fn exposure(parts: &Parts<'_>) -> Exposure {
    let at = |kind: EventKind| parts.case.events.iter().filter(move |e| e.kind == kind).map(|e| e.at_us);
    let from = at(EventKind::Published).min();
    let until = at(EventKind::Closed).max();
    let covered_seconds = match (from, until) {
        (Some(start_us), Some(end_us)) if start_us < end_us => {
            let covered = covered_us(Span { start_us, end_us }, &covered(parts.silences, parts.primary));
            u64::try_from(covered / SECOND_US).unwrap_or(0)
        }
        _ => 0,
    };
    Exposure { from_utc: from.map(rfc3339), until_utc: until.map(rfc3339), covered_seconds }
}

/// `groups[]` of `--by`: most served first, then by key.
#[must_use]
pub fn groups(parts: &Parts<'_>, by: &[Grouping]) -> Vec<Group> {
    let primary = u32::from(parts.primary);
    let mut out: Vec<Group> = parts
        .counted
        .groups
        .iter()
        .filter(|((vantage, _), _)| *vantage == primary)
        .map(|((_, numbers), (sums, clients_ip))| Group {
            key: by
                .iter()
                .zip(numbers)
                .map(|(g, n)| GroupKey { by: g.name().to_owned(), value: g.text(*n) })
                .collect(),
            requests: sums.requests,
            served: sums.served,
            retrievals: sums.retrievals,
            clients_ip: *clients_ip,
            bytes_served: sums.bytes_served,
        })
        .collect();
    out.sort_by(|a, b| (b.served, b.requests).cmp(&(a.served, a.requests)).then_with(|| a.key.cmp(&b.key)));
    out
}
