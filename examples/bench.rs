//! How fast a scan is, as a ratio to what the machine can do at all.
//!
//! ```text
//! cargo run --release --example bench -- [MEGABYTES] [RUNS]
//! ```
//! Writes a seeded combined log into a temporary folder, then measures in turns, in the same run: SHA-256 of the file on
//! one thread, a newline count, and `accesstrail count` as a whole process (hash, parse, ledger, counts). Checks that
//! accesstrail's answer is the number drawn. Prints medians and ratios; nothing here is a test.

use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

const SEED: u64 = 0x5EED;
const PATH: &str = "/export/applicants.csv";

/// SplitMix64: the log is the same on every machine.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

/// What was drawn of the path in question.
struct Truth {
    served: u64,
    lines: u64,
}

fn write_log(path: &Path, bytes: u64) -> Result<Truth> {
    let mut out = BufWriter::with_capacity(1 << 20, std::fs::File::create(path)?);
    let mut draw = Draw(SEED);
    let (mut written, mut truth) = (0u64, Truth { served: 0, lines: 0 });
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/102.0.5005.63 Safari/537.36";
    while written < bytes {
        let second = truth.lines / 60;
        let (day, hour, minute, sec) =
            (27 + second / 86_400, second / 3_600 % 24, second / 60 % 60, second % 60);
        // Three lines in ten thousand ask for the path in question.
        let asked = draw.below(10_000) < 3;
        let status = if draw.below(100) < 97 { 200 } else { 404 };
        let target = if asked {
            PATH.to_owned()
        } else {
            format!("/assets/{}/page-{}.html", draw.below(40), draw.below(9_000))
        };
        let client = draw.below(220_000);
        let line = format!(
            "10.{}.{}.{} - - [{day:02}/Jun/2022:{hour:02}:{minute:02}:{sec:02} -0700] \"GET {target} HTTP/1.1\" {status} {} \"-\" \"{agent}\"\n",
            client >> 16,
            client >> 8 & 255,
            client & 255,
            1 + draw.below(90_000),
        );
        truth.served += u64::from(asked && status == 200);
        truth.lines += 1;
        written += line.len() as u64;
        out.write_all(line.as_bytes())?;
    }
    out.flush()?;
    Ok(truth)
}

fn blocks(path: &Path, mut each: impl FnMut(&[u8])) -> Result<()> {
    let mut file = std::fs::File::open(path)?;
    let mut buffer = vec![0u8; 1 << 20];
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok(());
        }
        each(buffer.get(..n).unwrap_or_default());
    }
}

fn timed(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64())
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds.get(seconds.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The program beside this example: `target/release/accesstrail`.
fn program() -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let release = here.parent().and_then(Path::parent).context("the example has no target folder")?;
    let program = release.join("accesstrail");
    ensure!(program.is_file(), "`{}` is missing; run `cargo build --release` first", program.display());
    Ok(program)
}

fn count(program: &Path, log: &Path, truth: &Truth) -> Result<()> {
    let out = Command::new(program).arg("count").arg(log).args(["-r", PATH, "--json", "--quiet"]).output()?;
    let answer: serde_json::Value =
        serde_json::from_slice(&out.stdout).context("accesstrail gave no JSON")?;
    let number = |pointer: &str| answer.pointer(pointer).and_then(serde_json::Value::as_u64);
    ensure!(number("/counts/served") == Some(truth.served), "served differs from what was drawn");
    ensure!(number("/ledger/lines") == Some(truth.lines), "lines differ from what was drawn");
    Ok(())
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).map(|a| a.parse::<u64>());
    let megabytes = arguments.next().transpose()?.unwrap_or(1_000);
    let runs = arguments.next().transpose()?.unwrap_or(5);
    let program = program()?;
    let folder = tempfile::tempdir()?;
    let log = folder.path().join("access.log");
    let truth = write_log(&log, megabytes * 1_000_000)?;
    let (mut hash, mut newlines, mut scan) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        hash.push(timed(|| {
            let mut state = Sha256::new();
            blocks(&log, |b| state.update(b))?;
            std::hint::black_box(state.finalize());
            Ok(())
        })?);
        newlines.push(timed(|| {
            let mut n = 0;
            blocks(&log, |b| n += memchr::memchr_iter(b'\n', b).count() as u64)?;
            ensure!(n == truth.lines, "newlines differ from what was drawn");
            Ok(())
        })?);
        scan.push(timed(|| count(&program, &log, &truth))?);
    }
    let (hash, newlines, scan) = (median(hash), median(newlines), median(scan));
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "combined log: {megabytes} MB, {} lines, {} in scope; medians of {runs} runs in turns",
        truth.lines, truth.served
    )?;
    writeln!(out, "newline count, 1 thread     {newlines:8.3} s")?;
    writeln!(out, "SHA-256, 1 thread           {hash:8.3} s")?;
    writeln!(
        out,
        "accesstrail count           {scan:8.3} s   {:.2} x SHA-256   {:.0} MB/s",
        scan / hash,
        megabytes as f64 / scan
    )?;
    Ok(())
}
