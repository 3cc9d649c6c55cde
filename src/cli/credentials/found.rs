//! Credentials that were found, and where that was.

use super::address::{Named, Service};
use super::identity::Identity;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::evs::Keys;
use crate::words::credentials::{self as words, Sort};
use secrecy::SecretString;
use std::fmt;
use std::path::PathBuf;

/// Credentials, and where they were found.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Found {
    pub(in crate::cli) place: Place,
    pub(in crate::cli) what: What,
}

/// Where they were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) enum Place {
    /// These variables.
    Environment(Vec<&'static str>),
    /// A profile in a file.
    Profile(PathBuf, String),
    /// A command, by its name.
    Command(String),
    /// The metadata service of the server that this runs on.
    Metadata,
}

impl Place {
    /// As the catalogue knows it.
    pub(super) fn told(&self) -> words::Place<'_> {
        match self {
            Place::Environment(names) => words::Place::Environment(names),
            Place::Profile(path, name) => words::Place::Profile(path, name),
            Place::Command(name) => words::Place::Command(name),
            Place::Metadata => words::Place::Metadata,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&words::place(self.told()))
    }
}

/// What was found.
#[derive(Debug, Clone)]
pub(in crate::cli) enum What {
    /// A token of IAM.
    Token(SecretString),
    /// An access key.
    Keys(Keys),
    /// A user's password.
    Password { user: String, password: SecretString, domain: String, address: Named },
    /// An identity token, which is exchanged for keys.
    Identity(Identity),
    /// A command that writes them.
    Command(Vec<String>),
    /// The server's agency.
    Agency,
}

impl What {
    /// The service that gives keys or a token for it, and where the surroundings say that this is.
    pub(in crate::cli) fn asks(&self) -> Option<(Service, &Named)> {
        match self {
            What::Password { address, .. } => Some((Service::Iam, address)),
            What::Identity(identity) => Some((identity.by.service(), &identity.address)),
            What::Token(_) | What::Keys(_) | What::Command(_) | What::Agency => None,
        }
    }

    /// As in `auth status`.
    pub(in crate::cli) fn word(&self) -> &'static str {
        words::sort(match self {
            What::Token(_) => Sort::Token,
            What::Keys(Keys { security_token: Some(_), .. }) => Sort::TemporaryKey,
            What::Keys(_) => Sort::Key,
            What::Password { .. } => Sort::Password,
            What::Identity(_) => Sort::IdentityToken,
            What::Command(_) => Sort::Command,
            What::Agency => Sort::Agency,
        })
    }
}

/// A place has a part of what belongs together.
pub(super) fn partial(has: &str, lacks: &[&str]) -> CliError {
    CliError::told(Exit::Denied, words::partial(has, lacks))
}
