//! How a path must begin and end for any pattern to match it: nearly every line of a log is told apart by that alone.
//!
//! From each pattern the literals are taken that stand at its anchored begin and end. [`Ends`] holds, for the first and
//! the last [`REACH`] places of a path, which patterns allow which byte there; a path whose bytes no pattern allows all
//! together matches none. It is a condition that is necessary and not sufficient: what passes is matched as before.
//! A pattern that is anchored at neither end wants nothing there and would let every path pass: such patterns are left
//! out and looked for by themselves.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Hir, Look};

/// Places looked at from either end.
const REACH: usize = 16;
/// Patterns share so many bits.
const BITS: usize = u64::BITS as usize;

/// Which patterns allow a byte, by byte.
type Place = [u64; 256];

/// What the patterns of all resources want at the two ends of a path; those that want nothing there are left out.
#[derive(Debug, Clone)]
pub(super) struct Ends {
    /// By the distance from the begin.
    heads: Vec<Place>,
    /// By the distance from the end.
    tails: Vec<Place>,
}

impl Ends {
    /// The ends of `patterns`, which are regexes over bytes with Unicode mode off, and the patterns without any.
    pub(super) fn of(patterns: &[String]) -> (Self, Vec<String>) {
        let mut ends = Self { heads: vec![[0; 256]; REACH], tails: vec![[0; 256]; REACH] };
        let mut sorted: Vec<(Wanted, &String)> = patterns.iter().map(|p| (Wanted::by(p), p)).collect();
        let endless =
            sorted.extract_if(.., |(wanted, _)| wanted.is_nothing()).map(|(_, p)| p.clone()).collect();
        // Neighbours in this order begin alike, so that patterns of one bit do.
        sorted.sort_unstable();
        let a_bit = sorted.len().div_ceil(BITS).max(1);
        for (index, (wanted, _)) in sorted.iter().enumerate() {
            let bit = 1 << (index / a_bit);
            allow(&mut ends.heads, bit, &wanted.heads);
            allow(&mut ends.tails, bit, &wanted.tails);
        }
        (ends, endless)
    }

    /// False only if no pattern with ends matches `path`.
    #[inline]
    pub(super) fn may_match(&self, path: &[u8]) -> bool {
        let heads = self.heads.iter().zip(path);
        let tails = self.tails.iter().zip(path.iter().rev());
        let mut left = u64::MAX;
        for (place, byte) in heads.chain(tails) {
            left &= place.get(usize::from(*byte)).copied().unwrap_or(u64::MAX);
            if left == 0 {
                return false;
            }
        }
        true
    }
}

/// One of `heads` stands at the begin of every match, one of `tails` at its end. No text at all stands anywhere.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Wanted {
    heads: Vec<Vec<u8>>,
    /// Back to front.
    tails: Vec<Vec<u8>>,
}

impl Wanted {
    fn by(pattern: &str) -> Self {
        let anything = || vec![Vec::new()];
        let Ok(hir) = ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern) else {
            return Self { heads: anything(), tails: anything() };
        };
        let starts = hir.properties().look_set_prefix().contains(Look::Start);
        let ends = hir.properties().look_set_suffix().contains(Look::End);
        let heads = starts.then(|| literals(&hir, ExtractKind::Prefix)).flatten();
        let mut tails = ends.then(|| literals(&hir, ExtractKind::Suffix)).flatten().unwrap_or_else(anything);
        tails.iter_mut().for_each(|tail| tail.reverse());
        Self { heads: heads.unwrap_or_else(anything), tails }
    }

    fn is_nothing(&self) -> bool {
        let open = |literals: &[Vec<u8>]| literals.iter().any(Vec::is_empty);
        open(&self.heads) && open(&self.tails)
    }
}

fn literals(pattern: &Hir, kind: ExtractKind) -> Option<Vec<Vec<u8>>> {
    let found = Extractor::new().kind(kind).extract(pattern);
    Some(found.literals()?.iter().map(|literal| literal.as_bytes().to_vec()).collect())
}

/// Lets `bit` pass with any of `literals`.
fn allow(places: &mut [Place], bit: u64, literals: &[Vec<u8>]) {
    for literal in literals {
        for (at, place) in places.iter_mut().enumerate() {
            match literal.get(at) {
                Some(byte) => place.iter_mut().skip(usize::from(*byte)).take(1).for_each(|bits| *bits |= bit),
                None => place.iter_mut().for_each(|bits| *bits |= bit),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(patterns: &[&str], path: &str) -> bool {
        let patterns: Vec<String> = patterns.iter().map(|p| (*p).to_owned()).collect();
        let (ends, endless) = Ends::of(&patterns);
        !endless.is_empty() || ends.may_match(path.as_bytes())
    }

    #[test]
    fn head_and_tail_must_be_those_of_one_pattern() {
        let patterns = ["(?:^(?:/a/[^/]*\\.csv)$)", "^/b"];
        assert!(may(&patterns, "/a/x.csv") && may(&patterns, "/b/anything"));
        for path in ["/a/x.png", "/c", "/c.csv", "/ab.csv"] {
            assert!(!may(&patterns, path), "{path}");
        }
    }

    #[test]
    fn a_path_shorter_than_a_literal_may_pass_and_none_is_refused_for_its_shortness() {
        assert!(may(&["^/a$"], "/a") && may(&["^/?$"], "") && may(&["^/"], "/"));
        assert!(!may(&["^/a$"], "/"));
    }

    #[test]
    fn what_is_not_anchored_says_nothing_of_the_ends() {
        for pattern in ["a", "(?m)^a$", "^a|b", "a$|b", "\\ba\\b", "(?i-u)x(?:^)"] {
            assert!(may(&[pattern], "/z"), "{pattern}");
        }
    }

    #[test]
    fn case_folds_where_the_pattern_folds() {
        assert!(may(&["(?i:^(?:/Data/a.csv)$)"], "/dATA/A.CSV"));
        assert!(!may(&["(?:^(?:/Data/a.csv)$)"], "/data/a.csv"));
    }

    #[test]
    fn more_patterns_than_bits_share_them() {
        let patterns: Vec<String> = (0..1000).map(|n| format!("^/p{n}/x$")).collect();
        let (ends, _) = Ends::of(&patterns);
        assert!((0..1000).all(|n| ends.may_match(format!("/p{n}/x").as_bytes())));
        assert!(!ends.may_match(b"/p7/y") && !ends.may_match(b"/q7/x"));
    }
}
