//! Whose a volume is: answered by evidence in this one place.
//!
//! A job's word alone makes no volume ours: it may name one of somebody else. A tag alone does not either: a copy of a
//! volume may carry it. What is not ours is reported, and nothing else is done about it.

use super::owner::Owner;
use crate::observed::ObservedVolume;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// How far before the first sending of its call a volume may be dated: the clocks of a service's hosts differ by less.
pub const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(60);
/// How long after the end of its call a volume may be dated. A call ends when its job has ended, or when no sending of
/// it can be taken in any more.
const AFTER_ITS_END: SignedDuration = SignedDuration::from_hours(1);

/// What is known of a create call and tells whether a volume is one of its own.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// The call, as its volumes are tagged.
    pub owner: &'a Owner,
    /// The tags that the call itself asked for, whatever they look like.
    pub asked: &'a BTreeMap<String, String>,
    /// When it was first sent, by the service's clock, where that is known.
    pub first_sent: Option<Timestamp>,
    /// When it was over, by the same, where it is.
    pub ended: Option<Timestamp>,
}

/// What makes a volume a call's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It carries the call's tag.
    Tag,
    /// It carries nobody's tag, and the call's job, order or answer names it.
    Named,
}

/// Why a volume is not a call's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotOurs {
    /// It carries the tag of another call.
    Anothers,
    /// It carries no tag, and nothing names it.
    Unmarked,
    /// It was made then, before the call was sent.
    Older(Timestamp),
    /// It was made then, long after the call was over.
    Younger(Timestamp),
    /// It stood in a list that was taken before the call was sent.
    StoodThere,
    /// It carries no tag, and nothing tells when it was made.
    Undated,
}

impl Claim<'_> {
    /// Judges a volume. `named` is whether the call's own job, order or answer names it, `stood_there` whether it stood
    /// in a list that this run took before it sent the call for the first time.
    ///
    /// # Errors
    /// Why it is not the call's own.
    pub fn judge(&self, volume: &ObservedVolume, named: bool, stood_there: bool) -> Result<Mark, NotOurs> {
        let mark = if unasked(self.asked, volume).any(|value| self.owner.is_value(value)) {
            Mark::Tag
        } else if unasked(self.asked, volume).any(|value| Owner::read(value).is_some()) {
            return Err(NotOurs::Anothers);
        } else if named {
            Mark::Named
        } else {
            return Err(NotOurs::Unmarked);
        };
        if stood_there {
            return Err(NotOurs::StoodThere);
        }
        match (volume.created_at, mark) {
            (Some(made), _) if self.first_sent.is_some_and(|sent| sent.duration_since(made) > CLOCKS_DIFFER) => {
                Err(NotOurs::Older(made))
            }
            (Some(made), _) if self.ended.is_some_and(|ended| made.duration_since(ended) > AFTER_ITS_END) => {
                Err(NotOurs::Younger(made))
            }
            (None, Mark::Named) => Err(NotOurs::Undated),
            (_, mark) => Ok(mark),
        }
    }
}

/// The values of the tags that its call did not ask for: only these can say whose a volume is.
pub fn unasked<'t>(asked: &BTreeMap<String, String>, volume: &'t ObservedVolume) -> impl Iterator<Item = &'t String> {
    volume.tags.iter().filter(|(key, value)| asked.get(*key) != Some(*value)).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::{CallId, Lineage, StackName, VolumeId};

    fn owner(call: u8) -> Owner {
        let lineage = Lineage::from_random([1, 2, 3, 4, 5]);
        Owner { stack: StackName::new("shop").unwrap(), lineage, call: CallId::from_hash(&[call; 32]) }
    }

    fn at(text: &str) -> Timestamp {
        format!("2026-11-28T{text}Z").parse().unwrap()
    }

    fn volume(tags: &[(&str, String)], made: Option<&str>) -> ObservedVolume {
        ObservedVolume {
            tags: tags.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect(),
            created_at: made.map(at),
            ..ObservedVolume::of(VolumeId::new("v").unwrap())
        }
    }

    #[test]
    fn a_volume_is_a_calls_own_by_tag_or_name_by_date_and_by_not_having_stood_there() {
        let (owner, asked) = (owner(1), BTreeMap::new());
        let claim =
            Claim { owner: &owner, asked: &asked, first_sent: Some(at("10:00:00")), ended: Some(at("10:05:00")) };
        let tagged = [("evsctl", owner.value())];
        let other = [("evsctl", self::owner(2).value())];
        let both = [("a", self::owner(2).value()), ("evsctl", owner.value())];
        let user = [("team", "data".to_owned())];
        let older = |text| NotOurs::Older(at(text));
        let younger = |text| NotOurs::Younger(at(text));
        for (tags, made, named, stood, judged) in [
            (&tagged[..], Some("10:00:03"), false, false, Ok(Mark::Tag)),
            (&both, Some("10:00:03"), false, false, Ok(Mark::Tag)),
            (&tagged, None, false, false, Ok(Mark::Tag)),
            (&[], Some("10:00:03"), true, false, Ok(Mark::Named)),
            (&user, Some("09:59:30"), true, false, Ok(Mark::Named)),
            (&[], Some("10:00:03"), false, false, Err(NotOurs::Unmarked)),
            (&[], None, true, false, Err(NotOurs::Undated)),
            (&other, Some("10:00:03"), true, false, Err(NotOurs::Anothers)),
            (&user, Some("09:58:59"), true, false, Err(older("09:58:59"))),
            (&tagged, Some("09:58:59"), true, false, Err(older("09:58:59"))),
            (&tagged, Some("11:05:00"), false, false, Ok(Mark::Tag)),
            (&tagged, Some("11:05:01"), false, false, Err(younger("11:05:01"))),
            (&[], Some("10:00:03"), true, true, Err(NotOurs::StoodThere)),
            (&tagged, Some("10:00:03"), true, true, Err(NotOurs::StoodThere)),
        ] {
            assert_eq!(claim.judge(&volume(tags, made), named, stood), judged, "{tags:?} {made:?} {named} {stood}");
        }
        // What the call itself asked for is nobody's tag.
        let asked = BTreeMap::from([("copy".to_owned(), self::owner(2).value())]);
        let claim = Claim { asked: &asked, ..claim };
        let own = [("copy", self::owner(2).value())];
        assert_eq!(claim.judge(&volume(&own, Some("10:00:03")), true, false), Ok(Mark::Named));
        // Where it is not known when it was sent, or it is not over, no date speaks against it.
        let claim = Claim { first_sent: None, ended: None, ..claim };
        assert_eq!(claim.judge(&volume(&tagged, Some("01:00:00")), false, false), Ok(Mark::Tag));
        assert_eq!(claim.judge(&volume(&tagged, Some("23:00:00")), false, false), Ok(Mark::Tag));
    }
}
