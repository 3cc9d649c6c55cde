//! What a doctor needs before it asks the service for anything.

use super::check::Check;
use super::told::Told;
use super::verdict::{Fault, Verdict};
use crate::evs::Error;
use crate::volume::StackName;

/// Something that the rest needs could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unready {
    /// What.
    pub stage: Stage,
    /// Why.
    pub error: Told,
    /// Whether credentials or a permission are missing.
    pub denied: bool,
}

/// What everything else rests on, each beside what it is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The manifest.
    Manifest,
    /// Where requests go.
    Endpoint,
    /// Credentials, from the surroundings.
    Credentials,
    /// Whether IAM accepts them.
    Iam,
    /// The project, from IAM.
    Project,
    /// That manifest and credentials mean the same project.
    OneProject,
    /// The recorded state.
    State,
    /// The first connection.
    Connection,
}

impl Stage {
    pub(super) fn check(self) -> Check {
        match self {
            Stage::Manifest => Check::Manifest,
            Stage::Endpoint => Check::Endpoint,
            Stage::Credentials | Stage::Iam => Check::Credentials,
            Stage::Project | Stage::OneProject => Check::Project,
            Stage::State => Check::State,
            Stage::Connection => Check::Connection,
        }
    }
}

impl Unready {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        let code = match self.stage {
            Stage::Manifest => "manifest-unreadable",
            Stage::Endpoint => "endpoint-refused",
            Stage::Credentials => "credentials-missing",
            Stage::Iam => "credentials-refused",
            Stage::Project => "project-unknown",
            Stage::OneProject => "project-uncertain",
            Stage::State => "state-unusable",
            Stage::Connection => "connection-failed",
        };
        (Verdict::Fail(if self.denied { Fault::Denied } else { Fault::Wrong }), code)
    }
}

/// A manifest that reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stack {
    /// Its stack.
    pub name: StackName,
    /// How many volumes it asks for.
    pub volumes: usize,
}

/// Where requests go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// To the embedded cloud.
    Embedded,
    /// To this address.
    Allowed(String),
}

impl Endpoint {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Endpoint::Embedded => (Verdict::Ok, "endpoint-embedded"),
            Endpoint::Allowed(_) => (Verdict::Ok, "endpoint-allowed"),
        }
    }
}

/// Which project requests are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Project {
    /// The embedded cloud's.
    Embedded,
    /// The one with this id, as the manifest gives it.
    Given(String),
    /// The one of this name.
    Named {
        /// Its id, as IAM tells it.
        id: String,
        /// Its name, as the manifest gives it.
        name: String,
    },
    /// The service says that there is none for these credentials.
    Refused(Error),
}

impl Project {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Project::Embedded => (Verdict::Ok, "project-embedded"),
            Project::Given(_) => (Verdict::Ok, "project-given"),
            Project::Named { .. } => (Verdict::Ok, "project-found"),
            Project::Refused(_) => (Verdict::Fail(Fault::Denied), "project-refused"),
        }
    }
}

/// What is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// There is no state yet.
    Nothing,
    /// There is one.
    State {
        /// Its serial.
        serial: u64,
        /// How many volumes it has.
        volumes: usize,
    },
}

impl Recorded {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Recorded::Nothing => (Verdict::Ok, "state-none"),
            Recorded::State { .. } => (Verdict::Ok, "state-read"),
        }
    }
}

/// By what requests are signed, without any secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// By nothing: the embedded cloud asks for none.
    NoneEmbedded,
    /// By nothing: on loopback none are needed.
    NoneOnLoopback,
    /// By these.
    Some {
        /// What they are, as `auth status` names it.
        what: String,
        /// Where they were found, as `auth status` names it.
        place: String,
    },
}
