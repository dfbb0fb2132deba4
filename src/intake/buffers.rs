//! Buffers that go round: what the last thread to hold a block lets go of is read into again.
//!
//! A fresh buffer of a MiB costs a page fault for every 4 KiB of it and is zeroed twice, once by the system and once
//! by [`Read`](std::io::Read), which must not see memory that was never written. That was a quarter of the reader's
//! time. There are never more buffers than blocks in flight, so nothing here needs a bound of its own.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

/// The idle buffers of one reader.
#[derive(Debug, Clone, Default)]
pub struct Buffers {
    idle: Arc<Mutex<Vec<Vec<u8>>>>,
}

/// The length of a buffer when it is made, and most of one that is kept: a block, and the end of its last line.
const BUFFER_BYTES: usize = (1 << 20) + (1 << 16);

impl Buffers {
    /// An empty buffer, a used one if there is any: the one that was let go of last is the likeliest to be in a cache.
    #[must_use]
    pub fn take(&self) -> Buffer {
        let used = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let bytes = used.unwrap_or_else(|| vec![0; BUFFER_BYTES]);
        Buffer { bytes, filled: 0, home: self.clone() }
    }
}

/// Bytes of a stream; as a slice, those that were filled in.
#[derive(Debug)]
pub struct Buffer {
    /// All of it is initialised, so that it can be lent to any reader.
    bytes: Vec<u8>,
    filled: usize,
    home: Buffers,
}

impl Buffer {
    /// The room between what is filled and `until`.
    pub(super) fn room(&mut self, until: usize) -> &mut [u8] {
        if self.bytes.len() < until {
            self.bytes.resize(until, 0);
        }
        self.bytes.get_mut(self.filled..until).unwrap_or_default()
    }

    /// Counts `more` bytes of the room as filled.
    pub(super) fn fill(&mut self, more: usize) {
        self.filled = self.bytes.len().min(self.filled + more);
    }

    /// Moves what stands behind `length` to a buffer of its own.
    pub(super) fn split_off(&mut self, length: usize) -> Self {
        let mut rest = self.home.take();
        let moved = self.get(length..).unwrap_or_default();
        rest.room(moved.len()).copy_from_slice(moved);
        rest.filled = moved.len();
        self.filled = self.filled.min(length);
        rest
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(..self.filled).unwrap_or_default()
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // One that grew for a long line or a long run is let go of, else memory would stay at the worst of the file.
        if self.bytes.len() <= BUFFER_BYTES {
            let bytes = std::mem::take(&mut self.bytes);
            self.home.idle.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(buffers: &Buffers, text: &[u8]) -> Buffer {
        let mut buffer = buffers.take();
        buffer.room(text.len()).copy_from_slice(text);
        buffer.fill(text.len());
        buffer
    }

    #[test]
    fn a_buffer_comes_back_empty_and_only_once() {
        let buffers = Buffers::default();
        let shared = Arc::new(filled(&buffers, b"secret"));
        let other = Arc::clone(&shared);
        drop(shared);
        assert_eq!(buffers.idle.lock().unwrap().len(), 0);
        drop(other);
        let again = buffers.take();
        assert_eq!((&*again, buffers.idle.lock().unwrap().len()), (&b""[..], 0));
    }

    #[test]
    fn what_is_split_off_and_what_stays_are_all_there_was() {
        let buffers = Buffers::default();
        for cut in 0..=6 {
            let mut buffer = filled(&buffers, b"abcdef");
            let rest = buffer.split_off(cut);
            assert_eq!((&*buffer, &*rest), b"abcdef".split_at(cut));
        }
    }

    #[test]
    fn a_buffer_that_grew_is_not_kept() {
        let buffers = Buffers::default();
        drop(filled(&buffers, &vec![b'x'; BUFFER_BYTES + 1]));
        assert_eq!(buffers.idle.lock().unwrap().len(), 0);
    }
}
