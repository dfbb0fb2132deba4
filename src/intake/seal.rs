//! SHA-256 of the evidence, taken from the very bytes that are parsed, on a thread of its own.

use std::sync::{Arc, Mutex};

use sha2::{Digest, Sha256};

/// Lower-case hex of a digest.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| char::from(*DIGITS.get(usize::from(n & 15)).unwrap_or(&b'?'));
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(*b)]).collect()
}

/// SHA-256 of a byte string, as hex.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// A hash that a reader feeds on the way: of a compressed file as handed over.
#[derive(Clone, Default)]
pub struct Tap {
    state: Arc<Mutex<Sha256>>,
}

impl Tap {
    /// Passes `inner` through, hashing what is read.
    pub fn on<R: std::io::Read>(&self, inner: R) -> Tapped<R> {
        Tapped { inner, state: Arc::clone(&self.state) }
    }

    /// The digest so far, as hex.
    #[must_use]
    pub fn finish(&self) -> String {
        let state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        hex(&state.finalize())
    }
}

/// See [`Tap::on`].
pub struct Tapped<R> {
    inner: R,
    state: Arc<Mutex<Sha256>>,
}

impl<R: std::io::Read> std::io::Read for Tapped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        if let Some(seen) = buffer.get(..n) {
            self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner).update(seen);
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn the_tap_hashes_what_passes_through_it() {
        let tap = Tap::default();
        let mut out = Vec::new();
        tap.on(&b"abc"[..]).read_to_end(&mut out).unwrap();
        assert_eq!(out, b"abc");
        assert_eq!(tap.finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(tap.finish(), sha256_hex(b"abc"));
    }
}
