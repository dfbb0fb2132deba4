//! `[[resource]]`: what could be taken, and by which requests.

use std::path::PathBuf;

use super::super::error::{CaseError, Place, Refusal};
use super::super::model::{Case, Resource};
use super::super::pattern::{Flaw, Pattern, Subject, check_glob, check_prefix, check_regex};
use super::super::reader::{Doc, Keys, Text, type_name};
use super::{Names, value};

pub(super) const KEYS: &[&str] = &[
    "name",
    "label",
    "match",
    "exclude",
    "listing",
    "methods",
    "ignore_case",
    "object_query",
    "size",
    "records",
    "manifest",
    "register",
    "subject",
];
const PATTERN_KEYS: &[&str] = &["path", "prefix", "regex", "raw_regex", "host", "query", "bucket", "key"];
const SUBJECT_KEYS: &[&str] = &["query", "path", "manifest"];
/// Resources are numbered in 16 bits.
const MAX_RESOURCES: usize = 60_000;

pub(super) fn read<'t>(doc: &Doc<'t>, root: &Keys<'_, 't>, case: &mut Case) -> Result<(), CaseError> {
    let mut names = Names::default();
    for table in root.list("resource", "tables")? {
        let keys = Keys::open(doc, table, "[[resource]]", KEYS)?;
        case.resources.push(one(&keys, &mut names)?);
        if case.resources.len() > MAX_RESOURCES {
            return Err(keys.error(keys.at, Refusal::new(format!("more than {MAX_RESOURCES} resources"))));
        }
    }
    if case.resources.is_empty() {
        let refusal = Refusal::new("no `[[resource]]`: nothing is said to be sensitive");
        return Err(root.error(root.at, refusal.hint("add `[[resource]]` with `name` and `match`")));
    }
    Ok(())
}

fn one(keys: &Keys<'_, '_>, names: &mut Names) -> Result<Resource, CaseError> {
    let Some(name) = keys.filled("name")? else {
        return Err(keys.missing("name", "write `name = \"permits\"`"));
    };
    let name = names.take(keys, name)?;
    if keys.get("match").is_none() {
        return Err(keys.missing("match", "write `match = [\"/views/Permits/**.csv\"]`"));
    }
    let matches = patterns(keys, "match")?;
    if matches.is_empty() {
        return Err(value::empty_list(keys, "match"));
    }
    let object_query = keys.texts("object_query")?;
    value::no_twins(keys, &object_query)?;
    let mut resource = Resource::new(&name, matches);
    resource.label = keys.filled("label")?.map_or(name, |text| text.value.to_owned());
    resource.exclude = patterns(keys, "exclude")?;
    resource.listing = patterns(keys, "listing")?;
    resource.methods = value::methods(keys, "methods")?.unwrap_or(resource.methods);
    resource.ignore_case = keys.flag("ignore_case")?;
    resource.object_query = object_query.into_iter().map(|text| text.value.to_owned()).collect();
    resource.size = keys.whole("size")?;
    resource.records = keys.whole("records")?;
    resource.manifest = keys.filled("manifest")?.map(|text| PathBuf::from(text.value));
    resource.register = keys.filled("register")?.map(|text| PathBuf::from(text.value));
    resource.subject = subject(keys)?;
    refuse_size_of_many(keys, &resource)?;
    keys.later("records", "records exposed are not added up");
    keys.later("manifest", "no object has a size or a subject from it");
    keys.later("register", "subjects are not told known from unknown, nor those without a request listed");
    Ok(resource)
}

/// `size` says how large *the* object is, so there must be one (METHOD M4.5).
fn refuse_size_of_many(keys: &Keys<'_, '_>, resource: &Resource) -> Result<(), CaseError> {
    if resource.size.is_none() {
        return Ok(());
    }
    let why = if !resource.object_query.is_empty() {
        "its `object_query` tells many objects apart"
    } else if resource.matches.len() > 1 {
        "its `match` has more than one pattern"
    } else if !resource.matches.iter().all(Pattern::is_literal) {
        "its `match` is not one literal path"
    } else {
        return Ok(());
    };
    let sentence = format!("`size` is of one object, and this resource can show many: {why}");
    let hint = "give the object a resource of its own, or list sizes in a `manifest`";
    Err(keys.error(keys.key_at("size").unwrap_or(keys.at), Refusal::new(sentence).hint(hint)))
}

/// A list of globs and pattern tables.
fn patterns(keys: &Keys<'_, '_>, key: &str) -> Result<Vec<Pattern>, CaseError> {
    let mut patterns = Vec::new();
    for item in keys.list(key, "patterns")? {
        let at = Place::from(item.span());
        if let Some(text) = item.get_ref().as_str() {
            let text = keys.not_empty(key, Text { value: text, at })?;
            checked(keys, text, check_glob(text.value, true))?;
            patterns.push(Pattern::glob(text.value));
        } else if item.get_ref().is_table() {
            patterns.push(pattern(&Keys::open(keys.doc, item, "match pattern", PATTERN_KEYS)?, key)?);
        } else {
            let sentence = format!(
                "`{key}` in `{}` must hold globs or tables, not {}",
                keys.name,
                type_name(item.get_ref())
            );
            return Err(keys.error(at, Refusal::new(sentence)));
        }
    }
    Ok(patterns)
}

fn pattern(keys: &Keys<'_, '_>, list: &str) -> Result<Pattern, CaseError> {
    let part = |key: &str, check: &dyn Fn(&str) -> Result<(), Flaw>| -> Result<Option<String>, CaseError> {
        let Some(text) = keys.filled(key)? else { return Ok(None) };
        checked(keys, text, check(text.value))?;
        Ok(Some(text.value.to_owned()))
    };
    let pattern = Pattern {
        path: part("path", &|text| check_glob(text, true))?,
        prefix: part("prefix", &check_prefix)?,
        regex: part("regex", &|text| check_regex(text, false))?,
        raw_regex: part("raw_regex", &|text| check_regex(text, false))?,
        host: part("host", &|text| check_glob(text, false))?,
        query: query(keys)?,
        bucket: part("bucket", &|text| check_glob(text, false))?,
        key: part("key", &|text| check_glob(text, false))?,
    };
    if pattern == Pattern::default() {
        let refusal = Refusal::new(format!("an empty pattern in `{list}` says nothing"));
        return Err(keys.error(keys.at, refusal.hint("for every path write `\"**\"`")));
    }
    Ok(pattern)
}

/// `query = { sheet = "ccw" }`: keys and globs over their values, in file order.
fn query(keys: &Keys<'_, '_>) -> Result<Vec<(String, String)>, CaseError> {
    let Some(value) = keys.get("query") else { return Ok(Vec::new()) };
    let at = Place::from(value.span());
    if !value.get_ref().is_table() {
        let is = type_name(value.get_ref());
        let refusal = Refusal::new(format!("`query` in a match pattern must be a table, not {is}"));
        return Err(keys.error(at, refusal.hint("write `query = { sheet = \"ccw\" }`")));
    }
    let names: Vec<&str> =
        value.get_ref().as_table().into_iter().flat_map(|t| t.keys()).map(|k| k.get_ref().as_ref()).collect();
    let inner = Keys::open(keys.doc, value, "query", &names)?;
    let mut pairs = Vec::new();
    for (name, _) in inner.entries() {
        let Some(text) = inner.text(name.value)? else { continue };
        checked(&inner, text, check_glob(text.value, false))?;
        pairs.push((name.value.to_owned(), text.value.to_owned()));
    }
    if pairs.is_empty() {
        return Err(keys.error(at, Refusal::new("`query` in a match pattern is empty")));
    }
    Ok(pairs)
}

fn subject(keys: &Keys<'_, '_>) -> Result<Option<Subject>, CaseError> {
    let Some(value) = keys.get("subject") else { return Ok(None) };
    let inner = Keys::open(keys.doc, value, "subject", SUBJECT_KEYS)?;
    let found = [inner.filled("query")?, inner.filled("path")?, inner.filled("manifest")?];
    match found {
        [Some(query), None, None] => Ok(Some(Subject::Query(query.value.to_owned()))),
        [None, Some(path), None] => {
            checked(&inner, path, check_regex(path.value, true))?;
            Ok(Some(Subject::Path(path.value.to_owned())))
        }
        [None, None, Some(manifest)] => {
            let at = inner.key_at("manifest").unwrap_or(inner.at);
            keys.doc.later(at, "[[resource]] subject manifest", "no subject is taken from a table");
            Ok(Some(Subject::Manifest(manifest.value.to_owned())))
        }
        _ => {
            let refusal = Refusal::new("`subject` must have exactly one of `query`, `path`, `manifest`");
            Err(keys.error(inner.at, refusal.hint("write `subject = { query = \"driver\" }`")))
        }
    }
}

fn checked(keys: &Keys<'_, '_>, text: Text<'_>, result: Result<(), Flaw>) -> Result<(), CaseError> {
    result.map_err(|flaw| {
        let whole = flaw.at == 0 && flaw.len == text.value.len();
        let at = if whole { text.at } else { keys.doc.inside(text, flaw.at, flaw.len) };
        keys.error(at, flaw.refusal)
    })
}
