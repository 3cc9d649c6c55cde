//! Whether an order pays itself, in the two spellings that the API has for it.

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

/// `bss_param.is_auto_pay`, of the calls for several volumes: of the batch that extends, the schema has a text, the sample
/// and the vendor's provider a Boolean; of the change of the charge mode, the SDK has a Boolean. Both read both.
///
/// # Errors
/// EVS.2147 for anything else.
pub(super) fn of_several(whole: &Map<String, Value>) -> Result<bool, Refusal> {
    let fields = match whole.get("bss_param") {
        None | Some(Value::Null) => return Ok(false),
        Some(Value::Object(fields)) => fields,
        Some(_) => return Err(Refusal::of("EVS.2147")),
    };
    match fields.get("is_auto_pay") {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(pays)) => Ok(*pays),
        Some(Value::String(word)) if word == "true" => Ok(true),
        Some(Value::String(word)) if word == "false" => Ok(false),
        Some(_) => Err(Refusal::of("EVS.2147")),
    }
}
