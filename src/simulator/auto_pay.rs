//! Whether an order pays itself.

use super::body::text;
use super::reply::Refusal;
use serde_json::{Map, Value};

/// `bssParam.isAutoPay`, a text: of the calls that extend and retype one volume.
///
/// # Errors
/// EVS.2147 for a `bssParam` that is no object and a text that is neither, EVS.1018 for what is no text.
pub(super) fn in_words(whole: &Map<String, Value>) -> Result<bool, Refusal> {
    let fields = match whole.get("bssParam") {
        None | Some(Value::Null) => return Ok(false),
        Some(Value::Object(fields)) => fields,
        Some(_) => return Err(Refusal::of("EVS.2147")),
    };
    match text(fields, "isAutoPay")?.as_deref() {
        Some("true") => Ok(true),
        None | Some("false") => Ok(false),
        Some(_) => Err(Refusal::of("EVS.2147")),
    }
}
