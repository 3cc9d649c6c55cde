//! The lock: who holds it, and what holds after it was broken.

use crate::cli::safe::plain;
use crate::store::{Claimant, Holder};
use crate::volume::LeaseId;
use crate::words::command::lock::{self as words, Row};
use crate::words::second;
use std::fmt::Write as _;
use std::path::Path;

/// What `lock status` says to people; `open` is the number of open calls, where it is known.
pub fn status(claimant: Option<&Claimant>, open: Option<u64>, path: &Path) -> String {
    let mut text = String::new();
    let mut row = |row: Row, value: &str| {
        let _ = writeln!(text, "{:<12}{}", words::label(row), plain(value));
    };
    match claimant {
        Some(claimant) if claimant.holds() => {
            let Holder { who: _, host: _, pid, since, run, operation } = &claimant.holder;
            let id = claimant.holder.id();
            row(Row::Lock, &words::held(&claimant.holder));
            row(Row::Id, id.as_str());
            row(Row::Operation, operation);
            row(Row::Since, &second(*since).to_string());
            if let Some(run) = run {
                row(Row::Run, run);
            }
            row(Row::Process, &words::process(*pid, claimant.alive));
            row(Row::OpenCalls, &words::open_calls(open));
            row(Row::ToBreak, &format!("evsctl unlock {} {id}", path.display()));
        }
        Some(claimant) => {
            row(Row::Lock, words::FREE);
            row(Row::Last, &words::ended(&claimant.holder));
            row(Row::OpenCalls, &words::open_calls(open));
        }
        None => {
            row(Row::Lock, words::FREE);
            row(Row::OpenCalls, &words::open_calls(open));
        }
    }
    text
}

/// The lock as `lock status --format json` promises it. All but `held` and `open_calls` tell whose words the lock
/// file holds, and are null where it holds none.
#[derive(serde::Serialize)]
struct Status<'a> {
    held: bool,
    id: Option<LeaseId>,
    who: Option<&'a str>,
    host: Option<&'a str>,
    pid: Option<u32>,
    since: Option<jiff::Timestamp>,
    run: Option<&'a str>,
    operation: Option<&'a str>,
    /// Null also where the process cannot be seen from this machine.
    alive: Option<bool>,
    /// Null where the state cannot be read.
    open_calls: Option<u64>,
}

/// The same as a JSON object with a final newline.
pub fn status_json(claimant: Option<&Claimant>, open_calls: Option<u64>) -> String {
    let holder = claimant.map(|claimant| &claimant.holder);
    let status = Status {
        held: claimant.is_some_and(Claimant::holds),
        id: holder.map(Holder::id),
        who: holder.map(|holder| holder.who.as_str()),
        host: holder.map(|holder| holder.host.as_str()),
        pid: holder.map(|holder| holder.pid),
        since: holder.map(|holder| second(holder.since)),
        run: holder.and_then(|holder| holder.run.as_deref()),
        operation: holder.map(|holder| holder.operation.as_str()),
        alive: claimant.and_then(|claimant| claimant.alive),
        open_calls,
    };
    super::state::json(&status)
}

/// What `unlock` says when it has broken the lock.
pub fn broken(holder: &Holder, alive: Option<bool>, open: Option<u64>) -> String {
    format!("{}\n{}", plain(&words::broken(holder, alive)), words::after_breaking(open))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claimant(alive: Option<bool>) -> Claimant {
        let holder = Holder {
            who: "ci".to_owned(),
            host: "runner\u{1b}[2J".to_owned(),
            pid: 4711,
            since: jiff::Timestamp::new(0, 123_456_789).unwrap(),
            run: Some("https://ci.example.invalid/7".to_owned()),
            operation: "apply".to_owned(),
        };
        Claimant { holder, alive }
    }

    #[test]
    fn a_held_lock_shows_all_that_is_known() {
        let claimant = claimant(None);
        let id = claimant.holder.id();
        assert_eq!(
            status(Some(&claimant), Some(3), Path::new("prod")),
            format!(
                "lock        held by ci on runner\\u{{1b}}[2J\n\
                 id          {id}\n\
                 operation   apply\n\
                 since       1970-01-01T00:00:00Z\n\
                 run         https://ci.example.invalid/7\n\
                 process     4711, which cannot be seen from this machine\n\
                 open calls  3\n\
                 to break it evsctl unlock prod {id}\n"
            )
        );
    }

    #[test]
    fn a_free_lock_says_so() {
        assert_eq!(status(None, Some(0), Path::new(".")), "lock        free\nopen calls  none\n");
        assert!(
            status(Some(&claimant(Some(false))), None, Path::new("."))
                .starts_with("lock        free\nlast        ci on")
        );
        let held: serde_json::Value = serde_json::from_str(&status_json(Some(&claimant(None)), Some(0))).unwrap();
        assert_eq!(held["since"], "1970-01-01T00:00:00Z", "to the second");
        let json: serde_json::Value = serde_json::from_str(&status_json(None, Some(0))).unwrap();
        let names: Vec<&String> = json.as_object().unwrap().keys().collect();
        let all = ["held", "id", "who", "host", "pid", "since", "run", "operation", "alive", "open_calls"];
        assert_eq!(names, all);
        assert_eq!(
            (&json["held"], &json["id"], &json["open_calls"]),
            (&false.into(), &serde_json::Value::Null, &0.into())
        );
    }

    #[test]
    fn a_broken_lock_says_what_holds_now() {
        let text = broken(&claimant(Some(true)).holder, Some(true), Some(1));
        assert!(
            text.contains("still there")
                && text.ends_with("1 open call that it had begun is resumed by the next apply")
        );
    }
}
