//! Reads all files once: as many readers as scanners, each with a thread that hashes what it reads.
//!
//! ```text
//! queue ──▶ read ──┬─▶ hash ──────▶ SHA-256 of each stream's content
//!   ▲       read   ├─▶ hash
//!   └ members      └─▶ scan, scan, … ──▶ rows, accounts, facts, faults
//! ```
//! Channels are bounded, so memory is: a few blocks a thread, plus the rows.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, PoisonError};

use crossbeam_channel::{Receiver, bounded};

use accesstrail_parsers::encoding::Encoding;
use accesstrail_parsers::sniff::Score;
use accesstrail_parsers::unread::Unread;

use super::progress::Progress;
use super::queue::Queue;
use super::reader::{Desk, Paths, ToHash, ToScan, hash_all, read_all};
use crate::coverage::order::Turn;
use crate::facts::Facts;
use crate::intake::State;
use crate::intake::archive::At;
use crate::intake::caps::Caps;
use crate::intake::find::Place;
use crate::intake::raw::Stamp;
use crate::ledger::account::Account;
use crate::scan::block::Scanner;
use crate::scan::faults::Faults;
use crate::scan::rules::{Rules, SourceRules};
use crate::table::frame::TableError;
use crate::table::lexicon::Lexicon;
use crate::table::partition::{Buffers, Keeping, Partitions};

/// Blocks that may wait for a thread that scans or hashes. Few: a block that is taken up soon is still in a cache, and its
/// buffer is when it is read into again. With 16 the same work took a tenth longer.
const WAITING: usize = 2;

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

/// One thread's share.
struct Share {
    accounts: BTreeMap<u32, Account>,
    facts: BTreeMap<u32, Facts>,
    faults: Faults,
    clients: BTreeMap<u32, ClientSet>,
    buffers: Buffers,
}

/// How much of the machine is used, and how far a stream may unfold.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// Scanning threads, and as many readers.
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
        queue: Queue::new(jobs),
        ids: AtomicU32::new(reading.first_id),
        caps: reading.caps,
        paths: Mutex::default(),
        progress,
    };
    let (scan_in, scan_out) = bounded::<ToScan>(WAITING * threads);
    let (reports, shares) = std::thread::scope(|scope| {
        let desk = &desk;
        let scanners: Vec<_> = (0..threads)
            .map(|_| {
                let work = scan_out.clone();
                scope.spawn(move || scan_all(&work, rules, lexicon, keeping))
            })
            .collect();
        drop(scan_out);
        // Each reader has its own hash: a file's bytes arrive there in their order.
        let hashers: Vec<_> = (0..threads)
            .map(|_| {
                let (hash_in, hash_out) = bounded::<ToHash>(WAITING);
                let scan_in = scan_in.clone();
                scope.spawn(move || read_all(desk, &scan_in, &hash_in));
                scope.spawn(move || hash_all(&hash_out))
            })
            .collect();
        drop(scan_in);
        let reports: Vec<_> = hashers.into_iter().map(joined).collect();
        let shares: Vec<_> = scanners.into_iter().map(joined).collect();
        (reports, shares)
    });
    let paths = desk.paths.into_inner().unwrap_or_else(PoisonError::into_inner);
    join(reports.into_iter().flatten().collect(), paths, shares, keeping)
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
        buffers.push(share.buffers);
    }
    all.partitions = Partitions::join(keeping, buffers);
    Ok(all)
}

fn scan_all(
    work: &Receiver<ToScan>,
    rules: &Rules,
    lexicon: &Lexicon,
    keeping: &Keeping,
) -> Result<Share, TableError> {
    let mut scanner = Scanner::new(rules, lexicon.local());
    let mut share = Share {
        accounts: BTreeMap::new(),
        facts: BTreeMap::new(),
        faults: Faults::default(),
        clients: BTreeMap::new(),
        buffers: Buffers::new(keeping.clone()),
    };
    let mut failed = None;
    // A failed thread still takes blocks off the channel: the reader must not wait for ever.
    for task in work {
        if failed.is_some() {
            continue;
        }
        let file = task.rules.file;
        let got = scanner.block(&task.rules, &task.block);
        share.accounts.entry(file).or_default().add(&got.account);
        share.facts.entry(file).or_default().add(&got.facts);
        share.faults.add(task.rules.origin, task.block.first_line, got.faults);
        if rules.collect_clients {
            share.clients.entry(file).or_default().extend(got.clients);
        }
        failed = share.buffers.add(&got.rows, lexicon.bytes()).err();
        scanner.reuse(got.rows);
        if lexicon.is_full() {
            failed = Some(TableError::TooManyTexts);
        }
    }
    failed.map_or(Ok(share), Err)
}
