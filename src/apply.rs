//! Carrying a plan out: all steps at once, but for those that wait for another one, and one writer for all.
//!
//! Tasks never touch the state. They hand changes and events to the writer, which makes the changes
//! durable before anything is built on them. Whoever shows the events holds up nothing. What to do
//! stands in the plan; nothing here decides that.
//! The order of a create call: its intent is durable before it is sent, its job before the waiting
//! begins, its volumes before the first rename.

mod alter;
mod anew;
mod batches;
mod call;
mod carry;
mod change;
mod collect;
mod collected;
mod context;
mod drive;
pub mod event;
mod expected;
mod follow;
mod following;
mod leaving;
mod look;
mod made;
mod matching;
mod moves;
mod pace;
mod poll;
mod protect;
mod record;
mod report;
mod retag;
mod sending;
mod settle;
mod sight;
mod sink;
mod span;
mod tokens;
mod trouble;
mod watched;
pub mod why;

pub use report::Report;
pub use sink::EventSink;

use crate::evs::{Client, Notice};
use crate::operation::settle::Doubts;
use crate::operation::{Create, Kind, Owner};
use crate::plan::{Plan, Resume, Stage, Step, Work};
use crate::state::{Begun, State};
use crate::store::{Lease, StoreError};
use crate::volume::{CallId, OwnershipTag, VolumeId};
use alter::Alter;
use batches::Batches;
use change::OneVolume;
use context::{Calls, Context};
use drive::{Drive, Resumed};
use event::Event;
use poll::Poller;
use record::{Halted, Recorder};
use report::Tally;
use sight::Sight;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokens::Tokens;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use why::Again;

/// How long requests that are under way may go on once the run is stopping: the whole process leaves
/// within five seconds of the first signal.
const LEAVE_WITHIN: Duration = Duration::from_secs(4);

/// How to carry out.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long one action may take before it is left to the next run.
    pub timeout: Duration,
    /// How calls in doubt are settled.
    pub doubts: Doubts,
    /// The volumes that stood in the list that the plan rests on: no call that is sent later made any of them.
    pub before: Arc<BTreeSet<VolumeId>>,
}

/// What is left when the work is over.
pub struct Finished {
    /// What was done.
    pub report: Report,
    /// The right to write, given back.
    pub lease: Lease,
    /// The listener, which may still have much to tell, or nobody who takes it: to be waited for when all else
    /// is safe.
    pub sink: EventSink,
    /// Why nothing more could be recorded, where that happened: the state on disk is whole up to there.
    pub error: Option<StoreError>,
}

/// What a run that carries out this plan may send, from that time on by the service's clock: to be given to
/// [`Lease::begin_run`]. `state` is the one that the plan was made from.
pub fn begun(plan: &Plan, state: &State, at: jiff::Timestamp) -> Begun {
    let owner =
        |call: &CallId| Owner { stack: state.stack.clone(), lineage: state.lineage.clone(), call: call.clone() };
    let create = |id: CallId, tag: &OwnershipTag, create: &Create| {
        let operation = call::named(call::intended(&owner(&id), tag, create, at), at);
        Some((id, operation))
    };
    let change = |kind: Kind| {
        let id = crate::plan::change_id(state, plan.basis.serial, &kind);
        Some((id, call::named(alter::intended(kind, at), at)))
    };
    let may_send = |step: &Step| match step {
        Step::Create(made) => create(crate::plan::call_id(state, plan.basis.serial, made), &plan.ownership_tag, made),
        Step::Resume(Resume { call, stage: Stage::Forgotten, work: Work::Create { tag, create: made }, .. }) => {
            create(call.clone(), tag, made)
        }
        Step::Extend(extend) => change(Kind::Extend(extend.clone())),
        Step::Delete(removal) => change(Kind::Delete(removal.into())),
        // The state has the others that are gone on with, and to do these twice is the same as once.
        Step::Resume(_)
        | Step::Rename(_)
        | Step::Retag(_)
        | Step::Protect(_)
        | Step::Unprotect(_)
        | Step::Clean(_)
        | Step::Forget(_)
        | Step::Move(_)
        | Step::Release(_)
        | Step::Import(_)
        | Step::Adopt(_) => None,
    };
    Begun { at, operations: plan.steps.iter().filter_map(may_send).collect() }
}

/// Carries out a plan whose run has begun in the lease; `state` is what [`Lease::begin_run`] gave.
pub async fn run(
    plan: Plan,
    client: Arc<Client>,
    lease: Lease,
    state: State,
    stop: CancellationToken,
    settings: Settings,
    sink: EventSink,
) -> Finished {
    let fence = lease.fence();
    let (recorder, writer) = Recorder::start(lease, sink);
    recorder.tell(Event::Started {
        stack: plan.stack.to_string(),
        serial: state.serial,
        changes: plan.changes().to_string(),
        volumes: plan.concerned(),
    });
    let (notices, mut told) = tokio::sync::mpsc::unbounded_channel::<Notice>();
    client.tell(notices);
    let relay = {
        let recorder = recorder.clone();
        tokio::spawn(async move {
            while let Some(notice) = told.recv().await {
                recorder.tell(Event::Retrying {
                    request: notice.request.to_owned(),
                    why: Again::Met(notice.reason),
                    after: notice.pause,
                });
            }
        })
    };
    let polling = stop.child_token();
    let sight = Arc::new(Sight::new(client.clone(), settings.before.len()));
    let poller = || {
        Poller::start(
            client.clone(),
            sight.clone(),
            recorder.clone(),
            polling.clone(),
            settings.doubts.settle,
            state.lineage.clone(),
        )
    };
    let (poller, changes) = (poller(), poller());
    let cx = Arc::new(Context {
        poller,
        changes,
        client,
        recorder,
        tally: Tally::default(),
        stop,
        timeout: settings.timeout,
        doubts: settings.doubts,
        before: settings.before,
        began: Instant::now(),
        sight,
        tokens: Tokens::new(&state.cloud, state.tokens),
        tag: plan.ownership_tag.clone(),
        by_service: plan.names_by_service(),
        serial: plan.basis.serial,
        fence,
        calls: Calls::default(),
        in_the_way: Mutex::default(),
        batches: Batches::default(),
        state,
    });
    let halted = !all_done(&cx, plan.steps, &plan.after).await;
    cx.tally.change(|report| report.halted |= halted);
    cx.tally.change(|report| report.interrupted |= cx.stop.is_cancelled());
    let report = cx.tally.report();
    cx.client.hush();
    drop(cx);
    // A look that is under way is of no use to anybody any more.
    polling.cancel();
    relay.abort();
    // The writer ends when every handle on it is gone; tasks that were given up have dropped theirs.
    match tokio::task::spawn_blocking(move || writer.join()).await {
        Ok(Ok(written)) => Finished { report, lease: written.lease, sink: written.sink, error: written.error },
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// Carries out all steps at once, each as soon as those are over that it comes `after`. Says whether anything more may be
/// done. A failure holds back only what rests on it: the slots that it concerns.
async fn all_done(cx: &Arc<Context>, steps: Vec<Step>, after: &BTreeMap<usize, BTreeSet<usize>>) -> bool {
    let mut tasks = JoinSet::new();
    let mut over: Vec<watch::Receiver<bool>> = Vec::with_capacity(steps.len());
    for (place, step) in steps.into_iter().enumerate() {
        let cx = cx.clone();
        // None waits for one that comes later, whatever a plan's file says: so none waits for ever.
        let before: Vec<watch::Receiver<bool>> =
            after.get(&place).into_iter().flatten().filter_map(|before| over.get(*before).cloned()).collect();
        let (done, is_done) = watch::channel(false);
        over.push(is_done);
        let carried = async move {
            for mut before in before {
                // One that was given up drops its end: then nothing that rests on it is begun.
                if before.wait_for(|done| *done).await.is_err() {
                    return Ok(());
                }
            }
            let carried = carry_out(&cx, step).await;
            done.send_replace(carried.is_ok());
            carried
        };
        tasks.spawn(carried.in_current_span());
    }
    let mut halted = false;
    let leaving = async {
        cx.stop.cancelled().await;
        tokio::time::sleep(LEAVE_WITHIN).await;
    };
    tokio::pin!(leaving);
    loop {
        tokio::select! {
            ended = tasks.join_next() => match ended {
                None => break,
                Some(Ok(Ok(()))) => {}
                // Nothing can be recorded any more: whatever runs is left to the next run.
                Some(Ok(Err(Halted))) => {
                    halted = true;
                    tasks.shutdown().await;
                }
                Some(Err(error)) => if error.is_panic() { std::panic::resume_unwind(error.into_panic()) },
            },
            () = &mut leaving => {
                tasks.shutdown().await;
                break;
            }
        }
    }
    !halted
}

async fn carry_out(cx: &Context, step: Step) -> Result<(), Halted> {
    // Who was denied one thing is not asked for the next.
    if cx.stop.is_cancelled() || cx.tally.report().denied {
        return Ok(());
    }
    match step {
        Step::Create(create) => Drive { cx }.create(create).await,
        Step::Extend(extend) => Alter { cx }.extend(extend).await,
        Step::Delete(removal) => Alter { cx }.delete((&removal).into()).await,
        Step::Resume(Resume { call, stage, wanted, work, renewed: _ }) => match work {
            Work::Create { tag, create } => Drive { cx }.resume(Resumed { call, stage, wanted, tag, create }).await,
            Work::Extend(_) | Work::Delete(_) => Alter { cx }.resume(call, stage, wanted).await,
        },
        Step::Rename(rename) => OneVolume { cx }.rename(rename).await,
        Step::Retag(retag) => retag::retag(cx, retag).await,
        Step::Protect(protection) => protect::protect(cx, protection).await,
        Step::Unprotect(protection) => protect::unprotect(cx, protection).await,
        Step::Clean(clean) => OneVolume { cx }.clean(clean).await,
        Step::Forget(forget) => OneVolume { cx }.forget(forget).await,
        Step::Adopt(adopt) => OneVolume { cx }.adopt(adopt).await,
        Step::Move(step) => {
            moves::moved(cx, step);
            Ok(())
        }
        Step::Import(step) => {
            moves::imported(cx, step);
            Ok(())
        }
        Step::Release(release) => moves::release(cx, release).await,
    }
}
