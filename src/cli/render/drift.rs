//! What was changed from outside, for a person at a terminal.

use super::line::Line;
use super::table::{some_ids, table};
use super::{human, items};
use crate::cli::style::{BOLD, Look, PLAIN};
use crate::observed::Observed;
use crate::plan::Plan;
use crate::state::State;
use crate::words::{drift as words, heading};

/// The drift of a plan as text. Without any it is one line.
pub fn human(plan: &Plan, look: Look) -> String {
    let mut text = String::new();
    let sum = |style, text: &mut String| {
        Line::new().push(style, &words::sum(plan)).write_wrapped(look, 2, text);
    };
    if plan.drift.is_empty() && plan.known_drift.is_empty() && plan.refusals.is_empty() && plan.warnings.is_empty() {
        sum(PLAIN, &mut text);
        return text;
    }
    human::header(plan, look, &mut text);
    human::drift(heading::DRIFT, &items::drifts(&plan.drift), look, &mut text);
    human::drift(heading::KNOWN_DRIFT, &items::known(&plan.known_drift), look, &mut text);
    human::refusals(plan, look, &mut text);
    human::warnings(plan, look, &mut text);
    sum(BOLD, &mut text);
    text
}

/// How each recorded volume looks, as aligned columns.
pub fn detail(state: &State, observed: &Observed) -> String {
    let rows = state.volumes.iter().map(|(address, volume)| {
        let seen = observed.volumes.get(&volume.id);
        [
            address.to_string(),
            volume.id.to_string(),
            seen.map_or_else(|| words::NOT_SHOWN.to_owned(), |seen| seen.status.to_string()),
            seen.map(|seen| some_ids(&seen.attached_to)).unwrap_or_default(),
        ]
    });
    if state.volumes.is_empty() { String::new() } else { format!("\n{}", table(words::HEADS, usize::MAX, rows)) }
}
