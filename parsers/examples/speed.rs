//! How long one line takes on one core: the median of some passes over a file in memory.
//!
//! `cargo run --release -p accesstrail-parsers --example speed -- FORMAT FILE`
#![expect(clippy::print_stdout, reason = "an example that shows things")]

use accesstrail_parsers::format::{Unit, named};
use accesstrail_parsers::framing::lines;
use accesstrail_parsers::token::time::TimeCache;
use std::hint::black_box;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(name), Some(path)) = (args.next(), args.next()) else {
        return Err("usage: speed FORMAT FILE".into());
    };
    let format = named(&name, None)?;
    let bytes = std::fs::read(path)?;
    let units: Vec<&[u8]> = lines(&bytes).map(|line| line.bytes).collect();
    let mean_bytes = units.iter().map(|unit| unit.len()).sum::<usize>() / units.len().max(1);
    let mut records = 0_u64;
    let mut passes: Vec<f64> = (0..51)
        .map(|_| {
            let mut cache = TimeCache::default();
            records = 0;
            let start = Instant::now();
            for unit in &units {
                if let Unit::Record(record) = black_box(format.parse(black_box(unit), &mut cache)) {
                    records += u64::from(black_box(record).client.is_some());
                }
            }
            start.elapsed().as_secs_f64() * 1e9 / units.len() as f64
        })
        .collect();
    passes.sort_by(f64::total_cmp);
    let median = passes.get(passes.len() / 2).copied().unwrap_or_default();
    let least = passes.first().copied().unwrap_or_default();
    println!(
        "{} lines of {mean_bytes} bytes, {records} records: median {median:.0} ns/line, least {least:.0}",
        units.len()
    );
    Ok(())
}
