//! One worker: reads paths, hashes what was read, scans blocks, whatever the board has for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::board::{Board, Task, Work};
use super::harvest::{ClientSet, Job, Report};
use super::reader::{self, Desk};
use crate::facts::Facts;
use crate::intake::State;
use crate::intake::blocks::Block;
use crate::intake::buffers::{self, Buffer};
use crate::intake::seal::hex;
use crate::ledger::account::Account;
use crate::scan::block::Scanner;
use crate::scan::faults::Faults;
use crate::scan::rules::{FileRules, Rules};
use crate::table::frame::TableError;
use crate::table::lexicon::Lexicon;
use crate::table::partition::{Buffers, Keeping};

/// The work of reading logs.
pub(super) struct Logs;

impl Work for Logs {
    type Job = Job;
    type Lane = Hash;
    type Piece = ToHash;
    type Block = ToScan;
}

/// The hash of a stream so far, and what has become of the streams before it in its lane.
#[derive(Default)]
pub(super) struct Hash {
    state: Sha256,
    bytes: u64,
    pub(super) reports: BTreeMap<u32, Report>,
}

/// What a lane is given.
pub(super) enum ToHash {
    Bytes(Arc<Buffer>),
    /// The end of this stream.
    End(u32, Box<Report>),
}

/// A block and how it is read.
pub(super) struct ToScan {
    pub(super) rules: Arc<FileRules>,
    pub(super) block: Block,
}

impl Hash {
    fn take(&mut self, piece: ToHash) {
        match piece {
            ToHash::Bytes(bytes) => {
                self.state.update(&**bytes);
                self.bytes += bytes.len() as u64;
            }
            ToHash::End(id, mut report) => {
                report.hashed = std::mem::take(&mut self.bytes);
                let content = hex(&std::mem::take(&mut self.state).finalize());
                if !matches!(report.state, State::Unreadable(_)) {
                    report.content_sha256 = Some(content);
                }
                self.reports.insert(id, *report);
            }
        }
    }
}

/// What one worker found.
pub(super) struct Share {
    pub(super) accounts: BTreeMap<u32, Account>,
    pub(super) facts: BTreeMap<u32, Facts>,
    pub(super) faults: Faults,
    pub(super) clients: BTreeMap<u32, ClientSet>,
    pub(super) rows: Buffers,
}

/// One thread's tools and findings.
pub(super) struct Worker<'a> {
    pub(super) desk: &'a Desk<'a>,
    /// Which of the workers it is, and of the lanes.
    pub(super) number: usize,
    /// What it reads into.
    pub(super) buffers: buffers::Buffers,
    rules: &'a Rules,
    lexicon: &'a Lexicon,
    scanner: Scanner<'a>,
    share: Share,
    failed: Option<TableError>,
}

impl<'a> Worker<'a> {
    pub(super) fn new(
        desk: &'a Desk<'a>,
        number: usize,
        rules: &'a Rules,
        lexicon: &'a Lexicon,
        keeping: &Keeping,
    ) -> Self {
        let share = Share {
            accounts: BTreeMap::new(),
            facts: BTreeMap::new(),
            faults: Faults::default(),
            clients: BTreeMap::new(),
            rows: Buffers::new(keeping.clone()),
        };
        let scanner = Scanner::new(rules, lexicon.local());
        let buffers = buffers::Buffers::default();
        Self { desk, number, buffers, rules, lexicon, scanner, share, failed: None }
    }

    /// Works until nothing is left to be done.
    pub(super) fn work(mut self) -> Result<Share, TableError> {
        let _bell = Bell(&self.desk.board);
        while let Some(task) = self.desk.board.next() {
            self.perform(task);
        }
        self.failed.map_or(Ok(self.share), Err)
    }

    /// Hands on what was read, and helps where that waits for too long.
    pub(super) fn hand_on(&mut self, piece: ToHash, block: Option<ToScan>) {
        self.desk.board.put(self.number, piece, block);
        while let Some(task) = self.desk.board.before_reading_on(self.number) {
            self.perform(task);
        }
    }

    fn perform(&mut self, task: Task<Logs>) {
        match task {
            Task::Read(job) => {
                let more = reader::read(self, &job);
                self.desk.board.done(more);
            }
            Task::Piece(mut held, piece) => {
                held.lane.take(piece);
                self.desk.board.back(held);
            }
            Task::Block(block) => self.scan(&block),
        }
    }

    fn scan(&mut self, task: &ToScan) {
        // One that failed still takes blocks: the others must not wait for ever.
        if self.failed.is_some() {
            return;
        }
        let file = task.rules.file;
        let got = self.scanner.block(&task.rules, &task.block);
        let share = &mut self.share;
        share.accounts.entry(file).or_default().add(&got.account);
        share.facts.entry(file).or_default().add(&got.facts);
        share.faults.add(task.rules.origin, task.block.first_line, got.faults);
        if self.rules.collect_clients {
            share.clients.entry(file).or_default().extend(got.clients);
        }
        self.failed = share.rows.add(&got.rows, self.lexicon.bytes()).err();
        self.scanner.reuse(got.rows);
        if self.lexicon.is_full() {
            self.failed = Some(TableError::TooManyTexts);
        }
    }
}

/// Says so where a worker panics.
struct Bell<'a>(&'a Board<Logs>);

impl Drop for Bell<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.abandon();
        }
    }
}
