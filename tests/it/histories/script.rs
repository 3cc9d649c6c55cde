//! What happens in one history, made from its seed and from nothing else.
//!
//! It keeps to what the documents say of a service: volumes of a call show in lists within `settle`, or the lists are
//! of a kind that proves nothing. Where a state is put back or copied, what was bought from it shows before the next
//! run looks; where a journal alone is lost, the service knows the token, or the same holds.

use super::hands::Hand;
use super::lies::Lie;
use super::wishes::{Text, Wishes};
use crate::chance::Chance;
use crate::crash::image::Tear;
use crate::crash::script::{Cut, Dice, rule};
use crate::support::CREATE;
use serde_json::{Value, json};

/// What the steps may add up to is far below the 30 days for which ended calls are remembered.
const DAY: u64 = 24 * 60;

/// Where a process is stopped: between its last look and its sending, and around that.
const STALLS: [&str; 4] = [CREATE, CREATE, "a record written", "answered"];

/// The first look at a job: the call is recorded as accepted.
const LOOK: &str = "GET /v1/{project_id}/jobs/{job_id}";

/// One thing that happens.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// A run that may do whatever it plans without a number.
    Apply(Cut),
    /// One that is killed at its first boundary of that name.
    Ended(&'static str),
    /// One whose process stands still at each boundary of that name, for so many milliseconds.
    Stalled(&'static str, u64),
    /// One in which the service's clock leaps, after so many milliseconds, by so many minutes.
    Leap(u64, u64),
    /// The service's trouble from now on.
    Faults(Vec<Value>),
    /// The service's lies from now on, beside some trouble.
    Lies(Vec<Lie>, Vec<Value>),
    /// No trouble and no lies, and what is late is done by now.
    Calm,
    /// The service's server ends, and another goes on with its data.
    Restart,
    /// Somebody edits the manifest.
    Wish(Text),
    /// So many minutes pass.
    Pass(u64),
    /// A hand does something to a volume.
    Hand(Hand, usize),
    /// Somebody keeps a copy of the recorded state.
    Keep,
    /// One of those copies is put back, with its journal or without.
    PutBack(usize, bool),
    /// The journal of a run that was cut is lost.
    LoseJournal,
    /// The state is copied to another folder, and runs go on in both.
    Copy,
    /// The runs go on in the other folder.
    Switch,
    /// A run that is refused, of a manifest that is put back at once: where all that it names is there already.
    Spoilt(Text, Cut),
    /// People take the ways out that refusals name, until a run is not refused.
    Mend,
}

/// A whole history.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Script {
    /// Whether the service honours tokens, and is known to.
    pub(super) tokens: bool,
    pub(super) documented: bool,
    /// Whether requests are signed.
    pub(super) signed: bool,
    /// Whether another stack's volume shows that lists show tags.
    pub(super) control: bool,
    /// How long the service's jobs take, in milliseconds.
    pub(super) job: u64,
    /// How long nothing may be seen of a call that was done, in milliseconds.
    pub(super) settle: u64,
    /// The first manifest.
    pub(super) first: Text,
    pub(super) steps: Vec<Step>,
    /// The last manifest: nothing of what is refused so far is left in it.
    pub(super) last: Text,
}

impl Script {
    pub(super) fn of(seed: u64) -> Script {
        let mut dice = Dice(Chance::of_trial(0x0010, seed));
        let dice = &mut dice;
        let tokens = dice.one_in(2);
        let documented = !dice.one_in(5);
        let signed = dice.one_in(2);
        let control = !dice.one_in(6);
        let job = dice.below(20);
        // What a job does not say is looked for where volumes show late, after it has ended.
        let long = dice.one_in(6);
        let settle = if long { 3000 } else { 500 };
        let mut builder = ScriptBuilder { wishes: Wishes::new(dice), tokens, settle, forked: false, steps: Vec::new() };
        let first = builder.wishes.text();
        for _ in 0..1 + dice.below(if long { 2 } else { 4 }) {
            match dice.below(12) {
                _ if long => builder.unsaid(dice),
                0 => builder.failing(dice),
                1 | 8 | 9 => builder.misnamed(dice),
                2 if !builder.forked => builder.hidden(dice),
                3 => builder.put_back(dice),
                4 => builder.lost(dice),
                5 => builder.copied(dice),
                6 => builder.stalled(dice),
                7 if !builder.forked => builder.hidden(dice),
                _ => builder.trouble(dice),
            }
        }
        builder.wishes.mend();
        let last = builder.wishes.text();
        Script { tokens, documented, signed, control, job, settle, first, steps: builder.steps, last }
    }
}

/// A run ends somewhere, or not. What loses its journal is a story of its own.
fn cut(dice: &mut Dice) -> Cut {
    crate::crash::script::cut(dice)
        .map(|(number, tear)| (number, if tear == Tear::Uncommitted { Tear::Killed } else { tear }))
}

/// A history in the making: each part of it is a small story, and they run into each other.
struct ScriptBuilder {
    wishes: Wishes,
    tokens: bool,
    settle: u64,
    /// Whether there are volumes that a state may not know: then lists show all, since only they can tell.
    forked: bool,
    steps: Vec<Step>,
}

impl ScriptBuilder {
    fn add(&mut self, steps: impl IntoIterator<Item = Step>) {
        self.steps.extend(steps);
    }

    fn grow(&mut self, dice: &mut Dice) {
        self.wishes.grow(dice);
        self.add([Step::Wish(self.wishes.text())]);
    }

    fn more(&mut self, dice: &mut Dice) {
        self.wishes.more(dice);
        self.add([Step::Wish(self.wishes.text())]);
    }

    fn rules(&self, dice: &mut Dice) -> Vec<Value> {
        let mut rules: Vec<Value> = (0..1 + dice.below(2)).map(|_| rule(dice, self.tokens, false)).collect();
        let lags = |rule: &Value| ["list_lag_ms", "tag_lag_ms"].iter().any(|lag| !rule["then"][lag].is_null());
        rules.retain(|rule| !(self.forked && lags(rule)));
        rules
    }

    /// Trouble, crashes, edits and hands, as they come.
    fn trouble(&mut self, dice: &mut Dice) {
        for _ in 0..2 + dice.below(4) {
            match dice.below(14) {
                0..4 => self.add([Step::Apply(cut(dice))]),
                4..6 => {
                    let rules = self.rules(dice);
                    self.add([Step::Faults(rules)]);
                }
                6 => self.add([Step::Restart]),
                7..9 => self.grow(dice),
                9 => {
                    self.wishes.spoil(dice);
                    self.add([Step::Spoilt(self.wishes.text(), cut(dice))]);
                    self.wishes.mend();
                }
                10 => self.add([Step::Pass(dice.of(&[1, 30, 59, 61, 5 * 60, 9 * 60, DAY, 2 * DAY]))]),
                11 => {
                    let hand = dice.of(&[Hand::Attach, Hand::Detach, Hand::Rename, Hand::Describe, Hand::Delete]);
                    self.add([Step::Hand(hand, dice.place())]);
                }
                12 => self.add([
                    // Within an hour of its call no copy can be told from what that made.
                    Step::Pass(dice.of(&[90, 5 * 60, DAY])),
                    Step::Hand(Hand::Clone, dice.place()),
                    Step::Apply(cut(dice)),
                ]),
                _ => {
                    let place = dice.place();
                    self.add([Step::Hand(Hand::Break, place), Step::Apply(cut(dice)), Step::Hand(Hand::Repair, place)]);
                }
            }
        }
        self.add([Step::Apply(cut(dice))]);
    }

    /// A job fails, and what it left is repaired, used, and breaks again.
    fn failing(&mut self, dice: &mut Dice) {
        let subs: Vec<u64> = (0..1 + dice.below(2)).map(|_| 1 + dice.below(3)).collect();
        let then = json!({"job": "fail", "error_code": "EVS.2024", "sub_jobs": subs, "volume": "error"});
        let rule = json!({"method": "POST", "path": crate::crash::scenario::PATH, "times": 1, "then": then});
        self.more(dice);
        self.add([Step::Faults(vec![rule]), Step::Apply(if dice.one_in(3) { cut(dice) } else { None })]);
        if dice.one_in(4) {
            self.add([Step::Pass(dice.of(&[10, 50, 70, DAY])), Step::Apply(cut(dice))]);
        }
        self.add([Step::Hand(Hand::Repair, dice.place())]);
        if dice.one_in(2) {
            self.add([Step::Hand(Hand::Attach, dice.place())]);
        }
        self.add([Step::Apply(if dice.one_in(4) { cut(dice) } else { None })]);
        if dice.one_in(2) {
            self.add([Step::Pass(dice.of(&[10, 70, DAY]))]);
        }
        self.add([Step::Hand(Hand::Break, dice.place()), Step::Apply(None), Step::Apply(cut(dice))]);
    }

    /// A job, or a look at a volume, names what is not the call's, or less than all.
    fn misnamed(&mut self, dice: &mut Dice) {
        self.more(dice);
        let lie = dice.of(&[
            Lie::ForeignMade,
            Lie::ForeignMade,
            Lie::ForeignMade,
            Lie::ForeignFailed,
            Lie::Twice,
            Lie::Twice,
            Lie::Fewer,
            Lie::Nameless,
            Lie::Nameless,
            Lie::AnotherShown,
        ]);
        let mut rules = Vec::new();
        if !self.forked && !dice.one_in(3) {
            let lag = json!({"list_lag_ms": self.settle * (2 + dice.below(3)) / 5});
            rules.push(json!({"method": "GET", "path": crate::crash::scenario::LIST, "then": lag}));
        }
        if dice.one_in(2) {
            // What the job names are volumes that are there already.
            self.add([Step::Ended(LOOK)]);
        }
        self.add([Step::Lies(vec![lie], rules), Step::Apply(if dice.one_in(4) { cut(dice) } else { None })]);
        if dice.one_in(2) {
            self.add([Step::Apply(None)]);
        }
        self.add([Step::Calm, Step::Apply(cut(dice))]);
    }

    /// A job does not say what it made, or one volume twice, and what it made shows late.
    fn unsaid(&mut self, dice: &mut Dice) {
        self.more(dice);
        let lie = dice.of(&[Lie::Nameless, Lie::Nameless, Lie::Fewer, Lie::Twice]);
        let lag = json!({"list_lag_ms": self.settle * 4 / 5});
        let lag = json!({"method": "GET", "path": crate::crash::scenario::LIST, "then": lag});
        let then = [Step::Apply(None), Step::Apply(None), Step::Calm, Step::Apply(cut(dice))];
        self.add(std::iter::once(Step::Lies(vec![lie], vec![lag])).chain(then));
    }

    /// An answer is lost, and the lists do not show what was made.
    fn hidden(&mut self, dice: &mut Dice) {
        self.more(dice);
        let lost = dice.of(&[
            json!({"cut": "after"}),
            json!({"cut": "after"}),
            json!({"late_ms": 150}),
            json!({"cut": "before"}),
        ]);
        // Where tokens are off, the first is refused for its token until that is known.
        let skip = if self.tokens { 0 } else { dice.below(2) };
        let lost =
            json!({"method": "POST", "path": crate::crash::scenario::PATH, "skip": skip, "times": 1, "then": lost});
        let lie = dice.of(&[Lie::Hidden, Lie::Hidden, Lie::Untagged, Lie::Untagged, Lie::ShortPages, Lie::Short]);
        self.add([Step::Lies(vec![lie], vec![lost])]);
        match dice.below(3) {
            0 => self.add([Step::Leap(100 + dice.below(300), 20 + dice.below(30))]),
            1 => self.add([Step::Apply(None), Step::Pass(dice.of(&[1, 20, 8 * 60, DAY])), Step::Apply(cut(dice))]),
            _ => self.add([Step::Apply(None)]),
        }
        self.add([Step::Calm, Step::Apply(cut(dice))]);
    }

    /// A copy of the state is kept, the stack goes on, and the copy is put back.
    fn put_back(&mut self, dice: &mut Dice) {
        self.add([Step::Apply(cut(dice)), Step::Keep]);
        if dice.one_in(2) {
            self.grow(dice);
        }
        self.add([Step::Apply(cut(dice)), Step::Calm]);
        if dice.one_in(2) {
            self.add([Step::Pass(dice.of(&[1, 30, 90, 9 * 60, DAY]))]);
        }
        self.add([Step::PutBack(dice.place(), dice.one_in(2)), Step::Apply(cut(dice)), Step::Apply(None)]);
        self.forked = true;
        self.mend(dice);
    }

    /// In half of all cases people take the ways out.
    fn mend(&mut self, dice: &mut Dice) {
        if dice.one_in(2) {
            self.add([Step::Mend]);
            // What another folder bought later is not known here.
            self.forked = self.steps.contains(&Step::Copy);
        }
    }

    /// A run is cut, and its journal is lost: only the snapshot tells that it was begun.
    fn lost(&mut self, dice: &mut Dice) {
        self.more(dice);
        if self.tokens && !self.forked && dice.one_in(2) {
            let lag = json!({"list_lag_ms": 20_000});
            self.add([Step::Faults(vec![json!({"method": "GET", "path": crate::crash::scenario::LIST, "then": lag})])]);
        } else {
            self.add([Step::Calm]);
        }
        let ends = dice.of(&[LOOK, LOOK, "answered", CREATE]);
        self.add([Step::Ended(ends)]);
        if !self.tokens {
            self.add([Step::Calm]);
        }
        self.add([Step::LoseJournal, Step::Apply(None), Step::Pass(1), Step::Calm, Step::Apply(cut(dice))]);
        self.forked = true;
        self.mend(dice);
    }

    /// Two folders go on from one state.
    fn copied(&mut self, dice: &mut Dice) {
        self.add([Step::Apply(cut(dice)), Step::Calm, Step::Copy]);
        for _ in 0..1 + dice.below(2) {
            if dice.one_in(2) {
                self.grow(dice);
            }
            self.add([Step::Apply(cut(dice)), Step::Calm, Step::Switch, Step::Apply(None)]);
        }
        if dice.one_in(2) {
            self.add([Step::Switch]);
        }
        self.forked = true;
    }

    /// A process stands still, or the service's clock leaps, in the middle of a run.
    fn stalled(&mut self, dice: &mut Dice) {
        self.more(dice);
        if dice.one_in(3) {
            self.add([Step::Leap(dice.below(300), dice.of(&[1, 20, 50]))]);
        } else {
            self.add([Step::Stalled(dice.of(&STALLS), 1100 + dice.below(400))]);
        }
        self.add([Step::Apply(cut(dice))]);
    }
}
