//! A state and a run that hold everything that a saved form can hold: what the golden files in `tests/landed` say.

use super::*;
use crate::operation::{Delete, Extend, Growth, Way};
use crate::state::Imported;
use crate::volume::{Description, SlotSet};

fn made(key: &str, slots: std::ops::RangeInclusive<u32>, number: u8, spec: &str) -> (CallId, Operation) {
    let Change::Intent(Intended { call, mut body }) = intent(call_id(number), key, slots, 40) else { unreachable!() };
    let Kind::Create(CreateCall { create, .. }) = &mut body.kind else { unreachable!() };
    create.spec = serde_json::from_str(spec).unwrap();
    (call, body)
}

fn volume(text: &str) -> VolumeId {
    VolumeId::new(text).unwrap()
}

/// To the nanosecond, as clocks of runs tell it.
fn exactly(second: i64) -> jiff::Timestamp {
    at(second) + jiff::SignedDuration::from_nanos(123_456_789)
}

/// The state that [`every_change`] extends.
pub(crate) fn before() -> State {
    let lease = Some(LeaseId::new("0123abcd").unwrap());
    State { serial: 7, lease, journal_sequence: 42, ..empty() }
}

/// Create calls with every field that a specification or a call can have.
fn calls() -> Vec<(CallId, Operation)> {
    let plain = r#"{"availability_zone":"az-1","volume_type":"SSD","size":40,"description":"data","tags":{"asked":"x","spec":"y","team":"卷"}}"#;
    let backup = r#"{"availability_zone":"az-1","volume_type":"SAS","backup_id":"b-1"}"#;
    let snapshot = r#"{"availability_zone":"az-1","volume_type":"SSD","size":10,"snapshot_id":"s-1","metadata":{"full_clone":"0"}}"#;
    let image =
        r#"{"availability_zone":"az-2","volume_type":"SSD","size":10,"imageRef":"i-1","enterprise_project_id":"e-1"}"#;
    let prepaid = r#"{"availability_zone":"az-1","volume_type":"GPSSD2","size":10,"iops":3000,"throughput":125,"prepaid":{"period_type":"month","period_num":3,"auto_renew":true,"auto_pay":true}}"#;
    let server = r#"{"availability_zone":"az-1","volume_type":"SSD","size":10,"multiattach":true,"server_id":"ecs-1","dedicated_storage_id":"d-1"}"#;
    let mut calls = vec![
        made("web", 1..=4, 11, plain),
        made("db.x", 1..=1, 12, backup),
        made("late", 1..=2, 13, snapshot),
        made("lost", 2..=2, 14, image),
        made("paid", 1..=1, 15, prepaid),
        made("held", 1..=3, 16, server),
        made("doubt", 1..=1, 17, plain),
        made("again", 1..=1, 18, plain),
    ];
    let mut create = |place: usize, change: &dyn Fn(&mut CreateCall)| {
        let Kind::Create(call) = &mut calls[place].1.kind else { unreachable!() };
        change(call);
    };
    create(2, &|call| call.tag = OwnershipTag::Off);
    create(3, &|call| call.tag = OwnershipTag::Key("mark".to_owned()));
    create(4, &|call| call.create.api = CreateApi::V21);
    create(6, &|call| call.create.api = CreateApi::V2);
    create(7, &|call| call.create.gone = [(slot(1), volume("again_0"))].into());
    calls
}

/// The same with every change that format 2 did not have when it landed.
pub(crate) fn every_change_by_now() -> Vec<Change> {
    every_change_with_verbs().into_iter().chain([imported()]).collect()
}

/// The changes of format 2 when what changes and deletes volumes came to it.
pub(crate) fn every_change_with_verbs() -> Vec<Change> {
    let protected = ["web[1]", "web[3]", "to-come[1]"].map(|of| Change::Protected { address: address(of) });
    let unprotected = Change::Unprotected { address: address("web[3]") };
    let tags = Tags::new([("team".to_owned(), "卷".to_owned())].into()).unwrap();
    let retagged = Change::Retagged { address: address("late[2]"), tags };
    let further = [retagged].into_iter().chain(protected).chain([unprotected]).chain(altered());
    every_change_with_base().into_iter().chain(further).chain(readdressed()).collect()
}

/// Other addresses, also for volumes of calls that are over, and a volume that is given up.
fn readdressed() -> [Change; 2] {
    let addresses = [("web[2]", "elsewhere[7]"), ("web[4]", "web[9]")].map(|(from, to)| (address(from), address(to)));
    let released = Change::Released { address: address("elsewhere[7]"), id: volume("web_2") };
    [Change::Moved { addresses: addresses.into() }, released]
}

/// Volumes that evsctl did not make, one of which was given up before.
fn imported() -> Change {
    let one = |of: &str, id: &str, number| {
        let base = crate::state::Base { name: id.to_owned(), spec: spec(90) };
        (address(of), Imported { id: volume(id), call: call_id(number), seen: seen(id), base })
    };
    Change::Imported { volumes: [one("taken[1]", "taken_1", 41), one("taken[2]", "web_2", 42)].into() }
}

/// Calls that change volumes, one in each state of its course, and what they do.
fn altered() -> Vec<Change> {
    let growth = |id: &str, agreed| Growth { id: volume(id), agreed, from: 90, to: SizeGb::new(200).unwrap() };
    let agreed = SizeGb::new(90).ok();
    let batch = [(address("late[2]"), growth("late_2", agreed)), (address("web[3]"), growth("web_3", None))].into();
    let single = [(address("web[4]"), growth("web_4", agreed))].into();
    let order = [(address("again[1]"), growth("again_1", agreed))].into();
    let delete = |of: &str, id: &str, snapshots: &[&str]| {
        let snapshots = snapshots.iter().map(|id| SnapshotId::new(*id).unwrap()).collect();
        Kind::Delete(Delete { address: address(of), id: volume(id), snapshots })
    };
    let kinds = [
        Kind::Extend(Extend { volumes: batch, way: Way::Batch }),
        Kind::Extend(Extend { volumes: single, way: Way::Single }),
        Kind::Extend(Extend { volumes: order, way: Way::Order { auto_pay: true } }),
        delete("web[1]", "web_1", &["s-1", "s-2"]),
        delete("db.x[1]", "db_1", &[]),
    ];
    let intent = |(number, kind): (u8, Kind)| {
        let body = Operation { kind, first_sent: None, progress: Progress::Intended, at: at(30) };
        Change::Intent(Intended { call: call_id(number), body })
    };
    let sent = |number, second| Change::Sent(Sent { call: call_id(number), at: at(second), token: false, own: None });
    let taken = |number, receipt| Change::Accepted { call: call_id(number), receipt, named: Vec::new(), at: at(33) };
    (31..)
        .zip(kinds)
        .map(intent)
        .chain([
            sent(31, 31),
            sent(33, 31),
            sent(34, 32),
            taken(31, Receipt::Job(JobId::new("grows").unwrap())),
            taken(33, Receipt::Order(OrderId::new("CS2").unwrap())),
            Change::Extended { call: call_id(31), address: address("late[2]"), size: SizeGb::new(200).unwrap() },
        ])
        .collect()
}

/// The same with all that format 2 can hold by now: volumes that were taken over too.
pub(crate) fn everything_by_now() -> State {
    let mut state = everything_with_verbs();
    state.fold(imported()).unwrap();
    state
}

/// The same with protected addresses, other addresses and volumes given up.
pub(crate) fn everything_with_verbs() -> State {
    let protected = ["again[1]", "to-come[1]"].map(address).into();
    let mut state = State { protected, ..everything_with_base() };
    for change in readdressed() {
        state.fold(change).unwrap();
    }
    // What they do to volumes that are not there is told by the journal alone.
    for change in altered() {
        match change {
            Change::Extended { .. } => {}
            change => state.fold(change).unwrap(),
        }
    }
    state
}

/// The changes of format 2 when what is agreed on came to it.
pub(crate) fn every_change_with_base() -> Vec<Change> {
    let base = crate::state::Base { name: "agreed".to_owned(), spec: spec(90) };
    every_change().into_iter().chain([Change::Agreed { address: address("late[2]"), base }]).collect()
}

/// The same with what is agreed on where that follows from nothing else: there was drift when the volume was last seen.
pub(crate) fn everything_with_base() -> State {
    let mut state = everything();
    let mut spec = spec(40);
    Arc::make_mut(&mut spec).description = None;
    let seen = Seen { size: 80, volume_type: "SAS".to_owned(), ..seen("renamed") };
    let base = crate::state::Base { name: "drifted".to_owned(), spec };
    let recorded = Recorded { id: volume("drifted_1"), call: None, tainted: None, seen, base };
    let _ = state.volumes.insert(address("drifted[1]"), recorded);
    state
}

/// Every kind of change, with everything that each can hold; they fit [`before`], one after another.
pub(crate) fn every_change() -> Vec<Change> {
    let id = |number: u8| call_id(number);
    let job = |text: &str| JobId::new(text).unwrap();
    let failure = || Failure { code: "EVS.1034".to_owned(), reason: "quota \"of\" 卷\n".to_owned().into() };
    let mut all: Vec<Change> =
        calls().into_iter().map(|(call, body)| Change::Intent(Intended { call, body })).collect();
    for (number, second) in [(11, 1), (12, 2), (13, 3), (14, 4), (15, 5), (17, 6), (18, 7), (17, 60)] {
        let own = (second % 2 == 0).then(|| exactly(second - 1));
        all.push(Change::Sent(Sent { call: id(number), at: exactly(second), token: number != 17, own }));
    }
    let created = created(id(11), "web", 1..=4);
    let seen_as = |name: &str| Seen { description: None, size: 41, status: Status::InUse, ..seen(name) };
    let adopted = |slot: &str, gone, number: u8, name: &str| Change::Adopted {
        address: address(slot),
        call: id(number),
        gone,
        id: volume(name),
        seen: seen_as(name),
        asked: spec(70),
    };
    let kept = Change::Created {
        call: id(18),
        volumes: vec![CreatedVolume { slot: slot(1), id: volume("again_1"), seen: seen_as("again"), tainted: None }],
    };
    all.extend([
        Change::Accepted {
            call: id(11),
            receipt: Receipt::Job(job("job1")),
            named: vec![volume("web_1")],
            at: exactly(8),
        },
        Change::Accepted { call: id(18), receipt: Receipt::Job(job("job2")), named: Vec::new(), at: at(8) },
        Change::Refused { call: id(12), failure: failure(), at: exactly(9) },
        Change::Closed { call: id(13), at: exactly(10) },
        Change::GivenUp { call: id(14), at: exactly(11) },
        Change::Tokens(TokenSupport::Honoured),
        created,
        kept,
        Change::Done { call: id(11), at: exactly(12) },
        Change::Accepted {
            call: id(15),
            receipt: Receipt::Order(OrderId::new("CS1711152257C60TL").unwrap()),
            named: vec![volume("paid_1")],
            at: exactly(13),
        },
        adopted("late[1]", None, 13, "late_1"),
        adopted("late[2]", None, 13, "late_2"),
        Change::Removed { address: address("late[1]"), id: volume("late_1") },
        adopted("late[2]", Some(volume("late_2")), 13, "late_3"),
        Change::Renamed { address: address("web[1]"), name: VolumeName::new("web").unwrap(), description: None },
        Change::Renamed {
            address: address("late[2]"),
            name: VolumeName::new("late-0002").unwrap(),
            description: Some(Description::new("").unwrap()),
        },
        Change::Seen { address: address("web[3]"), seen: seen("web-0003") },
        Change::Used { ids: vec![volume("web_2"), volume("paid_1")] },
    ]);
    all
}

/// A state with everything in it: calls of every progress, ends of every kind, volumes tainted in every way, used ids,
/// an approval, and a run that was begun.
pub(crate) fn everything() -> State {
    let mut state = folded(before(), &every_change());
    let doubt = state.operations.get_mut(&call_id(17)).unwrap();
    if let Progress::Sent(sendings) = &mut doubt.progress {
        sendings.undated = true;
    }
    state.approved = Some(Approved {
        recreate: 2,
        destroy: 1,
        as_of: Some(exactly(0)),
        steps: approved(2)
            .steps
            .iter()
            .cloned()
            .chain([AllowedStep {
                action: "recreate".to_owned(),
                key: Key::new("again").unwrap(),
                slots: SlotSet::parse("1").unwrap(),
                after: Digest::of(b"again"),
                name: None,
                gone: [(slot(1), volume("again_0"))].into(),
            }])
            .collect(),
        ..approved(0)
    });
    let failed = Taint::Failed(Leftover { code: String::new(), reason: "no date".to_owned().into(), at: None });
    state.volumes.insert(
        address("by-hand[7]"),
        Recorded {
            id: volume("by-hand"),
            call: None,
            tainted: Some(failed),
            seen: Seen { description: None, ..seen("by-hand-0007") },
            base: crate::state::Base {
                name: "by-hand-0007".to_owned(),
                spec: serde_json::from_str(r#"{"availability_zone":"az-2","volume_type":"SAS","size":40}"#).unwrap(),
            },
        },
    );
    state.begun = Some(begun(&[8, 9]));
    state
}

/// The snapshot of [`before`] as a version that wrote format 1 left it, whose journal is `tests/landed/v1/run.journal`.
pub(crate) fn before_in_format_1() -> Vec<u8> {
    let state = before();
    let body = format!(
        "  \"format\": 1,\n  \"stack\": \"{}\",\n  \"lineage\": \"{}\",\n  \"serial\": {},\n  \"lease\": \"{}\",\n  \"cloud\": {},\n  \"tokens\": null,\n  \
         \"journal_sequence\": {},\n  \"approved\": null,\n  \"calls\": {{}},\n  \"ended\": {{}},\n  \"volumes\": {{}}\n}}\n",
        state.stack,
        state.lineage,
        state.serial,
        state.lease.unwrap(),
        serde_json::to_string(&state.cloud).unwrap(),
        state.journal_sequence
    );
    format!("{{\n  \"digest\": \"{}\",\n{body}", Digest::of(body.as_bytes())).into_bytes()
}
