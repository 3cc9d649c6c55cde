//! Texts as no Markdown reader takes them for more than texts.

use crate::cli::safe::plain;
use crate::words::heading;

/// A sentence, of which only words that no Markdown reader could take for more than words stand
/// outside of code spans. What stands between single backticks is meant as a code span.
pub(super) fn prose(text: &str) -> String {
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
pub(super) fn code(text: &str) -> String {
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
