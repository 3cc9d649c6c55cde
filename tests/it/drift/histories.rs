//! Random histories of edits on both sides, with an apply whenever: what the rule of the three promises holds after each.

use crate::support::parsed;
use evsctl::manifest::Manifest;
use evsctl::observed::{Observed, ObservedVolume, Status};
use evsctl::operation::{Kind, Operation, Progress};
use evsctl::plan::{self, Drifted, Inputs, Plan, Selection, Step, Value, Why};
use evsctl::state::{Base, Change, CloudId, Intended, Recorded, Seen, State};
use evsctl::volume::{Address, CallId, Field, Lineage, StackName, VolumeId};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What a volume is, on either side.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Looks {
    size: u32,
    volume_type: &'static str,
    name: &'static str,
    description: &'static str,
    tags: BTreeMap<&'static str, &'static str>,
}

#[derive(Debug, Clone)]
enum Edit {
    /// Adds GB; the cloud only grows, and a manifest may ask for less by a negative number.
    Size(i64),
    Type(&'static str),
    Name(&'static str),
    Description(&'static str),
    Tag(&'static str, Option<&'static str>),
}

#[derive(Debug, Clone)]
enum Turn {
    Cloud(Edit),
    Manifest(Edit),
    /// The manifest takes over what the cloud shows.
    Follow,
    Apply,
}

impl Looks {
    fn edit(&mut self, edit: &Edit, in_cloud: bool) {
        match edit {
            Edit::Size(by) if in_cloud => self.size += u32::try_from(by.unsigned_abs()).unwrap(),
            Edit::Size(by) => self.size = u32::try_from((i64::from(self.size) + by).max(10)).unwrap(),
            Edit::Type(word) => self.volume_type = word,
            Edit::Name(word) => self.name = word,
            Edit::Description(word) => self.description = word,
            Edit::Tag(key, Some(value)) => drop(self.tags.insert(key, value)),
            Edit::Tag(key, None) => drop(self.tags.remove(key)),
        }
    }

    fn manifest(&self) -> Manifest {
        let Looks { size, volume_type, name, description, tags } = self;
        let tags: Vec<String> = tags.iter().map(|(key, value)| format!("{key}: {value}")).collect();
        parsed(&format!(
            "  web: {{ size: {size}, volume_type: {volume_type}, name: {name}, description: \"{description}\", tags: {{ {} }} }}",
            tags.join(", ")
        ))
    }

    fn observed(&self) -> Observed {
        let id = VolumeId::new("v-1").unwrap();
        let volume = ObservedVolume {
            name: self.name.to_owned(),
            description: Some(self.description.to_owned()).filter(|text| !text.is_empty()),
            status: Status::Available,
            size: self.size,
            volume_type: self.volume_type.to_owned(),
            availability_zone: "az-dc-1".to_owned(),
            tags: self.tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            ..ObservedVolume::of(id.clone())
        };
        Observed { volumes: [(id, volume)].into(), ..Observed::default() }
    }
}

fn address() -> Address {
    "web[1]".parse().unwrap()
}

fn cloud_id() -> CloudId {
    CloudId { region: None, endpoint: CloudId::SIMULATOR.to_owned(), project_id: "0a1b".to_owned() }
}

struct Game {
    state: State,
    cloud: Looks,
    wanted: Looks,
}

impl Game {
    fn new() -> Game {
        let looks =
            Looks { size: 40, volume_type: "SSD", name: "web", description: "", tags: BTreeMap::from([("team", "a")]) };
        let mut state = State::new(StackName::new("test").unwrap(), Lineage::from_random(*b"lines"), cloud_id());
        let seen = Seen::from(looks.observed().volumes.values().next().unwrap());
        let base = Base::of(looks.manifest().volumes.values().next().unwrap().specs.common().clone(), &seen);
        let id = VolumeId::new("v-1").unwrap();
        state.volumes.insert(address(), Recorded { id, call: None, tainted: None, seen, base });
        Game { state, cloud: looks.clone(), wanted: looks }
    }

    fn plan(&self, online: bool) -> Plan {
        let (desired, observed) = (self.wanted.manifest(), self.cloud.observed());
        plan::make(Inputs {
            desired: &desired,
            cloud: &cloud_id(),
            recorded: Some(&self.state),
            observed: online.then_some(&observed),
            selection: &Selection::default(),
            as_of: crate::support::TODAY,
        })
    }

    /// Renames, retags, extends, and records; what is refused is left.
    fn apply(&mut self) {
        let plan = self.plan(true);
        let mut changes = plan::refreshed(&plan, &self.wanted.manifest(), &self.state, &self.cloud.observed());
        changes.append(&mut plan::agreements(&plan, &self.state));
        for step in plan.steps {
            match step {
                Step::Rename(rename) => {
                    (self.cloud.name, self.cloud.description) = (self.wanted.name, self.wanted.description);
                    let (name, description) = (rename.after.name, rename.after.description);
                    changes.push(Change::Renamed { address: rename.address, name, description });
                }
                Step::Retag(retag) => {
                    self.cloud.tags.retain(|key, _| !retag.remove.contains(*key));
                    let set = self.wanted.tags.iter().filter(|(key, _)| retag.set.contains_key(**key));
                    self.cloud.tags.extend(set);
                    changes.push(Change::Retagged { address: retag.address, tags: retag.after.unwrap() });
                }
                Step::Extend(extend) => {
                    let (call, at) = (CallId::from_hash(&[1; 32]), jiff::Timestamp::UNIX_EPOCH);
                    let growth = &extend.volumes[&address()];
                    assert_eq!(growth.from, self.cloud.size);
                    self.cloud.size = growth.to.gb();
                    let size = growth.to;
                    let kind = Kind::Extend(extend);
                    let body = Operation { kind, first_sent: None, progress: Progress::Intended, at };
                    changes.extend([
                        Change::Intent(Intended { call: call.clone(), body }),
                        Change::Extended { call: call.clone(), address: address(), size },
                        Change::Done { call, at },
                    ]);
                }
                step => panic!("{step:?}"),
            }
        }
        for change in changes {
            self.state.fold(change).unwrap();
        }
    }

    fn base(&self) -> &Base {
        &self.state.volumes[&address()].base
    }

    /// What must hold whatever happened before.
    fn holds(&self) {
        let plan = self.plan(true);
        let drifted = |field: Field| {
            plan.drift.iter().any(|it| matches!(&it.change, Drifted::Field { field: it, .. } if *it == field))
        };
        let refused = |field: Field| {
            plan.refusals.iter().find_map(|refusal| match &refusal.why {
                Why::Field { change, .. } if change.field == field => Some(change.clone()),
                _ => None,
            })
        };
        let (agreed, wanted, shown) = (self.base().spec.size.unwrap().gb(), self.wanted.size, self.cloud.size);
        assert_eq!(drifted(Field::Size), agreed != shown && wanted != shown, "{agreed} {wanted} {shown}");
        assert_eq!(refused(Field::Size).is_some(), agreed != wanted && wanted < shown, "{agreed} {wanted} {shown}");
        let extends = plan.steps.iter().any(|step| matches!(step, Step::Extend(_)));
        assert_eq!(extends, agreed != wanted && wanted > shown, "{agreed} {wanted} {shown}");
        if let Some(change) = refused(Field::Size) {
            assert_eq!((change.from, change.to), (Some(Value::Number(shown)), Some(Value::Number(wanted))));
        }
        let base = self.base().spec.volume_type.as_str();
        let (wanted, shown) = (self.wanted.volume_type, self.cloud.volume_type);
        assert_eq!(drifted(Field::VolumeType), base != shown && wanted != shown);
        assert_eq!(refused(Field::VolumeType).is_some(), base != wanted && wanted != shown);
        // What is as wanted is quiet, whatever is recorded.
        if self.cloud == self.wanted {
            assert!(plan.drift.is_empty() && plan.refusals.is_empty() && plan.steps.is_empty(), "{plan:?}");
        }
        let labels = (self.cloud.name, self.cloud.description) == (self.wanted.name, self.wanted.description);
        let renames = plan.steps.iter().any(|step| matches!(step, Step::Rename(_)));
        assert_eq!(renames, !labels, "names and descriptions are given, and given back");
        // Tags that it neither asks for nor ever did are other people's.
        let is_own =
            |key: &&str| self.wanted.tags.contains_key(key) || self.base().spec.tags.pairs().contains_key(*key);
        let own: BTreeMap<_, _> = self.cloud.tags.iter().filter(|(key, _)| is_own(key)).collect();
        let retags = plan.steps.iter().any(|step| matches!(step, Step::Retag(_)));
        assert_eq!(retags, own != self.wanted.tags.iter().collect(), "so are tags");
    }

    /// After an apply nothing is left to be agreed on or done, and only what differs is told.
    fn is_quiet(&self) {
        let plan = self.plan(true);
        assert!(plan.agreed.is_empty() && plan.steps.is_empty(), "{plan:?}");
        if self.cloud == self.wanted {
            let offline = self.plan(false);
            assert!(offline.refusals.is_empty() && offline.steps.is_empty(), "{offline:?}");
        }
        assert_eq!(self.state.volumes[&address()].seen.size, self.cloud.size, "what was last seen is recorded");
    }
}

fn edit() -> impl Strategy<Value = Edit> {
    let word = || prop::sample::select(vec!["web", "disk", "data"]);
    prop_oneof![
        (-30..30i64).prop_map(Edit::Size),
        prop::sample::select(vec!["SSD", "SAS", "ESSD"]).prop_map(Edit::Type),
        word().prop_map(Edit::Name),
        prop::sample::select(vec!["", "a", "b"]).prop_map(Edit::Description),
        (prop::sample::select(vec!["team", "env"]), prop::option::of(prop::sample::select(vec!["a", "b"])))
            .prop_map(|(key, value)| Edit::Tag(key, value)),
    ]
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        3 => edit().prop_map(Turn::Cloud),
        3 => edit().prop_map(Turn::Manifest),
        1 => Just(Turn::Follow),
        3 => Just(Turn::Apply),
    ]
}

#[test]
fn what_is_told_and_done_follows_from_base_desired_and_observed() {
    let config = ProptestConfig { cases: 500, ..ProptestConfig::default() };
    proptest!(config, |(turns in prop::collection::vec(turn(), 1..25))| {
        let mut game = Game::new();
        for turn in turns {
            match turn {
                Turn::Cloud(edit) => game.cloud.edit(&edit, true),
                Turn::Manifest(edit) => game.wanted.edit(&edit, false),
                Turn::Follow => game.wanted = game.cloud.clone(),
                Turn::Apply => {
                    game.apply();
                    game.is_quiet();
                }
            }
            game.holds();
        }
    });
}
