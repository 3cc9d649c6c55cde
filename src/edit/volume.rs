//! Where the volumes of a key are declared.

use super::document::{Kind, Node, Text};
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
    /// Finds the key; `None` where an alias or a merge key brings it in, or where the text cannot be read.
    pub(super) fn find(files: &[SourceFile], key: &Key) -> Option<Declared> {
        files.iter().enumerate().find_map(|(file, source)| {
            let text = Text::of(source)?;
            // Most files of a stack do not hold the key, and reading one as a tree takes long.
            let root = text.text.contains(key.as_str()).then(|| text.root())??;
            let Kind::Map(volumes) = root.entry(SECTION, text)?.value.kind else { return None };
            let node = volumes.entry(key.as_str(), text)?.value;
            matches!(node.kind, Kind::Map(_) | Kind::Alias).then_some(Declared { file, node })
        })
    }
}
