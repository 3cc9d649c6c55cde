//! The edits by which one tag, or one entry of the metadata, may get another value, the best one first.
//!
//! Both are merged key by key with `defaults`, but not with what an alias or a merge key brings in: a volume that says `tags`
//! itself has none of those. So what an edit would lose is written beside it.

use super::document::{Entry, Kind, Map, Node, Text};
use super::field::NULL;
use super::quotes::{self, Quotes};
use super::splice::Splice;
use crate::manifest::{DesiredVolume, Manifest};
use crate::volume::{Field, Key};
use std::collections::BTreeMap;
use std::ops::Range;

/// An edit of pairs.
#[derive(Debug, Clone)]
pub(super) enum PairEdit {
    /// Of the one pair.
    One(Splice),
    /// Of all pairs that the volume says itself.
    Whole(Whole),
}

/// A mapping of pairs written anew.
#[derive(Debug, Clone)]
pub(super) struct Whole {
    /// `tags` or `metadata`.
    field: Field,
    site: Site,
    /// The pairs; `None` cancels one of `defaults`.
    pairs: BTreeMap<String, Option<String>>,
}

/// Where a mapping of pairs is written.
#[derive(Debug, Clone)]
enum Site {
    /// In the place of an alias of the whole volume.
    Alias(Range<usize>),
    /// As one more field of a volume.
    Field(Map, Range<usize>),
    /// In the place of the field's value.
    Value(Entry),
}

/// The edits for the pair of that key, at the volume `node`; without a value it is taken off.
pub(super) fn edits(node: &Node, field: Field, (key, value): (&str, Option<&str>), text: Text<'_>) -> Vec<PairEdit> {
    let whole = |site| {
        let pairs = value.map(|value| (key.to_owned(), Some(value.to_owned())));
        PairEdit::Whole(Whole { field, site, pairs: pairs.into_iter().collect() })
    };
    let Kind::Map(volume) = &node.kind else { return vec![whole(Site::Alias(node.range.clone()))] };
    let Some(entry) = volume.entry(field.word(), text) else {
        return vec![whole(Site::Field(volume.clone(), node.range.clone()))];
    };
    let written = text.part(entry.value.range.clone());
    let mut edits = match &entry.value.kind {
        Kind::Map(pairs) => in_mapping(pairs, &entry.value.range, (key, value), text),
        Kind::Alias => value.map_or_else(Vec::new, |value| {
            let with = format!("{{<<: {written}, {}: {}}}", plain(key), plain(value));
            vec![Splice { range: entry.value.range.clone(), with }]
        }),
        _ => Vec::new(),
    };
    // Comments are not thrown away.
    let has_comment = written.contains('#');
    let edits = edits.drain(..).map(PairEdit::One);
    edits.chain((!has_comment).then(|| whole(Site::Value(entry.clone())))).collect()
}

/// The edits of a mapping of pairs that the volume itself writes out.
fn in_mapping(map: &Map, range: &Range<usize>, (key, value): (&str, Option<&str>), text: Text<'_>) -> Vec<Splice> {
    let Some(entry) = map.entry(key, text) else {
        let quotes = map.quotes(text);
        let value = value.map_or_else(|| NULL.to_owned(), |value| quotes::text(value, quotes));
        return vec![Splice::insert(map, range, key, &value, text)];
    };
    let quotes = Quotes::of(text.part(entry.value.range.clone()));
    match value {
        Some(value) => vec![Splice::replace(&entry, &quotes::text(value, quotes), text)],
        None => {
            // A block without an entry would be nothing, and not an empty mapping.
            let is_last_of_block = !map.is_flow() && map.entries(text).len() == 1;
            let removed = match is_last_of_block {
                true => Some(Splice { range: entry.start..entry.end(), with: "{}".to_owned() }),
                false => Splice::remove(map, key, text),
            };
            removed.into_iter().chain([Splice::replace(&entry, NULL, text)]).collect()
        }
    }
}

impl Whole {
    /// The edit itself.
    pub(super) fn splice(&self, text: Text<'_>) -> Splice {
        let quotes = match &self.site {
            Site::Field(map, _) => map.quotes(text),
            Site::Alias(_) | Site::Value(_) => Quotes::Plain,
        };
        let word = self.field.word();
        let pair = |(key, value): (&String, &Option<String>)| {
            let value = value.as_ref().map_or_else(|| NULL.to_owned(), |value| quotes::text(value, quotes));
            format!("{}: {value}", quotes::text(key, quotes))
        };
        let pairs = format!("{{{}}}", self.pairs.iter().map(pair).collect::<Vec<_>>().join(", "));
        match &self.site {
            Site::Alias(range) => {
                let with = format!("{{<<: {}, {word}: {pairs}}}", text.part(range.clone()));
                Splice { range: range.clone(), with }
            }
            Site::Field(map, range) => Splice::insert(map, range, word, &pairs, text),
            Site::Value(entry) => Splice::replace(entry, &pairs, text),
        }
    }

    /// The edit with what it lost, and without what it brought in; `None` where that changes nothing.
    pub(super) fn mended(&self, key: &Key, expected: &Manifest, read: &Manifest) -> Option<Whole> {
        let (expected, read) = (self.of(expected.volumes.get(key)?), self.of(read.volumes.get(key)?));
        let mut mended = self.clone();
        for (key, value) in expected.iter().filter(|(key, value)| read.get(*key) != Some(*value)) {
            mended.pairs.insert(key.clone(), Some(value.clone()));
        }
        for key in read.keys().filter(|key| !expected.contains_key(*key)) {
            mended.pairs.insert(key.clone(), None);
        }
        (mended.pairs != self.pairs).then_some(mended)
    }

    fn of<'v>(&self, volume: &'v DesiredVolume) -> &'v BTreeMap<String, String> {
        if self.field == Field::Metadata {
            volume.specs.common().metadata.pairs()
        } else {
            volume.specs.common().tags.pairs()
        }
    }
}

fn plain(value: &str) -> String {
    quotes::text(value, Quotes::Plain)
}
