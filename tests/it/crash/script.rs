//! What happens in one history, made from its seed and from nothing else.

use super::hands::Hand;
use super::image::Tear;
use super::scenario::{LIST, PATH};
use super::scenario_changes::{BATCH, EXTEND, no_batch};
use super::wishes::{Text, Wishes};
use crate::chance::Chance;
use serde_json::{Value, json};

pub(crate) const JOB: &str = "/v1/{project_id}/jobs/{job_id}";
const TAGS: &str = "/v2/{project_id}/cloudvolumes/{volume_id}/tags/action";
pub(crate) const VOLUME: &str = "/v2/{project_id}/cloudvolumes/{volume_id}";

/// A run ends at that boundary, and this survives.
pub(crate) type Cut = Option<(usize, Tear)>;

/// One thing that happens.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    /// A run that may do whatever it plans.
    Apply(Cut),
    /// A plan is approved, and two runs go on under that alone; the first may be cut.
    Approved(Cut),
    /// The cloud's trouble from now on.
    Faults(Vec<Value>),
    /// The cloud's server ends, and another goes on with its data.
    Restart,
    /// A hand does this to one of the recorded volumes.
    Hand(Hand, usize),
    /// The same, so many milliseconds after a run began.
    During(Hand, usize, u64, Cut),
    /// Whether runs are given the number of what they destroy, and whether they skip what is refused, from now on.
    Consent(bool, bool),
    /// Somebody edits the manifest.
    Wish(Text),
}

/// A whole history.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    /// Whether the cloud honours tokens, and is known to.
    pub(crate) tokens: bool,
    pub(crate) documented: bool,
    /// How long its jobs take, in milliseconds.
    pub(crate) job: u64,
    /// The first manifest.
    pub(crate) volumes: Text,
    pub(crate) steps: Vec<Step>,
    /// What is asked for in the end.
    pub(crate) last: Wishes,
}

/// What a script is thrown with.
pub(crate) struct Dice(pub(crate) Chance);

impl Dice {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0.below(bound)
    }

    pub(crate) fn place(&mut self) -> usize {
        usize::try_from(self.below(1000)).unwrap_or_default()
    }

    pub(crate) fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    pub(crate) fn of<T: Clone>(&mut self, all: &[T]) -> T {
        let place = self.place() % all.len();
        all[place].clone()
    }
}

impl Script {
    pub(crate) fn of(seed: u64) -> Script {
        let mut dice = Dice(Chance::of(seed));
        let dice = &mut dice;
        let tokens = !dice.one_in(4);
        let mut wishes = Wishes::default();
        for _ in 0..1 + dice.below(2) {
            wishes.add(dice);
        }
        let documented = !dice.one_in(5);
        let (job, volumes, steps, last) = (dice.below(20), wishes.text(), Vec::new(), Wishes::default());
        let mut script = Script { tokens, documented, job, volumes, steps, last };
        // A list may lag longer than anything may stay invisible only where nothing is ever concluded from it.
        let patient = tokens && dice.one_in(5);
        script.steps.push(Step::Consent(!dice.one_in(6), !dice.one_in(3)));
        if !dice.one_in(3) {
            script.steps.push(Step::Apply(None));
        }
        for _ in 0..4 + dice.below(12) {
            let step = match dice.below(28) {
                0..9 => Step::Apply(cut(dice)),
                9 | 10 => Step::Approved(cut(dice)),
                11..15 => Step::Faults((0..1 + dice.below(3)).map(|_| any_rule(dice, tokens, patient)).collect()),
                15 => Step::Restart,
                16..18 => Step::Hand(dice.of(&Hand::ALL), dice.place()),
                18 => Step::During(dice.of(&Hand::ALL), dice.place(), dice.below(60), cut(dice)),
                19 => Step::Consent(!dice.one_in(6), !dice.one_in(3)),
                _ => {
                    wishes.change(dice);
                    script.steps.push(Step::Wish(wishes.text()));
                    if dice.one_in(2) {
                        continue;
                    }
                    Step::Apply(cut(dice))
                }
            };
            script.steps.push(step);
        }
        // Trouble without a run after it is none.
        script.steps.push(Step::Apply(cut(dice)));
        script.steps.push(Step::Apply(cut(dice)));
        script.last = wishes.last();
        script
    }
}

pub(crate) fn cut(dice: &mut Dice) -> Cut {
    if dice.one_in(4) { None } else { Some((1 + dice.place() % 80, dice.of(&Tear::ALL))) }
}

/// One fault rule, about calls of any kind.
fn any_rule(dice: &mut Dice, tokens: bool, patient: bool) -> Value {
    if dice.one_in(2) { rule(dice, tokens, patient) } else { rule_of_changes(dice, patient) }
}

/// One fault rule about a call that changes volumes which are there.
pub(crate) fn rule_of_changes(dice: &mut Dice, patient: bool) -> Value {
    if dice.one_in(8) {
        return no_batch();
    }
    let (method, path) =
        dice.of(&[("POST", BATCH), ("POST", BATCH), ("POST", EXTEND), ("DELETE", VOLUME), ("DELETE", VOLUME)]);
    let then = match dice.below(12) {
        0 | 1 => json!({"cut": "after"}),
        2 | 3 => json!({"cut": "before"}),
        4 => json!({"late_ms": 20 + dice.below(200)}),
        5 => json!({"status": dice.of(&[500, 502, 503, 504, 429, 408]), "headers": {"Retry-After": "0"}}),
        6 => json!({"status": 400, "body": {"error": {"code": "EVS.1064", "message": "no"}}}),
        7 | 8 => json!({"job": "fail", "sub_jobs": [1 + dice.below(3)]}),
        9 if !patient => json!({"job": "vanish"}),
        10 => json!({"job": "fail", "sub_jobs": [1 + dice.below(2)], "cut": "after"}),
        _ => {
            let path = dice.of(&[TAGS, VOLUME]);
            let method = if path == TAGS { "POST" } else { "PUT" };
            let then = dice.of(&[json!({"cut": "before"}), json!({"cut": "after"}), json!({"status": 503})]);
            return json!({"method": method, "path": path, "times": 1 + dice.below(2), "then": then});
        }
    };
    json!({"method": method, "path": path, "skip": dice.below(2), "times": 1 + dice.below(2), "then": then})
}

/// One fault rule, within what the documentation lets a cloud do: what is done late shows late, and both together
/// stay below the time after which it is taken never to have happened.
pub(crate) fn rule(dice: &mut Dice, tokens: bool, patient: bool) -> Value {
    let lag = |dice: &mut Dice| if patient { dice.below(1500) } else { 50 + dice.below(200) };
    let creates = |dice: &mut Dice, then: Value| {
        // Where there are no tokens, the first call with one is refused for it.
        let skip = dice.below(if tokens { 2 } else { 3 });
        json!({"method": "POST", "path": PATH, "skip": skip, "times": 1, "then": then})
    };
    let looks = |path: &str, then: Value| json!({"method": "GET", "path": path, "then": then});
    match dice.below(16) {
        0..2 => creates(dice, json!({"cut": "after"})),
        2..4 => creates(dice, json!({"cut": "before"})),
        4 => {
            let then = json!({"late_ms": 20 + dice.below(200)});
            creates(dice, then)
        }
        5 => {
            let then = json!({"status": dice.of(&[500, 502, 503, 504, 429, 408]), "headers": {"Retry-After": "0"}});
            creates(dice, then)
        }
        6 => creates(dice, json!({"status": 400, "body": {"error": {"code": "EVS.1042", "message": "no"}}})),
        7..9 => {
            let subs: Vec<u64> = (0..1 + dice.below(2)).map(|_| 1 + dice.below(4)).collect();
            let volume = dice.of(&["error", "none"]);
            creates(dice, json!({"job": "fail", "error_code": "EVS.2024", "sub_jobs": subs, "volume": volume}))
        }
        // Of a job that vanished, it is concluded from lists what it made.
        9 if !patient => creates(dice, json!({"job": "vanish"})),
        10 if !patient => creates(dice, json!({"client_token": "off"})),
        11 => {
            let lag = lag(dice);
            looks(LIST, json!({"list_lag_ms": lag}))
        }
        12 => {
            let lag = lag(dice);
            looks(LIST, json!({"tag_lag_ms": lag}))
        }
        13 => looks(VOLUME, json!({"hide_ms": 50 + dice.below(200)})),
        14 => {
            let (method, path) =
                dice.of(&[("GET", LIST), ("GET", JOB), ("GET", VOLUME), ("PUT", VOLUME), ("DELETE", VOLUME)]);
            let then = dice.of(&[
                json!({"cut": "before"}),
                json!({"cut": "after"}),
                json!({"status": 503}),
                // Without the header a throttled request waits for a minute.
                json!({"status": 429, "headers": {"Retry-After": "0"}}),
            ]);
            json!({"method": method, "path": path, "skip": dice.below(2), "times": 1 + dice.below(2), "then": then})
        }
        _ => {
            let (method, path) = dice.of(&[("POST", PATH), ("GET", LIST), ("GET", JOB), ("PUT", VOLUME)]);
            json!({"method": method, "path": path, "times": 2, "then": {"delay_ms": 10 + dice.below(90)}})
        }
    }
}
