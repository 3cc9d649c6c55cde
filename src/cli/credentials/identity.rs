//! Identity tokens, which a CI gives its jobs, and what they are exchanged by.

use super::address::{Named, Service};
use crate::evs::TokenFlaw;
use crate::evs::iam::Agency;
use secrecy::SecretString;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The most that is read of a token's file.
const MAX_TOKEN: u64 = 64 << 10;
/// An identity, and what it is exchanged by.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Identity {
    pub(super) token: Token,
    pub(super) by: Exchange,
    /// Where the exchange is asked for.
    pub(in crate::cli) address: Named,
}

impl Identity {
    /// Whether its address is that of IAM.
    pub(in crate::cli) fn is_of_iam(&self) -> bool {
        self.by.service() == Service::Iam
    }
}

/// Where the identity token is.
#[derive(Debug, Clone)]
pub(super) enum Token {
    /// In the environment.
    Given(SecretString),
    /// In a file, which its CI may replace at any time.
    File(PathBuf),
}

/// What exchanges it for keys.
#[derive(Debug, Clone)]
pub(in crate::cli) enum Exchange {
    /// STS, for those of an agency.
    Agency(Agency),
    /// IAM, for those of a user that an identity provider of this id vouches for.
    Provider(String),
}

impl Exchange {
    /// Who does it.
    pub(super) fn service(&self) -> Service {
        match self {
            Exchange::Agency(_) => Service::Sts,
            Exchange::Provider(_) => Service::Iam,
        }
    }
}

impl Token {
    /// The token as it is now.
    ///
    /// # Errors
    /// Why it cannot be read; no word of it is repeated.
    pub(super) fn read(&self) -> Result<SecretString, TokenFlaw> {
        match self {
            Token::Given(token) => Ok(token.clone()),
            Token::File(path) => from_file(path),
        }
    }
}

fn from_file(path: &Path) -> Result<SecretString, TokenFlaw> {
    let file = std::fs::File::open(path).map_err(|error| TokenFlaw::Unopened(error.to_string()))?;
    // It is read again for each exchange, which a pipe does not bear.
    if !file.metadata().is_ok_and(|it| it.is_file()) {
        return Err(TokenFlaw::NotAFile);
    }
    let mut text = String::new();
    file.take(MAX_TOKEN + 1).read_to_string(&mut text).map_err(|_| TokenFlaw::NotText)?;
    if text.len() as u64 > MAX_TOKEN {
        return Err(TokenFlaw::TooLong(MAX_TOKEN));
    }
    match text.trim() {
        "" => Err(TokenFlaw::Empty),
        token => Ok(SecretString::from(token)),
    }
}
