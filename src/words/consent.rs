//! Consent to a plan: what is asked, and why a plan is not carried out.

use super::number::count;
use super::overview;
use super::told::Told;
use crate::plan::Plan;
use crate::volume::Digest;
use jiff::civil::Date;

/// What is asked before a plan is carried out.
pub const QUESTION: &str = "Carry this out?";

/// That the answer was no.
pub const NO: &str = "the answer was no; nothing was done";

/// That the answer was not the number that was asked for.
pub const NOT_THE_NUMBER: &str = "the answer was not that number; nothing was done";

/// What is asked where a plan destroys volumes or creates some again; the number is typed behind it.
pub fn number_question(of: Number, listed: u64) -> String {
    let volumes = count(listed, "volume");
    let what = match of {
        Number::Destroy => format!("destroys {volumes}"),
        Number::Recreate => format!("creates {volumes} again"),
    };
    format!("This {what}. Carry it out? Only '{listed}' is taken as yes: ")
}

/// That what manifest and cloud have come to agree on is recorded, of so many volumes.
pub fn agreed(volumes: u64) -> String {
    format!("recorded: what the manifest asks for is what the cloud shows by now, of {}", count(volumes, "volume"))
}

/// That nobody can be asked, and what to do.
pub const NOBODY: [&str; 2] =
    ["nobody can be asked: there is no terminal; nothing was done", "give --yes, --plan FILE, or --approve sha256:..."];

/// The same where volumes are to be destroyed.
pub const NOBODY_DESTROYS: [&str; 2] = [NOBODY[0], "give --yes or --approve sha256:..., and --allow-destroy N"];

/// That the state is not there which the run has just written.
pub const STATE_MISSING: &str = "the state that was just written is not there";

/// Why a plan file may not be carried out any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stale {
    /// It is of another stack or cloud.
    OtherPlace,
    /// The manifest has changed.
    Manifest,
    /// The recorded state has moved.
    State,
    /// Something else is refused now.
    Refusals,
    /// Something else would be done now.
    Changes,
    /// It is of a day, and something else would be done today.
    Day(Date),
    /// A run has carried it out.
    Done,
}

/// That a plan file is stale, and why.
pub fn stale(why: Stale) -> String {
    let day;
    let why = match why {
        Stale::OtherPlace => Some("it is of another stack or cloud"),
        Stale::Manifest => Some("the manifest has changed since"),
        Stale::State => Some("the recorded state has moved since"),
        Stale::Refusals => Some("something else is refused now"),
        Stale::Changes => Some("the cloud has changed, so that something else would be done"),
        Stale::Day(of) => {
            day = format!("it is as of {of}, and today something else would be done");
            Some(day.as_str())
        }
        Stale::Done => None,
    };
    match why {
        Some(why) => format!("the plan file is stale: {why}; nothing was done"),
        None => "the plan file has been carried out already; nothing was done".to_owned(),
    }
}

/// That volumes can no longer be taken over which the plan takes over.
pub fn imports_lost(volumes: u64) -> Told {
    let (are, they) = if volumes == 1 { ("is", "it") } else { ("are", "them") };
    Told::new(format!(
        "{} that the plan imports {are} not to be had any more; nothing was done",
        count(volumes, "volume")
    ))
    .hint(format!("another stack may have taken {they} over meanwhile: plan again"))
}

/// What to do about a stale plan file.
pub const STALE_HINT: &str = "make it anew: evsctl plan --out FILE, and have it approved";

/// What to do about a plan file that has been carried out.
pub const DONE_HINT: &str = "`evsctl plan` shows what there is to do by now";

/// What to do where a run has begun the plan of a stale file.
pub fn begun_hint(changes: &Digest) -> String {
    format!(
        "a run began it: `evsctl apply PATH --approve {changes}`, with the --target, --exclude and numbers that the plan was made and begun with, goes on with what is left"
    )
}

/// That the changes are not the approved ones.
pub fn other_changes(now: &Digest, approved: &Digest) -> String {
    format!("the changes are {now} and not the approved {approved}; nothing was done")
}

/// What to do about changes that are not the approved ones.
pub const OTHER_CHANGES_HINT: &str = "look at the plan again, and approve what it says now";

/// That another version approved the changes.
pub fn older_changes(approved: &Digest) -> String {
    format!("{approved} was approved by another version of evsctl; nothing was done")
}

/// What to do about changes that another version approved.
pub fn older_changes_hint(now: &Digest) -> String {
    format!("plan again, and approve what this version says: the same changes are {now} now")
}

/// That a plan holds refusals.
pub fn refusals(plan: &Plan) -> String {
    format!("the plan holds {}; nothing was done", overview::refusals(plan))
}

/// What to do about a plan that holds refusals.
pub const REFUSALS_HINT: &str = "lift what is refused, or carry out the rest with --skip-refused";

/// What needs consent by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// Destroying.
    Destroy,
    /// Creating again.
    Recreate,
}

impl Number {
    /// The flag that gives the number.
    pub fn flag(self) -> &'static str {
        match self {
            Number::Destroy => "--allow-destroy",
            Number::Recreate => "--allow-recreate",
        }
    }
}

/// That the number given is not the one that the plan lists.
pub fn other_number(of: Number, listed: u64, given: Option<u64>) -> String {
    let what = match of {
        Number::Destroy => "destroys",
        Number::Recreate => "creates again",
    };
    let (listed, flag) = (count(listed, "volume"), of.flag());
    let given = match given {
        Some(given) => format!("{flag} says {given}"),
        None => format!("{flag} was not given"),
    };
    format!("the plan {what} {listed} and {given}; nothing was done")
}

/// What to do about a number that is not the one that a plan lists, which may clean away what failed creations left.
pub fn other_number_hint(of: Number, listed: u64, cleans: bool) -> String {
    let flag = of.flag();
    let why = match of {
        Number::Destroy if cleans => {
            "; what a failed creation left is deleted without that for an hour after its failure alone"
        }
        Number::Destroy | Number::Recreate => "",
    };
    match listed {
        0 => format!("leave {flag} out"),
        _ => format!("if that is meant, give {flag} {listed}{why}"),
    }
}
