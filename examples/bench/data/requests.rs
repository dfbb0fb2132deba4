//! The requests of the logs that are compared, whatever format they stand in: 60 a second, 220,000 addresses, 360,000 paths, three
//! in ten thousand for the path in question. The n-th request is the same in each format; a log has as many of them as fit. Any
//! change here makes the figures of other days incomparable.

use std::io::{BufWriter, Write};
use std::net::Ipv4Addr;
use std::path::Path;

use anyhow::Result;
use memchr::memchr_iter;

use super::draw::Draw;
use super::truth::{Tally, Truth};

/// The path in question.
pub(crate) const PATH: &str = "/export/applicants.csv";
/// What a browser says of itself.
pub(crate) const AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/102.0.5005.63 Safari/537.36";

const REQUESTS_A_SECOND: u64 = 60;
const FIRST_CLIENT: u32 = 10 << 24;

/// A GET and its answer.
pub(super) struct Request {
    /// From 0.
    pub(super) nth: u64,
    /// Since the first request.
    pub(super) second: u64,
    pub(super) client: Ipv4Addr,
    pub(super) target: String,
    /// 200 or 404.
    pub(super) status: u16,
    /// Of the body.
    pub(super) size: u64,
}

impl Request {
    pub(super) fn is_served(&self) -> bool {
        self.status == 200
    }
}

/// Draws requests until there are `bytes` of log; `line` adds one request's lines to the text.
pub(super) fn write(
    path: &Path,
    bytes: u64,
    mut line: impl FnMut(&Request, &mut Vec<u8>) -> Result<()>,
) -> Result<Truth> {
    let mut out = BufWriter::with_capacity(1 << 20, std::fs::File::create(path)?);
    let (mut draw, mut text) = (Draw::new(), Vec::new());
    let mut truth = Truth::default();
    let (mut of_path, mut of_all) = (Tally::default(), Tally::default());
    for nth in 0.. {
        if truth.bytes >= bytes {
            break;
        }
        let asked = draw.below(10_000) < 3;
        let status = if draw.below(100) < 97 { 200 } else { 404 };
        let target = if asked {
            PATH.to_owned()
        } else {
            format!("/assets/{}/page-{}.html", draw.below(40), draw.below(9_000))
        };
        let client = draw.below(220_000);
        let request = Request {
            nth,
            second: nth / REQUESTS_A_SECOND,
            client: Ipv4Addr::from(FIRST_CLIENT + u32::try_from(client)?),
            target,
            status,
            size: 1 + draw.below(90_000),
        };
        text.clear();
        line(&request, &mut text)?;
        if request.is_served() {
            of_all.add(client);
            if asked {
                of_path.add(client);
            }
        }
        truth.lines += memchr_iter(b'\n', &text).count() as u64;
        truth.bytes += text.len() as u64;
        out.write_all(&text)?;
    }
    out.flush()?;
    Ok(Truth { asked: of_path.served(), all: of_all.served(), ..truth })
}
