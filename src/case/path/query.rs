//! Values of a query string (METHOD M4.3).

use std::borrow::Cow;

use super::percent;

/// The values of `key` in a query, in the order written: split at `&`, at the first `=`, `+` is a space, decoded
/// once. A key without `=` has an empty value. The key is compared decoded, byte by byte or without ASCII case.
pub fn query_values<'q>(
    query: &'q [u8],
    key: &'q [u8],
    ignore_case: bool,
) -> impl Iterator<Item = Cow<'q, [u8]>> {
    query.split(|b| *b == b'&').filter_map(move |pair| {
        let (name, value) = match memchr::memchr(b'=', pair).and_then(|at| pair.split_at_checked(at)) {
            Some((name, value)) => (name, value.get(1..).unwrap_or_default()),
            None => (pair, &b""[..]),
        };
        let name = decode(name);
        let same = if ignore_case { name.eq_ignore_ascii_case(key) } else { name.as_ref() == key };
        same.then(|| decode(value))
    })
}

/// `+` → space and percent-decoding once; a bad escape stays as written.
fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr2(b'+', b'%', text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match (byte, percent(tail)) {
            (b'%', Some((decoded, after))) => {
                out.push(decoded);
                rest = after;
            }
            (b'+', _) => out.push(b' '),
            _ => out.push(byte),
        }
    }
    Cow::Owned(out)
}
