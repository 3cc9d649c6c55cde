//! Credentials that were found, where that was, and why those of a place are of no use.

use super::address::Named;
use super::identity::Identity;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::evs::Keys;
use secrecy::SecretString;
use std::fmt;
use std::path::{Path, PathBuf};

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

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Environment(names) => write!(f, "the environment: {}", names.join(", ")),
            Place::Profile(path, name) => write!(f, "profile {name:?} in {}", path.display()),
            Place::Command(name) => write!(f, "the command {name:?} of EVSCTL_CREDENTIAL_COMMAND"),
            Place::Metadata => f.write_str("the server's agency, by its metadata service"),
        }
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
    /// As in `auth status`.
    pub(in crate::cli) fn word(&self) -> &'static str {
        match self {
            What::Token(_) => "token",
            What::Keys(Keys { security_token: Some(_), .. }) => "temporary access key",
            What::Keys(_) => "access key",
            What::Password { .. } => "password",
            What::Identity(_) => "identity token",
            What::Command(_) => "command",
            What::Agency => "agency",
        }
    }
}

/// A place has a part of what belongs together.
pub(super) fn partial(has: &str, lacks: &[&str]) -> CliError {
    let (verb, lacks) = (if lacks.len() > 1 { "are" } else { "is" }, lacks.join(" and "));
    CliError::new(Exit::Denied, format!("{has} is set, and {lacks} {verb} not"))
        .hint(format!("set {lacks} too, or unset {has}"))
}

/// A file has what is of no use.
pub(super) fn unusable(what: &str, path: &Path, why: &str) -> CliError {
    CliError::new(Exit::Denied, format!("{what} in {} cannot be used: {why}", path.display()))
        .hint("mend the file, or set credentials in the environment, which come first")
}
