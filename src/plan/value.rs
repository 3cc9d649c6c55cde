//! The value of a field, and a change from one value to another: data, whose words are made where they are shown.

use crate::volume::{Field, Prepaid};
use std::collections::BTreeMap;

/// The value of a field. In JSON it is a plain number, boolean, map or text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A size in GB, operations a second, or MiB a second.
    Number(u32),
    /// Whether something is so.
    Flag(bool),
    /// How a volume is paid in advance.
    Prepaid(Prepaid),
    /// Tags, metadata, or a source by the name of its field.
    Pairs(BTreeMap<String, String>),
    /// Any other.
    Text(String),
}

impl Value {
    /// Those of the pairs that have one of these keys.
    pub(super) fn of_keys<'k>(pairs: &BTreeMap<String, String>, keys: impl IntoIterator<Item = &'k String>) -> Value {
        let pair = |key: &String| Some((key.clone(), pairs.get(key)?.clone()));
        Value::Pairs(keys.into_iter().filter_map(pair).collect())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Value {
        Value::Number(number)
    }
}

/// A field that has, or shall have, another value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct FieldChange {
    /// Which field.
    pub field: Field,
    /// The value that it has; `None` where it has none, or where that is not known.
    pub from: Option<Value>,
    /// The other one; `None` where it has none.
    pub to: Option<Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_reads_back_as_what_it_was() {
        let prepaid = r#"{"period_type":"month","period_num":3,"auto_renew":true}"#;
        for (json, value) in [
            ("40", Value::Number(40)),
            ("true", Value::Flag(true)),
            (prepaid, Value::Prepaid(serde_json::from_str(prepaid).unwrap())),
            (r#"{"a":"b"}"#, Value::Pairs([("a".to_owned(), "b".to_owned())].into())),
            ("{}", Value::Pairs(BTreeMap::new())),
            (r#""SSD""#, Value::from("SSD")),
        ] {
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
            assert_eq!(serde_json::from_str::<Value>(json).unwrap(), value);
        }
    }
}
