//! A list of zones: one create call for each, and volumes that stay where they are.

use crate::support::{CREATE, DELETE, UPDATE, World};
use std::collections::BTreeMap;

fn volumes(zones: &str, count: u32) -> String {
    format!("  data: {{ count: {count}, size: 10, availability_zone: [{zones}] }}")
}

/// The zone of each slot, as the cloud shows it.
fn zones(world: &World) -> Vec<String> {
    let shown: BTreeMap<String, String> = world
        .cloud
        .volumes()
        .into_iter()
        .map(|volume| {
            let text = |field: &str| volume[field].as_str().unwrap().to_owned();
            (text("name"), text("availability_zone"))
        })
        .collect();
    shown.into_values().collect()
}

#[test]
fn volumes_are_spread_over_zones_and_stay_where_they_are() {
    let world = World::new(&volumes("az-dc-1, az-dc-2, az-dc-3", 5));
    world.converge();
    assert_eq!(zones(&world), ["az-dc-1", "az-dc-2", "az-dc-3", "az-dc-1", "az-dc-2"]);
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002", "data-0003", "data-0004", "data-0005"]);
    // Slots 1 and 4, 2 and 5, and 3: each call gets names from 0001 on, but for the last one, which carries its whole name.
    assert_eq!((world.cloud.requests(CREATE), world.cloud.requests(UPDATE)), (3, 3));

    // Another order moves nothing, and only new slots go by it.
    world.volumes(&volumes("az-dc-3, az-dc-2, az-dc-1", 8));
    world.converge();
    let first = ["az-dc-1", "az-dc-2", "az-dc-3", "az-dc-1", "az-dc-2"];
    assert_eq!(zones(&world), [&first[..], &["az-dc-1", "az-dc-3", "az-dc-2"]].concat());
    assert_eq!((world.cloud.requests(CREATE), world.cloud.requests(DELETE)), (6, 0));

    // A zone that leaves the list takes no volume along.
    world.volumes(&volumes("az-dc-3, az-dc-2", 8));
    let ran = world.run(&["apply", "--yes"]).exits(4);
    assert!(ran.stdout.contains("data[1] replace: availability_zone: az-dc-1 -> az-dc-3"), "{ran:?}");
    assert_eq!((world.cloud.requests(CREATE), world.cloud.requests(DELETE)), (6, 0));
}

#[test]
fn a_volume_that_is_gone_comes_back_in_its_zone() {
    let world = World::new(&volumes("az-dc-1, az-dc-2", 2));
    world.converge();
    world.volumes(&volumes("az-dc-2, az-dc-1", 2));
    let second = world.recorded().into_iter().find(|volume| volume["address"] == "data[2]").unwrap();
    world.cloud.delete(second["id"].as_str().unwrap());
    world.run(&["apply", "--yes", "--allow-recreate", "1"]).exits(0);
    assert_eq!(zones(&world), ["az-dc-1", "az-dc-2"]);
}
