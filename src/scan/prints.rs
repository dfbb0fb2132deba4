//! Fingerprints of a file's lines, for the search for overlaps (METHOD M6.7). Read only where it is needed.

use std::hash::BuildHasher;

use accesstrail_parsers::format::Unit;
use accesstrail_parsers::framing;
use accesstrail_parsers::token::time::TimeCache;
use accesstrail_parsers::unit::read;

use super::rules::FileRules;
use super::when::When;
use crate::coverage::overlap::Print;
use crate::intake::blocks::{Block, Content};
use crate::ledger::account::Times;

/// Two independent keys, drawn at random, so that nobody can write lines that collide.
#[derive(Default)]
pub struct Keys {
    first: foldhash::quality::RandomState,
    second: std::hash::RandomState,
}

impl Keys {
    fn print(&self, bytes: &[u8]) -> u128 {
        u128::from(self.first.hash_one(bytes)) << 64 | u128::from(self.second.hash_one(bytes))
    }
}

/// Prints of all lines of one block, in order.
#[must_use]
pub fn of_block(keys: &Keys, file: &FileRules, block: &Block) -> Vec<Print> {
    if block.content == Content::TooLong {
        return vec![Print { hash: keys.print(&block.bytes), time_us: None, client: 0 }];
    }
    let (mut times, mut when, mut odd) = (TimeCache::default(), When::default(), Times::default());
    let (mut decoded, mut peeled) = (Vec::new(), Vec::new());
    framing::lines_of(block.text().0, block.encoding)
        .map(|line| {
            let hash = keys.print(line.bytes);
            let unread = Print { hash, time_us: None, client: 0 };
            let Ok(text) = block.encoding.text(line.bytes, &mut decoded) else { return unread };
            match read(&file.formats, text, &mut peeled, &mut times).unit {
                Unit::Record(record) => Print {
                    time_us: Some(when.utc(&record.time, file, 0, &mut odd)),
                    client: record.client.map_or(0, |c| keys.first.hash_one(c)),
                    ..unread
                },
                _ => unread,
            }
        })
        .collect()
}
