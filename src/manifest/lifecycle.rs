//! `lifecycle`: what a volume's owner wants and the API has no word for.

use super::fields::LIFECYCLE;
use super::found::Subject;
use super::node::Node;
use super::remark::Remark;
use super::report::Report;
use super::source::At;
use super::unknown::unknown;
use super::values::{Given, boolean, choice, day_of, integer, list, mapping, nearest, shown, text};
use super::wrong::VolumeFault;
use super::{Lifecycle, OnShrink};
use crate::volume::{Field, Slot};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// The section as written, before defaults are merged in.
#[derive(Debug, Clone, Default)]
pub(super) struct LifecycleFields {
    prevent_destroy: Given<bool>,
    retire: Given<Vec<(Slot, At)>>,
    on_shrink: Given<OnShrink>,
    ignore: Given<BTreeSet<Field>>,
    delete_snapshots: Given<bool>,
    expires: Given<Date>,
}

/// Reads the section; in `defaults` it may not retire slots, which belong to one volume, nor let all volumes expire at once.
pub(super) fn decode(node: Node<'_>, in_defaults: bool, report: &mut Report<'_>) -> Option<LifecycleFields> {
    let mut fields = LifecycleFields::default();
    for (name, node) in mapping(node, Subject::Field("lifecycle"), report)? {
        match name.text.as_ref() {
            "prevent_destroy" => {
                fields.prevent_destroy =
                    Given::read(node, |node| boolean(&node, Subject::Field("prevent_destroy"), report));
            }
            "retire" if in_defaults => {
                report.error(name.at, VolumeFault::RetireInDefaults);
            }
            "retire" => fields.retire = Given::read(node, |node| retire(node, report)),
            "on_shrink" => {
                let words = [("refuse", OnShrink::Refuse), ("replace", OnShrink::Replace)];
                fields.on_shrink = Given::read(node, |node| choice(&node, Subject::Field("on_shrink"), &words, report));
            }
            "ignore" => fields.ignore = Given::read(node, |node| ignore(node, report)),
            "delete_snapshots" => {
                fields.delete_snapshots =
                    Given::read(node, |node| boolean(&node, Subject::Field("delete_snapshots"), report));
            }
            "expires" if in_defaults => report.error(name.at, VolumeFault::ExpiresInDefaults),
            "expires" => fields.expires = Given::read(node, |node| day_of(node, Subject::Field("expires"), report)),
            _ => {
                let _ = unknown(&name, &node, Subject::Field("lifecycle"), &LIFECYCLE, report);
            }
        }
    }
    Some(fields)
}

fn retire(node: Node<'_>, report: &mut Report<'_>) -> Option<Vec<(Slot, At)>> {
    let mut slots: Vec<(Slot, At)> = Vec::new();
    for item in list(node, Subject::Field("retire"), report)? {
        let number = integer(&item, Subject::Slot, 1..=super::model::MAX_SLOTS, false, report)?;
        let slot = Slot::new(number)?;
        slots.push((slot, item.at));
    }
    Some(slots)
}

fn ignore(node: Node<'_>, report: &mut Report<'_>) -> Option<BTreeSet<Field>> {
    let mut fields = BTreeSet::new();
    for item in list(node, Subject::Field("ignore"), report)? {
        let (at, found) = (item.at, shown(&item.value));
        let word = text(item, Subject::Ignored, report)?;
        let Some(field) = Field::of(&word) else {
            let legal = ignorable();
            report.error(at, VolumeFault::NotIgnorable { found, near: nearest(&word, &legal), legal });
            return None;
        };
        fields.insert(field);
    }
    Some(fields)
}

/// The words that `ignore` knows: every field of a volume.
pub(super) fn ignorable() -> Vec<&'static str> {
    let fields = Field::ALL.into_iter().filter(|field| *field != Field::Source);
    let mut words: Vec<&'static str> = fields.map(Field::word).chain(Field::SOURCES).collect();
    words.sort_unstable();
    words
}

/// What holds for a volume of `count` slots, the defaults merged in key by key.
pub(super) fn resolve(
    own: Given<LifecycleFields>,
    defaults: &Given<LifecycleFields>,
    count: Option<u32>,
    report: &mut Report<'_>,
) -> Lifecycle {
    let fields = match (own, defaults) {
        (Given::Set(own, _), Given::Set(default, _)) => LifecycleFields {
            prevent_destroy: own.prevent_destroy.or_default(&default.prevent_destroy),
            retire: own.retire,
            on_shrink: own.on_shrink.or_default(&default.on_shrink),
            ignore: own.ignore.or_default(&default.ignore),
            delete_snapshots: own.delete_snapshots.or_default(&default.delete_snapshots),
            expires: own.expires,
        },
        (Given::Set(own, _), _) => own,
        (Given::Absent, Given::Set(default, _)) => default.clone(),
        _ => LifecycleFields::default(),
    };
    let mut retire = BTreeSet::new();
    for (slot, at) in fields.retire.into_value().unwrap_or_default() {
        if count.is_some_and(|count| slot.number() > count) {
            report.warn(at, Remark::NoSuchSlotRetired { slot });
        }
        if !retire.insert(slot) {
            report.warn(at, Remark::SlotRetiredTwice { slot });
        }
    }
    Lifecycle {
        prevent_destroy: fields.prevent_destroy.into_value().unwrap_or_default(),
        retire,
        on_shrink: fields.on_shrink.into_value().unwrap_or_default(),
        ignore: fields.ignore.into_value().unwrap_or_default(),
        delete_snapshots: fields.delete_snapshots.into_value().unwrap_or_default(),
        expires: fields.expires.into_value(),
    }
}
