//! One history, step by step.

use super::end;
use super::hands::{make, touch};
use super::lies::Lie;
use super::script::{Script, Step};
use super::watch::Watch;
use super::wishes::Text;
use crate::crash::bench::{Folder, Options, Outcome, Terms, World};
use crate::crash::cloud::Nature;
use crate::crash::image::Tear;
use crate::crash::script::Cut;
use evsctl::boundary::Boundaries;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// Longer than any late call takes to be done.
const LATE: Duration = Duration::from_millis(350);
/// How long one step of a run may take: longer than a conclusion does.
const TIMEOUT: Duration = Duration::from_secs(3);

/// What a history came to.
#[derive(Debug, Default)]
pub(super) struct Played {
    pub(super) runs: u64,
    pub(super) crashes: u64,
    pub(super) calls: u64,
    /// Which kinds of trouble hit, and which ways out were taken in the end.
    pub(super) hits: BTreeMap<String, u64>,
    pub(super) ways: BTreeMap<String, u64>,
    pub(super) wrong: Vec<String>,
}

/// How far the service is believed to say what is so.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Lying {
    /// It may say anything wrong.
    pub(super) any: bool,
    /// Its lists may leave out or leave blank.
    pub(super) hides: bool,
}

/// A copy of recorded state, and what a state like that can know to have been used.
struct Kept {
    folder: Folder,
    used: BTreeSet<String>,
}

/// A history in progress.
pub(super) struct Game<'a> {
    pub(super) world: World,
    pub(super) watch: Watch,
    pub(super) played: &'a mut Played,
    lying: Lying,
    kept: Vec<Kept>,
    other: Option<Kept>,
    aloud: bool,
}

/// Plays it to its end.
pub(super) fn play(script: &Script, played: &mut Played, aloud: bool) -> Result<(), String> {
    let nature = Nature { tokens: script.tokens, job: Duration::from_millis(script.job), control: false };
    let settle = Duration::from_millis(script.settle);
    let terms = Terms { settle, timeout: TIMEOUT + 4 * settle, signed: script.signed };
    let mut world = World::with(&nature, script.first.parsed(), script.documented, true, terms);
    // Late calls and those that a restart holds up come in when another run writes.
    world.ledger.expect_late();
    let mut watch = Watch::default();
    watch.asks(&script.first.counts);
    others(&world, &mut watch, script.control);
    world.cloud.pass(Duration::from_secs(3 * 3600));
    let (lying, kept, other) = Default::default();
    let mut game = Game { world, watch, played, lying, kept, other, aloud };
    for step in &script.steps {
        game.say(|| format!("{step:?}"));
        game.take(step, script)?;
    }
    let rested = game.rest(script);
    game.played.calls = game.world.ledger.calls();
    game.played.hits = std::mem::take(&mut game.world.cloud.hits);
    let Game { world, played, .. } = game;
    played.wrong.extend(world.wrong.clone());
    played.wrong.extend(world.ledger.wrong());
    rested
}

/// Whether a rule hides something for a while.
fn lags(rule: &serde_json::Value) -> bool {
    ["list_lag_ms", "tag_lag_ms", "hide_ms"].iter().any(|lag| !rule["then"][lag].is_null())
}

/// Volumes of others, which look much like those of the stack.
fn others(world: &World, watch: &mut Watch, control: bool) {
    let place = ("az-dc-1".to_owned(), "SSD".to_owned());
    let mut all = vec![("a-0001", json!({})), ("b", json!({"team": "else"}))];
    if control {
        all.push(("a-0002", json!({"evsctl": "other_aaaaaaaa_bbbbbbbbbb"})));
    }
    for (name, tags) in all {
        let id = make(world, name, 10, &place, tags);
        let made = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24);
        world.cloud.edit(&id, &json!({"created_at": made.strftime("%Y-%m-%dT%H:%M:%S.%6f").to_string()}));
        watch.leave_alone(world, &id);
    }
}

impl Game<'_> {
    pub(super) fn say(&self, what: impl FnOnce() -> String) {
        if self.aloud {
            println!("{}", what());
        }
    }

    fn take(&mut self, step: &Step, script: &Script) -> Result<(), String> {
        match step {
            Step::Apply(cut) => drop(self.run(*cut)),
            Step::Ended(name) => {
                let _ = self.run_with(Boundaries::dying(name), Some((0, Tear::Killed)));
            }
            Step::Stalled(at, pause) => {
                drop(self.run_with(Boundaries::stopping(at, Duration::from_millis(*pause)), None));
            }
            Step::Leap(after, minutes) => {
                let (after, by) = (Duration::from_millis(*after), Duration::from_secs(60 * minutes));
                let leap = self.world.cloud.leap(after, by);
                self.run(None);
                leap.wait();
            }
            Step::Faults(rules) => {
                let hides = rules.iter().any(lags);
                self.lying = Lying { any: hides, hides };
                self.world.cloud.faults(rules);
            }
            Step::Lies(lies, rules) => self.lie(lies, rules)?,
            Step::Calm => self.calm(),
            Step::Restart => self.world.cloud.restart(),
            Step::Wish(text) => {
                self.world.manifest = text.parsed();
                self.watch.asks(&text.counts);
            }
            Step::Pass(minutes) => self.world.cloud.pass(Duration::from_secs(60 * minutes)),
            Step::Hand(hand, nth) => touch(&mut self.world, &mut self.watch, *hand, *nth),
            Step::Keep => {
                let folder = self.world.copy(&format!("kept-{}", self.kept.len()));
                self.kept.push(Kept { folder, used: self.watch.used.clone() });
            }
            Step::PutBack(nth, journal) => {
                if let Some(kept) = self.kept.get(nth % self.kept.len().max(1)) {
                    self.world.put_back(&kept.folder, *journal);
                    self.watch.used.clone_from(&kept.used);
                }
            }
            Step::LoseJournal => self.world.lose_the_journal(),
            Step::Copy if self.other.is_none() => {
                let folder = self.world.copy("other");
                self.other = Some(Kept { folder, used: self.watch.used.clone() });
            }
            Step::Copy => {}
            Step::Switch => self.switch(),
            Step::Spoilt(text, cut) => self.spoilt(text, *cut)?,
            Step::Mend => {
                self.calm();
                // What is not at rest by then may be later.
                let _ = end::ways_out(self, script, 4)?;
            }
        }
        Ok(())
    }

    /// Nothing that it names is still to be made: it would be made as it is named.
    fn spoilt(&mut self, text: &Text, cut: Cut) -> Result<(), String> {
        let state = self.world.store.read().map_err(|error| error.to_string())?;
        let Some(state) = state.filter(|state| state.operations.is_empty()) else { return Ok(()) };
        let whole = |key: &str, count: u64| {
            state.volumes.iter().filter(|(address, it)| address.key.as_str() == key && it.tainted.is_none()).count()
                as u64
                >= count
        };
        if text.counts.iter().all(|(key, count)| whole(key, *count)) {
            let before = std::mem::replace(&mut self.world.manifest, text.parsed());
            self.run(cut);
            self.world.manifest = before;
        }
        Ok(())
    }

    /// The runs go on in the other folder, where there is one. Says whether there is.
    pub(super) fn switch(&mut self) {
        if let Some(other) = &mut self.other {
            self.world.exchange(&mut other.folder);
            std::mem::swap(&mut self.watch.used, &mut other.used);
        }
    }

    pub(super) fn has_two_folders(&self) -> bool {
        self.other.is_some()
    }

    /// The service says what is so from now on, and all that was late is done.
    pub(super) fn calm(&mut self) {
        self.world.cloud.faults(&[]);
        std::thread::sleep(LATE);
        self.lying = Lying::default();
    }

    fn lie(&mut self, lies: &[Lie], rules: &[serde_json::Value]) -> Result<(), String> {
        self.world.cloud.faults(&[]);
        let state = self.world.store.read().map_err(|error| error.to_string())?;
        let recorded: BTreeSet<String> =
            state.iter().flat_map(|state| state.volumes.values()).map(|volume| volume.id.to_string()).collect();
        let foreign: BTreeSet<String> = self.watch.foreign.keys().cloned().collect();
        let mut all: Vec<_> = lies.iter().flat_map(|lie| lie.rules(&self.world.cloud, &foreign, &recorded)).collect();
        all.extend(rules.iter().cloned());
        self.lying = Lying { any: true, hides: lies.iter().any(|lie| lie.hides()) || rules.iter().any(lags) };
        self.world.cloud.faults(&all);
        Ok(())
    }

    pub(super) fn run(&mut self, cut: Cut) -> Outcome {
        self.run_with(Boundaries::counted(cut.map(|(number, _)| number)), cut)
    }

    fn run_with(&mut self, boundaries: Boundaries, cut: Cut) -> Outcome {
        self.watch.before(&self.world);
        let since = Instant::now();
        self.world.lied_to = self.lying.any;
        let options = Options { approve: None, tear: cut.map(|(_, tear)| tear) };
        let outcome = self.world.run(&boundaries, &options);
        self.played.runs += 1;
        self.played.crashes += u64::from(matches!(outcome, Outcome::Crashed));
        self.say(|| {
            let (passed, took) = (boundaries.passed(), since.elapsed().as_secs_f64());
            format!("  {} at {:?}, {took:.1} s: {outcome}", passed.len(), passed.last())
        });
        let wrong = self.watch.after(&self.world, &outcome, self.lying);
        wrong.iter().for_each(|why| self.say(|| format!("  WRONG: {why}")));
        self.played.wrong.extend(wrong);
        // What one folder's plan cleaned away is gone for the other, too.
        self.world.deleted.extend(self.world.cleaned.iter().cloned());
        outcome
    }

    fn rest(&mut self, script: &Script) -> Result<(), String> {
        self.calm();
        self.world.manifest = script.last.parsed();
        self.watch.asks(&script.last.counts);
        self.say(|| "in the end:".to_owned());
        end::bring_to_rest(self, script)
    }
}
