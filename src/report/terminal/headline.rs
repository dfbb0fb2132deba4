//! The first lines: the pair of METHOD M6.1, by whom, when, and what would change it.

use super::Screen;
use super::page::{Ink, Page};
use crate::finding::answer::{Answer, Caveat};
use crate::report::moment::seconds_between;
use crate::report::number::{counted, duration, thousands};
use std::io;

/// Caveats that belong beside the figure they question (METHOD M5.6).
const FIRST_SCREEN: [&str; 1] = ["CNT-11"];

/// `2,734 responses that carried data, in 2,518 retrievals`, or that there was none.
#[must_use]
pub(in crate::report) fn headline_text(answer: &Answer) -> String {
    let counts = &answer.counts;
    if counts.served == 0 {
        return format!(
            "No response that carried data, in {}",
            counted(counts.requests, "request", "requests")
        );
    }
    let responses = counted(counts.served, "response that carried data", "responses that carried data");
    format!("{responses}, in {}", counted(counts.retrievals, "retrieval", "retrievals"))
}

/// Whether a caveat is printed with the headline and so not again below.
pub(in crate::report) fn is_on_first_screen(caveat: &Caveat) -> bool {
    FIRST_SCREEN.contains(&caveat.id.as_str())
}

pub(super) fn headline(page: &mut Page<'_>, answer: &Answer, screen: &Screen) -> io::Result<()> {
    if let Some(title) = &screen.case_title {
        page.prose(Ink::Plain, "", Ink::Faint, title)?;
    }
    page.prose(Ink::Plain, "", Ink::Strong, &headline_text(answer))?;
    if let (Some(first), Some(last)) = (&answer.first_served_utc, &answer.last_served_utc) {
        let mut text = format!("by {}", counted(answer.clients.ip, "address", "addresses"));
        if let Some(seconds) = seconds_between(first, last).filter(|seconds| *seconds > 0) {
            text.push_str(&format!(", within {}", duration(seconds)));
        }
        page.prose(Ink::Plain, "", Ink::Plain, &text)?;
    }
    if answer.counts.served != answer.profile.count && !answer.profile.name.is_empty() {
        let text = format!("profile {} counts {}", answer.profile.name, thousands(answer.profile.count));
        page.prose(Ink::Plain, "", Ink::Plain, &text)?;
    }
    for caveat in answer.caveats.iter().filter(|caveat| is_on_first_screen(caveat)) {
        page.prose(Ink::Alert, "! ", Ink::Plain, &format!("{} ({})", caveat.text, caveat.id))?;
    }
    if answer.vantages.len() > 1 {
        let text = format!(
            "These logs show the requests from {} vantages, which are never added; figures are those of {}.",
            answer.vantages.len(),
            answer.primary_vantage
        );
        page.prose(Ink::Alert, "! ", Ink::Plain, &text)?;
    }
    Ok(())
}
