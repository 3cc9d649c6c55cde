//! Values of fields.

use super::number::count;
use crate::plan::{FieldChange, Value};
use crate::volume::{Field, Period, PeriodUnit};
use std::collections::BTreeMap;
use std::fmt;

/// A value as people read it, with its unit.
pub fn value(field: Field, value: Option<&Value>) -> String {
    match (value, field) {
        (None, Field::Prepaid) => "paid by use".to_owned(),
        (None, _) => NONE.to_owned(),
        (Some(Value::Number(gb)), Field::Size) => format!("{gb} GB"),
        (Some(Value::Number(rate)), Field::Throughput) => format!("{rate} MiB/s"),
        (Some(Value::Number(number)), _) => number.to_string(),
        (Some(Value::Flag(flag)), _) => flag.to_string(),
        (Some(Value::Text(text)), _) => text.clone(),
        (Some(Value::Pairs(map)), Field::Source) => pairs(map, " "),
        (Some(Value::Pairs(map)), _) => pairs(map, "="),
        (Some(Value::Prepaid(prepaid)), _) => {
            let renewed = if prepaid.auto_renew { "renewed by itself" } else { "not renewed" };
            format!("{}, {renewed}", prepaid.period)
        }
    }
}

/// A value as people read it; `None` where the volume has none, which is also what an empty text and no tags are.
pub fn present(field: Field, of: Option<&Value>) -> Option<String> {
    let is_empty = match of {
        None => field != Field::Prepaid,
        Some(Value::Text(text)) => text.is_empty(),
        Some(Value::Pairs(map)) => map.is_empty(),
        Some(Value::Number(_) | Value::Flag(_) | Value::Prepaid(_)) => false,
    };
    (!is_empty).then(|| value(field, of))
}

/// What stands for no value in a line in which values stand in quotes.
pub const NOTHING: &str = "(none)";

/// What stands for no value.
const NONE: &str = "none";

fn pairs(map: &BTreeMap<String, String>, between: &str) -> String {
    if map.is_empty() {
        return NONE.to_owned();
    }
    map.iter().map(|(key, value)| format!("{key}{between}{value}")).collect::<Vec<_>>().join(",")
}

/// As in `3 months`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit() {
            PeriodUnit::Month => "month",
            PeriodUnit::Year => "year",
        };
        f.write_str(&count(self.number().into(), unit))
    }
}

/// As in `size: 100 GB -> 200 GB`.
pub fn change(change: &FieldChange) -> String {
    let FieldChange { field, from, to } = change;
    format!("{}: {} -> {}", field.word(), value(*field, from.as_ref()), value(*field, to.as_ref()))
}

/// The value that a field has, as in `size: 100 GB`.
pub fn shown(change: &FieldChange) -> String {
    format!("{}: {}", change.field.word(), value(change.field, change.from.as_ref()))
}

/// The fields of the manifest that a change is about: a source has one of three.
pub fn spelt(change: &FieldChange) -> String {
    if change.field != Field::Source {
        return change.field.word().to_owned();
    }
    let sources = [&change.from, &change.to].into_iter().flatten().filter_map(|value| match value {
        Value::Pairs(source) => source.keys().next(),
        _ => None,
    });
    let mut fields: Vec<&str> = sources.map(String::as_str).collect();
    fields.dedup();
    fields.join(" and ")
}
