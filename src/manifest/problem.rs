//! What is wrong with a manifest, and where. The words for it are in the catalogue.

use super::place::Place;
use super::remark::Remark;
use super::wrong::Wrong;

/// Whether a problem stops the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It does.
    Error,
    /// It does not.
    Warning,
}

/// What a problem is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum What {
    /// Something that stops the run.
    Wrong(Wrong),
    /// Something legal that is worth a look.
    Remark(Remark),
}

impl What {
    /// Whether it stops the run.
    pub fn severity(&self) -> Severity {
        match self {
            What::Wrong(_) => Severity::Error,
            What::Remark(_) => Severity::Warning,
        }
    }

    /// What stands for the case in JSON: a promise to its readers, which stays.
    pub fn code(&self) -> &'static str {
        match self {
            What::Wrong(wrong) => wrong.code(),
            What::Remark(remark) => remark.code(),
        }
    }
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, or worth a look.
    pub what: What,
    /// Where; `None` only where no file is at fault, as in a folder without manifests.
    pub place: Option<Place>,
    /// The source line at that place, as it stands, cut to a sane length; control characters taken out.
    pub source_line: Option<String>,
    /// The column of the first character of `source_line`: above 1 where the line was too long to
    /// be kept whole.
    pub source_column: u32,
    /// How many characters of the source line are meant, from the place's column.
    pub width: u32,
}

impl Problem {
    /// Whether it stops the run.
    pub fn severity(&self) -> Severity {
        self.what.severity()
    }
}

/// Every problem of one stack, by file and place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Those that stop the run.
    pub fn errors(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter().filter(|problem| problem.severity() == Severity::Error)
    }

    /// Those that do not.
    pub fn warnings(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter().filter(|problem| problem.severity() == Severity::Warning)
    }
}

impl std::error::Error for Problems {}
