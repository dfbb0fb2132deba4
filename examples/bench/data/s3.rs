//! The same requests as Amazon S3 logs them, nobody signed in: the 27 columns of today, the last of them the region that a request
//! came from.

use std::io::Write;
use std::path::Path;

use anyhow::Result;

use super::clock::Clock;
use super::draw::{BASE_64, Draw, HEX};
use super::requests::{self, AGENT};
use super::store::{Drawn, Store};
use super::truth::Truth;

const OWNER: &str = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
const BUCKET: &str = "example-bucket";

/// One plain file.
pub(crate) fn plain(store: &Store) -> Result<Drawn> {
    store.drawn("s3.log", |path| write(path, store.bytes()))
}

fn write(path: &Path, bytes: u64) -> Result<Truth> {
    let mut clock = Clock::utc("%d/%b/%Y:%H:%M:%S")?;
    let mut draw = Draw::of(3);
    requests::write(path, bytes, |r, text| {
        let (time, key) = (clock.at(r.second)?, r.target.trim_start_matches('/'));
        write!(text, "{OWNER} {BUCKET} [{time} +0000] {} - ", r.client)?;
        draw.letters(HEX, 16, text);
        write!(text, " REST.GET.OBJECT {key} \"GET {} HTTP/1.1\" ", r.target)?;
        if r.is_served() {
            write!(text, "200 - {0} {0}", r.size)?;
        } else {
            write!(text, "404 NoSuchKey {} -", r.size)?;
        }
        let (first_byte_ms, rest_ms) = (5 + draw.below(60), draw.below(900));
        write!(text, " {} {first_byte_ms} \"-\" \"{AGENT}\" - ", first_byte_ms + rest_ms)?;
        draw.letters(BASE_64, 75, text);
        Ok(writeln!(
            text,
            "= - ECDHE-RSA-AES128-GCM-SHA256 - {BUCKET}.s3.us-west-1.amazonaws.com TLSv1.2 - - us-west-1"
        )?)
    })
}
