//! Plan files: what was approved is what was read, and both are the bytes that were written.

use crate::support::{CREATE, Ran, World, put, run};
use evsctl::document;
use std::fmt::Write as _;
use std::path::PathBuf;

/// A hundred volumes in several keys of every kind.
fn hundred() -> String {
    let mut volumes = String::new();
    for n in 1..=9 {
        writeln!(volumes, "  web{n}: {{ size: {n}0, name: \"front {n}\", tags: {{ app: web, n: \"{n}\" }} }}").unwrap();
    }
    volumes
        + "  data: { count: 60, size: 40, description: a log }\n  scratch: { count: 31, size: 10, volume_type: SAS }"
}

struct Planned {
    world: World,
    file: PathBuf,
    bytes: Vec<u8>,
}

impl Planned {
    fn new() -> Planned {
        let world = World::new(&hundred());
        let file = world.dir.path().join("plan.out");
        world.run(&["plan", "--out", file.to_str().unwrap()]).exits(0).says("100 to create");
        let bytes = std::fs::read(&file).unwrap();
        Planned { world, file, bytes }
    }

    fn apply(&self) -> Ran {
        let mut command = self.world.command(&["apply", "--plan"]);
        command.arg(&self.file);
        run(command)
    }
}

/// xorshift64: the same places each time.
fn next(seed: &mut u64) -> usize {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    usize::try_from(*seed >> 16).unwrap()
}

/// The bytes with one place changed: a bit turned, a byte left out, or one put in.
fn changed(bytes: &[u8], number: usize, seed: &mut u64) -> (String, Vec<u8>) {
    let (at, mut other) = (next(seed) % bytes.len(), bytes.to_vec());
    let what = match number % 10 {
        0 => {
            let byte = other.remove(at);
            format!("without {:?} at {at}", char::from(byte))
        }
        1 => {
            other.insert(at, b' ');
            format!("with a space at {at}")
        }
        _ => {
            let bit = next(seed) % 8;
            other[at] ^= 1 << bit;
            format!("with bit {bit} turned at {at}")
        }
    };
    (what, other)
}

#[test]
fn every_changed_byte_is_seen() {
    let planned = Planned::new();
    assert!(document::from_json(&planned.bytes).is_ok());
    let seed = &mut 0x9e37_79b9_7f4a_7c15;
    for number in 0..2000 {
        let (what, other) = changed(&planned.bytes, number, seed);
        assert!(document::from_json(&other).is_err(), "{what}");
    }
    // What people read of it: neither the plan inside nor its digest says anything of these.
    let text = String::from_utf8(planned.bytes.clone()).unwrap();
    for (from, to) in [
        ("\"create\": 100", "\"create\": 99"),
        ("\"POST /v3/{project_id}/cloudvolumes\": 11", "\"POST /v3/{project_id}/cloudvolumes\": 1"),
        ("\"changes\": \"sha256:", "\"changes\": \"sha256:0"),
        ("\n", "\r\n"),
    ] {
        assert!(text.contains(from), "{from}");
        let other = text.replacen(from, to, 1);
        assert!(document::from_json(other.as_bytes()).is_err(), "{to}");
    }
    assert!(document::from_json(text.trim_end().as_bytes()).is_err(), "without its last newline");
}

#[test]
fn a_plan_is_the_same_bytes_wherever_it_is_written() {
    let world = World::new("  a: { size: 10, description: \"卷 \\u202E ##[command] \\x7F\" }");
    let file = world.dir.path().join("plan.out");
    let stdout = world.run(&["plan", "--format", "json", "--out", file.to_str().unwrap()]).exits(0).stdout;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), stdout);
    assert!(document::from_json(stdout.as_bytes()).is_ok());
    assert!(stdout.contains("卷") && stdout.contains("\\u202e") && !stdout.contains("##["), "{stdout}");
}

#[test]
fn a_changed_plan_file_is_refused_before_the_first_request() {
    let planned = Planned::new();
    let before = planned.world.cloud.all_requests();
    let refused = |what: &str, bytes: &[u8]| {
        put(&planned.file, bytes);
        let ran = planned.apply().says("cannot be carried out");
        assert_eq!(ran.code, 4, "{what}: {ran:?}");
        assert_eq!(planned.world.cloud.all_requests(), before, "{what}");
    };
    let seed = &mut 0x1234_5678_9abc_def1;
    for number in 0..20 {
        let (what, other) = changed(&planned.bytes, number, seed);
        refused(&what, &other);
    }
    refused("not UTF-8", &[b"\xff\xfe", &planned.bytes[..]].concat());
    refused("empty", b"");
    refused("cut short", &planned.bytes[..planned.bytes.len() / 2]);
    assert!(!planned.world.snapshot().exists());
    put(&planned.file, &planned.bytes);
    planned.apply().exits(0);
    assert_eq!(planned.world.cloud.volumes().len(), 100);
}

#[test]
fn a_plan_file_is_used_once() {
    let planned = Planned::new();
    planned.apply().exits(0);
    let before = planned.world.cloud.all_requests();
    planned.apply().exits(4).says("the plan file has been carried out already");
    assert_eq!(planned.world.cloud.all_requests(), before);
}

#[test]
fn a_plan_file_of_another_manifest_or_state_is_refused_before_the_first_request() {
    let planned = Planned::new();
    planned.world.volumes("  other: { size: 10 }");
    let before = planned.world.cloud.all_requests();
    planned.apply().exits(4).says("the manifest has changed since");
    assert_eq!(planned.world.cloud.all_requests(), before);
    planned.world.converge();
    planned.world.volumes(&hundred());
    let before = planned.world.cloud.all_requests();
    planned.apply().exits(4).says("the recorded state has moved since");
    assert_eq!((planned.world.cloud.all_requests(), planned.world.cloud.requests(CREATE)), (before, 1));
}
