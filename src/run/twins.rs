//! Sources of one vantage are added; this refuses to add those that show the same requests (METHOD M6.9).
//!
//! The sets compared are the rotation sets of each source: files of one folder whose names differ in counting or dating
//! numbers and compression only. All rows are compared, whatever the window.
//!
//! Files of one set follow one another in time. Two that run side by side for at least half of the smaller one are
//! compared like sets: they may be logs of two servers, or extracts of one log.

use std::collections::{BTreeMap, HashMap};

use foldhash::quality::RandomState;

use super::RunError;
use super::harvest::Harvest;
use super::settle::{File, Settled};
use crate::case::Case;
use crate::count::client::Client;
use crate::coverage::silence::Seconds;
use crate::coverage::twins::{LEAST_EQUAL, Likeness, Sight, likeness};
use crate::finding::Finding;
use crate::identity::spelling::read_ip;
use crate::table::lexicon::{CLIENT, Column, Frozen};
use crate::table::row::Row;

/// More sets than this are not compared with each other; that is said.
const MOST_SETS: usize = 64;
/// So many pairs of files of one set are compared at most; that is said, too.
const MOST_PAIRS: usize = MOST_SETS * (MOST_SETS - 1) / 2;
/// Files that share less than this part of their seconds need no look at their requests.
const LEAST_PART: u64 = 10;
/// From so many requests in the shared span on, two files of a set that run side by side are told of.
const SIDE_BY_SIDE: u64 = 100;

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

/// Compares all sets of each vantage, and the files of each set that run side by side.
///
/// # Errors
/// [`RunError::Usage`] for two sets, or two such files, that show the same requests.
pub fn refuse(
    case: &Case,
    settled: &Settled,
    harvested: &Harvest,
    frozen: &Frozen,
) -> Result<Vec<Finding>, RunError> {
    let mut out = between_sets(case, settled, harvested, frozen)?;
    out.extend(within_sets(case, settled, harvested, frozen)?);
    Ok(out)
}

fn between_sets(
    case: &Case,
    settled: &Settled,
    harvested: &Harvest,
    frozen: &Frozen,
) -> Result<Vec<Finding>, RunError> {
    let ad_hoc = case.sources.len() == 1;
    let mut set_of_file: BTreeMap<u32, usize> = BTreeMap::new();
    let mut sets: Vec<Set> = Vec::new();
    for file in settled.files.iter().filter(|f| f.duplicate_of.is_none()) {
        let stem = file.rotation();
        let known = sets.iter().position(|s| s.stem == stem && s.source == file.source);
        let place = known.unwrap_or(sets.len());
        if known.is_none() {
            let (name, source) = (file.name(), file.source.clone());
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
    let sights = gather(sets.len(), &set_of_file, harvested, frozen)?;
    for (set, sights) in sets.iter_mut().zip(sights) {
        set.sights = sights;
    }
    compare(&sets, ad_hoc)
}

fn within_sets(
    case: &Case,
    settled: &Settled,
    harvested: &Harvest,
    frozen: &Frozen,
) -> Result<Vec<Finding>, RunError> {
    let mut rotations: BTreeMap<(&str, String), Vec<(&File, &Seconds)>> = BTreeMap::new();
    for file in settled.files.iter().filter(|f| f.duplicate_of.is_none() && !is_replica(case, &f.source)) {
        if let Some(facts) = harvested.facts.get(&file.id) {
            rotations.entry((&file.source, file.rotation())).or_default().push((file, &facts.seconds));
        }
    }
    let mut pairs: Vec<(&File, &File)> =
        rotations.values_mut().flat_map(|files| side_by_side(files)).collect();
    let too_many = pairs.len() > MOST_PAIRS;
    pairs.truncate(MOST_PAIRS);
    let mut places: BTreeMap<u32, usize> = BTreeMap::new();
    for (a, b) in &pairs {
        for file in [a, b] {
            let next = places.len();
            places.entry(file.id).or_insert(next);
        }
    }
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let sights = gather(places.len(), &places, harvested, frozen)?;
    let of = |file: &File| {
        places.get(&file.id).and_then(|place| sights.get(*place)).map_or(&[][..], Vec::as_slice)
    };
    let mut out = Vec::new();
    let mut beside = Vec::new();
    for (a, b) in pairs {
        let one_basis = a.account.time_bases.keys().eq(b.account.time_bases.keys());
        let found = likeness(of(a), of(b), one_basis);
        // Files that follow one another share the requests of their border only.
        let smaller = of(a).len().min(of(b).len()) as u64;
        if found.of < LEAST_EQUAL || found.of * 2 < smaller {
            continue;
        }
        let names = [format!("`{}`", a.name()), format!("`{}`", b.name())];
        // The two passes of a fold, read as one, look alike where traffic is regular.
        let may_be_two_passes = [a, b].iter().all(|file| settled.shared_folds.contains(&file.name()));
        if found.is_half() && found.is_certain() && !may_be_two_passes {
            return Err(refused(&names, found, case.sources.len() == 1));
        }
        if found.is_half() {
            out.push(possibly(&names, found));
        } else if found.of >= SIDE_BY_SIDE {
            beside.push(names);
        }
    }
    out.extend(told(&beside));
    if too_many {
        out.push(Finding {
            id: "sets-not-compared".to_owned(),
            source: None,
            text: format!(
                "more than {MOST_PAIRS} pairs of files with like names run side by side; whether the others show the same requests \
                 was not checked."
            ),
        });
    }
    Ok(out)
}

/// Pairs of files of one set that share a good part of their time.
fn side_by_side<'a>(files: &mut [(&'a File, &'a Seconds)]) -> Vec<(&'a File, &'a File)> {
    let span = |seconds: &Seconds| {
        seconds.span().map(|(from, until)| (from.div_euclid(1_000_000), until.div_euclid(1_000_000)))
    };
    // Canonical order among equals: the sort is stable.
    files.sort_by_key(|(_, seconds)| span(seconds));
    let mut out = Vec::new();
    for (place, (a, of_a)) in files.iter().enumerate() {
        let Some((a0, a1)) = span(of_a) else { continue };
        for (b, of_b) in files.iter().skip(place + 1) {
            let Some((b0, b1)) = span(of_b) else { continue };
            if b0 >= a1 {
                break;
            }
            let (from, until) = (b0, a1.min(b1));
            let part = |seconds: &Seconds, (first, last)| {
                let held = seconds.held_within(from, until);
                held > 0 && held * LEAST_PART >= seconds.held_within(first, last)
            };
            if part(of_a, (a0, a1)) || part(of_b, (b0, b1)) {
                out.push((*a, *b));
            }
        }
    }
    out
}

/// One sentence for all pairs that run side by side and show different requests, the first of them named.
fn told(pairs: &[[String; 2]]) -> Option<Finding> {
    let [a, b] = pairs.first()?;
    let more = match pairs.len() {
        1 => String::new(),
        n => format!(" (and {} more such pairs)", n - 1),
    };
    Some(Finding {
        id: "side-by-side".to_owned(),
        source: None,
        text: format!(
            "{a} and {b}{more} bear the names of one rotation but run at the same time, as its files do not: they may be logs of different \
             servers, or parts of one log. They show different requests, and these were added."
        ),
    })
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

/// The requests of `count` groups of files.
fn gather(
    count: usize,
    group_of_file: &BTreeMap<u32, usize>,
    harvested: &Harvest,
    frozen: &Frozen,
) -> Result<Vec<Vec<Sight>>, RunError> {
    let mut groups = vec![Vec::new(); count];
    let mut peers = Peers::default();
    let mut targets = Targets::default();
    let partitions = &harvested.partitions;
    for partition in 0..partitions.count() {
        partitions.each(partition, |row| {
            let group = group_of_file.get(&row.file).and_then(|place| groups.get_mut(*place));
            if let Some(group) = group {
                group.push(Sight {
                    second: row.time_us.div_euclid(1_000_000),
                    client: (row.flags().client as u8, row.client_hi, row.client_lo),
                    peer: peers.of(row, frozen),
                    target: targets.of(row.request, frozen),
                    status: row.status,
                    bytes: row.bytes,
                });
            }
        })?;
    }
    Ok(groups)
}

/// Numbers of raw targets: requests that differ in other columns can have the same one.
#[derive(Default)]
struct Targets<'a> {
    of_request: HashMap<u32, u32, RandomState>,
    of_text: HashMap<Option<&'a [u8]>, u32, RandomState>,
}

impl<'a> Targets<'a> {
    fn of(&mut self, request: u32, frozen: &'a Frozen) -> u32 {
        *self.of_request.entry(request).or_insert_with(|| {
            let next = u32::try_from(self.of_text.len()).unwrap_or(u32::MAX);
            *self.of_text.entry(frozen.column(request, Column::Target)).or_insert(next)
        })
    }
}

/// Who a peer is: an address, or a text that is no canonical address.
#[derive(Default)]
struct Peers(HashMap<u32, (u8, u64, u64), RandomState>);

impl Peers {
    fn of(&mut self, row: &Row, frozen: &Frozen) -> (u8, u64, u64) {
        const TEXT: u8 = u8::MAX;
        let client = |c: Client| (c.kind as u8, c.hi, c.lo);
        if row.peer == CLIENT {
            return client(Client::of(row));
        }
        *self.0.entry(row.peer).or_insert_with(|| {
            let text = frozen.text(row.peer);
            let canonical = read_ip(text).filter(|ip| ip.to_string().as_bytes() == text);
            canonical.map_or((TEXT, 0, u64::from(row.peer)), |ip| client(Client::at(ip)))
        })
    }
}

fn compare(sets: &[Set], ad_hoc: bool) -> Result<Vec<Finding>, RunError> {
    let mut out = Vec::new();
    for (place, a) in sets.iter().enumerate() {
        for b in sets.iter().skip(place + 1).filter(|b| b.vantage == a.vantage && !(a.replica && b.replica)) {
            let found = likeness(&a.sights, &b.sights, a.bases == b.bases);
            if !found.is_half() {
                continue;
            }
            let names = [a.shown(), b.shown()];
            if found.is_certain() {
                return Err(refused(&names, found, ad_hoc));
            }
            out.push(possibly(&names, found));
        }
    }
    Ok(out)
}

fn possibly([a, b]: &[String; 2], found: Likeness) -> Finding {
    let Likeness { equal, of, .. } = found;
    Finding {
        id: "possibly-the-same-requests".to_owned(),
        source: None,
        text: format!(
            "{a} and {b} show {equal} of {of} requests alike in the span they share; if one stands before the other, they must not be added."
        ),
    }
}

fn refused([a, b]: &[String; 2], found: Likeness, ad_hoc: bool) -> RunError {
    let hint = if ad_hoc {
        "count one of them; or write a case file with one source for each, and declare its `vantage`, or `replicas = true` for servers of one pool"
    } else {
        "declare a `vantage` for each source, or `replicas = true` for servers of one pool"
    };
    let Likeness { equal, of, .. } = found;
    RunError::Usage(format!(
        "{a} and {b} show the same requests ({equal} of {of} in the span they share); added, they would be counted twice\nhint: {hint}"
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
