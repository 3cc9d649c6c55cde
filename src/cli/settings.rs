//! What the surroundings say: the environment and the terminal, read once and turned into plain values.

use super::style::UNBROKEN;
use clap::ValueEnum;
use std::io::IsTerminal as _;

/// How wide a line may be where nobody says.
const DEFAULT_WIDTH: usize = 80;

/// When to colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless the environment says otherwise.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Surroundings, resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whether stdout is to be coloured.
    pub color_stdout: bool,
    /// Whether stderr is to be coloured.
    pub color_stderr: bool,
    /// Whether somebody can answer.
    pub stdin_is_terminal: bool,
    /// Whether stdout is read by a person.
    pub stdout_is_terminal: bool,
    /// Whether stderr is read by a person, and can be drawn on.
    pub stderr_is_terminal: bool,
    /// The columns of a line of stdout; where it is no terminal and `COLUMNS` says nothing, lines are not broken, and this is
    /// the greatest number.
    pub width_stdout: usize,
    /// The same of stderr.
    pub width_stderr: usize,
}

/// Which standard streams are terminals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminals {
    /// Standard input.
    pub stdin: bool,
    /// Standard output.
    pub stdout: bool,
    /// Standard error.
    pub stderr: bool,
    /// The terminal's width, where there is one.
    pub width: Option<usize>,
}

impl Settings {
    /// Reads the process's own surroundings.
    pub fn read(color: ColorWhen) -> Settings {
        let terminals = Terminals {
            stdin: std::io::stdin().is_terminal(),
            stdout: std::io::stdout().is_terminal(),
            stderr: std::io::stderr().is_terminal(),
            width: terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)),
        };
        Settings::resolve(color, terminals, &environment)
    }

    /// Decides. `--color` counts most; then `NO_COLOR`; then `CLICOLOR_FORCE`; then `CLICOLOR=0` and a
    /// dumb terminal; then whether the stream is a terminal.
    pub fn resolve(color: ColorWhen, terminals: Terminals, lookup: &dyn Fn(&str) -> Option<String>) -> Settings {
        let set = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let dumb = set("TERM").is_some_and(|term| term == "dumb");
        let colored = |terminal: bool| match color {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto if set("NO_COLOR").is_some() => false,
            ColorWhen::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
            ColorWhen::Auto => terminal && !dumb && set("CLICOLOR").is_none_or(|value| value != "0"),
        };
        let said = set("COLUMNS").and_then(|columns| columns.parse().ok());
        // Narrower than 40 no table is one, and longer than 160 no line is read.
        let width = |terminal: bool| match said.or(terminal.then(|| terminals.width.unwrap_or(DEFAULT_WIDTH))) {
            Some(width) => width.clamp(40, 160),
            None => UNBROKEN,
        };
        Settings {
            color_stdout: colored(terminals.stdout),
            color_stderr: colored(terminals.stderr),
            stdin_is_terminal: terminals.stdin,
            stdout_is_terminal: terminals.stdout,
            stderr_is_terminal: terminals.stderr && !dumb,
            width_stdout: width(terminals.stdout),
            width_stderr: width(terminals.stderr),
        }
    }
}

/// One variable of the environment; `None` where it is not set or is not text.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The same where it is not empty: an empty one means as much as none.
pub fn set(name: &str) -> Option<String> {
    environment(name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colors(color: ColorWhen, terminal: bool, variables: &[(&str, &str)]) -> bool {
        let terminals = Terminals { stdin: terminal, stdout: terminal, stderr: terminal, width: None };
        let lookup = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        Settings::resolve(color, terminals, &lookup).color_stdout
    }

    #[test]
    fn the_flag_counts_most_and_no_color_next() {
        assert!(colors(ColorWhen::Auto, true, &[]));
        assert!(!colors(ColorWhen::Auto, false, &[]));
        assert!(!colors(ColorWhen::Auto, true, &[("NO_COLOR", "1")]));
        assert!(colors(ColorWhen::Auto, true, &[("NO_COLOR", "")]));
        assert!(colors(ColorWhen::Auto, false, &[("CLICOLOR_FORCE", "1")]));
        assert!(!colors(ColorWhen::Auto, false, &[("CLICOLOR_FORCE", "0")]));
        assert!(!colors(ColorWhen::Auto, true, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
        assert!(!colors(ColorWhen::Auto, true, &[("CLICOLOR", "0")]));
        assert!(!colors(ColorWhen::Auto, true, &[("TERM", "dumb")]));
        assert!(colors(ColorWhen::Always, false, &[("NO_COLOR", "1")]));
        assert!(!colors(ColorWhen::Never, true, &[("CLICOLOR_FORCE", "1")]));
    }

    #[test]
    fn the_width_is_a_sane_one_and_lines_in_a_pipe_are_not_broken() {
        let widths = |columns: &str, width, stdout| {
            let terminals = Terminals { stdin: false, stdout, stderr: true, width };
            let settings =
                Settings::resolve(ColorWhen::Auto, terminals, &|name| (name == "COLUMNS").then(|| columns.to_owned()));
            (settings.width_stdout, settings.width_stderr)
        };
        assert_eq!(widths("", None, true), (80, 80));
        assert_eq!(widths("", Some(120), true), (120, 120));
        assert_eq!(widths("100", Some(120), true), (100, 100));
        assert_eq!(widths("wide", Some(3), true), (40, 40));
        assert_eq!(widths("99999", None, true), (160, 160));
        assert_eq!(widths("", Some(120), false), (UNBROKEN, 120));
        assert_eq!(widths("100", None, false), (100, 100));
    }
}
