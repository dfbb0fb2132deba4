//! The table of METHOD section 5, row by row. Rows are tried in order; none looks back.

use accesstrail_parsers::record::{Abort, ByteSemantics};

use super::evidence::{Evidence, Mark, Method, Operation};
use super::{Outcome, Reason};

/// Judges one response (METHOD section 5).
pub fn judge(evidence: &Evidence) -> Reason {
    copied(evidence)
        .or_else(|| learned(evidence))
        .or_else(|| attempted(evidence))
        .or_else(|| cut(evidence))
        .unwrap_or_else(|| content(evidence))
}

fn is_2xx(evidence: &Evidence) -> bool {
    matches!(evidence.status, Some(200..=299))
}

/// Row 1. Method, body and byte rules don't apply to it.
fn copied(evidence: &Evidence) -> Option<Reason> {
    match evidence.operation {
        Operation::Copy if is_2xx(evidence) => Some(Reason::ServerCopy),
        Operation::CopyPart if is_2xx(evidence) => Some(Reason::ServerCopyPart),
        Operation::CopyWithin if is_2xx(evidence) => Some(Reason::CopiedWithin),
        _ => None,
    }
}

/// Row 2.
fn learned(evidence: &Evidence) -> Option<Reason> {
    match (evidence.status, evidence.operation) {
        (Some(304), _) => Some(Reason::NotModified),
        _ if !is_2xx(evidence) => None,
        _ if evidence.method == Method::Head => Some(Reason::Head),
        (_, Operation::List) => Some(Reason::Listing),
        (_, Operation::Learn) => Some(Reason::Metadata),
        (Some(206), _) if is_probe(evidence) => Some(Reason::Probe),
        _ => None,
    }
}

/// A 206 of one or two body bytes, or of a logged range of at most two bytes. The response's own range
/// goes before the request's. A range can't make a probe of a response whose body count is larger.
fn is_probe(evidence: &Evidence) -> bool {
    let counts_body = matches!(evidence.semantics, ByteSemantics::BodyWritten | ByteSemantics::BodyPlanned);
    let counts_headers = evidence.semantics == ByteSemantics::WireWritten;
    match evidence.bytes {
        Some(1..=2) if !counts_headers => true,
        Some(3..) if counts_body => false,
        _ => evidence.part.map(|part| part.length()).or(evidence.requested).is_some_and(|length| length <= 2),
    }
}

/// Row 3. Its exception (a cut transfer that carried bytes) lifts the status clause only: a method that is
/// not counted stays so, and 204 and 205 have no body to cut.
fn attempted(evidence: &Evidence) -> Option<Reason> {
    if !evidence.method_allowed {
        return Some(Reason::Method);
    }
    match (evidence.status, evidence.bytes) {
        (None, _) => Some(Reason::NoStatus),
        (Some(204 | 205), _) => Some(Reason::NoContent),
        (Some(200..=299), Some(0)) => Some(Reason::ZeroBody),
        (Some(200..=299), _) => None,
        (Some(0 | 499), Some(1..)) if !is_copy(evidence) => cut(evidence).or(Some(Reason::Status)),
        (Some(_), _) => Some(Reason::Status),
    }
}

fn is_copy(evidence: &Evidence) -> bool {
    matches!(evidence.operation, Operation::Copy | Operation::CopyPart | Operation::CopyWithin)
}

/// Row 4, and the exception of row 3.
fn cut(evidence: &Evidence) -> Option<Reason> {
    match (evidence.abort, evidence.mark) {
        (Abort::Cut, Mark::Verified) => Some(Reason::AbortMark),
        (Abort::Cut, Mark::ClientReset) => Some(Reason::ClientReset),
        _ => None,
    }
}

/// Rows 5 to 7, for a 2xx that is not known to have been cut.
fn content(evidence: &Evidence) -> Reason {
    let part = evidence.status == Some(206);
    if part && !covers_all(evidence) {
        return Reason::Part;
    }
    let reason = match (full_size(evidence), evidence.bytes, evidence.semantics) {
        (Some(size), Some(bytes), ByteSemantics::BodyWritten | ByteSemantics::WireWritten)
            if bytes < size =>
        {
            Reason::ShortOfSize
        }
        (Some(_), Some(_), ByteSemantics::BodyWritten) if part => Reason::CoversAll,
        (Some(_), Some(_), ByteSemantics::BodyWritten) => Reason::FullSize,
        _ if part => Reason::CoversAllByRange,
        (_, None, _) => Reason::BytesUnlogged,
        _ => Reason::Default,
    };
    // An unverified mark is not applied, yet it keeps the response from being proof (M5.4).
    let doubted = evidence.abort == Abort::Cut && reason.outcome() != Outcome::Partial;
    if doubted { Reason::AbortMarkUnverified } else { reason }
}

/// The size that the response itself states, else the object's.
fn full_size(evidence: &Evidence) -> Option<u64> {
    evidence.part.and_then(|part| part.total).or(evidence.size)
}

/// Row 5: whether a 206 covers `[0, full size)`: by its range, or, where no range is logged, because its body
/// is exactly as long as the object, which a single part can only be if it is the whole.
fn covers_all(evidence: &Evidence) -> bool {
    match (full_size(evidence), evidence.part) {
        (Some(size), Some(part)) => part.covers(size),
        (Some(size), None) => {
            size > 0 && evidence.semantics == ByteSemantics::BodyWritten && evidence.bytes == Some(size)
        }
        (None, _) => false,
    }
}
