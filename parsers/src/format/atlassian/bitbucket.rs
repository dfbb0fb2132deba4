//! Bitbucket's `atlassian-bitbucket-access.log`.
//!
//! Source: Atlassian, "How to read the Bitbucket Data Center Log Formats". Columns are parted by ` | `: addresses (the
//! forwarded ones first, with commas), protocol, request id, user, time, request, referer and agent, status, bytes in,
//! bytes out, labels, milliseconds, session.
//!
//! A request has two lines: `i` when it came in, which is a directive, and `o` when it went out, which is the record; `@`
//! or `*` follows the letter. In the examples the time of `o` is that of `i` and the duration: it is the end of the request.
//! It is local time without a zone. The bytes out of the example's `GET /status` are those of the body; whether they were
//! sent or made is not said, so nothing is claimed of them.
//!
//! Lines of `ssh` and `grpc` are directives: they have other columns and no HTTP request. **What was cloned or fetched by
//! SSH is therefore not among the records.**
//!
//! Nothing is escaped: the columns before the request are read from the front and those behind the agent from the back; if
//! ` | ` stands in what is left in more than one place where a request can end, the line is a fault.
//!
//! What it cannot say: ranges, the size of the object, whether the transfer was cut, the host that was asked for.

use crate::fault::FaultKind;
use crate::format::Format;
use crate::format::own::{Columns, Is};
use crate::format::pieces::until;
use crate::record::{Bytes, Meaning, Record, TimeBasis};
use crate::token::cursor::{Cursor, Read, all, logged};
use crate::token::time::{TimeCache, iso8601};
use crate::token::{Wrong, number, request};
use memchr::memmem;
use std::sync::Arc;

pub(super) const SAMPLE: &str = r#"198.51.100.4,192.0.2.7 | https | o@9K7Z3NNx6x3112x1 | kim | 2024-05-26 11:42:52,601 | "GET /rest/api/1.0/projects/A/repos/b/archive?c=d HTTP/1.1" | "https://git.example.org/" "curl/8.5.0" | 200 | 13 | 2326 | refs, cache:hit | 101 | tmpqqw |"#;

pub(super) fn make() -> Arc<dyn Format> {
    Arc::new(Columns {
        name: "bitbucket",
        meaning: Meaning { time_basis: TimeBasis::Completed, ..Meaning::UNKNOWN },
        separator: b' ',
        may_read: |line| line.ends_with(b" |") && memmem::find(line, b" | ").is_some(),
        read,
    })
}

fn read<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    const BAR: &str = "` | ` behind this column";
    record.client = logged(until(line, "address", b" | ", BAR)?);
    let protocol = until(line, "protocol", b" | ", BAR)?;
    let id = until(line, "request id", b" | ", BAR)?;
    let begun = match id {
        [b'i', b'@' | b'*', _, ..] => true,
        [b'o', b'@' | b'*', _, ..] | b"-" => false,
        _ => return refuse("an id that begins with `i@` or `o@`", id),
    };
    record.request_id = logged(id);
    match protocol {
        b"http" | b"https" => {}
        b"ssh" | b"grpc" if line.rest.ends_with(b" |") => return Ok(Is::Directive),
        _ => {
            line.field = "protocol";
            return refuse("`http`, `https`, `ssh` or `grpc`", protocol);
        }
    }
    record.principal = logged(until(line, "user", b" | ", BAR)?);
    record.time = all(until(line, "time", b" | ", BAR)?, |i| iso8601(i, cache))?;
    line.field = "session";
    let Some(rest) = line.rest.strip_suffix(b" |") else { return line.refuse("` |` at the end") };
    line.rest = rest;
    last(line, "session")?;
    let duration = last(line, "duration")?;
    last(line, "labels")?;
    let out = last(line, "bytes out")?;
    let received = last(line, "bytes in")?;
    let status = last(line, "status")?;
    texts(line, record)?;
    line.field = "duration";
    all(duration, number::bytes_or_dash)?;
    line.field = "bytes in";
    all(received, number::bytes_or_dash)?;
    line.field = "bytes out";
    record.bytes = all(out, number::bytes_or_dash)?.map_or(Bytes::Unlogged, Bytes::Logged);
    line.field = "status";
    record.status = all(status, number::status)?;
    match record.status {
        None if begun => Ok(Is::Directive),
        Some(_) if begun => refuse("`-`; the request has only come in", status),
        None => refuse("a status; the request went out", status),
        Some(_) => Ok(Is::Request),
    }
}

fn refuse<'a, T>(expected: &'static str, at: &'a [u8]) -> Read<'a, T> {
    Err(Wrong { kind: FaultKind::Syntax, expected, at })
}

/// The last column; what stands before it is left.
fn last<'a>(line: &mut Cursor<'a>, field: &'static str) -> Read<'a, &'a [u8]> {
    line.field = field;
    let cut = memmem::rfind(line.rest, b" | ")
        .and_then(|at| Some((line.rest.get(..at)?, line.rest.get(at + 3..)?)));
    let Some((rest, column)) = cut else { return line.refuse("` | ` before this column") };
    line.rest = rest;
    Ok(column)
}

/// `"GET /a HTTP/1.1" | "referer" "agent"`.
fn texts<'a>(line: &mut Cursor<'a>, record: &mut Record<'a>) -> Read<'a, ()> {
    const WANTED: &str = "a request in quotes, and a referer and an agent in quotes";
    line.field = "request";
    let inner = line.rest.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    let Some(inner) = inner else { return line.refuse(WANTED) };
    let mut cuts = memmem::find_iter(inner, b"\" | \"");
    let (Some(at), None) = (cuts.next(), cuts.next()) else {
        return line.refuse("one place where the request ends and the referer begins");
    };
    let (asked, both) = (inner.get(..at).unwrap_or_default(), inner.get(at + 5..).unwrap_or_default());
    let request::Request { method, target, protocol } = request::split(asked);
    (record.request, record.method, record.target, record.protocol) = (Some(asked), method, target, protocol);
    let mut cuts = memmem::find_iter(both, b"\" \"");
    match (cuts.next(), cuts.next()) {
        (Some(at), None) => {
            record.referer = both.get(..at);
            record.agent = both.get(at + 3..);
            Ok(())
        }
        // Which is which cannot be told, and they prove nothing.
        (Some(_), Some(_)) => Ok(()),
        (None, _) => line.refuse(WANTED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Unit;
    use crate::format::tests::{self, fault, record, unit};
    use crate::record::{Stamp, Zone};

    fn changed(from: &str, to: &str) -> &'static str {
        tests::changed(SAMPLE, from, to)
    }

    #[test]
    fn a_request_that_went_out_is_read() {
        let read = record("bitbucket", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_716_723_772_601_000, zone: Zone::Absent });
        assert_eq!((read.client, read.principal), (Some(&b"198.51.100.4,192.0.2.7"[..]), Some(&b"kim"[..])));
        assert_eq!(read.request_id, Some(&b"o@9K7Z3NNx6x3112x1"[..]));
        assert_eq!(read.target, Some(&b"/rest/api/1.0/projects/A/repos/b/archive?c=d"[..]));
        assert_eq!((read.method, read.protocol), (Some(&b"GET"[..]), Some(&b"HTTP/1.1"[..])));
        assert_eq!((read.status, read.bytes), (Some(200), Bytes::Logged(2326)));
        assert_eq!(read.referer, Some(&b"https://git.example.org/"[..]));
        assert_eq!(read.agent, Some(&b"curl/8.5.0"[..]));
    }

    #[test]
    fn a_request_that_came_in_is_a_directive() {
        let line =
            changed("o@", "i@").replacen("200 | 13 | 2326 | refs, cache:hit | 101", "- | - | - | - | -", 1);
        assert_eq!(unit("bitbucket", Box::leak(line.into_boxed_str())), Unit::Directive);
        let star =
            changed("o@", "i*").replacen("200 | 13 | 2326 | refs, cache:hit | 101", "- | - | - | - | -", 1);
        assert_eq!(unit("bitbucket", Box::leak(star.into_boxed_str())), Unit::Directive);
        assert_eq!(fault("bitbucket", changed("o@", "i@")).1, "status");
        assert_eq!(fault("bitbucket", changed("| 200 |", "| - |")).1, "status");
        assert_eq!(record("bitbucket", changed("o@", "o*")).status, Some(200));
    }

    #[test]
    fn ssh_and_grpc_are_directives() {
        for line in [
            "192.0.2.7 | ssh | o*N65BDNx354x326903x0 | kim | 2015-03-02 05:54:25,425 | SSH - git-upload-pack '/foo/bar.git' | - | 0 | 123 | 1024 | cache:miss, refs | 1cl58rd |",
            "192.0.2.7 | grpc | o@1GGG0Q5Kx420x106x2 | @5XDWX5x420x2768x0 | admin | 2022-04-12 07:09:18,086 | \"HostingService/HttpBackend\" | - | 0 | 2 | 141583 | 18951 | 3826461940 | - | 508028 |",
        ] {
            assert_eq!(unit("bitbucket", line), Unit::Directive, "{line}");
        }
        assert_eq!(fault("bitbucket", changed("https |", "gopher |")).1, "protocol");
    }

    #[test]
    fn columns_that_are_empty_were_not_logged() {
        let read = record(
            "bitbucket",
            r#"0:0:0:0:0:0:0:1 | http | - | - | 2020-07-21 15:30:52,815 | "GET /a HTTP/1.1" | "" "" | 404 | 0 | - | - | - | - |"#,
        );
        assert_eq!((read.request_id, read.principal), (None, None));
        assert_eq!((read.status, read.bytes), (Some(404), Bytes::Unlogged));
        assert_eq!((read.referer, read.agent), (Some(&b""[..]), Some(&b""[..])));
        assert_eq!(record("bitbucket", changed("| 2326 |", "| 0 |")).bytes, Bytes::Logged(0));
    }

    /// Nothing is escaped.
    #[test]
    fn bars_and_quotes_of_a_client_are_never_guessed() {
        let bars = record("bitbucket", changed("curl/8.5.0", "a | 404 | 1 | 2 | b"));
        assert_eq!((bars.status, bars.bytes), (Some(200), Bytes::Logged(2326)));
        assert_eq!(bars.agent, Some(&b"a | 404 | 1 | 2 | b"[..]));
        let quotes = record("bitbucket", changed("curl/8.5.0", r#"a" "b"#));
        assert_eq!((quotes.referer, quotes.agent), (None, None));
        let forged = changed("curl/8.5.0", r#"a" | "b"#);
        assert_eq!(fault("bitbucket", forged).1, "request");
        let query = record("bitbucket", changed("c=d", r#"c="d""#));
        assert_eq!(query.target, Some(&br#"/rest/api/1.0/projects/A/repos/b/archive?c="d""#[..]));
    }

    #[test]
    fn what_is_wrong_is_named_by_its_column() {
        for (from, to, field) in [
            ("o@9K7", "x9K7", "request id"),
            ("2024-05-26", "2024-02-31", "time"),
            ("11:42:52,601", "11:42", "time"),
            ("| 200 |", "| 2000 |", "status"),
            ("| 2326 |", "| many |", "bytes out"),
            ("| 13 |", "| many |", "bytes in"),
            ("| 101 |", "| long |", "duration"),
            (r#"| "GET"#, "| GET", "request"),
            (r#""https://git.example.org/" "curl/8.5.0""#, r#""curl/8.5.0""#, "request"),
            ("tmpqqw |", "tmpqqw", "session"),
            (" | kim | 2024-05-26 11:42:52,601", "", "time"),
        ] {
            assert_eq!(fault("bitbucket", changed(from, to)).1, field, "{to}");
        }
        assert_eq!(fault("bitbucket", "download|Thu, 07 Jan 2021|US|/a|").1, "address");
    }
}
