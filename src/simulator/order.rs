//! An order, as events tell of it and the cloud keeps it.

use super::fault::JobTrouble;
use super::job::Job;
use super::tier::Tier;
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
    /// More GB for volumes that exist.
    Growth(Growths),
    /// Another type for a volume that exists.
    Retype { volume: Uuid, to: Tier },
    /// That these volumes are paid in advance from now on, with that server.
    ChargeMode { volumes: Vec<Uuid>, server: String },
    /// That a volume which was paid in advance is given back.
    Unsubscription {
        volume: Uuid,
        /// From 1, in the order of the request: what a fault rule's `sub_jobs` counts.
        ordinal: u32,
    },
}

/// Volumes that shall grow by one order.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "ReadGrowths")]
pub(super) struct Growths {
    pub(super) volumes: Vec<Growth>,
}

/// A volume that shall grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Growth {
    pub(super) volume: Uuid,
    /// GB that it shall have.
    pub(super) size: u32,
    /// From 1, in the order of the request: what a fault rule's `sub_jobs` counts.
    #[serde(default = "first")]
    pub(super) ordinal: u32,
}

fn first() -> u32 {
    1
}

/// What stands in data files: earlier versions wrote one volume, without a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum ReadGrowths {
    Several { volumes: Vec<Growth> },
    One(Growth),
}

impl From<ReadGrowths> for Growths {
    fn from(read: ReadGrowths) -> Growths {
        match read {
            ReadGrowths::Several { volumes } => Growths { volumes },
            ReadGrowths::One(growth) => Growths { volumes: vec![growth] },
        }
    }
}

/// What a payment starts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Paid {
    /// The work; a change of the charge mode needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) job: Option<Job>,
    /// The names of new volumes, by task of the job.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) names: Vec<String>,
}

/// An order as the cloud keeps it.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) purchase: Purchase,
    pub(super) payment: Payment,
}

/// Whether an order is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Payment {
    Open,
    Paid,
    /// It never will be.
    Cancelled,
}
