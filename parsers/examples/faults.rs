//! Shows what the parsers make of files: scores, counts, and every fault with its place.
//!
//! `cargo run --release -p accesstrail-parsers --example faults -- FILE…`
#![expect(clippy::print_stdout, reason = "an example that shows things")]

use accesstrail_parsers::format::{Unit, parse_any};
use accesstrail_parsers::framing::{is_blank, lines};
use accesstrail_parsers::sniff::sniff;
use accesstrail_parsers::token::time::TimeCache;

fn main() -> std::io::Result<()> {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path)?;
        let sniffed = sniff(&bytes, None);
        println!("{path}\n  {:?}", sniffed.family);
        for score in &sniffed.scores {
            println!("  {} {}/{}", score.name, score.matched, score.lines);
        }
        let (mut records, mut directives, mut blank, mut faults) = (0, 0, 0, 0);
        let mut cache = TimeCache::default();
        for line in lines(&bytes) {
            if is_blank(line.bytes) {
                blank += 1;
                continue;
            }
            match parse_any(&sniffed.formats, line.bytes, &mut cache).1 {
                Unit::Record(_) => records += 1,
                Unit::Directive => directives += 1,
                Unit::Fault(fault) => {
                    faults += 1;
                    println!(
                        "  line {}: {} at {} in {}: expected {}, found `{}`",
                        line.index + 1,
                        fault.kind.word(),
                        fault.offset,
                        fault.field,
                        fault.expected,
                        fault.found.escape_ascii()
                    );
                }
            }
        }
        println!("  records {records} directives {directives} blank {blank} faults {faults}");
    }
    Ok(())
}
