//! Docker's json-file driver: one object a line, keys in any order, further ones (`attrs`) passed over.
//!
//! Docker writes a line of more than 16 KiB in parts: a `log` that does not end with a newline goes on in
//! the next object of its stream (so does the last output of a process that ended without one). A terminal
//! ends its lines with CRLF. A time without zone has been seen, and is kept as such.

use super::json::{Layer, Text};
use super::{Kind, rfc3339};
use memchr::memmem;
use serde::Deserialize;

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    log: Text<'a>,
    #[serde(borrow)]
    stream: Option<Text<'a>>,
    #[serde(borrow)]
    time: Option<Text<'a>>,
}

/// Opens an entry; its payload goes to `scratch`.
pub(super) fn open(line: &[u8], scratch: &mut Vec<u8>) -> Option<Layer> {
    memmem::find(line, br#""log""#)?;
    let Entry { log, stream, time } = serde_json::from_slice(line).ok()?;
    // An application's own object may have a `log` too; docker's always says where it comes from.
    if stream.is_none() && time.is_none() {
        return None;
    }
    log.into_scratch(scratch);
    let ended = scratch.pop_if(|last| *last == b'\n').is_some();
    if ended {
        scratch.pop_if(|last| *last == b'\r');
    }
    let stream = stream.map_or(0, |stream| match &*stream.0 {
        b"stdout" => 1,
        b"stderr" => 2,
        _ => 0,
    });
    let time = time.and_then(|time| {
        rfc3339(&time.0).filter(|(_, rest)| rest.is_empty()).map(|(stamp, _)| stamp.unnamed())
    });
    Some(Layer { kind: Kind::DockerJson, time, partial: !ended, stream })
}
