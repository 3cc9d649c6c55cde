//! What is right about the end of a run, judged by what the cloud and the disk hold and not by what the run says.

use super::kinds::{Kind, Scene, tells_json};
use super::shim::{PATIENCE, Seen};
use crate::support::{CREATE, DELETE, Ran, UPDATE};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const NEWER: &str = "POST /v2.1/{project_id}/cloudvolumes";
/// What a run says when it has not done a thing.
const UNTOUCHED: [&str; 4] =
    ["nothing was changed", "nothing was done", "nothing was sent", "before anything was done"];

/// What a run says when somebody else is about, who is not.
const NOBODY: [&str; 4] =
    ["by somebody else", "the state is locked", "does not end its write", "when the other run has ended"];

/// What there was before a run.
pub(super) struct Before {
    ours: Vec<Value>,
    foreign: Vec<Value>,
    files: (Value, String),
    writes: u64,
}

impl Before {
    pub(super) fn of(scene: &Scene) -> Before {
        Before { ours: scene.ours(), foreign: scene.foreign.clone(), files: files(scene), writes: writes(scene) }
    }
}

/// What a run records when it does something: serial, calls and volumes of the snapshot, and the records in the journal.
/// What it has seen of volumes that are there may be recorded before, and changes nothing; neither does a journal that
/// was begun and holds no record.
fn files(scene: &Scene) -> (Value, String) {
    let path = scene.world.snapshot();
    let state: Value = std::fs::read(&path).map_or(Value::Null, |text| serde_json::from_slice(&text).unwrap());
    let journal = std::fs::read(path.with_extension("journal")).unwrap_or_default();
    let journal = String::from_utf8_lossy(&journal).into_owned();
    let (_, records) = journal.split_once('\n').unwrap_or_default();
    (json!([state["serial"], state["calls"], state["volumes"]]), records.trim_end_matches('\0').to_owned())
}

/// How many requests arrived that ask for a change.
fn writes(scene: &Scene) -> u64 {
    [CREATE, NEWER, UPDATE, DELETE].iter().map(|template| scene.world.cloud.requests(template)).sum()
}

pub(super) fn orders(scene: &Scene) -> Vec<Value> {
    let (status, body) = scene.world.cloud.call("GET", "/_sim/orders", None);
    assert_eq!(status, 200, "{body}");
    body["orders"].as_array().unwrap().clone()
}

fn without_breaks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is wrong about the run itself; a line each, in words that are the same for the same mistake.
pub(super) fn wrong(scene: &Scene, before: &Before, seen: &Seen) -> Vec<String> {
    let mut wrong = Vec::new();
    if seen.hung {
        return vec![format!("it hangs: not over after {PATIENCE:?}")];
    }
    let said = without_breaks(&format!("{} {}", seen.stdout, seen.stderr));
    if said.contains("panicked") {
        wrong.push("it panics".to_owned());
    }
    let is_apply = scene.words[0] == "apply";
    match seen.code {
        None => wrong.push("a signal ended it".to_owned()),
        Some(0 | 1 | 3 | 7) => {}
        Some(code) => wrong.push(format!("exit {code}, which nothing here calls for")),
    }
    if foreign(scene) != before.foreign {
        wrong.push("somebody else's volume was touched".to_owned());
    }
    let (ours, sent, files) = (scene.ours(), writes(scene) - before.writes, files(scene));
    if seen.code == Some(1) && is_apply && (sent > 0 || ours != before.ours) {
        wrong.push(format!(
            "exit 1, though {}",
            if ours == before.ours { "changes were asked for" } else { "the cloud was changed" }
        ));
    }
    if seen.code == Some(1) && is_apply && files != before.files {
        wrong.push(format!("exit 1, though the recorded state was changed\n{:?}\n{files:?}", before.files));
    }
    const IN_THE_CLOUD: &str = "nothing was changed in the cloud";
    if said.contains(IN_THE_CLOUD) && ours != before.ours {
        wrong.push(format!("it says {IN_THE_CLOUD:?}, though it was changed"));
    }
    let said = said.replace(IN_THE_CLOUD, "");
    for words in UNTOUCHED.iter().filter(|words| said.contains(**words)) {
        if sent > 0 || ours != before.ours {
            wrong.push(format!("it says {words:?}, though the cloud was changed"));
        } else if files != before.files {
            wrong.push(format!("it says {words:?}, though the recorded state was changed"));
        }
    }
    for words in NOBODY.iter().filter(|words| said.contains(**words)) {
        wrong.push(format!("it says {words:?}, and nobody else is there"));
    }
    let voiceless = seen.failed.as_ref().is_some_and(|call| call.on == "standard error");
    if seen.code != Some(0) && !voiceless && seen.stderr.trim().is_empty() {
        wrong.push("it fails without a word".to_owned());
    }
    let mute = seen.failed.as_ref().is_some_and(|call| call.on == "standard output");
    if is_apply && tells_json(scene.kind) && !mute {
        let last = seen.stdout.lines().last().and_then(|line| serde_json::from_str::<Value>(line).ok());
        match last.filter(|last| last["event"] == "finished") {
            Some(last) => {
                if last["exit"].as_i64() != seen.code.map(i64::from) {
                    wrong.push(format!("its last event says exit {}, it is {:?}", last["exit"], seen.code));
                }
                if last["converged"] != json!(seen.code == Some(0)) {
                    wrong.push(format!("its last event says converged {}, exit {:?}", last["converged"], seen.code));
                }
            }
            None => wrong.push("there is no last event".to_owned()),
        }
    }
    wrong
}

fn foreign(scene: &Scene) -> Vec<Value> {
    let ids: Vec<&Value> = scene.foreign.iter().map(|volume| &volume["id"]).collect();
    scene.world.cloud.volumes().into_iter().filter(|volume| ids.contains(&&volume["id"])).collect()
}

/// Whether a run that says that it did all of it did so. To be asked before anything else is run.
#[track_caller]
pub(super) fn success(scene: &Scene) {
    match scene.kind {
        Kind::StateRm => {
            let state = snapshot(scene);
            let call = scene.call.as_ref().unwrap();
            assert!(state["calls"].get(call).is_none(), "exit 0, and the call is still open");
            recover(scene);
        }
        Kind::Rebuild => {
            holds(scene);
            recover(scene);
        }
        Kind::Prepaid => panic!("exit 0, and nobody has paid the order"),
        _ => {
            holds(scene);
            let before = writes(scene);
            converged(apply(scene), "exit 0, and the next apply");
            assert_eq!(writes(scene), before, "exit 0, and the next apply found more to do");
        }
    }
    assert_eq!(foreign(scene), scene.foreign, "somebody else's volume was touched");
}

fn snapshot(scene: &Scene) -> Value {
    serde_json::from_slice(&std::fs::read(scene.world.snapshot()).unwrap()).unwrap()
}

/// Runs without faults, until all is as the manifest says.
#[track_caller]
pub(super) fn recover(scene: &Scene) {
    match scene.kind {
        Kind::Rebuild => {
            converged(run(scene, &["state", "rebuild"]), "a rebuild without faults");
            holds(scene);
            let creates = scene.world.cloud.requests(CREATE);
            converged(apply(scene), "an apply after the rebuild");
            assert_eq!(scene.world.cloud.requests(CREATE), creates, "it buys what was restored");
        }
        Kind::StateRm => {
            let call = scene.call.as_ref().unwrap();
            let ran = run(scene, &["state", "rm", "--call", call]);
            assert!(ran.code == 0 || ran.stderr.contains("is not open"), "`state rm` without faults: {}", ran.stderr);
            converged(apply(scene), "an apply after `state rm`");
        }
        Kind::Prepaid => paid(scene),
        _ => converged(apply(scene), "an apply without faults"),
    }
    holds(scene);
    assert_eq!(foreign(scene), scene.foreign, "somebody else's volume was touched");
}

fn run(scene: &Scene, words: &[&str]) -> Ran {
    scene.world.run(words)
}

fn apply(scene: &Scene) -> Ran {
    run(scene, &["apply", "--yes", "--in-doubt", "wait", "--timeout", "20s"])
}

#[track_caller]
fn converged(ran: Ran, what: &str) {
    assert_eq!(ran.code, 0, "{what} ends with {}\nstdout:\n{}\nstderr:\n{}", ran.code, ran.stdout, ran.stderr);
}

/// Does what a run names as the ways out: pays what is to be paid, and gives up what was never ordered.
#[track_caller]
fn paid(scene: &Scene) {
    let apply = || run(scene, &["apply", "--yes", "--in-doubt", "wait", "--timeout", "3s"]);
    let mut ran = apply();
    for _ in 0..4 {
        if ran.code == 0 {
            break;
        }
        assert_eq!(ran.code, 7, "an apply without faults ends with {}:\n{}{}", ran.code, ran.stdout, ran.stderr);
        let unpaid: Vec<Value> = orders(scene).into_iter().filter(|order| order["paid"] != json!(true)).collect();
        if unpaid.is_empty() {
            // Nothing stands in the console: then the call never came to an order.
            assert!(without_breaks(&ran.stderr).contains("state rm"), "no way out is named:\n{}", ran.stderr);
            let calls = snapshot(scene)["calls"].as_object().unwrap().clone();
            assert!(!calls.is_empty(), "exit 7, nothing to pay and no call open:\n{}", ran.stderr);
            for call in calls.keys() {
                converged(run(scene, &["state", "rm", "--call", call]), "`state rm`");
            }
        }
        for order in unpaid {
            let path = format!("/_sim/orders/{}/pay", order["order_id"].as_str().unwrap());
            let (status, body) = scene.world.cloud.call("POST", &path, None);
            assert_eq!(status, 200, "{body}");
        }
        ran = apply();
    }
    assert_eq!(ran.code, 0, "it does not converge: {}{}", ran.stdout, ran.stderr);
    let orders = orders(scene);
    assert_eq!(orders.len(), 2, "ordered twice: {orders:?}");
}

/// Names, and the ids of the volumes that have them.
type Named = BTreeMap<String, Vec<String>>;

fn named<'v>(volumes: impl Iterator<Item = (&'v Value, &'v Value)>) -> Named {
    let mut all = Named::new();
    for (name, id) in volumes {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        all.entry(text(name)).or_default().push(text(id));
    }
    all
}

/// Insists that the cloud holds what is asked for, each once, and that exactly this is recorded by a run that is over.
#[track_caller]
fn holds(scene: &Scene) {
    let ours = scene.ours();
    let there = named(ours.iter().map(|volume| (&volume["name"], &volume["id"])));
    // A run that learns nothing writes nothing: then the journal of an earlier one may still be there.
    if !scene.world.snapshot().with_extension("journal").exists() {
        assert_eq!(snapshot(scene)["calls"], json!({}), "a call is left open");
    }
    let listed = run(scene, &["state", "list", "--format", "json"]);
    assert!(listed.code == 0 && listed.stderr.is_empty(), "a call is left open: {}", listed.stderr);
    let recorded = named(listed.json().as_array().unwrap().iter().map(|volume| (&volume["name"], &volume["id"])));
    let names: Vec<&String> = there.keys().collect();
    assert_eq!(names, scene.wanted.iter().collect::<Vec<_>>(), "the cloud holds other volumes than asked for");
    assert!(there.values().all(|ids| ids.len() == 1), "a duplicate: {there:?}");
    assert_eq!(there, recorded, "an orphan, or a record of nothing");
}
