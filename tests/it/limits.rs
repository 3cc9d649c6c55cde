//! `limits`: what a plan does too much of is refused as a whole, and nothing of that kind is sent.

use crate::support::{CREATE, DELETE, World, put};

impl World {
    /// The manifest with these limits and volumes.
    fn limited(&self, limits: &str, volumes: &str) {
        self.volumes(volumes);
        let path = self.dir.path().join("evsctl.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        put(&path, text.replacen("defaults:", &format!("limits: {limits}\ndefaults:"), 1));
    }
}

#[test]
fn what_exceeds_a_limit_is_not_sent_and_the_rest_is_where_that_is_asked_for() {
    let world = World::new("  data: { count: 3, size: 10 }");
    world.limited("{ max_create: 2 }", "  data: { count: 3, size: 10 }");
    let refused = world.run(&["apply", "--yes"]).exits(4);
    let said = refused.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains(
            "data[1..3] create (3 volumes): the plan creates 3 volumes, and `max_create` in `limits` allows 2"
        ),
        "{said}"
    );
    assert!(said.contains("evsctl.yaml:3:23"), "{said}");
    assert_eq!(world.cloud.requests(CREATE), 0);

    // In parts, as the refusal says.
    world.run(&["apply", "--yes", "--target", "data[1..2]"]).exits(0);
    world.converge();
    assert_eq!(world.cloud.names().len(), 3);

    // The deletions exceed their limit, the creation does not.
    world.limited("{ max_create: 2, max_destroy: 1 }", "  data: { count: 1, size: 10 }\n  web: { size: 10 }");
    world.run(&["apply", "--yes", "--allow-destroy", "2"]).exits(4);
    assert_eq!((world.cloud.names().len(), world.cloud.requests(DELETE)), (3, 0));
    world.run(&["apply", "--yes", "--skip-refused"]).exits(4);
    assert_eq!((world.cloud.names().len(), world.cloud.requests(DELETE)), (4, 0));

    // `destroy` is held by it too.
    world.run(&["destroy", "--yes", "--allow-destroy", "4"]).exits(4);
    assert_eq!((world.cloud.names().len(), world.cloud.requests(DELETE)), (4, 0));
    world.limited("{ max_create: 2, max_destroy: 4 }", "  data: { count: 1, size: 10 }\n  web: { size: 10 }");
    world.run(&["destroy", "--yes", "--allow-destroy", "4"]).exits(0);
    assert_eq!(world.cloud.names().len(), 0);
}

#[test]
fn volumes_grow_by_no_more_than_is_allowed() {
    let world = World::new("  data: { count: 2, size: 10 }");
    world.converge();
    world.limited("{ max_grow_gb: 19 }", "  data: { count: 2, size: 20 }");
    let refused = world.run(&["plan"]).exits(4);
    let said = refused.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("makes volumes 20 GB larger in all, and `max_grow_gb` in `limits` allows 19 GB"), "{said}");
    world.run(&["apply", "--yes"]).exits(4);
    world.limited("{ max_grow_gb: 20 }", "  data: { count: 2, size: 20 }");
    world.converge();
}

#[test]
fn a_zone_that_is_not_allowed_is_found_before_anything_is_asked() {
    let world = World::new("");
    world.limited("{ zones: [az-dc-2], volume_types: [SAS] }", "  data: { size: 10 }");
    let ran = world.run(&["validate"]).exits(1);
    assert!(ran.stderr.contains("`zones` in `limits` does not allow \"az-dc-1\""), "{ran:?}");
    assert!(ran.stderr.contains("`volume_types` in `limits` does not allow \"SSD\""), "{ran:?}");
    world.run(&["apply", "--yes"]).exits(1);
    assert_eq!(world.cloud.all_requests(), 0);
}
