//! Which volumes of a project are meant.

use crate::observed::ObservedVolume;
use crate::operation::Owner;
use crate::volume::{OwnershipTag, VolumeId, fits};
use std::collections::BTreeSet;
use std::fmt;
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

impl fmt::Display for TagPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{}={value}", self.key),
            None => f.write_str(&self.key),
        }
    }
}

impl TagPattern {
    /// Whether it means that tag. A mark that evsctl itself has set is meant only by its whole key.
    fn is_of(&self, (key, value): (&String, &String), ownership: &OwnershipTag) -> bool {
        let is_mark = ownership.key() == Some(key) && Owner::read(value).is_some();
        (!is_mark || self.key == *key)
            && fits(&self.key, key)
            && self.value.as_ref().is_none_or(|wanted| fits(wanted, value))
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
    /// The tag by which evsctl marks the volumes of a stack.
    pub ownership: OwnershipTag,
}

/// By what a volume is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Its id.
    Id,
    /// Its name.
    Name,
    /// One of its tags.
    Tag,
    /// Its zone.
    Zone,
}

/// A value of a choice that no volume of the project has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmatched {
    /// What was to have it.
    pub by: By,
    /// The value, as it was typed.
    pub value: String,
}

impl Choice {
    /// Whether it means that volume.
    pub fn means(&self, volume: &ObservedVolume) -> bool {
        let of_id = self.ids.is_empty() || self.ids.contains(&volume.id);
        let of_name = self.names.is_empty() || self.names.iter().any(|name| fits(name, volume.shown_name()));
        let of_tag = self.tags.is_empty()
            || volume.tags.iter().any(|tag| self.tags.iter().any(|it| it.is_of(tag, &self.ownership)));
        let same_zone = |zone: &String| zone.eq_ignore_ascii_case(&volume.availability_zone);
        of_id && of_name && of_tag && (self.zones.is_empty() || self.zones.iter().any(same_zone))
    }

    /// The values that none of these volumes has.
    pub fn unmatched<'v>(&self, volumes: impl Iterator<Item = &'v ObservedVolume> + Clone) -> Vec<Unmatched> {
        let means_none = |(_, one): &(Unmatched, Choice)| !volumes.clone().any(|volume| one.means(volume));
        self.values().into_iter().filter(means_none).map(|(value, _)| value).collect()
    }

    /// Each value, and the choice of that value alone.
    fn values(&self) -> Vec<(Unmatched, Choice)> {
        let none = || Choice { ownership: self.ownership.clone(), ..Choice::default() };
        let unmatched = |by: By, value: &dyn fmt::Display| Unmatched { by, value: value.to_string() };
        let ids = self.ids.iter().map(|id| (unmatched(By::Id, id), Choice { ids: [id.clone()].into(), ..none() }));
        let names = self.names.iter();
        let names = names.map(|it| (unmatched(By::Name, it), Choice { names: vec![it.clone()], ..none() }));
        let tags = self.tags.iter();
        let tags = tags.map(|it| (unmatched(By::Tag, it), Choice { tags: vec![it.clone()], ..none() }));
        let zones = self.zones.iter();
        let zones = zones.map(|it| (unmatched(By::Zone, it), Choice { zones: vec![it.clone()], ..none() }));
        ids.chain(names).chain(tags).chain(zones).collect()
    }
}
