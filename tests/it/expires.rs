//! `lifecycle.expires`: from its day on a key is not asked for, and its volumes are deleted with consent, as any.

use crate::support::{CREATE, DELETE, World};

fn volumes(lifecycle: &str) -> String {
    format!("  data: {{ count: 2, size: 10, lifecycle: {{ {lifecycle} }} }}\n  web: {{ size: 10 }}")
}

#[test]
fn a_key_that_expired_is_deleted_with_consent_and_not_made_again() {
    let world = World::new(&volumes(""));
    world.converge();
    world.volumes(&volumes("expires: 2020-01-31"));
    let plan = world.run(&["plan"]).exits(0).says("2 to destroy").says("expired on 2020-01-31");
    assert!(plan.stdout.contains("--allow-destroy 2"), "{plan:?}");
    world.run(&["plan", "--as-of", "2020-01-30"]).exits(0).says("data[1..2] expire on 2020-01-31");
    world.run(&["apply", "--yes"]).exits(4);
    assert_eq!(world.cloud.requests(DELETE), 0);
    world.run(&["apply", "--yes", "--allow-destroy", "2"]).exits(0);
    world.converge();
    assert_eq!((world.cloud.names(), world.cloud.requests(CREATE)), (vec!["web".to_owned()], 2));
    // It is there again where the day is put off.
    world.volumes(&volumes("expires: 2999-01-31"));
    world.run(&["plan"]).exits(0).says("2 to create");
}

#[test]
fn what_is_protected_does_not_expire() {
    let world = World::new(&volumes("prevent_destroy: true"));
    world.converge();
    world.volumes(&volumes("prevent_destroy: true, expires: 2020-01-31"));
    let refused = world.run(&["apply", "--yes", "--allow-destroy", "2"]).exits(4);
    let said = refused.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("they expired on 2020-01-31, and they are protected by `prevent_destroy`"), "{said}");
    assert!(said.contains("or give data a later day in `expires`, or none"), "{said}");
    // As the refusal says: the protection is taken off by a run of its own.
    world.volumes(&volumes("prevent_destroy: false, expires: 2020-01-31"));
    world.run(&["apply", "--yes", "--skip-refused"]).exits(4);
    assert_eq!(world.cloud.requests(DELETE), 0);
    world.run(&["apply", "--yes", "--allow-destroy", "2"]).exits(0);
    assert_eq!(world.cloud.names(), ["web"]);
}
