//! What `orphans` says.

use crate::plan::Origin;
use crate::state::End;
use crate::volume::{Key, Lineage, StackName};
use crate::words::count;
use std::collections::BTreeSet;
use std::path::Path;

/// The heads of the list.
pub const HEADS: [&str; 9] = ["ID", "TYPE", "SIZE", "ZONE", "STATUS", "CREATED", "CALL", "KNOWN OF IT", "NAME"];

/// That there is nothing to list.
pub const NONE: &str = "no volume that carries this stack's tag is unrecorded";

/// What is known of the call that made a volume, and that a state of this lineage sent.
pub fn known(origin: &Origin<'_>, lineage: &Lineage) -> String {
    match origin {
        Origin::Stateless => format!("lineage {lineage}; nothing is recorded"),
        Origin::Foreign => format!("another state's: lineage {lineage}"),
        Origin::Unknown => "not known to the recorded state".to_owned(),
        Origin::Open(call) => {
            let keys: BTreeSet<Key> = call.addresses().into_iter().map(|address| address.key).collect();
            let keys: Vec<&str> = keys.iter().map(Key::as_str).collect();
            format!("not over, for {}", keys.join(", "))
        }
        Origin::Ended(call) => {
            let how = match call.end {
                End::Done => "over",
                End::Refused(_) => "refused",
                End::Absent => "seemed never to have happened",
                End::GivenUp => "given up",
            };
            format!("for {}[{}], {how}", call.key, call.slots)
        }
    }
}

/// That all are listed, since nothing is recorded.
pub fn no_state(stack: &StackName, path: &Path) -> String {
    format!(
        "there is no recorded state of stack {stack}: all that carry its tag are listed; `evsctl state rebuild {}` \
         restores it",
        path.display()
    )
}

/// That some tagged volumes are not listed.
pub fn in_doubt(volumes: u64) -> String {
    let (verb, them) = if volumes == 1 { ("is", "it") } else { ("are", "them") };
    format!(
        "{} of calls that are not over {verb} not listed; the next apply goes on with the calls and records {them}",
        count(volumes, "volume")
    )
}

/// That volumes which were given up are not listed, though they carry the tag.
pub fn given_up(volumes: u64) -> String {
    let (was, it, it_is) = if volumes == 1 { ("was", "its", "it is") } else { ("were", "their", "they are") };
    format!(
        "{} that {was} given up and kept {it} tag {was} left out: where the state is lost, {it_is} in the way of \
         `evsctl state rebuild`",
        count(volumes, "volume")
    )
}
