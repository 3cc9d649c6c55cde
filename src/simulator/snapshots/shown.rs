//! Snapshots as calls show them: those that calls took, of the project that asks, and those of the catalogue.

use crate::simulator::call::uuid;
use crate::simulator::catalogue;
use crate::simulator::model::Cloud;
use crate::simulator::render;
use crate::simulator::snapshot::{Snapshot, State};
use crate::simulator::task::Effect;
use crate::simulator::time::volume_time;
use crate::simulator::volume::{Stage, Volume};
use serde_json::{Map, Value, json};

/// When those of the catalogue were taken, which holds no times: 2024-01-02T03:04:05Z.
const LONG_AGO: i64 = 1_704_164_645_000_000;

/// A snapshot that can be looked at.
#[derive(Debug, Clone, Copy)]
pub(in crate::simulator) struct Shown<'a> {
    cloud: &'a Cloud,
    of: Of<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Of<'a> {
    Taken(&'a Snapshot),
    Catalogue(&'a catalogue::Snapshot),
}

impl<'a> Shown<'a> {
    /// All that a project sees, the newest first, as volumes are listed (a choice).
    pub(in crate::simulator) fn all(
        cloud: &'a Cloud,
        project: &str,
    ) -> impl DoubleEndedIterator<Item = Shown<'a>> + use<'a> {
        let taken = cloud.project(project).into_iter().flat_map(|it| it.snapshots.values().rev());
        let there = cloud.catalogue.snapshots.iter().map(Of::Catalogue);
        taken.map(Of::Taken).chain(there).map(move |of| Shown { cloud, of })
    }

    /// The one of that id, as a project sees it.
    pub(in crate::simulator) fn find(cloud: &'a Cloud, project: &str, id: &str) -> Option<Shown<'a>> {
        let taken = uuid(id).and_then(|id| cloud.project(project)?.snapshots.by_id(id));
        let there = || cloud.catalogue.snapshots.iter().find(|it| it.id == id);
        let of = taken.map(Of::Taken).or_else(|| there().map(Of::Catalogue))?;
        Some(Shown { cloud, of })
    }

    /// The snapshot itself, where a call took it.
    pub(in crate::simulator) fn taken(self) -> Option<&'a Snapshot> {
        match self.of {
            Of::Taken(snapshot) => Some(snapshot),
            Of::Catalogue(_) => None,
        }
    }

    /// The volume of one that a call took.
    pub(in crate::simulator) fn volume(self) -> Option<&'a Volume> {
        self.cloud.volume_of_any(self.taken()?.volume)
    }

    pub(in crate::simulator) fn id(self) -> String {
        match self.of {
            Of::Taken(snapshot) => snapshot.id.to_string(),
            Of::Catalogue(snapshot) => snapshot.id.clone(),
        }
    }

    /// Its status word: while its volume is being deleted, or rolled back to it, it is too.
    pub(in crate::simulator) fn status(self) -> &'a str {
        let snapshot = match self.of {
            Of::Taken(snapshot) => snapshot,
            Of::Catalogue(snapshot) => return &snapshot.status,
        };
        match self.volume().map(|it| &it.stage) {
            Some(Stage::UnderWay(Effect::Remove)) => State::Deleting.word(),
            Some(Stage::UnderWay(Effect::RollBack { snapshot: Some(number) })) if *number == snapshot.number => {
                "rollbacking"
            }
            _ => snapshot.state.word(),
        }
    }

    pub(in crate::simulator) fn name(self) -> &'a str {
        match self.of {
            Of::Taken(snapshot) => &snapshot.name,
            Of::Catalogue(snapshot) => &snapshot.name,
        }
    }

    /// GB.
    pub(in crate::simulator) fn size(self) -> u32 {
        match self.of {
            Of::Taken(snapshot) => snapshot.size,
            Of::Catalogue(snapshot) => snapshot.size,
        }
    }

    pub(in crate::simulator) fn volume_id(self) -> String {
        match self.of {
            Of::Taken(snapshot) => snapshot.volume.to_string(),
            Of::Catalogue(snapshot) => snapshot.volume_id.clone(),
        }
    }

    /// The zone of its volume.
    pub(in crate::simulator) fn zone(self) -> &'a str {
        match self.of {
            Of::Taken(_) => self.volume().map_or("", |it| &it.spec.zone),
            Of::Catalogue(snapshot) => &snapshot.availability_zone,
        }
    }

    /// The enterprise project of its volume.
    pub(in crate::simulator) fn enterprise_project(self) -> &'a str {
        self.volume().map_or("0", |it| &it.spec.enterprise_project_id)
    }

    /// The service that its volume belongs to.
    pub(in crate::simulator) fn service(self) -> &'static str {
        self.volume().map_or("EVS", render::service_type)
    }

    /// The id of the dedicated pool that its volume lies in.
    pub(in crate::simulator) fn pool(self) -> Option<&'a str> {
        self.volume()?.spec.dedicated_storage_id.as_deref()
    }

    /// What short answers of Cinder have.
    pub(in crate::simulator) fn summary(self) -> Map<String, Value> {
        let (description, metadata, created, updated) = match self.of {
            Of::Taken(it) => (it.description.as_deref(), &it.metadata, it.created, it.updated),
            Of::Catalogue(it) => (None, &it.metadata, LONG_AGO, LONG_AGO),
        };
        let mut shown = Map::new();
        let fields = [
            ("id", json!(self.id())),
            ("name", json!(self.name())),
            ("description", json!(description)),
            ("status", json!(self.status())),
            ("size", json!(self.size())),
            ("volume_id", json!(self.volume_id())),
            ("metadata", json!(metadata)),
            ("created_at", json!(volume_time(created))),
            ("updated_at", json!(volume_time(updated))),
        ];
        shown.extend(fields.map(|(name, value)| (name.to_owned(), value)));
        shown
    }

    /// What full answers of Cinder have.
    pub(in crate::simulator) fn detail(self, project: &str) -> Map<String, Value> {
        let mut shown = self.summary();
        let begun = matches!(self.status(), "creating" | "error");
        let mut add = |name: &str, value| shown.insert(format!("os-extended-snapshot-attributes:{name}"), value);
        add("progress", json!(if begun { "0%" } else { "100%" }));
        add("project_id", json!(project));
        shown
    }

    /// What the custom calls answer with. A dedicated pool is left out where there is none, as in answers about volumes.
    pub(in crate::simulator) fn custom(self, project: &str) -> Map<String, Value> {
        let mut shown = self.detail(project);
        shown.insert("service_type".to_owned(), json!(self.service()));
        if let Some(id) = self.pool() {
            shown.insert("dedicated_storage_id".to_owned(), json!(id));
            if let Some(name) = render::pool_name(self.cloud, id) {
                shown.insert("dedicated_storage_name".to_owned(), json!(name));
            }
        }
        shown
    }
}
