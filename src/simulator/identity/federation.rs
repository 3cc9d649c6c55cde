//! Identity tokens exchanged for temporary keys, by STS for an agency's and by IAM for a user's (API references of STS and
//! IAM). Paths, bodies and answers are theirs, and the vendor's SDK goes by them; which words refuse what is a choice.

use super::iam::{refusal, time};
use super::{Identity, Lent};
use crate::signing::Request;
use crate::simulator::accounts::{AccessKey, Account, Secret};
use crate::simulator::reply::{Reply, gateway};
use serde_json::{Value, json};
use std::ops::RangeInclusive;

pub(super) const ASSUME: &str = "/v5/agencies/assume-with-oidc";
pub(super) const UNSCOPED: &str = "/v3.0/OS-AUTH/id-token/tokens";
pub(super) const TEMPORARY: &str = "/v3.0/OS-CREDENTIAL/securitytokens";

/// For how many seconds keys are given, and where nothing is asked for.
struct Duration {
    allowed: RangeInclusive<i64>,
    default: i64,
}

const OF_STS: Duration = Duration { allowed: 900..=43_200, default: 3600 };
const OF_IAM: Duration = Duration { allowed: 900..=86_400, default: 900 };

impl Duration {
    fn read(&self, given: Option<&Value>) -> Result<i64, String> {
        let Some(given) = given else { return Ok(self.default) };
        given.as_i64().filter(|it| self.allowed.contains(it)).ok_or_else(|| {
            let (least, most) = (self.allowed.start(), self.allowed.end());
            format!("duration_seconds is no number from {least} to {most}")
        })
    }
}

impl Identity {
    /// STS: keys of an agency.
    pub(super) fn assume(
        &self,
        body: &[u8],
        fresh: &dyn Fn() -> String,
        now: i64,
        request_id: &str,
    ) -> Result<Reply, Reply> {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let wrong = |message: &str| refusal(400, message);
        let word = |name: &str| body.get(name).and_then(Value::as_str).filter(|it| !it.is_empty());
        let needed = |name: &str| word(name).ok_or_else(|| wrong(&format!("{name} is missing")));
        let (provider, agency) = (needed("provider_urn")?, needed("agency_urn")?);
        let (session, token) = (needed("agency_session_name")?, needed("id_token")?);
        let seconds = OF_STS.read(body.get("duration_seconds")).map_err(|why| wrong(&why))?;
        let of_agency = self.accounts.providers().filter(|(_, it)| it.agency_urn == agency);
        let of_agency: Vec<_> = of_agency.collect();
        if of_agency.is_empty() {
            let message = format!("the agency '{agency}' cannot be found");
            return Err(gateway(404, "STS5.1106", &message, request_id));
        }
        let found = of_agency.into_iter().find(|(_, it)| it.provider_urn == provider && it.signed(token));
        let Some((account, _)) = found else {
            let message = "Incorrect IAM authentication information: the identity token is not accepted";
            return Err(gateway(401, "APIGW.0301", message, request_id));
        };
        let Lent { key, expires, .. } = self.lend(account, seconds, fresh, now);
        let (account, name) = (account.id(), agency.rsplit(':').next().unwrap_or_default());
        Ok(Reply::json(
            200,
            &json!({
                "source_identity": null,
                "assumed_agency": {
                    "urn": format!("sts::{account}:assumed-agency:{name}/{session}"),
                    "id": format!("{account}:{session}"),
                },
                "credentials": {
                    "access_key_id": key.ak, "secret_access_key": key.sk.text(),
                    "security_token": key.security_token.as_ref().map(Secret::text),
                    "expiration": millis(expires),
                },
            }),
        ))
    }

    /// IAM: an unscoped token for an identity token.
    pub(super) fn unscoped(
        &self,
        request: &Request<'_>,
        body: &[u8],
        fresh: &dyn Fn() -> String,
        now: i64,
    ) -> Result<(Reply, String), Reply> {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let idp = request.header("x-idp-id").ok_or_else(|| refusal(400, "The header X-Idp-Id is missing"))?;
        let token = body.pointer("/auth/id_token/id").and_then(Value::as_str);
        let token = token.ok_or_else(|| refusal(400, "auth.id_token.id is missing"))?;
        if body.pointer("/auth/scope").is_some() {
            return Err(refusal(400, "For an identity token this cloud gives unscoped tokens alone"));
        }
        let found = self.accounts.providers().find(|(_, it)| it.idp_id == idp && it.signed(token));
        let (account, _) = found.ok_or_else(|| refusal(401, "The identity token is not accepted"))?;
        let (token, expires) = self.token(account, None, fresh, now);
        let user = json!({
            "domain": {"id": account.id(), "name": account.domain}, "name": "FederationUser",
            "OS-FEDERATION": {"identity_provider": {"id": idp}, "protocol": {"id": "oidc"}, "groups": []},
        });
        let reply = json!({"token": {
            "expires_at": time(expires), "issued_at": time(now), "methods": ["mapped"], "user": user,
        }});
        Ok((Reply::json(201, &reply), token))
    }

    /// IAM: keys for a token.
    pub(super) fn temporary(
        &self,
        request: &Request<'_>,
        body: &[u8],
        fresh: &dyn Fn() -> String,
        now: i64,
    ) -> Result<Reply, Reply> {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let methods = body.pointer("/auth/identity/methods").and_then(Value::as_array);
        if !methods.is_some_and(|all| all.iter().any(|it| it == "token")) {
            return Err(refusal(400, "Of the methods of auth.identity, this cloud knows token alone here"));
        }
        let seconds = OF_IAM.read(body.pointer("/auth/identity/token/duration_seconds"));
        let seconds = seconds.map_err(|why| refusal(400, &why))?;
        // The token of the body, or else the one that the request carries.
        let token = body.pointer("/auth/identity/token/id").and_then(Value::as_str);
        let token = token.or_else(|| request.header("x-auth-token")).unwrap_or_default();
        let issued = self.tokens().get(token).filter(|it| now < it.expires).cloned();
        let account = issued.and_then(|it| self.accounts.account(&it.domain));
        let account = account.ok_or_else(|| refusal(401, "The request you have made requires authentication."))?;
        let Lent { key, expires, .. } = self.lend(account, seconds, fresh, now);
        Ok(Reply::json(
            201,
            &json!({"credential": {
                "access": key.ak, "secret": key.sk.text(),
                "securitytoken": key.security_token.as_ref().map(Secret::text), "expires_at": time(expires),
            }}),
        ))
    }

    /// A new temporary key, good for so long, and no longer than a token.
    fn lend(&self, account: &Account, seconds: i64, fresh: &dyn Fn() -> String, now: i64) -> Lent {
        let ak: String = fresh().to_uppercase().chars().take(20).collect();
        let key = AccessKey {
            ak: ak.clone(),
            sk: Secret::from(fresh()),
            security_token: Some(Secret::from(fresh())),
            projects: None,
        };
        let expires = now.saturating_add(self.life.min(seconds.saturating_mul(1_000_000)));
        let lent = Lent { domain: account.domain.clone(), key, expires };
        let mut keys = self.keys();
        keys.retain(|_, it| now < it.expires);
        keys.insert(ak, lent.clone());
        lent
    }
}

/// As STS writes a time: to the millisecond.
fn millis(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
