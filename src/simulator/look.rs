//! The calls that only look: one volume, one job, and what the catalogue holds.

use super::call::Call;
use super::catalogue::Type;
use super::change::named;
use super::model::Cloud;
use super::render;
use super::reply::{Refusal, Reply};
use serde_json::{Value, json};

/// `GET /v2/{project_id}/cloudvolumes/{volume_id}` and its relatives.
pub(super) fn volume(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    Ok(Reply::json(200, &json!({"volume": render::seen(cloud, call, volume)})))
}

/// `GET /v3/{project_id}/os-vendor-volumes/{volume_id}/internal-info`: how much of its source a volume has by now, in percent.
pub(super) fn internal_info(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    let progress = if volume.status() == "creating" { 0 } else { 100 };
    Ok(Reply::json(200, &json!({"info": {"loading_progress": progress}})))
}

/// `GET /v1/{project_id}/jobs/{job_id}`: an unknown job is 400, not 404.
pub(super) fn job(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    if call.value("job_id").is_empty() {
        return Err(Refusal::saying("Common.0011", "No jobs found."));
    }
    let job = cloud.job(&call.project, call.value("job_id")).filter(|it| it.is_shown());
    let job = job.ok_or_else(|| Refusal::of("Common.0011"))?;
    Ok(Reply::json(200, &job.show(cloud.now())))
}

/// `GET /v2/{project_id}/os-availability-zone`.
pub(super) fn zones(cloud: &mut Cloud, _: &Call) -> Result<Reply, Refusal> {
    let catalogue = &cloud.catalogue;
    let shown = |zone: &String| {
        let available = !catalogue.unavailable_zones.contains(zone);
        json!({"zoneName": zone, "zoneState": {"available": available}})
    };
    let zones: Vec<Value> = catalogue.zones.iter().map(shown).collect();
    Ok(Reply::json(200, &json!({"availabilityZoneInfo": zones})))
}

/// `GET /v2/{project_id}/types`.
pub(super) fn types(cloud: &mut Cloud, _: &Call) -> Result<Reply, Refusal> {
    let types: Vec<Value> = cloud.catalogue.types.iter().map(volume_type).collect();
    Ok(Reply::json(200, &json!({"volume_types": types})))
}

/// `GET /v2/{project_id}/types/{type_id}`.
pub(super) fn one_type(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let found = cloud.catalogue.types.iter().find(|it| it.id == call.value("type_id"));
    let found = found.ok_or_else(|| Refusal::of("EVS.5404"))?;
    Ok(Reply::json(200, &json!({"volume_type": volume_type(found)})))
}

fn volume_type(of: &Type) -> Value {
    let mut specs = json!({"volume_backend_name": of.name, "RESKEY:availability_zones": of.zones.join(",")});
    if !of.sold_out.is_empty() {
        specs["os-vendor-extended:sold_out_availability_zones"] = json!(of.sold_out.join(","));
    }
    json!({"extra_specs": specs, "name": of.name, "qos_specs_id": null, "id": of.id, "is_public": true, "description": null})
}

/// A type as the export of a volume shows it. The catalogue holds no times; all its types are equally old.
pub(super) fn volume_type_at_length(of: &Type) -> Value {
    let mut shown = volume_type(of);
    if let Value::Object(fields) = &mut shown {
        fields.remove("qos_specs_id");
        fields.extend([("deleted".to_owned(), json!(false)), ("deleted_at".to_owned(), Value::Null)]);
        for key in ["created_at", "updated_at"] {
            fields.insert(key.to_owned(), json!("2024-01-02T03:04:05.000000"));
        }
    }
    shown
}

/// `GET /v2/{project_id}/os-quota-sets/{target_id}`, with `?usage=True`.
pub(super) fn quotas(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let with_usage = call.query("usage").is_some_and(|it| it.eq_ignore_ascii_case("true"));
    let usage = cloud.usage(&call.project);
    Ok(Reply::json(200, &usage.show(&cloud.catalogue, &call.project, with_usage)))
}

/// `GET /`: 300 and every version.
pub(super) fn versions(_: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    Ok(Reply::json(300, &json!({"versions": (["v1.0", "v2.0", "v3.0"].map(|id| version(&call.base, id)))})))
}

/// `GET /v1`, `/v2`, `/v3`: that version.
pub(super) fn one_version(_: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let path = call.target.split('?').next().unwrap_or_default();
    let id = match path.trim_matches('/') {
        "v1" => "v1.0",
        "v2" => "v2.0",
        _ => "v3.0",
    };
    Ok(Reply::json(200, &json!({"versions": [version(&call.base, id)]})))
}

fn version(base: &str, id: &str) -> Value {
    let current = id == "v3.0";
    let path = id.strip_suffix(".0").unwrap_or(id);
    json!({
        "id": id, "links": [{"href": format!("{base}/{path}/"), "rel": "self"}],
        "media-types": [{"base": "application/json", "type": format!("application/vnd.openstack.volume+json;version={path}")}],
        "min_version": if current { "3.0" } else { "" }, "version": if current { "3.50" } else { "" },
        "status": if current { "CURRENT" } else { "SUPPORTED" }, "updated": "2024-01-02T03:04:05Z",
    })
}
