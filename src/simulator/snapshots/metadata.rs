//! Cinder's calls about the metadata of a snapshot.

use super::{check_metadata, found, own};
use crate::simulator::body::{object, object_of, texts};
use crate::simulator::call::Call;
use crate::simulator::event::Change;
use crate::simulator::model::Cloud;
use crate::simulator::reply::{Refusal, Reply};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

type Metadata = BTreeMap<String, String>;

/// `GET /v3/{project_id}/snapshots/{snapshot_id}/metadata`.
pub(in crate::simulator) fn all(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    Ok(Reply::json(200, &json!({"metadata": found(cloud, call)?.summary().remove("metadata")})))
}

/// `POST /v3/{project_id}/snapshots/{snapshot_id}/metadata`: keys that are not named stay.
pub(in crate::simulator) fn add(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let mut metadata = own(cloud, call)?.metadata.clone();
    metadata.extend(given(&object(&call.body)?, "metadata")?);
    set(cloud, call, metadata)?;
    all(cloud, call)
}

/// `PUT /v3/{project_id}/snapshots/{snapshot_id}/metadata`: keys that are not named go.
pub(in crate::simulator) fn replace(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    own(cloud, call)?;
    set(cloud, call, given(&object(&call.body)?, "metadata")?)?;
    all(cloud, call)
}

/// `GET /v3/{project_id}/snapshots/{snapshot_id}/metadata/{key}`.
pub(in crate::simulator) fn one(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let key = call.value("key");
    let shown = found(cloud, call)?.summary();
    let value = shown.get("metadata").and_then(|it| it.get(key)).ok_or_else(|| no_such(key))?;
    Ok(Reply::json(200, &json!({"meta": {key: value}})))
}

/// `PUT /v3/{project_id}/snapshots/{snapshot_id}/metadata/{key}`: the body has that key and no other.
pub(in crate::simulator) fn set_one(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let mut metadata = own(cloud, call)?.metadata.clone();
    let meta = given(&object(&call.body)?, "meta")?;
    if !meta.keys().map(String::as_str).eq([call.value("key")]) {
        return Err(Refusal::saying("EVS.5400", "Request body and URI mismatch."));
    }
    metadata.extend(meta);
    set(cloud, call, metadata)?;
    one(cloud, call)
}

/// `DELETE /v3/{project_id}/snapshots/{snapshot_id}/metadata/{key}`: 200 and nothing.
pub(in crate::simulator) fn remove(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let mut metadata = own(cloud, call)?.metadata.clone();
    let key = call.value("key");
    metadata.remove(key).ok_or_else(|| no_such(key))?;
    set(cloud, call, metadata)?;
    Ok(Reply::empty(200))
}

/// The texts of that field, which must be there.
fn given(whole: &Map<String, Value>, field: &str) -> Result<Metadata, Refusal> {
    object_of(whole, field)?.ok_or_else(|| Refusal::of("EVS.1070"))?;
    texts(whole, field)
}

fn no_such(key: &str) -> Refusal {
    Refusal::saying("EVS.5404", format!("The snapshot has no metadata with the key {key}."))
}

fn set(cloud: &mut Cloud, call: &Call, metadata: Metadata) -> Result<(), Refusal> {
    check_metadata(&metadata)?;
    let (project, number) = (call.project.clone(), own(cloud, call)?.number);
    let (name, description, metadata) = (None, None, Some(metadata));
    cloud.record(Change::SnapshotUpdated { project, number, name, description, metadata });
    Ok(())
}
