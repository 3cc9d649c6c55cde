//! The pre-flight of a plan: what its steps need is asked once, all of it at the same time, and the plan is held against the
//! answers. What cannot be asked is told, and keeps nothing from being planned.

use super::cloud::{Link, Service};
use super::error::CliError;
use crate::evs::{Client, Error, Kind};
use crate::manifest::Manifest;
use crate::observed::{Observed, ObservedSnapshot};
use crate::plan::Plan;
use crate::supply::{Fact, Facts, Needs, Placement, Snapshot};
use crate::volume::{SourceId, SourceKind};
use crate::words;
use futures_util::future::join_all;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How long EVS may take for each answer, its repeats and the waiting for its turn included: a plan does not wait longer for
/// what it can do without, as where the service allows a request a minute.
const WITHIN: Duration = Duration::from_secs(30);
/// The same of another service.
const WITHIN_BESIDE: Duration = Duration::from_secs(10);

/// Holds a plan against what the project has. Nothing is asked where no step needs anything.
pub(super) async fn preflight(plan: Plan, link: &Link, desired: &Manifest, observed: &Observed) -> Plan {
    let needs = plan.needs();
    if needs.is_empty() {
        return plan;
    }
    let facts = ask(link, &needs, observed).await;
    plan.checked(desired, observed, &facts)
}

async fn ask(link: &Link, needs: &Needs, observed: &Observed) -> Facts {
    let client = &*link.client;
    let ids = |wanted: SourceKind| -> Vec<SourceId> {
        needs.sources.iter().filter(|(kind, _)| *kind == wanted).map(|(_, id)| id.clone()).collect()
    };
    let zones = async { if needs.placement { fact(WITHIN, client.list_zones()).await } else { Fact::Unneeded } };
    let types = async { if needs.placement { fact(WITHIN, client.list_types()).await } else { Fact::Unneeded } };
    let quotas = async { if needs.quotas { fact(WITHIN, client.show_quotas()).await } else { Fact::Unneeded } };
    let snapshots = each(ids(SourceKind::Snapshot), |id| async move {
        match fact(WITHIN, client.find_snapshot(&id)).await {
            Fact::Known(Some(snapshot)) => Fact::Known(Some(placed(client, snapshot, observed).await)),
            other => other.map(|_| None),
        }
    });
    let images =
        at(link, Service::Images, ids(SourceKind::Image), |service, id| async move { service.find_image(&id).await });
    let backups =
        at(
            link,
            Service::Backups,
            ids(SourceKind::Backup),
            |service, id| async move { service.find_backup(&id).await },
        );
    let (zones, types, quotas, snapshots, images, backups) =
        tokio::join!(zones, types, quotas, snapshots, images, backups);
    Facts { zones, types, quotas, snapshots, images, backups }
}

/// A snapshot, with zone and type of its volume, which the list has mostly shown by now.
async fn placed(client: &Client, snapshot: ObservedSnapshot, observed: &Observed) -> Snapshot {
    let of = |zone: &str, volume_type: &str| Placement { zone: zone.to_owned(), volume_type: volume_type.to_owned() };
    let of = match observed.volumes.get(&snapshot.volume_id) {
        Some(seen) => Fact::Known(of(&seen.availability_zone, &seen.volume_type)),
        None => {
            let shown = client.show_volume(&snapshot.volume_id);
            fact(WITHIN, shown).await.map(|it| of(&it.availability_zone, &it.volume_type))
        }
    };
    Snapshot { name: snapshot.name, status: snapshot.status, size: snapshot.size, of }
}

/// What another service says of each.
async fn at<T, Asked: Future<Output = Result<T, Error>>>(
    link: &Link,
    service: Service,
    ids: Vec<SourceId>,
    ask: impl Fn(Arc<Client>, SourceId) -> Asked,
) -> BTreeMap<SourceId, Fact<T>> {
    if ids.is_empty() {
        return BTreeMap::new();
    }
    match link.beside(service) {
        Ok(client) => each(ids, |id| fact(WITHIN_BESIDE, ask(Arc::clone(&client), id))).await,
        Err(cause) => ids.into_iter().map(|id| (id, Fact::Unasked { cause: cause.clone() })).collect(),
    }
}

async fn each<T, Asked: Future<Output = Fact<T>>>(
    ids: Vec<SourceId>,
    ask: impl Fn(SourceId) -> Asked,
) -> BTreeMap<SourceId, Fact<T>> {
    let facts = join_all(ids.iter().map(|id| ask(id.clone()))).await;
    ids.into_iter().zip(facts).collect()
}

/// What comes of asking, in that time.
async fn fact<T>(within: Duration, asked: impl Future<Output = Result<T, Error>>) -> Fact<T> {
    match tokio::time::timeout(within, asked).await {
        Ok(Ok(known)) => Fact::Known(known),
        Ok(Err(mut error)) => {
            // The id of a request would make every plan another one, and a warning of each source.
            if let Kind::Refused { request_id, .. } = &mut error.kind {
                *request_id = None;
            }
            Fact::Unasked { cause: CliError::from(error).line() }
        }
        Err(_) => Fact::Unasked { cause: words::cloud::no_answer_within(within) },
    }
}
