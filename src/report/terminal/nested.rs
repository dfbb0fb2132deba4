//! The nested counts, each with what it means, then outcomes and bytes by what the logs can tell.

use super::fit::{pad, width, wrap};
use super::page::{Ink, Page};
use crate::finding::answer::Answer;
use crate::report::number::{bytes_both, counted, thousands};
use crate::report::words::{self, Word};
use std::io;

pub(super) fn nested(page: &mut Page<'_>, answer: &Answer) -> io::Result<()> {
    let counts = &answer.counts;
    let rows = [
        (words::REQUESTS, Some(counts.requests)),
        (words::SERVED, Some(counts.served)),
        (words::RETRIEVALS, Some(counts.retrievals)),
        (words::COMPLETE_OR_PROBABLE, Some(counts.complete_or_probable_retrievals)),
        (words::COMPLETE, counts.complete_retrievals),
    ];
    let numbers: Vec<String> =
        rows.iter().map(|(_, n)| n.map_or_else(|| "–".to_owned(), thousands)).collect();
    let terms = rows.iter().map(|(word, _)| width(word.term)).max().unwrap_or(0);
    let figures = numbers.iter().map(|n| width(n)).max().unwrap_or(0);
    page.gap()?;
    for ((word, count), number) in rows.iter().zip(&numbers) {
        let meaning = meaning(*word, *count, counts.completeness_unknown);
        let head = format!("  {}  {}  ", pad(word.term, terms, false), pad(number, figures, true));
        let hang = " ".repeat(width(&head));
        for (i, row) in wrap(&meaning, page.width.saturating_sub(width(&head))).iter().enumerate() {
            page.line(&[(Ink::Plain, if i == 0 { &head } else { &hang }), (Ink::Faint, row)])?;
        }
    }
    page.gap()?;
    page.facts("outcomes", &outcomes(answer))?;
    page.facts("bytes served", &bytes(answer))
}

/// The short definition; for a count that only some sources can give, how many responses it leaves open.
fn meaning(word: Word, count: Option<u64>, unknown: u64) -> String {
    match count {
        None => words::CANNOT_SHOW.to_owned(),
        Some(_) if word.term == words::COMPLETE.term && unknown > 0 => {
            let rest = counted(unknown, "served response", "served responses");
            format!("{}; for {rest} the format can't show it", word.short)
        }
        Some(_) => word.short.to_owned(),
    }
}

fn outcomes(answer: &Answer) -> Vec<String> {
    let o = &answer.outcomes;
    let complete = o.complete.map(|n| format!("complete {}", thousands(n)));
    let others = [
        ("probable", o.probable),
        ("partial", o.partial),
        ("copied", o.copied),
        ("learned", o.learned),
        ("attempted", o.attempted),
    ];
    let others =
        others.into_iter().filter(|(_, n)| *n > 0).map(|(word, n)| format!("{word} {}", thousands(n)));
    complete.into_iter().chain(others).collect()
}

fn bytes(answer: &Answer) -> Vec<String> {
    let b = &answer.bytes_served;
    let parts = [
        ("body bytes written", b.body_written),
        ("written with headers", b.wire_written),
        ("planned, sent or not", b.body_planned),
        ("of unknown meaning", b.unknown),
    ];
    let present: Vec<_> = parts.into_iter().filter(|(_, n)| *n > 0).collect();
    let mut facts = vec![bytes_both(b.total)];
    match present.as_slice() {
        [(meaning, _)] => facts.push((*meaning).to_owned()),
        several => facts.extend(several.iter().map(|(meaning, n)| format!("{meaning} {}", thousands(*n)))),
    }
    if b.unlogged_responses > 0 {
        facts.push(format!("not logged for {}", counted(b.unlogged_responses, "response", "responses")));
    }
    facts
}
