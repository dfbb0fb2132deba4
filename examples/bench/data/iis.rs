//! The same requests as IIS writes them in W3C's format: its default columns and `sc-bytes`. The directives stand at the top and
//! again wherever the service was started anew.

use std::io::Write;
use std::path::Path;

use anyhow::Result;

use super::clock::Clock;
use super::draw::Draw;
use super::requests::{self, AGENT};
use super::store::{Drawn, Store};
use super::truth::Truth;

const FIELDS: &str = "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status sc-bytes time-taken";

const REQUESTS_A_HEAD: u64 = 100_000;
/// What stands in `sc-bytes` beside the body.
const HEADERS_BYTES: u64 = 262;
/// Windows calls a file that is not there so.
const NOT_FOUND: u8 = 2;

/// One plain file.
pub(crate) fn plain(store: &Store) -> Result<Drawn> {
    store.drawn("iis.log", |path| write(path, store.bytes()))
}

fn write(path: &Path, bytes: u64) -> Result<Truth> {
    let mut clock = Clock::utc("%Y-%m-%d %H:%M:%S")?;
    let agent = AGENT.replace(' ', "+");
    let mut draw = Draw::of(16);
    requests::write(path, bytes, |r, text| {
        let time = clock.at(r.second)?;
        if r.nth.is_multiple_of(REQUESTS_A_HEAD) {
            writeln!(text, "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0")?;
            writeln!(text, "#Date: {time}\n#Fields: {FIELDS}")?;
        }
        Ok(writeln!(
            text,
            "{time} 198.51.100.1 GET {} - 443 - {} {agent} - {} 0 {} {} {}",
            r.target,
            r.client,
            r.status,
            if r.is_served() { 0 } else { NOT_FOUND },
            r.size + HEADERS_BYTES,
            1 + draw.below(900)
        )?)
    })
}
