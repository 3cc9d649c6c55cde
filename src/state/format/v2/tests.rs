use crate::state::format::{Malformed, SnapshotError, read, to_bytes};
use crate::state::samples::everything::everything;
use crate::state::samples::*;
use crate::state::{Base, End, EndedCreate, Recorded, Seen, State};
use crate::volume::{Address, CallId, Digest, Slot, VolumeId, VolumeName, VolumeSpec};
use std::sync::Arc;

/// The everything of the golden files with another body, and the digest that fits it.
fn forged(change: impl Fn(&str) -> String) -> Result<State, SnapshotError> {
    let text = String::from_utf8(to_bytes(&everything())).unwrap();
    let body = change(text.splitn(3, '\n').nth(2).unwrap());
    assert_ne!(text.splitn(3, '\n').nth(2).unwrap(), body, "nothing was changed");
    read(format!("{{\n  \"digest\": \"{}\",\n{body}", Digest::of(body.as_bytes())).as_bytes(), &stack())
}

#[track_caller]
fn is_refused(wanted: Malformed, change: impl Fn(&str) -> String) {
    let Err(SnapshotError::Malformed { flaw, .. }) = forged(change) else { panic!("it was read") };
    assert_eq!(flaw, wanted);
}

#[test]
fn words_that_are_reserved_are_refused_and_never_dropped() {
    let line = "  \"replaced\": [\n    \"7c1f\"\n  ],\n  \"approved\"";
    is_refused(Malformed::Later("replaced".to_owned()), |body| body.replace("  \"approved\"", line));
    let asked = "\"asked\":\"a1dd73d88b0c\"";
    let base = format!("\"base\":{{\"size\":40,\"colour\":\"red\"}},{asked}");
    let flaw = match forged(|body| body.replace(asked, &base)) {
        Err(SnapshotError::Malformed { flaw: Malformed::Unread(words), .. }) => words,
        other => panic!("{other:?}"),
    };
    assert!(flaw.contains("unknown field `colour`"), "{flaw}");
}

#[test]
fn what_is_named_stands_in_its_table() {
    is_refused(Malformed::UnknownSpec("a1dd73d88b0d".to_owned()), |body| {
        body.replace("\"asked\":\"a1dd73d88b0c\"", "\"asked\":\"a1dd73d88b0d\"")
    });
    is_refused(Malformed::UnknownSpec(String::new()), |body| {
        body.replacen("\"spec\":\"fc68c1852444\"", "\"spec\":\"\"", 1)
    });
    is_refused(Malformed::UnknownOrigin("a9bbc43db9f9".to_owned()), |body| {
        body.replace("\"made\":\"a9bbc43db9f8\"", "\"made\":\"a9bbc43db9f9\"")
    });
    let from_backup =
        "\"145359fcf140\": {\"availability_zone\":\"az-1\",\"volume_type\":\"SSD\",\"backup_id\":\"b\"},\n";
    is_refused(Malformed::NoSize, |body| {
        let at = body.find("\"145359fcf140\": ").unwrap();
        let end = at + body[at..].find('\n').unwrap() + 1;
        format!("{}{from_backup}{}", &body[..at], &body[end..])
    });
}

#[test]
fn a_line_says_what_does_not_follow_from_the_rest() {
    let text = String::from_utf8(to_bytes(&everything())).unwrap();
    let line = |begin: &str| text.lines().find(|line| line.trim_start().starts_with(begin)).unwrap().trim();
    assert_eq!(line("\"web[1]\""), r#""web[1]": {"id":"web_1","call":"bmfqwcylbm","asked":"a1dd73d88b0c"},"#);
    assert_eq!(
        line("\"again[1]\""),
        r#""again[1]": {"id":"again_1","call":"cijbeeqsci","seen":{"status":"in-use"},"asked":"044f21ca5b4e"},"#
    );
    assert_eq!(
        line("\"bmfqwcylbm\""),
        r#""bmfqwcylbm": {"key":"web","slots":"1..4","made":"28198997690e","first_sent":"2025-06-15T15:06:41.123456789Z","at":"2025-06-15T15:06:52.123456789Z"},"#
    );
}

#[test]
fn another_specification_changes_no_line_of_another_volume() {
    let lines = |state: &State| -> std::collections::BTreeSet<String> {
        let text = String::from_utf8(to_bytes(state)).unwrap();
        text.lines().skip(2).map(|line| line.trim_end_matches(',').to_owned()).collect()
    };
    let before = everything();
    let mut after = before.clone();
    after.volumes.get_mut(&address("web[1]")).unwrap().base.spec = spec(999);
    let (before, after) = (lines(&before), lines(&after));
    let gone: Vec<&String> = before.difference(&after).collect();
    let come: Vec<&String> = after.difference(&before).collect();
    let are = |lines: &[&String], begins: [&str; 2]| {
        lines.len() == 2 && begins.iter().all(|begin| lines.iter().any(|line| line.trim_start().starts_with(begin)))
    };
    // Its own line, and its specification in the table: the old one, which no other has, and the new one.
    assert!(are(&gone, ["\"web[1]\"", "\"a1dd73d88b0c\""]), "{gone:?}");
    assert!(are(&come, ["\"web[1]\"", "\""]), "{come:?}");
}

/// As applying 10,000 keys of one volume each leaves it, with times as clocks tell them.
fn ten_thousand(tags: &str, size: impl Fn(u32) -> u32) -> State {
    let mut state = State { serial: 1, ..empty() };
    for number in 0..10_000 {
        let key = format!("vol-{number:06}");
        let address: Address = format!("{key}[1]").parse().unwrap();
        let mut hash = [0; 32];
        hash[..16].copy_from_slice(&(u128::from(number) << 100).to_be_bytes());
        let call = CallId::from_hash(&hash);
        let size = size(number);
        let text = format!(r#"{{"availability_zone":"az-dc-1","volume_type":"SSD","size":{size}{tags}}}"#);
        let asked: Arc<VolumeSpec> = Arc::new(serde_json::from_str(&text).unwrap());
        let seen = Seen {
            name: key.clone(),
            description: None,
            size,
            volume_type: "SSD".to_owned(),
            availability_zone: "az-dc-1".to_owned(),
            ..seen(&key)
        };
        let exactly = at(i64::from(number)) + jiff::SignedDuration::from_nanos(123_456_789);
        let ended = EndedCreate {
            key: address.key.clone(),
            slots: std::iter::once(Slot::FIRST).collect(),
            moved: Default::default(),
            name: VolumeName::new(key).unwrap(),
            made: asked.made_as(),
            first_sent: Some(exactly),
            at: exactly + jiff::SignedDuration::from_nanos(7_111_111_111),
            end: End::Done,
        };
        let id =
            VolumeId::new(uuid::Uuid::from_u128(u128::from(number) << 64 | 0x4000_8000 << 32).to_string()).unwrap();
        let base = Base::of(asked, &seen);
        let recorded = Recorded { id, call: Some(call.clone()), tainted: None, seen, base };
        state.volumes.insert(address, recorded);
        assert!(state.ended.insert(call, ended).is_none());
    }
    state
}

#[test]
fn ten_thousand_explicit_volumes_take_at_most_360_bytes_each() {
    let tags = r#","tags":{"app":"kafka","team":"storage","tier":"gold"}"#;
    // All alike but for their keys, as in format 1, which takes 538 bytes for each; of 90 sizes, with tags; and each of a
    // size of its own, so that no two share a specification.
    let states = [
        (260, ten_thousand("", |_| 10)),
        (260, ten_thousand(tags, |number| 10 + number % 90)),
        (360, ten_thousand("", |number| 10 + number)),
    ];
    for (most, state) in states {
        let bytes = to_bytes(&state);
        let each = bytes.len() / state.volumes.len();
        assert!(each <= most, "{each}");
        assert_eq!(read(&bytes, &stack()), Ok(state));
    }
}
