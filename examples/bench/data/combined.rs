//! The log of most figures: Apache's combined format.

use std::io::Write;
use std::path::Path;

use anyhow::Result;

use super::clock::Clock;
use super::requests::{self, AGENT};
use super::truth::Truth;

/// Writes a log of `bytes`, and one line's rest.
pub(crate) fn write(path: &Path, bytes: u64) -> Result<Truth> {
    let mut clock = Clock::local("%d/%b/%Y:%H:%M:%S")?;
    requests::write(path, bytes, |r, text| {
        let time = clock.at(r.second)?;
        Ok(writeln!(
            text,
            "{} - - [{time} -0700] \"GET {} HTTP/1.1\" {} {} \"-\" \"{AGENT}\"",
            r.client, r.target, r.status, r.size
        )?)
    })
}
