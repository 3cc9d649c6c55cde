//! What is wrong with a manifest, where, and what to do about it.

use std::fmt;
use std::sync::Arc;

/// A place in a manifest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file's name as people see it.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in characters.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Whether a problem stops the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It does.
    Error,
    /// It does not.
    Warning,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whether it stops the run.
    pub severity: Severity,
    /// Where; `None` only where no file is at fault, as in a folder without manifests.
    pub place: Option<Place>,
    /// The source line at that place, as it stands, cut to a sane length; control characters taken out.
    pub source_line: Option<String>,
    /// The column of the first character of `source_line`: above 1 where the line was too long to
    /// be kept whole.
    pub source_column: u32,
    /// How many characters of the source line are meant, from the place's column.
    pub width: u32,
    /// What is wrong: a lower-case fragment.
    pub reason: String,
    /// What to do instead.
    pub hint: Option<String>,
}

/// Every problem of one stack, by file and place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Those that stop the run.
    pub fn errors(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter().filter(|problem| problem.severity == Severity::Error)
    }

    /// Those that do not.
    pub fn warnings(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter().filter(|problem| problem.severity == Severity::Warning)
    }
}

impl std::error::Error for Problems {}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        })
    }
}

/// Several lines without colour, the last one not ended: the message, the place, the source line
/// with a mark under what is meant, the hint.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.severity, self.reason)?;
        let number = self.place.as_ref().map_or_else(String::new, |place| place.line.to_string());
        let margin = " ".repeat(number.len());
        if let Some(place) = &self.place {
            write!(f, "\n{margin}--> {place}")?;
            if let Some(line) = &self.source_line {
                let skip = place.column.saturating_sub(self.source_column) as usize;
                let blank = columns(line.chars().take(skip));
                let marked = columns(line.chars().skip(skip).take(self.width as usize)).max(1);
                let dots = if self.source_column > 1 { "..." } else { "" };
                write!(f, "\n{margin} |\n{number} | {dots}{line}")?;
                write!(f, "\n{margin} | {}{}", " ".repeat(dots.len() + blank), "^".repeat(marked))?;
            }
        }
        match &self.hint {
            Some(hint) => write!(f, "\n{margin} = hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// Each problem, a blank line between two, and how many there are.
impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.0 {
            write!(f, "{problem}\n\n")?;
        }
        let count = |number: usize, word: &str| match number {
            0 => None,
            1 => Some(format!("1 {word}")),
            number => Some(format!("{number} {word}s")),
        };
        let counts = [count(self.errors().count(), "error"), count(self.warnings().count(), "warning")];
        let counts: Vec<String> = counts.into_iter().flatten().collect();
        f.write_str(if counts.is_empty() { "no problems".to_owned() } else { counts.join(", ") }.as_str())
    }
}

/// How wide characters are on a terminal: a Chinese one takes two columns.
fn columns(text: impl Iterator<Item = char>) -> usize {
    use unicode_width::UnicodeWidthChar as _;
    text.map(|c| c.width().unwrap_or(0)).sum()
}
