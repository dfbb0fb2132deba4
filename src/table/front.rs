//! A thread's own table of requests it has met, in front of the store that all threads share: no lock, and few bytes an entry.
//!
//! A look-up waits for memory twice, for the entry and for the text beside it. Many look-ups can wait together: ask for the
//! [`Front::first`] entry of each, then compare the texts ([`Front::is`]), and the processor fetches all of them at once.
//! What does not fit is left to the shared store, so the table never decides an answer.

use super::lexicon::Met;

/// Entries at most, and bytes of text: about 64 MiB a thread together.
const MOST_ENTRIES: usize = 1 << 20;
const MOST_BYTES: usize = 40 << 20;
const FIRST_ENTRIES: usize = 1 << 10;

/// One place of the table; without a request where it is empty.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entry {
    hash: u64,
    start: u32,
    bytes: u32,
    met: Option<Met>,
}

/// The table: open addressing, at most half full.
#[derive(Debug, Default)]
pub struct Front {
    entries: Vec<Entry>,
    used: usize,
    texts: Vec<u8>,
}

impl Front {
    fn place(&self, hash: u64) -> usize {
        // The store picks by other bits of the same hash.
        usize::try_from(hash & u64::from(u32::MAX)).unwrap_or(0) & self.entries.len().wrapping_sub(1)
    }

    /// The entry that is looked at first.
    #[must_use]
    #[inline]
    pub fn first(&self, hash: u64) -> Entry {
        self.entries.get(self.place(hash)).copied().unwrap_or_default()
    }

    /// The request of an entry, if it is that of this text.
    #[must_use]
    #[inline]
    pub fn is(&self, entry: &Entry, hash: u64, text: &[u8]) -> Option<Met> {
        if entry.hash != hash || entry.bytes as usize != text.len() {
            return None;
        }
        let start = entry.start as usize;
        let known = self.texts.get(start..start + text.len())?;
        entry.met.filter(|_| known == text)
    }

    /// The request of a text.
    #[must_use]
    pub fn find(&self, hash: u64, text: &[u8]) -> Option<Met> {
        let mut place = self.place(hash);
        loop {
            let entry = self.entries.get(place)?;
            entry.met?;
            if let Some(met) = self.is(entry, hash, text) {
                return Some(met);
            }
            place = (place + 1) & (self.entries.len() - 1);
        }
    }

    /// Keeps the request of a text that is not here, if there is room.
    pub fn insert(&mut self, hash: u64, text: &[u8], met: Met) {
        if self.used * 2 >= self.entries.len() {
            if self.entries.len() >= MOST_ENTRIES {
                return;
            }
            self.grow();
        }
        if self.texts.len() + text.len() > MOST_BYTES {
            return;
        }
        let (Ok(start), Ok(bytes)) = (u32::try_from(self.texts.len()), u32::try_from(text.len())) else {
            return;
        };
        self.texts.extend_from_slice(text);
        self.put(Entry { hash, start, bytes, met: Some(met) });
        self.used += 1;
    }

    fn grow(&mut self) {
        let room = (self.entries.len() * 2).max(FIRST_ENTRIES);
        let before = std::mem::replace(&mut self.entries, vec![Entry::default(); room]);
        before.into_iter().filter(|entry| entry.met.is_some()).for_each(|entry| self.put(entry));
    }

    fn put(&mut self, entry: Entry) {
        let mut place = self.place(entry.hash);
        while self.entries.get(place).is_some_and(|entry| entry.met.is_some()) {
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
    use super::super::lexicon::Plain;
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    fn met(id: u32) -> Met {
        Met { id, plain: Plain { resource: 3, method_allowed: true, listing: false } }
    }

    proptest! {
        /// Hashes of few bits: many texts with one hash.
        #[test]
        fn a_text_is_found_or_not_there_whatever_its_hash(
            texts in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..4), 0u64..4), 0..3000),
        ) {
            let mut front = Front::default();
            let mut plain: HashMap<Vec<u8>, (u64, u32)> = HashMap::new();
            for (id, (text, hash)) in (0u32..).zip(&texts) {
                if plain.contains_key(text) {
                    continue;
                }
                prop_assert_eq!(front.find(*hash, text), None);
                front.insert(*hash, text, met(id));
                plain.insert(text.clone(), (*hash, id));
            }
            for (text, (hash, id)) in &plain {
                prop_assert_eq!(front.find(*hash, text), Some(met(*id)));
                let first = front.first(*hash);
                prop_assert!(front.is(&first, *hash, text).is_none_or(|found| found == met(*id)));
            }
        }
    }

    #[test]
    fn a_full_table_takes_nothing_more_and_keeps_what_it_has() {
        let mut front = Front::default();
        let long = vec![7; 1 << 20];
        for n in 0..60u32 {
            front.insert(u64::from(n), &[&n.to_le_bytes()[..], &long].concat(), met(n));
        }
        let known = |n: u32| front.find(u64::from(n), &[&n.to_le_bytes()[..], &long].concat());
        assert_eq!(known(3), Some(met(3)));
        assert_eq!(known(59), None);
        assert!(front.bytes() < MOST_BYTES * 2 + (1 << 20));
    }
}
