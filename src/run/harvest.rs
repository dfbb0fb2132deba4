//! Reads all files once, by as many workers as there are to be threads.
//!
//! ```text
//! paths ──▶ read ──┬─▶ hash ──▶ SHA-256 of each stream's content
//!   ▲              └─▶ scan ──▶ rows, accounts, facts, faults
//!   └ members
//! ```
//! Each worker does all three (`src/run/board.rs`); a few blocks a worker are in flight, so memory is bounded, but for the rows.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, PoisonError};

use accesstrail_parsers::encoding::Encoding;
use accesstrail_parsers::sniff::Score;
use accesstrail_parsers::unread::Unread;

use super::board::Board;
use super::progress::Progress;
use super::reader::{Desk, Paths};
use super::worker::{Hash, Share, Worker};
use crate::coverage::order::Turn;
use crate::facts::Facts;
use crate::intake::State;
use crate::intake::archive::At;
use crate::intake::caps::Caps;
use crate::intake::find::Place;
use crate::intake::raw::Stamp;
use crate::ledger::account::Account;
use crate::scan::faults::Faults;
use crate::scan::rules::{Rules, SourceRules};
use crate::table::frame::TableError;
use crate::table::lexicon::Lexicon;
use crate::table::partition::{Keeping, Partitions};

/// One path to read, or one stream of it again.
#[derive(Debug, Clone)]
pub struct Job {
    /// Which of the paths, in the order of their names.
    pub path: u32,
    /// Where its bytes are.
    pub place: Place,
    /// Its source.
    pub source: Arc<SourceRules>,
    /// Which stream of it, and what it is called there.
    pub at: At,
    /// Name of the member, where `at` is one.
    pub member: Option<String>,
    /// Number of the stream in its path.
    pub ordinal: u32,
    /// 0-based lines whose records are removed.
    pub removed: Vec<Range<u64>>,
    /// Second passes of folds.
    pub turns: Vec<Turn>,
}

/// What reading one stream showed. Streams have ids in the order in which threads met them; nothing that can be seen
/// depends on it.
#[derive(Debug, Clone)]
pub struct Report {
    /// Which path it comes from, and the how-maniest stream of it.
    pub origin: (u32, u32),
    /// Member of an archive.
    pub member: Option<String>,
    /// Where in the file it is.
    pub at: At,
    /// What became of it.
    pub state: State,
    /// SHA-256 of the file as handed over.
    pub sha256: Option<String>,
    /// SHA-256 of the decompressed content.
    pub content_sha256: Option<String>,
    /// Whether the file changed while it was read.
    pub changed: bool,
    /// Scores of the formats on its first megabyte.
    pub scores: Vec<Score>,
    /// Where no format reads it: its first line.
    pub unread: Option<Box<Unread>>,
    /// Last decompressed offset consumed by the reader.
    pub consumed: u64,
    /// Bytes that went through the hash; must be the same.
    pub hashed: u64,
    /// Bytes of over-long lines that were hashed and not parsed.
    pub skipped: u64,
    /// Physical lines.
    pub lines: u64,
    /// How it writes text.
    pub encoding: Encoding,
}

/// Distinct clients of one file.
pub type ClientSet = HashSet<(u8, u64, u64), foldhash::quality::RandomState>;

/// Everything the scan gives.
pub struct Harvest {
    /// By file id.
    pub reports: BTreeMap<u32, Report>,
    /// Members of archives that hold no bytes, by path.
    pub passed_over: BTreeMap<u32, Vec<String>>,
    /// Archives without a file in them, by path.
    pub empty_archives: BTreeSet<u32>,
    /// By file id.
    pub accounts: BTreeMap<u32, Account>,
    /// By file id.
    pub facts: BTreeMap<u32, Facts>,
    /// Units that could not be read.
    pub faults: Faults,
    /// By file id, where asked for.
    pub clients: BTreeMap<u32, ClientSet>,
    /// The rows.
    pub partitions: Partitions,
}

/// How much of the machine is used, and how far a stream may unfold.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// Workers.
    pub threads: usize,
    /// Caps on compressed streams.
    pub caps: Caps,
    /// Id of the first stream.
    pub first_id: u32,
}

/// Reads `jobs`. `progress` is told of each path and of the bytes as handed over.
///
/// # Errors
/// Scratch space that fails. Files that fail are states of those files.
pub fn harvest(
    jobs: Vec<Job>,
    rules: &Rules,
    lexicon: &Lexicon,
    keeping: &Keeping,
    reading: Reading,
    progress: &dyn Progress,
) -> Result<Harvest, TableError> {
    let threads = reading.threads.max(1);
    let desk = Desk {
        board: Board::new(jobs, std::iter::repeat_with(Hash::default).take(threads)),
        ids: AtomicU32::new(reading.first_id),
        caps: reading.caps,
        paths: Mutex::default(),
        progress,
    };
    let shares = std::thread::scope(|scope| {
        let desk = &desk;
        let worker = |number| {
            let work = move || Worker::new(desk, number, rules, lexicon, keeping).work();
            scope.spawn(work)
        };
        let workers: Vec<_> = (0..threads).map(worker).collect();
        workers.into_iter().map(joined).collect()
    });
    let paths = desk.paths.into_inner().unwrap_or_else(PoisonError::into_inner);
    let reports = desk.board.into_lanes().flat_map(|hash| hash.reports).collect();
    join(reports, paths, shares, keeping)
}

fn joined<T>(thread: std::thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn changed(place: &Place, stamp: &Stamp) -> bool {
    match place {
        Place::File(path) => !stamp.holds(path),
        Place::Stdin => false,
    }
}

/// The hash as handed over is the content's where the file is nothing but its content.
fn sealed(mut reports: BTreeMap<u32, Report>, paths: &Paths) -> BTreeMap<u32, Report> {
    let swapped: BTreeSet<u32> = paths
        .stamps
        .iter()
        .filter(|(_, (place, stamp))| changed(place, stamp))
        .map(|(path, _)| *path)
        .collect();
    for report in reports.values_mut() {
        report.changed |= swapped.contains(&report.origin.0);
        report.sha256 = match paths.sha256.get(&report.origin.0) {
            // Its members may be those of another state than the one that was hashed.
            Some(Ok(_)) if swapped.contains(&report.origin.0) => {
                if matches!(report.state, State::Read) {
                    let why = "the archive changed while its members were read; which state each is of cannot be told";
                    report.state = State::Truncated(why.to_owned());
                }
                None
            }
            Some(Ok(sha256)) => Some(sha256.clone()),
            Some(Err(why)) => {
                // Not even the bytes as handed over can be read to their end.
                if matches!(report.state, State::Read) {
                    report.state = State::Truncated(why.clone());
                }
                None
            }
            None => report.content_sha256.clone(),
        };
    }
    reports
}

fn join(
    reports: BTreeMap<u32, Report>,
    paths: Paths,
    shares: Vec<Result<Share, TableError>>,
    keeping: &Keeping,
) -> Result<Harvest, TableError> {
    let mut all = Harvest {
        reports: sealed(reports, &paths),
        passed_over: paths.passed_over,
        empty_archives: paths.empty_archives,
        accounts: BTreeMap::new(),
        facts: BTreeMap::new(),
        faults: Faults::default(),
        clients: BTreeMap::new(),
        partitions: Partitions::join(keeping, Vec::new()),
    };
    let mut buffers = Vec::new();
    for share in shares {
        let share = share?;
        for (file, account) in share.accounts {
            all.accounts.entry(file).or_default().add(&account);
        }
        for (file, facts) in share.facts {
            all.facts.entry(file).or_default().add(&facts);
        }
        for (file, clients) in share.clients {
            all.clients.entry(file).or_default().extend(clients);
        }
        all.faults.merge(share.faults);
        buffers.push(share.rows);
    }
    all.partitions = Partitions::join(keeping, buffers);
    Ok(all)
}
