//! The two digests of a plan: of all of it, and of what people approve. Both are of values alone: no sentence moves them.

use super::{Plan, Step};
use crate::operation::Create;
use crate::volume::{Digest, Key, OwnershipTag, StackName, VolumeId};
use std::borrow::Cow;

/// What is approved of one step: where it was, which volume, and what it becomes.
#[derive(serde::Serialize)]
struct ApprovedStep<'a> {
    action: &'static str,
    key: &'a Key,
    slots: String,
    volumes: Vec<&'a VolumeId>,
    step: &'a Step,
}

impl Plan {
    /// SHA-256 over the whole plan.
    pub fn digest(&self) -> Digest {
        digest_of(self)
    }

    /// SHA-256 over stack, cloud, project and ordered steps alone: what people approve. Serial, drift without a step,
    /// estimates and warnings do not move it.
    pub fn changes(&self) -> Digest {
        #[derive(serde::Serialize)]
        struct Approved<'a> {
            stack: &'a StackName,
            region: &'a Option<String>,
            endpoint: &'a str,
            project_id: &'a str,
            ownership_tag: &'a OwnershipTag,
            steps: Vec<ApprovedStep<'a>>,
        }
        // A call that a run from this very state sent before is still the creation that was approved.
        let wishes: Vec<Cow<'_, Step>> = self.steps.iter().map(Step::wish).collect();
        let steps = wishes.iter().map(|step| ApprovedStep {
            action: step.action().word(),
            key: step.key(),
            slots: step.slots().to_string(),
            volumes: volumes(step),
            step,
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

fn volumes(step: &Step) -> Vec<&VolumeId> {
    match step {
        Step::Create(Create { gone, .. }) => gone.values().collect(),
        Step::Rename(rename) => vec![&rename.id],
        Step::Clean(clean) => vec![&clean.id],
        Step::Forget(forget) => vec![&forget.id],
        Step::Adopt(adopt) => adopt.gone.iter().chain([&adopt.id]).collect(),
        Step::Resume(_) => Vec::new(),
    }
}

/// Compact JSON of sorted maps and fields in their written order is canonical enough: the same value
/// gives the same bytes on every machine.
pub(super) fn digest_of(value: &impl serde::Serialize) -> Digest {
    use sha2::Digest as _;
    struct Hasher(sha2::Sha256);
    impl std::io::Write for Hasher {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.update(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut writer = std::io::BufWriter::with_capacity(1 << 16, Hasher(sha2::Sha256::new()));
    // Neither the hasher nor these types can fail; if one did, the digest would match nothing.
    let written = serde_json::to_writer(&mut writer, value).is_ok();
    match writer.into_inner() {
        Ok(hasher) if written => Digest::from_hash(&hasher.0.finalize().into()),
        _ => Digest::of(b"unwritable"),
    }
}
