//! How time and memory grow with one cause at a time: size, clients, windows, objects. One log is on the disk at a time.

mod chart;

use std::fs::File;
use std::io::Write;
use std::path::Path;

use accesstrail::report::number::thousands;
use anyhow::Result;

use crate::data::packing;
use crate::data::spread::{Shape, Spread};
use crate::data::store::{Drawn, Store};
use crate::data::truth::Truth;
use crate::figures::{Curve, Figures, Growth, Point, Series};
use crate::machine::Machine;
use crate::process::Input;
use crate::program::{Expected, Program};
use crate::turns::{Figure, figure};
use crate::{args, memory, page, say};

pub(crate) use chart::{png, svg};

/// A way of asking, of the same log.
struct Asking {
    label: &'static str,
    arguments: Vec<&'static str>,
    expected: fn(&Truth) -> Expected,
}

/// Measures, prints, draws, and writes the page.
pub(crate) fn run(options: &args::Growth) -> Result<()> {
    let docs = options.docs()?;
    let bench = Bench {
        store: Store::open(options.data.as_deref(), ((options.gigabytes * 1e3) as u64).max(1))?,
        program: Program::build()?,
        scratch: tempfile::tempdir()?,
        runs: options.runs,
    };
    let series = vec![
        bench.sizes(options.gigabytes)?,
        bench.varied(
            "distinct clients",
            options.lines,
            &[1_000, 10_000, 100_000, 1_000_000, 10_000_000],
            |n| Shape { clients: n, ..usual(options.lines) },
        )?,
        bench.varied("windows of one hour", options.lines, &[10, 100, 1_000, 10_000], |n| Shape {
            pace: (n * 3600, options.lines),
            ..usual(options.lines)
        })?,
        bench.varied("distinct objects", options.lines, &[100, 1_000, 10_000, 100_000, 1_000_000], |n| {
            Shape { objects: n, ..usual(options.lines) }
        })?,
    ];
    let mut figures = match &docs {
        Some(docs) => Figures::read(docs)?,
        None => Figures::default(),
    };
    figures.growth = Some(Growth {
        machine: Machine::here(),
        version: bench.program.version.clone(),
        command: options.command(),
        series,
    });
    page::print_growth(&figures)?;
    page::write(&figures, docs.as_deref())
}

/// What is held while something else varies: a day of a hundred thousand clients and a thousand objects.
fn usual(lines: u64) -> Shape {
    Shape {
        clients: 100_000.min(lines),
        objects: 1_000.min(lines),
        pace: (86_400, lines),
        long: false,
        asks: false,
    }
}

struct Bench {
    store: Store,
    program: Program,
    scratch: tempfile::TempDir,
    runs: usize,
}

impl Bench {
    /// Size: a gzip of many members on standard input.
    fn sizes(&self, gigabytes: f64) -> Result<Series> {
        let askings = [
            Asking {
                label: "0.03 % in scope",
                arguments: memory::question(false),
                expected: Expected::asked,
            },
            Asking {
                label: "every line in scope",
                arguments: memory::question(true),
                expected: Expected::all,
            },
        ];
        let mut curves = named(&askings);
        for part in [100.0, 10.0, 1.0] {
            let bytes = (gigabytes / part * 1e9) as u64;
            let name = format!("stream-{}-MB.gz", bytes / 1_000_000);
            self.store.ensure_room(&name, bytes / 4)?;
            let drawn = self.store.drawn(&name, |path| {
                let mut file = File::create(path)?;
                packing::members(bytes, Spread::new(memory::SHAPE)?, |member| {
                    file.write_all(&member)?;
                    Ok(true)
                })
            })?;
            self.points(&mut curves, &askings, drawn.truth.bytes as f64 / 1e9, &drawn)?;
            self.store.drop_drawn(&name)?;
        }
        let held = "a gzip on standard input; 65,536 clients, 16,384 objects, 2.16 million lines an hour";
        Ok(Series {
            cause: "size of the log".to_owned(),
            unit: Some("GB".to_owned()),
            held: held.to_owned(),
            curves,
        })
    }

    /// Something else than size, every line in scope.
    fn varied(
        &self,
        cause: &str,
        lines: u64,
        values: &[u64],
        shape: impl Fn(u64) -> Shape,
    ) -> Result<Series> {
        let memory = |label, size| Asking {
            label,
            arguments: vec!["--json", "--quiet", "--window", "1h", "--memory", size],
            expected: Expected::all,
        };
        let askings = [memory("--memory 512MiB", "512MiB"), memory("--memory 2GiB", "2GiB")];
        let mut curves = named(&askings);
        for value in values.iter().copied().filter(|value| *value <= lines) {
            let name = format!("spread-{}-{value}.log", cause.replace(' ', "-"));
            self.store.ensure_room(&name, lines * 130)?;
            let drawn = self
                .store
                .drawn(&name, |path| packing::write_lines(path, lines, Spread::new(shape(value))?))?;
            self.points(&mut curves, &askings, value as f64, &drawn)?;
            self.store.drop_drawn(&name)?;
        }
        let held = format!(
            "a plain log of {} lines, every line in scope; 100,000 clients, 24 windows and 1,000 objects where they are not what varies",
            thousands(lines)
        );
        Ok(Series { cause: cause.to_owned(), unit: None, held, curves })
    }

    fn points(&self, curves: &mut [Curve], askings: &[Asking], cause: f64, drawn: &Drawn) -> Result<()> {
        let mut samples: Vec<Vec<_>> = askings.iter().map(|_| Vec::new()).collect();
        for _ in 0..self.runs {
            for (asking, samples) in askings.iter().zip(&mut samples) {
                samples.push(self.ask(asking, drawn)?);
            }
        }
        for ((curve, samples), asking) in curves.iter_mut().zip(&samples).zip(askings) {
            let figure: Figure = figure(asking.label, samples);
            say(&format!("{cause} ({}): {:.2} s", asking.label, figure.wall_s));
            curve.points.push(Point { cause, figure });
        }
        Ok(())
    }

    /// Reads standard input where the arguments say so, else the file.
    fn ask(&self, asking: &Asking, drawn: &Drawn) -> Result<crate::turns::Sample> {
        let expected = (asking.expected)(&drawn.truth);
        let scratch: &Path = self.scratch.path();
        if asking.arguments.contains(&"-") {
            let input = Input::Bytes(File::open(&drawn.path)?);
            return Program::ask(&self.program.command(&asking.arguments), input, scratch, expected, None);
        }
        let mut command = self.program.command(["count"]);
        command.arg(&drawn.path).args(&asking.arguments);
        Program::ask(&command, Input::Nothing, scratch, expected, None)
    }
}

fn named(askings: &[Asking]) -> Vec<Curve> {
    askings.iter().map(|a| Curve { label: a.label.to_owned(), points: Vec::new() }).collect()
}
