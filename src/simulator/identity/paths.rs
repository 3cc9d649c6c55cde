//! The paths of IAM and of STS, and the call that each is.

use super::Identity;
use super::federation::{ASSUME, TEMPORARY, UNSCOPED};
use super::iam::{PROJECTS, TOKENS};
use crate::signing::Request;
use crate::simulator::call::Call;
use crate::simulator::reply::Reply;

/// The path of IAM, or of STS, that this is, if it is one: to the letter, since EVS has paths below `/v3` too.
pub(in crate::simulator) fn find(path: &str) -> Option<&'static str> {
    [TOKENS, PROJECTS, UNSCOPED, TEMPORARY, ASSUME].into_iter().find(|it| *it == path)
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
        match (request.method, request.path) {
            ("POST", TOKENS) => Some(match self.issue(&call.body, fresh, now) {
                Ok((reply, token)) => (reply, Some(token)),
                Err(refusal) => (refusal, None),
            }),
            ("GET", PROJECTS) => Some((self.projects(request, call, now, request_id), None)),
            ("POST", UNSCOPED) => Some(match self.unscoped(request, &call.body, fresh, now) {
                Ok((reply, token)) => (reply, Some(token)),
                Err(refusal) => (refusal, None),
            }),
            ("POST", TEMPORARY) => Some((self.temporary(&call.body, fresh, now).unwrap_or_else(|it| it), None)),
            ("POST", ASSUME) => Some((self.assume(&call.body, fresh, now, request_id).unwrap_or_else(|it| it), None)),
            _ => None,
        }
    }
}
