//! What is wrong with the fields of a volume, each by itself.

use super::found::{did_you_mean, found, kind};
use crate::manifest::{Found, Kind, VolumeFault};
use crate::volume::{Excerpt, Invalid, MetadataFault};
use crate::words::excerpt::quoted;

/// What is wrong.
pub(super) fn reason(fault: &VolumeFault) -> String {
    match fault {
        VolumeFault::NotMapping { key, found: it } => {
            format!("the volume {} is a mapping of fields, not {}", quoted(key), found(it))
        }
        VolumeFault::NoDefault { field } => format!("`{field}` belongs to one volume and has no default"),
        VolumeFault::RetireInDefaults => "`retire` names slots of one volume, which defaults cannot know".to_owned(),
        VolumeFault::ExpiresInDefaults => {
            "`expires` gives up the volumes of one key, and under `defaults` it would give up all".to_owned()
        }
        VolumeFault::NotIgnorable { found: it, .. } => format!("a change of {} cannot be ignored", found(it)),
        VolumeFault::NoZones => "`availability_zone` lists no zone".to_owned(),
        VolumeFault::TooManyZones { zones, most } => {
            format!("`availability_zone` lists {zones} zones, and may list {most} at most")
        }
        VolumeFault::ZoneTwice { zone, first } => format!("duplicate zone {}, first at {first}", quoted(zone)),
        VolumeFault::SharedOtherwise { shareable, multiattach } => {
            format!("`shareable` is {shareable} and `multiattach` is {multiattach}, which are one thing")
        }
        VolumeFault::MetadataNull { key } => format!("the metadata {} may not be null", quoted(key)),
        VolumeFault::MetadataKey { key, .. } => unknown_key(key).to_string(),
        VolumeFault::TagsList => "`tags` is a mapping, not a list".to_owned(),
        VolumeFault::TagNull { key } => format!("the tag {} has no value", quoted(key)),
        VolumeFault::TagNotText { found } => format!("a tag's value is text, not {}", kind(*found)),
    }
}

fn unknown_key(key: &Excerpt) -> Invalid {
    Invalid::Metadata(MetadataFault::Key(key.clone()))
}

/// What to do instead.
pub(super) fn hint(fault: &VolumeFault) -> Option<String> {
    let hint = match fault {
        VolumeFault::NotMapping { found: Found::Kind(Kind::Nothing), .. } => "write {} if the defaults say all",
        VolumeFault::NotMapping { .. } => "write its fields below it, as in `size: 40`",
        VolumeFault::NoDefault { .. } | VolumeFault::RetireInDefaults | VolumeFault::ExpiresInDefaults => {
            "write it in the volume itself"
        }
        VolumeFault::NotIgnorable { near: Some(field), .. } => return Some(did_you_mean(field)),
        VolumeFault::NotIgnorable { near: None, legal, .. } => {
            return Some(format!("what can be ignored: {}", legal.join(", ")));
        }
        VolumeFault::NoZones => "name one zone or several, as in [cn-north-4a, cn-north-4b]",
        VolumeFault::TooManyZones { .. } => "list fewer, or give some of the volumes a key of their own",
        VolumeFault::ZoneTwice { .. } => "name each zone once: the slots take the zones in turn",
        VolumeFault::SharedOtherwise { .. } => "keep `multiattach` alone",
        VolumeFault::MetadataNull { .. } => "leave the key out",
        VolumeFault::MetadataKey { near: Some(key), .. } => return Some(did_you_mean(key)),
        VolumeFault::MetadataKey { near: None, key } => return unknown_key(key).hint(),
        VolumeFault::TagsList => "write tags: {key: value}",
        VolumeFault::TagNull { .. } => "write \"\" for an empty one, or leave the tag out",
        VolumeFault::TagNotText { .. } => return None,
    };
    Some(hint.to_owned())
}
