//! Findings and caveats in full sentences.

use super::fit::width;
use super::headline::is_on_first_screen;
use super::page::{Ink, Page};
use crate::finding::answer::{Caveat, Finding};
use std::io;

/// What was noticed about the evidence: a lead, not proof.
pub(in crate::report) fn findings(page: &mut Page<'_>, findings: &[Finding]) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    page.heading("findings", "")?;
    for finding in findings {
        // Most sentences name their source themselves.
        let unnamed = finding.source.as_deref().filter(|name| !finding.text.contains(name));
        let source = unnamed.map(|name| format!("{name}: ")).unwrap_or_default();
        let text = format!("{source}{} ({})", finding.text, finding.id);
        page.prose(Ink::Alert, "  ! ", Ink::Plain, &text)?;
    }
    Ok(())
}

/// What the figures can't say; those of the first screen are not said twice.
pub(super) fn caveats(page: &mut Page<'_>, caveats: &[Caveat]) -> io::Result<()> {
    let rest: Vec<&Caveat> = caveats.iter().filter(|caveat| !is_on_first_screen(caveat)).collect();
    if rest.is_empty() {
        return Ok(());
    }
    page.heading("caveats", "what these figures can't say")?;
    let ids = rest.iter().map(|caveat| width(&caveat.id)).max().unwrap_or(0);
    for caveat in rest {
        page.prose(Ink::Strong, &format!("  {:<ids$}  ", caveat.id), Ink::Plain, &caveat.text)?;
    }
    Ok(())
}
