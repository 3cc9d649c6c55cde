//! Aligned columns, one thing a line. Lines stay unbroken whatever the width: they are there for copying and for
//! `grep`.

use super::line::width;
use crate::cli::safe::plain;
use std::fmt::Write as _;

/// The widest a cell is shown, but for ids and addresses: people copy these.
const WIDEST: usize = 40;
/// What stands for the rest of a cell.
const REST: char = '…';

/// A cell that is not wider than [`WIDEST`].
pub(super) fn cut(cell: &str) -> String {
    if width(cell) <= WIDEST {
        return cell.to_owned();
    }
    let mut short = String::new();
    for c in cell.chars() {
        if width(&short) + width(c.encode_utf8(&mut [0; 4])) + 1 > WIDEST {
            break;
        }
        short.push(c);
    }
    short.push(REST);
    short
}

/// As many of the ids as a cell has room for, each of them whole; the first one always.
pub(super) fn some_ids(ids: &[String]) -> String {
    const BETWEEN: &str = ", ";
    let mut text = String::new();
    for (at, id) in ids.iter().enumerate() {
        if at > 0 {
            text.push_str(BETWEEN);
            let rest = if at + 1 < ids.len() { width(BETWEEN) + 1 } else { 0 };
            if width(&text) + width(id) + rest > WIDEST {
                text.push(REST);
                break;
            }
        }
        text.push_str(id);
    }
    text
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_cell_is_cut_and_an_id_never_is() {
        assert_eq!(cut(&"n".repeat(40)), "n".repeat(40));
        assert_eq!(cut(&"n".repeat(41)), format!("{}…", "n".repeat(39)));
        // Of characters that take two columns, as many as there is room for.
        assert_eq!(cut(&"数".repeat(21)), format!("{}…", "数".repeat(19)));
        let ids = |ids: &[&str]| some_ids(&ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
        let long = "i".repeat(64);
        assert_eq!(ids(&[]), "");
        assert_eq!(ids(&[&long]), long);
        assert_eq!(ids(&[&long, "b"]), format!("{long}, …"));
        assert_eq!(ids(&["a", "b", "c"]), "a, b, c");
        let half = "h".repeat(18);
        assert_eq!(ids(&[&half, &half]), format!("{half}, {half}"));
        assert_eq!(ids(&[&half, &half, "c"]), format!("{half}, …"));
    }
}
