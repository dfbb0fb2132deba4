//! Peels the one layer that another program put round a log line: a collector, a container runtime, a
//! spreadsheet.
//!
//! Only the first layer is taken off, and only by its own shape: whether what is left reads as a request
//! is for [`crate::unit`] to find out, which keeps the raw line beside it. So the peeling is liberal where
//! real collectors are sloppy (a tag without a process id, a line without a host), and never the last word.
//!
//! Not done: syslog over several lines, `message repeated 5 times: [ … ]` (its text is kept, and faults),
//! journald's split messages (`_LINE_BREAK`), two layers (docker json-file round syslog).
//!
//! Sources: RFC 3164, RFC 5424; rsyslog's built-in templates; docker's json-file driver and its
//! 16 KiB parts; the Kubernetes CRI log format; `docker compose logs`; systemd's Journal Export Formats
//! (JSON). Each kind has its file.

mod compose;
mod cri;
mod docker;
mod journald;
mod json;
mod open;
mod quoted;
mod syslog;

pub use open::{OpenRuns, RUN_BYTES, RUN_LINES};
pub use syslog::is_repeat_note;

use crate::record::Stamp;
use crate::token::time::{TimeCache, iso8601};
use memchr::memchr;

/// Who put the layer there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `<134>Feb 25 16:19:49 host tag[pid]: …`, priority optional. It has no year, so no time.
    Syslog3164,
    /// `<134>1 2021-03-06T04:07:38Z host app procid msgid SD …`.
    Syslog5424,
    /// rsyslog's own: `2021-03-06T04:07:38.1+00:00 host tag[pid]: …`, priority optional.
    SyslogIso,
    /// Docker's json-file driver: `{"log":"…\n","stream":"stdout","time":"…"}`.
    DockerJson,
    /// containerd and CRI-O: `2024-04-16T06:21:39.0Z stdout F …`.
    Cri,
    /// `docker compose logs`: `name  | …`.
    Compose,
    /// `journalctl -o json`.
    Journald,
    /// The whole line in one more pair of double quotes.
    Quoted,
}

impl Kind {
    /// Every kind, in the order in which outputs list them.
    pub const ALL: [Self; 8] = [
        Self::Syslog3164,
        Self::Syslog5424,
        Self::SyslogIso,
        Self::DockerJson,
        Self::Cri,
        Self::Compose,
        Self::Journald,
        Self::Quoted,
    ];

    /// The word used in every output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Syslog3164 => "syslog-3164",
            Self::Syslog5424 => "syslog-5424",
            Self::SyslogIso => "syslog-iso",
            Self::DockerJson => "docker-json",
            Self::Cri => "cri",
            Self::Compose => "compose",
            Self::Journald => "journald",
            Self::Quoted => "quoted",
        }
    }

    /// Whether a syslog daemon wrote it.
    #[must_use]
    pub const fn is_syslog(self) -> bool {
        matches!(self, Self::Syslog3164 | Self::Syslog5424 | Self::SyslogIso)
    }
}

/// A line without its outer layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peeled<'a> {
    /// Who put the layer there.
    pub kind: Kind,
    /// What stood inside: a slice of the line, or of the scratch buffer where it had to be unescaped.
    pub payload: &'a [u8],
    /// When the layer was put there, with its zone; [`None`] where it states no time with a year.
    pub time: Option<Stamp<'a>>,
    /// Whether the payload goes on in a later line of the same stream.
    pub partial: bool,
    /// 1 for standard output, 2 for standard error, 0 where the layer does not say.
    pub stream: u8,
    /// Where a time behind the bar was taken for `docker compose logs --timestamps`: the payload with it
    /// left in, because it may be the first column of the log itself.
    pub with_time: Option<&'a [u8]>,
    /// Where a word was taken for the host of a syslog line without a tag: the payload with it left in,
    /// because it may be the first column of the log itself. It is tried first.
    pub with_host: Option<&'a [u8]>,
}

impl<'a> Peeled<'a> {
    const fn of(kind: Kind, payload: &'a [u8], time: Option<Stamp<'a>>) -> Self {
        Self { kind, payload, time, partial: false, stream: 0, with_time: None, with_host: None }
    }
}

/// Takes one layer off `line` (without its ending), if it bears one. Where the payload has to be unescaped
/// it is written to `scratch`, whose former content is lost. The answer depends on the line alone.
#[must_use]
#[inline]
pub fn peel<'a>(line: &'a [u8], scratch: &'a mut Vec<u8>) -> Option<Peeled<'a>> {
    if may_bear(line) { peel_borne(line, scratch) } else { None }
}

fn peel_borne<'a>(line: &'a [u8], scratch: &'a mut Vec<u8>) -> Option<Peeled<'a>> {
    match *line.first()? {
        b'{' => {
            let layer = docker::open(line, scratch).or_else(|| journald::open(line, scratch))?;
            let json::Layer { kind, time, partial, stream } = layer;
            Some(Peeled { partial, stream, ..Peeled::of(kind, scratch, time) })
        }
        b'"' => quoted::peel(line, scratch),
        _ => cri::peel(line).or_else(|| syslog::peel(line)).or_else(|| compose::peel(line)),
    }
}

/// Whether a line could bear a layer, by a look at its first bytes. Up to three digits and a dot begin an
/// IPv4 address, never a layer: nearly every plain access line is told apart by that alone.
#[must_use]
#[inline]
pub fn may_bear(line: &[u8]) -> bool {
    match line {
        // Without short circuits: which of the three it is cannot be predicted.
        [b'0'..=b'9', a, b, c, ..] if (*a == b'.') | (*b == b'.') | (*c == b'.') => false,
        _ => may_bear_for_all_that(line),
    }
}

fn may_bear_for_all_that(line: &[u8]) -> bool {
    match line {
        [b'<' | b'{' | ESCAPE, ..] => true,
        [b'"', .., b'"'] => true,
        [b'0'..=b'9', ..] => is_dated(line) || is_named(line),
        [b'A'..=b'Z' | b'a'..=b'z', ..] => has_clock(line) || is_named(line),
        _ => false,
    }
}

/// Begins the control sequences of terminals.
const ESCAPE: u8 = 0x1b;

/// `2021-03-06T…`, as far as its punctuation goes.
#[inline]
fn is_dated(line: &[u8]) -> bool {
    matches!(line, [_, _, _, _, b'-', _, _, b'-', _, _, b'T', ..])
}

/// `Feb 25 16:19:…`, as far as its punctuation goes.
#[inline]
fn has_clock(line: &[u8]) -> bool {
    matches!(line, [_, _, _, b' ', _, _, b' ', _, _, b':', _, _, b':', ..])
}

/// A word and then the bar of compose, or what may stand before the bar.
#[inline]
fn is_named(line: &[u8]) -> bool {
    let next = memchr(b' ', line).and_then(|space| line.get(space + 1));
    matches!(next, Some(b'|' | b' ' | &ESCAPE))
}

/// An RFC 3339 time at the front, and what follows it.
fn rfc3339(i: &[u8]) -> Option<(Stamp<'_>, &[u8])> {
    if !is_dated(i) {
        return None;
    }
    iso8601(i, &mut TimeCache::default()).ok().map(|(rest, stamp)| (stamp, rest))
}

/// The word at the front and what follows the space behind it.
fn word(i: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr(b' ', i)?;
    let (word, rest) = i.split_at_checked(end)?;
    rest.split_first().map(|(_, rest)| (word, rest))
}

#[cfg(test)]
mod tests;
