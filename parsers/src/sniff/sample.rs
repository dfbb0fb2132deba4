//! The lines of a sample that are looked at, each peeled once and read by every format.

use crate::encoding::{Encoding, unmarked};
use crate::fault::FaultKind;
use crate::format::{Format, Marks, Unit};
use crate::framing::{is_blank, lines_of};
use crate::prefix::{Kind, Peeled, peel};
use crate::record::Stamp;
use crate::token::time::TimeCache;
use crate::unit::{PREFIX, Read, by_formats};
use std::borrow::Cow;
use std::sync::Arc;

/// How many lines of a sample are looked at.
const LINES: usize = 2000;

/// A line of the sample, and what stood behind its prefix.
pub(super) struct Picked<'a> {
    line: Cow<'a, [u8]>,
    payload: Option<Payload>,
    marks: Marks,
}

/// What was peeled off a line, without its borrow: it is read once for each format.
struct Payload {
    kind: Kind,
    text: Vec<u8>,
    time: Option<Stamp<'static>>,
    with_time: Option<Vec<u8>>,
    with_host: Option<Vec<u8>>,
}

impl<'a> Picked<'a> {
    fn of(line: Cow<'a, [u8]>) -> Self {
        let mut scratch = Vec::new();
        let payload = peel(&line, &mut scratch).map(|peeled| Payload {
            kind: peeled.kind,
            text: peeled.payload.to_vec(),
            time: peeled.time.map(Stamp::unnamed),
            with_time: peeled.with_time.map(<[u8]>::to_vec),
            with_host: peeled.with_host.map(<[u8]>::to_vec),
        });
        let marks = Marks::of(&line);
        Self { line, payload, marks }
    }

    /// Whether it has the shape of a known prefix.
    pub(super) const fn bears_prefix(&self) -> bool {
        self.payload.is_some()
    }

    /// Whether `format` reads the line, and behind what.
    pub(super) fn seen_by(&self, format: &Arc<dyn Format>, cache: &mut TimeCache) -> Seen {
        // Where there is a prefix, more texts than the line are tried.
        if !self.bears_prefix() && !format.may_read(&self.line, &self.marks) {
            return Seen::Not;
        }
        let peeled = self.payload.as_ref().map(|payload| Peeled {
            kind: payload.kind,
            payload: &payload.text,
            time: payload.time,
            partial: false,
            stream: 0,
            with_time: payload.with_time.as_deref(),
            with_host: payload.with_host.as_deref(),
        });
        let Read { unit, prefix, .. } = by_formats(std::slice::from_ref(format), &self.line, peeled, cache);
        match (unit, prefix) {
            (Unit::Fault(fault), Some(kind)) if fault.kind == FaultKind::Time && fault.field == PREFIX => {
                Seen::Behind(kind)
            }
            (Unit::Fault(_), _) => Seen::Not,
            (_, Some(kind)) => Seen::Behind(kind),
            (_, None) => Seen::Raw,
        }
    }
}

/// Whether a format reads a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    Not,
    Raw,
    Behind(Kind),
}

/// At most [`LINES`] lines, evenly spread; blank ones, such as do not decode, and an unterminated last one
/// (unless it is alone) tell nothing.
pub(super) fn pick(sample: &[u8], encoding: Encoding) -> Vec<Picked<'_>> {
    let mut decoded = Vec::new();
    let mut text = |line| match encoding {
        Encoding::Bytes => Some(Cow::Borrowed(unmarked(line))),
        _ => encoding.text(line, &mut decoded).ok().map(|text| Cow::Owned(text.to_vec())),
    };
    let all: Vec<(Cow<'_, [u8]>, bool)> = lines_of(sample, encoding)
        .filter_map(|line| Some((text(line.bytes)?, line.terminated)))
        .filter(|(line, _)| !is_blank(line))
        .collect();
    let whole = all.iter().filter(|(_, terminated)| *terminated).count().max(all.len().min(1));
    let stride = whole.div_ceil(LINES).max(1);
    all.into_iter().take(whole).step_by(stride).map(|(line, _)| Picked::of(line)).collect()
}
