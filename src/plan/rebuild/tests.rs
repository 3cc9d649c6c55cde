use super::*;
use crate::manifest::{self, SourceFile};
use crate::observed::Status;
use crate::operation::CreateCall;
use crate::operation::{Create, Kind, Operation, Owner, Progress};
use crate::volume::{Key, Slot, StackName, VolumeName};

struct World {
    desired: Manifest,
    cloud: CloudId,
    volumes: BTreeMap<VolumeId, ObservedVolume>,
}

fn lineage(number: u8) -> Lineage {
    Lineage::from_random([number; 5])
}

fn call(number: u8) -> CallId {
    CallId::from_hash(&[number; 32])
}

impl World {
    fn new() -> World {
        let text = "stack: s\ncloud: { simulator: true }\ndefaults: { availability_zone: az-1, volume_type: SSD, \
                    size: 40 }\nvolumes:\n  data: { count: 4 }\n  web: {}\n";
        let file = SourceFile::own("test.yaml", text);
        let cloud = CloudId { region: None, endpoint: CloudId::SIMULATOR.to_owned(), project_id: "p".to_owned() };
        World { desired: manifest::parse(&[file]).unwrap(), cloud, volumes: BTreeMap::new() }
    }

    fn has(&mut self, id: &str, name: &str, made_by: (u8, u8)) -> &mut ObservedVolume {
        let id = VolumeId::new(id).unwrap();
        let tag =
            Owner { stack: self.desired.stack.clone(), lineage: lineage(made_by.0), call: call(made_by.1) }.value();
        let volume = ObservedVolume {
            name: name.to_owned(),
            status: Status::Available,
            size: 40,
            volume_type: "SSD".to_owned(),
            availability_zone: "az-1".to_owned(),
            tags: [("evsctl".to_owned(), tag)].into(),
            ..ObservedVolume::of(id.clone())
        };
        self.volumes.entry(id).or_insert(volume)
    }

    fn rebuild(&self, recorded: Option<&State>) -> Rebuilt {
        let World { desired, cloud, volumes } = self;
        let at = jiff::Timestamp::UNIX_EPOCH;
        rebuild(Remains { desired, cloud, recorded, volumes, lineage: None, at }).unwrap()
    }
}

fn reasons(rebuilt: &Rebuilt) -> Vec<(&str, String)> {
    rebuilt.left.iter().map(|left| (left.volume.id.as_str(), crate::words::rebuild::unplaced(&left.reason))).collect()
}

#[test]
fn what_is_not_certain_is_left_with_its_reason() {
    let mut world = World::new();
    world.has("a", "data-0001", (1, 1));
    world.has("b", "data-0002", (1, 1));
    world.has("c", "data-0002", (1, 2));
    world.has("d", "data-0003", (1, 2)).availability_zone = "az-2".to_owned();
    world.has("e", "data-0004", (1, 2)).volume_type = "SAS".to_owned();
    world.has("f", "data-0005", (1, 3));
    world.has("g", "web", (1, 4)).status = Status::Deleting;
    let rebuilt = world.rebuild(None);
    assert_eq!(
        reasons(&rebuilt),
        [
            ("b", "2 volumes claim data[2]".to_owned()),
            ("c", "2 volumes claim data[2]".to_owned()),
            ("d", "data[3] shall be in zone az-1".to_owned()),
            ("e", "data[4] shall be of type SSD".to_owned()),
            ("f", "its name is that of no volume in the manifest".to_owned()),
        ]
    );
    let state = rebuilt.state.unwrap();
    assert_eq!((state.serial, state.volumes.len()), (3, 1));
    assert!(state.ended.is_empty(), "a call of which some is left stays unknown, so that nothing is made beside it");
}

#[test]
fn what_shall_be_prepaid_and_is_not_is_left() {
    let mut world = World::new();
    let text = "stack: s\ncloud: { simulator: true }\ndefaults: { availability_zone: az-1, volume_type: SSD, size: 40, \
                prepaid: { period_type: month, period_num: 1 } }\nvolumes:\n  data: { count: 4 }\n";
    world.desired = manifest::parse(&[SourceFile::own("test.yaml", text)]).unwrap();
    world.has("a", "data-0001", (1, 1)).prepaid = true;
    world.has("b", "data-0002", (1, 1));
    let rebuilt = world.rebuild(None);
    assert_eq!(reasons(&rebuilt), [("b", "data[2] shall be prepaid, and it is paid by use".to_owned())]);
    assert_eq!(rebuilt.restored.len(), 1);
}

#[test]
fn what_is_recorded_or_under_way_is_kept_as_it_is() {
    let mut world = World::new();
    let stack = StackName::new("s").unwrap();
    let mut state = State::new(stack, lineage(1), world.cloud.clone());
    world.has("a", "data-0001", (1, 1));
    let first = world.rebuild(None).state.unwrap();
    state.volumes = first.volumes;
    let create = Create {
        key: Key::new("data").unwrap(),
        slots: [(Slot::new(2).unwrap(), VolumeName::new("data-0002").unwrap())].into(),
        name: VolumeName::new("data-0002").unwrap(),
        spec: world.desired.volumes.values().next().unwrap().specs.common().clone(),
        gone: BTreeMap::new(),
        api: Default::default(),
    };
    let body = Operation {
        kind: Kind::Create(CreateCall { create, tag: Default::default(), token: uuid::Uuid::nil() }),
        first_sent: None,
        progress: Progress::Intended,
        at: jiff::Timestamp::UNIX_EPOCH,
    };
    state.operations.insert(call(2), body);
    world.has("b", "data-0002", (1, 2));
    world.has("c", "data-0002", (1, 3));
    world.has("d", "data-0001", (1, 4));
    world.has("e", "data-0003", (1, 5));
    world.has("f", "data-0004", (2, 6));
    let rebuilt = world.rebuild(Some(&state));
    assert_eq!(
        reasons(&rebuilt),
        [
            ("c", "data[2] is the business of a call that is not over".to_owned()),
            ("d", "data[1] is recorded already, as volume a".to_owned()),
            ("f", format!("it is of another state: lineage {}", lineage(2))),
        ]
    );
    assert_eq!((rebuilt.in_doubt, rebuilt.restored.len()), (1, 1));
    let now = rebuilt.state.unwrap();
    assert_eq!((&now.operations, now.serial), (&state.operations, state.serial));
    assert_eq!(now.volumes.len(), 2);
    assert_eq!(now.ended.keys().collect::<Vec<_>>(), [&call(5)]);
    assert_eq!(now.ended[&call(5)].slots.to_string(), "3");
}
