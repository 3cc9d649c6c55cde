//! The texts that a run says itself. A part of a secret that stands in one of them too is nothing to be hidden where an
//! answer says it: the stack `kafka-prod` keeps its name beside the password `kafka-prod-2024`.

use crate::evs::codes;
use crate::manifest::{Manifest, Project, Target};
use crate::state::CloudId;
use crate::store::Store;
use crate::volume::{Slot, slot_name};
use crate::words;
use std::fmt::Write as _;

/// How many names of one key are told: a service lists no more volumes than that.
const MOST_NAMES: u32 = 10_000;

/// What the manifest says, the names that follow from it, and where its requests go.
pub(super) fn of_manifest(manifest: &Manifest, cloud: &CloudId, endpoint: &url::Url) -> String {
    let mut text =
        format!("{}\n{}\n{endpoint}\n{}\n{}\n", manifest.stack, manifest.state, cloud.endpoint, cloud.project_id);
    let mut line = |words: &str| {
        text.push_str(words);
        text.push('\n');
    };
    if let Target::Endpoint { region, project: Project::Id(project) | Project::Name(project), .. } =
        &manifest.cloud.target
    {
        line(region.as_deref().unwrap_or_default());
        line(project);
    }
    line(manifest.cloud.ownership_tag.key().unwrap_or_default());
    for (key, volume) in &manifest.volumes {
        line(key.as_str());
        let mut names = String::new();
        for slot in (1..=volume.count.min(MOST_NAMES)).filter_map(Slot::new) {
            // Writing to a text cannot fail.
            let _ = writeln!(names, "{}\n{key}[{slot}]", slot_name(volume.name.as_str(), volume.count, slot));
        }
        line(&names);
        for spec in volume.specs.iter() {
            line(&serde_json::to_string(&**spec).unwrap_or_default());
        }
    }
    text
}

/// What is recorded, as it lies on the disk: what cannot be read is told wherever it is needed.
pub(super) fn of_state(store: &Store) -> impl Iterator<Item = String> {
    let files = [store.snapshot_path(), store.journal_path()].into_iter();
    files.filter_map(|path| Some(String::from_utf8_lossy(&std::fs::read(path).ok()?).into_owned()))
}

/// What is said of the API's error codes.
pub(super) fn of_codes() -> String {
    codes::all().map(|code| format!("{}\n{}\n", words::codes::says(code), words::codes::next(code))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{SourceFile, parse};

    #[test]
    fn everything_that_the_manifest_names_is_told() {
        let bytes = b"stack: kafka-prod
cloud: { endpoint: \"http://127.0.0.1:9\", project_id: 0123456789abcdef0123456789abcdef, ownership_tag: owned-by }
defaults: { availability_zone: az-dc-1, volume_type: SSD }
volumes:
  broker: { count: 3, size: 10, name: kafka-broker, description: \"the \\\"log\\\" of all\", tags: { team: data-platform } }
";
        let manifest = parse(&[SourceFile::own("m", bytes.to_vec())]).unwrap();
        let endpoint = url::Url::parse("http://127.0.0.1:9").unwrap();
        let cloud = super::super::named(None, &endpoint, "0123456789abcdef0123456789abcdef".to_owned());
        let text = of_manifest(&manifest, &cloud, &endpoint);
        for word in [
            "kafka-prod\n",
            "http://127.0.0.1:9",
            "0123456789abcdef",
            "owned-by",
            "kafka-broker-0003\nbroker[3]\n",
            "az-dc-1",
            "\\\"log\\\" of all",
            "data-platform",
        ] {
            assert!(text.contains(word), "{word} is not in {text}");
        }
    }
}
