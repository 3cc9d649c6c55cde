//! What many lines of a state have in common and name by a short digest: specifications, and origins of ended calls.

use super::short::beginnings;
use super::spec;
use crate::state::State;
use crate::volume::{Digest, VolumeSpec};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What every digest begins with.
const SHA256: &str = "sha256:";

/// The specifications of a state, each once, however many volumes and calls have it.
pub(super) struct Specs {
    /// By where they lie in memory: neighbours mostly share theirs. In no order; only looked up.
    places: HashMap<*const VolumeSpec, usize>,
    /// What stands for each, and its text.
    entries: Vec<(String, String)>,
}

impl Specs {
    pub(super) fn of(state: &State) -> Result<Specs, serde_json::Error> {
        let operations =
            state.begun.iter().flat_map(|begun| begun.operations.values()).chain(state.operations.values());
        let all = operations
            .filter_map(|operation| Some(&operation.as_create()?.create.spec))
            .chain(state.volumes.values().map(|volume| &volume.base.spec));
        let mut places: HashMap<*const VolumeSpec, usize> = HashMap::new();
        let mut known: HashMap<&VolumeSpec, usize> = HashMap::new();
        let mut last = std::ptr::null();
        for spec in all {
            let place = Arc::as_ptr(spec);
            if place != std::mem::replace(&mut last, place) {
                let next = known.len();
                places.entry(place).or_insert_with(|| *known.entry(spec).or_insert(next));
            }
        }
        // Their digests tell the order in which they stand.
        let mut found = Vec::with_capacity(known.len());
        for (spec, at) in known {
            let text = spec::text(spec)?;
            found.push((Digest::of(text.as_bytes()), text, at));
        }
        found.sort_unstable();
        let mut order = vec![0; found.len()];
        found.iter().enumerate().for_each(|(to, (.., at))| order[*at] = to);
        places.values_mut().for_each(|at| *at = order[*at]);
        let bare: Vec<&str> = found.iter().map(|(digest, ..)| bare(digest.as_str())).collect();
        let names: Vec<String> = beginnings(&bare).into_iter().map(str::to_owned).collect();
        let entries = names.into_iter().zip(found).map(|(name, (_, text, _))| (name, text)).collect();
        Ok(Specs { places, entries })
    }

    /// What stands for that one, which is one of the state's.
    pub(super) fn short(&self, spec: &Arc<VolumeSpec>) -> &str {
        let at = self.places.get(&Arc::as_ptr(spec));
        at.and_then(|at| self.entries.get(*at)).map_or("", |(name, _)| name)
    }

    /// What stands for each, and its text, in the order of the file.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }
}

/// What the ended calls of a state made, each once.
pub(super) struct Origins<'s> {
    sorted: Vec<&'s str>,
    names: Vec<&'s str>,
}

impl<'s> Origins<'s> {
    pub(super) fn of(state: &'s State) -> Origins<'s> {
        let all: BTreeSet<&str> = state.ended.values().map(|call| bare(call.made.as_str())).collect();
        let sorted: Vec<&str> = all.into_iter().collect();
        Origins { names: beginnings(&sorted), sorted }
    }

    /// What stands for that one, which is one of the state's.
    pub(super) fn short(&self, made: &Digest) -> &'s str {
        let at = self.sorted.binary_search(&bare(made.as_str())).ok();
        at.and_then(|at| self.names.get(at)).copied().unwrap_or_default()
    }

    /// What stands for each, and the digest, in the order of the file.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'s str, String)> {
        self.names.iter().zip(&self.sorted).map(|(name, digest)| (*name, format!("\"{SHA256}{digest}\"")))
    }
}

fn bare(digest: &str) -> &str {
    digest.strip_prefix(SHA256).unwrap_or(digest)
}
