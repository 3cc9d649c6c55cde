//! The calls that the API has for reading, each made once, and what its answer says about the permission that it needs.

use super::findings::Findings;
use super::judge;
use super::prepare::Ready;
use crate::cli::exit::Exit;
use crate::cli::render::doctor::Check;
use crate::evs::{Client, Error, Kind, LIST, ListAudit, Meaning};
use crate::volume::{JobId, VolumeId};
use crate::words::count;

/// Ids of the right form that nothing has.
const NO_VOLUME: &str = "00000000-0000-4000-8000-000000000000";
const NO_JOB: &str = "00000000000000000000000000000000";

/// Lists the volumes: the first request of all, so that it also shows whether there is a connection and whether the
/// credentials are accepted. `None` where only the list itself cannot be had.
pub(super) async fn listed(
    client: &Client,
    ready: &Ready,
    found: &mut Findings,
) -> Result<Option<ListAudit>, &'static str> {
    const NAME: &str = "list-volumes";
    const ACTION: &str = "evs:volumes:list";
    let error = match client.audit_list().await {
        Ok(audit) => {
            found.add(Check::ok("connection", "the service answers"));
            found.add(Check::ok("credentials", &ready.shown));
            found.add(judged(NAME, ACTION, Ok(count(audit.volumes.len() as u64, "volume"))));
            return Ok(Some(audit));
        }
        Err(error) => error,
    };
    // What is shown could not be got at all: the request itself was never sent.
    if error.request != LIST {
        return Err(refused(ready, client, &error, found));
    }
    let (status, code) = match &error.kind {
        Kind::Refused { status, code, .. } => (*status, code.as_str()),
        Kind::Unreadable(_) => {
            found.add(Check::ok("connection", "something answers"));
            found.add(judged(NAME, ACTION, Err(&error)));
            return Err("the answer is not the service's");
        }
        _ => {
            let next = "look at the endpoint's name, the network and a proxy in between, then run it again";
            found.add(Check::fail("connection", error.to_string(), next, Exit::Error));
            found.add(Check::skipped("credentials", format!("{}; shown to nobody", ready.shown)));
            return Err("there is no connection");
        }
    };
    found.add(Check::ok("connection", "the service answers"));
    match error.meaning() {
        Some(Meaning::Denied) if code == "EVS.0001" => {
            let next = "put `project_id` right; the console shows it";
            // The state's binding says that it was right once; the check that was ok gives way to this one.
            found.take_back("project");
            found.add(Check::fail("project", error.to_string(), next, Exit::Denied));
            Err("the project is not accepted")
        }
        Some(Meaning::Denied) if status != 403 => Err(refused(ready, client, &error, found)),
        Some(Meaning::Denied) => {
            found.add(Check::ok("credentials", &ready.shown));
            found.add(judged(NAME, ACTION, Err(&error)));
            Ok(None)
        }
        _ => {
            found.add(Check::skipped("credentials", format!("{}; the answer says nothing of them", ready.shown)));
            found.add(judged(NAME, ACTION, Err(&error)));
            Ok(None)
        }
    }
}

fn refused(ready: &Ready, client: &Client, error: &Error, found: &mut Findings) -> &'static str {
    let next = if ready.signs && judge::is_too_far(client.conformance().ahead) {
        "set the local clock first: its signatures are refused for their date"
    } else {
        error.explained().map_or("evsctl auth status says which are used; set others", |code| code.next)
    };
    found.add(Check::fail("credentials", format!("{}: {error}", ready.shown), next, Exit::Denied));
    "the credentials are not accepted"
}

/// All the others.
pub(super) async fn rest(client: &Client, ready: &Ready, audit: Option<&ListAudit>, found: &mut Findings) {
    let manifest = &ready.stack.manifest;
    let state = ready.state.as_ref();
    found.add(show(client, audit).await);
    found.add(job(client).await);
    let zones = client.list_zones().await;
    let told = zones.as_ref().map(|it| count(it.len() as u64, "zone"));
    found.add(judged("read-zones", "no IAM action", told));
    let types = client.list_types().await;
    let told = types.as_ref().map(|it| count(it.len() as u64, "volume type"));
    found.add(judged("read-types", "evs:types:get", told));
    let quotas = client.show_quotas().await;
    let told = quotas.as_ref().map(|it| format!("{} limits", it.len()));
    found.add(judged("read-quotas", "evs:quotas:get", told));
    let keys = client.list_tag_keys().await;
    let told = keys.as_ref().map(|it| count(it.len() as u64, "tag key"));
    found.add(judged("read-tags", "evs:volumeTags:*", told));
    found.add(Check::skipped(
        "write-volumes",
        "this only reads; apply needs evs:volumes:create, evs:volumes:update and evs:volumes:delete",
    ));
    if ready.checked {
        let desired = judge::desired(manifest, state);
        if let Ok(zones) = &zones {
            found.add(judge::zones(&desired, zones));
        }
        if let Ok(types) = &types {
            found.add(judge::types(&desired, types, zones.as_deref().ok()));
        }
        if let Ok(quotas) = &quotas {
            found.add(judge::quota(&desired, quotas));
        }
        found.add(judge::tokens(state, &ready.cloud.id));
    } else {
        for name in ["zones", "types", "quota", "client-tokens"] {
            found.add(Check::skipped(name, "without the state nobody knows what is left to make"));
        }
    }
    if let Some(audit) = audit {
        found.add(judge::list_pages(audit));
        found.add(judge::list_order(audit));
        let own = &manifest.cloud.ownership_tag;
        found.add(judge::list_tags(audit, state, own, keys.as_deref().ok()));
    }
}

/// One that is listed; where there is none, one that cannot be there.
async fn show(client: &Client, audit: Option<&ListAudit>) -> Check {
    const NAME: &str = "show-volume";
    const ACTION: &str = "evs:volumes:get";
    let known = audit.and_then(|audit| audit.volumes.first()).map(|volume| volume.id.clone());
    let Some(id) = known.clone().or_else(|| VolumeId::new(NO_VOLUME).ok()) else {
        return Check::skipped(NAME, "no volume to show");
    };
    match client.show_volume(&id).await {
        Ok(_) => judged(NAME, ACTION, Ok(format!("volume {id}"))),
        Err(error) if error.says_job_absent() => match known {
            None => judged(NAME, ACTION, Ok("a volume that is not there is not found".to_owned())),
            Some(id) => Check::warn(
                NAME,
                format!("volume {id} is listed and not found"),
                "run it again: it may have been deleted meanwhile, or reads lag behind the list",
            ),
        },
        Err(error) => judged(NAME, ACTION, Err(&error)),
    }
}

async fn job(client: &Client) -> Check {
    const NAME: &str = "query-job";
    const ACTION: &str = "no IAM action is documented";
    let Ok(id) = JobId::new(NO_JOB) else { return Check::skipped(NAME, "no job to ask for") };
    match client.show_job(&id).await {
        Err(error) if error.says_job_absent() => {
            judged(NAME, ACTION, Ok("a job that is not there is not found".to_owned()))
        }
        Err(error) => judged(NAME, ACTION, Err(&error)),
        Ok(_) => Check::warn(
            NAME,
            "a job that is not there is answered all the same",
            "look at the endpoint: this is not as the EVS API documents it",
        ),
    }
}

/// One call, by its answer.
pub(super) fn judged(name: &'static str, action: &str, answer: Result<String, &Error>) -> Check {
    let error = match answer {
        Ok(seen) => return Check::ok(name, format!("{seen} ({action})")),
        Err(error) => error,
    };
    let seen = format!("{error} ({action})");
    match error.meaning() {
        Some(Meaning::Denied) if action.starts_with("evs:") => {
            Check::fail(name, seen, format!("grant {action} to whose credentials these are"), Exit::Denied)
        }
        Some(Meaning::Denied) => {
            let next = error.explained().map_or("make sure that the credentials are this project's", |code| code.next);
            Check::fail(name, seen, next, Exit::Denied)
        }
        // Open Telekom Cloud, for one, has some of them elsewhere.
        Some(Meaning::NotFound) if name.starts_with("read-") => {
            Check::warn(name, seen, "nothing: this service has no such call, and plan and apply need none")
        }
        _ => {
            let next = error.explained().map_or("run the same command again", |code| code.next);
            Check::fail(name, seen, next, Exit::Error)
        }
    }
}
