//! The `evsctl` command: see the library for everything.

use std::process::ExitCode;

fn main() -> ExitCode {
    evsctl::cli::run(std::env::args_os().collect())
}
