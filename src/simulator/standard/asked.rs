//! What a list of these things is asked for: which of them, in which order, which page.

use super::row::{Named, Row};
use crate::evs::wire::Link;
use crate::simulator::call::{Call, uuid};
use crate::simulator::filter::page;
use crate::simulator::reply::Refusal;
use serde_json::Value;
use std::cmp::Ordering;
use uuid::Uuid;

/// The most ids of the `ids` filter (SDK: `ids`).
const MAX_IDS: usize = 60;

/// The filters that snapshots, groups and policies share. A parameter that is empty asks for nothing.
pub(super) struct Wanted<'c> {
    call: &'c Call,
    now: i64,
    ids: Option<Vec<&'c str>>,
    /// All of them, each with its value.
    tags: Vec<(String, String)>,
}

impl<'c> Wanted<'c> {
    /// Reads the filters.
    ///
    /// # Errors
    /// EVS.1062 for tags in another form than the documented ones, EVS.1070 for too many ids.
    pub(super) fn read(call: &'c Call, now: i64) -> Result<Wanted<'c>, Refusal> {
        // An id that is none finds nothing, as the SDK says of `ids`; `id` is ignored where `ids` is given.
        let ids: Option<Vec<&str>> = match (call.given("ids"), call.given("id")) {
            (Some(list), _) => Some(list.split(',').map(str::trim).collect()),
            (None, Some(id)) => Some(vec![id]),
            (None, None) => None,
        };
        if ids.as_ref().is_some_and(|it| it.len() > MAX_IDS) {
            return Err(Refusal::of("EVS.1070"));
        }
        let tags = call.given("tags").map_or(Ok(Vec::new()), pairs)?;
        Ok(Wanted { call, now, ids, tags })
    }

    /// Whether this one is wanted. A name is looked for within names, as in the lists of volumes.
    pub(super) fn wants(&self, row: &impl Named) -> bool {
        let holds = |name: &str, test: &dyn Fn(&str) -> bool| self.call.given(name).is_none_or(test);
        let tags = row.tags();
        !self.call.list_lag.hides(row.created(), self.now)
            && self.ids.as_ref().is_none_or(|ids| ids.contains(&row.id().to_string().as_str()))
            && holds("name", &|it| row.name().contains(it))
            && holds("status", &|it| row.status().is_none_or(|status| status == it))
            && holds("enterprise_project_id", &|it| it == "all_granted_eps" || it == row.enterprise_project_id())
            && holds("tag_key", &|it| tags.contains_key(it))
            && self.tags.iter().all(|(key, value)| tags.get(key) == Some(value))
    }
}

/// Tags as a query has them: `[{"key":"k","value":"v"}]` for snapshots and groups, `[{"k":"v"}]` for policies. Both forms
/// are read everywhere.
fn pairs(text: &str) -> Result<Vec<(String, String)>, Refusal> {
    let wrong = || Refusal::of("EVS.1062");
    let Ok(Value::Array(items)) = serde_json::from_str(text) else { return Err(wrong()) };
    let mut pairs = Vec::new();
    for item in items {
        let Value::Object(fields) = item else { return Err(wrong()) };
        match (fields.get("key"), fields.get("value")) {
            (Some(Value::String(key)), Some(Value::String(value))) if fields.len() == 2 => {
                pairs.push((key.clone(), value.clone()));
            }
            _ => {
                for (key, value) in fields {
                    let Value::String(value) = value else { return Err(wrong()) };
                    pairs.push((key, value));
                }
            }
        }
    }
    Ok(pairs)
}

/// How a page ends: what its link to the next one names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paging {
    /// The id of its last row.
    Marker,
    /// How many rows come before the next page.
    Offset,
}

/// Which page, in which order.
pub(super) struct Page<'c> {
    call: &'c Call,
    limit: usize,
    offset: usize,
    marker: Option<Uuid>,
    key: Key,
    descending: bool,
    paging: Paging,
}

#[derive(Debug, Clone, Copy)]
enum Key {
    Created,
    Id,
    Status,
    Size,
}

impl<'c> Page<'c> {
    /// Reads what page is asked for, where the call knows these sort keys; without any it knows no order to ask for.
    ///
    /// # Errors
    /// The code of the first parameter that is wrong.
    pub(super) fn read(call: &'c Call, keys: &[&str], paging: Paging) -> Result<Page<'c>, Refusal> {
        let (limit, offset) = page(call)?;
        let marker = match call.given("marker").filter(|_| paging == Paging::Marker) {
            None => None,
            Some(text) => Some(uuid(text).ok_or_else(|| Refusal::of("EVS.1024"))?),
        };
        let ordered = !keys.is_empty();
        let key = match call.given("sort_key").filter(|_| ordered) {
            None => Key::Created,
            Some(key) if !keys.contains(&key) => return Err(Refusal::of("EVS.1039")),
            Some("id") => Key::Id,
            Some("status") => Key::Status,
            Some("size") => Key::Size,
            Some(_) => Key::Created,
        };
        let descending = match call.given("sort_dir").filter(|_| ordered) {
            None | Some("desc") => true,
            Some("asc") => false,
            Some(_) => return Err(Refusal::of("EVS.1040")),
        };
        Ok(Page { call, limit, offset, marker, key, descending, paging })
    }

    /// The rows of that page, and the link to the next one; all rows are handed in, oldest first.
    ///
    /// # Errors
    /// EVS.1024 where there is no such marker.
    pub(super) fn cut<'r, R: Row>(
        &self,
        rows: impl IntoIterator<Item = &'r R>,
        wants: impl Fn(&R) -> bool,
    ) -> Result<(Vec<&'r R>, Vec<Link>), Refusal> {
        let mut rows: Vec<&R> = rows.into_iter().collect();
        // Stable: equals stay in the order in which they came.
        rows.sort_by(|one, other| match self.key {
            Key::Created => Ordering::Equal,
            Key::Id => one.id().cmp(&other.id()),
            Key::Status => one.status().cmp(&other.status()),
            Key::Size => one.size().cmp(&other.size()),
        });
        if self.descending {
            rows.reverse();
        }
        let behind = match self.marker {
            None => 0,
            Some(id) => rows.iter().position(|it| it.id() == id).ok_or_else(|| Refusal::of("EVS.1024"))? + 1,
        };
        let mut rest = rows.into_iter().skip(behind).filter(|it| wants(it)).skip(self.offset);
        let page: Vec<&R> = rest.by_ref().take(self.limit).collect();
        let last = page.last().filter(|_| rest.next().is_some());
        let links = last.map(|last| match self.paging {
            Paging::Marker => self.call.next_page(("marker", &last.id().to_string())),
            Paging::Offset => self.call.next_page(("offset", &self.offset.saturating_add(self.limit).to_string())),
        });
        Ok((page, links.into_iter().collect()))
    }
}
