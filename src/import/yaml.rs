//! Values as YAML that reads back as the same.

pub(super) use crate::edit::scalar as text;

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Flag(bool),
    Number(u32),
    Text(String),
    Numbers(Vec<u32>),
    Texts(Vec<String>),
    Pairs(Vec<(String, Value)>),
}

/// A value on one line.
pub(super) fn inline(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Flag(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(it) => text(it),
        Value::Numbers(numbers) => {
            format!("[{}]", numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(", "))
        }
        Value::Texts(texts) => format!("[{}]", texts.iter().map(|it| text(it)).collect::<Vec<_>>().join(", ")),
        Value::Pairs(pairs) if pairs.is_empty() => "{}".to_owned(),
        Value::Pairs(pairs) => format!("{{ {} }}", members(pairs)),
    }
}

/// Pairs as they stand between the braces of a mapping.
pub(super) fn members(pairs: &[(String, Value)]) -> String {
    let pair = |(key, value): &(String, Value)| format!("{}: {}", text(key), inline(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_reads_back_as_itself() {
        for value in
            ["a", "yes", "~", "1_000", "0x1f", ".inf", "\u{85}\u{2028}é", "---", "a\\b", " a ", "!x", "*a", "&a"]
        {
            let read: std::collections::BTreeMap<String, String> =
                serde_yaml::from_str(&format!("{}: {}\n", text(value), text(value))).unwrap();
            assert_eq!(read.into_iter().next(), Some((value.to_owned(), value.to_owned())));
        }
    }
}
