//! What the embedded cloud is asked, and what it is told at its start.

use super::told;
use crate::signing::{Claim, DATE, Request};
use crate::simulator::fuzzing as simulator;

/// A method, a path, a query, headers and the body, each on a line of its own; an empty line ends the headers.
pub(super) fn signature(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = Claim::read(&text);
    let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let mut lines = head.lines();
    let mut line = || lines.next().unwrap_or_default();
    let (method, path, query) = (line(), line(), line());
    let mut names: Vec<(String, &str)> = head
        .lines()
        .skip(3)
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value))
        .filter(|(name, _)| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)))
        .collect();
    for (name, value) in [(DATE, "20261124T070000Z"), ("host", "cloud")] {
        names.push((name.to_owned(), value));
    }
    let headers: Vec<(&str, &str)> = names.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let request = Request { method, path, query, headers: &headers, body: body.as_bytes() };
    let authorization = request.authorization("AK", b"secret");
    let claim = Claim::read(&authorization);
    assert!(claim.as_ref().is_some_and(|claim| claim.holds(&request, b"secret")), "{authorization}");
    let Some(claim) = claim else { return };
    assert!(claim.access == "AK" && !claim.holds(&request, b"secre"));
    let other = format!("{method}x");
    assert!(!claim.holds(&Request { method: &other, ..request }, b"secret"), "another method");
    simulator::admit(&request, &authorization);
}

/// Requests with a NUL byte between two of them; each has a line `METHOD TARGET [client token]` before its body.
pub(super) fn requests(bytes: &[u8]) {
    let requests: Vec<&[u8]> = bytes.split(|byte| *byte == 0).take(16).collect();
    simulator::serve(&requests);
}

pub(super) fn login(bytes: &[u8]) {
    simulator::login(bytes);
}

pub(super) fn faults(bytes: &[u8]) {
    if let Err(why) = simulator::faults(bytes) {
        told::text(&why);
    }
}

pub(super) fn data(bytes: &[u8]) {
    for bytes in [bytes, &[b"{\"evsctl_simulator\":1}\n", bytes].concat()] {
        if let Err(error) = simulator::data(bytes) {
            told::error(&error);
        }
    }
}

pub(super) fn accounts(bytes: &[u8]) {
    if let Ok(text) = str::from_utf8(bytes)
        && let Err(why) = simulator::accounts(text)
    {
        told::text(&why);
    }
}

pub(super) fn catalogue(bytes: &[u8]) {
    if let Ok(text) = str::from_utf8(bytes)
        && let Err(error) = simulator::catalogue(text)
    {
        told::error(&error);
    }
}
