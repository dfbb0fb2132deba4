//! Whether a nested value is JSON to its end. [`super::members`] and [`super::elements`] end early where it is broken; who
//! must not miss what stands behind asks here first.

use super::{blank, key, value};

/// Whether an object or array that stands alone follows the grammar to its end, as [`super::members`] and [`super::elements`] do not
/// tell. What is nested deeper than any log nests is taken for broken.
#[must_use]
pub fn is_whole(nested: &[u8]) -> bool {
    const DEEPEST: usize = 16;
    walk(nested, DEEPEST).is_some_and(|rest| blank(rest).is_empty())
}

/// Passes over one value with all that is in it.
fn walk(i: &[u8], deeper: usize) -> Option<&[u8]> {
    let (close, is_object) = match i.first()? {
        b'{' => (b'}', true),
        b'[' => (b']', false),
        _ => return value(i).ok().map(|(_, rest)| rest),
    };
    let deeper = deeper.checked_sub(1)?;
    let mut rest = blank(i.get(1..)?);
    if rest.first() == Some(&close) {
        return rest.get(1..);
    }
    loop {
        if is_object {
            rest = key(rest).ok()?.1;
        }
        rest = match blank(walk(rest, deeper)?).split_first()? {
            (b',', tail) => blank(tail),
            (byte, tail) if *byte == close => return Some(tail),
            _ => return None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_early_is_not_whole() {
        for whole in [&b"{}"[..], b"[ ]", br#"[{"a":[1,null,"]"]}, true ]"#, br#" {"a" : {}} "#.trim_ascii()]
        {
            assert!(is_whole(whole), "{}", whole.escape_ascii());
        }
        for broken in
            [&b""[..], b"[1 2]", b"[1,]", br#"[{"a":1}x,{"b":2}]"#, br#"{"a":1 "b":2}"#, b"[1}", b"[]]"]
        {
            assert!(!is_whole(broken), "{}", broken.escape_ascii());
        }
        assert!(!is_whole(&[b'['; 100_000]));
    }
}
