//! Lines cut as somebody would by hand who knows the one log before them. Nothing is checked but the number of columns; a line
//! ends in its newline.

use memchr::{memchr, memchr_iter};

/// Client, time, request, status and bytes of a combined line.
pub(super) fn of_combined(line: &[u8]) -> Option<[&[u8]; 5]> {
    let (client, rest) = until(line, b' ')?;
    let (_, rest) = until(rest, b'[')?;
    let (time, rest) = until(rest, b']')?;
    let (_, rest) = until(rest, b'"')?;
    let (request, rest) = until(rest, b'"')?;
    let (_, rest) = until(rest, b' ')?;
    let (status, rest) = until(rest, b' ')?;
    let (bytes, _) = until(rest, b' ')?;
    Some([client, time, request, status, bytes])
}

/// All columns of a line that parts them with one byte.
pub(super) fn parted<const N: usize>(line: &[u8], separator: u8) -> Option<[&[u8]; N]> {
    let line = line.strip_suffix(b"\n")?;
    let (mut columns, mut from) = ([&[][..]; N], 0);
    let mut ends = memchr_iter(separator, line).chain([line.len()]);
    for column in &mut columns {
        let end = ends.next()?;
        *column = line.get(from..end)?;
        from = end + 1;
    }
    ends.next().is_none().then_some(columns)
}

/// All columns of a line that parts them with spaces, some of them in quotes or brackets.
pub(super) fn quoted<const N: usize>(line: &[u8]) -> Option<[&[u8]; N]> {
    let mut columns = [&[][..]; N];
    // Behind a column stands a space, or the newline.
    let mut rest = line;
    for (n, column) in columns.iter_mut().enumerate() {
        let last = if n + 1 == N { b'\n' } else { b' ' };
        (*column, rest) = match rest.split_first()? {
            (b'"', inner) => closed(inner, b'"')?,
            (b'[', inner) => closed(inner, b']')?,
            _ => until(rest, last)?,
        };
    }
    rest.is_empty().then_some(columns)
}

/// The text up to a closing byte, and what stands behind the byte that follows it.
fn closed(text: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let (inside, behind) = until(text, byte)?;
    Some((inside, behind.get(1..)?))
}

fn until(text: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr(byte, text)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}
