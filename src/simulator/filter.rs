//! What a list call asks for: which volumes, in which order, which page (evs-api 5.3).

use super::call::{Call, Lag, uuid};
use super::catalogue::Catalogue;
use super::model::Cloud;
use super::render;
use super::reply::Refusal;
use super::volume::Volume;
use serde_json::Value;
use uuid::Uuid;

/// The most volumes of one page, which is also the default.
const MAX_PAGE: usize = 1000;
/// The most ids of the `ids` filter.
const MAX_IDS: usize = 60;

/// A list call, read.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) limit: usize,
    pub(super) offset: usize,
    pub(super) marker: Option<Uuid>,
    pub(super) key: SortKey,
    pub(super) descending: bool,
    filters: Vec<Filter>,
}

/// The four sort keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SortKey {
    Id,
    Status,
    Size,
    Created,
}

#[derive(Debug)]
enum Filter {
    Name(String),
    Status(String),
    Zone(String),
    Metadata(Vec<(String, String)>),
    NotMetadata(Vec<(String, String)>),
    Multiattach(bool),
    Ids(Vec<Uuid>),
    EnterpriseProject(String),
    Type(String),
    Service(String),
    Server(String),
    /// Ids of pools.
    Pools(Vec<String>),
    /// For values that no volume of this cloud can have.
    Nothing,
    /// Old enough to be in lists.
    OldEnough(Lag),
}

impl Wanted {
    /// Reads the query of a list call. Parameters that the call does not know are ignored, as are those
    /// of the custom call in a Cinder call.
    ///
    /// # Errors
    /// The code of the first parameter that is wrong.
    pub(super) fn read(call: &Call, catalogue: &Catalogue, custom: bool) -> Result<Wanted, Refusal> {
        let (limit, offset) = page(call)?;
        let marker = match call.given("marker") {
            None => None,
            Some(text) => Some(uuid(text).ok_or_else(|| Refusal::of("EVS.1024"))?),
        };
        let key = match call.query("sort_key") {
            None | Some("" | "created_at") => SortKey::Created,
            Some("id") => SortKey::Id,
            Some("status") => SortKey::Status,
            Some("size") => SortKey::Size,
            Some(_) => return Err(Refusal::of("EVS.1039")),
        };
        let descending = match call.query("sort_dir") {
            None | Some("" | "desc") => true,
            Some("asc") => false,
            Some(_) => return Err(Refusal::of("EVS.1040")),
        };
        let mut filters = Vec::new();
        for (name, value) in call.query.iter().filter(|(_, value)| !value.is_empty()) {
            if let Some(filter) = Filter::read(name, value, catalogue, custom)? {
                // `id` is ignored where `ids` is given.
                if !(name == "id" && call.given("ids").is_some()) {
                    filters.push(filter);
                }
            }
        }
        if !call.list_lag.is_none() {
            filters.push(Filter::OldEnough(call.list_lag));
        }
        Ok(Wanted { limit, offset, marker, key, descending, filters })
    }

    /// Whether every volume is wanted.
    pub(super) fn everything(&self) -> bool {
        self.filters.is_empty()
    }

    /// Whether this volume is wanted.
    pub(super) fn wants(&self, cloud: &Cloud, volume: &Volume) -> bool {
        self.filters.iter().all(|it| it.holds(cloud, volume))
    }
}

/// Limit and offset of a query, the limit as far as a fault rule lets a page have so many.
pub(super) fn page(call: &Call) -> Result<(usize, usize), Refusal> {
    let limit = match call.query("limit") {
        None => MAX_PAGE,
        Some(text) => match text.parse::<i64>() {
            Err(_) => return Err(Refusal::saying("EVS.5400", "limit param must be an integer.")),
            Ok(..=0) => return Err(Refusal::of("EVS.1023")),
            Ok(limit) => usize::try_from(limit).unwrap_or(usize::MAX),
        },
    };
    if limit > MAX_PAGE {
        return Err(Refusal::of("EVS.2142"));
    }
    let offset = match call.query("offset") {
        None => 0,
        Some(text) => match text.parse() {
            Ok(offset) => offset,
            Err(_) => return Err(Refusal::saying("EVS.5400", "offset param must be an integer.")),
        },
    };
    Ok((limit.min(call.page.unwrap_or(limit)), offset))
}

impl Filter {
    fn read(name: &str, value: &str, catalogue: &Catalogue, custom: bool) -> Result<Option<Filter>, Refusal> {
        let owned = || value.to_owned();
        Ok(Some(match name {
            "name" => Filter::Name(owned()),
            "status" => Filter::Status(owned()),
            "availability_zone" if catalogue.zones.iter().any(|it| it == value) => Filter::Zone(owned()),
            "availability_zone" => return Err(Refusal::of("EVS.1041")),
            "metadata" => Filter::Metadata(pairs(value)?),
            "not_metadata" if custom => Filter::NotMetadata(pairs(value)?),
            "multiattach" if custom => match value.to_ascii_lowercase().as_str() {
                "true" => Filter::Multiattach(true),
                "false" => Filter::Multiattach(false),
                _ => return Err(Refusal::of("EVS.1070")),
            },
            "id" if custom => Filter::Ids(vec![uuid(value).ok_or_else(|| Refusal::of("EVS.1002"))?]),
            "ids" if custom => Filter::Ids(ids(value)?),
            "enterprise_project_id" if custom && value == "all_granted_eps" => return Ok(None),
            "enterprise_project_id" if custom => Filter::EnterpriseProject(owned()),
            "volume_type_id" if custom => match catalogue.types.iter().find(|it| it.id == value) {
                Some(found) => Filter::Type(found.name.clone()),
                None => Filter::Nothing,
            },
            "service_type" if custom => Filter::Service(owned()),
            "server_id" if custom => Filter::Server(owned()),
            "dedicated_storage_id" if custom => Filter::Pools(vec![owned()]),
            "dedicated_storage_name" if custom => {
                let pools = catalogue.dedicated_storages.iter().filter(|it| it.name.contains(value));
                Filter::Pools(pools.map(|it| it.id.clone()).collect())
            }
            _ => return Ok(None),
        }))
    }

    fn holds(&self, cloud: &Cloud, volume: &Volume) -> bool {
        // What is shown is what can be found, whatever the case of either.
        let has = |pairs: &[(String, String)], all: bool| {
            let shown = render::metadata(cloud, volume);
            let one = |(key, value): &(String, String)| shown.get(key).is_some_and(|it| it.eq_ignore_ascii_case(value));
            if all { pairs.iter().all(one) } else { pairs.iter().any(one) }
        };
        match self {
            Filter::Name(part) => volume.name.contains(part.as_str()),
            Filter::Status(status) => volume.status() == status,
            Filter::Zone(zone) => volume.spec.zone == *zone,
            Filter::Metadata(pairs) => has(pairs, true),
            Filter::NotMetadata(pairs) => !has(pairs, false),
            Filter::Multiattach(value) => volume.spec.multiattach == *value,
            Filter::Ids(ids) => ids.contains(&volume.id),
            Filter::EnterpriseProject(id) => volume.spec.enterprise_project_id == *id,
            Filter::Type(name) => volume.spec.volume_type == *name,
            Filter::Service(word) => render::service_type(volume) == word,
            Filter::Server(id) => volume.attached().iter().any(|it| it.server == *id),
            Filter::Pools(ids) => volume.spec.dedicated_storage_id.as_ref().is_some_and(|it| ids.contains(it)),
            Filter::Nothing => false,
            Filter::OldEnough(lag) => !lag.hides(volume.created, cloud.now()),
        }
    }
}

/// The pairs of a metadata filter: a JSON object of plain values.
fn pairs(text: &str) -> Result<Vec<(String, String)>, Refusal> {
    let Ok(Value::Object(map)) = serde_json::from_str(text) else { return Err(Refusal::of("EVS.1058")) };
    map.into_iter()
        .map(|(key, value)| match value {
            Value::String(text) => Ok((key, text)),
            Value::Bool(_) | Value::Number(_) => Ok((key, value.to_string())),
            _ => Err(Refusal::of("EVS.1058")),
        })
        .collect()
}

/// `['id1','id2']`, with either kind of quotes. What is no id is ignored (evs-api 19.5), and does not count. That what is no
/// list, or has too many ids, is EVS.1070 is a choice.
fn ids(text: &str) -> Result<Vec<Uuid>, Refusal> {
    let inner = text.trim().strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let inner = inner.ok_or_else(|| Refusal::of("EVS.1070"))?;
    let items = inner.split(',').map(|it| it.trim().trim_matches(['\'', '"'])).filter(|it| !it.is_empty());
    let found: Vec<Uuid> = items.filter_map(uuid).collect();
    if found.len() > MAX_IDS { Err(Refusal::of("EVS.1070")) } else { Ok(found) }
}
