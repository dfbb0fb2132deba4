//! A request target as routes see it (METHOD M4.2), and the values of its query (METHOD M4.3).
//!
//! [`normalise`] takes these steps, in this order, and no other:
//!
//! 1. the log format's own unescape ([`Escape`]);
//! 2. `scheme://authority` is cut (a leading `//` is path);
//! 3. the path ends at the first `?`, then at the first `#`; what follows the `?` is the query, up to a `#`;
//! 4. the path is split at `/` and each segment is cut at its first written `;`, then percent-decoded once, where
//!    `%2F` stays as those three bytes in capitals and a bad escape stays as written; empty segments and `.` are
//!    dropped except a final empty one, `..` takes the segment before it away but never climbs above the root.
//!
//! The column of an object key ([`TargetKind::ObjectColumn`]) has step 1 alone and a `/` put before it: a `?`, a
//! `#` or a `//` in a key are part of the object's name.
//!
//! Decisions where METHOD is silent: a `;` that was written `%3B` is data and cuts nothing; `..;x` is `..`, as
//! servers that know path parameters read it; a target without a leading `/` (`*`, `host:443`) gets none; a target
//! that is all authority is the path `/`. Nothing here fails or panics, whatever the bytes are.

use accesstrail_parsers::record::Escape;
use memchr::memchr;

mod query;
mod unescape;

#[cfg(test)]
mod tests;

pub use self::query::query_values;
pub use self::unescape::unescape;

/// What kind of column a target comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TargetKind {
    /// The request target of a web log.
    Web,
    /// The object key of an object-store log.
    ObjectColumn,
}

/// Room that [`normalise`] writes into where a path cannot be borrowed; reused from line to line.
#[derive(Debug, Clone, Default)]
pub struct Buffer {
    unescaped: Vec<u8>,
    path: Vec<u8>,
}

/// A target, normalised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'b> {
    /// The path in its matching form.
    pub path: &'b [u8],
    /// The query as written (unescaped, not decoded), without its `?`; `None` where there is no `?`.
    pub query: Option<&'b [u8]>,
}

/// Normalises a target by METHOD M4.2. A target that is normal already is borrowed, not copied.
#[must_use]
pub fn normalise<'b>(
    target: &'b [u8],
    escape: Escape,
    kind: TargetKind,
    buffer: &'b mut Buffer,
) -> Target<'b> {
    let Buffer { unescaped, path: out } = buffer;
    let text = unescape(target, escape, unescaped);
    if kind == TargetKind::ObjectColumn {
        out.clear();
        out.push(b'/');
        out.extend_from_slice(text);
        return Target { path: out, query: None };
    }
    let (rest, had_authority) = cut_authority(text);
    let (path, query) = match memchr(b'?', rest).and_then(|at| rest.split_at_checked(at)) {
        Some((path, query)) => (before_fragment(path), query.get(1..).map(before_fragment)),
        None => (before_fragment(rest), None),
    };
    if path.is_empty() && had_authority {
        return Target { path: b"/", query };
    }
    let Some(doubt) = first_doubt(path) else { return Target { path, query } };
    segments(path, doubt, out);
    Target { path: out, query }
}

/// The path of a web log's target that [`normalise`] would not change, by one look at its bytes; `None` where it might.
#[must_use]
#[inline]
pub fn plain(target: &[u8], escape: Escape) -> Option<&[u8]> {
    let others = matches!(escape, Escape::Plus | Escape::Doubled | Escape::Entities | Escape::Hash);
    if target.first() != Some(&b'/') || others {
        return None;
    }
    if is_ordinary(target) { Some(target) } else { plain_up_to_its_end(target, escape) }
}

/// Bytes that are looked at together, in a form that compiles to vector instructions.
const LANES: usize = 16;

/// Whether nothing in `target` ends its path or could be changed by normalising, as in most targets. Short ones are not
/// looked at.
#[inline]
fn is_ordinary(target: &[u8]) -> bool {
    let Some((_, mut bytes)) = target.split_first() else { return false };
    let mut before = target;
    let (Some(last), Some(last_before)) =
        (bytes.last_chunk(), target.get(..bytes.len()).and_then(|all| all.last_chunk()))
    else {
        return false;
    };
    let mut ordinary = are_ordinary(last, last_before);
    while let (Some((chunk, rest)), Some((chunk_before, rest_before))) =
        (bytes.split_first_chunk(), before.split_first_chunk())
    {
        ordinary &= are_ordinary(chunk, chunk_before);
        (bytes, before) = (rest, rest_before);
    }
    ordinary
}

#[inline]
fn are_ordinary(bytes: &[u8; LANES], before: &[u8; LANES]) -> bool {
    let mut found = [0_u8; LANES];
    for ((&byte, &before), found) in bytes.iter().zip(before).zip(&mut found) {
        let ends = (byte == b'?') | (byte == b'#');
        let changes = (byte == b'%') | (byte == b';') | (byte == b'\\');
        *found = u8::from(ends | changes | ((before == b'/') & ((byte == b'.') | (byte == b'/'))));
    }
    u128::from_ne_bytes(found) == 0
}

fn plain_up_to_its_end(target: &[u8], escape: Escape) -> Option<&[u8]> {
    let mut before = b'a';
    for (i, &byte) in target.iter().enumerate() {
        match byte {
            b'?' | b'#' => return target.get(..i),
            b'%' | b';' => return None,
            b'\\' if escape != Escape::None => return None,
            b'.' | b'/' if before == b'/' => return None,
            _ => before = byte,
        }
    }
    Some(target)
}

/// The rest after `scheme://authority`, and whether there was one.
fn cut_authority(text: &[u8]) -> (&[u8], bool) {
    if !text.first().is_some_and(u8::is_ascii_alphabetic) {
        return (text, false);
    }
    let scheme =
        text.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')).count();
    let Some(rest) = text.get(scheme..).and_then(|rest| rest.strip_prefix(b"://")) else {
        return (text, false);
    };
    let end = rest.iter().position(|b| matches!(b, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    (rest.get(end..).unwrap_or_default(), true)
}

fn before_fragment(text: &[u8]) -> &[u8] {
    match memchr(b'#', text) {
        Some(at) => text.get(..at).unwrap_or_default(),
        None => text,
    }
}

/// Where step 4 might change the path first; before it, whole segments stand as they are.
fn first_doubt(path: &[u8]) -> Option<usize> {
    let mut before = b'/';
    path.iter().enumerate().position(|(i, &byte)| {
        let doubt =
            matches!(byte, b'%' | b';') || (before == b'/' && (byte == b'.' || (byte == b'/' && i > 0)));
        before = byte;
        doubt
    })
}

/// Step 4. Decoded segments hold no `/`, so the last `/` of `out` is always where the last segment begins.
fn segments(path: &[u8], doubt: usize, out: &mut Vec<u8>) {
    out.clear();
    let rooted = path.first() == Some(&b'/');
    let settled =
        path.get(..doubt).and_then(|head| memchr::memrchr(b'/', head)).filter(|_| rooted).unwrap_or(0);
    let (head, mut rest) = path.split_at_checked(settled).unwrap_or_default();
    out.extend_from_slice(head);
    let mut ended_empty = false;
    let mut more = true;
    while more {
        let (segment, tail) = match rest.iter().position(|b| *b == b'/') {
            Some(cut) => (rest.get(..cut).unwrap_or_default(), rest.get(cut + 1..).unwrap_or_default()),
            None => {
                more = false;
                (rest, &b""[..])
            }
        };
        rest = tail;
        let start = out.len();
        out.push(b'/');
        let written =
            segment.iter().position(|b| *b == b';').and_then(|at| segment.get(..at)).unwrap_or(segment);
        decode_segment(written, out);
        ended_empty = false;
        match out.get(start + 1..).unwrap_or_default() {
            b"" => {
                out.truncate(start);
                ended_empty = true;
            }
            b"." => out.truncate(start),
            b".." => {
                out.truncate(start);
                let parent = memchr::memrchr(b'/', out).unwrap_or(0);
                out.truncate(parent);
            }
            _ => {}
        }
    }
    if ended_empty || (rooted && out.is_empty()) {
        out.push(b'/');
    }
    if !rooted && !out.is_empty() {
        out.remove(0);
    }
}

/// Percent-decodes once, but keeps an encoded `/` as `%2F`.
fn decode_segment(segment: &[u8], out: &mut Vec<u8>) {
    let mut rest = segment;
    while let Some((plain, tail)) = memchr(b'%', rest).and_then(|at| rest.split_at_checked(at)) {
        out.extend_from_slice(plain);
        let after_sign = tail.get(1..).unwrap_or_default();
        rest = match percent(after_sign) {
            Some((b'/', after)) => {
                out.extend_from_slice(b"%2F");
                after
            }
            Some((decoded, after)) => {
                out.push(decoded);
                after
            }
            None => {
                out.push(b'%');
                after_sign
            }
        };
    }
    out.extend_from_slice(rest);
}

/// The byte that two hex digits stand for, and what follows them.
fn percent(text: &[u8]) -> Option<(u8, &[u8])> {
    let (&[high, low], after) = text.split_first_chunk::<2>()?;
    Some((hex(high)? << 4 | hex(low)?, after))
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}
