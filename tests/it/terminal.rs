//! On a terminal: what is asked there, what is typed, and what is left standing. A real one, as `script` of util-linux opens it.

mod screen;

use crate::support::{CREATE, Cloud, DELETE, World, until};
use screen::lines;
use serde_json::json;
use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};

/// What an interrupt is on a terminal.
const CTRL_C: &str = "\u{3}";
/// What the end of the input is.
const CTRL_D: &str = "\u{4}";

/// The binary on a terminal of its own.
struct Terminal {
    child: Child,
    keys: ChildStdin,
    shown: Arc<Mutex<Vec<u8>>>,
    reader: std::thread::JoinHandle<()>,
}

impl Terminal {
    fn run(world: &World, words: &[&str]) -> Terminal {
        let command = world.command(words);
        let quoted = |word: &std::ffi::OsStr| format!("'{}'", word.to_str().unwrap().replace('\'', r"'\''"));
        let line: Vec<String> = [command.get_program()].into_iter().chain(command.get_args()).map(quoted).collect();
        let mut script = Command::new("script");
        script.env_clear().env("PATH", "/usr/bin:/bin").env("TERM", "xterm").env("NO_COLOR", "1").args([
            "-qefc",
            &line.join(" "),
            "/dev/null",
        ]);
        let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (keys, mut out) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let shown = Arc::<Mutex<Vec<u8>>>::default();
        let kept = Arc::clone(&shown);
        let reader = std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = out.read(&mut bytes) {
                kept.lock().unwrap().extend_from_slice(&bytes[..n]);
            }
        });
        Terminal { child, keys, shown, reader }
    }

    /// All that was written to it so far.
    fn shown(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().unwrap()).into_owned()
    }

    /// Waits until this stands there.
    #[track_caller]
    fn until(&self, text: &str) {
        until(text, || self.shown().contains(text));
    }

    /// Waits until this is asked, and types that.
    #[track_caller]
    fn answer(&mut self, question: &str, keys: &str) {
        self.until(question);
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Waits for its end, and insists on the exit code; gives all that was shown.
    #[track_caller]
    fn exits(mut self, code: i32) -> String {
        let ended = self.child.wait().unwrap().code();
        self.reader.join().unwrap();
        let shown = String::from_utf8_lossy(&self.shown.lock().unwrap()).into_owned();
        assert_eq!(ended, Some(code), "{shown}");
        shown
    }
}

const RECREATES: &str = "This creates 1 volume again. Carry it out? Only '1' is taken as yes: ";
const DESTROYS: &str = "This destroys 1 volume. Carry it out? Only '1' is taken as yes: ";
const PLAIN: &str = "Carry this out? Only 'yes' is taken as yes: ";

/// A stack of which a volume is gone.
fn gone() -> World {
    let world = World::new("  data: { count: 2, size: 10 }");
    world.converge();
    world.cloud.delete(world.recorded()[1]["id"].as_str().unwrap());
    world
}

#[test]
fn only_the_number_consents_to_create_again() {
    let world = gone();
    let creates = world.cloud.requests(CREATE);
    for keys in ["yes\n", "2\n", "\n", CTRL_D] {
        let mut terminal = Terminal::run(&world, &["apply"]);
        terminal.answer(RECREATES, keys);
        let shown = terminal.exits(4);
        assert!(shown.contains("\r\nerror: the answer was not that number; nothing was done"), "{shown}");
    }
    assert_eq!(world.cloud.requests(CREATE), creates);
    let mut terminal = Terminal::run(&world, &["apply"]);
    terminal.answer(RECREATES, "1\n");
    assert!(!terminal.exits(0).contains(PLAIN));
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002"]);
}

#[test]
fn only_the_number_consents_to_delete() {
    let world = World::new("  data: { count: 2, size: 10 }\n  web: { size: 10 }");
    world.converge();
    world.volumes("  data: { count: 2, size: 10 }");
    for keys in ["yes\n", "2\n", "\n", CTRL_D] {
        let mut terminal = Terminal::run(&world, &["apply"]);
        terminal.answer(DESTROYS, keys);
        let shown = terminal.exits(4);
        assert!(shown.contains("\r\nerror: the answer was not that number; nothing was done"), "{shown}");
    }
    assert_eq!(world.cloud.requests(DELETE), 0);
    let mut terminal = Terminal::run(&world, &["apply"]);
    terminal.answer(DESTROYS, "1\n");
    assert!(!terminal.exits(0).contains(PLAIN));
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002"]);
    // A destroy says before it asks which line keeps away what it destroys.
    let mut terminal = Terminal::run(&world, &["destroy", "data[2]"]);
    terminal.answer(DESTROYS, "yes\n");
    let shown = terminal.exits(4);
    let (before, _) = shown.split_once(DESTROYS).unwrap();
    assert!(before.contains("warning: the manifest still asks for data[2]"), "{shown}");
    let mut terminal = Terminal::run(&world, &["destroy", "data[2]"]);
    terminal.answer(DESTROYS, "1\n");
    let shown = terminal.exits(0);
    assert!(shown.matches("the manifest still asks for data[2]").count() == 2 && !shown.contains(PLAIN), "{shown}");
    assert_eq!(world.cloud.names(), ["data-0001"]);
}

#[test]
fn a_number_that_was_given_is_not_asked_for() {
    let world = gone();
    // Refused before any question.
    let shown = Terminal::run(&world, &["apply", "--allow-recreate", "2"]).exits(4);
    assert!(shown.contains("--allow-recreate says 2") && !shown.contains("is taken as yes"), "{shown}");
    let mut terminal = Terminal::run(&world, &["apply", "--allow-recreate", "1"]);
    terminal.answer(PLAIN, "y\n");
    assert!(terminal.exits(4).contains("only the whole word 'yes' is taken as yes\r\n"));
    let mut terminal = Terminal::run(&world, &["apply", "--allow-recreate", "1"]);
    terminal.answer(PLAIN, "yes\n");
    terminal.exits(0);
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002"]);
}

#[test]
fn with_a_terminal_too_the_flags_alone_count_where_nobody_is_asked() {
    let world = gone();
    let shown = Terminal::run(&world, &["apply", "--yes"]).exits(4);
    assert!(shown.contains("give --allow-recreate 1") && !shown.contains("is taken as yes"), "{shown}");
}

#[test]
fn two_numbers_are_two_questions_and_what_is_destroyed_comes_first() {
    let world = World::in_cloud(Cloud::start(), "  data: { size: 10 }");
    world.converge();
    world.volumes("  data: { size: 10 }\n  web: { size: 10 }");
    let fails = json!({"job": "fail", "error_code": "EVS.2024", "volume": "error"});
    let creates = "/v3/{project_id}/cloudvolumes";
    world.cloud.faults(json!([{"method": "POST", "path": creates, "times": 1, "then": fails}]));
    world.run(&["apply", "--yes"]).exits(3);
    world.cloud.faults(json!([]));
    world.cloud.delete(world.recorded().iter().find(|it| it["address"] == "data[1]").unwrap()["id"].as_str().unwrap());
    // What was left is deleted without consent for an hour.
    world.cloud.is_ahead(75);
    let before = world.cloud.requests(CREATE);
    let mut terminal = Terminal::run(&world, &["apply"]);
    terminal.answer(DESTROYS, "1\n");
    terminal.answer(RECREATES, "no\n");
    terminal.exits(4);
    assert_eq!((world.cloud.requests(CREATE), world.cloud.requests(DELETE)), (before, 1), "the test's own alone");
    let mut terminal = Terminal::run(&world, &["apply"]);
    terminal.answer(DESTROYS, "1\n");
    terminal.answer(RECREATES, "1\n");
    terminal.exits(0);
    assert_eq!(world.cloud.names(), ["data", "web"]);
    // One flag and one question.
    world.cloud.delete(world.recorded()[0]["id"].as_str().unwrap());
    let shown = Terminal::run(&world, &["apply", "--allow-destroy", "1"]).exits(4);
    assert!(shown.contains("leave --allow-destroy out") && !shown.contains("is taken as yes"), "{shown}");
}

#[test]
fn an_interrupt_at_the_prompt_ends_the_line() {
    let world = gone();
    let creates = world.cloud.requests(CREATE);
    for (words, question) in [(&["apply"][..], RECREATES), (&["apply", "--allow-recreate", "1"], PLAIN)] {
        let mut terminal = Terminal::run(&world, words);
        terminal.answer(question, CTRL_C);
        let shown = terminal.exits(130);
        let (_, behind) = shown.rsplit_once(question).unwrap();
        assert!(behind.trim_start_matches("^C").starts_with("\r\n"), "{shown:?}");
        assert!(behind.contains("interrupted: nothing was done") && !behind.contains("resume"), "{shown:?}");
    }
    assert_eq!(world.cloud.requests(CREATE), creates);
}

/// What the bar says while it is there.
const BAR: &str = " volumes  ";

/// A stack whose job takes so long, and a bar that was seen.
fn under_way(cloud: &[&str], faults: serde_json::Value) -> (World, Terminal) {
    let world = World::in_cloud(Cloud::with(cloud), "  data: { count: 3, size: 10 }");
    world.cloud.faults(faults);
    let terminal = Terminal::run(&world, &["apply", "--yes"]);
    terminal.until(BAR);
    terminal.until("1 job");
    (world, terminal)
}

/// Insists that no line of a bar is left.
#[track_caller]
fn is_wiped(shown: &str) {
    assert!(shown.contains(BAR), "{shown:?}");
    let left = lines(shown);
    assert!(left.iter().all(|line| !line.contains(BAR)), "{left:#?}\n{shown:?}");
}

#[test]
fn the_bar_is_gone_when_all_is_done() {
    let (_world, terminal) = under_way(&["--job-duration", "1s"], json!([]));
    let shown = terminal.exits(0);
    is_wiped(&shown);
    assert!(lines(&shown).iter().any(|line| line.starts_with("3 created; ")), "{shown}");
}

#[test]
fn the_bar_is_gone_after_an_interrupt() {
    let (_world, mut terminal) = under_way(&["--job-duration", "30s"], json!([]));
    terminal.answer("1 job", CTRL_C);
    let shown = terminal.exits(130);
    is_wiped(&shown);
    assert!(shown.contains("interrupted: everything is recorded"), "{shown}");
}

#[test]
fn the_bar_is_gone_after_a_second_interrupt_at_once() {
    let path = "/v1/{project_id}/jobs/{job_id}";
    let slow = json!([{"method": "GET", "path": path, "then": {"delay_ms": 30000}}]);
    let (world, mut terminal) = under_way(&["--job-duration", "30s"], slow);
    until("the job is asked for", || world.cloud.requests("GET /v1/{project_id}/jobs/{job_id}") == 1);
    terminal.answer("1 job", CTRL_C);
    terminal.until("^C");
    terminal.answer("^C", CTRL_C);
    is_wiped(&terminal.exits(130));
}

#[test]
fn the_bar_is_gone_where_steps_fail() {
    let fails = json!({"job": "fail", "error_code": "EVS.2024", "volume": "none"});
    let creates = "/v3/{project_id}/cloudvolumes";
    let fault = json!([{"method": "POST", "path": creates, "times": 1, "then": fails}]);
    let (_world, terminal) = under_way(&["--job-duration", "1s"], fault);
    let shown = terminal.exits(3);
    is_wiped(&shown);
    assert!(shown.contains("3 failed"), "{shown}");
}
