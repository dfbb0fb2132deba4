//! Output files: nothing there is overwritten without `--force`, and a folder is whole or not there.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::CliError;
use crate::scratch::{Draft, Folder};

/// Refuses to overwrite.
pub(super) fn free(path: &Path, force: bool) -> Result<(), CliError> {
    if !force && path.symlink_metadata().is_ok() {
        return Err(CliError::usage(format!(
            "`{}` is already there\nhint: choose another name, or overwrite it with --force",
            path.display()
        )));
    }
    Ok(())
}

/// Refuses an output that is, or holds, a file the answer is made of.
pub(super) fn spares(output: &Path, evidence: &[PathBuf]) -> Result<(), CliError> {
    let Ok(out) = output.canonicalize() else { return Ok(()) };
    let hit = evidence.iter().find(|path| path.canonicalize().is_ok_and(|p| p.starts_with(&out)));
    hit.map_or(Ok(()), |path| {
        Err(CliError::usage(format!(
            "`{}` is or holds `{}`, which is read for this answer; it is not overwritten, not even with --force\nhint: choose another name",
            output.display(),
            path.display()
        )))
    })
}

/// With `--force` only what this program made is replaced: a folder of these names and no others.
fn ours(folder: &Path, names: &[&str]) -> Result<(), CliError> {
    let foreign = || {
        CliError::usage(format!(
            "`{}` holds other things than this program writes; it is not replaced, not even with --force\nhint: choose another name",
            folder.display()
        ))
    };
    if folder.symlink_metadata().is_err() {
        return Ok(());
    }
    if !folder.symlink_metadata().is_ok_and(|m| m.is_dir()) {
        return Err(foreign());
    }
    let entries = std::fs::read_dir(folder).map_err(|_unlistable| foreign())?;
    for entry in entries {
        let name = entry.map_err(|_unlistable| foreign())?.file_name();
        if !names.iter().any(|n| name == *n) {
            return Err(foreign());
        }
    }
    Ok(())
}

/// Writes one file beside its place and renames it.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let attempt = || -> anyhow::Result<()> {
        let mut draft = Draft::beside(path).map_err(plain)?;
        draft.write(bytes)?;
        readable(draft.path(), 0o644)?;
        draft.takes(path).map_err(plain)?;
        Ok(())
    };
    attempt().with_context(|| format!("`{}` cannot be written", path.display())).map_err(failed)
}

/// Makes a folder whole: `fill` writes into a sibling that is then renamed to `path`.
pub(super) fn folder(
    path: &Path,
    force: bool,
    names: &[&str],
    fill: impl FnOnce(&Path) -> Result<(), CliError>,
) -> Result<(), CliError> {
    free(path, force)?;
    ours(path, names)?;
    let here = || format!("`{}` cannot be written", path.display());
    let partial = Folder::beside(path).map_err(plain).with_context(here).map_err(failed)?;
    fill(partial.path())?;
    readable(partial.path(), 0o755).with_context(here).map_err(failed)?;
    partial.takes(path).map_err(plain).with_context(here).map_err(failed)
}

fn failed(error: anyhow::Error) -> CliError {
    CliError::failed(error)
}

/// The system's words without the name of a temporary file, which nobody gave and which differs every time.
fn plain(error: std::io::Error) -> std::io::Error {
    let text = error.to_string();
    let words = text.split(" at path ").next().unwrap_or(&text);
    std::io::Error::new(error.kind(), words)
}

/// Temporary files are private; what is handed over need not be.
#[cfg(unix)]
fn readable(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn readable(_path: &Path, _mode: u32) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_fails_half_way_is_not_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report");
        let result = folder(&path, false, &["half"], |inside| {
            std::fs::write(inside.join("half"), b"x").unwrap();
            Err(CliError::usage("stop"))
        });
        assert!(result.is_err());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_there_is_replaced_only_by_force() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report");
        let fill = |text: &'static str| move |inside: &Path| write(&inside.join("a"), text.as_bytes());
        folder(&path, false, &["a"], fill("one")).unwrap();
        assert!(folder(&path, false, &["a"], fill("two")).is_err());
        assert_eq!(std::fs::read(path.join("a")).unwrap(), b"one");
        folder(&path, true, &["a"], fill("three")).unwrap();
        assert_eq!(std::fs::read(path.join("a")).unwrap(), b"three");
        std::fs::write(path.join("evidence.log"), b"x").unwrap();
        assert!(folder(&path, true, &["a"], fill("four")).is_err(), "a foreign file is in it");
        assert_eq!(std::fs::read(path.join("a")).unwrap(), b"three");
        assert!(spares(&path, &[path.join("evidence.log")]).is_err());
        assert!(spares(&path.join("evidence.log"), &[path.join("evidence.log")]).is_err());
        assert!(spares(&path.join("a"), &[path.join("evidence.log")]).is_ok());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
