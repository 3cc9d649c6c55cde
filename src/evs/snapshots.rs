//! The snapshots of a project, or of one volume. A volume takes its snapshots with it when it is deleted, so a list that may
//! leave some out is an error.

use super::calls::decode;
use super::client::Client;
use super::error::Error;
use super::nonsense::Nonsense;
use super::wire::{Snapshot, SnapshotList, instant};
use crate::observed::ObservedSnapshot;
use crate::volume::{SnapshotId, VolumeId};
use reqwest::Method;
use std::collections::BTreeSet;
use std::time::Duration;

/// The call that lists snapshots.
pub(super) const SNAPSHOTS: &str = "GET /v2/{project_id}/cloudsnapshots/detail";
/// The largest page that the list gives (EVS API reference, parameter `limit`).
const PAGE: usize = 1000;
/// The most pages that are read.
const MAX_PAGES: usize = 1000;
/// The largest of them: 1,000 snapshots with name and description of their full length, all in escaped letters, are 5 MB.
const MOST_PAGE: usize = 8 << 20;
/// About how much memory the snapshots of one list may take: 100,000 as they usually are.
const MOST_LISTED: usize = 64 << 20;
/// How often the list is read before one that is shorter than it says is an error: a snapshot that goes while its pages
/// are read makes it so, too.
const LOOKS: u32 = 3;
/// The pause between them.
const PAUSE: Duration = Duration::from_millis(200);

/// The list, as it was read once.
#[derive(Default)]
struct Listing {
    /// Those that were asked for, in the order of the list.
    found: Vec<ObservedSnapshot>,
    /// All that it shows. An id that it shows with two volumes is one of each.
    seen: BTreeSet<(SnapshotId, VolumeId)>,
    /// How many it says that there are.
    counted: u64,
    /// About how many bytes its snapshots take.
    weight: usize,
}

impl Client {
    /// `GET /v2/{project_id}/cloudsnapshots/detail`: every snapshot of the project, or `of` one volume, in the order of the
    /// list. It is read to its end: up to an empty page, or to one that is not full where the answer's own count agrees
    /// that nothing comes behind it, since a gateway may cap pages.
    ///
    /// # Errors
    /// See [`Error`]; a snapshot without a usable id, or of no volume with one, makes the answer unreadable, and so does a
    /// list that is shorter than it says more than once, or that shows a page again.
    pub async fn list_snapshots(&self, of: Option<&VolumeId>) -> Result<Vec<ObservedSnapshot>, Error> {
        let mut looks = 1;
        loop {
            let Listing { found, seen, counted, .. } = self.read_snapshots(of).await?;
            let shown = seen.len();
            if counted <= shown as u64 {
                return Ok(found);
            }
            if looks == LOOKS {
                return Err(Error::unreadable(SNAPSHOTS, Nonsense::ShortSnapshots { counted, shown }));
            }
            looks += 1;
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn read_snapshots(&self, of: Option<&VolumeId>) -> Result<Listing, Error> {
        let unreadable = |why| Error::unreadable(SNAPSHOTS, why);
        let mut listing = Listing::default();
        let (mut offset, mut firsts) = (0, BTreeSet::new());
        for number in 1..=MAX_PAGES {
            let SnapshotList { snapshots: page, count } = self.snapshot_page(of, offset).await?;
            tracing::debug!(page = number, snapshots = page.len(), "a page of snapshots");
            let rows = page.len();
            for (place, snapshot) in page.into_iter().enumerate() {
                let snapshot = ObservedSnapshot::try_from(snapshot).map_err(unreadable)?;
                // A service that ignores the offset would go round for ever.
                if place == 0 && !firsts.insert(snapshot.id.clone()) {
                    return Err(unreadable(Nonsense::SamePage));
                }
                listing.take(snapshot, of).map_err(unreadable)?;
            }
            listing.counted = listing.counted.max(count.unwrap_or_default());
            let agrees = count.is_some() && listing.counted <= listing.seen.len() as u64;
            if rows == 0 || (rows < PAGE && agrees) {
                return Ok(listing);
            }
            offset += rows;
        }
        Err(unreadable(Nonsense::Endless))
    }

    async fn snapshot_page(&self, of: Option<&VolumeId>, offset: usize) -> Result<SnapshotList, Error> {
        let path = ["v2", "{project_id}", "cloudsnapshots", "detail"];
        let mut request = self.request(SNAPSHOTS, Method::GET, &path);
        request.most = MOST_PAGE;
        let (limit, offset) = (PAGE.to_string(), offset.to_string());
        let mut query = vec![("limit", limit.as_str()), ("offset", offset.as_str())];
        query.extend(of.map(|of| ("volume_id", of.as_str())));
        request.set_query(&query);
        decode(SNAPSHOTS, &self.send(request).await?)
    }
}

impl Listing {
    /// Takes a snapshot in. One that comes again, as where others came or went meanwhile, counts once; one of another
    /// volume than was asked for is dropped, since a service need not know the filter.
    fn take(&mut self, snapshot: ObservedSnapshot, of: Option<&VolumeId>) -> Result<(), Nonsense> {
        if !self.seen.insert((snapshot.id.clone(), snapshot.volume_id.clone())) {
            return Ok(());
        }
        self.weight += weight(&snapshot);
        if self.weight > MOST_LISTED {
            return Err(Nonsense::MostMemory(MOST_LISTED >> 20));
        }
        if of.is_none_or(|of| snapshot.volume_id == *of) {
            self.found.push(snapshot);
        }
        Ok(())
    }
}

/// About how many bytes of memory a snapshot takes, its entry among those that were seen included, and rather more.
fn weight(snapshot: &ObservedSnapshot) -> usize {
    let ObservedSnapshot { id, volume_id, name, status, size: _, created_at: _ } = snapshot;
    let ids = id.as_str().len() + volume_id.as_str().len();
    2 * size_of::<ObservedSnapshot>() + 2 * size_of::<(SnapshotId, VolumeId)>() + 2 * ids + name.len() + status.len()
}

/// From the wire's shape to ours. A snapshot without a usable id cannot be told from others, and one of no usable volume
/// might be anybody's.
impl TryFrom<Snapshot> for ObservedSnapshot {
    type Error = Nonsense;

    fn try_from(snapshot: Snapshot) -> Result<ObservedSnapshot, Nonsense> {
        Ok(ObservedSnapshot {
            id: SnapshotId::new(snapshot.id).map_err(Nonsense::unread)?,
            volume_id: VolumeId::new(snapshot.volume_id).map_err(Nonsense::unread)?,
            name: snapshot.name,
            status: snapshot.status,
            size: snapshot.size,
            created_at: instant(&snapshot.created_at),
        })
    }
}
