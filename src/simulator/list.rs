//! The lists of volumes: the custom one, the two of Cinder, and the query by tags.

use super::body::{object, text};
use super::call::Call;
use super::change::tag_list;
use super::filter::{SortKey, Wanted};
use super::model::Cloud;
use super::render;
use super::reply::{Refusal, Reply};
use super::volume::Volume;
use crate::evs::wire;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::ops::Bound;

/// `GET /v2/{project_id}/cloudvolumes/detail`: with the total that matches.
pub(super) fn custom(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let page = Page::find(cloud, call, true)?;
    let volumes: Vec<_> = page.volumes.iter().map(|it| render::seen(cloud, call, it)).collect();
    Ok(Reply::json(200, &List { count: Some(page.count), volumes, volumes_links: page.next(call) }))
}

/// A list: Cinder's without a total, and none with `volumes_links` on the last page.
#[derive(Serialize)]
struct List<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
    volumes: Vec<T>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    volumes_links: Vec<wire::Link>,
}

/// `GET /v3/{project_id}/volumes/detail`.
pub(super) fn cinder(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let page = Page::find(cloud, call, false)?;
    let volumes: Vec<_> = page.volumes.iter().map(|it| render::seen(cloud, call, it)).collect();
    Ok(Reply::json(200, &List { count: None, volumes, volumes_links: page.next(call) }))
}

/// `GET /v3/{project_id}/volumes`: id, links and name alone.
pub(super) fn cinder_brief(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    #[derive(Serialize)]
    struct Brief<'a> {
        id: String,
        links: Vec<wire::Link>,
        name: &'a str,
    }
    let page = Page::find(cloud, call, false)?;
    let mut volumes = Vec::new();
    for volume in &page.volumes {
        let id = volume.id.to_string();
        volumes.push(Brief { links: render::links(&call.base, &volume.project, &id), id, name: &volume.name });
    }
    Ok(Reply::json(200, &List { count: None, volumes, volumes_links: page.next(call) }))
}

/// One page.
struct Page<'a> {
    /// How many match in all.
    count: usize,
    volumes: Vec<&'a Volume>,
    /// Whether more follow.
    more: bool,
}

impl<'a> Page<'a> {
    fn find(cloud: &'a Cloud, call: &Call, custom: bool) -> Result<Page<'a>, Refusal> {
        let wanted = Wanted::read(call, &cloud.catalogue, custom)?;
        let marker = match wanted.marker {
            None => None,
            // What a marker means that is gone is not documented; refusing it is a choice.
            Some(id) => Some(cloud.volume(&call.project, id).ok_or_else(|| Refusal::of("EVS.1024"))?),
        };
        if wanted.everything() && wanted.key == SortKey::Created {
            return Ok(Page::of_everything(cloud, call, &wanted, marker));
        }
        let mut sorted: Vec<&Volume> = cloud.volumes(&call.project).collect();
        // Stable: equals stay in the order of their ages.
        sorted.sort_by(|one, other| match wanted.key {
            SortKey::Id => one.id.cmp(&other.id),
            SortKey::Status => one.status().cmp(other.status()),
            SortKey::Size => one.size.cmp(&other.size),
            SortKey::Created => std::cmp::Ordering::Equal,
        });
        if wanted.descending {
            sorted.reverse();
        }
        let mut behind_marker = marker.is_none();
        let (mut count, mut skip, mut more, mut volumes) = (0, wanted.offset, false, Vec::new());
        for volume in sorted {
            if wanted.wants(cloud, volume) {
                count += 1;
                if behind_marker && skip > 0 {
                    skip -= 1;
                } else if behind_marker && volumes.len() < wanted.limit {
                    volumes.push(volume);
                } else if behind_marker {
                    more = true;
                }
            }
            behind_marker |= wanted.marker == Some(volume.id);
        }
        Ok(Page { count, volumes, more })
    }

    /// The page of a list without filters in order of creation: looks at what the page holds and at nothing else.
    fn of_everything(cloud: &'a Cloud, call: &Call, wanted: &Wanted, marker: Option<&Volume>) -> Page<'a> {
        let range = match (marker.map(Volume::age), wanted.descending) {
            (None, _) => (Bound::Unbounded, Bound::Unbounded),
            (Some(age), false) => (Bound::Excluded(age), Bound::Unbounded),
            (Some(age), true) => (Bound::Unbounded, Bound::Excluded(age)),
        };
        let ages = cloud.volumes_of(&call.project, range);
        let mut volumes: Vec<&Volume> = if wanted.descending {
            ages.rev().skip(wanted.offset).take(wanted.limit + 1).collect()
        } else {
            ages.skip(wanted.offset).take(wanted.limit + 1).collect()
        };
        let more = volumes.len() > wanted.limit;
        volumes.truncate(wanted.limit);
        Page { count: cloud.project(&call.project).map_or(0, |it| it.volumes.len()), volumes, more }
    }

    /// The link to the next page, which asks for what follows the last volume of this one.
    fn next(&self, call: &Call) -> Vec<wire::Link> {
        let Some(last) = self.volumes.last().filter(|_| self.more) else { return Vec::new() };
        vec![call.next_page(("marker", &last.id.to_string()))]
    }
}

/// `POST /v2/{project_id}/cloudvolumes/resource_instances/action` (evs-api 9.4).
pub(super) fn by_tags(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let body = object(&call.body)?;
    let counting = match text(&body, "action")?.as_deref() {
        Some("filter") => false,
        Some("count") => true,
        _ => return Err(Refusal::of("EVS.1070")),
    };
    if body.get("tags").is_none_or(Value::is_null) {
        return Err(Refusal::of("EVS.1070"));
    }
    let tags = entries(&body, "tags")?;
    let matches = entries(&body, "matches")?;
    if tags.len() > 10 {
        return Err(Refusal::of("EVS.1061"));
    }
    check_tags_asked(&tags)?;
    if matches.iter().any(|it| !matches!(word(it, "key"), "resource_name" | "service_type")) {
        return Err(Refusal::of("EVS.1070"));
    }
    let limit = number(&body, "limit", 1000)?;
    let offset = number(&body, "offset", 0)?;
    match limit {
        0 => return Err(Refusal::of("EVS.1023")),
        1..=1000 => {}
        _ => return Err(Refusal::of("EVS.2142")),
    }
    let wanted = |volume: &&Volume| {
        let shown = render::tags(cloud, call, volume);
        let tagged = tags.iter().all(|entry| {
            let (key, values) = (word(entry, "key"), entry.get("values").and_then(Value::as_array));
            shown.get(key).is_some_and(|value| {
                values.is_none_or(|any| any.is_empty() || any.iter().any(|it| it.as_str() == Some(value.as_str())))
            })
        });
        tagged
            && !call.list_lag.hides(volume.created, cloud.now())
            && matches.iter().all(|entry| match word(entry, "key") {
                "resource_name" => volume.name.contains(word(entry, "value")),
                _ => word(entry, "value").eq_ignore_ascii_case(render::service_type(volume)),
            })
    };
    let found: Vec<&Volume> = cloud.volumes(&call.project).rev().filter(wanted).collect();
    if counting {
        return Ok(Reply::json(200, &json!({"total_count": found.len()})));
    }
    let resources: Vec<Value> = found
        .iter()
        .skip(offset)
        .take(limit)
        .map(|volume| {
            let mut detail = serde_json::to_value(render::seen(cloud, call, volume)).unwrap_or_default();
            if let Value::Object(fields) = &mut detail {
                fields.insert("shareable".to_owned(), json!(volume.spec.multiattach));
            }
            json!({"resource_id": volume.id, "resource_name": volume.name, "resource_detail": detail, "tags": tag_list(render::tags(cloud, call, volume))})
        })
        .collect();
    Ok(Reply::json(200, &json!({"total_count": found.len(), "resources": resources})))
}

/// The keys that are asked for are distinct, as are the values of each, of which there are 10 at the most (evs-api 9.4).
fn check_tags_asked(tags: &[&Map<String, Value>]) -> Result<(), Refusal> {
    let distinct = |of: &[&str]| of.iter().enumerate().all(|(place, it)| !of[..place].contains(it));
    let keys: Vec<&str> = tags.iter().map(|it| word(it, "key")).collect();
    let sound = |entry: &&Map<String, Value>| match entry.get("values") {
        None | Some(Value::Null) => true,
        Some(Value::Array(values)) => {
            let texts: Option<Vec<&str>> = values.iter().map(Value::as_str).collect();
            texts.is_some_and(|it| it.len() <= 10 && distinct(&it))
        }
        Some(_) => false,
    };
    if distinct(&keys) && tags.iter().all(sound) { Ok(()) } else { Err(Refusal::of("EVS.1070")) }
}

fn entries<'a>(body: &'a Map<String, Value>, key: &str) -> Result<Vec<&'a Map<String, Value>>, Refusal> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => {
            items.iter().map(|it| it.as_object().ok_or_else(|| Refusal::of("EVS.1070"))).collect()
        }
        Some(_) => Err(Refusal::of("EVS.1070")),
    }
}

fn word<'a>(entry: &'a Map<String, Value>, key: &str) -> &'a str {
    entry.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A number, or the text of one: a published sample sends texts.
fn number(body: &Map<String, Value>, key: &str, default: usize) -> Result<usize, Refusal> {
    let value = match body.get(key) {
        None | Some(Value::Null) => return Ok(default),
        Some(Value::String(text)) => text.parse().ok(),
        Some(value) => value.as_u64().and_then(|it| usize::try_from(it).ok()),
    };
    value.ok_or_else(|| Refusal::of("EVS.1070"))
}
