//! What the operating system knows of cost: CPU time and peak memory by `getrusage`, room on a disk by `statvfs`.
//!
//! The only file that knows `nix`, which wraps both calls without `unsafe` on our side. Peaks are in KiB as Linux has them.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

/// CPU time used so far, in user mode and in the kernel, and the most memory resident so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    pub(crate) cpu: Duration,
    pub(crate) peak_kib: u64,
}

/// Of this process, all threads.
#[cfg(unix)]
pub(crate) fn own() -> Result<Usage> {
    usage(nix::sys::resource::UsageWho::RUSAGE_SELF)
}

/// Of the children that were waited for, and of theirs. The peak is that of the greatest of them, not their sum.
#[cfg(unix)]
pub(crate) fn children() -> Result<Usage> {
    usage(nix::sys::resource::UsageWho::RUSAGE_CHILDREN)
}

#[cfg(unix)]
fn usage(who: nix::sys::resource::UsageWho) -> Result<Usage> {
    use nix::sys::time::TimeValLike;
    let usage = nix::sys::resource::getrusage(who)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Usage { cpu: Duration::from_micros(micros.try_into()?), peak_kib: usage.max_rss().try_into()? })
}

/// Bytes that may still be written into a folder.
#[cfg(unix)]
pub(crate) fn free_bytes(folder: &Path) -> Result<u64> {
    let disk = nix::sys::statvfs::statvfs(folder)?;
    Ok(disk.blocks_available().saturating_mul(disk.fragment_size()))
}

#[cfg(not(unix))]
pub(crate) use elsewhere::{children, free_bytes, own};

/// The suite compiles everywhere, so that tests of the program do, and measures where these calls are.
#[cfg(not(unix))]
mod elsewhere {
    use super::{Path, Result, Usage};

    pub(crate) fn own() -> Result<Usage> {
        anyhow::bail!("the bench measures with getrusage, which this system lacks: run it on Linux")
    }

    pub(crate) fn children() -> Result<Usage> {
        own()
    }

    pub(crate) fn free_bytes(_folder: &Path) -> Result<u64> {
        own().map(|_| 0)
    }
}
