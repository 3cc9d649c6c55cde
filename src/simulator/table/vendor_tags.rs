//! The deprecated calls about the tags of volumes.

use crate::simulator::operation::{Operation as O, Source};
use crate::simulator::{change, vendor_tags};
use Source::{Otc, Reference};

const SOURCES: &[Source] = &[Reference, Otc];
const ONE: &str = "/v2/{project_id}/os-vendor-tags/volumes/{volume_id}";
const KEY: &str = "/v2|v3/{project_id}/os-vendor-tags/volumes/{volume_id}/{key}";

pub(super) static OPERATIONS: &[O] = &[
    O::custom("GET", "/v2/{project_id}/os-vendor-tags/volumes", change::project_tags, "List the tags of all volumes")
        .by(SOURCES),
    O::custom("GET", ONE, vendor_tags::all, "Show the tags of a volume").by(SOURCES),
    O::custom("POST", ONE, vendor_tags::add, "Add tags").by(SOURCES).choosing("that it answers with all tags"),
    O::custom("PUT", ONE, vendor_tags::replace, "Replace all tags")
        .by(SOURCES)
        .choosing("that it answers with all tags"),
    O::custom("GET", KEY, vendor_tags::one, "Show a tag").by(SOURCES).choosing("that v3 has it too"),
    O::custom("DELETE", KEY, vendor_tags::remove, "Remove a tag")
        .by(SOURCES)
        .choosing("that v3 has it too, and that a tag that is not there is no refusal"),
];
