//! Writes `samples/incidents/doj-dashboard`: logs and `truth.csv`.
//!
//! `doj-dashboard [OUT_DIR] [--seed N] [--check]`. With `--check` nothing is written: exit 1 if a file
//! on disk is not, byte for byte, what the seed gives.

use std::path::PathBuf;
use std::process::ExitCode;

use accesstrail_samples::doj_dashboard;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("doj-dashboard: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool, Box<dyn std::error::Error>> {
    let mut folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../incidents/doj-dashboard");
    let (mut seed, mut check) = (doj_dashboard::SEED, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seed" => seed = arguments.next().ok_or("--seed needs a number")?.parse()?,
            "--check" => check = true,
            other if other.starts_with('-') => return Err(format!("unknown option `{other}`").into()),
            other => folder = PathBuf::from(other),
        }
    }
    let files = doj_dashboard::files(seed)?;
    if !check {
        files.write(&folder)?;
        return Ok(true);
    }
    let differences = files.differences(&folder);
    for difference in &differences {
        eprintln!("{difference}");
    }
    Ok(differences.is_empty())
}
