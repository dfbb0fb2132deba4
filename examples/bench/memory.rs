//! How much memory a large log takes: gigabytes of compressed log through standard input, and the peak of the process.
//!
//! The log is drawn, compressed member by member (4 MiB of text each) and written as it goes: nothing of it touches a disk, and
//! no two members are alike, for its clock runs on. So the time includes the drawing; `growth` measures time.

use std::io::Write;
use std::process::{ExitCode, Stdio};
use std::sync::mpsc::sync_channel;
use std::time::Instant;

use anyhow::{Context, Result, anyhow};

use crate::data::packing;
use crate::data::spread::{Shape, Spread};
use crate::figures::{Figures, Stream};
use crate::machine::Machine;
use crate::program::{Expected, Program};
use crate::{args, page, process};

/// Of the stream, and of the sizes of `growth`: one shape at every size.
pub(crate) const SHAPE: Shape =
    Shape { clients: 1 << 16, objects: 1 << 14, pace: (1, 600), long: true, asks: true };

/// What is asked of a stream.
pub(crate) fn question(all: bool) -> Vec<&'static str> {
    let mut arguments = vec!["count", "-", "--json", "--quiet"];
    if !all {
        arguments.extend(["-r", "/export/**"]);
    }
    arguments
}

/// Streams, compares, prints; 1 if the peak is above the limit.
pub(crate) fn run(options: &args::Memory) -> Result<ExitCode> {
    let program = Program::build()?;
    let scratch = tempfile::tempdir()?;
    let command = program.command(question(options.all));
    let bytes = (options.gigabytes * 1e9) as u64;
    let (give, take) = sync_channel::<Vec<u8>>(4);
    let log = Spread::new(SHAPE)?;
    let drawer = std::thread::spawn(move || packing::members(bytes, log, |m| Ok(give.send(m).is_ok())));
    let began = Instant::now();
    let mut child = process::start(&command, scratch.path())?.stdin(Stdio::piped()).spawn()?;
    let mut stdin = child.stdin.take().context("no pipe to accesstrail")?;
    let mut packed_bytes = 0;
    for member in take {
        packed_bytes += member.len() as u64;
        if stdin.write_all(&member).is_err() {
            break; // It ended early: what it said follows.
        }
    }
    drop(stdin);
    let read = began.elapsed();
    child.wait()?;
    let log = drawer.join().map_err(|_panic| anyhow!("the drawing of the log stopped"))??;
    let expected = if options.all { Expected::all(&log) } else { Expected::asked(&log) };
    let sample = Program::judge(process::ended(&command, scratch.path())?, expected, None)?;
    let stream = Stream {
        gigabytes: options.gigabytes,
        all: options.all,
        log,
        packed_bytes,
        wall_s: sample.wall.as_secs_f64(),
        peak_kib: sample.peak_kib.unwrap_or_default(),
        date: Machine::here().date,
    };
    let peak_mib = stream.peak_kib.div_ceil(1024);
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} bytes of log in {packed_bytes} compressed, {} lines", log.bytes, log.lines)?;
    writeln!(
        out,
        "{:.1} s, {:.1} s of it after the last byte; peak {peak_mib} MiB (limit {})",
        stream.wall_s,
        stream.wall_s - read.as_secs_f64(),
        options.limit
    )?;
    if let Some(docs) = &options.docs {
        let mut figures = Figures::read(docs)?;
        figures.memory.retain(|s| (s.gigabytes, s.all) != (stream.gigabytes, stream.all));
        figures.memory.push(stream);
        page::write(&figures, Some(docs))?;
    }
    Ok(if peak_mib <= options.limit { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
