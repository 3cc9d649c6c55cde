//! The two calls of IAM that a client of EVS needs (evs-api 2.2, 2.3): a token for a password, and projects by name. Those
//! that exchange identity tokens are beside them.

use super::{Caller, Closed, Identity, Issued};
use crate::signing::Request;
use crate::simulator::accounts::{Account, Project, User};
use crate::simulator::call::Call;
use crate::simulator::ids;
use crate::simulator::render;
use crate::simulator::reply::Reply;
use crate::simulator::time::volume_time;
use serde_json::{Value, json};

pub(super) const TOKENS: &str = "/v3/auth/tokens";
pub(super) const PROJECTS: &str = "/v3/projects";

impl Identity {
    pub(super) fn issue(&self, body: &[u8], fresh: &dyn Fn() -> String, now: i64) -> Result<(Reply, String), Reply> {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let word = |pointer: &str| body.pointer(pointer).and_then(Value::as_str);
        let methods = body.pointer("/auth/identity/methods").and_then(Value::as_array);
        if !methods.is_some_and(|all| all.iter().any(|it| it == "password")) {
            return Err(refusal(400, "Of the methods of auth.identity, this cloud knows password alone"));
        }
        let scope = (word("/auth/scope/project/id"), word("/auth/scope/project/name"));
        if scope == (None, None) {
            return Err(refusal(400, "The scope must name a project, by id or name: EVS takes no other tokens"));
        }
        let account = word("/auth/identity/password/user/domain/name").and_then(|it| self.accounts.account(it));
        let name = word("/auth/identity/password/user/name");
        let password = word("/auth/identity/password/user/password").unwrap_or_default();
        let found = account.and_then(|account| {
            let user = account.users.iter().find(|it| Some(it.name.as_str()) == name && it.password.is(password));
            user.map(|user| (account, user))
        });
        // Which of the three is wrong is nobody's business who does not know it.
        let (account, user) =
            found.ok_or_else(|| refusal(401, "The username or password is wrong, or there is no such domain"))?;
        let project = account.projects.iter().find(|it| match scope {
            (Some(id), _) => it.id == id,
            (None, name) => Some(it.name.as_str()) == name,
        });
        let project = project.ok_or_else(|| refusal(401, "The project of the scope could not be found"))?;
        let (token, expires) = self.token(account, Some(project), fresh, now);
        Ok((Reply::json(201, &described(account, user, project, now, expires)), token))
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
        let caller = match self.caller(request, now) {
            Ok(caller) => caller,
            // Signatures are the gateway's, here as elsewhere, and its words say what is wrong with them (a choice).
            Err(closed @ (Closed::Signature | Closed::Date { .. })) => return closed.reply(request_id),
            Err(_) => return refusal(401, "The request you have made requires authentication."),
        };
        // A user may go to any project of the account, wherever the token at hand is good for; a key may not.
        let (account, seen): (&Account, Vec<&Project>) = match &caller {
            Caller::Key(account, key) => (account, account.projects.iter().filter(|it| key.reaches(&it.id)).collect()),
            Caller::Token(account, _) => (account, account.projects.iter().collect()),
        };
        let named = seen.into_iter().filter(|it| call.query("name").is_none_or(|name| it.name == name));
        let domain = account.id();
        let projects: Vec<Value> = named
            .map(|project| {
                json!({
                    "domain_id": domain, "is_domain": false, "parent_id": domain, "name": project.name,
                    "description": "", "links": {"self": format!("{}/v3/projects/{}", render::HOST, project.id)},
                    "id": project.id, "enabled": true,
                })
            })
            .collect();
        let links = json!({"next": null, "previous": null, "self": format!("{}/v3/projects", render::HOST)});
        Reply::json(200, &json!({"projects": projects, "links": links}))
    }
}

/// As IAM writes a time.
pub(super) fn time(micros: i64) -> String {
    format!("{}Z", volume_time(micros))
}

/// The body that comes with a token.
fn described(account: &Account, user: &User, project: &Project, now: i64, expires: i64) -> Value {
    let domain = json!({"id": account.id(), "name": account.domain});
    let user_id: String =
        ids::fingerprint(&[b"user", account.domain.as_bytes(), user.name.as_bytes()]).chars().take(32).collect();
    json!({"token": {
        "expires_at": time(expires), "issued_at": time(now), "methods": ["password"],
        "catalog": [{"endpoints": [{"region_id": project.name}]}],
        "project": {"domain": domain, "id": project.id, "name": project.name},
        "user": {"domain": domain, "id": user_id, "name": user.name},
    }})
}

/// A refusal in IAM's envelope.
pub(super) fn refusal(status: u16, message: &str) -> Reply {
    let title = if status == 401 { "Unauthorized" } else { "Bad Request" };
    Reply::json(status, &json!({"error": {"code": status, "message": message, "title": title}}))
}
