//! Envoy's access log: its default text (`envoy`), the text that Istio sets (`envoy-istio`), and Istio's JSON
//! (`envoy-json`).
//!
//! Sources: Envoy documentation, "Access logging" (usage: the command operators and the default format string); Istio
//! documentation, "Envoy Access Logs", and its source (the formats, also that of 1.3 to 1.8, and the keys of the JSON). Written from documentation, not yet seen in a
//! real file.
//!
//! **Time** is when the request began, in UTC. **Bytes** (`BYTES_SENT`) are body bytes sent; on a WebSocket the response
//! headers too. A **status** of 0 means that no beginning of a response was sent, mostly because the client left.
//!
//! **Aborts**: the response flag `DC` is "downstream connection termination", a cut. Other flags that can end a response
//! that had begun (`UC`, `UR`, `DPE`, `DT` …) are documented with a status of their own; beside a status of success they
//! are doubtful. No flag proves nothing: old versions (1.5, 1.6) know no `DC`.
//!
//! **Client**: the default text has none, only `X-Forwarded-For`, which anybody can write. Where `downstream_remote_address`
//! is logged it is the client; Envoy may have taken it from the PROXY protocol or from `X-Forwarded-For` itself.
//!
//! **Quotes**: in the texts *nothing is escaped*. So the one place is looked for where the columns of the answer stand behind
//! the request. If there are several, it cannot be told which is the log's own, and the line is a fault. If quotes in the
//! texts behind leave several readings, those texts are left out: they prove nothing.
//!
//! A TCP connection has `- - -` for the request (JSON: neither method nor protocol, and no status): a directive.
//!
//! What it cannot say: the size of the object, which range was asked for, who was signed in, the referer.

use super::own::{Columns, Is};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Abort, ByteSemantics, Bytes, Meaning, Record, TimeBasis};
use crate::token::cursor::{Cursor, Read, all, logged};
use crate::token::time::{TimeCache, iso8601};
use crate::token::{Wrong, number, request};
use std::sync::Arc;

mod object;
#[cfg(test)]
mod tests;

const FAMILY: Family = Family::web_server("envoy");

const MEANING: Meaning =
    Meaning { time_basis: TimeBasis::Received, bytes: ByteSemantics::BodyWritten, ..Meaning::UNKNOWN };

const SAMPLE: &str = r#"[2016-04-15T20:17:00.310Z] "GET /a.csv?b=c HTTP/2" 200 - 0 2326 226 100 "192.0.2.7" "curl/8.5.0" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "files.example.org:443" "tcp://198.51.100.9:80""#;
const ISTIO: &str = r#"[2020-11-25T21:26:18.409Z] "GET /a.csv?b=c HTTP/1.1" 200 - via_upstream - "-" 0 2326 3 1 "-" "curl/8.5.0" "84961386-6d84-929d-98bd-c5aee93b5c88" "files.example.org:8000" "127.0.0.1:80" inbound|8000|| 127.0.0.1:41854 10.44.1.27:80 192.0.2.7:37652 outbound_.8000_._.files.example.org default"#;

pub(super) const FORMATS: &[Named] = &[
    Named::own("envoy", FAMILY, Origin::Documentation, SAMPLE, || columns("envoy", default)),
    Named::own("envoy-istio", FAMILY, Origin::Documentation, ISTIO, || columns("envoy-istio", istio)),
    Named::own("envoy-json", FAMILY, Origin::Documentation, object::SAMPLE, || Arc::new(object::format())),
];

fn columns(name: &'static str, read: super::own::ReadColumns) -> Arc<Columns> {
    Arc::new(Columns {
        name,
        meaning: MEANING,
        separator: b' ',
        may_read: |line| line.first() == Some(&b'[') && line.get(5) == Some(&b'-'),
        read,
    })
}

/// Who set the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    Default,
    Istio,
}

fn default<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    let (is, rest) = front(line, Layout::Default, cache, record)?;
    line.field = "REQ(X-FORWARDED-FOR)";
    let Some(inner) = rest.strip_suffix(b"\"") else {
        return refuse("five texts in quotes to the line's end", rest);
    };
    texts(inner, record)?;
    Ok(is)
}

fn istio<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    let (is, rest) = front(line, Layout::Istio, cache, record)?;
    line.field = "UPSTREAM_CLUSTER";
    let end = memchr::memrchr(b'"', rest).and_then(|end| rest.split_at_checked(end));
    let Some((inner, tail)) = end else { return refuse("five texts in quotes", rest) };
    let mut words = tail.strip_prefix(b"\" ").unwrap_or_default().split(|byte| *byte == b' ');
    let [cluster, upstream, local, remote, name, route] =
        std::array::from_fn(|_| words.next().unwrap_or_default());
    let is_there = |word: &&[u8]| !word.is_empty();
    if ![cluster, upstream, local, remote, name, route].iter().all(is_there) || words.next().is_some() {
        return refuse("cluster, three addresses, server name and route to the line's end", tail);
    }
    record.client = logged(remote);
    line.field = "REQ(X-FORWARDED-FOR)";
    texts(inner, record)?;
    Ok(is)
}

/// Time, request and answer; what stands behind the quote of the first text.
fn front<'a>(
    line: &mut Cursor<'a>,
    layout: Layout,
    cache: &mut TimeCache,
    record: &mut Record<'a>,
) -> Read<'a, (Is, &'a [u8])> {
    line.begin("START_TIME")?;
    line.literal(b"[", "`[` before the time")?;
    (line.rest, record.time) = iso8601(line.rest, cache).map_err(crate::token::reason)?;
    line.literal(b"]", "`]` behind the time")?;
    line.begin("REQ(:METHOD)")?;
    let (text, answer) = request(line.rest, layout)?;
    record.status = Some(answer.status);
    record.bytes = Bytes::Logged(answer.bytes);
    record.abort = abort(answer.flags);
    if text == b"- - -" {
        return Ok((Is::Directive, answer.rest));
    }
    let request::Request { method, target, protocol } = request::split(text);
    record.request = Some(text);
    record.method = method.and_then(logged);
    record.target = target.and_then(logged);
    record.protocol = protocol;
    Ok((Is::Request, answer.rest))
}

/// The columns that hold no client's text, between the request and the texts.
#[derive(Debug, Clone, Copy)]
struct Answer<'a> {
    status: u16,
    flags: &'a [u8],
    bytes: u64,
    /// From the first text on, without its quote.
    rest: &'a [u8],
}

/// The request in quotes, and the answer behind it.
fn request(i: &[u8], layout: Layout) -> Read<'_, (&[u8], Answer<'_>)> {
    let Some(inner) = i.strip_prefix(b"\"") else { return refuse("a request in quotes", i) };
    let mut places = memchr::memmem::find_iter(inner, b"\" ")
        .filter_map(|end| Some((inner.get(..end)?, answer(inner.get(end + 2..)?, layout)?)));
    match (places.next(), places.next()) {
        (Some(found), None) => Ok(found),
        (None, _) => refuse("code, flags, bytes received and sent, and times behind the request", i),
        (Some(_), Some(_)) => refuse("one end of the request; there are several places that can be it", i),
    }
}

/// `200 - 0 2326 226 100` and the quote of the first text.
fn answer(i: &[u8], layout: Layout) -> Option<Answer<'_>> {
    let (status, i) = word(i)?;
    let (flags, i) = word(i)?;
    let i = if layout == Layout::Istio { details(i)? } else { i };
    let (received, i) = word(i)?;
    let (sent, i) = word(i)?;
    let (duration, i) = word(i)?;
    let (service, i) = word(i)?;
    let rest = i.strip_prefix(b"\"")?;
    let status = if status == b"0" { Some(0) } else { all(status, number::status).ok().flatten() }?;
    let is_flag = |byte: &u8| byte.is_ascii_uppercase() || matches!(byte, b',' | b'-');
    let counts =
        [received, duration, service].into_iter().all(|text| all(text, number::bytes_or_dash).is_ok());
    let bytes = all(sent, number::unsigned).ok().filter(|_| counts && flags.iter().all(is_flag))?;
    Some(Answer { status, flags, bytes, rest })
}

/// Istio's `via_upstream - "-" `; up to 1.8 `"-" "-" `.
fn details(i: &[u8]) -> Option<&[u8]> {
    let i = match i.strip_prefix(b"\"") {
        Some(status) => behind_quote(status)?,
        None => word(word(i)?.1)?.1,
    };
    behind_quote(i.strip_prefix(b"\"")?)
}

/// What stands behind the next quote and a space.
fn behind_quote(i: &[u8]) -> Option<&[u8]> {
    i.get(memchr::memchr(b'"', i)?..)?.strip_prefix(b"\" ")
}

/// A word and what stands behind the space that ends it.
fn word(i: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = crate::token::near::byte(b' ', i).filter(|at| *at > 0)?;
    Some((i.get(..at)?, i.get(at + 1..)?))
}

/// Puts the texts into the record: forwarded addresses, agent, request id, authority; the upstream host is not kept.
fn texts<'a>(inner: &'a [u8], record: &mut Record<'a>) -> Read<'a, ()> {
    const BETWEEN: &[u8] = b"\" \"";
    let mut ends = memchr::memmem::find_iter(inner, BETWEEN);
    let cuts = (ends.next(), ends.next(), ends.next(), ends.next());
    let (Some(a), Some(b), Some(c), Some(d)) = cuts else { return refuse("five texts in quotes", inner) };
    if ends.next().is_some() {
        return Ok(());
    }
    let text = |begin: usize, end: usize| inner.get(begin..end).unwrap_or_default();
    record.x_forwarded_for = logged(text(0, a));
    record.agent = Some(text(a + BETWEEN.len(), b)).filter(|text| *text != b"-");
    record.request_id = logged(text(b + BETWEEN.len(), c));
    record.host = logged(text(c + BETWEEN.len(), d)).map(request::without_port);
    Ok(())
}

/// What the response flags say of the transfer.
fn abort(flags: &[u8]) -> Abort {
    let each = || flags.split(|byte| *byte == b',');
    let can_end_a_response = |flag: &[u8]| {
        matches!(
            flag,
            b"UC" | b"UR" | b"UT" | b"LR" | b"SI" | b"DT" | b"DR" | b"UMSDR" | b"UPE" | b"DPE" | b"OM"
        )
    };
    if each().any(|flag| flag == b"DC") {
        Abort::Cut
    } else if each().any(can_end_a_response) {
        Abort::Doubtful
    } else {
        Abort::Unlogged
    }
}

fn refuse<'a, T>(expected: &'static str, at: &'a [u8]) -> Read<'a, T> {
    Err(Wrong { kind: FaultKind::Syntax, expected, at })
}
