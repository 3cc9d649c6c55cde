//! One stack in one world, and one run of it: what the command does, as far as it touches the disk and the cloud.

use super::SETTLE;
use super::cloud::{Cloud, Nature};
use super::image::{Image, Tear};
use super::ledger::Ledger;
use super::mandate::Mandate;
use crate::support::{Deaf, PROJECT, TODAY, holder, parsed};
use evsctl::apply::{self, EventSink, Report, Settings};
use evsctl::boundary::Boundaries;
use evsctl::evs::{Client, Connection, Credentials, Keys, Secret};
use evsctl::manifest::Manifest;
use evsctl::observed::Observed;
use evsctl::operation::Kind;
use evsctl::operation::settle::{Doubts, InDoubt};
use evsctl::plan::{self, Inputs, Plan, Refusal, Selection, Step};
use evsctl::state::{Approved, Change, CloudId, State};
use evsctl::store::{Lease, Store};
use evsctl::volume::{Digest, Lineage, SnapshotId, VolumeId};
use evsctl::words;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Longer than any run here may take.
const HANGS: Duration = Duration::from_secs(120);
/// The file of a cloud that keeps what it has.
const CLOUD: &str = "cloud.jsonl";

/// What the runs of a world have to keep to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// How long nothing may be seen of a call that was done.
    pub(crate) settle: Duration,
    /// How long one step may take.
    pub(crate) timeout: Duration,
    /// Whether requests are signed.
    pub(crate) signed: bool,
}

impl Default for Terms {
    fn default() -> Terms {
        Terms { settle: SETTLE, timeout: Duration::from_secs(20), signed: false }
    }
}

/// A stack, its state, and its cloud.
pub(crate) struct World {
    pub(crate) terms: Terms,
    /// Whether a hand has changed a volume.
    pub(crate) touched: bool,
    pub(crate) cloud: Cloud,
    pub(crate) store: Store,
    pub(crate) manifest: Manifest,
    pub(crate) ledger: Arc<Ledger>,
    /// Volumes that somebody deleted: they may be created again.
    pub(crate) deleted: BTreeSet<String>,
    /// Volumes that were seen usable: nobody but a hand deletes them.
    pub(super) usable: BTreeSet<String>,
    /// The volumes that plans which were carried out have cleaned away.
    pub(crate) cleaned: BTreeSet<String>,
    /// What the latest plan of a run refused.
    pub(crate) refusals: Vec<Refusal>,
    /// Volumes whose tags a hand took off.
    pub(crate) untagged: BTreeSet<String>,
    /// Whether runs are given the number of what they may destroy.
    pub(crate) destroys: bool,
    /// Whether runs carry out the rest of a plan that holds refusals.
    pub(crate) skips_refused: bool,
    /// Whether the service may have said that a volume which is there is not.
    pub(crate) lied_to: bool,
    /// Whether tags may have shown late.
    pub(crate) tags_lag: bool,
    /// The sizes of the volumes when they were last looked at.
    pub(super) sizes: BTreeMap<String, u64>,
    /// Volumes that hands have let show an error.
    pub(crate) broken_by_hand: BTreeSet<String>,
    /// The keys of tags that nothing takes off any more: hands put them back after a run took them off, or a run set them and
    /// died before it recorded that, so that they count as other people's once the manifest has given them up.
    pub(crate) tags_by_hand: BTreeSet<String>,
    /// The sizes that hands have given, or were to give.
    pub(crate) sizes_by_hand: BTreeMap<String, BTreeSet<u64>>,
    /// What happened that must not.
    pub(crate) wrong: Vec<String>,
    id: CloudId,
    image: Image,
    _dir: tempfile::TempDir,
}

/// How a run goes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// The digest under which alone it may go on; without one, it may do whatever it plans.
    pub(crate) approve: Option<Digest>,
    /// What survives where it dies.
    pub(crate) tear: Option<Tear>,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// At its boundary.
    Crashed,
    /// Nothing was done, for this reason.
    Refused(String),
    /// Nothing was done, since it is not what was approved.
    NotApproved,
    /// It could not go on.
    Failed(String),
    /// In order; `left` is what a last look found to do.
    Done { report: Report, left: Option<Box<Plan>> },
}

impl Outcome {
    /// Whether nothing is left to do.
    pub(crate) fn converged(&self) -> bool {
        matches!(self, Outcome::Done { left: Some(left), .. } if left.is_empty() && left.refusals.is_empty())
    }

    /// Whether what is left to do is to make again what is gone, and nothing else.
    pub(crate) fn recreates(&self) -> bool {
        let all = |plan: &Plan| {
            let summary = plan.summary();
            summary.recreate == 1 && plan.steps.len() == 1 && plan.refusals.is_empty()
        };
        matches!(self, Outcome::Done { left: Some(left), .. } if all(left))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Crashed => f.write_str("crashed"),
            Outcome::NotApproved => f.write_str("not approved"),
            Outcome::Refused(why) => write!(f, "refused: {why}"),
            Outcome::Failed(why) => write!(f, "failed: {why}"),
            Outcome::Done { report, left } => {
                let left = left.as_ref().map(|left| (left.summary(), &left.refusals));
                write!(f, "done: {report:?}, left {left:?}")
            }
        }
    }
}

/// A place of recorded state, and what a crash may leave of it.
pub(crate) struct Folder {
    pub(crate) store: Store,
    image: Image,
}

/// Copies recorded state; what has no counterpart is removed.
fn put(from: &Store, to: &Store, journal: bool) {
    for (from, to, wanted) in
        [(from.snapshot_path(), to.snapshot_path(), true), (from.journal_path(), to.journal_path(), journal)]
    {
        let _ = std::fs::remove_file(&to);
        if wanted && from.exists() {
            std::fs::copy(from, to).unwrap();
        }
    }
}

/// A folder in memory where there is one: a sync is cheap there.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

impl World {
    /// A world without any state. `documented` is whether the service is known to honour tokens.
    pub(crate) fn new(nature: &Nature, volumes: &str, documented: bool, keeps: bool) -> World {
        World::with(nature, parsed(volumes), documented, keeps, Terms::default())
    }

    /// The same with a whole manifest, and on these terms.
    pub(crate) fn with(nature: &Nature, manifest: Manifest, documented: bool, keeps: bool, terms: Terms) -> World {
        let dir = folder();
        let store = Store::new(dir.path().join("state"), manifest.stack.clone());
        let image = Image::new(dir.path().join("kept"));
        let ledger = Arc::new(Ledger::new(store.journal_path(), image.snapshot()));
        let cloud = Cloud::start(nature, keeps.then(|| dir.path().join(CLOUD)), ledger.clone());
        let endpoint = if documented { CloudId::SIMULATOR } else { "https://evs.example.invalid" };
        let id = CloudId { region: None, endpoint: endpoint.to_owned(), project_id: PROJECT.to_owned() };
        let (deleted, usable, cleaned, sizes, sizes_by_hand, wrong) = Default::default();
        let (broken_by_hand, tags_by_hand) = Default::default();
        World {
            terms,
            touched: false,
            cloud,
            store,
            manifest,
            ledger,
            deleted,
            usable,
            cleaned,
            refusals: Vec::new(),
            destroys: false,
            skips_refused: false,
            lied_to: false,
            tags_lag: false,
            sizes,
            sizes_by_hand,
            broken_by_hand,
            tags_by_hand,
            untagged: BTreeSet::new(),
            wrong,
            id,
            image,
            _dir: dir,
        }
    }

    /// Another manifest from now on.
    pub(crate) fn wish(&mut self, volumes: &str) {
        self.manifest = parsed(volumes);
    }

    /// Another folder from now on: that one becomes what this is, and this one that.
    pub(crate) fn exchange(&mut self, folder: &mut Folder) {
        std::mem::swap(&mut self.store, &mut folder.store);
        std::mem::swap(&mut self.image, &mut folder.image);
        self.ledger.follow(self.store.journal_path(), self.image.snapshot());
    }

    /// A copy of the folder's recorded state, as it lies there.
    pub(crate) fn copy(&self, name: &str) -> Folder {
        let dir = self._dir.path().join(name);
        let store = Store::new(dir.join("state"), self.manifest.stack.clone());
        std::fs::create_dir_all(store.dir()).unwrap();
        let mut image = Image::new(dir.join("kept"));
        put(&self.store, &store, true);
        image.rest(&store);
        Folder { store, image }
    }

    /// A copy of recorded state takes the place of what is there; its journal may be lost.
    pub(crate) fn put_back(&mut self, from: &Folder, journal: bool) {
        put(&from.store, &self.store, journal);
        self.image.rest(&self.store);
    }

    /// A person gives up the orders for growth of which nothing was seen, as `state rm --call` does: time ends none of them.
    pub(super) fn give_orders_up(&mut self) -> Result<(), String> {
        let mut lease = self.store.lock(holder(), Duration::ZERO).map_err(|error| chain(&error))?;
        let Some(state) = lease.state().cloned() else { return Ok(()) };
        let is_order = |kind: &Kind| matches!(kind, Kind::Extend(extend) if extend.way.is_order());
        let orders = state.operations.iter().filter(|(_, it)| is_order(&it.kind) && it.progress.taken().is_none());
        let at = jiff::Timestamp::now();
        let changes: Vec<Change> = orders.map(|(id, _)| Change::GivenUp { call: id.clone(), at }).collect();
        if changes.is_empty() {
            return Ok(());
        }
        let text = |error: evsctl::store::StoreError| chain(&error);
        lease.begin(state.approved_so_far("state rm")).map_err(text)?;
        lease.append(changes).map_err(text)?;
        lease.commit(at).map_err(text)?;
        self.image.keep(&self.store);
        self.image.whole();
        Ok(())
    }

    /// The journal of the run in progress is lost.
    pub(crate) fn lose_the_journal(&mut self) {
        let _ = std::fs::remove_file(self.store.journal_path());
        self.image.rest(&self.store);
    }

    /// A volume that was usable may be so no more: whether it may be cleaned away is judged elsewhere.
    pub(crate) fn broken(&mut self, id: &str) {
        self.usable.remove(id);
    }

    /// One run, from the lock to the last look.
    pub(crate) fn run(&mut self, boundaries: &Boundaries, options: &Options) -> Outcome {
        self.image.keep(&self.store);
        let recorded = self.recorded();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut outcome = runtime.block_on(async {
            tokio::select! {
                outcome = self.attempt(boundaries, options) => outcome.unwrap_or_else(Outcome::Failed),
                () = death(boundaries) => Outcome::Crashed,
                () = tokio::time::sleep(HANGS) => Outcome::Failed("it does not end".to_owned()),
            }
        });
        drop(runtime);
        self.wait_for_its_end();
        if boundaries.died() {
            self.ledger.close(Some(options.tear.unwrap_or(Tear::Killed)));
            self.image.crash(&self.store, boundaries, options.tear.unwrap_or(Tear::Killed));
            outcome = Outcome::Crashed;
        }
        let is_unsure = match &outcome {
            Outcome::Done { report, .. } => report.failed > 0,
            _ => true,
        };
        if is_unsure {
            let tags = self.manifest.volumes.values().flat_map(|wish| wish.specs.common().tags.pairs().keys().cloned());
            self.tags_by_hand.extend(tags);
        }
        // What was committed without the journal lacks what that had.
        let whole = !boundaries.died() || options.tear != Some(Tear::Uncommitted);
        self.look_around(&if whole { recorded } else { BTreeMap::new() });
        outcome
    }

    async fn attempt(&mut self, boundaries: &Boundaries, options: &Options) -> Result<Outcome, String> {
        let text = |error: &dyn std::error::Error| chain(error);
        let stop = CancellationToken::new();
        let store = self.store.clone().with_boundaries(boundaries.clone());
        let mut lease = store.lock(holder(), Duration::ZERO).map_err(|error| text(&error))?;
        let client = self.client(&stop, boundaries)?;
        let (plan, observed) = self.plan(&client, lease.state()).await?;
        let ids = lease.state().map(|state| plan::sightings(state, &observed)).unwrap_or_default();
        if !ids.is_empty() {
            lease.note(vec![Change::Used { ids }]).map_err(|error| text(&error))?;
            self.image.keep(&self.store);
        }
        let earlier = lease.state().and_then(|state| state.approved.clone());
        if let Some(digest) = &options.approve {
            let before = earlier.as_ref().filter(|approved| approved.changes == *digest);
            let left = before.is_some_and(|approved| plan::is_part_of(&plan, approved));
            if !(plan.is_empty() || plan.changes() == *digest || left) {
                return Ok(Outcome::NotApproved);
            }
        }
        let earlier = earlier.filter(|it| match &options.approve {
            Some(digest) => it.changes == *digest,
            None => plan::covers_resumed(&plan, it),
        });
        let approved =
            earlier.filter(|approved| plan::is_part_of(&plan, approved)).unwrap_or_else(|| plan::approval_of(&plan));
        self.refusals.clone_from(&plan.refusals);
        if let Some(refusal) = plan.refusals.first().filter(|_| !self.skips_refused) {
            let subject = words::refusal::subject(&refusal.about, &plan.stack);
            return Ok(Outcome::Refused(format!("{subject}: {}", words::refusal::reason(refusal, 1))));
        }
        if plan.destructions() > 0 && !self.destroys {
            return Ok(Outcome::Refused(format!("it destroys {}, without a number", plan.destructions())));
        }
        if plan.is_empty() {
            return Ok(Outcome::Done { report: Report::default(), left: Some(Box::new(plan)) });
        }
        self.consent(&plan);
        if lease.state().is_none() {
            let lineage = Lineage::from_random([1, 2, 3, 4, 5]);
            let state = State::new(self.manifest.stack.clone(), lineage, self.id.clone());
            lease.create(state).map_err(|error| text(&error))?;
            self.image.keep(&self.store);
        }
        let (lease, report) = self.work(lease, (&client, &stop, boundaries), (plan, observed), &approved).await?;
        let (left, _) = self.plan(&client, lease.state()).await?;
        Ok(Outcome::Done { report, left: Some(Box::new(left)) })
    }

    /// From `begin` to `commit`.
    async fn work(
        &mut self,
        mut lease: Lease,
        (client, stop, boundaries): (&Arc<Client>, &CancellationToken, &Boundaries),
        (plan, observed): (Plan, Observed),
        approved: &Approved,
    ) -> Result<(Lease, Report), String> {
        let text = |error: evsctl::store::StoreError| chain(&error);
        let begun =
            lease.state().map(|state| apply::begun(&plan, state, client.service_now())).ok_or("there is no state")?;
        // From the first byte of its beginning on, a later run may go on with what this one was allowed.
        self.ledger.allow(Mandate::of(&plan, &self.manifest, lease.state()), approved);
        lease.begin_run(approved.clone(), begun, plan.recorded_at_once()).map_err(text)?;
        self.image.begun(&self.store);
        self.ledger.open(boundaries);
        lease.keep_manifest("stack: test\n").map_err(text)?;
        let changes = lease.state().map(|state| plan::refreshed(&plan, &self.manifest, state, &observed));
        let changes = changes.unwrap_or_default();
        if !changes.is_empty() {
            lease.append(changes).map_err(text)?;
        }
        let state = lease.state().cloned().ok_or("there is no state")?;
        let doubts =
            Doubts { policy: Some(InDoubt::Wait), dated: false, validity: Duration::ZERO, settle: self.terms.settle };
        let before = Arc::new(observed.volumes.keys().cloned().collect());
        let settings = Settings { timeout: self.terms.timeout, doubts, before };
        let mut finished =
            apply::run(plan, client.clone(), lease, state, stop.clone(), settings, EventSink::start(Box::new(Deaf)))
                .await;
        if let Some(error) = finished.error {
            return Err(text(error));
        }
        if finished.report.is_clean() && finished.report.closed == 0 {
            finished.lease.spend_approval();
        }
        if boundaries.died() {
            return Err("the run was ended".to_owned());
        }
        self.ledger.close(None);
        finished.lease.commit(jiff::Timestamp::now()).map_err(text)?;
        self.image.keep(&self.store);
        self.image.whole();
        Ok((finished.lease, finished.report))
    }

    fn client(&self, stop: &CancellationToken, boundaries: &Boundaries) -> Result<Arc<Client>, String> {
        let connection = Connection {
            endpoint: self.cloud.endpoint().parse().unwrap(),
            project_id: PROJECT.to_owned(),
            credentials: if self.terms.signed { signing() } else { Credentials::None },
            rate: None,
            parallelism: 4,
            patience: Duration::from_secs(2),
            boundaries: boundaries.clone(),
        };
        Client::new(connection, stop.clone()).map(Arc::new)
    }

    async fn plan(&self, client: &Client, state: Option<&State>) -> Result<(Plan, Observed), String> {
        let known = state.into_iter().flat_map(|state| state.volumes.values()).map(|volume| &volume.id);
        let mut observed = client.observe(known, state.is_none()).await.map_err(|error| error.to_string())?;
        let (desired, cloud, selection) = (&self.manifest, &self.id, &Selection::default());
        let inputs = Inputs { desired, cloud, recorded: state, observed: None, selection, as_of: TODAY };
        if plan::takes_away(Inputs { observed: Some(&observed), ..inputs }) {
            let mut known: BTreeMap<VolumeId, BTreeSet<SnapshotId>> = BTreeMap::new();
            if let Ok(snapshots) = client.list_snapshots(None).await {
                for snapshot in snapshots {
                    known.entry(snapshot.volume_id).or_default().insert(snapshot.id);
                }
                observed.snapshots = Some(Ok(known));
            }
        }
        Ok((plan::make(Inputs { observed: Some(&observed), ..inputs }), observed))
    }

    /// The digest of what is to be done now, and whether that is all there is to do: what comes after a call that is
    /// not wanted any more is another plan.
    pub(crate) fn digest(&self) -> Result<(Digest, bool), String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let client = self.client(&CancellationToken::new(), &Boundaries::default())?;
            let state = self.store.read().map_err(|error| error.to_string())?;
            let plan = self.plan(&client, state.as_ref()).await?.0;
            let is_last = |step: &Step| !matches!(step, Step::Resume(resume) if !resume.wanted);
            Ok((plan.changes(), plan.steps.iter().all(is_last)))
        })
    }

    /// The file that its cloud keeps all in, where it keeps it.
    pub(crate) fn data(&self) -> PathBuf {
        self._dir.path().join(CLOUD)
    }

    /// The ids of the calls that the next run would send, with their keys.
    pub(crate) fn next_calls(&self) -> Result<Vec<String>, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let client = self.client(&CancellationToken::new(), &Boundaries::default())?;
            let state = self.store.read().map_err(|error| error.to_string())?;
            let Some(state) = state else { return Ok(Vec::new()) };
            let plan = self.plan(&client, Some(&state)).await?.0;
            let creates = plan.steps.iter().filter_map(|step| match step {
                Step::Create(create) => Some(create),
                _ => None,
            });
            Ok(creates.map(|it| format!("{} {}", plan::call_id(&state, plan.basis.serial, it), it.key)).collect())
        })
    }

    /// The volumes that nothing records, as `orphans` lists them.
    pub(crate) fn orphans(&self) -> Result<BTreeSet<String>, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let client = self.client(&CancellationToken::new(), &Boundaries::default())?;
            let state = self.store.read().map_err(|error| chain(&error))?;
            let volumes = client.list_volumes().await.map_err(|error| error.to_string())?.volumes;
            let orphans = plan::orphans(&self.manifest, state.as_ref(), &volumes);
            Ok(orphans.into_iter().map(|orphan| orphan.volume.id.to_string()).collect())
        })
    }

    /// A run that was dropped may still have a thread that writes: the lock goes with the last of them.
    fn wait_for_its_end(&self) {
        let Ok(lock) = File::open(self.store.lock_path()) else { return };
        let since = Instant::now();
        while lock.try_lock().is_err() {
            assert!(since.elapsed() < Duration::from_secs(30), "a run that was ended keeps its lock");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// An access key of nobody: the cloud here lets everybody in.
fn signing() -> Credentials {
    let keys = Keys { access: "AK".to_owned(), secret: "a secret of nobody".into(), security_token: None };
    Credentials::Fixed(Secret::Keys(keys))
}

/// Returns when the run has died.
async fn death(boundaries: &Boundaries) {
    while !boundaries.died() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// An error with everything behind it.
fn chain(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {}", chain(cause)))
}
