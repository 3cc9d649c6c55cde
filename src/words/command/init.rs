//! What `init` says.

use crate::state::State;
use crate::volume::{Lineage, StackName};
use std::path::Path;

/// That there is nothing to begin.
pub fn is_recorded(state: &State) -> String {
    let State { stack, lineage, serial, .. } = state;
    format!("stack {stack} is recorded already: lineage {lineage}, serial {serial}")
}

/// That the state was begun, and in which file.
pub fn began(stack: &StackName, lineage: &Lineage, file: &Path) -> String {
    format!("began the state of stack {stack}: lineage {lineage}, in {}", file.display())
}

/// That `.gitignore` was written.
pub fn wrote_gitignore(file: &Path) -> String {
    format!("wrote {}: Git takes that file and the journal, and leaves out the rest", file.display())
}

/// That a first manifest was written.
pub fn wrote(file: &Path) -> String {
    format!("wrote {}", file.display())
}

/// That no manifest can be written there.
pub fn cannot_write(folder: &Path) -> String {
    format!("cannot write a manifest into {}", folder.display())
}

/// That the stack has not its folder's name.
pub fn named_otherwise(stack: &str, folder: &str, manifest: &Path) -> String {
    format!(
        "the stack is named {stack}, since its folder's name {folder:?} is none for a stack (1 to 22 of [a-z0-9-], no - first); \
         change `stack:` in {} now if you want another: a stack that is renamed later begins anew",
        manifest.display()
    )
}
