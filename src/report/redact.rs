//! Secrets that logs carry in URLs are cut out of what is handed round. They stay in the evidence table and in the
//! CSV tables, which are evidence.

use std::borrow::Cow;

/// Query keys whose values let someone in, in lower case.
const KEYS: [&[u8]; 12] = [
    b"sig",
    b"token",
    b"access_token",
    b"id_token",
    b"refresh_token",
    b"x-amz-signature",
    b"x-amz-security-token",
    b"x-goog-signature",
    b"signature",
    b"code",
    b"session",
    b"sessionid",
];

/// Put in place of a value.
pub const MARK: &[u8] = b"[redacted]";

/// `…?sig=abc&x=1` as `…?sig=[redacted]&x=1`, anywhere in the text.
///
/// A key begins at the start or after `?`, `&`, `;`, a quote or a blank; its case does not matter; the value ends
/// before `&`, `;`, `#`, a quote, a blank or a control character. Percent-coded keys are not seen through.
#[must_use]
pub fn redact(text: &[u8]) -> Cow<'_, [u8]> {
    let mut out: Vec<u8> = Vec::new();
    let mut found = false;
    let mut rest = text;
    let mut key_may_begin = true;
    while let Some((&first, after)) = rest.split_first() {
        let key = if key_may_begin { KEYS.iter().find_map(|key| value_of(rest, key)) } else { None };
        if let Some((head, value)) = key {
            out.extend_from_slice(head);
            out.extend_from_slice(MARK);
            let end = value.iter().position(|b| ends_value(*b)).unwrap_or(value.len());
            rest = value.split_at(end).1;
            found = true;
            key_may_begin = false;
        } else {
            out.push(first);
            key_may_begin = matches!(first, b'?' | b'&' | b';' | b'"' | b'\'' | b' ' | b'\t');
            rest = after;
        }
    }
    if found { Cow::Owned(out) } else { Cow::Borrowed(text) }
}

/// Splits `KEY=value…` behind the `=` where the text starts with this key and the value is not empty.
fn value_of<'a>(text: &'a [u8], key: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (head, value) = text.split_at_checked(key.len() + 1)?;
    let (equals, name) = head.split_last()?;
    let fits =
        *equals == b'=' && name.eq_ignore_ascii_case(key) && value.first().is_some_and(|b| !ends_value(*b));
    fits.then_some((head, value))
}

const fn ends_value(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, b'&' | b';' | b'#' | b'"' | b'\'')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_url_keeps_its_path_and_loses_its_secret() {
        for (text, shown) in [
            ("/c/a.pdf?sv=2020&sig=aB%2F1%3D&se=x", "/c/a.pdf?sv=2020&sig=[redacted]&se=x"),
            ("GET /x?X-Amz-Signature=abc HTTP/1.1", "GET /x?X-Amz-Signature=[redacted] HTTP/1.1"),
            ("\"token=abc\"", "\"token=[redacted]\""),
            ("/x?token=a&code=b;session=c#d", "/x?token=[redacted]&code=[redacted];session=[redacted]#d"),
            ("/x?postcode=94110&design=1&sig=", "/x?postcode=94110&design=1&sig="),
            ("sig", "sig"),
            ("", ""),
        ] {
            assert_eq!(redact(text.as_bytes()), shown.as_bytes(), "{text}");
        }
    }
}
