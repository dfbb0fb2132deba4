//! `docker compose logs`: `name  | payload`, names padded to one width, an RFC 3339 time behind the bar
//! under `--timestamps`. `docker service logs` writes `name.1.id@node    | payload`.
//!
//! On a terminal the name is coloured and the line cleared first (`ESC[2K`); such control sequences are
//! skipped up to the payload's beginning. In the payload only a reset of the bar's colour is.

use super::{ESCAPE, Kind, Peeled, rfc3339};

pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    let rest = uncontrolled(line);
    if !rest.first().is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let name = rest.iter().take_while(|byte| is_of_name(**byte)).count();
    let rest = uncontrolled(rest.get(name..)?);
    let padding = rest.iter().take_while(|byte| **byte == b' ').count();
    if padding == 0 {
        return None;
    }
    let rest = uncontrolled(rest.get(padding..)?);
    let rest = uncontrolled(rest.strip_prefix(b"|")?);
    let rest = match rest {
        [] => rest,
        [b' ', rest @ ..] => unreset(rest),
        _ => return None,
    };
    let timed = rfc3339(rest).and_then(|(time, rest)| Some((time, rest.strip_prefix(b" ")?)));
    Some(match timed {
        Some((time, payload)) => {
            Peeled { with_time: Some(rest), ..Peeled::of(Kind::Compose, payload, Some(time)) }
        }
        None => Peeled::of(Kind::Compose, rest, None),
    })
}

const fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'@')
}

/// What follows the control sequences at the front: `ESC [`, parameters, a letter.
fn uncontrolled(i: &[u8]) -> &[u8] {
    let mut rest = i;
    while let Some(sequence) = rest.strip_prefix(&[ESCAPE, b'[']) {
        let length = sequence.iter().take_while(|byte| !(0x40..=0x7e).contains(*byte)).count();
        match sequence.split_at_checked(length) {
            Some((parameters, [_, after @ ..]))
                if parameters.iter().all(|byte| (0x20..=0x3f).contains(byte)) =>
            {
                rest = after;
            }
            _ => break,
        }
    }
    rest
}

fn unreset(i: &[u8]) -> &[u8] {
    i.strip_prefix(b"\x1b[0m").or_else(|| i.strip_prefix(b"\x1b[m")).unwrap_or(i)
}
