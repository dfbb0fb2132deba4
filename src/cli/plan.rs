//! Typed arguments → resolved ones. What is wrong with them is told here, in one sentence.

use std::io::IsTerminal;
use std::path::PathBuf;

use accesstrail_parsers::format;
use chrono_tz::Tz;
use ipnet::IpNet;

use super::CliError;
use super::args::{Colour, Machine, Reading};
use crate::case::{self, Case, Place, SourceDecl, Tier, Width};
use crate::intake::caps::Caps;
use crate::intake::find;
use crate::report::terminal::Screen;
use crate::run::prepare;

/// A zone by name.
pub(super) fn zone(flag: &str, name: &str) -> Result<Tz, CliError> {
    name.parse().map_err(|_unknown| {
        let near = case::near(name, chrono_tz::TZ_VARIANTS.iter().map(|z| z.name()));
        let hint = near.map_or_else(
            || "write a name of the zone database, such as America/Los_Angeles or UTC".to_owned(),
            |n| format!("did you mean `{n}`?"),
        );
        CliError::usage(format!("{flag}: unknown time zone `{name}`\nhint: {hint}"))
    })
}

/// `512MiB` → bytes.
fn size(flag: &str, text: &str) -> Result<u64, CliError> {
    case::size(text).map_err(|e| CliError::usage(format!("{flag}: {e}")))
}

/// `--max-decompressed` and `--max-ratio`.
pub(super) fn caps(typed: &Reading) -> Result<Caps, CliError> {
    if typed.max_ratio == 0 {
        return Err(CliError::usage(
            "--max-ratio: at 0 nothing could be decompressed\nhint: the default is 1000",
        ));
    }
    Ok(Caps {
        max_bytes: size("--max-decompressed", &typed.max_decompressed)?,
        max_ratio: typed.max_ratio,
        ..Caps::default()
    })
}

/// `--threads`, `--memory` and the rest.
pub(super) fn machine(typed: &Machine) -> Result<prepare::Machine, CliError> {
    let usual = prepare::Machine::default();
    const MOST_THREADS: usize = 512;
    if typed.threads == Some(0) {
        return Err(CliError::usage("--threads: at least one thread is needed"));
    }
    if typed.threads.is_some_and(|n| n > MOST_THREADS) {
        return Err(CliError::usage(format!("--threads: at most {MOST_THREADS} are used")));
    }
    Ok(prepare::Machine {
        threads: typed.threads.unwrap_or(usual.threads),
        memory_bytes: usize::try_from(size("--memory", &typed.memory)?).unwrap_or(usize::MAX),
        partitions: typed.partitions,
        collect_clients: false,
    })
}

/// The screen of stdout.
pub(super) fn screen(typed: &Machine, zone: Tz) -> Screen {
    let terminal = std::io::stdout().is_terminal();
    let colour = match typed.color {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
    };
    let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    let width = terminal_size::terminal_size().map(|(w, _)| usize::from(w.0)).filter(|_| terminal);
    Screen { width: width.or(columns).unwrap_or(100).clamp(40, 160), colour, zone, ..Screen::default() }
}

/// The one source of `count` and `inspect`: all web logs of the paths (METHOD M6.9).
pub(super) fn source(paths: &[String], reading: &Reading) -> Result<SourceDecl, CliError> {
    let timezone = reading.timezone.as_deref().map(|name| zone("--timezone", name)).transpose()?;
    let offset = reading.clock_offset.as_deref().map(case::clock_offset).transpose();
    let clock_offset_us = offset.map_err(|e| CliError::usage(format!("--clock-offset: {e}")))?.unwrap_or(0);
    let trusted_proxies = reading.trusted_proxy.iter().map(|text| network(text)).collect::<Result<_, _>>()?;
    if !matches!(reading.format.as_str(), "auto") && !reading.format.starts_with('@') {
        format::named(&reading.format, None).map_err(|e| CliError::usage(format!("--format: {e}")))?;
    }
    Ok(SourceDecl {
        name: "web".to_owned(),
        paths: paths.to_vec(),
        paths_at: vec![Place::default(); paths.len()],
        format: reading.format.clone(),
        format_at: Place::default(),
        tier: Tier::Origin,
        vantage: "origin".to_owned(),
        server: None,
        trusted_proxies,
        clock_offset_us,
        time_basis: None,
        timezone,
        peer_is_client: false,
        replicas: false,
        sampling: None,
        expected_sha256: None,
        fields: std::collections::BTreeMap::new(),
    })
}

/// The files that a case will read, as far as they can be found; what cannot is told by the run itself.
pub(super) fn evidence(case: &Case) -> Vec<PathBuf> {
    let base = (!case.base.as_os_str().is_empty()).then_some(case.base.as_path());
    let found = case.sources.iter().flat_map(|s| find::find(&s.paths, base).unwrap_or_default());
    let files = found.filter_map(|f| match f.place {
        find::Place::File(path) => Some(path),
        find::Place::Stdin => None,
    });
    let configs = case.sources.iter().filter_map(|s| s.format.strip_prefix('@'));
    files.chain(configs.map(|path| case.base.join(path))).collect()
}

fn network(text: &str) -> Result<IpNet, CliError> {
    let single = || text.parse::<std::net::IpAddr>().map(IpNet::from);
    text.parse().or_else(|_not_a_network| single()).map_err(|_not_an_address| {
        CliError::usage(format!(
            "--trusted-proxy: `{text}` is no network\nhint: write CIDR notation, such as 10.0.0.0/8"
        ))
    })
}

/// The case of a look at files, of which nothing is asked.
pub(super) fn looked_at(paths: &[String], reading: &Reading, zone: Tz) -> Result<Case, CliError> {
    Ok(Case {
        zone,
        sources: vec![source(paths, reading)?],
        resources: Vec::new(),
        caps: caps(reading)?,
        ..Case::default()
    })
}

/// The case that the flags of `count` stand for.
pub(super) fn ad_hoc(typed: &super::args::Count) -> Result<Case, CliError> {
    let resources = case::resources_from_flags(&typed.resources)
        .map_err(|e| CliError::usage(format!("--resource: {e}")))?;
    let zone = zone("--zone", &typed.zone)?;
    let moment = |flag: &str, text: &Option<String>| {
        let read = text.as_deref().map(|t| case::moment::moment(t, zone)).transpose();
        read.map_err(|e| CliError::usage(format!("{flag}: {e}")))
    };
    let window = typed.window.as_deref().map(Width::parse).transpose();
    Ok(Case {
        zone,
        from_us: moment("--from", &typed.from)?,
        until_us: moment("--until", &typed.until)?,
        window: window.map_err(|e| CliError::usage(format!("--window: {e}")))?,
        sources: vec![source(&typed.paths, &typed.reading)?],
        caps: caps(&typed.reading)?,
        ..Case::ad_hoc(resources)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_zone_names_its_near_miss() {
        let error = zone("--zone", "America/Los_Angels").unwrap_err();
        assert_eq!(
            format!("{}", error.error),
            "--zone: unknown time zone `America/Los_Angels`\nhint: did you mean `America/Los_Angeles`?"
        );
    }
}
