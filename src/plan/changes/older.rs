//! The digest of a plan's changes in the forms that earlier versions of evsctl had: so that what one of them showed is known
//! for that, and not taken for other changes.

use crate::operation::Create;
use crate::plan::digest::digest_of;
use crate::plan::{Action, Clean, Forget, Label, Plan, Rename, Resume, Stage, Step, Work};
use crate::volume::{Address, CallId, Digest, Key, OwnershipTag, StackName, VolumeId, VolumeName};
use std::borrow::Cow;

impl Plan {
    /// The digests by which earlier versions would have approved just these changes.
    pub fn changes_in_older_forms(&self) -> [Digest; 4] {
        [self.changes_in(4), self.changes_in(3), self.changes_in(2), self.changes_in_form_1()]
    }

    /// SHA-256 over stack, cloud, project and ordered steps: form 1.
    fn changes_in_form_1(&self) -> Digest {
        #[derive(serde::Serialize)]
        struct Approved<'a> {
            stack: &'a StackName,
            region: &'a Option<String>,
            endpoint: &'a str,
            project_id: &'a str,
            ownership_tag: &'a OwnershipTag,
            steps: Vec<ApprovedStep<'a>>,
        }
        #[derive(serde::Serialize)]
        struct ApprovedStep<'a> {
            action: &'static str,
            key: &'a Key,
            slots: String,
            volumes: Vec<&'a VolumeId>,
            step: Form<'a>,
        }
        let is_older = |step: &&Step| !matches!(step, Step::Protect(_) | Step::Unprotect(_));
        let steps: Vec<Cow<'_, Step>> = self.steps.iter().filter(is_older).map(wish).collect();
        let steps = steps.iter().flat_map(|step| {
            step.by_key().into_iter().map(move |(key, slots)| ApprovedStep {
                action: step.action().word(),
                key,
                slots: slots.to_string(),
                volumes: volumes(step),
                step: Form::of(step),
            })
        });
        digest_of(&Approved {
            stack: &self.stack,
            region: &self.cloud.region,
            endpoint: &self.cloud.endpoint,
            project_id: &self.cloud.project_id,
            ownership_tag: &self.ownership_tag,
            steps: steps.collect(),
        })
    }
}

/// A step as form 1 wrote it: a renaming without the fields that it changes, and a call that is gone on with as a create.
#[derive(serde::Serialize)]
#[serde(untagged)]
enum Form<'a> {
    Rename {
        action: Action,
        address: &'a Address,
        id: &'a VolumeId,
        before: &'a Label<String>,
        after: &'a Label<VolumeName>,
    },
    Resume {
        action: Action,
        call: &'a CallId,
        stage: &'a Stage,
        wanted: bool,
        tag: &'a OwnershipTag,
        create: &'a Create,
    },
    Same(&'a Step),
}

impl Form<'_> {
    fn of(step: &Step) -> Form<'_> {
        match step {
            Step::Rename(Rename { address, id, before, after, changes: _ }) => {
                Form::Rename { action: step.action(), address, id, before, after }
            }
            Step::Resume(Resume { call, stage, wanted, work: Work::Create { tag, create }, .. }) => {
                Form::Resume { action: step.action(), call, stage, wanted: *wanted, tag, create }
            }
            step => Form::Same(step),
        }
    }
}

/// What a step asks for: of a call whose record is lost, the creation.
fn wish(step: &Step) -> Cow<'_, Step> {
    match step {
        Step::Resume(Resume {
            stage: Stage::Forgotten | Stage::Lost,
            wanted: true,
            work: Work::Create { create, .. },
            ..
        }) => Cow::Owned(Step::Create(create.clone())),
        Step::Clean(clean) => Cow::Owned(Step::Clean(Clean { as_of: None, late: false, ..clean.clone() })),
        Step::Forget(forget) => Cow::Owned(Step::Forget(Forget { unwanted: None, ..forget.clone() })),
        step => Cow::Borrowed(step),
    }
}

fn volumes(step: &Step) -> Vec<&VolumeId> {
    match step {
        Step::Create(create) => create.gone.values().collect(),
        Step::Rename(rename) => vec![&rename.id],
        // No version of form 1 changed tags, extended, deleted, protected, moved or gave up anything.
        Step::Retag(retag) => vec![&retag.id],
        Step::Extend(_) | Step::Delete(_) | Step::Protect(_) | Step::Unprotect(_) => Vec::new(),
        Step::Move(_) | Step::Release(_) | Step::Import(_) => Vec::new(),
        Step::Clean(clean) => vec![&clean.id],
        Step::Forget(forget) => vec![&forget.id],
        Step::Adopt(adopt) => adopt.gone.iter().chain([&adopt.id]).collect(),
        Step::Resume(_) => Vec::new(),
    }
}
