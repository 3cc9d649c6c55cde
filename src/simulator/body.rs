//! The JSON of a create call, taken apart: types first, meaning later.
//!
//! A null means absent, a decimal number is cut to its integer part, any other wrong JSON type is
//! EVS.1018 (evs-api, creating volumes: fields of `volume`).

use super::reply::Refusal;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The fields of `volume`, with the JSON types that the reference gives them and nothing else known.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) availability_zone: Option<String>,
    pub(super) volume_type: Option<String>,
    pub(super) size: Option<i64>,
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) count: Option<i64>,
    pub(super) backup_id: Option<String>,
    pub(super) snapshot_id: Option<String>,
    pub(super) image_ref: Option<String>,
    pub(super) multiattach: Option<bool>,
    /// The deprecated field; `None` inside is a value that is neither true nor false.
    pub(super) shareable: Option<Option<bool>>,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) enterprise_project_id: Option<String>,
    pub(super) iops: Option<i64>,
    pub(super) throughput: Option<i64>,
}

/// All metadata of a thing have fewer bytes than this (evs-api, throttling and quotas).
pub(super) const MAX_METADATA: usize = 1_048_576;

/// How many bytes metadata have.
pub(super) fn metadata_size(pairs: &BTreeMap<String, String>) -> usize {
    pairs.iter().map(|(key, value)| key.len() + value.len()).sum()
}

/// Reads a body as a JSON object.
///
/// # Errors
/// EVS.1052 where it is not JSON (too deep included), EVS.2108 where it is not an object.
pub(super) fn object(bytes: &[u8]) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(Refusal::of("EVS.2108")),
        Err(_) => Err(Refusal::of("EVS.1052")),
    }
}

impl Body {
    /// Reads the `volume` object of a create call.
    ///
    /// # Errors
    /// EVS.1008 without one, EVS.1009 where it is no object, EVS.2083 without zone or type, EVS.1018 for a
    /// wrong JSON type.
    pub(super) fn read(whole: &Map<String, Value>) -> Result<Body, Refusal> {
        let fields = match whole.get("volume") {
            None | Some(Value::Null) => return Err(Refusal::of("EVS.1008")),
            Some(Value::Object(fields)) => fields,
            Some(_) => return Err(Refusal::of("EVS.1009")),
        };
        Ok(Body {
            availability_zone: text(fields, "availability_zone")?,
            volume_type: text(fields, "volume_type")?,
            size: integer(fields, "size")?,
            name: text(fields, "name")?,
            description: text(fields, "description")?,
            count: integer(fields, "count")?,
            backup_id: text(fields, "backup_id")?,
            snapshot_id: text(fields, "snapshot_id")?,
            image_ref: text(fields, "imageRef")?,
            multiattach: boolean(fields, "multiattach")?,
            shareable: shareable(fields),
            metadata: texts(fields, "metadata")?,
            tags: texts(fields, "tags")?,
            enterprise_project_id: text(fields, "enterprise_project_id")?,
            iops: integer(fields, "iops")?,
            throughput: integer(fields, "throughput")?,
        })
    }
}

fn wrong_type(key: &str) -> Refusal {
    Refusal::saying("EVS.1018", format!("Type conversion error , parameter type is unexpected: {key}"))
}

/// A text field; null is absent.
pub(super) fn text(fields: &Map<String, Value>, key: &str) -> Result<Option<String>, Refusal> {
    match fields.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(wrong_type(key)),
    }
}

/// An object field; null is absent.
pub(super) fn object_of<'a>(
    fields: &'a Map<String, Value>,
    key: &str,
) -> Result<Option<&'a Map<String, Value>>, Refusal> {
    match fields.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(map)) => Ok(Some(map)),
        Some(_) => Err(wrong_type(key)),
    }
}

/// A boolean field; null is absent.
pub(super) fn boolean(fields: &Map<String, Value>, key: &str) -> Result<Option<bool>, Refusal> {
    match fields.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(value)) => Ok(Some(*value)),
        Some(_) => Err(wrong_type(key)),
    }
}

/// The text `"true"` or `"false"`, as documented, or the boolean that some clients send.
fn shareable(fields: &Map<String, Value>) -> Option<Option<bool>> {
    match fields.get("shareable") {
        None | Some(Value::Null) => None,
        Some(Value::Bool(value)) => Some(Some(*value)),
        Some(Value::String(text)) => Some(text.parse().ok()),
        Some(_) => Some(None),
    }
}

/// An integer field; the fraction of a decimal number is dropped, a number out of range is kept out of range.
pub(super) fn integer(fields: &Map<String, Value>, key: &str) -> Result<Option<i64>, Refusal> {
    match fields.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => Ok(Some(match number.as_i64() {
            Some(whole) => whole,
            // Casting a float saturates, and both ends are refused later.
            None => number.as_f64().unwrap_or(f64::MAX) as i64,
        })),
        Some(_) => Err(wrong_type(key)),
    }
}

/// An object of texts; a null inside is no text.
pub(super) fn texts(fields: &Map<String, Value>, key: &str) -> Result<BTreeMap<String, String>, Refusal> {
    let map = match fields.get(key) {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(Value::Object(map)) => map,
        Some(_) => return Err(wrong_type(key)),
    };
    map.iter()
        .map(|(name, value)| match value {
            Value::String(text) => Ok((name.clone(), text.clone())),
            _ => Err(wrong_type(&format!("{key}.{name}"))),
        })
        .collect()
}
