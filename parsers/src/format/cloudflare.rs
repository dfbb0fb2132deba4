//! Cloudflare Logpush, dataset `http_requests`: one JSON object a line, with whatever fields the job was told to write.
//!
//! Source: Cloudflare documentation, "HTTP requests" (Logpush datasets) and "Logpush options": timestamps are RFC 3339,
//! Unix seconds or Unix nanoseconds, as the job says. `EdgeStartTimestamp` is when the edge received the request,
//! `EdgeEndTimestamp` when it had sent the response. `EdgeResponseBodyBytes` is the body that was returned to the client,
//! `EdgeResponseBytes` the whole response with its headers.
//!
//! A job without one of these has a poorer log, so there is a format for each case: with the body's bytes or the wire's,
//! and dated to the begin or the end.
//!
//! What it cannot say: the size of the object, which range was asked for (unless the job logs request headers), and what
//! was not sampled (`SampleInterval`, `sample` of the job).

use super::own::{Found, Is, Object, keys};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{ByteSemantics, Bytes, Escape, Meaning, Record, Stamp, TimeBasis};
use crate::token::cursor::{Read, all};
use crate::token::json::Value;
use crate::token::time::{EpochUnit, TimeCache, epoch, iso8601};
use std::sync::Arc;

const FAMILY: Family = Family::of("cloudflare");

keys! {
    ClientIp = "ClientIP",
    Start = "EdgeStartTimestamp",
    End = "EdgeEndTimestamp",
    Method = "ClientRequestMethod",
    Host = "ClientRequestHost",
    Uri = "ClientRequestURI",
    Path = "ClientRequestPath",
    Protocol = "ClientRequestProtocol",
    Status = "EdgeResponseStatus",
    BodyBytes = "EdgeResponseBodyBytes",
    WireBytes = "EdgeResponseBytes",
    Agent = "ClientRequestUserAgent",
    Referer = "ClientRequestReferer",
    Ray = "RayID",
}

const SAMPLE: &str = r#"{"ClientIP":"192.0.2.7","ClientRequestHost":"files.example.org","ClientRequestMethod":"GET","ClientRequestURI":"/a.csv?b=c","EdgeEndTimestamp":"2021-03-06T04:07:39Z","EdgeResponseBodyBytes":2326,"EdgeResponseBytes":2770,"EdgeResponseStatus":200,"EdgeStartTimestamp":"2021-03-06T04:07:38Z","RayID":"62b6b2f5ee8b6e9a"}"#;
const WIRE: &str = r#"{"ClientIP":"192.0.2.7","ClientRequestHost":"files.example.org","ClientRequestMethod":"GET","ClientRequestURI":"/a.csv?b=c","EdgeResponseBytes":2770,"EdgeResponseStatus":200,"EdgeStartTimestamp":1615003658000000000,"RayID":"62b6b2f5ee8b6e9a"}"#;
const ENDED: &str = r#"{"ClientIP":"192.0.2.7","ClientRequestHost":"files.example.org","ClientRequestMethod":"GET","ClientRequestURI":"/a.csv?b=c","EdgeEndTimestamp":1615003659,"EdgeResponseBytes":2770,"EdgeResponseStatus":200,"RayID":"62b6b2f5ee8b6e9a"}"#;

pub(super) const FORMATS: &[Named] = &[
    Named::own("cloudflare", FAMILY, Origin::Documentation, SAMPLE, || {
        let meaning = meaning(ByteSemantics::BodyWritten, TimeBasis::Received);
        let needed = &["ClientIP", "EdgeStartTimestamp", "EdgeResponseBodyBytes"];
        Arc::new(Object::new("cloudflare", meaning, PATHS, needed, body))
    }),
    Named::own("cloudflare-wire", FAMILY, Origin::Seen, WIRE, || {
        let meaning = meaning(ByteSemantics::WireWritten, TimeBasis::Received);
        let needed = &["ClientIP", "EdgeStartTimestamp", "EdgeResponseStatus"];
        Arc::new(Object::new("cloudflare-wire", meaning, PATHS, needed, wire))
    }),
    Named::own("cloudflare-ended", FAMILY, Origin::Documentation, ENDED, || {
        let meaning = meaning(ByteSemantics::WireWritten, TimeBasis::Completed);
        let needed = &["ClientIP", "EdgeEndTimestamp", "EdgeResponseStatus"];
        Arc::new(Object::new("cloudflare-ended", meaning, PATHS, needed, ended))
    }),
];

const fn meaning(bytes: ByteSemantics, time_basis: TimeBasis) -> Meaning {
    Meaning { bytes, time_basis, ..Meaning::UNKNOWN.escaped(Escape::Json) }
}

fn body<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    record.time = moment(found, Key::Start, cache)?;
    rest(found, Key::BodyBytes, record)
}

fn wire<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    absent(found, Key::BodyBytes)?;
    record.time = moment(found, Key::Start, cache)?;
    rest(found, Key::WireBytes, record)
}

fn ended<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    absent(found, Key::BodyBytes)?;
    absent(found, Key::Start)?;
    record.time = moment(found, Key::End, cache)?;
    rest(found, Key::WireBytes, record)
}

/// A better column makes the line another format's.
fn absent<'a>(found: &mut Found<'a>, key: Key) -> Read<'a, ()> {
    if found.get(key).is_there() {
        return found.refuse(FaultKind::Syntax, "a job without this field");
    }
    Ok(())
}

/// RFC 3339, or seconds or nanoseconds since 1970: told by how many digits there are.
fn moment<'a>(found: &mut Found<'a>, key: Key, cache: &mut TimeCache) -> Read<'a, Stamp<'a>> {
    const NANOSECONDS: usize = 19;
    match found.get(key) {
        Value::Text(text) => all(text, |text| iso8601(text, cache)),
        Value::Number(digits) if digits.len() == NANOSECONDS => {
            all(digits.get(..NANOSECONDS - 3).unwrap_or_default(), |i| epoch(i, EpochUnit::Microseconds))
        }
        Value::Number(digits) => all(digits, |i| epoch(i, EpochUnit::Seconds)),
        _ => found.refuse(FaultKind::Time, "a time in RFC 3339, seconds or nanoseconds"),
    }
}

fn rest<'a>(found: &mut Found<'a>, bytes: Key, record: &mut Record<'a>) -> Read<'a, Is> {
    record.bytes = found.count(bytes).map_or(Bytes::Unlogged, Bytes::Logged);
    record.status = found.get(Key::Status).status()?;
    record.client = found.text(Key::ClientIp);
    record.method = found.text(Key::Method);
    record.host = found.text(Key::Host);
    record.target = found.text(Key::Uri).or_else(|| found.text(Key::Path));
    record.protocol = found.text(Key::Protocol);
    record.agent = found.get(Key::Agent).written();
    record.referer = found.get(Key::Referer).written();
    record.request_id = found.text(Key::Ray);
    Ok(Is::Request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tests::record;
    use crate::record::Zone;

    #[test]
    fn the_three_spellings_of_a_time_are_one_time() {
        let times =
            [("cloudflare", SAMPLE), ("cloudflare-wire", WIRE)].map(|(name, line)| record(name, line).time);
        let wanted = Stamp { local_us: 1_615_003_658_000_000, zone: Zone::Offset(0) };
        assert_eq!(times, [wanted, wanted]);
        assert_eq!(record("cloudflare-ended", ENDED).time.local_us, wanted.local_us + 1_000_000);
    }

    #[test]
    fn the_body_counts_before_the_wire() {
        assert_eq!(record("cloudflare", SAMPLE).bytes, Bytes::Logged(2326));
        assert_eq!(record("cloudflare-wire", WIRE).bytes, Bytes::Logged(2770));
        let read = record("cloudflare", SAMPLE);
        assert_eq!((read.status, read.target), (Some(200), Some(&b"/a.csv?b=c"[..])));
        assert_eq!((read.agent, read.request_id), (None, Some(&b"62b6b2f5ee8b6e9a"[..])));
    }
}
