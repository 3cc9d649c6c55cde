//! A plan as JSON, and its two digests.
//!
//! The document is the plan's own fields with `digest`, `changes`, `summary` and `calls` added, so that
//! a plan file can be read by a machine, approved by a person and carried out by `apply --plan`.

use super::{FORMAT, Plan, Step, Summary};
use crate::operation::Create;
use crate::text::legible;
use crate::volume::{Digest, Key, OwnershipTag, StackName, VolumeId};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Why a text is not a plan that may be carried out.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Not JSON, or not of this shape.
    #[error("it is not a plan of this version of evsctl")]
    Shape(#[source] serde_json::Error),
    /// Another format.
    #[error("it has format {0}, this version of evsctl knows format {FORMAT}")]
    Format(u64),
    /// It was changed after it was made.
    #[error("its digest says {said}, its content is {found}: it was changed after it was made")]
    Digest {
        /// What stands in it.
        said: Digest,
        /// What its content gives.
        found: Digest,
    },
    /// The plan is whole, but not all around it is.
    #[error("it is not the bytes that were written: something beside the plan itself was changed after it was made")]
    Bytes,
}

/// The document's added fields, before the plan's own.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    digest: Digest,
    changes: Digest,
    summary: Summary,
    calls: BTreeMap<String, u64>,
    plan: Plan,
}

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

/// The plan as a JSON document, pretty-printed, with a final newline. Wherever it is written to it is the same bytes:
/// it holds nothing that would have to be spelt out for a terminal.
pub fn to_json(plan: &Plan) -> String {
    #[derive(serde::Serialize)]
    struct Written<'a> {
        digest: Digest,
        changes: Digest,
        summary: Summary,
        calls: super::Calls,
        plan: &'a Plan,
    }
    let document =
        Written { digest: plan.digest(), changes: plan.changes(), summary: plan.summary(), calls: plan.calls(), plan };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    legible(&text).into_owned()
}

/// Reads a plan file and makes sure that it is what [`to_json`] wrote, byte for byte: whoever approved it may
/// have read any part of it.
///
/// # Errors
/// When it is of another shape or format, or was changed after it was made.
pub fn from_json(bytes: &[u8]) -> Result<Plan, DocumentError> {
    // The format comes first: a plan of another one has another shape, and the number says so best.
    let any: serde_json::Value = serde_json::from_slice(bytes).map_err(DocumentError::Shape)?;
    if let Some(format) = any.pointer("/plan/format").and_then(serde_json::Value::as_u64)
        && format != u64::from(FORMAT)
    {
        return Err(DocumentError::Format(format));
    }
    let document: Document = serde_json::from_slice(bytes).map_err(DocumentError::Shape)?;
    let found = document.plan.digest();
    if found != document.digest {
        return Err(DocumentError::Digest { said: document.digest, found });
    }
    if to_json(&document.plan).as_bytes() != bytes {
        return Err(DocumentError::Bytes);
    }
    Ok(document.plan)
}
