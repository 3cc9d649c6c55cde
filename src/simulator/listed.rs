//! The volumes that a call about billing lists by id.

use super::reply::Refusal;
use serde_json::{Map, Value};

/// The most of them (evs-api 7.6).
const MOST: usize = 60;

/// Reads `volume_ids`, as texts: which of them are ids of volumes is not looked at.
///
/// # Errors
/// EVS.2228 for more than 60 of them. The other codes are a choice: EVS.2108 for none, EVS.1018 for a wrong JSON type.
pub(super) fn volume_ids(whole: &Map<String, Value>) -> Result<Vec<String>, Refusal> {
    let items = match whole.get("volume_ids") {
        None | Some(Value::Null) => return Err(Refusal::of("EVS.2108")),
        Some(Value::Array(items)) if items.is_empty() => return Err(Refusal::of("EVS.2108")),
        Some(Value::Array(items)) if items.len() > MOST => return Err(Refusal::of("EVS.2228")),
        Some(Value::Array(items)) => items,
        Some(_) => return Err(Refusal::of("EVS.1018")),
    };
    items.iter().map(|it| it.as_str().map(str::to_owned).ok_or_else(|| Refusal::of("EVS.1018"))).collect()
}
