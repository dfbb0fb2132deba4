//! `[[event]]`: what happened when, for charts and for the span of the exposure.

use super::super::error::{CaseError, Refusal};
use super::super::model::{Case, CaseEvent};
use super::super::reader::{Doc, Keys};
use super::super::words::{EventKind, Word};
use super::value;

pub(super) const KEYS: &[&str] = &["at", "label", "kind", "until"];

pub(super) fn read<'t>(doc: &Doc<'t>, root: &Keys<'_, 't>, case: &mut Case) -> Result<(), CaseError> {
    for table in root.list("event", "tables")? {
        let keys = Keys::open(doc, table, "[[event]]", KEYS)?;
        case.events.push(one(&keys, case)?);
    }
    // The sort is stable: events of one moment stay in case order.
    case.events.sort_by_key(|event| event.at_us);
    Ok(())
}

fn one(keys: &Keys<'_, '_>, case: &Case) -> Result<CaseEvent, CaseError> {
    let Some((at_us, _)) = value::moment(keys, "at", case.zone)? else {
        return Err(keys.missing("at", "write `at = \"2022-06-27T21:30:00-07:00\"`"));
    };
    let Some(label) = keys.filled("label")? else {
        return Err(keys.missing("label", "write `label = \"Site brought back\"`"));
    };
    let Some(word) = keys.filled("kind")? else {
        let known: Vec<&str> = EventKind::ALL.iter().map(|(word, _)| *word).collect();
        return Err(keys.missing("kind", &format!("one of {}", known.join(", "))));
    };
    let kind = keys.as_word::<EventKind>(word)?;
    let none = keys.get("until").is_some_and(|value| value.get_ref().as_str() == Some(""));
    let until = if none { None } else { value::moment(keys, "until", case.zone)? };
    match (kind, until) {
        (EventKind::Outage, None) => {
            let refusal = Refusal::new("an outage has a span, and this one has no `until`");
            Err(keys.error(word.at, refusal.hint("add `until`, or use the kind `note`")))
        }
        (EventKind::Outage | EventKind::Note, Some((until_us, at))) if until_us <= at_us => {
            Err(keys
                .error(at, Refusal::new("`until` is not after `at`: an event that ends before it begins")))
        }
        (EventKind::Outage | EventKind::Note, _) | (_, None) => {
            Ok(CaseEvent { at_us, until_us: until.map(|(us, _)| us), label: label.value.to_owned(), kind })
        }
        (_, Some((_, at))) => {
            let refusal = Refusal::new(format!(
                "an event of the kind `{}` is a moment and has no `until`",
                kind.word()
            ));
            Err(keys.error(at, refusal.hint("only `outage` and `note` have a span")))
        }
    }
}
