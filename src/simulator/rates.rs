//! The rates that a call asks for, held against the ranges that the catalogue has for a type. That a wrong one is
//! EVS.1070, with a message that names the field, is a choice: the reference has no code for it.

use super::body::integer;
use super::catalogue::Type;
use super::reply::Refusal;
use super::tier::Rates;
use serde_json::{Map, Value};

/// Reads `iops` and `throughput`: a type that lets its caller choose one requires it, any other type forbids it.
///
/// # Errors
/// EVS.1070 for a rate that is missing, out of its range, or not to be chosen; EVS.1018 for one that is no number.
pub(super) fn read(fields: &Map<String, Value>, of: &Type) -> Result<Rates, Refusal> {
    Ok(Rates { iops: rate(fields, "iops", of, of.iops)?, throughput: rate(fields, "throughput", of, of.throughput)? })
}

fn rate(
    fields: &Map<String, Value>,
    field: &str,
    of: &Type,
    range: Option<(u32, u32)>,
) -> Result<Option<u32>, Refusal> {
    let name = &of.name;
    let wrong = |why: String| Err(Refusal::saying("EVS.1070", format!("invalid request. {field}: {why}")));
    match (range, integer(fields, field)?) {
        (None, None) => Ok(None),
        (None, Some(_)) => wrong(format!("a volume of type {name} has none to choose")),
        (Some((least, most)), None) => wrong(format!("a volume of type {name} needs one from {least} to {most}")),
        (Some((least, most)), Some(asked)) => match u32::try_from(asked) {
            Ok(asked) if (least..=most).contains(&asked) => Ok(Some(asked)),
            _ => wrong(format!("a volume of type {name} has {least} to {most}, not {asked}")),
        },
    }
}
