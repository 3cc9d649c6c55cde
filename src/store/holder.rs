//! Who holds the lock, in its own words.

use crate::volume::LeaseId;
use sha2::Digest as _;

/// Who holds the lock, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Holder {
    /// The user, or what stands for one.
    pub who: String,
    /// The machine.
    pub host: String,
    /// The process there.
    pub pid: u32,
    /// When it began to ask for the lock.
    pub since: jiff::Timestamp,
    /// The CI run's address, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// What it does, as in `apply`.
    pub operation: String,
}

impl Holder {
    /// What tells this hold of the lock from every other, to be named when breaking it.
    pub fn id(&self) -> LeaseId {
        let Holder { who, host, pid, since, run, operation } = self;
        let all = format!("{who}\n{host}\n{pid}\n{since}\n{}\n{operation}", run.as_deref().unwrap_or_default());
        LeaseId::from_hash(&sha2::Sha256::digest(all).into())
    }
}
