//! Texts and what is said about them.

mod bases;
mod files;
mod hints;
mod lines;
mod moves;
mod robust;
mod sections;
mod volumes;

use super::{Manifest, Problem, Problems, SourceFile, parse};

/// Four lines that every volume below needs; the volumes begin at line 5.
const HEAD: &str =
    "stack: s\ncloud: {simulator: true}\ndefaults: {availability_zone: az, volume_type: SSD}\nvolumes:\n";

fn file(name: &str, text: impl AsRef<[u8]>) -> SourceFile {
    SourceFile::own(name, text.as_ref().to_vec())
}

fn read(text: impl AsRef<[u8]>) -> Result<Manifest, Problems> {
    parse(&[file("v.yaml", text)])
}

fn brief(problem: &Problem) -> String {
    let place = problem.place.as_ref().map_or_else(String::new, |place| format!("{}:{} ", place.line, place.column));
    let severity = if problem.severity() == super::Severity::Warning { "warning: " } else { "" };
    format!("{place}{severity}{}", problem.reason())
}

/// What is said about a text, warnings included: line, column, reason.
#[track_caller]
fn check(text: impl AsRef<[u8]>, expected: &[&str]) {
    let found: Vec<String> = match read(text) {
        Ok(manifest) => manifest.warnings.iter().map(brief).collect(),
        Err(problems) => problems.0.iter().map(brief).collect(),
    };
    assert_eq!(found, expected);
}

/// What is said about volumes, written below [`HEAD`].
#[track_caller]
fn check_volumes(text: &str, expected: &[&str]) {
    check(format!("{HEAD}{text}"), expected);
}

/// The hints about volumes, written below [`HEAD`].
fn hints(text: &str) -> Vec<String> {
    let problems = read(format!("{HEAD}{text}")).unwrap_err();
    problems.0.into_iter().filter_map(|problem| problem.hint()).collect()
}

fn good(text: &str) -> Manifest {
    read(format!("{HEAD}{text}")).unwrap_or_else(|problems| panic!("{problems}"))
}
