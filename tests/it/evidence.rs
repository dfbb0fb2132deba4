//! Evidence made for one test: a folder of its own, lines of the combined format, gzip files.

use std::io::Write;
use std::path::{Path, PathBuf};

use proptest::prelude::ProptestConfig;
use tempfile::TempDir;

/// A folder that goes away with the test.
pub(crate) struct Folder(TempDir);

impl Folder {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// One with the file `access.log` of these lines.
    pub(crate) fn of<S: AsRef<str>>(lines: impl IntoIterator<Item = S>) -> Self {
        let folder = Self::new();
        folder.lines("access.log", lines);
        folder
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// A place in it.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Writes a file, with the folders that lead to it.
    pub(crate) fn bytes(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.at(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// Writes a file of lines.
    pub(crate) fn lines<S: AsRef<str>>(&self, name: &str, lines: impl IntoIterator<Item = S>) {
        self.bytes(name, joined(lines));
    }
}

/// Lines, each with its newline.
pub(crate) fn joined<S: AsRef<str>>(lines: impl IntoIterator<Item = S>) -> String {
    lines.into_iter().map(|line| format!("{}\n", line.as_ref())).collect()
}

/// One member of a gzip file.
pub(crate) fn member(text: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_ref()).unwrap();
    encoder.finish().unwrap()
}

/// A line of Apache's combined format.
pub(crate) fn line(client: &str, time: &str, request: &str, status: u16, bytes: &str) -> String {
    from_agent(client, time, request, status, bytes, "probe/1.0")
}

/// The same with a user agent.
pub(crate) fn from_agent(
    client: &str,
    time: &str,
    request: &str,
    status: u16,
    bytes: &str,
    agent: &str,
) -> String {
    format!("{client} - - [{time}] \"{request} HTTP/1.1\" {status} {bytes} \"-\" \"{agent}\"")
}

/// A GET of `/data.csv` with 200 and 100 bytes on 1 June 2022 (UTC), at `clock` such as `10:00:00`.
pub(crate) fn get(client: &str, clock: &str) -> String {
    line(client, &june(clock), "GET /data.csv", 200, "100")
}

/// A GET of `/data.csv` on 1 June 2022 with another status and byte count.
pub(crate) fn got(client: &str, clock: &str, status: u16, bytes: &str) -> String {
    line(client, &june(clock), "GET /data.csv", status, bytes)
}

/// 1 June 2022 as Apache writes it.
pub(crate) fn june(clock: &str) -> String {
    format!("01/Jun/2022:{clock} +0000")
}

/// How many generated inputs a property is tried on: `usual`, or `$PROPTEST_CASES`. What fails is printed in full and
/// becomes a test of its own, so nothing is kept beside the sources.
pub(crate) fn generated(usual: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(usual), failure_persistence: None, ..ProptestConfig::default() }
}
