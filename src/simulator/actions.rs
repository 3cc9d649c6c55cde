//! `POST /v2|v3/{project_id}/volumes/{volume_id}/action`: which action a body asks for, and the two flags of a volume.
//!
//! A body has one action. What came after the micro-version that the service has is none here.

use super::act::Act;
use super::body::object;
use super::call::Call;
use super::change::named;
use super::event::Change;
use super::export;
use super::extend;
use super::hold;
use super::metadata::READONLY;
use super::model::Cloud;
use super::reply::{Refusal, Reply};
use super::retype;
use serde_json::{Map, Value};

/// The actions that no project may take, and the rules of Cinder's policy that say so. That connections are among them is a
/// choice: the reference has no such call, and what it would answer are secrets of the storage.
const FORBIDDEN: &[(&str, &str)] = &[
    ("os-reset_status", "volume_extension:volume_admin_actions:reset_status"),
    ("os-force_delete", "volume_extension:volume_admin_actions:force_delete"),
    ("os-force_detach", "volume_extension:volume_admin_actions:force_detach"),
    ("os-migrate_volume", "volume_extension:volume_admin_actions:migrate_volume"),
    ("os-migrate_volume_completion", "volume_extension:volume_admin_actions:migrate_volume_completion"),
    ("os-unmanage", "volume_extension:volume_unmanage"),
    ("os-initialize_connection", "volume_extension:volume_actions:initialize_connection"),
    ("os-terminate_connection", "volume_extension:volume_actions:terminate_connection"),
];

/// Takes the action of the body.
pub(super) fn act(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let whole = object(&call.body)?;
    // What only an extension may have beside it is no action.
    let mut actions = whole.iter().filter(|(name, _)| *name != "bssParam");
    let (Some((name, asked)), None) = (actions.next(), actions.next()) else { return Err(Refusal::of("EVS.5400")) };
    if name == "os-extend" {
        return extend::cinder(cloud, call);
    }
    if whole.len() > 1 {
        return Err(Refusal::of("EVS.5400"));
    }
    let none = Map::new();
    // Clients send null, an empty object or even a word where nothing is asked; a field that is needed is missed later.
    let fields = asked.as_object().unwrap_or(&none);
    match name.as_str() {
        "os-set_bootable" => set_bootable(cloud, call, fields),
        "os-update_readonly_flag" => set_readonly(cloud, call, fields),
        "os-reserve" => hold::reserve(cloud, call),
        "os-unreserve" => hold::unreserve(cloud, call),
        "os-begin_detaching" => hold::begin_detaching(cloud, call),
        "os-roll_detaching" => hold::roll_detaching(cloud, call),
        "os-attach" => hold::attach(cloud, call, fields),
        "os-detach" => hold::detach(cloud, call, fields),
        "os-retype" => retype::cinder(cloud, call, &whole),
        "os-volume_upload_image" => export::upload(cloud, call, fields),
        name => match FORBIDDEN.iter().find(|(action, _)| *action == name) {
            Some((_, rule)) => {
                named(cloud, call)?;
                Err(Refusal::saying("EVS.5403", format!("Policy doesn't allow {rule} to be performed.")))
            }
            None => Err(Refusal::saying("EVS.5400", format!("There is no such action: {name}."))),
        },
    }
}

/// 200 and nothing. A volume in any status takes it (a choice).
fn set_bootable(cloud: &mut Cloud, call: &Call, fields: &Map<String, Value>) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?.id;
    let bootable = flag(fields, "bootable")?;
    cloud.record(Change::Acted { volume, act: Act::Bootable(bootable) });
    Ok(Reply::empty(200))
}

/// 202 and nothing; only what is `available` takes it, as in Cinder.
fn set_readonly(cloud: &mut Cloud, call: &Call, fields: &Map<String, Value>) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    let (id, mut metadata) = (volume.id, volume.spec.metadata.clone());
    let readonly = flag(fields, "readonly")?;
    if volume.status() != "available" {
        let message = "Invalid volume: its status must be available to update the readonly flag.";
        return Err(Refusal::saying("EVS.1031", message));
    }
    metadata.insert(READONLY.to_owned(), if readonly { "True" } else { "False" }.to_owned());
    cloud.record(Change::Acted { volume: id, act: Act::Metadata(metadata) });
    Ok(Reply::empty(202))
}

/// A boolean, or its text, which Cinder takes too.
fn flag(fields: &Map<String, Value>, key: &str) -> Result<bool, Refusal> {
    let read = match fields.get(key) {
        Some(Value::Bool(flag)) => Some(*flag),
        Some(Value::String(text)) => text.to_ascii_lowercase().parse().ok(),
        _ => None,
    };
    read.ok_or_else(|| Refusal::saying("EVS.5400", format!("Bad value for '{key}': true or false is expected.")))
}
