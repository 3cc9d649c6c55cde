//! Samples of what is read before anything is asked, and of what the manifest asks for.

use super::{refused, text};
use evsctl::doctor::{Endpoint, Enough, Project, Quotas, Recorded, Short, Stack, Stage, Supply, Told, Unready};
use evsctl::supply::{TypeTrouble, ZoneTrouble};
use evsctl::volume::StackName;
use std::collections::BTreeSet;

fn stages() -> Vec<Stage> {
    samples!(Stage:
        Stage::Manifest => [Stage::Manifest],
        Stage::Endpoint => [Stage::Endpoint],
        Stage::Credentials => [Stage::Credentials],
        Stage::Iam => [Stage::Iam],
        Stage::Project => [Stage::Project],
        Stage::OneProject => [Stage::OneProject],
        Stage::State => [Stage::State],
        Stage::Connection => [Stage::Connection],
    )
}

pub(super) fn unready() -> Vec<Unready> {
    let unready = |stage, denied, hints: &[&str]| {
        let hints = hints.iter().map(|hint| text(hint)).collect();
        Unready { stage, error: Told { line: text("what went wrong: why"), hints }, denied }
    };
    let mut all: Vec<_> = stages().into_iter().map(|stage| unready(stage, false, &[])).collect();
    all.push(unready(Stage::Iam, true, &["do this", "or that"]));
    all
}

pub(super) fn stacks() -> Vec<Stack> {
    [1, 3].map(|volumes| Stack { name: StackName::new("shop").unwrap(), volumes }).into()
}

pub(super) fn endpoints() -> Vec<Endpoint> {
    samples!(Endpoint:
        Endpoint::Embedded => [Endpoint::Embedded],
        Endpoint::Allowed(_) => [Endpoint::Allowed(text("https://evs.cn-north-4.myhuaweicloud.com"))],
    )
}

pub(super) fn projects() -> Vec<Project> {
    let id = || text("0123456789abcdef0123456789abcdef");
    samples!(Project:
        Project::Embedded => [Project::Embedded],
        Project::Given(_) => [Project::Given(id())],
        Project::Named { .. } => [Project::Named { id: id(), name: text("cn-north-4") }],
        Project::Refused(_) => [Project::Refused(refused(403, "EVS.0001"))],
    )
}

pub(super) fn recorded() -> Vec<Recorded> {
    samples!(Recorded:
        Recorded::Nothing => [Recorded::Nothing],
        Recorded::State { .. } => [1, 3].map(|volumes| Recorded::State { serial: 17, volumes }),
    )
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| text(name)).collect()
}

fn supply<Trouble: Ord>(troubles: Vec<Trouble>, needed: bool, instead: &[&str]) -> Supply<Trouble> {
    let keys = [vec![text("web"), text("data")], vec![text("log")], vec![text("cache")]];
    Supply::Missing { troubles: troubles.into_iter().zip(keys).collect(), needed, instead: names(instead) }
}

pub(super) fn zones() -> Vec<Supply<ZoneTrouble>> {
    let troubles = || {
        samples!(ZoneTrouble:
            ZoneTrouble::Unknown(_) => [ZoneTrouble::Unknown(text("az-9"))],
            ZoneTrouble::Unavailable(_) => [ZoneTrouble::Unavailable(text("az-2"))],
        )
    };
    samples!(Supply<ZoneTrouble>:
        Supply::There(_) => [Supply::There(names(&["az-1", "az-2"]))],
        Supply::Missing { .. } => [true, false].map(|needed| supply(troubles(), needed, &["az-1", "az-3"])),
    )
}

pub(super) fn types() -> Vec<Supply<TypeTrouble>> {
    let troubles = || {
        samples!(TypeTrouble:
            TypeTrouble::Unknown(_) => [TypeTrouble::Unknown(text("NVME"))],
            TypeTrouble::Elsewhere { .. } => [TypeTrouble::Elsewhere { volume_type: text("ESSD"), zone: text("az-1") }],
            TypeTrouble::SoldOut { .. } => [TypeTrouble::SoldOut { volume_type: text("SAS"), zone: text("az-2") }],
        )
    };
    samples!(Supply<TypeTrouble>:
        Supply::There(_) => [Supply::There(names(&["SAS", "SSD"]))],
        Supply::Missing { .. } => [true, false].map(|needed| supply(troubles(), needed, &["GPSSD", "SSD"])),
    )
}

pub(super) fn quotas() -> Vec<Quotas> {
    let enough = |left| Enough { entry: text("volumes"), need: 5, left };
    let short = |entry: &str| Short { entry: text(entry), need: 120, left: 119, limit: 219 };
    samples!(Quotas:
        Quotas::NothingToMake => [Quotas::NothingToMake],
        Quotas::NoLimits => [Quotas::NoLimits],
        Quotas::Enough { .. } => [0, 1, 2].map(|unsized_volumes| Quotas::Enough {
            limits: vec![enough(Some(7)), enough(None)],
            unsized_volumes,
        }),
        Quotas::Short { .. } => [0, 1, 2].map(|unsized_volumes| Quotas::Short {
            limits: vec![short("gigabytes"), short("gigabytes_SSD")],
            unsized_volumes,
        }),
    )
}
