//! What the page needs beside the answer itself: order, words, texts.

use super::{CaseEvent, FIRST_FAULTS, MOST_WINDOWS, ReportInput, TOP_CLIENTS};
use crate::escape;
use crate::finding::answer::{Answer, Caveat, Finding, Window};
use crate::finding::table::{ClientRow, FaultRow};
use crate::report::inspect::fault_kinds;
use crate::report::moment::{local, moment, seconds_between, usual_step};
use crate::report::number::{duration, percent};
use crate::report::redact::redact;
use crate::report::terminal::{headline_text, is_on_first_screen};
use crate::report::words;
use serde::Serialize;

/// Everything the template reads from `f`.
#[derive(Debug, Serialize)]
pub(super) struct Facts {
    case_id: String,
    case_title: String,
    zone: String,
    from: String,
    until: String,
    evidence_sha256: String,
    headline: String,
    within: Option<String>,
    notes: Vec<String>,
    first_caveats: Vec<Sentence>,
    words: Vec<Meaning>,
    outcomes: Vec<Named>,
    bytes: Vec<Named>,
    windows: Vec<WindowRow>,
    windows_left_out: u64,
    window_width: String,
    events: Vec<EventRow>,
    clients: Vec<Client>,
    clients_shown: u64,
    clients_served: u64,
    exposure: Option<Exposed>,
    fault_kinds: Vec<Named>,
    faults: Vec<Fault>,
    findings: Vec<Finding>,
    caveats: Vec<Sentence>,
    known_parties: bool,
    files_read: u64,
    command: String,
}

#[derive(Debug, Serialize)]
struct Meaning {
    id: &'static str,
    term: &'static str,
    text: &'static str,
    count: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Named {
    name: String,
    text: String,
    count: Option<u64>,
}

#[derive(Debug, Serialize)]
struct WindowRow {
    index: u64,
    date: Option<String>,
    start: String,
    logged: u64,
    bar: u64,
    window: Window,
}

#[derive(Debug, Serialize)]
struct EventRow {
    at: String,
    label: String,
    kind: String,
}

#[derive(Debug, Serialize)]
struct Client {
    client: String,
    party: String,
    served: u64,
    retrievals: u64,
    objects: u64,
    bytes_served: u64,
    first: String,
    last: String,
}

#[derive(Debug, Serialize)]
struct Exposed {
    length: String,
    covered: String,
    percent: u64,
}

#[derive(Debug, Serialize)]
struct Fault {
    place: String,
    fault: String,
    field: String,
    expected: String,
    found: String,
}

#[derive(Debug, Serialize)]
struct Sentence {
    id: String,
    text: String,
}

pub(super) fn facts(input: &ReportInput<'_>) -> Facts {
    let answer = input.answer;
    let top = &input.tables.top_clients;
    let ledger = &answer.ledger;
    let windows = windows(input);
    Facts {
        case_id: input.case_id.clone(),
        case_title: input.case_title.clone(),
        zone: input.zone.name().to_owned(),
        from: moment(&input.from, input.zone),
        until: moment(&input.until, input.zone),
        evidence_sha256: input.evidence_sha256.to_owned(),
        headline: headline_text(answer),
        within: within(answer),
        notes: input.notes.iter().map(|note| clean(note)).collect(),
        first_caveats: answer.caveats.iter().filter(|c| is_on_first_screen(c)).map(sentence).collect(),
        words: meanings(answer),
        outcomes: outcomes(answer),
        bytes: bytes(answer),
        windows_left_out: count(answer.windows.len() - windows.len()),
        windows,
        window_width: duration(usual_step(&answer.windows)),
        events: input.events.iter().map(|event| event_row(event, input)).collect(),
        clients: top.iter().take(TOP_CLIENTS).map(|row| client(row, input)).collect(),
        clients_shown: count(top.len().min(TOP_CLIENTS)),
        clients_served: input.tables.clients_served,
        exposure: exposed(answer),
        fault_kinds: fault_kinds(&input.tables.faults)
            .into_iter()
            .map(|kind| Named { name: kind.fault, text: String::new(), count: Some(kind.count) })
            .collect(),
        faults: input.tables.faults.iter().take(FIRST_FAULTS).map(fault).collect(),
        findings: answer
            .findings
            .iter()
            .map(|finding| Finding { text: clean(&finding.text), ..finding.clone() })
            .collect(),
        caveats: answer.caveats.iter().map(sentence).collect(),
        known_parties: answer.parties.iter().any(|party| party.name != "unattributed"),
        files_read: ledger
            .files
            .saturating_sub(ledger.duplicate_files)
            .saturating_sub(ledger.unreadable_files),
        command: clean(&input.command),
    }
}

/// Text for a page that is handed round: secrets cut out, everything hidden shown.
fn clean(text: &str) -> String {
    escape::terminal(&redact(text.as_bytes()))
}

fn sentence(caveat: &Caveat) -> Sentence {
    Sentence { id: caveat.id.clone(), text: clean(&caveat.text) }
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

fn within(answer: &Answer) -> Option<String> {
    let seconds = seconds_between(answer.first_served_utc.as_deref()?, answer.last_served_utc.as_deref()?)?;
    (seconds > 0).then(|| duration(seconds))
}

fn meanings(answer: &Answer) -> Vec<Meaning> {
    let c = &answer.counts;
    [
        ("requests", words::REQUESTS, Some(c.requests)),
        ("served", words::SERVED, Some(c.served)),
        ("retrievals", words::RETRIEVALS, Some(c.retrievals)),
        ("complete-or-probable", words::COMPLETE_OR_PROBABLE, Some(c.complete_or_probable_retrievals)),
        ("complete", words::COMPLETE, c.complete_retrievals),
    ]
    .into_iter()
    .map(|(id, word, count)| Meaning { id, term: word.term, text: word.long, count })
    .collect()
}

fn named(words: &[(&str, &str)], counts: &[Option<u64>]) -> Vec<Named> {
    let row = |((name, text), count): (&(&str, &str), &Option<u64>)| Named {
        name: name.replace('_', " "),
        text: (*text).to_owned(),
        count: *count,
    };
    words.iter().zip(counts).map(row).collect()
}

fn outcomes(answer: &Answer) -> Vec<Named> {
    let o = &answer.outcomes;
    let rest = [o.probable, o.partial, o.copied, o.learned, o.attempted];
    let counts: Vec<Option<u64>> = std::iter::once(o.complete).chain(rest.map(Some)).collect();
    named(&words::OUTCOMES, &counts)
}

fn bytes(answer: &Answer) -> Vec<Named> {
    let b = &answer.bytes_served;
    let counts = [b.body_written, b.wire_written, b.body_planned, b.unknown].map(Some);
    named(&words::BYTES, &counts)
}

/// Each window (of a great many: each that is not covered or was asked for something) with its label, the date where it changes, and the length of its bar in thousandths.
fn windows(input: &ReportInput<'_>) -> Vec<WindowRow> {
    let windows = &input.answer.windows;
    let most = windows.iter().map(|window| window.served).max().unwrap_or(0).max(1);
    let whole_days = usual_step(windows) >= 82_800;
    let mut day = None;
    let mut rows = Vec::with_capacity(windows.len());
    for (i, window) in windows.iter().enumerate() {
        if windows.len() > MOST_WINDOWS && window.requests == 0 && window.covered {
            continue;
        }
        let at = local(&window.start_utc, input.zone);
        let text = moment(&window.start_utc, input.zone);
        let (date, time) = match text.split_once(' ') {
            Some((date, time)) if at.is_some() => (date.to_owned(), time.to_owned()),
            _ => (String::new(), text),
        };
        let new_day = !whole_days && at.is_some() && day.as_ref() != Some(&date);
        rows.push(WindowRow {
            index: count(i + 1),
            date: new_day.then(|| at.map(|at| format!("{} {date}", at.format("%A"))).unwrap_or_default()),
            start: if whole_days { date.clone() } else { time.replacen(":00 ", " ", 1) },
            logged: seconds_between(&window.start_utc, &window.end_utc)
                .map_or(100, |whole| percent(window.covered_seconds, whole)),
            bar: u64::try_from(u128::from(window.served) * 1000 / u128::from(most)).unwrap_or(1000),
            window: window.clone(),
        });
        day = Some(date);
    }
    rows
}

fn event_row(event: &CaseEvent, input: &ReportInput<'_>) -> EventRow {
    let at = match &event.until {
        Some(until) => crate::report::moment::span(&event.at, until, input.zone),
        None => moment(&event.at, input.zone),
    };
    EventRow { at, label: clean(&event.label), kind: event.kind.clone() }
}

fn client(row: &ClientRow, input: &ReportInput<'_>) -> Client {
    Client {
        client: row.client.clone(),
        party: row.party.clone(),
        served: row.served,
        retrievals: row.retrievals,
        objects: row.objects,
        bytes_served: row.bytes_served,
        first: crate::report::moment::moment_bare(&row.first_served_utc, input.zone),
        last: crate::report::moment::moment_bare(&row.last_served_utc, input.zone),
    }
}

fn exposed(answer: &Answer) -> Option<Exposed> {
    let exposure = &answer.exposure;
    let seconds = seconds_between(exposure.from_utc.as_deref()?, exposure.until_utc.as_deref()?)?;
    Some(Exposed {
        length: duration(seconds),
        covered: duration(exposure.covered_seconds),
        percent: percent(exposure.covered_seconds, seconds),
    })
}

fn fault(row: &FaultRow) -> Fault {
    let member = if row.member.is_empty() { String::new() } else { format!(" › {}", row.member) };
    Fault {
        place: format!("{}{member}:{}", row.source, row.line),
        fault: row.fault.clone(),
        field: row.field.clone(),
        expected: row.expected.clone(),
        found: escape::terminal(&redact(&row.found)),
    }
}
