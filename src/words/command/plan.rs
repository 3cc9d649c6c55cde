//! What `plan` says beside the plan itself.

use crate::words::Told;
use std::path::Path;

/// That the manifest of the last apply is not here, so that nothing can be compared with it.
pub fn no_manifest(kept: &Path) -> String {
    format!(
        "--manifest-diff: the manifest of the last apply is kept in {} where that apply ran, and is not here: there is nothing to \
         compare with; `git diff` shows what a commit changes",
        kept.display()
    )
}

/// That several stacks are asked for, with what can be about one alone.
pub fn of_one_stack() -> Told {
    Told::new("--out, --target, --exclude and --new-stack are about one stack, and several PATHs are given")
        .hint("give one PATH with them")
}

/// What stands above the two texts of `--manifest-diff`.
pub const DIFF_HEADS: [&str; 2] = ["--- last applied", "+++ now"];
