//! An order, as events tell of it and the cloud keeps it.

use super::fault::JobTrouble;
use super::job::Job;
use super::volume::Spec;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// An order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Purchase {
    pub(super) id: String,
    pub(super) project: String,
    pub(super) goods: Goods,
    /// What shall become of its job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) trouble: Option<JobTrouble>,
}

/// What is bought.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Goods {
    /// New volumes, whose ids are known from the beginning.
    Volumes { spec: Arc<Spec>, name: String, ids: Vec<Uuid> },
    /// A volume that shall grow to that many GB.
    Growth { volume: Uuid, size: u32 },
}

/// The work that a payment starts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Paid {
    pub(super) job: Job,
    /// The names of new volumes, by task of the job.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) names: Vec<String>,
}

/// An order as the cloud keeps it.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) purchase: Purchase,
    pub(super) paid: bool,
}
