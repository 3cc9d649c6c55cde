//! The words of a plan's steps, and what stands over and beside them.

use super::is_kept;
use super::samples::{address, at, call, key, misfits, text, unwanted, volume_id};
use evsctl::observed::ObservedVolume;
use evsctl::operation::{Create, Failure, NamedBy};
use evsctl::operation::{Delete, Extend, Growth, Way};
use evsctl::plan::{Adopt, Clean, Drifted, Fault, Import, Label, Rename, Resume, Stage};
use evsctl::plan::{Move, Release, Removal, Work};
use evsctl::state::Seen;
use evsctl::volume::{Description, JobId, OrderId, OwnershipTag, Slot, VolumeName, VolumeSpec};
use evsctl::volume::{SizeGb, SnapshotId};
use evsctl::words::heading::{self, Amount, Section};
use evsctl::words::item::{self, Part};
use std::fmt::Write as _;
use std::sync::Arc;

fn shown(parts: &[Part]) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) => (*text).to_owned(),
        Part::Of { one, several } => format!("{one} | {several}"),
        Part::Word(text) | Part::Words(text) | Part::Id(text) => text.clone(),
        Part::Quote(text) => format!("{text:?}"),
        Part::Numbered(base) => format!("\"{base}-NNNN\""),
        Part::Diff(old, new) => format!("{old:?} -> {new:?}"),
    };
    parts.iter().map(part).collect()
}

fn name(text: &str) -> VolumeName {
    VolumeName::new(text).unwrap()
}

fn spec(more: &str) -> Arc<VolumeSpec> {
    let text = format!(r#"{{"availability_zone":"az-1","volume_type":"SSD","size":40{more}}}"#);
    Arc::new(serde_json::from_str(&text).unwrap())
}

fn create(base: &str, more: &str) -> Create {
    Create {
        key: key(),
        slots: [(Slot::new(2).unwrap(), name(&format!("{base}-0002")))].into(),
        name: name(&format!("{base}-0002")),
        spec: spec(more),
        api: Default::default(),
        gone: Default::default(),
    }
}

fn cleans() -> Vec<Clean> {
    let faults = samples!(Fault:
        Fault::NotAsAsked { .. } => [Fault::NotAsAsked { unlike: misfits() }],
        Fault::Unseen { .. } => [Fault::Unseen { unseen: NamedBy::Job }],
        Fault::Failed(_) => ["EVS.2024", ""].map(|code| {
            Fault::Failed(Failure { code: text(code), reason: text("volume is error!").into() })
        }),
    );
    let clean = |failure: Fault, late| Clean {
        address: address(),
        id: volume_id(),
        call: None,
        failure,
        failed_at: Some(at()),
        as_of: None,
        late,
        gone: false,
    };
    faults.into_iter().flat_map(|fault| [clean(fault.clone(), false), clean(fault, true)]).collect()
}

fn resumes() -> Vec<Resume> {
    let stages = samples!(Stage:
        Stage::Intended => [Stage::Intended],
        Stage::Sent => [Stage::Sent],
        Stage::Lost => [Stage::Lost],
        Stage::Forgotten => [Stage::Forgotten],
        Stage::Job(_) => [Stage::Job(JobId::new("j-1").unwrap())],
        Stage::Order(_) => [Stage::Order(OrderId::new("CS1").unwrap())],
    );
    let mut resumes = Vec::new();
    for stage in stages {
        for (wanted, tag, prepaid) in [
            (true, OwnershipTag::default(), ""),
            (false, OwnershipTag::default(), ""),
            (true, OwnershipTag::Off, r#","prepaid":{"period_type":"month","period_num":1,"auto_pay":true}"#),
        ] {
            let stage = stage.clone();
            let work = Work::Create { tag, create: create("data", prepaid) };
            resumes.push(Resume { call: call(), stage: stage.clone(), wanted, renewed: false, work });
            let way = if prepaid.is_empty() { Way::Single } else { Way::Order { auto_pay: true } };
            let growth = Growth { id: volume_id(), agreed: None, from: 40, to: SizeGb::new(80).unwrap() };
            let work = Work::Extend(Extend { volumes: [(address(), growth)].into(), way });
            resumes.push(Resume { call: call(), stage: stage.clone(), wanted, renewed: false, work });
            if way == Way::Single {
                let work = Work::Delete(Delete { address: address(), id: volume_id(), snapshots: Default::default() });
                resumes.push(Resume { call: call(), stage, wanted, renewed: false, work });
            }
        }
    }
    resumes
}

fn renames() -> Vec<Rename> {
    let description = |text: Option<&str>| text.map(|text| Description::new(text).unwrap());
    let rename = |before: (&str, Option<&str>), after: (&str, Option<&str>)| Rename {
        address: address(),
        id: volume_id(),
        before: Label { name: text(before.0), description: description(before.1) },
        after: Label { name: name(after.0), description: description(after.1) },
        changes: Vec::new(),
    };
    vec![
        rename(("old-0002", None), ("data-0002", None)),
        rename(("odd", None), ("data-0002", Some("new"))),
        rename(("data-0002", Some("old")), ("data-0002", Some("new"))),
    ]
}

#[test]
fn every_step_is_told() {
    let mut told = String::new();
    for clean in cleans() {
        writeln!(told, "{}", shown(&item::cleaning(&clean))).unwrap();
    }
    for rename in renames() {
        writeln!(told, "{}", shown(&item::renaming(&rename))).unwrap();
    }
    for gone in [None, Some(volume_id())] {
        let volume = ObservedVolume { size: 40, volume_type: text("SSD"), ..ObservedVolume::of(volume_id()) };
        let (seen, asked) = (Seen::from(&volume), spec(""));
        let adopt = Adopt { address: address(), id: volume_id(), call: call(), gone, seen, asked };
        writeln!(told, "{}", shown(&item::adopting(&adopt))).unwrap();
    }
    let zone = text("az-1");
    let volume = ObservedVolume {
        size: 40,
        volume_type: text("SSD"),
        availability_zone: zone,
        ..ObservedVolume::of(volume_id())
    };
    let (seen, agreed) = (Seen::from(&volume), spec(""));
    let import = Import { address: address(), id: volume_id(), call: call(), seen, agreed };
    writeln!(told, "{}", shown(&item::importing(&import))).unwrap();
    for unwanted in unwanted() {
        for lost in [Drifted::Gone, Drifted::Recycled { kept_until: Some(at()) }] {
            writeln!(told, "{}", shown(&item::forgetting(unwanted, &lost))).unwrap();
        }
    }
    for lost in [Drifted::Gone, Drifted::Recycled { kept_until: Some(at()) }, Drifted::Recycled { kept_until: None }] {
        writeln!(told, "{}", shown(&item::gone(&volume_id(), &lost))).unwrap();
    }
    let (from, to) = (40, SizeGb::new(80).unwrap());
    for way in [Way::Single, Way::Batch, Way::Order { auto_pay: true }, Way::Order { auto_pay: false }] {
        writeln!(told, "{}", shown(&item::extending(from, to, way))).unwrap();
    }
    for snapshots in [0, 1, 2] {
        let volume = ObservedVolume {
            size: 40,
            volume_type: text("SSD"),
            availability_zone: text("az-1"),
            ..ObservedVolume::of(volume_id())
        };
        let snapshots = (0..snapshots).map(|n| SnapshotId::new(format!("s-{n}")).unwrap()).collect();
        let seen = Seen::from(&volume);
        let mut removal = Removal { address: address(), id: volume_id(), snapshots, seen, expired: None };
        writeln!(told, "{}", shown(&item::deleting(&removal))).unwrap();
        removal.expired = Some(jiff::civil::date(2027, 1, 31));
        writeln!(told, "{}", shown(&item::deleting(&removal))).unwrap();
    }
    writeln!(told, "{}\n{}", shown(&item::protecting()), shown(&item::unprotecting())).unwrap();
    let one = |from: &str| Move { address: "new[2]".parse().unwrap(), from: from.parse().unwrap(), id: None };
    for from in ["old[2]", "old[3]"] {
        writeln!(told, "{}", shown(&item::moving(&one(from)))).unwrap();
    }
    for untag in [None, Some("evsctl".to_owned())] {
        let release = Release { address: "old[2]".parse().unwrap(), id: volume_id(), untag };
        writeln!(told, "{}", shown(&item::releasing(&release))).unwrap();
    }
    for resume in resumes() {
        writeln!(
            told,
            "{} {}: {}",
            resume.wanted,
            matches!(&resume.work, Work::Create { tag, .. } if tag.key().is_some()),
            shown(&item::resuming(&resume))
        )
        .unwrap();
    }
    is_kept("steps.txt", &told);
}

#[test]
fn everything_that_is_bought_is_told() {
    let mut told = String::new();
    for (base, more) in [
        ("data", ""),
        ("web", r#","snapshot_id":"s-1","tags":{"a":"b"},"description":"text","enterprise_project_id":"e-1""#),
        ("data", r#","imageRef":"i-1","multiattach":true,"tags":{"a":"b","c":"d"},"dedicated_storage_id":"d-1""#),
        (
            "data",
            r#","backup_id":"b-1","metadata":{"__system__encrypted":"1","__system__cmkid":"9e4b2c77-1a0f-4c68-b5d3-70f8e6a2d944","hw:passthrough":"true"}"#,
        ),
        ("data", r#","iops":3000,"throughput":125,"metadata":{"__system__encrypted":"1"}"#),
        ("data", r#","prepaid":{"period_type":"month","period_num":1,"auto_renew":true,"auto_pay":true}"#),
        ("data", r#","prepaid":{"period_type":"year","period_num":1}"#),
        ("data", r#","server_id":"s-1""#),
        ("data", r#","snapshot_id":"s-1","metadata":{"full_clone":"0"}"#),
    ] {
        let create = create(base, more);
        writeln!(told, "{}\n  {}", shown(&item::bought(&create)), shown(&item::more(&create.spec))).unwrap();
    }
    is_kept("bought.txt", &told);
}

#[test]
fn every_heading_is_told() {
    let mut told = vec![
        heading::STACK.to_owned(),
        heading::IN.to_owned(),
        heading::WARNING.to_owned(),
        heading::REFUSED.to_owned(),
        heading::LIFT.to_owned(),
        heading::DRIFT.to_owned(),
        heading::TARGETED.to_owned(),
        heading::TARGETED_PAGE.to_owned(),
        heading::EMPTY.to_owned(),
        heading::place("p", "https://evs.example"),
        heading::more_in_json(3),
        heading::more(3),
        heading::and_more("data[1]", 3),
        heading::of_several(1),
        heading::of_several(2),
        heading::calls("2 create"),
        heading::changes("sha256:00"),
        heading::page("`shop`"),
        heading::drift_page("`shop`"),
        heading::pages(10),
        heading::drift_pages(10),
        heading::NO_ROOM.to_owned(),
        heading::KNOWN_DRIFT.to_owned(),
        heading::as_of(jiff::civil::date(2027, 1, 31)),
        heading::left_out(&[text("2 changes"), text("1 warning")]),
        heading::IN_SHORT.to_owned(),
        heading::amount(Amount { volumes: 191, gb: Some(9550), snapshots: 0 }),
        heading::amount(Amount { volumes: 1, gb: None, snapshots: 2 }),
        heading::more_keys(1, Amount { volumes: 3, gb: Some(40), snapshots: 1 }.and(Amount::NONE)),
    ];
    let sections = samples!(Section:
        Section::Destructive => [Section::Destructive],
        Section::Refusals(_) => [Section::Refusals(0), Section::Refusals(2)],
        Section::Changes => [Section::Changes],
        Section::Drift => [Section::Drift],
        Section::KnownDrift => [Section::KnownDrift],
        Section::Warnings => [Section::Warnings],
    );
    for section in sections {
        told.push(format!("{}: {}, {}", section.title(2), section.entries(1), section.entries(2)));
    }
    let mut text = String::new();
    told.iter().for_each(|line| writeln!(text, "{line:?}").unwrap());
    is_kept("headings.txt", &text);
}
