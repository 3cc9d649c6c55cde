//! What a create call buys, in full: whoever approves a plan sees it all.

use super::part::Part;
use crate::operation::Create;
use crate::volume::{Metadata, Prepaid, Slot, Source, VolumeSpec, service_name};

/// What every volume has: type, size, zone, and its name where that is not the key.
pub fn what(create: &Create) -> Vec<Part> {
    let spec = &create.spec;
    let size = match spec.size {
        Some(size) => format!("{} GB", size.gb()),
        None => "as large as its backup".to_owned(),
    };
    let mut what = vec![Part::Word(format!("{} {size}", spec.volume_type)), Part::Text("  ")];
    what.push(Part::Word(spec.zone.to_string()));
    let base = match create.slots.iter().next() {
        Some((slot, name)) if create.slots.len() == 1 => base_of(name.as_str(), *slot),
        // A call for several holds the base itself.
        _ => create.name.as_str(),
    };
    if base != create.key.as_str() {
        what.extend([Part::Text("  named "), Part::Quote(base.to_owned())]);
    }
    what
}

/// A slot's name without the number that the service or we have put behind it.
fn base_of(name: &str, slot: Slot) -> &str {
    let suffix = service_name("", slot.number());
    name.strip_suffix(&suffix).filter(|base| !base.is_empty()).unwrap_or(name)
}

/// Everything else, empty for a plain volume.
pub fn more(spec: &VolumeSpec) -> Vec<Part> {
    // Taken apart in full: a new field has to be shown or left out on purpose.
    let VolumeSpec {
        zone: _,
        volume_type: _,
        size: _,
        source,
        description,
        multiattach,
        metadata,
        tags,
        enterprise_project_id,
        iops,
        throughput,
        prepaid,
        server_id,
        dedicated_storage_id,
    } = spec;
    let mut more = Vec::new();
    let mut add = |words: &'static str, rest: Option<Part>| {
        if !more.is_empty() {
            more.push(Part::Text(", "));
        }
        more.push(Part::Text(words));
        more.extend(rest);
    };
    let word = |text: &str| Some(Part::Word(text.to_owned()));
    match source {
        Source::Blank => {}
        Source::Snapshot(id) => add("from snapshot ", word(id.as_str())),
        Source::Image(id) => add("from image ", word(id.as_str())),
        Source::Backup(id) => add("from backup ", word(id.as_str())),
    }
    let given = |key: &str| metadata.pairs().get(key).map(String::as_str);
    if given(Metadata::FULL_CLONE) == Some("0") {
        add("linked clone", None);
    }
    if let Some(iops) = iops {
        add("iops ", word(&iops.to_string()));
    }
    if let Some(throughput) = throughput {
        add("throughput ", word(&format!("{throughput} MiB/s")));
    }
    if let Some(Prepaid { period, auto_renew, auto_pay }) = prepaid {
        add("prepaid ", word(&period.to_string()));
        if *auto_renew {
            add("renewed by itself", None);
        }
        add(if *auto_pay { "paid by itself" } else { "you pay the order" }, None);
    }
    if let Some(id) = server_id {
        add("attached to server ", word(id.as_str()));
        add("paid as that is", None);
    }
    if let Some(id) = dedicated_storage_id {
        add("in dedicated storage ", word(id.as_str()));
    }
    if *multiattach {
        add("multiattach", None);
    }
    if given(Metadata::ENCRYPTED) == Some("1") {
        match given(Metadata::CMK_ID) {
            Some(key) => add("encrypted with key ", word(key)),
            None => add("encrypted", None),
        }
    }
    if given(Metadata::PASSTHROUGH) == Some("true") {
        add("SCSI", None);
    }
    if let Some(id) = enterprise_project_id {
        add("enterprise project ", word(id.as_str()));
    }
    for (at, (key, value)) in tags.pairs().iter().enumerate() {
        let words = match (at, tags.pairs().len()) {
            (0, 1) => "tag ",
            (0, _) => "tags ",
            _ => "",
        };
        add(words, Some(Part::Word(format!("{key}={value}"))));
    }
    if let Some(description) = description.as_ref().filter(|text| !text.as_str().is_empty()) {
        add("description ", Some(Part::Quote(description.as_str().to_owned())));
    }
    more
}
