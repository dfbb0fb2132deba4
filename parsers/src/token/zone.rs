//! Zones as logs write them: `-0700`, `+03:30`, `Z`, or a name to be resolved by a zone table later.

use super::{Leaf, misshapen, no_time};
use crate::record::Zone;

const fn digit(byte: u8) -> Option<i32> {
    if byte.is_ascii_digit() { Some((byte - b'0') as i32) } else { None }
}

/// Seconds east of UTC of `±hhmm`; [`None`] unless five such bytes with an offset below 24 h.
#[must_use]
pub fn offset_seconds(text: [u8; 5]) -> Option<i32> {
    let [sign, h1, h2, m1, m2] = text;
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let hours = digit(h1)? * 10 + digit(h2)?;
    let minutes = digit(m1)? * 10 + digit(m2)?;
    if hours > 23 || minutes > 59 { None } else { Some(sign * (hours * 3600 + minutes * 60)) }
}

/// A numeric zone at the front: `±hhmm`, `±hh:mm`, `±hh`, `Z` or `z`.
pub fn numeric(i: &[u8]) -> Leaf<'_, i32> {
    let (text, rest) = match i {
        [b'Z' | b'z', rest @ ..] => return Ok((rest, 0)),
        [s @ (b'+' | b'-'), a, b, b':', c, d, rest @ ..] => ([*s, *a, *b, *c, *d], rest),
        [s @ (b'+' | b'-'), a, b, c @ b'0'..=b'9', d, rest @ ..] => ([*s, *a, *b, *c, *d], rest),
        [s @ (b'+' | b'-'), a, b, rest @ ..] => ([*s, *a, *b, b'0', b'0'], rest),
        _ => return misshapen("a zone such as `-0700`", i),
    };
    match offset_seconds(text) {
        Some(seconds) => Ok((rest, seconds)),
        None if text.iter().skip(1).all(u8::is_ascii_digit) => no_time("a zone offset below 24 hours", i),
        None => misshapen("a zone such as `-0700`", i),
    }
}

/// A zone column that has already been delimited. A name is anything that begins with a letter
/// (`Pacific Daylight Time`, `E. Australia Standard Time`, `GMT`, or a localised name in bytes).
#[must_use]
pub fn delimited(text: &[u8]) -> Option<Zone<'_>> {
    match numeric(text) {
        Ok(([], seconds)) => Some(Zone::Offset(seconds)),
        _ if text.first().is_some_and(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii()) => {
            Some(Zone::Name(text))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numeric_zones_in_all_spellings() {
        assert_eq!(numeric(b"-0700]"), Ok((&b"]"[..], -25200)));
        assert_eq!(numeric(b"+03:30"), Ok((&b""[..], 12600)));
        assert_eq!(numeric(b"+02 x"), Ok((&b" x"[..], 7200)));
        assert_eq!(numeric(b"Z"), Ok((&b""[..], 0)));
        assert!(numeric(b"+2500").is_err() && numeric(b"+0a00").is_err() && numeric(b"0700").is_err());
    }

    #[test]
    fn windows_zone_names_hold_spaces_and_dots() {
        assert_eq!(delimited(b"E. Australia Standard Time"), Some(Zone::Name(b"E. Australia Standard Time")));
        assert_eq!(delimited(b"+0000"), Some(Zone::Offset(0)));
        assert_eq!(delimited(b"Zulu"), Some(Zone::Name(b"Zulu")));
        assert_eq!(delimited(b""), None);
        assert_eq!(delimited(b"-"), None);
    }
}
