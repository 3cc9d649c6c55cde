//! What the export of volumes to images changes in the model.

use super::Cloud;
use crate::simulator::due::Due;
use crate::simulator::image::Exported;
use crate::simulator::volume::Stage;
use std::sync::Arc;

impl Cloud {
    /// Begins to export a volume. It is held from now on until that is over.
    pub(super) fn export(&mut self, at: i64, project: &str, image: &Exported, end: Option<i64>, failed: bool) {
        let project: Arc<str> = project.into();
        let share = self.projects.entry(project.clone()).or_default();
        let number = image.number;
        share.images.insert(number, Exported { active: false, ..image.clone() });
        if let Some((share, age)) = self.share_of(image.volume) {
            share.interrupt(age);
        }
        if let Some(volume) = self.volume_mut(image.volume) {
            (volume.stage, volume.shown, volume.updated) = (Stage::Uploading(image.id), None, at);
        }
        self.plan(end, Due::Exported { project, number, failed });
    }

    /// Ends an export. One that failed leaves no image, and the volume is what it was before, as in Cinder.
    pub(super) fn export_over(&mut self, at: i64, project: &str, number: u64, failed: bool) {
        let Some(share) = self.projects.get_mut(project) else { return };
        let Some(image) = share.images.get_mut(&number) else { return };
        image.active = !failed;
        let (id, of) = (image.id, image.volume);
        if failed {
            share.images.remove(&number);
        }
        // The volume may be gone, or somebody may have said by force that it does something else.
        let Some((share, age)) = self.share_of(of) else { return };
        let Some(volume) = share.volumes.get_mut(&age).filter(|it| it.stage == Stage::Uploading(id)) else { return };
        volume.stage = Stage::Settled;
        volume.updated = volume.updated.max(at);
    }

    /// The images that volumes of all projects were exported to, oldest first, each with its project.
    pub(in crate::simulator) fn exported(&self) -> Vec<(&str, &Exported)> {
        let images =
            self.projects.iter().flat_map(|(project, share)| share.images.values().map(move |it| (&**project, it)));
        let mut all: Vec<(&str, &Exported)> = images.collect();
        all.sort_unstable_by_key(|(_, image)| image.number);
        all
    }
}
