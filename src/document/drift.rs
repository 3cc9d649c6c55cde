//! What was changed from outside, as JSON.

use super::{WordedDrift, WordedKnown, WordedRefusal, WordedWarning};
use crate::observed::Observed;
use crate::plan::{Basis, Plan};
use crate::state::{CloudId, State};
use crate::text::legible;
use crate::volume::{Address, StackName, VolumeId};
use jiff::civil::Date;

/// The document: a promise to its readers.
#[derive(serde::Serialize)]
struct Written<'a> {
    stack: &'a StackName,
    cloud: &'a CloudId,
    basis: &'a Basis,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: &'a Option<Date>,
    /// How many volumes are recorded, and how many of them the cloud showed.
    recorded: u64,
    observed: Option<u64>,
    drift: Vec<WordedDrift<'a>>,
    known_drift: Vec<WordedKnown<'a>>,
    refusals: Vec<WordedRefusal<'a>>,
    /// The addresses of calls that are not over: their volumes are not compared.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    not_compared: &'a [String],
    warnings: Vec<WordedWarning<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    volumes: Option<Vec<Looks<'a>>>,
}

/// How a recorded volume looks now.
#[derive(serde::Serialize)]
struct Looks<'a> {
    address: &'a Address,
    id: &'a VolumeId,
    /// `null` where the cloud does not show the volume.
    status: Option<&'a str>,
    attached_to: &'a [String],
}

/// What a plan found changed from outside, with all recorded volumes where `looks` has what the cloud shows of them; with a
/// final newline.
pub fn to_json(plan: &Plan, not_compared: &[String], looks: Option<(&State, &Observed)>) -> String {
    let written = Written {
        stack: &plan.stack,
        cloud: &plan.cloud,
        basis: &plan.basis,
        as_of: &plan.as_of,
        recorded: plan.recorded,
        observed: plan.observed,
        drift: plan.drift.iter().map(WordedDrift::of).collect(),
        known_drift: plan.known_drift.iter().map(WordedKnown::of).collect(),
        refusals: plan.refusals.iter().map(|refusal| WordedRefusal::of(refusal, &plan.stack)).collect(),
        not_compared,
        warnings: plan.warnings.iter().map(WordedWarning::of).collect(),
        volumes: looks.map(|(state, observed)| {
            let all = state.volumes.iter().map(|(address, volume)| {
                let seen = observed.volumes.get(&volume.id);
                Looks {
                    address,
                    id: &volume.id,
                    status: seen.map(|seen| seen.status.as_str()),
                    attached_to: seen.map(|seen| seen.attached_to.as_slice()).unwrap_or_default(),
                }
            });
            all.collect()
        }),
    };
    let mut text = serde_json::to_string_pretty(&written).unwrap_or_default();
    text.push('\n');
    legible(&text).into_owned()
}
