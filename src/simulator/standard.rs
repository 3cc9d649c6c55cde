//! The snapshots of the v5 API, which the vendor calls standard ones: snapshots, their tags, chains, groups, and the
//! policies that take them.
//!
//! They are other things than those below `cloudsnapshots`: each is taken and deleted by a job, and none goes with its
//! volume. The facts are the models of the vendor's SDK, the pages of Open Telekom Cloud about the same calls, and the
//! user guide; the table of operations says what no source describes.

mod asked;
mod body;
mod chain;
pub(super) mod chains;
pub(super) mod deed;
mod group;
pub(super) mod groups;
pub(super) mod kept;
pub(super) mod moment;
pub(super) mod policies;
pub(super) mod policy;
mod reach;
mod row;
pub(super) mod rules;
mod schedule;
mod shelf;
pub(super) mod snapshot;
pub(super) mod snapshots;
pub(super) mod source;
pub(super) mod tags;
mod work;
