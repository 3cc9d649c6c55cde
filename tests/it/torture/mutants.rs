//! Deliberate mistakes, one at a time: the tests that are named for each must fail with it. They lie in
//! `tests/mutants`, a text file each:
//!
//! ```text
//! why: what the mistake is
//! file: src/...
//! test: lib path::to::the::test, or it path::to::the::test; may stand several times
//! --- find
//! what stands in the file, exactly once
//! --- replace
//! what shall stand there instead
//! ```
//!
//! The sources are copied, so nothing here touches the working tree; what is built goes to `target/mutants`.

use super::trials::setting;
use crate::support::put;
use std::collections::BTreeSet;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// How long a build and the tests of one mutant may take.
const PATIENCE: Duration = Duration::from_secs(600);

struct Mutant {
    name: String,
    file: String,
    /// `lib` or `it`, and the test's path.
    tests: Vec<(String, String)>,
    find: String,
    replace: String,
}

impl Mutant {
    fn read(name: String, text: &str) -> Mutant {
        let (head, rest) = text.split_once("--- find\n").unwrap_or_else(|| panic!("{name}: no find"));
        let (find, replace) = rest.split_once("\n--- replace\n").unwrap_or_else(|| panic!("{name}: no replace"));
        let values = |key: &'static str| head.lines().filter_map(move |line| line.strip_prefix(key));
        assert_eq!(values("why: ").count(), 1, "{name}");
        let (mut files, tests) = (values("file: "), values("test: "));
        let tests: Vec<_> = tests.map(|test| test.split_once(' ').unwrap()).collect();
        assert!(!tests.is_empty(), "{name} names no test");
        Mutant {
            file: files.next().unwrap().to_owned(),
            tests: tests.into_iter().map(|(kind, path)| (kind.to_owned(), path.to_owned())).collect(),
            find: find.to_owned(),
            replace: replace.strip_suffix('\n').unwrap_or(replace).to_owned(),
            name,
        }
    }

    fn apply(&self, text: &str) -> String {
        assert_eq!(text.matches(&self.find).count(), 1, "{}: what it finds stands once in {}", self.name, self.file);
        text.replacen(&self.find, &self.replace, 1)
    }
}

fn all() -> Vec<Mutant> {
    let folder = Path::new(ROOT).join("tests/mutants");
    let mut names: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let read = |path: &PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        Mutant::read(name, &std::fs::read_to_string(path).unwrap())
    };
    names.iter().map(read).collect()
}

/// Whether the test is there: its function stands in a file that its path may mean.
fn is_there(kind: &str, path: &str) -> bool {
    let (modules, function) = path.rsplit_once("::").unwrap();
    let folder = if kind == "lib" { "src" } else { "tests/it" };
    let place = modules.replace("::", "/");
    let inline = place.rsplit_once('/').filter(|(_, last)| *last == "tests").map(|(above, _)| above.to_owned());
    let files = [Some(place), inline].into_iter().flatten().map(|place| format!("{ROOT}/{folder}/{place}.rs"));
    let head = format!("fn {function}()");
    files.filter_map(|file| std::fs::read_to_string(file).ok()).any(|text| text.contains(&head))
}

#[test]
fn every_mutant_has_its_place_and_its_tests() {
    let all = all();
    assert!(all.len() >= 12);
    for mutant in &all {
        let text = std::fs::read_to_string(Path::new(ROOT).join(&mutant.file)).unwrap();
        assert_ne!(mutant.apply(&text), text, "{} changes nothing", mutant.name);
        for (kind, path) in &mutant.tests {
            assert!(is_there(kind, path), "{}: there is no test {kind} {path}", mutant.name);
        }
    }
}

/// A copy of the sources, to be spoilt.
fn copy() -> tempfile::TempDir {
    let to = tempfile::tempdir().unwrap();
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(ROOT).output().unwrap();
    assert!(listed.status.success(), "only a checkout has a list of its files");
    for name in String::from_utf8(listed.stdout).unwrap().split_terminator('\0') {
        let (from, to) = (Path::new(ROOT).join(name), to.path().join(name));
        // A file may be deleted and not committed.
        if from.is_file() {
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(from, to).unwrap();
        }
    }
    to
}

/// Runs cargo in the copy; gives whether it succeeded, and what it said. One that hangs is ended and has failed.
fn cargo(sources: &Path, words: &[&str]) -> (bool, String) {
    let log = sources.join("cargo.log");
    let out = std::fs::File::create(&log).unwrap();
    let mut command = Command::new(env!("CARGO"));
    command.args(words).current_dir(sources).env("CARGO_TARGET_DIR", Path::new(ROOT).join("target/mutants"));
    command.env_remove("EVSCTL_TRIAL").stdin(Stdio::null()).stdout(out.try_clone().unwrap()).stderr(out);
    // A group of its own, so that its tests and their servers end with it.
    let mut child = command.process_group(0).spawn().unwrap();
    let since = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break Some(status);
        }
        if since.elapsed() > PATIENCE {
            let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).status();
            child.wait().unwrap();
            break None;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    (status.is_some_and(|status| status.success()), std::fs::read_to_string(log).unwrap())
}

fn target(kind: &str) -> &'static [&'static str] {
    if kind == "lib" { &["--lib"] } else { &["--test", "it"] }
}

/// Builds; gives what the compiler said where it failed.
fn build(sources: &Path, kind: &str) -> Result<(), String> {
    let (built, said) = cargo(sources, &[&["test", "--offline", "--no-run"], target(kind)].concat());
    if built { Ok(()) } else { Err(said) }
}

fn passes(sources: &Path, kind: &str, tests: &[&str]) -> (bool, String) {
    let (passed, said) = cargo(sources, &[&["test", "--offline"], target(kind), &["--", "--exact"], tests].concat());
    assert!(!passed || !said.contains(" 0 passed"), "none of {tests:?} was run:\n{said}");
    (passed, said)
}

#[test]
#[ignore = "takes minutes; cargo test --release --test it torture:: -- --ignored --nocapture"]
fn every_mutant_is_found() {
    let since = Instant::now();
    let only = setting("EVSCTL_MUTANT");
    let is_asked_for = |mutant: &Mutant| only.as_ref().is_none_or(|only| only.split(',').any(|it| it == mutant.name));
    let mutants: Vec<Mutant> = all().into_iter().filter(is_asked_for).collect();
    assert!(!mutants.is_empty(), "there is no mutant of that name");
    let sources = copy();
    let sources = sources.path();
    for kind in ["lib", "it"] {
        let of_kind = mutants.iter().flat_map(|mutant| &mutant.tests).filter(|(of, _)| of == kind);
        let tests: BTreeSet<&str> = of_kind.map(|(_, path)| path.as_str()).collect();
        if !tests.is_empty() {
            build(sources, kind).unwrap_or_else(|said| panic!("the unspoilt program does not compile:\n{said}"));
            let (passed, said) = passes(sources, kind, &tests.into_iter().collect::<Vec<_>>());
            assert!(passed, "without any mutant:\n{said}");
        }
    }
    let mut alive = Vec::new();
    for mutant in &mutants {
        let file = sources.join(&mutant.file);
        let sound = std::fs::read_to_string(&file).unwrap();
        put(&file, mutant.apply(&sound));
        for (kind, path) in &mutant.tests {
            // One that does not compile proves nothing, and keeps no other from being tried.
            if let Err(said) = build(sources, kind) {
                println!("  {}: DOES NOT COMPILE\n{said}", mutant.name);
                alive.push(format!("{} does not compile", mutant.name));
                break;
            }
            let (passed, _) = passes(sources, kind, &[path]);
            println!("  {}: {} by {path}", mutant.name, if passed { "NOT FOUND" } else { "found" });
            if passed {
                alive.push(format!("{} by {path}", mutant.name));
            }
        }
        put(&file, sound);
    }
    let took = since.elapsed().as_secs();
    println!("mutants: {} in {took} s, {} not found", mutants.len(), alive.len());
    assert!(alive.is_empty(), "not found: {}", alive.join(", "));
}
