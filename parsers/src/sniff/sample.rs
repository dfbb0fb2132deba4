//! The lines of a sample that are looked at, each peeled once and read by every format.

use crate::encoding::{Encoding, unmarked};
use crate::fault::FaultKind;
use crate::format::head::{Head, Leads};
use crate::format::{Format, Marks, Split, Unit};
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
    /// Which of the sample's heads is in force.
    head: usize,
}

/// What is looked at of a sample.
pub(super) struct Sample<'a> {
    /// Its lines.
    pub(super) lines: Vec<Picked<'a>>,
    /// The directives that are in force somewhere in it.
    heads: Vec<Head>,
}

/// A format as it reads the lines of a sample.
pub(super) enum Armed<'f> {
    Always(&'f Arc<dyn Format>),
    /// By the head; none where it cannot.
    Under(Vec<Option<Arc<dyn Format>>>),
}

impl Armed<'_> {
    fn under(&self, head: usize) -> Option<&Arc<dyn Format>> {
        match self {
            Self::Always(format) => Some(format),
            Self::Under(formats) => formats.get(head)?.as_ref(),
        }
    }
}

impl Sample<'_> {
    /// `format`, ready for this sample; [`None`] if it can read no line of it.
    pub(super) fn arm<'f>(&self, format: &'f Arc<dyn Format>) -> Option<Armed<'f>> {
        if format.reads_objects() && !self.lines.iter().any(Picked::may_be_object) {
            return None;
        }
        if format.split() != Split::Header {
            return Some(Armed::Always(format));
        }
        let armed: Vec<_> = self.heads.iter().map(|head| format.arm(head)).collect();
        armed.iter().any(Option::is_some).then_some(Armed::Under(armed))
    }
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
    fn of(line: Cow<'a, [u8]>, head: usize) -> Self {
        let mut scratch = Vec::new();
        let payload = peel(&line, &mut scratch).map(|peeled| Payload {
            kind: peeled.kind,
            text: peeled.payload.to_vec(),
            time: peeled.time.map(Stamp::unnamed),
            with_time: peeled.with_time.map(<[u8]>::to_vec),
            with_host: peeled.with_host.map(<[u8]>::to_vec),
        });
        let marks = Marks::of(&line);
        Self { line, payload, marks, head }
    }

    /// Whether it has the shape of a known prefix.
    pub(super) const fn bears_prefix(&self) -> bool {
        self.payload.is_some()
    }

    /// False only if no text of it begins as a JSON object.
    fn may_be_object(&self) -> bool {
        self.bears_prefix() || self.line.first() == Some(&b'{')
    }

    /// Whether `format` reads the line, and behind what.
    pub(super) fn seen_by(&self, format: &Armed<'_>, cache: &mut TimeCache) -> Seen {
        let Some(format) = format.under(self.head) else { return Seen::Not };
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

/// At most [`LINES`] lines, evenly spread, and the directives in force at each; blank ones, such as do not decode, and an
/// unterminated last one (unless it is alone) tell nothing.
pub(super) fn pick<'a>(sample: &'a [u8], encoding: Encoding, leads: &Leads) -> Sample<'a> {
    let mut decoded = Vec::new();
    let mut text = |line| match encoding {
        Encoding::Bytes => Some(Cow::Borrowed(unmarked(line))),
        _ => encoding.text(line, &mut decoded).ok().map(|text| Cow::Owned(text.to_vec())),
    };
    let (mut heads, mut is_new) = (vec![Head::default()], false);
    let mut all: Vec<(Cow<'_, [u8]>, bool, usize)> = Vec::new();
    for line in lines_of(sample, encoding) {
        let Some(text) = text(line.bytes).filter(|text| !is_blank(text)) else { continue };
        if leads.begin(&text) {
            // Directives that follow each other are one head.
            if !std::mem::replace(&mut is_new, true) {
                heads.extend(heads.last().cloned());
            }
            heads.last_mut().into_iter().for_each(|head| head.take(&text));
        } else {
            is_new = false;
        }
        all.push((text, line.terminated, heads.len() - 1));
    }
    let whole = all.iter().filter(|(_, terminated, _)| *terminated).count().max(all.len().min(1));
    let stride = whole.div_ceil(LINES).max(1);
    let lines =
        all.into_iter().take(whole).step_by(stride).map(|(line, _, head)| Picked::of(line, head)).collect();
    Sample { lines, heads }
}
