//! Threads that take partitions until none is left.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::ScopedJoinHandle;

/// Runs `work` on so many threads, with the numbers of the partitions that are a thread's; gives what each made of them. Which
/// thread takes which partition is chance.
pub(super) fn share_out<T: Send>(
    partitions: usize,
    threads: usize,
    work: impl Fn(&mut dyn Iterator<Item = usize>) -> T + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let one = || {
        let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < partitions);
        work(&mut std::iter::from_fn(take))
    };
    let threads = threads.clamp(1, partitions.max(1));
    if threads == 1 {
        return vec![one()];
    }
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        let joined = workers.into_iter().map(ScopedJoinHandle::join);
        joined.map(|made| made.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_partition_is_taken_once_by_any_number_of_threads() {
        for (partitions, threads) in [(0, 3), (1, 4), (100, 1), (100, 3), (5, 64)] {
            let shares = share_out(partitions, threads, |numbers| numbers.collect::<Vec<_>>());
            assert!(!shares.is_empty() && shares.len() <= threads);
            let mut all = shares.concat();
            all.sort_unstable();
            assert_eq!(all, (0..partitions).collect::<Vec<_>>());
        }
    }
}
