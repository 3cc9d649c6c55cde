//! What the project's lists show, shared by all who look: many are looked for in one and the same list, and volumes that
//! several ask for at once are read together.

use crate::evs::{Client, Error, IDS, PAGE};
use crate::observed::{Listed, ObservedVolume};
use crate::volume::VolumeId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Mutex as Turn, oneshot};
use tokio::time::Instant;

/// A list, and when it was begun by the run's own clock.
type Dated = Option<(Instant, Arc<Listed>)>;
/// What a read by ids gives.
type Read = Result<BTreeMap<VolumeId, ObservedVolume>, Error>;

/// The latest lists, and who waits for volumes to be read.
#[derive(Debug)]
pub(super) struct Sight {
    client: Arc<Client>,
    /// Read to its end: only from such a list something may be concluded to be absent.
    whole: Turn<Dated>,
    /// The latest of any kind.
    latest: Mutex<Dated>,
    /// How many pages the list of the project has.
    pages: AtomicUsize,
    waiting: Mutex<Vec<Asked>>,
    /// Who has the turn reads for all who wait.
    turn: Turn<()>,
}

/// Volumes that somebody wants to be read.
#[derive(Debug)]
struct Asked {
    ids: Vec<VolumeId>,
    /// `None` where reading them together with others failed: one volume's trouble is not that of all.
    answer: oneshot::Sender<Option<Read>>,
}

impl Sight {
    /// Of a project whose list had so many volumes.
    pub(super) fn new(client: Arc<Client>, volumes: usize) -> Sight {
        Sight {
            client,
            whole: Turn::default(),
            latest: Mutex::default(),
            pages: AtomicUsize::new(pages(volumes)),
            waiting: Mutex::default(),
            turn: Turn::default(),
        }
    }

    /// How many calls a list takes.
    pub(super) fn pages(&self) -> usize {
        self.pages.load(Ordering::Relaxed)
    }

    /// A complete list that was begun after that moment. Who asks while another asks waits for the same one.
    pub(super) async fn list_since(&self, since: Instant) -> Result<Arc<Listed>, Error> {
        let mut whole = self.whole.lock().await;
        if let Some((begun, listed)) = whole.as_ref()
            && *begun >= since
        {
            return Ok(listed.clone());
        }
        let begun = Instant::now();
        let listed = Arc::new(self.client.list_to_its_end().await?);
        *whole = Some((begun, listed.clone()));
        self.saw(begun, &listed);
        Ok(listed)
    }

    /// A list of which only what it shows counts.
    pub(super) async fn glance(&self) -> Result<Arc<Listed>, Error> {
        let begun = Instant::now();
        let listed = Arc::new(self.client.list_volumes().await?);
        self.saw(begun, &listed);
        // One large list is enough to be held.
        if let Ok(mut whole) = self.whole.try_lock() {
            *whole = None;
        }
        Ok(listed)
    }

    /// The volumes of these ids; those that are not there are left out. What a list that was begun after that moment
    /// shows usable is taken from it; all else is read, together with what others ask for at the same time.
    pub(super) async fn read(&self, ids: &[VolumeId], since: Instant) -> Read {
        let mut found = self.usable(ids, since);
        let missing: Vec<VolumeId> = ids.iter().filter(|id| !found.contains_key(*id)).cloned().collect();
        if !missing.is_empty() {
            found.append(&mut self.read_together(missing).await?);
        }
        Ok(found)
    }

    async fn read_together(&self, ids: Vec<VolumeId>) -> Read {
        loop {
            let (answer, mut answered) = oneshot::channel();
            self.waiting().push(Asked { ids: ids.clone(), answer });
            let turn = self.turn.lock().await;
            let mut answer = answered.try_recv();
            if matches!(answer, Err(oneshot::error::TryRecvError::Empty)) {
                self.read_for_all().await;
                answer = answered.try_recv();
            }
            drop(turn);
            match answer {
                Ok(Some(read)) => return read,
                Ok(None) => return self.client.read_volumes(&ids).await,
                // Who read for it was given up meanwhile.
                Err(_) => {}
            }
        }
    }

    /// Reads what is waited for, for each who waits.
    async fn read_for_all(&self) {
        let asked = std::mem::take(&mut *self.waiting());
        let all: BTreeSet<VolumeId> = asked.iter().flat_map(|asked| &asked.ids).cloned().collect();
        let read = self.read_cheaply(all.into_iter().collect()).await;
        let is_shared = asked.len() > 1;
        for Asked { ids, answer } in asked {
            let own = |read: &BTreeMap<VolumeId, ObservedVolume>| {
                ids.iter().filter_map(|id| Some((id.clone(), read.get(id)?.clone()))).collect()
            };
            // Who was given up does not wait any more.
            let _ = answer.send(match &read {
                Err(_) if is_shared => None,
                read => Some(read.as_ref().map(own).map_err(Clone::clone)),
            });
        }
    }

    /// By the whole list where that takes fewer calls than filters by id do. What it does not show is read by id.
    async fn read_cheaply(&self, ids: Vec<VolumeId>) -> Read {
        if ids.len().div_ceil(IDS) <= self.pages() {
            return self.client.read_volumes(&ids).await;
        }
        let Ok(listed) = self.glance().await else { return self.client.read_volumes(&ids).await };
        let shown = ids.iter().filter_map(|id| Some((id.clone(), listed.volumes.get(id)?.clone())));
        let mut found: BTreeMap<VolumeId, ObservedVolume> = shown.collect();
        let missing: Vec<VolumeId> = ids.into_iter().filter(|id| !found.contains_key(id)).collect();
        found.append(&mut self.client.read_volumes(&missing).await?);
        Ok(found)
    }

    fn usable(&self, ids: &[VolumeId], since: Instant) -> BTreeMap<VolumeId, ObservedVolume> {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((_, listed)) = latest.as_ref().filter(|(begun, _)| *begun >= since) else { return BTreeMap::new() };
        // What has failed is read again: that may have been on the way.
        let shown = |id: &VolumeId| listed.volumes.get(id).filter(|volume| volume.status.is_usable());
        ids.iter().filter_map(|id| Some((id.clone(), shown(id)?.clone()))).collect()
    }

    fn saw(&self, begun: Instant, listed: &Arc<Listed>) {
        self.pages.store(pages(listed.volumes.len()), Ordering::Relaxed);
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.as_ref().is_none_or(|(before, _)| *before <= begun) {
            *latest = Some((begun, listed.clone()));
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Asked>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A list whose last page is full is asked for one more.
fn pages(volumes: usize) -> usize {
    volumes / PAGE + 1
}
