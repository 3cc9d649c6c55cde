//! Every saved form that landed is read, and its runs are gone on with: `tests/landed/states` holds states, journals and
//! clouds as versions that landed left them at boundaries of their runs, a file for each scenario of `crash`, a line for
//! each boundary. They are never changed; a version that changes a saved form adds files of its own before it does.

use crate::crash::bench::{Options, World};
use crate::crash::cloud::Nature;
use crate::crash::end::{Looked, recover, unlike_the_manifest};
use crate::crash::image::Tear;
use crate::crash::scenario::{ALL, Scenario};
use crate::support::put;
use evsctl::boundary::Boundaries;
use evsctl::operation::{Operation, Progress, Sendings};
use evsctl::state::State;
use evsctl::volume::Receipt;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// How many boundaries of each scenario are kept.
const KEPT: usize = 6;
/// How many of them are gone on with at once.
const THREADS: usize = 4;

/// What a run left where it was ended.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Left {
    scenario: String,
    /// Its number, its name, and what survived.
    boundary: (usize, String, String),
    /// The files, by name, each with its whole length: the zeros at its end, a journal's room, are not written out.
    files: BTreeMap<String, (usize, String)>,
    /// The embedded cloud's own file.
    cloud: String,
    /// What its version made of them.
    meaning: Value,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/landed/states")
}

/// What a state says, in words that no saved form has a part in.
fn meaning(world: &World, state: Option<&State>) -> Value {
    let Some(state) = state else { return json!({ "next": next(world) }) };
    let progress = |progress: &Progress| match progress {
        Progress::Intended => json!("intended"),
        Progress::Sent(Sendings { first, last, token, undated }) => {
            json!({"first": first, "last": last, "token": token, "undated": undated})
        }
        Progress::Accepted { receipt: Receipt::Job(id), named } => json!({"job": id, "volumes": named}),
        Progress::Accepted { receipt: Receipt::Order(id), named } => json!({"order": id, "volumes": named}),
    };
    let call = |(id, call): (&evsctl::volume::CallId, &Operation)| {
        let made = call.as_create().unwrap();
        let create = &made.create;
        let slots: BTreeMap<String, &str> =
            create.slots.iter().map(|(slot, name)| (slot.to_string(), name.as_str())).collect();
        let gone: Vec<String> = create.gone.iter().map(|(slot, id)| format!("{slot} {id}")).collect();
        let all = json!({
            "key": create.key, "slots": slots, "name": create.name, "token": made.token, "tag": made.tag.key(), "gone": gone,
            "size": create.spec.size.map(|size| size.gb()), "api": create.api.version(), "at": call.at,
            "first_sent": call.first_sent, "progress": progress(&call.progress),
        });
        (id.to_string(), all)
    };
    let volume = |(address, volume): (&evsctl::volume::Address, &evsctl::state::Recorded)| {
        let all = json!({
            "id": volume.id, "call": volume.call, "tainted": volume.tainted.is_some(), "name": volume.seen.name,
            "status": volume.seen.status.as_str(), "size": volume.base.spec.size.map(|size| size.gb()),
        });
        (address.to_string(), all)
    };
    json!({
        "lineage": state.lineage,
        "serial": state.serial,
        "records": state.journal_sequence,
        "calls": state.operations.iter().map(call).collect::<BTreeMap<_, _>>(),
        "volumes": state.volumes.iter().map(volume).collect::<BTreeMap<_, _>>(),
        "ended": state.ended.keys().collect::<Vec<_>>(),
        "used": state.used,
        "approved": state.approved.as_ref().map(|approved| &approved.changes),
        "next": next(world),
    })
}

/// The calls that the next run would send.
fn next(world: &World) -> Vec<String> {
    world.next_calls().unwrap()
}

fn world(scenario: &Scenario, volumes: &str) -> World {
    let nature = Nature { tokens: scenario.tokens, job: scenario.job, control: true };
    World::new(&nature, volumes, scenario.documented, true)
}

/// Plays a scenario to a boundary and takes what is left; `None` where the run ends before it.
fn left_at(scenario: &Scenario, number: usize, tear: Tear) -> Option<Left> {
    let mut world = world(scenario, scenario.before.unwrap_or(scenario.volumes));
    if scenario.before.is_some() {
        recover(&mut world).unwrap();
    }
    if scenario.deleted {
        let first = world.cloud.volumes().into_keys().next().unwrap();
        world.delete(&first);
    }
    world.wish(scenario.volumes);
    world.cloud.faults(&(scenario.rules)());
    let boundaries = Boundaries::counted(Some(number));
    world.run(&boundaries, &Options { approve: None, tear: Some(tear) });
    let passed = boundaries.passed();
    let name = (*passed.get(number - 1)?).to_owned();
    // Late work and running jobs are done before the cloud's file is taken.
    std::thread::sleep(std::time::Duration::from_millis(700));
    world.cloud.faults(&[]);
    world.cloud.restart();
    let state = world.store.read().unwrap();
    let read = |path: PathBuf| {
        let text = String::from_utf8(std::fs::read(path).ok()?).unwrap();
        Some((text.len(), text.trim_end_matches('\0').to_owned()))
    };
    let paths = [("test.json", world.store.snapshot_path()), ("test.journal", world.store.journal_path())];
    let files = paths.into_iter().filter_map(|(name, path)| Some((name.to_owned(), read(path)?))).collect();
    let meaning = meaning(&world, state.as_ref());
    let boundary = (number, name, format!("{tear:?}"));
    let cloud = std::fs::read_to_string(world.data()).unwrap();
    Some(Left { scenario: scenario.name.to_owned(), boundary, files, cloud, meaning })
}

#[test]
#[ignore = "writes what this version leaves: EVSCTL_LANDED=FOLDER cargo test --test it landed::keep -- --ignored"]
fn keep() {
    #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
    let folder = PathBuf::from(std::env::var("EVSCTL_LANDED").unwrap());
    for scenario in ALL.iter().filter(|scenario| scenario.name != "two calls of one key") {
        let mut world = world(scenario, scenario.before.unwrap_or(scenario.volumes));
        if scenario.before.is_some() {
            recover(&mut world).unwrap();
        }
        world.wish(scenario.volumes);
        world.cloud.faults(&(scenario.rules)());
        let boundaries = Boundaries::counted(None);
        world.run(&boundaries, &Options::default());
        let count = boundaries.passed().len();
        let lines = (1..=KEPT).filter_map(|n| {
            let left = left_at(scenario, (count * n / (KEPT + 1)).max(1), Tear::ALL[n % Tear::ALL.len()])?;
            (!left.files.is_empty()).then(|| serde_json::to_string(&left).unwrap() + "\n")
        });
        put(&folder.join(format!("{}.jsonl", scenario.name.replace([' ', ','], "-"))), lines.collect::<String>());
    }
}

/// Puts it in place again, and goes on with it.
fn goes_on(left: &Left) -> Result<(), String> {
    let scenario = ALL.iter().find(|scenario| scenario.name == left.scenario).ok_or("no such scenario")?;
    let mut world = world(scenario, scenario.volumes);
    put(&world.data(), &left.cloud);
    world.cloud.reopen();
    std::fs::create_dir_all(world.store.dir()).unwrap();
    for (name, (length, text)) in &left.files {
        let room = "\0".repeat(length - text.len());
        put(&world.store.dir().join(name), format!("{text}{room}"));
    }
    let state = world.store.read().map_err(|error| format!("it does not read: {error}"))?;
    let read = meaning(&world, state.as_ref());
    if read != left.meaning {
        return Err(format!("it reads as\n  {read}\nand was\n  {}", left.meaning));
    }
    // An order that may have been made is never concluded not to have been, and its token is forgotten by now.
    let in_doubt = |call: &Operation| !call.ends_by_time() && call.progress.taken().is_none();
    if state.iter().flat_map(|state| state.operations.values()).any(in_doubt) {
        return Ok(());
    }
    // What failed did so long ago, and what a hand deleted is made anew.
    world.destroys = true;
    let gone = state.iter().flat_map(|state| state.volumes.values()).map(|volume| volume.id.to_string());
    world.deleted.extend(gone.filter(|id| !world.cloud.volumes().contains_key(id)));
    recover(&mut world)?;
    let wrong = unlike_the_manifest(&world, &BTreeSet::new(), Looked::Well);
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

#[test]
fn what_landed_is_read_and_gone_on_with() {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let lines: Vec<String> = files
        .iter()
        .flat_map(|file| std::fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let one = |line: &String| {
        let left: Left = serde_json::from_str(line).unwrap();
        goes_on(&left).err().map(|why| format!("{}, ended at {:?}: {why}", left.scenario, left.boundary))
    };
    // Most of their time is waiting.
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let parts = lines.chunks(lines.len().div_ceil(THREADS));
        let threads: Vec<_> =
            parts.map(|part| scope.spawn(|| part.iter().filter_map(one).collect::<Vec<_>>())).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{} of {} are wrong:\n{}", wrong.len(), lines.len(), wrong.join("\n"));
    assert!(lines.len() >= 100, "only {}", lines.len());
}
