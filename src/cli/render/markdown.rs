//! A plan as a comment on a pull request.
//!
//! Texts from the cloud or a file stand in code spans only, which no Markdown reader interprets: no
//! HTML, no link, no mention, no table gets out of one.

mod short;
mod span;

use super::items::{self, Item, Items};
use super::{human, rows};
use crate::plan::{Plan, Scope};
use crate::words::heading::{self, Section};
use crate::words::item::Part;
use crate::words::{self, count, overview};
use span::{code, prose};
use std::fmt::Write as _;

/// The most bytes: GitHub's comments may have 65,536 characters, and something may stand around it.
pub const MOST: usize = 60_000;
/// What is kept free for the ends of sections and for the notes of what was left out.
const RESERVE: usize = 2_000;

/// The plan in Markdown, at most [`MOST`] bytes whatever its size.
///
/// What may cost data comes first and is never folded away; where not all of it fits in full, the rest is told in a short
/// form: how much of which key.
pub fn plan(plan: &Plan) -> String {
    let mut page = Page { text: head(plan), left_out: Vec::new() };
    let items = Items::of(plan);
    page.destructive(&items.destructive, plan);
    let refusals = items::refusals(plan);
    page.section(Section::Refusals(plan.summary().refused), false, refusals.iter().map(refusal));
    page.section(Section::Changes, true, items.rest.iter().map(item));
    let drifts = items::drifts(&plan.drift);
    let drifts = drifts.iter().map(|drift| {
        let address = code(&drift.address);
        match words::drift::cells(drift.change) {
            None => format!("- {address} {}\n", words::drift::gone(drift.volumes)),
            Some(cells) => {
                let [field, recorded, observed] = cells.map(|cell| code(&cell));
                format!("- {address} {field}: {recorded} → {observed}\n")
            }
        }
    });
    page.section(Section::Drift, true, drifts);
    let warnings = plan.warnings.iter().map(|warning| format!("- {}\n", prose(&words::warning::text(warning))));
    page.section(Section::Warnings, true, warnings);
    if !page.left_out.is_empty() {
        let _ = writeln!(page.text, "\n{}", heading::left_out(&page.left_out));
    }
    page.text
}

fn head(plan: &Plan) -> String {
    let mut text = format!("### {}\n\n", heading::page(&code(plan.stack.as_str())));
    if plan.is_empty() {
        let _ = writeln!(text, "{}.", capital(&overview::nothing(plan)));
    } else {
        let _ = writeln!(text, "**{}**", overview::sum(&plan.summary()));
    }
    // Whatever a manifest calls its region or its endpoint, the head stays short.
    let short = |text: &str| code(&text.chars().take(200).collect::<String>());
    let real = overview::place(plan);
    let place = plan.cloud.region.as_deref().or(real.is_none().then_some(plan.cloud.endpoint.as_str()));
    let place = place.map(|place| short(place) + ", ").unwrap_or_default();
    let _ = writeln!(text, "\n{place}{}, {}", overview::basis(plan), overview::census(plan));
    if let Some((project, endpoint)) = real {
        let _ = writeln!(text, "\n{}", heading::place(&short(project), &short(endpoint)));
    }
    if plan.scope == Scope::Targeted {
        let _ = writeln!(text, "\n{}", heading::TARGETED_PAGE);
    }
    if !plan.is_empty() {
        if let Some(calls) = overview::calls(plan) {
            let _ = writeln!(text, "\n{}", capital(&heading::calls(&calls)));
        }
        for consent in overview::consents(plan) {
            let _ = writeln!(text, "\n**{}**", capital(&consent));
        }
        let _ = writeln!(text, "\n{}", heading::changes(&format!("`{}`", plan.changes())));
    }
    text
}

/// A comment that grows while there is room.
struct Page {
    text: String,
    left_out: Vec<String>,
}

impl Page {
    /// Adds what may cost data, of which nothing is left out.
    fn destructive(&mut self, items: &[Item], plan: &Plan) {
        let full: Vec<String> = items.iter().map(item).collect();
        let title = Section::Destructive.title(items.len());
        let room = (MOST - RESERVE).saturating_sub(self.text.len() + title.len() + 8);
        if full.iter().map(String::len).sum::<usize>() <= room {
            return self.section(Section::Destructive, false, full.into_iter());
        }
        let (shown, rest) = short::fit(items, &full, &short::Sizes::of(plan), room);
        let _ = write!(self.text, "\n#### {title}\n\n");
        self.text.extend(full.into_iter().take(shown));
        self.text.push_str(if shown == 0 { rest.trim_start() } else { &rest });
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
            if self.text.len() + body.len() + entry.len() > MOST - RESERVE {
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
