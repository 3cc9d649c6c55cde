//! What `state list`, `state show` and `state rm` say.

use crate::operation::{Create, Kind};
use crate::operation::{Leftover, Taint};
use crate::volume::{CallId, Receipt};
use crate::words::count;
use crate::words::failure::coded;

/// The heads of the list.
pub const HEADS: [&str; 7] = ["ADDRESS", "ID", "TYPE", "SIZE", "ZONE", "STATUS", "NAME"];

/// That there is nothing to show.
pub const NONE: &str = "no volumes are recorded";

/// That calls may still make volumes which the list does not have.
pub fn open_calls(calls: u64) -> String {
    let (verb, them) = if calls == 1 { ("is", "it") } else { ("are", "them") };
    format!("{} {verb} not over yet; the next apply resumes {them}", count(calls, "call"))
}

/// A line about a recorded volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// Its id.
    Id,
    /// Its name.
    Name,
    /// Its description.
    Description,
    /// How it is doing.
    Status,
    /// Its size.
    Size,
    /// Its type.
    Type,
    /// Its zone.
    Zone,
    /// Whether nothing deletes it.
    Protected,
    /// The call that made it.
    MadeBy,
    /// What manifest and cloud last agreed on.
    AgreedOn,
}

/// The label of a line.
pub fn label(row: Row) -> &'static str {
    match row {
        Row::Id => "id",
        Row::Name => "name",
        Row::Description => "description",
        Row::Status => "status",
        Row::Size => "size",
        Row::Type => "type",
        Row::Zone => "zone",
        Row::Protected => "protected",
        Row::MadeBy => "made by",
        Row::AgreedOn => "agreed on",
    }
}

/// That a volume is protected.
pub const PROTECTED: &str = "yes";

/// The call that made a volume.
pub fn made_by(call: &CallId) -> String {
    format!("call {call}")
}

/// Why it does not count as what was asked for.
pub fn tainted(taint: &Taint) -> String {
    match taint {
        Taint::Failed(Leftover { code, reason, .. }) => format!("failed: {}", coded(code, reason)),
        Taint::Unlike(unlike) => format!("not as asked: {}", super::super::evidence::misfits(&unlike.unlike)),
        Taint::Unseen(_) => "named by its job, and not seen yet".to_owned(),
    }
}

/// That none of the volumes that were asked for is recorded.
pub const NONE_OF_THESE: &str = "none of these volumes is recorded";

/// How to find those that are.
pub const WHICH_ARE: &str = "`evsctl state list` shows which are; an address is written key[slot]";

/// That there is no state.
pub const NO_STATE: &str = "nothing is recorded of this stack";

/// That a call which is to be given up is not open.
pub fn not_open(call: &CallId) -> String {
    format!("call {call} is not open")
}

/// Which calls are.
pub fn open(calls: &[&CallId]) -> String {
    match calls {
        [] => "no call of this stack is open: there is nothing to give up".to_owned(),
        calls => format!("open are: {}", calls.iter().map(|call| call.as_str()).collect::<Vec<_>>().join(", ")),
    }
}

/// That a call was given up, and what may follow of it all the same.
pub fn gave_up(call: &CallId, kind: &Kind, taken: Option<&Receipt>) -> String {
    match kind {
        Kind::Create(made) => gave_up_create(call, &made.create, taken),
        Kind::Extend(extend) => {
            let addresses: Vec<String> = extend.volumes.keys().map(ToString::to_string).collect();
            let order = match taken {
                Some(Receipt::Order(id)) => {
                    format!(
                        "; its order {id} still extends once it is paid, so cancel that in the billing console first"
                    )
                }
                _ => String::new(),
            };
            format!(
                "gave up extend call {call} of {}{order}: the next plan looks at the volumes as they are, and what grows later is \
                 drift",
                addresses.join(", ")
            )
        }
        Kind::Delete(delete) => format!(
            "gave up delete call {call} of {}: the next plan looks at the volume as it is; if it is gone by then, the plan says so",
            delete.address
        ),
    }
}

fn gave_up_create(call: &CallId, create: &Create, taken: Option<&Receipt>) -> String {
    let (key, slots) = (&create.key, create.slot_set());
    let job = match taken {
        Some(Receipt::Job(id)) => format!("; its job {id} may still make them, so look at that first"),
        Some(Receipt::Order(id)) => {
            format!("; its order {id} still makes them once it is paid, so cancel that in the billing console first")
        }
        None => String::new(),
    };
    format!(
        "gave up create call {call} of {key}[{slots}]{job}: the next apply creates what is missing there; a volume of it that \
         shows later is adopted where its slot is free, and reported where not"
    )
}
