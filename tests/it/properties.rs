//! What holds for every stack, however it came about.

mod model;
mod noise;

use evsctl::document;
use evsctl::manifest::Manifest;
use evsctl::operation::Operation;
use evsctl::plan::{self, About, Plan, Remains, Stage, Step, Wanted};
use evsctl::volume::{Address, Key, MAX_BULK, Slot, slot_name};
use model::{Accident, Fuse, Wish, Wishes, World};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// More than any run here takes.
const UNCUT: usize = 100_000;

/// So many cases, times `EVSCTL_CASES` where that is set.
fn config(cases: u32) -> ProptestConfig {
    let times = u32::try_from(crate::torture::trials::number("EVSCTL_CASES", 1)).unwrap();
    ProptestConfig { cases: cases * times, failure_persistence: None, ..ProptestConfig::default() }
}

fn any_wish() -> impl Strategy<Value = Wish> {
    let named = prop::option::of(prop::sample::select(vec!["x", "数据"]));
    let description = prop::option::of(prop::sample::select(vec!["", "one", "two"]));
    let count = prop_oneof![9 => 1u32..=5, 1 => 99u32..=102];
    (count, named, description, prop::option::weighted(0.2, 1u32..=3), prop::bool::weighted(0.3)).prop_map(
        |(count, named, description, retired, protected)| Wish { count, named, description, retired, protected },
    )
}

fn any_wishes() -> impl Strategy<Value = Wishes> {
    (
        prop::bool::weighted(0.3),
        prop::collection::btree_map(prop::sample::select(vec!["a", "b", "c"]), any_wish(), 0..=3),
    )
        .prop_map(|(by_service, volumes)| Wishes { by_service, volumes })
}

fn any_accidents() -> impl Strategy<Value = Vec<Accident>> {
    let name = prop::sample::select(vec!["mine", "", "a-0001", "a", "x\u{1b}y"]);
    let one = prop_oneof![
        any::<usize>().prop_map(Accident::Gone),
        (any::<usize>(), name).prop_map(|(n, name)| Accident::Renamed(n, name)),
        any::<usize>().prop_map(Accident::Described),
        any::<usize>().prop_map(Accident::Grown),
        any::<usize>().prop_map(Accident::Broken),
    ];
    prop::collection::vec(one, 0..4)
}

/// A world that some manifest has been applied to, and that has aged since.
fn any_world() -> impl Strategy<Value = World> {
    (any_wishes(), any_accidents()).prop_map(|(wishes, accidents)| {
        let mut world = World::new();
        let manifest = wishes.manifest(false);
        world.run(&world.plan(&manifest), &mut Fuse(UNCUT)).unwrap();
        accidents.iter().for_each(|accident| world.befall(accident));
        world
    })
}

/// What is refused, without the reason.
fn refused(plan: &Plan) -> Vec<(About, Wanted)> {
    plan.refusals.iter().map(|refusal| (refusal.about.clone(), refusal.why.wanted())).collect()
}

/// What every plan keeps to: no slot is created that an open call may still make, or that has a volume, and
/// none twice; an open call's volumes are left to it; a lost call is sent again only while it is wanted.
fn keeps_the_rules(world: &World, manifest: &Manifest, plan: &Plan) {
    let open: BTreeSet<Address> = world.state.operations.values().flat_map(Operation::addresses).collect();
    let observed = world.observed();
    let (mut bought, mut touched, mut adopted) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let (mut retagged, mut extended) = (BTreeSet::new(), BTreeSet::new());
    for planned in plan.steps.iter() {
        let (address, id) = match planned {
            Step::Create(create) => {
                assert!(create.slots.len() <= MAX_BULK, "{create:?}");
                for slot in create.slots.keys() {
                    assert!(bought.insert((&create.key, *slot)), "{}[{slot}] is created twice: {plan:?}", create.key);
                    let address = create.address(*slot);
                    assert!(!open.contains(&address), "{address} is an open call's: {plan:?}");
                    if let Some(volume) = world.state.volumes.get(&address) {
                        let free = volume.tainted.is_some() || observed.gone.contains(&volume.id);
                        assert!(free, "{address} has a volume: {plan:?}");
                    }
                }
                continue;
            }
            Step::Resume(resume) => {
                let Some(create) = resume.work.as_create() else { continue };
                let wish =
                    manifest.volumes.get(&create.key).filter(|wish| wish.specs.iter().any(|spec| *spec == create.spec));
                let wanted: BTreeSet<Slot> = wish.iter().flat_map(|wish| wish.slots()).collect();
                let all = create.slots.keys().all(|slot| wanted.contains(slot));
                assert_eq!(resume.wanted, all, "{resume:?}");
                continue;
            }
            Step::Import(_) => unreachable!("no manifest of these imports anything"),
            Step::Adopt(adopt) => {
                let address = &adopt.address;
                assert!(bought.insert((&address.key, address.slot)), "{address} is filled twice: {plan:?}");
                assert!(!world.state.volumes.contains_key(address), "{address} has a volume: {plan:?}");
                assert!(world.state.ended.contains_key(&adopt.call), "{adopt:?} is of a call that nobody knows");
                assert!(adopted.insert(&adopt.id), "{adopt:?} takes two slots");
                continue;
            }
            Step::Rename(step) if adopted.contains(&step.id) => {
                assert!(touched.insert(&step.id), "two steps are about one volume: {plan:?}");
                continue;
            }
            Step::Rename(step) => (&step.address, &step.id),
            // It may be renamed too.
            Step::Retag(step) => {
                assert_eq!(world.state.volumes[&step.address].id, step.id, "{step:?}");
                assert!(retagged.insert(&step.id), "a volume is retagged twice: {plan:?}");
                continue;
            }
            // The same.
            Step::Extend(extend) => {
                for (address, growth) in &extend.volumes {
                    assert_eq!(world.state.volumes[address].id, growth.id, "{extend:?}");
                    assert!(extended.insert(growth.id.clone()), "a volume is extended twice: {plan:?}");
                    assert!(growth.from < growth.to.gb(), "{extend:?}");
                }
                continue;
            }
            Step::Delete(step) => {
                let wish = manifest.volumes.get(&step.address.key);
                assert!(!wish.is_some_and(|wish| wish.has(step.address.slot)), "{step:?} is desired");
                (&step.address, &step.id)
            }
            Step::Protect(step) | Step::Unprotect(step) => {
                let protected = world.state.protected.contains(&step.address);
                assert_eq!(protected, matches!(planned, Step::Unprotect(_)), "{step:?} changes nothing");
                let recorded = world.state.volumes.get(&step.address).map(|volume| &volume.id);
                assert!(step.id.is_none() || step.id.as_ref() == recorded, "{step:?}");
                continue;
            }
            // No manifest here moves or gives up anything.
            Step::Move(_) | Step::Release(_) => unreachable!(),
            Step::Clean(step) => (&step.address, &step.id),
            Step::Forget(step) => (&step.address, &step.id),
        };
        let volume = &world.state.volumes[address];
        assert_eq!(&volume.id, id, "{planned:?}");
        assert!(touched.insert(id), "two steps are about one volume: {plan:?}");
        let of_open_call = volume.call.as_ref().is_some_and(|call| world.state.operations.contains_key(call));
        assert!(!of_open_call, "{address} is an open call's: {plan:?}");
    }
}

/// Plans and runs until nothing is left to do.
fn settle(world: &mut World, manifest: &Manifest) -> Plan {
    for _ in 0..4 {
        let plan = world.plan(manifest);
        keeps_the_rules(world, manifest, &plan);
        // What may have been made, and nobody wants any more, is looked for again each time.
        let lost = |step: &Step| matches!(step, Step::Resume(resume) if !resume.wanted && resume.stage == Stage::Sent);
        if plan.steps.iter().all(lost) {
            return plan;
        }
        world.run(&plan, &mut Fuse(UNCUT)).unwrap();
    }
    panic!("four runs were not enough: {:?}", world.plan(manifest));
}

/// Everything that carries the stack's tag is recorded: no orphan, no duplicate.
fn owns_all_it_made(world: &World) {
    let recorded: Vec<_> = world.state.volumes.values().map(|volume| &volume.id).collect();
    let ids: BTreeSet<_> = recorded.iter().copied().collect();
    assert_eq!(recorded.len(), ids.len(), "a volume is recorded twice");
    let orphans: Vec<_> = world.cloud.keys().filter(|id| !ids.contains(id)).collect();
    assert!(orphans.is_empty() && world.state.operations.is_empty(), "{orphans:?} {:?}", world.state.operations);
}

/// What each address looks like in the end.
fn looks(world: &World) -> BTreeMap<Address, (String, Option<String>)> {
    let volumes = world.state.volumes.iter().filter_map(|(address, recorded)| {
        let volume = world.cloud.get(&recorded.id)?;
        Some((address.clone(), (volume.name.clone(), volume.description.clone())))
    });
    volumes.collect()
}

proptest! {
    #![proptest_config(config(192))]

    #[test]
    fn a_plan_that_was_carried_out_leaves_nothing_to_plan(mut world in any_world(), wishes in any_wishes()) {
        let manifest = wishes.manifest(false);
        let plan = world.plan(&manifest);
        keeps_the_rules(&world, &manifest, &plan);
        world.run(&plan, &mut Fuse(UNCUT)).unwrap();
        let mut after = world.plan(&manifest);
        // What a call of an earlier run makes that is not asked for any more is deleted by the next.
        // So is what this one stopped protecting.
        let deletes = !after.is_empty() && after.steps.iter().all(|step| matches!(step, Step::Delete(_)));
        if deletes {
            world.run(&after, &mut Fuse(UNCUT)).unwrap();
            after = world.plan(&manifest);
        }
        prop_assert!(after.is_empty(), "{:?}", after);
        if !deletes {
            prop_assert_eq!(refused(&plan), refused(&after));
        }
        owns_all_it_made(&world);
        let looks = looks(&world);
        for (key, wish) in &manifest.volumes {
            let described = wish.specs.common().description.as_ref().map(ToString::to_string).filter(|text| !text.is_empty());
            for slot in wish.slots() {
                // What looks as if its key had been renamed is not made.
                let Some((name, description)) = looks.get(&Address { key: key.clone(), slot }) else {
                    let withheld = evsctl::plan::refused(after.refusals.iter().map(|refusal| &refusal.about));
                    prop_assert!(withheld.get(key).is_some_and(|slots| slots.contains(slot)), "{}[{}]", key, slot);
                    continue;
                };
                prop_assert_eq!(description, &described, "{}[{}]", key, slot);
                let wanted = slot_name(wish.name.as_str(), wish.count, slot);
                prop_assert!(wishes.by_service || *name == wanted, "{}[{}] is called {:?}", key, slot, name);
            }
        }
    }

    #[test]
    fn the_same_input_gives_the_same_bytes(world in any_world(), wishes in any_wishes()) {
        let manifest = wishes.manifest(false);
        let first = world.plan(&manifest);
        let text = document::to_json(&first);
        prop_assert_eq!(&text, &document::to_json(&world.plan(&manifest)));
        prop_assert_eq!(&document::from_json(text.as_bytes()).unwrap(), &first);
        // Neither the order in which the cloud lists nor that of the keys moves what is approved.
        let mut backwards = world.clone();
        backwards.cloud = world.cloud.clone().into_iter().rev().collect();
        prop_assert_eq!(&text, &document::to_json(&backwards.plan(&manifest)));
        let reversed = world.plan(&wishes.manifest(true));
        prop_assert_eq!(first.changes(), reversed.changes());
        prop_assert_eq!(&first.refusals, &reversed.refusals);
    }
}

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn a_run_that_was_cut_ends_like_one_that_was_not(world in any_world(), wishes in any_wishes(), picks in prop::collection::vec(any::<prop::sample::Index>(), 12)) {
        let manifest = wishes.manifest(false);
        let plan = world.plan(&manifest);
        let mut whole = world.clone();
        let mut fuse = Fuse(UNCUT);
        whole.run(&plan, &mut fuse).unwrap();
        let expected = settle(&mut whole, &manifest);
        let length = UNCUT - fuse.0;
        // Every place of a short run, some of a long one.
        let cuts: BTreeSet<usize> = if length <= 24 { (0..length).collect() } else { picks.iter().map(|pick| pick.index(length)).collect() };
        for cut in cuts {
            let mut world = world.clone();
            world.run(&plan, &mut Fuse(cut)).unwrap_err();
            let rest = settle(&mut world, &manifest);
            prop_assert_eq!(refused(&rest), refused(&expected), "cut after {}", cut);
            owns_all_it_made(&world);
            // By the service's own numbers, a call cut in two has others.
            if wishes.by_service {
                prop_assert_eq!(looks(&world).len(), looks(&whole).len(), "cut after {}", cut);
            } else {
                prop_assert_eq!(looks(&world), looks(&whole), "cut after {}", cut);
            }
        }
    }

    #[test]
    fn a_state_that_was_lost_in_part_or_whole_is_restored_from_the_cloud(wishes in any_wishes(), lost in prop::collection::vec(any::<prop::sample::Index>(), 0..6), all in any::<bool>()) {
        let wishes = Wishes { by_service: false, ..wishes };
        let manifest = wishes.manifest(false);
        let mut world = World::new();
        settle(&mut world, &manifest);
        let mut old = world.state.clone();
        for pick in &lost {
            let Some(address) = old.volumes.keys().nth(pick.index(old.volumes.len().max(1))).cloned() else { break };
            let volume = old.volumes.remove(&address).unwrap();
            old.ended.remove(&volume.call.unwrap());
        }
        let remains = Remains {
            desired: &manifest,
            cloud: &world.state.cloud,
            recorded: (!all).then_some(&old),
            volumes: &world.cloud,
            lineage: None,
            at: jiff::Timestamp::UNIX_EPOCH,
        };
        let rebuilt = plan::rebuild(remains).unwrap();
        prop_assert_eq!(&rebuilt.left, &[]);
        let Some(state) = rebuilt.state else {
            prop_assert!(world.cloud.is_empty());
            return Ok(());
        };
        let ids = |state: &evsctl::state::State| -> BTreeMap<_, _> {
            state.volumes.iter().map(|(address, volume)| (address.clone(), volume.id.clone())).collect()
        };
        prop_assert_eq!(ids(&state), ids(&world.state));
        // No id that was used is free to be used again.
        let restored = rebuilt.restored.iter().filter_map(|volume| state.volumes[&volume.address].call.as_ref());
        prop_assert!(restored.into_iter().all(|call| state.ended.contains_key(call)));
        prop_assert_eq!(&state.lineage, &world.state.lineage);
        world.state = state;
        let plan = world.plan(&manifest);
        prop_assert!(plan.is_empty() && plan.refusals.is_empty(), "{:?}", plan);
    }

    #[test]
    fn a_manifest_that_changed_after_a_cut_buys_nothing_twice(first in any_wishes(), cut in 0usize..60, second in any_wishes()) {
        let mut world = World::new();
        let _ = world.run(&world.plan(&first.manifest(false)), &mut Fuse(cut));
        let last = settle(&mut world, &second.manifest(false));
        // A call in doubt that nobody wants any more stays open and is told; nothing else does.
        let doubtful: BTreeSet<Key> = world.state.operations.values().flat_map(Operation::addresses).map(|it| it.key).collect();
        for key in doubtful {
            prop_assert!(last.steps.iter().any(|step| matches!(step, Step::Resume(_)) && step.by_key().iter().any(|(of, _)| **of == key)));
        }
        let recorded: BTreeSet<_> = world.state.volumes.values().map(|volume| &volume.id).collect();
        for id in world.cloud.keys().filter(|id| !recorded.contains(id)) {
            let call = id.as_str().split('-').next().unwrap();
            prop_assert!(world.state.operations.keys().any(|open| open.as_str() == call), "{} is an orphan", id);
        }
    }
}
