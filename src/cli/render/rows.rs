//! Items as rows in columns that never grow wider than the page.

use super::items::Item;
use super::line::Line;
use super::textdiff;
use crate::cli::style::{CYAN, DIM, GREEN, Look, PLAIN, RED, YELLOW};
use crate::plan::Action;
use crate::words::count;
use crate::words::item::Part;
use crate::words::progress::verb_word;
use anstyle::Style;

/// A longer address gets a line of its own.
const WIDEST_ADDRESS: usize = 26;

/// Notes stand below one another behind what is no wider.
const WIDEST_WHAT: usize = 60;

/// How much of an id is shown where the whole is not needed; the JSON has it.
const SHORT_ID: usize = 8;

/// The sign and the colour of an action.
pub(super) fn sign(action: Action) -> (&'static str, Style) {
    match action {
        Action::Recreate => ("!", RED),
        Action::Clean | Action::Delete => ("-", RED),
        Action::Resume => ("?", CYAN),
        Action::Adopt | Action::Import => ("=", CYAN),
        Action::Extend | Action::Rename | Action::Retag | Action::Protect | Action::Unprotect => ("~", YELLOW),
        Action::Create => ("+", GREEN),
        Action::Move => (">", CYAN),
        Action::Forget | Action::Release => (".", DIM),
    }
}

/// Writes the items in columns that all of them share.
pub(super) fn write(items: &[&Item], look: Look, to: &mut String) {
    let rows: Vec<Row> = items.iter().map(|item| Row::of(item)).collect();
    let address = widest(&rows, |row| row.address.len(), WIDEST_ADDRESS);
    let verb = widest(&rows, |row| row.verb.len(), usize::MAX);
    let room = look.width.saturating_sub(2 + address + 2 + verb + 2).max(20);
    let what = widest(&rows, |row| if row.note.is_empty() { 0 } else { row.what.width() }, room.min(WIDEST_WHAT));
    for row in &rows {
        row.write([address, verb, what, room], look, to);
    }
}

/// The widest that is not wider than `most`.
fn widest(rows: &[Row], measure: impl Fn(&Row) -> usize, most: usize) -> usize {
    rows.iter().map(measure).filter(|width| *width <= most).max().unwrap_or(0)
}

fn line_of(item: &Item, parts: &[Part]) -> Line {
    let mut line = Line::new();
    for part in parts {
        match part {
            Part::Text(text) => line.push(PLAIN, text),
            Part::Of { one, several } => line.push(PLAIN, if item.slots.len() == 1 { one } else { several }),
            Part::Word(word) | Part::Words(word) => line.push(PLAIN, word),
            Part::Id(id) => line.push(PLAIN, short(id)),
            Part::Quote(text) => line.push(PLAIN, "\"").push(PLAIN, text).push(PLAIN, "\""),
            Part::Numbered(base) => line.push(PLAIN, "\"").push(PLAIN, &item.numbered(base)).push(PLAIN, "\""),
            Part::Diff(old, new) => line.append(&textdiff::words(old, new)),
        };
    }
    line
}

fn short(id: &str) -> &str {
    id.char_indices().nth(SHORT_ID).map_or(id, |(end, _)| &id[..end])
}

struct Row {
    action: Action,
    verb: &'static str,
    address: String,
    what: Line,
    more: Line,
    note: String,
}

impl Row {
    fn of(item: &Item) -> Row {
        let mut what = Line::new();
        let several = item.slots.len() > 1;
        // What is said of them all needs no number.
        let are_counted = !matches!(item.action, Action::Protect | Action::Unprotect | Action::Move | Action::Release);
        if several && are_counted {
            what.push(PLAIN, &format!("{} x ", item.slots.len()));
        }
        what.append(&line_of(item, &item.what));
        let mut note = String::new();
        if item.calls > 0 && several {
            note = count(item.calls, "call");
        }
        if item.renames > 0 {
            let comma = if note.is_empty() { "" } else { ", " };
            note = format!("{note}{comma}{}", count(item.renames, "rename"));
        }
        if let Some(id) = &item.id {
            note.push_str(short(id.as_str()));
        }
        let more = line_of(item, &item.more);
        Row { action: item.action, verb: verb_word(item.verb), address: item.address(), what, more, note }
    }

    fn write(&self, [address, verb, what, room]: [usize; 4], look: Look, to: &mut String) {
        let (sign, style) = sign(self.action);
        let indent = 2 + address + 2 + verb + 2;
        let mut head = Line::new();
        head.push(style, sign).push(PLAIN, " ");
        if self.address.len() > address {
            head.push(PLAIN, &self.address);
            head.write_wrapped(look, 2, to);
            head = Line::new();
            head.push(PLAIN, "  ");
        } else {
            head.push(PLAIN, &self.address);
        }
        head.pad(2 + address + 2).push(style, self.verb).pad(indent);

        let mut body = self.what.clone();
        let mut after = Line::new();
        if !self.note.is_empty() {
            body.pad(what).push(PLAIN, "  ").push(DIM, &self.note);
            if body.width() > room {
                body = self.what.clone();
                after.push(DIM, &self.note);
            }
        }
        let mut lines = body.wrap(room).into_iter();
        head.append(&lines.next().unwrap_or_default()).write(look, to);
        let below = [after, self.more.clone()].into_iter().filter(|line| !line.is_empty());
        for line in lines.chain(below.flat_map(|line| line.wrap(room))) {
            let mut whole = Line::new();
            whole.pad(indent).append(&line).write(look, to);
        }
    }
}
