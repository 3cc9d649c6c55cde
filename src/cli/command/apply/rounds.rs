//! An apply in as many rounds as it takes: what was proved never to have happened is planned and made anew, under
//! the same approval.

use super::consent::Approval;
use super::session::Session;
use crate::apply::{self, Finished, Report, Settings, Telling};
use crate::cli::error::CliError;
use crate::observed::Observed;
use crate::plan::{self, Plan};
use crate::state::State;
use crate::store::Lease;
use crate::volume::VolumeId;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The most rounds: each one more answers a cloud that lost another call.
const ROUNDS: usize = 4;

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

/// What is left when the rounds are over.
pub(super) struct Done {
    pub(super) report: Report,
    pub(super) lease: Lease,
    pub(super) telling: Telling,
    /// Why not everything could be recorded.
    pub(super) error: Option<CliError>,
}

impl Session<'_> {
    /// Carries a plan out whose run has begun, and then what it left for want of an answer.
    pub(super) async fn rounds(&self, lease: Lease, begun: Begun, telling: Telling) -> Done {
        let mut done = self.round(lease, begun, telling).await;
        for _ in 1..ROUNDS {
            let Done { report, mut lease, telling, error: None } = done else { return done };
            let over = report.closed == 0 || report.interrupted || report.denied;
            let next = if over { Ok(None) } else { self.next(&mut lease).await };
            match next {
                Ok(Some(begun)) => {
                    let next = self.round(lease, begun, telling).await;
                    let closed = next.report.closed;
                    let mut sum = report;
                    sum.add(&next.report);
                    // Only what this round closed asks for another.
                    sum.closed = closed;
                    done = Done { report: sum, ..next };
                }
                Ok(None) => return Done { report, lease, telling, error: None },
                Err(error) => return Done { report, lease, telling, error: Some(error) },
            }
        }
        done
    }

    /// One round, from its first call to the snapshot.
    async fn round(&self, lease: Lease, begun: Begun, telling: Telling) -> Done {
        let Begun { state, plan, before } = begun;
        let settings = Settings { timeout: self.timeout, doubts: self.doubts, before };
        let (client, stop) = (self.link.client.clone(), self.stop.clone());
        let ran = apply::run(plan, client, lease, state, stop, settings, telling).await;
        let Finished { report, mut lease, telling, error } = ran;
        if error.is_none() && report.is_clean() && report.closed == 0 {
            lease.spend_approval();
        }
        let committed = lease.commit(jiff::Timestamp::now());
        let error = error.or(committed.err()).map(CliError::from);
        Done { report, lease, telling, error }
    }

    /// Plans again, and begins the next round where that plan is a part of what was approved. A look that fails is left to the last one.
    async fn next(&self, lease: &mut Lease) -> Result<Option<Begun>, CliError> {
        let looked = tokio::select! {
            biased;
            () = self.stop.cancelled() => return Ok(None),
            looked = self.plan(lease) => looked,
        };
        let Ok((plan, observed)) = looked else { return Ok(None) };
        self.note_sightings(lease, &observed)?;
        let approved = lease.state().and_then(|state| state.approved.clone());
        let Some(approved) = approved.filter(|approved| !plan.is_empty() && plan::is_part_of(&plan, approved)) else {
            return Ok(None);
        };
        if self.stop.is_cancelled() || !(plan.refusals.is_empty() || self.consent.skip_refused) {
            return Ok(None);
        }
        // What needs a number needs it in every round.
        if Approval::consents(&plan, lease.state(), self.consent).is_err() {
            return Ok(None);
        }
        self.begin(lease, &plan, approved)?;
        let state = self.refresh(lease, &plan, &observed)?;
        Ok(Some(Begun::new(state, plan, observed)))
    }
}
