//! A sample of every value that words are made from. A new case without a sample does not compile.

use evsctl::manifest::{KnownField, Remark};
use evsctl::observed::Status;
use evsctl::operation::{Aspect, Failure, Misfit, NotOurs, Owner};
use evsctl::plan::{
    About, Cause, Drifted, FieldChange, Flaw, Limited, Loss, NotOwn, Seemed, Sign, Unchecked, Unmet, Unwanted, Value,
    Wanted, Warning, Why,
};
use evsctl::volume::{Address, CallId, Field, Key, Lineage, Slot, SlotSet, VolumeId};
use evsctl::volume::{SnapshotId, SourceId, SourceKind};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// The samples of a type, beside the cases that they are of: each case must be named, and have at least one.
macro_rules! samples {
    ($type:ty: $($case:pat => $samples:expr),+ $(,)?) => {{
        // That all cases are there is for the compiler to say.
        let _ = |value: &$type| match value { $($case => ()),+ };
        let mut all: Vec<$type> = Vec::new();
        $(
            let samples: Vec<$type> = Vec::from($samples);
            assert!(!samples.is_empty() && samples.iter().all(|sample| matches!(sample, $case)), "{}", stringify!($case));
            all.extend(samples);
        )+
        all
    }};
}

pub(super) fn text(text: &str) -> String {
    text.to_owned()
}

pub(super) fn at() -> Timestamp {
    "2026-11-28T10:00:00Z".parse().unwrap()
}

pub(super) fn lineage(text: &str) -> Lineage {
    Lineage::new(text).unwrap()
}

pub(super) fn call() -> CallId {
    CallId::new("nbswy3dpeb").unwrap()
}

pub(super) fn key() -> Key {
    Key::new("data").unwrap()
}

pub(super) fn address() -> Address {
    "data[2]".parse().unwrap()
}

pub(super) fn volume_id() -> VolumeId {
    VolumeId::new("id-2").unwrap()
}

fn ids(many: usize) -> Vec<VolumeId> {
    (1..=many).map(|n| VolumeId::new(format!("id-{n}")).unwrap()).collect()
}

fn snapshots(many: usize) -> BTreeSet<SnapshotId> {
    (1..=many).map(|n| SnapshotId::new(format!("snapshot-{n}")).unwrap()).collect()
}

fn keys(many: usize) -> Vec<Key> {
    (1..=many).map(|n| Key::new(format!("other-{n}")).unwrap()).collect()
}

pub(super) fn slot_set(text: &str) -> SlotSet {
    SlotSet::parse(text).unwrap()
}

pub(super) fn withheld() -> BTreeMap<Key, SlotSet> {
    BTreeMap::from([(Key::new("data").unwrap(), slot_set("3..4"))])
}

pub(super) fn slots() -> About {
    About::Slots { key: Key::new("data").unwrap(), slots: slot_set("1..2") }
}

pub(super) fn misfits() -> Vec<Misfit> {
    let misfit = |field, wanted, seen| Misfit { field, wanted: text(wanted), seen: text(seen) };
    vec![misfit(Aspect::Size, "40 GB", "10 GB"), misfit(Aspect::VolumeType, "SSD", "SAS")]
}

fn flaws() -> Vec<Flaw> {
    let failure = Failure { code: text("EVS.2024"), reason: text("the pool is full").into() };
    samples!(Flaw:
        Flaw::Failed(_) => [Flaw::Failed(failure.clone())],
        Flaw::NotAsAsked(_) => [Flaw::NotAsAsked(misfits())],
    )
}

fn signs() -> Vec<Sign> {
    let attached = |servers: &[&str]| Sign::Attached(servers.iter().map(|id| text(id)).collect());
    samples!(Sign:
        Sign::Attached(_) => [attached(&["s-1"]), attached(&["", "s-2", "s-3"]), attached(&[""])],
        Sign::Shown(_) => [Sign::Shown(Status::Available)],
        Sign::NotLookedAt => [Sign::NotLookedAt],
        Sign::WasUsable(_) => [Sign::WasUsable(Status::InUse)],
        Sign::WasUsed => [Sign::WasUsed],
        Sign::HasSnapshots(_) => [1, 2].map(|n| Sign::HasSnapshots(snapshots(n))),
        Sign::SnapshotsUnknown(_) => [Sign::SnapshotsUnknown(text("EVS.5403 no"))],
    )
}

pub(super) fn not_ours() -> Vec<NotOurs> {
    samples!(NotOurs:
        NotOurs::Anothers => [NotOurs::Anothers],
        NotOurs::Unmarked => [NotOurs::Unmarked],
        NotOurs::Older(_) => [NotOurs::Older(at())],
        NotOurs::Younger(_) => [NotOurs::Younger(at())],
        NotOurs::StoodThere => [NotOurs::StoodThere],
        NotOurs::Undated => [NotOurs::Undated],
    )
}

pub(super) fn not_own() -> Vec<NotOwn> {
    samples!(NotOwn:
        NotOwn::NoCall => [NotOwn::NoCall],
        NotOwn::LongAgo => [NotOwn::LongAgo],
        NotOwn::OtherSizeOrZone => [NotOwn::OtherSizeOrZone],
        NotOwn::Evidence(_) => not_ours().into_iter().map(NotOwn::Evidence).collect::<Vec<_>>(),
    )
}

fn causes() -> Vec<Cause> {
    samples!(Cause:
        Cause::Taken => [Cause::Taken],
        Cause::Unwanted => [Cause::Unwanted],
        Cause::Unlike => [Cause::Unlike],
        Cause::Broken => [Cause::Broken],
        Cause::Copied => [Cause::Copied],
    )
}

fn seemings() -> Vec<Seemed> {
    samples!(Seemed:
        Seemed::NeverHappened => [Seemed::NeverHappened],
        Seemed::Refused => [Seemed::Refused],
        Seemed::GivenUp => [Seemed::GivenUp],
        Seemed::Done => [Seemed::Done],
    )
}

/// Why a volume is not asked for, as far as that is known.
pub(super) fn unwanted() -> Vec<Option<Unwanted>> {
    let known = samples!(Unwanted:
        Unwanted::KeyGone => [Unwanted::KeyGone],
        Unwanted::Retired => [Unwanted::Retired],
        Unwanted::Count(_) => [Unwanted::Count(2)],
        Unwanted::Expired(_) => [Unwanted::Expired(jiff::civil::date(2027, 1, 31))],
        Unwanted::Destroyed => [Unwanted::Destroyed],
        Unwanted::DestroyedKeyGone => [Unwanted::DestroyedKeyGone],
    );
    known.into_iter().map(Some).chain([None]).collect()
}

pub(super) fn wanted() -> Vec<Wanted> {
    samples!(Wanted:
        Wanted::Adopt => [Wanted::Adopt],
        Wanted::Attach => [Wanted::Attach],
        Wanted::MoveAddress => [Wanted::MoveAddress],
        Wanted::Rebill => [Wanted::Rebill],
        Wanted::Clean => [Wanted::Clean],
        Wanted::Create => [Wanted::Create],
        Wanted::Delete => [Wanted::Delete],
        Wanted::Extend => [Wanted::Extend],
        Wanted::Import => [Wanted::Import],
        Wanted::Move => [Wanted::Move],
        Wanted::Qos => [Wanted::Qos],
        Wanted::Release => [Wanted::Release],
        Wanted::Rename => [Wanted::Rename],
        Wanted::Repair => [Wanted::Repair],
        Wanted::Replace => [Wanted::Replace],
        Wanted::Retag => [Wanted::Retag],
        Wanted::Retype => [Wanted::Retype],
        Wanted::Shrink => [Wanted::Shrink],
        Wanted::Surplus => [Wanted::Surplus],
    )
}

fn field(field: Field, wanted: Wanted, from: Option<Value>, to: impl Into<Value>) -> Why {
    let fixed = !matches!(
        wanted,
        Wanted::Extend | Wanted::Qos | Wanted::Retag | Wanted::Retype | Wanted::Move | Wanted::Rename
    );
    Why::Field { change: FieldChange { field, from, to: Some(to.into()) }, wanted, fixed }
}

fn pair(key: &str, value: &str) -> Value {
    Value::Pairs(BTreeMap::from([(text(key), text(value))]))
}

fn prepaid() -> Value {
    Value::Prepaid(serde_json::from_str(r#"{"period_type":"month","period_num":3}"#).unwrap())
}

/// A wish about each field, in its usual kind.
fn fields() -> Vec<Why> {
    let all = |field: Field| -> Vec<Why> {
        let from = |value: &str| Some(Value::from(value));
        match field {
            Field::Size => vec![
                self::field(field, Wanted::Extend, Some(40.into()), 80),
                self::field(field, Wanted::Shrink, Some(80.into()), 40),
            ],
            Field::VolumeType => vec![self::field(field, Wanted::Retype, from("SAS"), "SSD")],
            Field::Tags => {
                vec![self::field(field, Wanted::Retag, Some(Value::Pairs(BTreeMap::new())), pair("team", "shop"))]
            }
            Field::Iops => vec![self::field(field, Wanted::Qos, Some(3000.into()), 5000)],
            Field::Throughput => vec![self::field(field, Wanted::Qos, Some(125.into()), 250)],
            Field::Prepaid => vec![self::field(field, Wanted::Rebill, None, prepaid())],
            Field::ServerId => vec![self::field(field, Wanted::Attach, None, "s-2")],
            Field::AvailabilityZone => vec![self::field(field, Wanted::Replace, from("az-1"), "az-2")],
            Field::Source => {
                vec![self::field(field, Wanted::Replace, Some(pair("snapshot_id", "s")), pair("imageRef", "i"))]
            }
            // A step changes them.
            Field::Name | Field::Description => Vec::new(),
            Field::Multiattach => {
                vec![self::field(field, Wanted::Replace, Some(Value::Flag(false)), Value::Flag(true))]
            }
            Field::Metadata => vec![self::field(
                field,
                Wanted::Replace,
                Some(pair("__system__encrypted", "0")),
                pair("__system__encrypted", "1"),
            )],
            Field::EnterpriseProjectId => vec![self::field(field, Wanted::Move, from("0"), "e-1")],
            Field::DedicatedStorageId => vec![self::field(field, Wanted::Replace, None, "d-1")],
        }
    };
    Field::ALL.into_iter().flat_map(all).collect()
}

fn limits() -> Vec<Limited> {
    samples!(Limited:
        Limited::MaxCreate => [Limited::MaxCreate],
        Limited::MaxGrowGb => [Limited::MaxGrowGb],
        Limited::MaxDestroy => [Limited::MaxDestroy],
    )
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| text(name)).collect()
}

fn source_kinds() -> Vec<SourceKind> {
    samples!(SourceKind:
        SourceKind::Snapshot => [SourceKind::Snapshot],
        SourceKind::Image => [SourceKind::Image],
        SourceKind::Backup => [SourceKind::Backup],
    )
}

/// One of everything that a step may lack.
fn unmet() -> Vec<Unmet> {
    let source_id = || SourceId::new("s-1").unwrap();
    let (zones, types) = (names(&["az-1", "az-2"]), names(&["SAS", "SSD"]));
    let of = |make: &dyn Fn(SourceKind) -> Unmet| source_kinds().into_iter().map(make).collect::<Vec<_>>();
    let quota = |entry: &str| Unmet::QuotaShort { entry: text(entry), need: 500, left: 40, limit: 300, most: key() };
    samples!(Unmet:
        Unmet::ZoneUnknown { .. } => [None, Some(text("az-1"))]
            .map(|near| Unmet::ZoneUnknown { zone: text("az-9"), near, zones: zones.clone() }),
        Unmet::ZoneUnavailable { .. } => [Unmet::ZoneUnavailable { zone: text("az-3"), zones: zones.clone() }],
        Unmet::TypeUnknown { .. } => [None, Some(text("SSD"))]
            .map(|near| Unmet::TypeUnknown { volume_type: text("SSDD"), near, types: types.clone() }),
        Unmet::TypeElsewhere { .. } => [names(&[]), names(&["az-2"])].map(|zones| Unmet::TypeElsewhere {
            volume_type: text("ESSD"), zone: text("az-1"), types: types.clone(), zones,
        }),
        Unmet::TypeSoldOut { .. } => [Unmet::TypeSoldOut {
            volume_type: text("SATA"), zone: text("az-1"), types: names(&[]), zones: zones.clone(),
        }],
        Unmet::QuotaShort { .. } => ["gigabytes_SSD", "per_volume_gigabytes"].map(quota),
        Unmet::SourceMissing { .. } => of(&|source| Unmet::SourceMissing { source, source_id: source_id() }),
        Unmet::SourceStatus { .. } => {
            of(&|source| Unmet::SourceStatus { source, source_id: source_id(), status: text("creating") })
        },
        Unmet::SourceLarger { .. } => {
            of(&|source| Unmet::SourceLarger { source, source_id: source_id(), least: 40, size: 10 })
        },
        Unmet::SourceElsewhere { .. } => {
            of(&|source| Unmet::SourceElsewhere { source, source_id: source_id(), zone: text("az-2") })
        },
        Unmet::SourceOtherType { .. } => {
            [Unmet::SourceOtherType { source_id: source_id(), volume_type: text("SAS") }]
        },
        Unmet::SnapshotOfBackup { .. } => [Unmet::SnapshotOfBackup { source_id: source_id() }],
        Unmet::BackupNotOfVolume { .. } => {
            [Unmet::BackupNotOfVolume { source_id: source_id(), resource_type: text("OS::Nova::Server") }]
        },
    )
}

/// One of everything that may not be checked.
fn unchecked() -> Vec<Unchecked> {
    let ids =
        |many: usize| -> BTreeSet<SourceId> { (1..=many).map(|n| SourceId::new(format!("s-{n}")).unwrap()).collect() };
    let sources = source_kinds()
        .into_iter()
        .flat_map(|source| [1, 14].map(|many| Unchecked::Sources { source, source_ids: ids(many) }));
    samples!(Unchecked:
        Unchecked::Zones => [Unchecked::Zones],
        Unchecked::Types => [Unchecked::Types],
        Unchecked::Quotas => [Unchecked::Quotas],
        Unchecked::Sources { .. } => sources.collect::<Vec<_>>(),
        Unchecked::Placements { .. } => [1, 2].map(|many| Unchecked::Placements { source_ids: ids(many) }),
    )
}

/// One of everything that a wish may not be carried out for.
pub(super) fn reasons() -> Vec<Why> {
    let owner = Owner { stack: "shop".to_owned().try_into().unwrap(), lineage: lineage("abcd2345"), call: call() };
    let used = flaws().into_iter().flat_map(|flaw| signs().into_iter().map(move |sign| (flaw.clone(), sign)));
    let tag = || text("evsctl");
    let surplus = causes()
        .into_iter()
        .flat_map(|cause| [1, 2].map(|many| Why::Surplus { cause, volumes: ids(many), tag: text("evsctl") }));
    samples!(Why:
        Why::Field { .. } => fields(),
        Why::AnothersTag { .. } => [Why::AnothersTag { owner: owner.clone() }],
        Why::UnusableStatus { .. } => [Status::Error, Status::Deleting].map(|status| Why::UnusableStatus { status }),
        Why::NotAsAsked { .. } => [Why::NotAsAsked { misfits: misfits() }],
        Why::NameNotLegal => [Why::NameNotLegal],
        Why::TagsHaveNoRoom { .. } => [1, 9].map(|foreign| Why::TagsHaveNoRoom { foreign }),
        Why::NotExtendable { .. } => [Why::NotExtendable { status: Status::BackingUp }],
        Why::SharedInUse => [Why::SharedInUse],
        Why::Protected { .. } => [false, true].map(|freed| Why::Protected { freed }),
        Why::DeletePrepaid => [Why::DeletePrepaid],
        Why::DeleteAttached { .. } => [Why::DeleteAttached { servers: vec![text("s-1"), text("s-2")] }],
        Why::NotDeletable { .. } => {
            [Status::BackingUp, Status::AwaitingTransfer, Status::ErrorDeleting].map(|status| Why::NotDeletable { status })
        },
        Why::Unmarked { .. } => [Why::Unmarked { tag: text("evsctl"), value: owner.value() }],
        Why::HasSnapshots { .. } => [1, 2].map(|n| Why::HasSnapshots { snapshots: snapshots(n) }),
        Why::SnapshotsUnknown { .. } => ["", "EVS.5403 no"].map(|cause| Why::SnapshotsUnknown { cause: text(cause) }),
        Why::LooksRenamed { .. } => {
            [(true, 1, true), (true, 2, false), (false, 1, true)]
                .map(|(gone, n, unique)| Why::LooksRenamed { gone, others: keys(n), unique })
        },
        Why::MoveTaken { .. } => [Why::MoveTaken { to: "new[2]".parse().unwrap() }],
        Why::MoveSplits { .. } => [Why::MoveSplits { to: "new[2]".parse().unwrap(), call: call() }],
        Why::ReleaseOpen { .. } => [Why::ReleaseOpen { call: call() }],
        Why::ImportTaken { .. } => [Why::ImportTaken { recorded: volume_id() }],
        Why::ImportRecorded { .. } => [Why::ImportRecorded { at: "web[2]".parse().unwrap() }],
        Why::ImportOpen { .. } => [Why::ImportOpen { call: call() }],
        Why::ImportNotDesired => [Why::ImportNotDesired],
        Why::ImportNotLookedAt => [Why::ImportNotLookedAt],
        Why::ImportAbsent => [Why::ImportAbsent],
        Why::ImportNotUsable { .. } => [Why::ImportNotUsable { status: Status::Error }],
        Why::ImportOwned { .. } => {
            [Why::ImportOwned { of: owner.stack.clone(), lineage: owner.lineage.clone() }]
        },
        Why::ImportUnlike { .. } => {
            let change = |field, from: &str, to: &str| FieldChange { field, from: Some(from.into()), to: Some(to.into()) };
            let (zone, kind) = (change(Field::AvailabilityZone, "az-1", "az-2"), change(Field::VolumeType, "SSD", "SAS"));
            [vec![zone.clone()], vec![zone, kind]].map(|changes| Why::ImportUnlike { changes })
        },
        Why::StackRenamed { .. } => {
            let (from, of) = (owner.stack.clone(), owner.lineage.clone());
            let renamed = |beside| Why::StackRenamed { from: from.clone(), lineage: of.clone(), beside, volumes: ids(2) };
            [true, false].map(renamed)
        },
        Why::NeedsNumber { .. } => [Loss::Destroy, Loss::Recreate, Loss::Waits].map(|of| Why::NeedsNumber { of, number: 2 }),
        Why::LimitExceeded { .. } => limits().into_iter().map(|limit| {
            Why::LimitExceeded { limit, found: 12, most: 5, place: text("web.yaml:3:17") }
        }).chain([Why::LimitExceeded { limit: Limited::MaxCreate, found: 12, most: 0, place: text("web.yaml:3:17") }]).collect::<Vec<_>>(),
        Why::Preflight { .. } => unmet()
            .into_iter()
            .zip([Some(text("web.yaml:3:5")), None].into_iter().cycle())
            .map(|(unmet, place)| Why::Preflight { place, wanted: Wanted::Create, unmet: Box::new(unmet) })
            .collect::<Vec<_>>(),
        Why::NameTooLong => [Why::NameTooLong],
        Why::PrepaidLeftover { .. } => flaws().into_iter().map(|flaw| Why::PrepaidLeftover { flaw }).collect::<Vec<_>>(),
        Why::NotMadeByCall { .. } => {
            let made = |evidence| Why::NotMadeByCall { misfits: misfits(), evidence };
            not_own().into_iter().map(made).collect::<Vec<_>>()
        },
        Why::MayBeUsed { .. } => used.map(|(flaw, sign)| Why::MayBeUsed { flaw, sign }).collect::<Vec<_>>(),
        Why::NotLeftByCall { .. } => [Why::NotLeftByCall { evidence: NotOwn::OtherSizeOrZone }],
        Why::NamedNotOwn { .. } => {
            not_ours().into_iter().map(|evidence| Why::NamedNotOwn { evidence }).collect::<Vec<_>>()
        },
        Why::NamedNotUsable { .. } => [Why::NamedNotUsable { status: Status::Creating }],
        Why::NamedNotAsAsked { .. } => [Why::NamedNotAsAsked { misfits: misfits() }],
        Why::StateLost { .. } => [1, 5].map(|many| Why::StateLost { volumes: ids(many), tag: tag() }),
        Why::TwoStates { .. } => [1, 2].map(|many| Why::TwoStates {
            here: lineage("abcd2345"),
            there: lineage("zyxw7654"),
            volumes: ids(many),
            tag: tag(),
        }),
        Why::StateOlder { .. } => [1, 2].map(|many| Why::StateOlder { volumes: ids(many), tag: tag() }),
        Why::LateNotUsable { .. } => [1, 2].map(|many| Why::LateNotUsable { volumes: ids(many) }),
        Why::LateUnnamed { .. } => [1, 2].map(|many| Why::LateUnnamed { volumes: ids(many) }),
        Why::Surplus { .. } => surplus.collect::<Vec<_>>(),
    )
}

pub(super) fn warnings() -> Vec<Warning> {
    let rest = |slots: &str, seemed| Warning::RestMayShow {
        key: Key::new("data").unwrap(),
        slots: slot_set(slots),
        call: call(),
        seemed,
    };
    let rests = seemings().into_iter().flat_map(|seemed| ["3", "3..4"].map(|slots| rest(slots, seemed)));
    let (address, id) = ("data[2]".parse().unwrap(), VolumeId::new("id-2").unwrap());
    samples!(Warning:
        // The values' words have a file of their own.
        Warning::Manifest { .. } => [Some(text("web.yaml:3:5")), None].map(|place| {
            Warning::Manifest { place, what: Remark::NoSuchSlotRetired { slot: Slot::FIRST } }
        }),
        Warning::Unchecked { .. } => unchecked()
            .into_iter()
            .map(|what| Warning::Unchecked { what, cause: text("(what kept it from being asked)") })
            .collect::<Vec<_>>(),
        Warning::MarkLost { .. } => [Warning::MarkLost { address, id, tag: text("evsctl") }],
        Warning::ExpiresSoon { .. } => ["3", "3..4"].map(|slots| Warning::ExpiresSoon {
            key: Key::new("data").unwrap(),
            slots: slot_set(slots),
            day: jiff::civil::date(2027, 1, 31),
        }),
        Warning::ImportOfKubernetes { .. } => [Warning::ImportOfKubernetes {
            address: "data[2]".parse().unwrap(),
            id: volume_id(),
            mark: text("CCE-Cluster-ID"),
        }],
        Warning::KnownDriftPast { .. } => [Warning::KnownDriftPast {
            place: text("web.yaml:9:5"),
            address: "data[2]".parse().unwrap(),
            field: KnownField::Size,
            until: jiff::civil::date(2027, 1, 31),
        }],
        Warning::KnownDriftIdle { .. } => [Warning::KnownDriftIdle {
            place: text("web.yaml:9:5"),
            address: "data".parse().unwrap(),
            field: KnownField::Tags,
        }],
        Warning::Recycled { .. } => ["3", "3..4"].map(|slots| Warning::Recycled { key: key(), slots: slot_set(slots) }),
        Warning::RestMayShow { .. } => rests.collect::<Vec<_>>(),
    )
}

pub(super) fn drifts() -> Vec<Drifted> {
    let (recorded, observed) = (Some(40.into()), Some(80.into()));
    let size = Drifted::Field { field: Field::Size, recorded, observed };
    let owner = Owner { stack: "shop".to_owned().try_into().unwrap(), lineage: lineage("abcd2345"), call: call() };
    samples!(Drifted:
        Drifted::Field { .. } => [size],
        Drifted::Status { .. } => [Drifted::Status { status: Status::new("error") }],
        Drifted::Unmarked { .. } => [Drifted::Unmarked { tag: text("evsctl") }],
        Drifted::MarkedOtherwise { .. } => [Drifted::MarkedOtherwise { owner }],
        Drifted::Gone => [Drifted::Gone],
        Drifted::Recycled { .. } => [Some(at()), None].map(|kept_until| Drifted::Recycled { kept_until }),
    )
}
