//! The README and the book: their commands run, their manifests are valid, their links lead somewhere.
//!
//! A block of `sh` is run: all of a page as one script, `set -eu`, in an empty folder that holds a copy of `examples/`. A command
//! that ends in `# exits N` exits with N. A block of `console` is only shown: it needs an account, or a person.

use crate::support::{copy_folder, evsctl, put, run, search_path};
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// No page takes longer.
const PATIENCE: Duration = Duration::from_secs(240);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn markdown(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => markdown(&path, found),
            false if path.extension().is_some_and(|ending| ending == "md") => found.push(path),
            false => {}
        }
    }
}

/// The pages with what they hold, by their path.
fn pages() -> BTreeMap<PathBuf, String> {
    let mut paths = vec![root().join("README.md"), root().join("examples/gitops/README.md")];
    markdown(&root().join("docs/src"), &mut paths);
    paths.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

/// The blocks of one language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let (mut blocks, mut within) = (Vec::new(), None);
    for event in Parser::new(page) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(of))) if &*of == language => within = Some(String::new()),
            Event::Text(text) => within.iter_mut().for_each(|block| block.push_str(&text)),
            Event::End(TagEnd::CodeBlock) => blocks.extend(within.take()),
            _ => {}
        }
    }
    blocks
}

/// The script of a page: each port of its simulators is a free one.
fn script(page: &str) -> Option<String> {
    let blocks = blocks(page, "sh");
    if blocks.is_empty() {
        return None;
    }
    let mut text = String::from("set -eu\n");
    for line in blocks.join("\n").lines() {
        match line.split_once("# exits ") {
            Some((command, code)) => {
                let code: u8 = code.trim().parse().unwrap();
                let command = command.trim_end();
                text.push_str(&format!("code=0; {command} || code=$?; [ \"$code\" = {code} ] || {{ echo \"exits $code: \"{command:?} >&2; exit 99; }}\n"));
            }
            None => text.push_str(&format!("{line}\n")),
        }
    }
    let ports: BTreeSet<String> = text
        .match_indices("127.0.0.1:")
        .map(|(at, host)| text[at + host.len()..].chars().take_while(char::is_ascii_digit).collect())
        .collect();
    for port in ports {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        text = text.replace(&format!("127.0.0.1:{port}"), &format!("127.0.0.1:{free}"));
    }
    Some(text)
}

/// Runs a page's script, and ends all that it has started.
fn play(name: &str, script: &str) -> Result<(), String> {
    let dir = tempfile::tempdir().unwrap();
    copy_folder(&root().join("examples"), &dir.path().join("examples"));
    let said = tempfile::NamedTempFile::new().unwrap();
    let mut child = Command::new("bash")
        .args(["-c", script])
        .current_dir(&dir)
        .env_clear()
        .env("PATH", search_path())
        .stdin(Stdio::null())
        // A file, not a pipe: what a page leaves running would keep a pipe open.
        .stdout(said.reopen().unwrap())
        .stderr(said.reopen().unwrap())
        .process_group(0)
        .spawn()
        .unwrap();
    let since = Instant::now();
    let code = loop {
        match child.try_wait().unwrap() {
            Some(ended) => break ended.code(),
            None if since.elapsed() > PATIENCE => break None,
            None => std::thread::sleep(Duration::from_millis(50)),
        }
    };
    let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).stderr(Stdio::null()).status();
    let _ = child.wait();
    if code == Some(0) {
        return Ok(());
    }
    let said = std::fs::read_to_string(said.path()).unwrap();
    Err(format!("{name} ended with {code:?} after {:?}:\n{said}", since.elapsed()))
}

#[test]
fn every_command_of_the_documentation_runs() {
    let scripts: Vec<(String, String)> = pages()
        .iter()
        .filter_map(|(path, page)| Some((path.strip_prefix(root()).unwrap().display().to_string(), script(page)?)))
        .collect();
    for needed in ["README.md", "docs/src/tutorial.md", "docs/src/how-to/recovery.md", "examples/gitops/README.md"] {
        assert!(scripts.iter().any(|(name, _)| name == needed), "{needed} has no command that is run");
    }
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let all: Vec<_> = scripts.iter().map(|(name, script)| scope.spawn(|| play(name, script))).collect();
        all.into_iter().filter_map(|one| one.join().unwrap().err()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_whole_manifest_of_the_documentation_is_valid() {
    let mut found = 0;
    for (path, page) in pages() {
        for manifest in blocks(&page, "yaml").iter().filter(|block| block.starts_with("stack:")) {
            let dir = tempfile::tempdir().unwrap();
            put(&dir.path().join("evsctl.yaml"), manifest);
            let mut command = evsctl();
            command.current_dir(&dir).arg("validate");
            let ran = run(command);
            assert_eq!(ran.code, 0, "{}: {}", path.display(), ran.stderr);
            found += 1;
        }
    }
    assert!(found > 0, "no manifest was found: this test looks at the wrong thing");
}

/// A heading as a link names it.
fn anchor(heading: &str) -> String {
    let plain = heading.trim().to_lowercase();
    plain.chars().filter(|c| c.is_alphanumeric() || "-_ ".contains(*c)).collect::<String>().replace(' ', "-")
}

fn anchors(page: &str) -> BTreeSet<String> {
    let (mut found, mut heading) = (BTreeSet::new(), None);
    for event in Parser::new(page) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(text) | Event::Code(text) => heading.iter_mut().for_each(|heading| heading.push_str(&text)),
            Event::End(TagEnd::Heading(_)) => found.extend(heading.take().map(|heading| anchor(&heading))),
            _ => {}
        }
    }
    found
}

#[test]
fn every_link_leads_somewhere_and_every_page_is_in_the_book() {
    let pages = pages();
    let mut followed = 0;
    for (path, page) in &pages {
        for event in Parser::new(page) {
            let Event::Start(Tag::Link { dest_url, .. }) = event else { continue };
            if dest_url.contains("://") {
                continue;
            }
            let (file, heading) = dest_url.split_once('#').unwrap_or((&dest_url, ""));
            let target = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            assert!(target.exists(), "{}: {dest_url} leads nowhere", path.display());
            // A book holds its own pages alone.
            let is_of_the_book = |path: &Path| path.canonicalize().unwrap().starts_with(root().join("docs/src"));
            assert!(!is_of_the_book(path) || is_of_the_book(&target), "{}: {dest_url} leaves the book", path.display());
            if !heading.is_empty() {
                let there = anchors(&std::fs::read_to_string(&target).unwrap());
                assert!(there.contains(heading), "{}: {dest_url}: the headings are {there:?}", path.display());
            }
            followed += 1;
        }
    }
    assert!(followed > 40, "only {followed} links were found: this test looks at the wrong thing");
    let summary = &pages[&root().join("docs/src/SUMMARY.md")];
    for path in pages.keys().filter_map(|path| path.strip_prefix(root().join("docs/src")).ok()) {
        let name = path.display().to_string();
        assert!(name == "SUMMARY.md" || summary.contains(&format!("({name})")), "{name} is not in the summary");
    }
}

#[test]
fn the_readme_is_a_screen_and_a_half() {
    let lines = pages()[&root().join("README.md")].lines().count();
    assert!(lines <= 120, "{lines} lines");
}
