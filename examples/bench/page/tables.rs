//! Figures as rows of text, the same for the page and the screen.

use accesstrail::report::number::human_bytes;
pub(crate) use accesstrail::report::number::thousands;

use crate::bars::{Wanted, bars as all_bars};
use crate::figures::{Series, Stream, Suite};
use crate::floors::FLOORS;
use crate::machine::Machine;
use crate::peers::PEERS;
use crate::turns::Figure;
use crate::workloads::WORKLOADS;

/// A head and rows; all columns but the first are numbers unless they are `loose`.
pub(crate) struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
    /// The first column of those that hold words again.
    loose_from: usize,
}

impl Table {
    /// Whether nothing was measured that would stand in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

fn table(head: &[&str], rows: Vec<Vec<String>>, loose_from: usize) -> Table {
    Table { head: head.iter().map(|h| (*h).to_owned()).collect(), rows, loose_from }
}

/// accesstrail on its workloads.
pub(crate) fn own(suite: &Suite) -> Table {
    let none = || "–".to_owned();
    let rows = WORKLOADS.iter().filter_map(|w| {
        let f = suite.of(w.id)?;
        let megabytes = w.hashed.map(|_| suite.log_of(w.id).bytes as f64 / 1e6);
        let pace = megabytes.map_or_else(none, |mb| thousands((mb / f.wall_s).round() as u64));
        let hash = w.hashed.and_then(|id| suite.of(id));
        let ratio = hash.map_or_else(none, |hash| format!("{:.2}", f.wall_s / hash.wall_s));
        let mut row = [vec![w.title.to_owned()], cost(f), vec![ratio]].concat();
        row.insert(2, pace);
        Some(row)
    });
    let head = ["accesstrail", "wall s", "MB/s", "from – to", "CPU s", "peak MiB", "× SHA-256"];
    table(&head, rows.collect(), 9)
}

/// How long the logs of other formats are, such as `S3 server access log 2,001,234`; nothing if there are none.
pub(crate) fn other_lines(suite: &Suite) -> String {
    let name = |title: &'static str| title.split(',').next().unwrap_or(title);
    let lines = suite.logs.iter().filter_map(|(id, log)| {
        let workload = WORKLOADS.iter().find(|w| w.id == id)?;
        Some(format!("{} {}", name(workload.title), thousands(log.lines)))
    });
    lines.collect::<Vec<_>>().join(", ")
}

/// The other tools.
pub(crate) fn peers(suite: &Suite) -> Table {
    let rows = PEERS.iter().filter_map(|peer| {
        let f = suite.of(peer.id)?;
        let beside = suite.of(if peer.slow { "tenth" } else { "combined" });
        let ratio = beside.map_or("–".to_owned(), |own| format!("{:.2}", f.wall_s / own.wall_s));
        let version = suite.versions.iter().find(|(id, _)| id == peer.id).map(|(_, v)| v.clone());
        let note = if peer.slow { " (of a tenth, once)" } else { "" };
        let words = vec![version.unwrap_or_default(), format!("{}{note}", peer.answers)];
        Some([vec![peer.title.to_owned()], cost(f), vec![ratio], words].concat())
    });
    let head = ["tool", "wall s", "from – to", "CPU s", "peak MiB", "× accesstrail", "version", "answers"];
    table(&head, rows.collect(), 6)
}

/// What the machine needs at least.
pub(crate) fn floors(suite: &Suite) -> Table {
    let rows = FLOORS.iter().filter_map(|floor| {
        let f = suite.of(floor.id)?;
        Some(vec![floor.title.to_owned(), seconds(f.wall_s), range(f), seconds(f.cpu_s)])
    });
    table(&["floor", "wall s", "from – to", "CPU s"], rows.collect(), 9)
}

/// What the project wants.
pub(crate) fn bars(suite: &Suite) -> Table {
    let rows = all_bars(suite).into_iter().map(|bar| {
        let wanted = match bar.wanted {
            Wanted::AtMost(limit) => format!("≤ {limit}"),
            Wanted::AtLeast(limit) => format!("≥ {limit}"),
            Wanted::Below(limit) => format!("< {limit}"),
            Wanted::Above(limit) => format!("> {limit}"),
        };
        let reached =
            if bar.reached >= 20.0 { format!("{:.0}", bar.reached) } else { format!("{:.2}", bar.reached) };
        let holds = if bar.holds() { "yes" } else { "no" };
        vec![bar.what.to_owned(), reached, wanted, holds.to_owned()]
    });
    table(&["bar", "reached", "wanted", "holds"], rows.collect(), 3)
}

/// Streams that never were a file.
pub(crate) fn streams(streams: &[Stream]) -> Table {
    let rows = streams.iter().map(|s| {
        let scope = if s.all { "every line" } else { "0.03 %" };
        vec![
            human_bytes(s.log.bytes),
            human_bytes(s.packed_bytes),
            thousands(s.log.lines),
            scope.to_owned(),
            format!("{:.1}", s.wall_s),
            thousands(s.peak_kib.div_ceil(1024)),
            s.date.clone(),
        ]
    });
    let head = ["log", "as gzip", "lines", "in scope", "wall s, drawing included", "peak MiB", "date"];
    table(&head, rows.collect(), 9)
}

/// One cause of growth.
pub(crate) fn series(series: &Series) -> Table {
    let mut head = vec![series.title()];
    for curve in &series.curves {
        head.extend([format!("{}: s", curve.label), format!("{}: MiB", curve.label)]);
    }
    let longest = series.curves.iter().map(|c| c.points.len()).max().unwrap_or(0);
    let rows = (0..longest).map(|n| {
        let points = series.curves.iter().filter_map(|c| c.points.get(n));
        let mut row: Vec<String> = points.clone().take(1).map(|p| cause(p.cause)).collect();
        row.extend(points.flat_map(|p| [seconds(p.figure.wall_s), peak(&p.figure)]));
        row
    });
    Table { rows: rows.collect(), head, loose_from: usize::MAX }
}

fn cause(value: f64) -> String {
    match value {
        v if v < 0.0995 => format!("{v:.3}"),
        v if v < 9.95 => format!("{v:.1}"),
        v => thousands(v.round() as u64),
    }
}

fn cost(f: &Figure) -> Vec<String> {
    vec![seconds(f.wall_s), range(f), seconds(f.cpu_s), peak(f)]
}

fn range(f: &Figure) -> String {
    if f.runs < 2 {
        "once".to_owned()
    } else {
        format!("{} – {}", seconds(f.least_wall_s), seconds(f.most_wall_s))
    }
}

fn seconds(s: f64) -> String {
    if s < 9.9995 { format!("{s:.3}") } else { format!("{s:.1}") }
}

fn peak(f: &Figure) -> String {
    f.peak_kib.map_or("–".to_owned(), |kib| thousands(kib.div_ceil(1024)))
}

/// The machine in a phrase.
pub(crate) fn machine(m: &Machine) -> String {
    let sha = if m.sha_instructions { "with" } else { "without" };
    format!(
        "{} ({sha} instructions for SHA-256), {} cores, {} GiB of memory, Linux {}",
        m.cpu, m.cores, m.memory_gib, m.kernel
    )
}

/// As Markdown.
pub(crate) fn markdown(table: &Table) -> String {
    let line = |cells: &[String]| {
        format!("| {} |\n", cells.iter().map(|c| c.replace('|', "\\|")).collect::<Vec<_>>().join(" | "))
    };
    let rule = (0..table.head.len()).map(|n| if n > 0 && n < table.loose_from { "---:" } else { "---" });
    let mut text = line(&table.head) + &format!("|{}|\n", rule.collect::<Vec<_>>().join("|"));
    for row in &table.rows {
        text.push_str(&line(row));
    }
    text.trim_end().to_owned()
}

/// For a screen.
pub(crate) fn aligned(table: &Table) -> String {
    let rows = || std::iter::once(&table.head).chain(&table.rows);
    let wide = |n: usize| rows().filter_map(|row| row.get(n)).map(|c| c.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for row in rows() {
        for (n, cell) in row.iter().enumerate() {
            let space = " ".repeat(wide(n) - cell.chars().count());
            let loose = n == 0 || n >= table.loose_from;
            text += &if loose { format!("{cell}{space}  ") } else { format!("{space}{cell}  ") };
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}
