//! The sentences that sum a plan up, alike in every form.

use super::number::count;
use crate::plan::{Plan, Preflight, Scope, Summary, summary};
use crate::state::CloudId;
use crate::volume::{Address, CreateApi};
use std::collections::{BTreeMap, BTreeSet};

/// As in `5 to create, 13 to change, 0 to destroy, 27 unchanged`; the rarer ones only where there are some.
pub fn sum(sum: &Summary) -> String {
    let Summary { create, recreate, update, replace, delete, clean, adopt, import, forget, resume, unchanged, refused } =
        *sum;
    let mut words = vec![format!("{create} to create"), format!("{update} to change"), format!("{delete} to destroy")];
    let rare = [
        (replace, "to replace"),
        (recreate, "to recreate"),
        (clean, "to clean"),
        (adopt, "to adopt"),
        (import, "to import"),
        (resume, "to resume"),
        (forget, "to forget"),
    ];
    words.extend(rare.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")));
    words.push(format!("{unchanged} unchanged"));
    if refused > 0 {
        words.push(format!("{refused} refused"));
    }
    words.join(", ")
}

/// What people call a call that is not a create, in the order in which they are told.
const NAMES: [(&str, &str); 15] = [
    (summary::BATCH_EXTEND, "batch-extend"),
    (summary::EXTEND, "extend"),
    (summary::UPDATE, "update"),
    (summary::RETAG, "retag"),
    (summary::DELETE, "delete"),
    (summary::LIST, "list"),
    (summary::SHOW, "show"),
    (summary::SNAPSHOTS, "snapshot list"),
    (summary::ZONES, "zone list"),
    (summary::TYPES, "type list"),
    (summary::QUOTAS, "quota list"),
    (summary::SNAPSHOT, "snapshot show"),
    (summary::IMAGES, "image list"),
    (summary::BACKUP, "backup show"),
    (summary::JOB, "poll"),
];

/// What people call a call, by its method and path template; `None` where that itself is all there is.
pub fn name(endpoint: &str) -> Option<&'static str> {
    // Whatever form a create call has, it is one to people.
    match CreateApi::ALL.iter().any(|api| api.template() == endpoint) {
        true => Some("create"),
        false => NAMES.iter().find(|(template, _)| *template == endpoint).map(|(_, name)| *name),
    }
}

/// Calls by their names, as in `2 create, 6 update, 14 polls`; polls are estimates where they are `about` so many.
fn named<'a>(calls: impl Iterator<Item = (&'a str, u64)>, about: bool) -> String {
    let (mut by_name, mut others) = (BTreeMap::new(), Vec::new());
    for (endpoint, n) in calls {
        match name(endpoint) {
            Some(name) => *by_name.entry(name).or_default() += n,
            None => others.push(format!("{n} {endpoint}")),
        }
    }
    let names = ["create"].into_iter().chain(NAMES.map(|(_, name)| name));
    let told = names.filter_map(|name| {
        let n: u64 = by_name.remove(name)?;
        Some(match name {
            "poll" if about => format!("about {}", count(n, name)),
            "poll" => count(n, name),
            _ => format!("{n} {name}"),
        })
    });
    told.chain(others).collect::<Vec<_>>().join(", ")
}

/// The calls that were sent, as in `2 create, 30 polls`.
pub fn sent(calls: &BTreeMap<String, u64>) -> String {
    named(calls.iter().map(|(endpoint, n)| (endpoint.as_str(), *n)), false)
}

/// As in `2 create, 6 update, about 14 polls`; `None` where nothing is sent.
pub fn calls(plan: &Plan) -> Option<String> {
    let calls = plan.calls();
    (!calls.is_empty()).then(|| named(calls.iter().map(|(endpoint, n)| (*endpoint, *n)), true))
}

/// What apply has to be told.
pub fn consents(plan: &Plan) -> Vec<String> {
    let mut consents = Vec::new();
    if plan.destructions() > 0 {
        consents.push(format!("destroying needs --allow-destroy {}", plan.destructions()));
    }
    if plan.deletions_going_on() > 0 {
        let deletions = count(plan.deletions_going_on(), "deletion");
        consents.push(format!("{deletions} of an earlier run may be sent again under the number that it had"));
    }
    if plan.recreations() > 0 {
        consents.push(format!("recreating needs --allow-recreate {}", plan.recreations()));
    }
    consents
}

/// That the plan was not held against what the project has, where it should have been.
pub fn preflight(plan: &Plan) -> Option<&'static str> {
    match plan.preflight {
        Preflight::Unneeded | Preflight::Checked => None,
        Preflight::Offline => Some("pre-flight: not made, since the cloud was not asked"),
        Preflight::Declined => Some("pre-flight: not made, since --no-preflight was given"),
    }
}

/// Why there is nothing to do.
pub fn nothing(plan: &Plan) -> String {
    let which = match plan.scope {
        Scope::All => "",
        Scope::Targeted => "targeted ",
    };
    if !plan.refusals.is_empty() {
        return match plan.summary().refused {
            // A refusal about the stack as a whole stands for no address.
            0 => format!("nothing is done: the stack is refused as a whole, {} unchanged", plan.unchanged),
            refused => format!("nothing is done: {refused} refused, {} unchanged", plan.unchanged),
        };
    }
    let drifted: BTreeSet<&Address> = plan.drift.iter().map(|drift| &drift.address).collect();
    let known: BTreeSet<&Address> = plan.known_drift.iter().map(|known| &known.drift.address).collect();
    let drifted = match drifted.len() {
        0 if plan.observed.is_none() => " as far as is recorded; the cloud was not asked".to_owned(),
        0 if !known.is_empty() => format!(", but for known drift on {}", count(known.len() as u64, "volume")),
        0 => String::new(),
        n => format!(", but for what was changed from outside on {}", count(n as u64, "volume")),
    };
    match plan.unchanged {
        0 => format!("nothing to do: there are no {which}volumes"),
        1 => format!("nothing to do: 1 {which}volume is as desired{drifted}"),
        n => format!("nothing to do: {n} {which}volumes are as desired{drifted}"),
    }
}

/// Where the plan comes from: as in `serial 17`.
pub fn basis(plan: &Plan) -> String {
    match plan.basis.lineage {
        None => "no state yet".to_owned(),
        Some(_) => format!("serial {}", plan.basis.serial),
    }
}

/// As in `41 recorded, 41 in the cloud`.
pub fn census(plan: &Plan) -> String {
    match plan.observed {
        Some(observed) => format!("{} recorded, {observed} in the cloud", plan.recorded),
        None => format!("{} recorded, the cloud not asked", plan.recorded),
    }
}

/// The project and the address that a plan is for; `None` for the embedded cloud, which costs nothing.
pub fn place(plan: &Plan) -> Option<(&str, &str)> {
    let CloudId { region: _, endpoint, project_id } = &plan.cloud;
    (endpoint != CloudId::SIMULATOR).then_some((project_id, endpoint))
}

/// What is refused, as in `refusals of 3 volumes`.
pub fn refusals(plan: &Plan) -> String {
    match plan.summary().refused {
        // A refusal about the stack as a whole need not stand for any address.
        0 => "a refusal of the stack as a whole".to_owned(),
        1 => "a refusal of 1 volume".to_owned(),
        refused => format!("refusals of {}", count(refused, "volume")),
    }
}
