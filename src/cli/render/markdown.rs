//! A plan as a comment on a pull request.
//!
//! Texts from the cloud or a file stand in code spans only, which no Markdown reader interprets: no
//! HTML, no link, no mention, no table gets out of one.

use super::items::{self, Item, Items};
use super::{human, rows};
use crate::cli::safe::plain;
use crate::plan::{Plan, Scope};
use crate::words::heading::{self, Section};
use crate::words::item::Part;
use crate::words::{self, count, overview};
use std::fmt::Write as _;

/// The most bytes: GitHub's comments may have 65,536 characters, and something may stand around it.
pub const MOST: usize = 60_000;
/// What is kept free for the ends of sections and for the notes of what was left out.
const RESERVE: usize = 2_000;

/// The plan in Markdown, at most [`MOST`] bytes whatever its size.
///
/// What may cost data comes first and is never folded away; where even that does not fit, its end
/// says how much is missing.
pub fn plan(plan: &Plan) -> String {
    let mut page = Page { text: head(plan), left_out: Vec::new() };
    let items = Items::of(plan);
    page.section(Section::Destructive, false, items.destructive.iter().map(item));
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

/// A sentence, of which only words that no Markdown reader could take for more than words stand
/// outside of code spans. What stands between single backticks is meant as a code span.
fn prose(text: &str) -> String {
    let text = plain(text);
    let mut out = String::with_capacity(text.len() + 8);
    let pieces: Vec<&str> = text.split('`').collect();
    let paired = pieces.len() % 2 == 1 && pieces.iter().skip(1).step_by(2).all(|span| !span.is_empty());
    if !paired {
        words_of(&text, &mut out);
        return out;
    }
    for (at, piece) in pieces.iter().enumerate() {
        // Two spans next to each other would be read as one.
        if at % 2 == 1 && out.ends_with('`') {
            out.push(' ');
        }
        if at % 2 == 1 { out.push_str(&code(piece)) } else { words_of(piece, &mut out) }
    }
    out
}

fn words_of(text: &str, out: &mut String) {
    let words: Vec<&str> = text.split(' ').collect();
    for (at, run) in words.chunk_by(|a, b| is_harmless(a) == is_harmless(b)).enumerate() {
        if at > 0 {
            out.push(' ');
        }
        let text = run.join(" ");
        match run {
            [first, ..] if !is_harmless(first) => {
                if out.ends_with('`') {
                    out.push(' ');
                }
                out.push_str(&code(&text));
            }
            _ => out.push_str(&text.replace("->", "→")),
        }
    }
}

/// Whether a word is letters, digits and the punctuation of sentences, and nothing that readers link:
/// no address of a site, no number of an issue. An underscore means something only at an edge.
fn is_harmless(word: &str) -> bool {
    if word == "->" {
        return true;
    }
    let word = word.trim_start_matches('(').trim_end_matches(['.', ',', ';', ':', '?', ')']);
    !word.starts_with("GH-")
        && !word.starts_with('_')
        && !word.ends_with('_')
        && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '/' | '\'' | ',' | '_'))
}

/// A text as a code span, whatever it holds: on one line, fenced by more backticks than it has in a
/// row. A `|` is safe, since there are no tables.
fn code(text: &str) -> String {
    let text = plain(text);
    if text.trim().is_empty() {
        return heading::EMPTY.to_owned();
    }
    let most = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(most + 1);
    let edge = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let space = if edge { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

#[cfg(test)]
mod tests;
