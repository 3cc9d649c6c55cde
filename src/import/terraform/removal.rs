//! What Terraform is to forget of a state, once its volumes have been taken over.

use super::Volumes;
use crate::volume::VolumeId;
use std::collections::{BTreeMap, BTreeSet};

/// What is to be forgotten.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Removal {
    /// Resources of which every instance is taken over: a `removed` block is for all instances of a resource.
    pub whole: Vec<String>,
    /// The others.
    pub partly: Vec<Partly>,
}

/// A resource of which some instances are taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partly {
    /// Its address.
    pub resource: String,
    /// How many stay with Terraform.
    pub left: usize,
    /// The addresses of those that are taken over.
    pub taken: Vec<String>,
}

/// What is to be forgotten where these volumes are taken over.
pub fn removal(volumes: &Volumes, taken: &BTreeSet<&VolumeId>) -> Removal {
    let mut of: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for instance in volumes.instances.iter().filter(|instance| taken.contains(&instance.volume.id)) {
        of.entry(&instance.resource).or_default().push(instance.address.clone());
    }
    let mut removal = Removal::default();
    for (resource, taken) in of {
        let all = volumes.resources.get(resource).copied().unwrap_or_default();
        let (resource, left) = (resource.to_owned(), all.saturating_sub(taken.len()));
        match left {
            0 => removal.whole.push(resource),
            left => removal.partly.push(Partly { resource, left, taken }),
        }
    }
    removal
}
