//! Histories of unlucky runners: one stack that grows through kills, stops, broken locks, lost journals, lost answers
//! and failed jobs, with hours passing by the service's clock meanwhile; and at its end exactly the volumes asked for.
//!
//! Volumes of others stand beside it all the time, one of them another stack's.

use super::stopped::{Unlocked, bytes, unlock};
use super::trials::{self, Chance};
use super::world::{begin, ends, holds_beside, numbered, said, send};
use crate::support::{Cloud, World};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

const LIST: &str = "/v2/{project_id}/cloudvolumes/detail";
const PATH: &str = "/v3/{project_id}/cloudvolumes";
/// About how long a run of these takes.
const RUN: Duration = Duration::from_millis(700);
/// How many applies may be needed in the end.
const APPLIES: usize = 4;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A run is killed.
    Kill,
    /// A run gets SIGTERM.
    Term,
    /// A run is stopped, its lock is broken, its work is done by another, and it wakes hours later.
    Stop,
    /// A run is killed, and what comes back is the state without its journal.
    Lose,
    /// A job fails, what it left is repaired and used, and breaks again.
    Fail,
    /// An answer is lost, or its call is done later.
    Lost,
}

const EVENTS: [Event; 8] =
    [Event::Kill, Event::Kill, Event::Term, Event::Stop, Event::Stop, Event::Lose, Event::Fail, Event::Lost];

/// A stack in its history.
struct Story {
    world: World,
    tokens: bool,
    /// How many volumes it asks for.
    data: u32,
    trio: u32,
    /// How many minutes the service's clock is ahead.
    ahead: u64,
    /// Others' volumes as they must stay, without what changes by itself.
    others: BTreeMap<String, Value>,
}

impl Story {
    fn begin(chance: &mut Chance) -> Story {
        let tokens = chance.below(3) > 0;
        let mut flags = vec!["--job-duration", "60ms", "--latency", chance.one_of(&["0ms", "25ms"])];
        if !tokens {
            flags.extend(["--client-tokens", "off"]);
        }
        let world = World::in_cloud(Cloud::with(&flags), "  data: { size: 10 }");
        let mut story = Story { world, tokens, data: 2, trio: 1, ahead: 0, others: BTreeMap::new() };
        story.make("data-0001", json!({}));
        story.make("trio", json!({"evsctl": "other_aaaaaaaa_bbbbbbbbbb"}));
        story.pass(180);
        story.ask();
        story
    }

    fn make(&mut self, name: &str, tags: Value) {
        let volume = json!({"name": name, "size": 10, "availability_zone": "az-dc-1", "volume_type": "SSD"});
        let (status, body) =
            self.world.cloud.call("POST", "/v3/{project_id}/volumes", Some(json!({ "volume": volume })));
        assert_eq!(status, 202, "{body}");
        let id = body["volume"]["id"].as_str().unwrap().to_owned();
        let of = |id: &str| self.world.cloud.volumes().into_iter().find(|volume| volume["id"] == *id).unwrap();
        crate::support::until("it is there", || of(&id)["status"] == "available");
        self.world.cloud.edit(&id, json!({ "tags": tags }));
        self.others.insert(id.clone(), of(&id));
    }

    fn pass(&mut self, minutes: u64) {
        self.ahead += minutes;
        self.world.cloud.is_ahead(self.ahead);
    }

    /// Writes the manifest.
    fn ask(&self) {
        let Story { world, data, trio, .. } = self;
        world.volumes(&format!("  data: {{ count: {data}, size: 10 }}\n  trio: {{ count: {trio}, size: 10 }}"));
        world.cloud_field("settle: 1s");
    }

    fn grow(&mut self, chance: &mut Chance) {
        self.data += 1 + u32::try_from(chance.below(4)).unwrap();
        self.trio += u32::try_from(chance.below(2)).unwrap();
        self.ask();
    }

    fn wanted(&self) -> Vec<String> {
        let trio = if self.trio == 1 { vec!["trio".to_owned()] } else { numbered("trio", self.trio) };
        [numbered("data", self.data), trio].concat()
    }

    fn apply<'a>(&self) -> Vec<&'a str> {
        if self.tokens { vec!["apply", "--yes"] } else { vec!["apply", "--yes", "--in-doubt", "wait"] }
    }

    /// Nothing more than asked for is there, and nobody else's volume has changed.
    fn judge(&self, after: Event) {
        let all = self.world.cloud.volumes();
        let ours = all.iter().filter(|volume| !self.others.contains_key(volume["id"].as_str().unwrap()));
        let good = ours.filter(|volume| volume["status"] == "available" || volume["status"] == "in-use").count();
        assert!(good <= self.wanted().len(), "after {after:?}: {good} volumes in place of {}", self.wanted().len());
        for (id, was) in &self.others {
            let is = all.iter().find(|volume| volume["id"] == **id);
            let same = |field: &str| is.is_some_and(|is| is[field] == was[field]);
            assert!(
                ["name", "size", "tags", "status"].iter().all(|field| same(field)),
                "after {after:?}: {was} of somebody else is now {is:?}"
            );
        }
    }

    fn take(&mut self, event: Event, chance: &mut Chance) {
        match event {
            Event::Kill | Event::Lose => {
                self.cut("KILL", chance);
                if event == Event::Lose {
                    self.lose();
                }
            }
            Event::Term => self.cut("TERM", chance),
            Event::Stop => self.stop(chance),
            Event::Fail => self.fail(chance),
            Event::Lost => {
                let then = chance.one_of(&["after", "before", "late"]);
                let then = if then == "late" { json!({"late_ms": 300}) } else { json!({ "cut": then }) };
                let rule = json!([{"method": "POST", "path": PATH, "times": 1, "then": then}]);
                self.world.cloud.faults(rule);
                let _ = self.world.run(&self.apply());
            }
        }
    }

    fn cut(&self, signal: &str, chance: &mut Chance) {
        let mut child = begin(&self.world, &self.apply(), "cut.log");
        std::thread::sleep(chance.within(RUN));
        send(&child, signal);
        child.wait().unwrap();
    }

    /// As `git add -A` does where the journal is ignored: and lists lag for a while after that, which only tokens bear.
    fn lose(&self) {
        let _ = std::fs::remove_file(self.world.dir.path().join("state/test.journal"));
        if self.tokens {
            let lag = json!([{"method": "GET", "path": LIST, "times": 4, "then": {"list_lag_ms": 3000}}]);
            self.world.cloud.faults(lag);
        }
        let _ = self.world.run(&self.apply());
        self.world.cloud.faults(json!([]));
    }

    /// The one that wakes writes nothing and sends nothing.
    fn stop(&mut self, chance: &mut Chance) {
        let mut holder = begin(&self.world, &self.apply(), "holder.log");
        std::thread::sleep(chance.within(RUN));
        send(&holder, "STOP");
        if holder.try_wait().unwrap().is_some() {
            return;
        }
        self.pass(chance.one_of(&[0, 1, 20, 90, 9 * 60]));
        if !matches!(unlock(&self.world), Unlocked::Broken) {
            // It was stopped while it wrote, or before it said who it is: then it is ended.
            send(&holder, "KILL");
            holder.wait().unwrap();
            return;
        }
        let ran = self.world.run(&self.apply());
        let before = bytes(&self.world);
        let names = self.world.cloud.names();
        send(&holder, "CONT");
        let code = ends(holder);
        let told = said(&self.world, "holder.log");
        assert!(before == bytes(&self.world), "the holder that woke wrote something:\n{told}");
        assert_eq!(names, self.world.cloud.names(), "the holder that woke did something:\n{told}");
        assert!(!(ran.code == 0 && ran.stdout.contains("created") && code == Some(0)), "it said all was well:\n{told}");
    }

    /// What was used once is never deleted, however its creation ended.
    fn fail(&mut self, chance: &mut Chance) {
        let then = json!({"job": "fail", "error_code": "EVS.2024", "sub_jobs": [1], "volume": "error"});
        self.world.cloud.faults(json!([{"method": "POST", "path": PATH, "times": 1, "then": then}]));
        let _ = self.world.run(&self.apply());
        self.world.cloud.faults(json!([]));
        let broken = |story: &Story| {
            let all = story.world.cloud.volumes();
            all.iter()
                .find(|volume| volume["status"] == "error")
                .map(|volume| volume["id"].as_str().unwrap().to_owned())
        };
        let Some(id) = broken(self) else { return };
        let used = chance.one_of(&[true, true, false]);
        if used {
            let servers =
                if chance.below(2) == 0 { json!([]) } else { json!(["5b02a32d-5355-4279-9015-355000000001"]) };
            self.world.cloud.edit(&id, json!({"status": "available", "attached_to": servers}));
            let _ = self.world.run(&self.apply());
            self.world.cloud.edit(&id, json!({"status": "error", "attached_to": []}));
        }
        self.pass(chance.one_of(&[0, 10, 90]));
        let old = self.world.cloud.volumes().into_iter().find(|volume| volume["id"] == *id);
        let _ = self.world.run(&self.apply());
        let there = self.world.cloud.volumes().iter().any(|volume| volume["id"] == *id);
        assert!(there || !used, "a volume that was used once was deleted: {old:?}");
        // In the console: nobody needs it any more.
        if there {
            self.world.cloud.edit(&id, json!({"gone": true}));
        }
    }

    /// A few applies, and all is there.
    fn end(&self) {
        self.world.cloud.faults(json!([]));
        let (mut told, mut consent) = (Vec::new(), Vec::new());
        for _ in 0..APPLIES {
            let ran = self.world.run(&[self.apply(), std::mem::take(&mut consent)].concat());
            if ran.code == 0 {
                holds_beside(&self.world, &self.wanted(), &self.others.keys().cloned().collect::<BTreeSet<_>>());
                self.world.run(&["plan", "--detailed-exitcode"]).exits(0);
                return;
            }
            // What was recorded as good, broke, and was deleted in the console.
            if ran.code == 4 && ran.stderr.contains("--allow-recreate 1") {
                consent = vec!["--allow-recreate", "1"];
            }
            told.push(format!("exit {}:\n{}\n{}", ran.code, ran.stdout, ran.stderr));
        }
        panic!("{APPLIES} applies did not bring it to rest:\n{}", told.join("\n"));
    }
}

fn trial(chance: &mut Chance) -> String {
    let since = Instant::now();
    let mut story = Story::begin(chance);
    let mut events = Vec::new();
    for _ in 0..2 + chance.below(3) {
        let event = chance.one_of(&EVENTS);
        events.push(event);
        story.take(event, chance);
        story.judge(event);
        if chance.below(2) == 0 {
            story.pass(chance.one_of(&[1, 61, 9 * 60, 24 * 60]));
        }
        if chance.below(2) == 0 {
            story.grow(chance);
        }
    }
    story.end();
    story.judge(*events.last().unwrap());
    events.sort();
    let took = since.elapsed().as_secs();
    format!("with {:?} in {} s", events.first().unwrap(), if took < 5 { "0 to 4" } else { "5 or more" })
}

fn proof(trials: u64) {
    trials::run("unlucky runners", trials, |_, chance| trial(chance));
}

#[test]
fn a_few_unlucky_runners() {
    proof(6);
}

#[test]
#[ignore = "takes minutes; cargo test --release --test it torture:: -- --ignored --nocapture"]
fn unlucky_runners() {
    proof(trials::number("EVSCTL_HISTORIES", 200));
}
