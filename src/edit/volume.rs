//! Where the volumes of a key are declared.

use super::document::{Entry, Kind, Node, Text};
use super::not_edited::NotWritten;
use crate::manifest::SourceFile;
use crate::volume::Key;

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
    /// Finds the key.
    ///
    /// # Errors
    /// Where an alias or a merge key brings it in, or where the text cannot be read as a tree.
    pub(super) fn find(files: &[SourceFile], key: &Key) -> Result<Declared, NotWritten> {
        let mut why = NotWritten::NotWrittenOut;
        for (file, source) in files.iter().enumerate() {
            // Most files of a stack do not hold the key, and reading one as a tree takes long.
            let Some(text) = Text::of(source).filter(|text| text.text.contains(key.as_str())) else { continue };
            let Some(root) = text.root() else {
                why = NotWritten::NotRead;
                continue;
            };
            let volumes = root.entry(SECTION, text).map(|section| section.value.kind);
            let Some(Kind::Map(volumes)) = volumes else { continue };
            let Some(Entry { value: node, .. }) = volumes.entry(key.as_str(), text) else { continue };
            if let Kind::Map(_) | Kind::Alias = node.kind {
                return Ok(Declared { file, node });
            }
        }
        Err(why)
    }
}
