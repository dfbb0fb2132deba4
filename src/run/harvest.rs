//! Reads all files once: one thread reads and decompresses, one hashes, the others scan.
//!
//! ```text
//!            ┌─▶ hash ─────────────▶ SHA-256 of each file's content
//! read ──┤
//!            └─▶ scan, scan, … ───▶ rows, accounts, facts, faults
//! ```
//! Channels are bounded, so memory is: a few blocks a thread, plus the rows.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};
use sha2::{Digest, Sha256};

use accesstrail_parsers::sniff::{self, Score};
use accesstrail_parsers::unread::{Unread, first_unread};

use super::progress::{Progress, name_of};
use crate::facts::Facts;
use crate::intake::State;
use crate::intake::blocks::{Block, Blocks, Step};
use crate::intake::find::Place;
use crate::intake::open;
use crate::intake::seal::hex;
use crate::ledger::account::Account;
use crate::scan::block::Scanner;
use crate::scan::faults::Faults;
use crate::scan::rules::{FileRules, Rules, SourceRules};
use crate::table::frame::TableError;
use crate::table::lexicon::Lexicon;
use crate::table::partition::{Buffers, Keeping, Partitions};

/// Blocks that may wait for a scanner or the hash.
const WAITING: usize = 8;

/// One file to read.
#[derive(Debug, Clone)]
pub struct Job {
    /// File id; rows refer to it.
    pub file: u32,
    /// Where its bytes are.
    pub place: Place,
    /// Its source.
    pub source: Arc<SourceRules>,
    /// 0-based lines whose records are removed.
    pub removed: Vec<Range<u64>>,
}

/// What reading one file showed.
#[derive(Debug, Clone)]
pub struct Report {
    /// What became of it.
    pub state: State,
    /// SHA-256 as handed over.
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
}

/// Distinct clients of one file.
pub type ClientSet = HashSet<(u8, u64, u64), foldhash::quality::RandomState>;

/// Everything the scan gives.
pub struct Harvest {
    /// By file id.
    pub reports: BTreeMap<u32, Report>,
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

enum ToHash {
    Bytes(Arc<Vec<u8>>),
    /// End of this file; `outer` is the hash of the compressed file.
    End {
        file: u32,
        report: Report,
        outer: Option<String>,
    },
}

struct ToScan {
    rules: Arc<FileRules>,
    block: Block,
}

/// One thread's share.
struct Share {
    accounts: BTreeMap<u32, Account>,
    facts: BTreeMap<u32, Facts>,
    faults: Faults,
    clients: BTreeMap<u32, ClientSet>,
    buffers: Buffers,
}

/// Reads `jobs` on `threads` scanning threads. `progress` is told of each file and, for now, of the bytes of its content.
///
/// # Errors
/// Scratch space that fails. Files that fail are states of those files.
pub fn harvest(
    jobs: &[Job],
    rules: &Rules,
    lexicon: &Lexicon,
    keeping: &Keeping,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Harvest, TableError> {
    let (scan_in, scan_out) = bounded::<ToScan>(WAITING);
    let (hash_in, hash_out) = bounded::<ToHash>(WAITING);
    let (reports, shares) = std::thread::scope(|scope| {
        let hasher = scope.spawn(move || hash_all(&hash_out));
        let scanners: Vec<_> = (0..threads.max(1))
            .map(|_| {
                let work = scan_out.clone();
                scope.spawn(move || scan_all(&work, rules, lexicon, keeping))
            })
            .collect();
        drop(scan_out);
        for job in jobs {
            let shown = name_of(&job.place);
            progress.begins(&shown);
            read(job, &scan_in, &hash_in, progress);
            progress.ended(&shown);
        }
        drop((scan_in, hash_in));
        let reports = hasher.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let shares: Vec<_> = scanners
            .into_iter()
            .map(|s| s.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect();
        (reports, shares)
    });
    join(reports, shares, keeping)
}

fn join(
    reports: BTreeMap<u32, Report>,
    shares: Vec<Result<Share, TableError>>,
    keeping: &Keeping,
) -> Result<Harvest, TableError> {
    let mut all = Harvest {
        reports,
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
        share.faults.add(file, task.block.first_line, got.faults);
        if rules.collect_clients {
            share.clients.entry(file).or_default().extend(got.clients);
        }
        failed = share.buffers.add(&got.rows).err();
    }
    failed.map_or(Ok(share), Err)
}

fn hash_all(work: &Receiver<ToHash>) -> BTreeMap<u32, Report> {
    let mut reports = BTreeMap::new();
    let mut state = Sha256::new();
    let mut hashed = 0u64;
    for message in work {
        match message {
            ToHash::Bytes(bytes) => {
                state.update(bytes.as_slice());
                hashed += bytes.len() as u64;
            }
            ToHash::End { file, mut report, outer } => {
                report.hashed = std::mem::take(&mut hashed);
                let content = hex(&std::mem::take(&mut state).finalize());
                if !matches!(report.state, State::Unreadable(_)) {
                    report.sha256 = Some(outer.unwrap_or_else(|| content.clone()));
                    report.content_sha256 = Some(content);
                }
                reports.insert(file, report);
            }
        }
    }
    reports
}

fn read(job: &Job, scan: &Sender<ToScan>, hash: &Sender<ToHash>, progress: &dyn Progress) {
    let mut report = Report {
        state: State::Read,
        sha256: None,
        content_sha256: None,
        changed: false,
        scores: Vec::new(),
        unread: None,
        consumed: 0,
        hashed: 0,
        skipped: 0,
    };
    let stream = match open::open(&job.place) {
        Ok(stream) => stream,
        Err(error) => {
            report.state = State::Unreadable(error.to_string());
            send(hash, ToHash::End { file: job.file, report, outer: None });
            return;
        }
    };
    let mut blocks = Blocks::new(stream);
    let mut rules: Option<Arc<FileRules>> = None;
    loop {
        let step = match blocks.step() {
            Ok(Some(step)) => step,
            Ok(None) => break,
            Err(error) => {
                let rest = blocks.salvage();
                report.state = broken(&error, blocks.consumed());
                match rest {
                    Some(step) => step,
                    None => break,
                }
            }
        };
        let bytes = match &step {
            Step::Block(block) => &block.bytes,
            Step::Skipped(bytes) => {
                report.skipped += bytes.len() as u64;
                bytes
            }
        };
        progress.advanced(bytes.len() as u64);
        send(hash, ToHash::Bytes(Arc::clone(bytes)));
        if let Step::Block(block) = step {
            let rules = rules.get_or_insert_with(|| told(job, &block, &mut report));
            send(scan, ToScan { rules: Arc::clone(rules), block });
        }
        if !matches!(report.state, State::Read) {
            break;
        }
    }
    report.consumed = blocks.consumed();
    report.changed = blocks.reader().changed_meanwhile();
    let outer = blocks.reader().outer_sha256().unwrap_or_else(|error| {
        // The rest of a compressed file cannot even be read: its hash would not be that of the file.
        report.state = broken(&error, report.consumed);
        None
    });
    send(hash, ToHash::End { file: job.file, report, outer });
}

/// A stream that broke off: with something read before it is truncated, else it is unreadable.
fn broken(error: &std::io::Error, consumed: u64) -> State {
    if consumed == 0 { State::Unreadable(error.to_string()) } else { State::Truncated(error.to_string()) }
}

/// The formats of a file, told by its first block where they are not declared.
fn told(job: &Job, block: &Block, report: &mut Report) -> Arc<FileRules> {
    let told = sniff::sniff(block.text().0, job.source.server);
    report.scores = told.scores;
    if told.formats.is_empty() {
        report.unread = first_unread(block.text().0).map(Box::new);
    }
    let formats = job.source.format.clone().unwrap_or(told.formats);
    Arc::new(FileRules {
        file: job.file,
        source: Arc::clone(&job.source),
        formats,
        removed: job.removed.clone(),
    })
}

/// A receiver that is gone has panicked, and its panic is passed on when it is joined.
fn send<T>(channel: &Sender<T>, message: T) {
    drop(channel.send(message));
}
