//! A plan as JSON, and the events of an apply.
//!
//! The document is the plan's own fields with `digest`, `changes`, `summary` and `calls` added, and with the words of each
//! refusal, warning and drift beside its values, so that a plan file can be read by a machine, approved by a person and
//! carried out by `apply --plan`. What is read are the values: the words are made of them again.

pub mod drift;
pub mod event;
mod why;

use crate::manifest::Naming;
use crate::operation::Failure;
use crate::plan::{
    Action, Agreed, Basis, Calls, Clean, Drift, Drifted, FORMAT, Fault, Known, Plan, Preflight, Refusal, Scope,
    Selection, Step, Summary, Warning, addresses,
};
use crate::state::CloudId;
use crate::text::legible;
use crate::volume::{Address, CallId, Digest, OwnershipTag, StackName, VolumeId};
use crate::words;
use jiff::civil::Date;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Why a text is not a plan that may be carried out.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Not JSON, or not of this shape.
    #[error("{}", words::plan_file::SHAPE)]
    Shape(#[source] serde_json::Error),
    /// Another format.
    #[error("{}", words::plan_file::format(*.0))]
    Format(u64),
    /// It was changed after it was made.
    #[error("{}", words::plan_file::digest(said, found))]
    Digest {
        /// What stands in it.
        said: Digest,
        /// What its content gives.
        found: Digest,
    },
    /// The plan is whole, but not all around it is.
    #[error("{}", words::plan_file::BYTES)]
    Bytes,
}

/// The document as it is read. Words are left aside: that they are the right ones, the bytes tell.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    digest: Digest,
    #[serde(rename = "changes")]
    _changes: Digest,
    #[serde(rename = "summary")]
    _summary: Summary,
    #[serde(rename = "calls")]
    _calls: BTreeMap<String, u64>,
    plan: Plan,
}

/// The document as it is written.
#[derive(serde::Serialize)]
struct Written<'a> {
    digest: Digest,
    changes: Digest,
    summary: Summary,
    calls: Calls,
    plan: Worded<'a>,
}

/// A plan with its words: the fields of [`Plan`] in their order.
#[derive(serde::Serialize)]
struct Worded<'a> {
    format: u32,
    stack: &'a StackName,
    cloud: &'a CloudId,
    basis: &'a Basis,
    naming: Naming,
    ownership_tag: &'a OwnershipTag,
    scope: Scope,
    #[serde(skip_serializing_if = "Selection::is_usual")]
    selection: &'a Selection,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: &'a Option<Date>,
    drift: Vec<WordedDrift<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    known_drift: Vec<WordedKnown<'a>>,
    #[serde(skip_serializing_if = "<[Agreed]>::is_empty")]
    agreed: &'a [Agreed],
    steps: Vec<WordedStep<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    after: &'a BTreeMap<usize, BTreeSet<usize>>,
    refusals: Vec<WordedRefusal<'a>>,
    warnings: Vec<WordedWarning<'a>>,
    #[serde(skip_serializing_if = "Preflight::is_unneeded")]
    preflight: Preflight,
    unchanged: u64,
    recorded: u64,
    observed: Option<u64>,
}

#[derive(serde::Serialize)]
struct WordedDrift<'a> {
    #[serde(flatten)]
    drift: &'a Drift,
    /// Field, recorded and observed value, where the values do not say it themselves.
    #[serde(flatten)]
    cells: Option<Cells>,
}

#[derive(serde::Serialize)]
struct WordedKnown<'a> {
    #[serde(flatten)]
    drift: WordedDrift<'a>,
    reason: &'a str,
    until: Date,
}

#[derive(serde::Serialize)]
struct Cells {
    field: &'static str,
    recorded: Cow<'static, str>,
    observed: Cow<'static, str>,
}

/// A step; a clean is taken apart, since why its volume is no good may be a case of ours.
#[derive(serde::Serialize)]
#[serde(untagged)]
enum WordedStep<'a> {
    Clean(Box<WordedClean<'a>>),
    Other(&'a Step),
}

#[derive(serde::Serialize)]
struct WordedClean<'a> {
    action: Action,
    address: &'a Address,
    id: &'a VolumeId,
    #[serde(skip_serializing_if = "Option::is_none")]
    call: &'a Option<CallId>,
    failure: WordedFault<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_at: &'a Option<jiff::Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: &'a Option<jiff::Timestamp>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    late: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    gone: bool,
}

#[derive(serde::Serialize)]
#[serde(untagged)]
enum WordedFault<'a> {
    Failed(&'a Failure),
    Ours {
        code: &'static str,
        reason: String,
        #[serde(flatten)]
        fault: &'a Fault,
    },
}

#[derive(serde::Serialize)]
struct WordedRefusal<'a> {
    subject: String,
    #[serde(flatten)]
    refusal: &'a Refusal,
    wish: &'static str,
    reason: String,
    lift: String,
    /// How many addresses it stands for.
    addresses: u64,
}

#[derive(serde::Serialize)]
struct WordedWarning<'a> {
    #[serde(flatten)]
    warning: &'a Warning,
    /// Those of the manifest's.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    text: String,
}

impl<'a> Worded<'a> {
    fn of(plan: &'a Plan) -> Worded<'a> {
        // Taken apart in full, so that a new field does not compile until it is written here.
        let Plan {
            format,
            stack,
            cloud,
            basis,
            naming,
            ownership_tag,
            scope,
            selection,
            as_of,
            drift,
            known_drift,
            agreed,
            steps,
            after,
            refusals,
            warnings,
            preflight,
            unchanged,
            recorded,
            observed,
        } = plan;
        Worded {
            format: *format,
            stack,
            cloud,
            basis,
            naming: *naming,
            ownership_tag,
            scope: *scope,
            selection,
            as_of,
            drift: drift.iter().map(WordedDrift::of).collect(),
            known_drift: known_drift.iter().map(WordedKnown::of).collect(),
            agreed,
            steps: steps.iter().map(WordedStep::of).collect(),
            after,
            refusals: refusals.iter().map(|refusal| WordedRefusal::of(refusal, stack)).collect(),
            warnings: warnings.iter().map(WordedWarning::of).collect(),
            preflight: *preflight,
            unchanged: *unchanged,
            recorded: *recorded,
            observed: *observed,
        }
    }
}

impl Cells {
    /// Those that people read. A value that is not there has a word in JSON.
    fn of(words::drift::Cells { field, values }: words::drift::Cells) -> Cells {
        let [recorded, observed] = values.map(|value| value.map_or(Cow::Borrowed(words::drift::NOT_THERE), Cow::Owned));
        Cells { field, recorded, observed }
    }
}

impl<'a> WordedDrift<'a> {
    fn of(drift: &'a Drift) -> WordedDrift<'a> {
        let cells = match drift.change {
            Drifted::Gone => Some(Cells { field: "gone", recorded: "present".into(), observed: "gone".into() }),
            Drifted::Recycled { .. } => {
                Some(Cells { field: "gone", recorded: "present".into(), observed: words::drift::RECYCLE_BIN.into() })
            }
            Drifted::Status { .. } | Drifted::Unmarked { .. } | Drifted::MarkedOtherwise { .. } => {
                words::drift::cells(&drift.change).map(Cells::of)
            }
            Drifted::Field { .. } => None,
        };
        WordedDrift { drift, cells }
    }
}

impl<'a> WordedKnown<'a> {
    fn of(Known { drift, reason, until }: &'a Known) -> WordedKnown<'a> {
        WordedKnown { drift: WordedDrift::of(drift), reason, until: *until }
    }
}

impl<'a> WordedStep<'a> {
    fn of(step: &'a Step) -> WordedStep<'a> {
        let Step::Clean(clean) = step else { return WordedStep::Other(step) };
        let Clean { address, id, call, failure, failed_at, as_of, late, gone } = clean;
        let failure = match failure {
            Fault::Failed(failure) => WordedFault::Failed(failure),
            // The code is the cloud's, which named none.
            fault => WordedFault::Ours { code: "", reason: words::failure::fault(fault), fault },
        };
        let (action, late, gone) = (step.action(), *late, *gone);
        WordedStep::Clean(Box::new(WordedClean { action, address, id, call, failure, failed_at, as_of, late, gone }))
    }
}

impl<'a> WordedRefusal<'a> {
    fn of(refusal: &'a Refusal, stack: &StackName) -> WordedRefusal<'a> {
        let addresses = addresses([&refusal.about]);
        let volumes = usize::try_from(addresses).unwrap_or(usize::MAX).max(1);
        WordedRefusal {
            subject: words::refusal::subject(&refusal.about, stack),
            refusal,
            wish: words::refusal::wish(refusal.why.wanted()),
            reason: words::refusal::reason(refusal, volumes),
            lift: words::refusal::lift(refusal, volumes),
            addresses,
        }
    }
}

impl<'a> WordedWarning<'a> {
    fn of(warning: &'a Warning) -> WordedWarning<'a> {
        let (reason, hint) = match warning {
            Warning::Manifest { what, .. } => {
                (Some(words::problem::remark_reason(what)), words::problem::remark_hint(what))
            }
            Warning::Unchecked { .. }
            | Warning::MarkLost { .. }
            | Warning::ExpiresSoon { .. }
            | Warning::ImportOfKubernetes { .. }
            | Warning::KnownDriftPast { .. }
            | Warning::KnownDriftIdle { .. }
            | Warning::Recycled { .. }
            | Warning::RestMayShow { .. } => (None, None),
        };
        WordedWarning { warning, reason, hint, text: words::warning::text(warning) }
    }
}

/// The plan as a JSON document, pretty-printed, with a final newline. Wherever it is written to it is the same bytes:
/// it holds nothing that would have to be spelt out for a terminal.
pub fn to_json(plan: &Plan) -> String {
    let document = Written {
        digest: plan.digest(),
        changes: plan.changes(),
        summary: plan.summary(),
        calls: plan.calls(),
        plan: Worded::of(plan),
    };
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
