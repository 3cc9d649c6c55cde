//! What `lock status` and `unlock` say.

use crate::store::Holder;
use crate::words::count;
use std::error::Error;

/// A line of `lock status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// Who holds it.
    Lock,
    /// By which id it is broken.
    Id,
    /// What its holder does.
    Operation,
    /// Since when.
    Since,
    /// In which CI run.
    Run,
    /// The holder's process.
    Process,
    /// Who held it last.
    Last,
    /// How many calls are open.
    OpenCalls,
    /// How it is broken.
    ToBreak,
}

/// The label of a line.
pub fn label(row: Row) -> &'static str {
    match row {
        Row::Lock => "lock",
        Row::Id => "id",
        Row::Operation => "operation",
        Row::Since => "since",
        Row::Run => "run",
        Row::Process => "process",
        Row::Last => "last",
        Row::OpenCalls => "open calls",
        Row::ToBreak => "to break it",
    }
}

/// That nobody holds it.
pub const FREE: &str = "free";

/// That somebody holds it.
pub fn held(holder: &Holder) -> String {
    format!("held by {} on {}", holder.who, holder.host)
}

/// The holder's process, and whether it is there, where that can be seen.
pub fn process(pid: u32, alive: Option<bool>) -> String {
    let seen = match alive {
        Some(true) => "which is there",
        Some(false) => "which is gone",
        None => "which cannot be seen from this machine",
    };
    format!("{pid}, {seen}")
}

/// That the last holder has ended.
pub fn ended(holder: &Holder) -> String {
    format!("{holder}; its process is gone, and the lock with it")
}

/// How many calls are open, where that is known.
pub fn open_calls(open: Option<u64>) -> String {
    match open {
        None => "not known".to_owned(),
        Some(0) => "none".to_owned(),
        Some(open) => open.to_string(),
    }
}

/// That it is not known how many calls are open.
pub fn calls_unknown(error: &dyn Error) -> String {
    format!("the state cannot be read, so it is not known how many calls are open: {error}")
}

/// That the lock was broken, and whether its holder is still there, where that can be seen.
pub fn broken(holder: &Holder, alive: Option<bool>) -> String {
    let process = match alive {
        Some(true) => "that process is still there, and should be ended",
        Some(false) => "that process is gone",
        None => "whether that process is still there cannot be seen from this machine",
    };
    format!("broke the lock of {holder}: {process}")
}

/// What comes of the holder and of its calls afterwards.
pub fn after_breaking(open: Option<u64>) -> String {
    let calls = match open {
        Some(0) => "no call of it is open".to_owned(),
        Some(1) => "1 open call that it had begun is resumed by the next apply".to_owned(),
        Some(open) => format!("{} that it had begun are resumed by the next apply", count(open, "open call")),
        None => "calls that it had begun are resumed by the next apply".to_owned(),
    };
    format!("it can write nothing more; {calls}")
}
