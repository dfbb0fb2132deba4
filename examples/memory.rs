//! How much memory a large log takes: gigabytes of compressed log through standard input, and the peak of the process.
//!
//! ```text
//! cargo build --release && cargo run --release --example memory -- [GIGABYTES] [MIB] [all]
//! ```
//! Draws a combined log, compresses it member by member (4 MiB of text each) and writes it into the standard input of
//! `accesstrail count - -r '/export/**'` as it goes: nothing of it touches a disk, and no two members are alike, for its
//! clock runs on. Three lines in ten thousand ask for the path in question; with `all` every line does, as without `-r`.
//! Ends with 1 if the peak is above MIB (256 by default), or if the answer is not what was drawn. Reads the peak from
//! `/proc`, so Linux only. The decompressed size is the argument: 1 by default, 10 for the full run. Not a test: it is slow.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;

const MEMBER_BYTES: usize = 4 << 20;
const LINES_A_SECOND: u64 = 600;
/// 1 June 2022 and on, as Apache writes a day; 30 of them are more than any size asked for fills.
const SECONDS_A_DAY: u64 = 86_400;
const AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/102.0.5005.63 Safari/537.36";

/// SplitMix64.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }
}

/// What was drawn.
#[derive(Default, Clone, Copy)]
struct Truth {
    bytes: u64,
    lines: u64,
    asked: u64,
}

/// The log so far.
struct Log {
    draw: Draw,
    truth: Truth,
    all: bool,
    /// What stands before and behind the time, drawn once, so that drawing is faster than reading.
    heads: Vec<String>,
    tails: Vec<String>,
}

impl Log {
    fn new(all: bool) -> Self {
        let mut draw = Draw(0x5EED);
        let heads = (0..1 << 16).map(|n| format!("10.{}.{}.{} - - [", n % 4, n >> 8, n & 255)).collect();
        let tail = |draw: &mut Draw| {
            let (folder, page, bytes) = (draw.below(40), draw.below(9_000), 1 + draw.below(90_000));
            format!(
                " +0000] \"GET /assets/{folder}/page-{page}.html HTTP/1.1\" 200 {bytes} \"-\" \"{AGENT}\"\n"
            )
        };
        let tails = (0..1 << 14).map(|_| tail(&mut draw)).collect();
        Self { draw, truth: Truth::default(), all, heads, tails }
    }

    /// The next member's text.
    fn text(&mut self) -> Result<Vec<u8>, Box<dyn Error>> {
        let mut text = Vec::with_capacity(MEMBER_BYTES + 512);
        let asked = format!(" +0000] \"GET /export/applicants.csv HTTP/1.1\" 200 41234 \"-\" \"{AGENT}\"\n");
        let (mut second, mut time) = (u64::MAX, String::new());
        while text.len() < MEMBER_BYTES {
            let now = self.truth.lines / LINES_A_SECOND;
            if now != second {
                second = now;
                let (day, rest) = (1 + now / SECONDS_A_DAY, now % SECONDS_A_DAY);
                if day > 30 {
                    return Err("June 2022 is over: ask for fewer gigabytes".into());
                }
                time = format!("{day:02}/Jun/2022:{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
            }
            let is_asked = self.draw.below(10_000) < 3;
            let head = self.draw.below(self.heads.len() as u64);
            let tail = self.draw.below(self.tails.len() as u64);
            text.extend_from_slice(pick(&self.heads, head)?);
            text.extend_from_slice(time.as_bytes());
            text.extend_from_slice(if is_asked { asked.as_bytes() } else { pick(&self.tails, tail)? });
            self.truth.lines += 1;
            self.truth.asked += u64::from(is_asked || self.all);
        }
        self.truth.bytes += text.len() as u64;
        Ok(text)
    }
}

fn pick(texts: &[String], at: u64) -> Result<&[u8], Box<dyn Error>> {
    Ok(texts.get(usize::try_from(at)?).ok_or("drawn beyond the end")?.as_bytes())
}

fn member(text: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(text.len() / 4), Compression::fast());
    encoder.write_all(text)?;
    encoder.finish()
}

/// The most memory the process has had resident so far, in KiB; nothing once it has ended.
fn peak_kib(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").trim().parse().ok()
}

/// The program built beside this example.
fn program() -> Result<PathBuf, Box<dyn Error>> {
    let here = std::env::current_exe()?;
    let release = here.parent().and_then(|examples| examples.parent()).ok_or("no folder above this one")?;
    Ok(release.join("accesstrail"))
}

/// Compresses on a thread of its own while the members before are read.
fn drawing(bytes: u64, all: bool) -> (Receiver<Vec<u8>>, std::thread::JoinHandle<Result<Truth, String>>) {
    let (give, take) = sync_channel(4);
    let drawer = std::thread::spawn(move || {
        let mut log = Log::new(all);
        while log.truth.bytes < bytes {
            let text = log.text().map_err(|e| e.to_string())?;
            let packed = member(&text).map_err(|e| e.to_string())?;
            if give.send(packed).is_err() {
                break;
            }
        }
        Ok(log.truth)
    });
    (take, drawer)
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument = |at: usize, usual: &str| arguments.get(at).map_or(usual, String::as_str).to_owned();
    let gigabytes: f64 = argument(0, "1").parse()?;
    let limit_mib: u64 = argument(1, "256").parse()?;
    let all = argument(2, "") == "all";
    let mut command = Command::new(program()?);
    command.args(["count", "-", "--json", "--quiet"]);
    if !all {
        command.args(["-r", "/export/**"]);
    }
    let began = Instant::now();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut stdin = child.stdin.take().ok_or("no pipe")?;
    let mut stdout = child.stdout.take().ok_or("no pipe")?;
    let answer = std::thread::spawn(move || {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut stdout, &mut text).map(|_| text)
    });
    let (members, drawer) = drawing((gigabytes * 1e9) as u64, all);
    let (mut peak, mut packed) = (0, 0);
    for member in members {
        packed += member.len();
        stdin.write_all(&member)?;
        peak = peak_kib(&child).unwrap_or(0).max(peak);
    }
    drop(stdin);
    let read = began.elapsed();
    while child.try_wait()?.is_none() {
        peak = peak_kib(&child).unwrap_or(0).max(peak);
        std::thread::sleep(Duration::from_millis(5));
    }
    let status = child.wait()?;
    let whole = began.elapsed();
    let truth = drawer.join().map_err(|_panic| "the drawer stopped")??;
    let answer: serde_json::Value =
        serde_json::from_str(&answer.join().map_err(|_panic| "the reader stopped")??)?;
    let peak_mib = peak.div_ceil(1024);
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} bytes of log in {packed} compressed, {} lines", truth.bytes, truth.lines)?;
    writeln!(
        out,
        "{:.1} s, {:.1} s of it after the last byte; peak {peak_mib} MiB (limit {limit_mib})",
        whole.as_secs_f64(),
        (whole - read).as_secs_f64()
    )?;
    let wanted = [
        ("ledger", "bytes", truth.bytes),
        ("ledger", "records", truth.lines),
        ("counts", "served", truth.asked),
    ];
    let mut right = status.success();
    for (block, key, number) in wanted {
        let found = answer.get(block).and_then(|b| b.get(key)).and_then(serde_json::Value::as_u64);
        if found != Some(number) {
            writeln!(out, "{block}.{key} is {found:?}, drawn were {number}")?;
            right = false;
        }
    }
    Ok(if right && peak > 0 && peak_mib <= limit_mib { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
