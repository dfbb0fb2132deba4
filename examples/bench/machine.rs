//! The machine that measured, and the day.

use std::fs::read_to_string;

use serde::{Deserialize, Serialize};

/// As far as Linux tells.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) cpu: String,
    pub(crate) cores: usize,
    pub(crate) memory_gib: u64,
    pub(crate) kernel: String,
    /// Whether the processor has instructions for SHA-256, which decides how fast a hash is.
    pub(crate) sha_instructions: bool,
    pub(crate) date: String,
}

impl Machine {
    /// This one, today.
    #[expect(clippy::disallowed_methods, reason = "the day of a measurement is not an answer of the program")]
    pub(crate) fn here() -> Self {
        let processor = read_to_string("/proc/cpuinfo").unwrap_or_default();
        let memory = read_to_string("/proc/meminfo").unwrap_or_default();
        let kib = |text: &str| text.trim().trim_end_matches(" kB").trim().parse::<u64>().ok();
        Self {
            cpu: value(&processor, "model name").unwrap_or("a processor without a name").to_owned(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_gib: value(&memory, "MemTotal").and_then(kib).map_or(0, |kib| (kib + (1 << 19)) >> 20),
            kernel: kernel(&read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default()),
            sha_instructions: value(&processor, "flags")
                .is_some_and(|flags| flags.split(' ').any(|f| f == "sha_ni")),
            date: chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now())
                .format("%Y-%m-%d")
                .to_string(),
        }
    }
}

fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix(':')).map(str::trim)
}

/// The release without what a distribution or a hosting service adds to it.
fn kernel(release: &str) -> String {
    release.trim().split(['-', '+']).next().unwrap_or_default().to_owned()
}
