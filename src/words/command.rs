//! What the commands say that look, begin and restore: a file for each. What `apply` and `doctor` say stands elsewhere.

pub mod accept;
pub mod auth;
pub mod import;
pub mod init;
pub mod lock;
pub mod mv;
pub mod orphans;
pub mod plan;
pub mod rebuild;
pub mod rename_stack;
pub mod rm;
pub mod simulator;
pub mod state;
pub mod validate;

use std::path::Path;

/// The command to go on with, where all is well.
pub fn next_plan(path: &Path) -> String {
    format!("next: evsctl plan {}", path.display())
}
