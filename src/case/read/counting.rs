//! `[counting]`, `[[profile]]`, `[attribution]` and `[report]`.

use crate::escape::terminal;

use super::super::duration::span;
use super::super::error::{CaseError, Place, Refusal, said};
use super::super::model::{Attribution, Case, Counting, MergeDecl, ProfileDecl, ReportDecl};
use super::super::near::meant;
use super::super::reader::{Doc, Keys};
use super::super::words::{ClientKeyPart, Robots};
use super::{Names, value};

pub(super) const KEYS: &[&str] = &["profile", "gap", "client_key", "min_bytes", "robots"];
pub(super) const PROFILE_KEYS: &[&str] =
    &["name", "methods", "statuses", "key", "merge", "robots", "min_bytes"];
pub(super) const ATTRIBUTION_KEYS: &[&str] = &["mmdb", "ranges"];
pub(super) const REPORT_KEYS: &[&str] = &["annexes", "charts", "circulate"];

/// The profiles of METHOD M6.1 and M6.5.
const BUILT_IN: [&str; 7] = [
    "served",
    "retrievals",
    "requests",
    "counter-r5.1-total-style",
    "counter-r5.1-unique-style",
    "iab-2.1-style",
    "odl-style",
];

/// Those of them that this version counts.
const COUNTED: [&str; 3] = ["served", "retrievals", "requests"];

pub(super) fn read<'t>(doc: &Doc<'t>, root: &Keys<'_, 't>, case: &mut Case) -> Result<(), CaseError> {
    let mut names = Names::default();
    for table in root.list("profile", "tables")? {
        let keys = Keys::open(doc, table, "[[profile]]", PROFILE_KEYS)?;
        case.profiles.push(profile(&keys, &mut names)?);
    }
    if let Some(table) = root.get("counting") {
        case.counting = counting(&Keys::open(doc, table, "[counting]", KEYS)?, &case.profiles)?;
    }
    if let Some(table) = root.get("attribution") {
        let keys = Keys::open(doc, table, "[attribution]", ATTRIBUTION_KEYS)?;
        case.attribution = Attribution { mmdb: keys.strings("mmdb")?, ranges: keys.strings("ranges")? };
        keys.later("mmdb", "no address is looked up in a database");
        keys.later("ranges", "no address is looked up in a range file");
    }
    if let Some(table) = root.get("report") {
        let keys = Keys::open(doc, table, "[report]", REPORT_KEYS)?;
        case.report = ReportDecl {
            annexes: keys.strings("annexes")?,
            charts: keys.strings("charts")?,
            circulate: keys.flag("circulate")?,
        };
        keys.later("annexes", "no annex is written");
        keys.later("charts", "the charts are the standard ones");
        keys.later("circulate", "only the full flavour is written");
    }
    Ok(())
}

fn counting(keys: &Keys<'_, '_>, profiles: &[ProfileDecl]) -> Result<Counting, CaseError> {
    let mut counting = Counting::default();
    if let Some(text) = keys.filled("profile")? {
        let known: Vec<&str> = BUILT_IN.into_iter().chain(profiles.iter().map(|p| p.name.as_str())).collect();
        if !known.contains(&text.value) {
            let refusal = Refusal::new(format!("unknown profile `{}`", said(text.value)));
            return Err(keys.error(text.at, refusal.hint(terminal(meant(text.value, &known).as_bytes()))));
        }
        if !COUNTED.contains(&text.value) {
            keys.later("profile", "the figures are those of `served`");
        }
        counting.profile = text.value.to_owned();
    }
    if let Some(text) = keys.filled("gap")? {
        counting.gap_us = span(text.value).map_err(|r| keys.error(text.at, r))?;
    }
    if keys.get("client_key").is_some() {
        counting.client_key = client_key(keys)?;
        if counting.client_key != Counting::CLIENT_KEY {
            keys.later("client_key", "retrievals are keyed by `ip64`, `ua` and `principal`");
        }
    }
    counting.min_bytes = keys.whole("min_bytes")?;
    if counting.min_bytes.is_some_and(|least| least > 0) {
        keys.later("min_bytes", "responses of every size are counted");
    }
    counting.robots = keys.word("robots")?;
    if counting.robots == Some(Robots::Out) {
        keys.later("robots", "robots are in all figures");
    }
    Ok(counting)
}

/// The parts of `client_key`, sorted, at most one of them an address.
fn client_key(keys: &Keys<'_, '_>) -> Result<Vec<ClientKeyPart>, CaseError> {
    let texts = keys.texts("client_key")?;
    if texts.is_empty() {
        return Err(value::empty_list(keys, "client_key"));
    }
    value::no_twins(keys, &texts)?;
    let mut parts: Vec<ClientKeyPart> = Vec::new();
    for text in texts {
        let part: ClientKeyPart = keys.as_word(text)?;
        let is_address = |part: &ClientKeyPart| *part <= ClientKeyPart::Ip48;
        if is_address(&part) && parts.iter().any(is_address) {
            let refusal = Refusal::new(format!("`{}` is a second form of the address", text.value));
            return Err(keys.error(text.at, refusal.hint("keep one of `ip`, `ip64`, `ip56`, `ip48`")));
        }
        parts.push(part);
    }
    parts.sort_unstable();
    Ok(parts)
}

fn profile(keys: &Keys<'_, '_>, names: &mut Names) -> Result<ProfileDecl, CaseError> {
    let Some(name) = keys.filled("name")? else {
        return Err(keys.missing("name", "write `name = \"our-definition\"`"));
    };
    if BUILT_IN.contains(&name.value) {
        let refusal = Refusal::new(format!("`{}` is a built-in profile", name.value));
        return Err(keys.error(name.at, refusal.hint("give your own definition a name of its own")));
    }
    let profile = ProfileDecl {
        name: names.take(keys, name)?,
        methods: value::methods(keys, "methods")?.unwrap_or_default(),
        statuses: statuses(keys)?,
        key: keys.strings("key")?,
        merge: merge(keys)?,
        robots: keys.word("robots")?,
        min_bytes: keys.whole("min_bytes")?,
    };
    keys.doc.later(keys.at, "[[profile]]", &format!("the profile `{}` gives no figure", said(name.value)));
    Ok(profile)
}

fn statuses(keys: &Keys<'_, '_>) -> Result<Vec<u16>, CaseError> {
    let mut statuses = Vec::new();
    for item in keys.list("statuses", "whole numbers")? {
        let status = keys.as_whole("statuses", item)?;
        match u16::try_from(status).ok().filter(|status| (100..600).contains(status)) {
            Some(status) => statuses.push(status),
            None => {
                let at = Place::from(item.span());
                return Err(
                    keys.error(at, Refusal::new(format!("`{status}` is no status: they go from 100 to 599")))
                );
            }
        }
    }
    Ok(statuses)
}

fn merge(keys: &Keys<'_, '_>) -> Result<Option<MergeDecl>, CaseError> {
    let Some(table) = keys.get("merge") else { return Ok(None) };
    let inner = Keys::open(keys.doc, table, "merge", &["rule", "gap", "from"])?;
    let gap_us = match inner.filled("gap")? {
        Some(text) => Some(span(text.value).map_err(|r| inner.error(text.at, r))?),
        None => None,
    };
    let owned = |text: Option<super::super::reader::Text<'_>>| text.map(|text| text.value.to_owned());
    Ok(Some(MergeDecl { rule: owned(inner.filled("rule")?), gap_us, from: owned(inner.filled("from")?) }))
}
