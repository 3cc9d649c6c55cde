//! What does not go together in a volume.

use super::found::volume_key;
use crate::manifest::RuleFault;
use crate::volume::{Excerpt, Invalid, Metadata, Tags};
use crate::words::excerpt::quoted;

/// What does not go together.
pub(super) fn reason(fault: &RuleFault) -> String {
    match fault {
        RuleFault::OwnTag { key } => {
            format!("the tag {} is evsctl's own: it says which call made the volume", quoted(key))
        }
        RuleFault::OwnerValue { key } => {
            format!("the value of the tag {} is that of an ownership tag: it says whose a volume is", quoted(key))
        }
        RuleFault::TooManyTags { room, tags } => {
            let why = if *room < Tags::MAX { ", one more being evsctl's own" } else { "" };
            format!("a volume has at most {room} tags here{why}, and these are {tags}")
        }
        RuleFault::SeveralFromBackup { count } => {
            format!("one backup makes one volume, and `count` is {count}")
        }
        RuleFault::TwoSources { first, second } => {
            format!("a volume has one source, and `{second}` is given beside `{first}`")
        }
        RuleFault::NameOfSeveralTooLong { count, most, bytes, .. } => {
            format!("the name of {count} volumes has at most {most} bytes, this one has {bytes}")
        }
        RuleFault::KeyWithoutEncryption => {
            format!("{} needs {} \"1\" beside it", Metadata::CMK_ID, Metadata::ENCRYPTED)
        }
        RuleFault::SystemDiskShared { volume } => {
            format!("{} comes from an image, and a system disk cannot be shared (EVS.2094)", volume_key(volume))
        }
        RuleFault::CallNotDocumented { volume } => {
            format!("{} needs the v2.1 create call, which Open Telekom Cloud does not document", volume_key(volume))
        }
        RuleFault::MetadataOfSource { volume, fault } => {
            format!("{}: {}", volume_key(volume), Invalid::Metadata(fault.clone()))
        }
        RuleFault::TypeMisspelt { volume, volume_type, .. } => {
            let volume_type = quoted(&Excerpt::of(volume_type.as_str()));
            format!("{}: there is no type {volume_type}", volume_key(volume))
        }
        RuleFault::ZoneNotAllowed { zone, place, .. } => {
            format!("`zones` in `limits` does not allow {} ({place})", quoted(zone))
        }
        RuleFault::TypeNotAllowed { volume_type, place, .. } => {
            format!("`volume_types` in `limits` does not allow {} ({place})", quoted(volume_type))
        }
        RuleFault::RateNotChosen { volume, volume_type, rate } => {
            format!("{}: `{rate}` cannot be chosen for the type {volume_type}", volume_key(volume))
        }
        RuleFault::RateNeeded { volume, volume_type, rate } => {
            format!("{}: the type {volume_type} needs `{rate}`", volume_key(volume))
        }
        RuleFault::TypeNotPrepaid { volume, volume_type } => {
            format!("{}: the type {volume_type} is pay-per-use only and cannot be prepaid", volume_key(volume))
        }
        RuleFault::PaidAsServer { volume, server } => {
            let volume = volume_key(volume);
            format!("{volume}: a volume for the server {server} is paid as that is, so `prepaid` says nothing")
        }
    }
}

/// What to do instead.
pub(super) fn hint(fault: &RuleFault) -> Option<String> {
    let hint = match fault {
        RuleFault::OwnTag { .. } => "rename one of the two; `cloud.ownership_tag` is ours",
        RuleFault::OwnerValue { .. } => "give it another value, or take it out: evsctl sets its own tag itself",
        RuleFault::TooManyTags { .. } => "the tags of `defaults` count too",
        RuleFault::SeveralFromBackup { .. } => "declare one volume for each, from a backup of its own",
        RuleFault::TwoSources { .. } => "keep one of them",
        RuleFault::NameOfSeveralTooLong { suffix, .. } => {
            return Some(format!("the suffix, as in \"-0001\", takes {suffix} bytes"));
        }
        RuleFault::TypeMisspelt { known, .. } => return Some(format!("did you mean {known}?")),
        RuleFault::ZoneNotAllowed { allowed, .. } | RuleFault::TypeNotAllowed { allowed, .. } => {
            return Some(format!("choose from {}, or allow it there", allowed.join(", ")));
        }
        RuleFault::RateNotChosen { .. } => "leave it out: the size decides",
        RuleFault::RateNeeded { rate, .. } => return Some(format!("write {rate}: NUMBER beside it")),
        RuleFault::TypeNotPrepaid { .. } => {
            "leave `prepaid` out, or write prepaid: null where the defaults give it; or choose another type"
        }
        RuleFault::PaidAsServer { .. } => "leave `prepaid` out, or write prepaid: null where the defaults give it",
        RuleFault::SystemDiskShared { .. } => "leave `multiattach` out, or set it to false in the volume",
        RuleFault::CallNotDocumented { .. } => "where it has one, write `create_api: v2.1` under `cloud`",
        RuleFault::KeyWithoutEncryption => "a key without encryption would be ignored",
        RuleFault::MetadataOfSource { fault, .. } => return Invalid::Metadata(fault.clone()).hint(),
    };
    Some(hint.to_owned())
}
