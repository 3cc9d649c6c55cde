//! A name in an answer that is no text: one volume of somebody else stops nothing, and one of ours keeps its name.

use crate::between;
use crate::support::{CREATE, PROJECT, UPDATE, World};
use crate::wire::server::{Answer, Server};
use serde_json::json;

/// A server that shows that name with half of a surrogate pair behind its first letter.
fn garbled(world: &World, name: &'static str) -> Server {
    let change = move |mut answer: Answer| {
        let text = String::from_utf8(answer.body).unwrap();
        let (first, rest) = name.split_at(1);
        let is_asked_for = format!("\"name\":\"{name}\"");
        answer.body = text.replace(&is_asked_for, &format!("\"name\":\"{first}\\ud800{rest}\"")).into_bytes();
        answer
    };
    between::stand(world, |_| {}, move |request, answer| if request.method == "GET" { change(answer) } else { answer })
}

fn somebodys(world: &World, name: &str) {
    let body = json!({"volume": {"name": name, "size": 10, "volume_type": "SSD", "availability_zone": "az-dc-1"}});
    let (status, answer) = world.cloud.call("POST", "/v2/{project_id}/cloudvolumes", Some(body));
    assert_eq!(status, 200, "{answer} in {PROJECT}");
    crate::support::until("it is there", || world.cloud.names().contains(&name.to_owned()));
}

#[test]
fn somebody_elses_volume_with_a_name_that_is_no_text_stops_nothing() {
    let world = World::new("  data: { count: 2, size: 10 }");
    somebodys(&world, "theirs");
    let _server = garbled(&world, "theirs");
    world.run(&["plan", "--detailed-exitcode"]).exits(2).says("2 to create");
    world.converge();
    for words in [&["orphans"][..], &["doctor"], &["state", "rebuild"]] {
        world.run(words).exits(0);
    }
    assert_eq!((world.recorded().len(), world.cloud.names().len()), (2, 3));
}

#[test]
fn a_volume_of_ours_is_not_renamed_for_a_name_that_is_no_text() {
    let world = World::new("  data: { count: 3, size: 10 }");
    let _server = garbled(&world, "data-0002");
    // While they are made, and afterwards.
    world.converge();
    world.converge();
    let plan = world.run(&["plan"]).exits(0);
    assert!(!plan.stdout.contains("drift"), "{}", plan.stdout);
    // Nor is a name that could be anybody's its own: U+FFFD is a character as others are.
    assert_eq!((world.cloud.requests(UPDATE), world.cloud.requests(CREATE)), (0, 1));
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002", "data-0003"]);
}

#[test]
fn nothing_is_rebuilt_by_a_name_that_is_no_text() {
    let world = World::new("  data: { size: 10 }\n  \"d-ata\": { size: 10, name: \"d\\uFFFData\" }");
    world.converge();
    std::fs::remove_dir_all(world.dir.path().join("state")).unwrap();
    let _server = garbled(&world, "data");
    let ran = world.run(&["state", "rebuild"]);
    assert!(ran.stdout.contains("is no text that can be compared"), "{ran:?}");
    assert!(ran.code == 4, "{ran:?}");
}
