//! The request column: method, target and protocol of a first line, as far as it is one.
//!
//! The line is split at its first and its last space when its last word begins `HTTP/`; a target may
//! hold spaces. What is no HTTP request line (`-`, empty, a TLS hello, `hello`) has no parts, and is
//! still a request that reached the server. Case and escapes stay as written.

use super::near;
use memchr::memrchr;

/// The parts of a request line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Request<'a> {
    /// Method; [`None`] where the line has none (Tableau: `/vizql/… HTTP/1.1`).
    pub method: Option<&'a [u8]>,
    /// Target, query included.
    pub target: Option<&'a [u8]>,
    /// Protocol.
    pub protocol: Option<&'a [u8]>,
}

/// Splits a request column.
#[must_use]
#[inline]
pub fn split(line: &[u8]) -> Request<'_> {
    match last_word(line) {
        Some((head, protocol)) if protocol.starts_with(b"HTTP/") => {
            let (method, target) = with_protocol(head);
            Request { method, target, protocol: Some(protocol) }
        }
        _ => without_protocol(line),
    }
}

/// What stands before and behind the last space.
#[inline]
fn last_word(line: &[u8]) -> Option<(&[u8], &[u8])> {
    // ` HTTP/1.1`, in which there is no other space: nearly every line.
    if let Some((head, [b' ', protocol @ ..])) = line.split_last_chunk::<9>()
        && let [b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.', b'0'..=b'9'] = protocol
    {
        return Some((head, protocol));
    }
    memrchr(b' ', line).and_then(|at| Some((line.get(..at)?, line.get(at + 1..)?)))
}

/// `GET /x`, or `/x` alone: the log has it from a line that ended in a protocol.
#[inline]
fn with_protocol(head: &[u8]) -> (Option<&[u8]>, Option<&[u8]>) {
    if is_target(head) {
        return (None, Some(head));
    }
    match first_space(head) {
        Some((method, target)) => (Some(method), Some(target).filter(|target| !target.is_empty())),
        None if is_method(head) => (Some(head), None),
        None => (None, Some(head).filter(|head| !head.is_empty())),
    }
}

/// A line without a protocol is HTTP/0.9 or cut when it is a method and a target; else it is no HTTP.
fn without_protocol(line: &[u8]) -> Request<'_> {
    match first_space(line) {
        Some((method, target)) if is_method(method) && is_target(target) => {
            Request { method: Some(method), target: Some(target), protocol: None }
        }
        _ => Request::default(),
    }
}

#[inline]
fn first_space(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = near::byte(b' ', text)?;
    Some((text.get(..at)?, text.get(at + 1..)?.trim_ascii_start()))
}

/// Origin form, absolute form or `*` (RFC 9112 section 3.2). Authority form has no mark of its own.
#[inline]
fn is_target(text: &[u8]) -> bool {
    let scheme = |name: &[u8]| text.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name));
    match text.first() {
        Some(b'/') => true,
        Some(b'h' | b'H') => scheme(b"http://") || scheme(b"https://"),
        _ => text == b"*",
    }
}

/// A token of RFC 9110 section 5.6.2.
fn is_method(text: &[u8]) -> bool {
    let tchar = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !text.is_empty() && text != b"-" && text.iter().all(tchar)
}

/// The host of an absolute target (`http://host:80/x`), without its port; [`None`] of any other target.
#[must_use]
pub fn host(target: &[u8]) -> Option<&[u8]> {
    let at = memchr::memmem::find(target, b"://")?;
    let is_of_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    target.get(..at).filter(|scheme| scheme.iter().all(is_of_scheme))?;
    let authority = target.get(at + 3..)?.split(|byte| matches!(byte, b'/' | b'?' | b'#')).next()?;
    Some(without_port(authority)).filter(|host| !host.is_empty())
}

/// `host:80` or `[::1]:80` without its port.
#[must_use]
pub fn without_port(authority: &[u8]) -> &[u8] {
    let port = authority.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    match authority.split_at_checked(authority.len() - port) {
        // An IPv6 address has colons of its own.
        Some(([host @ .., b':'], _)) if !host.contains(&b':') || host.ends_with(b"]") => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Parts<'a> = (Option<&'a [u8]>, Option<&'a [u8]>, Option<&'a [u8]>);

    fn parts(line: &[u8]) -> Parts<'_> {
        let Request { method, target, protocol } = split(line);
        (method, target, protocol)
    }

    #[test]
    fn a_target_may_hold_spaces() {
        let wanted: Parts<'_> = (Some(b"GET"), Some(b"/path/with spaces/file.html"), Some(b"HTTP/1.0"));
        assert_eq!(parts(b"GET /path/with spaces/file.html HTTP/1.0"), wanted);
    }

    #[test]
    fn a_request_without_a_method_still_has_a_target() {
        assert_eq!(parts(b"/vizql/w/a HTTP/1.1"), (None, Some(&b"/vizql/w/a"[..]), Some(&b"HTTP/1.1"[..])));
    }

    /// METHOD M1.2: a readable line whose request is `-`, empty or binary is a record; it has no parts.
    #[test]
    fn dash_empty_and_binary_requests_have_no_parts() {
        for line in [&b"-"[..], b"", b"hello", br"\x16\x03\x01\x01 \x02", br"{\x22id\x22: 1}", b"\xff \xfe"] {
            assert_eq!(split(line), Request::default(), "{line:?}");
        }
    }

    #[test]
    fn http_09_has_no_protocol() {
        assert_eq!(parts(b"GET /x y"), (Some(&b"GET"[..]), Some(&b"/x y"[..]), None));
    }

    #[test]
    fn odd_first_lines_are_split_where_they_can_be() {
        assert_eq!(parts(b"GET  /x HTTP/1.1").1, Some(&b"/x"[..]));
        assert_eq!(parts(b"GET HTTP/1.1"), (Some(&b"GET"[..]), None, Some(&b"HTTP/1.1"[..])));
        assert_eq!(parts(b"CONNECT a:443 HTTP/1.1").1, Some(&b"a:443"[..]));
        assert_eq!(parts(b" HTTP/1.1"), (None, None, Some(&b"HTTP/1.1"[..])));
        assert_eq!(parts(b"geti /a HTTP/1.1").0, Some(&b"geti"[..]));
    }

    #[test]
    fn only_an_absolute_target_has_a_host() {
        for (target, wanted) in [
            (&b"http://a.example:80/x?u=http://b"[..], Some(&b"a.example"[..])),
            (b"https://a.example?x", Some(b"a.example")),
            (b"http://[2001:db8::1]:443/", Some(b"[2001:db8::1]")),
            (b"http://[2001:db8::1]/", Some(b"[2001:db8::1]")),
            (b"http://:80/", None),
            (b"/x?u=http://b", None),
            (b"a.example:443", None),
        ] {
            assert_eq!(host(target), wanted, "{}", target.escape_ascii());
        }
        assert_eq!((without_port(b"a:80"), without_port(b"2001:db8::1")), (&b"a"[..], &b"2001:db8::1"[..]));
    }
}
