//! The EDGAR log file data set of the SEC: a CSV extracted from the access logs of sec.gov, one row a request.
//!
//! Source: the `README.txt` in the data set's archives (Division of Economic and Risk Analysis), and its header line. Written
//! from documentation, not yet seen in a file at hand. Numbers are written as floats (`200.0`).
//!
//! The client is masked: three octets, then three letters that stand for the fourth everywhere alike, so it is a name and no
//! address. `zone` is the "Apache log file zone", a number without a sign or unit that is documented: it is not used, and
//! the zone has to be declared. `size` is "document file size" to the README, but comes from a web server's byte column:
//! unknown. `code` is the HTTP status.
//!
//! The object is the document's company (`cik`, taken for the bucket) and, as key, `accession,extention` as they are
//! written. Method, target, agent and referer are not in the set. Without a method nobody can say that a row is a
//! download: it is counted with the methods that are not listed.
//!
//! The README says that it "may not capture all" traffic. The header line is a directive.

use super::own::{Columns, Is};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Bytes, Escape, Meaning, Object, Record, Stamp, Zone};
use crate::token::cursor::{Cursor, Read, all};
use crate::token::time::{TimeCache, clock, iso_date};
use crate::token::{Leaf, Wrong, number};
use std::sync::Arc;

const FAMILY: Family = Family::of("edgar");

const SAMPLE: &str = "192.0.2.jja,2017-06-30,00:00:07,0.0,1608552.0,0001047469-17-004337,-index.htm,200.0,80251.0,1.0,0.0,0.0,9.0,0.0,";

/// In the files; in the README.
const HEADERS: [&[u8]; 2] = [
    b"ip,date,time,zone,cik,accession,extention,code,size,idx,norefer,noagent,find,crawler,browser",
    b"ip,date,time,zone,cik,accession,doc,code,filesize,idx,norefer,noagent,find,crawler,browser",
];

/// Commas in a row.
const COMMAS: usize = 14;

pub(super) const FORMATS: &[Named] = &[Named::own("edgar", FAMILY, Origin::Documentation, SAMPLE, || {
    Arc::new(Columns {
        name: "edgar",
        meaning: Meaning { key: Escape::None, ..Meaning::UNKNOWN },
        separator: b',',
        may_read: |line| memchr::memchr_iter(b',', line).count() == COMMAS,
        read,
    })
})];

fn read<'a>(line: &mut Cursor<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    if HEADERS.contains(&line.rest) {
        return Ok(Is::Directive);
    }
    let client = line.word("ip")?;
    if client.iter().filter(|byte| **byte == b'.').count() != 3 {
        return wrong("an address whose last octet is masked", client);
    }
    record.client = Some(client);
    let days = line.by("date", |i| iso_date(i, cache))?;
    let clock = line.by("time", clock)?;
    record.time = Stamp { local_us: clock.on(days), zone: Zone::Absent };
    maybe(line, "zone")?;
    let cik = line.some("cik")?;
    line.begin("accession")?;
    let from = line.rest;
    let accession = up_to_comma(line);
    if accession.is_empty() {
        return wrong("an accession number", from);
    }
    line.begin("extention")?;
    up_to_comma(line);
    let length = from.len() - line.rest.len();
    let key = from.get(..length).unwrap_or_default();
    record.object = Some(Object { bucket: cik, key });
    let code = line.word("code")?;
    record.status = match all(code, whole)?.map(u16::try_from) {
        None => None,
        Some(Ok(status @ 100..=999)) => Some(status),
        Some(_) => {
            return Err(Wrong { kind: FaultKind::Status, expected: "a status such as `200.0`", at: code });
        }
    };
    record.bytes = maybe(line, "size")?.map_or(Bytes::Unlogged, Bytes::Logged);
    for field in ["idx", "norefer", "noagent", "find", "crawler"] {
        maybe(line, field)?;
    }
    line.word("browser")?;
    line.end()?;
    Ok(Is::Request)
}

fn wrong<'a, T>(expected: &'static str, at: &'a [u8]) -> Read<'a, T> {
    Err(Wrong { kind: FaultKind::Syntax, expected, at })
}

/// Passes over the text before the next comma.
fn up_to_comma<'a>(line: &mut Cursor<'a>) -> &'a [u8] {
    let length = memchr::memchr(b',', line.rest).unwrap_or(line.rest.len());
    let (text, rest) = line.rest.split_at_checked(length).unwrap_or_default();
    line.rest = rest;
    text
}

/// A column with a whole number, or nothing.
fn maybe<'a>(line: &mut Cursor<'a>, field: &'static str) -> Read<'a, Option<u64>> {
    let text = line.word(field)?;
    all(text, whole)
}

/// `200.0`, `200`, or nothing.
fn whole(i: &[u8]) -> Leaf<'_, Option<u64>> {
    if i.is_empty() {
        return Ok((i, None));
    }
    let (rest, value) = number::unsigned(i)?;
    Ok((rest.strip_prefix(b".0").unwrap_or(rest), Some(value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Unit;
    use crate::format::tests::{fault, record, unit};
    use crate::record::{Abort, Operation};

    fn line(rest: &str) -> &'static str {
        Box::leak(format!("192.0.2.jja,2017-06-30,00:00:07,{rest}").into_boxed_str())
    }

    #[test]
    fn a_row_is_read_to_its_end() {
        let read = record("edgar", SAMPLE);
        let time = Stamp { local_us: 1_498_780_807_000_000, zone: Zone::Absent };
        assert_eq!((read.client, read.time), (Some(&b"192.0.2.jja"[..]), time));
        assert_eq!((read.status, read.bytes, read.size), (Some(200), Bytes::Logged(80251), None));
        let object = Object { bucket: Some(b"1608552.0"), key: b"0001047469-17-004337,-index.htm" };
        assert_eq!((read.object, read.operation), (Some(object), Operation::Web));
        assert_eq!((read.method, read.target, read.abort), (None, None, Abort::Unlogged));
    }

    #[test]
    fn both_headers_are_directives() {
        for header in HEADERS {
            let header: &'static str = str::from_utf8(header).unwrap();
            assert_eq!(unit("edgar", header), Unit::Directive);
        }
        assert_eq!(fault("edgar", "ip,date,time,zone,cik,accession,extention,code,size").1, "ip");
    }

    #[test]
    fn columns_may_be_empty() {
        let read = record("edgar", line("500.0,,0001047469-17-004337,,404.0,,0.0,1.0,1.0,0.0,0.0,mie"));
        assert_eq!((read.status, read.bytes), (Some(404), Bytes::Unlogged));
        let object = Object { bucket: None, key: b"0001047469-17-004337," };
        assert_eq!(read.object, Some(object));
        assert_eq!(record("edgar", line("0,1,a,b,,0,,,,,,")).status, None);
        assert_eq!(record("edgar", line("0,1,a,b,200,0,,,,,,")).bytes, Bytes::Logged(0));
    }

    #[test]
    fn what_is_wrong_is_named_by_its_column() {
        let named = |text: &str| fault("edgar", line(text)).1;
        assert_eq!(named("0.0,1.0,a,b,200.5,1.0,,,,,,"), "code");
        assert_eq!(fault("edgar", line("0.0,1.0,a,b,2000.0,1.0,,,,,,")).0, FaultKind::Status);
        assert_eq!(named("0.0,1.0,a,b,200.0,-,,,,,,"), "size");
        assert_eq!(named("0.0,1.0,,b,200.0,1.0,,,,,,"), "accession");
        assert_eq!(named("0.0,1.0,a,b,200.0,1.0,,,,,"), "browser");
        assert_eq!(named("0.0,1.0,a,b,200.0,1.0,,,,,,win,more"), "line");
        assert_eq!(named("x,1.0,a,b,200.0,1.0,,,,,,"), "zone");
        assert_eq!(fault("edgar", "192.0.2.jja,2017-06-31,00:00:07,0").0, FaultKind::Time);
        assert_eq!(fault("edgar", "localhost,2017-06-30,00:00:07,0").1, "ip");
    }
}
