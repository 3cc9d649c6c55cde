//! No sentence stands outside of the catalogue.

use std::collections::BTreeSet;
use std::path::Path;

/// Files with texts of three words and more that are no sentences of the program's to its readers, each with its reason.
const OTHER_TEXTS: &[(&str, &str)] = &[
    ("apply/carry.rs", "a line of the log"),
    ("apply/follow.rs", "an outcome in traces"),
    ("apply/settle.rs", "an outcome in traces"),
    ("boundary.rs", "what a test alone sees"),
    ("cli/args.rs", "the help"),
    ("cli/command/doctor/probe/make.rs", "the description of the probe's volume"),
    ("cli/command/init.rs", "the first manifest"),
    ("cli/credentials.rs", "lines of the log"),
    ("evs/auth.rs", "lines of the log"),
    ("evs/gate.rs", "a line of the log"),
    ("evs/log.rs", "lines of the log"),
    ("evs/observe.rs", "a line of the log"),
    ("evs/outcome.rs", "an outcome in the log"),
    ("evs/redact/words.rs", "what redaction knows to be no secret"),
    ("evs/send.rs", "a line of the log"),
    ("evs/snapshots.rs", "a line of the log"),
    ("evs/wire/tolerant.rs", "a reader's words, foreign to those who pass them on"),
    ("manifest/schema.rs", "the schema's descriptions"),
    ("operation/failure.rs", "what stands in saved states"),
    ("store/file.rs", "names of boundaries"),
    ("store/gitignore.rs", "comments of a file"),
    ("store/lease.rs", "names of boundaries"),
    ("store/lease/begin.rs", "names of boundaries"),
    ("store/lock.rs", "names of boundaries"),
    ("store/log.rs", "names of boundaries"),
    ("store/probe.rs", "names of boundaries"),
    ("volume/identity.rs", "what a number must be, for whoever reads a saved form"),
];

/// The string literals of a file, without those of its comments, attributes and tests.
fn literals(text: &str) -> Vec<String> {
    let program = text.split("\n#[cfg(test)]").next().unwrap_or_default();
    let (mut found, mut rest) = (Vec::new(), program);
    while let Some(first) = rest.chars().next() {
        let from = |end: Option<usize>, length: usize| end.map_or(rest.len(), |end| end + length);
        let length = match first {
            '/' if rest.starts_with("//") => from(rest.find('\n'), 1),
            // An error tells itself in its attribute.
            '#' if rest.starts_with("#[error(") => 1,
            '#' if rest.starts_with("#[") || rest.starts_with("#![") => from(rest.find("]\n"), 2),
            'r' if rest.starts_with("r#\"") => {
                let length = from(rest.find("\"#"), 2);
                found.push(rest[3..length.max(5) - 2].to_owned());
                length
            }
            '\'' if rest.starts_with("'\\") => 2 + from(rest[2..].find('\''), 1),
            '\'' if rest.chars().nth(2) == Some('\'') => 2 + rest.chars().nth(1).map_or(0, char::len_utf8),
            '"' => {
                let (mut length, mut escaped) = (1, false);
                for c in rest[1..].chars() {
                    length += c.len_utf8();
                    match c {
                        '"' if !escaped => break,
                        _ => escaped = c == '\\' && !escaped,
                    }
                }
                found.push(rest[1..length - 1].to_owned());
                length
            }
            other => other.len_utf8(),
        };
        rest = &rest[length..];
    }
    found
}

/// Whether it reads like a sentence: three plain words in a row, or more.
fn is_sentence(literal: &str) -> bool {
    let literal = literal.replace("\\\n", " ");
    let words: Vec<&str> = literal.split_whitespace().collect();
    let is_plain = |word: &&str| {
        let word = word.trim_matches([',', ';', ':', '.', '(', ')']);
        word.chars().all(|c| c.is_ascii_lowercase() || c == '\'') && !word.is_empty()
    };
    words.windows(3).any(|three| three.iter().all(is_plain))
}

fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, found),
            false => found.push(path),
        }
    }
}

#[test]
fn every_sentence_stands_in_the_catalogue() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&root, &mut all);
    let (mut outside, mut within, mut excused) = (Vec::new(), 0, BTreeSet::new());
    for path in all {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        // The embedded cloud speaks for the service; and nobody who uses the program meets what fuzzing says.
        let mut parts = name.split(['/', '.']);
        let other = parts.next() == Some("simulator") || name.split(['/', '.']).any(|part| part == "fuzzing");
        if other || name.contains("tests") {
            continue;
        }
        let sentences = literals(&std::fs::read_to_string(&path).unwrap()).into_iter().filter(|text| is_sentence(text));
        if name.starts_with("words") {
            within += sentences.count();
            continue;
        }
        for sentence in sentences {
            match OTHER_TEXTS.iter().find(|(file, _)| *file == name) {
                Some((file, _)) => drop(excused.insert(*file)),
                None => outside.push(format!("{name}: {sentence:?}")),
            }
        }
    }
    assert!(outside.is_empty(), "{}", outside.join("\n"));
    assert!(within > 500, "only {within} sentences were found: this test looks at the wrong thing");
    let idle: Vec<&str> = OTHER_TEXTS.iter().map(|(file, _)| *file).filter(|file| !excused.contains(file)).collect();
    assert!(idle.is_empty(), "{idle:?} need no excuse any more");
}

#[test]
fn a_sentence_is_told_from_other_texts() {
    assert_eq!(literals("#[error(\"it is so\")]\n#[other(\"not\")]\n"), ["it is so"]);
    let found = literals(
        "// \"of a comment\"\n#[doc(\"of an attribute\")]\nlet a = \"it's \\\"so\\\" here\"; let b = '\"'; let c = r#\"x\"#;",
    );
    assert_eq!(found, ["it's \\\"so\\\" here", "x"]);
    for (text, sentence) in [
        ("nothing was sent", true),
        ("{path}: it is a link", true),
        ("GET /v2/{project_id}", false),
        ("availability_zone volume_type size", false),
        ("cn-north-4 SSD 40", false),
    ] {
        assert_eq!(is_sentence(text), sentence, "{text}");
    }
}
