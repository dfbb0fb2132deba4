//! The writer's own escaping of a column, undone (METHOD M4.2 step 1; FORMATS 0.9).
//!
//! Apache writes `\"`, `\\`, `\b`, `\n`, `\r`, `\t`, `\v` and `\xhh`; nginx writes `\xHH` alone, or JSON escapes. W3C
//! logs write a space as `+`, CloudFront and S3's keys `%hh`, HAProxy `#hh`, CSV a quote twice, Azure Storage HTML entities.
//! Whatever is no escape of the writer stays as it stands.

use accesstrail_parsers::record::Escape;

use super::hex;

/// Writes what an escape stands for, and says how many bytes behind its first one it took; none where it is no escape.
type Undo = fn(&[u8], &mut Vec<u8>) -> Option<usize>;

/// The text with escapes undone; borrowed where it holds none.
pub fn unescape<'b>(text: &'b [u8], escape: Escape, out: &'b mut Vec<u8>) -> &'b [u8] {
    let (lead, one): (u8, Undo) = match escape {
        Escape::None => return text,
        Escape::Backslash => (b'\\', backslash),
        Escape::Json => (b'\\', json),
        Escape::Plus => (b'+', plus),
        Escape::Percent => (b'%', percent),
        Escape::Doubled => (b'"', doubled),
        Escape::Entities => (b'&', entity),
        Escape::Hash => (b'#', percent),
    };
    if memchr::memchr(lead, text).is_none() {
        return text;
    }
    out.clear();
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte == lead
            && let Some(taken) = one(tail, out)
        {
            rest = tail.get(taken..).unwrap_or_default();
        } else {
            out.push(byte);
        }
    }
    out
}

fn plus(_tail: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    out.push(b' ');
    Some(0)
}

fn percent(tail: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    let [high, low, ..] = tail else { return None };
    out.push(hex(*high)? << 4 | hex(*low)?);
    Some(2)
}

fn doubled(tail: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    tail.starts_with(b"\"").then(|| {
        out.push(b'"');
        1
    })
}

/// What follows the `&` of an HTML entity: the five that XML knows, and numbers.
fn entity(tail: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    /// `#x10ffff`, with zeros before it or not.
    const LONGEST: usize = 12;
    let end = tail.iter().take(LONGEST).position(|byte| *byte == b';')?;
    let c = match tail.get(..end)? {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16)?,
        [b'#', digits @ ..] => number(digits, 10)?,
        _ => return None,
    };
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    Some(end + 1)
}

fn number(digits: &[u8], base: u32) -> Option<char> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    char::from_u32(u32::from_str_radix(digits, base).ok()?)
}

/// What follows a backslash of Apache or nginx: writes the byte, says how many bytes it took.
fn backslash(tail: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    let (byte, taken) = match tail {
        [b'x', high, low, ..] => (hex(*high)? << 4 | hex(*low)?, 3),
        [quoted @ (b'"' | b'\\'), ..] => (*quoted, 1),
        [b'b', ..] => (0x08, 1),
        [b'n', ..] => (b'\n', 1),
        [b'r', ..] => (b'\r', 1),
        [b't', ..] => (b'\t', 1),
        [b'v', ..] => (0x0B, 1),
        _ => return None,
    };
    out.push(byte);
    Some(taken)
}

/// What follows a backslash of JSON; half a surrogate pair is no escape.
fn json(tail: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    let byte = match tail.first()? {
        quoted @ (b'"' | b'\\' | b'/') => *quoted,
        b'b' => 0x08,
        b'f' => 0x0C,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'u' => return unicode(tail, out),
        _ => return None,
    };
    out.push(byte);
    Some(1)
}

fn unicode(tail: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    let first = unit(tail)?;
    let (code, taken) = match first {
        0xD800..=0xDBFF => {
            let second =
                unit(tail.get(5..)?.strip_prefix(b"\\")?).filter(|low| (0xDC00..=0xDFFF).contains(low))?;
            (0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00), 11)
        }
        _ => (first, 5),
    };
    let c = char::from_u32(code)?;
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    Some(taken)
}

/// `uXXXX`.
fn unit(tail: &[u8]) -> Option<u32> {
    let digits = tail.strip_prefix(b"u")?.first_chunk::<4>()?;
    digits.iter().try_fold(0, |code, digit| Some(code << 4 | u32::from(hex(*digit)?)))
}
