//! Where credentials come from, and what people write.

use super::told;
use crate::cli::fuzzing as cli;
use crate::http::is_loopback;
use crate::manifest::{self, SourceFile, Target};
use crate::operation::Owner;
use crate::plan::Pattern;
use crate::volume::{Address, CallId, Digest, JobId, Key, LeaseId, Lineage, SlotSet, StackName, VolumeId, VolumeName};
use std::borrow::Cow;
use std::time::Duration;

fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

pub(super) fn command(bytes: &[u8]) {
    if let Err(why) = cli::command(bytes) {
        told::text(&why);
    }
}

pub(super) fn metadata(bytes: &[u8]) {
    if let Err(why) = cli::metadata(bytes) {
        told::text(&why);
    }
}

pub(super) fn hcloud(bytes: &[u8]) {
    for profile in [None, Some("prod")] {
        match cli::hcloud(&text(bytes), profile) {
            Ok((_, keys)) => assert!(!keys.access.is_empty() && keys.access.len() <= 32, "{keys:?}"),
            Err(why) => told::text(&why),
        }
    }
}

pub(super) fn sdk(bytes: &[u8]) {
    match cli::sdk(&text(bytes)) {
        Ok(keys) => assert!(!keys.access.is_empty() && !keys.access.contains('\n')),
        Err(why) => told::text(&why),
    }
}

/// What has a second spelling has none here: what reads is written as it was.
pub(super) fn arguments(bytes: &[u8]) {
    let text = &*text(bytes);
    if let Ok(address) = text.parse::<Address>() {
        assert_eq!(address.to_string(), text);
    }
    if let Ok(pattern) = text.parse::<Pattern>() {
        assert_eq!(pattern.to_string().parse(), Ok(pattern));
    }
    if let Some(slots) = SlotSet::parse(text) {
        assert!(SlotSet::parse(&slots.to_string()).is_some_and(|read| read == slots), "{text}");
    }
    if let Some(owner) = Owner::read(text) {
        assert_eq!(owner.value(), text);
    }
    let same = [
        Digest::new(text).map(String::from),
        Lineage::new(text).map(String::from),
        CallId::new(text).map(String::from),
        LeaseId::new(text).map(String::from),
        VolumeId::new(text).map(String::from),
        JobId::new(text).map(String::from),
        StackName::new(text).map(String::from),
        Key::new(text).map(String::from),
        VolumeName::new(text).map(String::from),
    ];
    for read in same.into_iter().flatten() {
        assert_eq!(read, text);
        assert!(read.len() <= 255, "{read}");
    }
    cli::values(text);
    if let Ok(duration) = cli::duration(text) {
        assert!(duration <= Duration::from_secs(366 * 24 * 3600), "{duration:?}");
    }
}

/// The manifest's endpoint, and its region, behind a line end.
pub(super) fn endpoint(bytes: &[u8]) {
    let text = text(bytes);
    let (endpoint, region) = text.split_once('\n').unwrap_or((&text, ""));
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let project = "0123456789abcdef".repeat(2);
    let mut cloud = format!("project_id: \"{project}\"");
    for (key, value) in [("endpoint", endpoint), ("region", region)] {
        if !value.is_empty() {
            cloud.push_str(&format!(", {key}: {}", quoted(value)));
        }
    }
    let text = format!("stack: s\ncloud: {{{cloud}}}\nvolumes: {{}}\n");
    let Ok(manifest) = manifest::parse(&[SourceFile::own("s.yaml", text)]) else { return };
    let Target::Endpoint { region, endpoint, .. } = &manifest.cloud.target else { return };
    let address = match cli::address(region.as_deref(), endpoint.as_ref()) {
        Ok(address) => address,
        Err(error) => return told::told(&error),
    };
    assert!(address.username().is_empty() && address.password().is_none(), "{address}");
    if !is_loopback(&address) {
        // No variable allows another: credentials go to the service itself, over TLS.
        let host = address.host_str().unwrap_or_default();
        let known = [".myhuaweicloud.com", ".myhuaweicloud.eu", ".otc.t-systems.com"];
        assert!(host.starts_with("evs.") && known.iter().any(|domain| host.ends_with(domain)), "{address}");
        assert!(address.scheme() == "https" && address.port().is_none(), "{address}");
    }
    if let Err(error) = cli::iam_address(&address) {
        told::told(&error);
    }
}
