//! Google Cloud Storage usage logs: CSV, with a row of names at the head of each hourly object (and in the middle of what was
//! joined from several).
//!
//! Source: Google Cloud documentation, "Usage logs & storage logs": `time_micros` is "the time that the request was
//! completed, in microseconds since the Unix epoch", `sc_bytes` "the number of bytes sent in the response",
//! `cs_operation` the operation (`GET_Object`), `cs_bucket` and `cs_object` what it was done to.
//!
//! Rows of answers without a body (304, 404 of an empty one) have 0 in `sc_bytes`, so headers are not among the bytes. Where
//! the bucket stands behind a CDN, `c_ip` is the CDN's.
//!
//! What it cannot say: size of the object, ranges, who signed in, and, as delivery is not guaranteed, that there were no
//! other requests.

use super::fielded::{Col, Cut, Draft, Fielded, columns};
use super::own::Is;
use super::{Family, Format, Head, Named, Origin, Split, Unit};
use crate::fault::{Fault, FaultKind};
use crate::record::{ByteSemantics, Escape, Meaning, Operation, Record, TimeBasis, Zone};
use crate::token::cursor::Read;
use crate::token::time::{EpochUnit, TimeCache};
use std::sync::Arc;

const FAMILY: Family = Family::of("gcs");
/// How a row of names begins.
const LEAD: &[u8] = b"\"time_micros\"";

const SAMPLE: &str = r#""time_micros","c_ip","c_ip_type","c_ip_region","cs_method","cs_uri","sc_status","cs_bytes","sc_bytes","time_taken_micros","cs_host","cs_referer","cs_user_agent","s_request_id","cs_operation","cs_bucket","cs_object"
"1693206014339368","192.0.2.7","1","","GET","/a.csv","200","0","2326","488000","files.example.org","","Mozilla/5.0 (like ""Gecko"",gzip(gfe))","ADPycduvHuLfdAtc","GET_Object","files.example.org","a.csv""#;

pub(super) const FORMATS: &[Named] = &[Named::own("gcs", FAMILY, Origin::Seen, SAMPLE, || Arc::new(Gcs))];

/// Usage logs.
#[derive(Debug)]
struct Gcs;

fn col(name: &str) -> Col {
    match name {
        "time_micros" => Col::Epoch(EpochUnit::Microseconds),
        "c_ip" => Col::Client,
        "cs_method" => Col::Method,
        "cs_uri" => Col::Target,
        "sc_status" => Col::Status,
        "sc_bytes" => Col::Bytes,
        "cs_host" => Col::Host,
        "cs_referer" => Col::Referer,
        "cs_user_agent" => Col::Agent,
        "s_request_id" => Col::Id,
        "cs_operation" => Col::Operation,
        "cs_bucket" => Col::Bucket,
        "cs_object" => Col::Key,
        _ => Col::Skip,
    }
}

impl Format for Gcs {
    fn name(&self) -> &str {
        "gcs"
    }

    fn split(&self) -> Split {
        Split::Header
    }

    fn meaning(&self) -> Meaning {
        Meaning {
            time_basis: TimeBasis::Completed,
            bytes: ByteSemantics::BodyWritten,
            ..Meaning::UNKNOWN.escaped(Escape::Doubled)
        }
    }

    fn leads(&self) -> &'static [&'static [u8]] {
        &[LEAD]
    }

    fn arm(&self, head: &Head) -> Option<Arc<dyn Format>> {
        let names = head
            .line(LEAD)?
            .split(|byte| *byte == b',')
            .map(|name| name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap_or(name));
        Some(Arc::new(Fielded {
            name: "gcs",
            meaning: self.meaning(),
            cut: Cut::Commas,
            columns: columns(names, col),
            begun: None,
            zone: Zone::Offset(0),
            finish,
            lead: LEAD,
            unset: None,
        }))
    }

    fn parse<'a>(&'a self, unit: &'a [u8], _cache: &mut TimeCache) -> Unit<'a> {
        if unit.starts_with(LEAD) {
            return Unit::Directive;
        }
        Unit::Fault(Fault::at(FaultKind::Syntax, "time_micros", "a row of names before it", unit, 0))
    }
}

fn finish<'a>(draft: &Draft<'a>, record: &mut Record<'a>) -> Read<'a, Is> {
    record.operation = draft.operation.map_or(Operation::Web, |word| match word {
        b"GET_Object" => Operation::Read,
        b"GET_Bucket" => Operation::List,
        _ if word.starts_with(b"GET_") || word.starts_with(b"HEAD_") => Operation::Learn,
        _ => Operation::Other,
    });
    Ok(Is::Request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tests::{fault, record};
    use crate::record::{Bytes, Object};

    fn with(change: (&str, &str)) -> &'static str {
        Box::leak(SAMPLE.replace(change.0, change.1).into_boxed_str())
    }

    #[test]
    fn the_documented_columns_are_read() {
        let read = record("gcs", SAMPLE);
        assert_eq!((read.time.local_us, read.client), (1_693_206_014_339_368, Some(&b"192.0.2.7"[..])));
        assert_eq!(
            (read.bytes, read.status, read.operation),
            (Bytes::Logged(2326), Some(200), Operation::Read)
        );
        assert_eq!(read.object, Some(Object { bucket: Some(b"files.example.org"), key: b"a.csv" }));
        assert_eq!(read.agent, Some(&br#"Mozilla/5.0 (like ""Gecko"",gzip(gfe))"#[..]));
        assert_eq!(read.request_id, Some(&b"ADPycduvHuLfdAtc"[..]));
    }

    #[test]
    fn operations_say_what_was_asked_for() {
        for (word, wanted) in [
            ("GET_Bucket", Operation::List),
            ("GET_ObjectAcl", Operation::Learn),
            ("PUT_Object", Operation::Other),
            ("", Operation::Web),
        ] {
            assert_eq!(record("gcs", with(("GET_Object", word))).operation, wanted, "{word}");
        }
    }

    #[test]
    fn a_row_with_another_number_of_columns_is_none() {
        assert_eq!(fault("gcs", with((",\"a.csv\"", ""))).1, "cs_object");
        assert_eq!(fault("gcs", with(("\"a.csv\"", "\"a.csv\",\"x\""))).1, "line");
        assert_eq!(fault("gcs", "\"1693206014339368\",\"192.0.2.7\"").2, "a row of names before it");
    }
}
