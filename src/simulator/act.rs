//! What calls change of a volume at once, without a job: its metadata, its flags, who holds it, and where it is attached.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A change of one volume, as the data file keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Act {
    /// All metadata as it is from now on.
    Metadata(BTreeMap<String, String>),
    /// Whether a server may boot from it.
    Bootable(bool),
    /// It waits for what this announces.
    Hold(Hold),
    /// It waits no more.
    Release,
    /// It is attached to one more server, with all metadata as they are then.
    Attach { to: Place, metadata: BTreeMap<String, String> },
    /// It is attached to this server no more, with all metadata as they are then.
    Detach { server: String, metadata: BTreeMap<String, String> },
}

/// What a volume waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Hold {
    Attaching,
    Detaching,
}

impl Hold {
    /// The status word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Hold::Attaching => "attaching",
            Hold::Detaching => "detaching",
        }
    }
}

/// Where a call attaches a volume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) server: String,
    /// The name of the server's host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) host_name: Option<String>,
    /// The name of the device, as it was asked for.
    pub(super) device: String,
}
