//! What a destroy tells beside its plan: the manifest is as it was.

use super::number::count;
use crate::plan::{AskedStill, KeepsAway};

/// How many keys are told of one by one.
const TOLD: usize = 10;

/// That the manifest still asks for what is destroyed, and which line keeps it away, a warning for each key.
pub fn asked_still(asked: &[AskedStill]) -> Vec<String> {
    let mut told: Vec<String> = asked.iter().take(TOLD).map(one).collect();
    let more = asked.len().saturating_sub(TOLD) as u64;
    if more > 0 {
        told.push(format!("the same of {} more: the next apply would create their volumes again", count(more, "key")));
    }
    told
}

fn one(asked: &AskedStill) -> String {
    let AskedStill { key, place, slots, keeps_away } = asked;
    let it = if slots.iter().nth(1).is_some() { "them" } else { "it" };
    let line = format!("{}:{}", place.file, place.line);
    let change = match keeps_away {
        KeepsAway::Key => format!("take the key {key} out ({line})"),
        KeepsAway::Count(count) => format!("lower `count` of {key} to {count} ({line})"),
        KeepsAway::Retire(retired) => {
            let retired: Vec<String> = retired.iter().map(|slot| slot.number().to_string()).collect();
            format!("write `lifecycle: {{retire: [{}]}}` at {key} ({line})", retired.join(", "))
        }
    };
    format!(
        "the manifest still asks for {key}[{slots}], so the next `evsctl apply` would create {it} again; to keep {it} away: {change}"
    )
}
