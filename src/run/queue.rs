//! What is still to be read. Opening an archive adds its members, so the end is reached only when nothing waits and
//! nobody reads.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Jobs for several readers.
pub(super) struct Queue<J> {
    state: Mutex<State<J>>,
    changed: Condvar,
}

struct State<J> {
    waiting: VecDeque<J>,
    reading: usize,
}

impl<J> Queue<J> {
    pub(super) fn new(jobs: impl IntoIterator<Item = J>) -> Self {
        let state = State { waiting: jobs.into_iter().collect(), reading: 0 };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// The next job, waiting for one where another reader may still add some; `None` at the end.
    pub(super) fn next(&self) -> Option<Turn<'_, J>> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.waiting.pop_front() {
                state.reading += 1;
                return Some(Turn { queue: self, job, more: Vec::new() });
            }
            if state.reading == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A job being done. Dropping it says that it is done, also where its reader panics: nobody waits for ever.
pub(super) struct Turn<'q, J> {
    queue: &'q Queue<J>,
    pub(super) job: J,
    /// Jobs that come out of this one; they are next.
    pub(super) more: Vec<J>,
}

impl<J> Drop for Turn<'_, J> {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        state.reading -= 1;
        for job in self.more.drain(..).rev() {
            state.waiting.push_front(job);
        }
        self.queue.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_and_every_job_out_of_a_job_is_done_once_by_any_number_of_readers() {
        for readers in [1, 2, 8] {
            let queue = Queue::new([3u32, 0, 2]);
            let done = Mutex::new(Vec::new());
            std::thread::scope(|scope| {
                for _ in 0..readers {
                    scope.spawn(|| {
                        while let Some(mut turn) = queue.next() {
                            done.lock().unwrap().push(turn.job);
                            turn.more = (0..turn.job).collect();
                        }
                    });
                }
            });
            let mut done = done.into_inner().unwrap();
            done.sort_unstable();
            // f(n) = 1 + f(0) + … + f(n − 1) jobs come out of n: 8, 1 and 4.
            assert_eq!(done.len(), 13);
            assert_eq!(done.iter().filter(|n| **n == 0).count(), 4 + 1 + 2);
        }
    }
}
