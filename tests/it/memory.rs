//! What a hostile service can make a run hold: never more than 256 MB.

use crate::support::{PROJECT, evsctl, put};
use crate::wire::server::{Answer, Request, Server};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// The most that a run may hold, in KiB.
const MOST: u64 = 256 * 1000 * 1000 / 1024;

/// Plans against the server. What is told on stderr, and the most memory that it held, in KiB.
fn planned(server: &Server) -> (String, u64) {
    let dir = tempfile::tempdir().unwrap();
    let text = format!(
        "stack: test\ncloud: {{ endpoint: \"{}\", project_id: {PROJECT} }}\nvolumes: {{ v: {{ availability_zone: az-dc-1, volume_type: SSD, size: 10 }} }}\n",
        server.endpoint
    );
    put(&dir.path().join("evsctl.yaml"), text);
    let mut command = evsctl();
    command.arg("plan").arg(dir.path()).stdout(Stdio::null()).stderr(Stdio::piped());
    let (mut child, begun, mut peak) = (command.spawn().unwrap(), Instant::now(), 0);
    let code = loop {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let field =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
        peak = field.unwrap_or(peak);
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        if begun.elapsed() > Duration::from_secs(120) {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let mut said = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut said).unwrap();
    assert_eq!(code, Some(1), "{said}");
    (said, peak)
}

/// A page of as many new volumes as a page has, each with a text of that length.
fn page(number: usize, text: usize) -> String {
    let text = "x".repeat(text);
    let volume = |n| format!(r#"{{"id":"v-{number}-{n}","size":10,"status":"available","description":"{text}"}}"#);
    format!(r#"{{"volumes":[{}]}}"#, (0..1000).map(volume).collect::<Vec<_>>().join(","))
}

#[test]
fn pages_without_end_are_given_up_before_they_fill_the_memory() {
    // As long a text as is believed, a usual one, and none.
    for text in [8000, 100, 0] {
        let server = Server::start(move |request: &Request| {
            let marker =
                request.path.split_once("marker=v-").and_then(|(_, rest)| rest.split('-').next()?.parse().ok());
            Answer::new(200, page(marker.map_or(0, |number: usize| number + 1), text))
        });
        let (said, peak) = planned(&server);
        assert!(said.contains("take more than 128 MiB of memory"), "{text}: {said}");
        let pages = server.seen().len();
        assert!((10..500).contains(&pages), "{text}: {pages} pages were read");
        assert!(peak > 0 && peak < MOST, "{text}: {peak} KiB after {pages} pages");
    }
}

#[test]
fn no_answer_takes_many_times_its_own_size() {
    let most = (16 << 20) - 100;
    let full = |before: &str, part: &str, after: &str| {
        let parts = vec![part; (most - before.len() - after.len()) / (part.len() + 1)];
        format!("{before}{}{after}", parts.join(","))
    };
    for (what, body) in [
        ("volumes of nothing", full(r#"{"volumes":["#, "{}", "]}")),
        ("lists for a name", full(r#"{"volumes":[{"id":""},{"name":["#, "[]", "]}]}")),
        ("a map for a size", full(r#"{"volumes":[{"id":""},{"size":{"#, r#""a":0"#, "}}]}")),
        ("a list for the tags", full(r#"{"volumes":[{"id":""},{"tags":["#, "0", "]}]}")),
        ("one long name", format!(r#"{{"volumes":[{{"id":"v","name":"{}"}}]}}"#, "n".repeat(most - 100))),
    ] {
        let server = Server::start(move |_| Answer::new(200, body.clone()));
        let (said, peak) = planned(&server);
        assert!(said.contains("makes no sense") && said.len() < 4096, "{what}: {said}");
        assert!(peak > 0 && peak < MOST, "{what}: {peak} KiB");
    }
}
