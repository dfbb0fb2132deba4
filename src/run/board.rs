//! What is still to be done, for workers that all do everything: paths to be read, pieces of a stream to be hashed one
//! after the other, blocks to be scanned in any order.
//!
//! A worker that reads a path puts what it has read on the board, where those that read nothing find it. If it gets ahead of
//! them it helps before it reads on; if nobody is free it does all by itself at once, while the block is in the cache of its
//! core. So there are no more threads than cores, none waits while another has more than it can do, and blocks in flight are
//! few. Opening an archive adds jobs; the end is reached when nothing waits and nobody reads.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// What the work is made of.
pub(super) trait Work {
    /// A path to be read.
    type Job;
    /// What a lane is done with, piece by piece.
    type Lane;
    /// What is done in its lane in the order in which it was put there.
    type Piece;
    /// What is done in any order.
    type Block;
}

/// How many pieces or blocks a free worker may find waiting before the reader helps. Few: what is taken up soon is still in a
/// cache, and its buffer is when it is read into again.
const WAITING: usize = 2;

/// Something to do.
pub(super) enum Task<W: Work> {
    /// To be followed by [`Board::done`].
    Read(W::Job),
    /// The oldest piece of a lane; to be followed by [`Board::back`].
    Piece(Held<W>, W::Piece),
    Block(W::Block),
}

/// A lane while a worker has it.
pub(super) struct Held<W: Work> {
    number: usize,
    pub(super) lane: W::Lane,
}

/// The work of some workers. Each has the lane of its number, for what it reads.
pub(super) struct Board<W: Work> {
    state: Mutex<State<W>>,
    /// There is something to do, or nothing will come any more.
    work: Condvar,
    /// A lane came back.
    back: Condvar,
}

struct State<W: Work> {
    jobs: VecDeque<W::Job>,
    blocks: VecDeque<W::Block>,
    lanes: Vec<Lane<W>>,
    /// Workers that read a path.
    reading: usize,
    /// Workers that wait for something to do.
    asleep: usize,
    /// A worker panicked: nobody waits for it.
    abandoned: bool,
}

struct Lane<W: Work> {
    pieces: VecDeque<W::Piece>,
    /// None while a worker has it.
    lane: Option<W::Lane>,
}

impl<W: Work> Board<W> {
    /// A board with a lane for each worker.
    pub(super) fn new(
        jobs: impl IntoIterator<Item = W::Job>,
        lanes: impl IntoIterator<Item = W::Lane>,
    ) -> Self {
        let lane = |lane| Lane { pieces: VecDeque::new(), lane: Some(lane) };
        let state = State {
            jobs: jobs.into_iter().collect(),
            blocks: VecDeque::new(),
            lanes: lanes.into_iter().map(lane).collect(),
            reading: 0,
            asleep: 0,
            abandoned: false,
        };
        Self { state: Mutex::new(state), work: Condvar::new(), back: Condvar::new() }
    }

    /// Something to do for a worker that reads nothing, waiting for it where there may be more; `None` at the end.
    pub(super) fn next(&self) -> Option<Task<W>> {
        let mut state = self.lock();
        loop {
            if state.abandoned {
                return None;
            }
            // Pieces first: they can be done by one worker at a time only.
            if let Some(task) = (0..state.lanes.len()).find_map(|number| state.piece(number)) {
                return Some(task);
            }
            if let Some(block) = state.blocks.pop_front() {
                return Some(Task::Block(block));
            }
            if let Some(job) = state.jobs.pop_front() {
                state.reading += 1;
                return Some(Task::Read(job));
            }
            if state.reading == 0 && state.lanes.iter().all(|lane| lane.pieces.is_empty()) {
                self.work.notify_all();
                return None;
            }
            state.asleep += 1;
            state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.asleep -= 1;
        }
    }

    /// Adds to the lane of the worker `number` and to the blocks.
    pub(super) fn put(&self, number: usize, piece: W::Piece, block: Option<W::Block>) {
        let mut state = self.lock();
        if let Some(lane) = state.lanes.get_mut(number) {
            lane.pieces.push_back(piece);
        }
        state.blocks.extend(block);
        self.wake(&state);
    }

    /// What the worker `number`, which reads, is to do before it reads on.
    pub(super) fn before_reading_on(&self, number: usize) -> Option<Task<W>> {
        let mut state = self.lock();
        loop {
            if state.abandoned {
                return None;
            }
            let free = state.lanes.len().saturating_sub(state.reading);
            let behind = state.lanes.get(number).map_or(0, |lane| lane.pieces.len()) > WAITING * free.min(1);
            if let Some(task) = behind.then(|| state.piece(number)).flatten() {
                return Some(task);
            }
            if behind || state.blocks.len() > WAITING * free {
                // The last: it was read here just now.
                if let Some(block) = state.blocks.pop_back() {
                    return Some(Task::Block(block));
                }
            }
            if !behind {
                return None;
            }
            state = self.back.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Gives a lane back.
    pub(super) fn back(&self, held: Held<W>) {
        let mut state = self.lock();
        let Some(lane) = state.lanes.get_mut(held.number) else { return };
        lane.lane = Some(held.lane);
        if !lane.pieces.is_empty() {
            self.wake(&state);
        }
        self.back.notify_all();
    }

    /// A path was read; `more` jobs came out of it and are next.
    pub(super) fn done(&self, more: Vec<W::Job>) {
        let mut state = self.lock();
        state.reading -= 1;
        for job in more.into_iter().rev() {
            state.jobs.push_front(job);
        }
        self.work.notify_all();
        self.back.notify_all();
    }

    /// A worker is gone: the others are sent home.
    pub(super) fn abandon(&self) {
        self.lock().abandoned = true;
        self.work.notify_all();
        self.back.notify_all();
    }

    fn wake(&self, state: &State<W>) {
        // A wake-up is a call to the system, and mostly nobody sleeps.
        if state.asleep > 0 {
            self.work.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<W>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lanes, when all is done.
    pub(super) fn into_lanes(self) -> impl Iterator<Item = W::Lane> {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        state.lanes.into_iter().filter_map(|lane| lane.lane)
    }
}

impl<W: Work> State<W> {
    /// The oldest piece of a lane that nobody has.
    fn piece(&mut self, number: usize) -> Option<Task<W>> {
        let lane = self.lanes.get_mut(number)?;
        if lane.pieces.is_empty() {
            return None;
        }
        let held = Held { number, lane: lane.lane.take()? };
        lane.pieces.pop_front().map(|piece| Task::Piece(held, piece))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Numbers;

    impl Work for Numbers {
        type Job = u32;
        type Lane = Vec<(u32, u32)>;
        type Piece = (u32, u32);
        type Block = (u32, u32);
    }

    /// One worker: a job `n` gives `n` jobs, and 5 `n` pieces and blocks.
    fn work(board: &Board<Numbers>, number: usize, done: &Mutex<Vec<u32>>, scanned: &Mutex<Vec<(u32, u32)>>) {
        let small = |task: Task<Numbers>| match task {
            Task::Read(_) => panic!("a reader reads on"),
            Task::Piece(mut held, piece) => {
                held.lane.push(piece);
                board.back(held);
            }
            Task::Block(block) => scanned.lock().unwrap().push(block),
        };
        while let Some(task) = board.next() {
            let Task::Read(job) = task else {
                small(task);
                continue;
            };
            let id = {
                let mut done = done.lock().unwrap();
                done.push(job);
                done.len() as u32
            };
            for at in 0..5 * job {
                board.put(number, (id, at), Some((id, at)));
                while let Some(task) = board.before_reading_on(number) {
                    small(task);
                }
            }
            board.done((0..job).collect());
        }
    }

    #[test]
    fn everything_is_done_once_and_each_lane_in_its_order_by_any_number_of_workers() {
        for workers in [1, 2, 3, 8] {
            for _ in 0..50 {
                let board = Board::<Numbers>::new([3, 0, 2], vec![Vec::new(); workers]);
                let (done, scanned) = (Mutex::default(), Mutex::default());
                std::thread::scope(|scope| {
                    for number in 0..workers {
                        let (board, done, scanned) = (&board, &done, &scanned);
                        scope.spawn(move || work(board, number, done, scanned));
                    }
                });
                // f(n) = 1 + f(0) + … + f(n − 1) jobs come out of n: 8, 1 and 4.
                let done = done.into_inner().unwrap();
                assert_eq!(done.len(), 13);
                assert_eq!(done.iter().filter(|n| **n == 0).count(), 4 + 1 + 2);
                let (mut pieces, mut blocks) = (Vec::new(), scanned.into_inner().unwrap());
                for lane in board.into_lanes() {
                    let mut next = std::collections::BTreeMap::<u32, u32>::new();
                    for (id, at) in &lane {
                        let wanted = next.entry(*id).or_default();
                        assert_eq!(at, wanted, "{workers} workers");
                        *wanted += 1;
                    }
                    pieces.extend(lane);
                }
                let mut wanted: Vec<_> =
                    done.iter().zip(1..).flat_map(|(job, id)| (0..5 * job).map(move |at| (id, at))).collect();
                pieces.sort_unstable();
                blocks.sort_unstable();
                wanted.sort_unstable();
                assert_eq!((&pieces, &blocks), (&wanted, &wanted));
            }
        }
    }

    /// Else a panic would be a program that hangs.
    #[test]
    fn nobody_waits_for_a_worker_that_is_gone() {
        let board = Board::<Numbers>::new([1], vec![Vec::new(); 2]);
        assert!(matches!(board.next(), Some(Task::Read(1))));
        for at in 0..=WAITING as u32 {
            board.put(0, (1, at), None);
        }
        let Some(Task::Piece(_held, (1, 0))) = board.next() else { panic!("a piece waits") };
        board.put(0, (1, 9), None);
        std::thread::scope(|scope| {
            let waiting = [
                scope.spawn(|| board.before_reading_on(0).is_none()),
                scope.spawn(|| board.next().is_none()),
            ];
            board.abandon();
            for thread in waiting {
                assert!(thread.join().unwrap());
            }
        });
    }
}
