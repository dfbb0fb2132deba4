//! Parse, run, exit code.

use std::process::ExitCode;

use accesstrail::cli;

fn main() -> ExitCode {
    match cli::run(std::env::args_os()) {
        Ok(status) => status.into(),
        Err(error) if error.is_broken_pipe() => cli::Status::Answered.into(),
        Err(error) => {
            cli::complain(&error);
            error.status().into()
        }
    }
}
