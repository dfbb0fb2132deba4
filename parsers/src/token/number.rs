//! Numbers: byte counts, status codes, durations.

use super::{Leaf, Wrong, misshapen};
use crate::fault::FaultKind;
use nom::Parser;
use nom::bytes::complete::tag;
use nom::character::complete::digit1;
use nom::combinator::opt;
use nom::sequence::preceded;

/// An unsigned number that fits 64 bits.
#[inline]
pub fn unsigned(i: &[u8]) -> Leaf<'_, u64> {
    /// So many digits always fit.
    const FIT: usize = 19;
    let mut value: u64 = 0;
    let mut taken = 0;
    for digit in i.iter().take(FIT).take_while(|byte| byte.is_ascii_digit()) {
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit.wrapping_sub(b'0')));
        taken += 1;
    }
    let rest = i.get(taken..).unwrap_or_default();
    match taken {
        0 => misshapen("a number", i),
        FIT => long(value, rest, i),
        _ => Ok((rest, value)),
    }
}

/// The rest of a number that may not fit.
#[cold]
fn long<'a>(value: u64, rest: &'a [u8], i: &'a [u8]) -> Leaf<'a, u64> {
    let (mut value, mut rest) = (value, rest);
    while let Some((digit @ b'0'..=b'9', tail)) = rest.split_first() {
        let next = value.checked_mul(10).and_then(|value| value.checked_add(u64::from(digit - b'0')));
        let Some(next) = next else { return misshapen("a number below 2^64", i) };
        (value, rest) = (next, tail);
    }
    Ok((rest, value))
}

/// A byte count: a number, or `-` for [`None`].
#[inline]
pub fn bytes_or_dash(i: &[u8]) -> Leaf<'_, Option<u64>> {
    match i {
        [b'-', rest @ ..] => Ok((rest, None)),
        _ => unsigned(i).map(|(rest, value)| (rest, Some(value))),
    }
}

/// A column that holds a number nobody counts with (a duration, a port): digits with an optional
/// fraction, or `-`. Eaten, not kept.
pub fn skipped(i: &[u8]) -> Leaf<'_, ()> {
    if let Some(rest) = i.strip_prefix(b"-") {
        return Ok((rest, ()));
    }
    let fraction = opt(preceded(tag(&b"."[..]), digit1));
    match (digit1::<&[u8], Wrong<'_>>, fraction).parse(i) {
        Ok((rest, _)) => Ok((rest, ())),
        Err(_shape) => misshapen("a number", i),
    }
}

/// A status: exactly three digits, or `-` for [`None`] (METHOD M1.2, fault kind `status`).
#[inline]
pub fn status(i: &[u8]) -> Leaf<'_, Option<u16>> {
    match i {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', rest @ ..]
            if !rest.first().is_some_and(u8::is_ascii_digit) =>
        {
            let value = u16::from(a - b'0') * 100 + u16::from(b - b'0') * 10 + u16::from(c - b'0');
            Ok((rest, Some(value)))
        }
        [b'-', rest @ ..] if !rest.first().is_some_and(u8::is_ascii_alphanumeric) => Ok((rest, None)),
        [] => misshapen("a status; the line ends here", i),
        _ => Err(nom::Err::Error(Wrong { kind: FaultKind::Status, expected: "three digits or `-`", at: i })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_above_64_bits_is_refused_not_wrapped() {
        assert_eq!(unsigned(b"18446744073709551615 x"), Ok((&b" x"[..], u64::MAX)));
        assert!(unsigned(b"18446744073709551616").is_err());
        assert!(unsigned(b"").is_err() && unsigned(b"-1").is_err());
    }

    #[test]
    fn a_status_is_three_digits_or_a_dash() {
        assert_eq!(status(b"200 "), Ok((&b" "[..], Some(200))));
        assert_eq!(status(b"000"), Ok((&b""[..], Some(0))));
        assert_eq!(status(b"- 7908"), Ok((&b" 7908"[..], None)));
        for bad in [&b"2000"[..], b"20", b"abc", b"-1"] {
            let kind = status(bad).map_err(|error| super::super::reason(error).kind);
            assert_eq!(kind, Err(FaultKind::Status), "{bad:?}");
        }
    }

    #[test]
    fn durations_may_have_a_fraction() {
        assert_eq!(skipped(b"0.001 x"), Ok((&b" x"[..], ())));
        assert_eq!(skipped(b"12. x"), Ok((&b". x"[..], ())));
        assert_eq!(skipped(b"-"), Ok((&b""[..], ())));
        assert!(skipped(b"x").is_err());
    }
}
