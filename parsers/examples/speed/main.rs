//! What one line costs on one core, by the parser of its format and by a split written by hand ([`split`]): medians of
//! some passes over lines in memory.
//!
//! ```text
//! cargo run --release -p accesstrail-parsers --example speed                   every format, by its sample line
//! cargo run --release -p accesstrail-parsers --example speed -- FORMAT FILE    one format, by the lines of a file
//! ```
#![expect(clippy::print_stdout, reason = "an example that shows things")]

mod split;

use accesstrail_parsers::format::{Format, Unit, catalogue, named};
use accesstrail_parsers::framing::lines;
use accesstrail_parsers::token::time::TimeCache;
use memchr::memmem;
use split::Columns;
use std::hint::black_box;
use std::time::Instant;

/// Lines of one pass where there is a sample line only: more than a branch predictor learns by heart is not possible
/// with one line, so these figures are lower than those of a file, in both columns.
const COPIES: usize = 20_000;
const PASSES: usize = 31;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    println!("{:<30} {:>6} {:>8} {:>8} {:>6}  ns a line", "format", "bytes", "parser", "by hand", "ratio");
    match (args.next(), args.next()) {
        (Some(name), Some(path)) => {
            let bytes = std::fs::read(path)?;
            let units: Vec<&[u8]> = lines(&bytes).map(|line| line.bytes).collect();
            show(&name, named(&name, None)?.as_ref(), &units);
        }
        (None, _) => {
            for entry in catalogue() {
                // Copies that lie one behind the other, as in a file.
                let text = format!("{}\n", entry.sample).repeat(COPIES);
                let units: Vec<&[u8]> = lines(text.as_bytes()).map(|line| line.bytes).collect();
                show(entry.name, named(entry.name, None)?.as_ref(), &units);
            }
        }
        _ => return Err("usage: speed [FORMAT FILE]".into()),
    }
    Ok(())
}

fn show(name: &str, format: &dyn Format, units: &[&[u8]]) {
    let mean_bytes = units.iter().map(|unit| unit.len()).sum::<usize>() / units.len().max(1);
    let parser = median_ns(units.len(), || parse(format, units));
    let by_hand = median_ns(units.len(), || split(units));
    let alike = cut_alike(format, units);
    println!(
        "{name:<30} {mean_bytes:>6} {parser:>8.0} {by_hand:>8.0} {:>6.2}  {alike} of {} lines cut alike",
        parser / by_hand,
        units.len()
    );
}

fn median_ns(lines: usize, mut pass: impl FnMut()) -> f64 {
    let mut passes: Vec<f64> = (0..PASSES)
        .map(|_| {
            let start = Instant::now();
            pass();
            start.elapsed().as_secs_f64() * 1e9 / lines.max(1) as f64
        })
        .collect();
    passes.sort_by(f64::total_cmp);
    passes.get(PASSES / 2).copied().unwrap_or_default()
}

fn parse(format: &dyn Format, units: &[&[u8]]) {
    let mut cache = TimeCache::default();
    for unit in units {
        black_box(format.parse(black_box(unit), &mut cache));
    }
}

fn split(units: &[&[u8]]) {
    let mut columns = Columns::default();
    for unit in units {
        columns.split(black_box(unit));
        black_box(&columns);
    }
}

/// How many lines give the same request and, where they have one, the same client and agent both ways, as a column or a
/// part of one; or no record at all.
fn cut_alike(format: &dyn Format, units: &[&[u8]]) -> usize {
    let (mut cache, mut columns) = (TimeCache::default(), Columns::default());
    let mut alike = 0;
    for unit in units {
        columns.split(unit);
        alike += usize::from(match format.parse(unit, &mut cache) {
            Unit::Record(record) => {
                let fields = [record.client, record.request, record.agent];
                let is_cut =
                    |field: &[u8]| columns.all.iter().any(|column| memmem::find(column, field).is_some());
                fields.into_iter().flatten().all(is_cut)
            }
            Unit::Directive | Unit::Fault(_) => true,
        });
    }
    alike
}
