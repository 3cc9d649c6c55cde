//! What is legal in a manifest and worth a look.

use super::found::{NO_VARIABLES, subject, volume_key};
use crate::manifest::Remark;
use crate::volume::Excerpt;
use crate::words::excerpt::{bare, quoted};
use crate::words::number::count;

/// What is worth a look.
pub(super) fn reason(remark: &Remark) -> String {
    match remark {
        Remark::NumberCut { what, written, taken } => {
            format!("{} {} is cut to {taken}, as the API does", subject(*what), bare(written))
        }
        Remark::VariableKept { what } => format!("{} holds \"${{\", and keeps it", subject(*what)),
        Remark::ShareableDeprecated => "`shareable` is deprecated by the API and read as `multiattach`".to_owned(),
        Remark::DescriptionLong { most, length } => {
            format!("newer documents of the API allow a description {most} characters, this one has {length}")
        }
        Remark::NameLong { most, length } => {
            format!("newer documents of the API allow this name {most} characters, it has {length}")
        }
        Remark::RegionNotKnown { region, .. } => format!("{} is no region that is known", quoted(region)),
        Remark::ZoneNotOfRegion { zone, region, .. } => {
            format!("{} is called like no zone of {}", quoted(zone), bare(region))
        }
        Remark::TypeNotDocumented { volume, volume_type, .. } => {
            let volume_type = quoted(&Excerpt::of(volume_type.as_str()));
            format!("{}: {volume_type} is not a documented type", volume_key(volume))
        }
        Remark::NoSuchSlotRetired { slot } => format!("slot {slot} is retired, but `count` makes no such slot"),
        Remark::SlotRetiredTwice { slot } => format!("slot {slot} is retired twice"),
        Remark::KnownDriftOfNothing { address } => {
            format!("known drift is of {address}, which is not asked for")
        }
        Remark::ImportNotDesired { to } => format!("{to} is not asked for, so no volume is imported there"),
        Remark::MoreWarnings { more } => unlisted(*more, "more warning"),
    }
}

/// What to do about it.
pub(super) fn hint(remark: &Remark) -> Option<String> {
    let hint = match remark {
        Remark::NumberCut { taken, .. } => return Some(format!("write {taken}, or what was meant")),
        Remark::VariableKept { .. } => NO_VARIABLES,
        Remark::ShareableDeprecated => "write multiattach: true or false",
        Remark::DescriptionLong { .. } | Remark::SlotRetiredTwice { .. } => return None,
        Remark::NameLong { .. } => "shorten it if the cloud refuses it",
        Remark::RegionNotKnown { like, .. } | Remark::ZoneNotOfRegion { like, .. } => {
            return Some(format!("did you mean {}?", bare(like)));
        }
        Remark::TypeNotDocumented { like, .. } => return Some(format!("did you mean {like}?")),
        Remark::NoSuchSlotRetired { .. } => "take it out, unless `count` is to grow past it",
        Remark::KnownDriftOfNothing { .. } => "take the item out, or correct its address",
        Remark::ImportNotDesired { .. } => {
            "take the line out where it has done its work; else add the address to `volumes`"
        }
        Remark::MoreWarnings { .. } => MEND_THE_FIRST,
    };
    Some(hint.to_owned())
}

/// What to do where not all is listed.
pub(super) const MEND_THE_FIRST: &str = "mend the first ones: many have one cause";

/// That some are not listed.
pub(super) fn unlisted(more: usize, noun: &str) -> String {
    let are = if more == 1 { "is" } else { "are" };
    format!("{} {are} not listed", count(more as u64, noun))
}
