//! The list of problems while it grows.

use super::source::{At, Text, harmless};
use super::{Place, Problem, Problems, Severity};
use crate::volume::Invalid;
use std::collections::HashSet;

/// The most problems of one severity that are kept: nobody reads more, and a generated manifest
/// with one wrong template line has 100,000.
const KEPT: usize = 1000;
/// The longest reason or hint, in characters: it may quote what stands in the file.
const LONGEST: usize = 400;

/// Collects problems and the files that they are in.
pub(super) struct Report<'s> {
    files: Vec<Text<'s>>,
    kept: Vec<Finding>,
    seen: HashSet<(Option<At>, String)>,
    // Each by severity: kept, not kept any more, and reported at all.
    held: [usize; 2],
    more: [usize; 2],
    total: [usize; 2],
}

struct Finding {
    severity: Severity,
    at: Option<At>,
    reason: String,
    hint: Option<String>,
}

impl<'s> Report<'s> {
    /// Starts with nothing found.
    pub(super) fn new(files: Vec<Text<'s>>) -> Report<'s> {
        Report { files, kept: Vec::new(), seen: HashSet::new(), held: [0; 2], more: [0; 2], total: [0; 2] }
    }

    /// Adds something that stops the run.
    pub(super) fn error(&mut self, at: impl Into<Option<At>>, invalid: impl Into<Invalid>) {
        self.add(Severity::Error, at.into(), invalid.into());
    }

    /// Adds something that is legal but worth a look.
    pub(super) fn warn(&mut self, at: At, invalid: impl Into<Invalid>) {
        self.add(Severity::Warning, Some(at), invalid.into());
    }

    fn add(&mut self, severity: Severity, at: Option<At>, invalid: Invalid) {
        let index = severity as usize;
        self.total[index] += 1;
        if self.held[index] == KEPT {
            self.more[index] += 1;
            return;
        }
        let reason = tamed(&invalid.reason);
        let hint = invalid.hint.as_deref().map(tamed);
        // What came through one anchor or one default is wrong once, not once for each volume.
        if self.seen.insert((at, reason.clone())) {
            self.held[index] += 1;
            self.kept.push(Finding { severity, at, reason, hint });
        }
    }

    /// Line and column.
    pub(super) fn place(&self, at: At) -> Place {
        match self.files.get(usize::from(at.file)) {
            Some(file) => file.place(at.start),
            None => Place { file: "".into(), line: 1, column: 1 },
        }
    }

    /// The text of a file.
    pub(super) fn file(&self, number: u16) -> Option<&Text<'s>> {
        self.files.get(usize::from(number))
    }

    /// How many errors were reported, repeated ones included.
    pub(super) fn errors(&self) -> usize {
        self.total[Severity::Error as usize]
    }

    /// Everything found, by file and place; what was not kept is counted at the end.
    pub(super) fn finish(mut self) -> Problems {
        self.kept.sort_by_key(|found| (found.at.is_none(), found.at, found.severity));
        let mut problems: Vec<Problem> = self.kept.iter().map(|found| self.problem(found)).collect();
        for severity in [Severity::Error, Severity::Warning] {
            let what = if severity == Severity::Error { "errors" } else { "warnings" };
            let more = self.more[severity as usize];
            if more > 0 {
                problems.push(Problem {
                    severity,
                    place: None,
                    source_line: None,
                    source_column: 1,
                    width: 1,
                    reason: format!("{more} more {what} are not listed"),
                    hint: Some("mend the first ones: many have one cause".to_owned()),
                });
            }
        }
        Problems(problems)
    }

    fn problem(&self, found: &Finding) -> Problem {
        let shown = found.at.and_then(|at| Some(self.file(at.file)?.shown(at)));
        let (source_line, source_column, width) = match shown {
            Some(shown) => (Some(shown.text), shown.column, shown.width),
            None => (None, 1, 1),
        };
        Problem {
            severity: found.severity,
            place: found.at.map(|at| self.place(at)),
            source_line,
            source_column,
            width,
            reason: found.reason.clone(),
            hint: found.hint.clone(),
        }
    }
}

/// A message that may quote the file, made short and safe to show.
fn tamed(text: &str) -> String {
    let mut tamed: String = text.chars().take(LONGEST).map(harmless).collect();
    if text.chars().nth(LONGEST).is_some() {
        tamed.push_str("...");
    }
    tamed
}

impl From<String> for Invalid {
    fn from(reason: String) -> Invalid {
        Invalid::new(reason)
    }
}

impl From<&str> for Invalid {
    fn from(reason: &str) -> Invalid {
        Invalid::new(reason)
    }
}
