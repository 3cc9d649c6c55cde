//! The commands, a file each: its arguments and what it does.

pub(super) mod apply;
pub(super) mod auth;
pub(super) mod destroy;
pub(super) mod doctor;
pub(super) mod drift;
pub(super) mod explain;
pub(super) mod import;
pub(super) mod init;
pub(super) mod lock;
mod no_path;
pub(super) mod orphans;
pub(super) mod plan;
pub(super) mod schema;
pub(super) mod simulator;
pub(super) mod state;
pub(super) mod unlock;
pub(super) mod validate;
