//! The same requests as a standard log of Amazon CloudFront: 33 columns with tabs between, under the two directives.

use std::io::Write;
use std::path::Path;

use anyhow::Result;

use super::clock::Clock;
use super::draw::{BASE_64, Draw};
use super::requests::{self, AGENT};
use super::store::{Drawn, Store};
use super::truth::Truth;

const HEAD: &str = "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end";

/// What stands in `sc-bytes` beside the body.
const HEADERS_BYTES: u64 = 412;

/// One plain file.
pub(crate) fn plain(store: &Store) -> Result<Drawn> {
    store.drawn("cloudfront.log", |path| write(path, store.bytes()))
}

fn write(path: &Path, bytes: u64) -> Result<Truth> {
    let mut clock = Clock::utc("%Y-%m-%d\t%H:%M:%S")?;
    let agent = AGENT.replace(' ', "%20");
    let mut draw = Draw::of(33);
    requests::write(path, bytes, |r, text| {
        if r.nth == 0 {
            writeln!(text, "{HEAD}")?;
        }
        let (place, pop) = (["FRA56", "LHR61", "CMH68", "NRT57"], draw.below(9) + 1);
        let place = place.get(draw.below(4) as usize).unwrap_or(&"FRA56");
        let (time, sent) = (clock.at(r.second)?, r.size + HEADERS_BYTES);
        write!(
            text,
            "{time}\t{place}-P{pop}\t{sent}\t{}\tGET\td111111abcdef8.cloudfront.net\t{}\t{}\t-\t{agent}\t-\t-\t",
            r.client, r.target, r.status
        )?;
        let result = match (r.is_served(), draw.below(10)) {
            (false, _) => "Error",
            (true, 0) => "Miss",
            (true, _) => "Hit",
        };
        write!(text, "{result}\t")?;
        draw.letters(BASE_64, 54, text);
        let (first_byte_ms, rest_ms) = (1 + draw.below(60), draw.below(900));
        let kind = if r.target.ends_with(".csv") { "text/csv" } else { "text/html" };
        Ok(writeln!(
            text,
            "==\tfiles.example.org\thttps\t{}\t{:.3}\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\t{result}\tHTTP/2.0\t-\t-\t{}\t{:.3}\t{result}\t{kind}\t{}\t-\t-",
            40 + draw.below(400),
            (first_byte_ms + rest_ms) as f64 / 1e3,
            1024 + draw.below(64_000),
            first_byte_ms as f64 / 1e3,
            r.size
        )?)
    })
}
