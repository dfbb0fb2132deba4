//! `Range` and `Content-Range` header values as logged (RFC 9110 sections 14.2 and 14.4).
//!
//! Only the unit `bytes` is read; anything else, and anything that cannot be satisfied (`bytes */N`),
//! says nothing about what was sent.

use super::number::unsigned;

/// `Content-Range: bytes start-end/total`, positions inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentRange {
    /// First byte position.
    pub start: u64,
    /// Last byte position, inclusive.
    pub end: u64,
    /// Size of the whole representation; [`None`] for `*`.
    pub total: Option<u64>,
}

/// `Range: bytes=…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteRanges {
    /// One range: `a-b`, `a-` (`end` is [`None`]) or `-n` (`start` is [`None`], `end` is the suffix length).
    Single {
        /// First byte position.
        start: Option<u64>,
        /// Last byte position, inclusive; the length of the suffix where `start` is [`None`].
        end: Option<u64>,
    },
    /// Several ranges in one request.
    Multi,
}

/// Reads a `Content-Range` value.
#[must_use]
pub fn content_range(value: &[u8]) -> Option<ContentRange> {
    let rest = unit(value.trim_ascii())?.strip_prefix(b" ")?.trim_ascii_start();
    let (rest, start) = unsigned(rest).ok()?;
    let (rest, end) = unsigned(rest.strip_prefix(b"-")?).ok()?;
    let rest = rest.strip_prefix(b"/")?;
    let total = match rest {
        b"*" => None,
        _ => match unsigned(rest).ok()? {
            ([], total) => Some(total),
            _ => return None,
        },
    };
    let holds = start <= end && total.is_none_or(|total| end < total);
    holds.then_some(ContentRange { start, end, total })
}

/// Reads a `Range` value.
#[must_use]
pub fn byte_range(value: &[u8]) -> Option<ByteRanges> {
    let set = unit(value.trim_ascii())?.trim_ascii_start().strip_prefix(b"=")?;
    let mut ranges = set.split(|&byte| byte == b',').map(<[u8]>::trim_ascii).filter(|one| !one.is_empty());
    let first = single(ranges.next()?)?;
    let mut more = false;
    for one in ranges {
        single(one)?;
        more = true;
    }
    Some(if more { ByteRanges::Multi } else { first })
}

fn unit(value: &[u8]) -> Option<&[u8]> {
    let (unit, rest) = value.split_at_checked(5)?;
    unit.eq_ignore_ascii_case(b"bytes").then_some(rest)
}

fn single(one: &[u8]) -> Option<ByteRanges> {
    if let Some(suffix) = one.strip_prefix(b"-") {
        return match unsigned(suffix).ok()? {
            ([], length) => Some(ByteRanges::Single { start: None, end: Some(length) }),
            _ => None,
        };
    }
    let (rest, start) = unsigned(one).ok()?;
    match rest.strip_prefix(b"-")? {
        [] => Some(ByteRanges::Single { start: Some(start), end: None }),
        rest => match unsigned(rest).ok()? {
            ([], end) if start <= end => Some(ByteRanges::Single { start: Some(start), end: Some(end) }),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// METHOD M5.1: the total of a content range is a full size.
    #[test]
    fn a_content_range_states_the_full_size() {
        let wanted = ContentRange { start: 0, end: 99, total: Some(1000) };
        assert_eq!(content_range(b"bytes 0-99/1000"), Some(wanted));
        assert_eq!(content_range(b"bytes 0-99/*"), Some(ContentRange { total: None, ..wanted }));
        for bad in [&b"bytes */1000"[..], b"bytes 99-0/1000", b"bytes 0-1000/1000", b"lines 0-1/2", b"-", b""]
        {
            assert_eq!(content_range(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn one_range_may_be_open_or_a_suffix() {
        let single = |start, end| Some(ByteRanges::Single { start, end });
        assert_eq!(byte_range(b"bytes=0-1"), single(Some(0), Some(1)));
        assert_eq!(byte_range(b"bytes=5-"), single(Some(5), None));
        assert_eq!(byte_range(b"Bytes=-500"), single(None, Some(500)));
        assert_eq!(byte_range(b"bytes=0-1, 5-6"), Some(ByteRanges::Multi));
        for bad in [&b"bytes=6-5"[..], b"bytes=", b"bytes=-", b"bytes 0-1", b"bytes=0-1,x"] {
            assert_eq!(byte_range(bad), None, "{bad:?}");
        }
    }
}
