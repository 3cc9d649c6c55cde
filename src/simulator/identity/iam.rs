//! The calls of IAM that a client of EVS needs (evs-api 2.2, 2.3): a token for a password, projects, and its versions. Those
//! that exchange identity tokens are beside them.

use super::catalogue::{self, PREFIX};
use super::{Caller, Closed, Identity, Issued};
use crate::signing::Request;
use crate::simulator::accounts::{Account, Project, User};
use crate::simulator::call::Call;
use crate::simulator::ids;
use crate::simulator::reply::Reply;
use crate::simulator::time::volume_time;
use serde_json::{Value, json};

impl Identity {
    pub(super) fn issue(&self, call: &Call, fresh: &dyn Fn() -> String, now: i64) -> Result<(Reply, String), Reply> {
        let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
        let word = |pointer: &str| body.pointer(pointer).and_then(Value::as_str);
        let methods = body.pointer("/auth/identity/methods").and_then(Value::as_array);
        if !methods.is_some_and(|all| all.iter().any(|it| it == "password")) {
            return Err(refusal(400, "Of the methods of auth.identity, this cloud knows password alone"));
        }
        let scope = (word("/auth/scope/project/id"), word("/auth/scope/project/name"));
        if scope == (None, None) {
            return Err(refusal(400, "The scope must name a project, by id or name: EVS takes no other tokens"));
        }
        let (name, id) = (word("/auth/identity/password/user/name"), word("/auth/identity/password/user/id"));
        let password = word("/auth/identity/password/user/password").unwrap_or_default();
        let domain = body.pointer("/auth/identity/password/user/domain");
        let found = self.accounts.users().find(|(account, user)| {
            let is_it = match (id, domain) {
                (Some(id), _) => user_id(account, user) == id,
                (None, Some(domain)) => Some(user.name.as_str()) == name && is_domain(account, domain),
                (None, None) => false,
            };
            is_it && user.password.is(password)
        });
        // Which of the three is wrong is nobody's business who does not know it.
        let (account, user) =
            found.ok_or_else(|| refusal(401, "The username or password is wrong, or there is no such domain"))?;
        let project = account.projects.iter().find(|it| match scope {
            (Some(id), _) => it.id == id,
            (None, name) => Some(it.name.as_str()) == name,
        });
        let elsewhere = body.pointer("/auth/scope/project/domain").is_some_and(|it| !is_domain(account, it));
        let project = project.filter(|_| !elsewhere);
        let project = project.ok_or_else(|| refusal(401, "The project of the scope could not be found"))?;
        let (token, expires) = self.token(account, Some(project), fresh, now);
        Ok((Reply::json(201, &described(&call.base, account, user, project, now, expires)), token))
    }

    /// A new token, and when it expires.
    pub(super) fn token(
        &self,
        account: &Account,
        project: Option<&Project>,
        fresh: &dyn Fn() -> String,
        now: i64,
    ) -> (String, i64) {
        let (token, expires) = (fresh(), now.saturating_add(self.life));
        let project = project.map(|it| it.id.clone());
        let issued = Issued { domain: account.domain.clone(), project, expires };
        let mut tokens = self.tokens();
        // Whoever asks for more and more of them finds that the old ones go.
        tokens.retain(|_, it| now < it.expires);
        tokens.insert(token.clone(), issued);
        (token, expires)
    }

    pub(super) fn projects(&self, request: &Request<'_>, call: &Call, now: i64, request_id: &str) -> Reply {
        let (account, seen) = match self.seen(request, now, request_id) {
            Ok(seen) => seen,
            Err(refusal) => return refusal,
        };
        let named = seen.into_iter().filter(|it| call.query("name").is_none_or(|name| it.name == name));
        let projects: Vec<Value> = named.map(|it| shown(&call.base, account, it)).collect();
        let links = json!({"next": null, "previous": null, "self": format!("{}/v3/projects", call.base)});
        Reply::json(200, &json!({"projects": projects, "links": links}))
    }

    pub(super) fn project(&self, request: &Request<'_>, call: &Call, id: &str, now: i64, request_id: &str) -> Reply {
        let (account, seen) = match self.seen(request, now, request_id) {
            Ok(seen) => seen,
            Err(refusal) => return refusal,
        };
        match seen.into_iter().find(|it| it.id == id) {
            Some(found) => Reply::json(200, &json!({"project": shown(&call.base, account, found)})),
            None => refusal(404, &format!("Could not find project: {id}.")),
        }
    }

    /// The account of whoever asks, and the projects that it may look at.
    fn seen(&self, request: &Request<'_>, now: i64, request_id: &str) -> Result<(&Account, Vec<&Project>), Reply> {
        let caller = self.caller(request, now).map_err(|closed| match closed {
            // Signatures are the gateway's, here as elsewhere, and its words say what is wrong with them (a choice).
            Closed::Signature | Closed::Date { .. } => closed.reply(request_id),
            _ => refusal(401, "The request you have made requires authentication."),
        })?;
        // A user may go to any project of the account, wherever the token at hand is good for; a key may not.
        Ok(match &caller {
            Caller::Key(account, key) => (account, account.projects.iter().filter(|it| key.reaches(&it.id)).collect()),
            Caller::Token(account, _) => (account, account.projects.iter().collect()),
        })
    }
}

/// A project as IAM shows it.
fn shown(base: &str, account: &Account, project: &Project) -> Value {
    let domain = account.id();
    json!({
        "domain_id": domain, "is_domain": false, "parent_id": domain, "name": project.name, "description": "",
        "links": {"self": format!("{base}/v3/projects/{}", project.id)}, "id": project.id, "enabled": true,
    })
}

/// `GET /` of IAM: 300, and its only version.
pub(super) fn versions(base: &str) -> Reply {
    Reply::json(300, &json!({"versions": {"values": [version(base)]}}))
}

/// `GET /v3` of IAM.
pub(super) fn one_version(base: &str) -> Reply {
    Reply::json(200, &json!({"version": version(base)}))
}

fn version(base: &str) -> Value {
    json!({
        "id": "v3.6", "status": "stable", "updated": "2016-04-04T00:00:00Z",
        "links": [{"href": format!("{base}{PREFIX}/v3/"), "rel": "self"}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}],
    })
}

/// Whether a `domain` of a request, which gives a name or an id, is this account.
fn is_domain(account: &Account, domain: &Value) -> bool {
    let word = |key: &str| domain.get(key).and_then(Value::as_str);
    match (word("id"), word("name")) {
        (Some(id), _) => account.id() == id,
        (None, name) => name == Some(account.domain.as_str()),
    }
}

fn user_id(account: &Account, user: &User) -> String {
    ids::fingerprint(&[b"user", account.domain.as_bytes(), user.name.as_bytes()]).chars().take(32).collect()
}

/// As IAM writes a time.
pub(super) fn time(micros: i64) -> String {
    format!("{}Z", volume_time(micros))
}

/// The body that comes with a token.
fn described(base: &str, account: &Account, user: &User, project: &Project, now: i64, expires: i64) -> Value {
    let domain = json!({"id": account.id(), "name": account.domain});
    json!({"token": {
        "expires_at": time(expires), "issued_at": time(now), "methods": ["password"],
        "catalog": catalogue::of(base, project),
        "project": {"domain": domain, "id": project.id, "name": project.name},
        "user": {"domain": domain, "id": user_id(account, user), "name": user.name, "password_expires_at": ""},
        // The names are a choice; what a client asks is whether there is one.
        "roles": [{"id": "0", "name": "te_admin"}],
    }})
}

/// A refusal in IAM's envelope.
pub(super) fn refusal(status: u16, message: &str) -> Reply {
    let title = match status {
        401 => "Unauthorized",
        404 => "Not Found",
        _ => "Bad Request",
    };
    Reply::json(status, &json!({"error": {"code": status, "message": message, "title": title}}))
}
