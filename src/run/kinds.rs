//! Files given without a case file → a source and a vantage for each kind of log (METHOD M6.9): one request can stand in the
//! logs of a store, of the network before it and of a web server, and must not be counted in each.

use std::collections::BTreeMap;

use accesstrail_parsers::format::catalogue;

use super::harvest::Harvest;
use super::prepare::Prepared;
use crate::case::Case;
use crate::ledger::account::Account;

/// Parts the one source of a case that was put together from options, if its files are of several kinds.
pub(super) fn part(prepared: &mut Prepared, case: &Case, harvested: &Harvest) {
    if !case.text.is_empty() || case.sources.len() != 1 {
        return;
    }
    let mut records: BTreeMap<&'static str, u64> = BTreeMap::new();
    for account in harvested.accounts.values() {
        if let Some(kind) = kind(account) {
            *records.entry(kind).or_default() += account.records;
        }
    }
    let most = records.iter().max_by_key(|(name, records)| (**records, std::cmp::Reverse(**name)));
    let Some((most, _)) = most.filter(|_| records.len() > 1) else { return };
    // What holds no records shows of no kind that it is one of it.
    let of = |id: &u32| harvested.accounts.get(id).and_then(kind).unwrap_or(most);
    prepared.kinds = harvested.reports.keys().map(|id| (*id, of(id))).collect();
    prepared.vantages = records.keys().map(|kind| (*kind).to_owned()).collect();
}

/// The kind of what most of a file's records are in.
fn kind(account: &Account) -> Option<&'static str> {
    let (name, _) =
        account.formats.iter().max_by_key(|(name, records)| (**records, std::cmp::Reverse(*name)))?;
    let known = catalogue().iter().find(|entry| entry.name == name);
    // A template of the operator's own is a server's.
    Some(known.map_or("web-server", |entry| entry.family.kind))
}
