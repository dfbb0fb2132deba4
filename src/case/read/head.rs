//! `[case]`: what the investigation is, its window and its zone.

use crate::escape::terminal;

use super::super::error::{CaseError, Refusal, said};
use super::super::model::Case;
use super::super::near::meant;
use super::super::reader::{Doc, Keys};
use super::super::width::Width;
use super::value;

pub(super) const KEYS: &[&str] =
    &["id", "title", "zone", "from", "until", "window", "supersedes", "primary_vantage", "examiner_ref"];

pub(super) fn read<'t>(doc: &Doc<'t>, root: &Keys<'_, 't>, case: &mut Case) -> Result<(), CaseError> {
    let Some(table) = root.get("case") else {
        let refusal =
            Refusal::new("no `[case]`: the case has no name").hint("begin with `[case]` and `id = \"…\"`");
        return Err(root.error(root.at, refusal));
    };
    let keys = Keys::open(doc, table, "[case]", KEYS)?;
    let Some(id) = keys.filled("id")? else {
        return Err(keys.missing("id", "write `id = \"2022-DOJ-01\"`"));
    };
    case.id = id.value.to_owned();
    case.title = keys.filled("title")?.unwrap_or(id).value.to_owned();
    case.zone = value::zone(&keys, "zone")?.unwrap_or(case.zone);
    let from = value::moment(&keys, "from", case.zone)?;
    let until = value::moment(&keys, "until", case.zone)?;
    if let (Some((from_us, _)), Some((until_us, at))) = (from, until)
        && from_us >= until_us
    {
        let refusal = Refusal::new("`until` is not after `from`: a window that ends before it begins");
        return Err(keys.error(
            at,
            refusal.hint("the window is half-open: `from` is in it, `until` is the first moment after it"),
        ));
    }
    case.from_us = from.map(|(us, _)| us);
    case.until_us = until.map(|(us, _)| us);
    if let Some(text) = keys.filled("window")? {
        let width = Width::parse(text.value).map_err(|r| keys.error(text.at, r))?;
        case.window = Some(width);
    }
    case.supersedes = keys.optional("supersedes")?;
    case.examiner_ref = keys.optional("examiner_ref")?;
    Ok(())
}

/// `primary_vantage`, once the sources and so the vantages are known (METHOD M6.9).
pub(super) fn read_primary_vantage<'t>(
    doc: &Doc<'t>,
    root: &Keys<'_, 't>,
    case: &mut Case,
) -> Result<(), CaseError> {
    let Some(table) = root.get("case") else { return Ok(()) };
    let keys = Keys::open(doc, table, "[case]", KEYS)?;
    let Some(text) = keys.filled("primary_vantage")? else { return Ok(()) };
    let mut known: Vec<&str> = case.sources.iter().map(|source| source.vantage.as_str()).collect();
    known.sort_unstable();
    known.dedup();
    if !known.contains(&text.value) {
        let refusal = Refusal::new(format!("no `[[source]]` has the vantage `{}`", said(text.value)));
        return Err(keys.error(text.at, refusal.hint(terminal(meant(text.value, &known).as_bytes()))));
    }
    case.primary_vantage = Some(text.value.to_owned());
    Ok(())
}
