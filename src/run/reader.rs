//! One reader: opens a path, cuts each of its streams into blocks, and hands these to its own hash and to the scanners.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crossbeam_channel::{Receiver, Sender};
use sha2::{Digest, Sha256};

use accesstrail_parsers::encoding::Encoding;
use accesstrail_parsers::sniff;
use accesstrail_parsers::unread::first_unread;

use super::harvest::{Job, Report};
use super::progress::{Progress, name_of};
use super::queue::Queue;
use crate::intake::State;
use crate::intake::archive::At;
use crate::intake::blocks::{Block, Blocks, Step};
use crate::intake::buffers::{Buffer, Buffers};
use crate::intake::caps::{self, Caps};
use crate::intake::find::Place;
use crate::intake::open::{self, Entered, Stream};
use crate::intake::raw::Stamp;
use crate::intake::seal::hex;
use crate::scan::rules::FileRules;

/// What a hashing thread is sent.
pub(super) enum ToHash {
    Bytes(Arc<Buffer>),
    /// The end of this stream.
    End(u32, Box<Report>),
}

/// What a scanning thread is sent.
pub(super) struct ToScan {
    pub(super) rules: Arc<FileRules>,
    pub(super) block: Block,
}

/// What paths showed besides their streams, by path.
#[derive(Default)]
pub(super) struct Paths {
    /// SHA-256 as handed over where that is not the content's, or why there is none.
    pub(super) sha256: BTreeMap<u32, Result<String, String>>,
    /// Members that hold no bytes.
    pub(super) passed_over: BTreeMap<u32, Vec<String>>,
    /// Archives without a file in them.
    pub(super) empty_archives: BTreeSet<u32>,
    /// Archives whose members were opened one by one, as they were when these were listed.
    pub(super) stamps: BTreeMap<u32, (Place, Stamp)>,
}

/// What all readers share.
pub(super) struct Desk<'a> {
    pub(super) queue: Queue<Job>,
    /// The next stream's id.
    pub(super) ids: AtomicU32,
    pub(super) caps: Caps,
    pub(super) paths: Mutex<Paths>,
    pub(super) progress: &'a dyn Progress,
}

/// Reads until nothing is left.
pub(super) fn read_all(desk: &Desk<'_>, scan: &Sender<ToScan>, hash: &Sender<ToHash>) {
    let buffers = Buffers::default();
    while let Some(mut turn) = desk.queue.next() {
        let shown = name_of(&turn.job.place);
        desk.progress.begins(&shown);
        turn.more = Path { desk, scan, hash, buffers: &buffers, job: &turn.job, told: 0, streams: 0 }.read();
        desk.progress.ended(&shown);
    }
}

/// One path being read.
struct Path<'a> {
    desk: &'a Desk<'a>,
    scan: &'a Sender<ToScan>,
    hash: &'a Sender<ToHash>,
    buffers: &'a Buffers,
    job: &'a Job,
    /// Bytes as handed over that progress knows of.
    told: u64,
    streams: u32,
}

impl Path<'_> {
    fn read(mut self) -> Vec<Job> {
        let job = self.job;
        let opened = open::open(&job.place, &job.at, self.desk.caps, &mut |entered| self.stream(entered));
        let mut paths = self.desk.paths.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sha256) = opened.sha256 {
            paths.sha256.insert(job.path, sha256);
        }
        if opened.empty_archive {
            paths.empty_archives.insert(job.path);
        }
        if let Some(stamp) = opened.stamp {
            paths.stamps.insert(job.path, (job.place.clone(), stamp));
        }
        if !opened.passed_over.is_empty() {
            paths.passed_over.insert(job.path, opened.passed_over);
        }
        let first = self.streams;
        let later = opened.later.into_iter().zip(first..);
        later
            .map(|(member, ordinal)| Job { at: member.at, member: Some(member.name), ordinal, ..job.clone() })
            .collect()
    }

    fn stream(&mut self, entered: Entered<'_>) {
        let job = self.job;
        let ordinal = match job.at {
            At::Whole => self.streams,
            _ => job.ordinal,
        };
        self.streams += 1;
        let id = self.desk.ids.fetch_add(1, Ordering::Relaxed);
        let mut report = Report {
            origin: (job.path, ordinal),
            member: entered.member.or_else(|| job.member.clone()),
            at: entered.at,
            state: State::Read,
            sha256: None,
            content_sha256: None,
            changed: false,
            scores: Vec::new(),
            unread: None,
            consumed: 0,
            hashed: 0,
            skipped: 0,
            lines: 0,
            encoding: Encoding::default(),
        };
        match entered.stream {
            Ok(stream) => self.blocks(id, Blocks::new(stream, self.buffers), &mut report),
            Err(error) => report.state = State::Unreadable(error.to_string()),
        }
        send(self.hash, ToHash::End(id, Box::new(report)));
    }

    fn blocks(&mut self, id: u32, mut blocks: Blocks<Stream<'_>>, report: &mut Report) {
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
            send(self.hash, ToHash::Bytes(Arc::clone(bytes)));
            self.advance(blocks.reader().handed_over());
            if let Step::Block(block) = step {
                let rules = rules.get_or_insert_with(|| told(self.job, id, &block, report));
                send(self.scan, ToScan { rules: Arc::clone(rules), block });
            }
            if !matches!(report.state, State::Read) {
                break;
            }
        }
        report.consumed = blocks.consumed();
        report.lines = blocks.lines();
        report.encoding = blocks.encoding();
        report.changed = blocks.reader().changed_meanwhile();
    }

    fn advance(&mut self, handed_over: u64) {
        self.desk.progress.advanced(handed_over.saturating_sub(self.told));
        self.told = self.told.max(handed_over);
    }
}

/// A stream that broke off: with something read before it is truncated, else it is unreadable.
fn broken(error: &std::io::Error, consumed: u64) -> State {
    let text = error.to_string();
    match caps::reached(error) {
        Some(_) => State::Capped(text),
        None if consumed == 0 => State::Unreadable(text),
        None => State::Truncated(text),
    }
}

/// The formats of a stream, told by its first block where they are not declared.
fn told(job: &Job, id: u32, block: &Block, report: &mut Report) -> Arc<FileRules> {
    let told = sniff::sniff_in(block.text().0, block.encoding, job.source.server);
    report.scores = told.scores;
    if told.formats.is_empty() && block.encoding == Encoding::Bytes {
        report.unread = first_unread(block.text().0).map(Box::new);
    }
    Arc::new(FileRules {
        file: id,
        origin: report.origin,
        source: Arc::clone(&job.source),
        formats: job.source.format.clone().unwrap_or(told.formats),
        removed: job.removed.clone(),
        turns: job.turns.clone(),
    })
}

/// A receiver that is gone has panicked, and its panic is passed on when it is joined.
fn send<T>(channel: &Sender<T>, message: T) {
    drop(channel.send(message));
}

/// Hashes what one reader reads.
pub(super) fn hash_all(work: &Receiver<ToHash>) -> BTreeMap<u32, Report> {
    let mut reports = BTreeMap::new();
    let mut state = Sha256::new();
    let mut hashed = 0u64;
    for message in work {
        match message {
            ToHash::Bytes(bytes) => {
                state.update(&**bytes);
                hashed += bytes.len() as u64;
            }
            ToHash::End(id, mut report) => {
                report.hashed = std::mem::take(&mut hashed);
                let content = hex(&std::mem::take(&mut state).finalize());
                if !matches!(report.state, State::Unreadable(_)) {
                    report.content_sha256 = Some(content);
                }
                reports.insert(id, *report);
            }
        }
    }
    reports
}
