//! Opens a path, cuts each of its streams into blocks, and hands these on to be hashed and scanned.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use accesstrail_parsers::encoding::Encoding;
use accesstrail_parsers::format::head::Leads;
use accesstrail_parsers::sniff;
use accesstrail_parsers::unread::first_unread;

use super::board::Board;
use super::harvest::{Job, Report};
use super::progress::{Progress, name_of};
use super::worker::{Logs, ToHash, ToScan, Worker};
use crate::intake::State;
use crate::intake::archive::At;
use crate::intake::blocks::{Block, Blocks, Step};
use crate::intake::caps::{self, Caps};
use crate::intake::find::Place;
use crate::intake::open::{self, Entered, Stream};
use crate::intake::raw::Stamp;
use crate::scan::rules::FileRules;

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

/// What all workers share.
pub(super) struct Desk<'a> {
    pub(super) board: Board<Logs>,
    /// The next stream's id.
    pub(super) ids: AtomicU32,
    pub(super) caps: Caps,
    pub(super) paths: Mutex<Paths>,
    pub(super) progress: &'a dyn Progress,
}

/// Reads a path; gives the jobs that come out of it.
pub(super) fn read(worker: &mut Worker<'_>, job: &Job) -> Vec<Job> {
    let desk = worker.desk;
    let shown = name_of(&job.place);
    desk.progress.begins(&shown);
    let more = Path { desk, worker, job, told: 0, streams: 0 }.read();
    desk.progress.ended(&shown);
    more
}

/// One path being read.
struct Path<'w, 'a> {
    desk: &'a Desk<'a>,
    worker: &'w mut Worker<'a>,
    job: &'w Job,
    /// Bytes as handed over that progress knows of.
    told: u64,
    streams: u32,
}

impl Path<'_, '_> {
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
            Ok(stream) => self.blocks(id, Blocks::new(stream, &self.worker.buffers), &mut report),
            Err(error) => report.state = State::Unreadable(error.to_string()),
        }
        self.worker.hand_on(ToHash::End(id, Box::new(report)), None);
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
            self.advance(blocks.reader().handed_over());
            match step {
                Step::Block(block) => {
                    let rules = rules.get_or_insert_with(|| {
                        let rules = told(self.job, id, &block, report);
                        blocks.follow(Leads::of(&rules.formats), &block);
                        rules
                    });
                    let bytes = ToHash::Bytes(Arc::clone(&block.bytes));
                    self.worker.hand_on(bytes, Some(ToScan { rules: Arc::clone(rules), block }));
                }
                Step::Skipped(bytes) => {
                    report.skipped += bytes.len() as u64;
                    self.worker.hand_on(ToHash::Bytes(bytes), None);
                }
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
    let told = sniff::sniff_in(&block.sample(), block.encoding, job.source.server);
    report.scores = told.scores;
    if told.formats.is_empty() && block.encoding == Encoding::Bytes {
        report.unread = first_unread(&block.sample()).map(Box::new);
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
