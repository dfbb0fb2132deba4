//! JSON lines of any writer, by a map of fields that the operator states: `json:client=remote_addr,time=ts,target=uri`, or
//! `fields` of a source in the case file.
//!
//! The map says where a value is, not what it means: which moment the time is and what the bytes count stay unknown. A time
//! is RFC 3339 (with a zone or without), Apache's `18/Sep/2011:19:18:28 -0400`, or a number since 1970 in seconds, milli-,
//! micro- or nanoseconds, told by its digits: 10, 13, 16 or 19. Values may be numbers or texts.
//!
//! An object without the key of the time, or of all of the client, the target and the request, is no record: a fault.

use super::own::fault;
use super::{Format, Marks, Split, Unit};
use crate::fault::FaultKind;
use crate::record::{Bytes, Escape, Meaning, Record, Stamp};
use crate::token::cursor::{Read, all};
use crate::token::json::{self, Keys, Value};
use crate::token::time::{EpochUnit, TimeCache, clf, epoch, iso8601};
use crate::token::{Wrong, request};

/// The fields that a map may state.
pub const FIELDS: [&str; 20] = [
    "client",
    "peer",
    "x_forwarded_for",
    "forwarded",
    "time",
    "request",
    "method",
    "target",
    "query",
    "protocol",
    "host",
    "status",
    "bytes",
    "size",
    "agent",
    "referer",
    "principal",
    "request_id",
    "range",
    "content_range",
];

/// A map of fields, compiled.
#[derive(Debug)]
pub struct Mapped {
    name: String,
    /// Places among [`FIELDS`], in the order of `keys`.
    fields: Vec<usize>,
    paths: Vec<String>,
    keys: Keys,
}

impl Mapped {
    /// A map of fields ([`FIELDS`]) to paths ([`Keys::new`]).
    ///
    /// # Errors
    /// An unknown or doubled field, an empty path, or a map that says no time or no request.
    pub fn new(name: &str, map: &[(&str, &str)]) -> Result<Self, String> {
        let (mut fields, mut paths) = (Vec::new(), Vec::new());
        for (field, path) in map {
            let Some(place) = FIELDS.iter().position(|known| known == field) else {
                return Err(format!("no field is named `{field}`; the fields are {}", FIELDS.join(", ")));
            };
            if fields.contains(&place) {
                return Err(format!("`{field}` is stated twice"));
            }
            if path.is_empty() {
                return Err(format!("`{field}` has no key"));
            }
            fields.push(place);
            paths.push((*path).to_owned());
        }
        let states = |field: &str| map.iter().any(|(known, _)| *known == field);
        if !states("time") || !(states("target") || states("request") || states("client")) {
            return Err("a map needs `time`, and `client`, `target` or `request`".to_owned());
        }
        let texts: Vec<&str> = paths.iter().map(String::as_str).collect();
        let keys = Keys::new(&texts);
        Ok(Self { name: name.to_owned(), fields, paths, keys })
    }

    /// `client=remote_addr,time=ts`.
    ///
    /// # Errors
    /// As [`Mapped::new`].
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        let pairs =
            text.split(',').map(|pair| pair.split_once('=').map(|(field, path)| (field.trim(), path.trim())));
        let map: Option<Vec<(&str, &str)>> = pairs.collect();
        Self::new(name, &map.ok_or("a map is `field=key`, with commas between")?)
    }

    fn put<'a>(
        &self,
        field: &str,
        value: Value<'a>,
        cache: &mut TimeCache,
        record: &mut Record<'a>,
    ) -> Read<'a, ()> {
        match field {
            "client" => record.client = value.text(),
            "peer" => record.peer = value.text(),
            "x_forwarded_for" => record.x_forwarded_for = value.text(),
            "forwarded" => record.forwarded = value.text(),
            "time" => record.time = moment(value, cache)?,
            "request" => {
                if let Some(text) = value.written() {
                    let request::Request { method, target, protocol } = request::split(text);
                    record.request = Some(text);
                    (record.method, record.target) = (record.method.or(method), record.target.or(target));
                    record.protocol = record.protocol.or(protocol);
                }
            }
            "method" => record.method = value.text(),
            "target" => record.target = value.text(),
            "query" => record.query = value.text().map(|text| text.strip_prefix(b"?").unwrap_or(text)),
            "protocol" => record.protocol = value.text(),
            "host" => record.host = value.text(),
            "status" => record.status = value.status()?,
            "bytes" => record.bytes = value.count().map_or(Bytes::Unlogged, Bytes::Logged),
            "size" => record.size = value.count(),
            "agent" => record.agent = value.written().filter(|text| *text != b"-"),
            "referer" => record.referer = value.written().filter(|text| *text != b"-"),
            "principal" => record.principal = value.text(),
            "request_id" => record.request_id = value.text(),
            "range" => record.range = value.text(),
            _ => record.content_range = value.text(),
        }
        Ok(())
    }
}

fn moment<'a>(value: Value<'a>, cache: &mut TimeCache) -> Read<'a, Stamp<'a>> {
    let Some(text) = value.digits() else {
        return Err(Wrong { kind: FaultKind::Time, expected: "a time", at: &[] });
    };
    let whole = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match (whole, text.len()) {
        (1 | 2, _) => all(text, |i| clf(i, cache)),
        (4, _) => all(text, |i| iso8601(i, cache)),
        (10, _) => all(text, |i| epoch(i, EpochUnit::Seconds)),
        (13, _) => all(text.get(..whole).unwrap_or_default(), |i| epoch(i, EpochUnit::Milliseconds)),
        (16, _) => all(text.get(..whole).unwrap_or_default(), |i| epoch(i, EpochUnit::Microseconds)),
        (19, 19) => all(text.get(..16).unwrap_or_default(), |i| epoch(i, EpochUnit::Microseconds)),
        _ => Err(Wrong {
            kind: FaultKind::Time,
            expected: "a date and a clock, or a number since 1970",
            at: text,
        }),
    }
}

impl Format for Mapped {
    fn name(&self) -> &str {
        &self.name
    }

    fn split(&self) -> Split {
        Split::Lines
    }

    fn meaning(&self) -> Meaning {
        Meaning::UNKNOWN.escaped(Escape::Json)
    }

    fn may_read(&self, unit: &[u8], _marks: &Marks) -> bool {
        unit.first() == Some(&b'{')
    }

    fn parse<'a>(&'a self, unit: &'a [u8], cache: &mut TimeCache) -> Unit<'a> {
        let mut record = Record::default();
        let mut values = [Value::Absent; FIELDS.len()];
        let values = values.get_mut(..self.paths.len()).unwrap_or_default();
        if let Err(wrong) = json::read(unit, &self.keys, values) {
            return Unit::Fault(fault(unit, "line", wrong));
        }
        // Methods and targets of their own go before what a request line says.
        let is_request = |place: &usize| FIELDS.get(*place) == Some(&"request");
        let order = (0..self.fields.len()).filter(|at| !self.fields.get(*at).is_some_and(is_request));
        let last = (0..self.fields.len()).filter(|at| self.fields.get(*at).is_some_and(is_request));
        for at in order.chain(last) {
            let (Some(place), Some(value), Some(path)) =
                (self.fields.get(at), values.get(at), self.paths.get(at))
            else {
                continue;
            };
            let field = FIELDS.get(*place).copied().unwrap_or_default();
            if let Err(wrong) = self.put(field, *value, cache, &mut record) {
                return Unit::Fault(fault(unit, path, wrong));
            }
        }
        if record.client.is_none() && record.target.is_none() && record.request.is_none() {
            let wrong = Wrong {
                kind: FaultKind::Syntax,
                expected: "a client or a request under the keys of the map",
                at: unit,
            };
            return Unit::Fault(fault(unit, "line", wrong));
        }
        Unit::Record(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Zone;

    const MAP: &str =
        "client=remote_addr,time=t.at,request=request,status=status,bytes=sent,agent=ua,principal=user";

    fn record(line: &'static str) -> Record<'static> {
        let format: &'static Mapped = Box::leak(Box::new(Mapped::parse("json", MAP).unwrap()));
        match format.parse(line.as_bytes(), &mut TimeCache::default()) {
            Unit::Record(record) => record,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn values_go_where_the_map_says() {
        let read = record(
            r#"{"t":{"at":"2021-03-06T04:07:38+01:00"},"remote_addr":"192.0.2.7","request":"GET /a.csv?b HTTP/1.1","status":"200","sent":2326,"ua":"","user":"-"}"#,
        );
        assert_eq!((read.client, read.target), (Some(&b"192.0.2.7"[..]), Some(&b"/a.csv?b"[..])));
        assert_eq!(
            (read.method, read.status, read.bytes),
            (Some(&b"GET"[..]), Some(200), Bytes::Logged(2326))
        );
        assert_eq!((read.agent, read.principal), (Some(&b""[..]), None));
        assert_eq!(read.time.zone, Zone::Offset(3600));
    }

    #[test]
    fn times_are_told_by_their_digits() {
        for (text, wanted) in [
            ("\"2021-03-06T04:07:38.25Z\"", 1_615_003_658_250_000),
            ("\"06/Mar/2021:04:07:38 +0000\"", 1_615_003_658_000_000),
            ("1615003658.25", 1_615_003_658_250_000),
            ("\"1615003658\"", 1_615_003_658_000_000),
            ("1615003658250", 1_615_003_658_250_000),
            ("1615003658250000", 1_615_003_658_250_000),
            ("1615003658250000123", 1_615_003_658_250_000),
        ] {
            let line = format!(r#"{{"t":{{"at":{text}}},"remote_addr":"192.0.2.7"}}"#);
            assert_eq!(record(Box::leak(line.into_boxed_str())).time.local_us, wanted, "{text}");
        }
    }

    #[test]
    fn what_has_no_time_or_no_request_is_a_fault_and_not_half_a_record() {
        let format = Mapped::parse("json", MAP).unwrap();
        for (line, field) in [
            (r#"{"remote_addr":"192.0.2.7"}"#, "t.at"),
            (r#"{"t":{"at":true},"remote_addr":"192.0.2.7"}"#, "t.at"),
            (r#"{"t":{"at":"12345"},"remote_addr":"192.0.2.7"}"#, "t.at"),
            (r#"{"t":{"at":"2021-03-06T04:07:38Z"}}"#, "line"),
            (r#"{"t":{"at":"2021-03-06T04:07:38Z"},"remote_addr":"a","status":"ok"}"#, "status"),
            ("192.0.2.7 - - [x]", "line"),
        ] {
            match format.parse(line.as_bytes(), &mut TimeCache::default()) {
                Unit::Fault(fault) => assert_eq!(fault.field, field, "{line}"),
                other => panic!("{line}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_map_that_cannot_be_is_refused_in_words() {
        for (map, said) in [
            ("client=a", "a map needs `time`"),
            ("time=t,bytes=b", "a map needs `time`"),
            ("time=t,client=a,ip=b", "no field is named `ip`"),
            ("time=t,time=u,client=a", "`time` is stated twice"),
            ("time=,client=a", "`time` has no key"),
            ("time", "a map is `field=key`"),
        ] {
            let error = Mapped::parse("x", map).unwrap_err();
            assert!(error.contains(said), "{map}: {error}");
        }
    }
}
