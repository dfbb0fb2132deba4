//! `[evidence]`: how far compressed evidence may unfold before it is taken for a bomb.

use super::super::error::{CaseError, Refusal};
use super::super::model::Case;
use super::super::reader::{Doc, Keys};
use super::super::size::size;

pub(super) const KEYS: &[&str] = &["max_decompressed", "max_ratio"];

pub(super) fn read<'t>(doc: &Doc<'t>, root: &Keys<'_, 't>, case: &mut Case) -> Result<(), CaseError> {
    let Some(table) = root.get("evidence") else { return Ok(()) };
    let keys = Keys::open(doc, table, "[evidence]", KEYS)?;
    if let Some(text) = keys.filled("max_decompressed")? {
        case.caps.max_bytes = size(text.value).map_err(|r| keys.error(text.at, r))?;
    }
    if let Some(ratio) = keys.whole("max_ratio")? {
        if ratio == 0 {
            let refusal = Refusal::new("`max_ratio` is 0: nothing could be decompressed");
            return Err(keys.error(keys.at, refusal.hint("the default is 1000")));
        }
        case.caps.max_ratio = ratio;
    }
    Ok(())
}
