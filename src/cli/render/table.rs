//! Aligned columns, one thing a line. Lines stay unbroken whatever the width: they are there for copying and for
//! `grep`.

use super::line::width;
use crate::cli::safe::plain;
use std::fmt::Write as _;

/// Writes the rows under their heads. Of the column `right`, cells end at the same place, as numbers shall.
pub(super) fn table<const N: usize>(heads: [&str; N], right: usize, rows: impl Iterator<Item = [String; N]>) -> String {
    let safe = |row: [String; N]| row.map(|cell| plain(&cell).into_owned());
    let rows: Vec<[String; N]> = std::iter::once(heads.map(str::to_owned)).chain(rows.map(safe)).collect();
    let mut widths = [0; N];
    for row in &rows {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = width(cell).max(*widest);
        }
    }
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (at, (cell, widest)) in row.iter().zip(widths).enumerate() {
            let space = " ".repeat(widest - width(cell));
            let cell = if at == right { format!("{space}{cell}") } else { format!("{cell}{space}") };
            let _ = write!(line, "{cell}  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
