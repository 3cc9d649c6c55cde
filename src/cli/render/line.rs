//! Styled text that knows how wide it is.

use crate::cli::safe::{joins, plain};
use crate::cli::style::{Look, PLAIN};
use anstyle::Style;
use std::fmt::Write as _;
use unicode_width::UnicodeWidthChar as _;

/// A text in pieces of one style each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line(Vec<(Style, String)>);

impl Line {
    pub(crate) fn new() -> Line {
        Line::default()
    }

    /// Adds a piece; what could steer a terminal is spelt out.
    pub(crate) fn push(&mut self, style: Style, text: &str) -> &mut Line {
        let text = plain(text);
        let Some(first) = text.chars().next() else { return self };
        let safe = match self.0.last() {
            // Two pieces may be harmless each and a command to a CI runner together.
            Some((_, before)) if joins(before, &text) => {
                format!("{}{}", first.escape_unicode(), &text[first.len_utf8()..])
            }
            _ => text.into_owned(),
        };
        self.0.push((style, safe));
        self
    }

    pub(crate) fn append(&mut self, other: &Line) -> &mut Line {
        self.0.extend(other.0.iter().cloned());
        self
    }

    /// Adds spaces up to that width.
    pub(crate) fn pad(&mut self, to: usize) -> &mut Line {
        let missing = to.saturating_sub(self.width());
        self.push(PLAIN, &" ".repeat(missing))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| width(text)).sum()
    }

    /// The line as lines of at most that width, broken at spaces where there are some.
    pub(crate) fn wrap(&self, most: usize) -> Vec<Line> {
        if self.width() <= most {
            return vec![self.clone()];
        }
        // A character takes two columns at most: any less and there would be no end.
        let most = most.max(2);
        let all: Vec<(Style, char)> =
            self.0.iter().flat_map(|(style, text)| text.chars().map(|c| (*style, c))).collect();
        let mut lines = Vec::new();
        let (mut start, mut used, mut space) = (0, 0, None);
        let mut at = 0;
        while let Some((_, c)) = all.get(at) {
            let more = char_width(*c);
            if used + more <= most {
                if *c == ' ' {
                    space = Some(at);
                }
                used += more;
                at += 1;
                continue;
            }
            let (end, next) = match space {
                _ if *c == ' ' => (at, at + 1),
                Some(space) => (space, space + 1),
                None => (at, at),
            };
            lines.push(Line::of(&all[start..end]));
            start = next;
            while all.get(start).is_some_and(|(_, c)| *c == ' ') {
                start += 1;
            }
            (at, used, space) = (start, 0, None);
        }
        if start < all.len() {
            lines.push(Line::of(&all[start..]));
        }
        lines
    }

    fn of(characters: &[(Style, char)]) -> Line {
        let spaces = characters.iter().rev().take_while(|(_, c)| *c == ' ').count();
        let characters = &characters[..characters.len() - spaces];
        Line(
            characters
                .chunk_by(|a, b| a.0 == b.0)
                .map(|run| (run[0].0, run.iter().map(|(_, c)| *c).collect()))
                .collect(),
        )
    }

    /// Writes it without spaces at its end, and ends it.
    pub(crate) fn write(&self, look: Look, to: &mut String) {
        for (style, text) in &self.0 {
            if look.color && *style != PLAIN && !text.trim().is_empty() {
                let _ = write!(to, "{style}{text}{style:#}");
            } else {
                to.push_str(text);
            }
        }
        to.truncate(to.trim_end_matches(' ').len());
        to.push('\n');
    }

    /// Writes it wrapped, the further lines behind that many spaces.
    pub(crate) fn write_wrapped(&self, look: Look, indent: usize, to: &mut String) {
        let mut first = true;
        let indent = indent.min(look.width / 2);
        // The first line could be longer; breaking all alike keeps it simple and the text even.
        if self.width() <= look.width {
            return self.write(look, to);
        }
        for line in self.wrap(look.width - indent) {
            if !first {
                to.push_str(&" ".repeat(indent));
            }
            line.write(look, to);
            first = false;
        }
    }
}

/// Columns of a text.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

fn char_width(c: char) -> usize {
    match c {
        ' '..='~' => 1,
        _ => c.width().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::style::{GREEN, RED};

    fn wrapped(text: &str, most: usize) -> Vec<String> {
        let mut line = Line::new();
        line.push(PLAIN, text);
        let look = Look { width: most, color: false };
        line.wrap(most)
            .iter()
            .map(|line| {
                let mut text = String::new();
                line.write(look, &mut text);
                text.trim_end_matches('\n').to_owned()
            })
            .collect()
    }

    #[test]
    fn lines_break_at_spaces_and_inside_long_words_only_where_they_must() {
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
        assert_eq!(wrapped("one two", 3), ["one", "two"]);
        assert_eq!(wrapped("abcdefgh ij", 5), ["abcde", "fgh", "ij"]);
        assert_eq!(wrapped("卷卷卷", 5), ["卷卷", "卷"]);
        assert_eq!(wrapped("a   b", 2), ["a", "b"]);
        assert_eq!(wrapped("", 5), [""]);
    }

    #[test]
    fn no_command_comes_out_of_pieces_or_of_breaking_lines() {
        let mut line = Line::new();
        line.push(PLAIN, "#").push(RED, "#[error]").push(PLAIN, " :").push(PLAIN, ":stop ::set-output name=a");
        let mut text = String::new();
        line.write_wrapped(Look { width: 24, color: false }, 0, &mut text);
        assert_eq!(text, "#\\u{23}[error]\n:\\u{3a}stop\n:\\u{3a}set-output name=a\n");
    }

    #[test]
    fn colour_is_put_in_only_when_asked_for() {
        let mut line = Line::new();
        line.push(GREEN, "+").push(PLAIN, " web  ");
        let (mut with, mut without) = (String::new(), String::new());
        line.write(Look { width: 80, color: true }, &mut with);
        line.write(Look { width: 80, color: false }, &mut without);
        assert_eq!(without, "+ web\n");
        assert_eq!(with, "\u{1b}[32m+\u{1b}[0m web\n");
    }
}
