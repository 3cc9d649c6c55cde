//! One apply under way: what does not change meanwhile, and what every part of it does.

use super::consent::ConsentArgs;
use crate::apply;
use crate::apply::event::Event;
use crate::cli::cloud::Link;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::holder::fresh;
use crate::cli::options::Format;
use crate::cli::planning::{make, observe};
use crate::cli::preflight::preflight;
use crate::cli::render::progress::Reporter;
use crate::cli::signal::Signal;
use crate::cli::stack::Stack;
use crate::cli::ui::Ui;
use crate::manifest::Manifest;
use crate::observed::Observed;
use crate::operation::settle::Doubts;
use crate::plan::{self, Plan, Preflight, Scope, Selection};
use crate::state::{Approved, Change, CloudId, State};
use crate::store::Lease;
use crate::words::consent::{STATE_MISSING, agreed};
use crate::words::destroy::asked_still;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// One apply, with everything that does not change while it goes on.
pub(super) struct Session<'a> {
    pub(super) ui: &'a Arc<Ui>,
    pub(super) path: &'a Path,
    pub(super) consent: &'a ConsentArgs,
    pub(super) format: Format,
    /// How long it waits for each action.
    pub(super) timeout: Duration,
    pub(super) doubts: Doubts,
    pub(super) stack: &'a Stack,
    /// The manifest as it is written, where the run destroys what that asks for.
    pub(super) written: Option<&'a Manifest>,
    pub(super) cloud: &'a CloudId,
    pub(super) selection: &'a Selection,
    pub(super) link: &'a Link,
    pub(super) stop: CancellationToken,
    pub(super) signal: Signal,
    pub(super) scope: Scope,
}

impl Session<'_> {
    /// Looks at the cloud and plans from what it shows.
    pub(super) async fn plan(&self, lease: &Lease) -> Result<(Plan, Observed), CliError> {
        let observed = observe(&self.link.client, self.stack, self.cloud, lease.state(), self.selection).await?;
        Ok((make(self.stack, self.cloud, lease.state(), Some(&observed), self.selection), observed))
    }

    /// Holds the plan against what the project has, unless somebody says not to.
    pub(super) async fn preflight(&self, plan: Plan, observed: &Observed) -> Plan {
        match self.consent.preflight.no_preflight {
            true => plan.unchecked(Preflight::Declined),
            false => preflight(plan, self.link, &self.stack.manifest, observed).await,
        }
    }

    /// Records which volumes that may be taken for leftovers later are seen used now, whatever becomes of this run.
    pub(super) fn note_sightings(&self, lease: &mut Lease, observed: &Observed) -> Result<(), CliError> {
        let ids = lease.state().map(|state| plan::sightings(state, observed)).unwrap_or_default();
        if !ids.is_empty() {
            self.tell_format(lease);
            lease.note(vec![Change::Used { ids }])?;
        }
        Ok(())
    }

    /// Records what manifest and cloud have come to agree on, where the run has nothing else to do.
    pub(super) fn note_agreements(&self, lease: &mut Lease, plan: &Plan, observed: &Observed) -> Result<(), CliError> {
        if !plan.agreed.is_empty() {
            self.tell_format(lease);
            lease.note(self.news(lease, plan, observed))?;
            if self.format == Format::Human {
                self.ui.talk(&agreed(plan.agreed.len() as u64));
            }
        }
        Ok(())
    }

    /// Says what of that which a destroy takes away the manifest still asks for, and which line keeps it away.
    pub(super) fn tell_asked_still(&self, plan: &Plan) {
        if let Some(written) = self.written {
            let asked = plan::asked_still(plan, written);
            asked_still(&asked).iter().for_each(|told| self.ui.warn(told));
        }
    }

    /// How the volumes look now, and what manifest and cloud have come to agree on.
    fn news(&self, lease: &Lease, plan: &Plan, observed: &Observed) -> Vec<Change> {
        let of = |state| {
            let mut changes = plan::refreshed(plan, &self.stack.manifest, state, observed);
            changes.append(&mut plan::agreements(plan, state));
            changes
        };
        lease.state().map(of).unwrap_or_default()
    }

    /// Tells, before the first write, that it changes the format of the recorded state.
    fn tell_format(&self, lease: &Lease) {
        match (self.format, lease.changes_format()) {
            (_, None) => {}
            (Format::Human, Some(_)) => drop(Stack::tell_format(self.ui, lease)),
            (Format::Json, Some((from, to))) => {
                Reporter::new(self.ui.clone(), Format::Json).event(&Event::FormatChanged { from, to });
            }
        }
    }

    /// Writes down that a run begins, what it was allowed, and which calls it may send.
    pub(super) fn begin(&self, lease: &mut Lease, plan: &Plan, approved: Approved) -> Result<(), CliError> {
        if lease.state().is_none() {
            let state = fresh(self.stack.manifest.stack.clone(), self.cloud.clone());
            lease.create(state)?;
        }
        lease.bind(self.cloud);
        self.tell_format(lease);
        let at = self.link.client.service_now();
        let begun = lease.state().map(|state| apply::begun(plan, state, at));
        let begun = begun.ok_or_else(|| CliError::new(Exit::Error, STATE_MISSING))?;
        lease.begin_run(approved, begun, plan.recorded_at_once())?;
        // A destroy does not carry out what is written there.
        if self.written.is_none() {
            lease.keep_manifest(&self.stack.text)?;
        }
        Ok(())
    }

    /// Brings the record up to date with what was seen, now that it is written anyway.
    pub(super) fn refresh(&self, lease: &mut Lease, plan: &Plan, observed: &Observed) -> Result<State, CliError> {
        let changes = self.news(lease, plan, observed);
        if !changes.is_empty() {
            lease.append(changes)?;
        }
        lease.state().cloned().ok_or_else(|| CliError::new(Exit::Error, STATE_MISSING))
    }
}
