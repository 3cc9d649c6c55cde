use super::*;
use crate::operation::Kind;
use crate::state::samples::*;
use crate::state::{Change, Intended, State};
use crate::volume::Description;
use crate::volume::StackName;
use proptest::prelude::*;
use std::sync::Arc;

fn sample() -> State {
    let mut state = folded(empty(), &changes());
    state.approved = Some(approved(2));
    state.serial = 7;
    state
}

/// A snapshot with another body, and the digest that fits it.
fn forged(change: impl Fn(&str) -> String) -> Vec<u8> {
    let text = String::from_utf8(to_bytes(&sample())).unwrap();
    let body = change(&text[HEAD_LENGTH..]);
    format!("{{\n  \"digest\": \"{}\",\n{body}", crate::volume::Digest::of(body.as_bytes())).into_bytes()
}

#[test]
fn what_is_written_reads_back() {
    let mut no_steps = empty();
    no_steps.approved = Some(approved(0));
    let run = |calls: &[u8]| State { begun: Some(begun(calls)), ..sample() };
    for state in [empty(), no_steps, sample(), run(&[]), run(&[8]), run(&[8, 9])] {
        let bytes = to_bytes(&state);
        assert_eq!(read(&bytes, &stack()), Ok(state.clone()));
        assert_eq!(to_bytes(&read(&bytes, &stack()).unwrap()), bytes);
    }
}

#[test]
fn it_is_json_with_a_line_for_each_volume() {
    let bytes = to_bytes(&sample());
    let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(json["format"], 2);
    assert_eq!(json["serial"], 7);
    assert_eq!(json["volumes"]["web[1]"]["id"], "web_1");
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.starts_with("{\n  \"digest\": \"sha256:"));
    assert!(text.ends_with("}\n"));
    assert_eq!(text.lines().filter(|line| line.starts_with("    \"web[")).count(), 2);
}

#[test]
fn only_a_run_under_way_says_that_it_was_begun() {
    let text = |state: &State| String::from_utf8(to_bytes(state)).unwrap();
    let ended = text(&sample());
    assert!(!ended.contains("\"begun\"") && !ended.contains("\"may_send\""), "as earlier versions wrote it");
    let under_way = text(&State { begun: Some(begun(&[8])), ..sample() });
    let json: serde_json::Value = serde_json::from_str(&under_way).unwrap();
    assert_eq!(json["begun"], at(100).to_string());
    assert_eq!(json["may_send"][call_id(8).as_str()]["key"], "k8");
    // But for these lines, what they ask for, and the digest, it is the same file.
    let asked = json["may_send"][call_id(8).as_str()]["spec"].as_str().unwrap();
    let others = |text: &str| {
        let odd = |line: &str| {
            ["\"digest\"", "\"begun\"", "\"may_send\"", call_id(8).as_str(), asked].iter().any(|it| line.contains(it))
        };
        let lines = text.lines().filter(|line| !odd(line));
        lines.map(|line| line.trim_end_matches(',').to_owned()).collect::<Vec<_>>()
    };
    let mut rest = others(&under_way);
    let end = rest.windows(2).position(|lines| lines == ["  }", "  }"]).unwrap();
    rest.remove(end);
    assert_eq!(rest, others(&ended));
    // One without the other is nothing that was written.
    for name in ["begun", "may_send"] {
        let cut =
            under_way.lines().filter(|line| !line.contains(&format!("\"{name}\""))).collect::<Vec<_>>().join("\n");
        let body = format!("{}\n", &cut[HEAD_LENGTH..]);
        let whole = format!("{{\n  \"digest\": \"{}\",\n{body}", crate::volume::Digest::of(body.as_bytes()));
        assert!(matches!(read(whole.as_bytes(), &stack()), Err(SnapshotError::Malformed { .. })), "{name}");
    }
}

#[test]
fn protected_addresses_have_a_line_each_and_a_state_without_them_has_none() {
    let protected: std::collections::BTreeSet<_> = ["to-come[1]", "web[1]"].map(address).into();
    let state = State { protected: protected.clone(), ..sample() };
    let text = String::from_utf8(to_bytes(&state)).unwrap();
    assert!(text.contains("\n  \"protected\": [\n    \"to-come[1]\",\n    \"web[1]\"\n  ],\n"), "{text}");
    assert_eq!(read(text.as_bytes(), &stack()), Ok(state));
    assert!(!String::from_utf8(to_bytes(&sample())).unwrap().contains("protected"), "as earlier versions wrote it");
    assert!(read(&to_bytes(&sample()), &stack()).unwrap().protected.is_empty());
}

#[test]
fn neighbours_share_what_they_ask_for() {
    let mut intended = intent(call_id(1), "web", 1..=2, 40);
    if let Change::Intent(Intended { body, .. }) = &mut intended {
        let Kind::Create(call) = &mut body.kind else { panic!() };
        Arc::make_mut(&mut call.create.spec).description =
            seen("web").description.map(|text| Description::new(text).unwrap());
    }
    let state = folded(empty(), &[intended, created(call_id(1), "web", 1..=2)]);
    let read = read(&to_bytes(&state), &stack()).unwrap();
    assert!(Arc::ptr_eq(&read.volumes[&address("web[1]")].base.spec, &read.volumes[&address("web[2]")].base.spec));
}

#[test]
fn no_byte_can_change_unnoticed() {
    let whole = to_bytes(&sample());
    for at in 0..whole.len() {
        for flip in [1, 0x20, 0x80] {
            let mut bytes = whole.clone();
            bytes[at] ^= flip;
            assert!(read(&bytes, &stack()).is_err(), "byte {at} ^ {flip}");
        }
    }
}

#[test]
fn no_cut_and_no_addition_goes_unnoticed() {
    let whole = to_bytes(&sample());
    assert_eq!(read(b"", &stack()), Err(SnapshotError::Empty));
    for length in 1..whole.len() - 1 {
        let error = read(&whole[..length], &stack()).unwrap_err();
        assert!(matches!(error, SnapshotError::Torn { .. }), "{length}: {error}");
    }
    assert_eq!(read(&whole[..whole.len() - 1], &stack()), Err(SnapshotError::Digest));
    assert_eq!(read(&[&whole[..], b"\n"].concat(), &stack()), Err(SnapshotError::Digest));
}

#[test]
fn each_damage_has_its_name() {
    let text = String::from_utf8(to_bytes(&sample())).unwrap();
    let read = |text: &str| read(text.as_bytes(), &stack()).unwrap_err();
    let merged = text.replace("  \"serial\"", "<<<<<<< HEAD\n  \"serial\": 8,\n=======\n  \"serial\"");
    assert_eq!(read(&merged), SnapshotError::Conflict { line: 6 });
    assert_eq!(read(&text.replace('\n', "\r\n")), SnapshotError::LineEnds);
    assert_eq!(read(&text.replace("\"serial\": 7", "\"serial\": 8")), SnapshotError::Digest);
    assert_eq!(read(" \n"), SnapshotError::Empty);
    assert!(matches!(read(&"\0".repeat(100)), SnapshotError::Torn { .. }));
    assert_eq!(read(r#"{"format": 3, "new": []}"#), SnapshotError::Newer { format: 3 });
    assert_eq!(read("{}"), SnapshotError::Digest);
    let other = StackName::new("other").unwrap();
    assert!(matches!(super::read(text.as_bytes(), &other), Err(SnapshotError::OtherStack { .. })));
}

#[test]
fn a_newer_format_is_refused_even_if_whole() {
    let newer = forged(|body| body.replace("\"format\": 2", "\"format\": 3"));
    assert_eq!(read(&newer, &stack()), Err(SnapshotError::Newer { format: 3 }));
}

#[test]
fn an_unknown_field_is_never_dropped() {
    let odd = forged(|body| body.replace("\"id\":\"web_1\"", "\"id\":\"web_1\",\"odd\":1"));
    assert!(
        matches!(read(&odd, &stack()), Err(SnapshotError::Malformed { line: 38, .. })),
        "{:?}",
        read(&odd, &stack())
    );
    let odd = forged(|body| body.replace("  \"calls\"", "  \"odd\": 1,\n  \"calls\""));
    assert!(matches!(read(&odd, &stack()), Err(SnapshotError::Malformed { .. })));
}

#[test]
fn every_error_says_what_to_do_next() {
    assert!(SnapshotError::Empty.hint().contains("STACK.json.1"));
    assert!(SnapshotError::Conflict { line: 1 }.hint().contains("--ours"));
}

proptest! {
    #[test]
    fn any_state_reads_back(changes in any_changes()) {
        let state = folded(empty(), &changes);
        prop_assert_eq!(read(&to_bytes(&state), &stack()), Ok(state));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), body in "\\PC*") {
        let _ = read(&bytes, &stack());
        let _ = read(&forged(|_| body.clone()), &stack());
        let _ = read(&forged(|whole| whole.replacen('"', &body, 9)), &stack());
    }
}
