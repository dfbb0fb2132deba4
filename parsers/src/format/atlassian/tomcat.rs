//! The pattern of Tomcat's AccessLogValve that Confluence and Jira ship:
//! `%t %{X-AUSERNAME}o %I %h %r %s %Dms %b %{Referer}i %{User-Agent}i`, and, from Confluence 7.11 and Jira 9.4 on,
//! `%{X-Forwarded-For}i` behind the time.
//!
//! Sources: Atlassian, "Configure access logs" and "Audit Confluence Using the Tomcat Valve Component" (both patterns,
//! with examples); Jira's lines have the same columns. Tomcat's `AbstractAccessLogValve`: newer releases take the begin of
//! the request for `%t`, older ones the end, and nothing in a line tells which. Nor is it told whether bytes of `%b` were
//! sent or made, so nothing is claimed of either. `-` in `%b` is "not recorded".
//!
//! No column is quoted and nothing is escaped. The thread (`http-nio-8080-exec-6`) tells the two patterns apart: before it
//! stands a user, or a forwarded address (a list with `, `) and a user. What a client writes can look like columns; so
//! there must be one thread only, and one place only where a status, a duration and a size follow each other. A user with
//! a space is a fault. Where a referer holds a space, what follows it is taken for the agent.
//!
//! What it cannot say: the host that was asked for, ranges, the size of the object, whether the transfer was cut, and who
//! connected to a proxy in front: the address behind the thread is the proxy's.

use crate::fault::FaultKind;
use crate::format::Format;
use crate::format::own::{Columns, Is};
use crate::record::{Bytes, Meaning, Record};
use crate::token::cursor::{Cursor, Read, all, logged};
use crate::token::time::{TimeCache, clf};
use crate::token::{Wrong, number, request};
use memchr::{memchr, memmem, memrchr};
use std::sync::Arc;

pub(super) const SAMPLE: &str = "[26/May/2024:11:42:52 +0000] 198.51.100.4 kim http-nio-8080-exec-6 192.0.2.7 GET /download/a.csv?b=c HTTP/1.1 200 1020ms 2326 https://wiki.example.org/ Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101";

pub(super) fn make() -> Arc<dyn Format> {
    Arc::new(Columns {
        name: "atlassian",
        meaning: Meaning::UNKNOWN,
        separator: b' ',
        may_read: |line| line.first() == Some(&b'[') && memmem::find(line, b"-exec-").is_some(),
        read,
    })
}

fn read<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    line.field = "time";
    line.literal(b"[", "`[` before the time")?;
    let (rest, stamp) = clf(line.rest, cache).map_err(crate::token::reason)?;
    (line.rest, record.time) = (rest, stamp);
    line.literal(b"] ", "`] ` behind the time")?;
    line.field = "thread";
    let mut threads = threads(line.rest);
    let (Some((before, behind)), None) = (threads.next(), threads.next()) else {
        return line.refuse("one thread such as `http-nio-8080-exec-6`");
    };
    drop(threads);
    line.field = "user";
    (record.x_forwarded_for, record.principal) = who(before)?;
    line.rest = behind;
    line.field = "host";
    let Some((host, rest)) = memchr(b' ', behind).and_then(|at| behind.split_at_checked(at)) else {
        return line.refuse("a host and a request");
    };
    if host.is_empty() || host.contains(&b'/') || (host.ends_with(b":") && !host.ends_with(b"::")) {
        return line.refuse("an address or the name of a host");
    }
    record.client = logged(host);
    line.rest = rest;
    line.literal(b" ", "a space behind the host")?;
    line.field = "status";
    let mut places = memmem::find_iter(line.rest, b"ms ").filter_map(|at| answer(line.rest, at));
    let (Some((asked, status, behind)), None) = (places.next(), places.next()) else {
        return line.refuse("one place with a status, a duration in `ms` and a size");
    };
    drop(places);
    let request::Request { method, target, protocol } = request::split(asked);
    (record.request, record.method, record.target, record.protocol) = (Some(asked), method, target, protocol);
    record.status = all(status, number::status)?;
    line.rest = behind;
    let (rest, bytes) = number::bytes_or_dash(line.rest).map_err(crate::token::reason)?;
    (line.rest, line.field) = (rest, "referer");
    record.bytes = bytes.map_or(Bytes::Unlogged, Bytes::Logged);
    line.literal(b" ", "a space and a referer")?;
    let sent = |text: &&[u8]| **text != *b"-";
    let Some((referer, agent)) = memchr(b' ', line.rest).and_then(|at| line.rest.split_at_checked(at)) else {
        return line.refuse("a referer and an agent");
    };
    record.referer = Some(referer).filter(sent);
    record.agent = agent.get(1..).filter(sent);
    Ok(Is::Request)
}

/// What stands before and behind each word that is a thread's name.
fn threads(i: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    memmem::find_iter(i, b"-exec-").filter_map(|at| {
        let begin = memrchr(b' ', i.get(..at)?).map_or(0, |space| space + 1);
        let name = i.get(begin..at)?;
        let number = i.get(at + b"-exec-".len()..)?;
        let digits = number.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let behind = number.get(digits..)?.strip_prefix(b" ")?;
        let is_connector = [&b"http-"[..], b"https-", b"ajp-"].iter().any(|begin| name.starts_with(begin));
        let before = i.get(..begin)?.strip_suffix(b" ")?;
        (digits > 0 && is_connector).then_some((before, behind))
    })
}

type Texts<'a> = (Option<&'a [u8]>, Option<&'a [u8]>);

/// The forwarded address and the user.
fn who(i: &[u8]) -> Read<'_, Texts<'_>> {
    let Some(at) = memrchr(b' ', i) else { return Ok((None, logged(i))) };
    let (forwarded, user) = i.split_at_checked(at).unwrap_or_default();
    let mut words = forwarded.split(|byte| *byte == b' ').rev().skip(1);
    if words.all(|word| word.ends_with(b",")) {
        return Ok((logged(forwarded), user.get(1..).and_then(logged)));
    }
    Err(Wrong { kind: FaultKind::Syntax, expected: "a user, or a forwarded address and a user", at: i })
}

/// The request before ` 200 12ms 34`, the status in it, and the text from the size on; `at` is where `ms` stands.
fn answer(i: &[u8], at: usize) -> Option<(&[u8], &[u8], &[u8])> {
    let before = i.get(..at)?;
    let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let before = before.get(..before.len().checked_sub(digits)?)?.strip_suffix(b" ")?;
    let (asked, status) = before.split_at_checked(before.len().checked_sub(3)?)?;
    let asked = asked.strip_suffix(b" ")?;
    let behind = i.get(at + b"ms ".len()..)?;
    let size = behind.split(|byte| *byte == b' ').next()?;
    let is_number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    (digits > 0 && is_number(status) && (size == b"-" || is_number(size))).then_some((asked, status, behind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tests::{self, fault, record};
    use crate::record::{Stamp, Zone};

    fn changed(from: &str, to: &str) -> &'static str {
        tests::changed(SAMPLE, from, to)
    }

    #[test]
    fn a_line_with_a_forwarded_address_is_read() {
        let read = record("atlassian", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_716_723_772_000_000, zone: Zone::Offset(0) });
        assert_eq!(
            (read.client, read.x_forwarded_for),
            (Some(&b"192.0.2.7"[..]), Some(&b"198.51.100.4"[..]))
        );
        assert_eq!((read.principal, read.method), (Some(&b"kim"[..]), Some(&b"GET"[..])));
        assert_eq!((read.target, read.protocol), (Some(&b"/download/a.csv?b=c"[..]), Some(&b"HTTP/1.1"[..])));
        assert_eq!((read.status, read.bytes), (Some(200), Bytes::Logged(2326)));
        assert_eq!(read.referer, Some(&b"https://wiki.example.org/"[..]));
        assert_eq!(read.agent, Some(&b"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101"[..]));
    }

    #[test]
    fn the_older_pattern_has_no_forwarded_address() {
        let read = record("atlassian", changed("198.51.100.4 kim", "kim"));
        assert_eq!((read.x_forwarded_for, read.principal), (None, Some(&b"kim"[..])));
        assert_eq!(read.client, Some(&b"192.0.2.7"[..]));
        let read = record("atlassian", changed("198.51.100.4 kim", "-"));
        assert_eq!((read.x_forwarded_for, read.principal), (None, None));
    }

    #[test]
    fn forwarded_addresses_may_be_a_list_or_none() {
        let read = |to| {
            let read = record("atlassian", changed("198.51.100.4 kim", to));
            (read.x_forwarded_for, read.principal)
        };
        let list = Some(&b"198.51.100.4, 203.0.113.9"[..]);
        assert_eq!(read("198.51.100.4, 203.0.113.9 -"), (list, None));
        assert_eq!(read("- kim"), (None, Some(&b"kim"[..])));
        assert_eq!(fault("atlassian", changed("198.51.100.4 kim", "198.51.100.4 kim lee")).1, "user");
    }

    #[test]
    fn errors_names_of_hosts_and_empty_bodies_are_read() {
        let read = record("atlassian", changed("200 1020ms 2326", "404 7ms -"));
        assert_eq!((read.status, read.bytes), (Some(404), Bytes::Unlogged));
        let read = record("atlassian", changed("200 1020ms 2326", "302 7ms 0"));
        assert_eq!((read.status, read.bytes), (Some(302), Bytes::Logged(0)));
        let read = record("atlassian", changed("192.0.2.7 GET", "pc.example.org GET"));
        assert_eq!(read.client, Some(&b"pc.example.org"[..]));
        let read = record("atlassian", changed("192.0.2.7 GET", "0:0:0:0:0:0:0:1 GET"));
        assert_eq!(read.client, Some(&b"0:0:0:0:0:0:0:1"[..]));
        let bare = record(
            "atlassian",
            changed("https://wiki.example.org/ Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101", "- -"),
        );
        assert_eq!((bare.referer, bare.agent), (None, None));
    }

    #[test]
    fn a_request_that_is_none_has_no_parts() {
        let read = record("atlassian", changed("GET /download/a.csv?b=c HTTP/1.1 200", "null null null 400"));
        assert_eq!((read.request, read.target, read.status), (Some(&b"null null null"[..]), None, Some(400)));
        let spaced = record("atlassian", changed("a.csv?b=c", "a b 7ms c"));
        assert_eq!(spaced.target, Some(&b"/download/a b 7ms c"[..]));
    }

    /// Nothing is quoted.
    #[test]
    fn columns_that_a_client_writes_are_never_guessed() {
        let agent = changed("Gecko/20100101", "GET /x HTTP/1.1 200 5ms 99 - x");
        assert_eq!(fault("atlassian", agent).1, "status");
        let header = changed(
            "198.51.100.4 kim",
            "lee http-nio-8080-exec-1 203.0.113.9 GET /x HTTP/1.1 200 5ms 99 - x kim",
        );
        assert_eq!(fault("atlassian", header).1, "thread");
        let path = record("atlassian", changed("/download/a.csv?b=c", "/http-nio-exec-1"));
        assert_eq!(path.target, Some(&b"/http-nio-exec-1"[..]));
    }

    #[test]
    fn what_is_wrong_is_named_by_its_column() {
        for (from, to, field) in [
            ("[26/May", "26/May", "time"),
            ("26/May", "31/Feb", "time"),
            ("http-nio-8080-exec-6", "main", "thread"),
            ("192.0.2.7 GET", "url: GET", "host"),
            ("200 1020ms", "2000 1020ms", "status"),
            ("1020ms", "1020", "status"),
            (" https://wiki.example.org/ Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101", "", "status"),
            (" Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101", "", "referer"),
        ] {
            let (_, found, _) = fault("atlassian", changed(from, to));
            assert!(found == field || (field == "status" && found == "referer"), "{to}: {found}");
        }
        let twin = r#"192.0.2.7 - kim [26/May/2024:11:42:52 +0000] "GET /a HTTP/1.1" 200 2326"#;
        assert_eq!(fault("atlassian", twin).1, "time");
    }
}
