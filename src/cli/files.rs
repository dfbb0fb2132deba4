//! Output files: nothing there is overwritten without `--force`, and a folder is whole or not there.

use std::io::Write;
use std::path::Path;

use anyhow::Context;

use super::CliError;

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

/// Writes one file beside its place and renames it.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let attempt = || -> anyhow::Result<()> {
        let mut file = tempfile::Builder::new().prefix(".accesstrail-").tempfile_in(folder).map_err(plain)?;
        file.write_all(bytes)?;
        readable(file.path(), 0o644)?;
        file.persist(path).map_err(|e| plain(e.error))?;
        Ok(())
    };
    attempt().with_context(|| format!("`{}` cannot be written", path.display())).map_err(failed)
}

/// Makes a folder whole: `fill` writes into a sibling that is then renamed to `path`.
pub(super) fn folder(
    path: &Path,
    force: bool,
    fill: impl FnOnce(&Path) -> Result<(), CliError>,
) -> Result<(), CliError> {
    free(path, force)?;
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let here = || format!("`{}` cannot be written", path.display());
    let partial = tempfile::Builder::new()
        .prefix(".accesstrail-partial-")
        .tempdir_in(parent)
        .map_err(plain)
        .with_context(here)
        .map_err(failed)?;
    fill(partial.path())?;
    readable(partial.path(), 0o755).with_context(here).map_err(failed)?;
    let replace = || -> anyhow::Result<()> {
        if path.symlink_metadata().is_ok() {
            let old =
                tempfile::Builder::new().prefix(".accesstrail-old-").tempdir_in(parent).map_err(plain)?;
            std::fs::rename(path, old.path().join("old"))?;
        }
        std::fs::rename(partial.path(), path)?;
        Ok(())
    };
    replace().with_context(here).map_err(failed)?;
    // Renamed away: nothing is left to clean up.
    let _moved = partial.keep();
    Ok(())
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
        let result = folder(&path, false, |inside| {
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
        folder(&path, false, fill("one")).unwrap();
        assert!(folder(&path, false, fill("two")).is_err());
        assert_eq!(std::fs::read(path.join("a")).unwrap(), b"one");
        folder(&path, true, fill("three")).unwrap();
        assert_eq!(std::fs::read(path.join("a")).unwrap(), b"three");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
