//! Texts compared: a description by words, a manifest by lines.

use super::line::Line;
use crate::cli::style::{BOLD, CYAN, GREEN, Look, PLAIN, RED, UNBROKEN};
use crate::words::command::plan::DIFF_HEADS;
use similar::{ChangeTag, TextDiff, TextDiffConfig};
use std::time::Duration;

/// An old and a new text, as in `"old" -> "new"`; in colour, the words that differ stand out.
pub(super) fn words(old: &str, new: &str) -> Line {
    let (mut before, mut after) = (Line::new(), Line::new());
    before.push(PLAIN, "\"");
    after.push(PLAIN, "\"");
    for (tag, text) in word_changes(old, new) {
        match tag {
            ChangeTag::Equal => {
                before.push(PLAIN, &text);
                after.push(PLAIN, &text);
            }
            ChangeTag::Delete => drop(before.push(RED, &text)),
            ChangeTag::Insert => drop(after.push(GREEN, &text)),
        }
    }
    after.push(PLAIN, "\"");
    before.push(PLAIN, "\" -> ").append(&after);
    before
}

/// Runs of equal, removed and added words.
fn word_changes(old: &str, new: &str) -> Vec<(ChangeTag, String)> {
    let diff = TextDiff::from_unicode_words(old, new);
    let mut runs: Vec<(ChangeTag, String)> = Vec::new();
    for change in diff.iter_all_changes() {
        match runs.last_mut() {
            Some((tag, text)) if *tag == change.tag() => text.push_str(change.value()),
            _ => runs.push((change.tag(), change.value().to_owned())),
        }
    }
    runs
}

/// A unified diff of two manifest texts; empty where they are equal.
///
/// A line's own text is never wrapped: it is meant for a pager or for `patch`-like eyes.
pub fn unified(old: &str, new: &str, color: bool) -> String {
    unified_below(DIFF_HEADS, old, new, color)
}

/// The same below other heads.
pub fn unified_below(heads: [&str; 2], old: &str, new: &str, color: bool) -> String {
    if old == new {
        return String::new();
    }
    let look = Look { width: UNBROKEN, color };
    // Two manifests without a common line would otherwise be compared for minutes.
    let mut config = TextDiffConfig::default();
    config.timeout(Duration::from_secs(2));
    let diff = config.diff_lines(old, new);
    let mut text = String::new();
    let mut write = |style, words: &[&str]| {
        let mut line = Line::new();
        for word in words {
            line.push(style, word);
        }
        line.write(look, &mut text);
    };
    for head in heads {
        write(BOLD, &[head]);
    }
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        write(CYAN, &[&hunk.header().to_string()]);
        for change in hunk.iter_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Equal => (" ", PLAIN),
                ChangeTag::Delete => ("-", RED),
                ChangeTag::Insert => ("+", GREEN),
            };
            write(style, &[sign, change.value().trim_end_matches(['\r', '\n'])]);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &str, new: &str, color: bool) -> String {
        let look = Look { width: 80, color };
        let mut text = String::new();
        words(old, new).write(look, &mut text);
        text
    }

    #[test]
    fn both_texts_are_shown_whole() {
        assert_eq!(shown("data of web", "logs of web", false), "\"data of web\" -> \"logs of web\"\n");
        assert_eq!(shown("", "new", false), "\"\" -> \"new\"\n");
        assert_eq!(shown("a\u{1b}[2J", "", false), "\"a\\u{1b}[2J\" -> \"\"\n");
    }

    #[test]
    fn colour_marks_the_words_that_differ() {
        let text = shown("data of web", "logs of web", true);
        assert_eq!(text.matches("\u{1b}[").count(), 5, "{text:?}");
        assert!(text.contains("mdata\u{1b}") && text.contains("mlogs\u{1b}"), "{text:?}");
        assert_eq!(anstream::adapter::strip_str(&text).to_string(), shown("data of web", "logs of web", false));
    }

    #[test]
    fn manifests_are_compared_line_by_line() {
        let old = "stack: a\nvolumes:\n  web:\n    size: 40\n";
        let new = "stack: a\nvolumes:\n  web:\n    size: 80\n    count: 2\u{1b}\n";
        assert_eq!(
            unified(old, new, false),
            "--- last applied\n+++ now\n@@ -1,4 +1,5 @@\n stack: a\n volumes:\n   web:\n-    size: 40\n+    size: 80\n+    count: 2\\u{1b}\n"
        );
        assert_eq!(unified(old, old, false), "");
    }
}
