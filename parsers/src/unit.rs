//! One line → a record, a directive or a fault, whatever a collector put round it. The scan, the sniffer
//! and the fingerprints of lines all read through here, so that they agree on what a line is.
//!
//! The payload behind a prefix is read first; if no format reads it, the line as it stands (a line's own
//! shape may look like a prefix); if none reads that either, the fault is the payload's, because it names a
//! column of the log. A JSON object is read as it stands first: a log of objects may have the keys of a
//! collector, and their texts are what clients sent. So is a line that would be held as a part of another
//! ([`layer`]). Directives that belong to no format are told last: a line that begins with `#`, and
//! syslog's note that a message came again.
//!
//! A format without a time column borrows the prefix's time. Without one its reading is a fault of kind
//! `time`, and it never takes a line from a format that comes after it. It must show a request, too: a
//! template of one free column (`%{User-agent}i`) reads everything.
//!
//! Not done: joining lines that were written in parts ([`crate::joiner`]), blank lines, NUL bytes, torn
//! and over-long lines (the reader of the stream tells those).

use crate::fault::{Fault, FaultKind};
use crate::format::{Format, Unit};
use crate::prefix::{Kind, Peeled, is_repeat_note, peel};
use crate::record::{Record, Stamp};
use crate::token::time::TimeCache;
use memchr::memchr;
use std::sync::Arc;

/// What one line turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Read<'a> {
    /// Which of the formats read it; of a fault or a comment, 0.
    pub format: usize,
    /// What it is. Offsets of a fault count from the payload's beginning where [`Read::prefix`] is there.
    pub unit: Unit<'a>,
    /// The prefix behind which it was read; [`None`] where the line was read as it stands.
    pub prefix: Option<Kind>,
    /// The time of that prefix, where it states one with a year.
    pub time: Option<Stamp<'a>>,
}

impl Read<'_> {
    /// Whether it is a fault.
    #[must_use]
    pub const fn is_fault(&self) -> bool {
        matches!(self.unit, Unit::Fault(_))
    }
}

/// The column that a missing prefix time is blamed on.
pub(crate) const PREFIX: &str = "prefix";
const YEAR_WANTED: &str = "a time with a year; a syslog prefix of RFC 3164 has none";

/// Reads one line (without its ending). `scratch` is written where a payload has to be unescaped.
#[inline]
pub fn read<'a>(
    formats: &'a [Arc<dyn Format>],
    line: &'a [u8],
    scratch: &'a mut Vec<u8>,
    cache: &mut TimeCache,
) -> Read<'a> {
    read_peeled(formats, line, peel(line, scratch), cache)
}

/// The layer of a line that a [`crate::joiner::Joiner`] is to be fed with: none where it would hold the
/// line as a part of another, but a format reads the line as it stands.
#[inline]
pub fn layer<'a>(
    formats: &[Arc<dyn Format>],
    line: &[u8],
    peeled: Option<Peeled<'a>>,
    cache: &mut TimeCache,
) -> Option<Peeled<'a>> {
    match peeled {
        Some(peeled) if peeled.partial && reads_raw(formats, line, cache) => None,
        _ => peeled,
    }
}

#[cold]
fn reads_raw(formats: &[Arc<dyn Format>], line: &[u8], cache: &mut TimeCache) -> bool {
    let raw = one(formats, line, (None, None), |_| false, cache);
    matches!(raw.unit, Unit::Record(_)) && !took_brace(&raw)
}

/// As [`read`], of a line that has been peeled already.
#[inline]
pub fn read_peeled<'a>(
    formats: &'a [Arc<dyn Format>],
    line: &'a [u8],
    peeled: Option<Peeled<'a>>,
    cache: &mut TimeCache,
) -> Read<'a> {
    let mut read = Read::default();
    read_peeled_into(formats, line, peeled, cache, &mut read);
    read
}

/// As [`read_peeled`], into `read`, whatever was there: a record is long, and this is done for every line.
#[inline]
pub fn read_peeled_into<'a>(
    formats: &'a [Arc<dyn Format>],
    line: &'a [u8],
    peeled: Option<Peeled<'a>>,
    cache: &mut TimeCache,
    read: &mut Read<'a>,
) {
    match peeled {
        Some(peeled) => *read = read_behind(formats, line, &peeled, cache),
        // No line that begins with `#` bears a prefix, so a comment is only looked for here.
        None => one_into(formats, line, (None, None), is_comment, cache, read),
    }
}

fn read_behind<'a>(
    formats: &'a [Arc<dyn Format>],
    line: &'a [u8],
    peeled: &Peeled<'a>,
    cache: &mut TimeCache,
) -> Read<'a> {
    let mut read = behind(formats, line, peeled, cache);
    if read.is_fault() && peeled.kind.is_syslog() && is_repeat_note(peeled.payload) {
        (read.format, read.unit) = (0, Unit::Directive);
    }
    read
}

/// What the formats alone make of a line: [`read_peeled`] without the directives of no format.
pub(crate) fn by_formats<'a>(
    formats: &'a [Arc<dyn Format>],
    line: &'a [u8],
    peeled: Option<Peeled<'a>>,
    cache: &mut TimeCache,
) -> Read<'a> {
    match peeled {
        Some(peeled) => behind(formats, line, &peeled, cache),
        None => one(formats, line, (None, None), |_| false, cache),
    }
}

/// The payload, else the line as it stands, else the payload's fault; of an object the line first.
fn behind<'a>(
    formats: &'a [Arc<dyn Format>],
    line: &'a [u8],
    peeled: &Peeled<'a>,
    cache: &mut TimeCache,
) -> Read<'a> {
    let is_object = line.first() == Some(&b'{');
    if is_object {
        let raw = one(formats, line, (None, None), |_| false, cache);
        if !raw.is_fault() && !took_brace(&raw) {
            return raw;
        }
        if let Some(fault) = nul_within(peeled.payload) {
            return Read {
                format: 0,
                unit: Unit::Fault(fault),
                prefix: Some(peeled.kind),
                time: peeled.time,
            };
        }
    }
    if let Some(payload) = peeled.with_host {
        let read = read_payload(formats, payload, (peeled.kind, peeled.time), cache);
        if matches!(read.unit, Unit::Record(_)) {
            return read;
        }
    }
    let inner = read_payload(formats, peeled.payload, (peeled.kind, peeled.time), cache);
    if !inner.is_fault() || is_object {
        return inner;
    }
    if let Some(payload) = peeled.with_time {
        let read = read_payload(formats, payload, (peeled.kind, peeled.time), cache);
        if !read.is_fault() {
            return read;
        }
    }
    let raw = one(formats, line, (None, None), |_| false, cache);
    if raw.is_fault() { inner } else { raw }
}

/// Whether a template without a brace of its own took the object's for a column: `{"log":"192.0.2.7`.
fn took_brace(read: &Read<'_>) -> bool {
    let Unit::Record(record) = &read.unit else { return false };
    [record.client, record.peer, record.host].into_iter().flatten().any(|text| text.starts_with(b"{"))
}

/// The fault of a text that holds a NUL, as it stands or once it is unescaped (`\u0000` in JSON).
#[must_use]
pub fn nul_within(text: &[u8]) -> Option<Fault<'_>> {
    let first = memchr(0, text)?;
    Some(Fault::at(FaultKind::Nul, "line", "text without NUL bytes", text, first))
}

/// Reads what stood behind a prefix of that kind and time, and nothing else.
pub(crate) fn read_payload<'a>(
    formats: &'a [Arc<dyn Format>],
    payload: &'a [u8],
    (kind, time): (Kind, Option<Stamp<'a>>),
    cache: &mut TimeCache,
) -> Read<'a> {
    one(formats, payload, (Some(kind), time), |_| false, cache)
}

/// One text by the first format that reads it, as [`crate::format::parse_any`] does; `time` is what a format
/// without a time column borrows, and what nothing reads is a directive if `is_directive` says so.
fn one<'a>(
    formats: &'a [Arc<dyn Format>],
    text: &'a [u8],
    (prefix, time): (Option<Kind>, Option<Stamp<'a>>),
    is_directive: fn(&[u8]) -> bool,
    cache: &mut TimeCache,
) -> Read<'a> {
    let mut read = Read::default();
    one_into(formats, text, (prefix, time), is_directive, cache, &mut read);
    read
}

/// As [`one`], into `read`.
fn one_into<'a>(
    formats: &'a [Arc<dyn Format>],
    text: &'a [u8],
    (prefix, time): (Option<Kind>, Option<Stamp<'a>>),
    is_directive: fn(&[u8]) -> bool,
    cache: &mut TimeCache,
    read: &mut Read<'a>,
) {
    (read.format, read.prefix) = (0, prefix);
    // Not copied where there is none: nearly always.
    read.time = if time.is_some() { time } else { None };
    let mut first = None;
    for (index, format) in formats.iter().enumerate() {
        format.parse_into(text, cache, &mut read.unit);
        match &read.unit {
            Unit::Fault(fault) => first = first.or(Some(*fault)),
            // Only an empty stamp makes the question worth a call.
            Unit::Record(Record { time: Stamp { local_us: 0, .. }, .. }) if !format.states_time() => {
                (read.format, read.unit) = timed(formats, text, time, cache);
                return;
            }
            Unit::Record(_) | Unit::Directive => {
                read.format = index;
                return;
            }
        }
    }
    let unrecognised = || Fault::at(FaultKind::Syntax, "line", "a known format", text, 0);
    read.unit = match is_directive(text) {
        true => Unit::Directive,
        false => Unit::Fault(first.unwrap_or_else(unrecognised)),
    };
}

/// As [`one`], where a format without a time column is among those that read the text.
#[cold]
fn timed<'a>(
    formats: &'a [Arc<dyn Format>],
    text: &'a [u8],
    time: Option<Stamp<'a>>,
    cache: &mut TimeCache,
) -> (usize, Unit<'a>) {
    let (mut first, mut timeless) = (None, None);
    for (index, format) in formats.iter().enumerate() {
        match (format.parse(text, cache), time) {
            (Unit::Fault(fault), _) => first = first.or(Some(fault)),
            (Unit::Record(record), _) if !format.states_time() && !shows_request(&record) => {}
            (Unit::Record(record), Some(time)) if !format.states_time() => {
                return (index, Unit::Record(Record { time, ..record }));
            }
            (Unit::Record(_), None) if !format.states_time() => timeless = timeless.or(Some(index)),
            (read, _) => return (index, read),
        }
    }
    let no_time = Fault::at(FaultKind::Time, PREFIX, YEAR_WANTED, text, 0);
    let unread = Fault::at(FaultKind::Syntax, "line", "a column with the time or the request", text, 0);
    match timeless {
        Some(index) => (index, Unit::Fault(no_time)),
        None => (0, Unit::Fault(first.unwrap_or(unread))),
    }
}

const fn shows_request(record: &Record<'_>) -> bool {
    record.request.is_some() || record.target.is_some()
}

/// Whether a line that no format reads is well-formed all the same, and no request (METHOD M1.2).
#[cold]
fn is_comment(line: &[u8]) -> bool {
    let text = |byte: &u8| !byte.is_ascii_control() || *byte == b'\t';
    line.starts_with(b"#") && line.iter().all(text)
}

#[cfg(test)]
mod tests;
