//! What the bodies of these calls share.

use crate::evs::wire::Link;
use crate::simulator::body::{integer, object, object_of, text};
use crate::simulator::check::{check_enterprise_project, check_tags};
use crate::simulator::reply::{Refusal, Reply};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The object that a body holds under that name.
///
/// # Errors
/// EVS.1070 where it is not there, or the code of a body that is none.
pub(super) fn within(bytes: &[u8], name: &str) -> Result<Map<String, Value>, Refusal> {
    let whole = object(bytes)?;
    object_of(&whole, name)?.cloned().ok_or_else(|| Refusal::of("EVS.1070"))
}

/// Name and description, as far as they are given.
///
/// # Errors
/// EVS.1003 and EVS.1004 where they are longer than that, by the measure that is handed in.
pub(super) fn words(
    fields: &Map<String, Value>,
    measure: fn(&str) -> usize,
    (name_most, description_most): (usize, usize),
) -> Result<(Option<String>, Option<String>), Refusal> {
    let (name, description) = (text(fields, "name")?, text(fields, "description")?);
    let too_long = |of: &Option<String>, most: usize| of.as_ref().is_some_and(|it| measure(it) > most);
    if too_long(&name, name_most) {
        return Err(Refusal::of("EVS.1003"));
    }
    if too_long(&description, description_most) {
        return Err(Refusal::of("EVS.1004"));
    }
    Ok((name, description))
}

/// Characters, as the SDK counts the words of snapshots.
pub(super) fn characters(text: &str) -> usize {
    text.chars().count()
}

/// A boolean field; null is absent.
pub(super) fn boolean(fields: &Map<String, Value>, key: &str) -> Result<Option<bool>, Refusal> {
    match fields.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(value)) => Ok(Some(*value)),
        Some(_) => Err(Refusal::of("EVS.1018")),
    }
}

/// A list of texts; null is absent.
pub(super) fn texts(fields: &Map<String, Value>, key: &str) -> Result<Option<Vec<String>>, Refusal> {
    match fields.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(list) => text_list(list).map(Some),
    }
}

/// A list of texts.
pub(super) fn text_list(list: &Value) -> Result<Vec<String>, Refusal> {
    let wrong = || Refusal::of("EVS.1018");
    let items = list.as_array().ok_or_else(wrong)?;
    items.iter().map(|it| it.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
}

/// The tags that something shall have from the start, by the rules of those of volumes.
pub(super) fn tags(fields: &Map<String, Value>) -> Result<BTreeMap<String, String>, Refusal> {
    let tags = crate::simulator::body::texts(fields, "tags")?;
    check_tags(&tags)?;
    Ok(tags)
}

/// The enterprise project; without one, the default one.
pub(super) fn enterprise_project(fields: &Map<String, Value>) -> Result<String, Refusal> {
    let id = text(fields, "enterprise_project_id")?;
    check_enterprise_project(id.as_deref())?;
    Ok(id.unwrap_or_else(|| "0".to_owned()))
}

/// For how many days something is kept: 1 to 65536.
///
/// # Errors
/// EVS.1070 for any other number.
pub(super) fn retention(fields: &Map<String, Value>) -> Result<Option<u32>, Refusal> {
    let days = integer(fields, "retention_days")?;
    days.map(|days| match u32::try_from(days) {
        Ok(days @ 1..=65536) => Ok(days),
        _ => Err(Refusal::saying("EVS.1070", "Invalid input received: retention_days must be 1 to 65536.")),
    })
    .transpose()
}

/// The answer of a list: its rows under that name, and the link to the next page beside them where there is one, in the
/// manner of the lists of volumes (a choice: the SDK's models have no links).
pub(super) fn listed(name: &str, rows: Vec<Value>, links: &[Link]) -> Reply {
    let mut answer = Map::new();
    answer.insert(name.to_owned(), Value::Array(rows));
    if !links.is_empty() {
        answer.insert(format!("{name}_links"), serde_json::json!(links));
    }
    Reply::json(200, &answer)
}
