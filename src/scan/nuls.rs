//! Whether a line can hold a NUL, asked of a stretch of many lines at once and just before they are read: the stretch
//! is then in the nearest cache when the parsers come to it.

use accesstrail_parsers::framing;

/// Half of a first-level cache.
const STRETCH_BYTES: usize = 16 << 10;

/// A text that is looked through for NULs as it is read.
pub(super) struct Nuls<'a> {
    text: &'a [u8],
    looked_at: usize,
    met: bool,
}

impl<'a> Nuls<'a> {
    /// Of `text`; where it is `full` of them, as UTF-16 is, none is looked for.
    pub(super) const fn of(text: &'a [u8], full: bool) -> Self {
        Self { text, looked_at: 0, met: full }
    }

    /// False only if no NUL stands before `end`, for ends that grow.
    #[inline]
    pub(super) fn may_stand_before(&mut self, end: usize) -> bool {
        while !self.met && self.looked_at < end.min(self.text.len()) {
            let until = self.text.len().min(self.looked_at + STRETCH_BYTES);
            self.met = self.text.get(self.looked_at..until).is_some_and(framing::holds_nul);
            self.looked_at = until;
        }
        self.met
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_nul_is_passed_over_wherever_it_stands() {
        let length = 3 * STRETCH_BYTES + 5;
        for at in [0, 1, STRETCH_BYTES - 1, STRETCH_BYTES, 2 * STRETCH_BYTES + 7, length - 1] {
            let mut text = vec![b'x'; length];
            text[at] = 0;
            let mut nuls = Nuls::of(&text, false);
            for end in (0..=length).step_by(100).chain([length]) {
                assert!(nuls.may_stand_before(end) || end <= at, "{at} {end}");
            }
        }
        let mut clean = Nuls::of(b"abc", false);
        assert!(!clean.may_stand_before(3) && Nuls::of(b"abc", true).may_stand_before(0));
    }
}
