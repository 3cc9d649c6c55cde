//! What happens in one history, made from its seed and from nothing else.

use super::image::Tear;
use super::scenario::{LIST, PATH};
use crate::chance::Chance;
use serde_json::{Value, json};
use std::fmt::Write as _;

pub(crate) const JOB: &str = "/v1/{project_id}/jobs/{job_id}";
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
    /// A hand gives one of the volumes another name.
    Rename(usize),
    /// A hand describes one of them.
    Describe(usize),
    /// A hand deletes one of those that are recorded.
    Delete(usize),
    /// Somebody edits the manifest.
    Wish(String),
}

/// A whole history.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Script {
    /// Whether the cloud honours tokens, and is known to.
    pub(crate) tokens: bool,
    pub(crate) documented: bool,
    /// How long its jobs take, in milliseconds.
    pub(crate) job: u64,
    /// The first manifest.
    pub(crate) volumes: String,
    pub(crate) steps: Vec<Step>,
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

/// The wishes, which only grow: nothing else is supported yet.
struct Wishes(Vec<(String, u64, u64, Option<&'static str>)>);

impl Wishes {
    fn add(&mut self, dice: &mut Dice) {
        let name = ["a", "b", "c", "d", "e", "f"].get(self.0.len()).copied().unwrap_or("a");
        if self.0.iter().all(|(taken, ..)| taken != name) {
            let count = if dice.one_in(60) { 99 + dice.below(5) } else { 1 + dice.below(4) };
            self.0.push((name.to_owned(), count, 10 * (1 + dice.below(3)), None));
        }
    }

    fn change(&mut self, dice: &mut Dice) {
        if dice.one_in(3) {
            return self.add(dice);
        }
        let place = dice.place() % self.0.len();
        let (_, count, _, text) = &mut self.0[place];
        match dice.below(4) {
            0 => *text = dice.of(&[None, Some("one"), Some("two")]),
            _ => *count += 1 + dice.below(2),
        }
    }

    fn text(&self) -> String {
        let mut all = String::new();
        for (name, count, size, text) in &self.0 {
            let text = text.map(|text| format!(", description: {text}")).unwrap_or_default();
            let _ = writeln!(all, "  {name}: {{ count: {count}, size: {size}{text} }}");
        }
        all
    }
}

impl Script {
    pub(crate) fn of(seed: u64) -> Script {
        let mut dice = Dice(Chance::of(seed));
        let dice = &mut dice;
        let tokens = !dice.one_in(4);
        let mut wishes = Wishes(Vec::new());
        for _ in 0..1 + dice.below(2) {
            wishes.add(dice);
        }
        let documented = !dice.one_in(5);
        let mut script = Script { tokens, documented, job: dice.below(20), volumes: wishes.text(), steps: Vec::new() };
        // A list may lag longer than anything may stay invisible only where nothing is ever concluded from it.
        let patient = tokens && dice.one_in(5);
        for _ in 0..3 + dice.below(8) {
            let step = match dice.below(20) {
                0..8 => Step::Apply(cut(dice)),
                8 => Step::Approved(cut(dice)),
                9..14 => Step::Faults((0..1 + dice.below(3)).map(|_| rule(dice, tokens, patient)).collect()),
                14 => Step::Restart,
                15 => Step::Rename(dice.place()),
                16 => Step::Describe(dice.place()),
                17 => Step::Delete(dice.place()),
                _ => {
                    wishes.change(dice);
                    Step::Wish(wishes.text())
                }
            };
            script.steps.push(step);
        }
        // Trouble without a run after it is none.
        script.steps.push(Step::Apply(cut(dice)));
        script.steps.push(Step::Apply(cut(dice)));
        script
    }
}

pub(crate) fn cut(dice: &mut Dice) -> Cut {
    if dice.one_in(4) { None } else { Some((1 + dice.place() % 80, dice.of(&Tear::ALL))) }
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
