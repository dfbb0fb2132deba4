//! SplitMix64: what is drawn is the same on every machine.

/// A seeded stream of numbers.
pub(crate) struct Draw(u64);

/// Letters of ids.
pub(super) const HEX: &[u8] = b"0123456789ABCDEF";
pub(super) const BASE_36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
pub(super) const BASE_64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

impl Draw {
    /// The stream that the requests are drawn from.
    pub(crate) fn new() -> Self {
        Self::of(0x5EED)
    }

    /// Another stream, for what a format has beside the requests.
    pub(super) fn of(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    /// Adds `n` of these letters to the text.
    pub(super) fn letters(&mut self, of: &[u8], n: usize, text: &mut Vec<u8>) {
        text.extend((0..n).filter_map(|_| of.get(self.below(of.len() as u64) as usize)));
    }
}
