//! Items as rows in columns that never grow wider than the page.

use super::items::{Item, Part};
use super::line::{CYAN, DIM, GREEN, Line, Look, PLAIN, RED, YELLOW};
use super::textdiff;
use super::words::count;
use crate::plan::Action;
use anstyle::Style;

/// A longer address gets a line of its own.
const WIDEST_ADDRESS: usize = 26;

/// How much of an id is shown where the whole is not needed; the JSON has it.
const SHORT_ID: usize = 8;

/// The sign and the colour of an action.
pub(super) fn sign(action: Action) -> (&'static str, Style) {
    match action {
        Action::Recreate => ("!", RED),
        Action::Clean => ("-", RED),
        Action::Resume => ("?", CYAN),
        Action::Rename => ("~", YELLOW),
        Action::Create => ("+", GREEN),
        Action::Forget => (".", DIM),
    }
}

/// Writes the items in columns that all of them share.
pub(super) fn write(items: &[&Item], look: Look, to: &mut String) {
    let rows: Vec<Row> = items.iter().map(|item| Row::of(item, look)).collect();
    let address = widest(&rows, |row| row.address.len(), WIDEST_ADDRESS);
    let verb = widest(&rows, |row| row.action.word().len(), usize::MAX);
    let room = look.width.saturating_sub(2 + address + 2 + verb + 2).max(20);
    let what = widest(&rows, |row| if row.note.is_empty() { 0 } else { row.what.width() }, room);
    for row in &rows {
        row.write([address, verb, what, room], look, to);
    }
}

/// The widest that is not wider than `most`.
fn widest(rows: &[Row], measure: impl Fn(&Row) -> usize, most: usize) -> usize {
    rows.iter().map(measure).filter(|width| *width <= most).max().unwrap_or(0)
}

struct Row {
    action: Action,
    address: String,
    what: Line,
    note: String,
}

impl Row {
    fn of(item: &Item, look: Look) -> Row {
        let mut what = Line::new();
        let several = item.slots.len() > 1;
        if several && item.action != Action::Resume {
            what.push(PLAIN, &format!("{} x ", item.slots.len()));
        }
        for part in &item.what {
            match part {
                Part::Text(text) => what.push(PLAIN, text),
                Part::Word(word) | Part::Words(word) => what.push(PLAIN, word),
                Part::Id(id) => what.push(PLAIN, &id.chars().take(SHORT_ID).collect::<String>()),
                Part::Quote(text) => what.push(PLAIN, "\"").push(PLAIN, text).push(PLAIN, "\""),
                Part::Numbered(base) => what.push(PLAIN, "\"").push(PLAIN, &item.numbered(base)).push(PLAIN, "\""),
                Part::Diff(old, new) => what.append(&textdiff::words(old, new, look)),
            };
        }
        let mut note = String::new();
        if item.calls > 0 && several {
            note = count(item.calls, "call");
        }
        if item.renames > 0 {
            let comma = if note.is_empty() { "" } else { ", " };
            note = format!("{note}{comma}{}", count(item.renames, "rename"));
        }
        Row { action: item.action, address: item.address(), what, note }
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
        head.pad(2 + address + 2).push(style, self.action.word()).pad(indent);

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
        let notes = if after.is_empty() { Vec::new() } else { after.wrap(room) };
        for line in lines.chain(notes) {
            let mut whole = Line::new();
            whole.pad(indent).append(&line).write(look, to);
        }
    }
}
