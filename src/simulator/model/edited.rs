//! What an edit from outside changes in the model.

use super::Cloud;
use crate::simulator::event::Edit;
use crate::simulator::volume::Volume;
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
        let Some(mut volume) = share.volumes.remove(&age) else { return };
        let (volume_type, size) = (volume.spec.volume_type.clone(), volume.size);
        if edit.gone {
            share.usage.free(&volume_type, size);
            return;
        }
        volume.edit(at, edit);
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
        if edit.status.is_some() && !self.is_worked_on(at) {
            self.deletion = None;
        }
        self.shown = edit.status.clone().or(self.shown.take());
        if let Some(servers) = &edit.attached_to {
            self.attached_to = Some((servers.clone(), at));
        }
        self.created = edit.created_at.unwrap_or(self.created);
        self.updated = at;
    }
}
