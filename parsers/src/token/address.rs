//! Where a client column ends. What it means (spelling, ports, trust) is not decided here.
//!
//! A client column is one word, or a list whose members end with a comma: proxies' `X-Forwarded-For`
//! written into the client column gives `10.0.0.2, 10.0.0.1, 127.0.0.1 - -`, one column with spaces.
//! nginx's `$upstream_*` columns are lists too, after retries and internal redirects
//! (`172.17.0.6:8080, 172.17.0.7:8080`, `a : b`; ngx_http_upstream_module, "Embedded Variables").

use super::near;

/// Length of a word or comma list at the front of `i`, up to the space that ends it; [`None`] when no
/// space follows.
#[must_use]
pub fn list_before_space(i: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + near::byte(b' ', i.get(from..)?)?;
        if !i.get(..at).is_some_and(|word| word.ends_with(b",")) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// As [`list_before_space`], with ` : ` as a second separator (nginx upstream groups).
#[must_use]
pub fn upstream_before_space(i: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + list_before_space(i.get(from..)?)?;
        if !i.get(at..).is_some_and(|rest| rest.starts_with(b" : ")) {
            return Some(at);
        }
        from = at + 3;
    }
}

/// Whether a word is an IPv4 or IPv6 address and nothing more. Used only to refuse a reading of a line
/// (an address in the identd column is a shifted line), never to accept a client.
#[must_use]
pub fn is_address(word: &[u8]) -> bool {
    std::str::from_utf8(word).is_ok_and(|word| word.parse::<std::net::IpAddr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_with_spaces_is_one_client_column() {
        assert_eq!(list_before_space(b"10.0.0.2, 10.0.0.1, 127.0.0.1 - -"), Some(29));
        assert_eq!(list_before_space(b"::1 - -"), Some(3));
        assert_eq!(list_before_space(b"::1"), None);
        assert_eq!(list_before_space(b"a, "), None);
    }

    #[test]
    fn upstream_groups_stay_together() {
        assert_eq!(upstream_before_space(b"a:80, b:80 : c:80 61, 100"), Some(17));
    }
}
