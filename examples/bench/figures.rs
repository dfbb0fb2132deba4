//! What was measured, as data: `docs/performance.json`. The page is rendered from it, so that each command renews its part and a
//! change of the text needs no new measurement.

use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::data::truth::Truth;
use crate::machine::Machine;
use crate::turns::Figure;

/// All of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Figures {
    pub(crate) suite: Option<Suite>,
    pub(crate) memory: Vec<Stream>,
    pub(crate) growth: Option<Growth>,
}

/// The suite.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Suite {
    pub(crate) machine: Machine,
    pub(crate) version: String,
    pub(crate) command: String,
    pub(crate) megabytes: u64,
    pub(crate) runs: usize,
    pub(crate) log: Truth,
    /// Logs of the whole size that are not the combined one, by the id of their workload.
    #[serde(default)]
    pub(crate) logs: Vec<(String, Truth)>,
    pub(crate) figures: Vec<Figure>,
    /// By the id of a peer.
    pub(crate) versions: Vec<(String, String)>,
}

/// A stream that never was a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Stream {
    pub(crate) gigabytes: f64,
    /// Whether every line was in scope.
    pub(crate) all: bool,
    pub(crate) log: Truth,
    pub(crate) packed_bytes: u64,
    pub(crate) wall_s: f64,
    pub(crate) peak_kib: u64,
    pub(crate) date: String,
}

/// Curves.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Growth {
    pub(crate) machine: Machine,
    pub(crate) version: String,
    pub(crate) command: String,
    pub(crate) series: Vec<Series>,
}

/// One cause, varied.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Series {
    /// Such as `distinct clients`.
    pub(crate) cause: String,
    /// Of the cause, such as `GB`; nothing for what is counted.
    pub(crate) unit: Option<String>,
    /// What was held, in a phrase.
    pub(crate) held: String,
    pub(crate) curves: Vec<Curve>,
}

/// One way of asking.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Curve {
    pub(crate) label: String,
    pub(crate) points: Vec<Point>,
}

/// One value of the cause.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Point {
    pub(crate) cause: f64,
    pub(crate) figure: Figure,
}

const FILE: &str = "performance.json";

impl Figures {
    /// Those of a folder; none where there are none yet.
    pub(crate) fn read(docs: &Path) -> Result<Self> {
        let file = docs.join(FILE);
        if !file.exists() {
            return Ok(Self::default());
        }
        let text = std::fs::read(&file).with_context(|| format!("cannot read `{}`", file.display()))?;
        serde_json::from_slice(&text).with_context(|| {
            format!("`{}` is of another edition of the bench: remove it and measure again", file.display())
        })
    }

    /// Writes them.
    pub(crate) fn write(&self, docs: &Path) -> Result<()> {
        std::fs::create_dir_all(docs)?;
        let file = docs.join(FILE);
        let text = serde_json::to_string_pretty(self)? + "\n";
        std::fs::write(&file, text).with_context(|| format!("cannot write `{}`", file.display()))
    }
}

impl Suite {
    /// The figure of a contender.
    pub(crate) fn of(&self, id: &str) -> Option<&Figure> {
        self.figures.iter().find(|f| f.id == id)
    }

    /// The log of a workload that reads one of the whole size.
    pub(crate) fn log_of(&self, id: &str) -> Truth {
        self.logs.iter().find(|(of, _)| of == id).map_or(self.log, |(_, log)| *log)
    }
}

impl Series {
    /// The cause with its unit.
    pub(crate) fn title(&self) -> String {
        self.unit.as_ref().map_or(self.cause.clone(), |unit| format!("{}, {unit}", self.cause))
    }
}
