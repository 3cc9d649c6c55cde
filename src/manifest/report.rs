//! The list of problems while it grows.

use super::place::Place;
use super::problem::{Problem, Problems, Severity, What};
use super::remark::Remark;
use super::source::{At, Text};
use super::wrong::Wrong;
use std::collections::HashSet;

/// The most problems of one severity that are kept: nobody reads more, and a generated manifest
/// with one wrong template line has 100,000.
const KEPT: usize = 1000;

/// Collects problems and the files that they are in.
pub(super) struct Report<'s> {
    files: Vec<Text<'s>>,
    /// The files of which no line is shown.
    concealed: HashSet<u16>,
    kept: Vec<Finding>,
    seen: HashSet<(Option<At>, What)>,
    // Each by severity: kept, not kept any more, and reported at all.
    held: [usize; 2],
    more: [usize; 2],
    total: [usize; 2],
}

struct Finding {
    at: Option<At>,
    what: What,
}

impl<'s> Report<'s> {
    /// Starts with nothing found.
    pub(super) fn new(files: Vec<Text<'s>>) -> Report<'s> {
        Report {
            files,
            concealed: HashSet::new(),
            kept: Vec::new(),
            seen: HashSet::new(),
            held: [0; 2],
            more: [0; 2],
            total: [0; 2],
        }
    }

    /// Adds something that stops the run.
    pub(super) fn error(&mut self, at: impl Into<Option<At>>, wrong: impl Into<Wrong>) {
        self.add(at.into(), What::Wrong(wrong.into()));
    }

    /// Adds something that is legal but worth a look.
    pub(super) fn warn(&mut self, at: At, remark: Remark) {
        self.add(Some(at), What::Remark(remark));
    }

    fn add(&mut self, at: Option<At>, what: What) {
        let index = what.severity() as usize;
        self.total[index] += 1;
        if self.held[index] == KEPT {
            self.more[index] += 1;
            return;
        }
        // What came through one anchor or one default is wrong once, not once for each volume.
        if self.seen.insert((at, what.clone())) {
            self.held[index] += 1;
            self.kept.push(Finding { at, what });
        }
    }

    /// From now on no line of that file is shown, whenever a problem of it was found.
    pub(super) fn conceal(&mut self, file: u16) {
        self.concealed.insert(file);
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
        self.kept.sort_by_key(|found| (found.at.is_none(), found.at, found.what.severity()));
        let mut problems: Vec<Problem> = self.kept.iter().map(|found| self.problem(found)).collect();
        let [errors, warnings] = self.more;
        let more = [
            (errors > 0).then_some(What::Wrong(Wrong::MoreErrors(errors))),
            (warnings > 0).then_some(What::Remark(Remark::MoreWarnings { more: warnings })),
        ];
        let nowhere = |what| Problem { what, place: None, source_line: None, source_column: 1, width: 1 };
        problems.extend(more.into_iter().flatten().map(nowhere));
        Problems(problems)
    }

    fn problem(&self, found: &Finding) -> Problem {
        let open = found.at.filter(|at| !self.concealed.contains(&at.file));
        let shown = open.and_then(|at| Some(self.file(at.file)?.shown(at)));
        let (source_line, source_column, width) = match shown {
            Some(shown) => (Some(shown.text), shown.column, shown.width),
            None => (None, 1, 1),
        };
        Problem {
            what: found.what.clone(),
            place: found.at.map(|at| self.place(at)),
            source_line,
            source_column,
            width,
        }
    }
}
