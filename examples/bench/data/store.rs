//! The folder of drawn data: each thing is made once, whole or not at all, and used again by the next run of the same size.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use super::combined;
use super::truth::Truth;
use crate::{account, say};

/// Raised when a generator changes, so that nothing drawn by another one is used.
const EDITION: u32 = 1;

/// The data of one size.
pub(crate) struct Store {
    folder: PathBuf,
    bytes: u64,
    /// Removes a folder that was not asked to be kept.
    _temporary: Option<TempDir>,
}

/// Something to read, and what is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    pub(crate) path: PathBuf,
    pub(crate) truth: Truth,
}

impl Store {
    /// In `data`, or in a folder that is removed at the end.
    pub(crate) fn open(data: Option<&Path>, megabytes: u64) -> Result<Self> {
        ensure!(megabytes > 0, "a log of 0 MB has nothing to measure: ask for 1 MB or more with --megabytes");
        let temporary = if data.is_none() { Some(tempfile::tempdir()?) } else { None };
        let root = data.map(Path::to_owned).or_else(|| temporary.as_ref().map(|t| t.path().to_owned()));
        let folder = root.context("no folder for the data")?.join(format!("{megabytes}-MB-{EDITION}"));
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
        Ok(Self { folder, bytes: megabytes * 1_000_000, _temporary: temporary })
    }

    /// The size that was asked for.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Stops before the disk is full: `bytes` must be free unless `name` is there already.
    pub(crate) fn ensure_room(&self, name: &str, bytes: u64) -> Result<()> {
        let free = account::free_bytes(&self.folder)?;
        ensure!(
            self.folder.join(name).exists() || free > bytes,
            "`{}` has {} MB free and {} MB are needed: choose another folder with --data, or a smaller size",
            self.folder.display(),
            free / 1_000_000,
            bytes / 1_000_000
        );
        Ok(())
    }

    /// Puts everything that is here into the page cache, and what was just written onto the disk, so that the first turn is like
    /// the others.
    pub(crate) fn warm(&self) -> Result<()> {
        let _left_to_the_kernel = std::process::Command::new("sync").status();
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    std::io::copy(&mut std::fs::File::open(path)?, &mut std::io::sink())?;
                }
            }
        }
        Ok(())
    }

    /// The path of `name`, made by `make` under another name first.
    pub(crate) fn made(&self, name: &str, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
        let path = self.folder.join(name);
        if !path.exists() {
            say(&format!("making {name}"));
            let part = self.folder.join(format!("{name}.part"));
            if part.is_dir() {
                std::fs::remove_dir_all(&part)?;
            }
            make(&part).with_context(|| format!("cannot make `{}`", path.display()))?;
            std::fs::rename(&part, &path)?;
        }
        Ok(path)
    }

    /// As `made`, for what is drawn: the truth is kept beside it.
    pub(crate) fn drawn(&self, name: &str, draw: impl FnOnce(&Path) -> Result<Truth>) -> Result<Drawn> {
        let beside = self.folder.join(format!("{name}.truth.json"));
        let path = self.made(name, |part| {
            let truth = draw(part)?;
            Ok(std::fs::write(&beside, serde_json::to_vec_pretty(&truth)?)?)
        })?;
        let truth = std::fs::read(&beside).with_context(|| format!("cannot read `{}`", beside.display()))?;
        Ok(Drawn { path, truth: serde_json::from_slice(&truth)? })
    }

    /// A combined log of about `bytes`.
    pub(crate) fn combined(&self, bytes: u64) -> Result<Drawn> {
        self.drawn(&format!("access-{}-kB.log", bytes / 1000), |path| combined::write(path, bytes))
    }

    /// Removes a thing that later runs need not have.
    pub(crate) fn drop_drawn(&self, name: &str) -> Result<()> {
        let beside = self.folder.join(format!("{name}.truth.json"));
        std::fs::remove_file(self.folder.join(name))?;
        Ok(std::fs::remove_file(beside)?)
    }
}
