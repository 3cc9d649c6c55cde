//! What an edit from outside changes in the model.

use super::Cloud;
use crate::simulator::event::Edit;
use crate::simulator::task::Effect;
use crate::simulator::volume::{ACTIVE, Stage, Volume};
use std::sync::Arc;
use uuid::Uuid;

impl Cloud {
    /// A volume, whosever it is.
    pub(in crate::simulator) fn volume_of_any(&self, id: Uuid) -> Option<&Volume> {
        let (project, age) = self.places.get(&id)?;
        self.projects.get(project)?.volumes.get(age)
    }

    pub(super) fn edit(&mut self, at: i64, id: Uuid, edit: &Edit) {
        let Some((project, age)) = self.places.remove(&id) else { return };
        let Some(share) = self.projects.get_mut(&project) else { return };
        if edit.gone {
            share.remove(age);
            return;
        }
        let Some(mut volume) = share.volumes.remove(&age) else { return };
        let (volume_type, size) = (volume.spec.volume_type.clone(), volume.size);
        volume.edit(at, edit);
        if let Some(servers) = &edit.attached_to {
            share.devices.attach(&mut volume, servers, at);
        }
        if volume.size != size || volume.spec.volume_type != volume_type {
            share.usage.free(&volume_type, size);
            share.usage.reserve(&volume.spec.volume_type, volume.size);
            share.usage.settle(&volume.spec.volume_type, volume.size);
        }
        self.places.insert(id, (project, volume.age()));
        share.volumes.insert(volume.age(), volume);
    }
}

impl Volume {
    fn edit(&mut self, at: i64, edit: &Edit) {
        let set = |of: &mut String, to: &Option<String>| of.clone_from(to.as_ref().unwrap_or(&of.clone()));
        set(&mut self.name, &edit.name);
        if let Some(description) = &edit.description {
            self.description.clone_from(description);
        }
        self.size = edit.size.unwrap_or(self.size);
        if let Some(tags) = &edit.tags {
            self.tags.clone_from(tags);
        }
        let spec = Arc::make_mut(&mut self.spec);
        set(&mut spec.volume_type, &edit.volume_type);
        set(&mut spec.enterprise_project_id, &edit.enterprise_project_id);
        spec.iops = edit.iops.unwrap_or(spec.iops);
        spec.throughput = edit.throughput.unwrap_or(spec.throughput);
        // A deletion that failed is over: the status is somebody else's to say.
        if edit.status.is_some() && self.stage == Stage::Failed(Effect::Remove) {
            self.stage = Stage::Settled;
        }
        self.shown = edit.status.clone().or(self.shown.take());
        if edit.attached_to.is_some() {
            // Other servers: of these nobody has said anything.
            self.server_status = Some(ACTIVE.to_owned());
            // Whatever was announced has happened, or will not.
            if matches!(self.stage, Stage::Held(_)) {
                self.stage = Stage::Settled;
            }
        }
        if let Some(status) = &edit.server_status {
            self.server_status.clone_from(status);
        }
        if let Some(service) = &edit.locked_by {
            self.locked_by.clone_from(service);
        }
        self.created = edit.created_at.unwrap_or(self.created);
        self.updated = at;
    }
}
