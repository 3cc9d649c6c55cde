//! A run in memory: a cloud that does what it is asked, and a recorder that keeps every change in the order
//! in which `apply` does; it can be cut after any of them.

use crate::scenarios::cloud_of;
use evsctl::manifest::{self, Manifest, SourceFile};
use evsctl::observed::{Observed, ObservedVolume, Status};
use evsctl::operation::CreateCall;
use evsctl::operation::{Create, Failure, Kind, Leftover, Operation, Owner, Progress, Reason, Taint};
use evsctl::plan::{self, Adopt, Inputs, Plan, Selection, Stage, Step};
use evsctl::state::{Change, CreatedVolume, Intended, Seen, Sent, State};
use evsctl::volume::{Address, CallId, JobId, Lineage, Receipt, Slot, StackName, VolumeId, service_name};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What one entry of a manifest asks for.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) count: u32,
    pub(crate) named: Option<&'static str>,
    pub(crate) description: Option<&'static str>,
    /// A slot to give up, where there are several.
    pub(crate) retired: Option<u32>,
    /// Whether nothing deletes them.
    pub(crate) protected: bool,
}

/// What a manifest asks for.
#[derive(Debug, Clone)]
pub(crate) struct Wishes {
    pub(crate) by_service: bool,
    pub(crate) volumes: BTreeMap<&'static str, Wish>,
}

/// What happens to a volume while nobody looks; the number picks one of the recorded.
#[derive(Debug, Clone)]
pub(crate) enum Accident {
    Gone(usize),
    Renamed(usize, &'static str),
    Described(usize),
    Grown(usize),
    /// As a failed create job would have left it.
    Broken(usize),
}

/// One stack, and its project in the cloud.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) cloud: BTreeMap<VolumeId, ObservedVolume>,
    /// What each call has made: sending it again with its token makes nothing new.
    made: BTreeMap<CallId, BTreeMap<Slot, VolumeId>>,
}

/// The run is over before its work is.
#[derive(Debug)]
pub(crate) struct Cut;

/// Counts what may still happen before the cut.
pub(crate) struct Fuse(pub(crate) usize);

impl Fuse {
    fn burn(&mut self) -> Result<(), Cut> {
        self.0 = self.0.checked_sub(1).ok_or(Cut)?;
        Ok(())
    }
}

impl Wishes {
    /// As a manifest, its keys in order or in the reverse of it.
    pub(crate) fn manifest(&self, reversed: bool) -> Manifest {
        let mut text =
            format!("stack: test\ncloud: {{ region: cn-north-4, project_id: {} }}\n", crate::support::PROJECT);
        writeln!(text, "naming: {}", if self.by_service { "service" } else { "slot" }).unwrap();
        text.push_str("defaults: { availability_zone: az-dc-1, volume_type: SSD, size: 40 }\nvolumes:");
        let mut entries: Vec<String> = self.volumes.iter().map(|(key, wish)| wish.entry(key)).collect();
        if reversed {
            entries.reverse();
        }
        text.push_str(if entries.is_empty() { " {}\n" } else { "\n" });
        text.extend(entries);
        let file = SourceFile::own("test.yaml", text.clone().into_bytes());
        manifest::parse(&[file]).unwrap_or_else(|problems| panic!("{text}{problems:?}"))
    }
}

impl Wish {
    fn entry(&self, key: &str) -> String {
        let Wish { count, named, description, retired, protected } = self;
        let mut text = format!("  {key}: {{ count: {count}");
        if let Some(name) = named {
            write!(text, ", name: {name}-{key}").unwrap();
        }
        if let Some(description) = description {
            write!(text, ", description: \"{description}\"").unwrap();
        }
        let retired = retired.filter(|slot| *slot <= *count && *count > 1);
        let retired: Vec<u32> = retired.into_iter().collect();
        write!(text, ", lifecycle: {{ prevent_destroy: {protected}, retire: {retired:?} }}").unwrap();
        text + " }\n"
    }
}

impl World {
    pub(crate) fn new() -> World {
        let manifest = Wishes { by_service: false, volumes: BTreeMap::new() }.manifest(false);
        let lineage = Lineage::new("abcd2345").unwrap();
        let state = State::new(StackName::new("test").unwrap(), lineage, cloud_of(&manifest));
        World { state, cloud: BTreeMap::new(), made: BTreeMap::new() }
    }

    pub(crate) fn observed(&self) -> Observed {
        let ids = self.state.volumes.values().map(|volume| &volume.id);
        let gone = ids.filter(|id| !self.cloud.contains_key(*id)).cloned().collect();
        Observed { volumes: self.cloud.clone(), gone, snapshots: Some(Ok(BTreeMap::new())), ..Observed::default() }
    }

    pub(crate) fn plan(&self, manifest: &Manifest) -> Plan {
        plan::make(Inputs {
            desired: manifest,
            cloud: &self.state.cloud,
            recorded: Some(&self.state),
            observed: Some(&self.observed()),
            selection: &Selection::default(),
            as_of: crate::support::TODAY,
        })
    }

    pub(crate) fn befall(&mut self, accident: &Accident) {
        let (Accident::Gone(n)
        | Accident::Renamed(n, _)
        | Accident::Described(n)
        | Accident::Grown(n)
        | Accident::Broken(n)) = accident;
        let count = self.state.volumes.len();
        let Some(recorded) = self.state.volumes.values_mut().nth(n % count.max(1)) else { return };
        let Some(volume) = self.cloud.get_mut(&recorded.id) else { return };
        match accident {
            Accident::Gone(_) => {
                self.cloud.remove(&recorded.id);
            }
            Accident::Renamed(_, name) => (*name).clone_into(&mut volume.name),
            Accident::Described(_) => volume.description = Some("from outside".to_owned()),
            Accident::Grown(_) => volume.size += 10,
            Accident::Broken(_) => {
                volume.status = Status::Error;
                recorded.seen.status = Status::Error;
                let (code, reason) = ("EVS.2024".to_owned(), "volume is error!".to_owned().into());
                recorded.tainted = Some(Taint::Failed(Leftover { code, reason, at: None }));
            }
        }
    }

    /// Carries a plan out, step by step, as far as the fuse lets it.
    pub(crate) fn run(&mut self, plan: &Plan, fuse: &mut Fuse) -> Result<(), Cut> {
        self.state.serial += 1;
        self.state.approved = Some(plan::approval_of(plan));
        for step in plan.steps.iter() {
            match step {
                Step::Create(create) => self.create(create, fuse)?,
                Step::Extend(extend) => self.alter(None, &Kind::Extend(extend.clone()), fuse)?,
                Step::Delete(removal) => self.alter(None, &Kind::Delete(removal.into()), fuse)?,
                Step::Resume(resume) if resume.work.as_create().is_none() => {
                    let kind = self.state.operations[&resume.call].kind.clone();
                    if resume.wanted {
                        self.alter(Some(&resume.call), &kind, fuse)?;
                    } else {
                        // What it did shows on the volumes.
                        let at = jiff::Timestamp::UNIX_EPOCH;
                        self.record(Change::Closed { call: resume.call.clone(), at }, fuse)?;
                    }
                }
                Step::Resume(resume) => {
                    let (call, create) = (&resume.call, resume.work.as_create().unwrap());
                    match &resume.stage {
                        Stage::Intended if !resume.wanted => {
                            let failure = Failure { code: String::new(), reason: Reason::Unwanted };
                            let at = jiff::Timestamp::UNIX_EPOCH;
                            self.record(Change::Refused { call: call.clone(), failure, at }, fuse)?;
                            continue;
                        }
                        // Neither sent again nor concluded: nothing of it shows.
                        Stage::Sent if !resume.wanted && !self.made.contains_key(call) => continue,
                        Stage::Forgotten => self.intend(call, create, fuse)?,
                        _ => {}
                    }
                    if !matches!(resume.stage, Stage::Job(_)) {
                        self.post(call, create, fuse)?;
                    }
                    self.follow(call, create, fuse)?;
                }
                Step::Rename(rename) => {
                    fuse.burn()?;
                    let volume = self.cloud.get_mut(&rename.id).unwrap();
                    volume.name = rename.after.name.to_string();
                    volume.description = rename.after.description.as_ref().map(ToString::to_string);
                    let (name, description) = (rename.after.name.clone(), rename.after.description.clone());
                    self.record(Change::Renamed { address: rename.address.clone(), name, description }, fuse)?;
                }
                Step::Retag(retag) => {
                    fuse.burn()?;
                    let volume = self.cloud.get_mut(&retag.id).unwrap();
                    volume.tags.extend(retag.set.clone());
                    fuse.burn()?;
                    let volume = self.cloud.get_mut(&retag.id).unwrap();
                    volume.tags.retain(|key, _| !retag.remove.contains(key));
                    if let Some(tags) = retag.after.clone() {
                        self.record(Change::Retagged { address: retag.address.clone(), tags }, fuse)?;
                    }
                }
                Step::Protect(step) => self.record(Change::Protected { address: step.address.clone() }, fuse)?,
                Step::Unprotect(step) => self.record(Change::Unprotected { address: step.address.clone() }, fuse)?,
                Step::Clean(clean) => {
                    fuse.burn()?;
                    self.cloud.remove(&clean.id);
                    self.record(Change::Removed { address: clean.address.clone(), id: clean.id.clone() }, fuse)?;
                }
                Step::Adopt(adopt) => {
                    let Adopt { address, id, call, gone, seen, asked } = adopt.clone();
                    self.record(Change::Adopted { address, call, gone, id, seen, asked }, fuse)?;
                }
                Step::Move(_) | Step::Release(_) | Step::Import(_) => unreachable!(),
                Step::Forget(forget) => {
                    self.record(Change::Removed { address: forget.address.clone(), id: forget.id.clone() }, fuse)?;
                }
            }
        }
        Ok(())
    }

    /// Changes volumes: begun afresh, or by that call of an earlier run.
    fn alter(&mut self, resumed: Option<&CallId>, kind: &Kind, fuse: &mut Fuse) -> Result<(), Cut> {
        let at = jiff::Timestamp::UNIX_EPOCH;
        let call = match resumed {
            Some(call) => call.clone(),
            None => {
                let call = plan::change_id(&self.state, self.state.serial, kind);
                let body = Operation { kind: kind.clone(), first_sent: None, progress: Progress::Intended, at };
                self.record(Change::Intent(Intended { call: call.clone(), body }), fuse)?;
                call
            }
        };
        fuse.burn()?;
        match kind {
            Kind::Extend(extend) => {
                for growth in extend.volumes.values() {
                    if let Some(volume) = self.cloud.get_mut(&growth.id) {
                        volume.size = volume.size.max(growth.to.gb());
                    }
                }
                for (address, growth) in &extend.volumes {
                    let (call, address, size) = (call.clone(), address.clone(), growth.to);
                    self.record(Change::Extended { call, address, size }, fuse)?;
                }
            }
            Kind::Delete(delete) => {
                self.cloud.remove(&delete.id);
                self.record(Change::Removed { address: delete.address.clone(), id: delete.id.clone() }, fuse)?;
            }
            Kind::Create(_) => unreachable!(),
        }
        self.record(Change::Done { call, at }, fuse)
    }

    fn record(&mut self, change: Change, fuse: &mut Fuse) -> Result<(), Cut> {
        fuse.burn()?;
        self.state.fold(change).unwrap();
        self.state.journal_sequence += 1;
        Ok(())
    }

    fn create(&mut self, create: &Create, fuse: &mut Fuse) -> Result<(), Cut> {
        let call = plan::call_id(&self.state, self.state.serial, create);
        self.intend(&call, create, fuse)?;
        self.post(&call, create, fuse)?;
        self.follow(&call, create, fuse)
    }

    fn intend(&mut self, call: &CallId, create: &Create, fuse: &mut Fuse) -> Result<(), Cut> {
        let body = Operation {
            kind: Kind::Create(CreateCall {
                create: create.clone(),
                tag: evsctl::volume::OwnershipTag::default(),
                token: plan::token(&self.state.lineage, call),
            }),
            first_sent: None,
            progress: Progress::Intended,
            at: jiff::Timestamp::UNIX_EPOCH,
        };
        self.record(Change::Intent(Intended { call: call.clone(), body }), fuse)
    }

    /// The cloud makes the volumes, named as it names them; a second time it only says so again.
    fn post(&mut self, call: &CallId, create: &Create, fuse: &mut Fuse) -> Result<(), Cut> {
        let at = jiff::Timestamp::UNIX_EPOCH;
        self.record(Change::Sent(Sent { call: call.clone(), at, token: true, own: None }), fuse)?;
        fuse.burn()?;
        if !self.made.contains_key(call) {
            let (stack, lineage) = (self.state.stack.clone(), self.state.lineage.clone());
            let tag = Owner { stack, lineage, call: call.clone() }.value();
            let single = create.slots.len() == 1;
            let mut made = BTreeMap::new();
            for (number, slot) in (1..).zip(create.slots.keys()) {
                let name = if single { create.name.to_string() } else { service_name(create.name.as_str(), number) };
                let id = VolumeId::new(format!("{call}-{number}")).unwrap();
                let spec = &create.spec;
                let volume = ObservedVolume {
                    name,
                    description: spec.description.as_ref().map(ToString::to_string).filter(|text| !text.is_empty()),
                    status: Status::Available,
                    size: spec.size.unwrap().gb(),
                    volume_type: spec.volume_type.to_string(),
                    availability_zone: spec.zone.to_string(),
                    prepaid: spec.prepaid.is_some(),
                    tags: BTreeMap::from([("evsctl".to_owned(), tag.clone())]),
                    ..ObservedVolume::of(id.clone())
                };
                self.cloud.insert(id.clone(), volume);
                made.insert(*slot, id);
            }
            self.made.insert(call.clone(), made);
        }
        let job_id = JobId::new(format!("job-{call}")).unwrap();
        self.record(
            Change::Accepted {
                call: call.clone(),
                receipt: Receipt::Job(job_id),
                named: Vec::new(),
                at: jiff::Timestamp::UNIX_EPOCH,
            },
            fuse,
        )
    }

    fn follow(&mut self, call: &CallId, create: &Create, fuse: &mut Fuse) -> Result<(), Cut> {
        let made = self.made[call].clone();
        let volumes = made.iter().map(|(slot, id)| {
            let seen = Seen::from(&self.cloud[id]);
            CreatedVolume { slot: *slot, id: id.clone(), seen, tainted: None }
        });
        self.record(Change::Created { call: call.clone(), volumes: volumes.collect() }, fuse)?;
        for (slot, id) in made.iter().rev() {
            let wanted = &create.slots[slot];
            if self.cloud[id].name == wanted.as_str() {
                continue;
            }
            fuse.burn()?;
            self.cloud.get_mut(id).unwrap().name = wanted.to_string();
            let address = Address { key: create.key.clone(), slot: *slot };
            let description = create.spec.description.clone();
            self.record(Change::Renamed { address, name: wanted.clone(), description }, fuse)?;
        }
        self.record(Change::Done { call: call.clone(), at: jiff::Timestamp::UNIX_EPOCH }, fuse)
    }
}
