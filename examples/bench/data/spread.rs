//! A log whose clients, objects and hours can be chosen, line by line: for curves, and for streams that no disk holds.

use anyhow::{Context, Result};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use std::io::Write;

use super::draw::Draw;
use super::requests::{AGENT, PATH};
use super::truth::{Tally, Truth};

/// How the lines are spread.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// Distinct addresses, at most 2^24. So many first lines have each a new one.
    pub(crate) clients: u64,
    /// Distinct paths, at most 2^24. So many first lines have each a new one.
    pub(crate) objects: u64,
    /// So many seconds pass in so many lines.
    pub(crate) pace: (u64, u64),
    /// Whether a browser's long name ends each line; without it lines are half as long.
    pub(crate) long: bool,
    /// Whether three lines in ten thousand ask for the path in question.
    pub(crate) asks: bool,
}

/// The log so far.
pub(crate) struct Spread {
    shape: Shape,
    draw: Draw,
    start: NaiveDateTime,
    second: u64,
    time: String,
    truth: Truth,
    of_path: Tally,
    of_all: Tally,
}

/// Odd, so that multiplying by it turns the numbers below 2^24 into one another.
const SCATTER: u64 = 0x9E_3779;

impl Spread {
    pub(crate) fn new(shape: Shape) -> Result<Self> {
        let start = NaiveDate::from_ymd_opt(2022, 6, 1).and_then(|d| d.and_hms_opt(0, 0, 0));
        Ok(Self {
            shape,
            draw: Draw::new(),
            start: start.context("1 June 2022 is no date")?,
            second: u64::MAX,
            time: String::new(),
            truth: Truth::default(),
            of_path: Tally::default(),
            of_all: Tally::default(),
        })
    }

    /// Adds the next line to `text`.
    pub(crate) fn line(&mut self, text: &mut Vec<u8>) -> Result<()> {
        let (line, before) = (self.truth.lines, text.len());
        let (seconds, lines) = self.shape.pace;
        let second = (u128::from(line) * u128::from(seconds) / u128::from(lines.max(1))) as u64;
        if second != self.second {
            self.second = second;
            let now = self.start + TimeDelta::seconds(i64::try_from(second)?);
            self.time = now.format("%d/%b/%Y:%H:%M:%S").to_string();
        }
        let client = self.one_of(self.shape.clients);
        let object = self.one_of(self.shape.objects);
        let asked = self.shape.asks && self.draw.below(10_000) < 3;
        let status = if self.draw.below(100) < 97 { 200 } else { 404 };
        let size = 1 + self.draw.below(90_000);
        let (a, b, c) = (client >> 16, client >> 8 & 255, client & 255);
        write!(text, "10.{a}.{b}.{c} - - [{} +0000] \"GET ", self.time)?;
        if asked {
            text.extend_from_slice(PATH.as_bytes());
        } else {
            write!(text, "/assets/{}/page-{object}.html", object % 40)?;
        }
        write!(text, " HTTP/1.1\" {status} {size} \"-\" \"")?;
        text.extend_from_slice(if self.shape.long { AGENT.as_bytes() } else { b"curl/7.88.1" });
        text.extend_from_slice(b"\"\n");
        if status == 200 {
            self.of_all.add(client);
            if asked {
                self.of_path.add(client);
            }
        }
        self.truth.lines += 1;
        self.truth.bytes += (text.len() - before) as u64;
        Ok(())
    }

    fn one_of(&mut self, n: u64) -> u64 {
        let nth = if self.truth.lines < n { self.truth.lines } else { self.draw.below(n) };
        nth.wrapping_mul(SCATTER) & 0xFF_FFFF
    }

    /// What was drawn so far.
    pub(crate) fn truth(&self) -> Truth {
        Truth { asked: self.of_path.served(), all: self.of_all.served(), ..self.truth }
    }

    /// Bytes drawn so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.truth.bytes
    }
}
