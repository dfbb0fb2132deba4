//! Text kept once and numbered, shared by all threads: many small stores behind a lock each, chosen by a hash of the text.
//!
//! A text lies in a page and is never moved; the table beside it holds where, its number, and a small value that whoever looks
//! it up wants at once. Hashes are keyed at random, so nobody can write texts that collide, and texts are always compared.
//! Numbers depend on which thread comes first: they are good for equality only.

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use foldhash::quality::RandomState;
use hashbrown::HashTable;

/// Stores; a number modulo this tells its store.
const STORES: u32 = 64;
/// Numbers below this are given to no text: callers use them as marks.
pub const RESERVED: u32 = STORES;
/// So many texts a store can number.
const MOST: u32 = u32::MAX / STORES - RESERVED / STORES - 1;
/// Bytes of a full page.
const PAGE_BYTES: usize = 1 << 16;

/// Where a text lies.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    page: u32,
    start: u32,
    bytes: u32,
}

#[derive(Debug, Clone, Copy)]
struct Slot<V> {
    /// So that a growing table need not read all texts, nor a look-up those that differ.
    hash: u64,
    place: Place,
    index: u32,
    value: V,
}

#[derive(Debug, Default)]
struct Pages(Vec<Vec<u8>>);

impl Pages {
    fn text(&self, place: Place) -> &[u8] {
        let page = self.0.get(place.page as usize).map_or(&[][..], Vec::as_slice);
        let start = place.start as usize;
        page.get(start..start + place.bytes as usize).unwrap_or_default()
    }

    fn add(&mut self, text: &[u8]) -> Place {
        let fits = self.0.last().is_some_and(|page| page.len() + text.len() <= PAGE_BYTES);
        if !fits {
            // The first page grows, so that many stores with little in them take little.
            let room = if self.0.is_empty() { 0 } else { PAGE_BYTES.max(text.len()) };
            self.0.push(Vec::with_capacity(room));
        }
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let page = number(self.0.len().saturating_sub(1));
        let Some(last) = self.0.last_mut() else { return Place::default() };
        let start = number(last.len());
        last.extend_from_slice(text);
        Place { page, start, bytes: number(text.len()) }
    }
}

#[derive(Debug)]
struct Store<V, R> {
    table: HashTable<Slot<V>>,
    pages: Pages,
    /// By index.
    records: Vec<R>,
}

/// Numbers texts; each has a value `V` that is found with it, and a record `R` that is kept by its number.
#[derive(Debug)]
pub struct Interner<V, R> {
    stores: Vec<Mutex<Store<V, R>>>,
    hasher: RandomState,
    bytes: AtomicUsize,
    is_full: AtomicBool,
}

impl<V, R> Default for Interner<V, R> {
    fn default() -> Self {
        let store =
            || Mutex::new(Store { table: HashTable::new(), pages: Pages::default(), records: Vec::new() });
        Self {
            stores: std::iter::repeat_with(store).take(STORES as usize).collect(),
            hasher: RandomState::default(),
            bytes: AtomicUsize::new(0),
            is_full: AtomicBool::new(false),
        }
    }
}

fn locked<T>(store: &Mutex<T>) -> MutexGuard<'_, T> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<V: Copy, R> Interner<V, R> {
    /// The store of a hash, by bits that the tables do not use.
    fn store(&self, hash: u64) -> (u32, Option<&Mutex<Store<V, R>>>) {
        let number = u32::try_from((hash >> 32) % u64::from(STORES)).unwrap_or(0);
        (number, self.stores.get(number as usize))
    }

    /// The hash of a text.
    pub fn hash(&self, text: &[u8]) -> u64 {
        self.hasher.hash_one(text)
    }

    /// Number and value of a text, if it was met before.
    pub fn find(&self, text: &[u8]) -> Option<(u32, V)> {
        let hash = self.hasher.hash_one(text);
        let (number, store) = self.store(hash);
        let store = locked(store?);
        let slot =
            store.table.find(hash, |slot| slot.hash == hash && store.pages.text(slot.place) == text)?;
        Some((numbered(slot.index, number), slot.value))
    }

    /// Number and value of a text; of one that is new, these. Another thread may have been quicker.
    pub fn insert(&self, text: &[u8], value: V, record: impl FnOnce() -> R) -> (u32, V) {
        let hash = self.hasher.hash_one(text);
        let (number, store) = self.store(hash);
        let Some(store) = store else { return (0, value) };
        let mut store = locked(store);
        let Store { table, pages, records } = &mut *store;
        if let Some(slot) = table.find(hash, |slot| slot.hash == hash && pages.text(slot.place) == text) {
            return (numbered(slot.index, number), slot.value);
        }
        let place = pages.add(text);
        // Beyond this a number would be two texts', and the run must end.
        let index = u32::try_from(records.len()).unwrap_or(u32::MAX);
        if index >= MOST {
            self.is_full.store(true, Ordering::Relaxed);
        }
        let before = table.capacity() * size_of::<Slot<V>>();
        table.insert_unique(hash, Slot { hash, place, index, value }, |slot| slot.hash);
        records.push(record());
        let grown = table.capacity() * size_of::<Slot<V>>() - before;
        self.bytes.fetch_add(text.len() + size_of::<R>() + grown, Ordering::Relaxed);
        (numbered(index, number), value)
    }

    /// Number of a text.
    pub fn number(&self, text: &[u8]) -> u32
    where
        V: Default,
        R: Default,
    {
        self.insert(text, V::default(), R::default).0
    }

    /// Memory that is held, nearly.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Whether there were more texts than numbers: what was numbered last is wrong.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.is_full.load(Ordering::Relaxed)
    }

    /// Ends the writing.
    #[must_use]
    pub fn freeze(self) -> Numbered<R> {
        let frozen = |store: Mutex<Store<V, R>>| {
            let Store { table, pages, records } = store.into_inner().unwrap_or_else(PoisonError::into_inner);
            let mut places = vec![Place::default(); records.len()];
            for slot in table {
                if let Some(place) = places.get_mut(slot.index as usize) {
                    *place = slot.place;
                }
            }
            Frozen { pages, places, records }
        };
        Numbered { stores: self.stores.into_iter().map(frozen).collect() }
    }
}

/// The number of what is at `index` of a store.
fn numbered(index: u32, store: u32) -> u32 {
    index.saturating_add(RESERVED / STORES).saturating_mul(STORES).saturating_add(store)
}

#[derive(Debug)]
struct Frozen<R> {
    pages: Pages,
    places: Vec<Place>,
    records: Vec<R>,
}

/// All texts and records, read-only.
#[derive(Debug)]
pub struct Numbered<R> {
    stores: Vec<Frozen<R>>,
}

impl<R> Default for Numbered<R> {
    fn default() -> Self {
        Self { stores: Vec::new() }
    }
}

impl<R> Numbered<R> {
    fn at(&self, number: u32) -> Option<(&Frozen<R>, usize)> {
        let index = (number / STORES).checked_sub(RESERVED / STORES)?;
        Some((self.stores.get((number % STORES) as usize)?, index as usize))
    }

    /// The text of a number; empty for a reserved one.
    #[must_use]
    pub fn text(&self, number: u32) -> &[u8] {
        let found =
            self.at(number).and_then(|(store, index)| Some(store.pages.text(*store.places.get(index)?)));
        found.unwrap_or_default()
    }

    /// The record of a number.
    #[must_use]
    pub fn record(&self, number: u32) -> Option<&R> {
        self.at(number).and_then(|(store, index)| store.records.get(index))
    }

    /// One more than the greatest number.
    #[must_use]
    pub fn end(&self) -> u32 {
        let most = self.stores.iter().map(|store| store.records.len()).max().unwrap_or(0);
        numbered(u32::try_from(most).unwrap_or(u32::MAX), 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn equal_texts_have_one_number_and_different_texts_two(
            texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..6), 0..200),
        ) {
            let interner: Interner<u8, usize> = Interner::default();
            let mut plain: BTreeMap<Vec<u8>, (u32, u8)> = BTreeMap::new();
            for (n, text) in texts.iter().enumerate() {
                prop_assert_eq!(interner.find(text), plain.get(text).copied());
                let (number, value) = interner.insert(text, n as u8, || n);
                prop_assert!(number >= RESERVED);
                let known = *plain.entry(text.clone()).or_insert((number, n as u8));
                prop_assert_eq!((number, value), known);
            }
            let mut numbers: Vec<u32> = plain.values().map(|(number, _)| *number).collect();
            numbers.sort_unstable();
            numbers.dedup();
            prop_assert_eq!(numbers.len(), plain.len());
            let frozen = interner.freeze();
            for (text, (number, value)) in &plain {
                prop_assert_eq!(frozen.text(*number), text.as_slice());
                prop_assert_eq!(frozen.record(*number).map(|n| *n as u8), Some(*value));
                prop_assert!(*number < frozen.end());
            }
        }
    }

    #[test]
    fn a_text_longer_than_a_page_is_kept_whole() {
        let interner: Interner<(), ()> = Interner::default();
        let texts: Vec<Vec<u8>> =
            (0..9u8).map(|n| vec![n; PAGE_BYTES / 2 + usize::from(n) * PAGE_BYTES]).collect();
        let numbers: Vec<u32> = texts.iter().map(|text| interner.number(text)).collect();
        let frozen = interner.freeze();
        for (number, text) in numbers.iter().zip(&texts) {
            assert_eq!(frozen.text(*number), text.as_slice());
        }
    }

    #[test]
    fn threads_that_meet_the_same_text_share_one_number() {
        let interner: Interner<(), ()> = Interner::default();
        let numbers: Vec<Vec<u32>> = std::thread::scope(|scope| {
            let all = || (0..500u32).map(|n| interner.number(n.to_string().as_bytes())).collect();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(all)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(numbers.windows(2).all(|w| w[0] == w[1]));
        assert_eq!(interner.freeze().text(numbers[0][42]), b"42");
    }
}
