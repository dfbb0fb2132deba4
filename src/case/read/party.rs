//! `[[party]]`: who is known, and by what.

use super::super::error::{CaseError, Place, Refusal, said};
use super::super::model::{Case, Party};
use super::super::near::meant;
use super::super::reader::{Doc, Keys};
use super::super::words::{PartyKind, Word};
use super::{Names, value};

pub(super) const KEYS: &[&str] =
    &["name", "kind", "networks", "principals", "agents", "asn", "ranges", "agent_is_evidence"];
/// The name of the events of nobody known, in every table.
const NOBODY: &str = "unattributed";
/// Parties are numbered in 16 bits.
const MAX_PARTIES: usize = 60_000;

pub(super) fn read<'t>(doc: &Doc<'t>, root: &Keys<'_, 't>, case: &mut Case) -> Result<(), CaseError> {
    let mut names = Names::default();
    for table in root.list("party", "tables")? {
        let keys = Keys::open(doc, table, "[[party]]", KEYS)?;
        case.parties.push(one(&keys, &mut names)?);
        if case.parties.len() > MAX_PARTIES {
            return Err(keys.error(keys.at, Refusal::new(format!("more than {MAX_PARTIES} parties"))));
        }
    }
    Ok(())
}

fn one(keys: &Keys<'_, '_>, names: &mut Names) -> Result<Party, CaseError> {
    let Some(name) = keys.filled("name")? else {
        return Err(keys.missing("name", "write `name = \"Department staff\"`"));
    };
    if name.value == NOBODY {
        let refusal = Refusal::new(format!("a party cannot be named `{NOBODY}`"));
        return Err(
            keys.error(name.at, refusal.hint("tables use that name for the events of no known party"))
        );
    }
    let name = names.take(keys, name)?;
    let Some(kind) = keys.filled("kind")? else {
        let known: Vec<&str> = PartyKind::ALL.iter().map(|(word, _)| *word).collect();
        return Err(keys.missing("kind", &format!("one of {}", known.join(", "))));
    };
    let party = Party {
        name,
        kind: keys.as_word(kind)?,
        networks: value::networks(keys, "networks")?,
        principals: value::party_globs(keys, "principals")?,
        agents: value::party_globs(keys, "agents")?,
        asn: asn(keys)?,
        ranges: keys.strings("ranges")?,
        agent_is_evidence: keys.flag("agent_is_evidence")?.unwrap_or(false),
    };
    let lists = [
        party.networks.len(),
        party.principals.len(),
        party.agents.len(),
        party.asn.len(),
        party.ranges.len(),
    ];
    if lists.iter().all(|len| *len == 0) {
        let refusal = Refusal::new(format!("nothing can match the party `{}`", said(&party.name)));
        return Err(keys.error(keys.at, refusal.hint("add `networks`, `principals` or `agents`")));
    }
    keys.later("asn", "nobody is attributed by an autonomous system");
    keys.later("ranges", "nobody is attributed by a range file");
    Ok(party)
}

/// Numbers of autonomous systems, without `AS` before them.
fn asn(keys: &Keys<'_, '_>) -> Result<Vec<u32>, CaseError> {
    let mut numbers = Vec::new();
    for item in keys.list("asn", "whole numbers")? {
        let at = Place::from(item.span());
        if let Some(text) = item.get_ref().as_str() {
            let refusal =
                Refusal::new(format!("`asn` in `[[party]]` must hold whole numbers, not `{}`", said(text)));
            let digits = text.trim_start_matches(['A', 'S', 'a', 's']);
            let hint =
                digits.parse::<u32>().map_or_else(|_| meant(text, &["64500"]), |n| format!("write `{n}`"));
            return Err(keys.error(at, refusal.hint(hint)));
        }
        let number = keys.as_whole("asn", item)?;
        match u32::try_from(number) {
            Ok(number) => numbers.push(number),
            Err(_) => return Err(keys.error(at, Refusal::new("`asn` in `[[party]]` is too large"))),
        }
    }
    Ok(numbers)
}
