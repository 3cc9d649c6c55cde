//! What does not go together in a manifest as a whole.

use super::found::volume_key;
use crate::manifest::StackFault;
use crate::words::excerpt::quoted;

/// What does not go together.
pub(super) fn reason(fault: &StackFault) -> String {
    match fault {
        StackFault::DuplicateKey { key, first } => {
            format!("{} stands here again, first at {first}", quoted(key))
        }
        StackFault::DuplicateSection { section, first } => {
            format!("`{section}` stands in one file only, and stands at {first}")
        }
        StackFault::DuplicateVolume { key, first } => {
            format!("the volume {} stands here again, first at {first}", quoted(key))
        }
        StackFault::DuplicateName { name, key, first } => {
            format!("{} is also the cloud name of {} at {first}", quoted(name), volume_key(key))
        }
        StackFault::StateNoPath(path) => format!("`state` is a folder's path, not {}", quoted(path)),
        StackFault::StateNotRelative(path) => {
            format!("`state` is relative to this file, not {}", quoted(path))
        }
        StackFault::VolumesNothing => "there is nothing behind `volumes:`".to_owned(),
        StackFault::VolumesList => "`volumes` is a mapping from keys to volumes, not a list".to_owned(),
        StackFault::AllowsNothing { field } => format!("`{field}` in `limits` allows nothing"),
        StackFault::TooManyVolumes { volumes, most } => {
            format!("with this one, the stack holds {volumes} volumes, more than {most}")
        }
    }
}

/// What to do instead.
pub(super) fn hint(fault: &StackFault) -> Option<&'static str> {
    match fault {
        StackFault::DuplicateKey { .. } | StackFault::DuplicateSection { .. } | StackFault::DuplicateVolume { .. } => {
            Some("keep one of the two")
        }
        StackFault::DuplicateName { .. } => Some(
            "give one of the two another `name`; for two volumes that exist, write `name_may_repeat: true` in both",
        ),
        StackFault::StateNoPath(_) => None,
        StackFault::StateNotRelative(_) => Some("as in `state: ../state`"),
        StackFault::VolumesNothing => Some("write `volumes: {}` if there shall be none"),
        StackFault::VolumesList => Some("write `web:` in place of `- name: web`"),
        StackFault::AllowsNothing { .. } => Some("name what is allowed, or leave the list out"),
        StackFault::TooManyVolumes { .. } => Some("check `count`, or split the stack"),
    }
}
