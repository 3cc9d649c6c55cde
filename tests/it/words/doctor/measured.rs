//! Samples of what a probe measures.

use super::{id, job, refused, text, volume};
use evsctl::doctor::{
    Created, Creating, Damage, Doubt, Flaw, JobKept, Left, Leftovers, Lingering, Listed, Metadata, Name, NotTaken,
    Open, OtherBody, RecycleBin, Removal, SameToken, Step, Stranger, Tag, Told, Unrecorded, VolumeIds, Why, Window,
};
use evsctl::observed::{JobStatus, Status};
use evsctl::operation::{Failure, Reason, Unproved};
use evsctl::volume::{CreateApi, Receipt};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

pub(super) fn unrecorded() -> Vec<Unrecorded> {
    let steps = samples!(Step:
        Step::Begin => [Step::Begin],
        Step::Create => [Step::Create],
        Step::Delete => [Step::Delete],
    );
    let error = |hints: &[&str]| Told {
        line: text("cannot write: no space left"),
        hints: hints.iter().map(|hint| text(hint)).collect(),
    };
    let mut all: Vec<_> = steps.into_iter().map(|step| Unrecorded { step, error: error(&[]), locked: false }).collect();
    all.push(Unrecorded { step: Step::Begin, error: error(&["wait until it is over"]), locked: true });
    all
}

fn doubts() -> Vec<Doubt> {
    let key = "evsctl-probe";
    samples!(Doubt:
        Doubt::Name(_) => [Doubt::Name(text("web"))],
        Doubt::Tag { .. } => [Doubt::Tag { key, value: text("0123") }],
        Doubt::NoTag { .. } => [Doubt::NoTag { key }],
        Doubt::Size(_) => [Doubt::Size(20)],
        Doubt::VolumeType(_) => [Doubt::VolumeType(text("SAS"))],
        Doubt::Attached => [Doubt::Attached],
    )
}

fn lingering() -> Vec<Lingering> {
    samples!(Lingering:
        Lingering::Status(_) => [Lingering::Status(text("creating"))],
        Lingering::AtTimes => [Lingering::AtTimes],
    )
}

fn open() -> Vec<Open> {
    let unproved = samples!(Unproved:
        Unproved::Undated => [Unproved::Undated],
        Unproved::Early => [Unproved::Early],
        Unproved::NotWhole => [Unproved::NotWhole],
        Unproved::NoControl => [Unproved::NoControl],
    );
    samples!(Open:
        Open::Ever => [Open::Ever],
        Open::Lacking(_) => unproved.into_iter().map(Open::Lacking).collect::<Vec<_>>(),
        Open::Until(_) => [Open::Until("2026-11-28T10:00:00.4Z".parse().unwrap())],
    )
}

pub(super) fn removals() -> Vec<Removal> {
    let whys = samples!(Why:
        Why::Denied(_) => [Why::Denied(refused(403, "EVS.5403"))],
        Why::Failed(_) => [Why::Failed(refused(500, ""))],
        Why::Time => [Why::Time],
        Why::NotCertain => [Why::NotCertain],
        Why::Open(_) => open().into_iter().map(Why::Open).collect::<Vec<_>>(),
    );
    let left = |why: Why| {
        let (mut there, mut doubtful) = (BTreeMap::new(), BTreeMap::new());
        match why {
            Why::NotCertain => drop(doubtful.insert(id("id-1"), doubts())),
            Why::Open(_) => {}
            Why::Denied(_) | Why::Failed(_) | Why::Time => {
                there.extend([id("id-1"), id("id-2")].into_iter().zip(lingering()));
            }
        }
        let record = "state/shop.json.probe".into();
        Removal::Left(Box::new(Left { volume: volume(), there, doubtful, why, record }))
    };
    let volumes = [BTreeMap::new(), [(id("id-1"), Some(SECOND)), (id("id-2"), None)].into()];
    samples!(Removal:
        Removal::Gone { .. } => volumes.map(|volumes| Removal::Gone { name: volume().name, volumes }),
        Removal::Left(_) => whys.into_iter().map(left).collect::<Vec<_>>(),
    )
}

pub(super) fn leftovers() -> Vec<Leftovers> {
    let gone = || Removal::Gone { name: volume().name, volumes: [(id("id-1"), Some(SECOND))].into() };
    let strangers = || vec![Stranger { id: id("id-7"), name: text("theirs") }];
    let damages = samples!(Damage:
        Damage::Unreadable(_) => [Damage::Unreadable(text("expected value at column 1"))],
        Damage::NoIntent => [Damage::NoIntent],
    );
    let unreadable =
        |damage| Leftovers::Unreadable { path: "state/shop.json.probe".into(), flaw: Flaw { line: 2, damage } };
    samples!(Leftovers:
        Leftovers::Unreadable { .. } => damages.into_iter().map(unreadable).collect::<Vec<_>>(),
        Leftovers::OtherCloud { .. } => [Leftovers::OtherCloud { project_id: text("p"), endpoint: text("simulator") }],
        Leftovers::Removal(_) => [Leftovers::Removal(gone()), Leftovers::Removal(removals().remove(4))],
        Leftovers::Nothing => [Leftovers::Nothing],
        Leftovers::Removed(_) => [Leftovers::Removed(gone())],
        Leftovers::Strangers { .. } => [
            Leftovers::Strangers { own: None, strangers: strangers() },
            Leftovers::Strangers { own: Some(gone()), strangers: strangers() },
        ],
    )
}

pub(super) fn windows() -> Vec<Window> {
    let dates = |taken: [bool; 4]| [-16, -14, 14, 16].map(SignedDuration::from_mins).into_iter().zip(taken).collect();
    samples!(Window:
        Window::Unsigned => [Window::Unsigned],
        Window::TooWide(_) => [Window::TooWide(dates([true, true, true, true]))],
        Window::TooNarrow(_) => [Window::TooNarrow(dates([false, false, true, false]))],
        Window::AsDocumented(_) => [Window::AsDocumented(dates([false, true, true, false]))],
    )
}

pub(super) fn created() -> Vec<Created> {
    let failure = Failure { code: text("EVS.2024"), reason: Reason::Told(text("the pool is full")) };
    let came = |status| Created::CameOut { volume: volume(), job: Some(job()), status, after: 2 * SECOND };
    samples!(Created:
        Created::Failed { .. } => [Created::Failed { volume: volume(), job: Some(job()), failure }],
        Created::CameOut { .. } => [Status::Available, Status::Error].map(came),
        Created::Unseen { .. } => [Created::Unseen { volume: volume(), job: None }],
    )
}

pub(super) fn listed() -> Vec<Listed> {
    let (after, settle) = (5 * SECOND, 20 * SECOND);
    samples!(Listed:
        Listed::Never { .. } => [1, 3].map(|looks| Listed::Never { looks }),
        Listed::Soon { .. } => [Listed::Soon { after, look: 1, settle }],
        Listed::Late { .. } => [Listed::Late { after: 6 * SECOND, look: 2, settle, wanted: 24 * SECOND }],
    )
}

pub(super) fn creating() -> Vec<Creating> {
    samples!(Creating:
        Creating::Listed => [Creating::Listed],
        Creating::Unseen(_) => [Creating::Unseen(Status::Available)],
    )
}

pub(super) fn tags() -> Vec<Tag> {
    samples!(Tag:
        Tag::Always { .. } => [1, 3].map(|looks| Tag::Always { looks, after: SECOND }),
        Tag::Late { .. } => [Tag::Late { listed: SECOND, tagged: 2 * SECOND, wanted: 8 * SECOND }],
        Tag::Never { .. } => [Tag::Never { listed: SECOND }],
    )
}

pub(super) fn names() -> Vec<Name> {
    samples!(Name:
        Name::AsAsked => [Name::AsAsked],
        Name::Other(_) => [Name::Other(text("evsctl-probe-00c0ffee-0001"))],
    )
}

pub(super) fn metadata() -> Vec<Metadata> {
    samples!(Metadata:
        Metadata::Kept => [Metadata::Kept],
        Metadata::Changed(_) => [Metadata::Changed(text("else"))],
        Metadata::LeftOut => [Metadata::LeftOut],
        Metadata::Refused(_) => [Metadata::Refused(refused(400, "EVS.1009"))],
    )
}

pub(super) fn volume_ids() -> Vec<VolumeIds> {
    let others = VolumeIds::Others { named: vec![id("id-2"), id("id-3")], made: id("id-1") };
    samples!(VolumeIds:
        VolumeIds::OtherForm(_) => [VolumeIds::OtherForm(CreateApi::V3)],
        VolumeIds::NoneNamed => [VolumeIds::NoneNamed],
        VolumeIds::Same => [VolumeIds::Same],
        VolumeIds::NoneSeen => [VolumeIds::NoneSeen],
        VolumeIds::Others { .. } => [others],
    )
}

fn not_taken() -> Vec<NotTaken> {
    samples!(NotTaken:
        NotTaken::Unrecorded(_) => [NotTaken::Unrecorded(text("cannot write: no space left"))],
        NotTaken::Failed(_) => [NotTaken::Failed(refused(400, "EVS.2221"))],
    )
}

pub(super) fn same_tokens() -> Vec<SameToken> {
    samples!(SameToken:
        SameToken::SameJob => [SameToken::SameJob],
        SameToken::Another(_) => [SameToken::Another(Receipt::Job(job()))],
        SameToken::NotTaken(_) => not_taken().into_iter().map(SameToken::NotTaken).collect::<Vec<_>>(),
    )
}

pub(super) fn other_bodies() -> Vec<OtherBody> {
    samples!(OtherBody:
        OtherBody::AsDocumented { .. } => [OtherBody::AsDocumented { code: "EVS.2219" }],
        OtherBody::Otherwise(_) => not_taken().into_iter().map(OtherBody::Otherwise).collect::<Vec<_>>(),
        OtherBody::Taken(_) => [OtherBody::Taken(Receipt::Job(job()))],
    )
}

pub(super) fn jobs_kept() -> Vec<JobKept> {
    samples!(JobKept:
        JobKept::Kept(..) => [JobKept::Kept(job(), JobStatus::Success)],
        JobKept::Forgotten(_) => [JobKept::Forgotten(job())],
        JobKept::Failed(_) => [JobKept::Failed(refused(500, ""))],
    )
}

pub(super) fn recycle_bins() -> Vec<RecycleBin> {
    samples!(RecycleBin:
        RecycleBin::Empty => [RecycleBin::Empty],
        RecycleBin::Lies { .. } => [true, false].map(|tagged| RecycleBin::Lies { id: id("id-1"), tagged }),
        RecycleBin::NoSuchCall => [RecycleBin::NoSuchCall],
        RecycleBin::Failed(_) => [RecycleBin::Failed(refused(500, ""))],
    )
}
