//! Files that a rotation should have left and that are not there, cannot be read or break off: gaps and findings
//! (METHOD M2.5).

use super::settle::{File, Settled};
use super::silences::hull;
use crate::coverage::gaps::{Cause, LogGap};
use crate::coverage::rotation::{Lacking, Name, Series, between, series};
use crate::coverage::silence::{LEAST_S, Seconds};
use crate::coverage::spans::Span;
use crate::finding::Finding;
use crate::intake::State;
use crate::report::number::{counted, thousands};

/// Holes of a series that are told with their neighbours; of more it is said how many.
const NAMED: usize = 5;

fn name(file: &File) -> Name<'_> {
    Name { path: &file.path, member: file.member.as_deref() }
}

/// Gaps that missing, unreadable and broken files of one source leave, as far as `seconds` hold no record of another file.
#[must_use]
pub fn gaps(files: &[&File], seconds: &Seconds) -> Vec<LogGap> {
    let mut out = Vec::new();
    let mut say = |span: Option<Span>, cause: Cause| {
        let spans = span.into_iter().flat_map(|span| silent(span, seconds));
        out.extend(spans.map(|span| LogGap::new(span, cause.clone())));
    };
    let names: Vec<Name<'_>> = files.iter().map(|file| name(file)).collect();
    let hulls: Vec<Option<Span>> = files.iter().map(|file| hull(file)).collect();
    let unreadable =
        |file: usize| files.get(file).is_some_and(|f| matches!(f.report.state, State::Unreadable(_)));
    for series in series(&names) {
        for lacking in series.holes() {
            let cause = Cause::Missing { series: series.shown.clone(), lacking };
            say(series.gap(lacking, &hulls), cause);
        }
        for (place, at) in series.without(|file| !unreadable(file)) {
            let file = at.first().and_then(|file| files.get(*file));
            let path = file.map_or_else(String::new, |file| file.name());
            say(series.gap(place, &hulls), Cause::Unreadable(path));
        }
    }
    for (place, file) in files.iter().enumerate() {
        if let (State::Truncated(_) | State::Capped(_), Some(end)) = (&file.report.state, hull(file)) {
            let next = next_of_rotation(files, place).and_then(hull);
            say(next.and_then(|next| between(end, next)), Cause::BreaksOff(file.name()));
        }
    }
    out
}

/// The canonically next file with records of the same rotation.
fn next_of_rotation<'a>(files: &[&'a File], place: usize) -> Option<&'a File> {
    let kind = files.get(place)?.rotation();
    files.iter().skip(place + 1).copied().find(|file| hull(file).is_some() && file.rotation() == kind)
}

/// A stretch that no other file has records in is a gap, however short. Where others have some, only a silence of more
/// than 10 minutes between them is: they show that the source was at work.
fn silent(span: Span, seconds: &Seconds) -> Vec<Span> {
    let least_us = i64::try_from(LEAST_S).unwrap_or(i64::MAX).saturating_mul(1_000_000);
    let parts = seconds.silent_within(span.start_us, span.end_us);
    let whole = parts.len() == 1;
    let spans = parts.into_iter().map(|part| Span { start_us: part.start_us, end_us: part.end_us });
    spans.filter(|s| (whole && *s == span) || s.end_us.saturating_sub(s.start_us) > least_us).collect()
}

/// The findings `missing-rotation`: one for each series with holes.
#[must_use]
pub fn findings(settled: &Settled) -> Vec<Finding> {
    let mut out = Vec::new();
    for files in settled.files.chunk_by(|a, b| a.source == b.source) {
        let names: Vec<Name<'_>> = files.iter().map(name).collect();
        let told = series(&names).into_iter().filter_map(|series| finding(&series, files));
        out.extend(told);
    }
    out
}

fn finding(series: &Series, files: &[File]) -> Option<Finding> {
    let holes = series.holes();
    let path = |found: &[usize]| {
        found.first().and_then(|file| files.get(*file)).map_or_else(String::new, |file| file.name())
    };
    let mut told: Vec<String> = holes
        .iter()
        .take(NAMED)
        .map(|hole| {
            let (lower, higher) = series.beside(*hole);
            format!("{hole} (between `{}` and `{}`)", path(lower), path(higher))
        })
        .collect();
    let more = holes.get(NAMED..).unwrap_or_default();
    if !more.is_empty() {
        let files: u64 = more.iter().map(|hole| hole.count()).sum();
        told.push(format!("{} more in {}", thousands(files), counted(more.len() as u64, "place", "places")));
    }
    let missing: u64 = holes.iter().map(|hole| hole.count()).sum();
    let dated = matches!(holes.first()?, Lacking::Days(..));
    let (one, many) = if dated { ("day", "days") } else { ("number", "numbers") };
    let one_file = missing == 1;
    let are = if one_file { "is" } else { "are" };
    let held = if one_file {
        "If there was such a file, what it held"
    } else {
        "If there were such files, what they held"
    };
    let overlap = if holes.iter().any(|hole| overlap(series.beside(*hole), files)) {
        " Files beside what is missing overlap in time: their names may number something else than turns of one log."
    } else {
        ""
    };
    Some(Finding {
        id: "missing-rotation".to_owned(),
        source: Some(series.shown.clone()),
        text: format!(
            "{} of the rotation of `{}` {are} missing among the files: {}. {held} is in no figure; a name is a lead, not proof.{overlap}",
            counted(missing, one, many),
            series.shown,
            told.join("; ")
        ),
    })
}

/// Whether a file on one side of a hole has records of the same time as one on the other side.
fn overlap((lower, higher): (&[usize], &[usize]), files: &[File]) -> bool {
    let hulls = |side: &[usize]| -> Vec<Span> {
        side.iter().filter_map(|file| files.get(*file)).filter_map(hull).collect()
    };
    let higher = hulls(higher);
    let meets = |a: &Span| higher.iter().any(|b| a.start_us < b.end_us && b.start_us < a.end_us);
    hulls(lower).iter().any(meets)
}
