//! `POST /_sim/volumes/{volume_id}`: a volume edited from outside, as a console, a server or an accident would.
//!
//! What is missing, or null, stays. `size`, `volume_type` and `gone` are for volumes on which no work is under way.

use super::body::object;
use super::check::check_tags;
use super::event::{Change, Edit};
use super::model::Cloud;
use super::render;
use super::reply::{Refusal, Reply};
use super::time;
use serde_json::{Map, Value, json};

/// Edits a volume of any project and answers with what it is then; with nothing where it is gone.
///
/// # Errors
/// EVS.5404 where there is no such volume, EVS.1070 for fields that no edit has, EVS.1046 while work is under way
/// that the edit would disagree with, and what a tag may not be.
pub(super) fn edit(cloud: &mut Cloud, id: &str, body: &[u8]) -> Result<Reply, Refusal> {
    let missing = || Refusal::saying("EVS.5404", format!("Volume {id} could not be found."));
    let volume = super::call::uuid(id).and_then(|id| cloud.volume_of_any(id)).ok_or_else(missing)?;
    let edit = read(object(body)?).map_err(|why| Refusal::saying("EVS.1070", why))?;
    if let Some(tags) = &edit.tags {
        check_tags(tags)?;
    }
    if edit.moves_quota() && volume.is_worked_on(cloud.now()) {
        return Err(Refusal::of("EVS.1046"));
    }
    let id = volume.id;
    cloud.record(Change::Edited { volume: id, edit });
    Ok(match cloud.volume_of_any(id) {
        Some(volume) => Reply::json(200, &json!({ "volume": render::volume(cloud, volume) })),
        None => Reply::empty(204),
    })
}

fn read(mut fields: Map<String, Value>) -> Result<Edit, String> {
    fields.retain(|_, value| !value.is_null());
    if let Some(created) = fields.get_mut("created_at") {
        let text = created.as_str().ok_or("created_at is a text, such as \"2024-01-02T03:04:05.000000\"")?;
        *created = json!(time::read(text)?.as_microsecond());
    }
    let edit: Edit = serde_json::from_value(Value::Object(fields)).map_err(|error| error.to_string())?;
    if edit.size == Some(0) {
        return Err("size is 1 or more".to_owned());
    }
    if edit.status.as_ref().is_some_and(String::is_empty) {
        return Err("status is a word".to_owned());
    }
    Ok(edit)
}
