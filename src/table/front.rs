//! A thread's own table of requests it has met, in front of the store that all threads share: no lock, and few bytes an entry.
//!
//! A look-up waits for memory twice, for the entry and for the text beside it. Many look-ups can wait together: ask for the
//! [`Front::first`] entry of each, then compare the texts ([`Front::is`]), and the processor fetches all of them at once.
//! What does not fit is left to the shared store, so the table never decides an answer.

use super::lexicon::{Met, Plain};

/// However much memory there is: entries at most, and bytes of text.
const MOST_ENTRIES: usize = 1 << 21;
const MOST_BYTES: usize = 40 << 20;
const FIRST_ENTRIES: usize = 1 << 10;

/// One place of the table: 16 bytes, so that four share what memory gives at a time. The id 0 is nobody's: an empty place.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entry {
    /// Half of the hash; of it the lower bits say where the entry is looked for.
    tag: u32,
    start: u32,
    id: u32,
    bytes: u16,
    plain: u16,
}

const ALLOWED: u16 = 1 << 15;
const LISTING: u16 = 1 << 14;

impl Entry {
    fn met(&self) -> Met {
        let method_allowed = self.plain & ALLOWED != 0;
        let listing = self.plain & LISTING != 0;
        let resource = self.plain & !(ALLOWED | LISTING);
        Met { id: self.id, plain: Plain { resource, method_allowed, listing } }
    }
}

/// What is told of a request in 16 bits; nothing of one of the resources that these do not hold.
fn packed(plain: Plain) -> Option<u16> {
    let flag = |set, bit| if set { bit } else { 0 };
    let flags = flag(plain.method_allowed, ALLOWED) | flag(plain.listing, LISTING);
    (plain.resource < LISTING).then_some(plain.resource | flags)
}

fn tag(hash: u64) -> u32 {
    u32::try_from(hash >> 32).unwrap_or(0)
}

/// The table: open addressing, at most half full.
#[derive(Debug)]
pub struct Front {
    entries: Vec<Entry>,
    used: usize,
    texts: Vec<u8>,
    most_entries: usize,
    most_bytes: usize,
}

impl Front {
    /// An empty one that takes about so much memory at most.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        // Half for each. A table is a power of two, and one of few entries would fill up.
        let entries = (bytes / 2 / size_of::<Entry>()).min(MOST_ENTRIES);
        let most_entries = if entries < FIRST_ENTRIES { 0 } else { (entries + 1).next_power_of_two() / 2 };
        Self {
            entries: Vec::new(),
            used: 0,
            texts: Vec::new(),
            most_entries,
            most_bytes: (bytes / 2).min(MOST_BYTES),
        }
    }

    fn place(&self, tag: u32) -> usize {
        tag as usize & self.entries.len().wrapping_sub(1)
    }

    /// The entry that is looked at first.
    #[must_use]
    #[inline]
    pub fn first(&self, hash: u64) -> Entry {
        self.entries.get(self.place(tag(hash))).copied().unwrap_or_default()
    }

    /// The request of an entry, if it is that of this text.
    #[must_use]
    #[inline]
    pub fn is(&self, entry: &Entry, hash: u64, text: &[u8]) -> Option<Met> {
        if entry.id == 0 || entry.tag != tag(hash) || usize::from(entry.bytes) != text.len() {
            return None;
        }
        let start = entry.start as usize;
        let known = self.texts.get(start..start + text.len())?;
        (known == text).then(|| entry.met())
    }

    /// The request of a text.
    #[must_use]
    pub fn find(&self, hash: u64, text: &[u8]) -> Option<Met> {
        let mut place = self.place(tag(hash));
        loop {
            let entry = self.entries.get(place).filter(|entry| entry.id != 0)?;
            if let Some(met) = self.is(entry, hash, text) {
                return Some(met);
            }
            place = (place + 1) & (self.entries.len() - 1);
        }
    }

    /// Keeps the request of a text that is not here, if there is room.
    pub fn insert(&mut self, hash: u64, text: &[u8], met: Met) {
        let (Ok(start), Ok(bytes), Some(plain)) =
            (u32::try_from(self.texts.len()), u16::try_from(text.len()), packed(met.plain))
        else {
            return;
        };
        let is_full = self.used * 2 >= self.entries.len();
        if self.texts.len() + text.len() > self.most_bytes
            || (is_full && self.entries.len() >= self.most_entries)
        {
            return;
        }
        if is_full {
            self.grow();
        }
        self.texts.extend_from_slice(text);
        self.put(Entry { tag: tag(hash), start, id: met.id, bytes, plain });
        self.used += 1;
    }

    fn grow(&mut self) {
        let room = (self.entries.len() * 2).max(FIRST_ENTRIES);
        let before = std::mem::replace(&mut self.entries, vec![Entry::default(); room]);
        before.into_iter().filter(|entry| entry.id != 0).for_each(|entry| self.put(entry));
    }

    fn put(&mut self, entry: Entry) {
        let mut place = self.place(entry.tag);
        while self.entries.get(place).is_some_and(|entry| entry.id != 0) {
            place = (place + 1) & (self.entries.len() - 1);
        }
        if let Some(free) = self.entries.get_mut(place) {
            *free = entry;
        }
    }

    /// Memory that is held.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>() + self.texts.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn met(id: u32) -> Met {
        let plain = Plain {
            resource: (id % 5) as u16,
            method_allowed: id.is_multiple_of(2),
            listing: id.is_multiple_of(3),
        };
        Met { id: id + 1, plain }
    }

    proptest! {
        /// Hashes of few bits: many texts with one hash.
        #[test]
        fn a_text_is_found_or_not_there_whatever_its_hash(
            texts in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..4), 0u64..4), 0..2000),
            bytes in prop::sample::select(vec![0usize, 1, 42, 1000, 33_000, 70_000, 1 << 30]),
        ) {
            let mut front = Front::new(bytes);
            let mut plain: BTreeMap<Vec<u8>, (u64, u32)> = BTreeMap::new();
            for (id, (text, few)) in (0u32..).zip(&texts) {
                let hash = &(few << 32);
                if plain.contains_key(text) {
                    continue;
                }
                prop_assert_eq!(front.find(*hash, text), None);
                front.insert(*hash, text, met(id));
                plain.insert(text.clone(), (*hash, id));
            }
            for (text, (hash, id)) in &plain {
                let found = front.find(*hash, text);
                prop_assert!(found == Some(met(*id)) || (found.is_none() && bytes < 1 << 30));
                let first = front.first(*hash);
                prop_assert!(front.is(&first, *hash, text).is_none_or(|found| found == met(*id)));
            }
        }
    }

    #[test]
    fn a_full_table_takes_nothing_more_and_keeps_what_it_has() {
        let mut front = Front::new(1 << 30);
        let text = |n: u32| [&n.to_le_bytes()[..], &vec![7; 60_000]].concat();
        let hash = |n: u32| u64::from(n) << 32;
        (0..1000).for_each(|n| front.insert(hash(n), &text(n), met(n)));
        assert_eq!(front.find(hash(3), &text(3)), Some(met(3)));
        assert_eq!(front.find(hash(999), &text(999)), None);
        assert!(front.bytes() < MOST_BYTES * 2 + (1 << 20));
        // Nor does it take what an entry cannot tell.
        front = Front::new(0);
        front.insert(hash(1), b"near", met(1));
        assert_eq!(front.find(hash(1), b"near"), None, "there is no room at all");
        front = Front::new(1 << 20);
        let far = Met { id: 9, plain: Plain { resource: LISTING, method_allowed: true, listing: false } };
        front.insert(hash(1), b"far", far);
        front.insert(hash(2), &vec![7; 70_000], met(2));
        assert_eq!((front.find(hash(1), b"far"), front.find(hash(2), &vec![7; 70_000])), (None, None));
    }
}
