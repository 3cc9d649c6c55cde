//! The last line of a journal: torn by a crash it is dropped, damaged since it is told, and one that may have been synced
//! is never lost.

use crate::support::{World, put, until};
use serde_json::{Value, json};
use std::fs;

/// A run that was killed after its create call was accepted, and before its job had ended.
fn killed() -> World {
    let world = World::new("  data: { count: 2, size: 10 }");
    let rule = json!({"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "then": {"job": "hang"}});
    world.cloud.faults(json!([rule]));
    let mut child = world.command(&["apply", "--yes"]).stderr(std::process::Stdio::null()).spawn().unwrap();
    let journal = world.dir.path().join("state/test.journal");
    until("the call is accepted", || fs::read_to_string(&journal).is_ok_and(|text| text.contains("\"accepted\"")));
    child.kill().unwrap();
    child.wait().unwrap();
    world.cloud.faults(json!([]));
    world
}

fn planned(world: &World) -> Value {
    world.run(&["plan", "--offline", "--format", "json"]).exits(0).json()
}

#[test]
fn a_synced_record_is_never_lost_silently() {
    let world = killed();
    let journal = world.dir.path().join("state/test.journal");
    let bytes = fs::read(&journal).unwrap();
    let end = bytes.iter().rposition(|byte| *byte == b'\n').unwrap();
    let start = bytes[..end].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    let before = planned(&world);
    // All of the line but its end reached the disk, with room after it or not: it is a whole record.
    for torn in [bytes[..end].to_vec(), [&bytes[..end], &[0; 700]].concat()] {
        put(&journal, &torn);
        assert_eq!(planned(&world), before);
    }
    // What no crash leaves is damage: a line end that became something else, and a hole that is no sector's.
    for (at, byte) in [(end, bytes[end] ^ 0x40), (end, b' '), (start + 20, 0)] {
        let mut damaged = bytes.clone();
        damaged[at] = byte;
        put(&journal, &damaged);
        world.run(&["plan"]).exits(1).says("is damaged").says("hint:");
        world.run(&["apply", "--yes"]).exits(1).says("is damaged");
    }
    // A torn line never counted.
    put(&journal, &bytes[..end - 1]);
    assert_ne!(planned(&world), before);
    put(&journal, &bytes);
    assert_eq!(planned(&world), before);
}
