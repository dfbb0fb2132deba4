//! The log of most figures: Apache's combined format, 60 lines a second, 220,000 addresses, 360,000 paths, three lines in ten
//! thousand for the path in question. Any change here makes the figures of other days incomparable.

use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use chrono::{NaiveDate, TimeDelta};

use super::draw::Draw;
use super::truth::{Tally, Truth};

/// The path in question.
pub(crate) const PATH: &str = "/export/applicants.csv";
/// What a browser says of itself; half of each line.
pub(crate) const AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/102.0.5005.63 Safari/537.36";

const LINES_A_SECOND: u64 = 60;

/// Writes a log of `bytes`, and one line's rest.
pub(crate) fn write(path: &Path, bytes: u64) -> Result<Truth> {
    let mut out = BufWriter::with_capacity(1 << 20, std::fs::File::create(path)?);
    let mut draw = Draw::new();
    let mut truth = Truth::default();
    let (mut of_path, mut of_all) = (Tally::default(), Tally::default());
    let start = NaiveDate::from_ymd_opt(2022, 6, 27).and_then(|d| d.and_hms_opt(0, 0, 0));
    let start = start.context("27 June 2022 is no date")?;
    let (mut second, mut time) = (u64::MAX, String::new());
    while truth.bytes < bytes {
        if truth.lines / LINES_A_SECOND != second {
            second = truth.lines / LINES_A_SECOND;
            let now = start + TimeDelta::seconds(i64::try_from(second)?);
            time = now.format("%d/%b/%Y:%H:%M:%S").to_string();
        }
        let asked = draw.below(10_000) < 3;
        let status = if draw.below(100) < 97 { 200 } else { 404 };
        let target = if asked {
            PATH.to_owned()
        } else {
            format!("/assets/{}/page-{}.html", draw.below(40), draw.below(9_000))
        };
        let client = draw.below(220_000);
        let line = format!(
            "10.{}.{}.{} - - [{time} -0700] \"GET {target} HTTP/1.1\" {status} {} \"-\" \"{AGENT}\"\n",
            client >> 16,
            client >> 8 & 255,
            client & 255,
            1 + draw.below(90_000),
        );
        if status == 200 {
            of_all.add(client);
            if asked {
                of_path.add(client);
            }
        }
        truth.lines += 1;
        truth.bytes += line.len() as u64;
        out.write_all(line.as_bytes())?;
    }
    out.flush()?;
    Ok(Truth { asked: of_path.served(), all: of_all.served(), ..truth })
}
