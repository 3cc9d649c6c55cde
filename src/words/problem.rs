//! What is wrong with a manifest, and what to do about it.

mod base;
mod cloud;
mod field;
mod file;
mod found;
mod lines;
mod moves;
mod remark;
mod rule;
mod stack;
mod value;
mod volume;

use crate::manifest::{Problem, Problems, Remark, Severity, What, Wrong, harmless};
use crate::volume::Excerpt;
use std::fmt::{Display, Formatter, Result};

impl Problem {
    /// What is wrong: a lower-case fragment.
    pub fn reason(&self) -> String {
        reason(&self.what)
    }

    /// What to do instead.
    pub fn hint(&self) -> Option<String> {
        hint(&self.what)
    }
}

/// What is wrong: a lower-case fragment.
pub fn reason(what: &What) -> String {
    match what {
        What::Wrong(wrong) => tamed(&wrong_reason(wrong)),
        What::Remark(remark) => remark_reason(remark),
    }
}

/// What to do instead.
pub fn hint(what: &What) -> Option<String> {
    match what {
        What::Wrong(wrong) => wrong_hint(wrong).as_deref().map(tamed),
        What::Remark(remark) => remark_hint(remark),
    }
}

/// What is worth a look.
pub fn remark_reason(remark: &Remark) -> String {
    tamed(&remark::reason(remark))
}

/// What to do about it.
pub fn remark_hint(remark: &Remark) -> Option<String> {
    remark::hint(remark).as_deref().map(tamed)
}

fn wrong_reason(wrong: &Wrong) -> String {
    match wrong {
        Wrong::File { fault, .. } => file::reason(fault),
        Wrong::Base(fault) => base::reason(fault),
        Wrong::Stack(fault) => stack::reason(fault),
        Wrong::Move(fault) => moves::reason(fault),
        Wrong::Import(fault) => lines::import_reason(fault),
        Wrong::Known(fault) => lines::known_reason(fault),
        Wrong::Value(fault) => value::reason(fault),
        Wrong::Invalid(invalid) => invalid.to_string(),
        Wrong::Unknown(unknown) => field::unknown(unknown),
        Wrong::Missing(missing) => field::missing(missing),
        Wrong::Cloud(fault) => cloud::reason(fault),
        Wrong::Volume(fault) => volume::reason(fault),
        Wrong::Rule(fault) => rule::reason(fault),
        Wrong::MoreErrors(more) => remark::unlisted(*more, "more error"),
    }
}

fn wrong_hint(wrong: &Wrong) -> Option<String> {
    match wrong {
        Wrong::File { merge_marks: true, .. } => {
            Some("the file holds the marks of an unfinished merge: `git diff` shows them".to_owned())
        }
        Wrong::File { fault, .. } => file::hint(fault),
        Wrong::Base(fault) => base::hint(fault).map(str::to_owned),
        Wrong::Stack(fault) => stack::hint(fault).map(str::to_owned),
        Wrong::Move(fault) => Some(moves::hint(fault)),
        Wrong::Import(fault) => Some(lines::import_hint(fault)),
        Wrong::Known(fault) => Some(lines::known_hint(fault).to_owned()),
        Wrong::Value(fault) => value::hint(fault),
        Wrong::Invalid(invalid) => invalid.hint(),
        Wrong::Unknown(unknown) => Some(field::rather(&unknown.rather)),
        Wrong::Missing(missing) => Some(field::write(missing).to_owned()),
        Wrong::Cloud(fault) => Some(cloud::hint(fault).to_owned()),
        Wrong::Volume(fault) => volume::hint(fault),
        Wrong::Rule(fault) => rule::hint(fault),
        Wrong::MoreErrors(_) => Some(remark::MEND_THE_FIRST.to_owned()),
    }
}

/// A message that may tell what stands in a file, made short and safe to show.
fn tamed(text: &str) -> String {
    let mut tamed: String = text.chars().take(Excerpt::LONGEST).map(harmless).collect();
    if text.chars().nth(Excerpt::LONGEST).is_some() {
        tamed.push_str("...");
    }
    tamed
}

impl Display for Severity {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        })
    }
}

/// One line: the place, the severity, the reason.
impl Display for Problem {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        write!(f, "{}: {}", self.severity(), self.reason())
    }
}

/// One line each, the last one not ended.
impl Display for Problems {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for (at, problem) in self.0.iter().enumerate() {
            write!(f, "{}{problem}", if at > 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}
