//! From times and counts to pixels.

/// Time runs right, linearly: an hour is as wide in a 23-hour day as in a 25-hour one.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeScale {
    pub(super) start_us: i64,
    pub(super) end_us: i64,
    pub(super) x0: i32,
    pub(super) x1: i32,
}

impl TimeScale {
    /// The pixel of an instant; instants outside are put on the nearer edge.
    pub(super) fn x(&self, at_us: i64) -> i32 {
        let span = i128::from(self.end_us) - i128::from(self.start_us);
        let into = i128::from(at_us.clamp(self.start_us, self.end_us.max(self.start_us)))
            - i128::from(self.start_us);
        let wide = i128::from(self.x1 - self.x0);
        self.x0 + if span > 0 { ((into * wide + span / 2) / span) as i32 } else { 0 }
    }
}

/// Counts run up from zero, linearly.
#[derive(Debug, Clone, Copy)]
pub(super) struct CountScale {
    /// The count at the upper edge, at least 1.
    pub(super) top: u64,
    pub(super) y_zero: i32,
    pub(super) y_top: i32,
}

impl CountScale {
    /// The pixel of a count. What is not zero stands at least three pixels above it.
    pub(super) fn y(&self, count: u64) -> i32 {
        let high = i128::from(self.y_zero - self.y_top);
        let up = (i128::from(count.min(self.top)) * high / i128::from(self.top.max(1))) as i32;
        self.y_zero - if count > 0 { up.max(3) } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_among_a_billion_is_not_drawn_as_zero() {
        let scale = CountScale { top: 1_000_000_000, y_zero: 400, y_top: 0 };
        assert_eq!((scale.y(0), scale.y(1), scale.y(1_000_000_000)), (400, 397, 0));
    }

    #[test]
    fn the_extremes_of_time_do_not_overflow() {
        let scale = TimeScale { start_us: i64::MIN, end_us: i64::MAX, x0: 0, x1: 2000 };
        assert_eq!((scale.x(i64::MIN), scale.x(0), scale.x(i64::MAX)), (0, 1000, 2000));
    }
}
