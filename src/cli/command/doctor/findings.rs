//! What a doctor has found so far: its checks, each under its name.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::render::doctor::Check;

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Check>);

impl Findings {
    /// Adds one.
    pub(super) fn add(&mut self, check: Check) {
        self.0.push(check);
    }

    /// Adds one that knows more than what was found before.
    pub(super) fn put(&mut self, check: Check) {
        self.take_back(check.name);
        self.0.push(check);
    }

    /// Takes one back that something else has proved wrong.
    pub(super) fn take_back(&mut self, name: &str) {
        self.0.retain(|known| known.name != name);
    }

    /// Adds what kept a check from being made as its failure.
    pub(super) fn error(&mut self, name: &'static str, error: &CliError, next: &str) {
        let next = if error.hints.is_empty() { next.to_owned() } else { error.hints.join("; ") };
        let exit = if error.exit == Exit::Denied { Exit::Denied } else { Exit::Error };
        self.add(Check::fail(name, error.line(), next, exit));
    }

    /// The checks of these names, each once; those that were not made are skipped for that reason.
    pub(super) fn all(&self, names: &[&'static str], why: &str) -> Vec<Check> {
        let found = |name| self.0.iter().find(|check| check.name == name).cloned();
        names.iter().map(|name| found(*name).unwrap_or_else(|| Check::skipped(name, why))).collect()
    }
}
