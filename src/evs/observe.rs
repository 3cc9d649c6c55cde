//! Looking at a project: every page of the list, and a read by id of whatever the list did not show.

use super::calls::{LIST, Page, SHOW};
use super::client::Client;
use super::error::Error;
use super::nonsense::{Nonsense, foreign};
use super::request::MAX_ANSWER;
use super::wire::{ORDER_ID, Volume};
use crate::observed::{Listed, Observed, ObservedVolume, Status};
use crate::volume::{Metadata, VolumeId};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::time::Duration;

/// The largest page that the list gives (EVS API reference, parameter `limit`).
pub(crate) const PAGE: usize = 1000;
/// The most pages that are read: a list of a million volumes is none of one project's.
pub(super) const MAX_PAGES: usize = 1000;
/// The largest of them: 1,000 volumes with twenty tags of their full length, all in escaped letters, are 11 MB.
const MOST_PAGE: usize = 16 << 20;
/// About how much memory the volumes of one list may take: 140,000 as they usually are.
const MOST_LISTED: usize = 128 << 20;
/// The same of one volume: with all that a volume may have it takes a little more than half of that.
const MOST_VOLUME: usize = 16 << 10;
/// How many ids one filtered list takes (EVS API reference, parameter `ids`).
pub(crate) const IDS: usize = 60;
/// How many reads by id must say 404, one after another, before a volume counts as gone.
const GONE_READS: u32 = 3;
/// How often the project is looked at before a list that is shorter than it says is an error: volumes that go while its
/// pages are read make it so, too.
const LOOKS: u32 = 3;
/// The pause between them: a read that was served by a lagging replica gets time to catch up.
const GONE_PAUSE: Duration = Duration::from_millis(200);

/// What begins the keys of metadata with which storage drivers of Kubernetes mark the volumes that they make: those that its
/// provisioner hands to every driver, and those of the driver that the vendor publishes.
const KUBERNETES: [&str; 2] = ["csi.storage.k8s.io/", "evs.csi.huaweicloud.com/"];

impl Client {
    /// Looks at the whole project, and by id at those of `known` that the list did not show. `to_its_end` as in
    /// [`Client::list_to_its_end`]: where nothing is known, what the list leaves out would count as not there.
    ///
    /// # Errors
    /// Any error at all: half a look is none. Missing from the list, or a refused read, is never gone. A list that is
    /// shorter than its own answers say, more than once, is an error too: what it leaves out would be bought again.
    pub async fn observe(&self, known: impl Iterator<Item = &VolumeId>, to_its_end: bool) -> Result<Observed, Error> {
        let known: Vec<&VolumeId> = known.collect();
        let mut looks = 1;
        loop {
            let (observed, counted) = self.look(&known, to_its_end).await?;
            let shown = observed.volumes.len();
            let Some(counted) = counted.filter(|counted| *counted > shown as u64) else { return Ok(observed) };
            if looks == LOOKS {
                return Err(Error::unreadable(LIST, Nonsense::ShortList { counted, shown }));
            }
            looks += 1;
            tokio::time::sleep(GONE_PAUSE).await;
        }
    }

    /// One look, and how many volumes the list says that there are, where that is more than it shows.
    async fn look(&self, known: &[&VolumeId], to_its_end: bool) -> Result<(Observed, Option<u64>), Error> {
        let Listed { volumes, dated, missing_of, .. } = self.list(to_its_end).await?;
        // An answer that is dated long before others makes nothing younger than it is.
        let dated = dated.map(|dated| dated.max(self.service_now() - SignedDuration::from_secs(2)));
        let mut observed = Observed { volumes, dated, ..Observed::default() };
        let unseen: Vec<&&VolumeId> = known.iter().filter(|id| !observed.volumes.contains_key(**id)).collect();
        // The permits of the gate bound how many of these are under way.
        for (id, looked) in unseen.iter().zip(join_all(unseen.iter().map(|id| self.look_for(id))).await) {
            match looked? {
                Some(volume) => drop(observed.volumes.insert(volume.id.clone(), volume)),
                None => drop(observed.gone.insert((**id).clone())),
            }
        }
        Ok((observed, missing_of))
    }

    /// Every page of the project's list: up to one that is not full, where the answer's own count agrees that nothing
    /// comes behind it.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn list_volumes(&self) -> Result<Listed, Error> {
        self.list(false).await
    }

    /// The same, read until nothing comes behind the last volume, whatever the answers say of their count: a list from
    /// which the absence of a volume may be concluded, where it is [`whole`](Listed::whole).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn list_to_its_end(&self) -> Result<Listed, Error> {
        self.list(true).await
    }

    async fn list(&self, to_its_end: bool) -> Result<Listed, Error> {
        let mut listed = Listed { volumes: BTreeMap::new(), dated: None, whole: false, missing_of: None };
        let (mut counted, mut marker) = (0, None);
        let mut room = Room::default();
        for number in 1..=MAX_PAGES {
            let Page { volumes: page, count, dated } = self.page_behind(marker.as_ref()).await?;
            if marker.is_none() {
                listed.dated = dated;
            }
            tracing::debug!(page = number, volumes = page.len(), "a page of the list");
            let (full, empty, before) = (page.len() >= PAGE, page.is_empty(), listed.volumes.len());
            for volume in page {
                let volume = understand(LIST, volume)?;
                room.take(&volume)?;
                marker = Some(volume.id.clone());
                // A volume may change while its list is read; when it was made does not.
                let made = volume.created_at;
                let before = listed.volumes.insert(volume.id.clone(), volume).and_then(|before| before.created_at);
                if before.zip(made).is_some_and(|(before, made)| before != made) {
                    return Err(Error::unreadable(LIST, Nonsense::TwoVolumes));
                }
            }
            let read = listed.volumes.len();
            counted = counted.max(count.unwrap_or_default());
            let agrees = counted <= read as u64;
            listed.missing_of = (!agrees).then_some(counted);
            if empty {
                listed.whole = agrees;
                return Ok(listed);
            }
            if read == before {
                // It would go round for ever; and what it leaves out would count as not there.
                return if full { Err(Error::unreadable(LIST, Nonsense::NothingNew)) } else { Ok(listed) };
            }
            // A page may be shorter than was asked for and not be the last: a gateway may cap it.
            if !full && !to_its_end && count.is_some() && agrees {
                return Ok(listed);
            }
        }
        Err(Error::unreadable(LIST, Nonsense::Endless))
    }

    /// The page that begins behind that volume; without one, the first.
    ///
    /// Oldest first and from a marker: a volume made meanwhile appears at the end instead of pushing one over a page's
    /// edge, as it would with the default order and an offset.
    pub(super) async fn page_behind(&self, marker: Option<&VolumeId>) -> Result<Page, Error> {
        let limit = PAGE.to_string();
        let mut query = vec![("limit", limit.as_str()), ("sort_key", "created_at"), ("sort_dir", "asc")];
        if let Some(marker) = marker {
            query.push(("marker", marker.as_str()));
        }
        self.list_page(&query, MOST_PAGE).await
    }

    /// The volumes of these ids; those that the filtered list skips are read one by one, and those
    /// that are not there are left out.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn read_volumes(&self, ids: &[VolumeId]) -> Result<BTreeMap<VolumeId, ObservedVolume>, Error> {
        let mut found: BTreeMap<VolumeId, ObservedVolume> = BTreeMap::new();
        if ids.len() > 1 {
            let pages = ids.chunks(IDS).map(|chunk| async move {
                let quoted: Vec<String> = chunk.iter().map(|id| format!("'{id}'")).collect();
                let filter = format!("[{}]", quoted.join(","));
                let page = self.list_page(&[("ids", filter.as_str()), ("limit", "1000")], MAX_ANSWER).await?;
                let understood = page.volumes.into_iter().map(|volume| understand(LIST, volume));
                // A service that does not know the filter answers with other volumes too.
                let asked_for = |volume: &Result<ObservedVolume, Error>| {
                    volume.as_ref().map_or(true, |volume| chunk.contains(&volume.id))
                };
                let by_id = understood.filter(asked_for).map(|volume| volume.map(|volume| (volume.id.clone(), volume)));
                by_id.collect::<Result<BTreeMap<_, _>, Error>>()
            });
            for page in join_all(pages).await {
                found.append(&mut page?);
            }
        }
        let missing: Vec<&VolumeId> = ids.iter().filter(|id| !found.contains_key(*id)).collect();
        for read in join_all(missing.into_iter().map(|id| self.read_volume(id))).await {
            if let Some(volume) = read? {
                found.insert(volume.id.clone(), volume);
            }
        }
        Ok(found)
    }

    /// One volume, or `None` where the service says that it is not there.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn read_volume(&self, id: &VolumeId) -> Result<Option<ObservedVolume>, Error> {
        match self.show_volume(id).await {
            Ok(volume) => understand(SHOW, volume).map(Some),
            Err(error) if error.says_absent() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads a volume until it shows, or has said 404 often enough to count as gone: then there is `None`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn look_for(&self, id: &VolumeId) -> Result<Option<ObservedVolume>, Error> {
        for read in 0..GONE_READS {
            if read > 0 {
                tokio::time::sleep(GONE_PAUSE).await;
            }
            if let Some(volume) = self.read_volume(id).await? {
                return Ok(Some(volume));
            }
        }
        Ok(None)
    }
}

/// Waits for all of them, keeping their order.
async fn join_all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    futures_util::future::join_all(futures).await
}

/// From the wire's shape to ours. A volume without a usable id cannot be told from others.
impl TryFrom<Volume> for ObservedVolume {
    type Error = Nonsense;

    fn try_from(volume: Volume) -> Result<ObservedVolume, Nonsense> {
        let (name, unreadable_name) = match volume.name_is_unreadable {
            true => (String::new(), Some(volume.name)),
            false => (volume.name, None),
        };
        let marks = |key: &&String| KUBERNETES.iter().any(|prefix| key.starts_with(prefix));
        let kubernetes_key = volume.metadata.keys().find(marks).cloned();
        let volume = ObservedVolume {
            id: VolumeId::new(volume.id).map_err(Nonsense::unread)?,
            name,
            unreadable_name,
            description: volume.description.filter(|text| !text.is_empty()),
            status: Status::new(volume.status),
            size: volume.size,
            volume_type: volume.volume_type,
            availability_zone: volume.availability_zone,
            created_at: super::wire::instant(&volume.created_at),
            // Present and not empty (EVS API reference, volume object, `metadata`).
            prepaid: volume.metadata.get(ORDER_ID).is_some_and(|order| !order.is_empty()),
            tags: volume.tags,
            attached_to: volume.attachments.iter().map(|it| it.as_str().unwrap_or_default().to_owned()).collect(),
            snapshot_id: volume.snapshot_id.filter(|id| !id.is_empty()),
            image_id: volume.volume_image_metadata.into_values().next().filter(|id| !id.is_empty()),
            multiattach: volume.multiattach,
            enterprise_project_id: volume.enterprise_project_id.filter(|id| !id.is_empty()),
            iops: volume.iops.map(|rate| rate.total_val),
            throughput: volume.throughput.map(|rate| rate.total_val),
            metadata: volume.metadata.into_iter().filter(|(key, _)| Metadata::KEYS.contains(&key.as_str())).collect(),
            dedicated_storage_id: volume.dedicated_storage_id.filter(|id| !id.is_empty()),
            kubernetes_key,
        };
        if weight(&volume) > MOST_VOLUME {
            return Err(Nonsense::LongTexts(foreign(volume.id.as_str())));
        }
        Ok(volume)
    }
}

/// About how many bytes of memory a volume takes in a map, and rather more: a map that grows at its end has nodes that are
/// half full, and each text has the allocator's own words beside it.
fn weight(volume: &ObservedVolume) -> usize {
    const BESIDE: usize = 16;
    let ObservedVolume { id, name, description, status, volume_type, availability_zone, tags, .. } = volume;
    let ObservedVolume { unreadable_name, attached_to, snapshot_id, image_id, .. } = volume;
    let ObservedVolume { enterprise_project_id: enterprise, metadata, .. } = volume;
    let ObservedVolume { dedicated_storage_id: pool, kubernetes_key: driver, .. } = volume;
    let text = |text: &str| if text.is_empty() { 0 } else { text.len() + BESIDE };
    let texts = [id.as_str(), id.as_str(), name, status.as_str(), volume_type, availability_zone];
    let sources = [unreadable_name, description, snapshot_id, image_id, enterprise, pool, driver].map(Option::as_deref);
    let texts: usize = texts.into_iter().chain(sources.into_iter().flatten()).map(text).sum();
    let texts = texts + attached_to.iter().map(|server| size_of::<String>() + text(server)).sum::<usize>();
    let tag = |(key, value): (&String, &String)| 2 * size_of::<(String, String)>() + text(key) + text(value);
    2 * size_of::<(VolumeId, ObservedVolume)>() + texts + tags.iter().chain(metadata).map(tag).sum::<usize>()
}

/// The room for the volumes of one list: its end is the service's to say, and what it brings until then is held.
pub(super) struct Room(usize);

impl Default for Room {
    fn default() -> Room {
        Room(MOST_LISTED)
    }
}

impl Room {
    /// Takes as much of it as the volume needs.
    pub(super) fn take(&mut self, volume: &ObservedVolume) -> Result<(), Error> {
        let too_much = || Error::unreadable(LIST, Nonsense::MostMemory(MOST_LISTED >> 20));
        self.0 = self.0.checked_sub(weight(volume)).ok_or_else(too_much)?;
        Ok(())
    }
}

/// One volume of an answer; one that makes no sense makes the whole answer useless.
pub(super) fn understand(request: &'static str, volume: Volume) -> Result<ObservedVolume, Error> {
    volume.try_into().map_err(|why: Nonsense| Error::unreadable(request, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_and_a_mark_of_kubernetes_are_kept() {
        let read = |more: &str| -> ObservedVolume {
            let text = format!(r#"{{"id":"v","name":"n"{more}}}"#);
            serde_json::from_str::<Volume>(&text).unwrap().try_into().unwrap()
        };
        let plain = read(r#","dedicated_storage_id":"","metadata":{"hw:passthrough":"false","policy":"p"}"#);
        assert_eq!((plain.dedicated_storage_id, plain.kubernetes_key), (None, None));
        let pooled = read(r#","dedicated_storage_id":"pool-1""#);
        assert_eq!(pooled.dedicated_storage_id.as_deref(), Some("pool-1"));
        for key in ["csi.storage.k8s.io/pvc/name", "evs.csi.huaweicloud.com/nodeId"] {
            let marked = read(&format!(r#","metadata":{{"{key}":"x"}}"#));
            assert_eq!(marked.kubernetes_key.as_deref(), Some(key));
            assert!(marked.metadata.is_empty(), "no key of a create call");
        }
    }
}
