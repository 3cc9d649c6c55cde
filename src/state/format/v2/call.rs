//! Ended create calls, and what was approved, as format 2 holds them.

use super::super::Malformed;
use super::saved::Failure;
use crate::state;
use crate::volume::{Address, Digest, Key, Slot, SlotSet, VolumeId, VolumeName};
use std::collections::BTreeMap;

/// An ended call, packed: what follows from the rest is left out.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EndedCall<'a> {
    key: Key,
    /// Left out where it is the first one alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    slots: Option<SlotSet>,
    /// The addresses of the slots that have another one by now.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    moved: BTreeMap<Slot, Address>,
    /// Left out where it is the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<VolumeName>,
    /// What stands for the digest in the table of origins.
    #[serde(borrow)]
    pub(super) made: std::borrow::Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_sent: Option<jiff::Timestamp>,
    at: jiff::Timestamp,
    /// Left out where it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<End>,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum End {
    Refused(Failure),
    Absent,
    GivenUp,
}

impl<'a> EndedCall<'a> {
    pub(super) fn of(call: &state::EndedCreate, short: &'a str) -> EndedCall<'a> {
        let state::EndedCreate { key, slots, moved, name, made: _, first_sent, at, end } = call;
        let end = match end {
            state::End::Done => None,
            state::End::Refused(failure) => Some(End::Refused(failure.into())),
            state::End::Absent => Some(End::Absent),
            state::End::GivenUp => Some(End::GivenUp),
        };
        EndedCall {
            key: key.clone(),
            slots: (slots != &first_alone()).then(|| slots.clone()),
            moved: moved.clone(),
            name: (name.as_str() != key.as_str()).then(|| name.clone()),
            made: short.into(),
            first_sent: *first_sent,
            at: *at,
            end,
        }
    }

    pub(super) fn with(self, made: Digest) -> Result<state::EndedCreate, Malformed> {
        let EndedCall { key, slots, moved, name, made: _, first_sent, at, end } = self;
        let name = match name {
            Some(name) => name,
            None => VolumeName::new(key.as_str()).map_err(Malformed::unread)?,
        };
        let end = match end {
            None => state::End::Done,
            Some(End::Refused(failure)) => state::End::Refused(failure.into()),
            Some(End::Absent) => state::End::Absent,
            Some(End::GivenUp) => state::End::GivenUp,
        };
        let slots = slots.unwrap_or_else(first_alone);
        Ok(state::EndedCreate { key, slots, moved, name, made, first_sent, at, end })
    }
}

fn first_alone() -> SlotSet {
    std::iter::once(Slot::FIRST).collect()
}

/// What was approved; its steps are written a line each.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Approved {
    changes: Digest,
    recreate: u64,
    #[serde(default)]
    destroy: u64,
    #[serde(default)]
    as_of: Option<jiff::Timestamp>,
    steps: Vec<AllowedStep>,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AllowedStep {
    action: String,
    key: Key,
    slots: SlotSet,
    after: Digest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    gone: BTreeMap<Slot, VolumeId>,
}

impl From<Approved> for state::Approved {
    fn from(saved: Approved) -> state::Approved {
        let Approved { changes, recreate, destroy, as_of, steps } = saved;
        state::Approved { changes, recreate, destroy, as_of, steps: steps.into_iter().map(Into::into).collect() }
    }
}

impl From<AllowedStep> for state::AllowedStep {
    fn from(saved: AllowedStep) -> state::AllowedStep {
        let AllowedStep { action, key, slots, after, name, gone } = saved;
        state::AllowedStep { action, key, slots, after, name, gone }
    }
}

impl From<&state::AllowedStep> for AllowedStep {
    fn from(step: &state::AllowedStep) -> AllowedStep {
        let state::AllowedStep { action, key, slots, after, name, gone } = step.clone();
        AllowedStep { action, key, slots, after, name, gone }
    }
}
