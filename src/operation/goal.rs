//! Whether a volume is what its operation shall reach: whose it is, whether it has come to an end, and whether that is what
//! was asked for.

use super::claim::{Claim, Mark, NotOurs};
use super::create::Create;
use super::extend::Growth;
use super::fit::{misfits, misnamed};
use super::taint::Misfit;
use crate::observed::{ObservedVolume, Status};

/// How a volume stands to what its operation shall reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// It is what was asked for.
    Reached,
    /// It does not show, or is not at an end yet.
    Pending,
    /// It is at an end, and another than it shall be.
    Failed(Shortfall),
    /// It is not the operation's own, for this reason.
    Elsewhere(NotOurs),
}

/// In what a volume that is at an end falls short of what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shortfall {
    /// It came out as an error.
    Broken,
    /// It differs in these fields.
    Unlike(Vec<Misfit>),
}

/// What a create knows of a volume beside what the volume shows.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// What was asked for.
    pub create: &'a Create,
    /// What tells whether it is the create's own.
    pub claim: Claim<'a>,
    /// Whether the create's job, order or answer names it.
    pub named: bool,
    /// Whether it stood in a list that was taken before the create was sent.
    pub stood_there: bool,
}

/// Judges a volume that a create may have made, as a look showed it; `None` where the look did not show it.
pub fn reached(target: Target<'_>, volume: Option<&ObservedVolume>) -> Goal {
    let Some(volume) = volume else { return Goal::Pending };
    let Target { create, claim, named, stood_there } = target;
    let mark = match claim.judge(volume, named, stood_there) {
        Ok(mark) => mark,
        Err(why) => return Goal::Elsewhere(why),
    };
    // While it is made an answer may lack what it is going to be.
    if !volume.status.is_settled() {
        return Goal::Pending;
    }
    if volume.status == Status::Error {
        return Goal::Failed(Shortfall::Broken);
    }
    let mut unlike = misfits(&create.spec, volume);
    if mark == Mark::Named {
        let many = create.slots.len() > 1;
        unlike.extend(misnamed(&create.name, many, create.slots.values(), volume));
    }
    if unlike.is_empty() { Goal::Reached } else { Goal::Failed(Shortfall::Unlike(unlike)) }
}

/// Judges a volume that shall have become larger, as a look showed it; `None` where the look did not show it.
pub fn grown(growth: &Growth, volume: Option<&ObservedVolume>) -> Goal {
    match volume {
        Some(volume) if volume.size >= growth.to.gb() && volume.is_settled() => Goal::Reached,
        Some(volume) if volume.status.is_error() => Goal::Failed(Shortfall::Broken),
        _ => Goal::Pending,
    }
}

/// Judges a volume that shall be gone: `None` where a read by its id says that it is not there, each time.
pub fn deleted(volume: Option<&ObservedVolume>) -> Goal {
    match volume {
        None => Goal::Reached,
        Some(volume) if volume.status == Status::ErrorDeleting => Goal::Failed(Shortfall::Broken),
        Some(_) => Goal::Pending,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{Aspect, Owner};
    use crate::volume::{CallId, Key, Lineage, SizeGb, Slot, StackName, VolumeId, VolumeName};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn create(slots: u32) -> Create {
        let spec = serde_json::from_str(r#"{"availability_zone":"az-1","volume_type":"SSD","size":40}"#).unwrap();
        let name = |n: u32| VolumeName::new(format!("web-{n:04}")).unwrap();
        Create {
            key: Key::new("web").unwrap(),
            slots: (1..=slots).map(|n| (Slot::new(n).unwrap(), name(n))).collect(),
            name: VolumeName::new("web").unwrap(),
            spec: std::sync::Arc::new(spec),
            api: Default::default(),
            gone: BTreeMap::new(),
        }
    }

    fn owner() -> Owner {
        let lineage = Lineage::from_random([1, 2, 3, 4, 5]);
        Owner { stack: StackName::new("shop").unwrap(), lineage, call: CallId::from_hash(&[9; 32]) }
    }

    fn made(status: &str) -> ObservedVolume {
        ObservedVolume {
            status: Status::new(status),
            name: "web-0001".to_owned(),
            size: 40,
            volume_type: "SSD".to_owned(),
            availability_zone: "az-1".to_owned(),
            tags: [("evsctl".to_owned(), owner().value())].into(),
            ..ObservedVolume::of(VolumeId::new("v-1").unwrap())
        }
    }

    fn goal(create: &Create, volume: Option<&ObservedVolume>) -> Goal {
        let owner = owner();
        let claim = Claim { owner: &owner, asked: create.spec.tags.pairs(), first_sent: None, ended: None };
        reached(Target { create, claim, named: false, stood_there: false }, volume)
    }

    #[test]
    fn a_volume_reaches_the_goal_of_a_create_when_it_is_its_own_at_an_end_and_as_asked() {
        let create = create(2);
        assert_eq!(goal(&create, None), Goal::Pending);
        for (status, expected) in [
            ("creating", Goal::Pending),
            ("downloading", Goal::Pending),
            ("odd", Goal::Pending),
            ("", Goal::Pending),
            ("available", Goal::Reached),
            ("in-use", Goal::Reached),
            ("error", Goal::Failed(Shortfall::Broken)),
            ("error_extending", Goal::Reached),
        ] {
            assert_eq!(goal(&create, Some(&made(status))), expected, "{status}");
        }
        let small = ObservedVolume { size: 10, ..made("available") };
        let Goal::Failed(Shortfall::Unlike(unlike)) = goal(&create, Some(&small)) else { panic!("it is too small") };
        assert_eq!(unlike.iter().map(|misfit| misfit.field).collect::<Vec<_>>(), [Aspect::Size]);
        // What is still made may lack what it is going to be.
        assert_eq!(goal(&create, Some(&ObservedVolume { size: 0, ..made("creating") })), Goal::Pending);
        let other = ObservedVolume { tags: BTreeMap::new(), ..made("available") };
        assert_eq!(goal(&create, Some(&other)), Goal::Elsewhere(NotOurs::Unmarked));
    }

    #[test]
    fn without_its_tag_the_name_is_a_part_of_what_is_asked_for() {
        let (create, owner) = (create(2), owner());
        let claim = Claim { owner: &owner, asked: create.spec.tags.pairs(), first_sent: None, ended: None };
        let target = Target { create: &create, claim, named: true, stood_there: false };
        let called = |name: &str| ObservedVolume {
            tags: BTreeMap::new(),
            name: name.to_owned(),
            created_at: Some(jiff::Timestamp::UNIX_EPOCH),
            ..made("available")
        };
        assert_eq!(reached(target, Some(&called("web-0002"))), Goal::Reached);
        let odd = reached(target, Some(&called("db-0002")));
        assert!(matches!(&odd, Goal::Failed(Shortfall::Unlike(unlike)) if unlike[0].field == Aspect::Name), "{odd:?}");
        // The tag says more than a name, which may have been changed since.
        assert_eq!(goal(&create, Some(&ObservedVolume { name: "db".to_owned(), ..made("available") })), Goal::Reached);
    }

    #[test]
    fn a_volume_has_grown_when_it_is_as_large_and_at_rest() {
        let to =
            |gb| Growth { id: VolumeId::new("v-1").unwrap(), agreed: None, from: 20, to: SizeGb::new(gb).unwrap() };
        assert_eq!(grown(&to(40), None), Goal::Pending);
        for (size, status, expected) in [
            (20, "available", Goal::Pending),
            (20, "extending", Goal::Pending),
            (39, "in-use", Goal::Pending),
            (40, "available", Goal::Reached),
            (40, "in-use", Goal::Reached),
            // By a hand, meanwhile.
            (60, "available", Goal::Reached),
            (40, "extending", Goal::Pending),
            (40, "odd", Goal::Pending),
            (20, "error_extending", Goal::Failed(Shortfall::Broken)),
            (20, "error", Goal::Failed(Shortfall::Broken)),
        ] {
            let volume = ObservedVolume { size, ..made(status) };
            assert_eq!(grown(&to(40), Some(&volume)), expected, "{size} {status}");
        }
    }

    #[test]
    fn a_volume_is_deleted_when_no_read_finds_it() {
        assert_eq!(deleted(None), Goal::Reached);
        for (status, expected) in [
            ("available", Goal::Pending),
            ("deleting", Goal::Pending),
            ("error", Goal::Pending),
            ("error_deleting", Goal::Failed(Shortfall::Broken)),
        ] {
            assert_eq!(deleted(Some(&made(status))), expected, "{status}");
        }
    }

    proptest! {
        /// Whatever a volume shows: none that is not marked as the create's own reaches its goal or fails it, and none
        /// that is not at an end does.
        #[test]
        fn only_what_is_the_creates_own_and_at_an_end_is_done_or_failed(
            status in "(creating|available|in-use|error|error_deleting|deleting|odd)",
            tagged in any::<bool>(), named in any::<bool>(), stood_there in any::<bool>(),
            size in prop_oneof![Just(0u32), Just(40), 1u32..100], dated in any::<bool>(),
        ) {
            let (create, owner) = (create(1), owner());
            let claim = Claim { owner: &owner, asked: create.spec.tags.pairs(), first_sent: None, ended: None };
            let volume = ObservedVolume {
                size,
                tags: if tagged { made("").tags } else { BTreeMap::new() },
                created_at: dated.then_some(jiff::Timestamp::UNIX_EPOCH),
                ..made(&status)
            };
            let goal = reached(Target { create: &create, claim, named, stood_there }, Some(&volume));
            let is_own = !stood_there && (tagged || named && dated);
            prop_assert_eq!(is_own, !matches!(goal, Goal::Elsewhere(_)));
            let over = matches!(goal, Goal::Reached | Goal::Failed(_));
            prop_assert!(!over || volume.status.is_settled());
            prop_assert!(goal != Goal::Reached || [0, 40].contains(&volume.size) && volume.status != Status::Error);
        }
    }
}
