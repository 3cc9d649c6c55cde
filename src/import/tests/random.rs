//! Whatever a project holds: what is written is valid, and says of each volume what the cloud shows of it.

use super::{HEAD, files, parsed, told, volume};
use crate::import::{Draft, Known, draft, insert};
use crate::manifest::{Manifest, SourceFile};
use crate::observed::{Observed, ObservedVolume, Status};
use crate::plan::{self, Inputs, Plan, Selection, Step};
use crate::state::CloudId;
use crate::volume::{Metadata, Source, slot_name};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        ("[a-c]", 1..12u32).prop_map(|(base, number)| format!("{base}-{number:04}")),
        "[a-c]",
        "[ -~]{1,12}",
        "\\PC{0,8}",
        Just("yes".to_owned()),
        Just("007".to_owned()),
        Just("null".to_owned()),
    ]
}

fn text() -> impl Strategy<Value = Option<String>> {
    proptest::option::weighted(0.3, prop_oneof!["[a-z ]{1,20}", "\\PC{1,20}", "[\\x00-\\x7f]{1,10}"])
}

fn metadata() -> impl Strategy<Value = BTreeMap<String, String>> {
    let flag = |yes: &'static str, no: &'static str| prop_oneof![Just(yes), Just(no), Just("")];
    (flag("1", "0"), flag("True", "false"), any::<bool>()).prop_map(|(encrypted, scsi, keyed)| {
        let key = if keyed && encrypted == "1" { "37b0d52e-c249-40d6-83cb-2b93f22445bd" } else { "" };
        let all = [(Metadata::ENCRYPTED, encrypted), (Metadata::PASSTHROUGH, scsi), (Metadata::CMK_ID, key)];
        let there = all.into_iter().filter(|(_, value)| !value.is_empty());
        there.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    })
}

prop_compose! {
    fn one()(
        name in name(),
        description in text(),
        size in prop_oneof![Just(40u32), 1..200u32],
        kind in prop_oneof![Just("SSD"), Just("SAS"), Just("GPSSD2"), Just("ESSD2")],
        rates in (proptest::option::of(3000..4000u32), proptest::option::of(125..300u32)),
        zone in prop_oneof![Just("cn-north-4a"), Just("cn-north-4b")],
        shared in proptest::option::of(proptest::bool::weighted(0.2)),
        metadata in metadata(),
        tags in proptest::collection::btree_map("[a-c]{1}", "[a-z0-9._]{0,4}", 0..3),
        source in proptest::option::weighted(0.2, any::<bool>()),
        project in prop_oneof![Just(None), Just(Some("0")), Just(Some("e-1"))],
        status in prop_oneof![8 => Just("available"), 2 => Just("in-use"), 1 => Just("error"), 1 => Just("creating")],
        prepaid in proptest::bool::weighted(0.1),
    ) -> ObservedVolume {
        ObservedVolume {
            description: description.filter(|text| !text.is_empty()),
            size,
            status: Status::new(status),
            volume_type: kind.to_owned(),
            iops: rates.0,
            throughput: rates.1,
            availability_zone: zone.to_owned(),
            multiattach: shared,
            metadata,
            tags,
            snapshot_id: (source == Some(true)).then(|| "s-1".to_owned()),
            image_id: (source == Some(false)).then(|| "i-1".to_owned()),
            enterprise_project_id: project.map(str::to_owned),
            prepaid,
            ..volume(0, &name)
        }
    }
}

fn heads() -> impl Strategy<Value = String> {
    let own = "volumes:\n  a: { size: 10, availability_zone: cn-north-4a, volume_type: SSD } # ours\n";
    prop_oneof![
        Just(format!("{HEAD}volumes: {{}}\n")),
        Just(format!("{HEAD}{own}")),
        Just(format!(
            "{HEAD}defaults: {{ availability_zone: cn-north-4b, volume_type: SAS, tags: {{ a: x }}, description: d }}\n{own}"
        )),
        Just(format!(
            "{HEAD}defaults: {{ metadata: {{ \"hw:passthrough\": \"true\" }}, multiattach: true, enterprise_project_id: e-1, size: 40 }}\n{own}"
        )),
    ]
}

/// Makes sure that an entry says of a volume what the cloud shows of it.
fn is_said(manifest: &Manifest, key: &crate::volume::Key, slot: crate::volume::Slot, volume: &ObservedVolume) {
    let wish = &manifest.volumes[key];
    assert!(wish.has(slot), "{key}[{slot}]");
    assert_eq!(slot_name(wish.name.as_str(), wish.count, slot), volume.name);
    let spec = wish.specs.in_zone(&volume.availability_zone).unwrap_or_else(|| panic!("{key}[{slot}]"));
    assert_eq!(spec.volume_type.as_str(), volume.volume_type);
    assert_eq!(spec.size.map(crate::volume::SizeGb::gb), Some(volume.size));
    assert_eq!(spec.shown_description(), volume.description.as_deref());
    if wish.stated.multiattach {
        assert_eq!(Some(spec.multiattach), volume.multiattach);
    } else {
        assert_ne!(volume.multiattach, Some(true));
    }
    for (key, value) in spec.tags.pairs() {
        assert_eq!(volume.tags.get(key), Some(value));
    }
    let is = |key: &str, yes: &str| volume.metadata.get(key).is_some_and(|value| value.eq_ignore_ascii_case(yes));
    let says = |key: &str, yes: &str| spec.metadata.pairs().get(key).is_some_and(|value| value == yes);
    if spec.source == Source::Blank {
        assert_eq!(says(Metadata::ENCRYPTED, "1"), is(Metadata::ENCRYPTED, "1"));
        assert_eq!(says(Metadata::PASSTHROUGH, "true"), is(Metadata::PASSTHROUGH, "true"));
        assert_eq!(spec.metadata.pairs().get(Metadata::CMK_ID), volume.metadata.get(Metadata::CMK_ID));
    }
    let snapshot = volume.snapshot_id.as_ref();
    match &spec.source {
        Source::Blank => assert!(snapshot.is_none() && volume.image_id.is_none()),
        Source::Snapshot(id) => assert_eq!(Some(id.as_str()), snapshot.map(String::as_str)),
        Source::Image(id) => assert_eq!(Some(id.as_str()), volume.image_id.as_deref()),
        Source::Backup(_) => panic!("no answer shows a backup"),
    }
    let project = spec.enterprise_project_id.as_ref().map(|id| id.as_str());
    assert!(project.is_none() || project == volume.enterprise_project_id.as_deref());
    let shown = |rate: Option<u32>, of: Option<u32>| rate.is_none() || rate == of;
    assert!(shown(spec.iops, volume.iops) && shown(spec.throughput, volume.throughput));
    assert!(spec.prepaid.is_none());
}

/// The draft for these volumes, and the files with it in them.
fn written(head: &str, volumes: &[ObservedVolume]) -> (Draft, Vec<SourceFile>) {
    let files = files(&[head]);
    let before = parsed(&files);
    let known = Known { files: &files, manifest: &before, state: None };
    let draft = draft(known, volumes.iter());
    let inserted = insert(known, &draft, &told).unwrap_or_else(|why| panic!("{why:#?}"));
    assert!(inserted.len() <= 1);
    (draft, inserted.into_iter().next().map_or(files, |file| vec![file]))
}

/// Gives each volume an id of its own.
fn numbered(mut volumes: Vec<ObservedVolume>) -> Vec<ObservedVolume> {
    for (number, it) in volumes.iter_mut().enumerate() {
        it.id = volume(number as u32, "").id;
    }
    volumes
}

/// The plan of that manifest before anything is recorded.
fn planned(desired: &Manifest, volumes: &[ObservedVolume]) -> Plan {
    let cloud =
        CloudId { region: None, endpoint: "https://evs.example.invalid".to_owned(), project_id: "p".to_owned() };
    let volumes = volumes.iter().map(|volume| (volume.id.clone(), volume.clone())).collect();
    let observed = Observed { volumes, ..Observed::default() };
    plan::make(Inputs {
        desired,
        cloud: &cloud,
        recorded: None,
        observed: Some(&observed),
        selection: &Selection::default(),
        as_of: jiff::civil::date(2027, 1, 31),
    })
}

proptest! {
    #[test]
    fn what_is_written_is_valid_and_says_what_is_there(
        volumes in proptest::collection::vec(one(), 1..30).prop_map(numbered),
        head in heads(),
    ) {
        let (draft, files) = written(&head, &volumes);
        let after = parsed(&files);
        let mut ids = BTreeSet::new();
        for entry in &draft.entries {
            for (address, id) in entry.addresses() {
                let volume = volumes.iter().find(|volume| volume.id == *id).unwrap();
                is_said(&after, &address.key, address.slot, volume);
                prop_assert!(ids.insert(id.to_string()));
            }
            let slots: Vec<_> = after.volumes[&entry.key].slots().collect();
            prop_assert_eq!(slots, entry.volumes.keys().copied().collect::<Vec<_>>());
        }
        let left: BTreeSet<String> = draft.left.iter().filter_map(|left| left.id.clone()).collect();
        prop_assert_eq!(left.len(), draft.left.len());
        prop_assert!(left.is_disjoint(&ids));
        prop_assert_eq!(left.len() + ids.len(), volumes.len());
        for usable in volumes.iter().filter(|it| it.status == Status::Error) {
            prop_assert!(left.contains(usable.id.as_str()));
        }
    }

    #[test]
    fn what_is_written_is_taken_over_and_marked_and_nothing_else_is_done_about_it(
        volumes in proptest::collection::vec(one(), 1..30).prop_map(numbered),
        head in heads(),
    ) {
        let (draft, files) = written(&head, &volumes);
        let plan = planned(&parsed(&files), &volumes);
        prop_assert!(plan.refusals.is_empty(), "{:#?}", plan.refusals);
        let keys: BTreeSet<&str> = draft.entries.iter().map(|entry| entry.key.as_str()).collect();
        let mut imported = 0;
        for step in &plan.steps {
            match step {
                Step::Import(_) => imported += 1,
                Step::Retag(retag) => prop_assert!(retag.changes.is_empty(), "{retag:?}"),
                // The volume that the manifest asked for before.
                Step::Create(create) => prop_assert!(!keys.contains(create.key.as_str()), "{create:?}"),
                step => prop_assert!(false, "{step:?}"),
            }
        }
        prop_assert_eq!(imported, draft.volumes());
    }
}
