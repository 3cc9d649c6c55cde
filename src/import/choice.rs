//! Which volumes of a project are meant.

use crate::observed::ObservedVolume;
use crate::volume::{VolumeId, fits};
use std::collections::BTreeSet;
use std::str::FromStr;

/// A tag that a volume carries: `KEY` with any value, or `KEY=VALUE`; `*` stands for any text in either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagPattern {
    key: String,
    value: Option<String>,
}

/// A text that is no tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoTag;

impl FromStr for TagPattern {
    type Err = NoTag;

    fn from_str(text: &str) -> Result<TagPattern, NoTag> {
        let (key, value) = match text.split_once('=') {
            Some((key, value)) => (key, Some(value.to_owned())),
            None => (text, None),
        };
        if key.is_empty() { Err(NoTag) } else { Ok(TagPattern { key: key.to_owned(), value }) }
    }
}

impl TagPattern {
    fn is_of(&self, (key, value): (&String, &String)) -> bool {
        fits(&self.key, key) && self.value.as_ref().is_none_or(|wanted| fits(wanted, value))
    }
}

/// Which volumes are meant. Values of one field widen the choice, fields narrow it, and an empty field leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// Ids.
    pub ids: BTreeSet<VolumeId>,
    /// Names, with `*` for any text.
    pub names: Vec<String>,
    /// Tags.
    pub tags: Vec<TagPattern>,
    /// Zones.
    pub zones: Vec<String>,
}

impl Choice {
    /// Whether it means that volume.
    pub fn means(&self, volume: &ObservedVolume) -> bool {
        let of_id = self.ids.is_empty() || self.ids.contains(&volume.id);
        let of_name = self.names.is_empty() || self.names.iter().any(|name| fits(name, volume.shown_name()));
        let of_tag = self.tags.is_empty() || volume.tags.iter().any(|tag| self.tags.iter().any(|it| it.is_of(tag)));
        let same_zone = |zone: &String| zone.eq_ignore_ascii_case(&volume.availability_zone);
        of_id && of_name && of_tag && (self.zones.is_empty() || self.zones.iter().any(same_zone))
    }
}
