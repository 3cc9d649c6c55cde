//! Whether one plan is a part of what was approved.
use super::Plan;
use crate::state::{AllowedStep, Approved};
/// The plan's steps in the least form that a later plan can be held against.
pub fn allowed_steps(_plan: &Plan) -> Vec<AllowedStep> {
    Vec::new()
}
/// Whether every step of `plan` was approved before.
pub fn is_part_of(_plan: &Plan, _approved: &Approved) -> bool {
    false
}
