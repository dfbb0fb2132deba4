//! Fingerprints of a file's lines, for the search for overlaps (METHOD M6.7). Read only where it is needed.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::hash::BuildHasher;

use accesstrail_parsers::format::Unit;
use accesstrail_parsers::prefix::{Kind, Peeled, peel};
use accesstrail_parsers::token::time::TimeCache;
use accesstrail_parsers::unit::read_peeled;

use super::rules::FileRules;
use super::stretch::{Stretch, stretches};
use super::when::When;
use crate::coverage::overlap::{Overlap, Print, overlap};
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

/// The lines of a file, as far as overlap is concerned.
#[derive(Default)]
pub struct Prints {
    /// By the text of each line as it stands.
    pub lines: Vec<Print>,
    /// By what was read of each line; empty where that is the line as it stands, all through.
    inner: Vec<u128>,
    /// The prefixes that were taken off.
    prefixes: BTreeSet<Kind>,
}

impl Prints {
    /// Adds the lines of the next block.
    pub fn extend(&mut self, keys: &Keys, file: &FileRules, block: &Block) {
        if block.content == Content::TooLong {
            self.push(Print { hash: keys.print(&block.bytes), time_us: None, client: 0 }, None);
            return;
        }
        for stretch in stretches(&file.formats, block) {
            self.stretch(keys, file, &stretch, block);
        }
    }

    fn stretch(&mut self, keys: &Keys, file: &FileRules, stretch: &Stretch<'_>, block: &Block) {
        let (mut times, mut when, mut odd) = (TimeCache::default(), When::default(), Times::default());
        let (mut decoded, mut peeled) = (Vec::new(), Vec::new());
        let formats = &*stretch.formats;
        for line in block.units_of(stretch.text) {
            let Ok(text) = block.encoding.text(line.bytes, &mut decoded) else {
                self.push(Print { hash: keys.print(line.bytes), time_us: None, client: 0 }, None);
                continue;
            };
            let layer = peel(text, &mut peeled);
            let read = read_peeled(formats, text, layer, &mut times);
            let mut print = Print { hash: keys.print(text), time_us: None, client: 0 };
            if let Unit::Record(record) = &read.unit {
                print.time_us = Some(when.utc(&record.time, file, 0, &mut odd));
                print.client = record.client.map_or(0, |c| keys.first.hash_one(c));
            }
            // A record that borrows its time from the prefix is not itself without it.
            let whole = formats.get(read.format).is_some_and(|format| format.states_time());
            let layer = layer.filter(|layer| read.prefix == Some(layer.kind) && !layer.partial && whole);
            let inner = layer.map(|layer| {
                let without = Peeled { with_time: None, ..layer };
                let mut is_read = |p| !read_peeled(formats, text, Some(p), &mut times).is_fault();
                // Where the time behind a bar is the log's own first column, it belongs to the line.
                let payload = layer.with_time.filter(|_| !is_read(without)).unwrap_or(layer.payload);
                (keys.print(payload), layer.kind)
            });
            self.push(print, inner);
        }
    }

    fn push(&mut self, print: Print, inner: Option<(u128, Kind)>) {
        if let Some((_, kind)) = inner {
            self.prefixes.insert(kind);
            if self.inner.is_empty() {
                self.inner = self.lines.iter().map(|line| line.hash).collect();
            }
        }
        if !self.prefixes.is_empty() {
            self.inner.push(inner.map_or(print.hash, |(hash, _)| hash));
        }
        self.lines.push(print);
    }

    /// Takes the last line away.
    pub fn pop(&mut self) {
        self.lines.pop();
        self.inner.truncate(self.lines.len());
    }

    /// What two files share (METHOD M6.7): by their lines as they stand; and where other programs put other
    /// prefixes before them, by what was read behind these. Behind one and the same prefix two lines differ if
    /// the prefixes do: equal requests that were collected at two moments are two.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> Option<Overlap> {
        let found = overlap(&self.lines, &other.lines);
        if found.is_some() || self.prefixes == other.prefixes {
            return found;
        }
        overlap(&self.behind(), &other.behind())
    }

    fn behind(&self) -> Cow<'_, [Print]> {
        if self.inner.is_empty() {
            return Cow::Borrowed(&self.lines);
        }
        self.lines.iter().zip(&self.inner).map(|(line, inner)| Print { hash: *inner, ..*line }).collect()
    }
}
