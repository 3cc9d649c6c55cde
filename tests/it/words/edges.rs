//! What is told where a command or the embedded cloud does not begin, and the words before a message.

use super::is_kept;
use evsctl::simulator::StartError;
use evsctl::volume::Digest;
use evsctl::words::{label, plan_file};
use std::fmt::Write as _;

fn starts() -> Vec<StartError> {
    let io = || std::io::Error::other("the system's words");
    let json = || serde_json::from_str::<u8>("x").unwrap_err();
    samples!(StartError:
        StartError::Listen { .. } => [StartError::Listen { address: "127.0.0.1:80".parse().unwrap(), source: io() }],
        StartError::Data { .. } => [StartError::Data { path: "cloud.jsonl".into(), source: io() }],
        StartError::Catalogue(_) => [StartError::Catalogue(json())],
        StartError::Faults(_) => [StartError::Faults("missing field `then`".to_owned())],
        StartError::Credentials(_) => [StartError::Credentials("missing field `users`".to_owned())],
    )
}

#[test]
fn every_reason_not_to_begin_is_told() {
    let (one, other) = (Digest::of(b"1"), Digest::of(b"2"));
    let files = [
        plan_file::SHAPE.to_owned(),
        plan_file::BYTES.to_owned(),
        plan_file::format(9),
        plan_file::digest(&one, &other),
    ];
    let labels = [label::ERROR, label::CAUSED_BY, label::HINT, label::WARNING].map(str::to_owned);
    let mut text = String::new();
    for line in files.into_iter().chain(starts().iter().map(ToString::to_string)).chain(labels) {
        writeln!(text, "{line}").unwrap();
    }
    is_kept("edges.txt", &text);
}
