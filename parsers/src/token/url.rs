//! Host and path of an absolute URL, as logs write it. In JSON a `/` may be written `\/`.

/// The parts of an absolute `http` or `https` URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Url<'a> {
    /// Host, its port cut off.
    pub host: &'a [u8],
    /// What stands behind the slash behind the host, query included; [`None`] where there is no such slash.
    pub path: Option<&'a [u8]>,
}

/// Splits an absolute URL; [`None`] if `text` is none.
#[must_use]
pub fn split(text: &[u8]) -> Option<Url<'_>> {
    let colon = memchr::memchr(b':', text.get(..8).unwrap_or(text))?;
    let (scheme, rest) = (text.get(..colon)?, text.get(colon + 1..)?);
    if !scheme.eq_ignore_ascii_case(b"http") && !scheme.eq_ignore_ascii_case(b"https") {
        return None;
    }
    let rest = rest.strip_prefix(b"//").or_else(|| rest.strip_prefix(br"\/\/"))?;
    let (authority, path) = segment(rest);
    let (authority, path) = match memchr::memchr2(b'?', b'#', authority) {
        Some(end) => (authority.get(..end)?, None),
        None => (authority, path),
    };
    let port = memchr::memrchr(b':', authority)
        .filter(|at| authority.get(at + 1..).is_some_and(|port| port.iter().all(u8::is_ascii_digit)));
    let host = authority.get(..port.unwrap_or(authority.len()))?;
    if host.is_empty() { None } else { Some(Url { host, path }) }
}

/// What stands before the first slash, and what behind it.
#[must_use]
pub fn segment(text: &[u8]) -> (&[u8], Option<&[u8]>) {
    let Some((before, behind)) =
        memchr::memchr(b'/', text).and_then(|at| Some((text.get(..at)?, text.get(at + 1..)?)))
    else {
        return (text, None);
    };
    (before.strip_suffix(b"\\").unwrap_or(before), Some(behind))
}

/// A path without its query.
#[must_use]
pub fn without_query(path: &[u8]) -> &[u8] {
    memchr::memchr(b'?', path).and_then(|at| path.get(..at)).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
        split(text).map(|url| (url.host, url.path))
    }

    #[test]
    fn a_url_has_a_host_without_its_port_and_a_path() {
        let both = Some((&b"a.example.org"[..], Some(&b"b/c?d=/e"[..])));
        assert_eq!(parts(b"https://a.example.org:443/b/c?d=/e"), both);
        assert_eq!(parts(br"HTTP:\/\/a.example.org\/b/c?d=/e"), both);
        assert_eq!(parts(b"http://[2001:db8::1]:80/"), Some((&b"[2001:db8::1]"[..], Some(&b""[..]))));
        assert_eq!(parts(b"http://a?b"), Some((&b"a"[..], None)));
        assert_eq!(parts(b"http://a?b/c"), Some((&b"a"[..], None)));
    }

    #[test]
    fn what_is_no_absolute_url_has_no_parts() {
        for text in [&b""[..], b"/a/b", b"ftp://a/b", b"https:/a", b"http:///b", b"http://:80/", b"a:b"] {
            assert_eq!(parts(text), None, "{}", text.escape_ascii());
        }
        assert_eq!((segment(b"a"), segment(br"a\/b")), ((&b"a"[..], None), (&b"a"[..], Some(&b"b"[..]))));
        assert_eq!((without_query(b"a?b?c"), without_query(b"a")), (&b"a"[..], &b"a"[..]));
    }
}
