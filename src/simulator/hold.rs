//! The actions by which a server's service tells Cinder what it does with a volume. The reference calls them deprecated:
//! servers attach and detach by calls of their own, and these only change what the volume shows.
//!
//! Which status each of them needs, that what is not held need not be released, and the words of the refusals follow
//! Cinder; that they change a volume at once is a choice, as is that a server has a device's name only once.

use super::act::{Act, Hold, Place};
use super::attach;
use super::body::text;
use super::call::{Call, uuid};
use super::change::named;
use super::event::Change;
use super::metadata::{ATTACHED_MODE, READONLY};
use super::model::Cloud;
use super::reply::{Refusal, Reply};
use super::volume::{Attachment, Volume};
use serde_json::{Map, Value};
use uuid::Uuid;

/// The most bytes of a device's name.
const MAX_DEVICE: usize = 255;

/// The most servers of a shared volume (evs-api 7.7).
const MOST_SERVERS: usize = 16;
/// The most characters of a host's name.
const MAX_HOST: usize = 64;

fn done(cloud: &mut Cloud, volume: Uuid, act: Act) -> Reply {
    cloud.record(Change::Acted { volume, act });
    Reply::empty(202)
}

fn invalid(why: impl std::fmt::Display) -> Refusal {
    Refusal::saying("EVS.1031", format!("Invalid volume: {why}"))
}

fn wrong(why: &str) -> Refusal {
    Refusal::saying("EVS.5400", why)
}

/// Whether it is attached and may be to one more server.
fn is_shared(volume: &Volume) -> bool {
    volume.status() == "in-use" && volume.spec.multiattach
}

/// `os-reserve`: the volume is `attaching`.
pub(super) fn reserve(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    if volume.status() != "available" && !is_shared(volume) {
        let status = volume.status();
        return Err(invalid(format!("its status must be available, or in-use where it is shared; it is {status}.")));
    }
    let id = volume.id;
    Ok(done(cloud, id, Act::Hold(Hold::Attaching)))
}

/// `os-unreserve`: it is what it was before.
pub(super) fn unreserve(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    release(cloud, call, Hold::Attaching)
}

/// `os-begin_detaching`: the volume is `detaching`.
pub(super) fn begin_detaching(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    if volume.status() != "in-use" || volume.attached().is_empty() {
        return Err(invalid("its status must be in-use and it must be attached to be detached."));
    }
    let id = volume.id;
    Ok(done(cloud, id, Act::Hold(Hold::Detaching)))
}

/// `os-roll_detaching`: it is `in-use` as before.
pub(super) fn roll_detaching(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    release(cloud, call, Hold::Detaching)
}

fn release(cloud: &mut Cloud, call: &Call, hold: Hold) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    if volume.status() != hold.word() {
        return Ok(Reply::empty(202));
    }
    let id = volume.id;
    Ok(done(cloud, id, Act::Release))
}

/// `os-attach`: the volume is attached to that server, as that device. Whether the server exists is not looked at.
pub(super) fn attach(cloud: &mut Cloud, call: &Call, fields: &Map<String, Value>) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    let filled = |key: &str| Ok::<_, Refusal>(text(fields, key)?.filter(|it| !it.is_empty()));
    let target = filled("instance_uuid")?.filter(|id| uuid(id).is_some());
    let server = target.ok_or_else(|| wrong("Invalid request to attach volume to an invalid target."))?;
    let device = filled("mountpoint")?.filter(|it| it.len() <= MAX_DEVICE);
    let device =
        device.ok_or_else(|| wrong("mountpoint: the name of a device is expected, of 255 bytes at the most."))?;
    let host_name = filled("host_name")?;
    if host_name.as_ref().is_some_and(|it| it.chars().count() > MAX_HOST) {
        return Err(wrong("host_name: it has 64 characters at the most."));
    }
    let mode = filled("mode")?.unwrap_or_else(|| "rw".to_owned());
    if !matches!(mode.as_str(), "rw" | "ro") {
        return Err(wrong("Attaching mode should be 'rw' or 'ro'."));
    }
    let (id, mut metadata) = (volume.id, volume.spec.metadata.clone());
    if metadata.get(READONLY).is_some_and(|it| it == "True") && mode != "ro" {
        return Err(invalid(format!("Invalid attaching mode '{mode}' for volume {id}.")));
    }
    let attached = volume.attached();
    if attached.iter().any(|it| it.server == server) {
        return match volume.status() {
            "attaching" => Ok(done(cloud, id, Act::Release)),
            "in-use" => Ok(Reply::empty(202)),
            status => Err(invalid(format!("its status must be available or attaching; it is {status}."))),
        };
    }
    match volume.status() {
        "available" | "attaching" => {}
        _ if is_shared(volume) => {}
        "in-use" => return Err(invalid("volume is already attached and multiple attachments are not enabled.")),
        status => return Err(invalid(format!("its status must be available or attaching; it is {status}."))),
    }
    if attached.len() >= MOST_SERVERS {
        return Err(invalid(format!("it is attached to {MOST_SERVERS} servers, which are the most.")));
    }
    let is_there = |it: &Attachment| it.server == server && attach::device(it) == device;
    if cloud.volumes(&call.project).flat_map(Volume::attached).any(is_there) {
        return Err(invalid(format!("server {server} has another volume as {device}.")));
    }
    metadata.insert(ATTACHED_MODE.to_owned(), mode);
    metadata.entry(READONLY.to_owned()).or_insert_with(|| "False".to_owned());
    let to = Place { server, host_name, device };
    Ok(done(cloud, id, Act::Attach { to, metadata }))
}

/// `os-detach`: by the id of an attachment, which a volume with one alone does not need.
pub(super) fn detach(cloud: &mut Cloud, call: &Call, fields: &Map<String, Value>) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    let (id, status) = (volume.id, volume.status());
    let wanted = text(fields, "attachment_id")?.filter(|it| !it.is_empty());
    let attachment = match (&wanted, volume.attached()) {
        (Some(wanted), attached) => {
            let found = attached.iter().find(|it| attach::id(id, it).to_string() == *wanted);
            let message = format!("Volume attachment could not be found with filter: attachment_id = {wanted}.");
            Some(found.ok_or_else(|| Refusal::saying("EVS.5404", message))?)
        }
        (None, []) => None,
        (None, [one]) => Some(one),
        (None, _) => {
            return Err(invalid("Detach volume failed: More than one attachment, but no attachment_id provided."));
        }
    };
    let Some(server) = attachment.map(|it| it.server.clone()) else {
        return match status {
            "available" => Ok(Reply::empty(202)),
            "attaching" => Ok(done(cloud, id, Act::Release)),
            _ => Err(invalid(format!("it is not attached, and {status}."))),
        };
    };
    if !matches!(status, "in-use" | "detaching") {
        return Err(invalid(format!("its status must be in-use or detaching; it is {status}.")));
    }
    let mut metadata = volume.spec.metadata.clone();
    if volume.attached().len() == 1 {
        metadata.remove(ATTACHED_MODE);
    }
    Ok(done(cloud, id, Act::Detach { server, metadata }))
}
