//! Consent to a plan: the flags that give it, and whether they cover what the plan does.

use super::question::{Needed, Question};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::{PreflightArgs, value};
use crate::cli::plan_file::{self, PlanFile};
use crate::cli::ui::Ui;
use crate::manifest::Manifest;
use crate::plan::{self, Basis, Plan, Refusal, Selection, Settled, Step};
use crate::state::{Approved, CloudId, State};
use crate::volume::Digest;
use crate::words::consent::{self as words, Number, Stale};
use std::path::PathBuf;

/// What somebody consents to before it is seen, or without being asked.
#[derive(Debug, Clone, clap::Args)]
pub(in crate::cli) struct ConsentArgs {
    /// Does not ask.
    ///
    /// Consent to destroy or to create again is given by number only.
    #[arg(long)]
    pub(in crate::cli) yes: bool,
    /// Does what the plan in FILE holds, once, and nothing else.
    ///
    /// Refuses where the state has moved since.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["approve", "target", "exclude", "new_stack"])]
    pub(in crate::cli) plan: Option<PathBuf>,
    /// Plans again, and does the approved changes only.
    ///
    /// What is left of them, after a run that was cut short, counts as approved. Any other change is refused.
    #[arg(long, value_name = "DIGEST", value_parser = value::digest, conflicts_with = "yes")]
    pub(in crate::cli) approve: Option<Digest>,
    /// Consents to destroying exactly N volumes.
    ///
    /// On a terminal that number is asked for where it is not given, but not with --yes, --approve or --plan.
    #[arg(long, value_name = "N", value_parser = value::volumes)]
    pub(in crate::cli) allow_destroy: Option<u64>,
    /// Consents to creating exactly N lost volumes again.
    ///
    /// They are recorded and gone from the cloud. The number is asked for as for --allow-destroy.
    #[arg(long, value_name = "N", value_parser = value::volumes)]
    pub(in crate::cli) allow_recreate: Option<u64>,
    /// Does the rest where a part is refused; exits with 4.
    ///
    /// What needs a number that is not given counts as refused.
    #[arg(long)]
    pub(in crate::cli) skip_refused: bool,
    /// Whether the plan is held against what the project has.
    #[command(flatten)]
    pub(in crate::cli) preflight: PreflightArgs,
}

/// By which way a plan is approved.
pub(super) enum Approval {
    /// Somebody is asked.
    Ask,
    /// Nobody said anything, and there is no terminal: only what needs no consent is done.
    Nobody,
    /// `--yes`: whatever the plan says, within the consent by number.
    Yes,
    /// `--plan`: exactly this plan.
    Plan(Box<PlanFile>),
    /// `--approve`: these changes, or what is left of them.
    Changes(Digest),
}

impl Approval {
    /// Finds the way, before anything is read or sent.
    pub(super) fn of(args: &ConsentArgs, ui: &Ui) -> Result<Approval, CliError> {
        if let Some(path) = &args.plan {
            return Ok(Approval::Plan(Box::new(plan_file::read(path)?)));
        }
        if let Some(digest) = &args.approve {
            return Ok(Approval::Changes(digest.clone()));
        }
        if args.yes {
            return Ok(Approval::Yes);
        }
        if ui.settings().stdin_is_terminal {
            return Ok(Approval::Ask);
        }
        Ok(Approval::Nobody)
    }

    /// Whether a plan that has steps is approved, or can still be.
    pub(super) fn can_begin(&self, destroys: bool) -> Result<(), CliError> {
        match self {
            Approval::Nobody => {
                let [message, hint] = if destroys { words::NOBODY_DESTROYS } else { words::NOBODY };
                Err(CliError::new(Exit::Refused, message).hint(hint))
            }
            _ => Ok(()),
        }
    }

    /// Which part of the stack the approved plan is of, where it says so itself.
    pub(super) fn selection(&self) -> Option<Selection> {
        match self {
            Approval::Plan(file) => Some(file.selection.clone()),
            _ => None,
        }
    }

    /// Whether somebody is to be asked.
    pub(super) fn asks(&self) -> bool {
        matches!(self, Approval::Ask)
    }

    /// Holds what the approved plan was made from against what is there, as far as no look at the cloud is needed:
    /// a plan that was used, or whose manifest was edited, is refused before anything is sent.
    pub(super) fn check_basis(
        &self,
        manifest: &Manifest,
        cloud: &CloudId,
        state: Option<&State>,
    ) -> Result<(), CliError> {
        let Approval::Plan(file) = self else { return Ok(()) };
        let now = Basis::of(manifest, state);
        if file.stack != manifest.stack || !file.cloud.is_same(cloud) {
            return Err(stale(Stale::OtherPlace));
        }
        if file.basis.manifest != now.manifest {
            return Err(stale(Stale::Manifest));
        }
        if file.basis != now {
            let begun = state.and_then(|state| Some((state, state.approved.as_ref()?)));
            let begun = begun.filter(|(_, approved)| approved.changes == file.changes());
            let (why, hint) = match begun {
                // Nothing is left of what it was approved to do.
                Some((state, approved)) if approved.steps.is_empty() && state.operations.is_empty() => {
                    (Stale::Done, words::DONE_HINT.to_owned())
                }
                Some((_, approved)) => (Stale::State, words::begun_hint(&approved.changes)),
                None => (Stale::State, words::STALE_HINT.to_owned()),
            };
            return Err(CliError::new(Exit::Refused, words::stale(why)).hint(hint));
        }
        Ok(())
    }

    /// Holds the plan as it is now against what was approved; gives the plan to carry out.
    pub(super) fn check_steps(&self, mut now: Plan, state: Option<&State>) -> Result<Plan, CliError> {
        self.keep_judgement(&mut now, state);
        match self {
            Approval::Ask | Approval::Nobody | Approval::Yes => Ok(now),
            Approval::Plan(file) => {
                // What the project has is asked afterwards: it may be another thing than it was.
                let lasting = |plan: &Plan| -> Vec<Refusal> {
                    plan.refusals.iter().filter(|it| !it.why.is_of_preflight()).cloned().collect()
                };
                // What the manifest says of a day may be all that has changed.
                let day = file.as_of.filter(|_| file.as_of != now.as_of).map(Stale::Day);
                if lasting(file) != lasting(&now) {
                    return Err(stale(day.unwrap_or(Stale::Refusals)));
                }
                if file.changes() != now.changes() {
                    return Err(stale(day.unwrap_or(Stale::Changes)));
                }
                // The same steps; what was made just now is what was checked.
                Ok(now)
            }
            Approval::Changes(digest) => {
                let left = || self.before(state).is_some_and(|approved| plan::is_part_of(&now, approved));
                if now.is_empty() || now.changes() == *digest || left() {
                    return Ok(now);
                }
                if now.changes_in_older_forms().contains(digest) {
                    let message = words::older_changes(digest);
                    return Err(CliError::new(Exit::Refused, message).hint(words::older_changes_hint(&now.changes())));
                }
                let message = words::other_changes(&now.changes(), digest);
                Err(CliError::new(Exit::Refused, message).hint(words::OTHER_CHANGES_HINT))
            }
        }
    }

    /// What was too young to need consent when the plan was made, or when an earlier run was allowed the same, still is
    /// for an hour after that: what was reviewed is carried out as it was reviewed.
    fn keep_judgement(&self, now: &mut Plan, state: Option<&State>) {
        match self {
            Approval::Plan(file) => now.judge_as(file),
            _ => {
                if let Some(approved) = self.before(state) {
                    now.judge_as_of(approved);
                }
            }
        }
    }

    /// What an earlier run was approved by the same digest.
    fn before<'s>(&self, state: Option<&'s State>) -> Option<&'s Approved> {
        let Approval::Changes(digest) = self else { return None };
        state?.approved.as_ref().filter(|approved| approved.changes == *digest)
    }

    /// What the run about to begin is approved to do: the plan, or still all that it is a part of.
    pub(super) fn approves(&self, plan: &Plan, state: Option<&State>) -> Approved {
        // Under `--yes` the consent by number goes on to hold too.
        let earlier = match self {
            Approval::Changes(_) => self.before(state),
            // A yes to a call that is gone on with is a yes to what that call was to make.
            _ => state.and_then(|state| state.approved.as_ref()).filter(|before| plan::covers_resumed(plan, before)),
        };
        match earlier.filter(|approved| plan::is_part_of(plan, approved)) {
            Some(approved) => approved.clone(),
            None => plan::approval_of(plan),
        }
    }

    /// The plan without what needs a number that was not given, where the rest is to be carried out and nobody can be asked.
    pub(super) fn withhold(&self, plan: Plan, args: &ConsentArgs) -> Plan {
        match args.skip_refused && !self.asks() {
            true => plan.withhold(args.allow_destroy.is_none(), args.allow_recreate.is_none()),
            false => plan,
        }
    }

    /// Checks the consent by number: a flag must say what the plan lists, or what was listed when all that is left in
    /// the plan was approved. Gives what is still to be asked: where somebody can be, a number that no flag gave, and the
    /// plain question only where there is none.
    pub(super) fn consents(
        &self,
        plan: &Plan,
        state: Option<&State>,
        args: &ConsentArgs,
    ) -> Result<Vec<Question>, CliError> {
        let earlier = state.and_then(|state| state.approved.as_ref()).filter(|before| plan::is_part_of(plan, before));
        // What is gone by itself, or by a run whose record is lost, was counted by whoever saw it there.
        let gone = plan.summary().forget;
        let none = |done| Settled { going_on: 0, done };
        let destroyed = earlier.map_or(none(gone), |before| plan::destroyed(plan, before));
        let recreated = earlier.map_or(none(0), |before| plan::recreated(plan, before));
        let numbers = [
            (Needed { of: Number::Destroy, listed: plan.destructions(), settled: destroyed }, args.allow_destroy),
            (Needed { of: Number::Recreate, listed: plan.recreations(), settled: recreated }, args.allow_recreate),
        ];
        let mut questions = Vec::new();
        for (needed, given) in numbers {
            if given.map_or(needed.listed == 0, |given| needed.is_met_by(given)) {
                continue;
            }
            // A flag that is wrong is no slip to be made good by another answer.
            if given.is_some() || !self.asks() {
                let message = words::other_number(needed.of, needed.listed, given);
                let cleans = plan.steps.iter().any(|step| matches!(step, Step::Clean(_)));
                let hint = words::other_number_hint(needed.of, needed.listed, cleans);
                return Err(CliError::new(Exit::Refused, message).hint(hint));
            }
            questions.push(Question::Number(needed));
        }
        if questions.is_empty() && self.asks() {
            questions.push(Question::Plain);
        }
        Ok(questions)
    }
}

fn stale(why: Stale) -> CliError {
    CliError::new(Exit::Refused, words::stale(why)).hint(words::STALE_HINT)
}
