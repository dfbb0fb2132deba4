//! Searches for a byte that nearly always stands near: the end of an address, a `-`, a status.
//!
//! Most columns of a line are shorter than what a call to a vectorised search costs. So the first bytes are looked at
//! here, eight at a time in one register, and only what is not found among them is searched for in earnest.

use memchr::{memchr, memchr2};

/// How many words of eight bytes are looked at first.
const WORDS: usize = 3;
const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Position of the first `byte` in `text`.
#[inline]
#[must_use]
pub fn byte(byte: u8, text: &[u8]) -> Option<usize> {
    let wanted = LOW.wrapping_mul(u64::from(byte));
    search(text, |word| zeros(word ^ wanted), |found| found == byte, |rest| memchr(byte, rest))
}

/// Position of the first byte in `text` that is one of two.
#[inline]
#[must_use]
pub fn either(a: u8, b: u8, text: &[u8]) -> Option<usize> {
    let wanted = (LOW.wrapping_mul(u64::from(a)), LOW.wrapping_mul(u64::from(b)));
    search(
        text,
        |word| zeros(word ^ wanted.0) | zeros(word ^ wanted.1),
        |found| found == a || found == b,
        |rest| memchr2(a, b, rest),
    )
}

#[inline]
fn search(
    text: &[u8],
    hits: impl Fn(u64) -> u64,
    is_hit: impl Fn(u8) -> bool,
    far: impl Fn(&[u8]) -> Option<usize>,
) -> Option<usize> {
    let mut rest = text;
    let mut before = 0;
    for _ in 0..WORDS {
        let Some((chunk, tail)) = rest.split_first_chunk::<8>() else {
            return rest.iter().position(|found| is_hit(*found)).map(|at| before + at);
        };
        let found = hits(u64::from_le_bytes(*chunk));
        if found != 0 {
            return Some(before + found.trailing_zeros() as usize / 8);
        }
        (rest, before) = (tail, before + 8);
    }
    far(rest).map(|at| before + at)
}

/// The high bit of each zero byte of `word`. Bits above the first may be set for a byte of 1 too, but the lowest is
/// always that of a zero.
#[inline]
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(LOW) & !word & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_found_is_what_a_plain_loop_finds(
            text in prop::collection::vec(prop_oneof![any::<u8>(), Just(b' '), Just(b'!'), Just(b'\\'), Just(0)], 0..60),
            skipped in 0..8_usize,
        ) {
            let text = text.get(skipped..).unwrap_or_default();
            for (a, b) in [(b' ', b'!'), (0, 1), (b'"', b'\\'), (0x80, 0xff)] {
                prop_assert_eq!(byte(a, text), text.iter().position(|found| *found == a));
                prop_assert_eq!(either(a, b, text), text.iter().position(|found| *found == a || *found == b));
            }
        }
    }
}
