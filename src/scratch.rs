//! Everything temporary that this program makes: scratch folders of rows, and the siblings into which an output is
//! written before it takes its place.
//!
//! It is known here by its path, so that a run that is stopped leaves nothing half-written ([`remove_all`]). Making
//! something, moving it to its place and stopping exclude each other: a run is stopped before an output takes its
//! place or after it, never between. The list is one for the process, because a signal is.
//!
//! A run that is killed can remove nothing. Its scratch folder holds a file whose lock died with it, and the next run
//! removes the folder ([`sweep`]). What a killed run leaves beside an output (`.accesstrail-…`) is never removed: it
//! may hold the former report, moved aside.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::{Builder, NamedTempFile, TempDir};

/// How the names of scratch folders begin.
const PREFIX: &str = "accesstrail-scratch-";
/// The file in a scratch folder that its run holds locked.
const OWNER: &str = "owner";
/// The ending of the files that hold rows.
const ROWS: &str = "arrow";
/// A thread may write into a folder that is being removed; then it is removed again.
const ATTEMPTS: usize = 1000;

/// What is there now.
#[derive(Default)]
struct There {
    next: u64,
    paths: BTreeMap<u64, PathBuf>,
}

static THERE: Mutex<There> = Mutex::new(There { next: 0, paths: BTreeMap::new() });

fn there() -> MutexGuard<'static, There> {
    THERE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A place in the list; leaves it when dropped.
#[derive(Debug)]
struct Known(u64);

impl Drop for Known {
    fn drop(&mut self) {
        there().paths.remove(&self.0);
    }
}

impl There {
    fn add(&mut self, path: &Path) -> Known {
        self.next += 1;
        self.paths.insert(self.next, path.to_owned());
        Known(self.next)
    }
}

/// A temporary folder. It is removed when dropped, unless it took its place.
#[derive(Debug)]
pub struct Folder {
    /// Released first: some systems remove no file that is open.
    _owner: Option<File>,
    dir: TempDir,
    known: Known,
}

impl Folder {
    /// A scratch folder for rows, in the system's folder for temporary files (`TMPDIR`).
    ///
    /// # Errors
    /// What the system says.
    pub fn for_rows() -> io::Result<Self> {
        let mut folder = Self::make(&std::env::temp_dir(), PREFIX)?;
        // Where locks are not to be had the folder has no owner, and then no other run ever touches it.
        folder._owner = own(folder.path()).ok();
        Ok(folder)
    }

    /// A folder beside `path`, to take its place when it is whole.
    ///
    /// # Errors
    /// What the system says.
    pub fn beside(path: &Path) -> io::Result<Self> {
        Self::make(parent(path), ".accesstrail-partial-")
    }

    fn make(parent: &Path, prefix: &str) -> io::Result<Self> {
        let mut there = there();
        let dir = Builder::new().prefix(prefix).tempdir_in(parent)?;
        let known = there.add(dir.path());
        Ok(Self { _owner: None, dir, known })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Moves it to `path`; what is there is removed, or put back where the move fails.
    ///
    /// # Errors
    /// What the system says.
    pub fn takes(self, path: &Path) -> io::Result<()> {
        let mut there = there();
        let mut aside = None;
        if path.symlink_metadata().is_ok() {
            let dir = Builder::new().prefix(".accesstrail-old-").tempdir_in(parent(path))?;
            fs::rename(path, dir.path().join("old"))?;
            aside = Some(dir);
        }
        if let Err(error) = fs::rename(self.dir.path(), path) {
            if let Some(dir) = aside
                && fs::rename(dir.path().join("old"), path).is_err()
            {
                // It is somebody's report: better in the wrong place than gone.
                let _kept = dir.keep();
            }
            return Err(error);
        }
        there.paths.remove(&self.known.0);
        // Dropped in this order: the folder, then its place in the list.
        let _replaced = aside.map(|dir| {
            let known = there.add(dir.path());
            (dir, known)
        });
        drop(there);
        let Self { dir, .. } = self;
        let _moved = dir.keep();
        Ok(())
    }
}

/// A file that is written beside its place.
#[derive(Debug)]
pub struct Draft {
    file: NamedTempFile,
    known: Known,
}

impl Draft {
    /// An empty one beside `path`.
    ///
    /// # Errors
    /// What the system says.
    pub fn beside(path: &Path) -> io::Result<Self> {
        let mut there = there();
        let file = Builder::new().prefix(".accesstrail-").tempfile_in(parent(path))?;
        let known = there.add(file.path());
        Ok(Self { file, known })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Adds `bytes`.
    ///
    /// # Errors
    /// What the system says.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Moves it to `path`, over what is there.
    ///
    /// # Errors
    /// What the system says.
    pub fn takes(self, path: &Path) -> io::Result<()> {
        let Self { file, known } = self;
        let mut there = there();
        let moved = file.persist(path).map(drop).map_err(|e| e.error);
        there.paths.remove(&known.0);
        drop(there);
        moved
    }
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// Locks a new owner file. It gets its name when it is locked: whoever finds it unlocked finds a dead run.
fn own(folder: &Path) -> io::Result<File> {
    let unnamed = folder.join("owner.new");
    let file = File::create_new(&unnamed)?;
    file.try_lock()?;
    fs::rename(&unnamed, folder.join(OWNER))?;
    Ok(file)
}

/// Removes everything temporary that there is and gives back what could not be removed. From then on nothing is made
/// and nothing takes its place: whoever tries waits for the end of the process, which the caller must bring about.
#[must_use]
pub fn remove_all() -> Vec<PathBuf> {
    let there = there();
    let left = there.paths.values().filter(|path| !remove(path)).cloned().collect();
    std::mem::forget(there);
    left
}

/// Waits for the end of the process if [`remove_all`] has begun: a run that is being stopped must not report what the
/// removal made fail.
pub fn wait_if_stopping() {
    drop(there());
}

fn remove(path: &Path) -> bool {
    (0..ATTEMPTS).any(|_| {
        let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        removed.is_ok() || path.symlink_metadata().is_err()
    })
}

/// Removes the scratch folders of runs that are dead, and nothing else.
pub fn sweep() {
    sweep_in(&std::env::temp_dir());
}

fn sweep_in(temp: &Path) {
    let Ok(entries) = fs::read_dir(temp) else { return };
    for entry in entries.flatten() {
        let named = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        // Links are not followed: a link is no folder here.
        if !named || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        let folder = entry.path();
        if holds_rows_only(&folder)
            && let Some(_lock) = dead_owner(&folder)
        {
            // Whatever fails here is another run's to try.
            drop(fs::remove_dir_all(&folder));
        }
    }
}

fn holds_rows_only(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.into_iter().all(|entry| {
        entry.is_ok_and(|entry| {
            let name = entry.file_name();
            name == OWNER || Path::new(&name).extension() == Some(OsStr::new(ROWS))
        })
    })
}

/// The owner file, locked, if no run holds it.
fn dead_owner(folder: &Path) -> Option<File> {
    let path = folder.join(OWNER);
    path.symlink_metadata().ok().filter(fs::Metadata::is_file)?;
    let file = OpenOptions::new().read(true).write(true).open(path).ok()?;
    file.try_lock().is_ok().then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_that_takes_its_place_leaves_nothing_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("report");
        for text in ["one", "two"] {
            let folder = Folder::beside(&place).unwrap();
            fs::write(folder.path().join("a"), text).unwrap();
            folder.takes(&place).unwrap();
            assert_eq!(fs::read_to_string(place.join("a")).unwrap(), text);
            assert_eq!(names(dir.path()), ["report"]);
        }
        drop(Folder::beside(&place).unwrap());
        drop(Draft::beside(&place).unwrap());
        assert_eq!(names(dir.path()), ["report"]);
    }

    #[test]
    fn what_cannot_be_replaced_is_put_back() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("report");
        fs::create_dir(&place).unwrap();
        fs::write(place.join("a"), "precious").unwrap();
        let folder = Folder::beside(&place).unwrap();
        fs::remove_dir_all(folder.path()).unwrap();
        assert!(folder.takes(&place).is_err());
        assert_eq!(fs::read_to_string(place.join("a")).unwrap(), "precious");
        assert_eq!(names(dir.path()), ["report"]);
    }

    /// HOSTILE: spill files are removed on the next run.
    #[test]
    fn only_the_scratch_of_dead_runs_is_swept() {
        let temp = tempfile::tempdir().unwrap();
        let folder = |name: &str, files: &[&str]| {
            let path = temp.path().join(format!("{PREFIX}{name}"));
            fs::create_dir(&path).unwrap();
            for file in files {
                fs::write(path.join(file), "x").unwrap();
            }
            path
        };
        folder("dead", &[OWNER, "0.arrow", "17.arrow"]);
        folder("unowned", &["0.arrow"]);
        folder("foreign", &[OWNER, "0.arrow", "thesis.txt"]);
        let live = folder("live", &["0.arrow"]);
        let lock = own(&live).unwrap();
        fs::create_dir(temp.path().join("accesstrail-evidence")).unwrap();
        fs::write(temp.path().join("accesstrail-evidence").join(OWNER), "x").unwrap();
        fs::write(temp.path().join(format!("{PREFIX}file")), "x").unwrap();
        let kept = ["evidence", "scratch-file", "scratch-foreign", "scratch-live", "scratch-unowned"];
        for _ in 0..2 {
            sweep_in(temp.path());
            assert_eq!(names(temp.path()), kept.map(|name| format!("accesstrail-{name}")));
        }
        drop(lock);
        sweep_in(temp.path());
        assert!(!live.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_leads_the_sweep_nowhere() {
        let temp = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        fs::write(elsewhere.path().join(OWNER), "x").unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), temp.path().join(format!("{PREFIX}link"))).unwrap();
        sweep_in(temp.path());
        assert!(elsewhere.path().join(OWNER).exists() && names(temp.path()).len() == 1);
    }
}
