//! The page about fidelity: what the embedded cloud serves, who describes it, what is chosen, and which client proves it. It is
//! made of `GET /_sim/operations` and of the files of `tests/clients/proved`; `SNAPSHOTS=overwrite` rewrites it.

use super::stage::folder;
use crate::support::Cloud;
use serde_json::Value;
use snapbox::data::DataFormat;
use snapbox::{Assert, Data, IntoData as _};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The source's name in the page.
fn source(code: &str) -> &'static str {
    match code {
        "reference" => "API reference",
        "open_api" => "OpenAPI definition",
        "sdk" => "Python SDK",
        "otc" => "Open Telekom Cloud",
        "recorded" => "recordings",
        "open_stack" => "OpenStack",
        "iam" => "IAM's reference",
        other => panic!("the page has no name for the source {other}"),
    }
}

/// Which clients made a call with success, by the call, and their titles by their short names.
fn proved() -> (BTreeMap<String, BTreeSet<String>>, BTreeMap<String, String>) {
    let (mut calls, mut titles): (BTreeMap<String, BTreeSet<String>>, _) = (BTreeMap::new(), BTreeMap::new());
    for entry in std::fs::read_dir(folder().join("proved")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let mut lines = text.lines();
        titles.insert(name.clone(), lines.next().unwrap().to_owned());
        lines.for_each(|call| {
            calls.entry(call.to_owned()).or_default().insert(name.clone());
        });
    }
    (calls, titles)
}

/// The mark of what only Huawei Cloud serves.
fn huawei_alone(operation: &Value) -> &'static str {
    let everywhere = operation["partitions"].as_array().unwrap().iter().any(|it| it == "otc");
    if everywhere { "" } else { " ¹" }
}

/// The calls of an operation: one for each version.
fn calls(operation: &Value) -> Vec<String> {
    let (method, path) = (operation["method"].as_str().unwrap(), operation["path"].as_str().unwrap());
    let (versions, rest) = path[1..].split_once('/').map_or((&path[1..], String::new()), |(v, r)| (v, format!("/{r}")));
    versions.split('|').map(|version| format!("{method} /{version}{rest}")).collect()
}

const HEAD: &str = "# What the simulator serves

Every operation of the [simulator](simulator.md), who describes its answer, what of it no source describes and is therefore a
choice, and which client that nobody here wrote has used it with success. A test writes this page: the operations are those
by which requests are routed (`GET /_sim/operations`), and a client stands beside an operation only where the simulator has
counted its call and answered it with a success.

`/v2|v3/` stands for both versions. Sources: the EVS API reference, the OpenAPI definition that the vendor publishes, the models of
the vendor's Python SDK, the API reference of Open Telekom Cloud, answers that others recorded, the API reference of OpenStack
Block Storage, and IAM's. What is marked with ¹ is not served with `--partition otc`. Identity is served with `--credentials`.
";

fn page(served: &Value) -> String {
    let (proved, titles) = proved();
    let mut page = String::from(HEAD);
    page.push_str("\nThe clients, each with its script in `tests/clients`:\n\n| client | is |\n|---|---|\n");
    titles.iter().for_each(|(name, title)| page.push_str(&format!("| {name} | {title} |\n")));
    for topic in served["topics"].as_array().unwrap() {
        page.push_str(&format!("\n## {}\n\n", topic["topic"].as_str().unwrap()));
        page.push_str("| operation | call | described by | a choice | proved by |\n|---|---|---|---|---|\n");
        for operation in topic["operations"].as_array().unwrap() {
            let by: BTreeSet<&str> =
                calls(operation).iter().filter_map(|call| proved.get(call)).flatten().map(String::as_str).collect();
            let sources = operation["sources"].as_array().unwrap();
            page.push_str(&format!(
                "| {} | `{} {}` | {} | {} | {} |\n",
                format_args!("{}{}", operation["title"].as_str().unwrap(), huawei_alone(operation)),
                operation["method"].as_str().unwrap(),
                operation["path"].as_str().unwrap().replace('|', "\\|"),
                sources.iter().map(|it| source(it.as_str().unwrap())).collect::<Vec<_>>().join(", "),
                operation["chosen"].as_str().unwrap(),
                by.into_iter().collect::<Vec<_>>().join(", "),
            ));
        }
    }
    page.push_str("\n## What stays out\n\nWhat is not served is answered as the gateway does: 404, `APIGW.0101`.\n\n");
    page.push_str("| calls | why |\n|---|---|\n");
    for out in served["out"].as_array().unwrap() {
        page.push_str(&format!("| {} | {} |\n", out["calls"].as_str().unwrap(), out["why"].as_str().unwrap()));
    }
    page
}

#[test]
fn the_page_about_fidelity_says_what_is_served_and_proved() {
    let (status, served) = Cloud::start().call("GET", "/_sim/operations", None);
    assert_eq!(status, 200);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src/reference/simulator-operations.md");
    let expected = Data::read_from(&path, Some(DataFormat::Text)).raw();
    Assert::new().action_env("SNAPSHOTS").normalize_paths(false).eq(page(&served).into_data().raw(), expected);
}

#[test]
fn whatever_a_client_has_proved_is_served() {
    let (_, served) = Cloud::start().call("GET", "/_sim/operations", None);
    let topics = served["topics"].as_array().unwrap().iter();
    let all: BTreeSet<String> = topics.flat_map(|it| it["operations"].as_array().unwrap()).flat_map(calls).collect();
    let strange: Vec<String> = proved().0.into_keys().filter(|call| !all.contains(call)).collect();
    assert!(strange.is_empty(), "the table has no such calls: {strange:?}");
}
