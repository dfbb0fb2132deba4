//! TOML text → [`Case`]: sections in a fixed order, each key checked where it stands.
//!
//! Checks that need two keys or two sections (a window that ends before it begins, an unknown vantage) come
//! right after the parts they need. The first refusal ends the reading: one clear sentence beats a page.

mod counting;
mod event;
mod evidence;
mod head;
mod party;
mod resource;
mod source;
mod value;

use std::collections::BTreeMap;
use std::path::Path;

use chrono_tz::Tz;
use toml::de::DeTable;

use super::error::{CaseError, Place, Refusal, said};
use super::model::Case;
use super::near::near;
use super::reader::{Doc, Keys, Text, type_name};

/// Every section, as sentences call it, with its keys.
const SECTIONS: [(&str, &[&str]); 9] = [
    ("[case]", head::KEYS),
    ("[evidence]", evidence::KEYS),
    ("[[source]]", source::KEYS),
    ("[[resource]]", resource::KEYS),
    ("[[party]]", party::KEYS),
    ("[[event]]", event::KEYS),
    ("[counting]", counting::KEYS),
    ("[[profile]]", counting::PROFILE_KEYS),
    ("[attribution]", counting::ATTRIBUTION_KEYS),
];
const REPORT: (&str, &[&str]) = ("[report]", counting::REPORT_KEYS);

/// "`gap` is a key of `[counting]`", if it is a key of exactly that section.
pub(super) fn home_of(word: &str) -> Option<String> {
    let homes: Vec<&str> = SECTIONS
        .iter()
        .chain([&REPORT])
        .filter(|(_, keys)| keys.contains(&word))
        .map(|(section, _)| *section)
        .collect();
    match homes.as_slice() {
        [] => None,
        [home] => Some(format!("`{word}` is a key of `{home}`")),
        homes => Some(format!("`{word}` is a key of `{}`", homes.join("`, `"))),
    }
}

pub(super) fn case(text: &str, base: &Path, shown: &str) -> Result<Case, CaseError> {
    let doc = Doc::new(text, shown);
    let table = DeTable::parse(text).map_err(|e| {
        let at = e.span().map_or(Place { start: text.len(), end: text.len() }, Place::from);
        doc.error(at, Refusal::new(format!("this is no TOML: {}", said(e.message()))))
    })?;
    let root = Keys::root(&doc, &table);
    refuse_unknown_sections(&root)?;

    let mut case = Case { zone: Tz::UTC, base: base.to_owned(), ..Case::default() };
    head::read(&doc, &root, &mut case)?;
    evidence::read(&doc, &root, &mut case)?;
    source::read(&doc, &root, &mut case)?;
    head::read_primary_vantage(&doc, &root, &mut case)?;
    resource::read(&doc, &root, &mut case)?;
    party::read(&doc, &root, &mut case)?;
    event::read(&doc, &root, &mut case)?;
    counting::read(&doc, &root, &mut case)?;
    case.shown_path = shown.to_owned();
    case.text = text.to_owned();
    case.pending = doc.into_pending();
    Ok(case)
}

/// A section nobody knows, or one written with the wrong brackets.
fn refuse_unknown_sections(root: &Keys<'_, '_>) -> Result<(), CaseError> {
    let known: Vec<(&str, &str)> = SECTIONS
        .iter()
        .chain([&REPORT])
        .map(|(section, _)| (section.trim_matches(['[', ']']), *section))
        .collect();
    for (key, value) in root.entries() {
        let Some((word, section)) = known.iter().find(|(word, _)| *word == key.value) else {
            let section = value.get_ref().is_table() || value.get_ref().is_array();
            let sentence = if section {
                format!("unknown section `{}`", said(key.value))
            } else {
                format!("`{}` stands before any section", said(key.value))
            };
            let hint = match near(key.value, known.iter().map(|(word, _)| *word)) {
                Some(word) => format!("did you mean `{}`?", bracketed(&known, word)),
                None => home_of(key.value).unwrap_or_else(|| {
                    let all: Vec<&str> = known.iter().map(|(_, section)| *section).collect();
                    format!("known: {}", all.join(", "))
                }),
            };
            return Err(root.error(key.at, Refusal::new(sentence).hint(hint)));
        };
        let value = value.get_ref();
        let fits = if section.starts_with("[[") { value.is_array() } else { value.is_table() };
        if !fits {
            let sentence = format!("`{word}` must be written `{section}`, not as {}", type_name(value));
            return Err(root.error(key.at, Refusal::new(sentence)));
        }
    }
    Ok(())
}

fn bracketed<'k>(known: &[(&str, &'k str)], word: &str) -> &'k str {
    known.iter().find(|(plain, _)| *plain == word).map_or("", |(_, section)| *section)
}

/// Names that were taken, to refuse the second of a kind.
#[derive(Default)]
struct Names(BTreeMap<String, usize>);

impl Names {
    /// Takes a name, or says on which line it was taken before.
    fn take(&mut self, keys: &Keys<'_, '_>, name: Text<'_>) -> Result<String, CaseError> {
        let line = 1 + keys.doc.text.get(..name.at.start).unwrap_or_default().matches('\n').count();
        match self.0.insert(name.value.to_owned(), line) {
            None => Ok(name.value.to_owned()),
            Some(first) => {
                let sentence = format!("a second `{}` named `{}`", keys.name, said(name.value));
                let hint = format!("the first is on line {first}; names are unique");
                Err(keys.error(name.at, Refusal::new(sentence).hint(hint)))
            }
        }
    }
}
