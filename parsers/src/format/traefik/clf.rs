//! The common log format with Traefik's columns behind it:
//! `client - user [time] "request" status size "referer" "agent" count "router" "service URL" 12ms`.
//!
//! Status and size are the *origin's* (`OriginStatus`, `OriginContentSize`): what the service answered to Traefik, before
//! compression and before Traefik's own error pages. Where Traefik answered by itself (a redirect, a refused login, no
//! route) both are `-`, and so is the status in the record. So nothing is claimed of what the size means.
//!
//! Nothing is escaped: a client can write quotes into the query, the referer and the agent. The columns before the request
//! are read from the front, the last four from the back, and between them the one place is looked for where a protocol is
//! followed by a quote, a status and a size. If there are several such places, the line is a fault. Which of two texts is
//! referer and which agent is left open where it cannot be told.
//!
//! Old versions write a referer or agent that is not there as a bare `-`. Traefik's messages in the same stream are faults:
//! nothing in them tells them from those of other programs.

use crate::fault::FaultKind;
use crate::format::Format;
use crate::format::own::{Columns, Is};
use crate::record::{Bytes, Meaning, Record, TimeBasis};
use crate::token::address::list_before_space;
use crate::token::cursor::{Cursor, Read, all, logged};
use crate::token::time::{TimeCache, clf};
use crate::token::{Wrong, number, request};
use memchr::{memchr_iter, memmem, memrchr};
use std::sync::Arc;

pub(super) const SAMPLE: &str = r#"192.0.2.7 - - [26/May/2024:11:42:52 +0000] "GET /a.csv?b=c HTTP/2.0" 200 2326 "-" "curl/8.5.0" 17 "files@docker" "http://10.0.0.4:80" 12ms"#;

pub(super) fn make() -> Arc<dyn Format> {
    Arc::new(Columns {
        name: "traefik",
        meaning: Meaning { time_basis: TimeBasis::Received, ..Meaning::UNKNOWN },
        separator: b' ',
        may_read: |line| matches!(line, [.., b'0'..=b'9', b'm', b's']),
        read,
    })
}

fn read<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    record.client = logged(column(line, "ClientHost", list_before_space)?);
    if line.word("identd")? != b"-" {
        return line.refuse("`-`; Traefik asks nobody");
    }
    // A login may hold spaces.
    record.principal = logged(column(line, "ClientUsername", |i| memmem::find(i, b" ["))?);
    line.begin("StartUTC")?;
    line.literal(b"[", "`[` before the time")?;
    let (rest, stamp) = clf(line.rest, cache).map_err(crate::token::reason)?;
    (line.rest, record.time) = (rest, stamp);
    line.literal(b"] \"", "`]` and a request in quotes behind the time")?;
    line.field = "Duration";
    let Some(head) = before_tail(line.rest) else {
        return line.refuse("a count, a router, a service URL and a duration at the end");
    };
    line.field = "request";
    let (asked, middle) = middle(head)?;
    let request::Request { method, target, protocol } = request::split(asked);
    (record.request, record.method, record.target, record.protocol) =
        (Some(asked), method.and_then(logged), target.and_then(logged), protocol);
    record.status = middle.status;
    line.field = "OriginContentSize";
    record.bytes = all(middle.size, number::bytes_or_dash)?.map_or(Bytes::Unlogged, Bytes::Logged);
    line.field = "request_Referer";
    texts(middle.rest, record)?;
    Ok(Is::Request)
}

fn column<'a>(
    line: &mut Cursor<'a>,
    field: &'static str,
    end: impl FnOnce(&'a [u8]) -> Option<usize>,
) -> Read<'a, &'a [u8]> {
    line.begin(field)?;
    match end(line.rest).and_then(|at| line.rest.split_at_checked(at)) {
        Some((text, rest)) => {
            line.rest = rest;
            Ok(text)
        }
        None => line.refuse("a space behind this column"),
    }
}

/// What stands before ` 17 "router" "http://10.0.0.4" 12ms`.
fn before_tail(i: &[u8]) -> Option<&[u8]> {
    let rest = without_number(i.strip_suffix(b"ms")?)?;
    let rest = without_text(without_text(rest)?)?;
    match rest {
        [rest @ .., b' ', b'-'] => Some(rest),
        _ => without_number(rest),
    }
}

/// What stands before a space and digits.
fn without_number(i: &[u8]) -> Option<&[u8]> {
    let digits = i.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (rest, number) = i.split_at_checked(i.len() - digits)?;
    rest.strip_suffix(b" ").filter(|_| !number.is_empty())
}

/// What stands before a space and a text in quotes, or a bare `-`.
fn without_text(i: &[u8]) -> Option<&[u8]> {
    if let Some(rest) = i.strip_suffix(b" -") {
        return Some(rest);
    }
    let inner = i.strip_suffix(b"\"")?;
    inner.get(..memrchr(b'"', inner)?)?.strip_suffix(b" ")
}

struct Middle<'a> {
    status: Option<u16>,
    size: &'a [u8],
    rest: &'a [u8],
}

/// The request, and what stands behind it.
fn middle(i: &[u8]) -> Read<'_, (&[u8], Middle<'_>)> {
    let refuse = |expected| Err(Wrong { kind: FaultKind::Syntax, expected, at: i });
    let mut places = memchr_iter(b'"', i).filter_map(|end| {
        let before = i.get(..end)?;
        let protocol = before.rsplit(|byte| *byte == b' ').next()?;
        let is_end = protocol.starts_with(b"HTTP/") || protocol == b"-";
        Some((before, behind(i.get(end + 1..)?)?)).filter(|_| is_end)
    });
    match (places.next(), places.next()) {
        (Some(found), None) => Ok(found),
        (None, _) => refuse("a protocol, a quote, a status and a size"),
        (Some(_), Some(_)) => refuse("one end of the request; there are several places that can be it"),
    }
}

/// ` 200 2326 "…`; either number may be `-`.
fn behind(i: &[u8]) -> Option<Middle<'_>> {
    let mut columns = i.strip_prefix(b" ")?.splitn(3, |byte| *byte == b' ');
    let (status, size, rest) = (columns.next()?, columns.next()?, columns.next()?);
    let is_number = |text: &[u8]| text == b"-" || (!text.is_empty() && text.iter().all(u8::is_ascii_digit));
    let fits = status.len() <= 3 && is_number(status) && is_number(size) && matches!(rest, [b'"' | b'-', ..]);
    let status = std::str::from_utf8(status).ok()?.parse().ok();
    fits.then_some(Middle { status, size, rest })
}

/// Referer and agent, each in quotes or a bare `-`.
fn texts<'a>(i: &'a [u8], record: &mut Record<'a>) -> Read<'a, ()> {
    let sent = |text: &&[u8]| **text != *b"-";
    let inside = |text: &'a [u8]| text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\""));
    if i == b"- -" {
        return Ok(());
    }
    if let Some(agent) = i.strip_prefix(b"- ").and_then(inside) {
        record.agent = Some(agent).filter(sent);
        return Ok(());
    }
    if let Some(referer) = i.strip_suffix(b" -").and_then(inside) {
        record.referer = Some(referer).filter(sent);
        return Ok(());
    }
    let Some(both) = inside(i) else {
        return Err(Wrong { kind: FaultKind::Syntax, expected: "a referer and an agent in quotes", at: i });
    };
    let mut cuts = memmem::find_iter(both, b"\" \"");
    match (cuts.next(), cuts.next()) {
        (Some(at), None) => {
            record.referer = both.get(..at).filter(sent);
            record.agent = both.get(at + 3..).filter(sent);
            Ok(())
        }
        (Some(_), Some(_)) => Ok(()),
        (None, _) => {
            Err(Wrong { kind: FaultKind::Syntax, expected: "a referer and an agent in quotes", at: i })
        }
    }
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
    fn an_access_line_is_read() {
        let read = record("traefik", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_716_723_772_000_000, zone: Zone::Offset(0) });
        assert_eq!((read.client, read.principal), (Some(&b"192.0.2.7"[..]), None));
        assert_eq!((read.method, read.target), (Some(&b"GET"[..]), Some(&b"/a.csv?b=c"[..])));
        assert_eq!(read.request, Some(&b"GET /a.csv?b=c HTTP/2.0"[..]));
        assert_eq!((read.status, read.bytes), (Some(200), Bytes::Logged(2326)));
        assert_eq!((read.referer, read.agent), (None, Some(&b"curl/8.5.0"[..])));
    }

    #[test]
    fn what_traefik_answered_by_itself_has_no_status_of_the_origin() {
        let read = record("traefik", changed("200 2326", "- -"));
        assert_eq!((read.status, read.bytes), (None, Bytes::Unlogged));
        let read =
            record("traefik", changed(r#""files@docker" "http://10.0.0.4:80" 12ms"#, r#""-" "-" 0ms"#));
        assert_eq!(read.status, Some(200));
    }

    #[test]
    fn errors_aborts_and_empty_bodies_are_read() {
        let read = |to| {
            let read = record("traefik", changed("200 2326", to));
            (read.status, read.bytes)
        };
        assert_eq!(read("404 19"), (Some(404), Bytes::Logged(19)));
        assert_eq!(read("499 21"), (Some(499), Bytes::Logged(21)));
        assert_eq!(read("0 0"), (Some(0), Bytes::Logged(0)));
        assert_eq!(fault("traefik", changed("200 2326", "2000 1")).1, "request");
        assert_eq!(fault("traefik", changed("200 2326", "200 99999999999999999999")).1, "OriginContentSize");
    }

    #[test]
    fn clients_may_be_lists_and_logins_may_hold_spaces() {
        let read = record("traefik", changed("192.0.2.7 - -", "198.51.100.4, 203.0.113.9 - kim lee"));
        assert_eq!(read.client, Some(&b"198.51.100.4, 203.0.113.9"[..]));
        assert_eq!(read.principal, Some(&b"kim lee"[..]));
        assert_eq!(fault("traefik", changed("192.0.2.7 - -", "192.0.2.7 kim -")).1, "identd");
    }

    #[test]
    fn texts_that_are_not_there_may_be_bare_dashes() {
        let read = |to| {
            let read = record("traefik", changed(r#""-" "curl/8.5.0""#, to));
            (read.referer, read.agent)
        };
        assert_eq!(read(r#"- "curl/8.5.0""#), (None, Some(&b"curl/8.5.0"[..])));
        assert_eq!(read(r#""https://example.org/" -"#), (Some(&b"https://example.org/"[..]), None));
        assert_eq!(read("- -"), (None, None));
        assert_eq!(fault("traefik", changed(r#""-" "curl/8.5.0""#, r#""-""#)).1, "request_Referer");
    }

    /// Nothing is escaped.
    #[test]
    fn raw_quotes_of_a_client_are_text_unless_two_places_can_be_the_end() {
        let read = record("traefik", changed("b=c", r#"b="c""#));
        assert_eq!(read.target, Some(&br#"/a.csv?b="c""#[..]));
        let agent = record("traefik", changed("curl/8.5.0", r#"a" "b" "c"#));
        assert_eq!((agent.referer, agent.agent), (None, None), "which is which cannot be told");
        let forged = changed("curl/8.5.0", r#"x HTTP/1.1" 200 999999 "-" "y"#);
        assert_eq!(fault("traefik", forged).1, "request");
        let tail = record("traefik", changed("curl/8.5.0", r#"x" 1 "r" "u" 1ms"#));
        assert_eq!((tail.status, tail.bytes), (Some(200), Bytes::Logged(2326)));
    }

    #[test]
    fn lines_of_its_twins_are_refused() {
        for line in [
            r#"192.0.2.7 - - [26/May/2024:11:42:52 +0000] "GET /a HTTP/2.0" 200 2326"#,
            r#"192.0.2.7 - - [26/May/2024:11:42:52 +0000] "GET /a HTTP/2.0" 200 2326 "-" "curl/8.5.0" 17"#,
        ] {
            assert_eq!(fault("traefik", line).1, "Duration", "{line}");
        }
        let short =
            r#"192.0.2.7 - - [26/May/2024:11:42:52 +0000] "GET /a HTTP/2.0" 200 2326 "-" "curl/8.5.0" 12ms"#;
        assert_eq!(fault("traefik", short).1, "request", "2326 stands where the count does");
        assert_eq!(fault("traefik", changed("26/May", "31/Feb")).0, FaultKind::Time);
    }
}
