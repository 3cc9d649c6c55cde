//! The volumes of a Terraform or OpenTofu state, format 4.

mod address;
mod attributes;
mod removal;

pub use removal::{Partly, Removal, removal};

use super::left::{Left, Reason};
use crate::observed::ObservedVolume;
use address::{instance, is_address, resource};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The resource types that are EVS volumes, of four providers.
const VOLUMES: [&str; 8] = [
    "flexibleengine_blockstorage_volume_v2",
    "huaweicloud_blockstorage_volume_v2",
    "huaweicloud_evs_volume",
    "huaweicloud_evsv3_volume",
    "opentelekomcloud_blockstorage_volume_v2",
    "opentelekomcloud_evs_volume_v3",
    "openstack_blockstorage_volume_v2",
    "openstack_blockstorage_volume_v3",
];

/// The format that is read.
pub const FORMAT: u64 = 4;

/// Why a text is no state that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// It is no JSON.
    NotJson {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// It is a plan, or what `terraform show -json` prints.
    Shown,
    /// OpenTofu has encrypted it.
    Encrypted,
    /// It is some other JSON.
    NotState,
    /// It is of another format.
    Format(u64),
}

/// One volume of a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Its address, with the keys of its instance and of its modules.
    pub address: String,
    /// The address of its resource, without any of them.
    pub resource: String,
    /// What the state says of it. A status it does not say counts as one of a usable volume.
    pub volume: ObservedVolume,
}

/// What a state holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Volumes {
    /// The volumes that may be taken over.
    pub instances: Vec<Instance>,
    /// Those that are not.
    pub left: Vec<Left>,
    /// How many instances each resource has, those that are left included.
    pub resources: BTreeMap<String, usize>,
    /// How many data sources there are: they are read, not managed.
    pub data_sources: usize,
    /// How many managed resources are no volumes.
    pub no_volumes: usize,
}

/// Reads a state.
///
/// # Errors
/// Where the text is none, or of a format that is not read.
pub fn read(bytes: &[u8]) -> Result<Volumes, Unreadable> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let root: Value = serde_json::from_slice(bytes)
        .map_err(|error| Unreadable::NotJson { line: error.line(), column: error.column() })?;
    let Value::Object(root) = root else { return Err(Unreadable::NotState) };
    if root.contains_key("encrypted_data") {
        return Err(Unreadable::Encrypted);
    }
    if root.contains_key("format_version") {
        return Err(Unreadable::Shown);
    }
    match root.get("version").and_then(Value::as_u64) {
        Some(FORMAT) => {}
        Some(other) => return Err(Unreadable::Format(other)),
        None => return Err(Unreadable::NotState),
    }
    let mut volumes = Volumes::default();
    let none = Vec::new();
    for it in root.get("resources").and_then(Value::as_array).unwrap_or(&none) {
        let Value::Object(it) = it else { return Err(Unreadable::NotState) };
        // It is written into files that Terraform reads: nothing but an address may come of it.
        if !is_address(text(it, "module"), text(it, "name")) {
            return Err(Unreadable::NotState);
        }
        match (text(it, "mode"), VOLUMES.contains(&text(it, "type"))) {
            ("managed", true) => volumes.take(it),
            ("managed", false) => volumes.no_volumes += 1,
            _ => volumes.data_sources += 1,
        }
    }
    Ok(volumes)
}

/// A text of an object; empty where it is none.
fn text<'v>(of: &'v Map<String, Value>, key: &str) -> &'v str {
    of.get(key).and_then(Value::as_str).unwrap_or_default()
}

impl Volumes {
    /// Takes the instances of a resource.
    fn take(&mut self, it: &Map<String, Value>) {
        let (module, kind, name) = (text(it, "module"), text(it, "type"), text(it, "name"));
        let resource = resource(module, kind, name);
        let none = Vec::new();
        for object in it.get("instances").and_then(Value::as_array).unwrap_or(&none) {
            let Value::Object(object) = object else { continue };
            let address = instance(module, kind, name, object.get("index_key"));
            let volume = attributes::volume(object);
            let (id, shown) = match &volume {
                Some(volume) => (Some(volume.id.to_string()), volume.name.clone()),
                None => (None, String::new()),
            };
            let deposed = text(object, "deposed");
            let reason = if !deposed.is_empty() {
                Some(Reason::Deposed { key: deposed.to_owned() })
            } else if text(object, "status") == "tainted" {
                Some(Reason::Tainted)
            } else if volume.is_none() {
                Some(Reason::NoId)
            } else {
                None
            };
            *self.resources.entry(resource.clone()).or_default() += 1;
            match (reason, volume) {
                (None, Some(volume)) => {
                    let resource = resource.clone();
                    self.instances.push(Instance { address, resource, volume });
                }
                (reason, _) => {
                    let reason = reason.unwrap_or(Reason::NoId);
                    self.left.push(Left { id, name: shown, terraform: Some(address), reason });
                }
            }
        }
    }
}
