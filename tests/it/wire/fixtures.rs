//! Bodies as the API reference publishes them and as others have recorded them, where they lie beside the
//! checkout. They are not ours to copy, so elsewhere these tests say that they look at nothing.

use evsctl::evs::wire::{
    BatchExtendRequest, CreateRequest, ExtendRequest, Job, JobReply, SnapshotList, StartedReply, VolumeList,
    VolumeReply,
};
use evsctl::evs::{Error, Kind, Meaning};
use evsctl::observed::{ObservedSnapshot, ObservedVolume};
use std::io::Write as _;
use std::path::Path;

/// Name and text of the fixtures with this beginning; none at all where the folder is absent.
fn fixtures(beginning: &str, at_least: usize) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        let _ = writeln!(std::io::stderr(), "skipped: {} is absent", folder.display());
        return Vec::new();
    };
    let mut found: Vec<(String, String)> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path))
        .filter(|(name, _)| name.starts_with(beginning))
        .map(|(name, path)| (name, std::fs::read_to_string(path).unwrap()))
        .collect();
    found.sort();
    assert!(found.len() >= at_least, "only {} fixtures begin with {beginning}", found.len());
    found
}

fn read<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn published_jobs_read() {
    for (name, text) in fixtures("job-", 8).iter().filter(|(name, _)| name != "job-error-envelope") {
        let job: Job = read(name, text);
        assert!(["INIT", "RUNNING", "SUCCESS", "FAIL"].contains(&job.status.as_str()), "{name}: {job:?}");
        assert!(!job.job_id.is_empty(), "{name}");
        let subs = job.entities.sub_jobs.unwrap_or_default();
        assert_eq!(name.contains("batch") && !name.contains("no-subjobs"), subs.len() == 2, "{name}");
        assert!(subs.iter().all(|sub| !sub.status.is_empty() && !sub.job_id.is_empty()), "{name}");
        assert_eq!(name.contains("fail"), job.error_code.is_some(), "{name}");
    }
}

#[test]
fn published_volumes_read() {
    for (name, text) in fixtures("volume-show", 3) {
        let volume = ObservedVolume::try_from(read::<VolumeReply>(&name, &text).volume).unwrap();
        assert!(
            volume.size > 0 && !volume.availability_zone.is_empty() && !volume.name.is_empty(),
            "{name}: {volume:?}"
        );
        assert_eq!(volume.status.is_error(), text.contains("\"status\": \"error"), "{name}");
    }
    for (name, text) in fixtures("volume-list", 5) {
        let list = read::<VolumeList>(&name, &text).volumes;
        assert_eq!(list.is_empty(), name.ends_with("empty"), "{name}");
        for volume in list {
            let volume = ObservedVolume::try_from(volume).unwrap();
            assert!(!volume.name.is_empty(), "{name}: {volume:?}");
            assert_eq!(volume.size > 0, !name.ends_with("brief"), "{name}: {volume:?}");
        }
    }
}

#[test]
fn published_errors_are_understood() {
    let mut all = fixtures("error-", 16);
    all.extend(fixtures("job-error", 1));
    all.extend(fixtures("create-v3-response-error", 1));
    for (name, text) in all {
        let status = name.split('-').find_map(|word| word.parse().ok()).unwrap_or(400);
        let error = Error::refused("GET /", status, None, text.as_bytes());
        let Kind::Refused { code, message, meaning, .. } = &error.kind else { panic!("{name}: {error}") };
        assert!(!message.words().is_empty() && !message.words().contains('{'), "{name}: {error}");
        let named = name.strip_prefix("error-EVS").map(|number| format!("EVS.{number}"));
        assert!(named.is_none_or(|named| named == *code), "{name}: {code}");
        let expected = match status {
            401 => Meaning::Denied,
            413 => Meaning::Exhausted,
            429 => Meaning::Throttled,
            _ => *meaning,
        };
        assert_eq!(*meaning, expected, "{name}");
        assert_eq!(name.contains("APIGW"), code.starts_with("APIGW."), "{name}: {code}");
        let real = ["EVS.", "APIGW.", "Common."].iter().any(|prefix| code.starts_with(prefix));
        assert_eq!(error.explained().is_some(), real, "{name}: {code}");
    }
}

#[test]
fn the_published_create_call_reads() {
    for (name, text) in fixtures("create-v3-response-job", 1) {
        assert_eq!(read::<JobReply>(&name, &text).job_id.len(), 36);
    }
    for (name, text) in fixtures("create-v3-request-encrypted", 1) {
        let volume = read::<CreateRequest>(&name, &text).volume;
        assert_eq!((volume.count, volume.size, volume.name.as_str()), (1, Some(120), "test_volume_1"));
        assert_eq!((volume.backup_id, volume.metadata.len(), volume.tags.len()), (None, 2, 0));
    }
}

#[test]
fn the_published_calls_about_volumes_that_are_there_read() {
    for (name, text) in fixtures("extend-v21-request", 1) {
        let read = read::<ExtendRequest>(&name, &text);
        assert_eq!(read, ExtendRequest::new(100, Some(true)), "{name}");
    }
    for (name, text) in fixtures("batch-extend-v5-request", 1) {
        let sizes = [("111", 100), ("222", 200)];
        assert_eq!(read::<BatchExtendRequest>(&name, &text), BatchExtendRequest::new(sizes.into_iter()), "{name}");
    }
    for (beginning, job, order) in [
        ("extend-v21-response-job", true, false),
        ("extend-v21-response-order", false, true),
        ("batch-extend-v5-response-mixed", true, true),
        ("delete-v2-response", true, false),
    ] {
        for (name, text) in fixtures(beginning, 1) {
            let StartedReply { job_id, order_id } = read(&name, &text);
            assert_eq!((job_id.is_some(), order_id.is_some()), (job, order), "{name}");
        }
    }
}

#[test]
fn published_snapshots_read() {
    for (name, text) in fixtures("snapshots-list", 2) {
        let SnapshotList { count, snapshots } = read(&name, &text);
        assert!(count.is_some() && !snapshots.is_empty(), "{name}");
        for snapshot in snapshots {
            let snapshot = ObservedSnapshot::try_from(snapshot).unwrap();
            assert!(snapshot.size > 0 && snapshot.created_at.is_some(), "{name}: {snapshot:?}");
        }
    }
}
