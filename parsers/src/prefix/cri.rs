//! The log format of Kubernetes' container runtimes: `TIME stdout|stderr F|P payload`.
//!
//! `P` says that the line goes on in the next one of the same stream, `F` that it is full. Further flags
//! may follow after colons.

use super::{Kind, Peeled, rfc3339, word};

pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    let (time, rest) = rfc3339(line)?;
    let (name, rest) = word(rest.strip_prefix(b" ")?)?;
    let stream = match name {
        b"stdout" => 1,
        b"stderr" => 2,
        _ => return None,
    };
    // A line whose payload is empty may have lost the space behind its flags.
    let (flags, payload) = word(rest).unwrap_or((rest, b""));
    let partial = match flags {
        [b'P'] | [b'P', b':', ..] => true,
        [b'F'] | [b'F', b':', ..] => false,
        _ => return None,
    };
    Some(Peeled { partial, stream, ..Peeled::of(Kind::Cri, payload, Some(time)) })
}
