//! `[[source]]`: which files, what they are, and how far their columns are to be believed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use accesstrail_parsers::format::mapped::{FIELDS, Mapped};

use super::super::duration::clock_offset;
use super::super::error::{CaseError, Place, Refusal, said};
use super::super::model::{Case, SourceDecl};
use super::super::near::meant;
use super::super::reader::{Doc, Keys, Text};
use super::super::words::Tier;
use super::{Names, value};

pub(super) const KEYS: &[&str] = &[
    "name",
    "paths",
    "format",
    "tier",
    "vantage",
    "server",
    "trusted_proxies",
    "clock_offset",
    "time_basis",
    "timezone",
    "peer_is_client",
    "replicas",
    "sampling",
    "expected_sha256",
    "fields",
];

pub(super) fn read<'t>(doc: &Doc<'t>, root: &Keys<'_, 't>, case: &mut Case) -> Result<(), CaseError> {
    let mut names = Names::default();
    for table in root.list("source", "tables")? {
        let keys = Keys::open(doc, table, "[[source]]", KEYS)?;
        case.sources.push(one(&keys, &mut names)?);
    }
    if case.sources.is_empty() {
        let refusal = Refusal::new("no `[[source]]`: there is nothing to read");
        return Err(root.error(root.at, refusal.hint("add `[[source]]` with `name` and `paths`")));
    }
    Ok(())
}

fn one(keys: &Keys<'_, '_>, names: &mut Names) -> Result<SourceDecl, CaseError> {
    let Some(name) = keys.filled("name")? else {
        return Err(keys.missing("name", "write `name = \"gateway\"`"));
    };
    let name = names.take(keys, name)?;
    let (paths, paths_at) = paths(keys)?;
    let format = keys.filled("format")?;
    let tier = keys.word::<Tier>("tier")?.unwrap_or(Tier::Origin);
    let vantage = keys.filled("vantage")?.map_or(tier.word(), |text| text.value).to_owned();
    let clock_offset_us = match keys.filled("clock_offset")? {
        Some(text) => clock_offset(text.value).map_err(|r| keys.error(text.at, r))?,
        None => 0,
    };
    keys.later("sampling", "figures are of the lines that were logged");
    keys.later("expected_sha256", "hashes are printed, and compared by hand");
    Ok(SourceDecl {
        name,
        paths,
        paths_at,
        format: format.map_or("auto", |text| text.value).to_owned(),
        format_at: format.map_or(keys.at, |text| text.at),
        tier,
        vantage,
        server: keys.word("server")?,
        trusted_proxies: value::networks(keys, "trusted_proxies")?,
        clock_offset_us,
        time_basis: keys.word("time_basis")?,
        timezone: value::zone(keys, "timezone")?,
        peer_is_client: keys.flag("peer_is_client")?.unwrap_or(false),
        replicas: keys.flag("replicas")?.unwrap_or(false),
        sampling: sampling(keys)?,
        expected_sha256: keys.filled("expected_sha256")?.map(|text| PathBuf::from(text.value)),
        fields: fields(keys)?,
    })
}

fn paths(keys: &Keys<'_, '_>) -> Result<(Vec<String>, Vec<Place>), CaseError> {
    if keys.get("paths").is_none() {
        return Err(keys.missing("paths", "write `paths = [\"logs/*.log*\"]`, relative to the case file"));
    }
    let texts = keys.texts("paths")?;
    if texts.is_empty() {
        return Err(value::empty_list(keys, "paths"));
    }
    value::no_twins(keys, &texts)?;
    for text in &texts {
        path(keys, *text)?;
    }
    Ok((texts.iter().map(|text| text.value.to_owned()).collect(), texts.iter().map(|text| text.at).collect()))
}

fn path(keys: &Keys<'_, '_>, text: Text<'_>) -> Result<(), CaseError> {
    if let Some((scheme, rest)) = text.value.split_once("://") {
        let known = ["s3", "az", "gs"];
        if !known.contains(&scheme) {
            let refusal = Refusal::new(format!("unknown kind of path `{}://`", said(scheme)));
            return Err(keys.error(text.at, refusal.hint(meant(scheme, &known))));
        }
        if rest.is_empty() {
            return Err(keys.error(text.at, Refusal::new(format!("`{scheme}://` names no bucket"))));
        }
        // That such a path is not read yet is told when its files are looked for, and ends the run.
        return Ok(());
    }
    glob::Pattern::new(text.value).map(|_| ()).map_err(|e| {
        let at = keys.doc.inside(text, e.pos, 1);
        keys.error(at, Refusal::new(format!("bad glob: {}", e.msg)))
    })
}

/// `sampling = "1/10"`: one request in ten was logged.
fn sampling(keys: &Keys<'_, '_>) -> Result<Option<u32>, CaseError> {
    let Some(text) = keys.filled("sampling")? else { return Ok(None) };
    match text.value.strip_prefix("1/").and_then(|n| n.parse::<u32>().ok()).filter(|n| *n > 0) {
        Some(n) => Ok(Some(n)),
        None => {
            let refusal = Refusal::new(format!("`{}` is no share of requests", said(text.value)));
            Err(keys.error(text.at, refusal.hint("write `sampling = \"1/10\"` if one in ten was logged")))
        }
    }
}

fn fields(keys: &Keys<'_, '_>) -> Result<BTreeMap<String, String>, CaseError> {
    let Some(table) = keys.get("fields") else { return Ok(BTreeMap::new()) };
    let inner = Keys::open(keys.doc, table, "fields", &FIELDS)?;
    let mut fields = BTreeMap::new();
    for (key, _) in inner.entries() {
        if let Some(text) = inner.filled(key.value)? {
            fields.insert(key.value.to_owned(), text.value.to_owned());
        }
    }
    let map: Vec<(&str, &str)> = fields.iter().map(|(field, path)| (field.as_str(), path.as_str())).collect();
    Mapped::new("fields", &map).map_err(|why| {
        let at = keys.key_at("fields").unwrap_or(keys.at);
        keys.error(at, Refusal::new(format!("fields: {why}")))
    })?;
    Ok(fields)
}
