//! Who may know whom: the modules by a table, which stands in ARCHITECTURE.md too, and the files within a module by the
//! rule that no two of them know each other, directly or by way of others.

mod circles;
mod names;

use std::collections::BTreeMap;
use std::path::Path;

/// A module, and the modules of this crate that its code may name.
const TABLE: &[(&str, &[&str])] = &[
    ("boundary", &[]),
    ("text", &[]),
    ("volume", &[]),
    ("supply", &["volume"]),
    ("manifest", &["volume"]),
    ("observed", &["volume"]),
    ("operation", &["volume", "observed"]),
    ("state", &["volume", "observed", "operation"]),
    ("plan", &["volume", "supply", "manifest", "observed", "operation", "state"]),
    ("edit", &["text", "volume", "manifest", "plan"]),
    ("import", &["volume", "manifest", "observed", "operation", "state", "plan", "edit"]),
    ("signing", &[]),
    ("http", &[]),
    ("evs", &["boundary", "volume", "supply", "observed", "signing", "http"]),
    ("store", &["boundary", "volume", "operation", "state"]),
    ("apply", &["boundary", "volume", "observed", "operation", "state", "plan", "evs", "store"]),
    ("doctor", &["volume", "supply", "observed", "operation", "evs"]),
    (
        "words",
        &[
            "volume",
            "supply",
            "manifest",
            "observed",
            "operation",
            "state",
            "plan",
            "edit",
            "import",
            "evs",
            "store",
            "apply",
            "doctor",
            "simulator",
        ],
    ),
    ("document", &["text", "volume", "manifest", "observed", "operation", "state", "plan", "evs", "apply", "words"]),
    ("simulator", &["volume", "signing", "evs::wire"]),
    (
        "fuzzing",
        &[
            "volume",
            "manifest",
            "observed",
            "operation",
            "state",
            "plan",
            "import",
            "words",
            "document",
            "evs",
            "signing",
            "http",
            "store",
            "simulator",
            "cli",
        ],
    ),
    (
        "cli",
        &[
            "boundary",
            "text",
            "volume",
            "supply",
            "manifest",
            "observed",
            "operation",
            "state",
            "plan",
            "edit",
            "import",
            "words",
            "document",
            "http",
            "evs",
            "store",
            "apply",
            "doctor",
            "simulator",
        ],
    ),
];

/// What the core must not touch: it cannot fail for outside reasons.
const CORE: &[&str] = &[
    "text",
    "volume",
    "supply",
    "manifest",
    "observed",
    "operation",
    "state",
    "plan",
    "edit",
    "import",
    "doctor",
    "words",
    "document",
];
const OUTSIDE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "tokio::",
    "reqwest::",
    "Timestamp::now",
    "Instant::now",
    "async fn",
];

/// Modules whose files still make circles. Each is to leave this list.
const CIRCLES_REMAIN: &[&str] = &[];

fn files(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let name = path
                .strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            found.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The program's own lines: no comments, and nothing of modules within the file, which are of its tests and fuzzing.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let mut within = false;
    text.lines().filter(move |line| {
        let begins = !line.starts_with(' ') && line.ends_with('{') && line.split(' ').any(|word| word == "mod");
        within |= begins;
        let own = !within && !line.trim_start().starts_with("//");
        within &= *line != "}";
        own
    })
}

fn sources() -> BTreeMap<String, Vec<(String, String)>> {
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    let mut by_module: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (name, text) in found {
        let tests = name.ends_with("tests.rs") || name.contains("/tests/");
        let module = name.split(['/', '.']).next().unwrap().to_owned();
        if !tests && module != "main" && module != "lib" {
            by_module.entry(module).or_default().push((name, text));
        }
    }
    by_module
}

#[test]
fn nobody_knows_whom_it_must_not() {
    let sources = sources();
    let known: Vec<&String> = sources.keys().collect();
    let listed: std::collections::BTreeSet<&str> = TABLE.iter().map(|(module, _)| *module).collect();
    assert_eq!(
        known.iter().map(|m| m.as_str()).collect::<std::collections::BTreeSet<_>>(),
        listed,
        "the table names every module"
    );
    let mut uses = 0;
    for (module, allowed) in TABLE {
        for (file, text) in &sources[*module] {
            for line in code(text) {
                for (at, _) in line.match_indices("crate::") {
                    let rest = &line[at + 7..];
                    uses += 1;
                    // `use crate::{...}` would hide names from this test.
                    assert!(!rest.starts_with('{'), "{file}: {line}");
                    let fits = |name: &str| {
                        rest.strip_prefix(name)
                            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
                    };
                    let own = fits(module) || rest.starts_with(|c: char| c.is_uppercase());
                    assert!(own || allowed.iter().copied().any(fits), "{file} may not know {rest}");
                }
            }
        }
    }
    assert!(uses > 100, "only {uses} uses were found: this test looks at the wrong thing");
}

#[test]
fn no_files_within_a_module_make_a_circle() {
    let files: Vec<(String, String)> = sources()
        .into_iter()
        .filter(|(module, _)| !CIRCLES_REMAIN.contains(&module.as_str()))
        .flat_map(|(_, files)| files)
        .map(|(file, text)| (file, code(&text).collect::<Vec<_>>().join("\n")))
        .collect();
    let circles: String = circles::circles(&files).iter().map(ToString::to_string).collect();
    assert!(circles.is_empty(), "{circles}");
}

#[test]
fn the_core_touches_nothing_outside() {
    let sources = sources();
    for module in CORE {
        for (file, text) in &sources[*module] {
            for line in code(text) {
                for word in OUTSIDE {
                    assert!(!line.contains(word), "{file} touches {word}: {line}");
                }
            }
        }
    }
}

#[test]
fn the_table_is_the_documented_one() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md")).unwrap();
    for (module, allowed) in TABLE {
        let row = format!(
            "| `{module}` | {} |",
            match allowed {
                [] => "nobody".to_owned(),
                _ => allowed.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" "),
            }
        );
        assert!(text.contains(&row), "ARCHITECTURE.md lacks {row}");
    }
}
