//! A plan as a comment on a pull request.
//!
//! Texts from the cloud or a file stand in code spans only, which no Markdown reader interprets: no
//! HTML, no link, no mention, no table gets out of one.

mod short;
mod span;

use super::items::{self, Item, Items};
use super::{human, rows};
use crate::plan::{Plan, Scope, Warning};
use crate::words::heading::{self, Section};
use crate::words::item::Part;
use crate::words::{self, count, overview};
use span::{code, prose};
use std::fmt::Write as _;

/// The most bytes: GitHub's comments may have 65,536 characters, and something may stand around it.
pub const MOST: usize = 60_000;
/// What is kept free for the ends of sections and for the notes of what was left out.
const RESERVE: usize = 2_000;
/// With less room than that a stack has no page of its own among several.
const LEAST: usize = 2 * RESERVE;

/// The plan in Markdown, at most [`MOST`] bytes whatever its size.
///
/// What may cost data comes first and is never folded away; where not all of it fits in full, the rest is told in a short
/// form: how much of which key.
pub fn plan(plan: &Plan) -> String {
    plan_within(plan, MOST)
}

/// The same of several stacks, each with its PATH, in one page of at most [`MOST`] bytes: first what each comes to, then each
/// in as much room as is left for it.
pub fn plans(stacks: &[Stack<'_>]) -> String {
    pages(&heading::pages(stacks.len()), stacks, overview_of_plan, plan_within)
}

/// What was changed from outside, in Markdown, at most [`MOST`] bytes.
pub fn drift(plan: &Plan) -> String {
    drift_within(plan, MOST)
}

/// The same of several stacks, as [`plans`].
pub fn drifts(stacks: &[Stack<'_>]) -> String {
    pages(&heading::drift_pages(stacks.len()), stacks, words::drift::sum, drift_within)
}

/// A stack by its PATH, with its plan, or why there is none.
pub type Stack<'a> = (&'a str, Result<&'a Plan, &'a str>);

fn overview_of_plan(plan: &Plan) -> String {
    match plan.is_empty() {
        true => overview::nothing(plan),
        false => overview::sum(&plan.summary()),
    }
}

fn pages(title: &str, stacks: &[Stack<'_>], sum: fn(&Plan) -> String, within: fn(&Plan, usize) -> String) -> String {
    let mut text = format!("### {title}\n\n");
    // What may cost data, and what is refused or failed, is never what a long list leaves out.
    let mut stacks: Vec<&Stack<'_>> = stacks.iter().collect();
    stacks.sort_by_cached_key(|(_, plan)| match plan {
        Ok(plan) if !Items::of(plan).destructive.is_empty() => 0,
        Err(_) => 1,
        Ok(plan) if !plan.refusals.is_empty() => 2,
        Ok(_) => 3,
    });
    for (number, (path, plan)) in stacks.iter().enumerate() {
        let path = short_path(path);
        let line = match plan {
            Ok(plan) => format!("- {} {}: {}\n", code(&path), code(plan.stack.as_str()), sum(plan)),
            Err(error) => format!("- {} {}\n", code(&path), prose(&short(error))),
        };
        if text.len() + line.len() > MOST / 2 {
            let _ = writeln!(text, "- {}", heading::more((stacks.len() - number) as u64));
            break;
        }
        text.push_str(&line);
    }
    let pages: Vec<(&str, &Plan)> = stacks.iter().filter_map(|(path, plan)| Some((*path, plan.ok()?))).collect();
    for (number, (path, plan)) in pages.iter().enumerate() {
        let place = format!("\n---\n\n{}\n\n", code(&short_path(path)));
        let room = (MOST - RESERVE).saturating_sub(text.len());
        // A stack that destroys something has as much room as it needs; the others share what is left.
        let destroys = !Items::of(plan).destructive.is_empty();
        let room = if destroys { room } else { room / (pages.len() - number) };
        let room = room.saturating_sub(place.len());
        let whole = within(plan, MOST);
        let page = if whole.len() > room && room > LEAST { within(plan, room) } else { whole };
        let part = match page.len() > room {
            true => format!("{place}{}\n", heading::NO_ROOM),
            false => format!("{place}{page}"),
        };
        if text.len() + part.len() > MOST {
            break;
        }
        text.push_str(&part);
    }
    text
}

/// A PATH as a list shows it: its end, where it is long.
fn short_path(path: &str) -> String {
    const SHOWN: usize = 60;
    match path.chars().count().checked_sub(SHOWN) {
        Some(cut) if cut > 0 => format!("…{}", path.chars().skip(cut).collect::<String>()),
        _ => path.to_owned(),
    }
}

/// An error as one line of a list.
fn short(error: &str) -> String {
    const SHOWN: usize = 300;
    let mut short: String = error.chars().take(SHOWN).collect();
    if error.chars().nth(SHOWN).is_some() {
        short.push('…');
    }
    short
}

fn drift_within(plan: &Plan, most: usize) -> String {
    let mut page = Page { text: drift_head(plan), left_out: Vec::new(), most };
    let refusals = items::refusals(plan);
    page.section(Section::Refusals(plan.summary().refused), false, refusals.iter().map(refusal));
    page.section(Section::Drift, false, items::drifts(&plan.drift).iter().map(drifted));
    page.section(Section::KnownDrift, true, items::known(&plan.known_drift).iter().map(drifted));
    page.section(Section::Warnings, true, plan.warnings.iter().map(warning));
    page.end()
}

fn warning(warning: &Warning) -> String {
    format!("- {}\n", prose(&words::warning::text(warning)))
}

fn plan_within(plan: &Plan, most: usize) -> String {
    let mut page = Page { text: head(plan), left_out: Vec::new(), most };
    let items = Items::of(plan);
    page.destructive(&items.destructive, plan);
    let refusals = items::refusals(plan);
    page.section(Section::Refusals(plan.summary().refused), false, refusals.iter().map(refusal));
    page.section(Section::Changes, true, items.rest.iter().map(item));
    page.section(Section::Drift, true, items::drifts(&plan.drift).iter().map(drifted));
    page.section(Section::KnownDrift, true, items::known(&plan.known_drift).iter().map(drifted));
    page.section(Section::Warnings, true, plan.warnings.iter().map(warning));
    page.end()
}

fn drift_head(plan: &Plan) -> String {
    let mut text =
        format!("### {}\n\n**{}**\n", heading::drift_page(&code(plan.stack.as_str())), words::drift::sum(plan));
    place(plan, &mut text);
    text
}

fn head(plan: &Plan) -> String {
    let mut text = format!("### {}\n\n", heading::page(&code(plan.stack.as_str())));
    if plan.is_empty() {
        let _ = writeln!(text, "{}.", capital(&overview::nothing(plan)));
    } else {
        let _ = writeln!(text, "**{}**", overview::sum(&plan.summary()));
    }
    place(plan, &mut text);
    if plan.scope == Scope::Targeted {
        let _ = writeln!(text, "\n{}", heading::TARGETED_PAGE);
    }
    if !plan.is_empty() {
        if let Some(calls) = overview::calls(plan) {
            let _ = writeln!(text, "\n{}", capital(&heading::calls(&calls)));
        }
        if let Some(skipped) = overview::preflight(plan) {
            let _ = writeln!(text, "\n{}", capital(skipped));
        }
        for consent in overview::consents(plan) {
            let _ = writeln!(text, "\n**{}**", capital(&consent));
        }
        let _ = writeln!(text, "\n{}", heading::changes(&format!("`{}`", plan.changes())));
    }
    text
}

/// Where the stack is, and how much of it is recorded.
fn place(plan: &Plan, text: &mut String) {
    // Whatever a manifest calls its region or its endpoint, the head stays short.
    let short = |text: &str| code(&text.chars().take(200).collect::<String>());
    let real = overview::place(plan);
    let place = plan.cloud.region.as_deref().or(real.is_none().then_some(plan.cloud.endpoint.as_str()));
    let place = place.map(|place| short(place) + ", ").unwrap_or_default();
    let _ = writeln!(text, "\n{place}{}, {}", overview::basis(plan), overview::census(plan));
    if let Some((project, endpoint)) = real {
        let _ = writeln!(text, "\n{}", heading::place(&short(project), &short(endpoint)));
    }
    if let Some(day) = plan.as_of {
        let _ = writeln!(text, "\n{}", capital(&heading::as_of(day)));
    }
}

/// A comment that grows while there is room.
struct Page {
    text: String,
    left_out: Vec<String>,
    /// The most bytes that it may have.
    most: usize,
}

impl Page {
    /// Adds what may cost data, of which nothing is left out.
    fn destructive(&mut self, items: &[Item], plan: &Plan) {
        let full: Vec<String> = items.iter().map(item).collect();
        let title = Section::Destructive.title(items.len());
        let room = self.most.saturating_sub(RESERVE + self.text.len() + title.len() + 8);
        if full.iter().map(String::len).sum::<usize>() <= room {
            return self.section(Section::Destructive, false, full.into_iter());
        }
        let (shown, rest) = short::fit(items, &full, &short::Sizes::of(plan), room);
        let _ = write!(self.text, "\n#### {title}\n\n");
        self.text.extend(full.into_iter().take(shown));
        self.text.push_str(if shown == 0 { rest.trim_start() } else { &rest });
    }

    /// The page, with what was left out of it.
    fn end(mut self) -> String {
        if !self.left_out.is_empty() {
            let _ = writeln!(self.text, "\n{}", heading::left_out(&self.left_out));
        }
        self.text
    }

    /// Adds a list under a title; inside `<details>` where it may be folded away.
    fn section(&mut self, section: Section, folded: bool, entries: impl ExactSizeIterator<Item = String>) {
        let all = entries.len() as u64;
        if all == 0 {
            return;
        }
        let mut body = String::new();
        let mut shown = 0;
        for entry in entries {
            if self.text.len() + body.len() + entry.len() > self.most.saturating_sub(RESERVE) {
                break;
            }
            body.push_str(&entry);
            shown += 1;
        }
        let missing = all - shown;
        if missing > 0 {
            self.left_out.push(section.entries(missing));
        }
        if shown == 0 {
            return;
        }
        if missing > 0 {
            let _ = writeln!(body, "- {}", heading::more(missing));
        }
        let title = section.title(usize::try_from(all).unwrap_or(usize::MAX));
        // Without the empty line behind it a reader takes the list for HTML.
        let _ = match folded {
            true => write!(self.text, "\n<details><summary>{title}</summary>\n\n{body}\n</details>\n"),
            false => write!(self.text, "\n#### {title}\n\n{body}"),
        };
    }
}

fn item(item: &Item) -> String {
    let (sign, _) = rows::sign(item.action);
    let mut text = format!("- {} {} {}: ", code(sign), code(&item.address()), words::progress::verb_word(item.verb));
    if item.slots.len() > 1 {
        let _ = write!(text, "{}, ", count(item.slots.len() as u64, "volume"));
    }
    parts(item, &item.what, &mut text);
    if !item.more.is_empty() {
        text.push_str(", ");
        parts(item, &item.more, &mut text);
    }
    if let Some(id) = &item.id {
        let _ = write!(text, ", volume {}", code(id.as_str()));
    }
    if item.calls > 0 && item.slots.len() > 1 {
        let _ = write!(text, ", {}", count(item.calls, "call"));
    }
    if item.renames > 0 {
        let _ = write!(text, ", {}", count(item.renames, "rename"));
    }
    text.push('\n');
    text
}

fn parts(item: &Item, parts: &[Part], text: &mut String) {
    for part in parts {
        match part {
            Part::Word(word) | Part::Id(word) | Part::Quote(word) => text.push_str(&code(word)),
            Part::Words(words) => text.push_str(&prose(words)),
            Part::Numbered(base) => text.push_str(&code(&item.numbered(base))),
            Part::Diff(old, new) => {
                let _ = write!(text, "{} → {}", code(old), code(new));
            }
            Part::Of { one, several } => text.push_str(if item.slots.len() == 1 { one } else { several }),
            Part::Text(own) => text.push_str(&own.replace("->", "→").replace("  ", ", ")),
        }
    }
}

fn drifted(drift: &items::DriftItem<'_>) -> String {
    let address = code(&drift.address);
    let what = match words::drift::cells(drift.change) {
        None => words::drift::gone(drift.change, drift.volumes),
        Some(cells) => {
            let [recorded, observed] = cells.written(code);
            format!("{}: {recorded} → {observed}", code(cells.field))
        }
    };
    let known = drift.known.map(|(until, reason)| format!(", {}", prose(&words::drift::known(until, reason))));
    format!("- {address} {what}{}\n", known.unwrap_or_default())
}

fn refusal(refused: &items::Refused) -> String {
    let items::Refused { subjects, wish, reason, lift, addresses } = refused;
    let several = heading::of_several(*addresses);
    format!(
        "- {} {}{several}: {}\n  {}{}\n",
        code(&human::subjects(subjects)),
        prose(wish),
        prose(reason),
        capital(heading::LIFT),
        prose(lift),
    )
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().collect::<String>() + characters.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
