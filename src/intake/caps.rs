//! How far a compressed stream may unfold: what lies beyond is a finding, and what was read counts.
//!
//! A few kilobytes can hold a thousand terabytes of zeros. The caps are the operator's; nothing is ever taken from
//! a header of the file.

use std::fmt;
use std::io::{self, Read};

/// What is read between two looks at the caps: so much, at most, lies beyond the one on the ratio.
const STEP_BYTES: usize = 1 << 16;

/// Caps on one decompressed stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Most bytes of content.
    pub max_bytes: u64,
    /// Most bytes of content for one byte of the file.
    pub max_ratio: u64,
    /// Content up to which no ratio is too high: repetitive logs of that size hurt nobody.
    pub free_bytes: u64,
}

impl Default for Caps {
    fn default() -> Self {
        Self { max_bytes: 1 << 40, max_ratio: 1000, free_bytes: 64 << 20 }
    }
}

/// The error of a stream that would go beyond its caps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CapReached {
    /// More content than [`Caps::max_bytes`].
    Bytes(u64),
    /// More content for its size than [`Caps::max_ratio`].
    Ratio(u64),
}

impl fmt::Display for CapReached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(most) => write!(f, "it unfolds to more than the {most} bytes that are allowed"),
            Self::Ratio(most) => write!(f, "it unfolds to more than {most} times its size"),
        }
    }
}

impl std::error::Error for CapReached {}

/// The cap that made `error`, if one did.
#[must_use]
pub fn reached(error: &io::Error) -> Option<CapReached> {
    error.get_ref()?.downcast_ref::<CapReached>().copied()
}

/// A decompressed stream that ends in [`CapReached`] where it goes beyond its caps.
pub struct Capped<R, F> {
    inner: R,
    caps: Caps,
    given: u64,
    /// Bytes of the file that were taken for it so far.
    taken: F,
    over: Option<CapReached>,
}

impl<R: Read, F: Fn() -> u64> Capped<R, F> {
    /// Caps `inner`, whose compressed bytes `taken` counts.
    pub fn new(inner: R, caps: Caps, taken: F) -> Self {
        Self { inner, caps, given: 0, taken, over: None }
    }
}

impl<R: Read, F: Fn() -> u64> Read for Capped<R, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(over) = self.over {
            return Err(io::Error::other(over));
        }
        // Never a byte more than allowed, and the error only where there is one more.
        let left = usize::try_from(self.caps.max_bytes - self.given).unwrap_or(usize::MAX);
        if left == 0 && !buffer.is_empty() {
            let more = self.inner.read(&mut [0])?;
            if more > 0 {
                self.over = Some(CapReached::Bytes(self.caps.max_bytes));
                return self.read(buffer);
            }
            return Ok(0);
        }
        let room = buffer.len().min(left).min(STEP_BYTES);
        let n = self.inner.read(buffer.get_mut(..room).unwrap_or_default())?;
        self.given += n as u64;
        let most = (self.taken)().saturating_mul(self.caps.max_ratio).max(self.caps.free_bytes);
        if n > 0 && self.given > most {
            self.over = Some(CapReached::Ratio(self.caps.max_ratio));
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: u64, taken: u64, caps: Caps) -> (usize, Option<CapReached>) {
        let mut out = Vec::new();
        let mut capped = Capped::new(io::repeat(b'x').take(content), caps, || taken);
        let error = capped.read_to_end(&mut out).err();
        (out.len(), error.and_then(|e| reached(&e)))
    }

    #[test]
    fn what_was_read_before_the_absolute_cap_is_kept_and_the_cap_itself_is_allowed() {
        let caps = Caps { max_bytes: 1000, max_ratio: 1, ..Caps::default() };
        assert_eq!(read(1000, 1, caps), (1000, None));
        assert_eq!(read(1001, 1, caps), (1000, Some(CapReached::Bytes(1000))));
    }

    #[test]
    fn a_ratio_counts_only_above_the_free_bytes() {
        const FREE: usize = 1 << 20;
        let caps = Caps { max_bytes: u64::MAX, max_ratio: 10, free_bytes: FREE as u64 };
        let read = |content: usize, taken: usize| read(content as u64, taken as u64, caps);
        assert_eq!(read(FREE, 1), (FREE, None));
        let (kept, why) = read(FREE * 2, 1);
        assert!((FREE..=FREE + STEP_BYTES).contains(&kept), "{kept}");
        assert_eq!(why, Some(CapReached::Ratio(10)));
        assert_eq!(read(FREE * 2, FREE / 4), (2 * FREE, None));
    }
}
