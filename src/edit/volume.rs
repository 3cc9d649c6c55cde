//! Where the volumes of a key are declared.

use super::document::{Entry, Kind, Node, Text};
use super::not_edited::NotWritten;
use crate::manifest::SourceFile;
use crate::volume::Key;
use std::collections::{BTreeMap, BTreeSet};

/// The key of `volumes` under which they stand.
const SECTION: &str = "volumes";

/// The value of a key below `volumes`.
#[derive(Debug)]
pub(super) struct Declared {
    /// The number of its file.
    pub(super) file: usize,
    /// Its fields: a mapping, or an alias of one.
    pub(super) node: Node,
}

impl Declared {
    /// Finds these keys.
    ///
    /// # Errors
    /// Where an alias or a merge key brings one of them in, or where the text cannot be read as a tree.
    pub(super) fn find(files: &[SourceFile], keys: &BTreeSet<&Key>) -> Result<BTreeMap<Key, Declared>, NotWritten> {
        let mut why = NotWritten::NotWrittenOut;
        let mut found: BTreeMap<Key, Declared> = BTreeMap::new();
        for (file, source) in files.iter().enumerate() {
            let Some(text) = Text::of(source) else { continue };
            // Most files of a stack do not hold a single key, and reading one as a tree takes long.
            let mut open = keys.iter().filter(|key| !found.contains_key(**key));
            if !open.any(|key| text.text.contains(key.as_str())) {
                continue;
            }
            let Some(root) = text.root() else {
                why = NotWritten::NotRead;
                continue;
            };
            let volumes = root.entry(SECTION, text).map(|section| section.value.kind);
            let Some(Kind::Map(volumes)) = volumes else { continue };
            for Entry { key, value: node, .. } in volumes.entries(text) {
                let Some(key) = Key::new(key).ok().filter(|key| keys.contains(key)) else { continue };
                if let Kind::Map(_) | Kind::Alias = node.kind {
                    found.entry(key).or_insert(Declared { file, node });
                }
            }
        }
        if keys.iter().all(|key| found.contains_key(*key)) { Ok(found) } else { Err(why) }
    }
}
