//! What a doctor has found so far, a finding for each check.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::doctor::{Check, Finding, Skipped, Stage, Told, Unready};

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    /// Adds one.
    pub(super) fn add(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// Adds one that knows more than what was found before.
    pub(super) fn put(&mut self, finding: Finding) {
        self.take_back(finding.check());
        self.0.push(finding);
    }

    /// Takes back what something else has proved wrong.
    pub(super) fn take_back(&mut self, check: Check) {
        self.0.retain(|known| known.check() != check);
    }

    /// Adds what kept a check from being made as its failure.
    pub(super) fn error(&mut self, stage: Stage, error: &CliError) {
        self.add(Finding::Unready(Unready { stage, error: told(error), denied: error.exit == Exit::Denied }));
    }

    /// What these checks found, each once; those that were not made are skipped for that reason.
    pub(super) fn all(&self, checks: &[Check], why: Skipped) -> Vec<Finding> {
        let found = |check| self.0.iter().find(|finding| finding.check() == check).cloned();
        checks.iter().map(|check| found(*check).unwrap_or(Finding::Skipped(*check, why))).collect()
    }
}

/// An error as a finding holds it.
pub(super) fn told(error: &CliError) -> Told {
    Told { line: error.line(), hints: error.hints.clone() }
}
