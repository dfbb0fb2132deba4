//! Docker's json-file driver: one object a line, keys in any order, further ones (`attrs`) passed over.
//!
//! Docker writes a line of more than 16 KiB in parts: a `log` of at least that length that does not end
//! with a newline goes on in the next object of its stream. A shorter one without a newline is the last
//! output of a process, or the rest of a line. A terminal ends its lines with CRLF. A time without zone has
//! been seen, and is kept as such.
//!
//! An application's own object may have a `log` too, and a `time`; docker's always names its stream.

use super::json::{Layer, Text};
use super::{Kind, rfc3339};
use memchr::memmem;
use serde::Deserialize;

/// Length of docker's buffer: a part of a line fills it.
const PART_BYTES: usize = 16 << 10;

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    log: Text<'a>,
    #[serde(borrow)]
    stream: Text<'a>,
    #[serde(borrow)]
    time: Option<Text<'a>>,
}

/// Opens an entry; its payload goes to `scratch`.
pub(super) fn open(line: &[u8], scratch: &mut Vec<u8>) -> Option<Layer> {
    memmem::find(line, br#""log""#)?;
    let Entry { log, stream, time } = serde_json::from_slice(line).ok()?;
    let stream = match &*stream.0 {
        b"stdout" => 1,
        b"stderr" => 2,
        _ => return None,
    };
    log.into_scratch(scratch);
    let ended = scratch.pop_if(|last| *last == b'\n').is_some();
    if ended {
        scratch.pop_if(|last| *last == b'\r');
    }
    let time = time.and_then(|time| {
        rfc3339(&time.0).filter(|(_, rest)| rest.is_empty()).map(|(stamp, _)| stamp.unnamed())
    });
    Some(Layer { kind: Kind::DockerJson, time, partial: !ended && scratch.len() >= PART_BYTES, stream })
}
