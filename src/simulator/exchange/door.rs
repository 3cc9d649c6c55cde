//! What stands before the service where there are credentials: who asks is made sure of, and IAM answers.

use super::Shared;
use super::answer::Answer;
use crate::signing;
use crate::simulator::call::Call;
use crate::simulator::identity::Identity;
use crate::simulator::reply::gateway;
use crate::simulator::route::Found;
use hyper::http::request::Parts;
use std::borrow::Cow;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The most bytes that IAM reads of somebody who has not shown yet who he is.
const MAX_IAM_BODY: usize = 64 * 1024;

impl Shared {
    /// IAM's answer, or that to a request which does not get through; `None` lets it go on to the service.
    ///
    /// What is looked at is the request's own text: path and query as they came.
    pub(super) fn at_the_door(
        &self,
        parts: &Parts,
        call: &Call,
        found: Option<&Found>,
        iam: bool,
        request_id: &str,
    ) -> Option<Answer> {
        let identity = self.identity.as_ref()?;
        let headers: Vec<(&str, Cow<'_, str>)> = parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())))
            .collect();
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_ref())).collect();
        let request = signing::Request {
            method: &call.method,
            path: parts.uri.path(),
            query: parts.uri.query().unwrap_or_default(),
            headers: &headers,
            body: &call.body,
        };
        if iam && call.body.len() > MAX_IAM_BODY {
            return Some(gateway(413, "APIGW.0201", "Request entity too large", request_id).into());
        }
        if iam {
            return Some(answer_of_iam(identity, &request, call, self.clock.now(), request_id));
        }
        // What no API answers to is told so, whoever asks.
        let found = found.filter(|it| it.route.is_some() && it.is_served_by(self.partition))?;
        let closed = identity.admit(&request, found, self.clock.now()).err()?;
        Some(closed.reply(request_id).into())
    }
}

fn answer_of_iam(
    identity: &Identity,
    request: &signing::Request<'_>,
    call: &Call,
    now: i64,
    request_id: &str,
) -> Answer {
    let fresh = || {
        // Letters of both cases and digits, as in a real token: in hexadecimal a part of it would stand in ids by chance.
        const SIGNS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let bytes = std::iter::repeat_with(|| Uuid::new_v4().into_bytes()).take(4).flatten();
        bytes.map(|byte| char::from(SIGNS[usize::from(byte) % SIGNS.len()])).collect()
    };
    match identity.answer(request, call, &fresh, now, request_id) {
        Some((reply, token)) => {
            let headers: BTreeMap<_, _> = token.map(|it| ("x-subject-token".to_owned(), it)).into_iter().collect();
            Answer::with(reply, headers)
        }
        None => gateway(405, "APIGW.0101", "The method is not allowed for this API", request_id).into(),
    }
}
