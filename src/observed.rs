//! What the cloud reported: volumes as they are, and which recorded ones are gone.

use crate::volume::VolumeId;
use std::collections::{BTreeMap, BTreeSet};

/// The cloud's own word for how a volume is doing (EVS API reference, "EVS disk status").
///
/// An unknown word is kept and counts as transient: waiting is right until the deadline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Status(Box<str>);

impl Status {
    /// Takes the word as it came.
    pub fn new(word: impl Into<String>) -> Status {
        Status(word.into().into_boxed_str())
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the volume can be used: `available` or `in-use`.
    pub fn is_usable(&self) -> bool {
        matches!(&*self.0, "available" | "in-use")
    }

    /// Whether it stands on the way of a creation or of a deletion, so that a volume in it need never have been usable
    /// (EVS API reference, "Volume status"). A volume from a backup passes `restoring-backup` while it is made. No
    /// word at all says nothing.
    fn is_of_birth_or_death(&self, from_backup: bool) -> bool {
        match &*self.0 {
            "" | "creating" | "downloading" | "error" | "deleting" | "error_deleting" => true,
            "restoring-backup" => from_backup,
            _ => false,
        }
    }

    /// Whether the service gave up on it: `error` and its relatives.
    pub fn is_error(&self) -> bool {
        self.0.starts_with("error")
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One volume as the cloud describes it. Texts are the cloud's and not trusted: whoever prints one
/// takes the control characters out first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedVolume {
    /// Identity; names are not unique.
    pub id: VolumeId,
    /// Empty where the cloud left it out, or where what it gave is no text: that is no name to go by.
    pub name: String,
    /// What can be shown of a name that is no text. By it nothing is compared, renamed or adopted.
    pub unreadable_name: Option<String>,
    /// Absent where it was never set, or is empty.
    pub description: Option<String>,
    /// The cloud's word.
    pub status: Status,
    /// GB.
    pub size: u32,
    /// Empty where the cloud left it out.
    pub volume_type: String,
    /// Zone.
    pub availability_zone: String,
    /// When it was made; `None` where the cloud did not say so, or nobody asked.
    pub created_at: Option<jiff::Timestamp>,
    /// Whether it was paid in advance, by an order.
    pub prepaid: bool,
    /// All tags, foreign ones and the ownership tag included.
    pub tags: BTreeMap<String, String>,
    /// The servers that it is attached to; one that the answer does not name is empty.
    pub attached_to: Vec<String>,
    /// The snapshot that it was made from, where the cloud says so.
    pub snapshot_id: Option<String>,
    /// The image that it was made from, where the cloud says so.
    pub image_id: Option<String>,
}

impl ObservedVolume {
    /// A volume of which nothing is known but its id.
    pub fn of(id: VolumeId) -> ObservedVolume {
        ObservedVolume {
            id,
            name: String::new(),
            unreadable_name: None,
            description: None,
            status: Status::new(""),
            size: 0,
            volume_type: String::new(),
            availability_zone: String::new(),
            created_at: None,
            prepaid: false,
            tags: BTreeMap::new(),
            attached_to: Vec::new(),
            snapshot_id: None,
            image_id: None,
        }
    }

    /// The name for people.
    pub fn shown_name(&self) -> &str {
        self.unreadable_name.as_deref().unwrap_or(&self.name)
    }

    /// Whether it is, or must have been, usable: then it may hold data. `from_backup` is whether it was made from one.
    pub fn is_used(&self, from_backup: bool) -> bool {
        !self.attached_to.is_empty() || !self.status.is_of_birth_or_death(from_backup)
    }
}

/// One look at a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// Every volume that was seen, by id.
    pub volumes: BTreeMap<VolumeId, ObservedVolume>,
    /// Recorded volumes whose reads by id answered 404, each time: only these are gone.
    pub gone: BTreeSet<VolumeId>,
    /// When the service answered with the first page of the list, by its own clock.
    pub dated: Option<jiff::Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_that_was_usable_once_shows_it_by_status_or_attachment() {
        let volume = |status: &str, attached_to: &[&str]| ObservedVolume {
            status: Status::new(status),
            attached_to: attached_to.iter().map(|server| (*server).to_owned()).collect(),
            ..ObservedVolume::of(VolumeId::new("a").unwrap())
        };
        for never in ["creating", "downloading", "error", "deleting", "error_deleting", ""] {
            assert!(!volume(never, &[]).is_used(false), "{never}");
            assert!(volume(never, &["server"]).is_used(false), "{never}, attached");
        }
        for used in ["available", "in-use", "attaching", "error_extending", "error_restoring", "rollbacking", "odd"] {
            assert!(volume(used, &[]).is_used(true), "{used}");
        }
        assert!(volume("restoring-backup", &[]).is_used(false) && !volume("restoring-backup", &[]).is_used(true));
    }
}
