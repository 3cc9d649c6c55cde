//! A plan for a person at a terminal.

use super::items::{self, Items};
use super::line::{Line, width};
use super::rows;
use crate::cli::safe::plain;
use crate::cli::style::{BOLD, CYAN, DIM, Look, PLAIN, RED, UNBROKEN, YELLOW};
use crate::plan::{Plan, Scope, Warning};
use crate::words::{self, heading, overview};
use std::borrow::Cow;
use std::fmt::Write as _;

/// The most items that a section shows; what may cost data is always shown in full.
const SHOWN: usize = 200;
/// A wider address or field stands out of its column.
const WIDEST_CELL: usize = 26;

/// The plan as text, every line at most as wide as asked for.
///
/// What may cost data comes first and is never folded nor left out. An empty plan without anything
/// to tell is one line.
pub fn plan(plan: &Plan, look: Look) -> String {
    let mut text = String::new();
    let quiet = plan.drift.is_empty()
        && plan.known_drift.is_empty()
        && plan.refusals.is_empty()
        && warnings_of(plan).next().is_none();
    if plan.is_empty() && quiet {
        sentence(PLAIN, &overview::nothing(plan), look, &mut text);
        return text;
    }
    header(plan, look, &mut text);
    let items = Items::of(plan);
    if !plan.is_empty() {
        let shown: Vec<&items::Item> = items.destructive.iter().chain(items.rest.iter().take(SHOWN)).collect();
        rows::write(&shown, look, &mut text);
        more(items.rest.len(), look, &mut text);
        text.push('\n');
    }
    drift(heading::DRIFT, &items::drifts(&plan.drift), look, &mut text);
    drift(heading::KNOWN_DRIFT, &items::known(&plan.known_drift), look, &mut text);
    refusals(plan, look, &mut text);
    warnings(plan, look, &mut text);
    if plan.is_empty() {
        sentence(PLAIN, &overview::nothing(plan), look, &mut text);
        return text;
    }
    sentence(BOLD, &overview::sum(&plan.summary()), look, &mut text);
    if let Some(calls) = overview::calls(plan) {
        sentence(PLAIN, &heading::calls(&calls), look, &mut text);
    }
    if let Some(skipped) = overview::preflight(plan) {
        sentence(YELLOW, skipped, look, &mut text);
    }
    for consent in overview::consents(plan) {
        sentence(RED, &consent, look, &mut text);
    }
    // Never broken, whatever the width: it is there to be copied.
    let _ = writeln!(text, "{}", heading::changes(plan.changes().as_str()));
    text
}

fn sentence(style: anstyle::Style, words: &str, look: Look, to: &mut String) {
    Line::new().push(style, words).write_wrapped(look, 2, to);
}

/// Which stack it is, where, and how much of it is recorded.
pub(super) fn header(plan: &Plan, look: Look, to: &mut String) {
    let real = overview::place(plan);
    let place = plan.cloud.region.as_deref().or(real.is_none().then_some(plan.cloud.endpoint.as_str()));
    let mut place_line = Line::new();
    place_line.push(DIM, place.unwrap_or_default());
    let mut line = Line::new();
    line.push(PLAIN, heading::STACK).push(BOLD, plan.stack.as_str());
    line.push(PLAIN, &format!("   {}   {}", overview::basis(plan), overview::census(plan)));
    let room = look.width.saturating_sub(line.width() + 2);
    if place_line.width() <= room {
        // At the right edge, where there is one.
        let at = if look.width == UNBROKEN { line.width() + 3 } else { look.width - place_line.width() };
        line.pad(at).append(&place_line);
        line.write(look, to);
    } else {
        line.write_wrapped(look, 2, to);
        let mut second = Line::new();
        second.push(PLAIN, heading::IN).append(&place_line).write_wrapped(look, 2, to);
    }
    if let Some((project, endpoint)) = real {
        let told = |project: &str| {
            let mut line = Line::new();
            line.push(PLAIN, &heading::place(project, endpoint));
            line
        };
        let whole = told(project);
        let line = if whole.width() <= look.width { whole } else { told(&ends(project)) };
        line.write_wrapped(look, 2, to);
    }
    if let Some(day) = plan.as_of {
        sentence(PLAIN, &heading::as_of(day), look, to);
    }
    if plan.scope == Scope::Targeted {
        sentence(YELLOW, heading::TARGETED, look, to);
    }
    to.push('\n');
}

/// A long id by its two ends.
fn ends(id: &str) -> Cow<'_, str> {
    const SHOWN: usize = 4;
    match (id.get(..SHOWN), id.len().checked_sub(SHOWN).and_then(|from| id.get(from..))) {
        (Some(first), Some(last)) if id.len() > 4 * SHOWN => Cow::Owned(format!("{first}…{last}")),
        _ => Cow::Borrowed(id),
    }
}

fn more(all: usize, look: Look, to: &mut String) {
    if all > SHOWN {
        sentence(DIM, &heading::more_in_json(all - SHOWN), look, to);
    }
}

/// Drift under its heading, a line for each item; nothing where there is none.
pub(super) fn drift(title: &str, drifts: &[items::DriftItem<'_>], look: Look, to: &mut String) {
    if drifts.is_empty() {
        return;
    }
    sentence(YELLOW, title, look, to);
    let drifts_shown = &drifts[..drifts.len().min(SHOWN)];
    let columns = |text: &str| Some(width(&plain(text))).filter(|width| *width <= WIDEST_CELL);
    let address_width = drifts_shown.iter().filter_map(|drift| columns(&drift.address)).max().unwrap_or(0);
    let cells: Vec<Option<words::drift::Cells>> =
        drifts_shown.iter().map(|drift| words::drift::cells(drift.change)).collect();
    let fields = cells.iter().flatten().filter_map(|cells| columns(cells.field));
    let field_width = fields.max().unwrap_or(0);
    for (items::DriftItem { address, change, volumes, known }, cells) in drifts_shown.iter().zip(cells) {
        let mut line = Line::new();
        line.push(PLAIN, "  ").push(PLAIN, address).pad(2 + address_width).push(PLAIN, "  ");
        match cells {
            None => drop(line.push(PLAIN, &words::drift::gone(change, *volumes))),
            Some(cells) => {
                let [recorded, observed] = cells.written(|value| format!("\"{value}\""));
                line.push(PLAIN, cells.field).pad(2 + address_width + 2 + field_width);
                line.push(PLAIN, &format!("  {recorded} -> {observed}"));
            }
        }
        if let Some((until, reason)) = known {
            line.push(DIM, &format!("  {}", words::drift::known(*until, reason)));
        }
        line.write_wrapped(look, 4, to);
    }
    more(drifts.len(), look, to);
    to.push('\n');
}

/// What is refused, and what would lift it.
pub(super) fn refusals(plan: &Plan, look: Look, to: &mut String) {
    let refusals = items::refusals(plan);
    for refused in refusals.iter().take(SHOWN) {
        let mut line = Line::new();
        line.push(RED, heading::REFUSED).push(BOLD, &subjects(&refused.subjects));
        let several = heading::of_several(refused.addresses);
        line.push(PLAIN, &format!(" {}{several}: {}", refused.wish, refused.reason));
        line.write_wrapped(look, 2, to);
        let mut line = Line::new();
        line.push(CYAN, &format!("  {}", heading::LIFT)).push(PLAIN, &refused.lift);
        line.write_wrapped(look, 4, to);
    }
    more(refusals.len(), look, to);
    if !refusals.is_empty() {
        to.push('\n');
    }
}

/// The first few; the count stands beside them.
pub(super) fn subjects(subjects: &[String]) -> String {
    const FIRST: usize = 8;
    let first = subjects.iter().take(FIRST).cloned().collect::<Vec<_>>().join(", ");
    match subjects.len().saturating_sub(FIRST) {
        0 => first,
        more => heading::and_more(&first, more),
    }
}

/// The warnings but those of the manifest, which every command tells with the line that they are about before it begins.
fn warnings_of(plan: &Plan) -> impl Iterator<Item = &Warning> {
    plan.warnings.iter().filter(|warning| !matches!(warning, Warning::Manifest { .. }))
}

pub(super) fn warnings(plan: &Plan, look: Look, to: &mut String) {
    let number = warnings_of(plan).count();
    for warning in warnings_of(plan).take(SHOWN) {
        let mut line = Line::new();
        line.push(YELLOW, heading::WARNING).push(PLAIN, &words::warning::text(warning)).write_wrapped(look, 2, to);
    }
    more(number, look, to);
    if number > 0 {
        to.push('\n');
    }
}

#[cfg(test)]
mod tests;
