//! Amazon CloudFront standard logs (legacy, and v2 in the w3c form): tabs between columns that `#Fields` names.
//!
//! Source: Amazon CloudFront Developer Guide, "Standard logging reference" (log file fields). Which columns there are, and in
//! what order, the distribution's owner chooses; only `#Fields` tells. Text of clients is percent-encoded, once more than
//! they sent it.
//!
//! Time is when the edge server finished responding, in UTC. `sc-bytes` is everything that was sent, headers included.
//! `sc-content-len` is the length of the response's body, so the object's size only of a 200 to a request without a range;
//! `sc-range-start` and `sc-range-end` state the range of a response to a range request. A status of 000 is a viewer that
//! closed the connection before there was a response. The detailed result types `ClientCommError` ("the response to the
//! viewer was interrupted due to a communication problem between the server and the viewer") and `ClientHungUpRequest`
//! mark a cut. `x-host-header` is the host that the viewer asked for, `cs(Host)` the distribution.
//!
//! Real-time logs have no header, and whatever fields their owner chose, epoch seconds first: their names are stated with
//! `--format 'w3c:timestamp c-ip …'` ("Use real-time access logs", its list of fields). Not yet seen in a real file.
//!
//! What it cannot say: who signed in; requests that never were logged (delivery is best effort, and requests with headers
//! over 20 KB or URLs over 8,192 bytes are not logged).

use super::fielded::{Col, Cut, Draft, Fielded, columns};
use super::own::Is;
use super::w3c::{names, unarmed};
use super::{Family, Format, Head, Named, Origin, Split, Unit};
use crate::record::{ByteSemantics, Escape, Meaning, Record, TimeBasis, Zone};
use crate::token::cursor::Read;
use crate::token::time::{EpochUnit, TimeCache};
use std::sync::Arc;

const FAMILY: Family = Family::of("cloudfront");

const SAMPLE: &str = "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end\n2024-01-16\t23:56:42\tCMH68-P2\t2770\t192.0.2.7\tGET\td111111abcdef8.cloudfront.net\t/a.csv\t200\t-\tcurl/7.79.1\tb=c\t-\tHit\teGC6xGseFkxo1BMAlPTAqh0w9==\tfiles.example.org\thttps\t97\t0.017\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\tHit\tHTTP/2.0\t-\t-\t54298\t0.017\tHit\ttext/csv\t2326\t-\t-";

pub(super) const FORMATS: &[Named] =
    &[Named::own("cloudfront", FAMILY, Origin::Seen, SAMPLE, || Arc::new(CloudFront))];

/// Standard logs.
#[derive(Debug)]
pub(super) struct CloudFront;

fn col(name: &str) -> Col {
    match name {
        "date" => Col::Date,
        "time" => Col::Clock,
        "timestamp" => Col::Epoch(EpochUnit::Seconds),
        "timestamp(ms)" => Col::Epoch(EpochUnit::Milliseconds),
        "c-ip" => Col::Client,
        "x-forwarded-for" => Col::ForwardedFor,
        "cs-method" => Col::Method,
        "cs-uri-stem" => Col::Target,
        "cs-uri-query" => Col::Query,
        "cs-protocol-version" => Col::Protocol,
        "x-host-header" => Col::Host,
        "cs(Host)" | "cs-host" => Col::OtherHost,
        "sc-status" => Col::Status,
        "sc-bytes" => Col::Bytes,
        "cs(User-Agent)" | "cs-user-agent" => Col::Agent,
        "cs(Referer)" | "cs-referer" => Col::Referer,
        "x-edge-request-id" => Col::Id,
        "x-edge-result-type" | "x-edge-detailed-result-type" => Col::Result,
        "sc-range-start" => Col::SpanStart,
        "sc-range-end" => Col::SpanEnd,
        "sc-content-len" => Col::Length,
        _ => Col::Skip,
    }
}

impl Format for CloudFront {
    fn name(&self) -> &str {
        "cloudfront"
    }

    fn split(&self) -> Split {
        Split::Header
    }

    fn meaning(&self) -> Meaning {
        Meaning {
            time_basis: TimeBasis::Completed,
            bytes: ByteSemantics::WireWritten,
            ..Meaning::UNKNOWN.escaped(Escape::Percent)
        }
    }

    fn leads(&self) -> &'static [&'static [u8]] {
        &[b"#"]
    }

    fn arm(&self, head: &Head) -> Option<Arc<dyn Format>> {
        if !names(head)?.any(|name| name.starts_with(b"x-edge-")) {
            return None;
        }
        Some(Arc::new(Fielded {
            name: "cloudfront",
            meaning: self.meaning(),
            cut: Cut::At(b'\t'),
            columns: columns(names(head)?, col),
            begun: None,
            zone: Zone::Offset(0),
            finish,
            lead: b"#",
            unset: None,
        }))
    }

    fn parse<'a>(&'a self, unit: &'a [u8], _cache: &mut TimeCache) -> Unit<'a> {
        unarmed(unit)
    }
}

fn finish<'a>(draft: &Draft<'a>, record: &mut Record<'a>) -> Read<'a, Is> {
    record.span = draft.span();
    if record.status == Some(200) && draft.start.is_none() {
        record.size = draft.length;
    }
    Ok(Is::Request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::FaultKind;
    use crate::format::tests::{fault, record};
    use crate::record::{Abort, Bytes, Span};

    /// The sample with other values for some columns.
    fn with(changes: &[(&str, &str)]) -> &'static str {
        let (head, line) = SAMPLE.rsplit_once('\n').unwrap();
        let names: Vec<&str> = head.rsplit_once("#Fields: ").unwrap().1.split(' ').collect();
        let mut values: Vec<&str> = line.split('\t').collect();
        for (name, value) in changes {
            let at = names.iter().position(|known| known == name).unwrap();
            values[at] = value;
        }
        Box::leak(format!("{head}\n{}", values.join("\t")).into_boxed_str())
    }

    #[test]
    fn the_documented_columns_are_read() {
        let read = record("cloudfront", SAMPLE);
        assert_eq!((read.time.local_us, read.time.zone), (1_705_449_402_000_000, Zone::Offset(0)));
        assert_eq!((read.client, read.host), (Some(&b"192.0.2.7"[..]), Some(&b"files.example.org"[..])));
        assert_eq!(
            (read.target, read.query, read.status),
            (Some(&b"/a.csv"[..]), Some(&b"b=c"[..]), Some(200))
        );
        assert_eq!((read.bytes, read.size, read.span), (Bytes::Logged(2770), Some(2326), None));
        assert_eq!(
            (read.request_id, read.abort),
            (Some(&b"eGC6xGseFkxo1BMAlPTAqh0w9=="[..]), Abort::Unlogged)
        );
    }

    /// METHOD M5.1.
    #[test]
    fn the_content_length_is_a_size_only_of_a_200_without_a_range() {
        let part = record(
            "cloudfront",
            with(&[("sc-status", "206"), ("sc-range-start", "0"), ("sc-range-end", "98")]),
        );
        assert_eq!((part.size, part.span), (None, Some(Span { start: 0, end: 98 })));
        assert_eq!(record("cloudfront", with(&[("sc-status", "304")])).size, None);
        assert_eq!(record("cloudfront", with(&[("sc-range-start", "0")])).size, None);
        assert_eq!(record("cloudfront", with(&[("sc-content-len", "-")])).size, None);
    }

    #[test]
    fn real_time_logs_are_read_by_the_names_that_their_owner_chose() {
        let text = "#Fields: timestamp c-ip sc-status sc-bytes cs-method cs-host cs-uri-stem x-edge-location cs-user-agent\n1615003658.250\t192.0.2.7\t200\t2770\tGET\td1.cloudfront.net\t/a.csv\tAMS1\tcurl";
        let read = record("cloudfront", text);
        assert_eq!((read.time.local_us, read.time.zone), (1_615_003_658_250_000, Zone::Offset(0)));
        assert_eq!(
            (read.host, read.agent, read.bytes),
            (Some(&b"d1.cloudfront.net"[..]), Some(&b"curl"[..]), Bytes::Logged(2770))
        );
    }

    /// METHOD M5.4.
    #[test]
    fn a_viewer_that_hung_up_cuts_the_transfer() {
        for word in ["ClientCommError", "ClientHungUpRequest"] {
            assert_eq!(
                record("cloudfront", with(&[("x-edge-detailed-result-type", word)])).abort,
                Abort::Cut
            );
        }
        let gone = record("cloudfront", with(&[("sc-status", "000"), ("x-edge-result-type", "Error")]));
        assert_eq!((gone.status, gone.abort), (Some(0), Abort::Unlogged));
    }

    #[test]
    fn old_files_have_fewer_columns_and_the_distribution_is_the_host_then() {
        let text = "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query\n2012-05-25\t22:01:30\tAMS1\t4448\t94.212.249.78\tGET\td1.cloudfront.net\t/x\t200\t-\t-\t-";
        let read = record("cloudfront", text);
        assert_eq!((read.host, read.query, read.agent), (Some(&b"d1.cloudfront.net"[..]), None, None));
        let spaces = "#Fields: date time x-edge-location c-ip\n2012-05-25 22:01:30 AMS1 192.0.2.7";
        assert_eq!(fault("cloudfront", spaces).0, FaultKind::Syntax);
        let wrong = with(&[("date", "foo")]);
        assert_eq!(fault("cloudfront", wrong).1, "date");
    }
}
