//! Who asks: judges signatures and tokens as the gateway does, before the service hears of a request.
//!
//! The texts of its refusals are those that the reference reports (evs-api 2.6). Which of them belongs to which
//! defect is partly a choice. It knows no clock: the time is handed in, in microseconds since 1970. Tokens end with
//! the process; whoever holds one is told that it cannot be read, and asks for another.

pub(super) mod catalogue;
mod federation;
mod iam;
mod paths;

pub(super) use paths::{CALLS, find};

use super::accounts::{AccessKey, Account, Accounts};
use super::reply::{Family, Refusal, Reply, gateway};
use super::route::Found;
use crate::signing::{ALGORITHM, CONTENT, Claim, DATE, DATE_FORMAT, Request, digest};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How far a signature's date may be off (evs-api 2.4), in microseconds.
const SKEW: i64 = 15 * 60 * 1_000_000;

/// The accounts, and what was issued to them.
#[derive(Debug)]
pub(super) struct Identity {
    accounts: Accounts,
    /// How long a token lives, and the most that a temporary key does, in microseconds.
    life: i64,
    tokens: Mutex<HashMap<String, Issued>>,
    /// Temporary keys that were issued, by their names.
    keys: Mutex<HashMap<String, Lent>>,
}

/// A token that was issued.
#[derive(Debug, Clone)]
struct Issued {
    domain: String,
    /// Id of the project that it is good for; an unscoped one is good for none.
    project: Option<String>,
    expires: i64,
}

/// A temporary key that was issued.
#[derive(Debug, Clone)]
struct Lent {
    domain: String,
    key: AccessKey,
    expires: i64,
}

/// Somebody who was recognised.
#[derive(Debug)]
enum Caller<'a> {
    Key(&'a Account, Cow<'a, AccessKey>),
    Token(&'a Account, Option<String>),
}

/// Why a request does not get through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Closed {
    /// It carries neither a signature nor a token.
    Nothing,
    /// What it carries is of another kind.
    Strange,
    /// The key, the signature or the security token is wrong.
    Signature,
    /// The date of the signature is too far off.
    Date { signed: String, now: i64 },
    /// The token is none, or has expired.
    Token,
    /// The caller may not work in that project.
    Project,
    /// The same, as the job call answers it to a token.
    Job,
}

impl Closed {
    /// The answer.
    pub(super) fn reply(&self, request_id: &str) -> Reply {
        let iam = |text: &str| {
            let message = format!("Incorrect IAM authentication information: {text}");
            gateway(401, "APIGW.0301", &message, request_id)
        };
        match self {
            Closed::Nothing => iam("x-auth-token not found"),
            Closed::Strange => iam("Unauthorized"),
            Closed::Signature => iam("verify aksk signature fail"),
            Closed::Token => iam("decrypt token fail"),
            Closed::Date { signed, now } => {
                let now = compact(*now);
                let message = format!(
                    "Incorrect app authentication information: signature expired, signature time:{signed},server time:{now}"
                );
                gateway(401, "APIGW.0303", &message, request_id)
            }
            // The reference has the code and what it means; the text is a choice.
            Closed::Project => {
                let message = "The IAM user is not authorized: the project does not match the credentials";
                gateway(403, "APIGW.0302", message, request_id)
            }
            Closed::Job => Refusal::of("Common.0018").reply(Family::Custom),
        }
    }
}

impl Caller<'_> {
    fn may(&self, project: &str) -> bool {
        match self {
            Caller::Key(account, key) => account.has(project) && key.reaches(project),
            Caller::Token(_, own) => own.as_deref() == Some(project),
        }
    }
}

impl Identity {
    /// With no token issued yet.
    pub(super) fn new(accounts: Accounts, token_life: Duration) -> Identity {
        let life = i64::try_from(token_life.as_micros()).unwrap_or(i64::MAX);
        Identity { accounts, life, tokens: Mutex::default(), keys: Mutex::default() }
    }

    /// The tokens; a panic of another request does not spoil them for this one.
    fn tokens(&self) -> MutexGuard<'_, HashMap<String, Issued>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The temporary keys, likewise.
    fn keys(&self) -> MutexGuard<'_, HashMap<String, Lent>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key of that name: one of the file, or a temporary one that has not expired.
    fn key(&self, ak: &str, now: i64) -> Option<(&Account, Cow<'_, AccessKey>)> {
        if let Some((account, key)) = self.accounts.key(ak) {
            return Some((account, Cow::Borrowed(key)));
        }
        let lent = self.keys().get(ak).filter(|it| now < it.expires).cloned()?;
        Some((self.accounts.account(&lent.domain)?, Cow::Owned(lent.key)))
    }

    /// Lets a request of the service through, or not. Versions need no authorization; what else has no project in its path is
    /// for everybody who has an account.
    ///
    /// # Errors
    /// Why it does not get through.
    pub(super) fn admit(&self, request: &Request<'_>, found: &Found, now: i64) -> Result<(), Closed> {
        if matches!(found.template, "/" | "/v1" | "/v2" | "/v3") {
            return Ok(());
        }
        let caller = self.caller(request, now)?;
        let Some((_, project)) = found.values.iter().find(|(name, _)| *name == "project_id") else { return Ok(()) };
        // What is no id at all is refused by the service.
        if project.len() != 32 || !project.bytes().all(|it| it.is_ascii_hexdigit()) {
            return Ok(());
        }
        let by_token = matches!(caller, Caller::Token(..));
        // The header says where a key is to be used; that it may not contradict the path is a choice.
        let elsewhere = !by_token && request.header("x-project-id").is_some_and(|it| it != project);
        match caller.may(project) && !elsewhere {
            true => Ok(()),
            false if by_token && found.template.contains("/jobs/") => Err(Closed::Job),
            false => Err(Closed::Project),
        }
    }

    /// Whose request it is. A signature counts before a token, where a request carries both.
    fn caller(&self, request: &Request<'_>, now: i64) -> Result<Caller<'_>, Closed> {
        let authorization = request.header("authorization");
        if let Some(authorization) = authorization.filter(|it| it.starts_with(ALGORITHM)) {
            return self.signer(request, authorization, now);
        }
        match (request.header("x-auth-token"), authorization) {
            (Some(token), _) => self.holder(token, now),
            (None, Some(_)) => Err(Closed::Strange),
            (None, None) => Err(Closed::Nothing),
        }
    }

    fn signer(&self, request: &Request<'_>, authorization: &str, now: i64) -> Result<Caller<'_>, Closed> {
        let claim = Claim::read(authorization).ok_or(Closed::Signature)?;
        let (account, key) = self.key(claim.access, now).ok_or(Closed::Signature)?;
        let date = request.header(DATE).unwrap_or_default();
        let signed = instant(date).ok_or(Closed::Signature)?;
        if now.abs_diff(signed) > SKEW.unsigned_abs() {
            return Err(Closed::Date { signed: date.to_owned(), now });
        }
        let token = request.header("x-security-token");
        let known = key.security_token.as_ref().is_none_or(|secret| token.is_some_and(|it| secret.is(it)));
        if known && says_its_content(request) && claim.holds(request, key.sk.bytes()) {
            Ok(Caller::Key(account, key))
        } else {
            Err(Closed::Signature)
        }
    }

    fn holder(&self, token: &str, now: i64) -> Result<Caller<'_>, Closed> {
        let issued = self.tokens().get(token).filter(|it| now < it.expires).cloned().ok_or(Closed::Token)?;
        let account = self.accounts.account(&issued.domain).ok_or(Closed::Token)?;
        Ok(Caller::Token(account, issued.project))
    }
}

/// A digest that is sent in place of the body's must be the body's, or the body would not be signed at all.
fn says_its_content(request: &Request<'_>) -> bool {
    match request.header(CONTENT) {
        None | Some("" | "UNSIGNED-PAYLOAD") => true,
        Some(given) => given.eq_ignore_ascii_case(&digest(request.body)),
    }
}

/// Reads `YYYYMMDDTHHMMSSZ`.
fn instant(text: &str) -> Option<i64> {
    let civil = jiff::civil::DateTime::strptime(DATE_FORMAT, text).ok().filter(|_| text.len() == 16)?;
    Some(jiff::tz::TimeZone::UTC.to_timestamp(civil).ok()?.as_microsecond())
}

/// The same the other way round.
fn compact(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).unwrap_or_default().strftime(DATE_FORMAT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_they_are_read() {
        assert_eq!(instant("20240102T030405Z"), Some(1_704_164_645_000_000));
        assert_eq!(compact(1_704_164_645_999_999), "20240102T030405Z");
        for text in ["", "2024-01-02T03:04:05Z", "20240102T030405", "20241302T030405Z", "20240102T030405+"] {
            assert_eq!(instant(text), None, "{text}");
        }
    }
}
