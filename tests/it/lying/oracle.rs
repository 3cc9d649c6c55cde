//! What must hold whatever the service says: looked up in the cloud itself, not through the one that lies.

use super::stage::{Stage, id};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What was asked for: so many volumes of one key.
pub(super) const COUNT: usize = 3;
pub(super) const SIZE: u64 = 20;

/// Everything that is wrong at this moment, where so many volumes may be there at the most.
pub(super) fn violations(stage: &Stage, wanted: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    let foreign = stage.foreign_ids();
    let truth: BTreeMap<String, Value> =
        stage.world.cloud.volumes().into_iter().map(|volume| (id(&volume).to_owned(), volume)).collect();
    for was in &stage.foreign {
        let name = &was["name"];
        match truth.get(id(was)) {
            Some(is) if is == was => {}
            Some(is) => wrong.push(format!("somebody else's volume {name} was changed: {}", difference(was, is))),
            None => wrong.push(format!("somebody else's volume {name} is gone")),
        }
    }
    stage.proxy.memory(|memory| {
        for volume in memory.changed.iter().filter(|id| foreign.contains(*id)) {
            wrong.push(format!("a change of somebody else's volume {volume} was asked for"));
        }
        for volume in &memory.deleted {
            let of = id(volume);
            if foreign.contains(of) {
                wrong.push(format!("the deletion of somebody else's volume {of} was asked for"));
            }
            if volume["attachments"].as_array().is_some_and(|servers| !servers.is_empty()) {
                wrong.push(format!("the deletion of {of} was asked for, which is attached"));
            }
        }
    });
    let mut seen = BTreeSet::new();
    for volume in recorded(stage) {
        if foreign.contains(id(&volume)) {
            wrong.push(format!("somebody else's volume is recorded as {}", volume["address"]));
        }
        if !seen.insert(id(&volume).to_owned()) {
            wrong.push(format!("volume {} is recorded twice", id(&volume)));
        }
    }
    let ours = stage.ours();
    if ours.len() > wanted {
        let names: Vec<&Value> = ours.iter().map(|volume| &volume["name"]).collect();
        wrong.push(format!("{} volumes were bought for {wanted}: {names:?}", ours.len()));
    }
    wrong
}

/// Insists that nothing is wrong.
#[track_caller]
pub(super) fn holds(stage: &Stage) {
    let wrong = violations(stage, COUNT);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The fields in which a volume is another one.
fn difference(was: &Value, is: &Value) -> String {
    let fields = was.as_object().into_iter().flatten();
    let changed = fields.filter(|(field, value)| is[field.as_str()] != **value);
    changed
        .map(|(field, value)| format!("{field} from {value} to {}", is[field.as_str()]))
        .collect::<Vec<_>>()
        .join(", ")
}

/// What is recorded; nothing where there is no state.
fn recorded(stage: &Stage) -> Vec<Value> {
    let ran = stage.world.run(&["state", "list", "--format", "json"]);
    serde_json::from_str::<Vec<Value>>(&ran.stdout).unwrap_or_default()
}

/// Why what is there is not what was asked for, where so many volumes may be there at the most: a run that says
/// "converged" must have none of these.
pub(super) fn unlike(stage: &Stage, most: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    // Where the service says of a volume that a server uses it, nobody can know that it is not ready yet.
    stage.settled();
    let truth: BTreeMap<String, Value> =
        stage.ours().into_iter().map(|volume| (id(&volume).to_owned(), volume)).collect();
    let recorded = recorded(stage);
    if recorded.len() != COUNT || !(COUNT..=most).contains(&truth.len()) {
        wrong.push(format!("{} volumes are recorded and {} are there, for {COUNT}", recorded.len(), truth.len()));
    }
    for (n, volume) in recorded.iter().enumerate() {
        let Some(is) = truth.get(id(volume)) else {
            wrong.push(format!("{} is recorded and not there", volume["address"]));
            continue;
        };
        let name = format!("web-{:04}", n + 1);
        let asked = [("name", name.as_str()), ("availability_zone", "az-dc-1"), ("volume_type", "SSD")];
        for (field, value) in asked.into_iter().filter(|(field, value)| is[*field] != *value) {
            wrong.push(format!("{field} of {} is {} and not {value}", volume["address"], is[field]));
        }
        if is["size"].as_u64() != Some(SIZE) {
            wrong.push(format!("{} has {} GB and not {SIZE}", volume["address"], is["size"]));
        }
        if !matches!(is["status"].as_str(), Some("available" | "in-use")) {
            wrong.push(format!("{} is {}", volume["address"], is["status"]));
        }
    }
    wrong
}

/// Whether the words of a run name something that can be done.
pub(super) fn names_a_way_out(said: &str) -> bool {
    ["`evsctl ", "console", "by hand", "--allow-destroy", "--allow-recreate"].iter().any(|words| said.contains(words))
}
