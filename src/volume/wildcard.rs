//! Patterns in which `*` stands for any text.

/// Whether the text is the pattern with each `*` replaced by some text: first part at the beginning,
/// last part at the end, the parts between wherever they come first.
pub fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, does) in [
            ("kafka-*", "kafka-0001", true),
            ("kafka-*", "kafka-", true),
            ("kafka-*", "my-kafka-1", false),
            ("*-data-*", "a-data-b", true),
            ("a*a", "a", false),
            ("*", "", true),
            ("盘*", "盘 1", true),
            ("web", "web-1", false),
        ] {
            assert_eq!(fits(pattern, text), does, "{pattern} {text}");
        }
    }
}
