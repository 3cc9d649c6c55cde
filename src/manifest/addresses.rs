//! Keys and addresses that sections name: read, and held against what the manifest asks for.

use super::DesiredVolume;
use super::found::Subject;
use super::node::Node;
use super::report::Report;
use super::source::At;
use super::values::{checked, text};
use super::wrong::Unfit;
use crate::volume::{Excerpt, Key, KeyOrAddress};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Reads a key or an address from a value.
pub(super) fn key_or_address(node: Node<'_>, report: &mut Report<'_>) -> Option<KeyOrAddress> {
    let at = node.at;
    parsed(text(node, Subject::Address, report)?, at, report)
}

/// The same from a text that stands there.
pub(super) fn parsed(text: Cow<'_, str>, at: At, report: &mut Report<'_>) -> Option<KeyOrAddress> {
    let read = |text: String| text.parse().map_err(|_| Unfit::KeyOrAddress(Excerpt::of(&text)));
    checked(text, at, Subject::Address, read, report)
}

/// The volume that asks for it, or for some of it.
pub(super) fn desired<'v>(volumes: &'v BTreeMap<Key, DesiredVolume>, what: &KeyOrAddress) -> Option<&'v DesiredVolume> {
    volumes.get(what.key()).filter(|volume| match what {
        KeyOrAddress::Key(_) => true,
        KeyOrAddress::Address(address) => volume.has(address.slot),
    })
}
