//! `journalctl -o json`: one object a line. `MESSAGE` is a string, or an array of byte values where it is
//! not UTF-8; `__REALTIME_TIMESTAMP` counts microseconds of UTC, as text, when the journal received it.
//!
//! `_SOURCE_REALTIME_TIMESTAMP` (what the sender claims) is not used. `MESSAGE` as `null` (too large for
//! the export) or as several values is no payload.

use super::Kind;
use super::json::{Layer, Text};
use crate::token::time::{EpochUnit, epoch};
use memchr::memmem;
use serde::Deserialize;

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, rename = "MESSAGE")]
    message: Text<'a>,
    #[serde(borrow, rename = "__REALTIME_TIMESTAMP")]
    received: Option<Text<'a>>,
}

/// Opens an entry; its payload goes to `scratch`.
pub(super) fn open(line: &[u8], scratch: &mut Vec<u8>) -> Option<Layer> {
    memmem::find(line, br#""MESSAGE""#)?;
    let Entry { message, received } = serde_json::from_slice(line).ok()?;
    message.into_scratch(scratch);
    let time = received.and_then(|text| match epoch(&text.0, EpochUnit::Microseconds) {
        Ok(([], stamp)) => Some(stamp.unnamed()),
        _ => None,
    });
    Some(Layer { kind: Kind::Journald, time, partial: false, stream: 0 })
}
