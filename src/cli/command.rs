//! The commands, a file each.

pub(super) mod apply;
pub(super) mod auth;
pub(super) mod doctor;
pub(super) mod explain;
pub(super) mod init;
pub(super) mod lock;
pub(super) mod orphans;
pub(super) mod plan;
pub(super) mod rebuild;
pub(super) mod schema;
pub(super) mod simulator;
pub(super) mod state;
pub(super) mod validate;
