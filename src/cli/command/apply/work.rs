//! The work of an apply: from the first call to the snapshot that ends the run.

use super::session::Session;
use crate::apply::{self, EventSink, Finished, Report, Settings};
use crate::cli::error::CliError;
use crate::observed::Observed;
use crate::plan::Plan;
use crate::state::State;
use crate::store::Lease;
use crate::volume::VolumeId;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A plan whose run has begun.
pub(super) struct Begun {
    state: State,
    plan: Plan,
    /// The volumes that stood in the list that the plan rests on.
    before: Arc<BTreeSet<VolumeId>>,
}

impl Begun {
    pub(super) fn new(state: State, plan: Plan, observed: Observed) -> Begun {
        Begun { state, plan, before: Arc::new(observed.volumes.into_keys().collect()) }
    }
}

/// What is left when the work is over.
pub(super) struct Done {
    pub(super) report: Report,
    pub(super) lease: Lease,
    pub(super) sink: EventSink,
    /// Why not everything could be recorded.
    pub(super) error: Option<CliError>,
}

impl Session<'_> {
    /// Carries a plan out whose run has begun, and ends the run.
    pub(super) async fn work(&self, lease: Lease, begun: Begun, sink: EventSink) -> Done {
        let Begun { state, plan, before } = begun;
        let settings = Settings { timeout: self.timeout, doubts: self.doubts, before };
        let (client, stop) = (self.link.client.clone(), self.stop.clone());
        let ran = apply::run(plan, client, lease, state, stop, settings, sink).await;
        let Finished { report, mut lease, sink, error } = ran;
        if error.is_none() && report.is_clean() && report.closed == 0 {
            lease.spend_approval();
        }
        let committed = lease.commit(jiff::Timestamp::now());
        let error = error.or(committed.err()).map(CliError::from);
        Done { report, lease, sink, error }
    }
}
