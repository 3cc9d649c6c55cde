//! Why a source of credentials gave none.

use crate::evs::{CommandFlaw, NoCredentials, Part, TokenFlaw};
use std::fmt;

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Token => "the token",
            Part::Date => "the date",
            Part::Project => "the project's id",
            Part::SecurityToken => "the security token",
            Part::AccessKey => "the access key's id",
            Part::Provider => "the identity provider's id",
        })
    }
}

impl fmt::Display for NoCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoCredentials::Token(flaw) => flaw.fmt(f),
            NoCredentials::NoCommand => f.write_str("it is empty"),
            NoCredentials::Command { name, flaw } => match flaw {
                CommandFlaw::NotEnded(seconds) => write!(f, "{name} has not ended within {seconds} s"),
                CommandFlaw::NotRun(words) => write!(f, "cannot run {name}: {words}"),
                CommandFlaw::Failed(status) => write!(f, "{name} failed: {status}"),
                CommandFlaw::NotJson => write!(f, "{name} did not write the JSON object that is expected"),
                CommandFlaw::NoSecret => {
                    write!(f, "{name} gave neither `token` nor both `access_key` and `secret_key`")
                }
            },
            NoCredentials::Metadata(words) => f.write_str(words),
            NoCredentials::NoMetadata(words) => write!(f, "no metadata service here: {words}"),
            NoCredentials::NoKeys(status) => {
                write!(f, "the metadata service gives no keys ({status}): has the server an agency?")
            }
            NoCredentials::OddKeys => f.write_str("the metadata service's keys make no sense"),
        }
    }
}

impl fmt::Display for TokenFlaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenFlaw::Unopened(words) => f.write_str(words),
            TokenFlaw::NotAFile => f.write_str("it is no regular file"),
            TokenFlaw::NotText => f.write_str("it is not text"),
            TokenFlaw::TooLong(most) => write!(f, "it has more than {most} bytes, and no identity token has"),
            TokenFlaw::Empty => f.write_str("it is empty"),
        }
    }
}
