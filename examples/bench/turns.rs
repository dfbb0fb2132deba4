//! Contenders in turns: A B C A B C, so that what the machine does meanwhile falls on all of them.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::{account, say};

/// What one run took.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sample {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    /// Not known of work inside this process.
    pub(crate) peak_kib: Option<u64>,
}

/// How often a contender is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    InTurns,
    /// After the turns, for what takes long.
    Once,
}

/// Something to be measured.
pub(crate) struct Contender<'a> {
    pub(crate) id: &'static str,
    pub(crate) pace: Pace,
    /// Does it, checks what came out, and says what it took.
    pub(crate) run: Box<dyn Fn() -> Result<Sample> + 'a>,
}

/// Medians of a contender's runs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) id: String,
    pub(crate) runs: usize,
    pub(crate) wall_s: f64,
    pub(crate) least_wall_s: f64,
    pub(crate) most_wall_s: f64,
    pub(crate) cpu_s: f64,
    /// The greatest of all runs.
    pub(crate) peak_kib: Option<u64>,
}

/// Runs all of them in turns.
pub(crate) fn in_turns(contenders: &[Contender<'_>], runs: usize) -> Result<Vec<Figure>> {
    let mut samples: Vec<Vec<Sample>> = contenders.iter().map(|_| Vec::new()).collect();
    let rounds = (0..runs).map(|n| (n, Pace::InTurns)).chain([(0, Pace::Once)]);
    for (round, pace) in rounds {
        for (contender, samples) in contenders.iter().zip(&mut samples).filter(|(c, _)| c.pace == pace) {
            let sample =
                (contender.run)().with_context(|| format!("in the measurement `{}`", contender.id))?;
            say(&format!("run {} of {}: {:.3} s", round + 1, contender.id, sample.wall.as_secs_f64()));
            samples.push(sample);
        }
    }
    Ok(contenders.iter().zip(&samples).map(|(c, samples)| figure(c.id, samples)).collect())
}

/// Medians of some runs.
pub(crate) fn figure(id: &str, samples: &[Sample]) -> Figure {
    let walls: Vec<f64> = samples.iter().map(|s| s.wall.as_secs_f64()).collect();
    Figure {
        id: id.to_owned(),
        runs: samples.len(),
        wall_s: median(&walls),
        least_wall_s: walls.iter().copied().reduce(f64::min).unwrap_or_default(),
        most_wall_s: walls.iter().copied().reduce(f64::max).unwrap_or_default(),
        cpu_s: median(&samples.iter().map(|s| s.cpu.as_secs_f64()).collect::<Vec<_>>()),
        peak_kib: samples.iter().filter_map(|s| s.peak_kib).max(),
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    let lower = sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or_default();
    f64::midpoint(lower, upper)
}

/// Work inside this process, measured as a process is, but for memory.
pub(crate) fn inside(work: impl FnOnce() -> Result<()>) -> Result<Sample> {
    let (before, began) = (account::own()?, Instant::now());
    work()?;
    let wall = began.elapsed();
    Ok(Sample { wall, cpu: account::own()?.cpu.saturating_sub(before.cpu), peak_kib: None })
}
