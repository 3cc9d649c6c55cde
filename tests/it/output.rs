//! Output that is lost, or that nobody reads: it changes nothing that an apply does.

use crate::support::{CREATE, Ran, World, evsctl, run, until};
use std::io::{BufRead as _, BufReader, PipeReader, PipeWriter, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const VOLUMES: &str = "  data: { count: 103, size: 10 }\n  web: { size: 10 }";
const COUNT: usize = 104;

/// A pipe that is full and stays so: nobody reads it.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, writer) = std::io::pipe().unwrap();
    let mut filling = writer.try_clone().unwrap();
    std::thread::spawn(move || while filling.write_all(&[b'.'; 1 << 12]).is_ok() {});
    (reader, writer)
}

/// A pipe whose reader is gone.
fn broken_pipe() -> PipeWriter {
    std::io::pipe().unwrap().1
}

fn kill(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Insists that all was done, and once.
fn all_is_done(world: &World) {
    assert_eq!((world.recorded().len(), world.cloud.volumes().len()), (COUNT, COUNT));
    assert_eq!(world.cloud.requests(CREATE), 3);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

/// Applies into a pipe that nobody reads, and insists that everything is done and safe nevertheless. What is left
/// is a process that tries to tell it.
fn told_to_nobody(format: &str, stderr: Stdio) -> (World, Child, PipeReader) {
    let world = World::new(VOLUMES);
    let mut command = world.command(&["apply", "--yes", "--format", format]);
    let (reader, stdout) = full_pipe();
    let mut child = command.stdout(stdout).stderr(stderr).spawn().unwrap();
    let journal = world.dir.path().join("state/test.journal");
    until("all is recorded and the run's journal gone", || !journal.exists() && world.recorded().len() == COUNT);
    all_is_done(&world);
    // The lock is free again, too.
    world.run(&["apply", "--yes", "--lock-timeout", "10s"]).exits(0);
    assert!(child.try_wait().unwrap().is_none(), "there is nobody to tell, but it tries");
    (world, child, reader)
}

#[test]
fn a_pipe_that_nobody_reads_holds_up_nothing_and_a_signal_ends_it() {
    for format in ["human", "json"] {
        let (_errors, stderr) = full_pipe();
        let (_world, mut child, _reader) = told_to_nobody(format, stderr.into());
        let since = Instant::now();
        kill(&child, "TERM");
        assert_eq!(child.wait().unwrap().code(), Some(143), "{format}");
        assert!(since.elapsed() < Duration::from_secs(6), "it took {:?} to leave", since.elapsed());
    }
}

#[test]
fn a_second_signal_ends_at_once_what_nobody_reads() {
    let (_world, mut child, _reader) = told_to_nobody("json", Stdio::null());
    kill(&child, "INT");
    std::thread::sleep(Duration::from_millis(300));
    assert!(child.try_wait().unwrap().is_none());
    let since = Instant::now();
    kill(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(since.elapsed() < Duration::from_secs(2), "it took {:?} to leave", since.elapsed());
}

#[test]
fn what_nobody_read_at_first_is_all_there_later() {
    let (_world, mut child, reader) = told_to_nobody("json", Stdio::null());
    let mut lines = BufReader::new(reader).lines().map(Result::unwrap);
    let last = lines.find(|line| line.contains("\"event\":\"finished\"")).unwrap();
    // The filling stands before it.
    let event: serde_json::Value = serde_json::from_str(last.trim_matches('.')).unwrap();
    assert_eq!((event["exit"].as_u64(), event["created"].as_u64()), (Some(0), Some(COUNT as u64)));
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// Runs an apply with these ways out.
fn applied(world: &World, format: &str, stdout: Stdio, stderr: Stdio) -> Ran {
    let mut command = world.command(&["apply", "--yes", "--format", format]);
    let child = command.stdout(stdout).stderr(stderr).spawn().unwrap();
    let done = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: done.status.code().unwrap_or(-1), stdout: text(done.stdout), stderr: text(done.stderr) }
}

#[test]
fn a_reader_that_is_gone_changes_neither_the_work_nor_its_code() {
    let world = World::new(VOLUMES);
    let ran = applied(&world, "json", broken_pipe().into(), Stdio::piped()).exits(0);
    assert!(ran.stderr.contains("cannot write to standard output"), "{ran:?}");
    all_is_done(&world);
    let world = World::new(VOLUMES);
    applied(&world, "human", broken_pipe().into(), broken_pipe().into()).exits(0);
    all_is_done(&world);
    let world = World::new(VOLUMES);
    let finished = applied(&world, "json", Stdio::piped(), broken_pipe().into()).exits(0).finished();
    assert_eq!((finished["exit"].as_u64(), finished["converged"].as_bool()), (Some(0), Some(true)));
    all_is_done(&world);
}

#[test]
fn a_reader_that_leaves_in_the_middle_changes_neither_the_work_nor_its_code() {
    let world = World::new(VOLUMES);
    let mut command = world.command(&["apply", "--yes", "--format", "json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("started"), "{line}");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    all_is_done(&world);
}

#[test]
fn streams_that_were_never_open_or_are_full_change_nothing() {
    for ways in [">&- 2>&-", "<&- >&-", ">/dev/full 2>/dev/full"] {
        let world = World::new(VOLUMES);
        let mut shell = evsctl_in_a_shell(&format!("exec \"$@\" {ways}"));
        shell.args(["apply", "--yes"]).arg(world.dir.path());
        run(shell).exits(0);
        all_is_done(&world);
    }
}

fn evsctl_in_a_shell(line: &str) -> Command {
    let program = evsctl().get_program().to_owned();
    let mut shell = Command::new("sh");
    shell.env_clear().stdin(Stdio::null()).args(["-c", line, "sh"]).arg(program);
    shell
}

#[test]
fn a_plan_for_machines_that_did_not_arrive_whole_is_an_error() {
    let world = World::new("  a: { size: 10 }");
    let planned = |format: &str, stdout: Stdio| {
        let mut command = world.command(&["plan", "--format", format]);
        command.stdout(stdout).stderr(Stdio::null()).status().unwrap().code()
    };
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    assert_eq!(planned("json", broken_pipe().into()), Some(1));
    assert_eq!(planned("json", full().into()), Some(1));
    assert_eq!(planned("human", full().into()), Some(1));
    assert_eq!(planned("human", broken_pipe().into()), Some(0), "as in `evsctl plan | head`");
}

/// One line for one sentence and one volume: `grep` and the log of a CI get the whole of it.
#[test]
fn lines_in_a_pipe_are_not_broken() {
    let tags = r#"{ app: kafka, team: storage, cost-centre: "4711", owner: data-platform, stage: production }"#;
    let world = World::new(&format!("  data: {{ count: 3, size: 10, tags: {tags} }}\n  web: {{ size: 10 }}"));
    let at = |columns: Option<&str>, words: &[&str]| {
        let mut command = world.command(words);
        columns.map(|columns| command.env("COLUMNS", columns));
        run(command)
    };
    let piped = at(None, &["plan"]).exits(0).stdout;
    let tags = "tags app=kafka, cost-centre=4711, owner=data-platform, stage=production, team=storage";
    assert!(piped.lines().any(|line| line.contains(tags)), "{piped}");
    assert!(piped.lines().all(|line| !line.ends_with(' ')), "{piped}");
    let narrow = at(Some("60"), &["plan"]).exits(0).stdout;
    let breakable = |line: &&str| !line.starts_with("changes sha256:");
    assert!(narrow.lines().filter(breakable).all(|line| line.chars().count() <= 60), "{narrow}");
    assert!(!narrow.lines().any(|line| line.contains(tags)), "{narrow}");
    // Nor are those on stderr: what is wrong, and what to do about it.
    let problem = at(None, &["plan", "--target", "nowhere"]).exits(1).stderr;
    assert_eq!(problem.lines().filter(|line| line.starts_with("hint: ")).count(), 1, "{problem}");
    assert!(problem.lines().all(|line| !line.starts_with("  ")), "no line goes on below itself: {problem}");
}

#[test]
fn no_time_in_json_has_more_than_seconds_and_no_number_more_than_three_decimals() {
    fn judge(value: &serde_json::Value, found: &mut usize) {
        use serde_json::Value;
        match value {
            Value::String(text) if text.parse::<jiff::Timestamp>().is_ok() => {
                *found += 1;
                assert!(!text.contains('.'), "{text}");
            }
            Value::Number(number) => {
                let text = number.to_string();
                assert!(text.split_once('.').is_none_or(|(_, decimals)| decimals.len() <= 3), "{text}");
            }
            Value::Array(values) => values.iter().for_each(|value| judge(value, found)),
            Value::Object(fields) => fields.values().for_each(|value| judge(value, found)),
            _ => {}
        }
    }
    let world = World::new("  web: { count: 2, size: 10 }");
    let mut found = 0;
    let apply = world.run(&["apply", "--yes", "--format", "json"]).exits(0);
    apply.stdout.lines().for_each(|line| judge(&serde_json::from_str(line).unwrap(), &mut found));
    // One more with the tag of a call that is over: when it ended is told.
    let volumes = world.cloud.volumes();
    let mut surplus =
        serde_json::json!({"availability_zone": "az-dc-1", "volume_type": "SSD", "size": 10, "name": "x"});
    surplus["tags"] = volumes[0]["tags"].clone();
    let (status, said) =
        world.cloud.call("POST", "/v3/{project_id}/cloudvolumes", Some(serde_json::json!({ "volume": surplus })));
    assert!((200..300).contains(&status), "{said}");
    let mut listed = serde_json::Value::Null;
    crate::support::until("it is an orphan", || {
        listed = world.run(&["orphans", "--format", "json"]).json();
        listed[0]["ended_at"].is_string()
    });
    judge(&listed, &mut found);
    // Volumes that nothing records have the times at which they were made.
    std::fs::remove_dir_all(world.dir.path().join("state")).unwrap();
    for words in
        [&["orphans", "--format", "json"][..], &["lock", "status", "--format", "json"], &["doctor", "--format", "json"]]
    {
        judge(&world.run(words).json(), &mut found);
    }
    assert!(found >= 4, "{found} times were found: this test looks at the wrong thing");
}
