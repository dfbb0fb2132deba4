//! What was drawn, and with it the answer that every program has to give.

use serde::{Deserialize, Serialize};

/// Responses with status 200, and the distinct addresses that had them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Served {
    pub(crate) served: u64,
    pub(crate) clients: u64,
}

/// What is known of a log because it was drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Truth {
    pub(crate) bytes: u64,
    pub(crate) lines: u64,
    /// Of the path in question.
    pub(crate) asked: Served,
    /// Of all paths.
    pub(crate) all: Served,
}

/// Counts served responses, and clients by a bit each.
#[derive(Default)]
pub(crate) struct Tally {
    served: u64,
    seen: Vec<u64>,
}

impl Tally {
    pub(crate) fn add(&mut self, client: u64) {
        self.served += 1;
        let word = (client / 64) as usize;
        if word >= self.seen.len() {
            self.seen.resize(word + 1, 0);
        }
        if let Some(word) = self.seen.get_mut(word) {
            *word |= 1 << (client % 64);
        }
    }

    pub(crate) fn served(&self) -> Served {
        Served {
            served: self.served,
            clients: self.seen.iter().map(|word| u64::from(word.count_ones())).sum(),
        }
    }
}
