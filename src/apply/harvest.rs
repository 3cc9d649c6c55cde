//! What a call made: its job's word, and then the volumes' own, until both agree.

use super::Work;
use super::create::Following;
use super::verdict::Made;
use crate::evs::Error;
use crate::observed::{ObservedVolume, Status};
use crate::plan;
use crate::state::Failure;
use crate::volume::{CallId, SizeGb, VolumeId};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::Instant;

/// How long a volume that its job called made may say 404 before it counts as not showing.
const APPEARS_WITHIN: Duration = Duration::from_secs(120);
/// How long a volume whose sub-job failed may take to show what became of it.
const FAILS_WITHIN: Duration = Duration::from_secs(10);

/// What one call made, as far as seen.
#[derive(Default)]
pub(super) struct Harvest {
    /// Volumes that are there, good or not, as last seen; and the absent ones, as asked for.
    pub(super) volumes: BTreeMap<VolumeId, ObservedVolume>,
    /// Those that the job called made and that no read shows. They are recorded, so that the next plan
    /// asks about them by id.
    pub(super) absent: BTreeSet<VolumeId>,
    /// Why some of them failed.
    pub(super) failures: BTreeMap<VolumeId, Failure>,
    /// Failures that left no volume.
    pub(super) empty: Vec<Failure>,
    /// Set where there may be more than was found: the call stays open, and nothing is made for its slots
    /// while they may still show.
    pub(super) incomplete: bool,
}

impl Harvest {
    /// Why a volume was never usable, if it was not: its sub-job failed, or it came out as `error`.
    pub(super) fn failure(&self, volume: &ObservedVolume) -> Option<Failure> {
        let came_out = || Failure { code: String::new(), reason: "it came out in status error".to_owned() };
        let broken = volume.status.as_str() == "error";
        self.failures.get(&volume.id).cloned().or_else(|| broken.then(came_out))
    }
}

impl Work {
    /// Reads the call's volumes until each is usable, has failed, or has stayed away for good.
    ///
    /// The error is why the waiting ended too early; `None` where the run is stopping.
    pub(super) async fn gather(
        &self,
        call: &Following,
        items: Vec<Made>,
        deadline: Instant,
    ) -> Result<Harvest, Option<String>> {
        let mut harvest = Harvest::default();
        let mut expected: Vec<VolumeId> = Vec::new();
        // Volumes that the job does not name: only the tag can tell.
        let mut unnamed = 0usize;
        for item in items {
            match item {
                Made::Volume(id) => expected.push(id),
                Made::Failed { id: Some(id), failure } => {
                    harvest.failures.insert(id.clone(), failure);
                    expected.push(id);
                }
                Made::Failed { id: None, failure } => harvest.empty.push(failure),
                Made::Unknown => unnamed += 1,
            }
        }
        let since = Instant::now();
        let mut pause = Duration::from_millis(200);
        loop {
            let mut trouble = None;
            if unnamed > 0 {
                match self.tagged(&call.id).await {
                    Ok(ids) => {
                        let new: Vec<VolumeId> = ids.into_iter().filter(|id| !expected.contains(id)).collect();
                        unnamed = unnamed.saturating_sub(new.len());
                        expected.extend(new);
                    }
                    Err(error) => trouble = Some(error),
                }
            }
            let open: Vec<VolumeId> =
                expected.iter().filter(|id| !harvest.volumes.get(id).is_some_and(is_settled)).cloned().collect();
            let mut missing: Vec<VolumeId> = Vec::new();
            match tokio::time::timeout_at(deadline, self.client.read_volumes(&open)).await {
                Ok(Ok(read)) => {
                    if let Some(foreign) = read.values().find(|volume| !self.may_be_its(volume, call)) {
                        let id = &foreign.id;
                        return Err(Some(format!("its job names volume {id}, which is not what the call asked for")));
                    }
                    missing.extend(open.iter().filter(|id| !read.contains_key(*id)).cloned());
                    harvest.volumes.extend(read);
                }
                Ok(Err(error)) => trouble = Some(error),
                Err(_) => return Err(Some("its volumes could not be read in time".to_owned())),
            }
            // A failed volume that is not there was never made, or is gone again: nothing is left of it.
            missing.retain(|id| !harvest.failures.contains_key(id));
            let late = since.elapsed() >= FAILS_WITHIN;
            let settled = |id: &&VolumeId| match harvest.volumes.get(*id) {
                Some(volume) => is_settled(volume) || (late && harvest.failures.contains_key(*id)),
                None => harvest.failures.contains_key(*id),
            };
            let pending = expected.iter().filter(|id| !settled(id)).count();
            if trouble.is_none() && unnamed == 0 {
                if pending == 0 {
                    return Ok(harvest);
                }
                if pending == missing.len() && since.elapsed() >= APPEARS_WITHIN {
                    for id in missing {
                        harvest.volumes.insert(id.clone(), as_asked(id.clone(), call));
                        harvest.absent.insert(id);
                    }
                    return Ok(harvest);
                }
            }
            let enough = if unnamed > 0 { deadline.min(since + APPEARS_WITHIN) } else { deadline };
            if !self.pause(&mut pause, enough).await {
                if self.stop.is_cancelled() {
                    return Err(None);
                }
                if trouble.is_none() && unnamed > 0 && pending == 0 && !expected.is_empty() {
                    harvest.incomplete = true;
                    return Ok(harvest);
                }
                let why = match trouble {
                    Some(error) => error.to_string(),
                    None if unnamed > 0 => {
                        "its volumes are not named by the job and do not show by their tag".to_owned()
                    }
                    None => "its volumes were not usable in time".to_owned(),
                };
                return Err(Some(why));
            }
        }
    }

    /// The volumes of the project that carry this call's tag.
    pub(super) async fn tagged(&self, id: &CallId) -> Result<Vec<VolumeId>, Error> {
        if self.owner.tag.key().is_none() {
            return Ok(Vec::new());
        }
        let all = self.client.list_volumes().await?;
        Ok(all.into_values().filter(|volume| self.is_its(volume, id)).map(|volume| volume.id).collect())
    }

    /// Whether a volume carries this call's tag; true of any where no tag is written.
    pub(super) fn is_its(&self, volume: &ObservedVolume, id: &CallId) -> bool {
        let value = || plan::tag_value(&self.owner.stack, &self.owner.lineage, id);
        self.owner.tag.key().is_none_or(|key| volume.tags.get(key) == Some(&value()))
    }

    /// Whether a volume that a job names can be what the call asked for. A job's word alone does not make
    /// somebody's volume ours.
    fn may_be_its(&self, volume: &ObservedVolume, call: &Following) -> bool {
        let spec = &call.create.spec;
        let tagged = self.owner.tag.key().and_then(|key| volume.tags.get(key)).is_some();
        let alike = volume.availability_zone == spec.zone.as_str()
            && spec.size.is_none_or(|size| volume.size == size.gb() || volume.size == 0)
            && (volume.volume_type.is_empty() || volume.volume_type == spec.volume_type.as_str());
        if tagged { self.is_its(volume, &call.id) } else { alike }
    }
}

/// A finished job and a usable volume are two facts: this is the second.
fn is_settled(volume: &ObservedVolume) -> bool {
    volume.status.is_usable() || volume.status.is_error()
}

/// What is recorded of a volume that its job called made and that no read shows.
fn as_asked(id: VolumeId, call: &Following) -> ObservedVolume {
    let spec = &call.create.spec;
    ObservedVolume {
        id,
        name: call.create.name.to_string(),
        description: None,
        status: Status::new("unknown"),
        size: spec.size.map_or(0, SizeGb::gb),
        volume_type: spec.volume_type.to_string(),
        availability_zone: spec.zone.to_string(),
        tags: BTreeMap::new(),
    }
}
