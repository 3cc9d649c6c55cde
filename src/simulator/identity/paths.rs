//! The paths of IAM and of STS, and the call that each is.

use super::Identity;
use super::catalogue::PREFIX;
use super::federation::{ASSUME, TEMPORARY, UNSCOPED};
use super::iam;
use crate::signing::Request;
use crate::simulator::call::Call;
use crate::simulator::reply::Reply;

const TOKENS: &str = "/v3/auth/tokens";
const PROJECTS: &str = "/v3/projects";
const PROJECT: &str = "/v3/projects/{id}";
/// Those two are paths of EVS too.
const VERSIONS: &str = "/identity";
const VERSION: &str = "/identity/v3";

/// Every call, with what it does.
pub(in crate::simulator) const CALLS: &[(&str, &str, &str)] = &[
    ("List the versions of IAM", "GET", VERSIONS),
    ("Show a version of IAM", "GET", VERSION),
    ("Get a token for a password, with the catalogue", "POST", TOKENS),
    ("List projects", "GET", PROJECTS),
    ("Show a project", "GET", PROJECT),
    ("Get an unscoped token for an identity token", "POST", UNSCOPED),
    ("Get temporary keys for a token", "POST", TEMPORARY),
    ("Get temporary keys for an identity token, of STS", "POST", ASSUME),
];

/// The path of IAM, or of STS, that this is, if it is one: to the letter, since EVS has paths below `/v3` too.
pub(in crate::simulator) fn find(path: &str) -> Option<&'static str> {
    if let Some(found) = [VERSIONS, VERSION].into_iter().find(|it| *it == path.trim_end_matches('/')) {
        return Some(found);
    }
    let path = without_prefix(path);
    let exact = [TOKENS, PROJECTS, UNSCOPED, TEMPORARY, ASSUME].into_iter().find(|it| *it == path);
    exact.or_else(|| one_project(path).map(|_| PROJECT))
}

fn without_prefix(path: &str) -> &str {
    path.strip_prefix(PREFIX).unwrap_or(path)
}

/// The project that a path names.
fn one_project(path: &str) -> Option<&str> {
    path.strip_prefix(PROJECTS)?.strip_prefix('/').filter(|id| !id.is_empty() && !id.contains('/'))
}

impl Identity {
    /// Answers a request to one of its paths; `None` where the path knows no such method. The second part is the
    /// header `X-Subject-Token`. A token that is issued is `fresh`, which nobody can guess.
    pub(in crate::simulator) fn answer(
        &self,
        request: &Request<'_>,
        call: &Call,
        fresh: &dyn Fn() -> String,
        now: i64,
        request_id: &str,
    ) -> Option<(Reply, Option<String>)> {
        let path = without_prefix(request.path);
        match (request.method, find(request.path)?) {
            ("GET", VERSIONS) => Some((iam::versions(&call.base), None)),
            ("GET", VERSION) => Some((iam::one_version(&call.base), None)),
            ("POST", TOKENS) => Some(match self.issue(call, fresh, now) {
                Ok((reply, token)) => (reply, Some(token)),
                Err(refusal) => (refusal, None),
            }),
            ("GET", PROJECTS) => Some((self.projects(request, call, now, request_id), None)),
            ("GET", PROJECT) => {
                let id = one_project(path).unwrap_or_default();
                Some((self.project(request, call, id, now, request_id), None))
            }
            ("POST", UNSCOPED) => Some(match self.unscoped(request, &call.body, fresh, now) {
                Ok((reply, token)) => (reply, Some(token)),
                Err(refusal) => (refusal, None),
            }),
            ("POST", TEMPORARY) => {
                Some((self.temporary(request, &call.body, fresh, now).unwrap_or_else(|it| it), None))
            }
            ("POST", ASSUME) => Some((self.assume(&call.body, fresh, now, request_id).unwrap_or_else(|it| it), None)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iam_and_the_service_have_versions_of_their_own() {
        for (path, found) in [
            ("/identity", Some(VERSIONS)),
            ("/identity/", Some(VERSIONS)),
            ("/identity/v3/", Some(VERSION)),
            ("/identity/v3/auth/tokens", Some(TOKENS)),
            ("/v3/auth/tokens", Some(TOKENS)),
            ("/v3/projects/0123456789abcdef0123456789abcdef", Some(PROJECT)),
            ("/v3/projects/", None),
            ("/v3/projects/x/y", None),
            ("/v3", None),
            ("/", None),
        ] {
            assert_eq!(find(path), found, "{path}");
        }
    }
}
