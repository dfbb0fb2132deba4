//! The writer's own escaping of a column, undone (METHOD M4.2 step 1; FORMATS 0.9).
//!
//! Apache writes `\"`, `\\`, `\b`, `\n`, `\r`, `\t`, `\v` and `\xhh`; nginx writes `\xHH` alone, or JSON escapes.
//! Whatever is no escape of the writer stays as it stands.

use accesstrail_parsers::record::Escape;

use super::hex;

/// The text with escapes undone; borrowed where it holds none.
pub fn unescape<'b>(text: &'b [u8], escape: Escape, out: &'b mut Vec<u8>) -> &'b [u8] {
    let one: fn(&[u8], &mut Vec<u8>) -> Option<usize> = match escape {
        Escape::None => return text,
        Escape::Backslash => backslash,
        Escape::Json => json,
    };
    if memchr::memchr(b'\\', text).is_none() {
        return text;
    }
    out.clear();
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte == b'\\'
            && let Some(taken) = one(tail, out)
        {
            rest = tail.get(taken..).unwrap_or_default();
        } else {
            out.push(byte);
        }
    }
    out
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
