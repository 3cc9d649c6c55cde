//! What the embedded cloud is asked and told, without a socket and with a clock of its own, for the proof in `fuzzing`.

use super::accounts::Accounts;
use super::call::Call;
use super::catalogue::Catalogue;
use super::fault::Faults;
use super::identity::Identity;
use super::model::Cloud;
use super::reply::{Family, Reply};
use super::{edit, log, route};
use crate::signing::Request;
use serde_json::Value;
use std::time::Duration;

const PROJECT: &str = "0123456789abcdef0123456789abcdef";
/// A job's duration: 10 s.
const DURATION: i64 = 10_000_000;
/// When the clock begins: 2026-11-24T07:00:00Z.
const START: i64 = 1_795_503_600_000_000;

const ACCOUNTS: &str = r#"{"accounts": [{"domain": "d", "projects": [{"id": "0123456789abcdef0123456789abcdef", "name": "p"}],
    "users": [{"name": "u", "password": "w"}], "access_keys": [{"ak": "AK", "sk": "secret"}]}]}"#;

fn cloud(catalogue: Catalogue) -> Cloud {
    Cloud::new(catalogue, 1, DURATION)
}

fn built_in() -> Option<Cloud> {
    Catalogue::read(None).ok().map(cloud)
}

/// Answers a request; `None` where there is no such call. In the target, `{p}` stands for the project, `{v}` for the
/// volume that was made last, and `{j}` for a job's id that was answered.
fn answer(cloud: &mut Cloud, now: i64, request: &[u8], job: &str) -> Option<Reply> {
    let end = request.iter().position(|byte| *byte == b'\n').unwrap_or(request.len());
    let head = String::from_utf8_lossy(&request[..end]).replace("{p}", PROJECT).replace("{j}", job);
    let volume = cloud.volumes(PROJECT).next_back().map(|volume| volume.id.to_string()).unwrap_or_default();
    let head = head.replace("{v}", &volume);
    let mut words = head.split(' ');
    let (method, target, token) = (words.next()?, words.next()?, words.next());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let body = request.get(end + 1..).unwrap_or_default();
    // The one control that changes volumes; the server finds it without the table.
    if let ("POST", Some(id)) = (method, path.strip_prefix("/_sim/volumes/")) {
        cloud.advance(now);
        let reply = edit::edit(cloud, "", id, body).unwrap_or_else(|refusal| refusal.reply(Family::Custom));
        is_sound(&reply);
        return Some(reply);
    }
    let found = route::find(method, path)?;
    let route = found.route?;
    let mut call = Call {
        method: method.to_owned(),
        target: target.to_owned(),
        values: found.values,
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        client_token: token.map(str::to_owned),
        body: body.to_vec(),
        ..Call::default()
    };
    call.project = call.value("project_id").to_owned();
    cloud.advance(now);
    let reply =
        (route.operation.endpoint)(cloud, &call).unwrap_or_else(|refusal| refusal.reply(route.operation.family));
    is_sound(&reply);
    Some(reply)
}

fn is_sound(reply: &Reply) {
    assert!((200..600).contains(&reply.status), "{}", reply.status);
    let read = serde_json::from_slice::<Value>(&reply.body);
    assert!(reply.body.is_empty() || read.is_ok(), "{}", String::from_utf8_lossy(&reply.body));
}

/// What can be seen of a cloud at that time.
fn seen(cloud: &mut Cloud, now: i64) -> Vec<Option<Reply>> {
    let looks: &[&[u8]] = &[
        b"GET /v2/{p}/cloudvolumes/detail",
        b"GET /v2/{p}/cloudsnapshots/detail",
        b"GET /v3/{p}/recycle-bin-volumes/detail",
        b"GET /v3/{p}/snapshots/detail?sort=size:asc,name&limit=3",
        b"GET /v5/{p}/snapshots/detail",
        b"GET /v2/cloudimages",
        b"GET /v3/{p}/volumes/detail?sort_key=size&limit=3",
        b"GET /v2/{p}/cloudvolumes/tags",
        b"GET /v2/{p}/os-quota-sets/{p}?usage=True",
        b"POST /v2/{p}/cloudvolumes/resource_instances/action\n{\"action\":\"filter\",\"tags\":[{\"key\":\"evsctl\",\"values\":[]}]}",
    ];
    looks.iter().map(|look| answer(cloud, now, look, "")).collect()
}

/// Serves one after another, seconds apart; and a cloud that is told what happened looks the same.
pub(crate) fn serve(requests: &[&[u8]]) {
    let (Some(mut first), Some(mut second)) = (built_in(), built_in()) else { return is_built_in() };
    let (mut now, mut job) = (START, String::new());
    for request in requests {
        let reply = answer(&mut first, now, request, &job);
        let body = reply.and_then(|reply| serde_json::from_slice::<Value>(&reply.body).ok()).unwrap_or_default();
        if let Some(Value::String(id)) = body.get("job_id") {
            job.clone_from(id);
        }
        now += DURATION / 4;
    }
    for event in first.take_events() {
        let event = serde_json::to_vec(&event).ok().and_then(|line| serde_json::from_slice(&line).ok());
        assert!(event.is_some(), "an event does not read as it was written");
        if let Some(event) = event {
            second.apply(&event);
        }
    }
    for now in [now, now + 10 * DURATION] {
        assert!(seen(&mut first, now) == seen(&mut second, now), "the cloud is another after a restart");
    }
}

fn is_built_in() {
    assert!(built_in().is_some(), "the built-in catalogue does not read");
}

/// Reads the lines of a data file, and looks at the cloud that comes of them.
pub(crate) fn data(bytes: &[u8]) -> std::io::Result<()> {
    let Some(mut cloud) = built_in() else {
        is_built_in();
        return Ok(());
    };
    let read = log::replay(bytes, &mut cloud);
    for now in [START, START + 10 * DURATION] {
        seen(&mut cloud, now);
        answer(&mut cloud, now, b"POST /v3/{p}/cloudvolumes\n{\"volume\":{\"availability_zone\":\"az-dc-1\",\"volume_type\":\"SSD\",\"size\":10,\"count\":2}}", "");
    }
    read.map(drop)
}

/// Reads fault rules, lets a few requests arrive, and reads what it shows of them.
pub(crate) fn faults(bytes: &[u8]) -> Result<(), String> {
    let mut faults = Faults::read(bytes)?;
    for _ in 0..4 {
        let _ = faults.arrival("POST", Some("/v3/{project_id}/cloudvolumes"), "/v3/1/cloudvolumes");
    }
    let shown = faults.show();
    let again = Faults::read(shown.to_string().as_bytes());
    assert!(again.as_ref().is_ok_and(|again| again.show() != Value::Null), "{again:?} of {shown}");
    Ok(())
}

pub(crate) fn accounts(text: &str) -> Result<(), String> {
    let identity = Identity::new(Accounts::read(text)?, Duration::from_secs(3600));
    ask(&identity, b"{}");
    Ok(())
}

pub(crate) fn catalogue(text: &str) -> Result<(), serde_json::Error> {
    let mut cloud = cloud(Catalogue::read(Some(text))?);
    let create = b"POST /v2.1/{p}/cloudvolumes\n{\"volume\":{\"availability_zone\":\"az-dc-1\",\"volume_type\":\"SSD\",\"size\":10}}";
    answer(&mut cloud, START, create, "");
    for look in [&b"GET /v2/{p}/types"[..], b"GET /v2/{p}/os-availability-zone", b"GET /v2/{p}/cloudsnapshots/detail"] {
        answer(&mut cloud, START, look, "");
    }
    seen(&mut cloud, START);
    Ok(())
}

/// Asks IAM for a token, and for projects with it.
pub(crate) fn login(body: &[u8]) {
    if let Ok(accounts) = Accounts::read(ACCOUNTS) {
        ask(&Identity::new(accounts, Duration::from_secs(3600)), body);
    }
}

fn ask(identity: &Identity, body: &[u8]) {
    let request = |method, path, headers| Request { method, path, query: "", headers, body };
    let call = Call { body: body.to_vec(), ..Call::default() };
    let fresh = || "token".to_owned();
    let answered = identity.answer(&request("POST", "/v3/auth/tokens", &[]), &call, &fresh, START, "r");
    assert!(answered.is_some(), "IAM has no such call");
    let Some((reply, token)) = answered else { return };
    is_sound(&reply);
    assert_eq!(token.is_some(), reply.status == 201);
    let headers = [("x-auth-token", "token")];
    if let Some((reply, _)) = identity.answer(&request("GET", "/v3/projects", &headers), &call, &fresh, START, "r") {
        is_sound(&reply);
        assert_eq!(token.is_some(), reply.status == 200, "a token that was issued opens, and no other");
    }
}

/// Brings a signed request to the door.
pub(crate) fn admit(request: &Request<'_>, authorization: &str) {
    let Ok(accounts) = Accounts::read(ACCOUNTS) else { return };
    let Some(found) = route::find("GET", &format!("/v2/{PROJECT}/cloudvolumes/detail")) else { return };
    let identity = Identity::new(accounts, Duration::from_secs(3600));
    let headers: Vec<(&str, &str)> =
        [("authorization", authorization)].into_iter().chain(request.headers.iter().copied()).collect();
    let _ = identity.admit(&Request { headers: &headers, ..*request }, &found, START);
}
