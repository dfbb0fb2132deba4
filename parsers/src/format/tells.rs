//! What a format tells of a request: its sample line, taken apart.

use super::head::{Head, armed};
use super::{Format, Named, Unit};
use crate::record::{Abort, Bytes, Meaning, Operation, Record, Zone};
use crate::token::time::TimeCache;
use std::sync::Arc;

/// A sample line, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dissected {
    /// What the columns mean.
    pub meaning: Meaning,
    /// Whether a record states its time; else a prefix has to.
    pub states_time: bool,
    /// The line.
    pub line: String,
    /// Directives that stand before it.
    pub directives: Vec<String>,
    /// Name and value of each column that a record has, values as the log writes them. None where the line is no request.
    pub columns: Vec<(&'static str, Vec<u8>)>,
}

impl Dissected {
    /// Whether the sample line states a column.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|(known, _)| *known == name)
    }
}

impl Named {
    /// Its sample line, taken apart; [`None`] if the format does not read it, which a test forbids.
    #[must_use]
    pub fn dissect(&self) -> Option<Dissected> {
        let format = self.compile(None, true).ok()?;
        let (before, line) = self.sample.rsplit_once('\n').unwrap_or(("", self.sample));
        let mut head = Head::default();
        before.lines().for_each(|line| head.take(line.as_bytes()));
        let format: Arc<dyn Format> = armed(std::slice::from_ref(&format), &head).into_iter().next()?;
        let columns = match format.parse(line.as_bytes(), &mut TimeCache::default()) {
            Unit::Record(record) => columns(&record),
            Unit::Directive => Vec::new(),
            Unit::Fault(_) => return None,
        };
        Some(Dissected {
            meaning: format.meaning(),
            states_time: format.states_time(),
            line: line.to_owned(),
            directives: before.lines().map(str::to_owned).collect(),
            columns,
        })
    }
}

fn columns(record: &Record<'_>) -> Vec<(&'static str, Vec<u8>)> {
    let text = |name, value: Option<&[u8]>| value.map(|value| (name, value.to_vec()));
    let number = |name, value: Option<u64>| value.map(|value| (name, value.to_string().into_bytes()));
    let bytes = match record.bytes {
        Bytes::Logged(count) => Some(count),
        Bytes::Unlogged => None,
    };
    let abort = match record.abort {
        Abort::Unlogged => None,
        Abort::Whole => Some(&b"ended normally"[..]),
        Abort::Cut => Some(&b"cut"[..]),
        Abort::Reset => Some(&b"reset by the client"[..]),
        Abort::Doubtful => Some(&b"perhaps cut"[..]),
    };
    let operation = match record.operation {
        Operation::Web => None,
        Operation::Read => Some(&b"read of an object"[..]),
        Operation::Learn => Some(&b"read of properties"[..]),
        Operation::List => Some(&b"listing"[..]),
        Operation::Copy => Some(&b"read by a copy"[..]),
        Operation::CopyPart => Some(&b"read by a copy of a part"[..]),
        Operation::Other => Some(&b"no read"[..]),
    };
    let time = (record.time.local_us != 0).then(|| ("time", time(record).into_bytes()));
    let span =
        record.span.map(|span| ("range answered", format!("{}-{}", span.start, span.end).into_bytes()));
    let all = [
        text("client", record.client),
        text("peer", record.peer),
        text("forwarded for", record.x_forwarded_for),
        text("forwarded", record.forwarded),
        time,
        text("method", record.method),
        text("host", record.host),
        text("target", record.target),
        text("query", record.query),
        text("protocol", record.protocol),
        text("bucket", record.object.and_then(|object| object.bucket)),
        text("key", record.object.map(|object| object.key)),
        text("operation", operation),
        number("status", record.status.map(u64::from)),
        number("bytes", bytes),
        number("size", record.size),
        text("range asked for", record.range),
        text("content range", record.content_range),
        span,
        text("end", abort),
        text("login", record.principal),
        text("agent", record.agent),
        text("referer", record.referer),
        text("request id", record.request_id),
    ];
    all.into_iter().flatten().collect()
}

/// The clock reading as written, and the zone.
fn time(record: &Record<'_>) -> String {
    let moment = chrono::DateTime::from_timestamp_micros(record.time.local_us);
    let clock = moment.map(|at| at.format("%Y-%m-%d %H:%M:%S%.f").to_string()).unwrap_or_default();
    match record.time.zone {
        Zone::Offset(0) => format!("{clock} UTC"),
        Zone::Offset(east_s) => {
            let sign = if east_s < 0 { '-' } else { '+' };
            format!("{clock} {sign}{:02}:{:02}", east_s.abs() / 3600, east_s.abs() / 60 % 60)
        }
        Zone::Name(name) => format!("{clock} {}", name.escape_ascii()),
        Zone::Absent => format!("{clock}, no zone"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalogue;

    #[test]
    fn every_sample_is_taken_apart_and_states_a_time_or_needs_a_prefix() {
        for entry in catalogue() {
            let found = entry.dissect().unwrap_or_else(|| panic!("{}: its sample is not read", entry.name));
            assert!(found.columns.is_empty() || found.has("time") == found.states_time, "{}", entry.name);
        }
    }

    #[test]
    fn columns_stand_as_the_log_writes_them() {
        let entry = catalogue().iter().find(|entry| entry.name == "cloudfront").unwrap();
        let found = entry.dissect().unwrap();
        let of = |name: &str| {
            let (_, value) = found.columns.iter().find(|(known, _)| *known == name).unwrap();
            String::from_utf8(value.clone()).unwrap()
        };
        assert_eq!(
            (of("time"), of("bytes"), of("size")),
            ("2024-01-16 23:56:42 UTC".into(), "2770".into(), "2326".into())
        );
        assert_eq!(found.directives.len(), 2);
        assert!(!found.has("login"));
    }
}
