//! Sources of one vantage are added; this refuses to add those that show the same requests (METHOD M6.9).
//!
//! The sets compared are the rotation sets of each source: files of one folder whose names differ in counting or dating
//! numbers and compression only. All rows are compared, whatever the window.

use std::collections::BTreeMap;

use super::RunError;
use super::harvest::Harvest;
use super::settle::{File, Settled};
use crate::case::Case;
use crate::coverage::twins::{Likeness, Sight, likeness};
use crate::finding::Finding;
use crate::table::lexicon::Frozen;

/// More sets than this are not compared with each other; that is said.
const MOST_SETS: usize = 64;

#[derive(Default)]
struct Set {
    /// What its files have in common; tells sets apart.
    stem: String,
    source: String,
    /// The first of its files: for people.
    name: String,
    /// Its source is declared a server of a pool.
    replica: bool,
    files: usize,
    vantage: u16,
    bases: Vec<&'static str>,
    sights: Vec<Sight>,
}

/// Compares all sets of each vantage.
///
/// # Errors
/// [`RunError::Usage`] for two sets that show the same requests.
pub fn refuse(
    case: &Case,
    settled: &Settled,
    harvested: &Harvest,
    frozen: &Frozen,
) -> Result<Vec<Finding>, RunError> {
    let ad_hoc = case.sources.len() == 1;
    let mut set_of_file: BTreeMap<u32, usize> = BTreeMap::new();
    let mut sets: Vec<Set> = Vec::new();
    for file in settled.files.iter().filter(|f| f.duplicate_of.is_none()) {
        let stem = stem(&file.path);
        let known = sets.iter().position(|s| s.stem == stem && s.source == file.source);
        let place = known.unwrap_or(sets.len());
        if known.is_none() {
            let (name, source) = (file.path.clone(), file.source.clone());
            let replica = is_replica(case, &source);
            sets.push(Set { stem, source, name, vantage: file.vantage, replica, ..Set::default() });
        }
        if let Some(set) = sets.get_mut(place) {
            set.files += 1;
            add_bases(set, file);
        }
        set_of_file.insert(file.id, place);
    }
    if sets.len() < 2 {
        return Ok(Vec::new());
    }
    if sets.len() > MOST_SETS {
        return Ok(vec![too_many(sets.len())]);
    }
    gather(&mut sets, &set_of_file, harvested, frozen)?;
    compare(&sets, ad_hoc)
}

impl Set {
    /// `logs/access.log` (and 3 more).
    fn shown(&self) -> String {
        match self.files.saturating_sub(1) {
            more @ 1.. => format!("`{}` (and {more} more)", self.name),
            _ => format!("`{}`", self.name),
        }
    }
}

fn is_replica(case: &Case, source: &str) -> bool {
    case.sources.iter().any(|s| s.name == source && s.replicas)
}

fn add_bases(set: &mut Set, file: &File) {
    set.bases.extend(file.account.time_bases.keys().copied());
    set.bases.sort_unstable();
    set.bases.dedup();
}

fn gather(
    sets: &mut [Set],
    set_of_file: &BTreeMap<u32, usize>,
    harvested: &Harvest,
    frozen: &Frozen,
) -> Result<(), RunError> {
    let partitions = &harvested.partitions;
    for partition in 0..partitions.count() {
        for row in partitions.load(partition, |r| set_of_file.contains_key(&r.file))? {
            let set = set_of_file.get(&row.file).and_then(|place| sets.get_mut(*place));
            if let (Some(set), Some(request)) = (set, frozen.request(row.request)) {
                set.sights.push(Sight {
                    second: row.time_us.div_euclid(1_000_000),
                    client: (row.flags().client as u8, row.client_hi, row.client_lo),
                    peer: row.peer,
                    target: request.target,
                    status: row.status,
                    bytes: row.bytes,
                });
            }
        }
    }
    Ok(())
}

fn compare(sets: &[Set], ad_hoc: bool) -> Result<Vec<Finding>, RunError> {
    let mut out = Vec::new();
    for (place, a) in sets.iter().enumerate() {
        for b in sets.iter().skip(place + 1).filter(|b| b.vantage == a.vantage && !(a.replica && b.replica)) {
            let found = likeness(&a.sights, &b.sights, a.bases == b.bases);
            if !found.is_half() {
                continue;
            }
            if found.is_certain() {
                return Err(refused(a, b, found, ad_hoc));
            }
            out.push(Finding {
                id: "possibly-the-same-requests".to_owned(),
                source: None,
                text: format!(
                    "{} and {} show {} of {} requests alike in the span they share; if one stands before the other, they must not be added.",
                    a.shown(),
                    b.shown(),
                    found.equal,
                    found.of
                ),
            });
        }
    }
    Ok(out)
}

fn refused(a: &Set, b: &Set, found: Likeness, ad_hoc: bool) -> RunError {
    let hint = if ad_hoc {
        "count one of them; or write a case file with one source for each, and declare its `vantage`, or `replicas = true` for servers of one pool"
    } else {
        "declare a `vantage` for each source, or `replicas = true` for servers of one pool"
    };
    RunError::Usage(format!(
        "{} and {} show the same requests ({} of {} in the span they share); added, they would be counted twice\nhint: {hint}",
        a.shown(),
        b.shown(),
        found.equal,
        found.of
    ))
}

fn too_many(sets: usize) -> Finding {
    Finding {
        id: "sets-not-compared".to_owned(),
        source: None,
        text: format!(
            "{sets} sets of files are too many to compare with each other; whether some show the same requests was not checked."
        ),
    }
}

/// Digits that are a date even without a mark before them (`ex220627`).
const LONG_NUMBER: usize = 6;

/// A path without what rotation changes: digits with the marks around them, and compression.
pub(super) fn stem(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let name = [".gz", ".GZ"].iter().fold(name, |n, ending| n.strip_suffix(ending).unwrap_or(n));
    let mut out = String::new();
    let mut rest = name;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, tail) = rest.split_at(at);
        let digits = tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, after) = tail.split_at(digits);
        out.push_str(before);
        // A short number that is part of a word names a server (`web1`); others count or date the file.
        let counts = out.is_empty() || out.ends_with(['.', '-', '_']) || digits >= LONG_NUMBER;
        if counts {
            out.truncate(out.trim_end_matches(['.', '-', '_']).len());
        } else {
            out.push_str(number);
        }
        rest = after;
    }
    out.push_str(rest);
    if folder.is_empty() { out } else { format!("{folder}/{out}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// METHOD M6.9.
    #[test]
    fn rotated_files_share_a_stem_and_different_logs_do_not() {
        for path in ["access.log", "access.log.1", "access.log.2.gz", "access.log-20220627.gz"] {
            assert_eq!(stem(&format!("logs/{path}")), "logs/access.log", "{path}");
        }
        assert_eq!(stem("logs/access.2022_06_27_00_00_00.log"), stem("logs/access.2022_06_28_00_00_00.log"));
        assert_eq!(stem("u_ex220627.log"), stem("u_ex220628.log"));
        assert_ne!(stem("web1.log"), stem("web2.log"));
        assert_ne!(stem("front/access.log"), stem("back/access.log"));
        assert_ne!(stem("logs/front-access.log"), stem("logs/access.log"));
    }
}
