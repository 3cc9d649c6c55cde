//! The calls that the API has for reading, each made once, and what its answer says about the permission that it needs.

use super::findings::Findings;
use super::judge;
use super::prepare::Ready;
use crate::doctor::{Answer, Call, Called, Check, Connection, Credentials, Finding, Project, Skipped, Writes};
use crate::evs::{Client, Error, Kind, LIST, ListAudit, Meaning};
use crate::volume::{JobId, VolumeId};

/// Ids of the right form that nothing has.
const NO_VOLUME: &str = "00000000-0000-4000-8000-000000000000";
const NO_JOB: &str = "00000000000000000000000000000000";

/// What is said of a project that is not there for these credentials.
const NO_PROJECT: &str = "EVS.0001";

/// Lists the volumes: the first request of all, so that it also shows whether there is a connection and whether the
/// credentials are accepted. `None` where only the list itself cannot be had.
pub(super) async fn listed(client: &Client, ready: &Ready, found: &mut Findings) -> Result<Option<ListAudit>, Skipped> {
    let error = match client.audit_list().await {
        Ok(audit) => {
            found.add(Finding::Connection(Connection::Service));
            found.add(Finding::Credentials(Credentials::Accepted(ready.shown.clone())));
            found.add(answered(Answer::Volumes(audit.volumes.len() as u64)));
            return Ok(Some(audit));
        }
        Err(error) => error,
    };
    // What is shown could not be got at all: the request itself was never sent.
    if error.request != LIST {
        return Err(refused(ready, client, error, found));
    }
    let (status, code) = match &error.kind {
        Kind::Refused { status, code, .. } => (*status, code.as_str()),
        Kind::Unreadable(_) => {
            found.add(Finding::Connection(Connection::Something));
            found.add(failed(Call::ListVolumes, error));
            return Err(Skipped::NotTheService);
        }
        _ => {
            found.add(Finding::Connection(Connection::Failed(error)));
            found.add(Finding::Credentials(Credentials::ShownToNobody(ready.shown.clone())));
            return Err(Skipped::NoConnection);
        }
    };
    found.add(Finding::Connection(Connection::Service));
    match error.meaning() {
        Some(Meaning::Denied) if code == NO_PROJECT => {
            // The state's binding says that it was right once; the check that was ok gives way to this one.
            found.take_back(Check::Project);
            found.add(Finding::Project(Project::Refused(error)));
            Err(Skipped::ProjectRefused)
        }
        Some(Meaning::Denied) if status != 403 => Err(refused(ready, client, error, found)),
        Some(Meaning::Denied) => {
            found.add(Finding::Credentials(Credentials::Accepted(ready.shown.clone())));
            found.add(failed(Call::ListVolumes, error));
            Ok(None)
        }
        _ => {
            found.add(Finding::Credentials(Credentials::NothingSaid(ready.shown.clone())));
            found.add(failed(Call::ListVolumes, error));
            Ok(None)
        }
    }
}

fn refused(ready: &Ready, client: &Client, error: Error, found: &mut Findings) -> Skipped {
    let for_the_clock = ready.signs && judge::is_too_far(client.conformance().ahead);
    let shown = ready.shown.clone();
    found.add(Finding::Credentials(Credentials::Refused { shown, error, for_the_clock }));
    Skipped::CredentialsRefused
}

/// All the others.
pub(super) async fn rest(client: &Client, ready: &Ready, audit: Option<&ListAudit>, found: &mut Findings) {
    let manifest = &ready.stack.manifest;
    let state = ready.state.as_ref();
    found.add(show(client, audit).await);
    found.add(job(client).await);
    let zones = client.list_zones().await;
    found.add(judged(Call::ReadZones, &zones, |it| Answer::Zones(it.len() as u64)));
    let types = client.list_types().await;
    found.add(judged(Call::ReadTypes, &types, |it| Answer::Types(it.len() as u64)));
    let quotas = client.show_quotas().await;
    found.add(judged(Call::ReadQuotas, &quotas, |it| Answer::Quotas(it.len() as u64)));
    let keys = client.list_tag_keys().await;
    found.add(judged(Call::ReadTags, &keys, |it| Answer::TagKeys(it.len() as u64)));
    found.add(Finding::Writes(Writes::NotTried));
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
        for check in [Check::Zones, Check::Types, Check::Quota, Check::ClientTokens] {
            found.add(Finding::Skipped(check, Skipped::NoState));
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
async fn show(client: &Client, audit: Option<&ListAudit>) -> Finding {
    let known = audit.and_then(|audit| audit.volumes.first()).map(|volume| volume.id.clone());
    let Some(id) = known.clone().or_else(|| VolumeId::new(NO_VOLUME).ok()) else {
        return Finding::Skipped(Check::ShowVolume, Skipped::NothingToAskFor);
    };
    match client.show_volume(&id).await {
        Ok(_) => answered(Answer::Volume(id)),
        Err(error) if error.says_job_absent() => match known {
            None => answered(Answer::NoVolume),
            Some(id) => Finding::Called(Called::ListedNotFound(id)),
        },
        Err(error) => failed(Call::ShowVolume, error),
    }
}

async fn job(client: &Client) -> Finding {
    let Ok(id) = JobId::new(NO_JOB) else { return Finding::Skipped(Check::QueryJob, Skipped::NothingToAskFor) };
    match client.show_job(&id).await {
        Err(error) if error.says_job_absent() => answered(Answer::NoJob),
        Err(error) => failed(Call::QueryJob, error),
        Ok(_) => Finding::Called(Called::JobOfNothing),
    }
}

/// One call, by its answer.
fn judged<T>(call: Call, answer: &Result<T, Error>, has: impl Fn(&T) -> Answer) -> Finding {
    match answer {
        Ok(answer) => answered(has(answer)),
        Err(error) => failed(call, error.clone()),
    }
}

fn answered(answer: Answer) -> Finding {
    Finding::Called(Called::Answered(answer))
}

/// A call that failed.
pub(super) fn failed(call: Call, error: Error) -> Finding {
    Finding::Called(Called::Failed(call, error))
}
