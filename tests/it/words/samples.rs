//! A sample of every value that words are made from. A new case without a sample does not compile.

use evsctl::observed::Status;
use evsctl::operation::{Aspect, Failure, Misfit, NotOurs, Owner};
use evsctl::plan::{About, Cause, Drifted, Flaw, Leaving, NotOwn, Seemed, Sign, Wanted, Warning, Why};
use evsctl::volume::{CallId, Key, Lineage, SlotSet, VolumeId};
use jiff::Timestamp;
use std::collections::BTreeMap;

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

fn text(text: &str) -> String {
    text.to_owned()
}

fn at() -> Timestamp {
    "2026-11-28T10:00:00Z".parse().unwrap()
}

fn lineage(text: &str) -> Lineage {
    Lineage::new(text).unwrap()
}

fn call() -> CallId {
    CallId::new("nbswy3dpeb").unwrap()
}

fn ids(many: usize) -> Vec<VolumeId> {
    (1..=many).map(|n| VolumeId::new(format!("id-{n}")).unwrap()).collect()
}

fn slot_set(text: &str) -> SlotSet {
    SlotSet::parse(text).unwrap()
}

pub(super) fn withheld() -> BTreeMap<Key, SlotSet> {
    BTreeMap::from([(Key::new("data").unwrap(), slot_set("3..4"))])
}

pub(super) fn slots() -> About {
    About::Slots { key: Key::new("data").unwrap(), slots: slot_set("1..2") }
}

fn misfits() -> Vec<Misfit> {
    let misfit = |field, wanted, seen| Misfit { field, wanted: text(wanted), seen: text(seen) };
    vec![misfit(Aspect::Size, "40 GB", "10 GB"), misfit(Aspect::VolumeType, "SSD", "SAS")]
}

fn flaws() -> Vec<Flaw> {
    let failure = Failure { code: text("EVS.2024"), reason: text("the pool is full") };
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
    )
}

fn not_ours() -> Vec<NotOurs> {
    samples!(NotOurs:
        NotOurs::Anothers => [NotOurs::Anothers],
        NotOurs::Unmarked => [NotOurs::Unmarked],
        NotOurs::Older(_) => [NotOurs::Older(at())],
        NotOurs::Younger(_) => [NotOurs::Younger(at())],
        NotOurs::StoodThere => [NotOurs::StoodThere],
        NotOurs::Undated => [NotOurs::Undated],
    )
}

fn not_own() -> Vec<NotOwn> {
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

fn leavings() -> Vec<Leaving> {
    samples!(Leaving:
        Leaving::Key => [Leaving::Key],
        Leaving::Retired => [Leaving::Retired],
        Leaving::Count => [Leaving::Count],
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

pub(super) fn wanted() -> Vec<Wanted> {
    samples!(Wanted:
        Wanted::Adopt => [Wanted::Adopt],
        Wanted::Attach => [Wanted::Attach],
        Wanted::Rebill => [Wanted::Rebill],
        Wanted::Clean => [Wanted::Clean],
        Wanted::Create => [Wanted::Create],
        Wanted::Delete => [Wanted::Delete],
        Wanted::Extend => [Wanted::Extend],
        Wanted::Qos => [Wanted::Qos],
        Wanted::Rename => [Wanted::Rename],
        Wanted::Repair => [Wanted::Repair],
        Wanted::Replace => [Wanted::Replace],
        Wanted::Retag => [Wanted::Retag],
        Wanted::Retype => [Wanted::Retype],
        Wanted::Shrink => [Wanted::Shrink],
        Wanted::Surplus => [Wanted::Surplus],
    )
}

fn field(field: &str, wanted: Wanted, [from, to]: [&str; 2], outside: bool) -> Why {
    let fixed = !matches!(wanted, Wanted::Extend | Wanted::Qos | Wanted::Retag | Wanted::Retype);
    let spelt = if field == "source" { vec![text("snapshot_id"), text("imageRef")] } else { Vec::new() };
    Why::Field { field: text(field), spelt, wanted, from: text(from), to: text(to), fixed, outside }
}

fn fields() -> Vec<Why> {
    vec![
        field("size", Wanted::Extend, ["40 GB", "80 GB"], false),
        field("size", Wanted::Shrink, ["80 GB", "40 GB"], false),
        field("volume_type", Wanted::Retype, ["SAS", "SSD"], false),
        field("volume_type", Wanted::Retype, ["SAS", "SSD"], true),
        field("tags", Wanted::Retag, ["none", "team=shop"], false),
        field("tags", Wanted::Retag, ["none", "team=shop"], true),
        field("iops", Wanted::Qos, ["3000", "5000"], false),
        field("prepaid", Wanted::Rebill, ["paid by use", "3 months, not renewed"], false),
        field("server_id", Wanted::Attach, ["s-1", "s-2"], false),
        field("availability_zone", Wanted::Replace, ["az-1", "az-2"], false),
        field("source", Wanted::Replace, ["snapshot s", "image i"], false),
    ]
}

fn left(left: Leaving, prepaid: bool) -> Why {
    Why::NoLongerDesired { size: 40, volume_type: text("SSD"), prepaid, left }
}

/// One of everything that a wish may not be carried out for.
pub(super) fn reasons() -> Vec<Why> {
    let owner = Owner { stack: "shop".to_owned().try_into().unwrap(), lineage: lineage("abcd2345"), call: call() };
    let used = flaws().into_iter().flat_map(|flaw| signs().into_iter().map(move |sign| (flaw.clone(), sign)));
    let gone = leavings().into_iter().flat_map(|how| [left(how, false), left(how, true)]);
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
        Why::NoLongerDesired { .. } => gone.collect::<Vec<_>>(),
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
        Warning::MarkLost { .. } => [Warning::MarkLost { address, id, tag: text("evsctl") }],
        Warning::RestMayShow { .. } => rests.collect::<Vec<_>>(),
    )
}

pub(super) fn drifts() -> Vec<Drifted> {
    let size = Drifted::Field { field: text("size"), recorded: text("40 GB"), observed: text("80 GB") };
    samples!(Drifted:
        Drifted::Field { .. } => [size],
        Drifted::Gone => [Drifted::Gone],
    )
}
