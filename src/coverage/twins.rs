//! Whether two logs of one vantage show the same requests (METHOD M6.9): a front server's and its backend's log, say.
//! Adding them would count each request twice.

use std::collections::HashMap;

use foldhash::quality::RandomState;

/// Fewer equal requests than this are reported, not refused: chance makes a few.
pub const LEAST_EQUAL: u64 = 16;
/// So many peers that carry [`FEW_PEERS_SHARE`] of a side are proxies.
const FEW_PEERS: usize = 8;
const FEW_PEERS_SHARE: f64 = 0.9;
/// Seconds by which the times of logs with different time bases may differ.
const LENIENT_S: i64 = 2;

/// One request, as far as it can be recognised in another log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// Adjusted UTC, whole seconds.
    pub second: i64,
    /// Canonical client.
    pub client: (u8, u64, u64),
    /// The socket's other end: equal for equal ones.
    pub peer: (u8, u64, u64),
    /// Raw target.
    pub target: u32,
    /// Status.
    pub status: u16,
    /// Bytes, -1 where not logged.
    pub bytes: i64,
}

/// What comparing two logs gave, inside their common span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Likeness {
    /// Requests of the smaller side that the other shows too.
    pub equal: u64,
    /// Requests of the smaller side.
    pub of: u64,
    /// Found only by leaving the client out although both sides have few peers: two servers that each see a few
    /// clients look like that too.
    pub doubtful: bool,
}

impl Likeness {
    /// METHOD M6.9: at least half of the smaller side.
    #[must_use]
    pub fn is_half(self) -> bool {
        self.of > 0 && self.equal * 2 >= self.of
    }

    /// Enough to refuse: many requests, or nearly all of a few.
    #[must_use]
    pub fn is_certain(self) -> bool {
        let nearly_all = self.equal >= 2 && self.equal * 10 >= self.of * 9;
        self.is_half() && !self.doubtful && (self.equal >= LEAST_EQUAL || nearly_all)
    }
}

type Key = ((u8, u64, u64), u32, u16, i64);

/// Compares two logs. `one_basis` tells whether their times state the same moment.
#[must_use]
pub fn likeness(a: &[Sight], b: &[Sight], one_basis: bool) -> Likeness {
    let lenient = if one_basis { 0 } else { LENIENT_S };
    let Some((from, until)) = common_span(a, b) else { return Likeness { equal: 0, of: 0, doubtful: false } };
    let inside = |side: &[Sight]| -> Vec<Sight> {
        side.iter().filter(|s| s.second >= from - lenient && s.second <= until + lenient).copied().collect()
    };
    let (a, b) = (inside(a), inside(b));
    let of = a.len().min(b.len()) as u64;
    let with =
        |by_client: bool, doubtful: bool| Likeness { equal: equal(&a, &b, by_client, lenient), of, doubtful };
    match (is_proxied(&a), is_proxied(&b)) {
        (false, false) => with(true, false),
        // One log sees the proxy where the other sees clients.
        (true, false) | (false, true) => with(false, false),
        (true, true) => {
            let by_client = with(true, false);
            if by_client.is_half() { by_client } else { with(false, true) }
        }
    }
}

fn equal(a: &[Sight], b: &[Sight], by_client: bool, lenient: i64) -> u64 {
    let key =
        |s: &Sight| -> Key { (if by_client { s.client } else { (0, 0, 0) }, s.target, s.status, s.bytes) };
    let mut seen: HashMap<Key, (Vec<i64>, Vec<i64>), RandomState> = HashMap::default();
    for s in a {
        seen.entry(key(s)).or_default().0.push(s.second);
    }
    for s in b {
        seen.entry(key(s)).or_default().1.push(s.second);
    }
    seen.into_values().map(|(mut a, mut b)| pairs(&mut a, &mut b, lenient)).sum()
}

fn common_span(a: &[Sight], b: &[Sight]) -> Option<(i64, i64)> {
    let span = |side: &[Sight]| {
        let seconds = side.iter().map(|s| s.second);
        Some((seconds.clone().min()?, seconds.max()?))
    };
    let (a, b) = (span(a)?, span(b)?);
    let common = (a.0.max(b.0), a.1.min(b.1));
    (common.0 <= common.1).then_some(common)
}

/// Whether a few peers carry nearly all requests: then the client column is a proxy's.
fn is_proxied(side: &[Sight]) -> bool {
    let mut peers: HashMap<(u8, u64, u64), usize, RandomState> = HashMap::default();
    for s in side {
        *peers.entry(s.peer).or_default() += 1;
    }
    let mut counts: Vec<usize> = peers.into_values().collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let most: usize = counts.iter().take(FEW_PEERS).sum();
    most as f64 >= FEW_PEERS_SHARE * side.len() as f64
}

/// Greedy pairing of sorted times at most `lenient` apart; each is used once.
fn pairs(a: &mut [i64], b: &mut [i64], lenient: i64) -> u64 {
    a.sort_unstable();
    b.sort_unstable();
    let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
    let mut n = 0;
    while let (Some(x), Some(y)) = (left.peek(), right.peek()) {
        if x.abs_diff(**y) <= lenient.unsigned_abs() {
            n += 1;
            left.next();
            right.next();
        } else if x < y {
            left.next();
        } else {
            right.next();
        }
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(second: i64, client: u64) -> Sight {
        Sight {
            second,
            client: (1, 0, client),
            peer: (1, 0, client),
            target: (second % 7) as u32,
            status: 200,
            bytes: second,
        }
    }

    fn log(n: i64) -> Vec<Sight> {
        (0..n).map(|s| sight(s, (s % 40) as u64)).collect()
    }

    /// METHOD M6.9.
    #[test]
    fn a_log_and_its_copy_from_another_server_show_the_same_requests() {
        assert_eq!(likeness(&log(100), &log(100), true), Likeness { equal: 100, of: 100, doubtful: false });
    }

    /// METHOD M6.9: seconds may differ by two where the logs state different moments.
    #[test]
    fn completion_a_second_later_is_the_same_request_only_between_different_bases() {
        let later: Vec<Sight> = log(100).into_iter().map(|s| Sight { second: s.second + 2, ..s }).collect();
        assert_eq!(likeness(&log(100), &later, false).equal, 100);
        assert!(!likeness(&log(100), &later, true).is_half());
    }

    /// METHOD M6.9: without the client where a few peers carry one side.
    #[test]
    fn behind_a_proxy_the_client_is_left_out() {
        let proxied: Vec<Sight> =
            log(100).into_iter().map(|s| Sight { client: (1, 0, 9), peer: (1, 0, 9), ..s }).collect();
        assert_eq!(likeness(&log(100), &proxied, true).equal, 100);
    }

    /// METHOD M6.9.
    #[test]
    fn two_servers_of_one_pool_show_different_requests() {
        let other: Vec<Sight> = log(100).into_iter().map(|s| Sight { target: s.target + 50, ..s }).collect();
        assert_eq!(likeness(&log(100), &other, true), Likeness { equal: 0, of: 100, doubtful: false });
    }

    /// METHOD M6.9: only the common span counts.
    #[test]
    fn logs_of_different_days_have_no_common_span() {
        let next_day: Vec<Sight> =
            log(100).into_iter().map(|s| Sight { second: s.second + 86_400, ..s }).collect();
        assert_eq!(likeness(&log(100), &next_day, true), Likeness { equal: 0, of: 0, doubtful: false });
    }
}
