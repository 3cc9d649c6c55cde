//! How text looks: the colours that output has, and the width and colour that one stream takes.

use anstyle::{AnsiColor, Style};

pub(crate) const RED: Style = AnsiColor::Red.on_default().bold();
pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default();
pub(crate) const CYAN: Style = AnsiColor::Cyan.on_default();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const PLAIN: Style = Style::new();

/// The width of what is not read on a terminal: `grep` and a CI's log take a sentence as one line.
pub(crate) const UNBROKEN: usize = usize::MAX;

/// How text is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Columns of a line; the greatest number where lines are not broken.
    pub width: usize,
    /// Whether to put colours in.
    pub color: bool,
}
