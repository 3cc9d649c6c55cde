//! What a step does, in a word.

use crate::plan::Verb;

/// What is done, in a word.
pub fn verb_word(verb: Verb) -> &'static str {
    match verb {
        Verb::Adopt => "adopt",
        Verb::Import => "import",
        Verb::Clean => "clean",
        Verb::Recreate => "recreate",
        Verb::Rename => "rename",
        Verb::Update => "update",
        Verb::Retag => "retag",
        Verb::Extend => "extend",
        Verb::Delete => "delete",
        Verb::Protect => "protect",
        Verb::Unprotect => "unprotect",
        Verb::Create => "create",
        Verb::Forget => "forget",
        Verb::Resume => "resume",
        Verb::Move => "move",
        Verb::Release => "release",
    }
}

/// What was done, in a word.
pub(super) fn past(verb: Verb) -> &'static str {
    match verb {
        Verb::Adopt => "adopted",
        Verb::Import => "imported",
        Verb::Clean => "cleaned",
        Verb::Recreate => "recreated",
        Verb::Rename => "renamed",
        Verb::Update => "updated",
        Verb::Retag => "retagged",
        Verb::Extend => "extended",
        Verb::Delete => "deleted",
        Verb::Protect => "protected",
        Verb::Unprotect => "unprotected",
        Verb::Create => "created",
        Verb::Forget => "forgotten",
        Verb::Resume => "resumed",
        Verb::Move => "moved",
        Verb::Release => "released",
    }
}
