//! A set of files in memory, written out or compared with what is on disk.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Files by path relative to the incident's folder, `/` between the parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files(pub BTreeMap<String, Vec<u8>>);

impl Files {
    /// Adds one file.
    pub fn put(&mut self, path: &str, content: Vec<u8>) {
        self.0.insert(path.to_owned(), content);
    }

    /// Writes all files below `folder`.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        for (path, content) in &self.0 {
            let path = folder.join(path);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(path, content)?;
        }
        Ok(())
    }

    /// Paths whose bytes on disk below `folder` are not these, or can't be read.
    #[must_use]
    pub fn differences(&self, folder: &Path) -> Vec<String> {
        let differs = |(path, content): (&String, &Vec<u8>)| match std::fs::read(folder.join(path)) {
            Ok(found) if found == *content => None,
            Ok(_) => Some(format!("{path}: other bytes")),
            Err(error) => Some(format!("{path}: {error}")),
        };
        self.0.iter().filter_map(differs).collect()
    }
}
