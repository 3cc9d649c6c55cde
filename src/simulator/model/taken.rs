//! What calls about snapshots change in the model.

use super::Cloud;
use crate::simulator::due::Due;
use crate::simulator::snapshot::{Snapshot, State};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Cloud {
    /// Begins to take a snapshot of a volume that is there.
    pub(super) fn take(&mut self, at: i64, project: &str, snapshot: &Snapshot, end: Option<i64>, failed: bool) {
        if self.volume(project, snapshot.volume).is_none() {
            return;
        }
        let project: Arc<str> = project.into();
        let share = self.projects.entry(project.clone()).or_default();
        share.usage.take_snapshot(&snapshot.volume_type, snapshot.size);
        let number = snapshot.number;
        let begun = Snapshot { created: at, updated: at, state: State::Creating, ..snapshot.clone() };
        share.snapshots.insert(begun);
        self.plan(end, Due::Snapshot { project, number, removal: false, failed });
    }

    pub(super) fn reword(
        &mut self,
        at: i64,
        project: &str,
        number: u64,
        name: Option<&String>,
        description: Option<&String>,
        metadata: Option<&BTreeMap<String, String>>,
    ) {
        let Some(snapshot) = self.snapshot_mut(project, number) else { return };
        if let Some(metadata) = metadata {
            snapshot.metadata.clone_from(metadata);
        }
        if let Some(name) = name {
            snapshot.name.clone_from(name);
        }
        if let Some(description) = description {
            snapshot.description = Some(description.clone());
        }
        snapshot.updated = at;
    }

    /// Begins to delete a snapshot.
    pub(super) fn drop_snapshot(&mut self, at: i64, project: &str, number: u64, end: Option<i64>, failed: bool) {
        let Some(snapshot) = self.snapshot_mut(project, number) else { return };
        (snapshot.state, snapshot.updated) = (State::Deleting, at);
        self.plan(end, Due::Snapshot { project: project.into(), number, removal: true, failed });
    }

    /// Ends what was begun with a snapshot. It may be gone by then: it goes with its volume.
    pub(super) fn snapshot_over(&mut self, at: i64, project: &str, number: u64, removal: bool, failed: bool) {
        if removal && !failed {
            if let Some(share) = self.projects.get_mut(project) {
                share.remove_snapshot(number);
            }
            return;
        }
        let Some(snapshot) = self.snapshot_mut(project, number) else { return };
        snapshot.state = match (removal, failed) {
            (true, _) => State::ErrorDeleting,
            (false, true) => State::Error,
            (false, false) => State::Available,
        };
        snapshot.updated = at;
    }

    fn snapshot_mut(&mut self, project: &str, number: u64) -> Option<&mut Snapshot> {
        self.projects.get_mut(project)?.snapshots.get_mut(number)
    }
}
