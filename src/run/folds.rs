//! Local times that come twice, where a file's order shows that the later ones have begun (METHOD M2.3).
//!
//! The first reading takes the earlier instant of each and learns where the times go back; such a file is then
//! scanned anew, with the later instant from there on until the fold is over.

use std::collections::BTreeMap;

use super::harvest::Harvest;
use super::prepare::Prepared;
use super::settle::{File, order};
use crate::coverage::order::{Told, Turn};

/// What is to be scanned anew, by place in canonical order, and what cannot be.
#[derive(Debug, Default)]
pub struct Folds {
    /// Where the second passes begin.
    pub turns: BTreeMap<usize, Vec<Turn>>,
    /// Files that cannot be read a second time, as shown.
    pub unread: Vec<String>,
}

/// Looks at the order of all files.
#[must_use]
pub fn folds(files: &[File], harvested: &Harvest, prepared: &Prepared) -> Folds {
    let mut out = Folds::default();
    for (place, file) in files.iter().enumerate().filter(|(_, file)| file.account.times.ambiguous > 0) {
        let told = harvested.facts.get(&file.id).map(|facts| facts.order.told());
        let turns = told.map(|told| told.turns).unwrap_or_default();
        if turns.is_empty() {
            continue;
        }
        let found = prepared.files.get(file.report.origin.0 as usize);
        if found.is_some_and(|(found, _)| found.place.reads_twice()) {
            out.turns.insert(place, turns);
        } else {
            out.unread.push(file.name());
        }
    }
    out
}

/// Files of which nothing shows in which pass of a fold their records stand: others of their rotation bear times of it
/// too, so theirs may be the second one, which began in a file before. `counts` leaves out files without records
/// of their own.
#[must_use]
pub fn shared(files: &[File], harvested: &Harvest, counts: impl Fn(usize) -> bool) -> Vec<String> {
    let mut rotations: BTreeMap<(&str, String), Vec<(&File, Told)>> = BTreeMap::new();
    for (place, file) in files.iter().enumerate() {
        if file.account.times.ambiguous > 0 && counts(place) {
            let told = harvested.facts.get(&file.id).map(|facts| facts.order.told()).unwrap_or_default();
            rotations.entry((&file.source, file.rotation())).or_default().push((file, told));
        }
    }
    let mut out = Vec::new();
    for files in rotations.values() {
        for (index, (file, told)) in files.iter().enumerate() {
            let others = || files.iter().enumerate().filter(move |(other, _)| *other != index);
            let is_shared = |day: &i64| others().any(|(_, (_, other))| other.bears(*day));
            if told.folds.iter().any(|day| !told.turns_on(*day) && is_shared(day)) {
                out.push(file.name());
            }
        }
    }
    out
}

/// METHOD M1.5 once more: the later reading can move a file's first time. That of a duplicate is its keeper's.
pub fn in_order(files: &mut [File]) {
    let firsts: BTreeMap<(String, Option<String>), Option<i64>> = files
        .iter()
        .filter(|file| file.duplicate_of.is_none())
        .map(|file| ((file.source.clone(), file.report.content_sha256.clone()), file.account.first_us))
        .collect();
    let first = |file: &File| match file.duplicate_of {
        None => file.account.first_us,
        Some(_) => firsts.get(&(file.source.clone(), file.report.content_sha256.clone())).copied().flatten(),
    };
    files.sort_by(|a, b| order(a, first(a)).cmp(&order(b, first(b))));
}
