//! The ownership tag's value: which stack, which state and which call a volume comes from.

use crate::volume::{CallId, Lineage, StackName};

/// The value that the volumes of a call carry: `STACK_LINEAGE_CALL`, at most 42 characters, legal as
/// a tag value everywhere, since none of the three parts holds an underscore.
pub fn tag_value(stack: &StackName, lineage: &Lineage, call: &CallId) -> String {
    format!("{stack}_{lineage}_{call}")
}

/// Reads such a value; `None` for any other text.
pub fn owner_of(value: &str) -> Option<(StackName, Lineage, CallId)> {
    let (rest, call) = value.rsplit_once('_')?;
    let (stack, lineage) = rest.rsplit_once('_')?;
    Some((StackName::new(stack).ok()?, Lineage::new(lineage).ok()?, CallId::new(call).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::Tags;

    #[test]
    fn the_longest_value_is_a_legal_tag_and_reads_back() {
        let stack = StackName::new("s".repeat(22)).unwrap();
        let (lineage, call) = (Lineage::from_random([0xff; 5]), CallId::from_hash(&[7; 32]));
        let value = tag_value(&stack, &lineage, &call);
        assert_eq!(value.len(), 42);
        Tags::check_value("evsctl", &value).unwrap();
        assert_eq!(owner_of(&value), Some((stack, lineage, call)));
    }

    #[test]
    fn other_texts_have_no_owner() {
        for text in ["", "kafka", "a_b_c", "kafka_aaaaaaaa_bbbbbbbbb1", "Kafka_aaaaaaaa_bbbbbbbbbb"] {
            assert_eq!(owner_of(text), None, "{text}");
        }
    }
}
