//! A stack whose manifest names the lying service, in a project where others have volumes too.

use super::proxy::Proxy;
use crate::support::{Cloud, Ran, World, put};
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(super) const CREATES: &str = "/v3/{project_id}/cloudvolumes";
/// The ownership tag of another stack: what a list has to show before its silence says anything.
const ANOTHERS: &str = "other_abcdefgh_abcdefghij";

pub(super) struct Stage {
    pub(super) world: World,
    pub(super) proxy: Proxy,
    /// Other people's volumes, as they were before anything happened.
    pub(super) foreign: Vec<Value>,
}

impl Stage {
    /// With these volumes in its manifest, and nobody else's in the project.
    pub(super) fn alone(flags: &[&str], volumes: &str) -> Stage {
        let cloud = Cloud::with(&[&["--job-duration", "40ms"], flags].concat());
        let world = World::in_cloud(cloud, volumes);
        let proxy = Proxy::before(&world.cloud.endpoint);
        let stage = Stage { world, proxy, foreign: Vec::new() };
        stage.volumes(volumes);
        stage
    }

    /// The same beside volumes of others: all are old; they have tags of their users, the tag of another stack, a name
    /// that this stack gives too, and nothing.
    pub(super) fn new(flags: &[&str], volumes: &str) -> Stage {
        let mut stage = Stage::alone(flags, volumes);
        stage.strangers(json!([
            {"name": "ledger", "size": 20, "tags": {"team": "books"}},
            {"name": "journal", "size": 20, "tags": {"team": "books", "tier": "gold"}},
            {"name": "other-0001", "size": 20, "tags": {"evsctl": ANOTHERS}},
            {"name": "web-0001", "size": 20, "tags": {}},
            {"name": "scratch", "size": 40, "tags": {}},
        ]));
        stage
    }

    /// Makes old volumes that are not this stack's.
    pub(super) fn strangers(&mut self, volumes: Value) {
        for volume in volumes.as_array().unwrap() {
            let mut body = json!({"availability_zone": "az-dc-1", "volume_type": "SSD", "count": 1});
            body.as_object_mut().unwrap().extend(volume.as_object().unwrap().clone());
            let (status, answer) = self.world.cloud.call("POST", CREATES, Some(json!({ "volume": body })));
            assert_eq!(status, 200, "{answer}");
        }
        crate::support::until("the others' volumes are there", || {
            self.world.cloud.volumes().iter().all(|volume| volume["status"] == "available")
        });
        for (n, volume) in self.world.cloud.volumes().iter().enumerate() {
            self.edit(id(volume), json!({"created_at": format!("2024-01-02T03:04:{:02}.000000", n % 60)}));
        }
        self.foreign = self.world.cloud.volumes();
    }

    /// Rewrites the manifest.
    pub(super) fn volumes(&self, volumes: &str) {
        self.world.volumes(volumes);
        let path = self.world.dir.path().join("evsctl.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        put(&path, text.replace(&self.world.cloud.endpoint, &self.proxy.endpoint));
    }

    /// Edits a volume from outside, in truth.
    pub(super) fn edit(&self, id: &str, fields: Value) {
        let (status, answer) = self.world.cloud.call("POST", &format!("/_sim/volumes/{id}"), Some(fields));
        assert_eq!(status, 200, "{answer}");
    }

    /// Makes a volume of this stack's that no run of this stack asked for: with the tags of its last create call.
    pub(super) fn late(&self, name: &str) {
        let tags = self.proxy.memory(super::script::Memory::tags);
        let volume =
            json!({"availability_zone": "az-dc-1", "volume_type": "SSD", "size": 20, "name": name, "tags": tags});
        let (status, answer) = self.world.cloud.call("POST", CREATES, Some(json!({ "volume": volume })));
        assert_eq!(status, 200, "{answer}");
        self.settled();
    }

    /// Waits until nothing is being made in truth.
    pub(super) fn settled(&self) {
        crate::support::until("nothing is being made", || {
            self.world.cloud.volumes().iter().all(|volume| volume["status"] != "creating")
        });
    }

    #[must_use = "what came of it is to be looked at"]
    pub(super) fn apply(&self, more: &[&str]) -> Ran {
        self.world.run(&[&["apply", "--yes"], more].concat())
    }

    /// Lets the next create call go wrong in truth.
    pub(super) fn create_fails(&self, then: Value) {
        self.world.cloud.faults(json!([{"method": "POST", "path": CREATES, "times": 1, "then": then}]));
    }

    pub(super) fn foreign_ids(&self) -> BTreeSet<String> {
        self.foreign.iter().map(|volume| id(volume).to_owned()).collect()
    }

    /// The volumes that are there in truth and that are not other people's.
    pub(super) fn ours(&self) -> Vec<Value> {
        let foreign = self.foreign_ids();
        self.world.cloud.volumes().into_iter().filter(|volume| !foreign.contains(id(volume))).collect()
    }

    /// How many deletions were asked for.
    pub(super) fn deletions(&self) -> usize {
        self.proxy.memory(|memory| memory.deleted.len())
    }
}

pub(super) fn id(volume: &Value) -> &str {
    volume["id"].as_str().unwrap_or_default()
}
