//! The calls of Cinder about snapshots, in its shapes: the same snapshots as those of the custom calls.

use super::order::Order;
use super::shown::Shown;
use super::wanted::Wanted;
use super::{New, found, own, take, words};
use crate::simulator::body::{object, object_of, text, texts};
use crate::simulator::call::Call;
use crate::simulator::event::Change;
use crate::simulator::model::Cloud;
use crate::simulator::reply::{Refusal, Reply};
use serde_json::{Map, Value, json};

/// `POST /v3/{project_id}/snapshots`: 202 and the snapshot, without what only full answers have.
pub(in crate::simulator) fn create(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let whole = object(&call.body)?;
    let fields = object_of(&whole, "snapshot")?.ok_or_else(|| Refusal::of("EVS.1070"))?;
    let (name, description) = words(&renamed(fields))?;
    let new = New {
        volume: text(fields, "volume_id")?,
        name,
        description,
        metadata: texts(fields, "metadata")?,
        forced: forced(fields)?,
    };
    let id = take(cloud, call, new).map_err(|refusal| match refusal.code {
        // Cinder has a status of its own for a quota that does not suffice.
        "EVS.1042" => Refusal::of("EVS.5413"),
        _ => refusal,
    })?;
    let shown = Shown::find(cloud, &call.project, &id.to_string()).map(Shown::summary);
    Ok(Reply::json(202, &json!({ "snapshot": shown })))
}

/// Cinder takes a boolean that is a text too.
fn forced(fields: &Map<String, Value>) -> Result<bool, Refusal> {
    match fields.get("force") {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(forced)) => Ok(*forced),
        Some(Value::String(word)) if word.eq_ignore_ascii_case("true") => Ok(true),
        Some(Value::String(word)) if word.eq_ignore_ascii_case("false") => Ok(false),
        Some(_) => Err(Refusal::of("EVS.1018")),
    }
}

/// The fields, with `display_name` and `display_description` under the names that they have by now.
fn renamed(fields: &Map<String, Value>) -> Map<String, Value> {
    let given = |key: &str| fields.get(key).filter(|it| !it.is_null());
    let field = |key: &str| Some((key.to_owned(), given(key).or_else(|| given(&format!("display_{key}")))?.clone()));
    ["name", "description"].into_iter().filter_map(field).collect()
}

/// `GET /v3/{project_id}/snapshots/{snapshot_id}`.
pub(in crate::simulator) fn show(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    Ok(Reply::json(200, &json!({"snapshot": found(cloud, call)?.detail(&call.project)})))
}

/// `PUT /v3/{project_id}/snapshots/{snapshot_id}`: a name or a description, at least one of them.
pub(in crate::simulator) fn update(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let number = own(cloud, call)?.number;
    let whole = object(&call.body)?;
    let fields = object_of(&whole, "snapshot")?.ok_or_else(|| Refusal::of("EVS.1070"))?;
    let (name, description) = words(&renamed(fields))?;
    if name.is_none() && description.is_none() {
        return Err(Refusal::saying("EVS.1070", "Invalid input: a name or a description is needed."));
    }
    let project = call.project.clone();
    cloud.record(Change::SnapshotUpdated { project, number, name, description, metadata: None });
    Ok(Reply::json(200, &json!({"snapshot": found(cloud, call)?.summary()})))
}

/// `GET /v3/{project_id}/snapshots`: what short answers have.
pub(in crate::simulator) fn brief(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    list(cloud, call, Shown::summary)
}

/// `GET /v3/{project_id}/snapshots/detail`.
pub(in crate::simulator) fn detail(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    list(cloud, call, |it| it.detail(&call.project))
}

/// A page, and the link to what follows its last snapshot. What a marker means that is gone is not documented; refusing it
/// is a choice, as in lists of volumes.
fn list<'a>(cloud: &'a Cloud, call: &Call, show: impl Fn(Shown<'a>) -> Map<String, Value>) -> Result<Reply, Refusal> {
    let wanted = Wanted::read(cloud, call, false)?;
    let order = Order::read(call)?;
    let mut all = order.sorted(Shown::all(cloud, &call.project).collect());
    if let Some(marker) = call.given("marker") {
        let last = Shown::find(cloud, &call.project, marker).map(Shown::id).ok_or_else(|| Refusal::of("EVS.1024"))?;
        let place = all.iter().position(|it| it.id() == last).map_or(0, |it| it + 1);
        all.drain(..place);
    }
    let mut page = all.into_iter().filter(|it| wanted.wants(cloud, *it)).skip(wanted.offset);
    let rows: Vec<Shown> = page.by_ref().take(wanted.limit).collect();
    let last = rows.last().filter(|_| page.next().is_some()).map(|it| it.id());
    let mut answer = json!({"snapshots": rows.into_iter().map(show).collect::<Vec<_>>()});
    if let Some(last) = last {
        answer["snapshots_links"] = json!([call.next_page(("marker", &last))]);
    }
    Ok(Reply::json(200, &answer))
}
