//! Shows what the parsers make of files: scores, prefixes, counts, and every fault with its place.
//!
//! `cargo run --release -p accesstrail-parsers --example faults -- FILE…`
#![expect(clippy::print_stdout, reason = "an example that shows things")]

use accesstrail_parsers::encoding::told;
use accesstrail_parsers::format::Unit;
use accesstrail_parsers::framing::{is_blank, lines_of};
use accesstrail_parsers::joiner::{Fed, Joiner};
use accesstrail_parsers::prefix::{Kind, peel};
use accesstrail_parsers::sniff::sniff_in;
use accesstrail_parsers::token::time::TimeCache;
use accesstrail_parsers::unit::{Read, layer, read_peeled};
use std::collections::BTreeMap;

#[derive(Debug, Default)]
struct Counts {
    records: u64,
    directives: u64,
    blank: u64,
    faults: u64,
    peeled: BTreeMap<Kind, u64>,
}

fn main() -> std::io::Result<()> {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path)?;
        let (encoding, mark) = told(&bytes);
        let block = bytes.get(mark..).unwrap_or_default();
        let sniffed = sniff_in(block, encoding, None);
        println!("{path}\n  {:?} {}", sniffed.family, encoding.word());
        for score in &sniffed.scores {
            println!("  {} {}/{}", score.name, score.matched, score.lines);
        }
        for (kind, lines) in &sniffed.prefixes {
            println!("  behind {}: {lines}", kind.word());
        }
        let (mut counts, mut cache, mut joiner) =
            (Counts::default(), TimeCache::default(), Joiner::new(1 << 20));
        let (mut decoded, mut scratch) = (Vec::new(), Vec::new());
        for line in lines_of(block, encoding) {
            let text = match encoding.text(line.bytes, &mut decoded) {
                Ok(text) => text,
                Err(fault) => {
                    println!("  line {}: {} at {}", line.index + 1, fault.kind.word(), fault.offset);
                    counts.faults += 1;
                    continue;
                }
            };
            if is_blank(text) {
                counts.blank += 1;
                continue;
            }
            let peeled = layer(&sniffed.formats, text, peel(text, &mut scratch), &mut cache);
            if let Some(peeled) = &peeled {
                *counts.peeled.entry(peeled.kind).or_default() += 1;
            }
            match joiner.feed(&line, peeled.as_ref()) {
                Fed::Alone => {
                    show(&read_peeled(&sniffed.formats, text, peeled, &mut cache), line.index, &mut counts);
                }
                Fed::Held => {}
                Fed::Joined(run) => show(&run.read(&sniffed.formats, &mut cache), run.index, &mut counts),
            }
        }
        for run in joiner.finish() {
            show(&run.read(&sniffed.formats, &mut cache), run.index, &mut counts);
        }
        println!("  {counts:?}");
    }
    Ok(())
}

fn show(read: &Read<'_>, index: usize, counts: &mut Counts) {
    match read.unit {
        Unit::Record(_) => counts.records += 1,
        Unit::Directive => counts.directives += 1,
        Unit::Fault(fault) => {
            counts.faults += 1;
            println!(
                "  line {}: {} at {} in {}{}: expected {}, found `{}`",
                index + 1,
                fault.kind.word(),
                fault.offset,
                fault.field,
                read.prefix.map_or_else(String::new, |kind| format!(" behind {}", kind.word())),
                fault.expected,
                fault.found.escape_ascii()
            );
        }
    }
}
