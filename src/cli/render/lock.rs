//! The lock: who holds it, and what holds after it was broken.

use crate::cli::safe::plain;
use crate::store::{Claimant, Holder};
use crate::volume::LeaseId;
use crate::words::count;
use std::fmt::Write as _;
use std::path::Path;

/// What `lock status` says to people; `open` is the number of open calls, where it is known.
pub fn status(claimant: Option<&Claimant>, open: Option<u64>, path: &Path) -> String {
    let mut text = String::new();
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(text, "{name:<12}{}", plain(value));
    };
    match claimant {
        Some(claimant) if claimant.holds() => {
            let Holder { who, host, pid, since, run, operation } = &claimant.holder;
            row("lock", &format!("held by {who} on {host}"));
            row("id", claimant.holder.id().as_str());
            row("operation", operation);
            row("since", &since.to_string());
            if let Some(run) = run {
                row("run", run);
            }
            row("process", &format!("{pid}, {}", seen(claimant.alive)));
            row("open calls", &known(open));
            row("to break it", &format!("evsctl unlock {} {}", path.display(), claimant.holder.id()));
        }
        Some(claimant) => {
            row("lock", "free");
            row("last", &format!("{}; its process is gone, and the lock with it", claimant.holder));
            row("open calls", &known(open));
        }
        None => {
            row("lock", "free");
            row("open calls", &known(open));
        }
    }
    text
}

fn known(open: Option<u64>) -> String {
    match open {
        None => "not known".to_owned(),
        Some(0) => "none".to_owned(),
        Some(open) => open.to_string(),
    }
}

fn seen(alive: Option<bool>) -> &'static str {
    match alive {
        Some(true) => "which is there",
        Some(false) => "which is gone",
        None => "which cannot be seen from this machine",
    }
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
        since: holder.map(|holder| holder.since),
        run: holder.and_then(|holder| holder.run.as_deref()),
        operation: holder.map(|holder| holder.operation.as_str()),
        alive: claimant.and_then(|claimant| claimant.alive),
        open_calls,
    };
    super::state::json(&status)
}

/// What `unlock` says when it has broken the lock.
pub fn broken(holder: &Holder, alive: Option<bool>, open: Option<u64>) -> String {
    let process = match alive {
        Some(true) => "that process is still there, and should be ended",
        Some(false) => "that process is gone",
        None => "whether that process is still there cannot be seen from this machine",
    };
    let calls = match open {
        Some(0) => "no call of it is open".to_owned(),
        Some(open) => format!("{} that it had begun are resumed by the next apply", count(open, "open call")),
        None => "calls that it had begun are resumed by the next apply".to_owned(),
    };
    format!("broke the lock of {}: {process}\nit can write nothing more; {calls}", plain(&holder.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claimant(alive: Option<bool>) -> Claimant {
        let holder = Holder {
            who: "ci".to_owned(),
            host: "runner\u{1b}[2J".to_owned(),
            pid: 4711,
            since: jiff::Timestamp::UNIX_EPOCH,
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
                && text.ends_with("1 open call that it had begun are resumed by the next apply")
        );
    }
}
