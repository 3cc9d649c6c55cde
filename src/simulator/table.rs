//! The one list of everything that the embedded cloud serves: requests are routed by it, and its page in the documentation
//! is written from it. A file for each topic.

mod actions;
mod billing;
mod metadata;
mod others;
mod out;
mod overview;
mod recycle;
mod snapshots;
mod standard;
mod transfers;
mod vendor_tags;
mod volumes;

use super::operation::Operation;
use super::partition::EVERYWHERE;
use serde_json::{Value, json};

/// Every operation, by topic, with the topic's heading.
pub(super) static TOPICS: &[(&str, &[Operation])] = &[
    ("Volumes", volumes::OPERATIONS),
    ("Actions of Cinder", actions::OPERATIONS),
    ("Tags of volumes by their older calls", vendor_tags::OPERATIONS),
    ("Metadata", metadata::OPERATIONS),
    ("Type, rates and billing of a volume", billing::OPERATIONS),
    ("Snapshots", snapshots::OPERATIONS),
    ("The recycle bin", recycle::OPERATIONS),
    ("Standard snapshots", standard::OPERATIONS),
    ("Transfers", transfers::OPERATIONS),
    ("The project as a whole", overview::OPERATIONS),
    ("What else there is", others::OPERATIONS),
];

/// The body of `GET /_sim/operations`: what is served, topic by topic, and what is not; the calls of IAM, which are routed
/// elsewhere, come last, each with its title, method and path.
pub(super) fn show(of_iam: &[(&str, &str, &str)]) -> Value {
    let operation = |it: &Operation| {
        json!({
            "title": it.title, "method": it.method, "path": it.path, "sources": it.sources, "chosen": it.chosen,
            "partitions": it.partitions,
        })
    };
    let topic = |(heading, operations): &(&str, &[Operation])| json!({"topic": heading, "operations": operations.iter().map(operation).collect::<Vec<_>>()});
    let mut topics: Vec<Value> = TOPICS.iter().map(topic).collect();
    let of_iam = of_iam.iter().map(|(title, method, path)| {
        json!({
            "title": title, "method": method, "path": path, "sources": ["iam"], "chosen": "", "partitions": EVERYWHERE,
        })
    });
    topics.push(json!({"topic": "Identity", "operations": of_iam.collect::<Vec<_>>()}));
    json!({"topics": topics, "out": out::OUT})
}
