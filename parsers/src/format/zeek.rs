//! Zeek's `http.log` in its own tab-separated form: what a sensor on the network saw.
//!
//! Source: Zeek documentation, "http.log" and "Zeek Log Formats": `#separator`, `#set_separator`, `#empty_field`,
//! `#unset_field`, `#path`, `#fields`, `#types`. Columns come and go with scripts and versions; only `#fields` tells.
//!
//! `ts` is when the request was first seen, in UTC. `response_body_len` is the "actual uncompressed content size of the data
//! transferred from the server" as the sensor saw it. It is an independent witness: it knows nothing of TLS traffic and
//! loses packets. Logs of other paths (`conn`, `dns`, `files`) are told and hold no requests: their lines are directives.
//!
//! What it cannot say: size of the object, ranges (a 206 shows that there was one), whether the client had it all.

use super::fielded::{self, Col, Cut, Fielded, columns, nothing};
use super::own::Is;
use super::w3c::unarmed;
use super::{Family, Format, Head, Named, Origin, Split, Unit};
use crate::record::{ByteSemantics, Meaning, TimeBasis, Zone};
use crate::token::time::{EpochUnit, TimeCache};
use std::sync::Arc;

const FAMILY: Family = Family::of("zeek");

const SAMPLE: &str = "#separator \\x09\n#unset_field\t-\n#path\thttp\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\ttrans_depth\tmethod\thost\turi\treferrer\tversion\tuser_agent\trequest_body_len\tresponse_body_len\tstatus_code\tusername\n1320279566.452687\tCwFs1P2UcUdlSxD2La\t192.0.2.7\t52026\t198.51.100.9\t80\t1\tGET\tfiles.example.org\t/a.csv?b=c\t-\t1.1\tcurl/7.79.1\t0\t2326\t200\t-";

pub(super) const FORMATS: &[Named] = &[Named::own("zeek", FAMILY, Origin::Seen, SAMPLE, || Arc::new(Zeek))];

/// Tab-separated logs.
#[derive(Debug)]
struct Zeek;

fn col(name: &str) -> Col {
    match name {
        "ts" => Col::Epoch(EpochUnit::Seconds),
        "uid" => Col::Id,
        "id.orig_h" => Col::Client,
        "method" => Col::Method,
        "host" => Col::Host,
        "uri" => Col::Target,
        "referrer" => Col::Referer,
        "user_agent" => Col::Agent,
        "response_body_len" => Col::Bytes,
        "status_code" => Col::Status,
        "username" => Col::Login,
        _ => Col::Skip,
    }
}

fn names(head: &Head) -> Option<impl Iterator<Item = &[u8]>> {
    fielded::names(head, b"#fields", b"\t")
}

impl Format for Zeek {
    fn name(&self) -> &str {
        "zeek"
    }

    fn split(&self) -> Split {
        Split::Header
    }

    fn meaning(&self) -> Meaning {
        Meaning { time_basis: TimeBasis::Received, bytes: ByteSemantics::BodyWritten, ..Meaning::UNKNOWN }
    }

    fn leads(&self) -> &'static [&'static [u8]] {
        &[b"#"]
    }

    fn arm(&self, head: &Head) -> Option<Arc<dyn Format>> {
        let columns = columns(names(head)?, col);
        // `#path` is the log's own name; without it the columns tell.
        let is_http = match head.get(b"#path") {
            Some(path) => path == b"http",
            None => columns.iter().any(|(name, _)| &**name == "trans_depth"),
        };
        Some(Arc::new(Fielded {
            name: "zeek",
            meaning: self.meaning(),
            cut: Cut::At(b'\t'),
            columns: if is_http { columns } else { Box::default() },
            begun: None,
            zone: Zone::Offset(0),
            finish: if is_http { nothing } else { |_, _| Ok(Is::Directive) },
            lead: if is_http { b"#" } else { b"" },
            unset: head.get(b"#unset_field").map(Box::from),
        }))
    }

    fn parse<'a>(&'a self, unit: &'a [u8], _cache: &mut TimeCache) -> Unit<'a> {
        unarmed(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::FaultKind;
    use crate::format::tests::{fault, record, unit};
    use crate::record::Bytes;

    fn with(change: (&str, &str)) -> &'static str {
        Box::leak(SAMPLE.replace(change.0, change.1).into_boxed_str())
    }

    #[test]
    fn the_documented_columns_are_read() {
        let read = record("zeek", SAMPLE);
        assert_eq!((read.time.local_us, read.time.zone), (1_320_279_566_452_687, Zone::Offset(0)));
        assert_eq!(
            (read.client, read.method, read.status),
            (Some(&b"192.0.2.7"[..]), Some(&b"GET"[..]), Some(200))
        );
        assert_eq!((read.target, read.host), (Some(&b"/a.csv?b=c"[..]), Some(&b"files.example.org"[..])));
        assert_eq!((read.bytes, read.referer, read.principal), (Bytes::Logged(2326), None, None));
    }

    #[test]
    fn a_response_that_was_not_seen_has_no_status_and_a_masked_time_is_none() {
        let unseen = record("zeek", with(("\t2326\t200\t", "\t0\t-\t")));
        assert_eq!((unseen.status, unseen.bytes), (None, Bytes::Logged(0)));
        assert_eq!(fault("zeek", with(("1320279566.452687", "XXXXXXXXXX.XXXXXX"))).1, "ts");
        assert_eq!(fault("zeek", with(("\t200\t-", "\t200"))).0, FaultKind::Syntax);
    }

    #[test]
    fn logs_of_other_paths_hold_no_requests() {
        assert_eq!(unit("zeek", with(("#path\thttp", "#path\tconn"))), Unit::Directive);
        let bare = with(("#path\thttp\n", ""));
        assert_eq!(record("zeek", bare).status, Some(200), "the columns tell");
    }
}
