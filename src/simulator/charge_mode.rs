//! The call that has volumes paid in advance that were paid by use, with the server that they are attached to (evs-api 7.6).
//!
//! Choices, where the sources are silent: every volume is looked at, and the call is refused as a whole with the first
//! refusal; the order of the checks; EVS.1070, with a message of its own, for each rule that has no code. An order that is
//! not paid at once is held against the same rules when it is.

use super::auto_pay;
use super::body::{object, text};
use super::call::{Call, uuid};
use super::catalogue::Catalogue;
use super::delete::check_locks;
use super::grow::is_prepaid;
use super::listed::volume_ids;
use super::model::Cloud;
use super::order::Goods;
use super::reply::{Refusal, Reply};
use super::volume::Volume;
use super::work;
use serde_json::json;
use uuid::Uuid;

/// `POST /v2/{project_id}/cloudvolumes/change-charge-mode`: 200 and an order.
pub(super) fn change(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let whole = object(&call.body)?;
    let ids = volume_ids(&whole)?;
    let named = text(&whole, "server_id")?.filter(|it| !it.is_empty());
    let pays_itself = auto_pay::of_several(&whole)?;
    let mut volumes: Vec<Uuid> = Vec::new();
    for id in &ids {
        let id = uuid(id).ok_or_else(|| Refusal::of("EVS.1002"))?;
        if volumes.contains(&id) {
            return Err(Refusal::saying("EVS.1032", format!("Volume {id} is named twice.")));
        }
        volumes.push(id);
    }
    let server = check(cloud, &call.project, &volumes, named)?;
    let order_id = work::order(cloud, call, Goods::ChargeMode { volumes, server }, pays_itself);
    Ok(Reply::json(200, &json!({ "order_id": order_id })))
}

/// Whether these volumes may be paid in advance with one server, that of this id where one is named; gives its id.
///
/// # Errors
/// The first rule that one of them breaks.
pub(super) fn check(cloud: &Cloud, project: &str, volumes: &[Uuid], named: Option<String>) -> Result<String, Refusal> {
    let mut server = named;
    for id in volumes {
        let missing = || Refusal::no_volume(id);
        let volume = cloud.volume(project, *id).ok_or_else(missing)?;
        // Which of them it is, the published messages do not say.
        let of_it = |refusal: Refusal| Refusal { message: format!("{} (volume {id})", refusal.message), ..refusal };
        let found = one(&cloud.catalogue, volume, server.as_deref()).map_err(of_it)?;
        server = Some(found.to_owned());
    }
    server.ok_or_else(|| Refusal::of("EVS.2108"))
}

/// Whether one may be, with that server where it is known already; gives its id.
fn one<'a>(catalogue: &Catalogue, volume: &'a Volume, server: Option<&str>) -> Result<&'a str, Refusal> {
    let invalid = |why: &str| Refusal::saying("EVS.1070", format!("invalid request. {why}"));
    if is_prepaid(volume) {
        return Err(invalid("The volume is paid in advance already."));
    }
    if volume.status() != "in-use" {
        return Err(Refusal::of("EVS.2227"));
    }
    check_locks(volume)?;
    // Types whose rates are chosen are pay-per-use only.
    if volume.spec.iops.is_some() {
        return Err(invalid("Volumes of its type are paid by use only."));
    }
    let attached = volume.attached();
    let found = match (server, attached) {
        (None, [_, _, ..]) => return Err(Refusal::of("EVS.2226")),
        (None, attached) => attached.first(),
        (Some(id), attached) => {
            if !catalogue.servers.iter().any(|it| it.id == id) {
                return Err(Refusal::of("EVS.2229"));
            }
            attached.iter().find(|it| it.server == id)
        }
    };
    let id = found.map(|it| it.server.as_str()).ok_or_else(|| invalid("The volume is not attached to that server."))?;
    let known = catalogue.servers.iter().find(|it| it.id == id).ok_or_else(|| Refusal::of("EVS.2229"))?;
    if known.prepaid { Ok(id) } else { Err(invalid("The server is paid by use.")) }
}
