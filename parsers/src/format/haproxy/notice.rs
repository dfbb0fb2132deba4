//! What HAProxy logs of itself: no requests. The beginnings and ends of its sentences are looked for, not the words alone.
//!
//! Sources: the configuration manual, section 8.2.1 (`Connect from …`), and the messages in HAProxy's source (`proxy.c`,
//! `server.c`, `backend.c`).

const BEGINNINGS: [&[u8]; 7] =
    [b"Connect from ", b"Proxy ", b"Server ", b"Backup Server ", b"backend ", b"Stopping ", b"Pausing "];

/// A cheap look.
pub(super) fn may_be(line: &[u8]) -> bool {
    matches!(line.first(), Some(b'C' | b'P' | b'S' | b'B' | b'b'))
        && BEGINNINGS.iter().any(|head| line.starts_with(head))
}

/// Whether a line is such a sentence.
pub(super) fn is(line: &[u8]) -> bool {
    if !may_be(line) {
        return false;
    }
    let mut words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let mut next = || words.next().unwrap_or_default();
    match next() {
        b"Connect" => {
            // from A to B (frontend/MODE)
            let (_, from, to, at, name) = (next(), next(), next(), next(), next());
            to == b"to"
                && has_port(from)
                && has_port(at)
                && in_brackets(name)
                && name.contains(&b'/')
                && next().is_empty()
        }
        b"Proxy" => {
            let (_, what) = (next(), next());
            matches!(what, b"started." | b"stopped" | b"stopped.")
        }
        b"Server" => next().contains(&b'/') && next() == b"is",
        b"Backup" => next() == b"Server" && next().contains(&b'/') && next() == b"is",
        b"backend" => line.ends_with(b" has no server available!"),
        // Stopping, pausing.
        _ => matches!(next(), b"frontend" | b"backend" | b"proxy") && line.ends_with(b"."),
    }
}

fn has_port(word: &[u8]) -> bool {
    word.contains(&b':')
}

fn in_brackets(word: &[u8]) -> bool {
    word.starts_with(b"(") && word.ends_with(b")")
}
